"""The doors open: everybody scans a card within a minute, joins, connects and takes the seat."""

from loadtest.crowd import Crowd
from loadtest.director import Director


def arrival_seconds(crowd: Crowd) -> float:
    """How long this hall takes to fill: 5,000 in a minute, never less than two seconds."""
    return max(2.0, len(crowd.codes.room.seat_ids) * 60 / 5_000)


async def people(crowd: Crowd) -> None:
    await crowd.phones(crowd.seats(), arrival_seconds(crowd))


async def stage(director: Director) -> None:
    await director.everybody()
