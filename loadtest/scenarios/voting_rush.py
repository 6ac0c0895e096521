"""A barrier: everybody sits ready, a vote opens, all vote within five seconds; some change their mind."""

from loadtest.crowd import Crowd
from loadtest.director import Director
from loadtest.room import QUESTION, SECRET

WITHIN_S = 5.0


async def people(crowd: Crowd) -> None:
    phones = await crowd.phones(crowd.seats(), crowd.arrival_seconds)
    crowd.vote_when_open(phones, WITHIN_S, again=0.2)


async def stage(director: Director) -> None:
    await director.everybody()
    await director.vote(QUESTION)
    await director.vote(SECRET)
