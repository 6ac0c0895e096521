"""Questions, their life, their rounds, and the ballots as they stand.

How this works. A question has rounds; the last one is its present. A round goes

    planned ──open──▶ open ──close──▶ closed ──show──▶ shown
                        └──────────────┴────────────────┴──void──▶ voided

There is no reopen and no correct: *run again* adds round n+1, planned. Closing
is an event, so "late" is a comparison of positions, never of clocks. The
report uses the last round that is over and was not voided.
"""

import json
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

from app.core.ballots import Sheet, after, sheet_of
from app.core.by_hand import ByHand
from app.core.commands import Channel, Choices
from app.core.errors import Refusal
from app.core.ids import IdeaId, ItemId, OptionId, QuestionId, Round, SeatId, Text, ThemeId, Voter
from app.core.planned import Kind, PlannedMeeting, PlannedQuestion, QuestionRules, Visibility
from app.core.tally import Tally

Place = tuple[int, int, str, int]
"""Where an act of a voter lies, in the order of places: see `recovery.place_of`."""

LIVE_EVERY_MS = 2_000
LIVE_BALLOTS_MIN = 5


class RoundState(StrEnum):
    """Where a round stands."""

    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"
    SHOWN = "shown"
    VOIDED = "voided"


@dataclass(slots=True)
class Option:
    """An option, and where it was copied from. `offset` is 0 and `command` "" for the plan's own."""

    id: OptionId
    text: Text | None
    exclusive: bool = False
    census: int | None = None
    theme: ThemeId | None = None
    idea: IdeaId | None = None
    revision: int | None = None
    offset: int = 0
    command: str = ""


@dataclass(slots=True)
class RoundNow:
    """A round as it stands.

    `ballots` holds each voter's standing ballot and its channel. `live` is the last frame that a
    question with live results let out. `voted`, `present` and `paper` (how many of the ballots are on
    paper) are frozen by the close. `command_ids` are kept for anonymous rounds only, to be forgotten
    at the close. `added_by` ran the question again or confirmed it, where `added_asked_by` asked;
    `voided_by` voided the round or confirmed it, where `void_asked_by` asked. `again_asked_by` asks for a
    round after it. `by_hand` counts what was done to seats while it was open.

    `opening` is the command that opened it. The rest is for ballots that devices bring back after a restore
    (`recovery.py`): where the acts of each voter lie, the sorted choices of a round that is over, who was
    not present at its close, how many came back, and how many of them after the show.
    """

    number: Round
    state: RoundState = RoundState.PLANNED
    opened_offset: int = 0
    opened_at_ms: int | None = None
    closes_at_ms: int | None = None
    closing: bool = False
    closed_offset: int = 0
    closed_at_ms: int | None = None
    shown_at_ms: int | None = None
    more_time: dict[Voter, bool] = field(default_factory=dict)
    waited: bool = False
    ballots: dict[Voter, tuple[Choices, Channel]] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)
    live: Tally | None = None
    live_at_ms: int = 0
    live_ballots: int = 0
    voted: int = 0
    present: int = 0
    paper: int = 0
    digest: str | None = None
    digest_salt: str | None = None
    shown: Tally | None = None
    reason: Text | None = None
    added_by: str | None = None
    added_asked_by: str | None = None
    void_reason: Text | None = None
    voided_by: str | None = None
    voided_from: RoundState | None = None
    taken_back: bool = False
    key_lost: bool = False
    void_asked_by: str | None = None
    void_asked_reason: Text | None = None
    again_asked_by: str | None = None
    again_asked_reason: Text | None = None
    languages_missing: tuple[str, ...] = ()
    by_hand: dict[ByHand, int] = field(default_factory=dict)
    command_ids: list[str] = field(default_factory=list)
    opening: str = ""
    places: dict[Voter, dict[str, Place]] = field(default_factory=dict)
    texts: list[str] | None = None
    absent: dict[SeatId, None] = field(default_factory=dict)
    recovered: int = 0
    after_show: int = 0

    @property
    def begun(self) -> bool:
        """Whether a ballot was ever cast in it, even if it was taken back."""
        return bool(self.ballots or self.live_ballots or self.live)


@dataclass(slots=True)
class Question:
    """A question as it stands. `drafted_offset` is 0 for the plan's own.

    `replaced` holds the options of earlier drafts: the record still has their words. `scale_typed`
    tells that the scale was worded during the day, and not by the plan.
    """

    id: QuestionId
    title: Text | None
    rules: QuestionRules
    options: dict[OptionId, Option]
    scale: tuple[int, ...]
    scale_texts: tuple[Text, ...] | None
    item: ItemId | None
    seconds: int
    unit: Text | None
    drafted_offset: int = 0
    scale_typed: bool = False
    rounds: list[RoundNow] = field(default_factory=lambda: [RoundNow(Round(1))])
    sheet_cache: Sheet | None = None
    replaced: list[Option] = field(default_factory=list)

    @property
    def now(self) -> RoundNow:
        """The last round."""
        return self.rounds[-1]

    @property
    def state(self) -> RoundState:
        """Where the last round stands."""
        return self.rounds[-1].state

    @property
    def reported(self) -> RoundNow | None:
        """The round that the report uses: the last that is over and was not voided."""
        for r in reversed(self.rounds):
            if r.state in (RoundState.CLOSED, RoundState.SHOWN):
                return r
        return None

    @property
    def public(self) -> RoundNow | None:
        """The last round that was shown and not voided."""
        for r in reversed(self.rounds):
            if r.state is RoundState.SHOWN:
                return r
        return None

    @property
    def sheet(self) -> Sheet:
        """What a ballot of this question may say."""
        if self.sheet_cache is None:
            self.sheet_cache = sheet_of(
                self.rules.kind,
                tuple(self.options),
                exclusive=frozenset(o.id for o in self.options.values() if o.exclusive),
                choices_max=self.rules.choices_max,
                scale=self.scale,
                number_range=(self.rules.number_min, self.rules.number_max),
            )
        return self.sheet_cache

    def cells(self) -> list[str]:
        """Every cell that a result of this question names, in order; for a number, none."""
        if self.rules.kind is Kind.RATING:
            return [f"{o}={v}" for o in self.options for v in self.scale]
        return list(self.options)

    def round(self, number: Round) -> RoundNow | None:
        """The round of this number."""
        return self.rounds[number - 1] if 0 < number <= len(self.rounds) else None

    def run_again(self) -> list[tuple[RoundNow, RoundNow]]:
        """The rounds that somebody added, each with the one before; none was after an opening taken back."""
        return [(before, now) for before, now in pairwise(self.rounds) if not before.taken_back]


class Questions:
    """All questions in the order in which they came, and the one that is open."""

    def __init__(self) -> None:
        self.questions: dict[QuestionId, Question] = {}
        self.open: QuestionId | None = None

    def prepare(self, plan: PlannedMeeting) -> None:
        """Take the plan's questions."""
        self.questions = {q.id: planned_question(q) for q in plan.questions}

    def question(self, question: QuestionId) -> Question:
        """The question, or the refusal unknown_question."""
        found = self.questions.get(question)
        if found is None:
            raise Refusal("unknown_question", question=question[:64])
        return found

    def voted_in_open(self, voter: str) -> bool:
        """Whether this voter has a ballot in the open question; in an anonymous one it may, who knows."""
        if self.open is None:
            return False
        q = self.questions[self.open]
        return q.rules.anonymous or voter in q.now.ballots


def planned_question(q: PlannedQuestion) -> Question:
    """A question as the plan has it."""
    options = {o.id: Option(o.id, o.text, o.exclusive, o.census) for o in q.options}
    steps = tuple(step.value for step in q.scale)
    texts = tuple(step.text for step in q.scale)
    return Question(q.id, q.title, q.rules, options, steps, texts or None, q.item, q.seconds, q.unit)


def cast(now: RoundNow, voter: Voter, choices: Choices, channel: Channel) -> None:
    """Let a ballot stand: the last ballot of a seat counts, each seat once. O(1)."""
    standing = now.ballots.get(voter)
    if standing is not None:
        now.tally.remove(standing[0])
    made = after(standing[0] if standing else None, choices)
    now.ballots[voter] = (made, channel)
    now.tally.add(made)
    now.live_ballots += 1
    now.more_time.pop(voter, None)


def refresh_live(question: Question, now: RoundNow, at_ms: int) -> None:
    """Let out a new live frame where the rule allows one (docs/rules.md, Questions)."""
    if question.rules.visibility is not Visibility.LIVE:
        return
    if now.live_ballots >= LIVE_BALLOTS_MIN and at_ms - now.live_at_ms >= LIVE_EVERY_MS:
        now.live, now.live_at_ms, now.live_ballots = now.tally.copy(), at_ms, 0


def canonical_choices(choices: Choices) -> str:
    """One ballot's choices as canonical JSON."""
    return json.dumps(choices, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def withdraw(now: RoundNow, voter: Voter) -> None:
    """Let the voter's ballot not stand any more."""
    standing = now.ballots.pop(voter, None)
    if standing is not None:
        now.tally.remove(standing[0])
