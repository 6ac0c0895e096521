"""The crew of the day: lead facilitator, organiser, stage manager, area managers, experts, each by a link.

`Crew` knows how one vote goes from its opening to its show. In a demonstration that people may drive
it steps back when somebody else acts: see `Hands`.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from app.client import Client
from app.core.commands import (
    AnswerHelp,
    AnswerIdea,
    BindKeypad,
    CastPaperBallot,
    Channel,
    CloseHelp,
    CloseVoting,
    OpenVoting,
    RunAgain,
    Scene,
    SceneKind,
    ShowResults,
    TakeScene,
    VoidRound,
)
from app.core.ids import CallId, IdeaId, KeypadId, QuestionId, Round, ScreenId, SeatId
from app.room.corpus import corpus
from app.room.guest import COME_TOO_LATE, Guest, name_of
from app.room.pace import Pace, Watch
from app.room.people import Person

SETTLE_SECONDS = 40.0
CLOSE_SECONDS = 60.0
HANDS_OFF_SECONDS = 180.0
LOOK_SECONDS = 1.0
SEEN_SECONDS = 30.0

Seen = tuple[str | None, str | None, tuple[tuple[str, int], ...]]
"""The running item, the open vote, the scenes on air."""


class AreaManager(Guest):
    """An area manager: goes where help is called for, and enters the paper ballots of some seats."""

    def __init__(self, client: Client, papers: list[str], seed: int, pace: Pace, watch: Watch) -> None:
        super().__init__(client, pace, watch)
        self.papers = {SeatId(seat): Person.at(seat, seed) for seat in papers}

    async def run(self) -> None:
        """Help, and collect paper."""
        for seat in self.papers:
            await self.do(BindKeypad(seat, KeypadId(f"paper:{seat}"), Channel.PAPER))
        async with asyncio.TaskGroup() as group:
            group.create_task(self._answer_calls())
            group.create_task(self._collect_paper())

    def _calls(self) -> list[dict[str, Any]]:
        tables = self.client.core.welcome.scope.get("tables", ()) if self.client.core.welcome else ()
        calls = self.all("floor", "call/")
        return [call for call in calls if call["closed_at_ms"] is None and call["table"] in tables]

    async def _answer_calls(self) -> None:
        while True:
            await self.until(self._calls)
            for call in self._calls():
                named = CallId(call["id"])
                if call["answered_at_ms"] is None:
                    await self.pace.think(15)
                    await self.do(AnswerHelp(named), {"call_closed"})
                await self.pace.think(45)
                await self.do(CloseHelp(named), {"call_closed"})
            closed = {call["id"] for call in self._calls()}
            await self.until(lambda gone=closed: not gone & {c["id"] for c in self._calls()})  # type: ignore[misc]

    async def _collect_paper(self) -> None:
        seen: str | None = None
        while True:
            sheet = await self.next_vote("tables", seen)
            seen = name_of(sheet)
            if seen is None or not self.papers:
                continue
            for seat, person in self.papers.items():
                if person.answers():
                    await self.pace.think(2)
                    ballot = CastPaperBallot(
                        QuestionId(sheet["question"]), Round(sheet["round"]), seat, person.choices(sheet)
                    )
                    await self.do(ballot, COME_TOO_LATE | {"standing_may_not_vote", "not_present"})
            self.watch.done(seen)


class Expert(Guest):
    """Answers what tables ask."""

    async def run(self) -> None:
        """Answer, one after another."""
        answered: set[str] = set()
        while True:
            await self.until(lambda: self._open(answered))
            asked = self._open(answered)[0]
            answered.add(asked["id"])
            await self.pace.think(40)
            words = corpus().answers[len(answered) % len(corpus().answers)]
            language = asked["language"] if asked["language"] in words else "en"
            taken_back = {"idea_withdrawn", "not_a_question_to_experts", "already_redacted"}
            await self.do(AnswerIdea(IdeaId(asked["id"]), words[language], language), taken_back)

    def _open(self, answered: set[str]) -> list[dict[str, Any]]:
        asked = [q for q in self.all("experts", "question/") if q is not None]
        return [q for q in asked if not q["answers"] and q["id"] not in answered]


@dataclass(slots=True)
class Hands:
    """Whether a person has the day in hand: then the crew waits.

    It remembers what the crew itself has brought about; whatever else changes on the console (the
    running item, the open vote, the scene on air) somebody else did.
    """

    lead: Guest
    others: tuple[Guest, ...]
    loop_time: float = field(default=0.0)
    _expected: Seen | None = None

    def _now(self) -> Seen:
        agenda = self.lead.see("console", "agenda") or {"running": None}
        scenes = [(s["kind"], s["offset"]) for s in self.lead.all("console", "scene/") if s]
        return agenda["running"], name_of(self.lead.see("console", "open")), tuple(scenes)

    async def mine(self) -> None:
        """What stands now, once the console shows all that the crew has done, is its own doing."""
        acted = max(guest.acted_offset for guest in (self.lead, *self.others))
        await self.lead.until(lambda: (self.lead.client.core.has("console") or 0) >= acted, SEEN_SECONDS)
        self._expected = self._now()

    def _differs(self, now: Seen) -> bool:
        """Whether somebody else has acted; a vote that is over has closed by itself."""
        assert self._expected is not None
        (running, opened, scenes), (was_running, was_open, were) = now, self._expected
        return running != was_running or scenes != were or opened not in (None, was_open)

    async def free(self, pause_seconds: float) -> None:
        """Wait until no person has acted for so long."""
        loop = asyncio.get_running_loop()
        while self._expected is not None:
            now = self._now()
            if self._differs(now):
                self._expected, self.loop_time = now, loop.time()
            if not self.loop_time or loop.time() - self.loop_time >= pause_seconds:
                self.loop_time = 0.0
                return
            await asyncio.sleep(LOOK_SECONDS)


class Crew:
    """Those who run the day from the stage."""

    def __init__(self, lead: Guest, organiser: Guest, manager: Guest, pace: Pace, watch: Watch) -> None:
        """Wire it.

        Args:
            lead: The lead facilitator, who runs agenda and votes.
            organiser: Who may also void a round.
            manager: The stage manager, who has the screen.
            pace: Of the day.
            watch: What everybody sees of each other.
        """
        self.lead, self.organiser, self.manager = lead, organiser, manager
        self.pace, self.watch = pace, watch
        self.hands = Hands(lead, (organiser, manager))
        self.voters = 0
        self.driven = False

    async def scene(self, kind: SceneKind, question: str | None = None, item: str | None = None) -> None:
        """Put a scene on the screen."""
        screens = [s["screen"] for s in self.manager.all("console", "scene/") if s] or ["main"]
        scene = Scene(kind, None if question is None else QuestionId(question))
        if item is not None:
            scene = Scene(kind, item=item)  # type: ignore[arg-type]
        await self.manager.do(TakeScene(ScreenId(screens[0]), scene), {"not_published_yet"})

    def question(self, question: str) -> dict[str, Any]:
        """A question as the console shows it."""
        found: dict[str, Any] = self.lead.see("console", f"question/{question}") or {}
        return found

    async def until_state(self, question: str, number: int, *states: str) -> None:
        """Wait until a round is in one of these states."""
        await self.lead.until(
            lambda: (
                self.question(question).get("round") == number
                and self.question(question).get("state") in states
            ),
            CLOSE_SECONDS,
        )

    async def open(self, question: str, *, in_all_languages: bool = True) -> int | None:
        """Open a vote.

        Returns:
            The round; `None` where it could not be opened.
        """
        await self.lead.until(lambda: self.question(question), SETTLE_SECONDS)
        sheet = self.question(question)
        seconds = 0 if self.pace.rushing else self.pace.vote_seconds(sheet["seconds"])
        missing = () if in_all_languages else ("th", "en")
        opened = sheet["state"] == "open" or await self.lead.do(
            OpenVoting(QuestionId(question), seconds, missing), {"another_vote_open", "question_not_planned"}
        )
        if not opened:
            return None
        await self.scene(SceneKind.VOTING, question)
        return int(sheet["round"])

    async def close(self, question: str, number: int) -> None:
        """See a vote to its end: by its time, or where nobody waits when everybody has answered."""
        if self.pace.rushing:
            name = f"{question}/{number}"
            if not await self.watch.until(name, lambda: self.voters, SETTLE_SECONDS):
                self.watch.surprises.append(
                    f"room: {self.watch.count(name)} of {self.voters} were done with {name} after "
                    f"{SETTLE_SECONDS:.0f} s"
                )
            self.pace.skip(self.question(question).get("seconds") or 30)
            await self.lead.do(CloseVoting(QuestionId(question)), {"question_not_open", "already_closing"})
            self.pace.skip(5)
            await self.until_state(question, number, "closed", "shown", "voided")
        else:
            await self._by_its_time(question, number)

    async def _by_its_time(self, question: str, number: int) -> None:
        def over() -> bool:
            now = self.question(question)
            return now.get("round", 0) > number or now.get("state") in ("closed", "shown", "voided")

        patience = self.pace.vote_seconds(self.question(question).get("seconds") or 30) / self.pace.speed
        try:
            await self.lead.until(over, 3 * patience + SETTLE_SECONDS)
        except TimeoutError:
            await self.lead.do(CloseVoting(QuestionId(question)), {"question_not_open", "already_closing"})
            await self.lead.until(over, CLOSE_SECONDS)

    async def show(self, question: str, kind: SceneKind = SceneKind.RESULTS) -> None:
        """Make a result public and put it on the screen."""
        if await self.lead.do(ShowResults(QuestionId(question)), {"question_not_closed"}):
            await self.scene(kind, question)
            self.watch.done("shown")

    async def void_and_run_again(self, question: str) -> None:
        """Declare the last round void and add another."""
        why = {
            "en": "A wrong slide was on the screen while the vote was open.",
            "th": "ระหว่างลงคะแนน สไลด์บนจอไม่ตรงกับคำถาม",
        }
        if await self.organiser.do(VoidRound(QuestionId(question), why)):
            await self.organiser.do(RunAgain(QuestionId(question), why))
            number = self.question(question)["round"]
            await self.lead.until(lambda: self.question(question).get("round") != number, SETTLE_SECONDS)
