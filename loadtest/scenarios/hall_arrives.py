"""The doors open: everybody scans a card within a minute, joins, connects and takes the seat."""

from loadtest.crowd import Crowd
from loadtest.director import Director


async def people(crowd: Crowd) -> None:
    await crowd.phones(crowd.seats(), crowd.arrival_seconds)


async def stage(director: Director) -> None:
    await director.everybody()
