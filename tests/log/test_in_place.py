"""At stake: a quick disk is not waited for by way of a thread, a slow one does not stop everything else."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from app.log import sqlite
from app.log.port import LogUnavailable
from app.log.sql import SqlLog
from app.log.sqlite import FIRST_BY_THREAD, FORGIVEN_AFTER, IN_PLACE_BYTES, QUICK_S, Pace
from tests.log.adapters import SqliteInPlace
from tests.log.events import GENESIS, heads, idea, write
from tests.log.files import command, said_by
from tests.log.pace import Always


class Disk:
    """A clock by which every write takes as long as it is told to."""

    def __init__(self) -> None:
        self.takes = QUICK_S / 10
        self._now, self._ends = 0.0, False

    def __call__(self) -> float:
        self._now += self.takes if self._ends else 0.0
        self._ends = not self._ends
        return self._now


class Hops:
    """How often something is given to the driver's thread."""

    def __init__(self, log: SqlLog, patch: pytest.MonkeyPatch) -> None:
        self.count = 0
        store: Any = log._store
        execute = store._line.driver._execute

        async def counted(*args: Any) -> Any:
            self.count += 1
            return await execute(*args)

        patch.setattr(store._line.driver, "_execute", counted)

    def since(self) -> int:
        counted, self.count = self.count, 0
        return counted


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    made = Disk()
    monkeypatch.setattr(sqlite, "perf_counter", made)
    return made


@pytest.fixture
async def hops(sql_log: SqlLog, disk: Disk, monkeypatch: pytest.MonkeyPatch) -> Hops:
    """Of a log that is taken, on that disk."""
    assert disk.takes < QUICK_S
    await sql_log.take()
    return Hops(sql_log, monkeypatch)


async def appends(log: SqlLog, count: int) -> None:
    for _ in range(count):
        await write(log, heads(1), heads(2))


async def test_an_append_is_one_hop_to_the_thread_at_first_and_none_on_a_quick_disk(
    sql_log: SqlLog, hops: Hops
) -> None:
    await appends(sql_log, FIRST_BY_THREAD)
    assert hops.since() == FIRST_BY_THREAD
    await appends(sql_log, 100)
    assert hops.since() == 0


async def test_the_slower_a_disk_and_the_oftener_the_longer_nothing_is_tried_in_place(
    sql_log: SqlLog, hops: Hops, disk: Disk
) -> None:
    await appends(sql_log, FIRST_BY_THREAD)
    hops.since()
    disk.takes = QUICK_S * 2
    await appends(sql_log, 1 + 2 * FIRST_BY_THREAD)
    assert hops.since() == 2 * FIRST_BY_THREAD, "only the first was waited for"
    disk.takes = QUICK_S * 3
    await appends(sql_log, 1 + 2 * 3 * FIRST_BY_THREAD)
    assert hops.since() == 2 * 3 * FIRST_BY_THREAD, "twice as many for the second"
    disk.takes = QUICK_S / 10
    await appends(sql_log, FORGIVEN_AFTER)
    assert hops.since() == 0
    disk.takes = QUICK_S * 2
    await appends(sql_log, 1 + 2 * FIRST_BY_THREAD)
    assert hops.since() == 2 * FIRST_BY_THREAD, "which is a first one again"
    disk.takes = QUICK_S / 10
    await appends(sql_log, 1)
    assert hops.since() == 0


def test_a_disk_that_is_always_slow_is_tried_a_few_times_a_day() -> None:
    pace, tried = Pace(), 0
    for _ in range(100_000):
        if pace.by_thread:
            pace.handed()
        else:
            tried += 1
            pace.took(QUICK_S * 5)
    assert tried < 30


async def test_a_write_that_fails_slowly_counts_as_slow(
    sql_log: SqlLog, hops: Hops, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await appends(sql_log, FIRST_BY_THREAD)
    disk.takes = QUICK_S * 2
    store: Any = sql_log._store
    with monkeypatch.context() as full:
        full.setattr(store, "_line", store._line._replace(file=_Full()))
        with pytest.raises(LogUnavailable) as failed:
            await write(sql_log, heads(1))
    assert failed.value.disk_full
    hops.since()
    await write(sql_log, heads(1))
    assert hops.since() == 1


class _Full:
    """A connection to a disk that is full."""

    def execute(self, *_: object) -> None:
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise error


async def test_what_is_large_goes_to_the_thread_however_quick_the_disk(sql_log: SqlLog, hops: Hops) -> None:
    await appends(sql_log, FIRST_BY_THREAD)
    hops.since()
    await write(sql_log, *[idea("x" * 1_000)] * (IN_PLACE_BYTES // 1_000 + 1))
    assert hops.since() == 1
    await appends(sql_log, 1)
    assert hops.since() == 0, "the control"


async def test_the_adapter_of_the_contract_writes_in_place(tmp_path: Path) -> None:
    adapter = SqliteInPlace(tmp_path, lambda _: None)
    await adapter.create(GENESIS)
    for times in (3, 7):
        await appends(adapter.log, times)
        store: Any = adapter.log._store
        assert store._pace.times == times
        await adapter.reopen()
    await adapter.close()


async def test_segments_that_are_taken_over_together_are_one_transaction_of_the_thread(
    sql_log: SqlLog, tmp_path: Path
) -> None:
    """Rows of a transaction say nothing of the disk, which is waited for at its end."""
    await appends(sql_log, 5)
    other = SqliteInPlace(tmp_path / "other", lambda _: None)
    other.path.parent.mkdir()
    await other.create(GENESIS)
    await other.log.extend([segment async for segment in sql_log.read_after(0)], other.log.position)
    store: Any = other.log._store
    assert other.log.head == sql_log.head
    assert store._pace.times == 0
    await other.close()


async def test_the_journal_is_written_back_by_the_thread_and_in_no_commit(
    sql_log: SqlLog, hops: Hops, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "WRITE_BACK_BYTES", 10 * sqlite.COMMIT_BYTES)
    await appends(sql_log, FIRST_BY_THREAD)
    hops.since()
    journal = path.with_name("hall.db-wal")
    await appends(sql_log, 100)
    assert 9 <= hops.since() <= 20
    size = journal.stat().st_size
    await appends(sql_log, 300)
    assert journal.stat().st_size == size, "it begins again instead of growing"
    monkeypatch.setattr(sqlite, "WRITE_BACK_BYTES", 10**9)
    await appends(sql_log, 100)
    assert journal.stat().st_size > size, "the control"


@pytest.mark.parametrize("code", [sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_FSYNC])
async def test_a_journal_that_cannot_be_written_back_stops_the_log_unless_the_disk_is_only_full(
    sql_log: SqlLog, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    store: Any = sql_log._store
    await appends(sql_log, 1)
    fetch, tried = store._line.driver.execute_fetchall, []

    async def fails(sql: str, *values: Any) -> Any:
        if "checkpoint" in sql:
            tried.append(sql)
            error = sqlite3.OperationalError("the disk")
            error.sqlite_errorcode = code
            raise error
        return await fetch(sql, *values)

    with monkeypatch.context() as disk:
        disk.setattr(sqlite, "WRITE_BACK_BYTES", 1)
        disk.setattr(store._line.driver, "execute_fetchall", fails)
        if code == sqlite3.SQLITE_FULL:
            await appends(sql_log, 3)
            assert len(tried) == 3
            assert sql_log.position.offset == 8
        else:
            with pytest.raises(LogUnavailable):
                await appends(sql_log, 1)
            with pytest.raises(LogUnavailable):
                await appends(sql_log, 1)
            assert len(tried) == 1, "this writer never tries again"
            assert [segment.last async for segment in sql_log.read_after(0)] == [2]


@pytest.mark.root("strace")
async def test_after_a_flush_of_the_journal_that_failed_in_the_thread_nothing_more_is_acknowledged(
    path: Path,
) -> None:
    """Each append in place, so that the thread's only flushes are those of the journal written back."""
    await (await SqlLog.create(path, GENESIS)).close()
    fail = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "inject=fdatasync:error=EIO:when=12"]
    *acknowledged, fault, after = said_by(*fail, *command("append_written_back_until_fault", path))
    assert "disk I/O error" in fault["fault"]
    assert after == {"gave_up": True}
    assert acknowledged
    log = await SqlLog.open(path, quick_check=True)
    assert log.position.offset >= acknowledged[-1]["acknowledged"]
    await log.close()


@pytest.mark.usefixtures("disk")
async def test_after_a_transaction_and_after_a_start_the_journal_is_written_back_first(
    sql_log: SqlLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    backs = []
    store: Any = sql_log._store
    await sql_log.take()
    assert store._unwritten == 0, "it was emptied when the log was opened"
    back = store._write_back

    async def counted() -> None:
        backs.append(sql_log.position.offset)
        await back()

    monkeypatch.setattr(store, "_write_back", counted)
    await appends(sql_log, 2)
    assert backs == []
    async with store.transaction():
        pass
    await appends(sql_log, 3)
    assert backs == [4]


class Held:
    """`SELECT held()` keeps the driver's thread until it may go on."""

    def __init__(self, store: Any) -> None:
        self.store = store
        self._there, self.go_on = threading.Event(), threading.Event()
        store._line.file.create_function("held", 0, self._hold)

    def _hold(self) -> int:
        self._there.set()
        return int(self.go_on.wait(30))

    async def reading(self) -> "asyncio.Task[Any]":
        """It is in the thread now."""
        task = asyncio.create_task(self.store.run("SELECT held()"))
        assert await asyncio.to_thread(self._there.wait, 30)
        return task


@pytest.fixture
async def held(sql_log: SqlLog) -> AsyncIterator[Held]:
    """Of a log that writes in place whenever it may."""
    store: Any = sql_log._store
    await sql_log.take()
    store._pace = Always()
    made = Held(store)
    yield made
    made.go_on.set()


async def test_while_the_thread_is_at_what_nobody_waits_for_any_more_nothing_is_done_in_place(
    sql_log: SqlLog, held: Held
) -> None:
    reading = await held.reading()
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    writing = asyncio.create_task(write(sql_log, heads(1)))
    await asyncio.sleep(0.05)
    assert not writing.done(), "and the event loop turns"
    held.go_on.set()
    await writing
    assert sql_log.position.offset == 1
    await write(sql_log, heads(1))
    assert not held.store._handed


async def test_the_control_a_write_in_place_would_have_stopped_the_event_loop(
    sql_log: SqlLog, held: Held
) -> None:
    """Its statement was never prepared on this connection; else both would wait for each other for ever."""
    reading = await held.reading()
    held.store._handed = False  # nobody has written down that the thread is at it
    turned: list[bool] = []
    asyncio.get_running_loop().call_soon(lambda: turned.append(held.go_on.is_set()))
    threading.Timer(0.3, held.go_on.set).start()
    await write(sql_log, heads(1))
    await asyncio.sleep(0)
    assert turned == [True], "nothing had its turn until the thread had ended"
    await reading


@pytest.mark.root("strace")
@pytest.mark.parametrize(("act", "turns"), [("turns", True), ("turns_in_place", False)])
async def test_while_a_slow_disk_writes_everything_else_goes_on(path: Path, act: str, turns: bool) -> None:
    """Each flush takes 20 ms; the control waits for it in place."""
    await (await SqlLog.create(path, GENESIS)).close()
    slow = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "inject=fdatasync:delay_exit=20000"]
    (said,) = said_by(*slow, *command(act, path))
    assert (said["turns"] > 20 * 5) is turns, said
