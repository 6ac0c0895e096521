"""Everything at once: phones and laptops vote, tables write, some lines break, a few devices do not read."""

import asyncio

from loadtest.crowd import Crowd
from loadtest.device import Device
from loadtest.director import Director
from loadtest.room import QUESTION, RATING
from loadtest.scenarios import idea_stream
from loadtest.scenarios.slow_reader import sluggards

BREAKS_EVERY_S = 0.5


async def people(crowd: Crowd) -> None:
    half = crowd.tables()[::2]
    rest = crowd.tables()[1::2]
    seconds = crowd.arrival_seconds
    phones, laptops, padded = await asyncio.gather(
        crowd.phones(crowd.seats(half), seconds), crowd.laptops(half, seconds, pads=False),
        crowd.laptops(rest, seconds),
    )  # fmt: skip
    crowd.vote_when_open(phones, 5.0, again=0.3)
    crowd.pass_round_when_open(padded, 20.0)
    crowd.start(_break_lines(crowd, phones))
    if crowd.part == 0:
        crowd.start(sluggards(crowd))
    tables = [*laptops, *padded]
    await crowd.seen(lambda: all(idea_stream.talking(d.value("tables", "agenda")) for d in tables), 600)
    await crowd.write_ideas(tables, idea_stream.EACH, idea_stream.WITHIN_S)


async def _break_lines(crowd: Crowd, phones: list[Device]) -> None:
    """A phone loses its line every now and then, until the meeting closes."""
    while phones and not crowd.meeting_is_over():
        crowd.dice.choice(phones).cut()
        await asyncio.sleep(BREAKS_EVERY_S)


async def stage(director: Director) -> None:
    await director.everybody()
    await director.talk()
    await director.vote(QUESTION)
    await director.vote(RATING)
    tables = director.crowd.codes.room.tables
    desk = await director.crowd.role("theme_leader", ("desk",))
    await director.crowd.seen(
        lambda: (
            sum(key.startswith("idea/") for key in desk.state.get("desk", {})) >= idea_stream.EACH * tables
        )
    )
