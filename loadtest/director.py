"""The stage of a load test: the organiser who opens, closes and shows, and asks for the report at the end."""

import json
from dataclasses import dataclass
from typing import Any

from app.core import commands as c
from app.core.ids import ItemId, QuestionId, ScreenId
from loadtest.crowd import Crowd
from loadtest.device import Device
from loadtest.expected import counts
from loadtest.room import ITEM

WAIT_SECONDS = 180.0


@dataclass(slots=True)
class Director:
    """Runs the meeting from the console."""

    crowd: Crowd
    console: Device

    @classmethod
    async def enter(cls, crowd: Crowd) -> "Director":
        """Come in by the organiser's link, and open the meeting."""
        console = await crowd.role("organiser", ("console",))
        await console.done(c.StartMeeting())
        return cls(crowd, console)

    @property
    def seats(self) -> int:
        """Everybody who is to come."""
        return len(self.crowd.codes.room.seat_ids)

    @property
    def present(self) -> int:
        """Seats that are taken."""
        room = self.console.value("console", "room")
        return sum(room["present"].values()) if room else 0

    async def everybody(self, seats: int | None = None) -> None:
        """Wait until so many are present; all, where nothing is said."""
        seconds = self.crowd.arrival_seconds + WAIT_SECONDS
        await self.crowd.seen(lambda: self.present >= (seats or self.seats), seconds)

    async def talk(self) -> None:
        """Begin the topic, so that tables may write."""
        await self.console.done(c.BeginItem(ItemId(ITEM)))

    async def vote(
        self, question: QuestionId, *, voters: int | None = None, seconds: float = WAIT_SECONDS
    ) -> None:
        """Open a vote, wait until so many have voted (everybody present, if not said), close, show."""
        await self.open(question)
        await self.voted(question, voters or self.present, seconds)
        await self.finish(question)

    async def open(self, question: QuestionId) -> None:
        """Open a vote and put it on the screen."""
        await self.console.done(c.OpenVoting(question))
        await self.console.done(c.TakeScene(ScreenId("main"), c.Scene(c.SceneKind.VOTING, question=question)))

    async def voted(self, question: QuestionId, voters: int, seconds: float = WAIT_SECONDS) -> None:
        """Wait until so many have voted."""
        await self.crowd.seen(lambda: self.votes(question).get("voted", 0) >= voters, seconds)

    async def finish(self, question: QuestionId) -> None:
        """Close a vote, and show it."""
        await self.console.done(c.CloseVoting(question))
        await self.crowd.seen(lambda: self.votes(question).get("state") == "closed")
        await self.console.done(c.ShowResults(question))
        await self.crowd.seen(lambda: self.console.value("console", f"result/{question}"))

    def votes(self, question: QuestionId) -> dict[str, Any]:
        """How many have voted."""
        return self.console.value("console", f"votes/{question}") or {}

    async def close(self) -> dict[str, int | None]:
        """Close the meeting; gives the figures of its report, by their ids."""
        await self.console.done(c.CloseMeeting())
        path = f"/api/meetings/{self.crowd.codes.meeting}/figures.json"
        figures = json.loads(await self.crowd.http.get(path, self.console.token))
        return counts(figures)
