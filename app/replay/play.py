"""Plays a record against a running server: everybody by code and socket, many at once, over restarts.

How this works. The owner makes the meeting and organises it; every table's laptop writes its ideas;
one question is made of all of them; then so many participants at a time join with their own codes
and send their ballots. What is not answered is sent again with the same id when the server is back,
so that a kill in the middle changes nothing. At the end the shown result is compared with the record.
"""

import asyncio
import os
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from functools import partial

from app.client import Client
from app.client.http import Api, is_link, secret_of, server_of
from app.core.commands import (
    AnyCommand,
    BeginItem,
    CastBallot,
    CloseMeeting,
    CloseVoting,
    IdeaKind,
    JoinSeat,
    MakeQuestion,
    OpenVoting,
    ShowResults,
    StartMeeting,
    WriteIdea,
    command_name,
)
from app.core.ids import IdeaId, ItemId, OptionId, QuestionId, Round, SeatId, TableId
from app.core.planned import Kind, QuestionRules, ScaleStep
from app.realtime import wire
from app.replay.patience import again
from app.replay.record import (
    ITEM,
    SCALE,
    Cell,
    Record,
    ballots_of,
    differences,
    plan_of,
    seat_plan,
    seats_of,
    table_of,
)

STATE_SECONDS = 300.0
HASTE = 4.0

Counted = Callable[[int, int], None]


class PlayFault(Exception):
    """The record cannot be played to its end; the text is one sentence that says why."""


@dataclass(slots=True)
class Played:
    """What came of it."""

    meeting: str = ""
    question: str = ""
    ideas: int = 0
    seats: int = 0
    ballots: int = 0
    ratings: int = 0
    idea_seconds: float = 0.0
    ballot_seconds: float = 0.0
    busy: int = 0
    reconnects: int = 0
    shown: dict[Cell, int] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)
    audit: bytes = b""


@dataclass(slots=True)
class Replay:
    """A record on its way through a server.

    Attributes:
        told: Told what is being done; `counted` how far it is.
    """

    record: Record
    link: str
    tables: int
    sockets: int
    ratings_per_ballot: int
    told: Callable[[str], None] = field(default=lambda _: None)
    counted: Counted = field(default=lambda _done, _all: None)
    played: Played = field(default_factory=Played)
    _api: Api = field(init=False)
    _owner: str = ""
    _ideas: dict[str, IdeaId] = field(default_factory=dict)
    _options: dict[OptionId, str] = field(default_factory=dict)

    async def run(self) -> Played:
        """Play it, whole.

        Raises:
            PlayFault: The link does not open the server, or a command is refused.
            ApiUnreachable: The server stays away.
        """
        if not is_link(self.link):
            raise PlayFault("The link is none: give the one that the server printed at its start, whole.")
        self._api = Api(server_of(self.link), workers=32)
        try:
            await self._enter()
            organiser = await self._organiser()
            async with organiser:
                await self._do(organiser, StartMeeting())
                await self._do(organiser, BeginItem(ItemId(ITEM)))
                await self._write_ideas()
                question = await self._ask(organiser)
                await self._rate(question)
                await self._finish(organiser, question)
                self._left(organiser)
            await self._compare_report(question)
            return self.played
        finally:
            self._api.close()

    # --- people ----------------------------------------------------------------------------

    async def _client(self, secret: str, channels: tuple[str, ...]) -> Client:
        entered = await again(lambda: self._api.join(secret))
        return Client(self._api.socket_url, token=entered["token"], lang="en", channels=channels, haste=HASTE)

    async def _do(self, client: Client, said: AnyCommand) -> None:
        answer = await client.do(said)
        if not isinstance(answer, wire.Ack):
            raise PlayFault(f"The server refused {command_name(type(said))} ({answer.code}): {answer.say}")

    def _left(self, client: Client) -> None:
        """Add up what a client has met with."""
        self.played.busy += client.core.busy
        self.played.reconnects += max(0, client.connections - 1)

    async def _many(self, jobs: Iterable[Callable[[], Awaitable[None]]], what: str) -> None:
        """Do many things, so many at once."""
        waiting = list(jobs)
        whole, done = len(waiting), 0
        self.told(what)

        async def work() -> None:
            nonlocal done
            while waiting:
                await waiting.pop(0)()
                done += 1
                self.counted(done, whole)

        async with asyncio.TaskGroup() as group:
            for _ in range(min(self.sockets, whole)):
                group.create_task(work())

    # --- the meeting -----------------------------------------------------------------------

    async def _enter(self) -> None:
        entered = await self._api.join(secret_of(self.link))
        if entered["role"] != "owner":
            raise PlayFault(
                "This link opens one meeting only: give the link that the server printed at its start."
            )
        self._owner = entered["token"]
        seats = seats_of(self.record, self.tables)
        body = {"plan": plan_of(self.record, self.tables), "seats": seat_plan(seats)}
        made = await self._api.post("/api/meetings", body, self._owner)
        self.played.meeting, self.played.seats = made["meeting"], len(seats)

    def _path(self, rest: str) -> str:
        return f"/api/meetings/{self.played.meeting}/{rest}"

    async def _organiser(self) -> Client:
        entered = await again(lambda: self._api.post(self._path("enter"), {}, self._owner))
        return Client(
            self._api.socket_url, token=entered["token"], lang="en", channels=("console",), haste=HASTE
        )

    async def _codes(self, places: str) -> dict[str, str]:
        """The secret of every table or seat."""
        ways = await again(lambda: self._api.get(self._path(f"codes/{places}"), self._owner))
        return {way["seat"] or way["tables"][0]: secret_of(way["url"]) for way in ways}

    async def _write_ideas(self) -> None:
        codes = await self._codes("tables")
        seats = seats_of(self.record, self.tables)
        by_table: dict[str, list[WriteIdea]] = defaultdict(list)
        for idea in self.record.ideas:
            table = table_of(seats, idea.author, self.tables)
            named = self._ideas[idea.id] = IdeaId("idea_" + os.urandom(16).hex())
            by_table[table].append(
                WriteIdea(named, TableId(table), ItemId(ITEM), IdeaKind.INDIVIDUAL, idea.text, "en")
            )

        async def write(table: str, ideas: list[WriteIdea]) -> None:
            async with await self._client(codes[table], ()) as laptop:
                await asyncio.gather(*(self._do(laptop, idea) for idea in ideas))
                self._left(laptop)
            self.played.ideas += len(ideas)

        began = time.monotonic()
        await self._many(
            [partial(write, table, ideas) for table, ideas in by_table.items()], "Tables write ideas"
        )
        self.played.idea_seconds = time.monotonic() - began

    async def _ask(self, organiser: Client) -> QuestionId:
        question = QuestionId("q_" + os.urandom(16).hex())
        made: dict[OptionId, str] = {}
        for id_, idea in self._ideas.items():
            option = OptionId("opt_" + os.urandom(16).hex())
            self._options[option], made[option] = id_, idea
        scale = tuple(ScaleStep(value, {"en": words}) for value, words in SCALE)
        title = {"en": "Do you agree with these ideas?"}
        rules = QuestionRules(Kind.RATING)
        await self._do(organiser, MakeQuestion(question, title, rules, made, scale, ItemId(ITEM), seconds=0))
        await self._do(organiser, OpenVoting(question, 0))
        self.played.question = question
        return question

    # --- ballots ---------------------------------------------------------------------------

    async def _rate(self, question: QuestionId) -> None:
        codes = await self._codes("seats")
        option_of = {id_: option for option, id_ in self._options.items()}

        async def one(seat: str, rated: dict[str, int]) -> None:
            async with await self._client(codes[seat], ()) as phone:
                await self._do(phone, JoinSeat(SeatId(seat)))
                ballots = ballots_of(rated, self.ratings_per_ballot)
                await asyncio.gather(
                    *(
                        self._do(
                            phone,
                            CastBallot(
                                question, Round(1), SeatId(seat), {option_of[i]: v for i, v in each.items()}
                            ),
                        )
                        for each in ballots
                    )
                )
                self._left(phone)
            self.played.ballots += len(ballots)
            self.played.ratings += len(rated)

        seats = seats_of(self.record, self.tables)
        began = time.monotonic()
        await self._many(
            [partial(one, seats[p], rated) for p, rated in self.record.ratings.items()],
            "Participants rate",
        )
        self.played.ballot_seconds = time.monotonic() - began

    # --- the result ------------------------------------------------------------------------

    async def _finish(self, organiser: Client, question: QuestionId) -> None:
        self.told("Closing, counting twice, showing")
        await self._do(organiser, CloseVoting(question))
        entry = f"question/{question}"
        await organiser.until(
            lambda c: c.state["console"].get(entry, {}).get("state") == "closed", STATE_SECONDS
        )
        await self._do(organiser, ShowResults(question))
        shown = f"result/{question}"
        await organiser.until(lambda c: c.state["console"].get(shown), STATE_SECONDS)
        result = organiser.state["console"][shown]
        cells: dict[Cell, int] = {
            (self._options[option["id"]], step["value"]): step["count"]
            for option in result["options"]
            for step in option["values"]
        }
        await self._do(organiser, CloseMeeting())
        self.played.shown = cells
        self.played.differences = differences(self.record.cells(), cells)

    async def _compare_report(self, question: QuestionId) -> None:
        """The report's own figures, and the audit export for whoever recounts it."""
        self.told("Report and export")
        found = await again(lambda: self._api.get(self._path("figures.json"), self._owner))
        counts = {f["id"]: f["numerator"] for f in found}
        path = f"question/{question}/round/1/option"
        cells: dict[Cell, int] = {
            (id_, value): counts[f"{path}/{option}/value/{value}/count"]
            for option, id_ in self._options.items()
            for value, _ in SCALE
        }
        for line in differences(self.record.cells(), cells):
            self.played.differences.append(f"in the report, {line}")
        self.played.audit = await again(
            lambda: self._api.fetch(self._path("export/audit.zip?pdf=false"), self._owner)
        )
