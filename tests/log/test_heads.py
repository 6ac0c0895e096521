"""At stake: a log that has lost its end does not go on as if nothing had been there."""

import errno
import logging
import os
import shutil
from pathlib import Path

import pytest

from app.log.heads import HeadsFile, Known
from app.log.port import Epoch, LogBehind, LogUnavailable, Position
from app.log.sql import SqlLog
from tests.log.events import GENESIS, heads, write
from tests.log.files import contents, killed, put

WAL_HEAD_BYTES, FRAME_BYTES = 32, 24 + 4096


def heads_of(path: Path) -> Path:
    return path.with_name(path.name + ".heads")


async def cut_short(path: Path) -> int:
    """A log whose writer was killed, and then the last third of its journal was lost; its last offset."""
    await (await SqlLog.create(path, GENESIS)).close()
    with killed("append", path, 30) as said:
        acknowledged: int = said[-1]["acknowledged"]
    wal = path.with_name(path.name + "-wal")
    frames = (wal.stat().st_size - WAL_HEAD_BYTES) // FRAME_BYTES
    put(wal, contents(wal)[: WAL_HEAD_BYTES + FRAME_BYTES * (frames * 2 // 3)])
    return acknowledged


async def test_a_journal_that_was_cut_short_is_named(path: Path) -> None:
    acknowledged = await cut_short(path)
    with pytest.raises(LogBehind, match=r"ends at event \d+: events \d+ to \d+ .* are missing") as found:
        await SqlLog.open(path, quick_check=True)
    assert found.value.offset < acknowledged <= found.value.known


async def test_without_the_line_the_database_drops_the_end_without_a_word(path: Path) -> None:
    """Control: SQLite itself, its quick check included, finds nothing."""
    acknowledged = await cut_short(path)
    heads_of(path).unlink()
    log = await SqlLog.open(path, quick_check=True)
    assert log.position.offset < acknowledged
    await log.close()


async def test_what_was_refused_stays_as_it_was_and_is_refused_again(path: Path) -> None:
    await cut_short(path)
    line = contents(heads_of(path))
    for _ in range(2):
        with pytest.raises(LogBehind):
            await SqlLog.open(path)
    assert contents(heads_of(path)) == line


async def test_a_loss_that_was_accepted_begins_another_epoch(path: Path) -> None:
    await cut_short(path)
    log = await SqlLog.open(path, accept=True)
    end = log.position.offset
    assert await log.begin_epoch(Epoch("e2", end)) == Position("e2", end)
    await write(log, heads(1))
    await log.close()
    log = await SqlLog.open(path)
    assert log.epochs == (Epoch("e1", 0), Epoch("e2", end))
    assert log.position == Position("e2", end + 1)
    await log.close()


async def test_an_older_copy_and_another_history_are_refused(closed: Path, tmp_path: Path) -> None:
    older = tmp_path / "older.db"
    shutil.copy(closed, older)
    log = await SqlLog.open(closed)
    await write(log, heads(61))
    await log.close()
    shutil.copy(heads_of(closed), heads_of(older))
    with pytest.raises(LogBehind, match="events 61 to 61"):
        await SqlLog.open(older)

    other = await SqlLog.open(older, accept=True)
    await write(other, heads(62))
    await other.close()
    shutil.copy(heads_of(closed), heads_of(older))
    with pytest.raises(LogBehind, match="another event 61"):
        await SqlLog.open(older)


async def test_a_copy_from_before_a_restore_is_refused_after_it(closed: Path, tmp_path: Path) -> None:
    before = tmp_path / "before.db"
    shutil.copy(closed, before)
    log = await SqlLog.open(closed)
    await log.begin_epoch(Epoch("e2", 60))
    await log.close()
    shutil.copy(heads_of(closed), heads_of(before))
    with pytest.raises(LogBehind):
        await SqlLog.open(before)
    stale = HeadsFile(heads_of(closed))
    stale.write(Known(Position("e1", 99), bytes(32)))  # of the history before the restore: no news
    stale.close()
    await (await SqlLog.open(closed)).close()


async def test_a_log_that_has_more_than_the_line_says_goes_on(closed: Path) -> None:
    """The writer was killed between the commit and the line."""
    before = contents(heads_of(closed))
    log = await SqlLog.open(closed)
    await write(log, heads(61))
    await log.close()
    put(heads_of(closed), before)
    log = await SqlLog.open(closed)
    assert log.position.offset == 61
    await log.close()


async def test_the_line_says_the_end_after_every_append(sql_log: SqlLog, path: Path) -> None:
    for number in range(3):
        segment = await write(sql_log, heads(number))
        assert HeadsFile(heads_of(path)).read() == Known(sql_log.position, segment.head)
    assert heads_of(path).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("damage", ["flip", "half", "empty"])
async def test_a_line_that_is_not_whole_says_nothing(
    closed: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    line = bytearray(contents(heads_of(closed)))
    line[5] ^= damage == "flip"
    put(heads_of(closed), {"flip": bytes(line), "half": bytes(line[:100]), "empty": b""}[damage])
    with caplog.at_level(logging.WARNING):
        await (await SqlLog.open(closed)).close()
    assert "cannot be told whether the log is whole" in caplog.text


async def test_a_line_that_cannot_be_written_keeps_nobody_from_writing(
    closed: Path, caplog: pytest.LogCaptureFixture
) -> None:
    heads_of(closed).unlink()
    log = await SqlLog.open(closed)
    heads_of(closed).mkdir()
    with caplog.at_level(logging.WARNING):
        await write(log, heads(61))
        await write(log, heads(62))
    assert caplog.text.count("cannot be written") == 1
    assert log.position.offset == 62
    await log.close()


@pytest.mark.parametrize("failure", [errno.EIO, errno.EROFS])
async def test_what_a_disk_said_is_synced_and_then_takes_no_write_is_not_acknowledged(
    closed: Path, failure: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file system that is shut down under a sync may say that it succeeded; only the next write fails."""
    log = await SqlLog.open(closed)

    def refused(*_: object) -> int:
        raise OSError(failure, os.strerror(failure))

    monkeypatch.setattr("app.log.heads.os.pwrite", refused)
    with pytest.raises(LogUnavailable, match="disk of the log fails"):
        await write(log, heads(61))
    assert log.position.offset == 60
    monkeypatch.undo()
    with pytest.raises(LogUnavailable, match="disk of the log fails"):  # nothing is known of it any more
        await write(log, heads(61))
    await log.close()


async def test_a_log_from_before_there_were_epochs_is_read_and_goes_on(closed: Path) -> None:
    log = await SqlLog.open(closed)
    await log._store.run("DROP TABLE epoch")
    await log.close()
    log = await SqlLog.open(closed)
    assert log.epochs == (Epoch("e1", 0),)
    await log.begin_epoch(Epoch("e2", 60))
    await log.close()
