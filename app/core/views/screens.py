"""The plenary screen: the scene on air, drawn from the meeting; and the same as words.

A scene names what it shows; its content is drawn here, so that the picture, the
phone that follows the screen and the interpreters' page say the same.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from app.core.commands import Scene, SceneKind
from app.core.ids import ItemId, QuestionId, ScreenId
from app.core.meeting import Close, Meeting
from app.core.planned import Kind, Purpose
from app.core.priorities import rank
from app.core.questions import Question
from app.core.statistics import share_tenths
from app.core.views.common import (
    agenda_entry,
    close_entry,
    meeting_entry,
    open_entry,
    published_entry,
    sheet_entry,
    timer_entry,
    votes_entry,
)
from app.core.views.floor import room_entry
from app.core.views.results import public_result
from app.core.views.sampled import drawn_entry

# Which topics change which scene.
_CARES: dict[SceneKind, tuple[str, ...]] = {
    SceneKind.TITLE: ("meeting",),
    SceneKind.AGENDA: ("agenda",),
    SceneKind.TIMER: ("timer",),
    SceneKind.QUESTION: ("question",),
    SceneKind.VOTING: ("question", "votes"),
    SceneKind.RESULTS: ("question", "votes"),
    SceneKind.COMPARE: ("question", "votes"),
    SceneKind.THEMES: ("published",),
    SceneKind.PRIORITIES: ("question", "votes"),
    SceneKind.ROOM: ("question", "room"),
    SceneKind.ROLL_CALL: ("room",),
    SceneKind.SAMPLE: ("sample",),
    SceneKind.MESSAGE: (),
    SceneKind.HOLD: (),
    SceneKind.BLANK: (),
}


def screen(meeting: Meeting, arg: str, name: str, id_: str) -> dict[str, Any]:
    """The channel of one screen."""
    entry: dict[str, Any] = {}
    on_air = meeting.stage.screens.get(ScreenId(arg))
    if on_air is None:
        return entry
    if name == "meeting":
        entry["meeting"] = meeting_entry(meeting)
    if name == "timer":
        entry["timer"] = timer_entry(meeting)
    if changes(meeting, ScreenId(arg), name, id_):
        entry["scene"] = drawn(meeting, ScreenId(arg))
    return entry


def changes(meeting: Meeting, screen_: ScreenId, name: str, id_: str) -> bool:
    """Whether a topic changes what the scene on air of this screen shows."""
    scene = meeting.stage.screens[screen_].scene
    if name == "scene":
        return id_ == screen_
    if name not in _CARES[scene.kind] or (name == "published" and id_ != scene.item):
        return False
    return not _another_question(scene, name, id_)


def _another_question(scene: Scene, name: str, id_: str) -> bool:
    if name not in ("question", "votes") or scene.kind is SceneKind.ROOM:
        return False
    return id_ not in (scene.question, scene.other)


def screen_topics(meeting: Meeting, arg: str) -> Iterator[str]:
    """The scene, the meeting, the timer."""
    name = arg or next(iter(meeting.stage.screens), "")
    return iter(("meeting", "timer", f"scene:{name}", "question:"))


def words(meeting: Meeting, _arg: str, name: str, id_: str) -> dict[str, Any]:
    """The channel `words`: the first screen's scene, and the open question."""
    first = next(iter(meeting.stage.screens), None)
    if first is None:
        return {}
    entry = screen(meeting, first, name, id_)
    if name == "question":
        entry["open"] = open_entry(meeting)
    return entry


def drawn(meeting: Meeting, screen_: ScreenId) -> dict[str, Any] | None:
    """The scene on air with its content."""
    on_air = meeting.stage.screens.get(screen_)
    if on_air is None:
        return None
    scene = on_air.scene
    return {
        "screen": screen_,
        "kind": scene.kind.value,
        "languages": list(scene.languages or meeting.languages),
        "offset": on_air.offset,
        "held": on_air.held,
        "text": on_air.text,
        **_content(meeting, scene),
    }


def _content(meeting: Meeting, scene: Scene) -> dict[str, Any]:
    q = _question(meeting, scene.question)
    match scene.kind:
        case SceneKind.TITLE:
            return {"meeting": meeting_entry(meeting)}
        case SceneKind.AGENDA:
            return {"agenda": agenda_entry(meeting)}
        case SceneKind.TIMER:
            return {"timer": timer_entry(meeting)}
        case SceneKind.QUESTION if q is not None:
            return {"question": sheet_entry(q, q.now)}
        case SceneKind.VOTING if q is not None:
            return {
                "question": sheet_entry(q, q.now),
                "votes": votes_entry(meeting, q),
                "digest": q.now.digest,
                "head": None if (close := _close(meeting, q)) is None else close_entry(close),
            }
        case SceneKind.RESULTS if q is not None:
            return {"result": public_result(q), **_unless_public(q)}
        case SceneKind.COMPARE if q is not None:
            other = _question(meeting, scene.other)
            shown = None if other is None else public_result(other)
            return {"result": public_result(q), "other": shown, **_unless_public(q)}
        case SceneKind.THEMES if scene.item is not None:
            return {"item": _item_title(meeting, scene.item), "themes": published_entry(meeting, scene.item)}
        case SceneKind.PRIORITIES if q is not None:
            return {"result": public_result(q), "priorities": priorities_entry(q), **_unless_public(q)}
        case SceneKind.ROOM:
            return {"room": room_entry(meeting), "census": census_entry(meeting)}
        case SceneKind.ROLL_CALL:
            return {"tables": roll_call_entry(meeting)}
        case SceneKind.SAMPLE:
            counted = meeting.sampling.counted
            return {"sample": None if counted is None else drawn_entry(counted)}
        case _:
            return {}


def _unless_public(q: Question) -> dict[str, Any]:
    """What was asked, where a scene of results has none: not shown yet, or void since."""
    return {"asked": {"title": q.title, "state": q.now.state.value}} if public_result(q) is None else {}


def _close(meeting: Meeting, q: Question) -> Close | None:
    return meeting.closes.get((q.id, q.now.number))


def _question(meeting: Meeting, question: QuestionId | None) -> Question | None:
    return None if question is None else meeting.questions.questions.get(question)


def _item_title(meeting: Meeting, item: ItemId) -> Any:
    found = meeting.agenda.items.get(item)
    return None if found is None else found.title


def priorities_entry(q: Question) -> list[dict[str, Any]]:
    """The options of a shown question, best first, with shared ranks (docs/rules.md, Figures)."""
    result = public_result(q)
    if result is None or q.rules.kind is Kind.NUMBER:
        return []
    by_id = {o["id"]: o for o in result["options"]}
    if q.rules.kind is Kind.RATING:
        order = sorted(by_id, key=lambda o: (by_id[o]["rank"], list(by_id).index(o)))
        return [by_id[o] for o in order]
    scores = {o: Fraction(entry["count"]) for o, entry in by_id.items()}
    return [by_id[p.option] for p in rank(scores, list(q.options), tie=q.rules.tie)]


def census_entry(meeting: Meeting) -> list[dict[str, Any]]:
    """Who is in the room beside the census, for each demographic that was shown, on the same base.

    The base is of the options for which the census has a count; those `without` one are not compared.
    """
    plan = meeting.plan
    found = []
    for q in meeting.questions.questions.values():
        shown = q.public
        if (
            q.rules.purpose is not Purpose.DEMOGRAPHIC
            or shown is None
            or q.rules.kind is not Kind.DEMOGRAPHIC
        ):
            continue
        compared = [o for o in q.options.values() if o.census is not None]
        population = sum(o.census or 0 for o in compared)
        base = sum(shown.tally.count(o.id) for o in compared)
        found.append(
            {
                "question": q.id,
                "title": q.title,
                "base": base,
                "population": population,
                "source": None if plan is None or plan.census is None else plan.census.name,
                "options": [
                    {
                        "id": o.id,
                        "text": o.text,
                        "count": shown.tally.count(o.id),
                        "share_tenths": share_tenths(shown.tally.count(o.id), base),
                        "census": o.census,
                        "census_tenths": share_tenths(o.census or 0, population),
                    }
                    for o in compared
                ],
                "without": [
                    {"id": o.id, "text": o.text, "count": shown.tally.count(o.id)}
                    for o in q.options.values()
                    if o.census is None
                ],
            }
        )
    return found


def roll_call_entry(meeting: Meeting) -> list[dict[str, Any]]:
    """Each table with how many are present."""
    seats = meeting.roster.seats
    return [
        {"table": t.id, "present": sum(1 for s in t.seats if seats[s].present), "seats": len(t.seats)}
        for t in meeting.roster.tables.values()
    ]
