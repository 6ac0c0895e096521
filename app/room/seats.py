"""Seats with a phone, and the receiver that hears the handsets."""

import time
from typing import Any

from app.client import Client
from app.core.commands import CastBallot, JoinSeat, PressKey
from app.core.ids import KeypadId, QuestionId, Round, SeatId
from app.core.presses import KEYS
from app.room.guest import COME_TOO_LATE, NOT_MINE_ANY_MORE, Guest, name_of
from app.room.pace import Pace, Watch
from app.room.people import Person

WINDOW = 0.7
"""The part of a vote's time within which people answer."""


class Phone(Guest):
    """Somebody at a seat who votes with a phone."""

    def __init__(self, client: Client, seat: str, person: Person, pace: Pace, watch: Watch) -> None:
        super().__init__(client, pace, watch)
        self.seat, self.person = SeatId(seat), person

    async def sit_down(self) -> bool:
        """Take the seat."""
        return await self.do(JoinSeat(self.seat))

    async def run(self) -> None:
        """Answer every question that is opened, for as long as this phone is there."""
        seen: str | None = None
        while True:
            sheet = await self.next_vote("keypad", seen)
            seen = name_of(sheet)
            if seen is not None:
                await self.answer(sheet)
                self.watch.done(seen)

    async def answer(self, sheet: dict[str, Any]) -> None:
        """Vote, and now and then think again."""
        mine = self.see(f"seat:{self.seat}", "seat")
        if mine is None or mine["standing"] not in sheet["standings"] or not self.person.answers():
            return
        window = self.pace.vote_seconds(30) * WINDOW
        await self.pace.think(self.person.dice.uniform(0.1, window))
        voted = await self._cast(sheet)
        if voted and self.person.changes_mind():
            await self.pace.think(self.person.dice.uniform(0, window / 4))
            self.person.taste.clear()
            await self._cast(sheet)

    async def _cast(self, sheet: dict[str, Any]) -> bool:
        ballot = CastBallot(
            QuestionId(sheet["question"]), Round(sheet["round"]), self.seat, self.person.choices(sheet)
        )
        return await self.do(ballot, COME_TOO_LATE | NOT_MINE_ANY_MORE | {"already_voted"})


class Receiver(Guest):
    """A receiver of handsets: sends on every key with the sequence that the handset counted."""

    def __init__(self, client: Client, seed: int, pace: Pace, watch: Watch) -> None:
        super().__init__(client, pace, watch)
        self.seed = seed
        self.handsets: dict[KeypadId, Person] = {}
        # a handset counts on for ever: beyond whatever it counted when the demonstration ran before
        self._sequence = time.time_ns() // 100_000_000

    def hears(self, keypad: str, seat: str) -> None:
        """A handset is given out."""
        self.handsets[KeypadId(keypad)] = Person.at(seat, self.seed)

    async def run(self) -> None:
        """Send on what is pressed."""
        seen: str | None = None
        while True:
            sheet = await self.next_vote("keypad", seen)
            seen = name_of(sheet)
            if seen is not None:
                for keypad, person in self.handsets.items():
                    await self.pace.think(self.pace.vote_seconds(30) * WINDOW / len(self.handsets))
                    await self._press(keypad, person, sheet)
                self.watch.done(seen)

    async def _press(self, keypad: KeypadId, person: Person, sheet: dict[str, Any]) -> None:
        if sheet["kind"] in ("rating", "number") or not person.answers():
            return
        chosen = person.choices(sheet)
        assert isinstance(chosen, tuple)
        places = [place for place, option in enumerate(sheet["options"]) if option["id"] in chosen]
        for place in places[: len(KEYS)]:
            # hands press twice: the same key again is the same choice
            for _ in range(2 if person.dice.random() < 0.2 else 1):
                self._sequence += 1
                # not everybody with a handset is of a standing that votes; the receiver does not know
                refused = COME_TOO_LATE | {"standing_may_not_vote", "unbound_keypad", "not_present"}
                vote = QuestionId(sheet["question"]), Round(sheet["round"])
                await self.do(PressKey(keypad, KEYS[place], self._sequence, *vote), refused)
