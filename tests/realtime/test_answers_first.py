"""At stake: whoever votes waits until a screen, a console and an area have been told of the vote before."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby

import pytest

from app.core.commands import CastBallot
from app.core.ids import Round
from app.realtime import audience, wire
from app.realtime.batch import Item
from app.realtime.connection import Connection
from app.realtime.hub import AT_ONCE
from app.realtime.intake import SERVER
from tests.fakes import ONE, ORGANISER, PLACE, TWO, Line, Running, laptop, new_id, running, seat_id, until


def ballot(seat: int, choice: str = ONE) -> bytes:
    said = CastBallot(PLACE, Round(1), seat_id(1, seat), (choice,))
    return wire.command_frame(new_id(), said)


class Order:
    """What was done in which order."""

    def __init__(self, room: Running, line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
        self.done: list[str] = []
        intake = room.hall._intake
        take, entries, send = intake.take, room.hall.audience.hub.views.entries, line.send

        def taken(now_ms: int) -> object:
            batch = take(now_ms)
            if batch is not None and batch.answers:
                self.done.append("decided")
            return batch

        def said(channel: str, topic: str) -> Mapping[str, object | None]:
            if channel == "console":
                self.done.append("said")
            return entries(channel, topic)

        def sent(frames: Sequence[bytes]) -> None:
            send(frames)
            self.done.append("wrote")

        monkeypatch.setattr(intake, "take", taken)
        monkeypatch.setattr(room.hall.audience.hub.views, "entries", said)
        monkeypatch.setattr(line, "send", sent)


async def voting(room: Running) -> tuple[Line, Connection]:
    """A vote is open, a console is there, and a laptop hears nothing but its answers."""
    await room.vote_open()
    await room.enter(ORGANISER, channels=("console",))
    line, connection = await room.enter(laptop(1), channels=())
    await asyncio.sleep(2 * audience.YIELD_S)
    return line, connection


async def one_while_another_is_written(room: Running, connection: Connection, order: Order) -> None:
    """A ballot comes while the one before is being written; then that is durable."""
    room.log.hold()
    connection.received(ballot(1))
    await until(lambda: order.done == ["decided"])
    connection.received(ballot(2))
    room.log.release()


async def test_a_command_that_waits_is_decided_and_answered_before_others_see_the_one_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(audience, "PATIENCE_S", 600.0)
    async with running() as room:
        line, connection = await voting(room)
        order = Order(room, line, monkeypatch)
        await one_while_another_is_written(room, connection, order)
        await until(lambda: "said" in order.done)
        assert order.done[:5] == ["decided", "wrote", "decided", "wrote", "said"]


async def test_views_are_said_though_commands_wait_where_they_have_waited_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Batches that follow each other without a pause leave a turn between two."""
    monkeypatch.setattr(audience, "PATIENCE_S", 0.0)
    async with running() as room:
        line, connection = await voting(room)
        order = Order(room, line, monkeypatch)
        await one_while_another_is_written(room, connection, order)
        await until(lambda: order.done.count("wrote") == 2)
        assert [what for what, _ in groupby(order.done)][:4] == ["decided", "wrote", "said", "decided"]


async def test_views_let_waiting_commands_go_first_for_some_milliseconds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with running() as room:
        line, connection = await voting(room)
        order = Order(room, line, monkeypatch)
        here, intake = room.hall.audience, room.hall._intake
        loop = Stopped(here._loop)
        monkeypatch.setattr(here, "_loop", loop)
        intake.put(Item(new_id(), CastBallot(PLACE, Round(1), seat_id(1, 3), (TWO,)), SERVER, None))
        here.touch({"question:place": None})
        here.flush()
        assert order.done == []
        assert loop.asked == [pytest.approx(loop.now + audience.PATIENCE_S)], "they are looked at again then"
        loop.now += 2 * audience.PATIENCE_S
        here.flush()
        assert order.done == ["said"]
        here.close()
        monkeypatch.setattr(here, "_loop", loop.real)
        connection.received(ballot(4))
        await until(lambda: "wrote" in order.done)


@pytest.mark.parametrize(
    ("late_s", "said"), [(0.0, AT_ONCE), (0.0101, 80), (0.0301, 240), (0.3, audience.AT_ONCE_MAX)]
)
async def test_many_topics_are_said_in_one_go_only_where_they_had_to_wait(
    late_s: float, said: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long nothing was due before: an acknowledgement in that moment would wait for them all."""
    async with running(tables=2) as room:
        line, _ = await voting(room)
        order = Order(room, line, monkeypatch)
        here = room.hall.audience
        loop = Stopped(here._loop)
        monkeypatch.setattr(here, "_loop", loop)
        loop.now += 600.0
        here.touch({f"voted:{number}": None for number in range(2 * audience.AT_ONCE_MAX)})
        loop.now += late_s
        here.flush()
        assert order.done == ["said"] * said
        here.close()
        monkeypatch.setattr(here, "_loop", loop.real)


class Stopped:
    """An event loop whose clock stands, and which calls nothing."""

    def __init__(self, real: asyncio.AbstractEventLoop) -> None:
        self.real, self.now = real, real.time()
        self.asked: list[float] = []

    def time(self) -> float:
        return self.now

    def call_soon(self, what: Callable[[], None]) -> asyncio.Handle:
        return self.call_at(self.now, what)

    def call_at(self, when: float, what: Callable[[], None]) -> asyncio.Handle:
        self.asked.append(when)
        return asyncio.Handle(what, (), self.real)


async def test_views_that_were_passed_over_follow_the_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also those that come due while a batch is being written, however long that takes."""
    async with running() as room:
        line, connection = await voting(room)
        log = room.log
        log.hold()
        order = Order(room, line, monkeypatch)
        connection.received(ballot(1))
        await until(lambda: order.done == ["decided"])
        room.hall.audience.touch({"question:place": None})
        room.hall.audience.flush()
        assert order.done == ["decided"], "nothing is shown that is not durable"
        log.release()
        await until(lambda: "said" in order.done)
        assert order.done[:2] == ["decided", "wrote"]
