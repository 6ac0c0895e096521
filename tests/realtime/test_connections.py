"""At stake: who is connected hears what concerns him; who does not read, guesses or is replaced, goes."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from app.core.capability import Role
from app.core.commands import CastBallot, JoinSeat, OpenVoting, SendMessage
from app.core.ids import CapabilityId, KeypadId, MessageId, Round
from app.realtime import wire
from app.realtime.answers import Busy
from app.realtime.connection import Connection
from app.realtime.outbox import CONTROL_FRAMES_MAX
from tests.fakes import (
    DICE,
    ONE,
    ORGANISER,
    PLACE,
    Line,
    Running,
    capability,
    hello_frame,
    laptop,
    new_id,
    phone,
    running,
    seat_id,
    until,
    values,
)  # fmt: skip


def ballot(seat: int = 1) -> CastBallot:
    return CastBallot(PLACE, Round(1), seat_id(1, seat), (ONE,))


def message() -> SendMessage:
    return SendMessage(MessageId("msg_" + DICE(16).hex()), {"en": "please sit down"})


def channels(line: Line) -> dict[str, dict[str, Any]]:
    """What a client that took every frame has, by channel; every delta fits on what came before."""
    have: dict[str, dict[str, Any]] = {}
    at: dict[str, int] = {}
    for view in line.of(wire.View):
        if view.since is None:
            have[view.channel] = {}
        else:
            assert view.since <= at[view.channel], "a gap"
        have[view.channel] |= values(view)
        for key in view.gone:
            have[view.channel].pop(key, None)
        at[view.channel] = view.offset
    return have


def voters(room: Running) -> set[str]:
    return set(room.hall.meeting.questions.questions[PLACE].now.ballots)


async def the_same(room: Running, line: Line) -> None:
    """Wait until a client's state is what a fresh connection of another device gets."""
    await until(lambda: room.hall.audience.hub.due_at() is None)
    fresh, connection = await room.enter(laptop(1, "fresh-" + new_id()[-6:]))
    await until(lambda: len(fresh.of(wire.View)) >= 3)
    await until(lambda: channels(line) == channels(fresh))
    connection.lost()


# --- coming in -----------------------------------------------------------------------------


async def test_a_welcome_says_everything_a_client_needs() -> None:
    async with running() as room:
        line, _ = await room.enter(phone(1, 4), lang="th")
        (welcome,) = line.of(wire.Welcome)
        assert (welcome.epoch, welcome.offset, welcome.role, welcome.lang) == (
            "epoch-1",
            2,
            "participant",
            "th",
        )
        assert welcome.scope == {"device": "dev-phone-1-4", "seat": "1-4"}
        assert welcome.channels == ("keypad", "words", "seat:1-4")
        assert welcome.head == room.log.head.hex()
        assert welcome.assets == "a1"
        await until(lambda: set(channels(line)) == set(welcome.channels))


async def test_a_client_hears_only_the_channels_it_names_and_never_one_it_may_not() -> None:
    async with running() as room:
        line, _ = await room.enter(phone(1, 4), channels=["keypad", "desk", "seat:1-5", "nonsense"])
        assert line.of(wire.Welcome)[0].channels == ("keypad",)


async def test_resume_rotates_and_needs_no_http() -> None:
    async with running() as room:
        line, connection = await room.enter(laptop(1))
        connection.lost()
        again, other = room.connect()
        other.received(hello_frame(resume=line.of(wire.Welcome)[0].resume))
        await until(lambda: again.of(wire.Welcome))
        assert again.of(wire.Welcome)[0].resume != line.of(wire.Welcome)[0].resume


@pytest.mark.parametrize(
    ("busy", "code"), [(None, 4500), (Busy("rate", 9), 4029), (Busy("starting", 9), 4030)]
)
async def test_who_is_not_let_in_is_told_and_closed(busy: Busy | None, code: int) -> None:
    async with running() as room:
        room.gate.busy = busy
        line, connection = room.connect()
        connection.received(hello_frame(token="nobody"))
        await until(lambda: line.code is not None)
        assert line.code == code
        assert len(line.of(wire.Bye)) == 1


async def test_a_meeting_that_is_not_open_yet_asks_to_come_back() -> None:
    async with running() as room:
        room.lobby.halls.clear()
        line, connection = room.connect()
        connection.received(hello_frame(token=room.gate.add(laptop(1))))
        await until(lambda: line.code == wire.DRAINING)
        assert line.of(wire.Bye)[0].code == "starting"


async def test_who_leaves_while_the_doorkeeper_thinks_is_not_let_in() -> None:
    async with running() as room:
        room.gate.open.clear()
        line, connection = room.connect()
        connection.received(hello_frame(token=room.gate.add(laptop(1))))
        await until(lambda: room.gate.asked)
        connection.lost()
        room.gate.open.set()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert line.raw == []
        assert len(room.hall.audience) == 0


async def test_who_says_no_hello_within_five_seconds_is_closed() -> None:
    async with running() as room:
        now = 0.0
        room.lobby.now = lambda: now
        line, _ = room.connect()
        now = 4.9
        room.lobby.sweep()
        assert line.code is None
        now = 5.0
        room.lobby.sweep()
        assert line.code == wire.BAD_PROTOCOL
        assert line.of(wire.Bye)[0].params == {"reason": "hello_late"}


async def test_the_transport_takes_larger_frames_than_the_session_so_that_refusals_have_words() -> None:
    async with running() as room:
        line, connection = await room.enter(laptop(1))
        assert line.allowed == 4 * wire.FRAME_BYTES_MAX
        console, _ = await room.enter(ORGANISER)
        assert console.allowed == 4 * wire.CONSOLE_FRAME_BYTES_MAX
        connection.received(b" " * (wire.FRAME_BYTES_MAX + 1))
        assert line.of(wire.Nack)[0].code == "frame_too_large"


# --- one device, one connection ------------------------------------------------------------


async def test_a_newer_connection_of_a_device_replaces_the_older_and_its_undecided_frames() -> None:
    async with running() as room:
        await room.vote_open()
        old, first = await room.enter(laptop(1))
        room.log.hold()
        decided, undecided = new_id(), new_id()
        first.received(wire.command_frame(decided, ballot(1)))
        await until(lambda: not room.hall._intake.settled)
        first.received(wire.command_frame(undecided, ballot(2)))
        new, second = room.connect()
        second.received(hello_frame(token="laptop-1"))
        await until(lambda: second.session.phase.name == "ADMITTING")
        room.log.release()
        await until(lambda: new.of(wire.Welcome))
        assert old.code == wire.TAKEN_OVER
        assert [ack.id for ack in old.of(wire.Ack)] == [decided], "it was durable before the newer came"
        await room.do(message())
        assert "1-2" not in voters(room), "the undecided one was dropped"
        again = new_id()
        second.received(wire.command_frame(again, ballot(2)))
        await until(lambda: [ack.id for ack in new.of(wire.Ack)] == [again])


async def test_frames_of_a_lost_connection_are_dropped_when_its_device_is_back_first() -> None:
    async with running() as room:
        await room.vote_open()
        _, first = await room.enter(laptop(1))
        room.log.hold()
        writing = asyncio.ensure_future(room.ask(message()))
        await until(lambda: not room.hall._intake.settled)
        first.received(wire.command_frame(new_id(), ballot(2)))
        first.lost()
        new, second = room.connect()
        second.received(hello_frame(token="laptop-1"))
        await until(lambda: second.session.phase.name == "ADMITTING")
        room.log.release()
        await until(lambda: new.of(wire.Welcome))
        await writing
        await room.do(message())
        assert "1-2" not in voters(room)


async def test_frames_of_a_lost_connection_are_decided_where_nobody_comes_back() -> None:
    async with running() as room:
        await room.vote_open()
        _, first = await room.enter(laptop(1))
        first.received(wire.command_frame(new_id(), ballot(2)))
        first.lost()
        await until(lambda: "1-2" in voters(room))


async def test_programs_without_a_device_may_have_several_connections() -> None:
    async with running() as room:
        viewer = replace(capability(Role.VIEWER), device=KeypadId(""))
        one, _ = await room.enter(viewer)
        two, _ = await room.enter(viewer)
        assert one.code is two.code is None


async def test_a_device_counts_as_connected_only_while_it_is() -> None:
    async with running() as room:
        await room.vote_open()
        _, connection = await room.enter(laptop(1))
        await room.do(ballot(1), laptop(1))
        await room.do(JoinSeat(seat_id(1, 1)), phone(1, 1))
        seat = room.hall.meeting.roster.seats[seat_id(1, 1)]
        assert seat.asked is not None, "the laptop is connected and has voted: a person confirms"
        connection.lost()
        await room.do(JoinSeat(seat_id(1, 1)), phone(1, 1))
        assert seat.keypad == phone(1, 1).device


async def test_a_revoked_right_closes_its_sockets_and_no_others() -> None:
    async with running() as room:
        line, _ = await room.enter(laptop(1))
        other, _ = await room.enter(laptop(2))
        assert room.lobby.revoke(CapabilityId("laptop-1")) == 1
        assert line.code == wire.REVOKED
        assert line.of(wire.Bye)[0].code == "revoked"
        assert other.code is None
        assert room.lobby.revoke(CapabilityId("laptop-2"), laptop(1).device) == 0


# --- views ---------------------------------------------------------------------------------


async def test_after_any_commands_a_client_holds_what_a_fresh_one_gets() -> None:
    async with running() as room:
        line, connection = await room.enter(laptop(1))
        await room.vote_open()
        for seat in range(1, 8):
            connection.received(wire.command_frame(new_id(), ballot(seat)))
            if seat % 3 == 0:
                await until(lambda: room.hall.audience.hub.due_at() is None)
        await room.do(message())
        await the_same(room, line)


async def test_everybody_at_a_channel_gets_the_same_bytes() -> None:
    async with running() as room:
        lines = [(await room.enter(phone(1, seat), channels=["keypad"]))[0] for seat in range(1, 11)]
        await room.do(OpenVoting(PLACE))
        await until(lambda: all(len(line.of(wire.View)) == 2 for line in lines))
        assert len({id(line.raw[-1]) for line in lines}) == 1


async def stop_reading(room: Running, line: Line, connection: Connection) -> None:
    line.unsent = 100_000
    connection.paused()
    assert connection in room.lobby.slow


async def test_who_is_paused_is_sent_nothing_and_then_one_delta_a_channel() -> None:
    async with running() as room:
        line, connection = await room.enter(laptop(1))
        reader, _ = await room.enter(laptop(1, "reader"))
        await stop_reading(room, line, connection)
        before = len(line.raw)
        for step in range(4):
            await room.do(message())
            await until(lambda step=step: len(reader.of(wire.View)) >= 4 + step)  # type: ignore[misc]
        assert len(line.raw) == before
        connection.resumed()
        late = line.of(wire.View)[3:]
        assert [view.channel for view in late] == ["tables"]
        assert len(late[0].set) == 4
        assert channels(line) == channels(reader)


async def test_answers_of_a_paused_client_wait_in_order_and_too_many_cut_it() -> None:
    async with running() as room:
        await room.vote_open()
        line, connection = await room.enter(laptop(1))
        await stop_reading(room, line, connection)
        asked = [new_id() for _ in range(10)]
        for seat, command in enumerate(asked, 1):
            connection.received(wire.command_frame(command, ballot(seat)))
        await until(lambda: connection.session.outstanding == 0)
        assert line.of(wire.Ack) == []
        connection.resumed()
        assert [ack.id for ack in line.of(wire.Ack)] == asked
        await stop_reading(room, line, connection)
        wrong = CastBallot(PLACE, Round(9), seat_id(1, 1), (ONE,))
        for _ in range(CONTROL_FRAMES_MAX + 1):
            connection.received(wire.command_frame(new_id(), wrong))
            await until(lambda: connection.session.outstanding == 0)
        await until(lambda: line.code == wire.SLOW)
        assert line.aborted


@pytest.mark.parametrize(("reads", "cut"), [(0, True), (50_000, False)])
async def test_who_does_not_read_for_five_seconds_is_cut_and_who_reads_slowly_is_not(
    reads: int, *, cut: bool
) -> None:
    async with running() as room:
        line, connection = await room.enter(laptop(1))
        now = 1_000.0
        room.lobby.now = lambda: now
        await stop_reading(room, line, connection)
        now = 1_004.9
        room.lobby.sweep()
        assert line.code is None
        line.unsent -= reads
        now = 1_005.0
        room.lobby.sweep()
        assert (line.code == wire.SLOW) is cut
        assert line.aborted is cut


async def test_a_resync_gives_snapshots_and_a_beat_a_tick_with_everything_before_it() -> None:
    async with running() as room:
        line, connection = await room.enter(laptop(1))
        await room.do(message())
        connection.received(b'{"t":"beat"}')
        await until(lambda: line.of(wire.Tick))
        (tick,) = line.of(wire.Tick)
        assert tick.offset == room.log.position.offset
        assert [m for m in channels(line)["tables"] if m.startswith("message/")]
        connection.received(b'{"t":"resync"}')
        await until(lambda: len(line.of(wire.Tick)) == 2)
        snapshots = [view.channel for view in line.of(wire.View)[-3:] if view.since is None]
        assert snapshots == ["tables", "words", "table:1"]


async def test_the_heartbeat_comes_by_itself_after_what_it_promises(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "BEAT_SECONDS", 0.05)
    async with running() as room:
        line, _ = await room.enter(laptop(1))
        offset = await room.do(message())
        await until(lambda: any(tick.offset >= offset for tick in line.of(wire.Tick)))
        assert [m for m in channels(line)["tables"] if m.startswith("message/")]
        assert len({tick.server_ms for tick in line.of(wire.Tick)}) == 1, "the meeting's clock stands still"


async def test_who_comes_back_gets_only_what_it_lacks_and_after_a_restart_a_snapshot_where_it_must() -> None:
    async with running() as room:
        line, connection = await room.enter(laptop(1))
        keeper, _ = await room.enter(laptop(1, "keeper"))
        offset = line.of(wire.Welcome)[0].offset
        connection.lost()
        await room.do(message())
        await until(lambda: len(keeper.of(wire.View)) == 4)
        back, _ = await room.enter(laptop(1), epoch="epoch-1", offset=offset)
        await until(lambda: back.of(wire.View))
        assert [(view.channel, view.since) for view in back.of(wire.View)] == [("tables", offset)]
        stranger, _ = await room.enter(laptop(2), epoch="epoch-0", offset=offset)
        await until(lambda: len(stranger.of(wire.View)) == 3)
        assert {view.since for view in stranger.of(wire.View)} == {None}
        position = room.log.position.offset
        log = room.log.crash()
    async with running(log) as room:
        same, _ = await room.enter(laptop(1), epoch="epoch-1", offset=position)
        older, _ = await room.enter(laptop(2), epoch="epoch-1", offset=position - 1)
        await until(lambda: len(older.of(wire.View)) == 3)
        assert {view.since for view in older.of(wire.View)} == {None}
        assert same.of(wire.View) == []
