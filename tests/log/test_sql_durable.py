"""At stake: what was acknowledged is on the disk, whatever is killed or full."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.log import sqlite
from app.log.port import (
    LogUnavailable,
)
from app.log.sql import SqlLog
from app.log.sqlite import Pace
from tests.log.events import GENESIS, heads, idea, next_segment, write
from tests.log.files import all_events, command, killed, put, said_by, shell
from tests.log.pace import Always


@pytest.mark.parametrize("act", ["append", "append_in_place"])
@pytest.mark.parametrize("lines", [1, 2, 17, 60])
async def test_a_killed_writer_has_lost_nothing_that_it_acknowledged(
    path: Path, lines: int, act: str
) -> None:
    await (await SqlLog.create(path, GENESIS)).close()
    with killed(act, path, lines) as said:
        log = await SqlLog.open(path, quick_check=True)
        heads_seen = {segment.last: segment.head.hex() async for segment in log.read_after(0)}
        assert len(said) >= lines
        assert all(heads_seen[ack["acknowledged"]] == ack["head"] for ack in said)
        assert len(await all_events(log)) == log.position.offset >= said[-1]["acknowledged"]
        await write(log, heads(1))
        await log.close()


async def test_a_writer_that_acknowledges_first_is_seen_to_lose(path: Path) -> None:
    """Control: the test above would notice."""
    await (await SqlLog.create(path, GENESIS)).close()
    with killed("acknowledge_first", path, 1) as said:
        log = await SqlLog.open(path)
        assert log.position.offset < said[-1]["acknowledged"]
        await log.close()


async def test_the_settings_that_the_promise_stands_on_are_in_force(sql_log: SqlLog, path: Path) -> None:
    for name, wanted in {
        "journal_mode": "wal",
        "synchronous": 2,
        "locking_mode": "exclusive",
        "secure_delete": 1,
    }.items():
        assert await sql_log._store.run(f"PRAGMA {name}") == [(wanted,)]
    await write(sql_log, heads(1))
    files = ["hall.db", "hall.db-wal", "hall.db.heads", "hall.db.lock"]
    assert sorted(p.name for p in path.parent.iterdir()) == files


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 16 MB, half of it taken by a file `ballast`."""
    shell("mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", tmp_path)
    put(tmp_path / "ballast", bytes(8_000_000))
    yield tmp_path
    shell("umount", tmp_path)


async def fill(log: SqlLog) -> int:
    """Write until something is refused; the last offset that was acknowledged."""
    acknowledged = 0
    try:
        while True:
            acknowledged = (await write(log, *[idea("x" * 400)] * 80)).last
    except LogUnavailable as fault:
        assert fault.disk_full
    return acknowledged


@pytest.mark.root("mount", "umount")
@pytest.mark.parametrize("in_place", [False, True], ids=["by the thread", "in place"])
async def test_on_a_full_disk_the_log_reads_on_and_writes_when_there_is_space(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch, in_place: bool
) -> None:
    made = Always() if in_place else Pace(by_thread=1_000_000)
    monkeypatch.setattr(sqlite, "Pace", lambda: made)
    log = await SqlLog.create(small_disk / "hall.db", GENESIS)
    acknowledged = await fill(log)
    assert acknowledged > 1_000
    assert len(await all_events(log)) == acknowledged
    assert await fill(log) == 0
    (small_disk / "ballast").unlink()
    assert await fill(log) > acknowledged
    assert not isinstance(made, Always) or made.times > 30, "the test shows something"
    written = await all_events(log)
    await log.close()
    log = await SqlLog.open(small_disk / "hall.db", quick_check=True)  # the disk is as full as it was
    assert await all_events(log) == written
    await log.close()


@pytest.mark.root("strace")
@pytest.mark.parametrize("act", ["append_until_fault", "append_until_fault_in_place"])
@pytest.mark.parametrize("flush", [8, 9, 30])
async def test_after_a_flush_that_failed_nothing_more_is_acknowledged(
    path: Path, flush: int, act: str
) -> None:
    await (await SqlLog.create(path, GENESIS)).close()
    fail = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"inject=fdatasync:error=EIO:when={flush}"]
    said = said_by(*fail, *command(act, path))
    *acknowledged, fault, after = said
    assert "disk I/O error" in fault["fault"]
    assert not fault["disk_full"]
    assert after == {"gave_up": True}
    assert acknowledged
    log = await SqlLog.open(path, quick_check=True)
    assert len(await all_events(log)) >= acknowledged[-1]["acknowledged"]
    await log.close()


async def test_an_interrupted_write_leaves_no_writer_that_guesses(sql_log: SqlLog) -> None:
    segment = next_segment(sql_log, heads(1))

    task = asyncio.create_task(sql_log.append(segment, sql_log.position))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with pytest.raises(LogUnavailable, match="outcome is unknown"):
        await write(sql_log, heads(1))
