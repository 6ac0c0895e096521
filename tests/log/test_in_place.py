"""At stake: a quick disk is not waited for by way of a thread, a slow one does not stop everything else."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.log import sqlite
from app.log.sql import SqlLog
from app.log.sqlite import IN_PLACE_BYTES, QUICK_IN_A_ROW, QUICK_S
from tests.log.adapters import Always
from tests.log.events import GENESIS, heads, idea, write
from tests.log.files import command, said_by


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


async def test_an_append_is_one_hop_to_the_thread_until_the_disk_is_known_to_be_quick(
    sql_log: SqlLog, hops: Hops
) -> None:
    for number in range(QUICK_IN_A_ROW):
        await write(sql_log, heads(1), heads(2))
        assert hops.since() == 1, f"append {number}"
    for _ in range(50):
        await write(sql_log, heads(1), heads(2))
    assert hops.since() == 0


async def test_after_one_slow_write_the_thread_has_them_until_the_disk_has_been_quick_for_long(
    sql_log: SqlLog, hops: Hops, disk: Disk
) -> None:
    for _ in range(QUICK_IN_A_ROW):
        await write(sql_log, heads(1))
    hops.since()
    disk.takes = QUICK_S * 1.5
    for _ in range(1 + 3 * QUICK_IN_A_ROW):
        await write(sql_log, heads(1))
    assert hops.since() == 3 * QUICK_IN_A_ROW, "only the first was waited for"
    disk.takes = QUICK_S / 10
    for _ in range(QUICK_IN_A_ROW + 5):
        await write(sql_log, heads(1))
    assert hops.since() == QUICK_IN_A_ROW


async def test_what_is_large_goes_to_the_thread_however_quick_the_disk(sql_log: SqlLog, hops: Hops) -> None:
    for _ in range(QUICK_IN_A_ROW):
        await write(sql_log, heads(1))
    hops.since()
    many = [idea("x" * 1_000)] * (IN_PLACE_BYTES // 1_000 + 1)
    await write(sql_log, *many)
    assert hops.since() == 1
    await write(sql_log, heads(1))
    assert hops.since() == 0, "the control"


@pytest.mark.usefixtures("disk")
async def test_segments_that_are_taken_over_together_are_one_transaction_of_the_thread(
    sql_log: SqlLog, tmp_path: Path
) -> None:
    """Rows of a transaction say nothing of the disk, which is waited for at its end."""
    for _ in range(QUICK_IN_A_ROW):
        await write(sql_log, heads(1))
    other = await SqlLog.create(tmp_path / "other.db", GENESIS)
    await other.take()
    store: Any = other._store
    store._pace.in_a_row = 0
    await other.extend([segment async for segment in sql_log.read_after(0)], other.position)
    assert other.head == sql_log.head
    assert store._pace.in_a_row == 0
    await other.close()


@pytest.fixture
def held(sql_log: SqlLog) -> Iterator[threading.Event]:
    """`SELECT held()` keeps the driver's thread until this is set."""
    store: Any = sql_log._store
    go_on = threading.Event()
    store._line.file.create_function("held", 0, lambda: int(go_on.wait(30)))
    yield go_on
    go_on.set()


async def test_while_the_thread_is_at_what_nobody_waits_for_any_more_nothing_is_done_in_place(
    sql_log: SqlLog, held: threading.Event
) -> None:
    store: Any = sql_log._store
    await sql_log.take()
    store._pace = Always()
    reading = asyncio.create_task(store.run("SELECT held()"))
    await asyncio.sleep(0.05)
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    writing = asyncio.create_task(write(sql_log, heads(1)))
    await asyncio.sleep(0.05)
    assert not writing.done(), "and the event loop turns"
    held.set()
    await writing
    assert sql_log.position.offset == 1
    await write(sql_log, heads(1))
    assert not store._handed


async def test_the_control_a_write_in_place_would_have_waited_for_the_thread(
    sql_log: SqlLog, held: threading.Event
) -> None:
    store: Any = sql_log._store
    await sql_log.take()
    store._pace = Always()
    reading = asyncio.create_task(store.run("SELECT held()"))
    await asyncio.sleep(0.05)
    store._handed = False  # nobody has written down that the thread is at it
    threading.Timer(0.3, held.set).start()
    await write(sql_log, heads(1))
    assert held.is_set(), "the event loop stood until the thread had ended"
    await reading


@pytest.mark.root("strace")
@pytest.mark.parametrize(("act", "turns"), [("turns", True), ("turns_in_place", False)])
async def test_while_a_slow_disk_writes_everything_else_goes_on(path: Path, act: str, turns: bool) -> None:
    """Each flush takes 20 ms; the control waits for it in place."""
    await (await SqlLog.create(path, GENESIS)).close()
    slow = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "inject=fdatasync:delay_exit=20000"]
    (said,) = said_by(*slow, *command(act, path))
    assert (said["turns"] > 20 * 5) is turns, said
