"""Everything about the log's store that only SQLite knows.

One connection, alone on its file (`locking_mode=EXCLUSIVE`, set before WAL, so
there is no shared-memory file and nobody else can read or write), every commit
synced, what is deleted overwritten. `run` sends one whole statement to the
driver's thread in one hop; a statement that writes is a transaction of its
own. `write` does what is small in place instead, as long as the disk has been
quick: going to the thread and back takes as long as a good disk takes
(decision 0039). `transaction` is for the few acts of more than one statement.
Until `take` the file is only looked at (`look.py`): none of its bytes changes.
"""

import logging
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple, Self

from sqlalchemy import URL, Connection, Dialect, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from app.log import tables
from app.log.heads import HeadsFile
from app.log.lock import OwnerLock
from app.log.look import IN_USE, Look
from app.log.port import LogFault, LogOwned, LogUnavailable

COMMIT_BYTES, WRITE_BACK_BYTES, WRITE_BACK_PAGES = 4_096, 4_000_000, 4_000
"""The journal is written back by the driver's thread after about so many bytes, a page for each commit among
them. Where that has not come about, SQLite does it after so many pages, in the middle of a commit."""

PRAGMAS: tuple[tuple[str, str | int], ...] = (
    ("locking_mode", "exclusive"),  # before WAL: no shared memory, no second reader
    ("journal_mode", "wal"),
    ("synchronous", 2),  # FULL: a commit is on disk when it returns
    ("secure_delete", 1),  # what is erased is overwritten with zeros
    ("wal_autocheckpoint", WRITE_BACK_PAGES),
)
"""Setting and the answer that shows that it took effect, in this order."""

BUSY_SECONDS = 1.0
"""How long to wait for a foreign lock on the file; a second owner is refused within 2 s."""

QUICK_S = 0.001
"""Longer than this no write is waited for in place, if it can be foreseen."""

FIRST_BY_THREAD = 16
"""So many writes go to the driver's thread before one is tried in place, and after a slow one so many for
each millisecond that it took; twice as many for a second slow one, and so on."""

DOUBLED_MAX = 6
"""So often at most: 64 times as many."""

FORGIVEN_AFTER = 64
"""So many quick writes in a row, and a slow one is a first one again."""

IN_PLACE_BYTES = 64 * 1024
"""More than this is not written in place."""

logger = logging.getLogger(__name__)

_FULL = {sqlite3.SQLITE_FULL}
_LOCKED = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}

ERRORS: tuple[type[Exception], ...] = (sqlite3.Error, DBAPIError)
"""What the driver may raise."""


class Line(NamedTuple):
    """The one connection, by which driver, and the look that it is, if it is one.

    `file` is the driver's own connection, for what is done without its thread.
    """

    engine: AsyncEngine
    connection: AsyncConnection
    driver: Any
    file: sqlite3.Connection
    look: Look | None

    async def close(self) -> None:
        """Close the connection; a look ends after it."""
        try:
            await self.connection.close()
            await self.engine.dispose()
        finally:
            if self.look is not None:
                self.look.end()


@dataclass(slots=True)
class Pace:
    """Whether the next write is done in place: while the disk is quick, and now and then to see if it is.

    Attributes:
        by_thread: How many go to the driver's thread before that.
    """

    by_thread: int = FIRST_BY_THREAD
    _slow: int = 0
    _quick: int = 0

    def handed(self) -> None:
        """A write has gone to the thread."""
        self.by_thread = max(0, self.by_thread - 1)

    def took(self, seconds: float) -> None:
        """A write in place has taken so long."""
        if seconds <= QUICK_S:
            self._quick += 1
            if self._quick >= FORGIVEN_AFTER:
                self._slow = 0
            return
        self.by_thread = int(FIRST_BY_THREAD * seconds / QUICK_S) << self._slow
        self._slow, self._quick = min(self._slow + 1, DOUBLED_MAX), 0


class SqliteStore:
    """The one connection to a log's file, and the ownership of it."""

    append = tables.APPEND
    errors = ERRORS

    def __init__(self, path: Path, line: Line, lock: OwnerLock) -> None:
        self.path = path
        self._line = line
        self._lock = lock
        self._pace = Pace()
        self._handed = False
        self._unwritten = WRITE_BACK_BYTES  # of whoever wrote before
        self.closed = False

    @classmethod
    async def connect(cls, path: Path, *, create: bool) -> Self:
        """Become the owner of the file, and make it or look at it.

        Raises:
            LogOwned: Somebody else has it.
            LogFault: There is none (`create` makes one), or it cannot be opened.
        """
        if not create and not path.is_file():  # noqa: ASYNC240 - one look, before there is anything to wait
            raise LogFault(f"There is no log at {path}. Check the path, or create one.")
        try:
            lock = OwnerLock.take(path)
        except OSError as error:
            raise LogFault(f"The log {path} cannot be locked: {error.strerror}.") from error
        try:
            line = await (_open(path) if create else _look_at(path))
        except BaseException as error:
            lock.release()
            if isinstance(error, ERRORS):
                raise fault(error) from error
            raise
        return cls(path, line, lock)

    async def take(self) -> None:
        """Open the file itself, to write. Where that cannot be, it goes on to be looked at."""
        if self._line.look is None:
            return
        await self._line.close()  # first: closing a file drops every lock that this process has on it
        try:
            self._line = await _open(self.path)
        except BaseException:
            self._line = await _look_at(self.path)
            raise

    @property
    def name(self) -> str:
        return str(self.path)

    @property
    def dialect(self) -> Dialect:
        return self._line.engine.dialect

    def heads(self) -> HeadsFile:
        return HeadsFile.beside(self.path)

    def fault(self, error: Exception) -> LogFault:
        return fault(error)

    def is_damage(self, error: Exception) -> bool:
        return is_damage(error)

    async def prepare(self, connection: AsyncConnection, *, create: bool) -> None:
        """Make the tables of a new log; a file has had the same ones from the first version on."""
        if create:
            await connection.run_sync(tables.metadata.create_all)

    async def take_over(self, connection: AsyncConnection) -> int:
        return await tables.take_over(connection)

    async def run(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        """Run one statement to its end and give its rows; one hop to the driver's thread."""
        async with self._by_its_thread():
            return list(await self._line.driver.execute_fetchall(sql, values))

    async def write(self, sql: str, values: Sequence[Any]) -> list[Any]:
        """Run one statement that writes: what is small in place while the disk is quick, else like `run`."""
        size = sum(len(value) for value in values if isinstance(value, bytes))
        if self._unwritten >= WRITE_BACK_BYTES:
            await self._write_back()
        self._unwritten += COMMIT_BYTES + size
        if self._handed or self._pace.by_thread or size > IN_PLACE_BYTES:
            self._pace.handed()
            return await self.run(sql, values)
        began = perf_counter()
        try:
            return self._line.file.execute(sql, values).fetchall()
        finally:
            self._pace.took(perf_counter() - began)

    async def _write_back(self) -> None:
        """Write the journal back into the file, so that no commit has to."""
        self._unwritten = 0
        try:
            await self.run("PRAGMA wal_checkpoint(PASSIVE)")
        except ERRORS as error:
            if _code(error) not in _FULL:
                raise  # nothing has been appended yet, and what the disk holds is not known any more (0014)
            logger.warning("the disk is full: the journal of %s grows", self.path)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """Run several statements as one; nothing else may use the store meanwhile."""
        async with self._by_its_thread(), self._line.connection.begin():
            yield self._line.connection
        self._unwritten = WRITE_BACK_BYTES  # perhaps: it is not counted what it wrote

    @asynccontextmanager
    async def _by_its_thread(self) -> AsyncIterator[None]:
        """While the driver's thread has the connection, nothing is done in place.

        Whoever waits may be cancelled, and the thread is at it still. It takes one thing after the other,
        so it has ended that once it has ended something later.
        """
        self._handed = True
        try:
            yield
        except ERRORS:
            self._handed = False
            raise
        except BaseException:
            self._handed = True
            raise
        self._handed = False

    async def scrub(self) -> None:
        """Leave nothing of what was erased: free pages are zeroed already, now the journal goes.

        Raises:
            LogUnavailable: The journal could not be emptied.
        """
        [(busy, *_)] = await self.run("PRAGMA wal_checkpoint(TRUNCATE)")
        self._unwritten = 0
        if busy:
            raise LogUnavailable(
                "The journal of the log could not be emptied. Close what reads it and try again."
            )

    async def sound(self) -> bool:
        """Whether the database's own quick check finds nothing."""
        return await self.run("PRAGMA quick_check(1)") == [("ok",)]

    async def close(self) -> None:
        """Give up connection and ownership."""
        self.closed = True
        try:
            await self._line.close()
        finally:
            self._lock.release()


async def _open(path: Path) -> Line:
    return await _connected(URL.create("sqlite+aiosqlite", database=str(path)), _prepare)


async def _look_at(path: Path) -> Line:
    look = await Look.at(path.resolve(), BUSY_SECONDS)  # noqa: ASYNC240 - as above
    if look is None:
        return await _open(path)
    named = URL.create("sqlite+aiosqlite", database=look.uri, query={"uri": "true"})
    try:
        line = await _connected(named, _prepare_look, look)
    except BaseException:
        look.end()
        raise
    look.forget()  # SQLite has file and journal open
    return line


async def _connected(url: URL, prepare: Callable[[Any, object], None], look: Look | None = None) -> Line:
    files: list[sqlite3.Connection] = []

    def opened(*args: Any, **named: Any) -> sqlite3.Connection:
        files.append(sqlite3.Connection(*args, **named))
        return files[-1]

    engine = _engine(url, prepare, opened)
    try:
        connection = await engine.connect()
        raw = await connection.get_raw_connection()
    except BaseException:
        await engine.dispose()
        raise
    return Line(engine, connection, raw.driver_connection, files[-1], look)


def _engine(
    url: URL,
    prepare: Callable[[Any, object], None],
    opened: Callable[..., sqlite3.Connection] = sqlite3.Connection,
) -> AsyncEngine:
    engine = create_async_engine(
        url,
        pool_size=1,
        max_overflow=0,
        connect_args={
            "timeout": BUSY_SECONDS,
            # No transactions by the driver: a single statement commits itself, `_begin` opens the others.
            "isolation_level": None,
            # The driver's thread and the event loop's, one at a time.
            "check_same_thread": False,
            "factory": opened,
        },
    )
    event.listen(engine.sync_engine, "connect", prepare)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    for name, wanted in PRAGMAS:
        cursor.execute(f"PRAGMA {name}={wanted}")
        cursor.execute(f"PRAGMA {name}")
        (got,) = cursor.fetchone()
        if got != wanted:
            raise LogFault(f"SQLite does not take {name}={wanted} here (it says {got}). Use a local disk.")
    cursor.close()


def _prepare_look(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA locking_mode=exclusive")  # no shared memory, as above
    cursor.execute("SELECT count(*) FROM sqlite_master")  # opens the journal
    cursor.fetchone()
    cursor.close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def is_damage(error: Exception) -> bool:
    """Whether the file says what no log says, in contrast to a disk that fails."""
    code = _code(error)
    return code in _DAMAGED or code is None


def _code(error: Exception) -> int | None:
    origin = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(origin, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


def fault(error: Exception) -> LogFault:
    """Say what an error of the driver means to whoever stands above the port."""
    origin = error.orig if isinstance(error, DBAPIError) else error
    code = _code(error)
    if code in _FULL:
        return LogUnavailable(
            "The disk of the log is full. Free some space; nothing is lost.", disk_full=True
        )
    if code in _LOCKED:
        return LogOwned(IN_USE)
    if code in _DAMAGED:
        return LogFault("The file is damaged or is not a log. Restore a backup.")
    if code == sqlite3.SQLITE_ERROR:
        return LogFault(f"The file is not a log: {origin}. Check the path.")
    return LogUnavailable(f"The log cannot be used: {origin}. Check the disk, then start again.")
