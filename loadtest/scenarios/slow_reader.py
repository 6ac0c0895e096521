"""A few devices do not read: they ask for everything again and again and take nothing. The others must not notice."""

import asyncio

from loadtest.crowd import Crowd
from loadtest.director import Director
from loadtest.scenarios import voting_rush
from loadtest.sluggard import Sluggard

SLUGGARDS = 10


async def people(crowd: Crowd) -> None:
    await voting_rush.people(crowd)
    if crowd.part == 0:
        crowd.start(_sluggards(crowd))


async def _sluggards(crowd: Crowd) -> None:
    """Each must be cut by the server; that it is, is a sample like any other."""
    made = [Sluggard(crowd.codes, crowd.samples) for _ in range(SLUGGARDS)]
    await asyncio.gather(*[each.until_cut(crowd.http) for each in made])


async def stage(director: Director) -> None:
    await voting_rush.stage(director)
