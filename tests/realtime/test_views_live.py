"""At stake: everybody holds what a fresh client would get, at his own pace; who does not read, goes."""

from typing import Any

import pytest

from app.core import views
from app.core.commands import CastBallot, OpenVoting, SendMessage
from app.core.ids import MessageId, Round
from app.core.meeting import Meeting
from app.realtime import wire
from app.realtime.connection import Connection
from app.realtime.outbox import CONTROL_FRAMES_MAX
from tests.fakes import (
    DICE,
    ONE,
    PLACE,
    Line,
    Running,
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


async def test_who_asks_for_snapshots_and_does_not_read_gets_them_when_it_does() -> None:
    async with running() as room:
        line, connection = await room.enter(laptop(1))
        await stop_reading(room, line, connection)
        before = len(line.of(wire.View))
        connection.received(b'{"t":"resync"}')
        await room.do(message())
        connection.resumed()
        late = line.of(wire.View)[before:]
        assert [(view.channel, view.since) for view in late] == [
            ("tables", None),
            ("words", None),
            ("table:1", None),
        ]


async def test_the_heartbeat_comes_by_itself_after_what_it_promises(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "BEAT_SECONDS", 0.05)
    async with running() as room:
        line, connection = await room.enter(laptop(1))
        other, _ = await room.enter(laptop(2))
        offset = await room.do(message())
        await until(lambda: any(tick.offset >= offset for tick in line.of(wire.Tick)))
        assert [m for m in channels(line)["tables"] if m.startswith("message/")]
        assert len({tick.server_ms for tick in line.of(wire.Tick)}) == 1, "the meeting's clock stands still"
        await stop_reading(room, line, connection)
        heard, others = len(line.raw), len(other.of(wire.Tick))
        await until(lambda: len(other.of(wire.Tick)) > others + 2)
        assert len(line.raw) == heard


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


async def test_a_view_that_fails_stops_neither_the_vote_nor_the_other_views(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with running() as room:
        await room.vote_open()
        line, connection = await room.enter(laptop(1))
        real = views.entries

        def failing(meeting: Meeting, channel: str, topic: str) -> dict[str, Any]:
            if channel == "table:1":
                raise ZeroDivisionError
            return real(meeting, channel, topic)

        monkeypatch.setattr(views, "entries", failing)
        connection.received(wire.command_frame(new_id(), ballot()))
        said = message()
        await room.do(said)
        await until(lambda: f"message/{said.message}" in channels(line).get("tables", {}))
        assert line.of(wire.Ack)
        assert "the view of table:1 failed" in caplog.text
        room.faults = room.hall.audience.faults
        assert room.faults > 0


async def test_a_line_that_fails_does_not_stop_the_others(caplog: pytest.LogCaptureFixture) -> None:
    async with running() as room:
        broken, _ = await room.enter(laptop(1))
        line, _ = await room.enter(laptop(2))
        before = len(line.of(wire.View))
        broken.send = None  # type: ignore[assignment]
        await room.do(message())
        await until(lambda: len(line.of(wire.View)) > before)
        assert "a delivery failed" in caplog.text
        room.faults = room.hall.audience.faults
        del broken.send
