"""The server's own database, `server.db`: short pieces of work, in one thread, committed together.

How this works. A piece of work is a function of a connection. `Store.run` lets it wait; the
store's only thread takes all that wait, runs them, commits once and answers all. So 5,000 phones
that come back within seconds cost some dozens of commits. If a piece raises, nothing was changed,
and all of them run once more, each within a savepoint; if the commit fails, as on a full disk, each
runs by itself. Work may run more than once, and does nothing but use its connection. Who has its
answer has it on disk (WAL, `synchronous=FULL`).
"""

import asyncio
import logging
import queue
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, insert, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from app.web.tables import SCHEMA_VERSION, metadata, server

Work = Callable[[Connection], Any]
Result = TypeVar("Result")
TOGETHER_MAX = 500
logger = logging.getLogger(__name__)

PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON", "busy_timeout=2000")


class StoreTooNew(Exception):
    """A newer program wrote this database."""


class StoreFull(Exception):
    """The disk is full: nothing was changed. The same may be asked again."""


class _Job:
    """One piece of work and who waits for it; `whole` is one that looks at what is committed."""

    __slots__ = ("future", "loop", "whole", "work")

    def __init__(self, work: Work, loop: asyncio.AbstractEventLoop, *, whole: bool = False) -> None:
        self.work, self.loop, self.whole = work, loop, whole
        self.future: asyncio.Future[Any] = loop.create_future()

    def done(self, result: Any, error: BaseException | None) -> None:
        if is_full(error):
            error = StoreFull("The disk is full. Free some space; nothing is lost.")

        def settle() -> None:
            if self.future.done():
                return
            if error is None:
                self.future.set_result(result)
            else:
                self.future.set_exception(error)

        try:
            self.loop.call_soon_threadsafe(settle)
        except RuntimeError:  # the loop is gone, and with it whoever waited
            return


_Answer = tuple[_Job, Any, BaseException | None]


class Store:
    """The database of one server process.

    Attributes:
        changes: Counts the rows that were changed: where it is the same, so is the database.
    """

    def __init__(self, path: Path | None) -> None:
        """Open it, made where it is missing; `None` keeps it in memory, for tests.

        Raises:
            StoreTooNew: A newer program wrote it.
        """
        self._engine = _engine(path)
        _prepare(self._engine)
        self.changes = self._counted = self._uncounted = 0
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="server.db", daemon=True)
        self._thread.start()

    async def run(self, work: Callable[[Connection], Result]) -> Result:
        """Run a piece of work; its changes are on disk when this returns.

        A piece that raises changes nothing, and its exception is raised here.

        Raises:
            StoreFull: There is no room for it.
        """
        job = _Job(work, asyncio.get_running_loop())
        self._jobs.put(job)
        result: Result = await job.future
        return result

    async def copy(self) -> bytes:
        """The database as it is on disk, as the bytes of a file."""
        job = _Job(_serialized, asyncio.get_running_loop(), whole=True)
        self._jobs.put(job)
        copied: bytes = await job.future
        return copied

    async def close(self) -> None:
        """Finish what waits and close."""
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)
        self._engine.dispose()

    def _work(self) -> None:
        going = True
        while going:
            together = [self._jobs.get()]
            while len(together) < TOGETHER_MAX and not self._jobs.empty():
                together.append(self._jobs.get())
            going = None not in together
            answers = self._run([job for job in together if job is not None and not job.whole])
            self._count()  # first: whoever has been answered finds it counted
            for job, result, problem in answers:
                job.done(result, problem)
            self._look([job for job in together if job is not None and job.whole])

    def _count(self) -> None:
        try:
            self._counted = _changed(self._engine)
        except Exception:  # whatever is wrong with the database: who waits is answered
            logger.exception("the changes of server.db cannot be counted")
            self._uncounted += 1
        self.changes = self._counted + self._uncounted

    def _look(self, jobs: list[_Job]) -> None:
        """Run what needs everything committed, outside any transaction."""
        for job in jobs:
            try:
                with self._engine.connect() as connection:
                    job.done(job.work(connection), None)
            except Exception as error:  # noqa: BLE001 - goes to whoever asked
                job.done(None, error)

    def _run(self, jobs: list[_Job]) -> list["_Answer"]:
        if not jobs:
            return []
        try:
            with self._engine.begin() as connection:
                return [(job, job.work(connection), None) for job in jobs]
        except Exception:  # noqa: BLE001 - one of them failed: once more, each by itself
            return self._run_apart(jobs)

    def _run_apart(self, jobs: list[_Job]) -> list["_Answer"]:
        """Run each within a savepoint, so that one that fails changes nothing and harms no other."""
        answers: list[_Answer] = []
        try:
            with self._engine.begin() as connection:
                for job in jobs:
                    try:
                        with connection.begin_nested():
                            answers.append((job, job.work(connection), None))
                    except Exception as error:  # noqa: BLE001 - goes to whoever asked
                        answers.append((job, None, error))
        except Exception:  # noqa: BLE001 - the commit failed: whoever only looks need not suffer for it
            answers = [self._run_alone(job) for job in jobs]
        return answers

    def _run_alone(self, job: _Job) -> "_Answer":
        try:
            with self._engine.begin() as connection:
                return job, job.work(connection), None
        except Exception as error:  # noqa: BLE001 - goes to whoever asked
            return job, None, error


def is_full(error: BaseException | None) -> bool:
    """Whether SQLite says so of its disk."""
    origin = error.orig if isinstance(error, DBAPIError) else error
    return getattr(origin, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL


def _serialized(connection: Connection) -> bytes:
    raw: Any = connection.connection.driver_connection
    return bytes(raw.serialize())


def _changed(engine: Engine) -> int:
    with engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        return int(raw.total_changes)


def _engine(path: Path | None) -> Engine:
    url = URL.create("sqlite", database=None if path is None else str(path))
    engine = create_engine(
        url, poolclass=StaticPool, connect_args={"check_same_thread": False, "isolation_level": None}
    )
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def _set_pragmas(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _prepare(engine: Engine) -> None:
    with engine.begin() as connection:
        metadata.create_all(connection)
        found = connection.scalar(select(server.c.value).where(server.c.name == "schema"))
        if found is None:
            connection.execute(insert(server).values(name="schema", value=str(SCHEMA_VERSION)))
        elif int(found) > SCHEMA_VERSION:
            raise StoreTooNew(
                "This data folder was written by a newer version of the program. Install that version."
            )


def put(connection: Connection, name: str, value: str | None) -> None:
    """Remember something of the server; `None` forgets it."""
    connection.execute(server.delete().where(server.c.name == name))
    if value is not None:
        connection.execute(insert(server).values(name=name, value=value))


def get(connection: Connection, name: str) -> str | None:
    """What the server remembers under this name."""
    found: str | None = connection.scalar(select(server.c.value).where(server.c.name == name))
    return found
