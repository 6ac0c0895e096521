"""Report and exports from a data folder: asked of the server that owns it, else made under its lock.

The live log is never opened beside its owner: where a server runs on the folder it is asked over the
owner's socket, where another process has it the owner's pid is named (docs/rules.md, Where things
lie).
"""

import asyncio
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.export import write_audit, write_public
from app.log.lock import OwnerLock
from app.log.port import LogOwned
from app.main import Logs
from app.realtime.rebuild import rebuild
from app.report.typesetting import Bounds
from app.web import owner, registry
from app.web.registry import MeetingEntry
from app.web.store import Store

Progress = Callable[[int, int], None]


class NothingThere(Exception):
    """What was asked for is not in this data folder; the text says what to do, in one sentence."""


@dataclass(frozen=True, slots=True)
class Found:
    """A meeting of a data folder."""

    id: str
    title: dict[str, str]


def exported(
    data_dir: Path, meeting: str | None, kind: str, progress: Progress | None = None, *, pdf: bool = True
) -> tuple[Found, bytes]:
    """One of the two exports of a meeting.

    Args:
        data_dir: The folder of the server.
        meeting: Its id or the beginning of it; the only one of the folder where it is not said.
        kind: ``audit`` or ``public``.
        progress: Told how far it is, where it is made here.
        pdf: Whether the reports in it have a PDF, which takes some seconds.

    Raises:
        NothingThere: No data, or no such meeting.
        LogOwned: Another process has the folder and cannot be asked.
    """
    if not (data_dir / "server.db").is_file():
        raise NothingThere(f"There is no server's data in {data_dir}: name the folder with --data-dir.")
    try:
        return _asked(data_dir, meeting, kind, pdf=pdf)
    except owner.NoServer:
        return asyncio.run(_made(data_dir.resolve(), meeting, kind, progress, pdf=pdf))


def _asked(data_dir: Path, meeting: str | None, kind: str, *, pdf: bool) -> tuple[Found, bytes]:
    """Ask the running server."""
    found = chosen([Found(m["id"], m["title"]) for m in _get(data_dir, "/api/meetings")], meeting)
    path = f"/api/meetings/{found.id}/export/{kind}.zip?pdf={str(pdf).lower()}"
    status, body = owner.ask(data_dir, "GET", path)
    if status != 200:
        raise NothingThere(say_of(body))
    return found, body


def _get(data_dir: Path, path: str) -> Any:
    status, body = owner.ask(data_dir, "GET", path)
    if status != 200:
        raise NothingThere(say_of(body))
    return json.loads(body)


def say_of(body: bytes) -> str:
    """The sentence of a refusal."""
    try:
        return str(json.loads(body)["say"])
    except (ValueError, KeyError, TypeError):
        return "The server could not answer: look into its log."


async def _made(
    data_dir: Path, meeting: str | None, kind: str, progress: Progress | None, *, pdf: bool
) -> tuple[Found, bytes]:
    """Make it here, as the folder's owner for so long."""
    lock = OwnerLock.take(data_dir / "server")
    try:
        found = chosen([Found(e.id, dict(e.title)) for e in await entries(data_dir)], meeting)
        log = await Logs(data_dir).open(found.id)
        try:
            state, _head = await rebuild(log, progress)
            out = io.BytesIO()
            write = write_audit if kind == "audit" else write_public
            await write(state, log, out, progress=progress, bounds=Bounds() if pdf else None)
            return found, out.getvalue()
        finally:
            await log.close()
    finally:
        lock.release()


async def entries(data_dir: Path) -> list[MeetingEntry]:
    """The meetings of a data folder that nobody else has open."""
    store = Store(data_dir / "server.db")
    try:
        return await store.run(registry.all_meetings)
    finally:
        await store.close()


def chosen(meetings: list[Found], named: str | None) -> Found:
    """The meeting that is meant.

    Raises:
        NothingThere: There is none, or it has to be named.
    """
    if not meetings:
        raise NothingThere("There is no meeting in this data folder yet.")
    found = [m for m in meetings if named is None or m.id.startswith(named)]
    if len(found) == 1:
        return found[0]
    listed = ", ".join(f"{m.id} ({m.title.get('en') or next(iter(m.title.values()))})" for m in meetings)
    if not found:
        raise NothingThere(f"There is no meeting {named}: there are {listed}.")
    raise NothingThere(f"Name the meeting: there are {listed}.")


__all__ = ["Found", "LogOwned", "NothingThere", "exported"]
