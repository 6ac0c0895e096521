"""The floor: how each table does, and who calls for help."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from app.core.commands import Channel
from app.core.ids import CallId, IdeaId, TableId, Voter
from app.core.meeting import Meeting
from app.core.views.common import call_entry
from app.core.views.sampled import sample_entry
from app.core.views.tables import calls_of


def floor(meeting: Meeting, _arg: str, name: str, id_: str) -> dict[str, Any]:
    """The channel `floor`, and a part of `console`."""
    match name:
        case "table" | "voted":
            known = TableId(id_) in meeting.roster.tables
            return {f"health/{id_}": health_entry(meeting, TableId(id_))} if known else {}
        case "idea":
            idea = meeting.ideas.ideas.get(IdeaId(id_))
            return {} if idea is None else {f"health/{idea.table}": health_entry(meeting, idea.table)}
        case "question":
            health = {f"health/{table}": health_entry(meeting, table) for table in meeting.roster.tables}
            return {**health, "sample": sample_entry(meeting)}
        case "sample":
            return {"sample": sample_entry(meeting)}
        case "call":
            call = meeting.stage.calls.get(CallId(id_))
            return {} if call is None else {f"call/{id_}": call_entry(call)}
        case "room":
            return {"room": room_entry(meeting), "channels": channels_entry(meeting)}
        case _:
            return {}


def topics(meeting: Meeting, _arg: str) -> Iterator[str]:
    """Every table, every call, the sample."""
    yield from ("room", "sample")
    for table in meeting.roster.tables:
        yield f"table:{table}"
    for call in meeting.stage.calls:
        yield f"call:{call}"


def health_entry(meeting: Meeting, table: TableId) -> dict[str, Any]:
    """How a table does: seats, present, keypads, heads, ideas, voted, calls. No ballot's content."""
    found = meeting.roster.tables[table]
    seats = [meeting.roster.seats[s] for s in found.seats]
    ideas = meeting.ideas.standing_of(table)
    open_ = meeting.questions.open
    q = None if open_ is None else meeting.questions.questions[open_]
    voted: int | None = None
    if q is not None and not q.rules.anonymous:
        voted = sum(1 for s in seats if Voter(s.id) in q.now.ballots)
    present = sum(1 for s in seats if s.present)
    return {
        "table": table,
        "seats": len(seats),
        "present": present,
        "keypads": sum(1 for s in seats if s.keypad is not None),
        "heads": found.heads,
        # a gap of over 5 % between heads and present seats is a hint (docs/rules.md, Questions)
        "gap": found.heads is not None and abs(found.heads - present) * 20 > max(found.heads, present),
        "ideas": len(ideas),
        "last_idea_at_ms": max((i.revisions[-1].at_ms for i in ideas), default=None),
        "voted": voted,
        "asked": [s.id for s in seats if s.asked is not None],
        "calls": [c.id for c in calls_of(meeting, table) if c.closed_at_ms is None],
    }


def room_entry(meeting: Meeting) -> dict[str, Any]:
    """The room in sums."""
    roster = meeting.roster
    return {
        "tables": len(roster.tables),
        "seats": len(roster.seats),
        "present": {standing.value: n for standing, n in roster.present.items()},
        "heads": sum(t.heads or 0 for t in roster.tables.values()),
        "tables_counted": sum(1 for t in roster.tables.values() if t.heads is not None),
        "calls_open": sum(1 for c in meeting.stage.calls.values() if c.closed_at_ms is None),
    }


def channels_entry(meeting: Meeting) -> dict[str, Any]:
    """By what the present seats vote: what a proposed length of a vote is made from.

    `seats` counts them by channel, under "none" those without a keypad. `pads_most` is the most pads
    of one laptop: they are passed from hand to hand, so the longest row of them sets the pace.
    """
    seats = [seat for seat in meeting.roster.seats.values() if seat.present]
    by_channel = Counter("none" if seat.channel is None else seat.channel.value for seat in seats)
    pads = Counter(str(seat.keypad).partition(":")[0] for seat in seats if seat.channel is Channel.LAPTOP)
    return {
        "seats": {name: by_channel[name] for name in (*(channel.value for channel in Channel), "none")},
        "pads_most": max(pads.values(), default=0),
    }
