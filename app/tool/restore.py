"""Backups from the command line, and going on from one; or from a log that has lost its end.

Either way another history begins (docs/rules.md, The log): the record says so, and devices bring back the
ballots that they hold. What is lost is said, and taken only where the organiser accepts it.
"""

import asyncio
import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sqlalchemy import Connection

from app.backup import Backup, Manifest, keys_in, read_backup, write_backup
from app.log.carry import take_in
from app.log.lock import OwnerLock
from app.log.port import Epoch, EventLog, Genesis, LogBehind, Segment, epoch_name
from app.log.store import LogPlace
from app.main import Logs, ballot_key_folder, meeting_folder, prepared_folder
from app.realtime.ballot_keys import FileBallotKeys
from app.tool.faults import Fault
from app.tool.papers import NothingThere, entries, say_of
from app.web import owner, registry
from app.web.auth import wall_clock_ms
from app.web.followers import CODE, FOLLOWER
from app.web.store import Store
from app.web.store import get as store_get
from app.web.store import put as store_put
from app.web.terms import AUTHORITY, BEFORE, REPLACED_BY, begin_term

REASON_LETTERS_MAX = 500


# --- backup --------------------------------------------------------------------------------


def back_up(data_dir: Path, out: Path) -> Manifest:
    """Write a backup of a data folder: asked of the server that runs on it, else made under its lock.

    Args:
        data_dir: The server's folder.
        out: The file; it appears once it is whole.

    Raises:
        NothingThere: No data.
        LogOwned: Another process has the folder and cannot be asked.
    """
    _check_there(data_dir)
    out.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f".{out.name}-", dir=out.parent)  # 0600: it has every key
    fresh = Path(name)
    try:
        with os.fdopen(descriptor, "w+b") as file:
            try:
                status, said = owner.fetch(data_dir, "/api/backup", file)
                if status != 200:
                    raise NothingThere(say_of(said))
            except owner.NoServer:
                asyncio.run(_made(data_dir.resolve(), file))
            file.flush()
            os.fsync(file.fileno())
        manifest = read_backup(fresh).manifest  # what cannot be read again is no backup
        fresh.rename(out)
        _sync(out.parent)
    finally:
        fresh.unlink(missing_ok=True)
    return manifest


async def _made(data_dir: Path, file: IO[bytes]) -> None:
    lock = OwnerLock.take(data_dir / "server")
    try:
        async with contextlib.AsyncExitStack() as opened:
            store = Store(data_dir / "server.db")
            opened.push_async_callback(store.close)
            server_db = await store.copy()
            logs: list[EventLog] = []
            for entry in await store.run(registry.all_meetings):
                log = await Logs(data_dir).open(entry.id)
                opened.push_async_callback(log.close)
                logs.append(log)
            await write_backup(file, server_db, keys_in(data_dir / "keys"), logs, wall_clock_ms())
    finally:
        lock.release()


# --- restore -------------------------------------------------------------------------------


def restore(backup: Backup, data_dir: Path, reason: str) -> None:
    """Make a data folder from a backup, each of its logs in another epoch.

    Args:
        backup: What was read.
        data_dir: Missing or empty; it appears once it is whole.
        reason: Why, for the report.

    Raises:
        Fault: There is something in the folder.
        LogFault: A log of the backup does not hold its chain, or cannot be written.
    """
    data_dir = data_dir.absolute()
    if data_dir.exists() and any(data_dir.iterdir()):
        raise Fault(f"There is something in {data_dir}: move it away first, and keep it.")
    data_dir.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{data_dir.name}-", dir=data_dir.parent))
    try:
        with owners_only():
            asyncio.run(_restored(backup, prepared_folder(fresh), reason))
        if data_dir.exists():
            data_dir.rmdir()
        fresh.rename(data_dir)
        _sync(data_dir.parent)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise


@contextlib.contextmanager
def owners_only() -> Iterator[None]:
    """Whatever file is made meanwhile is its owner's only."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


async def _restored(backup: Backup, folder: Path, reason: str) -> None:
    for genesis, items in backup.logs:
        await _restored_log(Logs(folder), genesis, items, reason)
    (folder / "keys").mkdir(mode=0o700)
    for name, key in backup.keys.items():
        put(folder / "keys" / name, key)
    put(folder / "server.db", backup.server_db)
    await take_over(folder, None, None)
    for each in (folder / "keys", folder):
        _sync(each)


async def _restored_log(logs: Logs, genesis: Genesis, items: Iterable[Epoch | Segment], reason: str) -> None:
    log = await logs.create(genesis)
    try:
        await take_in(log, items)
        await begin_epoch(log, reason)
    finally:
        await log.close()


async def take_over(folder: Path, before: str | None, authority: str | None) -> None:
    """Let the server of this folder be the one that goes on, and the one at `before` be told so."""

    def work(connection: Connection) -> None:
        begin_term(connection, wall_clock_ms())
        for name, value in ((BEFORE, before), (AUTHORITY, authority), (FOLLOWER, None), (CODE, None)):
            store_put(connection, name, value)

    store = Store(folder / "server.db")
    try:
        await store.run(work)
    finally:
        await store.close()


async def _end_replacement(folder: Path) -> None:
    """Where another server had taken over from this one: it is lost, and this one goes on."""

    def replaced(connection: Connection) -> bool:
        return store_get(connection, REPLACED_BY) is not None

    store = Store(folder / "server.db")
    try:
        again = await store.run(replaced)
    finally:
        await store.close()
    if again:
        await take_over(folder, None, None)


def put(path: Path, content: bytes) -> None:
    """Write a file that is its owner's only, on disk when this returns."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(file, "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())


def _sync(folder: Path) -> None:
    """Let the names in a folder be on disk."""
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(held)
    finally:
        os.close(held)


# --- a loss that is accepted ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Accepted:
    """A log that was taken as it is: it ends at `offset`, and `known` was the last event that was saved.

    Attributes:
        kept: The folder with every byte of its files as they were.
        in_database: Of these there is only the line that says where its database is, and its newest head:
            what the database has of it stays there.
    """

    meeting: str
    offset: int
    known: int
    kept: Path
    in_database: bool

    def sentences(self) -> list[str]:
        """It in words."""
        kept = f"Every byte of the log as it was is kept in {self.kept}."
        if self.in_database:
            kept = f"Its database keeps every event that it has; what was known of it is kept in {self.kept}."
        end = f"{self.meeting} goes on from event {self.offset}; {self.known} was the last that was saved."
        return [end, kept]


def accept(data_dir: Path, reason: str) -> list[Accepted]:
    """Take every log of a data folder that lacks its end as it is; those that are whole stay as they are.

    Args:
        data_dir: The server's folder; no server may run on it.
        reason: Why, for the report.

    Raises:
        NothingThere: No data.
        LogOwned: A server runs on it.
        Fault: What the log was cannot be kept beside it; nothing was changed.
    """
    _check_there(data_dir)
    with owners_only():
        return asyncio.run(_accept(data_dir.resolve(), reason))


async def _accept(data_dir: Path, reason: str) -> list[Accepted]:
    lock = OwnerLock.take(data_dir / "server")
    try:
        await _end_replacement(data_dir)
        taken = [await _accept_log(data_dir, entry.id, reason) for entry in await entries(data_dir)]
    finally:
        lock.release()
    return [each for each in taken if each is not None]


async def _accept_log(data_dir: Path, meeting: str, reason: str) -> Accepted | None:
    logs = Logs(data_dir)
    try:
        await (await logs.open(meeting)).close()
    except LogBehind as behind:
        kept = _keep_as_it_is(data_dir, meeting)
        keys = FileBallotKeys(ballot_key_folder(data_dir, meeting))
        for held in keys.held():
            await keys.forget(*held)  # ballots of an open anonymous round are lost, so it is void
        log = await logs.open(meeting, accept=True)
        try:
            await begin_epoch(log, reason)
        finally:
            await log.close()
        in_database = any(kept.glob(f"*{LogPlace.SUFFIX}"))
        return Accepted(meeting, behind.offset, behind.known, kept, in_database)
    return None


def _keep_as_it_is(data_dir: Path, meeting: str) -> Path:
    """Copy log, journal and heads beside them: from now on SQLite clears what it cannot read."""
    folder = meeting_folder(data_dir, meeting)
    kept = folder / f"replaced-{wall_clock_ms()}"
    try:
        shutil.copytree(folder / "logs", kept, ignore=shutil.ignore_patterns("*.lock"))
        for file in kept.iterdir():
            with file.open("rb") as copied:
                os.fsync(copied.fileno())
        _sync(kept)
        _sync(folder)
    except OSError as error:
        shutil.rmtree(kept, ignore_errors=True)
        why = error.strerror or "it cannot be copied"
        raise Fault(f"The log as it is cannot be kept in {kept}: {why}. Nothing was changed.") from error
    return kept


async def begin_epoch(log: EventLog, reason: str) -> None:
    """Let another history of a log begin where it ends."""
    said = " ".join(reason.split())[:REASON_LETTERS_MAX]
    await log.begin_epoch(Epoch(epoch_name(wall_clock_ms(), os.urandom), log.position.offset, said))


def _check_there(data_dir: Path) -> None:
    if not (data_dir / "server.db").is_file():
        raise NothingThere(f"There is no server's data in {data_dir}: name the folder with --data-dir.")
