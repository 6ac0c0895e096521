"""The usual hall: a laptop a table with a pad for each seat, passed round while a vote is open."""

from loadtest.crowd import Crowd
from loadtest.director import Director
from loadtest.room import QUESTION, RATING

ARRIVE_S, WITHIN_S = 10.0, 20.0


async def people(crowd: Crowd) -> None:
    laptops = await crowd.laptops(crowd.tables(), ARRIVE_S)
    crowd.pass_round_when_open(laptops, WITHIN_S)


async def stage(director: Director) -> None:
    await director.everybody()
    await director.vote(QUESTION)
    await director.vote(RATING)
