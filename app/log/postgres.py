"""Everything about the log's store that only PostgreSQL knows.

One connection, which holds an advisory lock for its schema as long as it
lives. `run` sends one statement straight to the driver; a statement that
writes is a transaction of its own. SQLAlchemy is in AUTOCOMMIT, so that
`transaction` alone says where one begins and ends, for both ways of sending.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from hashlib import sha256
from typing import Any, Self

import asyncpg
from sqlalchemy import URL, Dialect, NullPool, bindparam, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from app.log import tables
from app.log.heads import HeadsFile
from app.log.migrations import upgrade
from app.log.port import LogFault, LogOwned, LogUnavailable

REQUIRED = {
    "synchronous_commit": ("on", "remote_apply"),
    "fsync": ("on",),
    "full_page_writes": ("on",),
}
"""What the server must answer, or a commit that it acknowledged may be gone after a crash."""

NAME = re.compile(r"(?!pg_)[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}")
"""What a schema may be called."""

BUSY_SECONDS = 1.0
"""How long to wait for an owner that is just going; a second owner is refused within 2 s."""

COMMAND_SECONDS = 60.0
"""After so long without an answer the line is given up."""

REWRITE_SECONDS = 600.0
_TAKEN_DOWN = ("25006", "57P01", "57P02", "57P03")
_FULL = {"53100"}
_DAMAGED = {"XX001", "XX002"}
_NO_ENTRY = ("28", "3D", "42")

ERRORS: tuple[type[Exception], ...] = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, DBAPIError)
"""What the driver may raise; a line that is cut or silent is an `OSError`."""

_term = tables.term_table.c
_OURS = select(_term.number).where(_term.number == bindparam("term")).with_for_update().scalar_subquery()
APPEND = tables.append_if(bindparam("term", type_=_term.number.type) == _OURS)
"""The one row that names the writer is locked by each append: a take-over waits for it, or it for the
take-over, and then sees the other term."""

TAKE_OVER = update(tables.term_table).values(number=_term.number + 1, writer=bindparam("who"))

_HOLDER = """
SELECT application_name FROM pg_stat_activity WHERE pid = (
  SELECT pid FROM pg_locks
  WHERE locktype = 'advisory' AND granted AND objsubid = 1
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND classid::bigint = $1 AND objid::bigint = $2 LIMIT 1)
"""

_UNSOUND = """
SELECT 1 FROM (SELECT first, last, count, md5(body) AS read, lag(last, 1, 0) OVER (ORDER BY first) AS before
               FROM segment) s
WHERE first <> before + 1 OR count <> last - first + 1 OR read IS NULL LIMIT 1
"""


class PostgresStore:
    """The one connection to a log's schema, and the ownership of it."""

    append = APPEND
    errors = ERRORS

    def __init__(self, url: URL, schema: str, engine: AsyncEngine, connection: AsyncConnection) -> None:
        self.name = f"{url.database} on {url.host or url.query.get('host', 'this machine')}, schema {schema}"
        self._schema = schema
        self._engine = engine
        self._connection = connection
        self._driver: Any = None
        self.closed = False

    @classmethod
    async def connect(cls, url: URL, *, create: bool) -> Self:
        """Connect and become the owner of the schema that the URL names (`schema=`, else `public`).

        Raises:
            LogOwned: Somebody else has it.
            LogFault: There is none (`create` makes one), or the server cannot be trusted with it.
        """
        async with cls._reached(url) as store:
            await store._own()
            if not create and not await store._exists():
                raise LogFault(f"There is no log in {store.name}. Check the address, or create one.")
        return store

    @classmethod
    @asynccontextmanager
    async def _reached(cls, url: URL) -> AsyncIterator[Self]:
        """A connection to a server that can be trusted; closed where what follows fails."""
        schema = url.query.get("schema", "public")
        if not isinstance(schema, str) or not NAME.fullmatch(schema):
            raise LogFault("The address of the log names no schema that can be one. Use letters and digits.")
        engine = _engine(url, schema)
        try:
            connection = await engine.connect()
        except BaseException as error:
            await engine.dispose()
            if isinstance(error, ERRORS):
                raise fault(error) from error
            if isinstance(error, TypeError):  # a parameter of the URL is an argument of the driver's
                raise LogFault(
                    f"The address of the log says what the driver does not know: {error}."
                ) from error
            raise
        store = cls(url, schema, engine, connection)
        try:
            store._driver = (await connection.get_raw_connection()).driver_connection
            await store._require()
            yield store
        except BaseException as error:
            await store.close()
            if isinstance(error, ERRORS):
                raise fault(error) from error
            raise

    async def _require(self) -> None:
        """Refuse a server that answers before it has written; what can be kept so is kept so."""
        for setting, wanted in REQUIRED.items():
            [(got,)] = await self.run("SELECT current_setting($1)", [setting])
            if got not in wanted:
                raise LogFault(
                    f"PostgreSQL has {setting}={got} here, so that a crash could lose what was acknowledged. "
                    f"Set {setting}={wanted[0]} and start again."
                )
            if setting == "synchronous_commit":  # of this session, whatever is reloaded later
                await self.run("SELECT set_config($1, $2, false)", [setting, got])

    async def _own(self) -> None:
        key = lock_key(self._schema)
        until = asyncio.get_running_loop().time() + BUSY_SECONDS
        while await self.run("SELECT pg_try_advisory_lock($1)", [key]) != [(True,)]:
            if asyncio.get_running_loop().time() > until:
                halves = [key >> 32 & 0xFFFFFFFF, key & 0xFFFFFFFF]
                holder = await self.run(_HOLDER, halves)
                who = (holder and holder[0][0]) or "another process"
                raise LogOwned(f"The log {self.name} is already open in {who}. Stop that process first.")
            await asyncio.sleep(0.05)

    @classmethod
    async def examine(cls, url: URL) -> str:
        """What server it is, where it can be trusted with new logs; makes nothing, and owns nothing.

        Raises:
            LogFault: It cannot be.
        """
        async with cls._reached(url) as store:
            [(may,)] = await store.run("SELECT has_database_privilege(current_database(), 'CREATE')")
            if not may:
                raise LogFault("The user of log_url may make no schema here: GRANT CREATE ON DATABASE.")
            [(version,)] = await store.run("SHOW server_version")
        await store.close()
        return f"PostgreSQL {version}, which writes before it answers"

    async def _exists(self) -> bool:
        return bool(await self.run("SELECT 1 WHERE to_regclass('genesis') IS NOT NULL"))

    @property
    def dialect(self) -> Dialect:
        return self._engine.dialect

    def heads(self) -> HeadsFile:
        return HeadsFile(None)

    def is_damage(self, error: Exception) -> bool:
        return _state(error) in _DAMAGED

    def fault(self, error: Exception) -> LogFault:
        return fault(error)

    async def take(self) -> None:
        """Nothing: it is ready as it is, and its tables are brought to this program's by then."""

    async def prepare(self, connection: AsyncConnection, *, create: bool) -> None:
        """Bring the tables from version to version, in the caller's transaction.

        Raises:
            UnknownFormat: A newer program made them.
        """
        if create and not await self.run("SELECT 1 WHERE to_regnamespace($1) IS NOT NULL", [self._quoted]):
            await self.run(f"CREATE SCHEMA {self._quoted}")
        await connection.run_sync(upgrade)

    @property
    def _quoted(self) -> str:
        return f'"{self._schema}"'

    async def take_over(self, connection: AsyncConnection) -> int:
        return await take_over(connection)

    async def run(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        """Run one statement to its end and give its rows; one exchange with the server."""
        return [tuple(row) for row in await self._driver.fetch(sql, *values)]

    async def write(self, sql: str, values: Sequence[Any]) -> list[Any]:
        """Run one statement as `run` does: there is no thread to go without."""
        return await self.run(sql, values)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """Run several statements as one; nothing else may use the store meanwhile."""
        async with self._driver.transaction(), self._connection.begin():
            yield self._connection

    async def scrub(self) -> None:
        """Leave nothing of what was erased in the tables' files (what is kept besides: docs/privacy.md).

        The rows that a trigger writes with each erasure say that there is something to do, also after
        a crash in between.
        """
        if not await self.run("SELECT 1 FROM erasure LIMIT 1"):
            return
        await self._driver.execute("VACUUM FULL segment", timeout=REWRITE_SECONDS)
        with suppress(asyncpg.InsufficientPrivilegeError):  # then at the server's next one
            await self._driver.execute("CHECKPOINT", timeout=REWRITE_SECONDS)
        await self.run("DELETE FROM erasure")

    async def sound(self) -> bool:
        """Whether every segment can be read and begins where the one before ended."""
        return not await self.run(_UNSOUND)

    async def close(self) -> None:
        """Give up connection, and ownership with it."""
        self.closed = True
        try:
            await self._connection.close()
        finally:
            await self._engine.dispose()


async def take_over(connection: AsyncConnection) -> int:
    """Write down who writes the log from now on, once every append under way is done; give the new term."""
    taken = await connection.execute(TAKE_OVER.returning(_term.number), {"who": tables.this_writer()})
    term: int = taken.scalar_one()
    return term


def lock_key(schema: str) -> int:
    """The advisory lock of a schema; PostgreSQL has such locks for each database by itself."""
    return int.from_bytes(sha256(f"townmeeting log {schema}".encode()).digest()[:8], signed=True)


def _engine(url: URL, schema: str) -> AsyncEngine:
    return create_async_engine(
        url.set(drivername="postgresql+asyncpg").difference_update_query(["schema"]),
        poolclass=NullPool,  # closed is closed
        isolation_level="AUTOCOMMIT",
        connect_args={
            "timeout": 10,
            "command_timeout": COMMAND_SECONDS,
            "server_settings": {
                "application_name": f"townmeeting {tables.this_writer()}"[:63],
                "search_path": f'"{schema}"',
                "default_transaction_isolation": "read committed",
                # A machine that is gone gives its log free after 25 s.
                "tcp_keepalives_idle": "10",
                "tcp_keepalives_interval": "5",
                "tcp_keepalives_count": "3",
            },
        },
    )


def _state(error: Exception) -> str | None:
    origin = error.orig if isinstance(error, DBAPIError) else error
    return getattr(origin, "sqlstate", None)


def fault(error: Exception) -> LogFault:
    """Say what an error of the driver means to whoever stands above the port."""
    origin = error.orig if isinstance(error, DBAPIError) else error
    state = _state(error) or ""
    if state in _FULL:
        return LogUnavailable(
            "The disk of PostgreSQL is full. Free some space; nothing is lost.", disk_full=True
        )
    if state in _DAMAGED:
        return LogFault(f"The database is damaged: {origin}. Restore a backup.")
    if state in _TAKEN_DOWN:
        return LogUnavailable(f"PostgreSQL takes no writes: {origin}. Look at the server, then start again.")
    if state.startswith(_NO_ENTRY):
        return LogFault(f"PostgreSQL refuses the log: {origin}. Check the address, the user and its rights.")
    what = str(origin) or type(origin).__name__
    return LogUnavailable(f"PostgreSQL cannot be used: {what}. Check server and line, then start again.")
