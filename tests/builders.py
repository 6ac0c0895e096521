"""Short builders for tests: a small plan, who asks, and a day that decides and applies."""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from itertools import count
from typing import Any

from app.core import commands as c
from app.core import planned as p
from app.core.capability import Capability, Given, KeptBallot, Role
from app.core.errors import Refusal
from app.core.events import AnyEvent
from app.core.ids import (
    CapabilityId,
    CommandId,
    ItemId,
    KeypadId,
    MeetingId,
    OptionId,
    QuestionId,
    Round,
    ScreenId,
    SeatId,
    SiteId,
    TableId,
    Text,
    Voter,
)
from app.core.meeting import Meeting
from app.core.planned import Kind, Standing
from app.core.receipts import Accepted
from app.core.rights import RIGHTS
from app.core.roster import pad

MORNING_MS = 1_800_000_000_000
_ids = count(1)


def made(prefix: str, number: int | None = None) -> Any:
    """An id as a client makes it; another one at every call without a number."""
    return f"{prefix}_{next(_ids) if number is None else number:032x}"


def words(text: str) -> Text:
    """One wording in both languages."""
    return {"en": text, "th": text}


# --- the plan ------------------------------------------------------------------------------


def options(*names: str, exclusive: Iterable[str] = ()) -> tuple[p.PlannedOption, ...]:
    """Options whose ids are their words."""
    return tuple(p.PlannedOption(OptionId(name), words(name), name in exclusive) for name in names)


def steps(*values: int) -> tuple[p.ScaleStep, ...]:
    """A scale of these values."""
    return tuple(p.ScaleStep(value, words(str(value))) for value in values)


def question(
    id_: str, kind: Kind, *names: str, exclusive: Iterable[str] = (), **rules: Any
) -> p.PlannedQuestion:
    """A planned question with options of these names; rules by name."""
    if kind is Kind.YES_NO:
        names = p.YES_NO_IDS
    return p.PlannedQuestion(
        QuestionId(id_),
        words(id_),
        p.QuestionRules(kind, **rules),
        options(*names, exclusive=exclusive),
        steps(1, 0, -1) if kind is Kind.RATING else (),
        ItemId("place"),
    )


QUESTIONS = (
    question("pick", Kind.PICK_ONE, "a", "b", "c"),
    question("several", Kind.PICK_UP_TO, "a", "b", "c", "none", choices_max=2, exclusive=["none"]),
    question("approve", Kind.APPROVE, "a", "b", "c"),
    question("yesno", Kind.YES_NO),
    question("rate", Kind.RATING, "a", "b"),
    question("number", Kind.NUMBER, number_min=0, number_max=10),
    question("age", Kind.DEMOGRAPHIC, "young", "old", purpose=p.Purpose.DEMOGRAPHIC),
    question("secret", Kind.PICK_ONE, "a", "b", anonymous=True),
    question("once", Kind.PICK_ONE, "a", "b", first_only=True),
    question("live", Kind.PICK_ONE, "a", "b", visibility=p.Visibility.LIVE),
)

_SEATS = {
    "1": (Standing.CITIZEN, Standing.CITIZEN, Standing.PARTY),
    "2": (Standing.CITIZEN, Standing.CITIZEN, Standing.OFFICIAL),
    "3": (Standing.CITIZEN, Standing.VIEWER),
}


def small_plan(**changes: Any) -> p.PlannedMeeting:
    """Two halls, three tables, eight seats, three items, a question of each kind."""
    plan = p.PlannedMeeting(
        title=words("City meeting"),
        languages=("en", "th"),
        date="2026-03-01",
        time_zone="Asia/Bangkok",
        level=p.Level.INVOLVE,
        recruitment=p.Recruitment.DRAWN,
        sites=(p.PlannedSite(SiteId("hall"), words("Hall")), p.PlannedSite(SiteId("annex"), words("Annex"))),
        tables=tuple(
            p.PlannedTable(TableId(t), SiteId("annex" if t == "3" else "hall"), seats_max=4) for t in _SEATS
        ),
        seats=tuple(
            p.PlannedSeat(
                SeatId(f"{t}-{n}"), TableId(t), standing, "business" if standing is Standing.PARTY else None
            )
            for t, standings in _SEATS.items()
            for n, standing in enumerate(standings, start=1)
        ),
        agenda=(
            p.PlannedItem(ItemId("place"), words("Place"), 60, takes_ideas=True),
            p.PlannedItem(ItemId("people"), words("People"), 45, takes_ideas=True),
            p.PlannedItem(ItemId("lunch"), words("Lunch"), 30),
        ),
        questions=QUESTIONS,
        screens=(ScreenId("main"), ScreenId("left")),
    )
    return replace(plan, **changes)


def big_plan(seats: int, *questions: p.PlannedQuestion, at_table: int = 10) -> p.PlannedMeeting:
    """A hall of citizens at tables of ten: seat `3-7` is the seventh of table 3."""
    tables = range(1, -(-seats // at_table) + 1)
    places = [(f"{n // at_table + 1}", n % at_table + 1) for n in range(seats)]
    return small_plan(
        sites=(p.PlannedSite(SiteId("hall"), words("Hall")),),
        tables=tuple(p.PlannedTable(TableId(str(t)), SiteId("hall")) for t in tables),
        seats=tuple(p.PlannedSeat(SeatId(f"{t}-{n}"), TableId(t)) for t, n in places),
        questions=questions,
    )


# --- who asks ------------------------------------------------------------------------------


def capability(
    role: Role, *, tables: Iterable[str] = (), seat: str | None = None, device: str = "", name: str = ""
) -> Capability:
    """Somebody with this role; the same words give the same capability."""
    scope = tuple(TableId(t) for t in tables)
    id_ = name or "-".join([role.value.replace("_", ""), *scope, *([seat] if seat else []), device]).strip(
        "-"
    )
    return Capability(
        CapabilityId(id_), role, KeypadId(device), scope, SeatId(seat) if seat is not None else None
    )


ORGANISER = capability(Role.ORGANISER)
LEAD = capability(Role.LEAD_FACILITATOR)
STAGE_MANAGER = capability(Role.STAGE_MANAGER)
STAGE = capability(Role.STAGE)
THEME_LEADER = capability(Role.THEME_LEADER)
THEME_MEMBER = capability(Role.THEME_MEMBER, name="ann")
OTHER_MEMBER = capability(Role.THEME_MEMBER, name="ben")
EXPERT = capability(Role.EXPERT)
VIEWER = capability(Role.VIEWER)
SCREEN = capability(Role.SCREEN)
RECEIVER = capability(Role.RECEIVER)
SERVER = capability(Role.SERVER)


def area_manager(*tables: str) -> Capability:
    """The manager of a block of tables."""
    return capability(Role.AREA_MANAGER, tables=tables)


def facilitator(table: str, laptop: str = "") -> Capability:
    """The facilitator of a table, at its first laptop or at the one named."""
    return capability(Role.TABLE_FACILITATOR, tables=[table], device=laptop or f"laptop{table}")


def participant(seat: str, phone: str = "") -> Capability:
    """Somebody at a seat, with their first phone or with the one named."""
    return capability(Role.PARTICIPANT, seat=seat, device=phone or f"phone{seat}")


def usual(command: c.Command) -> Capability:
    """Who gives this command on a usual day, where no table or seat decides it."""
    row = RIGHTS[c.command_name(type(command))]
    for each in (ORGANISER, SERVER, RECEIVER):
        if each.role in row:
            return each
    raise AssertionError(f"say who gives {command}")


# --- the day -------------------------------------------------------------------------------


class Day:
    """A meeting with its log and a clock: decides, applies, and shows the events.

    `log` holds the salt of each event's command, its number in the command, and the event.
    """

    def __init__(self, plan: p.PlannedMeeting | None = None, *, started: bool = True) -> None:
        self.meeting = Meeting()
        self.log: list[tuple[bytes, int, AnyEvent]] = []
        self.now = MORNING_MS
        self.connected = False
        self.do(c.PrepareMeeting(MeetingId("day"), plan or small_plan()))
        if started:
            self.do(c.StartMeeting())

    def tick(self, ms: int) -> None:
        """Let time pass."""
        self.now += ms

    def given(self, command: c.AnyCommand, by: Capability | None = None, **more: Any) -> Given:
        """What the edge adds to a command, as the server's edge would find it out."""
        id_ = more.pop("id_", None) or made("cmd")
        extra: dict[str, Any] = {"older_connected": self.connected}
        if (about := self.meeting.anonymous(command)) is not None:
            question, number, seat = about
            extra["voter"] = Voter(keyed("voter", question, number, seat))
            extra["voter_command"] = CommandId("cmd_" + keyed("command", question, number, id_))
        extra |= more
        salt = hashlib.sha256(id_.encode()).digest()
        return Given(self.now, by or usual(command), CommandId(id_), salt, **extra)

    def ask(self, command: c.AnyCommand, by: Capability | None = None, **more: Any) -> Refusal | None:
        """Decide, and apply what follows; the refusal if there is one."""
        given = self.given(command, by, **more)
        decided = self.meeting.decide(command, given)
        if isinstance(decided, Refusal):
            return decided
        self.take(decided, given)
        return None

    def take(self, events: tuple[AnyEvent, ...], given: Given) -> None:
        """Apply what was decided, as the batch does once it is durable."""
        assert events, "an accepted command makes at least one event"
        for index, event in enumerate(events):
            self.log.append((given.salt, index, event))
            self.meeting.apply(len(self.log), event)

    def do(self, command: c.AnyCommand, by: Capability | None = None, **more: Any) -> tuple[AnyEvent, ...]:
        """Give a command that must be accepted; its events."""
        before = len(self.log)
        refusal = self.ask(command, by, **more)
        assert refusal is None, f"{command} was refused: {refusal}"
        return tuple(event for _, _, event in self.log[before:])

    def kept(
        self, question: str, seat: str, *choices: str, epoch: str = "epoch-1", **more: Any
    ) -> KeptBallot:
        """What a device holds of a ballot that was acknowledged in a history that was lost."""
        now = self.meeting.questions.question(QuestionId(question)).now
        said: dict[str, Any] = {"choices": choices, "channel": c.Channel.PHONE, "offset": 1_000} | more
        return KeptBallot(
            epoch=epoch, site=SiteId("hall"), question=QuestionId(question), round=now.number,
            opening=said.pop("opening", now.opening), voter=SeatId(seat), at_ms=self.now,
            table=TableId(seat.partition("-")[0]), by=participant(seat).author,
            command=CommandId(made("cmd")), **said,
        )  # fmt: skip

    def refused(self, command: c.AnyCommand, by: Capability | None = None, **more: Any) -> Refusal:
        """Give a command that must be refused; the refusal."""
        before = len(self.log)
        refusal = self.ask(command, by, **more)
        assert refusal is not None, f"{command} was accepted: {self.log[before:]}"
        return refusal

    def again(
        self, command: c.AnyCommand, by: Capability | None = None, **more: Any
    ) -> Accepted | Refusal | None:
        """What the meeting remembers of a command that is sent again; say its id with `id_=`."""
        return self.meeting.answered(command, self.given(command, by, **more))

    def replayed(self) -> Meeting:
        """The meeting folded anew from the whole log."""
        meeting = Meeting()
        for offset, (_, _, event) in enumerate(self.log, start=1):
            meeting.apply(offset, event)
        return meeting

    # --- what tests do all the time ---

    def join(self, seat: str, phone: str = "") -> Capability:
        """A phone joins its seat; who holds it."""
        by = participant(seat, phone)
        self.do(c.JoinSeat(SeatId(seat)), by)
        return by

    def bind_pad(self, seat: str) -> Capability:
        """The table's laptop takes the seat; its facilitator."""
        by = facilitator(self.meeting.roster.seats[SeatId(seat)].table)
        self.do(c.BindKeypad(SeatId(seat), pad(by.device, SeatId(seat)), c.Channel.LAPTOP), by)
        return by

    def bind_handset(self, seat: str, handset: str = "") -> KeypadId:
        """A handset takes the seat; its keypad."""
        keypad = KeypadId(handset or f"handset{seat}")
        self.do(c.BindKeypad(SeatId(seat), keypad, c.Channel.HANDSET))
        return keypad

    def open(self, id_: str, seconds: int = 0) -> None:
        """Open the vote."""
        self.do(c.OpenVoting(QuestionId(id_), seconds))

    def ballot(self, id_: str, seat: str, *chosen: str, values: Any = None) -> c.CastBallot:
        """A ballot of a seat for the question's last round."""
        number = self.meeting.questions.questions[QuestionId(id_)].now.number
        return c.CastBallot(QuestionId(id_), number, SeatId(seat), chosen if values is None else values)

    def cast(self, id_: str, seat: str, *chosen: str, values: Any = None) -> tuple[AnyEvent, ...]:
        """The seat's phone votes; it joins first where it has not."""
        who = participant(seat)
        if self.meeting.roster.seats[SeatId(seat)].keypad != who.device:
            self.join(seat)
        return self.do(self.ballot(id_, seat, *chosen, values=values), who)

    def close(self, id_: str) -> tuple[AnyEvent, ...]:
        """The server closes the vote."""
        number = self.meeting.questions.questions[QuestionId(id_)].now.number
        return self.do(c.FinishVoting(QuestionId(id_), number))

    def show(self, id_: str) -> tuple[AnyEvent, ...]:
        """Show the result; the second counter counts the same."""
        return self.do(c.ShowResults(QuestionId(id_)), recount=self.recounted(id_))

    def recounted(self, id_: str) -> dict[str, int]:
        """What the second counter says of the last round: counts by cell, and under "" the ballots."""
        now = self.meeting.questions.questions[QuestionId(id_)].now
        return {"": len(now.ballots), **self.counts(id_)} if now.ballots else {}

    def counts(self, id_: str, number: int | None = None) -> dict[str, int]:
        """Counts by cell of a round, the last if none is named."""
        q = self.meeting.questions.questions[QuestionId(id_)]
        now = q.now if number is None else q.round(Round(number))
        assert now is not None
        return dict(now.tally.cells)


def keyed(*parts: object) -> str:
    """A keyed hash in the shape that the edge gives it."""
    return hashlib.sha256("\0".join(["key", *map(str, parts)]).encode()).hexdigest()[:32]
