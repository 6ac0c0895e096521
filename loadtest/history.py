"""A log with a long past: a data folder whose meeting has had so many events, made by the program itself.

Run as a process of its own. The ballots go through the hall as any do: decided, committed, chained and
written; only no socket carries them.
"""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import uvloop

from app.core import commands as c
from app.core.capability import Capability, Role
from app.core.ids import CommandId
from app.main import build
from app.realtime.answers import Answer, Busy
from app.realtime.hall import Hall
from app.realtime.rates import Rates
from app.settings import Settings
from app.web.sessions import Joined
from loadtest.people import ballot
from loadtest.room import QUESTION, Room
from loadtest.server import FAST, enter

AT_ONCE = 10_000


class Crowd:
    """Gives many commands and counts the answers."""

    def __init__(self, hall: Hall) -> None:
        self.gone = False
        self._hall = hall
        self._left = 0
        self._done = asyncio.Event()

    def answered(self, command: CommandId, answer: Answer) -> None:
        assert isinstance(answer, tuple), f"{command}: {answer}"
        self._left -= 1
        if not self._left:
            self._done.set()

    def delivered(self) -> None:
        """Nothing is gathered."""

    async def do(self, said: Sequence[tuple[c.AnyCommand, Capability]]) -> None:
        """Have all of it accepted."""
        for at in range(0, len(said), AT_ONCE):
            some = said[at : at + AT_ONCE]
            self._left = len(some)
            self._done.clear()
            for command, by in some:
                busy = self._hall.put(CommandId("cmd_" + os.urandom(16).hex()), command, by, self)
                assert not isinstance(busy, Busy), busy
            await self._done.wait()


async def make(data: Path, room: Room, events: int) -> dict[str, str]:
    """Make the folder; gives a seat, and the token and device of its phone."""
    server = build(Settings(data_dir=data), rates=Rates(ballots=FAST))
    house = server.house
    await house.open()
    meeting = await house.create_meeting(room.plan())
    hall = house.hall(meeting)
    organiser = next(w.capability for w in await house.links(meeting) if w.capability.role is Role.ORGANISER)
    crowd = Crowd(hall)
    await crowd.do([(c.StartMeeting(), organiser)])
    phones, first = [], None
    for way in await house.codes(meeting, Role.PARTICIPANT):
        joined: Joined = await enter(house.doors, way.code or "")
        first = first or joined
        assert joined.who.capability is not None
        phones.append(joined.who.capability)
    await crowd.do([(c.JoinSeat(phone.seat), phone) for phone in phones if phone.seat is not None])
    await crowd.do([(c.OpenVoting(QUESTION), organiser)])
    left, turn = events - hall.position.offset, 0
    while left > 0:
        some = phones[: min(len(phones), left)]
        await crowd.do([(ballot(phone.seat, turn), phone) for phone in some if phone.seat is not None])
        left, turn = left - len(some), turn + 1
    assert first is not None
    await server.house.lobby.drain()
    await server.close()
    return {"seat": str(phones[0].seat), "token": first.token, "offset": str(hall.position.offset)}


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description="Makes a data folder with a long past.")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--events", type=int, required=True)
    parser.add_argument("--tables", type=int, default=100)
    parser.add_argument("--seats", type=int, default=10)
    said = parser.parse_args(arguments)
    print(json.dumps(uvloop.run(make(said.data, Room(said.tables, said.seats), said.events))), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
