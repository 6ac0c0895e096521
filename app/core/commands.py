"""What somebody asks for: one frozen dataclass a command, in the imperative.

A command says *what*; who asks and when comes beside it (`capability.Given`). The
wire's frames are generated from these classes, field for field, so a field
added here is a change of the public contract. Ids of new things are made by
the client (`ids.py`). The docstring of a command is its specification; what
may refuse it is listed in the generated reference.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

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
    TableId,
    Text,
    ThemeId,
)
from app.core.planned import PlannedMeeting, PlannedOption, QuestionRules, ScaleStep, Standing

Choices = tuple[str, ...] | dict[str, int] | int
"""What a ballot says: option ids (a set, sorted), or a value by option (rating), or a number."""


class Channel(StrEnum):
    """The way by which a ballot came in; flagged in every figure's record."""

    PHONE = "phone"
    LAPTOP = "laptop"
    HANDSET = "handset"
    PAPER = "paper"


class IdeaKind(StrEnum):
    """What an idea is. Personal requests are kept out of themes."""

    AGREEMENT = "agreement"
    INDIVIDUAL = "individual"
    MINORITY = "minority"
    QUOTE = "quote"
    QUESTION = "question"
    REQUEST = "request"


class HelpKind(StrEnum):
    """What a table calls for."""

    TECHNICAL = "technical"
    KEYPAD = "keypad"
    FACILITATION = "facilitation"
    INTERPRETER = "interpreter"
    WELFARE = "welfare"


class SceneKind(StrEnum):
    """What a plenary screen can show."""

    TITLE = "title"
    AGENDA = "agenda"
    TIMER = "timer"
    QUESTION = "question"
    VOTING = "voting"
    RESULTS = "results"
    COMPARE = "compare"
    THEMES = "themes"
    PRIORITIES = "priorities"
    ROOM = "room"
    ROLL_CALL = "roll_call"
    SAMPLE = "sample"
    MESSAGE = "message"
    HOLD = "hold"
    BLANK = "blank"


@dataclass(frozen=True, slots=True)
class Scene:
    """One scene by what it names; its words come from the meeting when it is drawn."""

    kind: SceneKind
    question: QuestionId | None = None
    other: QuestionId | None = None
    item: ItemId | None = None
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Command:
    """Base of all commands."""


# --- meeting -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PrepareMeeting(Command):
    """Take a checked plan as the plan of this meeting. The first command of every log.

    Given again while the meeting is prepared, the plan takes the place of the one before, unless agenda,
    questions or seats were changed by hand since.
    """

    meeting: MeetingId
    plan: PlannedMeeting


@dataclass(frozen=True, slots=True)
class StartMeeting(Command):
    """Open the doors: from now on the meeting runs."""


@dataclass(frozen=True, slots=True)
class CloseMeeting(Command):
    """End the day. Writes CLOSE into the chain; refused while a vote is open."""


@dataclass(frozen=True, slots=True)
class ArchiveMeeting(Command):
    """Put a closed meeting away: read-only from now on."""


@dataclass(frozen=True, slots=True)
class RecordErratum(Command):
    """Say in the report what was wrong, about a question or the whole."""

    text: Text
    question: QuestionId | None = None


@dataclass(frozen=True, slots=True)
class RecordResponse(Command):
    """Record what a decision maker said or promised, about a theme or the whole."""

    text: Text
    theme: ThemeId | None = None


@dataclass(frozen=True, slots=True)
class RedactText(Command):
    """Take a text out of the record for good.

    `of` says what is meant and `of_id` which one: an idea, theme, option, message, question (title, unit
    and scale), item (title and reasons of skipping), call or screen (words of its scenes) by its id; a
    reason (of running again, of voiding) by its question's id; an erratum, a response or (the reason of) a
    restore by its number in the record, from 1; the words of the hall's timer as ``1``. The plan's own
    words stay. The texts and their salts are erased wherever they were held or copied; the chain still
    holds.
    """

    of: str
    of_id: str


@dataclass(frozen=True, slots=True)
class RestoreLog(Command):
    """The server's own: the log was taken back to here, or taken over, so another history begins.

    `epoch` is its name, `before` that of the history that ended.
    """

    epoch: str
    before: str
    reason: Text | None = None


# --- roster --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class JoinSeat(Command):
    """A phone takes its seat: binds this device to the seat and marks it present."""

    seat: SeatId


@dataclass(frozen=True, slots=True)
class BindKeypad(Command):
    """Bind a keypad to a seat: a pad of this laptop, a handset, or paper."""

    seat: SeatId
    keypad: KeypadId
    channel: Channel


@dataclass(frozen=True, slots=True)
class ReleaseKeypad(Command):
    """Take the keypad from a seat; its ballots and demographics stay with the seat."""

    seat: SeatId


@dataclass(frozen=True, slots=True)
class ConfirmTakeover(Command):
    """Let the newer device have a seat whose older device is connected and has voted."""

    seat: SeatId


@dataclass(frozen=True, slots=True)
class MarkPresent(Command):
    """Say that somebody sits at this seat."""

    seat: SeatId


@dataclass(frozen=True, slots=True)
class MarkLeft(Command):
    """Say that whoever sat here has left; the seat's ballots stay."""

    seat: SeatId


@dataclass(frozen=True, slots=True)
class AddSeat(Command):
    """Add a place for a late arrival."""

    seat: SeatId
    table: TableId
    standing: Standing = Standing.CITIZEN
    sector: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class MoveSeat(Command):
    """Move a seat, its keypad and its ballots to another table."""

    seat: SeatId
    table: TableId


@dataclass(frozen=True, slots=True)
class CountHeads(Command):
    """Say how many people sit at a table now."""

    table: TableId
    heads: int


# --- agenda --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BeginItem(Command):
    """Start an agenda item; the running one is finished by it."""

    item: ItemId


@dataclass(frozen=True, slots=True)
class FinishItem(Command):
    """End the running item."""

    item: ItemId


@dataclass(frozen=True, slots=True)
class ExtendItem(Command):
    """Give the running or a coming item more minutes (or fewer, negative)."""

    item: ItemId
    minutes: int


@dataclass(frozen=True, slots=True)
class SkipItem(Command):
    """Leave an item out, with a reason."""

    item: ItemId
    reason: Text


@dataclass(frozen=True, slots=True)
class MoveItem(Command):
    """Put a coming item before another one, or last."""

    item: ItemId
    before: ItemId | None = None


@dataclass(frozen=True, slots=True)
class AddItem(Command):
    """Add an item during the day."""

    item: ItemId
    title: Text
    minutes: int
    takes_ideas: bool = False
    before: ItemId | None = None


# --- questions -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DraftQuestion(Command):
    """Add a question during the day, with its own options."""

    question: QuestionId
    title: Text
    rules: QuestionRules
    options: tuple[PlannedOption, ...] = ()
    scale: tuple[ScaleStep, ...] = ()
    item: ItemId | None = None
    seconds: int = 30
    unit: Text | None = None


@dataclass(frozen=True, slots=True)
class ReviseQuestion(Command):
    """Change a planned question before its first opening; what is not given stays."""

    question: QuestionId
    title: Text | None = None
    rules: QuestionRules | None = None
    options: tuple[PlannedOption, ...] | None = None
    scale: tuple[ScaleStep, ...] | None = None
    seconds: int | None = None


@dataclass(frozen=True, slots=True)
class MakeQuestion(Command):
    """Themes or ideas become a question in one act: the options are copies of this moment.

    `options` gives each source (a theme or an idea) the id of its option.
    """

    question: QuestionId
    title: Text
    rules: QuestionRules
    options: dict[OptionId, str]
    scale: tuple[ScaleStep, ...] = ()
    item: ItemId | None = None
    seconds: int = 30


@dataclass(frozen=True, slots=True)
class OpenVoting(Command):
    """Open the vote. `seconds` 0 means until somebody closes it.

    `languages_missing` confirms, by name, the languages in which the question has no words.
    """

    question: QuestionId
    seconds: int = 0
    languages_missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExtendVoting(Command):
    """Give an open vote more seconds from its planned end, or from now if it had none."""

    question: QuestionId
    seconds: int


@dataclass(frozen=True, slots=True)
class CloseVoting(Command):
    """Announce the close; the server closes after the plan's notice."""

    question: QuestionId


@dataclass(frozen=True, slots=True)
class FinishVoting(Command):
    """The server's own: the time is up, close now."""

    question: QuestionId
    round: Round


@dataclass(frozen=True, slots=True)
class GiveMoreTime(Command):
    """The server's own: wait once for those who asked for more time."""

    question: QuestionId
    round: Round


@dataclass(frozen=True, slots=True)
class ShowResults(Command):
    """Make the result public, after the second counter agreed."""

    question: QuestionId


@dataclass(frozen=True, slots=True)
class TakeBack(Command):
    """Undo an opening by mistake: within five seconds and before the first ballot."""

    question: QuestionId


@dataclass(frozen=True, slots=True)
class VoidRound(Command):
    """Declare the last round void, with a reason; both stay in the record."""

    question: QuestionId
    reason: Text


@dataclass(frozen=True, slots=True)
class ConfirmVoid(Command):
    """The second person's yes to a void, where the plan asks for one."""

    question: QuestionId


@dataclass(frozen=True, slots=True)
class RunAgain(Command):
    """Add round n+1 to a question whose last round is over, with a reason."""

    question: QuestionId
    reason: Text


@dataclass(frozen=True, slots=True)
class ConfirmAgain(Command):
    """The second person's yes to running a question again, where the plan asks for one."""

    question: QuestionId


@dataclass(frozen=True, slots=True)
class LoseKey(Command):
    """The server's own: the key of an anonymous round is gone, so the round is void."""

    question: QuestionId
    round: Round


@dataclass(frozen=True, slots=True)
class CastBallot(Command):
    """Vote for one seat. Replaces the seat's ballot; for a rating, changes the options named."""

    question: QuestionId
    round: Round
    seat: SeatId
    choices: Choices


@dataclass(frozen=True, slots=True)
class CastPaperBallot(Command):
    """Enter a paper ballot for a seat, flagged as such."""

    question: QuestionId
    round: Round
    seat: SeatId
    choices: Choices


@dataclass(frozen=True, slots=True)
class WithdrawBallot(Command):
    """Take the seat's ballot back, whole."""

    question: QuestionId
    round: Round
    seat: SeatId


@dataclass(frozen=True, slots=True)
class PressKey(Command):
    """A key of a handset, as the receiver heard it. `sequence` counts up by handset.

    A receiver says in which vote it heard the press (`question`, `round`), so that a copy that arrives
    after the close is late and never a vote in the next question. Without it the open vote is meant.
    """

    keypad: KeypadId
    key: str
    sequence: int
    question: QuestionId | None = None
    round: Round | None = None


@dataclass(frozen=True, slots=True)
class RecoverBallot(Command):
    """Offer again what was acknowledged and lost, after the log was taken back.

    `blob` is what came with the acknowledgement, and the command's id is the one of the ballot that was
    acknowledged. It is taken once, as if it had come then: also where the vote is closed since, and a later
    ballot of the seat stays. `seat` may be left out by a receiver of handsets only.
    """

    blob: str
    seat: SeatId | None = None


@dataclass(frozen=True, slots=True)
class AskMoreTime(Command):
    """A participant needs more time in the open vote."""

    question: QuestionId
    seat: SeatId


# --- sample audit --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DrawSample(Command):
    """Draw so many (question, table) pairs whose hands will be counted, by dice thrown in the room.

    Drawn from are the rounds that count, shown and not anonymous, of questions that hands can answer (not
    ratings, numbers, demographics or practice), at tables where somebody who votes on them is present. Each
    pair at most once a meeting. `dice` are the eyes as they were thrown, 1 to 6 each.
    """

    dice: tuple[int, ...]
    pairs: int


@dataclass(frozen=True, slots=True)
class EnterHands(Command):
    """Enter the hands counted at a table for a drawn pair, by option; an option left out has none.

    May be entered again until the last pair of the draw is in. `missing`, without hands, says that they
    cannot be counted any more: the pair is then taken as one that does not agree.
    """

    question: QuestionId
    round: Round
    table: TableId
    hands: dict[OptionId, int]
    missing: bool = False


# --- ideas ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WriteIdea(Command):
    """A table writes an idea on its flip chart. `language` is the one it is written in."""

    idea: IdeaId
    table: TableId
    item: ItemId
    kind: IdeaKind
    text: str
    language: str


@dataclass(frozen=True, slots=True)
class ReviseIdea(Command):
    """Change an idea's words or kind; `revision` is the one that was being read."""

    idea: IdeaId
    revision: int
    text: str
    kind: IdeaKind


@dataclass(frozen=True, slots=True)
class WithdrawIdea(Command):
    """Take a table's own idea back; it stays in the record."""

    idea: IdeaId


@dataclass(frozen=True, slots=True)
class MoveIdea(Command):
    """Put an idea before another of the same table, or last."""

    idea: IdeaId
    before: IdeaId | None = None


@dataclass(frozen=True, slots=True)
class ReadIdeas(Command):
    """The theme team has read these ideas."""

    ideas: tuple[IdeaId, ...]


@dataclass(frozen=True, slots=True)
class AnswerIdea(Command):
    """An expert answers a question that a table sent."""

    idea: IdeaId
    text: str
    language: str


# --- themes --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CreateTheme(Command):
    """Name a theme for an agenda item."""

    theme: ThemeId
    item: ItemId
    title: Text


@dataclass(frozen=True, slots=True)
class RenameTheme(Command):
    """Give a theme other words."""

    theme: ThemeId
    title: Text


@dataclass(frozen=True, slots=True)
class MergeThemes(Command):
    """Unite themes under a new id; the parents stay in the record."""

    theme: ThemeId
    parents: tuple[ThemeId, ...]
    title: Text


@dataclass(frozen=True, slots=True)
class FileIdea(Command):
    """File an idea's revision under a theme; an idea may be filed under several."""

    idea: IdeaId
    revision: int
    theme: ThemeId


@dataclass(frozen=True, slots=True)
class UnfileIdea(Command):
    """Take an idea out of a theme."""

    idea: IdeaId
    theme: ThemeId


@dataclass(frozen=True, slots=True)
class OrderThemes(Command):
    """Put the themes of an item in this order; those not named follow as they were."""

    item: ItemId
    themes: tuple[ThemeId, ...]


@dataclass(frozen=True, slots=True)
class QuoteIdea(Command):
    """Choose an idea's revision as a quote of a theme."""

    theme: ThemeId
    idea: IdeaId
    revision: int


@dataclass(frozen=True, slots=True)
class UnquoteIdea(Command):
    """Take a quote back."""

    theme: ThemeId
    idea: IdeaId


@dataclass(frozen=True, slots=True)
class PublishThemes(Command):
    """Approve these themes of an item, in this order, for the stage and the screen."""

    item: ItemId
    themes: tuple[ThemeId, ...]


@dataclass(frozen=True, slots=True)
class AssignTables(Command):
    """Give a member of the theme team a block of tables to read."""

    to: CapabilityId
    tables: tuple[TableId, ...]


@dataclass(frozen=True, slots=True)
class UndoAct(Command):
    """Undo an act of the theme team: one's own last (`act` not given), or any for the leader."""

    act: CommandId | None = None


# --- stage ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TakeScene(Command):
    """Put a scene on a plenary screen; `text` is for the message scene."""

    screen: ScreenId
    scene: Scene
    text: Text | None = None


@dataclass(frozen=True, slots=True)
class StartTimer(Command):
    """Start the hall's timer; a running one is replaced."""

    seconds: int
    label: Text | None = None


@dataclass(frozen=True, slots=True)
class StopTimer(Command):
    """Stop the hall's timer."""


@dataclass(frozen=True, slots=True)
class SendMessage(Command):
    """Write to tables: to those named, or to all when none is."""

    message: MessageId
    text: Text
    tables: tuple[TableId, ...] = ()


@dataclass(frozen=True, slots=True)
class CallHelp(Command):
    """A table asks for help."""

    call: CallId
    table: TableId
    kind: HelpKind
    text: str = ""


@dataclass(frozen=True, slots=True)
class AnswerHelp(Command):
    """Somebody is on the way to the table."""

    call: CallId


@dataclass(frozen=True, slots=True)
class CloseHelp(Command):
    """The table has been helped."""

    call: CallId


MeetingCommand = (
    PrepareMeeting
    | StartMeeting
    | CloseMeeting
    | ArchiveMeeting
    | RecordErratum
    | RecordResponse
    | RedactText
    | RestoreLog
)
RosterCommand = (
    JoinSeat
    | BindKeypad
    | ReleaseKeypad
    | ConfirmTakeover
    | MarkPresent
    | MarkLeft
    | AddSeat
    | MoveSeat
    | CountHeads
)
AgendaCommand = BeginItem | FinishItem | ExtendItem | SkipItem | MoveItem | AddItem
DraftCommand = DraftQuestion | ReviseQuestion | MakeQuestion
RoundCommand = (
    OpenVoting
    | ExtendVoting
    | CloseVoting
    | FinishVoting
    | GiveMoreTime
    | ShowResults
    | TakeBack
    | VoidRound
    | ConfirmVoid
    | RunAgain
    | ConfirmAgain
    | LoseKey
)
BallotCommand = CastBallot | CastPaperBallot | WithdrawBallot | PressKey | AskMoreTime
RecoveryCommand = RecoverBallot
SampleCommand = DrawSample | EnterHands
IdeaCommand = WriteIdea | ReviseIdea | WithdrawIdea | MoveIdea | ReadIdeas | AnswerIdea
ThemeCommand = (
    CreateTheme
    | RenameTheme
    | MergeThemes
    | FileIdea
    | UnfileIdea
    | OrderThemes
    | QuoteIdea
    | UnquoteIdea
    | PublishThemes
    | AssignTables
    | UndoAct
)
StageCommand = TakeScene | StartTimer | StopTimer | SendMessage | CallHelp | AnswerHelp | CloseHelp
AnyCommand = (
    MeetingCommand
    | RosterCommand
    | AgendaCommand
    | DraftCommand
    | RoundCommand
    | BallotCommand
    | RecoveryCommand
    | SampleCommand
    | IdeaCommand
    | ThemeCommand
    | StageCommand
)
"""Each subject's commands; every `match` over one of these is checked for completeness."""


_NAMES: dict[type[Command], str] = {}


def command_name(cls: type[Command]) -> str:
    """The command's name on the wire: ``CastBallot`` -> ``cast_ballot``."""
    name = _NAMES.get(cls)
    if name is None:  # worked out once: it is asked for at every ballot
        name = _NAMES[cls] = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()
    return name


COMMANDS: dict[str, type[Command]] = {
    command_name(cls): cls
    for cls in list(globals().values())
    if isinstance(cls, type) and issubclass(cls, Command) and cls is not Command
}
"""Every command by its name, in the order of this file."""
