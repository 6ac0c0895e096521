"""A few devices do not read: they ask for everything and take nothing. The others must not notice."""

import asyncio

from loadtest.crowd import Crowd
from loadtest.director import Director
from loadtest.scenarios import voting_rush
from loadtest.sluggard import Sluggard

SLUGGARDS = 10
TABLES_LEAST = 200
"""A console's snapshots of a smaller hall fit into a line's buffers: nobody needs to be cut."""


async def people(crowd: Crowd) -> None:
    await voting_rush.people(crowd)
    if crowd.part == 0:
        crowd.start(sluggards(crowd))


async def sluggards(crowd: Crowd) -> None:
    """Each must be cut by the server; how long that takes is a sample like any other."""
    small = crowd.codes.room.tables < TABLES_LEAST
    over = crowd.meeting_is_over if small else lambda: False
    made = [Sluggard(crowd.codes, crowd.samples) for _ in range(SLUGGARDS)]
    await asyncio.gather(*[each.until_cut(crowd.http, over) for each in made])


async def stage(director: Director) -> None:
    await voting_rush.stage(director)
