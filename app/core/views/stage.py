"""The stage's script: what to say in the item that runs, what comes next, and the messages of the day.

No count of any vote: those who may know a result before the room does hear it on `results`.
"""

from collections.abc import Iterator
from typing import Any

from app.core.ids import MessageId, QuestionId
from app.core.meeting import Meeting
from app.core.views.common import (
    agenda_entry,
    guide_entry,
    meeting_entry,
    message_entry,
    open_entry,
    question_topics,
    timer_entry,
    votes_entry,
)


def stage(meeting: Meeting, _arg: str, name: str, id_: str) -> dict[str, Any]:
    """The channel `stage`."""
    match name:
        case "meeting":
            return {"meeting": meeting_entry(meeting)}
        case "agenda":
            guides = {f"guide/{i.id}": guide_entry(i) for i in meeting.agenda.in_order() if i.guide}
            return {"agenda": agenda_entry(meeting), **guides}
        case "timer":
            return {"timer": timer_entry(meeting)}
        case "question" | "votes":
            q = meeting.questions.questions.get(QuestionId(id_))
            if q is None:
                return {}
            votes = {f"votes/{id_}": votes_entry(meeting, q)}
            return votes if name == "votes" else {**votes, "open": open_entry(meeting)}
        case "message":
            message = meeting.stage.messages.get(MessageId(id_))
            return {} if message is None else {f"message/{id_}": message_entry(message)}
        case _:
            return {}


def topics(meeting: Meeting, _arg: str) -> Iterator[str]:
    """The agenda with its guides, the timer, every question, every message."""
    yield from ("meeting", "agenda", "timer")
    yield from question_topics(meeting, "question")
    for message in meeting.stage.messages:
        yield f"message:{message}"
