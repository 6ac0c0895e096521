"""A meeting and the naive model side by side: both get the same commands, and are compared after each."""

from collections import Counter
from copy import deepcopy
from functools import cache
from random import Random
from typing import Any, NamedTuple

from app.core import commands as c
from app.core.capability import Capability, Given, KeptBallot
from app.core.commands import Channel
from app.core.errors import Refusal
from app.core.events import AnyEvent, BallotCast, BallotWithdrawn, TextRedacted, VotingOpened
from app.core.ids import CommandId, KeypadId, QuestionId, Round, SeatId, Voter
from app.core.meeting import Meeting
from app.core.questions import RoundState
from app.core.receipts import Accepted
from app.core.roster import pad
from app.log.chain import erase_in
from app.log.codec import decode, encode
from tests.builders import (
    LEAD,
    MORNING_MS,
    RECEIVER,
    SERVER,
    area_manager,
    facilitator,
    keyed,
    made,
    participant,
)
from tests.core import (  # noqa: F401  (they add their rules)
    naive_floor,
    naive_ideas,
    naive_redaction,
    naive_rounds,
    naive_sample,
    naive_stage,
)
from tests.core.askers import asker
from tests.core.asking import ASK, choices
from tests.core.deep import differences, picture
from tests.core.naive_check import check
from tests.core.naive_model import World, epoch_of
from tests.core.naive_votes import open_question, recounted, standing_ballots
from tests.core.pick import Pick, Rolled

DESK = [
    *["write_idea", "create_theme", "file_idea", "quote_idea", "undo_act", "merge_themes", "publish_themes"],
    *["rename_theme", "unfile_idea", "order_themes", "redact_text", "make_question", "revise_idea"],
    *["write_idea", "create_theme", "file_idea", "unquote_idea", "withdraw_idea"],
]
VOTE = [
    *["cast_ballot", "cast_ballot", "press_key", "press_key", "withdraw_ballot", "ask_more_time"],
    *["cast_paper_ballot", "join_seat", "join_seat", "confirm_takeover", "close_voting", "extend_voting"],
    *["give_more_time", "finish_voting", "take_back", "void_round", "confirm_void"],
]
SELDOM = ("prepare_meeting", "start_meeting", "close_meeting", "archive_meeting")


class Copy(NamedTuple):
    """A backup of a meeting and of the model beside it."""

    events: list[AnyEvent]
    lines: list[bytes]
    read: list[Any]
    world: World
    sent: list[tuple[c.AnyCommand, Given, int]]


class Pair:
    """A meeting and the model beside it: gives both the same commands and compares them."""

    def __init__(self, pick: Pick) -> None:
        self.pick = pick
        self.meeting = Meeting()
        self.world = World()
        self.now = MORNING_MS
        self.events: list[AnyEvent] = []
        self.lines: list[bytes] = []
        self.read: list[Any] = []
        self.sent: list[tuple[c.AnyCommand, Given, int]] = []
        self.seen = picture(self.meeting)
        self.accepted: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.backups: list[Copy] = []

    def ask(self, name: str) -> None:
        """Somebody gives this command."""
        command = ASK[name](self.pick, self.world)
        self.give(command, asker(self.pick, self.world, command))

    def give(self, command: c.AnyCommand, by: Capability) -> None:
        self.now += self.pick.of([0, 1, 700, 2500, 6000])
        given = self.given(command, by)
        decided = self.meeting.decide(command, given)
        self.unchanged("deciding changes nothing")
        reasons = self.world.ask(command, given)
        name = c.command_name(type(command))
        if isinstance(decided, Refusal):
            assert decided.code in reasons, f"{command} by {by}: {decided}, the model says {reasons or 'yes'}"
            self.refused[decided.code] += 1
            self.unchanged("a refusal changes nothing")
        else:
            assert not reasons, f"{command} by {by} was accepted, the model says {reasons}"
            self.accepted[name] += 1
            self.take(command, given, decided)
        check(self.meeting, self.world)

    def unchanged(self, why: str) -> None:
        seen = picture(self.meeting)
        assert seen == self.seen, f"{why}: {differences(seen, self.seen)[:3]}"

    def given(self, command: c.AnyCommand, by: Capability) -> Given:
        id_ = self.pick_id()
        extra: dict[str, Any] = {}
        if isinstance(command, c.RecoverBallot) and (kept := self.world.ever.kept.get(command.blob)):
            id_ = id_ if self.pick.unlikely(3) else kept.command
            extra["kept"] = kept
        if (about := self.meeting.anonymous(command)) is not None:
            extra["voter"] = Voter(keyed("voter", *about))
            extra["voter_command"] = CommandId("cmd_" + keyed("command", *about[:2], id_))
        if isinstance(command, c.ShowResults) and command.question in self.world.questions:
            number = len(self.world.questions[command.question]["rounds"])
            right = recounted(standing_ballots(self.world, command.question, number))
            extra["recount"] = self.pick.of([None, right | {"a": 99}]) if self.pick.unlikely() else right
        older = self.pick.of([True, False]) if isinstance(command, c.JoinSeat) else False
        return Given(self.now, by, CommandId(id_), bytes(32), older_connected=older, **extra)

    def pick_id(self) -> str:
        self.pick._made += 1
        return str(made("cmd", self.pick._made))

    def take(self, command: c.AnyCommand, given: Given, events: tuple[AnyEvent, ...]) -> None:
        first = len(self.events) + 1
        for index, event in enumerate(events):
            self.events.append(event)
            self.lines.append(encode(event, given.salt, index).line)
            self.read.append(decode(self.lines[-1]))
            assert self.read[-1] == event
            self.meeting.apply(len(self.events), event)
            if isinstance(event, TextRedacted):
                self.erase(event)
        first = self.meeting.told(first, events[0])
        self.sent.append((command, given, first))
        self.keep(events[-1])
        self.seen = picture(self.meeting)
        for other in (folded(self.events), folded(self.read)):
            assert picture(other) == self.seen, differences(picture(other), self.seen)[:3]
            assert other.answered(command, given) == self.meeting.answered(command, given) == Accepted(first)

    def keep(self, event: AnyEvent) -> None:
        """A device keeps what it was told is saved; nothing of an anonymous vote."""
        if not isinstance(event, BallotCast | BallotWithdrawn) or event.by is None:
            return
        assert event.voter is not None
        assert event.command is not None
        self.world.ever.kept[event.command] = KeptBallot(
            self.world.epoch, len(self.events), event.site, event.question, event.round,
            self.world.questions[event.question]["rounds"][event.round - 1]["opening"], SeatId(event.voter),
            event.choices if isinstance(event, BallotCast) else None, event.channel, event.at_ms, event.table,
            event.by, event.command, event.keypad, event.sequence,
        )  # fmt: skip

    def copy(self) -> Copy:
        """Everything as it is: a backup."""
        return Copy(
            list(self.events), list(self.lines), list(self.read), deepcopy(self.world), list(self.sent)
        )

    def take_back(self, copy: Copy) -> None:
        """The log is lost, and what goes on is an older copy of it, as another history."""
        self.world.ever.epochs += 1
        self.events, self.lines, self.read = list(copy.events), list(copy.lines), list(copy.read)
        self.world, self.sent = deepcopy(copy.world), list(copy.sent)
        self.meeting = folded(self.events)
        self.seen = picture(self.meeting)
        check(self.meeting, self.world)
        self.give(c.RestoreLog(epoch_of(self.world), self.world.epoch), SERVER)

    def back_up(self) -> None:
        """Take a backup; the last few are kept."""
        self.backups = [*self.backups[-3:], self.copy()]

    def lose_the_disk(self) -> None:
        """A restore of some backup; devices bring back what they hold, also after the close and the show."""
        self.take_back(self.pick.of(self.backups))
        for _ in range(self.pick.number(0, 3)):
            self.ask("recover_ballot")
        question = open_question(self.world)
        if question is None or self.pick.unlikely(40):
            return
        id_, number = QuestionId(question), Round(len(self.world.questions[question]["rounds"]))
        for end, by in ((c.FinishVoting(id_, number), SERVER), (c.ShowResults(id_), LEAD)):
            self.give(end, by)
            for _ in range(self.pick.number(0, 4)):
                self.ask("recover_ballot")

    def erase(self, event: TextRedacted) -> None:
        for offset, part in event.erased:
            self.lines[offset - 1] = erase_in(self.lines[offset - 1] + b"\n", 0, part)[:-1]
            self.read[offset - 1] = decode(self.lines[offset - 1])
        if event.of == "idea":
            gone = f"words of {event.of_id}".encode()
            assert not any(gone in line for line in self.lines), (
                "the words are gone wherever they were copied"
            )
            assert gone.decode() not in repr(picture(self.meeting)), "the words are gone from memory"

    def send_again(self) -> None:
        """A copy of an accepted command comes once more."""
        if not self.sent:
            return
        command, given, first = self.pick.of(self.sent)
        answer = self.meeting.answered(command, given)
        event = self.events[first - 1]
        if given.voter_command is not None and isinstance(event, VotingOpened):
            now = self.meeting.questions.questions[event.question].round(event.round)
            if now is not None and now.state is not RoundState.OPEN:
                assert answer is None, "after the close nobody can tell"
                return
        assert answer == Accepted(first), (command, answer)
        self.unchanged("a copy changes nothing")

    def rush(self, question: str) -> None:
        """A question is opened, seats vote in every way there is, it is closed and perhaps shown."""
        id_ = QuestionId(question)
        self.give(c.OpenVoting(id_, 0, ("en", "th")), LEAD)
        number = Round(len(self.world.questions[question]["rounds"]))
        if self.pick.unlikely():
            self.give(c.TakeBack(id_), LEAD)
        standings = self.world.questions[question]["rules"].standings
        may = [s for s, x in self.world.seats.items() if x["standing"] in standings]
        for seat in self.pick.some(self.world.seats if self.pick.unlikely() else may, 8):
            self.vote(id_, number, SeatId(seat))
            if self.pick.unlikely(10):
                self.back_up()
        if self.pick.unlikely(30):
            return
        self.give(c.FinishVoting(id_, number), SERVER)
        if not self.pick.unlikely(30):
            self.give(c.ShowResults(id_), LEAD)

    def vote(self, id_: QuestionId, number: Round, seat: SeatId) -> None:
        """A seat takes a keypad, if it has not, and votes with it."""
        way = self.pick.of(["phone", "phone", "handset", "pad", "paper"])
        table = self.world.seats[seat]["table"]
        said = choices(self.pick, self.world, id_)
        bound = self.world.seats[seat]["keypad"]
        if way == "phone":
            if bound != participant(seat).device:
                self.give(c.JoinSeat(seat), participant(seat))
            if self.pick.unlikely(20):
                self.give(c.AskMoreTime(id_, seat), participant(seat))
            self.give(c.CastBallot(id_, number, seat, said), participant(seat))
            if self.pick.unlikely(20):
                self.give(c.WithdrawBallot(id_, number, seat), participant(seat))
        elif way == "pad":
            by = facilitator(table)
            self.give(c.BindKeypad(seat, pad(by.device, seat), Channel.LAPTOP), by)
            self.give(c.CastBallot(id_, number, seat, said), by)
        elif way == "handset":
            keypad = KeypadId(f"handset{seat}")
            if bound != keypad:
                self.give(c.BindKeypad(seat, keypad, Channel.HANDSET), facilitator(table))
            for _ in range(self.pick.number(1, 4)):
                sequence = self.world.sequences.get(keypad, 0) + 1
                self.give(c.PressKey(keypad, self.pick.of(list("1230")), sequence), RECEIVER)
        else:
            self.give(c.CastPaperBallot(id_, number, seat, said), area_manager(table))


def folded(events: list[Any]) -> Meeting:
    """The meeting that these events make."""
    meeting = Meeting()
    for offset, event in enumerate(events, start=1):
        meeting.apply(offset, event)
    return meeting


@cache
def walk(seed: int, steps: int, losses: float = 0.03) -> Pair:
    """A long day by seeded dice: everything in turn, votes in between, the end at the end.

    `losses` is how probable it is at each step that the disk is lost.
    """
    dice = Random(seed)
    pair = Pair(Rolled(dice))
    daily = [name for name in ASK if name not in SELDOM]
    pair.ask("archive_meeting")
    while pair.world.phase == "new":
        pair.ask("prepare_meeting")
    for _ in range(10):
        pair.ask(dice.choice(daily))
    while pair.world.phase == "prepared":
        pair.ask("start_meeting")
    pair.back_up()
    for _ in range(steps):
        voting = open_question(pair.world) is not None
        if dice.random() < 0.05:
            pair.send_again()
        elif dice.random() < losses:
            pair.lose_the_disk()
        elif voting and dice.random() < 0.5:
            pair.ask(dice.choice(VOTE))
        elif not voting and dice.random() < 0.1:
            planned = [i for i, q in pair.world.questions.items() if q["rounds"][-1]["state"] == "planned"]
            pair.rush(dice.choice(planned or list(pair.world.questions)))
        else:
            pair.ask(dice.choice([*daily, *DESK]))
    while (question := open_question(pair.world)) is not None:
        number = Round(len(pair.world.questions[question]["rounds"]))
        pair.give(c.FinishVoting(QuestionId(question), number), SERVER)
    for end in ("closed", "archived"):
        while pair.world.phase != end:
            pair.ask("close_meeting" if end == "closed" else "archive_meeting")
        for name in ("redact_text", "record_erratum", "record_response", dice.choice(daily)):
            pair.ask(name)
    return pair
