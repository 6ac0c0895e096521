# ruff: noqa: ARG001  (every rule has one signature)
"""The stage of the naive model."""

from typing import Any

from app.core import commands as c
from app.core.capability import Given
from app.core.commands import SceneKind
from tests.core.naive_model import GO, Reasons, World, fresh, rule, tidy, typed
from tests.core.naive_themes import published


@rule
def take_scene(w: World, command: c.TakeScene, given: Given) -> Reasons:
    if command.screen not in w.screens:
        yield "unknown_screen"
    yield from scene_reasons(w, command.scene, command.text)
    yield GO
    if command.scene.kind is SceneKind.HOLD:
        scene, _, text = w.screens[command.screen]
        w.screens[command.screen] = (scene, True, text)
    else:
        w.screens[command.screen] = (command.scene, False, tidy(command.text))
    typed(w, "screen", command.screen, command.text)


def scene_reasons(w: World, scene: c.Scene, text: Any) -> Reasons:
    about = [q for q in (scene.question, scene.other) if q is not None]
    if set(about) - set(w.questions):
        yield "unknown_question"
    if scene.item is not None and scene.item not in w.items:
        yield "unknown_item"
    shows = ("results", "compare", "priorities")
    if scene.kind in ("question", "voting", *shows):
        if scene.question is None or (scene.kind == "compare" and scene.other is None):
            yield "scene_incomplete"
        for q in (w.questions[id_] for id_ in about if id_ in w.questions):
            live = q["rules"].visibility == "live" and q["rounds"][-1]["state"] in ("open", "closed")
            if scene.kind in shows and not live and all(r["state"] != "shown" for r in q["rounds"]):
                yield "not_shown_yet"
            if scene.kind == "voting" and [r["state"] for r in q["rounds"]] == ["planned"]:
                yield "voting_not_open"
    if scene.kind == "themes":
        if scene.item is None:
            yield "scene_incomplete"
        elif scene.item not in published(w):
            yield "not_published_yet"
    if scene.kind == "message" and not text:
        yield "scene_incomplete"
    if scene.kind == "sample" and all(sample["outcome"] is None for sample in w.samples):
        yield "scene_incomplete"


@rule
def start_timer(w: World, command: c.StartTimer, given: Given) -> Reasons:
    if not 0 < command.seconds <= 12 * 3600:
        yield "seconds_out_of_range"
    yield GO
    w.timer = (given.at_ms + 1000 * command.seconds, tidy(command.label))
    typed(w, "timer", "1", command.label)


@rule
def stop_timer(w: World, command: c.StopTimer, given: Given) -> Reasons:
    if w.timer is None:
        yield "no_timer"
    yield GO
    w.timer = None


@rule
def send_message(w: World, command: c.SendMessage, given: Given) -> Reasons:
    yield from fresh("msg", command.message, w.messages, "message_exists")
    if set(command.tables) - set(w.tables):
        yield "unknown_table"
    yield GO
    w.messages[command.message] = {"text": tidy(command.text), "tables": command.tables}


@rule
def call_help(w: World, command: c.CallHelp, given: Given) -> Reasons:
    yield from fresh("call", command.call, w.calls, "call_exists")
    if command.table not in w.tables:
        yield "unknown_table"
    yield GO
    w.calls[command.call] = {
        "table": command.table,
        "text": tidy(command.text) or None,
        "answered": 0,
        "closed": 0,
    }
    typed(w, "call", command.call, tidy(command.text))


def open_call(w: World, id_: str) -> Reasons:
    if id_ not in w.calls:
        yield "unknown_call"
    elif w.calls[id_]["closed"]:
        yield "call_closed"


@rule
def answer_help(w: World, command: c.AnswerHelp, given: Given) -> Reasons:
    yield from open_call(w, command.call)
    yield GO
    w.calls[command.call]["answered"] = given.at_ms


@rule
def close_help(w: World, command: c.CloseHelp, given: Given) -> Reasons:
    yield from open_call(w, command.call)
    yield GO
    w.calls[command.call]["closed"] = given.at_ms
