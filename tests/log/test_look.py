"""At stake: a refused start leaves every byte of log, journal and line, for whoever can recover them."""

import errno
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from app.log.look import Look
from app.log.port import Epoch, LogFault
from app.log.sql import SqlLog
from tests.log.events import GENESIS, heads, write
from tests.log.files import all_events, contents, killed, put
from tests.log.test_heads import FRAME_BYTES, WAL_HEAD_BYTES

FRAMES = [0, 2, -2]


async def left_behind(path: Path) -> Path:
    """A log whose writer was killed; its journal."""
    await (await SqlLog.create(path, GENESIS)).close()
    with killed("append", path, 30):
        return path.with_name(f"{path.name}-wal")


async def damaged(path: Path, frame: int) -> None:
    """The same, and one byte of one frame of the journal was changed."""
    wal = await left_behind(path)
    content = bytearray(contents(wal))
    frames = (len(content) - WAL_HEAD_BYTES) // FRAME_BYTES
    content[WAL_HEAD_BYTES + FRAME_BYTES * (frame % frames) + 100] ^= 1
    put(wal, content)


def bytes_of(path: Path) -> dict[str, bytes]:
    """What lies there, without the lock, which names who looked last."""
    return {file.name: contents(file) for file in path.parent.iterdir() if not file.name.endswith(".lock")}


@pytest.mark.parametrize("frame", FRAMES)
async def test_a_refused_start_leaves_every_byte_as_it_was(path: Path, frame: int) -> None:
    await damaged(path, frame)
    before = bytes_of(path)
    assert {f"{path.name}-wal", f"{path.name}.heads"} < set(before)
    for _ in range(2):
        with pytest.raises(LogFault):
            await SqlLog.open(path, quick_check=True)
        assert bytes_of(path) == before


@pytest.mark.parametrize("frame", FRAMES)
async def test_without_the_look_what_followed_the_damage_is_gone(
    path: Path, frame: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Control: SQLite deletes the journal when it closes."""

    async def none(*_: object) -> None:
        return None

    monkeypatch.setattr(Look, "at", none)
    await damaged(path, frame)
    with pytest.raises(LogFault):
        await SqlLog.open(path, quick_check=True)
    assert f"{path.name}-wal" not in bytes_of(path)


async def test_an_expert_recovers_what_followed_the_damage(path: Path) -> None:
    """What the bytes are good for: the byte is put right after the refusal, and everything is there."""
    await damaged(path, 2)
    with pytest.raises(LogFault):
        await SqlLog.open(path)
    wal = path.with_name(f"{path.name}-wal")
    content = bytearray(contents(wal))
    content[WAL_HEAD_BYTES + FRAME_BYTES * 2 + 100] ^= 1
    put(wal, content)
    log = await SqlLog.open(path)
    assert len(await all_events(log)) == log.position.offset
    await log.close()


async def test_whoever_only_reads_leaves_every_byte_as_it_was(path: Path) -> None:
    await left_behind(path)
    before = bytes_of(path)
    log = await SqlLog.open(path, take=False)
    assert len(await all_events(log)) == log.position.offset
    await log.close()
    assert bytes_of(path) == before


@pytest.mark.parametrize("by", ["append", "take", "epoch", "erase"])
async def test_a_log_that_was_looked_at_is_taken_with_the_first_write(path: Path, by: str) -> None:
    await left_behind(path)
    log = await SqlLog.open(path, take=False)
    end = log.position.offset
    if by == "epoch":
        await log.begin_epoch(Epoch("e2", end))
    elif by == "erase":
        await log.erase(())
    elif by == "take":
        await log.take()
        await log.take()
    await write(log, heads(1))
    assert not path.with_name(f"{path.name}.look").exists()
    assert await log._store.run("PRAGMA journal_mode") == [("wal",)]
    assert await log._store.run("PRAGMA synchronous") == [(2,)]
    await log.close()
    log = await SqlLog.open(path)
    assert log.position.offset == end + 1
    assert len(await all_events(log)) == end + 1
    await log.close()


async def test_a_log_that_changed_under_the_look_is_not_taken(path: Path) -> None:
    await left_behind(path)
    log = await SqlLog.open(path, take=False)
    shorter = sqlite3.connect(f"file:{path}?vfs=unix-none", uri=True)  # a program that keeps to no lock
    shorter.execute("PRAGMA locking_mode=exclusive")
    shorter.execute("DELETE FROM segment WHERE first = (SELECT max(first) FROM segment)")
    shorter.commit()
    shorter.close()
    with pytest.raises(LogFault, match="does not end at"):
        await log.take()
    await log.close()


async def test_a_database_tool_cannot_write_beside_a_look(path: Path) -> None:
    await left_behind(path)
    log = await SqlLog.open(path, take=False)
    script = f"import sqlite3; sqlite3.connect({str(path)!r}, timeout=0).execute('DELETE FROM segment')"
    said_no = [sys.executable, "-c", script]
    run = subprocess.run(said_no, capture_output=True, text=True, check=False)  # noqa: ASYNC221 - nothing waits
    assert "database is locked" in run.stderr
    assert len(await all_events(log)) == log.position.offset
    await log.close()


async def test_names_that_a_killed_look_left_are_gone_with_the_next(path: Path) -> None:
    await left_behind(path)
    look = await Look.at(path, 1.0)
    assert look is not None
    os.close(look._descriptor)  # killed
    assert path.with_name(f"{path.name}.look").exists()
    log = await SqlLog.open(path, take=False)
    assert not [name for name in bytes_of(path) if ".look" in name]
    await log.close()


async def test_where_a_disk_has_no_second_names_a_log_is_opened_all_the_same(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    await left_behind(path)
    monkeypatch.setattr(Path, "hardlink_to", refused)
    log = await SqlLog.open(path, take=False)
    await write(log, heads(1))
    assert len(await all_events(log)) == log.position.offset
    await log.close()
