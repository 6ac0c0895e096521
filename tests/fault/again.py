"""Every command twice, and once more after each restart: it happens once, and the answer is the same.

Frames leave a phone two at a time. After every restart of the server each phone first gives again, under
their ids, the last ballots of which it has an answer.
"""

import asyncio
import random
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from app.client import Client, ClientCore
from app.core import commands as c
from app.core.ids import CommandId, Round, SeatId
from app.realtime import wire
from tests.fault.room import PHONES, QUESTION, Pressed, Room, Told
from tests.web.processes import Running

KEPT = 5
"""So many of its last ballots each phone gives again."""


class TwiceCore(ClientCore):
    """Says everything twice."""

    def to_send(self, now: float) -> list[bytes]:
        """The frames that may be sent now, each two times."""
        return [frame for frame in super().to_send(now) for _ in range(2)]


class Twice(Client):
    """A phone whose every frame leaves two times."""

    def __init__(self, url: str, **how: Any) -> None:
        super().__init__(url, **how)
        self.core = TwiceCore(self.core.dice, self.core.chance, token=self.core.token)


@dataclass
class Repeating(Room):
    """A room whose phones give again after a restart what they gave before."""

    _given: dict[SeatId, dict[CommandId, tuple[str, wire.Ack]]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    _repeated_to: dict[SeatId, Running | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.page = Twice

    async def _cast(self, phone: Client, seat: SeatId, pressed: Pressed) -> Told:
        command, choice = pressed
        if self._repeated_to.setdefault(seat, self.running) is not self.running:
            to = self.running
            await self._repeat(phone, seat)
            self._repeated_to[seat] = to
        answer = await phone.do(c.CastBallot(QUESTION, Round(1), seat, (choice,)), command)
        if isinstance(answer, wire.Ack):
            given = self._given[seat]
            given[command] = (choice, answer)
            if len(given) > KEPT:
                del given[next(iter(given))]
        return Told(command, seat, choice, "saved" if isinstance(answer, wire.Ack) else answer.code)

    async def _repeat(self, phone: Client, seat: SeatId) -> None:
        """Give the last ballots again, in their order: the answer is as it was."""
        for command, (choice, before) in list(self._given[seat].items()):
            answer = await phone.do(c.CastBallot(QUESTION, Round(1), seat, (choice,)), command)
            self.notes["commands given again after a restart"] += 1
            if not self.unsafe and not (isinstance(answer, wire.Ack) and answer.offset == before.offset):
                self.amiss.append(f"{command} was saved as event {before.offset}, and given again: {answer}")

    def _served(self, heard: int) -> bool:
        """Every phone has given again what it gave before, and has a new acknowledgement."""
        again = {seat for seat, to in self._repeated_to.items() if to is self.running}
        return len(again) == PHONES and super()._served(heard)


async def repeated(room: Room, dice: random.Random, _disk: object) -> None:
    """The server is killed, or told to stop, at a random moment."""
    await asyncio.sleep(dice.uniform(0.0, 0.6))
    await asyncio.to_thread(dice.choice((room.server.kill, room.server.stop)))
