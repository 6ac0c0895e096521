"""The keypad's view: what all seats share, and one seat's own."""

from collections.abc import Iterator
from typing import Any

from app.core.ids import SeatId, Voter
from app.core.meeting import Meeting
from app.core.questions import RoundState
from app.core.views.common import meeting_entry, open_entry


def shared(meeting: Meeting, _arg: str, name: str, _id: str) -> dict[str, Any]:
    """The channel `keypad`: only what changes what may be pressed."""
    if name == "question":
        return {"open": open_entry(meeting)}
    if name == "meeting":
        return {"meeting": meeting_entry(meeting)}
    return {}


def shared_topics(_meeting: Meeting, _arg: str) -> Iterator[str]:
    """The meeting and the open question."""
    return iter(("meeting", "question:"))


def own(meeting: Meeting, seat: str, name: str, id_: str) -> dict[str, Any]:
    """The channel of one seat: its keypad, its standing ballot.

    A new question touches no seat's channel, so that its opening is one frame for all: a ballot
    of another question than the open one is no ballot.
    """
    found = meeting.roster.seats.get(SeatId(seat))
    if found is None or name != "seat" or id_ != seat:
        return {}
    return {
        "seat": {
            "id": found.id,
            "table": found.table,
            "standing": found.standing.value,
            "present": found.present,
            "keypad": found.keypad,
            "channel": None if found.channel is None else found.channel.value,
            "asked": None if found.asked is None else found.asked[0],
        },
        "ballot": _ballot(meeting, seat),
    }


def _ballot(meeting: Meeting, seat: str) -> dict[str, Any]:
    """The seat's ballot in the open question; nothing is known of an anonymous one."""
    open_ = meeting.questions.open
    if open_ is None:
        return {"question": None, "choices": None}
    q = meeting.questions.questions[open_]
    now = q.now
    standing = None if q.rules.anonymous else now.ballots.get(Voter(seat))
    assert now.state is RoundState.OPEN
    choices = None if standing is None else standing[0]
    return {
        "question": q.id,
        "round": now.number,
        "choices": list(choices) if isinstance(choices, tuple) else choices,
        "more_time": Voter(seat) in now.more_time,
    }


def own_topics(_meeting: Meeting, seat: str) -> Iterator[str]:
    """The seat itself."""
    return iter((f"seat:{seat}",))
