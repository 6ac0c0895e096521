"""A day in some minutes: arrival, ideas, themes, three votes of three kinds, the report.

In the second vote, an anonymous one, every third phone loses its line.
Half of the tables vote on their phones, the other half on their laptop's pads; every table has its
laptop for ideas.
"""

import asyncio

from loadtest.crowd import Crowd
from loadtest.device import Device
from loadtest.director import Director
from loadtest.room import QUESTION, RATING, SECRET
from loadtest.scenarios import idea_stream, theme_rush

PHONES_WITHIN_S, PADS_WITHIN_S = 5.0, 20.0


async def people(crowd: Crowd) -> None:
    with_phones, with_pads = crowd.tables()[::2], crowd.tables()[1::2]
    seconds = crowd.arrival_seconds
    phones, laptops, padded = await asyncio.gather(
        crowd.phones(crowd.seats(with_phones), seconds),
        crowd.laptops(with_phones, seconds, pads=False),
        crowd.laptops(with_pads, seconds),
    )
    crowd.vote_when_open(phones, PHONES_WITHIN_S, again=0.1)
    crowd.pass_round_when_open(padded, PADS_WITHIN_S)
    crowd.start(_lose_the_line(crowd, phones))
    tables = [*laptops, *padded]
    await crowd.seen(lambda: all(idea_stream.talking(d.value("tables", "agenda")) for d in tables), 600)
    await crowd.write_ideas(tables, idea_stream.EACH, idea_stream.WITHIN_S)


async def _lose_the_line(crowd: Crowd, phones: list[Device]) -> None:
    """In the second vote every third phone loses its line."""
    await crowd.seen(
        lambda: any((p.value("keypad", "open") or {}).get("question") == SECRET for p in phones), 1_200
    )
    await asyncio.sleep(1.0)
    for phone in phones[::3]:
        phone.cut()


async def stage(director: Director) -> None:
    await director.everybody()
    await theme_rush.stage(director)
    for question in (QUESTION, SECRET, RATING):
        await director.vote(question)
