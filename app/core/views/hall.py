"""The console of those who run the day, and the public view of those who watch it."""

from collections.abc import Iterator
from typing import Any

from app.core.capability import role_of
from app.core.commands import Scene
from app.core.ids import MessageId, QuestionId, Round, ScreenId, Text
from app.core.meeting import Meeting
from app.core.planned import Purpose
from app.core.questions import Question, RoundNow, RoundState
from app.core.views import floor
from app.core.views.common import (
    agenda_entry,
    closes_entry,
    guide_entry,
    meeting_entry,
    message_entry,
    open_entry,
    published_entry,
    question_topics,
    sheet_entry,
    timer_entry,
    votes_entry,
)
from app.core.views.results import public_result
from app.core.views.sampled import samples_entry
from app.core.views.screens import census_entry, changes, drawn


def console(meeting: Meeting, _arg: str, name: str, id_: str) -> dict[str, Any]:
    """The channel `console`: everything but counts by option before the show."""
    scenes = {
        f"scene/{s}": on_air_entry(meeting, s)
        for s in meeting.stage.screens
        if changes(meeting, s, name, id_)
    }
    return {**_console(meeting, name, id_), **scenes}


def _console(meeting: Meeting, name: str, id_: str) -> dict[str, Any]:
    match name:
        case "meeting":
            return {
                "meeting": meeting_entry(meeting),
                "record": record_entry(meeting),
                "about": about_entry(meeting),
                "brought_back": brought_back_entry(meeting),
            }
        case "agenda":
            guides = {f"guide/{i.id}": guide_entry(i) for i in meeting.agenda.in_order() if i.guide}
            return {"agenda": agenda_entry(meeting), **guides}
        case "acts":
            return {"acts": acts_entry(meeting)}
        case "timer":
            return {"timer": timer_entry(meeting)}
        case "question":
            q = meeting.questions.questions.get(QuestionId(id_))
            if q is None:
                return {}
            return {
                "census": census_entry(meeting),
                f"question/{id_}": question_entry(q),
                f"votes/{id_}": votes_entry(meeting, q),
                f"result/{id_}": public_result(q),
                "open": open_entry(meeting),
                "closes": closes_entry(meeting),
                "voided": voided_entry(meeting),
                **floor.floor(meeting, "", "question", id_),
            }
        case "votes":
            q = meeting.questions.questions.get(QuestionId(id_))
            return (
                {}
                if q is None
                else {f"votes/{id_}": votes_entry(meeting, q), f"result/{id_}": public_result(q)}
            )
        case "message":
            message = meeting.stage.messages.get(MessageId(id_))
            return {} if message is None else {f"message/{id_}": message_entry(message)}
        case "published":
            return {f"published/{id_}": published_entry(meeting, id_)}
        case "sample":
            return {"samples": samples_entry(meeting), **floor.floor(meeting, "", name, id_)}
        case _:
            return floor.floor(meeting, "", name, id_)


def console_topics(meeting: Meeting, _arg: str) -> Iterator[str]:
    """Everything of the console."""
    yield from ("meeting", "agenda", "acts", "timer")
    yield from question_topics(meeting, "question")
    for screen in meeting.stage.screens:
        yield f"scene:{screen}"
    for message in meeting.stage.messages:
        yield f"message:{message}"
    for item in meeting.themes.published:
        yield f"published:{item}"
    yield from floor.topics(meeting, "")


def question_entry(q: Question) -> dict[str, Any]:
    """A question with all its rounds."""
    return {
        **sheet_entry(q, q.now),
        "item": q.item,
        "seconds": q.seconds,
        "visibility": q.rules.visibility.value,
        "tie": q.rules.tie,
        "publish_choices": q.rules.publish_choices,
        "more_time_ms": q.rules.more_time_ms,
        "census": {o.id: o.census for o in q.options.values() if o.census is not None},
        "from_plan": q.drafted_offset == 0,
        "rounds": [round_entry(r) for r in q.rounds],
    }


def on_air_entry(meeting: Meeting, screen: ScreenId) -> dict[str, Any] | None:
    """The scene on air with its content, since when it is there, and what a blank comes back to."""
    entry = drawn(meeting, screen)
    if entry is None:
        return None
    on_air = meeting.stage.screens[screen]
    names = {"question": on_air.scene.question, "other": on_air.scene.other, "item": on_air.scene.item}
    return {
        **entry,
        "names": {name: id_ for name, id_ in names.items() if id_ is not None},
        "at_ms": on_air.at_ms,
        "before": None if on_air.before is None else before_entry(*on_air.before),
    }


def before_entry(scene: Scene, text: Text | None) -> dict[str, Any]:
    """A scene by what it names."""
    return {
        "kind": scene.kind.value,
        "question": scene.question,
        "other": scene.other,
        "item": scene.item,
        "languages": list(scene.languages),
        "text": text,
    }


def acts_entry(meeting: Meeting) -> list[dict[str, Any]]:
    """The last acts of those who run the day, newest first."""
    return [
        {
            "at_ms": done.at_ms,
            "by": done.by,
            "command": done.command,
            "name": done.name,
            "about": done.about,
            "scene": done.scene,
        }
        for done in reversed(meeting.acts.last)
    ]


def round_entry(now: RoundNow) -> dict[str, Any]:
    """A round's life, without counts by option; how many have voted in an open one is in `votes/`."""
    return {
        "round": now.number,
        "state": now.state.value,
        "opened_at_ms": now.opened_at_ms,
        "closed_at_ms": now.closed_at_ms,
        "shown_at_ms": now.shown_at_ms,
        "voted": None if now.state is RoundState.OPEN else now.voted,
        "present": now.present,
        "digest": now.digest,
        "reason": now.reason,
        "void_reason": now.void_reason,
        "taken_back": now.taken_back,
        "key_lost": now.key_lost,
        "void_asked_by": now.void_asked_by,
        "again_asked_by": now.again_asked_by,
    }


def errata_entry(
    meeting: Meeting, _offset: int, question: QuestionId | None, text: Text | None, recovered: Round | None
) -> dict[str, Any]:
    """An erratum; without words and with `recovered` it says how many ballots came back after the show."""
    came_back = None
    if question is not None and recovered is not None:
        came_back = meeting.questions.questions[question].rounds[recovered - 1].after_show
    return {"question": question, "text": text, "recovered": came_back}


def record_entry(meeting: Meeting) -> dict[str, Any]:
    """Errata, responses, how many texts were redacted, and when the log was taken back or over."""
    return {
        "errata": [errata_entry(meeting, *erratum) for erratum in meeting.errata],
        "responses": [{"theme": t, "text": text} for _, t, text in meeting.responses],
        "redactions": len(meeting.redactions),
        "restores": [{"at_ms": r.at_ms, "reason": r.reason} for r in meeting.restores],
    }


def about_entry(meeting: Meeting) -> dict[str, Any]:
    """What the plan says of the meeting to those who decide: purpose, who, what is asked of whom."""
    plan = meeting.plan
    if plan is None:
        return {}
    return {
        "purpose": plan.purpose,
        "recruitment": plan.recruitment.value,
        "asked_of": plan.asked_of,
        "decision_makers": list(plan.decision_makers),
        "results_due": plan.results_due,
        "not_open": plan.not_open,
        "what_next": plan.what_next,
        "organisers": list(plan.organisers),
        "funders": list(plan.funders),
    }


def voided_entry(meeting: Meeting) -> list[dict[str, Any]]:
    """The rounds that do not count, each with how many had voted, why, and who said so; practice left out."""
    return [
        {
            "question": q.id,
            "title": q.title,
            "round": now.number,
            "voted": now.voted,
            "reason": now.void_reason,
            "taken_back": now.taken_back,
            "key_lost": now.key_lost,
            "by": _role(now.voided_by),
            "asked_by": _role(now.void_asked_by),
        }
        for q in meeting.questions.questions.values()
        if q.rules.purpose is not Purpose.PRACTICE
        for now in q.rounds
        if now.state is RoundState.VOIDED
    ]


def again_entry(meeting: Meeting) -> list[dict[str, Any]]:
    """The rounds that were added with a reason, each with what the round before was; practice left out."""
    return [
        {
            "question": q.id,
            "title": q.title,
            "round": now.number,
            "after": before.number,
            "was": before.state.value,
            "voted": before.voted,
            "reason": now.reason,
            "by": _role(now.added_by),
            "asked_by": _role(now.added_asked_by),
        }
        for q in meeting.questions.questions.values()
        if q.rules.purpose is not Purpose.PRACTICE
        for before, now in q.run_again()
    ]


def _role(author: str | None) -> str | None:
    """The role of an author, for people who are told no more of them."""
    return role_of(author).value if author else None


def brought_back_entry(meeting: Meeting) -> dict[str, Any] | None:
    """What devices brought back after a restore; `None` where there was none.

    By round how many ballots, and how many of them after the show. Ballots of votes that this record does
    not have are listed by seat, never by what they say.
    """
    if not meeting.restores:
        return None
    return {
        "rounds": [
            {"question": q.id, "round": now.number, "ballots": now.recovered, "after_show": now.after_show}
            for q in meeting.questions.questions.values()
            for now in q.rounds
            if now.recovered
        ],
        "unplaced": [
            {
                "question": event.question,
                "round": event.round,
                "seat": event.voter,
                "table": event.table,
                "cast_at_ms": event.cast_at_ms,
            }
            for event in meeting.unplaced
        ],
    }


def public(meeting: Meeting, _arg: str, name: str, id_: str) -> dict[str, Any]:
    """The channel `public`: what has been shown."""
    match name:
        case "meeting":
            return {
                "meeting": meeting_entry(meeting),
                "record": record_entry(meeting),
                "about": about_entry(meeting),
            }
        case "agenda":
            return {"agenda": agenda_entry(meeting)}
        case "timer":
            return {"timer": timer_entry(meeting)}
        case "question":
            q = meeting.questions.questions.get(QuestionId(id_))
            return (
                {}
                if q is None
                else {
                    f"result/{id_}": public_result(q),
                    f"votes/{id_}": votes_entry(meeting, q),
                    "open": open_entry(meeting),
                    "census": census_entry(meeting),
                    "voided": voided_entry(meeting),
                    "again": again_entry(meeting),
                }
            )
        case "votes":
            q = meeting.questions.questions.get(QuestionId(id_))
            return (
                {}
                if q is None
                else {f"votes/{id_}": votes_entry(meeting, q), f"result/{id_}": public_result(q)}
            )
        case "published":
            return {f"published/{id_}": published_entry(meeting, id_)}
        case "room":
            return {"room": floor.room_entry(meeting)}
        case "sample":
            return {"samples": samples_entry(meeting)}
        case _:
            return {}


def public_topics(meeting: Meeting, _arg: str) -> Iterator[str]:
    """Everything public."""
    yield from ("meeting", "agenda", "timer", "room", "sample")
    yield from question_topics(meeting, "question", "votes")
    for item in meeting.themes.published:
        yield f"published:{item}"
