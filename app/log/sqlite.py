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

import asyncio
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

PRAGMAS: tuple[tuple[str, str | int], ...] = (
    ("locking_mode", "exclusive"),  # before WAL: no shared memory, no second reader
    ("journal_mode", "wal"),
    ("synchronous", 2),  # FULL: a commit is on disk when it returns
    ("secure_delete", 1),  # what is erased is overwritten with zeros
)
"""Setting and the answer that shows that it took effect, in this order."""

BUSY_SECONDS = 1.0
"""How long to wait for a foreign lock on the file; a second owner is refused within 2 s."""

QUICK_S, QUICK_IN_A_ROW = 0.001, 16
"""A disk is quick whose last so many writes took no longer."""

IN_PLACE_BYTES = 64 * 1024
"""More than this is not waited for in place."""

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
    """Whether the disk has been so quick of late that a write may be waited for in place."""

    in_a_row: int = 0

    @property
    def quick(self) -> bool:
        return self.in_a_row >= QUICK_IN_A_ROW

    def took(self, seconds: float) -> None:
        """A write has taken so long, wherever it was done."""
        self.in_a_row = self.in_a_row + 1 if seconds <= QUICK_S else 0


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
        began = perf_counter()
        if self._pace.quick and not self._handed and _bytes_of(values) <= IN_PLACE_BYTES:
            rows: list[Any] = self._line.file.execute(sql, values).fetchall()
        else:
            rows = await self.run(sql, values)
        self._pace.took(perf_counter() - began)
        return rows

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """Run several statements as one; nothing else may use the store meanwhile."""
        async with self._by_its_thread(), self._line.connection.begin():
            yield self._line.connection

    @asynccontextmanager
    async def _by_its_thread(self) -> AsyncIterator[None]:
        """While the driver's thread has the connection, nothing is done in place.

        Whoever waits may be cancelled, and the thread is at it still. It takes one thing after the other,
        so it has ended that once it has ended something later.
        """
        self._handed = True
        try:
            yield
        except asyncio.CancelledError:
            self._handed = True
            raise
        except BaseException:
            self._handed = False
            raise
        self._handed = False

    async def scrub(self) -> None:
        """Leave nothing of what was erased: free pages are zeroed already, now the journal goes.

        Raises:
            LogUnavailable: The journal could not be emptied.
        """
        [(busy, *_)] = await self.run("PRAGMA wal_checkpoint(TRUNCATE)")
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


def _bytes_of(values: Sequence[Any]) -> int:
    return sum(len(value) for value in values if isinstance(value, bytes))


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
