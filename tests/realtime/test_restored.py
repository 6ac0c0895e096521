"""At stake: a log that was taken back says so once, and nobody mistakes it for the one before."""

from app.core.commands import RestoreLog
from app.core.errors import Refusal
from app.log.memory import MemoryLog
from app.log.port import Epoch
from app.realtime import wire
from app.realtime.intake import SERVER
from tests.fakes import laptop, running, until


async def taken_back(log: MemoryLog, *, lose: int = 1, epoch: str = "epoch-2", reason: str = "") -> MemoryLog:
    """The log as a restore leaves it: without its last segments, in another epoch."""
    older = MemoryLog(log.genesis, log._segments[:-lose] if lose else log._segments, list(log.epochs))
    await older.begin_epoch(Epoch(epoch, older.position.offset, reason))
    return older


async def test_a_restore_is_the_first_event_of_its_history_and_recorded_once() -> None:
    async with running() as room:
        await room.vote_open()
        log = await taken_back(room.log.crash(), reason="the disk is gone")
    for _ in range(2):
        async with running(log) as room:
            (restored,) = room.hall.meeting.restores
            assert (restored.epoch, restored.before) == ("epoch-2", "epoch-1")
            assert restored.reason == {"en": "the disk is gone"}
            assert room.hall.meeting.epoch == "epoch-2"
            log = room.log.crash()
    log = await taken_back(log, lose=0, epoch="epoch-3")
    async with running(log) as room:
        assert [r.before for r in room.hall.meeting.restores] == ["epoch-1", "epoch-2"]


async def test_nobody_records_a_restore_where_there_was_none() -> None:
    """Control, and a start over and over."""
    async with running() as room:
        log = room.log.crash()
    async with running(log) as room:
        assert room.hall.meeting.restores == []


async def test_on_a_full_disk_the_server_starts_and_records_it_when_there_is_room() -> None:
    async with running() as room:
        await room.vote_open()
        log = await taken_back(room.log.crash())
    log.fail_next(disk_full=True)
    async with running(log) as room:
        assert room.hall.meeting.restores == []
        await until(lambda: room.hall.meeting.restores)


async def test_only_the_server_says_that_a_log_was_restored() -> None:
    async with running() as room:
        said = RestoreLog("epoch-9", "epoch-1")
        answer = await room.ask(said)
        assert isinstance(answer, Refusal)
        assert answer.code == "not_allowed"
        await room.do(said, SERVER)


async def test_a_device_that_has_more_than_the_log_gets_a_snapshot_and_is_counted() -> None:
    """It was told of events that this log lost without a word: its place is nowhere in this history."""
    async with running() as room:
        line, _ = await room.enter(laptop(1), epoch="epoch-1", offset=room.hall.position.offset + 40)
        assert [view.since for view in line.of(wire.View)] == [None] * len(line.of(wire.View)) != []
        assert room.hall.audience.ahead == 40
    async with running() as room:
        line, _ = await room.enter(laptop(1), epoch="epoch-0", offset=99)
        assert room.hall.audience.ahead == 0
