"""The acts on a question and its rounds: draft, open, close, show, void, run again; and ballots.

`questions.py` holds the state; here is what may be done with it (decide) and
what an event does to it (apply).
"""

import hashlib

from app.core import ballots, presses, recovery
from app.core.capability import Given, Role
from app.core.commands import (
    AskMoreTime,
    BallotCommand,
    CastBallot,
    CastPaperBallot,
    Channel,
    Choices,
    CloseVoting,
    ConfirmAgain,
    ConfirmVoid,
    ExtendVoting,
    FinishVoting,
    GiveMoreTime,
    LoseKey,
    OpenVoting,
    PressKey,
    RoundCommand,
    RunAgain,
    ShowResults,
    TakeBack,
    VoidRound,
    WithdrawBallot,
)
from app.core.errors import Refusal
from app.core.events import (
    AgainAsked,
    AnyEvent,
    BallotCast,
    BallotEvent,
    BallotWithdrawn,
    ClosingAnnounced,
    MoreTimeAsked,
    ResultsShown,
    RoundAdded,
    RoundEvent,
    RoundVoided,
    VoidAsked,
    VotingClosed,
    VotingExtended,
    VotingOpened,
)
from app.core.ids import CommandId, QuestionId, Round, SeatId, TableId, Voter
from app.core.planned import Kind, PlannedMeeting, Purpose
from app.core.questions import (
    Question,
    Questions,
    RoundNow,
    RoundState,
    canonical_choices,
    cast,
    refresh_live,
    withdraw,
)
from app.core.roster import Roster, Seat, pad
from app.core.tally import Tally

SECONDS_MAX = 3 * 3600
TAKE_BACK_MS = 5_000


class Voting:
    """Decides and applies everything about rounds and ballots.

    Attributes:
        history: The epochs of the log, oldest first, once it was taken back; empty before.
    """

    def __init__(self, questions: Questions, roster: Roster) -> None:
        self.questions = questions
        self.roster = roster
        self.plan: PlannedMeeting | None = None
        self.history: list[str] = []

    # --- rounds ------------------------------------------------------------------------

    def decide(self, command: RoundCommand, given: Given) -> tuple[AnyEvent, ...]:
        """Decide a command about a round."""
        match command:
            case OpenVoting():
                return (self._open(command, given),)
            case ExtendVoting():
                return (self._extend(command, given),)
            case CloseVoting():
                return (self._announce(command, given),)
            case FinishVoting():
                return (self._finish(command, given),)
            case GiveMoreTime():
                q, now = self._this_round(command.question, command.round)
                ends = given.at_ms + q.rules.more_time_ms
                return (
                    VotingExtended(
                        **given.act, question=q.id, round=now.number, closes_at_ms=ends, for_more_time=True
                    ),
                )
            case ShowResults():
                return (self._show(command, given),)
            case TakeBack():
                return self._take_back(command, given)
            case VoidRound():
                return (self._void(command, given),)
            case ConfirmVoid():
                return (self._confirm_void(command, given),)
            case RunAgain():
                return (self._run_again(command, given),)
            case ConfirmAgain():
                return (self._confirm_again(command, given),)
            case LoseKey():
                q, now = self._this_round(command.question, command.round)
                return (RoundVoided(**given.act, question=q.id, round=now.number, key_lost=True),)

    def _open(self, command: OpenVoting, given: Given) -> VotingOpened:
        q = self.questions.question(command.question)
        if q.state is not RoundState.PLANNED:
            raise Refusal("question_not_planned", question=q.id)
        if self.questions.open is not None:
            raise Refusal("another_vote_open", question=self.questions.open)
        if not 0 <= command.seconds <= SECONDS_MAX:
            raise Refusal("seconds_out_of_range", limit=SECONDS_MAX)
        if len(q.options) < options_least(q.rules.kind):
            raise Refusal("too_few_options", least=options_least(q.rules.kind))
        for language in self._languages_missing(q):
            if language not in command.languages_missing:
                raise Refusal("language_missing", language=language)
        ends = given.at_ms + 1000 * command.seconds if command.seconds else None
        return VotingOpened(
            **given.act,
            question=q.id,
            round=q.now.number,
            closes_at_ms=ends,
            languages_missing=self._languages_missing(q),
        )

    def _languages_missing(self, q: Question) -> tuple[str, ...]:
        assert self.plan is not None
        texts = [q.title, *(o.text for o in q.options.values()), *(q.scale_texts or ())]
        return tuple(
            language
            for language in self.plan.languages
            if any(text is not None and not text.get(language) for text in texts)
        )

    def _open_round(self, question: QuestionId) -> tuple[Question, RoundNow]:
        q = self.questions.question(question)
        if q.state is not RoundState.OPEN:
            raise Refusal("question_not_open", question=q.id)
        return q, q.now

    def _this_round(self, question: QuestionId, number: Round) -> tuple[Question, RoundNow]:
        q, now = self._open_round(question)
        if now.number != number:
            raise Refusal("wrong_round", round=number)
        return q, now

    def _extend(self, command: ExtendVoting, given: Given) -> VotingExtended:
        q, now = self._open_round(command.question)
        if not 0 < command.seconds <= SECONDS_MAX:
            raise Refusal("seconds_out_of_range", limit=SECONDS_MAX)
        start = max(given.at_ms, now.closes_at_ms or given.at_ms)
        ends = start + 1000 * command.seconds
        return VotingExtended(
            **given.act, question=q.id, round=now.number, closes_at_ms=ends, seconds=command.seconds
        )

    def _announce(self, command: CloseVoting, given: Given) -> ClosingAnnounced:
        q, now = self._open_round(command.question)
        if now.closing:
            raise Refusal("already_closing", question=q.id)
        assert self.plan is not None
        ends = given.at_ms + self.plan.close_notice_ms
        return ClosingAnnounced(**given.act, question=q.id, round=now.number, closes_at_ms=ends)

    def _finish(self, command: FinishVoting, given: Given) -> VotingClosed:
        q, now = self._this_round(command.question, command.round)
        salt = hashlib.sha256(b"digest" + given.salt).digest()[:16]
        return VotingClosed(
            **given.act,
            question=q.id,
            round=now.number,
            voted=now.tally.voters,
            present=self.roster.present_of(q.rules.standings),
            digest=choices_digest(salt, now),
            digest_salt=salt.hex(),
        )

    def _show(self, command: ShowResults, given: Given) -> ResultsShown:
        q = self.questions.question(command.question)
        if q.state is not RoundState.CLOSED:
            raise Refusal("question_not_closed", question=q.id)
        counted = q.now.tally
        recount = {cell: n for cell, n in (given.recount or {}).items() if n}
        ballots_too = counted.cells | ({"": counted.voters} if counted.voters else {})
        if given.recount is None or recount != ballots_too:
            raise Refusal("recount_differs", question=q.id)
        cells = dict(sorted((dict.fromkeys(q.cells(), 0) | counted.cells).items()))
        return ResultsShown(
            **given.act, question=q.id, round=q.now.number, voters=counted.voters, cells=cells
        )

    def _take_back(self, command: TakeBack, given: Given) -> tuple[AnyEvent, ...]:
        q, now = self._open_round(command.question)
        assert now.opened_at_ms is not None
        if given.at_ms - now.opened_at_ms > TAKE_BACK_MS:
            raise Refusal("take_back_too_late", seconds=TAKE_BACK_MS // 1000)
        if now.begun:
            raise Refusal("ballots_already_cast")
        return (
            RoundVoided(**given.act, question=q.id, round=now.number, taken_back=True),
            RoundAdded(**given.act, question=q.id, round=Round(now.number + 1)),
        )

    def _voidable(self, question: QuestionId) -> tuple[Question, RoundNow]:
        q = self.questions.question(question)
        if q.state not in (RoundState.OPEN, RoundState.CLOSED, RoundState.SHOWN):
            raise Refusal("question_not_open", question=q.id)
        return q, q.now

    def _void(self, command: VoidRound, given: Given) -> AnyEvent:
        q, now = self._voidable(command.question)
        assert self.plan is not None
        if self.plan.second_person:
            return VoidAsked(**given.act, question=q.id, round=now.number, reason=command.reason)
        return RoundVoided(**given.act, question=q.id, round=now.number, reason=command.reason)

    def _confirm_void(self, command: ConfirmVoid, given: Given) -> RoundVoided:
        q, now = self._voidable(command.question)
        return RoundVoided(
            **given.act,
            question=q.id,
            round=now.number,
            asked_by=another(now.void_asked_by, given),
            reason=now.void_asked_reason,
        )

    def _over(self, question: QuestionId) -> tuple[Question, RoundNow]:
        q = self.questions.question(question)
        if q.state in (RoundState.PLANNED, RoundState.OPEN):
            raise Refusal("round_not_over", question=q.id)
        return q, q.now

    def _run_again(self, command: RunAgain, given: Given) -> AnyEvent:
        """Add a round; where one counts that the new one would replace, a second person may be needed."""
        q, now = self._over(command.question)
        assert self.plan is not None
        if self.plan.second_person and q.reported is not None:
            return AgainAsked(**given.act, question=q.id, round=now.number, reason=command.reason)
        return RoundAdded(**given.act, question=q.id, round=Round(now.number + 1), reason=command.reason)

    def _confirm_again(self, command: ConfirmAgain, given: Given) -> RoundAdded:
        q, now = self._over(command.question)
        return RoundAdded(
            **given.act,
            question=q.id,
            round=Round(now.number + 1),
            asked_by=another(now.again_asked_by, given),
            reason=now.again_asked_reason,
        )

    # --- ballots -----------------------------------------------------------------------

    def decide_ballot(self, command: BallotCommand, given: Given) -> tuple[AnyEvent, ...]:
        """Decide a command about one seat's ballot."""
        match command:
            case CastBallot():
                q, now, seat = self._may_vote(command.question, command.round, command.seat)
                self._holds_seat(seat, given)
                return (self._cast(q, now, seat, command.choices, seat.channel, given),)
            case CastPaperBallot():
                return self._cast_paper(command, given)
            case WithdrawBallot():
                q, now, seat = self._may_vote(command.question, command.round, command.seat)
                self._holds_seat(seat, given)
                return (self._withdraw(q, now, seat, given),)
            case PressKey():
                return (self._press(command, given),)
            case AskMoreTime():
                q, now = self._open_round(command.question)
                seat = self._entitled(q, command.seat)
                self._holds_seat(seat, given)
                anonymous = q.rules.anonymous
                return (
                    MoreTimeAsked(
                        at_ms=self._ballot_ms(q, now, given),
                        site=seat.site,
                        question=q.id,
                        round=now.number,
                        voter=self._voter(q, seat, given),
                        by=None if anonymous else given.by.author,
                        command=given.voter_command if anonymous else given.command,
                    ),
                )

    def _may_vote(self, question: QuestionId, number: Round, seat: SeatId) -> tuple[Question, RoundNow, Seat]:
        q = self.questions.question(question)
        now = q.round(number)
        if now is None:
            raise Refusal("wrong_round", round=number)
        if now.state is RoundState.PLANNED:
            raise Refusal("voting_not_open", question=q.id)
        if now.state is not RoundState.OPEN:
            if q.rules.anonymous:
                raise Refusal("outcome_unknown")
            raise Refusal("voting_closed", question=q.id)
        return q, now, self._entitled(q, seat)

    def _entitled(self, q: Question, seat: SeatId) -> Seat:
        found = self.roster.seat(seat)
        if found.standing not in q.rules.standings:
            raise Refusal("standing_may_not_vote", standing=found.standing.value)
        if found.left:
            raise Refusal("not_present", seat=found.id)
        return found

    def _holds_seat(self, seat: Seat, given: Given) -> None:
        if seat.keypad is None:
            raise Refusal("seat_not_bound", seat=seat.id)
        by = given.by
        mine = by.device if by.role is Role.PARTICIPANT else pad(by.device, seat.id)
        if seat.keypad != mine:
            raise Refusal("seat_held_by_other_device", seat=seat.id)

    def _ballot_ms(self, q: Question, now: RoundNow, given: Given) -> int:
        """An anonymous ballot's time is the opening's."""
        return (now.opened_at_ms or 0) if q.rules.anonymous else given.at_ms

    def _voter(self, q: Question, seat: Seat, given: Given) -> Voter:
        if not q.rules.anonymous:
            return Voter(seat.id)
        assert given.voter is not None, "the edge keys anonymous ballots"
        return given.voter

    def _first(self, q: Question, now: RoundNow, voter: Voter) -> None:
        if q.rules.first_only and voter in now.ballots:
            raise Refusal("already_voted")

    def _cast(
        self,
        q: Question,
        now: RoundNow,
        seat: Seat,
        choices: Choices,
        channel: Channel | None,
        given: Given,
        sequence: int | None = None,
    ) -> BallotCast:
        voter = self._voter(q, seat, given)
        self._first(q, now, voter)
        checked = ballots.check(q.sheet, choices)
        who = self._who(q, seat, given)
        assert channel is not None
        return BallotCast(
            at_ms=self._ballot_ms(q, now, given),
            site=seat.site,
            question=q.id,
            round=now.number,
            channel=channel,
            voter=voter,
            choices=checked,
            table=who[0],
            by=who[1],
            command=who[2],
            keypad=seat.keypad if sequence is not None and who[1] else None,
            sequence=sequence if who[1] else None,
        )

    def _who(
        self, q: Question, seat: Seat, given: Given
    ) -> tuple[TableId | None, str | None, CommandId | None]:
        if q.rules.anonymous:
            return None, None, given.voter_command
        return seat.table, given.by.author, given.command

    def _withdraw(
        self, q: Question, now: RoundNow, seat: Seat, given: Given, sequence: int | None = None
    ) -> BallotWithdrawn:
        voter = self._voter(q, seat, given)
        self._first(q, now, voter)
        if voter not in now.ballots and sequence is None:
            raise Refusal("no_ballot")
        who = self._who(q, seat, given)
        assert seat.channel is not None
        return BallotWithdrawn(
            at_ms=self._ballot_ms(q, now, given),
            site=seat.site,
            question=q.id,
            round=now.number,
            channel=seat.channel,
            voter=voter,
            table=who[0],
            by=who[1],
            command=who[2],
            keypad=seat.keypad if sequence is not None and who[1] else None,
            sequence=sequence if who[1] else None,
        )

    def _cast_paper(self, command: CastPaperBallot, given: Given) -> tuple[AnyEvent, ...]:
        q, now, seat = self._may_vote(command.question, command.round, command.seat)
        if seat.channel is Channel.PAPER:
            return (self._cast(q, now, seat, command.choices, Channel.PAPER, given),)
        if q.rules.anonymous:
            # binding and ballot side by side in the log would tell whose ballot it is
            raise Refusal("seat_not_bound", seat=seat.id)
        ballot = self._cast(q, now, seat, command.choices, Channel.PAPER, given)
        return (self.roster.bind_paper(seat, given), ballot)

    def _press(self, command: PressKey, given: Given) -> AnyEvent:
        holder = self.roster.keypads.get(command.keypad)
        if holder is None or self.roster.seats[holder].channel is not Channel.HANDSET:
            raise Refusal("unbound_keypad", keypad=command.keypad[:64])
        if command.sequence <= self.roster.sequences.get(command.keypad, -1):
            raise Refusal("press_repeated", sequence=command.sequence)
        about = command.question or self.questions.open
        if about is None:
            raise Refusal("voting_not_open", question="")
        number = command.round or self.questions.question(about).now.number
        q, now, seat = self._may_vote(about, number, holder)
        voter = self._voter(q, seat, given)
        standing = now.ballots.get(voter)
        chosen = presses.press(q.sheet, standing[0] if standing else None, command.key)
        if chosen is None:
            return self._withdraw(q, now, seat, given, command.sequence)
        return self._cast(q, now, seat, chosen, Channel.HANDSET, given, command.sequence)

    # --- apply -------------------------------------------------------------------------

    def apply(self, offset: int, event: RoundEvent | BallotEvent) -> tuple[str, ...]:
        """Fold one of this module's events; gives the topics touched."""
        match event:
            case BallotCast() | BallotWithdrawn() | MoreTimeAsked():
                return self._apply_ballot(offset, event)
            case VotingOpened():
                q = self.questions.questions[event.question]
                now = q.now
                now.state, now.opened_offset, now.opened_at_ms = RoundState.OPEN, offset, event.at_ms
                now.closes_at_ms, now.languages_missing = event.closes_at_ms, event.languages_missing
                now.live_at_ms, now.opening = event.at_ms, event.command
                self.questions.open = q.id
            case VotingExtended():
                now = self._now(event.question)
                now.closes_at_ms, now.closing = event.closes_at_ms, False
                now.waited = now.waited or event.for_more_time
            case ClosingAnnounced():
                now = self._now(event.question)
                now.closes_at_ms, now.closing = event.closes_at_ms, True
            case VotingClosed():
                now = self._now(event.question)
                now.state, now.closed_at_ms, now.closed_offset = RoundState.CLOSED, event.at_ms, offset
                now.voted, now.present = event.voted, event.present
                now.paper = sum(1 for _, channel in now.ballots.values() if channel is Channel.PAPER)
                now.digest, now.digest_salt = event.digest, event.digest_salt
                now.command_ids, self.questions.open = [], None
                if self.history:
                    standings = self.questions.questions[event.question].rules.standings
                    now.absent = dict.fromkeys(self.roster.absent_of(standings))
            case ResultsShown():
                now = self._now(event.question)
                now.state, now.shown_at_ms = RoundState.SHOWN, event.at_ms
                now.shown = Tally(event.voters, event.cells)
            case VoidAsked():
                now = self._now(event.question)
                now.void_asked_by, now.void_asked_reason = event.by, event.reason
            case AgainAsked():
                now = self._now(event.question)
                now.again_asked_by, now.again_asked_reason = event.by, event.reason
            case RoundVoided():
                self._apply_void(event)
            case RoundAdded():
                q = self.questions.questions[event.question]
                q.rounds.append(
                    RoundNow(
                        event.round, reason=event.reason, added_by=event.by, added_asked_by=event.asked_by
                    )
                )
        return (f"question:{event.question}", f"votes:{event.question}")

    def _now(self, question: QuestionId) -> RoundNow:
        return self.questions.questions[question].now

    def _apply_void(self, event: RoundVoided) -> None:
        now = self._now(event.question)
        if now.state is RoundState.OPEN:
            self.questions.open = None
            now.voted = now.tally.voters
        now.voided_from, now.state = now.state, RoundState.VOIDED
        now.void_reason, now.taken_back, now.key_lost = event.reason, event.taken_back, event.key_lost
        now.voided_by, now.void_asked_by = event.by, event.asked_by
        now.command_ids = []

    def _apply_ballot(self, offset: int, event: BallotEvent) -> tuple[str, ...]:
        q = self.questions.questions[event.question]
        now = q.now
        voter = event.voter
        assert voter is not None, "a voter part is never erased"
        if q.rules.anonymous and event.command is not None:
            now.command_ids.append(event.command)
        if isinstance(event, MoreTimeAsked):
            now.more_time[voter] = True
            return (f"votes:{q.id}",) if q.rules.anonymous else (f"votes:{q.id}", f"seat:{voter}")
        if event.keypad is not None and event.sequence is not None:
            self.roster.sequences[event.keypad] = event.sequence
        if self.history:
            choices = event.choices if isinstance(event, BallotCast) else None
            recovery.note(q, now, voter, choices, recovery.place_here(self.history, offset))
        if isinstance(event, BallotCast):
            assert event.choices is not None, "choices are never erased"
            cast(now, voter, event.choices, event.channel)
            refresh_live(q, now, event.at_ms)
        else:
            withdraw(now, voter)
        if q.rules.anonymous:
            return (f"votes:{q.id}",)
        return (f"votes:{q.id}", f"seat:{voter}", f"voted:{event.table}")

    def due(self, at_ms: int) -> list[RoundCommand]:
        """What the server must do now, because a time is up."""
        if self.questions.open is None:
            return []
        q = self.questions.questions[self.questions.open]
        now = q.now
        if now.closes_at_ms is None or at_ms < now.closes_at_ms:
            return []
        if now.more_time and not now.closing and not now.waited:
            return [GiveMoreTime(q.id, now.number)]
        return [FinishVoting(q.id, now.number)]


def another(asked_by: str | None, given: Given) -> str:
    """Who has asked for what is confirmed now, by somebody else.

    Raises:
        Refusal: nothing_to_confirm, same_person.
    """
    if asked_by is None:
        raise Refusal("nothing_to_confirm")
    if asked_by == given.by.author:
        raise Refusal("same_person")
    return asked_by


def options_least(kind: Kind) -> int:
    """The fewest options that make sense for a kind."""
    if kind is Kind.NUMBER:
        return 0
    return 1 if kind in (Kind.RATING, Kind.APPROVE) else 2


def is_practice(q: Question) -> bool:
    """Whether the question is for practice only and stays out of the report."""
    return q.rules.purpose is Purpose.PRACTICE


def choices_digest(salt: bytes, now: RoundNow) -> str:
    """SHA-256 over the salt and the canonical JSON of the sorted choices that count, in hex."""
    texts = sorted(canonical_choices(choices) for choices, _ in now.ballots.values())
    return hashlib.sha256(salt + ("[" + ",".join(texts) + "]").encode()).hexdigest()
