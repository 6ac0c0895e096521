"""Pieces that several views share: the meeting, agenda items, questions, rounds, messages."""

from collections.abc import Iterator
from typing import Any

from app.core.agenda import Item
from app.core.ids import IdeaId
from app.core.meeting import Close, Meeting
from app.core.questions import Question, RoundNow, RoundState
from app.core.stage import Call, Message


def meeting_entry(meeting: Meeting) -> dict[str, Any]:
    """What everybody may know of the meeting."""
    plan = meeting.plan
    if plan is None:
        return {"phase": meeting.phase.value}
    return {
        "id": meeting.id,
        "title": plan.title,
        "phase": meeting.phase.value,
        "languages": list(plan.languages),
        "date": plan.date,
        "time_zone": plan.time_zone,
        "level": plan.level.value,
        "place": plan.place,
        "consent": plan.consent,
    }


def item_entry(item: Item) -> dict[str, Any]:
    """One agenda item, without its guide."""
    return {
        "id": item.id,
        "title": item.title,
        "state": item.state.value,
        "minutes": item.minutes + item.extended_minutes,
        "planned_minutes": item.minutes,
        "starts_at": item.starts_at,
        "begun_at_ms": item.begun_at_ms,
        "ends_at_ms": item.ends_at_ms if item.done_at_ms is None else None,
        "done_at_ms": item.done_at_ms,
        "takes_ideas": item.takes_ideas,
        "skip_reason": item.skip_reason,
    }


def agenda_entry(meeting: Meeting) -> dict[str, Any]:
    """The agenda in its order of now."""
    return {
        "running": meeting.agenda.running,
        "items": [item_entry(item) for item in meeting.agenda.in_order()],
    }


def guide_entry(item: Item) -> dict[str, Any]:
    """What a table needs for an item: the guide card and the background pages."""
    return {
        "say": item.guide.say if item.guide else None,
        "enter": item.guide.enter if item.guide else None,
        "background": [
            {
                "title": page.title,
                "body": page.body,
                "for": page.arguments_for,
                "against": page.arguments_against,
                "reviewed_for_by": page.reviewed_for_by,
                "reviewed_against_by": page.reviewed_against_by,
            }
            for page in item.background
        ],
    }


def sheet_entry(q: Question, now: RoundNow) -> dict[str, Any]:
    """A question as a voter needs it."""
    rules = q.rules
    return {
        "question": q.id,
        "round": now.number,
        "state": now.state.value,
        "kind": rules.kind.value,
        "purpose": rules.purpose.value,
        "title": q.title,
        "options": [{"id": o.id, "text": o.text, "exclusive": o.exclusive} for o in q.options.values()],
        "scale": scale_entry(q),
        "choices_max": rules.choices_max,
        "number_min": rules.number_min,
        "number_max": rules.number_max,
        "unit": q.unit,
        "standings": [s.value for s in rules.standings],
        "first_only": rules.first_only,
        "anonymous": rules.anonymous,
        "opened_at_ms": now.opened_at_ms,
        "closes_at_ms": now.closes_at_ms if now.state is RoundState.OPEN else None,
        "closing": now.closing,
        "languages_missing": list(now.languages_missing),
    }


def scale_entry(q: Question) -> list[dict[str, Any]]:
    """The steps of a rating, in their order, each with its words."""
    texts = q.scale_texts or ({},) * len(q.scale)
    return [{"value": value, "text": text} for value, text in zip(q.scale, texts, strict=True)]


def open_entry(meeting: Meeting) -> dict[str, Any]:
    """The question that is open, or that none is."""
    if meeting.questions.open is None:
        return {"question": None}
    q = meeting.questions.questions[meeting.questions.open]
    return sheet_entry(q, q.now)


def closes_entry(meeting: Meeting) -> list[dict[str, Any]]:
    """The chain's head after each close of a vote, oldest first: what a laptop keeps and compares."""
    return [
        {"question": question, "round": number, **close_entry(close)}
        for (question, number), close in meeting.closes.items()
    ]


def close_entry(close: Close) -> dict[str, Any]:
    """A head as it is shown: digits, and two words in each language."""
    return {"offset": close.offset, "code": close.code, "words": dict(close.words)}


def votes_entry(meeting: Meeting, q: Question) -> dict[str, Any]:
    """How many have voted, of how many: always visible."""
    now = q.now
    is_open = now.state is RoundState.OPEN
    return {
        "question": q.id,
        "round": now.number,
        "state": now.state.value,
        "voted": now.tally.voters if is_open else now.voted,
        "present": meeting.roster.present_of(q.rules.standings) if is_open else now.present,
        "more_time": len(now.more_time) if is_open else 0,
    }


def timer_entry(meeting: Meeting) -> dict[str, Any]:
    """The hall's timer, or that none runs."""
    timer = meeting.stage.timer
    if timer is None:
        return {"ends_at_ms": None}
    return {"ends_at_ms": timer.ends_at_ms, "started_at_ms": timer.started_at_ms, "label": timer.label}


def message_entry(message: Message) -> dict[str, Any]:
    """A message to tables."""
    return {
        "id": message.id,
        "text": message.text,
        "tables": list(message.tables),
        "at_ms": message.at_ms,
        "by": message.by,
    }


def call_entry(call: Call) -> dict[str, Any]:
    """A call for help."""
    return {
        "id": call.id,
        "table": call.table,
        "kind": call.kind.value,
        "text": call.text,
        "at_ms": call.at_ms,
        "answered_at_ms": call.answered_at_ms,
        "closed_at_ms": call.closed_at_ms,
    }


def published_entry(meeting: Meeting, item: str) -> list[dict[str, Any]] | None:
    """The themes of an item as the leader approved them, with their quotes' words."""
    for key, themes in meeting.themes.published.items():
        if key == item:
            return [
                {
                    "id": theme.id,
                    "title": theme.title,
                    "ideas": theme.ideas,
                    "tables": theme.tables,
                    "quotes": [
                        quote
                        for idea, revision in theme.quotes.items()
                        if (quote := quote_entry(meeting, idea, revision)) is not None
                    ],
                }
                for theme in themes
            ]
    return None


def quote_entry(meeting: Meeting, idea: IdeaId, revision: int) -> dict[str, Any] | None:
    """The words of the revision that was quoted; nothing of a withdrawn or redacted idea."""
    found = meeting.ideas.ideas.get(idea)
    if found is None or found.withdrawn or found.redacted:
        return None
    return {"idea": found.id, "text": found.revisions[revision - 1].text, "language": found.language}


def question_topics(meeting: Meeting, *names: str) -> Iterator[str]:
    """The given topic names for every question."""
    for question in meeting.questions.questions:
        for name in names:
            yield f"{name}:{question}"
