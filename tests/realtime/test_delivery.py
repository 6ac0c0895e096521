"""At stake: a count to hundreds takes the line from those who vote, or holds up what people wait for."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import cast

import pytest

from app.realtime import delivery as delivering
from app.realtime.delivery import SPREAD_FROM, Delivery
from app.realtime.hub import Flush, Hub, Listener
from app.realtime.outbox import Outbox
from tests.fakes import until

MANY, AGES_S = 3 * SPREAD_FROM, 600.0


class Ear:
    """Notes what it is offered, and what it is sent."""

    def __init__(self) -> None:
        self.outbox = Outbox()
        self.offered: list[str] = []
        self.frames: list[bytes] = []

    def offer(self, channel: str) -> None:
        self.offered.append(channel)

    def views(self, frames: list[bytes]) -> None:
        self.frames += frames


class Owing:
    """A hub that owes everybody one frame."""

    def all_owed(self, _listener: Listener) -> list[bytes]:
        return [b"owed"]


@asynccontextmanager
async def sending() -> AsyncIterator[Delivery]:
    """A delivery that runs."""
    delivery = Delivery(cast(Hub, Owing()))
    task = asyncio.create_task(delivery.run())
    yield delivery
    assert delivery.faults == 0
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def told(channel: str, ears: list[Ear], *, urgent: bool = False) -> list[Flush]:
    return [Flush(channel, tuple(cast(Listener, ear) for ear in ears), urgent)]


def heard(ears: list[Ear], channel: str) -> int:
    return sum(channel in ear.offered for ear in ears)


async def count_then_question(count_s: float, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many have the count when all have the question that came after it."""
    monkeypatch.setattr(delivering, "SPREAD_S", count_s)
    ears = [Ear() for _ in range(MANY)]
    async with sending() as delivery:
        delivery.add(told("count", ears))
        await until(lambda: heard(ears, "count") > 0)
        delivery.add(told("question", ears, urgent=True))
        await until(lambda: heard(ears, "question") == MANY)
        return heard(ears, "count")


async def test_what_people_wait_for_does_not_queue_behind_a_count(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await count_then_question(AGES_S, monkeypatch) < MANY


async def test_control_without_spreading_everybody_has_the_count_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert await count_then_question(0.0, monkeypatch) == MANY


@pytest.mark.parametrize("urgent", [False, True])
async def test_few_listeners_are_told_at_once(urgent: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivering, "SPREAD_S", AGES_S)
    ears = [Ear() for _ in range(SPREAD_FROM - 1)]
    async with sending() as delivery:
        delivery.add(told("count", ears, urgent=urgent))
        await until(lambda: heard(ears, "count") == len(ears))


async def test_everybody_has_it_in_the_end_and_what_came_meanwhile() -> None:
    ears = [Ear() for _ in range(MANY)]
    async with sending() as delivery:
        delivery.add(told("count", ears))
        await until(lambda: heard(ears, "count") > 0)
        delivery.add([*told("words", ears), *told("count", ears)])
        delivery.tick([cast(Listener, ear) for ear in ears], lambda: b"tick")
        await until(lambda: all(ear.frames for ear in ears))
    assert {tuple(ear.offered) for ear in ears} == {("count", "words", "count")}
    assert {tuple(ear.frames) for ear in ears} == {(b"owed", b"tick")}


async def test_whoever_does_not_read_gets_no_tick() -> None:
    ears = [Ear(), Ear()]
    ears[0].outbox.pause(0.0, 0)
    async with sending() as delivery:
        delivery.tick([cast(Listener, ear) for ear in ears], lambda: b"tick")
        await until(lambda: bool(ears[1].frames))
    assert ears[0].frames == []


async def test_a_lane_that_cannot_keep_up_holds_one_of_each_channel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivering, "SPREAD_S", AGES_S)
    ears = [Ear() for _ in range(MANY)]
    async with sending() as delivery:
        delivery.add(told("count", ears))
        await until(lambda: heard(ears, "count") > 0)
        for _ in range(5):
            delivery.add(told("count", ears[:-1]))
            delivery.tick([cast(Listener, ear) for ear in ears], lambda: b"tick")
        waiting = [*delivery._spread.waiting.values()]
    assert [len(work.listeners) for work in waiting] == [MANY - 1, MANY], "the newest of the count, one tick"


async def test_each_tick_is_made_when_it_leaves() -> None:
    ears, made = [Ear() for _ in range(MANY)], iter(range(10 * MANY))
    async with sending() as delivery:
        delivery.tick([cast(Listener, ear) for ear in ears], lambda: b"%d" % next(made))
        await until(lambda: all(ear.frames for ear in ears))
    assert [ear.frames[-1] for ear in ears] == [b"%d" % number for number in range(MANY)]
