"""What a meeting plan says, as data: the meeting before anything has happened.

`app/plan.py` reads it from YAML and checks it against the published schema;
the event `MeetingPrepared` carries it whole, in its open part (the plan's own
texts are public). All texts are maps by language, all times wall-clock
milliseconds since 1970 UTC unless the name says otherwise.
"""

from dataclasses import dataclass
from enum import StrEnum

from app.core.ids import ItemId, OptionId, QuestionId, ScreenId, SeatId, SiteId, TableId, Text


class Standing(StrEnum):
    """In what capacity somebody sits at a table. A question names the standings that vote."""

    CITIZEN = "citizen"
    PARTY = "party"
    OFFICIAL = "official"
    EXPERT = "expert"
    VIEWER = "viewer"


class Kind(StrEnum):
    """How a question is answered."""

    PICK_ONE = "pick_one"
    PICK_UP_TO = "pick_up_to"
    APPROVE = "approve"
    YES_NO = "yes_no"
    RATING = "rating"
    NUMBER = "number"
    DEMOGRAPHIC = "demographic"


YES_NO_IDS = ("yes", "no", "abstain")
"""The options of every yes/no question; nobody writes them."""


class Visibility(StrEnum):
    """Whether counts by option may be seen while the vote is open."""

    AFTER_SHOW = "after_show"
    LIVE = "live"


class Purpose(StrEnum):
    """What a question is for; decides where the report puts it."""

    TOPIC = "topic"
    PRIORITY = "priority"
    DEMOGRAPHIC = "demographic"
    EVALUATION = "evaluation"
    PRACTICE = "practice"


class Level(StrEnum):
    """The promised level of participation."""

    INFORM = "inform"
    CONSULT = "consult"
    INVOLVE = "involve"
    COLLABORATE = "collaborate"
    EMPOWER = "empower"


class Recruitment(StrEnum):
    """How people came."""

    DRAWN = "drawn"
    INVITED = "invited"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class PlannedSite:
    id: SiteId
    name: Text


@dataclass(frozen=True, slots=True)
class PlannedTable:
    id: TableId
    site: SiteId
    seats_max: int = 12
    language: str | None = None


@dataclass(frozen=True, slots=True)
class PlannedSeat:
    """A place at a table. `sector` is said for parties only (business, temple, school …)."""

    id: SeatId
    table: TableId
    standing: Standing = Standing.CITIZEN
    sector: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class PlannedOption:
    """One option. `census` is the count of people in the compared population, for demographics."""

    id: OptionId
    text: Text
    exclusive: bool = False
    census: int | None = None


@dataclass(frozen=True, slots=True)
class ScaleStep:
    """One step of a rating scale, e.g. 1 "agree", 0 "pass", -1 "disagree"."""

    value: int
    text: Text


@dataclass(frozen=True, slots=True)
class QuestionRules:
    """Everything about a question except its words.

    `choices_max` is for pick-up-to; `scale` values for rating; `number_min` and `number_max`
    for number. `tie` says whether a rule breaks equal ranks, chosen before the opening:
    "shared" (nothing does) or "option_order".
    """

    kind: Kind
    purpose: Purpose = Purpose.TOPIC
    choices_max: int = 1
    number_min: int = 0
    number_max: int = 100
    standings: tuple[Standing, ...] = (Standing.CITIZEN, Standing.PARTY)
    visibility: Visibility = Visibility.AFTER_SHOW
    first_only: bool = False
    anonymous: bool = False
    publish_choices: bool = False
    tie: str = "shared"
    more_time_ms: int = 15_000


@dataclass(frozen=True, slots=True)
class PlannedQuestion:
    """A question of the plan. `seconds` is the planned length of its vote."""

    id: QuestionId
    title: Text
    rules: QuestionRules
    options: tuple[PlannedOption, ...] = ()
    scale: tuple[ScaleStep, ...] = ()
    item: ItemId | None = None
    seconds: int = 30
    unit: Text | None = None


@dataclass(frozen=True, slots=True)
class GuideCard:
    """What a table facilitator says, and what must be entered before the item ends."""

    say: Text
    enter: Text | None = None


@dataclass(frozen=True, slots=True)
class BackgroundPage:
    """Balanced background: for and against side by side, with who reviewed each."""

    title: Text
    body: Text
    arguments_for: Text | None = None
    arguments_against: Text | None = None
    reviewed_for_by: Text | None = None
    reviewed_against_by: Text | None = None


@dataclass(frozen=True, slots=True)
class PlannedItem:
    """A timed part of the agenda. `topic` items take ideas from tables."""

    id: ItemId
    title: Text
    minutes: int
    starts_at: str | None = None
    takes_ideas: bool = False
    guide: GuideCard | None = None
    background: tuple[BackgroundPage, ...] = ()


@dataclass(frozen=True, slots=True)
class CensusSource:
    """The population that demographics are compared with: who is counted, source, year."""

    name: Text
    population: Text
    year: int


class CoverKind(StrEnum):
    """The letter before page 1 of the printed report: within one's own office, or to another agency."""

    MEMO = "memo"
    LETTER = "letter"


@dataclass(frozen=True, slots=True)
class PlannedReport:
    """How the printed report goes out: its covering letter, from whom to whom, and its digits."""

    cover: CoverKind | None = None
    office: Text | None = None
    number: str | None = None
    to: Text | None = None
    signed_by: Text | None = None
    position: Text | None = None
    contact: Text | None = None
    thai_digits: bool = False


@dataclass(frozen=True, slots=True)
class PlannedMeeting:
    """The whole plan.

    `asked_of` says what is asked of whom ("the governor decides by …"); `decided_words` who wrote
    the questions; `not_open` what is not open for decision; `results_due` an ISO date.
    """

    title: Text
    languages: tuple[str, ...]
    date: str
    time_zone: str
    level: Level
    recruitment: Recruitment
    sites: tuple[PlannedSite, ...]
    tables: tuple[PlannedTable, ...]
    seats: tuple[PlannedSeat, ...]
    agenda: tuple[PlannedItem, ...]
    questions: tuple[PlannedQuestion, ...]
    place: Text | None = None
    purpose: Text | None = None
    organisers: tuple[Text, ...] = ()
    funders: tuple[Text, ...] = ()
    decision_makers: tuple[Text, ...] = ()
    asked_of: Text | None = None
    question_writers: Text | None = None
    background_reviewers_for: Text | None = None
    background_reviewers_against: Text | None = None
    not_open: Text | None = None
    what_next: Text | None = None
    results_due: str | None = None
    consent: Text | None = None
    census: CensusSource | None = None
    report: PlannedReport | None = None
    screens: tuple[ScreenId, ...] = (ScreenId("main"),)
    second_person: bool = False
    laptops_per_table: int = 2
    group_base_min: int = 10
    cell_min: int = 5
    close_notice_ms: int = 2_000
