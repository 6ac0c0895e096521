"""The access point dies in mid-vote: all phones lose their line, come back by themselves, and vote."""

import asyncio

from loadtest.crowd import Crowd
from loadtest.device import Device
from loadtest.director import Director
from loadtest.room import QUESTION

WITHIN_S, CUT_AFTER_S = 6.0, 2.0


async def people(crowd: Crowd) -> None:
    phones = await crowd.phones(crowd.seats(), crowd.arrival_seconds)
    crowd.vote_when_open(phones, WITHIN_S)
    crowd.start(_cut(crowd, phones))


async def _cut(crowd: Crowd, phones: list[Device]) -> None:
    await crowd.seen(lambda: any((p.value("keypad", "open") or {}).get("question") for p in phones))
    await asyncio.sleep(CUT_AFTER_S)
    for phone in phones:
        phone.cut()
    await crowd.seen(lambda: all(phone.connections == 2 and phone.core.ready for phone in phones))


async def stage(director: Director) -> None:
    await director.everybody()
    await director.vote(QUESTION)
