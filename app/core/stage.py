"""The stage: scenes on plenary screens, the hall's timer, messages, calls for help.

Nothing reaches a screen that nobody approved: results once shown, themes once
published, a message once typed by somebody with the right to.
"""

from dataclasses import dataclass, replace

from app.core.agenda import Agenda
from app.core.capability import Given
from app.core.commands import (
    AnswerHelp,
    CallHelp,
    CloseHelp,
    HelpKind,
    Scene,
    SceneKind,
    SendMessage,
    StageCommand,
    StartTimer,
    StopTimer,
    TakeScene,
)
from app.core.errors import Refusal
from app.core.events import (
    AnyEvent,
    HelpAnswered,
    HelpCalled,
    HelpClosed,
    MessageSent,
    SceneTaken,
    StageEvent,
    TimerStarted,
    TimerStopped,
)
from app.core.ids import CallId, CommandId, MessageId, ScreenId, SiteId, TableId, Text, is_made_id
from app.core.planned import PlannedMeeting, Visibility
from app.core.questions import Question, Questions, RoundState
from app.core.roster import Roster
from app.core.themes import Themes

TIMER_SECONDS_MAX = 12 * 3600


@dataclass(slots=True)
class OnAir:
    """What a screen shows, since when.

    `held` keeps the picture while the scene goes on behind it; `before` is the scene to come back to
    from a blank.
    """

    scene: Scene
    text: Text | None
    offset: int
    held: bool = False
    at_ms: int = 0
    before: tuple[Scene, Text | None] | None = None


@dataclass(slots=True)
class Timer:
    """The hall's timer."""

    ends_at_ms: int
    started_at_ms: int
    label: Text | None


@dataclass(slots=True)
class Message:
    """A message to tables (none named: to all); `text` is `None` once redacted."""

    id: MessageId
    tables: tuple[TableId, ...]
    text: Text | None
    at_ms: int
    by: str
    command: CommandId
    offset: int


@dataclass(slots=True)
class Call:
    """A table's call for help."""

    id: CallId
    table: TableId
    site: SiteId
    kind: HelpKind
    text: str | None
    at_ms: int
    answered_at_ms: int | None = None
    closed_at_ms: int | None = None


class Stage:
    """Screens, timer, messages, calls."""

    def __init__(self) -> None:
        self.screens: dict[ScreenId, OnAir] = {}
        self.timer: Timer | None = None
        self.messages: dict[MessageId, Message] = {}
        self.calls: dict[CallId, Call] = {}

    def prepare(self, plan: PlannedMeeting) -> None:
        """Every screen begins with the title; one that shows nothing of an earlier plan goes on as it was."""
        before = self.screens
        self.screens = {screen: OnAir(Scene(SceneKind.TITLE), None, 0) for screen in plan.screens}
        for screen, on_air in before.items():
            if screen in self.screens and not _names_anything(on_air.scene):
                named = on_air.before is not None and _names_anything(on_air.before[0])
                self.screens[screen] = replace(on_air, before=None) if named else on_air

    def decide(
        self,
        command: StageCommand,
        given: Given,
        *,
        questions: Questions,
        themes: Themes,
        agenda: Agenda,
        roster: Roster,
        sampled: bool,
    ) -> tuple[AnyEvent, ...]:
        """Decide a command about the stage; `sampled`: whether a sample audit has come to its number."""
        act = given.act
        match command:
            case TakeScene():
                if command.screen not in self.screens:
                    raise Refusal("unknown_screen", screen=command.screen[:64])
                check_scene(command.scene, command.text, questions, themes, agenda)
                if command.scene.kind is SceneKind.SAMPLE and not sampled:
                    raise Refusal("scene_incomplete", scene=command.scene.kind.value)
                return (SceneTaken(**act, screen=command.screen, scene=command.scene, text=command.text),)
            case StartTimer():
                if not 0 < command.seconds <= TIMER_SECONDS_MAX:
                    raise Refusal("seconds_out_of_range", limit=TIMER_SECONDS_MAX)
                ends = given.at_ms + 1000 * command.seconds
                return (TimerStarted(**act, ends_at_ms=ends, label=command.label),)
            case StopTimer():
                if self.timer is None:
                    raise Refusal("no_timer")
                return (TimerStopped(**act),)
            case SendMessage():
                if not is_made_id("msg", command.message):
                    raise Refusal("bad_id", field="message")
                if command.message in self.messages:
                    raise Refusal("message_exists", message=command.message)
                for table in command.tables:
                    roster.table(table)
                return (
                    MessageSent(**act, message=command.message, tables=command.tables, text=command.text),
                )
            case CallHelp():
                if not is_made_id("call", command.call):
                    raise Refusal("bad_id", field="call")
                if command.call in self.calls:
                    raise Refusal("call_exists", call=command.call)
                at = roster.table(command.table)
                return (
                    HelpCalled(
                        **act,
                        site=at.site,
                        call=command.call,
                        table=at.id,
                        kind=command.kind,
                        text=command.text or None,
                    ),
                )
            case AnswerHelp():
                call = self._open_call(command.call)
                return (HelpAnswered(**act, site=call.site, call=call.id),)
            case CloseHelp():
                call = self._open_call(command.call)
                return (HelpClosed(**act, site=call.site, call=call.id),)

    def _open_call(self, call: CallId) -> Call:
        found = self.calls.get(call)
        if found is None:
            raise Refusal("unknown_call", call=call[:64])
        if found.closed_at_ms is not None:
            raise Refusal("call_closed", call=found.id)
        return found

    def apply(self, offset: int, event: StageEvent) -> tuple[str, ...]:
        """Fold one of this module's events; gives the topics touched."""
        match event:
            case SceneTaken():
                self._take(offset, event)
                return (f"scene:{event.screen}",)
            case TimerStarted():
                self.timer = Timer(event.ends_at_ms, event.at_ms, event.label)
                return ("timer",)
            case TimerStopped():
                self.timer = None
                return ("timer",)
            case MessageSent():
                self.messages[event.message] = Message(
                    event.message, event.tables, event.text, event.at_ms, event.by, event.command, offset
                )
                return (f"message:{event.message}",)
            case HelpCalled():
                self.calls[event.call] = Call(
                    event.call, event.table, event.site, event.kind, event.text, event.at_ms
                )
            case HelpAnswered():
                self.calls[event.call].answered_at_ms = event.at_ms
            case HelpClosed():
                self.calls[event.call].closed_at_ms = event.at_ms
        return (f"call:{event.call}", f"table:{self.calls[event.call].table}", "room")

    def _take(self, offset: int, event: SceneTaken) -> None:
        on_air = self.screens[event.screen]
        if event.scene.kind is SceneKind.HOLD:
            on_air.held = True
            return
        before = None
        if event.scene.kind is SceneKind.BLANK:
            before = on_air.before or (on_air.scene, on_air.text)
        self.screens[event.screen] = OnAir(event.scene, event.text, offset, at_ms=event.at_ms, before=before)


NEEDS_QUESTION = (
    SceneKind.QUESTION,
    SceneKind.VOTING,
    SceneKind.RESULTS,
    SceneKind.COMPARE,
    SceneKind.PRIORITIES,
)
NEEDS_SHOWN = (SceneKind.RESULTS, SceneKind.COMPARE, SceneKind.PRIORITIES)


def _names_anything(scene: Scene) -> bool:
    """Whether a scene is about something of the plan."""
    return any(named is not None for named in (scene.question, scene.other, scene.item))


def check_scene(
    scene: Scene, text: Text | None, questions: Questions, themes: Themes, agenda: Agenda
) -> None:
    """Refuse a scene that lacks what it shows, names what is not there, or shows what nobody released."""
    for named in (scene.question, scene.other):
        if named is not None:
            questions.question(named)
    if scene.item is not None:
        agenda.item(scene.item)
    if scene.kind in NEEDS_QUESTION:
        if scene.question is None or (scene.kind is SceneKind.COMPARE and scene.other is None):
            raise Refusal("scene_incomplete", scene=scene.kind.value)
        for question in (scene.question, scene.other):
            if question is not None:
                q = questions.question(question)
                if scene.kind in NEEDS_SHOWN and q.public is None and not _is_live(q):
                    raise Refusal("not_shown_yet", question=q.id)
                if scene.kind is SceneKind.VOTING and q.state is RoundState.PLANNED and len(q.rounds) == 1:
                    raise Refusal("voting_not_open", question=q.id)
    if scene.kind is SceneKind.THEMES:
        if scene.item is None:
            raise Refusal("scene_incomplete", scene=scene.kind.value)
        if scene.item not in themes.published:
            raise Refusal("not_published_yet", theme=scene.item)
    if scene.kind is SceneKind.MESSAGE and not text:
        raise Refusal("scene_incomplete", scene=scene.kind.value)


def _is_live(q: Question) -> bool:
    """Whether the question lets its counts be seen while it is open, and until its show."""
    return q.rules.visibility is Visibility.LIVE and q.state in (RoundState.OPEN, RoundState.CLOSED)
