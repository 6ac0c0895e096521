"""At stake: a write is what an acknowledgement costs most, so a phone's answer and its view share one."""

from app.core.commands import CastBallot, JoinSeat, OpenVoting
from app.core.ids import Round
from app.realtime import wire
from tests.fakes import ONE, PLACE, TWO, new_id, phone, running, seat_id, until


async def test_an_answer_and_what_it_changed_of_the_seats_own_view_are_one_write() -> None:
    async with running() as meeting:
        by = phone(1, 1)
        line, connection = await meeting.enter(by, channels=("keypad", "seat:1-1"))
        connection.received(wire.command_frame(new_id(), JoinSeat(seat_id(1, 1))))
        await until(lambda: line.of(wire.Ack))
        await meeting.do(OpenVoting(PLACE))
        await until(lambda: b'"place"' in line.raw[-1])
        for choice in (ONE, TWO):
            acks, writes = len(line.of(wire.Ack)), line.writes
            said = CastBallot(PLACE, Round(1), seat_id(1, 1), (choice,))
            connection.received(wire.command_frame(new_id(), said))
            await until(lambda acks=acks: len(line.of(wire.Ack)) > acks)  # type: ignore[misc]
            ack, view = line.frames[-2:]
            assert isinstance(ack, wire.Ack)
            assert isinstance(view, wire.View)
            assert choice in bytes(view.set["ballot"]).decode()
            assert line.writes == writes + 1


async def test_answers_are_written_though_no_view_follows() -> None:
    async with running() as meeting:
        by = phone(1, 2)
        line, connection = await meeting.enter(by, channels=())
        connection.received(wire.command_frame(new_id(), JoinSeat(seat_id(1, 2))))
        await until(lambda: line.of(wire.Ack))
        assert not line.of(wire.View)
