# ruff: noqa: ARG001  (every rule has one signature)
"""A meeting as simple as it can be told: plain dicts and lists, everything counted from scratch.

Each command is one generator of its name. It yields every reason that speaks
against the command; where there is none it yields `GO` and goes on to change
the world. Nothing of app/core is used but its dataclasses and enums.
"""

from collections.abc import Callable, Iterator
from typing import Any

from app.core import commands as c
from app.core.capability import Capability, Given, KeptBallot
from app.core.commands import Channel, IdeaKind, SceneKind
from app.core.planned import PlannedMeeting, Standing
from tests.core.who_may import scope_of

GO = "go"
Reasons = Iterator[str]
Rule = Callable[["World", Any, Given], Reasons]
RULES: dict[str, Rule] = {}


def rule(function: Rule) -> Rule:
    """Take a generator as the rule of the command of its name."""
    RULES[function.__name__] = function
    return function


class Ever:
    """What was ever acknowledged, in the order in which it was, whatever became of the log since.

    `acts` are the clerk's notes by command, `kept` what devices hold of them. A copy has the same.
    """

    def __init__(self) -> None:
        self.acts: dict[str, dict[str, Any]] = {}
        self.kept: dict[str, KeptBallot] = {}
        self.epochs = 1

    def __deepcopy__(self, _memo: dict[int, Any]) -> "Ever":
        return self


class World:
    """What has happened, in plain words."""

    def __init__(self) -> None:
        self.ever = Ever()
        self.unplaced: list[tuple[str, int, str, str]] = []
        self.phase = "new"
        self.meeting = ""
        self.plan: PlannedMeeting | None = None
        self.tables: dict[str, dict[str, Any]] = {}
        self.seats: dict[str, dict[str, Any]] = {}
        self.sequences: dict[str, int] = {}
        self.items: dict[str, dict[str, Any]] = {}
        self.order: list[str] = []
        self.questions: dict[str, dict[str, Any]] = {}
        self.ballots: list[dict[str, Any]] = []
        self.ideas: dict[str, dict[str, Any]] = {}
        self.charts: dict[str, list[str]] = {}
        self.acts: list[dict[str, Any]] = []
        self.redacted_themes: list[tuple[str, int]] = []
        self.themes_made: dict[str, str] = {}
        self.assigned: dict[str, tuple[str, ...]] = {}
        self.screens: dict[str, tuple[Any, bool, Any]] = {}
        self.timer: tuple[int, Any] | None = None
        self.messages: dict[str, dict[str, Any]] = {}
        self.calls: dict[str, dict[str, Any]] = {}
        self.errata: list[Any] = []
        self.responses: list[Any] = []
        self.typed: list[tuple[str, str, Any]] = []
        self.redacted: set[tuple[str, str]] = set()
        self.restores: list[Any] = []
        self.samples: list[dict[str, Any]] = []
        self.by_hand = False

    def ask(self, command: c.AnyCommand, given: Given) -> set[str]:
        """Every reason against the command; an empty set means that it is done."""
        name = c.command_name(type(command))
        reasons = {*rights(self, name, command, given.by), *phases(self, name)}
        if self.plan is not None:
            reasons |= set(wording(self, command))
        run = RULES[name](self, command, given)
        for reason in run:
            if reason != GO:
                reasons.add(reason)
            elif not reasons:
                for _ in run:
                    raise AssertionError("nothing speaks against it after it is done")
                self.by_hand = self.by_hand or name in BY_HAND
            else:
                break
        return reasons

    @property
    def keypads(self) -> dict[str, str]:
        """Which seat a keypad holds."""
        return {s["keypad"]: id_ for id_, s in self.seats.items() if s["keypad"] is not None}

    @property
    def epoch(self) -> str:
        """The history that is being written."""
        return str(self.restores[-1][0]) if self.restores else "epoch000"

    @property
    def running(self) -> str | None:
        """The agenda item that runs."""
        return next((id_ for id_, item in self.items.items() if item["state"] == "running"), None)

    def present(self, standings: Any) -> int:
        """How many seats of these standings are present."""
        return sum(s["present"] and s["standing"] in standings for s in self.seats.values())


def epoch_of(w: World) -> str:
    """The name of the history that begins now."""
    return f"epoch{w.ever.epochs:03}"


# --- who, when, in which words ---------------------------------------------------------------


def rights(w: World, name: str, command: Any, by: Capability) -> Reasons:
    scope = scope_of(by.role, name)
    if scope is None:
        yield "not_allowed"
    elif scope == "seat" and command.seat != by.seat:
        yield "not_your_seat"
    elif scope == "table" and (wheres(w, name, command) - set(by.tables) or not wheres(w, name, command)):
        yield "not_your_table"


def wheres(w: World, name: str, command: Any) -> set[str]:
    """The tables that a command is about."""
    found: set[str] = set()
    if (seat := w.seats.get(getattr(command, "seat", ""))) is not None:
        found.add(seat["table"])
    if (idea := w.ideas.get(getattr(command, "idea", ""))) is not None:
        found.add(idea["table"])
    if (call := w.calls.get(getattr(command, "call", ""))) is not None:
        found.add(call["table"])
    if hasattr(command, "table") and name != "move_seat":
        found.add(command.table)
    return found


ROSTER = (
    "join_seat bind_keypad release_keypad confirm_takeover mark_present mark_left add_seat move_seat "
    "count_heads"
)
BEFORE = (
    f"prepare_meeting start_meeting {ROSTER} extend_item skip_item move_item add_item draft_question "
    "revise_question take_scene start_timer stop_timer send_message call_help answer_help close_help "
    "assign_tables redact_text recover_ballot"
).split()
AFTER = ["archive_meeting", "record_erratum", "record_response", "redact_text", "recover_ballot"]


CHANGES_THE_AGENDA = {"add_item", "skip_item", "extend_item", "move_item"}
BY_HAND = CHANGES_THE_AGENDA | {"draft_question", "revise_question", "add_seat", "move_seat"}


def phases(w: World, name: str) -> Reasons:
    match w.phase:
        case "new" if name != "prepare_meeting":
            yield "meeting_not_prepared"
        case _ if name == "restore_log":
            return
        case "running" if name == "prepare_meeting":
            yield "meeting_already_prepared"
        case "prepared" if name not in BEFORE:
            yield "meeting_not_running"
        case "running" if name == "start_meeting":
            yield "meeting_already_started"
        case "running" if name == "archive_meeting":
            yield "meeting_not_closed"
        case "closed" if name not in AFTER:
            yield "meeting_closed"
        case "archived" if name != "redact_text":
            yield "meeting_archived"
        case _:
            pass


LENGTHS = {"title": 300, "text": 500, "reason": 500, "label": 100, "unit": 40}


def wording(w: World, command: Any) -> Reasons:
    assert w.plan is not None
    if isinstance(command, c.PrepareMeeting):
        return
    for name in command.__slots__:
        value = getattr(command, name)
        if name in LENGTHS and value is not None:
            blank_is_fine = isinstance(command, c.CallHelp)
            yield from text_reasons(w, value, LENGTHS[name], blank_is_fine=blank_is_fine)
        if name == "language" and value is not None and value not in w.plan.languages:
            yield "unknown_language"
        if name == "scene" and set(value.languages) - set(w.plan.languages):
            yield "unknown_language"
        if name in ("options", "scale") and isinstance(value, tuple):
            for each in value:
                yield from text_reasons(w, each.text, 500)


def text_reasons(w: World, value: Any, limit: int, *, blank_is_fine: bool = False) -> Reasons:
    assert w.plan is not None
    by_language = value if isinstance(value, dict) else {"": value}
    if isinstance(value, dict) and set(value) - set(w.plan.languages):
        yield "unknown_language"
    if not any(text.strip() for text in by_language.values()) and not blank_is_fine:
        yield "text_empty"
    if any(len(tidy(text)) > limit for text in by_language.values()):
        yield "text_too_long"


def tidy(value: Any) -> Any:
    """A text as it is kept: for the texts that the machine types, that is without spaces around."""
    if isinstance(value, dict):
        return {language: tidy(text) for language, text in value.items() if text.strip()}
    return " ".join(value.split()) if isinstance(value, str) else value


def typed(w: World, of: str, of_id: str, *texts: Any) -> None:
    """Note that something was typed about this."""
    if any(texts):
        w.typed.append((of, of_id, texts))


def fresh(prefix: str, id_: str, taken: Any, reason: str) -> Reasons:
    """Why this may not be the id of a new thing."""
    head, _, tail = id_.partition("_")
    if head != prefix or len(tail) != 32 or set(tail) - set("0123456789abcdef"):
        yield "bad_id"
    if id_ in taken:
        yield reason


# --- the meeting -----------------------------------------------------------------------------


def names_anything(on_air: tuple[Any, bool, Any]) -> bool:
    """Whether what a screen shows is about something of the plan."""
    scene, _, _ = on_air
    return bool(scene.question or scene.other or scene.item)


@rule
def prepare_meeting(w: World, command: c.PrepareMeeting, given: Given) -> Reasons:
    if w.phase == "prepared" and command.meeting != w.meeting:
        yield "meeting_already_prepared"
    if w.by_hand:
        yield "plan_changed_by_hand"
    yield GO
    w.plan, w.phase, w.meeting = command.plan, "prepared", command.meeting
    tables, seats, screens = w.tables, w.seats, w.screens
    w.tables, w.seats, w.items, w.order, w.questions, w.screens = {}, {}, {}, [], {}, {}
    for t in w.plan.tables:
        w.tables[t.id] = {"site": t.site, "max": t.seats_max, "heads": tables.get(t.id, {}).get("heads")}
    for s in w.plan.seats:
        seat(w, s.id, s.table, s.standing, s.sector)
        if s.id in seats and seats[s.id]["table"] == s.table:
            kept = {k: v for k, v in seats[s.id].items() if k not in ("standing", "sector")}
            w.seats[s.id] |= kept
    for i in w.plan.agenda:
        w.items[i.id] = {
            "state": "planned",
            "minutes": i.minutes,
            "ideas": i.takes_ideas,
            "title": i.title,
            "reason": None,
        }
        w.order.append(i.id)
    for q in w.plan.questions:
        w.questions[q.id] = {
            "rules": q.rules,
            "title": q.title,
            "options": [{"id": o.id, "text": o.text, "exclusive": o.exclusive} for o in q.options],
            "scale": {step.value: step.text for step in q.scale},
            "rounds": [{"state": "planned"}],
            "seconds": q.seconds,
            "unit": q.unit,
        }
    w.screens = {screen: (c.Scene(SceneKind.TITLE), False, None) for screen in w.plan.screens}
    for screen in w.plan.screens:
        if screen in screens and not names_anything(screens[screen]):
            w.screens[screen] = screens[screen]


@rule
def start_meeting(w: World, command: c.StartMeeting, given: Given) -> Reasons:
    yield GO
    w.phase = "running"


@rule
def close_meeting(w: World, command: c.CloseMeeting, given: Given) -> Reasons:
    if any(q["rounds"][-1]["state"] == "open" for q in w.questions.values()):
        yield "voting_still_open"
    yield GO
    w.phase = "closed"


@rule
def archive_meeting(w: World, command: c.ArchiveMeeting, given: Given) -> Reasons:
    yield GO
    w.phase = "archived"


@rule
def record_erratum(w: World, command: c.RecordErratum, given: Given) -> Reasons:
    if command.question is not None and command.question not in w.questions:
        yield "unknown_question"
    yield GO
    w.errata.append((command.question, tidy(command.text), None))
    typed(w, "erratum", str(len(w.errata)), command.text)


@rule
def record_response(w: World, command: c.RecordResponse, given: Given) -> Reasons:
    if command.theme is not None and command.theme not in w.themes_made:
        yield "unknown_theme"
    yield GO
    w.responses.append((command.theme, tidy(command.text)))
    typed(w, "response", str(len(w.responses)), command.text)


@rule
def restore_log(w: World, command: c.RestoreLog, given: Given) -> Reasons:
    yield GO
    w.restores.append((command.epoch, command.before, tidy(command.reason)))
    typed(w, "restore", str(len(w.restores)), command.reason)


def moved(order: list[str], id_: str, before: str | None) -> list[str]:
    """The order with one thing before another, or last; before itself is where it was."""
    if before == id_:
        return order
    rest = [each for each in order if each != id_]
    place = rest.index(before) if before in rest else len(rest)
    return [*rest[:place], id_, *rest[place:]]


def bound(w: World, id_: str, keypad: str) -> Reasons:
    """Why this keypad may not hold this seat."""
    if not 0 < len(keypad) <= 120:
        yield "unknown_keypad"
    if w.keypads.get(keypad, id_) != id_:
        yield "keypad_bound_elsewhere"


def bind(w: World, id_: str, keypad: str, channel: Channel) -> None:
    w.seats[id_] |= {"keypad": keypad, "channel": channel, "asked": None, "present": True, "left": False}


def seat(w: World, id_: str, table: str, standing: Standing, sector: str | None) -> None:
    w.seats[id_] = {
        "table": table,
        "standing": standing,
        "sector": sector,
        "keypad": None,
        "channel": None,
        "present": False,
        "left": False,
        "asked": None,
    }


def standing_idea(w: World, id_: str) -> Reasons:
    if id_ not in w.ideas:
        yield "unknown_idea"
    elif w.ideas[id_]["withdrawn"]:
        yield "idea_withdrawn"


def idea_to_use(w: World, id_: str, revision: int | None = None) -> Reasons:
    yield from standing_idea(w, id_)
    if id_ in w.ideas:
        idea = w.ideas[id_]
        if idea["redacted"]:
            yield "already_redacted"
        if idea["texts"][-1][1] is IdeaKind.REQUEST:
            yield "personal_request"
        if revision is not None and revision != len(idea["texts"]):
            yield "revision_changed"
