"""The sample audit: (question, table) pairs drawn by public dice, and the hands that were counted there.

Hands that people raise are a second record, which no fault of this program can
have touched. How this works. A draw takes the pairs with the lowest *tickets*:
hashes over the dice that were thrown in the room, the digest that the close of
the vote committed to, and the pair. So nobody can have chosen them: the digest
lay in the chain before the dice were thrown, and a ticket depends on no other
pair. Hands are entered table by table; what the record has of the same seats is
compared when the last pair is in, once, and only the numbers are kept.

Per-table counts stand in no view and no event (docs/rules.md, Sample audit).
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from app.core.capability import Given
from app.core.commands import DrawSample, EnterHands, SampleCommand
from app.core.errors import Refusal
from app.core.events import AnyEvent, HandsEntered, RoundVoided, SampleDrawn, SampleEvent
from app.core.ids import OptionId, QuestionId, Round, SeatId, TableId, Voter
from app.core.planned import Kind, Purpose
from app.core.questions import Question, Questions, RoundNow, RoundState
from app.core.roster import HEADS_MAX, Roster
from app.core.tally import tally

PAIRS_LEAST, PAIRS_MOST = 5, 200
"""With fewer pairs the number that agreed would be about a table (as `cell_min`, docs/rules.md, Figures)."""

DICE_LEAST, DICE_MOST = 10, 60
"""Ten dice have over sixty million outcomes: too many to have prepared a record for one."""

BY_HAND = frozenset({Kind.PICK_ONE, Kind.PICK_UP_TO, Kind.APPROVE, Kind.YES_NO})
"""The kinds that hands can answer: an option after the other, "who chose this?"."""

NOT_ASKED = frozenset({Purpose.PRACTICE, Purpose.DEMOGRAPHIC})
"""Practice does not count, and nobody has to say by hand how old they are."""


class Drawn(NamedTuple):
    """What is drawn: the vote, and the table."""

    question: QuestionId
    round: Round
    table: TableId


class PairState(StrEnum):
    """Where a pair stands; whether its hands agreed is known of no single pair."""

    WAITING = "waiting"
    ENTERED = "entered"
    MISSING = "missing"
    VOID = "void"


@dataclass(slots=True)
class Pair:
    """A pair as it stands: the seats that were present at the table when it was drawn, and the hands."""

    seats: tuple[SeatId, ...]
    state: PairState = PairState.WAITING
    hands: dict[OptionId, int] | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came out, for good: of so many pairs, how many agreed, and how many could not be counted."""

    pairs: int
    agreed: int
    missing: int


@dataclass(slots=True)
class Sample:
    """One draw. `outcome` is there once every pair is in."""

    at_ms: int
    dice: tuple[int, ...]
    pairs: dict[Drawn, Pair] = field(default_factory=dict)
    outcome: Outcome | None = None

    @property
    def waiting(self) -> bool:
        """Whether hands are missing yet."""
        return any(pair.state is PairState.WAITING for pair in self.pairs.values())


class Sampling:
    """Decides and applies everything about samples."""

    def __init__(self, questions: Questions, roster: Roster) -> None:
        self._questions = questions
        self._roster = roster
        self.samples: list[Sample] = []

    @property
    def counted(self) -> Sample | None:
        """The last draw that came to its number."""
        return next((each for each in reversed(self.samples) if each.outcome is not None), None)

    # --- decide ------------------------------------------------------------------------

    def decide(self, command: SampleCommand, given: Given) -> tuple[AnyEvent, ...]:
        """Decide a command about a sample."""
        match command:
            case DrawSample():
                return (self._draw(command, given),)
            case EnterHands():
                return (self._enter(command, given),)

    def _draw(self, command: DrawSample, given: Given) -> SampleDrawn:
        if self.samples and self.samples[-1].waiting:
            raise Refusal("sample_waits")
        if not PAIRS_LEAST <= command.pairs <= PAIRS_MOST:
            raise Refusal("pairs_out_of_range", least=PAIRS_LEAST, most=PAIRS_MOST)
        dice = command.dice
        if not DICE_LEAST <= len(dice) <= DICE_MOST or not all(1 <= eyes <= 6 for eyes in dice):
            raise Refusal("dice_out_of_range", least=DICE_LEAST, most=DICE_MOST)
        tickets = sorted((ticket(dice, digest, pair), pair) for digest, pair in self.drawable())
        if len(tickets) < command.pairs:
            raise Refusal("too_few_pairs", left=len(tickets))
        drawn = tuple(pair for _, pair in tickets[: command.pairs])
        return SampleDrawn(**given.act, dice=dice, pairs=command.pairs, drawn=drawn)

    def drawable(self) -> Iterator[tuple[str, Drawn]]:
        """The pairs that can be drawn, each with the digest of its round: no pair is ever drawn twice."""
        before = {pair for sample in self.samples for pair in sample.pairs}
        for q in self._questions.questions.values():
            now = q.reported
            if now is None or now.state is not RoundState.SHOWN or not by_hand(q):
                continue
            assert now.digest is not None, "a round that was shown was closed"
            for table in self._roster.tables:
                pair = Drawn(q.id, now.number, table)
                if pair not in before and self._present(q, table):
                    yield now.digest, pair

    def _present(self, q: Question, table: TableId) -> tuple[SeatId, ...]:
        """The seats of a table that can raise a hand on a question now."""
        seats = (self._roster.seats[seat] for seat in self._roster.tables[table].seats)
        return tuple(seat.id for seat in seats if seat.present and seat.standing in q.rules.standings)

    def _enter(self, command: EnterHands, given: Given) -> HandsEntered:
        q = self._questions.question(command.question)
        if not by_hand(q):
            raise Refusal("not_for_hands", question=q.id)
        table = self._roster.table(command.table)
        drawn = Drawn(q.id, command.round, table.id)
        sample = next((each for each in self.samples if drawn in each.pairs), None)
        if sample is None:
            raise Refusal("not_drawn", table=table.id)
        if sample.pairs[drawn].state is PairState.VOID:
            raise Refusal("pair_void", question=q.id)
        if not sample.waiting:
            raise Refusal("sample_complete")
        check_hands(q, command)
        return HandsEntered(
            **given.act,
            site=table.site,
            question=q.id,
            round=command.round,
            table=table.id,
            missing=command.missing,
            hands=dict(sorted(command.hands.items())),
        )

    # --- apply -------------------------------------------------------------------------

    def apply(self, event: SampleEvent) -> tuple[str, ...]:
        """Fold one of this module's events; gives the topics touched."""
        match event:
            case SampleDrawn():
                sample = Sample(event.at_ms, tuple(event.dice))
                for each in event.drawn:
                    drawn = Drawn(*each)
                    q = self._questions.questions[drawn.question]
                    sample.pairs[drawn] = Pair(self._present(q, drawn.table))
                self.samples.append(sample)
            case HandsEntered():
                drawn = Drawn(event.question, event.round, event.table)
                sample = next(each for each in self.samples if drawn in each.pairs)
                pair = sample.pairs[drawn]
                pair.state = PairState.MISSING if event.missing else PairState.ENTERED
                pair.hands = event.hands
                self._conclude(sample)
        return ("sample",)

    def voided(self, event: RoundVoided) -> tuple[str, ...]:
        """A round does not count any more, nor do its pairs, unless the sample is complete already."""
        if not self.samples or not self.samples[-1].waiting:
            return ()
        sample = self.samples[-1]
        for drawn, pair in sample.pairs.items():
            if (drawn.question, drawn.round) == (event.question, event.round):
                pair.state, pair.hands = PairState.VOID, None
        self._conclude(sample)
        return ("sample",)

    def _conclude(self, sample: Sample) -> None:
        """Compare once nothing waits; of fewer pairs than the least the number is not even made."""
        counted = [(drawn, pair) for drawn, pair in sample.pairs.items() if pair.state is not PairState.VOID]
        if sample.waiting or len(counted) < PAIRS_LEAST:
            return
        agreed = sum(self._agrees(drawn, pair) for drawn, pair in counted)
        missing = sum(pair.state is PairState.MISSING for _, pair in counted)
        sample.outcome = Outcome(len(counted), agreed, missing)

    def _agrees(self, drawn: Drawn, pair: Pair) -> bool:
        """Whether the hands are what the record has of the same seats, option by option."""
        if pair.state is not PairState.ENTERED:
            return False
        now = self._questions.questions[drawn.question].round(drawn.round)
        assert now is not None
        assert pair.hands is not None, "hands are never erased"
        return {option: n for option, n in pair.hands.items() if n} == recorded(now, pair.seats)


def recorded(now: RoundNow, seats: Sequence[SeatId]) -> dict[str, int]:
    """The ballots of these seats by option; none at zero."""
    said = (now.ballots.get(Voter(seat)) for seat in seats)
    return tally(ballot[0] for ballot in said if ballot is not None).cells


def by_hand(q: Question) -> bool:
    """Whether hands can be counted for a question, and may be: never for an anonymous one."""
    rules = q.rules
    return rules.kind in BY_HAND and rules.purpose not in NOT_ASKED and not rules.anonymous


def check_hands(q: Question, command: EnterHands) -> None:
    """Whether these can be hands for the question.

    Raises:
        Refusal: unknown_option, heads_out_of_range, no_choice.
    """
    for option, hands in command.hands.items():
        if option not in q.options:
            raise Refusal("unknown_option", option=option[:64])
        if not 0 <= hands <= HEADS_MAX:
            raise Refusal("heads_out_of_range", limit=HEADS_MAX)
    if bool(command.hands) == command.missing:
        raise Refusal("no_choice")


def ticket(dice: Sequence[int], digest: str, pair: Drawn) -> str:
    """SHA-256 over the dice, the digest of the round, and the pair, in hex."""
    eyes = "".join(str(each) for each in dice)
    text = "\n".join(("town meeting sample", eyes, digest, pair.question, str(pair.round), pair.table))
    return hashlib.sha256(text.encode()).hexdigest()
