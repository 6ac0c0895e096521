# ruff: noqa: ARG001  (every rule has one signature)
"""What a redaction reaches in the naive model."""

from typing import Any

from app.core import commands as c
from app.core.capability import Given
from tests.core.naive_model import GO, Reasons, World, rule
from tests.core.naive_themes import title_of

ELSEWHERE = ["question", "item", "reason", "erratum", "response", "call", "screen", "timer", "restore"]


@rule
def redact_text(w: World, command: c.RedactText, given: Given) -> Reasons:
    made_options = [
        o for q in w.questions.values() for o in q["options"] + q.get("replaced", []) if "made" in o
    ]
    match command.of:
        case "idea":
            if command.of_id not in w.ideas:
                yield "unknown_idea"
            elif w.ideas[command.of_id]["redacted"]:
                yield "already_redacted"
        case "theme":
            if command.of_id not in w.themes_made:
                yield "unknown_theme"
            elif title_of(w, command.of_id) is None:
                yield "already_redacted"
        case "option":
            found = [o for o in made_options if o["id"] == command.of_id]
            if not found:
                yield "unknown_text"
            elif all(o["text"] is None for o in found):
                yield "already_redacted"
        case "message":
            if command.of_id not in w.messages:
                yield "unknown_text"
            elif w.messages[command.of_id]["text"] is None:
                yield "already_redacted"
        case of if of in ELSEWHERE:
            if not standing(w, command):
                known = (command.of, command.of_id) in w.redacted
                yield "already_redacted" if known else "unknown_text"
        case _:
            yield "bad_field"
    yield GO
    if command.of == "idea":
        idea = w.ideas[command.of_id]
        idea["redacted"] = True
        idea["texts"] = [(None, kind) for _, kind in idea["texts"]]
        idea["answers"] = [None for _ in idea["answers"]]
    if command.of == "theme":
        w.redacted_themes.append((command.of_id, len(w.acts)))
    if command.of == "message":
        w.messages[command.of_id]["text"] = None
    for option in made_options:
        if command.of_id == option["id" if command.of == "option" else "source"] and command.of != "message":
            option["text"] = None
    if command.of in ELSEWHERE:
        w.typed = [each for each in w.typed if each not in standing(w, command)]
        w.redacted.add((command.of, command.of_id))
        forget(w, command.of, command.of_id)


def standing(w: World, command: c.RedactText) -> list[Any]:
    """What was typed about it and stands."""
    return [each for each in w.typed if each[:2] == (command.of, command.of_id)]


def forget(w: World, of: str, of_id: str) -> None:
    match of:
        case "question":
            q = w.questions[of_id]
            q["title"] = None
            if "drafted" in q:
                q["unit"] = None
            if "scale_typed" in q:
                q["scale"] = dict.fromkeys(q["scale"])
        case "item":
            w.items[of_id]["reason"] = None
            if "added" in w.items[of_id]:
                w.items[of_id]["title"] = None
        case "reason":
            for r in w.questions[of_id]["rounds"]:
                r.update(dict.fromkeys(("reason", "asked", "again", "again_asked") & r.keys()))
        case "erratum" | "response":
            said = w.errata if of == "erratum" else w.responses
            about, _, *more = said[int(of_id) - 1]
            said[int(of_id) - 1] = (about, None, *more)
        case "restore":
            w.restores[int(of_id) - 1] = (*w.restores[int(of_id) - 1][:2], None)
        case "call":
            w.calls[of_id]["text"] = None
        case "screen":
            if of_id in w.screens:
                scene, held, _ = w.screens[of_id]
                w.screens[of_id] = (scene, held, None)
        case _:
            w.timer = w.timer and (w.timer[0], None)
