"""Accepting a loss: a log that ends before what is known of it goes on as it is, in a new epoch.

The organiser has looked for a newer copy and found none. What is lost is said; devices bring back the
ballots that they hold (docs/rules.md, The log).
"""

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path

from app.log.lock import OwnerLock
from app.log.port import Epoch, EventLog, LogBehind
from app.log.sql import SqlLog
from app.main import ballot_key_folder, log_paths
from app.realtime.ballot_keys import FileBallotKeys
from app.tool.papers import NothingThere

REASON_LETTERS_MAX = 500


@dataclass(frozen=True, slots=True)
class Accepted:
    """A log that was taken as it is: it ends at `offset`, and `known` was the last event that was saved."""

    meeting: str
    offset: int
    known: int


def accept(data_dir: Path, reason: str) -> list[Accepted]:
    """Take every log of a data folder that lacks its end as it is; those that are whole stay as they are.

    Args:
        data_dir: The server's folder; no server may run on it.
        reason: Why, for the report.

    Raises:
        LogOwned: A server runs on it.
    """
    return asyncio.run(_accept(data_dir.resolve(), reason))


async def _accept(data_dir: Path, reason: str) -> list[Accepted]:
    if not (data_dir / "server.db").is_file():
        raise NothingThere(f"There is no server's data in {data_dir}: name the folder with --data-dir.")
    lock = OwnerLock.take(data_dir / "server")
    try:
        folders = sorted((data_dir / "meetings").glob("*/"))
        paths = [(folder.name, path) for folder in folders for path in log_paths(data_dir, folder.name)]
        return [
            found for meeting, path in paths if (found := await _accept_log(data_dir, meeting, path, reason))
        ]
    finally:
        lock.release()


async def _accept_log(data_dir: Path, meeting: str, path: Path, reason: str) -> Accepted | None:
    try:
        await (await SqlLog.open(path)).close()
    except LogBehind as behind:
        keys = FileBallotKeys(ballot_key_folder(data_dir, meeting))
        for held in keys.held():
            await keys.forget(*held)  # ballots of an open anonymous round are lost, so it is void
        log = await SqlLog.open(path, accept=True)
        try:
            await begin_epoch(log, reason)
        finally:
            await log.close()
        return Accepted(meeting, behind.offset, behind.known)
    return None


async def begin_epoch(log: EventLog, reason: str) -> None:
    """Let another history of a log begin where it ends."""
    said = " ".join(reason.split())[:REASON_LETTERS_MAX]
    await log.begin_epoch(Epoch(os.urandom(16).hex(), log.position.offset, said))
