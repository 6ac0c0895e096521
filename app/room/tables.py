"""Table laptops: a facilitator who counts heads, writes ideas, gives out pads and calls for help."""

import asyncio
import random
from collections.abc import Sequence
from typing import Any

from app.client import Client
from app.core.commands import (
    AskMoreTime,
    BindKeypad,
    CallHelp,
    CastBallot,
    Channel,
    ConfirmTakeover,
    CountHeads,
    HelpKind,
    MarkLeft,
    MoveIdea,
    ReviseIdea,
    WithdrawBallot,
    WithdrawIdea,
    WriteIdea,
)
from app.core.ids import CallId, IdeaId, ItemId, KeypadId, QuestionId, Round, SeatId, TableId
from app.room.corpus import corpus
from app.room.guest import COME_TOO_LATE, NOT_MINE_ANY_MORE, Guest, name_of, new_id
from app.room.pace import Pace, Watch
from app.room.people import Person

IDEAS_AT_ONCE = (3, 6)
IDEAS_MORE_MAX = 6
MORE_EVERY_SECONDS = (45, 150)
TALK_PART = 0.55
"""The part of an item's time in which tables write most of their ideas."""


class Laptop(Guest):
    """A table with its facilitator.

    Attributes:
        table: Which one.
        pads: Its seats that vote on a pad of this laptop.
        handsets: Its seats that have a handset, with the keypad's id.
        seed: Of the room.
    """

    def __init__(self, client: Client, table: str, seed: int, pace: Pace, watch: Watch) -> None:
        super().__init__(client, pace, watch)
        self.table, self.seed = TableId(table), seed
        self.handsets: dict[str, str] = {}
        self.pads: dict[SeatId, Person] = {}
        self.dice = random.Random(f"{seed}/table {table}")  # noqa: S311 - a play, no secret

    def equip(self, pads: Sequence[str], handsets: dict[str, str]) -> None:
        """Say which seats have a pad of this laptop, and which a handset."""
        self.handsets = handsets
        self.pads = {SeatId(seat): Person.at(seat, self.seed) for seat in pads}

    async def prepare(self) -> None:
        """Bind the pads and handsets of this table."""
        welcome = self.client.core.welcome
        device = str(welcome.scope["device"]) if welcome else ""
        for seat in self.pads:
            await self.do(BindKeypad(seat, KeypadId(f"{device}:{seat}"), Channel.LAPTOP))
        for seat_with_handset, keypad in self.handsets.items():
            await self.do(BindKeypad(SeatId(seat_with_handset), KeypadId(keypad), Channel.HANDSET))

    async def run(self) -> None:
        """Follow the day."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._follow_items())
            group.create_task(self._follow_votes())

    # --- what the crew of the day asks of a table ------------------------------------------

    async def count_heads(self) -> None:
        """Enter how many sit here; now and then one more than have a keypad."""
        table = self.see(f"table:{self.table}", "table") or {"seats": []}
        here = sum(1 for seat in table["seats"] if seat["present"])
        await self.do(CountHeads(self.table, min(50, here + (self.dice.random() < 0.1))))

    async def call_help(self, kind: HelpKind, text: str) -> None:
        """Ask for somebody to come."""
        await self.do(CallHelp(CallId(new_id("call")), self.table, kind, text))

    async def confirm(self, seat: str) -> bool:
        """Say yes to the newer device of a seat."""
        return await self.do(ConfirmTakeover(SeatId(seat)))

    async def see_off(self, seat: str) -> None:
        """Somebody goes home early."""
        await self.do(MarkLeft(SeatId(seat)), {"not_present"})

    # --- ideas -----------------------------------------------------------------------------

    def _running(self) -> dict[str, Any] | None:
        agenda = self.see("tables", "agenda") or {"running": None, "items": []}
        return next((item for item in agenda["items"] if item["id"] == agenda["running"]), None)

    async def _next_item(self, seen: str | None) -> dict[str, Any] | None:
        await self.until(lambda: (self._running() or {"id": None})["id"] != seen)
        return self._running()

    async def _follow_items(self) -> None:
        seen: str | None = None
        while True:
            item = await self._next_item(seen)
            seen = item["id"] if item else None
            if item and item["takes_ideas"]:
                await self._write_ideas(item)
                self.watch.done(f"ideas/{seen}")
                await self._write_more(item["id"])

    async def _write_ideas(self, item: dict[str, Any]) -> None:
        count = self.dice.randint(*IDEAS_AT_ONCE)
        seconds = self.pace.talk_seconds(item["minutes"]) * TALK_PART / count
        for number in range(count):
            await self.pace.think(seconds * self.dice.uniform(0.5, 1.2))
            if number and (self._running() or {"id": None})["id"] != item["id"]:
                return
            idea = await self._write(item["id"])
            if idea is not None and number and self.dice.random() < 0.15:
                await self._think_again(idea, item["id"])

    async def _write(self, item: str) -> IdeaId | None:
        languages = (self.see("tables", "meeting") or {}).get("languages") or ["en"]
        weights = [4, *([1] * (len(languages) - 1))]
        language = self.dice.choices(languages, weights)[0]
        kind, text = corpus().idea(self.dice, item, language)
        idea = IdeaId(new_id("idea"))
        written = WriteIdea(idea, self.table, ItemId(item), kind, text, language)
        return idea if await self.do(written, {"meeting_closed"}) else None

    async def _think_again(self, idea: IdeaId, item: str) -> None:
        """Change the words, the order, or the mind."""
        await self.until(lambda: self.see(f"table:{self.table}", f"idea/{idea}"), 60)
        written = self.see(f"table:{self.table}", f"idea/{idea}")
        match self.dice.choice(["revise", "revise", "move", "withdraw"]):
            case "revise":
                kind, text = corpus().idea(self.dice, item, written["language"])
                await self.do(ReviseIdea(idea, written["revision"], text, kind))
            case "move":
                first = (self.see(f"table:{self.table}", "chart") or [idea])[0]
                await self.do(MoveIdea(idea, None if first == idea else IdeaId(first)))
            case _:
                await self.do(WithdrawIdea(idea))

    async def _write_more(self, item: str) -> None:
        """As long as the item runs, an idea now and then; in a day that nobody waits for, none."""
        for _ in range(0 if self.pace.rushing else IDEAS_MORE_MAX):
            seconds = self.dice.uniform(*MORE_EVERY_SECONDS) / self.pace.speed
            try:
                await self.until(lambda: (self._running() or {"id": None})["id"] != item, seconds)
            except TimeoutError:
                await self._write(item)
            else:
                return

    # --- pads ------------------------------------------------------------------------------

    async def _follow_votes(self) -> None:
        seen: str | None = None
        while True:
            sheet = await self.next_vote("tables", seen)
            seen = name_of(sheet)
            if seen is not None and self.pads:
                await self._vote(sheet)
                self.watch.done(seen)

    async def _vote(self, sheet: dict[str, Any]) -> None:
        standings = {
            seat["id"]: seat["standing"]
            for seat in (self.see(f"table:{self.table}", "table") or {"seats": []})["seats"]
        }
        number = Round(sheet["round"])
        question = QuestionId(sheet["question"])
        too_late = COME_TOO_LATE | NOT_MINE_ANY_MORE | {"already_voted", "question_not_open"}
        for seat, person in self.pads.items():
            if standings.get(seat) not in sheet["standings"] or not person.answers():
                continue
            await self.pace.think(self.pace.vote_seconds(30) * 0.6 / len(self.pads))
            if self.dice.random() < 0.02:
                await self.do(AskMoreTime(question, seat), too_late)
            voted = await self.do(CastBallot(question, number, seat, person.choices(sheet)), too_late)
            if voted and self.dice.random() < 0.02:
                await self.do(WithdrawBallot(question, number, seat), too_late)
