"""The server dies in mid-vote (`kill -9`), with ballots under way, and is started again.

All come back by themselves and send again what was not answered. What was acknowledged before counts, and
counts once.
"""

import asyncio

from loadtest.crowd import Crowd
from loadtest.device import Device
from loadtest.director import Director
from loadtest.room import QUESTION

WITHIN_S, AGAIN, KILL_AFTER_S = 4.0, 0.5, 1.5


async def people(crowd: Crowd) -> None:
    phones = await crowd.phones(crowd.seats(), crowd.arrival_seconds)
    crowd.vote_when_open(phones, WITHIN_S, again=AGAIN)
    crowd.start(_back(crowd, phones))


async def _back(crowd: Crowd, phones: list[Device]) -> None:
    await crowd.seen(lambda: all(phone.connections >= 2 and phone.core.ready for phone in phones), 300)


async def stage(director: Director) -> None:
    await director.everybody()
    everybody = director.present
    await director.open(QUESTION)
    await asyncio.sleep(KILL_AFTER_S)
    if director.votes(QUESTION).get("voted", 0) >= everybody:
        raise RuntimeError("all have voted before the server could be killed")
    director.crowd.samples.say(wanted="kill")  # loadtest/run.py does it, and starts another
    await director.voted(QUESTION, everybody)
    await director.finish(QUESTION)
