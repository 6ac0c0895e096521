"""At stake: who may come in does, with one connection a device; who guesses, is replaced or revoked, goes."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from app.core.capability import Role
from app.core.commands import CastBallot, JoinSeat, SendMessage
from app.core.ids import CapabilityId, KeypadId, MessageId, Round
from app.realtime import wire
from app.realtime.answers import Busy
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


@pytest.mark.parametrize("busy", [None, Busy("rate", 9)])
async def test_who_leaves_while_the_doorkeeper_thinks_hears_nothing(busy: Busy | None) -> None:
    async with running() as room:
        room.gate.busy = busy
        room.gate.open.clear()
        line, connection = room.connect()
        connection.received(hello_frame(token=room.gate.add(laptop(1))))
        await until(lambda: room.gate.asked)
        connection.lost()
        room.gate.open.set()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert (line.raw, line.code) == ([], None)
        assert len(room.hall.audience) == 0


async def test_a_doorkeeper_that_takes_its_time_or_fails_sends_nobody_away_for_good(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with running() as room:
        now = 0.0
        room.lobby.now = lambda: now
        room.gate.open.clear()
        line, connection = room.connect()
        connection.received(hello_frame(token=room.gate.add(laptop(1))))
        now = 9.0
        room.lobby.sweep()
        assert line.code is None
        room.gate.open.set()
        await until(lambda: line.of(wire.Welcome))

        room.gate._held = None  # type: ignore[assignment]
        other, second = room.connect()
        second.received(hello_frame(token="laptop-1"))
        await until(lambda: other.code is not None)
        assert other.code == wire.DRAINING
        assert "the doorkeeper failed" in caplog.text


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
        assert line.code == wire.SLOW
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
