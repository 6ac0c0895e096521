"""At stake: acknowledged means durable, whatever fails; and what anybody sees is durable too."""

import asyncio
from collections.abc import Mapping

import pytest

from app.core.commands import (
    CastBallot,
    CloseVoting,
    OpenVoting,
    SendMessage,
    ShowResults,
    StartMeeting,
)  # fmt: skip
from app.core.errors import Refusal
from app.core.ids import MessageId, QuestionId, Round
from app.core.questions import RoundState
from app.core.receipts import Accepted
from app.log.port import LogUnavailable, PositionConflict
from app.realtime import wire, writer
from app.realtime.answers import Busy
from tests.fakes import (
    DICE,
    ONE,
    PLACE,
    Line,
    Running,
    laptop,
    new_id,
    running,
    seat_id,
    until,
    values,
)


def ballot(seat: int = 1, question: QuestionId = PLACE) -> CastBallot:
    return CastBallot(question, Round(1), seat_id(1, seat), (ONE,))


def message() -> SendMessage:
    return SendMessage(MessageId("msg_" + DICE(16).hex()), {"en": "please sit down"})


def answers(line: Line) -> list[wire.ServerFrame]:
    return [f for f in line.frames if isinstance(f, wire.Ack | wire.Nack | wire.Busy | wire.Unknown)]


async def close_vote(room: Running, question: QuestionId = PLACE) -> None:
    await room.do(CloseVoting(question))
    room.clock.advance(2_000)
    await until(lambda: room.hall.meeting.questions.questions[question].state is RoundState.CLOSED)
    await room.hall.read(lambda _: None)


# --- durable before anything ---------------------------------------------------------------


@pytest.mark.parametrize("held", [True, False])
async def test_while_a_batch_is_being_written_nothing_leaves_and_else_it_does(*, held: bool) -> None:
    async with running() as room:
        await room.vote_open()
        line, connection = await room.enter(laptop(1))
        before = len(line.raw)
        if held:
            room.log.hold()
        connection.received(wire.command_frame(new_id(), ballot()))
        newcomer = Line()
        other = room.lobby.connect(newcomer, origin=None, address="")
        await until(lambda: not room.hall._intake.settled or answers(line))
        other.received(wire.encode(wire.Hello(protocol=1, token=room.gate.add(laptop(2)))))
        connection.received(b'{"t":"beat"}')
        for _ in range(50):
            await asyncio.sleep(0)
        if held:
            assert len(line.raw) == before, "neither answer nor view nor tick"
            assert newcomer.raw == [], "nor a snapshot"
            room.log.release()
        await until(lambda: answers(line) and newcomer.of(wire.Welcome) and line.of(wire.Tick))
        (ack,) = answers(line)
        assert isinstance(ack, wire.Ack)
        assert room.log.position.offset >= ack.offset
        assert newcomer.of(wire.Welcome)[0].offset >= ack.offset


async def test_a_channel_whose_turn_comes_while_a_batch_is_being_written_waits_for_it() -> None:
    async with running() as room:
        line, _ = await room.enter(laptop(1))
        await room.do(message())
        await until(lambda: len(line.of(wire.View)) == 4)
        await room.do(message())  # the channel is dirty now, and not due yet
        due = room.hall.audience.hub.due_at()
        assert due is not None
        room.log.hold()
        writing = asyncio.ensure_future(room.ask(message()))
        await until(lambda: not room.hall._intake.settled)
        await until(lambda: asyncio.get_running_loop().time() > due + 0.05)
        assert len(line.of(wire.View)) == 4
        room.log.release()
        await writing
        await until(lambda: len(line.of(wire.View)) == 5)
        assert len(values(line.of(wire.View)[-1])) == 2, "both messages, now that both are durable"


async def test_reading_the_meeting_waits_for_what_is_being_written() -> None:
    async with running() as room:
        room.log.hold()
        writing = asyncio.ensure_future(room.ask(message()))
        await until(lambda: not room.hall._intake.settled)
        reading = asyncio.ensure_future(room.hall.read(lambda meeting: meeting.offset))
        for _ in range(20):
            await asyncio.sleep(0)
        assert not reading.done()
        room.log.release()
        assert await reading == room.log.position.offset == 3
        await writing


async def test_what_goes_wrong_in_reading_belongs_to_the_reader() -> None:
    async with running() as room:
        with pytest.raises(ZeroDivisionError):
            await room.hall.read(lambda _: 1 // 0)
        assert await room.do(message())


# --- faults of the log ---------------------------------------------------------------------


@pytest.mark.parametrize("fault", [True, False])
async def test_after_an_io_error_nobody_is_acknowledged_any_more(
    caplog: pytest.LogCaptureFixture, *, fault: bool
) -> None:
    async with running() as room:
        await room.vote_open()
        line, connection = await room.enter(laptop(1))
        if fault:
            room.log.fail_next()
        for seat in (1, 2):
            connection.received(wire.command_frame(new_id(), ballot(seat)))
        if not fault:
            await until(lambda: len(answers(line)) == 2)
            return
        with pytest.raises(LogUnavailable):
            await asyncio.wait_for(asyncio.shield(room.hall.broken), 30)
        connection.received(wire.command_frame(new_id(), ballot(3)))
        for _ in range(20):
            await asyncio.sleep(0)
        assert answers(line) == []
    assert "can take no more" in caplog.text


async def test_a_second_writer_ends_the_first() -> None:
    async with running() as room:
        room.log.crash()
        with pytest.raises(PositionConflict):
            await room.ask(message())
        assert room.hall.broken.done()


async def test_a_full_disk_is_survived(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "PROBE_SECONDS", 0.02)
    async with running() as room:
        await room.vote_open()
        line, connection = await room.enter(laptop(1))
        stored = room.log.position.offset
        room.log.fail_next(disk_full=True)
        first = new_id()
        connection.received(wire.command_frame(first, ballot()))
        await until(lambda: answers(line))
        assert answers(line) == [wire.Busy(first, "disk_full", 1_000, ":disk_full")]
        assert room.log.position.offset == stored
        assert room.hall.meeting.offset == stored, "the state is the log's"
        assert not room.hall.meeting.questions.questions[PLACE].now.ballots

        def again() -> bool:
            if not connection.session.outstanding:
                connection.received(wire.command_frame(first, ballot()))
            return bool(line.of(wire.Ack))

        await until(again)
        assert isinstance(await room.ask(ballot(2), laptop(1)), Accepted)
        assert len(room.hall.meeting.questions.questions[PLACE].now.ballots) == 2


async def test_views_go_on_after_a_full_disk() -> None:
    async with running() as room:
        await room.vote_open()
        room.log.fail_next(disk_full=True)
        assert await room.ask(message()) == Busy("disk_full", 1_000)
        line, _ = await room.enter(laptop(1))
        await until(lambda: line.of(wire.View))


# --- the server's own acts -----------------------------------------------------------------


async def test_the_server_closes_a_vote_when_its_time_is_up() -> None:
    async with running() as room:
        await room.do(OpenVoting(PLACE, seconds=30))
        room.clock.advance(29_999)
        await asyncio.sleep(2 * writer.TICK_SECONDS)
        assert room.hall.meeting.questions.questions[PLACE].state is RoundState.OPEN
        room.clock.advance(1)
        await until(lambda: room.hall.meeting.questions.questions[PLACE].state is RoundState.CLOSED)


@pytest.mark.parametrize(
    ("cells", "shown"), [({"": 1, ONE: 1}, True), ({"": 1, ONE: 2}, False), ({"": 2, ONE: 1}, False)]
)
async def test_a_show_is_counted_a_second_time_first(*, cells: Mapping[str, int], shown: bool) -> None:
    asked: list[tuple[QuestionId, Round]] = []

    async def recount(question: QuestionId, number: Round) -> Mapping[str, int]:
        asked.append((question, number))
        await asyncio.sleep(0)
        return cells

    async with running(recount=recount) as room:
        await room.vote_open()
        await room.do(ballot(), laptop(1))
        await close_vote(room)
        answer = await room.ask(ShowResults(PLACE))
        assert asked == [(PLACE, 1)]
        assert isinstance(answer, Accepted) is shown
        assert shown or answer == Refusal("recount_differs", question=PLACE)


async def test_a_second_counter_that_fails_stops_the_show_and_nothing_else() -> None:
    async def recount(question: QuestionId, number: Round) -> Mapping[str, int]:
        raise ValueError((question, number))

    async with running(recount=recount) as room:
        await room.vote_open()
        await close_vote(room)
        assert await room.ask(ShowResults(PLACE)) == Refusal("recount_differs", question=PLACE)
        assert await room.do(message())


# --- going down ----------------------------------------------------------------------------


async def test_draining_finishes_what_is_being_written_and_tells_the_rest_to_come_back() -> None:
    async with running() as room:
        await room.vote_open()
        line, connection = await room.enter(laptop(1), lang="en")
        room.log.hold()
        first, second, third = new_id(), new_id(), new_id()
        connection.received(wire.command_frame(first, ballot(1)))
        await until(lambda: not room.hall._intake.settled)
        connection.received(wire.command_frame(second, ballot(2)))
        draining = asyncio.ensure_future(room.lobby.drain())
        await until(lambda: answers(line))
        connection.received(wire.command_frame(third, ballot(3)))
        room.log.release()
        await draining
        assert {type(a).__name__: getattr(a, "id", "") for a in answers(line)[:1]} == {"Busy": second}
        assert [a.id for a in line.of(wire.Ack)] == [first]
        assert {b.id for b in line.of(wire.Busy)} == {second, third}
        assert line.of(wire.Bye)[0].code == "draining"
        assert line.code == wire.DRAINING


async def test_a_batch_in_the_middle_of_a_crash_is_either_whole_or_not_there() -> None:
    async with running() as room:
        await room.vote_open()
        line, connection = await room.enter(laptop(1))
        for seat in range(1, 6):
            connection.received(wire.command_frame(new_id(), ballot(seat)))
        await until(lambda: len(line.of(wire.Ack)) == 5)
        assert line.writes < 10, "answers of a batch are one write"
        log = room.log.crash()
    async with running(log) as room:
        assert len(room.hall.meeting.questions.questions[PLACE].now.ballots) == 5


async def test_inside_calls_get_refusals_as_they_are() -> None:
    async with running() as room:
        assert await room.ask(StartMeeting()) == Refusal("meeting_already_started")
        assert await room.ask(ballot(), laptop(2)) == Refusal("not_your_table", table="1")
