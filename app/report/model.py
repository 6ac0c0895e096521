"""The shape of the report: its parts as data, in no language and no format. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from app.core.by_hand import ByHand
from app.core.capability import Role
from app.core.commands import IdeaKind
from app.core.ids import Text, is_rehearsal
from app.core.planned import PlannedMeeting, Standing
from app.report.figures import Figure, Figures
from app.report.results import Result


class Edition(StrEnum):
    """For whom: *public*, or *full*, for organisers and auditors, with what is personal."""

    PUBLIC = "public"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Head:
    """The head of the chain after an event."""

    offset: int
    hash: str


@dataclass(frozen=True, slots=True)
class Said:
    """One line of "what the room said": the question, an answer, and its figure.

    The figure is a share (of a rating: of those at the top of the scale), or a number's mean.
    """

    result: Result
    option: str
    text: Text | None
    figure: Figure | None
    rank: Figure | None = None


@dataclass(frozen=True, slots=True)
class Missing:
    """A group that the room has less of than the census, on the same base."""

    question: Text | None
    group: Text | None
    room: Figure
    census: Figure
    difference: Figure


@dataclass(frozen=True, slots=True)
class Quote:
    """The words of an idea's revision. `table` is said in the full edition only."""

    idea: str
    text: str
    language: str
    table: str | None


@dataclass(frozen=True, slots=True)
class PublishedTheme:
    """A theme as the leader approved it. `filed` names its ideas, in the full edition only."""

    id: str
    title: Text | None
    ideas: Figure
    tables: Figure
    quotes: tuple[Quote, ...]
    filed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IdeaLine:
    """An idea as it stands, for the full edition's annex. `text` is `None` once it was redacted."""

    id: str
    item: str
    table: str
    site: str
    kind: IdeaKind
    language: str
    text: str | None
    revision: int
    written_at_ms: int
    withdrawn: bool
    themes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """One agenda item with what came of it."""

    item: str
    title: Text | None
    ideas: Figure | None
    tables: Figure | None
    minority: Figure | None
    themes: tuple[PublishedTheme, ...]
    results: tuple[Result, ...]
    minority_views: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class AgendaLine:
    """One agenda item, as planned and as it went.

    `state` is the item's, or `until_close` where it went on until the meeting was closed.
    """

    item: str
    title: Text | None
    minutes: int
    extended_minutes: int
    starts_at: str | None
    state: str
    begun_at_ms: int | None
    done_at_ms: int | None
    reason: Text | None


@dataclass(frozen=True, slots=True)
class VoidedRound:
    """A round that does not count, why, and who said so. All of it stays in the record.

    `by` voided it, or confirmed what `asked_by` had asked for: always somebody else, perhaps of the same
    role. The record knows roles and public ids, no names; the report says the roles.
    """

    question: str
    title: Text | None
    number: int
    was: str
    voted: int
    reason: Text | None
    taken_back: bool
    key_lost: bool
    by: Role | None
    asked_by: Role | None


@dataclass(frozen=True, slots=True)
class AskedAgain:
    """A round that was added with a reason, after one that was over: what that was, and how many voted.

    `by` and `asked_by` as in `VoidedRound`.
    """

    question: str
    title: Text | None
    number: int
    after: int
    was: str
    voted: int
    reason: Text | None
    by: Role | None
    asked_by: Role | None


@dataclass(frozen=True, slots=True)
class SeatAct:
    """One kind of act, and how often."""

    act: ByHand
    times: int


@dataclass(frozen=True, slots=True)
class SeatsChanged:
    """How often something was done by hand to a seat that may vote, while a round was open that counts."""

    question: str
    title: Text | None
    round: int
    acts: tuple[SeatAct, ...]


@dataclass(frozen=True, slots=True)
class SampleLine:
    """A draw of the sample audit; all but `dice`, `drawn` and `entered` once every pair was in."""

    at_ms: int
    dice: str
    drawn: Figure
    entered: Figure
    pairs: Figure | None
    agreed: Figure | None
    missing: Figure | None
    differ_at_most: Figure | None


@dataclass(frozen=True, slots=True)
class Note:
    """An erratum or a response; `about` is the title of its question or theme, if it has one."""

    offset: int
    text: Text | None
    about: Text | None


@dataclass(frozen=True, slots=True)
class Restored:
    """The record was taken back to an earlier place, or taken over: what came after it was lost."""

    at_ms: int
    reason: Text | None


@dataclass(frozen=True, slots=True)
class SealedClose:
    """The chain's head after a close of a vote, as the hall saw it: digits, and words by language."""

    about: Text | None
    round: int
    code: str
    words: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Report:
    """The whole report. Page 1 is complete by itself: `said`, `dissent`, `missing` and what is asked."""

    edition: Edition
    preliminary: bool
    meeting: str
    plan: PlannedMeeting
    offset: int
    at_ms: int
    started_at_ms: int | None
    closed_at_ms: int | None
    heads: tuple[Head, ...]
    closes: tuple[SealedClose, ...]
    figures: Figures
    said: tuple[tuple[Said, ...], ...]
    said_elsewhere: int
    dissent: Said | None
    missing: tuple[Missing, ...]
    standings: tuple[Standing, ...]
    demographics: tuple[Result, ...]
    topics: tuple[Topic, ...]
    other_results: tuple[Result, ...]
    priorities: tuple[Result, ...]
    evaluation: tuple[Result, ...]
    responses: tuple[Note, ...]
    errata: tuple[Note, ...]
    voided: tuple[VoidedRound, ...]
    not_shown: tuple[Result, ...]
    agenda: tuple[AgendaLine, ...]
    requests: tuple[IdeaLine, ...]
    ideas: tuple[IdeaLine, ...]
    redactions: int
    restores: tuple[Restored, ...] = ()
    unplaced: int = 0
    samples: tuple[SampleLine, ...] = ()
    again: tuple[AskedAgain, ...] = ()
    seats_changed: tuple[SeatsChanged, ...] = ()

    @property
    def published(self) -> frozenset[str]:
        """The themes that have a place in the report, to link to."""
        return frozenset(theme.id for topic in self.topics for theme in topic.themes)

    @property
    def fewest_answers(self) -> Result | None:
        """Of the questions that page 1 answers the one that the smallest part of the room answered."""
        asked = [answers[0].result for answers in self.said]
        parts = [
            (Fraction(each.voted.n, each.present.n), each)
            for each in asked
            if each.voted and each.present and each.present.n
        ]
        return min(parts, key=lambda part: part[0])[1] if parts else None

    @property
    def rehearsal(self) -> bool:
        """Whether nobody said any of it: the room was simulated."""
        return is_rehearsal(self.meeting)

    @property
    def personal(self) -> bool:
        """Whether it holds what is personal."""
        return self.edition is Edition.FULL


class Trail:
    """From a theme to its ideas and back: the number of each idea in the annex, the title of each theme."""

    def __init__(self, report: Report) -> None:
        self.numbers = {idea.id: number for number, idea in enumerate(report.ideas, 1)}
        self.titles: dict[str, Text | None] = {
            theme.id: theme.title for topic in report.topics for theme in topic.themes
        }

    def in_order(self, ideas: tuple[str, ...]) -> list[str]:
        """The ideas by their numbers in the annex."""
        return sorted(ideas, key=self.numbers.__getitem__)
