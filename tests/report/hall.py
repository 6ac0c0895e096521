"""A hall for the tests of report, export and recount: the real meeting, codec and log, and a few seats."""

import hashlib
import io
import re
import zipfile
from collections.abc import Iterable
from html import unescape
from typing import IO, Any

from app.core import commands as c
from app.core.capability import Capability, Given, Role
from app.core.errors import Refusal
from app.core.events import AnyEvent, Event
from app.core.ids import (
    CapabilityId,
    CommandId,
    IdeaId,
    ItemId,
    KeypadId,
    MeetingId,
    OptionId,
    QuestionId,
    Round,
    SeatId,
    SiteId,
    TableId,
    ThemeId,
    Voter,
)
from app.core.meeting import Meeting
from app.core.planned import (
    CensusSource,
    Kind,
    Level,
    PlannedItem,
    PlannedMeeting,
    PlannedOption,
    PlannedQuestion,
    PlannedSeat,
    PlannedSite,
    PlannedTable,
    Purpose,
    QuestionRules,
    Recruitment,
    ScaleStep,
    Standing,
)
from app.core.questions import RoundState
from app.core.sample import recorded
from app.export import write_audit, write_public
from app.log.codec import seal_batch
from app.log.memory import MemoryLog
from app.log.port import Genesis, Position
from app.verify import count_round

START_MS = 1_770_000_000_000
YES_NO = (("yes", "Yes", "เห็นด้วย"), ("no", "No", "ไม่เห็นด้วย"), ("abstain", "Abstain", "งดออกเสียง"))


def both(en: str, th: str | None = None) -> dict[str, str]:
    return {"en": en, "th": th or f"{en} (ไทย)"}


def options(*ids: str, census: Iterable[int | None] = ()) -> tuple[PlannedOption, ...]:
    counts = list(census) + [None] * len(ids)
    return tuple(
        PlannedOption(OptionId(o), both(f"Option {o}"), census=n) for o, n in zip(ids, counts, strict=False)
    )


def question(
    id_: str, kind: Kind, *ids: str, census: Iterable[int | None] = (), item: str | None = None, **rules: Any
) -> PlannedQuestion:
    scale = (ScaleStep(1, both("agree")), ScaleStep(0, both("pass")), ScaleStep(-1, both("disagree")))
    made = (
        tuple(PlannedOption(OptionId(o), both(en, th)) for o, en, th in YES_NO)
        if kind is Kind.YES_NO
        else options(*ids, census=census)
    )
    return PlannedQuestion(
        QuestionId(id_),
        both(f"Question {id_}"),
        QuestionRules(kind, **rules),
        made,
        scale if kind is Kind.RATING else (),
        None if item is None else ItemId(item),
    )


QUESTIONS = (
    question("try", Kind.PICK_ONE, "a", "b", purpose=Purpose.PRACTICE),
    question("age", Kind.DEMOGRAPHIC, "young", "old", "unsaid", census=(60, 40), purpose=Purpose.DEMOGRAPHIC),
    question("river", Kind.PICK_ONE, "a", "b", "c", item="place", publish_choices=True),
    question("go", Kind.YES_NO, item="place", first_only=True),
    question("top", Kind.PICK_UP_TO, "a", "b", "c", "d", choices_max=3, purpose=Purpose.PRIORITY),
    question("any", Kind.APPROVE, "a", "b", "c", publish_choices=True),
    question("rate", Kind.RATING, "a", "b", "c", purpose=Purpose.PRIORITY),
    question("trees", Kind.NUMBER, number_min=0, number_max=50, publish_choices=True),
    question("secret", Kind.YES_NO, anonymous=True, publish_choices=True, purpose=Purpose.EVALUATION),
)


def plan(
    tables: int = 3,
    seats: int = 4,
    questions: tuple[PlannedQuestion, ...] = QUESTIONS,
    *,
    second_person: bool = False,
) -> PlannedMeeting:
    site = SiteId("hall")
    at = [TableId(str(t)) for t in range(1, tables + 1)]
    standings = {1: Standing.OFFICIAL, 2: Standing.PARTY}
    return PlannedMeeting(
        title=both("River day", "วันแม่น้ำ"),
        languages=("en", "th"),
        date="2026-02-11",
        time_zone="Asia/Bangkok",
        level=Level.CONSULT,
        recruitment=Recruitment.DRAWN,
        sites=(PlannedSite(site, both("Hall")),),
        tables=tuple(PlannedTable(t, site, seats_max=seats + 2) for t in at),
        seats=tuple(
            PlannedSeat(SeatId(f"{t}-{s}"), t, standings.get(s if t == "1" else 0, Standing.CITIZEN))
            for t in at
            for s in range(1, seats + 1)
        ),
        agenda=(
            PlannedItem(ItemId("open"), both("Welcome"), 10),
            PlannedItem(ItemId("place"), both("Place", "สถานที่"), 30, takes_ideas=True),
            PlannedItem(ItemId("people"), both("People"), 30, takes_ideas=True),
        ),
        questions=questions,
        place=both("City hall"),
        census=CensusSource(both("the census"), both("people over 15"), 2020),
        asked_of=both("The governor decides by May."),
        second_person=second_person,
    )


class Hall:
    """A meeting that is being held: each command decided, written, folded, as the server does it."""

    def __init__(
        self, planned: PlannedMeeting | None = None, *, batch: int = 1, named: str = "river-day"
    ) -> None:
        self.meeting = Meeting()
        self.log = MemoryLog(Genesis(named, "hall", "epoch-1"))
        self.now_ms = START_MS
        self.made = 0
        self.batch = batch
        self.waiting: list[tuple[bytes, tuple[AnyEvent, ...]]] = []
        self.organiser = Capability(CapabilityId("cap-organiser"), Role.ORGANISER)
        self.leader = Capability(CapabilityId("cap-leader"), Role.THEME_LEADER)
        self.server = Capability(CapabilityId("cap-server"), Role.SERVER)
        self.receiver = Capability(CapabilityId("cap-receiver"), Role.RECEIVER)
        self.manager = Capability(
            CapabilityId("cap-manager"),
            Role.AREA_MANAGER,
            tables=tuple(t.id for t in (planned or plan()).tables),
        )
        self.do(self.server, c.PrepareMeeting(MeetingId(named), planned or plan()))

    # --- the world ---------------------------------------------------------------------

    def id(self, prefix: str) -> str:
        self.made += 1
        return f"{prefix}_{self.made:032x}"

    def participant(self, seat: str) -> Capability:
        where = (self.meeting.roster.seats[SeatId(seat)].table,)
        return Capability(
            CapabilityId(f"cap-{seat}"), Role.PARTICIPANT, KeypadId(f"phone-{seat}"), where, SeatId(seat)
        )

    def facilitator(self, table: str) -> Capability:
        return Capability(
            CapabilityId(f"cap-t{table}"),
            Role.TABLE_FACILITATOR,
            KeypadId(f"laptop-{table}"),
            (TableId(table),),
        )

    def try_(self, by: Capability, command: c.AnyCommand, **given: Any) -> tuple[Event, ...] | Refusal:
        self.now_ms += 1_000
        key = self.id("cmd")
        salt = hashlib.sha256(key.encode()).digest()
        world = Given(self.now_ms, by, CommandId(key), salt, **given)
        anonymous = self.meeting.anonymous(command)
        if anonymous is not None:
            keyed = hashlib.sha256(repr(anonymous).encode()).hexdigest()
            again = hashlib.sha256(key.encode()).hexdigest()[:32]
            world = world._replace(voter=Voter(keyed), voter_command=CommandId(f"cmd_{again}"))
        decided = self.meeting.decide(command, world)
        if isinstance(decided, Refusal):
            return decided
        for event in decided:
            self.meeting.apply(self.meeting.offset + 1, event)
        self.waiting.append((salt, decided))
        return decided

    def do(self, by: Capability, command: c.AnyCommand, **given: Any) -> tuple[Event, ...]:
        decided = self.try_(by, command, **given)
        assert not isinstance(decided, Refusal), decided
        return decided

    async def write(self) -> None:
        """Put what has been decided on the log, in batches."""
        while self.waiting:
            batch, self.waiting = self.waiting[: self.batch], self.waiting[self.batch :]
            segment = seal_batch(batch, self.log.position.offset + 1, self.log.head)
            await self.log.append(segment, Position("epoch-1", segment.first - 1))

    async def lines(self) -> list[bytes]:
        await self.write()
        return [line for s in [s async for s in self.log.read_after(0)] for line in s.body.splitlines()]

    # --- the day -----------------------------------------------------------------------

    def start(self, *absent: str) -> "Hall":
        self.do(self.organiser, c.StartMeeting())
        for seat in list(self.meeting.roster.seats):
            if seat not in absent:
                self.do(self.participant(seat), c.JoinSeat(seat))
        return self

    def open(self, question: str) -> None:
        self.do(self.organiser, c.OpenVoting(QuestionId(question)))

    def vote(self, question: str, seat: str, choices: Any) -> None:
        now = self.meeting.questions.question(QuestionId(question)).now.number
        told = (choices,) if isinstance(choices, str) else choices
        self.do(
            self.participant(seat),
            c.CastBallot(QuestionId(question), Round(now), SeatId(seat), told),
        )

    def close(self, question: str) -> None:
        now = self.meeting.questions.question(QuestionId(question)).now.number
        self.do(self.server, c.FinishVoting(QuestionId(question), Round(now)))

    async def show(self, question: str) -> None:
        now = self.meeting.questions.question(QuestionId(question)).now
        assert now.state is RoundState.CLOSED
        counted = count_round(await self.lines(), question, now.number)
        self.do(self.organiser, c.ShowResults(QuestionId(question)), recount=counted)

    async def ask(self, question: str, votes: dict[str, Any]) -> None:
        self.open(question)
        for seat, choices in votes.items():
            self.vote(question, seat, choices)
        self.close(question)
        await self.show(question)

    def idea(
        self, table: str, text: str, kind: c.IdeaKind = c.IdeaKind.AGREEMENT, item: str = "place"
    ) -> IdeaId:
        idea = IdeaId(self.id("idea"))
        self.do(self.facilitator(table), c.WriteIdea(idea, TableId(table), ItemId(item), kind, text, "en"))
        return idea

    def theme(self, title: str, *ideas: IdeaId, item: str = "place") -> ThemeId:
        theme = ThemeId(self.id("theme"))
        self.do(self.leader, c.CreateTheme(theme, ItemId(item), both(title)))
        for idea in ideas:
            self.do(self.leader, c.FileIdea(idea, len(self.meeting.ideas.ideas[idea].revisions), theme))
        return theme

    # --- what leaves -------------------------------------------------------------------

    async def audit(self) -> bytes:
        await self.write()
        out = io.BytesIO()
        await write_audit(self.meeting, self.log, out)
        return out.getvalue()

    async def public(self) -> bytes:
        await self.write()
        out = io.BytesIO()
        await write_public(self.meeting, self.log, out)
        return out.getvalue()


def files(export: bytes) -> dict[str, bytes]:
    """The files of an export by name."""
    with zipfile.ZipFile(io.BytesIO(export)) as zipped:
        return {name: zipped.read(name) for name in zipped.namelist()}


def read(html: str) -> str:
    """The words of a page, as they are read: pieces of a line are no words of their own."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", html)))


def zip_of(content: dict[str, bytes], out: IO[bytes]) -> None:
    """Files as a zip."""
    with zipfile.ZipFile(out, "w") as zipped:
        for name, data in content.items():
            zipped.writestr(name, data)


async def day() -> Hall:
    """A whole small day: every kind of question, ideas, themes, a void, an undo, a redaction, a close."""
    hall = Hall(batch=7)
    hall.start("3-4")
    everybody = [seat for seat in hall.meeting.roster.seats if seat not in ("3-4", "1-1")]
    await hall.ask("try", {"1-2": "a"})
    await hall.ask("age", dict(zip(everybody, ["young"] * 3 + ["old"] * 6 + ["unsaid"], strict=True)))
    for table, heads in (("1", 4), ("2", 5)):
        hall.do(hall.facilitator(table), c.CountHeads(TableId(table), heads))
    shade = hall.idea("1", "Shade along the path")
    ferry = hall.idea("2", "A ferry at the market")
    wild = hall.idea("3", "Leave it wild", c.IdeaKind.MINORITY)
    bus = hall.idea("2", "=cmd|'/c calc'!A0")
    hall.idea("1", "My street has a hole", c.IdeaKind.REQUEST)
    gone = hall.idea("1", "Never mind")
    hall.do(hall.facilitator("1"), c.WithdrawIdea(gone))
    hall.do(hall.leader, c.ReadIdeas((shade, ferry, wild)))
    hall.do(hall.facilitator("2"), c.ReviseIdea(ferry, 1, "A ferry stop", c.IdeaKind.AGREEMENT))
    trees, water = hall.theme("Shade", shade), hall.theme("River", ferry, shade, wild)
    hall.do(hall.leader, c.FileIdea(bus, 1, trees))
    hall.do(hall.leader, c.UndoAct())
    green = ThemeId(hall.id("theme"))
    hall.do(hall.leader, c.MergeThemes(green, (trees, water), both("Green river", "แม่น้ำเขียว")))
    hall.do(hall.leader, c.QuoteIdea(green, wild, 1))
    hall.do(hall.leader, c.PublishThemes(ItemId("place"), (green,)))
    asked = QuestionId(hall.id("q"))
    rules = QuestionRules(Kind.APPROVE, Purpose.PRIORITY)
    option = OptionId(hall.id("opt"))
    hall.do(hall.leader, c.MakeQuestion(asked, both("Which?"), rules, {option: green}, item=ItemId("place")))
    hall.open("river")
    hall.vote("river", "1-2", "c")
    hall.do(hall.organiser, c.VoidRound(QuestionId("river"), both("The wrong question was read out")))
    hall.do(hall.organiser, c.RunAgain(QuestionId("river"), both("Asked again")))
    await hall.ask("river", {**dict.fromkeys(everybody[:5], "a"), **dict.fromkeys(everybody[5:8], "b")})
    await hall.ask("go", {**dict.fromkeys(everybody[:6], "yes"), everybody[6]: "no", everybody[7]: "abstain"})
    await hall.ask("top", {everybody[0]: ("a", "b"), everybody[1]: ("b", "a", "c"), everybody[2]: ("c",)})
    await hall.ask("any", {everybody[0]: (), everybody[1]: ("a", "b", "c"), everybody[2]: ("b",)})
    hall.open("rate")
    for seat, choices in (
        (everybody[0], {"a": 1, "b": 0}),
        (everybody[1], {"a": 1}),
        (everybody[0], {"b": -1}),
    ):
        hall.vote("rate", seat, choices)
    hall.close("rate")
    await hall.show("rate")
    await hall.ask("trees", {everybody[0]: 3, everybody[1]: 4, everybody[2]: 50})
    await hall.ask("secret", {everybody[0]: "yes", everybody[1]: "no", everybody[2]: "yes"})
    await hall.ask(asked, {everybody[0]: (option,)})
    hall.do(hall.organiser, c.RedactText("idea", shade))
    await hall.write()
    await hall.log.erase(hall.meeting.redactions[-1].erased)
    hall.do(hall.organiser, c.CloseMeeting())
    hall.do(hall.organiser, c.RecordErratum(both("There were 12 seats"), QuestionId("river")))
    hall.do(hall.organiser, c.RecordResponse(both("We will plant trees"), green))
    return hall


async def sampled_day(*, last: bool = True, wrong: int = 1) -> Hall:
    """Two votes shown, five pairs drawn; hands of all (or all but the last), some of them wrong."""
    hall = Hall(batch=3)
    hall.start("3-4")
    everybody = [seat for seat in hall.meeting.roster.seats if seat not in ("3-4", "1-1")]
    await hall.ask("river", {seat: "abc"[at % 3] for at, seat in enumerate(everybody)})
    await hall.ask("any", {seat: ("a", "b", "c")[: at % 4] for at, seat in enumerate(everybody)})
    hall.do(hall.organiser, c.DrawSample((3, 1, 6, 2, 5, 4, 1, 6, 2, 3), 5))
    pairs = hall.meeting.sampling.samples[-1].pairs
    for at, (pair, drawn) in enumerate(list(pairs.items())[: 5 if last else 4]):
        question = hall.meeting.questions.question(pair.question)
        hands = dict.fromkeys(question.options, 9 if at < wrong else 0)
        if at >= wrong:
            now = question.round(pair.round)
            assert now is not None
            for option, n in recorded(now, drawn.seats).items():
                hands[OptionId(option)] = n
        hall.do(hall.manager, c.EnterHands(*pair, hands))
    hall.do(hall.organiser, c.CloseMeeting())
    return hall
