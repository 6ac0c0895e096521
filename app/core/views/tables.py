"""The table laptop's view: what all tables share, and one table's own.

Per-table results of a vote are shown nowhere: a table hears which of its seats
have voted, never what.
"""

from collections.abc import Iterator
from typing import Any

from app.core.ideas import Idea
from app.core.ids import IdeaId, MessageId, TableId, Voter
from app.core.meeting import Meeting
from app.core.stage import Call
from app.core.views.common import (
    agenda_entry,
    call_entry,
    closes_entry,
    guide_entry,
    meeting_entry,
    message_entry,
    open_entry,
    published_entry,
    timer_entry,
)


def shared(meeting: Meeting, _arg: str, name: str, id_: str) -> dict[str, Any]:
    """The channel `tables`."""
    match name:
        case "meeting":
            return {"meeting": meeting_entry(meeting)}
        case "agenda":
            guides = {
                f"guide/{i.id}": guide_entry(i) for i in meeting.agenda.in_order() if i.guide or i.background
            }
            return {"agenda": agenda_entry(meeting), **guides}
        case "question":
            return {"open": open_entry(meeting), "closes": closes_entry(meeting)}
        case "timer":
            return {"timer": timer_entry(meeting)}
        case "published":
            return {f"published/{id_}": published_entry(meeting, id_)}
        case "message":
            message = meeting.stage.messages.get(MessageId(id_))
            return {} if message is None or message.tables else {f"message/{id_}": message_entry(message)}
        case _:
            return {}


def shared_topics(meeting: Meeting, _arg: str) -> Iterator[str]:
    """Meeting, agenda, question, timer, messages to all, published themes."""
    yield from ("meeting", "agenda", "question:", "timer")
    for message in meeting.stage.messages.values():
        if not message.tables:
            yield f"message:{message.id}"
    for item in meeting.themes.published:
        yield f"published:{item}"


def own(meeting: Meeting, table: str, name: str, id_: str) -> dict[str, Any]:
    """The channel of one table."""
    at = TableId(table)
    if at not in meeting.roster.tables:
        return {}
    match name:
        case "table" if id_ == table:
            return {"table": table_entry(meeting, at), "voted": voted_entry(meeting, at)}
        case "voted" if id_ == table:
            return {"voted": voted_entry(meeting, at)}
        case "question":
            return {"voted": voted_entry(meeting, at)}
        case "chart" if id_ == table:
            return {"chart": chart_entry(meeting, at)}
        case "idea":
            idea = meeting.ideas.ideas.get(IdeaId(id_))
            if idea is None or idea.table != table:
                return {}
            return {f"idea/{id_}": idea_entry(meeting, idea), "chart": chart_entry(meeting, at)}
        case "published":
            return {
                f"idea/{i}": idea_entry(meeting, meeting.ideas.ideas[i])
                for i in meeting.ideas.charts.get(at, ())
                if meeting.ideas.ideas[i].item == id_
            }
        case "message":
            message = meeting.stage.messages.get(MessageId(id_))
            mine = message is not None and at in message.tables
            return {f"message/{id_}": message_entry(message)} if message is not None and mine else {}
        case "call":
            call = next((c for c in calls_of(meeting, at) if c.id == id_), None)
            return {} if call is None else {f"call/{id_}": call_entry(call)}
        case _:
            return {}


def own_topics(meeting: Meeting, table: str) -> Iterator[str]:
    """The table, its ideas, its messages, its calls."""
    at = TableId(table)
    yield f"table:{table}"
    yield f"chart:{table}"
    for idea in meeting.ideas.charts.get(at, ()):
        yield f"idea:{idea}"
    for message in meeting.stage.messages.values():
        if at in message.tables:
            yield f"message:{message.id}"
    for call in calls_of(meeting, at):
        yield f"call:{call.id}"


def calls_of(meeting: Meeting, table: TableId) -> list[Call]:
    """The table's calls for help, oldest first."""
    return [c for c in meeting.stage.calls.values() if c.table == table]


def table_entry(meeting: Meeting, table: TableId) -> dict[str, Any]:
    """A table and its seats."""
    found = meeting.roster.tables[table]
    seats = [meeting.roster.seats[s] for s in found.seats]
    return {
        "id": found.id,
        "site": found.site,
        "heads": found.heads,
        "language": found.language,
        "seats_max": found.seats_max,
        "seats": [
            {
                "id": s.id,
                "standing": s.standing.value,
                "sector": s.sector,
                "present": s.present,
                "left": s.left,
                "keypad": s.keypad,
                "channel": None if s.channel is None else s.channel.value,
                "asked": None if s.asked is None else s.asked[0],
            }
            for s in seats
        ],
    }


def voted_entry(meeting: Meeting, table: TableId) -> dict[str, Any]:
    """Which seats of the table have voted in the open question; of an anonymous one nothing is known."""
    open_ = meeting.questions.open
    if open_ is None:
        return {"question": None, "seats": [], "of": 0}
    q = meeting.questions.questions[open_]
    seats = [meeting.roster.seats[s] for s in meeting.roster.tables[table].seats]
    may = [s for s in seats if s.present and s.standing in q.rules.standings]
    if q.rules.anonymous:
        return {"question": q.id, "seats": None, "of": len(may)}
    ballots = q.now.ballots
    return {"question": q.id, "seats": [s.id for s in may if Voter(s.id) in ballots], "of": len(may)}


def chart_entry(meeting: Meeting, table: TableId) -> list[str]:
    """The order of the table's flip chart."""
    return [idea.id for idea in meeting.ideas.standing_of(table)]


def idea_entry(meeting: Meeting, idea: Idea) -> dict[str, Any]:
    """An idea as its own table sees it, with where its words went once that was published."""
    published = meeting.themes.published.get(idea.item, ())
    return {
        "id": idea.id,
        "item": idea.item,
        "kind": idea.kind.value,
        "text": idea.text,
        "language": idea.language,
        "revision": len(idea.revisions),
        "withdrawn": idea.withdrawn,
        "redacted": idea.redacted,
        "at_ms": idea.revisions[0].at_ms,
        "answers": [{"text": a.text, "language": a.language, "at_ms": a.at_ms} for a in idea.answers],
        "themes": [
            {"id": p.id, "title": p.title} for p in published if idea.id in meeting.themes.themes[p.id].ideas
        ],
    }
