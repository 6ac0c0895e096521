"""Redaction: every sealed part that holds or copied a text, and how the state forgets it.

How this works. Ideas, themes, options and messages know themselves where their words lie. Of
everything else that is typed during the day (titles of questions and items, reasons, errata,
responses, words of a call, of a scene, of the timer, of a restore) `Typed` keeps where, by what it is about.
An entry outlives its words, so that a replay of the erased log comes to the same state.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from app.core import events as e
from app.core.commands import RedactText
from app.core.errors import Refusal
from app.core.ids import CallId, CommandId, IdeaId, ItemId, MessageId, QuestionId, ScreenId, ThemeId
from app.core.questions import Option

if TYPE_CHECKING:
    from app.core.meeting import Meeting

THE_TIMER = "1"
"""The id of the hall's timer: there is one."""

ELSEWHERE = ("question", "item", "reason", "erratum", "response", "call", "screen", "timer", "restore")
"""What `RedactText.of` may say beside idea, theme, option and message."""

KEPT = frozenset(
    {
        e.QuestionDrafted, e.QuestionRevised, e.ItemAdded, e.ItemSkipped, e.RoundAdded, e.RoundVoided,
        e.VoidAsked, e.AgainAsked, e.ErratumRecorded, e.ResponseRecorded, e.SceneTaken, e.TimerStarted,
        e.HelpCalled, e.LogRestored,
    }
)  # fmt: skip

Part = tuple[int, str]
"""A sealed part: the offset of its event, and its name."""


@dataclass(slots=True)
class Words:
    """Where something typed lies, and whether its words still stand."""

    offset: int
    part: str
    command: CommandId
    stand: bool


class Typed:
    """Where the words lie that no subject keeps a place of, by what they are of and its id."""

    def __init__(self) -> None:
        self.words: dict[tuple[str, str], list[Words]] = {}

    def keep(self, offset: int, event: e.AnyEvent, meeting: "Meeting") -> None:
        """Note the words of an event that has just been applied, or the place where they were."""
        if type(event) not in KEPT:  # of the many ballots this is all
            return
        match event:
            case e.QuestionDrafted() | e.QuestionRevised():
                said = (event.title, event.scale_texts, getattr(event, "unit", None))
                self._note("question", event.question, offset, event, "texts", any(said))
            case e.ItemAdded():
                self._note("item", event.item, offset, event, "title", bool(event.title))
            case e.ItemSkipped():
                self._note("item", event.item, offset, event, "reason", bool(event.reason))
            case e.RoundAdded() | e.RoundVoided() | e.VoidAsked() | e.AgainAsked():
                self._note("reason", event.question, offset, event, "reason", bool(event.reason))
            case e.ErratumRecorded():
                self._note("erratum", str(len(meeting.errata)), offset, event, "text", bool(event.text))
            case e.ResponseRecorded():
                self._note("response", str(len(meeting.responses)), offset, event, "text", bool(event.text))
            case e.SceneTaken():
                self._note("screen", event.screen, offset, event, "text", bool(event.text))
            case e.TimerStarted():
                self._note("timer", THE_TIMER, offset, event, "label", bool(event.label))
            case e.HelpCalled():
                self._note("call", event.call, offset, event, "text", bool(event.text))
            case e.LogRestored():
                self._note("restore", str(len(meeting.restores)), offset, event, "reason", bool(event.reason))
            case _:
                pass

    def _note(self, of: str, of_id: str, offset: int, event: e.Act, part: str, stand: bool) -> None:
        self.words.setdefault((of, of_id), []).append(Words(offset, part, event.command, stand))

    def standing(self, of: str, of_id: str) -> list[Part]:
        """The parts whose words still stand."""
        return [(w.offset, w.part) for w in self.words.get((of, of_id), ()) if w.stand]

    def forget(self, of: str, of_id: str, erased: frozenset[Part]) -> list[Words]:
        """Let these words not stand any more; gives where they were."""
        gone = [w for w in self.words.get((of, of_id), ()) if (w.offset, w.part) in erased]
        for each in gone:
            each.stand = False
        return gone


# --- decide --------------------------------------------------------------------------------


def parts_of(meeting: "Meeting", command: RedactText) -> tuple[Part, ...]:
    """Every sealed part that holds or copied a text.

    Raises:
        Refusal: unknown_idea, unknown_theme, unknown_text, already_redacted, bad_field.
    """
    match command.of:
        case "idea":
            parts = _of_idea(meeting, command.of_id)
        case "theme":
            parts = _of_theme(meeting, command.of_id)
        case "option":
            options = _options(meeting, option=command.of_id)
            _check_standing(command, known=bool(options), standing=any(o.text is not None for o in options))
            parts = [(o.offset, "text") for o in options]
        case "message":
            message = meeting.stage.messages.get(MessageId(command.of_id))
            _check_standing(
                command,
                known=message is not None,
                standing=message is not None and message.text is not None,
            )
            assert message is not None
            parts = [(message.offset, "text")]
        case of if of in ELSEWHERE:
            parts = meeting.typed.standing(of, command.of_id)
            was = any((r.of, r.of_id) == (of, command.of_id) for r in meeting.redactions)
            _check_standing(command, known=bool(parts) or was, standing=bool(parts))
        case _:
            raise Refusal("bad_field", field="of", reason="unknown")
    return tuple(sorted(parts))


def _check_standing(command: RedactText, *, known: bool, standing: bool) -> None:
    if not known:
        raise Refusal("unknown_text", id=command.of_id[:64])
    if not standing:
        raise Refusal("already_redacted")


def _of_idea(meeting: "Meeting", of_id: str) -> list[Part]:
    idea = meeting.ideas.idea(IdeaId(of_id))
    if idea.redacted:
        raise Refusal("already_redacted")
    written = [(revision.offset, "text") for revision in idea.revisions]
    answered = [(answer.offset, "text") for answer in idea.answers]
    return [*written, *answered, *((o.offset, "text") for o in _options(meeting, idea=of_id))]


def _of_theme(meeting: "Meeting", of_id: str) -> list[Part]:
    theme = meeting.themes.theme(ThemeId(of_id))
    if theme.title is None:
        raise Refusal("already_redacted")
    copied = [(o.offset, "text") for o in _options(meeting, theme=of_id)]
    return [*((offset, "title") for offset in theme.offsets), *copied]


def _options(
    meeting: "Meeting", *, idea: str | None = None, theme: str | None = None, option: str | None = None
) -> list[Option]:
    """The options made during the day from a source, or of an id; also those replaced since."""
    return [
        o
        for q in meeting.questions.questions.values()
        for o in (*q.replaced, *q.options.values())
        if o.offset and ((idea and o.idea == idea) or (theme and o.theme == theme) or o.id == option)
    ]


# --- apply ---------------------------------------------------------------------------------


def apply(meeting: "Meeting", event: e.TextRedacted) -> tuple[str, ...]:
    """Forget a redacted text wherever the state holds it; gives the topics touched."""
    match event.of:
        case "idea":
            topics = _forget_idea(meeting, IdeaId(event.of_id))
        case "theme":
            topics = _forget_theme(meeting, ThemeId(event.of_id))
        case "message":
            message = meeting.stage.messages[MessageId(event.of_id)]
            message.text = None
            meeting.receipts.erase(message.command, "text")
            topics = [f"message:{message.id}"]
        case "option":
            topics = []
        case _:
            for words in meeting.typed.forget(event.of, event.of_id, frozenset(event.erased)):
                meeting.receipts.erase(words.command, words.part)
            topics = _forget_elsewhere(meeting, event.of, event.of_id)
    topics += _forget_options(meeting, frozenset(offset for offset, _ in event.erased))
    return tuple(dict.fromkeys(("meeting", *topics, *(f"scene:{s}" for s in meeting.stage.screens))))


def _forget_idea(meeting: "Meeting", id_: IdeaId) -> list[str]:
    idea = meeting.ideas.ideas[id_]
    meeting.ideas.redact(idea)
    for command in (*(r.command for r in idea.revisions), *(a.command for a in idea.answers)):
        meeting.receipts.erase(command, "text")
    themes = [f"theme:{theme}" for theme in meeting.themes.themes]
    return [f"idea:{id_}", *themes, f"published:{idea.item}"]


def _forget_theme(meeting: "Meeting", id_: ThemeId) -> list[str]:
    theme = meeting.themes.themes[id_]
    meeting.themes.redact(theme)
    for command in theme.commands:
        meeting.receipts.erase(command, "title")
    return [f"theme:{id_}", f"published:{theme.item}", "themes"]


def _forget_options(meeting: "Meeting", erased: frozenset[int]) -> list[str]:
    topics = []
    for q in meeting.questions.questions.values():
        for option in (*q.replaced, *q.options.values()):
            if option.offset in erased:
                option.text = None
                meeting.receipts.erase_option(option.command, option.offset)
                topics.append(f"question:{q.id}")
    return topics


def _forget_elsewhere(meeting: "Meeting", of: str, of_id: str) -> list[str]:
    """Forget what is not an idea, theme, option or message."""
    match of:
        case "question":
            return _forget_question(meeting, QuestionId(of_id))
        case "item":
            item = meeting.agenda.items[ItemId(of_id)]
            item.title = None if item.added_during_day else item.title
            item.skip_reason = None
            return ["agenda"]
        case "reason":
            for now in meeting.questions.questions[QuestionId(of_id)].rounds:
                now.reason = now.void_reason = now.void_asked_reason = now.again_asked_reason = None
            return [f"question:{of_id}"]
        case "erratum":
            offset, question, _, recovered = meeting.errata[int(of_id) - 1]
            meeting.errata[int(of_id) - 1] = (offset, question, None, recovered)
        case "response":
            offset, theme, _ = meeting.responses[int(of_id) - 1]
            meeting.responses[int(of_id) - 1] = (offset, theme, None)
        case "restore":
            restored = meeting.restores[int(of_id) - 1]
            meeting.restores[int(of_id) - 1] = replace(restored, reason=None)
        case "call":
            call = meeting.stage.calls[CallId(of_id)]
            call.text = None
            return [f"call:{call.id}", f"table:{call.table}"]
        case "screen":
            on_air = meeting.stage.screens.get(ScreenId(of_id))
            if on_air is not None:  # a screen may have gone with the plan that named it
                on_air.text = None
                on_air.before = on_air.before and (on_air.before[0], None)
        case _:
            assert of == "timer", of
            if meeting.stage.timer is not None:
                meeting.stage.timer.label = None
            return ["timer"]
    return []


def _forget_question(meeting: "Meeting", id_: QuestionId) -> list[str]:
    """Title, unit and scale; of a question of the plan the unit stays, and a scale that was not typed."""
    q = meeting.questions.questions[id_]
    q.title = None
    if q.drafted_offset:
        q.unit = None
    if q.scale_typed:
        q.scale_texts = None
    return [f"question:{id_}", "agenda"]
