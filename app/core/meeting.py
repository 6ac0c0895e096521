"""The meeting: hands a command or an event to its subject, and holds them all together.

How this works. `decide` looks at the state and gives events or a refusal; it
changes nothing. `apply` folds one event into the state, in the order of the
log, and tells which topics it touched, so that views need not be searched.
The state is mutable inside; nothing outside holds its insides but `views.py`,
which copies out.

    prepared ──start──▶ running ──close──▶ closed ──archive──▶ archived
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple, get_args

from app.core import by_hand, drafting, recovery, redaction, rights, wording
from app.core import commands as c
from app.core import events as e
from app.core.acts import Acts
from app.core.agenda import Agenda
from app.core.capability import Given
from app.core.errors import Refusal
from app.core.ideas import Ideas
from app.core.ids import MeetingId, QuestionId, Round, SeatId, Text, ThemeId, is_made_id
from app.core.planned import PlannedMeeting
from app.core.questions import Questions, RoundState
from app.core.receipts import Accepted, Receipts
from app.core.roster import Roster
from app.core.sample import Sampling
from app.core.stage import Stage
from app.core.themes import Themes
from app.core.voting import Voting


class Phase(StrEnum):
    """Where the whole meeting stands. `new` is before its plan was taken."""

    NEW = "new"
    PREPARED = "prepared"
    RUNNING = "running"
    CLOSED = "closed"
    ARCHIVED = "archived"


BEFORE_START = (
    c.PrepareMeeting,
    c.StartMeeting,
    c.JoinSeat,
    c.BindKeypad,
    c.ReleaseKeypad,
    c.ConfirmTakeover,
    c.MarkPresent,
    c.MarkLeft,
    c.AddSeat,
    c.MoveSeat,
    c.CountHeads,
    c.ExtendItem,
    c.SkipItem,
    c.MoveItem,
    c.AddItem,
    c.DraftQuestion,
    c.ReviseQuestion,
    c.TakeScene,
    c.StartTimer,
    c.StopTimer,
    c.SendMessage,
    c.CallHelp,
    c.AnswerHelp,
    c.CloseHelp,
    c.AssignTables,
    c.RedactText,
    c.RecoverBallot,
)
BY_HAND = frozenset(
    {
        e.QuestionDrafted, e.QuestionRevised, e.ItemAdded, e.ItemSkipped, e.ItemExtended, e.ItemMoved,
        e.SeatAdded, e.SeatMoved,
    }
)  # fmt: skip
"""What changes a prepared meeting beyond its plan: another plan would silently undo it."""

AFTER_CLOSE = (c.ArchiveMeeting, c.RecordErratum, c.RecordResponse, c.RedactText, c.RecoverBallot)
"""What each phase takes; running takes all but the starting, preparing and archiving."""

# Named here, for `A | B` in a function is made again at every call.
_VotingEvent = e.BallotEvent | e.RoundEvent
_Ending = e.VotingClosed | e.RoundVoided
_ROSTER = frozenset(get_args(e.RosterEvent))
_NOT_WHILE_RUNNING = {
    c.PrepareMeeting: "meeting_already_prepared",
    c.StartMeeting: "meeting_already_started",
    c.ArchiveMeeting: "meeting_not_closed",
}


class Close(NamedTuple):
    """The chain's head after a close of a vote, short enough to be compared: eight digits, and two words."""

    offset: int
    code: str
    words: Mapping[str, str]


class Meeting:
    """The whole event as the log tells it."""

    def __init__(self) -> None:
        self.id: MeetingId | None = None
        self.plan: PlannedMeeting | None = None
        self.changed_by_hand = False
        self._spoken: dict[str, None] = {}
        self.phase = Phase.NEW
        self.offset = 0
        self.started_at_ms: int | None = None
        self.closed_at_ms: int | None = None
        self.last_at_ms = 0
        self.roster = Roster()
        self.agenda = Agenda()
        self.questions = Questions()
        self.voting = Voting(self.questions, self.roster)
        self.sampling = Sampling(self.questions, self.roster)
        self.ideas = Ideas()
        self.themes = Themes()
        self.stage = Stage()
        self.errata: list[tuple[int, QuestionId | None, Text | None, Round | None]] = []
        self.responses: list[tuple[int, ThemeId | None, Text | None]] = []
        self.redactions: list[e.TextRedacted] = []
        self.acts = Acts()
        self.typed = redaction.Typed()
        self.restores: list[e.LogRestored] = []
        self.unplaced: list[e.BallotUnplaced] = []
        self.receipts = Receipts()
        self.closes: dict[tuple[QuestionId, Round], Close] = {}
        """The chain's head after each close of a vote, as whoever keeps the log tells it (`witness`)."""

    # --- decide ------------------------------------------------------------------------

    def answered(self, command: c.AnyCommand, given: Given) -> Accepted | Refusal | None:
        """The answer of a command id that was accepted before, or `None` for a new one.

        An accepted command sent again has the same answer for ever; the same id with other
        content is refused id_reused.
        """
        for key in (given.command, given.voter_command):
            if key in self.receipts:
                assert key is not None
                try:
                    again = wording.tidy(command, tuple(self._spoken))
                except Refusal:
                    return Refusal("id_reused")
                if not self.receipts.same(key, again, given):
                    return Refusal("id_reused")
                offset = self.receipts.offset(key)
                assert offset is not None
                return Accepted(offset)
        return None

    def decide(self, command: c.AnyCommand, given: Given) -> tuple[e.AnyEvent, ...] | Refusal:
        """What follows from a command: at least one event, or the refusal. Changes nothing."""
        try:
            return self._decide(command, given)
        except Refusal as refusal:
            return refusal

    @property
    def languages(self) -> tuple[str, ...]:
        """The meeting's languages, first one first."""
        return self.plan.languages if self.plan else ()

    def _decide(self, command: c.AnyCommand, given: Given) -> tuple[e.AnyEvent, ...]:
        if not is_made_id("cmd", given.command):
            raise Refusal("bad_id", field="id")
        if given.command in self.receipts or given.voter_command in self.receipts:
            raise Refusal("id_reused")
        if refused := rights.may(given.by, command, self):
            raise refused
        self._in_phase(command)
        command = wording.tidy(command, self.languages)
        if isinstance(command, c.BallotCommand):
            return self.voting.decide_ballot(command, given)
        if isinstance(command, c.RecoveryCommand):
            return recovery.decide(self, command, given)
        if isinstance(command, c.MeetingCommand):
            return self._decide_meeting(command, given)
        return self._decide_subject(command, given)

    def _decide_meeting(self, command: c.MeetingCommand, given: Given) -> tuple[e.AnyEvent, ...]:
        act = given.act
        match command:
            case c.PrepareMeeting():
                return (self._prepared(command, given),)
            case c.StartMeeting():
                return (e.MeetingStarted(**act),)
            case c.CloseMeeting():
                if self.questions.open is not None:
                    raise Refusal("voting_still_open", question=self.questions.open)
                return (e.MeetingClosed(**act),)
            case c.ArchiveMeeting():
                return (e.MeetingArchived(**act),)
            case c.RecordErratum():
                question = None if command.question is None else self.questions.question(command.question).id
                return (e.ErratumRecorded(**act, question=question, text=command.text),)
            case c.RecordResponse():
                theme = None if command.theme is None else self.themes.theme(command.theme).id
                return (e.ResponseRecorded(**act, theme=theme, text=command.text),)
            case c.RedactText():
                parts = redaction.parts_of(self, command)
                return (e.TextRedacted(**act, of=command.of, of_id=command.of_id, erased=parts),)
            case c.RestoreLog():
                epoch, before, reason = command.epoch, command.before, command.reason
                return (e.LogRestored(**act, epoch=epoch, before=before, reason=reason),)

    def _prepared(self, command: c.PrepareMeeting, given: Given) -> e.MeetingPrepared | e.PlanReplaced:
        if self.phase is Phase.NEW:
            return e.MeetingPrepared(**given.act, meeting=command.meeting, plan=command.plan)
        if command.meeting != self.id:
            raise Refusal("meeting_already_prepared")
        if self.changed_by_hand:
            raise Refusal("plan_changed_by_hand")
        return e.PlanReplaced(**given.act, meeting=command.meeting, plan=command.plan)

    def _decide_subject(
        self,
        command: c.RosterCommand
        | c.AgendaCommand
        | c.DraftCommand
        | c.RoundCommand
        | c.SampleCommand
        | c.IdeaCommand
        | c.ThemeCommand
        | c.StageCommand,
        given: Given,
    ) -> tuple[e.AnyEvent, ...]:
        if isinstance(command, c.RosterCommand):
            voted = self.questions.voted_in_open(getattr(command, "seat", ""))
            return self.roster.decide(command, given, voted=voted)
        if isinstance(command, c.AgendaCommand):
            return self.agenda.decide(command, given)
        if isinstance(command, c.DraftCommand):
            item = getattr(command, "item", None)
            if item is not None:
                self.agenda.item(item)
            return drafting.decide(self.questions, command, given, ideas=self.ideas, themes=self.themes)
        if isinstance(command, c.RoundCommand):
            return self.voting.decide(command, given)
        if isinstance(command, c.SampleCommand):
            return self.sampling.decide(command, given)
        if isinstance(command, c.IdeaCommand):
            return self.ideas.decide(command, given, roster=self.roster, agenda=self.agenda)
        if isinstance(command, c.ThemeCommand):
            return self.themes.decide(
                command, given, ideas=self.ideas, agenda=self.agenda, roster=self.roster
            )
        return self.stage.decide(
            command,
            given,
            questions=self.questions,
            themes=self.themes,
            agenda=self.agenda,
            roster=self.roster,
            sampled=self.sampling.counted is not None,
        )

    def _in_phase(self, command: c.AnyCommand) -> None:
        if self.phase is Phase.RUNNING:
            if refused := _NOT_WHILE_RUNNING.get(type(command)):
                raise Refusal(refused)
            return
        if isinstance(command, c.RestoreLog) and self.phase is not Phase.NEW:
            return
        match self.phase:
            case Phase.NEW:
                if not isinstance(command, c.PrepareMeeting):
                    raise Refusal("meeting_not_prepared")
            case Phase.PREPARED:
                if not isinstance(command, BEFORE_START):
                    raise Refusal("meeting_not_running")
            case Phase.CLOSED:
                if not isinstance(command, AFTER_CLOSE):
                    raise Refusal("meeting_closed")
            case Phase.ARCHIVED:
                if not isinstance(command, c.RedactText):
                    raise Refusal("meeting_archived")

    def anonymous(self, command: c.AnyCommand) -> tuple[QuestionId, Round, SeatId] | None:
        """The (question, round, seat) whose key the edge must use, if the command is about an anonymous one.

        Only ballots, withdrawals, presses and calls for more time are; for any other command, for a
        seat or question that does not exist, and for other questions: `None`.
        """
        if not isinstance(command, c.BallotCommand):
            return None
        if isinstance(command, c.PressKey):
            seat = self.roster.keypads.get(command.keypad)
            question = command.question or self.questions.open
        else:
            seat, question = command.seat, command.question
        q = self.questions.questions.get(question) if question is not None else None
        if q is None or seat is None or not q.rules.anonymous or seat not in self.roster.seats:
            return None
        return q.id, getattr(command, "round", None) or q.now.number, seat

    def told(self, offset: int, event: e.AnyEvent) -> int:
        """The offset that the answer to a command names.

        Of an anonymous ballot it is the opening's: its own would be a receipt that leads back to it.
        """
        if isinstance(event, e.BallotEvent):
            q = self.questions.questions[event.question]
            if q.rules.anonymous:
                return q.rounds[event.round - 1].opened_offset
        return offset

    @property
    def epoch(self) -> str | None:
        """The history that goes on, as the record says it; `None` while it is the first."""
        return self.restores[-1].epoch if self.restores else None

    def due(self, at_ms: int) -> list[c.RoundCommand]:
        """What the server itself must ask for now, because a time is up."""
        return self.voting.due(at_ms)

    # --- apply -------------------------------------------------------------------------

    def apply(self, offset: int, event: e.AnyEvent) -> tuple[str, ...]:
        """Fold the event at this offset; gives the topics touched. Never raises on a recorded event."""
        assert offset == self.offset + 1, f"event {offset} after {self.offset}"
        self.offset = offset
        self.last_at_ms = max(self.last_at_ms, event.at_ms)
        if isinstance(event, _Ending):
            self.receipts.forget(self.questions.questions[event.question].now.command_ids)
        topics = self._apply(offset, event)
        self.changed_by_hand = self.changed_by_hand or type(event) in BY_HAND
        self.typed.keep(offset, event, self)
        self.receipts.keep(self.told(offset, event), event)
        if type(event) in _ROSTER and self.questions.open is not None:
            topics = (*topics, f"votes:{self.questions.open}")
        return (*topics, "acts") if self.acts.keep(event) else topics

    def _apply(self, offset: int, event: e.AnyEvent) -> tuple[str, ...]:
        if isinstance(event, _VotingEvent):
            topics = self.voting.apply(offset, event)
            return topics + self.sampling.voided(event) if isinstance(event, e.RoundVoided) else topics
        if isinstance(event, e.SampleEvent):
            return self.sampling.apply(event)
        if isinstance(event, e.RecoveryEvent):
            return recovery.apply(self, event)
        if isinstance(event, e.RosterEvent):
            by_hand.note(self.questions, self.roster, event)
            return self.roster.apply(event)
        if isinstance(event, e.IdeaEvent):
            return self.ideas.apply(offset, event)
        if isinstance(event, e.ThemeEvent):
            return self.themes.apply(offset, event, self.ideas)
        if isinstance(event, e.AgendaEvent):
            return self.agenda.apply(event)
        if isinstance(event, e.DraftEvent):
            topics = drafting.apply(self.questions, offset, event)
            if isinstance(event, e.OptionAdded):
                topics += self.themes.apply(offset, event, self.ideas)
            return topics
        if isinstance(event, e.StageEvent):
            return self.stage.apply(offset, event)
        return self._apply_meeting(event)

    def _apply_meeting(self, event: e.MeetingEvent) -> tuple[str, ...]:
        match event:
            case e.MeetingPrepared() | e.PlanReplaced():
                self._spoken |= dict.fromkeys(event.plan.languages)
                self.id, self.plan, self.phase = event.meeting, event.plan, Phase.PREPARED
                self.voting.plan = event.plan
                for subject in (self.roster, self.agenda, self.questions, self.stage):
                    subject.prepare(event.plan)
                return ("all",)
            case e.MeetingStarted():
                self.phase, self.started_at_ms = Phase.RUNNING, event.at_ms
            case e.MeetingClosed():
                self.phase, self.closed_at_ms = Phase.CLOSED, event.at_ms
            case e.MeetingArchived():
                self.phase = Phase.ARCHIVED
            case e.ErratumRecorded():
                self.errata.append((self.offset, event.question, event.text, event.recovered))
            case e.ResponseRecorded():
                self.responses.append((self.offset, event.theme, event.text))
            case e.TextRedacted():
                self.redactions.append(event)
                return redaction.apply(self, event)
            case e.LogRestored():
                self.restores.append(event)
                self.voting.history += [
                    epoch for epoch in (event.before, event.epoch) if epoch not in self.voting.history
                ]
        return ("meeting",)


def is_over(state: RoundState) -> bool:
    """Whether a round takes no ballots any more."""
    return state not in (RoundState.PLANNED, RoundState.OPEN)
