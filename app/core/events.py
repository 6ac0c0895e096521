"""What happened: one frozen dataclass an event, in the past tense.

Every event has an open part and, for some, sealed parts: what is personal or
was typed during the meeting. A sealed part is committed to by a salted hash in
the chain, so it can later be erased (`None` here) and the chain still holds
(docs/rules.md, The log). Which field lies in which part is fixed by its type for
ever: event bytes are frozen.

Every type declares its owner. *Site* events carry the site, so that a meeting
log can be split by site later without changing bytes. The docstring of an
event is its specification.
"""

import re
from dataclasses import Field, dataclass, field, fields
from typing import Any, ClassVar

from app.core.commands import Channel, Choices, HelpKind, IdeaKind, Scene
from app.core.ids import (
    CallId,
    CapabilityId,
    CommandId,
    IdeaId,
    ItemId,
    KeypadId,
    MeetingId,
    MessageId,
    OptionId,
    QuestionId,
    Round,
    ScreenId,
    SeatId,
    SiteId,
    TableId,
    Text,
    ThemeId,
    Voter,
)
from app.core.planned import PlannedMeeting, QuestionRules, Standing


def sealed(part: str) -> Any:
    """A field of the named sealed part; `None` once the part has been erased (or was not said)."""
    return field(default=None, metadata={"sealed": part})


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Base of all events. `at_ms` is what the injected clock said; order never comes from it."""

    owner: ClassVar[str] = "meeting"
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Act(Event):
    """An event with an open author (`role:public id`) and command."""

    by: str
    command: CommandId


# --- meeting -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingPrepared(Act):
    """The plan was taken. The first event of every log."""

    meeting: MeetingId
    plan: PlannedMeeting


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanReplaced(Act):
    """Another plan took the place of the one before, while the meeting was prepared.

    Sites, tables, seats, agenda, questions and screens are those of this plan. A seat that is in both plans,
    at the same table, keeps its keypad and its presence; a table that is in both keeps its count of heads.
    """

    meeting: MeetingId
    plan: PlannedMeeting


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingStarted(Act):
    """The meeting runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingClosed(Act):
    """CLOSE: the day is over. After it only redactions, errata, responses and the archiving."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingArchived(Act):
    """The meeting is read-only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErratumRecorded(Act):
    """What was wrong, for the report.

    `recovered` where the server says it: ballots of this round came back after its result had been shown.
    """

    question: QuestionId | None = None
    recovered: Round | None = None
    text: Text | None = sealed("text")


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseRecorded(Act):
    """What a decision maker said or promised."""

    theme: ThemeId | None = None
    text: Text | None = sealed("text")


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRedacted(Act):
    """A text was taken out of the record.

    `erased` lists the (offset, part) of every sealed part that held or copied it.
    """

    of: str
    of_id: str
    erased: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRestored(Act):
    """Another history begins here: the log was taken back, or a second laptop took over.

    What the history `before` had after this place is lost, but for the ballots that devices bring back.
    """

    epoch: str
    before: str
    reason: Text | None = sealed("reason")


# --- roster --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class KeypadBound(Act):
    """A keypad holds a seat, which is present by it. `taken_from` is the older keypad, if any."""

    owner: ClassVar[str] = "site"
    site: SiteId
    seat: SeatId
    keypad: KeypadId
    channel: Channel
    taken_from: KeypadId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeypadReleased(Act):
    """The seat has no keypad."""

    owner: ClassVar[str] = "site"
    site: SiteId
    seat: SeatId
    keypad: KeypadId


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeoverAsked(Act):
    """A newer device asks for a seat whose older one is connected and has voted."""

    owner: ClassVar[str] = "site"
    site: SiteId
    seat: SeatId
    keypad: KeypadId
    channel: Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatMarkedPresent(Act):
    """Somebody sits here."""

    owner: ClassVar[str] = "site"
    site: SiteId
    seat: SeatId


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatMarkedLeft(Act):
    """Whoever sat here has left."""

    owner: ClassVar[str] = "site"
    site: SiteId
    seat: SeatId


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatAdded(Act):
    """A place was added for a late arrival."""

    owner: ClassVar[str] = "site"
    site: SiteId
    seat: SeatId
    table: TableId
    standing: Standing
    sector: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatMoved(Act):
    """A seat went to another table."""

    owner: ClassVar[str] = "site"
    site: SiteId
    seat: SeatId
    table: TableId


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadsCounted(Act):
    """So many people sit at the table."""

    owner: ClassVar[str] = "site"
    site: SiteId
    table: TableId
    heads: int


# --- agenda --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemBegun(Act):
    """An agenda item runs; the one that ran before is finished."""

    item: ItemId


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFinished(Act):
    """The item is over."""

    item: ItemId


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemExtended(Act):
    """The item has more (or fewer) minutes."""

    item: ItemId
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemSkipped(Act):
    """The item is left out."""

    item: ItemId
    reason: Text | None = sealed("reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemMoved(Act):
    """The item stands before another, or last."""

    item: ItemId
    before: ItemId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemAdded(Act):
    """An item was added during the day."""

    item: ItemId
    minutes: int
    takes_ideas: bool = False
    before: ItemId | None = None
    title: Text | None = sealed("title")


# --- questions -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionDrafted(Act):
    """A question was added during the day; its options follow in events of their own."""

    question: QuestionId
    rules: QuestionRules
    item: ItemId | None = None
    seconds: int = 30
    scale: tuple[int, ...] = ()
    title: Text | None = sealed("texts")
    unit: Text | None = sealed("texts")
    scale_texts: tuple[Text, ...] | None = sealed("texts")


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionRevised(Act):
    """A planned question was changed; `None` means as it was.

    Where `options_replaced`, its new options follow.
    """

    question: QuestionId
    rules: QuestionRules | None = None
    seconds: int | None = None
    scale: tuple[int, ...] | None = None
    options_replaced: bool = False
    title: Text | None = sealed("texts")
    scale_texts: tuple[Text, ...] | None = sealed("texts")


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionAdded(Act):
    """An option of a question, perhaps copied from a theme or an idea's revision."""

    question: QuestionId
    option: OptionId
    exclusive: bool = False
    census: int | None = None
    theme: ThemeId | None = None
    idea: IdeaId | None = None
    revision: int | None = None
    text: Text | None = sealed("text")


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundAdded(Act):
    """The question will be asked again. `asked_by` asked for it, where `by` is the second person."""

    question: QuestionId
    round: Round
    asked_by: str | None = None
    reason: Text | None = sealed("reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class VotingOpened(Act):
    """The vote is open, until `closes_at_ms` or until somebody closes it."""

    question: QuestionId
    round: Round
    closes_at_ms: int | None = None
    languages_missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VotingExtended(Act):
    """The vote has more time: `seconds` as asked for; `for_more_time` where the server waited by itself."""

    question: QuestionId
    round: Round
    closes_at_ms: int
    for_more_time: bool = False
    seconds: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingAnnounced(Act):
    """The vote will close at `closes_at_ms`."""

    question: QuestionId
    round: Round
    closes_at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VotingClosed(Act):
    """The vote is closed; no ballot counts after this event.

    `voted` of `present` seats of the standings that vote. `digest` is SHA-256 over the salt
    (raw 16 bytes, given in hex in the sealed part) and the canonical JSON of the list of the
    choices that count, sorted by the canonical JSON text of each.
    """

    question: QuestionId
    round: Round
    voted: int
    present: int
    digest: str
    digest_salt: str | None = sealed("digest")


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultsShown(Act):
    """The result is public: ballots, and count by cell.

    A cell is an option id; for a rating ``option=value``; for a number the number itself.
    """

    question: QuestionId
    round: Round
    voters: int
    cells: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundVoided(Act):
    """The round does not count; it stays in the record with its reason."""

    question: QuestionId
    round: Round
    taken_back: bool = False
    key_lost: bool = False
    asked_by: str | None = None
    reason: Text | None = sealed("reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidAsked(Act):
    """Somebody asks for a void; a second person has to confirm it."""

    question: QuestionId
    round: Round
    reason: Text | None = sealed("reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class AgainAsked(Act):
    """Somebody asks to run a question again, whose last round this is; a second person has to confirm it."""

    question: QuestionId
    round: Round
    reason: Text | None = sealed("reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class BallotCast(Event):
    """A ballot of one seat, or an anonymous voter's.

    In an anonymous round `voter` and `command` are keyed hashes, `table`, `by`, `keypad` and
    `sequence` are not said, and `at_ms` is the opening's.
    """

    owner: ClassVar[str] = "site"
    site: SiteId
    question: QuestionId
    round: Round
    channel: Channel
    voter: Voter | None = sealed("voter")
    table: TableId | None = sealed("voter")
    by: str | None = sealed("voter")
    command: CommandId | None = sealed("voter")
    keypad: KeypadId | None = sealed("voter")
    sequence: int | None = sealed("voter")
    choices: Choices | None = sealed("choices")


@dataclass(frozen=True, slots=True, kw_only=True)
class BallotWithdrawn(Event):
    """A seat took its ballot back; fields as in `BallotCast`."""

    owner: ClassVar[str] = "site"
    site: SiteId
    question: QuestionId
    round: Round
    channel: Channel
    voter: Voter | None = sealed("voter")
    table: TableId | None = sealed("voter")
    by: str | None = sealed("voter")
    command: CommandId | None = sealed("voter")
    keypad: KeypadId | None = sealed("voter")
    sequence: int | None = sealed("voter")


@dataclass(frozen=True, slots=True, kw_only=True)
class MoreTimeAsked(Event):
    """A seat needs more time in the open vote."""

    owner: ClassVar[str] = "site"
    site: SiteId
    question: QuestionId
    round: Round
    voter: Voter | None = sealed("voter")
    by: str | None = sealed("voter")
    command: CommandId | None = sealed("voter")


@dataclass(frozen=True, slots=True, kw_only=True)
class BallotRecovered(Event):
    """A ballot (or a withdrawal) that was acknowledged, lost with a part of the log, and brought back.

    It lay at `offset` of the history `epoch`, and stands where it would have stood: a later one of the seat
    stays. `at_ms` is when it was brought back, `cast_at_ms` when it was cast. Where the round was over
    already, `voted`, `present` and `digest` are the new ones, as in `VotingClosed`.
    """

    owner: ClassVar[str] = "site"
    site: SiteId
    question: QuestionId
    round: Round
    channel: Channel
    epoch: str
    offset: int
    cast_at_ms: int
    withdrawn: bool = False
    voted: int | None = None
    present: int | None = None
    digest: str | None = None
    voter: Voter | None = sealed("voter")
    table: TableId | None = sealed("voter")
    by: str | None = sealed("voter")
    command: CommandId | None = sealed("voter")
    keypad: KeypadId | None = sealed("voter")
    sequence: int | None = sealed("voter")
    choices: Choices | None = sealed("choices")
    digest_salt: str | None = sealed("digest")


@dataclass(frozen=True, slots=True, kw_only=True)
class BallotUnplaced(Event):
    """A ballot that was acknowledged in a vote that this history does not have: kept and listed, not counted.

    Fields as in `BallotRecovered`.
    """

    owner: ClassVar[str] = "site"
    site: SiteId
    question: QuestionId
    round: Round
    channel: Channel
    epoch: str
    offset: int
    cast_at_ms: int
    withdrawn: bool = False
    voter: Voter | None = sealed("voter")
    table: TableId | None = sealed("voter")
    by: str | None = sealed("voter")
    command: CommandId | None = sealed("voter")
    keypad: KeypadId | None = sealed("voter")
    sequence: int | None = sealed("voter")
    choices: Choices | None = sealed("choices")


# --- sample audit --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleDrawn(Act):
    """So many (question, round, table) pairs were drawn by these dice, in the order of their tickets.

    A ticket is SHA-256, in hex, over the lines ``town meeting sample``, the dice as digits, the digest of the
    round's close (or of the last ballot that came back after it), question, round and table, without an
    end of line after the last. The lowest are drawn, of all pairs that can be and were not drawn before.
    """

    dice: tuple[int, ...]
    pairs: int
    drawn: tuple[tuple[QuestionId, Round, TableId], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HandsEntered(Act):
    """The hands that were counted at a table for a drawn pair; the last ones count. Never in a view.

    `missing` where they could not be counted.
    """

    owner: ClassVar[str] = "site"
    site: SiteId
    question: QuestionId
    round: Round
    table: TableId
    missing: bool = False
    hands: dict[OptionId, int] | None = sealed("hands")


# --- ideas ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaWritten(Act):
    """A table wrote an idea: its revision 1."""

    owner: ClassVar[str] = "site"
    site: SiteId
    table: TableId
    item: ItemId
    idea: IdeaId
    kind: IdeaKind
    language: str
    text: str | None = sealed("text")


@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaRevised(Act):
    """The idea has a new revision, with these words and this kind."""

    owner: ClassVar[str] = "site"
    site: SiteId
    idea: IdeaId
    revision: int
    kind: IdeaKind
    text: str | None = sealed("text")


@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaWithdrawn(Act):
    """The table took its idea back."""

    owner: ClassVar[str] = "site"
    site: SiteId
    idea: IdeaId


@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaMoved(Act):
    """The idea stands before another on its table's flip chart, or last."""

    owner: ClassVar[str] = "site"
    site: SiteId
    idea: IdeaId
    before: IdeaId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IdeasRead(Act):
    """The theme team has read these ideas."""

    ideas: tuple[IdeaId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaAnswered(Act):
    """An expert answered a table's question."""

    idea: IdeaId
    language: str
    text: str | None = sealed("text")


# --- themes --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeCreated(Act):
    """A theme of an agenda item."""

    theme: ThemeId
    item: ItemId
    title: Text | None = sealed("title")


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeRenamed(Act):
    """The theme has other words."""

    theme: ThemeId
    title: Text | None = sealed("title")


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemesMerged(Act):
    """The union of the parents, under a new id."""

    theme: ThemeId
    parents: tuple[ThemeId, ...]
    title: Text | None = sealed("title")


@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaFiled(Act):
    """An idea's revision lies under the theme."""

    idea: IdeaId
    revision: int
    theme: ThemeId


@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaUnfiled(Act):
    """The idea no longer lies under the theme."""

    idea: IdeaId
    theme: ThemeId


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemesOrdered(Act):
    """The themes of an item stand in this order."""

    item: ItemId
    themes: tuple[ThemeId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaQuoted(Act):
    """An idea's revision is a quote of the theme."""

    theme: ThemeId
    idea: IdeaId
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaUnquoted(Act):
    """The quote was taken back."""

    theme: ThemeId
    idea: IdeaId


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemesPublished(Act):
    """The leader approved these themes, in this order, for stage and screen."""

    item: ItemId
    themes: tuple[ThemeId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TablesAssigned(Act):
    """A member of the theme team reads these tables."""

    to: CapabilityId
    tables: tuple[TableId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActUndone(Act):
    """The named act of the theme team is as if it had not been."""

    act: CommandId


# --- stage ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneTaken(Act):
    """A scene is on the air on a screen."""

    screen: ScreenId
    scene: Scene
    text: Text | None = sealed("text")


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerStarted(Act):
    """The hall's timer runs until `ends_at_ms`."""

    ends_at_ms: int
    label: Text | None = sealed("label")


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerStopped(Act):
    """The hall's timer is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSent(Act):
    """A message to the named tables, or to all where none is named."""

    message: MessageId
    tables: tuple[TableId, ...] = ()
    text: Text | None = sealed("text")


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpCalled(Act):
    """A table asked for help."""

    owner: ClassVar[str] = "site"
    site: SiteId
    call: CallId
    table: TableId
    kind: HelpKind
    text: str | None = sealed("text")


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpAnswered(Act):
    """Somebody is on the way."""

    owner: ClassVar[str] = "site"
    site: SiteId
    call: CallId


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpClosed(Act):
    """The table has been helped."""

    owner: ClassVar[str] = "site"
    site: SiteId
    call: CallId


MeetingEvent = (
    MeetingPrepared
    | PlanReplaced
    | MeetingStarted
    | MeetingClosed
    | MeetingArchived
    | ErratumRecorded
    | ResponseRecorded
    | TextRedacted
    | LogRestored
)
RosterEvent = (
    KeypadBound
    | KeypadReleased
    | TakeoverAsked
    | SeatMarkedPresent
    | SeatMarkedLeft
    | SeatAdded
    | SeatMoved
    | HeadsCounted
)
AgendaEvent = ItemBegun | ItemFinished | ItemExtended | ItemSkipped | ItemMoved | ItemAdded
DraftEvent = QuestionDrafted | QuestionRevised | OptionAdded
RoundEvent = (
    VotingOpened
    | VotingExtended
    | ClosingAnnounced
    | VotingClosed
    | ResultsShown
    | RoundVoided
    | VoidAsked
    | AgainAsked
    | RoundAdded
)
BallotEvent = BallotCast | BallotWithdrawn | MoreTimeAsked
RecoveryEvent = BallotRecovered | BallotUnplaced
SampleEvent = SampleDrawn | HandsEntered
IdeaEvent = IdeaWritten | IdeaRevised | IdeaWithdrawn | IdeaMoved | IdeasRead | IdeaAnswered
TeamEvent = (
    ThemeCreated
    | ThemeRenamed
    | ThemesMerged
    | IdeaFiled
    | IdeaUnfiled
    | ThemesOrdered
    | IdeaQuoted
    | IdeaUnquoted
    | ThemesPublished
)
ThemeEvent = TeamEvent | TablesAssigned | ActUndone
StageEvent = SceneTaken | TimerStarted | TimerStopped | MessageSent | HelpCalled | HelpAnswered | HelpClosed
AnyEvent = (
    MeetingEvent
    | RosterEvent
    | AgendaEvent
    | DraftEvent
    | RoundEvent
    | BallotEvent
    | RecoveryEvent
    | SampleEvent
    | IdeaEvent
    | ThemeEvent
    | StageEvent
)
"""Each subject's events; every `match` over one of these is checked for completeness."""


def event_name(cls: type[Event]) -> str:
    """The event's name in the log: ``BallotCast`` -> ``ballot_cast``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()


EVENTS: dict[str, type[Event]] = {
    event_name(cls): cls
    for cls in list(globals().values())
    if isinstance(cls, type) and issubclass(cls, Event) and cls not in (Event, Act)
}
"""Every event by its name in the log, in the order of this file."""


def sealed_parts(cls: type[Event]) -> dict[str, tuple[Field[Any], ...]]:
    """The sealed parts of an event type by name, in the order in which the chain takes them."""
    parts: dict[str, list[Field[Any]]] = {}
    for f in fields(cls):
        if part := f.metadata.get("sealed"):
            parts.setdefault(part, []).append(f)
    return {name: tuple(parts[name]) for name in sorted(parts)}
