"""Ballots under way as the vote closes: each is acknowledged and counted, or refused and not counted.

Each trial closes a round while every phone presses without a pause. Around the close half of the lines are
cut, so that what has no answer comes again behind it, under its id. Once every phone was told that it is
late, the result is shown and held against what was told in this round; then a new round is opened.
"""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field

from app.client import Client
from app.core import commands as c
from app.core.ids import CommandId, Round, SeatId, Text
from app.realtime import wire
from tests.fault.room import OPTIONS, PHONES, QUESTION, Pressed, Room, Told, entry, shown_of

LATE = "voting_closed"
NOTICE_SECONDS = 2.0
"""Between the announcement and the close (app/core/planned.py)."""

AROUND_SECONDS = 0.15


@dataclass
class Closing(Room):
    """A room whose vote is closed and opened again.

    Attributes:
        round: The one that phones press in.
        rounds: In which round each command was pressed.
    """

    round: Round = Round(1)
    rounds: dict[CommandId, Round] = field(default_factory=dict)

    async def _cast(self, phone: Client, seat: SeatId, pressed: Pressed) -> Told:
        command, choice = pressed
        number = self.rounds.setdefault(command, self.round)
        answer = await phone.do(c.CastBallot(QUESTION, number, seat, (choice,)), command)
        return Told(command, seat, choice, "saved" if isinstance(answer, wire.Ack) else answer.code)

    def _served(self, heard: int) -> bool:
        """Every phone has an acknowledgement in the round that is open now."""
        now = (told for told in self.told[heard:] if self.rounds[told.command] == self.round)
        return len({told.seat for told in now if told.fate == "saved"}) == PHONES

    def of_round(self, fate: str) -> list[Told]:
        """What was told of ballots of this round, in one way."""
        return [told for told in self.told if told.fate == fate and self.rounds[told.command] == self.round]

    def late(self) -> int:
        """How many phones were told that they are late."""
        return len({told.seat for told in self.of_round(LATE)})

    def cut_some(self, dice: random.Random) -> None:
        """Break the lines of half the phones."""
        for phone in dice.sample(list(self._clients.values()), len(self._clients) // 2):
            phone.cut()


async def closed_over(room: Room, dice: random.Random, _disk: object) -> None:
    """Close the vote under everybody's hands, show it, and open the next round."""
    assert isinstance(room, Closing)
    if room.unsafe and room.amiss:
        return  # its result was refused: there is no next round
    await asyncio.sleep(dice.uniform(0.0, 0.6))
    async with await room.organiser() as desk:
        assert isinstance(await desk.do(c.CloseVoting(QUESTION)), wire.Ack)
        at = NOTICE_SECONDS + dice.uniform(-AROUND_SECONDS, AROUND_SECONDS)
        asyncio.get_running_loop().call_later(at, room.cut_some, dice)
        await desk.until(lambda it: entry(it, "question")["state"] == "closed")
        if room.unsafe:  # it takes them, and says that they are saved
            heard = len(room.told)
            await room.until(lambda: len({told.seat for told in room.told[heard:]}) == PHONES)
        else:
            await room.until(lambda: room.late() == PHONES)
        answer = await desk.do(c.ShowResults(QUESTION))
        if not isinstance(answer, wire.Ack):
            room.amiss.append(f"round {room.round} could not be shown: {answer.code}")
            return
        _compare(room, await shown_of(desk, room.round))
        assert isinstance(await desk.do(c.RunAgain(QUESTION, Text({"en": "The next round"}))), wire.Ack)
        assert isinstance(await desk.do(c.OpenVoting(QUESTION, 0)), wire.Ack)
    room.round = Round(room.round + 1)


def _compare(room: Closing, shown: dict[str, int]) -> None:
    """Hold what is shown of the round against what was acknowledged in it."""
    saved, late = room.of_round("saved"), room.of_round(LATE)
    last = {each.seat: each.choice for each in saved}
    told = Counter(last.values())
    room.notes["ballots that were told to be late"] += len(late)
    for each in OPTIONS:
        if told[each] != shown.get(each):
            room.amiss.append(f"round {room.round}, {each}: told {told[each]}, shown {shown.get(each)}")
