"""What a database has to bring to keep a log, and the choice of one by path or URL."""

import os
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar, Protocol

from sqlalchemy import URL, Dialect, Executable, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.log.heads import HeadsFile
from app.log.port import LogFault
from app.log.sqlite import SqliteStore


class Store(Protocol):
    """One connection to a log's tables, and the ownership of them; by `open_store`."""

    @property
    def name(self) -> str:
        """What people call this place; never with a password."""
        ...

    @property
    def dialect(self) -> Dialect: ...

    @property
    def append(self) -> Executable:
        """Insert a segment if the writer of `term` still writes and the log ends at `expected`."""
        ...

    @property
    def errors(self) -> tuple[type[Exception], ...]:
        """What the driver may raise."""
        ...

    @property
    def closed(self) -> bool: ...

    def heads(self) -> HeadsFile:
        """Where the newest head is kept outside the database, if nobody names another place."""
        ...

    def is_damage(self, error: Exception) -> bool:
        """Whether the database holds what no log holds, in contrast to a disk or line that fails."""
        ...

    def fault(self, error: Exception) -> LogFault:
        """Say what an error of the driver means to whoever stands above the port."""
        ...

    async def take(self) -> None:
        """Be ready to write. Before that a store that is a file has not changed a byte of it."""
        ...

    async def prepare(self, connection: AsyncConnection, *, create: bool) -> None:
        """Bring the tables to what this program knows; `create` makes them."""
        ...

    async def take_over(self, connection: AsyncConnection) -> int:
        """Write down who writes the log from now on; give the new term."""
        ...

    async def run(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        """Run one statement to its end and give its rows."""
        ...

    async def write(self, sql: str, values: Sequence[Any]) -> list[Any]:
        """Run one statement that is a transaction by itself, like `run`; in place where that is quicker."""
        ...

    def transaction(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """Run several statements as one; nothing else may use the store meanwhile."""
        ...

    async def scrub(self) -> None:
        """Leave nothing of what was erased, as far as the database can."""
        ...

    async def sound(self) -> bool:
        """Whether the database's own check finds nothing."""
        ...

    async def close(self) -> None:
        """Give up connection and ownership."""
        ...


async def open_store(where: str | Path, *, create: bool) -> Store:
    """Become the owner of the place and connect to it.

    Raises:
        LogOwned: Somebody else has it.
        LogFault: There is none (`create` makes one), or it cannot be opened.
    """
    if isinstance(where, Path) or "://" not in where:
        return await SqliteStore.connect(Path(where), create=create)
    url = _url(where)
    if url.get_backend_name() == "postgresql":
        store: Store = await _postgres().PostgresStore.connect(url, create=create)
        return store
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        raise LogFault(
            "A log is a file of SQLite, by path or as sqlite:///path, or a schema of PostgreSQL, as "
            "postgresql://host/database?schema=name. Other databases are not supported."
        )
    return await SqliteStore.connect(Path(url.database), create=create)


def _postgres() -> ModuleType:
    try:
        return import_module("app.log.postgres")  # only here: a hall has not its driver
    except ModuleNotFoundError as error:
        raise LogFault(
            f"A log on PostgreSQL needs {error.name}: install townmeeting[postgres] (make setup POSTGRES=1)."
        ) from error


async def examine_database(where: str) -> str:
    """Whether new logs can be made in a database of PostgreSQL; gives its version, and makes nothing.

    Raises:
        LogFault: It cannot be reached or trusted, or its user may make no schema.
    """
    said: str = await _postgres().PostgresStore.examine(_url(where))
    return said


def _url(where: str) -> URL:
    try:
        return make_url(where)
    except (ArgumentError, ValueError):
        raise LogFault("The address of the log cannot be read. Look at how it is written.") from None


def schema_of(database: str, schema: str) -> str:
    """The URL of a schema of a database.

    Raises:
        LogFault: It is no URL.
    """
    return _url(database).update_query_dict({"schema": schema}).render_as_string(hide_password=False)


@dataclass(frozen=True, slots=True)
class LogPlace:
    """A file that stands for a log in a database: one line, its URL, and beside it the newest head.

    It may hold a password, as the folder holds every key; nobody else may read it.
    """

    SUFFIX: ClassVar = ".postgresql"

    path: Path

    @property
    def heads(self) -> Path:
        return self.path.with_name(f"{self.path.name}.heads")

    def read(self) -> str:
        """The URL."""
        return self.path.read_text(encoding="utf-8").strip()

    def write(self, url: str) -> None:
        """Write it down; on disk when this returns."""
        file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(file, "w", encoding="utf-8") as out:
            out.write(f"{url}\n")
            out.flush()
            os.fsync(out.fileno())
        folder = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
