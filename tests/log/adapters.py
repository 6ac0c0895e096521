"""Every adapter of the log behind one face, with the faults that a disk makes: for the contract suite."""

import resource
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

import asyncpg
import pytest

from app.log.memory import MemoryLog
from app.log.port import EventLog, Genesis
from app.log.sql import SqlLog
from tests.log.pace import Always


class Adapter(Protocol):
    """How a test makes a log, comes back to it, and has its disk fail."""

    @property
    def log(self) -> EventLog: ...

    async def create(self, genesis: Genesis) -> EventLog: ...

    async def reopen(self) -> EventLog:
        """The log as the next process finds it, after the one before ended."""
        ...

    async def supersede(self) -> None:
        """Another writer takes over while this one still lives."""
        ...

    def disk_full(self) -> AbstractAsyncContextManager[None]: ...

    def io_error(self) -> AbstractAsyncContextManager[None]: ...

    async def close(self) -> None: ...


Asked = Callable[[str], Any]
"""Gives a fixture of the session by its name: only who needs the server has it started."""


class Memory:
    """The list."""

    log: MemoryLog

    def __init__(self, _folder: Path, _asked: Asked) -> None:
        pass

    async def create(self, genesis: Genesis) -> EventLog:
        self.log = MemoryLog(genesis)
        return self.log

    async def reopen(self) -> EventLog:
        self.log = self.log.crash()
        return self.log

    async def supersede(self) -> None:
        self.log.crash()

    @asynccontextmanager
    async def disk_full(self) -> AsyncIterator[None]:
        self.log.fail_next(disk_full=True)
        yield

    @asynccontextmanager
    async def io_error(self) -> AsyncIterator[None]:
        self.log.fail_next()
        yield

    async def close(self) -> None:
        await self.log.close()


class Sqlite:
    """The file. Faults are SQLite's own: a page limit, and the operating system's limit of a file's size."""

    log: SqlLog

    def __init__(self, folder: Path, _asked: Asked) -> None:
        self.path = folder / "hall.db"

    async def create(self, genesis: Genesis) -> EventLog:
        self.log = await SqlLog.create(self.path, genesis)
        return self.log

    async def reopen(self) -> EventLog:
        await self.log.close()
        self.log = await SqlLog.open(self.path, quick_check=True)
        return self.log

    async def supersede(self) -> None:
        await self.log._store.run("INSERT INTO term SELECT max(number) + 1, 'another' FROM term")

    @asynccontextmanager
    async def disk_full(self) -> AsyncIterator[None]:
        run = self.log._store.run
        [(before,)] = await run("PRAGMA max_page_count")
        [(pages,)] = await run("PRAGMA page_count")
        await run(f"PRAGMA max_page_count={pages}")
        yield
        await run(f"PRAGMA max_page_count={before}")

    @asynccontextmanager
    async def io_error(self) -> AsyncIterator[None]:
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    async def close(self) -> None:
        await self.log.close()


class SqliteInPlace(Sqlite):
    """The same file, each append in the event loop's own thread."""

    async def create(self, genesis: Genesis) -> EventLog:
        await super().create(genesis)
        return self._in_place()

    async def reopen(self) -> EventLog:
        await super().reopen()
        return self._in_place()

    def _in_place(self) -> EventLog:
        store: Any = self.log._store
        store._pace = Always()
        return self.log


FAILS = """
CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION SQLSTATE '{state}' USING MESSAGE = 'the disk fails'; END $$;
CREATE TRIGGER fails BEFORE INSERT ON segment FOR EACH STATEMENT EXECUTE FUNCTION fail()
"""


class Postgres:
    """A schema. A full disk is what the server says of one; a failing one is a connection that it ends."""

    log: SqlLog

    def __init__(self, folder: Path, asked: Asked) -> None:
        self._server: str = asked("postgres_url")
        self.schema = folder.name
        self.url = f"{self._server}&schema={self.schema}"

    async def create(self, genesis: Genesis) -> EventLog:
        self.log = await SqlLog.create(self.url, genesis)
        return self.log

    async def reopen(self) -> EventLog:
        await self.log.close()
        self.log = await SqlLog.open(self.url, quick_check=True)
        return self.log

    async def supersede(self) -> None:
        async with self.beside() as other:
            await other.execute("UPDATE term SET number = number + 1, writer = 'another'")

    @asynccontextmanager
    async def beside(self) -> AsyncIterator[Any]:
        """Another connection to the same schema, as a database tool has it."""
        other = await asyncpg.connect(self._server, server_settings={"search_path": f'"{self.schema}"'})
        try:
            yield other
        finally:
            await other.close()

    @asynccontextmanager
    async def failing(self, state: str) -> AsyncIterator[None]:
        """Every insert fails with this SQLSTATE."""
        async with self.beside() as other:
            await other.execute(FAILS.format(state=state))
            yield
            await other.execute("DROP TRIGGER fails ON segment; DROP FUNCTION fail()")

    @asynccontextmanager
    async def disk_full(self) -> AsyncIterator[None]:
        async with self.failing("53100"):
            yield

    @asynccontextmanager
    async def io_error(self) -> AsyncIterator[None]:
        [(pid,)] = await self.log._store.run("SELECT pg_backend_pid()")
        async with self.beside() as other:
            assert await other.fetchval("SELECT pg_terminate_backend($1, 20000)", pid)
        yield

    async def close(self) -> None:
        await self.log.close()


ADAPTERS: dict[str, Callable[[Path, Asked], Adapter]] = {
    "memory": Memory,
    "sqlite": Sqlite,
    "sqlite in place": SqliteInPlace,
    "postgres": Postgres,
}
EVERY_ADAPTER = [
    pytest.param(name, marks=pytest.mark.postgres if name == "postgres" else ()) for name in ADAPTERS
]
