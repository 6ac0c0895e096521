"""At stake: one thing that fails, be it a bug or a full disk, ends the meeting for everybody."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from app.core import views
from app.core.commands import (
    CastBallot,
    CloseVoting,
    CountHeads,
    OpenVoting,
    RedactText,
    SendMessage,
    ShowResults,
)
from app.core.errors import Refusal
from app.core.ids import MessageId, QuestionId, Round, TableId
from app.core.questions import RoundState
from app.core.receipts import Accepted
from app.log.memory import MemoryLog
from app.log.port import LogUnavailable
from app.realtime import wire, writer
from app.realtime.ballot_keys import MemoryBallotKeys
from app.realtime.clock import SteppedClock
from app.realtime.hall import Call, Hall
from tests.fakes import (
    BLOBS,
    DICE,
    ONE,
    ORGANISER,
    PLACE,
    START_MS,
    Dice,
    Running,
    laptop,
    new_id,
    no_recount,
    running,
    seat_id,
    until,
)


def ballot(seat: int = 1) -> CastBallot:
    return CastBallot(PLACE, Round(1), seat_id(1, seat), (ONE,))


def message() -> SendMessage:
    return SendMessage(MessageId("msg_" + DICE(16).hex()), {"en": "please sit down"})


def body(log: MemoryLog) -> bytes:
    return b"".join(segment.body for segment in log._segments)


def fails(*_: Any, **__: Any) -> Any:
    raise ZeroDivisionError


async def goes_on(room: Running) -> None:
    """Commands are accepted and views arrive."""
    line, _ = await room.enter(laptop(2))
    await until(lambda: line.of(wire.View))
    seen = len(line.of(wire.View))
    await room.do(message())
    await until(lambda: len(line.of(wire.View)) > seen)
    assert not room.hall.broken.done()


# --- what waits for a batch ----------------------------------------------------------------


@pytest.mark.parametrize("at_once", [True, False])
async def test_what_waits_for_a_batch_and_fails_keeps_nobody_else_waiting(*, at_once: bool) -> None:
    async with running() as room:
        after: list[int] = []
        if not at_once:
            room.log.hold()
            room.hall.put(new_id(), message(), ORGANISER, Call())
            await until(lambda: not room.hall._intake.settled)
        room.hall.when_settled(fails)
        room.hall.when_settled(lambda: after.append(1))
        room.log.release()
        await until(lambda: after)
        room.faults = 1
        await goes_on(room)


@pytest.mark.parametrize("what", ["touch", "flush", "tick"])
async def test_an_audience_that_fails_stops_neither_the_commands_nor_its_own_views(
    monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    monkeypatch.setattr(wire, "BEAT_SECONDS", 0.02)
    async with running() as room:
        line, _ = await room.enter(laptop(1))
        owner: Any = room.hall.audience.hub if what == "flush" else room.hall.audience
        sound: Callable[..., Any] = getattr(owner, what)
        calls = []

        def once(*said: Any, **more: Any) -> Any:
            calls.append(said)
            return fails() if len(calls) == 1 else sound(*said, **more)

        monkeypatch.setattr(owner, what, once)
        await room.do(message())
        await until(lambda: calls)
        room.faults = 1
        await goes_on(room)
        await until(lambda: line.of(wire.Tick))


async def test_a_value_that_cannot_be_encoded_is_left_out_and_every_other_view_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sound = views.entries

    def broken(meeting: Any, channel: str, topic: str) -> Mapping[str, object | None]:
        return {"x": 1, "y": object()} if channel == "table:1" else sound(meeting, channel, topic)

    async with running() as room:
        await room.enter(laptop(1))
        other, _ = await room.enter(laptop(2))
        await until(lambda: other.of(wire.View))
        before = len(other.of(wire.View))
        monkeypatch.setattr(views, "entries", broken)
        await room.do(message())
        await until(lambda: len(other.of(wire.View)) > before)
        await until(lambda: room.hall.audience.faults)
        monkeypatch.setattr(views, "entries", sound)
        room.faults = room.hall.audience.faults
        await goes_on(room)


async def test_a_caller_that_cannot_be_told_its_answer_does_not_keep_it_from_the_others() -> None:
    class Deaf(Call):
        answered = fails

    async with running() as room:
        room.hall.put(new_id(), message(), ORGANISER, Deaf())
        assert isinstance(await room.ask(message()), Accepted)
        room.faults = 1
        await goes_on(room)


async def test_who_cannot_be_let_in_is_told_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running() as room:
        monkeypatch.setattr(room.hall.audience, "join", fails)
        line, _ = await room.enter(laptop(1))
        assert line.code == wire.DRAINING
        monkeypatch.undo()
        room.faults = 1
        await goes_on(room)


@pytest.mark.parametrize("which", [1, 2])
async def test_a_task_of_the_hall_that_ends_by_itself_ends_the_process(
    which: int, caplog: pytest.LogCaptureFixture
) -> None:
    async with running() as room:
        room.hall._tasks[which].cancel()
        with pytest.raises(RuntimeError):
            await asyncio.wait_for(asyncio.shield(room.hall.broken), 30)
    assert "a task of the hall has ended" in caplog.text


# --- a full disk and what has to go --------------------------------------------------------


class Full:
    """An erasure that finds the disk full so many times."""

    def __init__(self, log: MemoryLog, times: int) -> None:
        self.sound, self.times, self.asked = log.erase, times, 0

    async def __call__(self, parts: tuple[tuple[int, str], ...]) -> None:
        self.asked += 1
        if self.asked <= self.times:
            raise LogUnavailable("The disk is full (ordered by a test).", disk_full=True)
        await self.sound(parts)


async def test_a_redaction_on_a_full_disk_waits_for_room_and_the_meeting_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(writer, "PROBE_SECONDS", 0.05)
    async with running() as room:
        said, other = message(), message()
        await room.do(said)
        await room.do(other)
        full = Full(room.log, 3)
        monkeypatch.setattr(room.log, "erase", full)
        await room.do(RedactText("message", said.message))
        await room.do(RedactText("message", other.message))
        await room.do(CountHeads(TableId("1"), 3), laptop(1))
        assert b"please sit down" in body(room.log)
        await until(lambda: b"please sit down" not in body(room.log))
        assert full.asked == 4, "both at once, and then no more"
        await asyncio.sleep(0.1)
        assert full.asked == 4
        await goes_on(room)


async def test_a_start_on_a_full_disk_opens_and_erases_when_there_is_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(writer, "PROBE_SECONDS", 0.05)
    async with running() as room:
        said = message()
        await room.do(said)
        monkeypatch.setattr(room.log, "erase", Full(room.log, 99))
        await room.do(RedactText("message", said.message))
        log = room.log.crash()
    monkeypatch.setattr(log, "erase", Full(log, 2))
    async with running(log) as room:
        assert b"please sit down" in body(log)
        await room.do(CountHeads(TableId("1"), 3), laptop(1))
        await until(lambda: b"please sit down" not in body(log))


async def test_an_erasure_that_fails_otherwise_ends_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    async def erase(_: object) -> None:
        raise LogUnavailable("The disk fails (ordered by a test).")

    async with running() as room:
        said = message()
        await room.do(said)
        monkeypatch.setattr(room.log, "erase", erase)
        await room.do(RedactText("message", said.message))
        with pytest.raises(LogUnavailable):
            await asyncio.wait_for(asyncio.shield(room.hall.broken), 30)


# --- the second counter and what is not durable --------------------------------------------


async def test_the_second_count_begins_when_its_batch_is_in_the_log() -> None:
    counted_at: list[int] = []

    async def recount(question: QuestionId, number: Round) -> Mapping[str, int]:  # noqa: ARG001
        counted_at.append(room.log.position.offset)
        return {"": 0}

    async with running(recount=recount) as room:
        await room.vote_open()
        await room.do(CloseVoting(PLACE))
        room.clock.advance(2_000)
        await until(lambda: room.hall.meeting.questions.questions[PLACE].state is RoundState.CLOSED)
        await room.hall.read(lambda _: None)
        before = room.log.position.offset
        room.log.hold()
        showing = Call()
        room.hall.put(new_id(), message(), ORGANISER, Call())
        room.hall.put(new_id(), ShowResults(PLACE), ORGANISER, showing)
        await until(lambda: not room.hall._intake.settled)
        for _ in range(20):
            await asyncio.sleep(0)
        assert counted_at == []
        room.log.release()
        assert isinstance(await showing.answer, Accepted)
        assert counted_at == [before + 1]


# --- a right that is withdrawn -------------------------------------------------------------


async def test_what_a_revoked_right_has_asked_for_in_any_way_and_nobody_has_decided_is_refused() -> None:
    async with running() as room:
        by = laptop(1)
        room.log.hold()
        first = asyncio.ensure_future(room.ask(CountHeads(TableId("1"), 3), by))
        await until(lambda: not room.hall._intake.settled)
        second = asyncio.ensure_future(room.ask(CountHeads(TableId("1"), 4), by))
        other = asyncio.ensure_future(room.ask(CountHeads(TableId("2"), 5), laptop(2)))
        await until(lambda: room.hall._intake.waiting == 2)
        room.lobby.revoke(by.id, laptop(2).device)
        room.lobby.revoke(by.id, by.device)
        room.log.release()
        assert isinstance(await first, Accepted), "it was decided before"
        assert await second == Refusal("revoked")
        assert isinstance(await other, Accepted)
        assert room.log.position.offset == 4


async def test_a_show_that_is_being_counted_again_when_its_right_is_withdrawn_is_refused() -> None:
    going = asyncio.Event()

    async def recount(question: QuestionId, number: Round) -> Mapping[str, int]:  # noqa: ARG001
        await going.wait()
        return {"": 0}

    async with running(recount=recount) as room:
        await room.vote_open()
        await room.do(CloseVoting(PLACE))
        room.clock.advance(2_000)
        await until(lambda: room.hall.meeting.questions.questions[PLACE].state is RoundState.CLOSED)
        showing = asyncio.ensure_future(room.ask(ShowResults(PLACE)))
        await until(lambda: room.hall._writer._asides)
        room.lobby.revoke(ORGANISER.id)
        assert await showing == Refusal("revoked")
        going.set()
        await room.do(CountHeads(TableId("1"), 3), laptop(1))
        assert room.hall.meeting.questions.questions[PLACE].state is RoundState.CLOSED


# --- a vote whose time ran out while the server was down ------------------------------------


@pytest.mark.parametrize("opened", [True, False])
async def test_a_vote_whose_time_ran_out_while_the_server_was_down_waits_for_its_voters(
    *, opened: bool
) -> None:
    async with running() as room:
        await room.vote_open()
        await room.do(CloseVoting(PLACE))
        room.clock.advance(2_000)
        await until(lambda: room.hall.meeting.questions.questions[PLACE].state is RoundState.CLOSED)
        await room.hall.read(lambda _: None)
        if opened:
            await room.do(OpenVoting(QuestionId("secret"), seconds=30))
        log = room.log.crash()
    clock = SteppedClock(START_MS + 3_600_000)
    keys = MemoryBallotKeys(Dice(3))
    keys.make(QuestionId("secret"), Round(1))
    grace_ms = 400 if opened else 60_000  # which is longer than `until` waits
    hall = await Hall.open(
        log, clock=clock, keys=keys, recount=no_recount, blobs=BLOBS, restart_grace_ms=grace_ms
    )
    try:
        loop = asyncio.get_running_loop()
        began = loop.time()
        if not opened:
            question = OpenVoting(QuestionId("rate"), seconds=30)
            assert isinstance(await hall.submit(question, ORGANISER), Accepted)
            clock.advance(30_000)
        await until(lambda: hall.meeting.questions.open is None)
        assert loop.time() - began >= 0.35 or not opened, "only where a vote was open at the start"
    finally:
        await hall.drain()
        await hall.close()
