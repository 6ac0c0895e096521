"""What those who run the day do to seats while a vote is open: counted by round, and no seat named.

Such an act bears on the outcome without being a ballot: who may vote, how many are present, which keypad
votes for a seat. Whoever takes their own seat with their own phone does nothing by hand.
"""

from enum import StrEnum
from typing import TYPE_CHECKING

from app.core import events as e
from app.core.capability import Role
from app.core.roster import Roster

if TYPE_CHECKING:
    from app.core.questions import Questions


class ByHand(StrEnum):
    """An act on a seat. *Keypad*: it was given another one, or its own was taken away."""

    ADDED = "added"
    MOVED = "moved"
    CAME = "came"
    LEFT = "left"
    KEYPAD = "keypad"


def note(questions: "Questions", roster: Roster, event: e.RosterEvent) -> None:
    """Count the event, which the roster has not applied yet, if it bears on the open vote."""
    if questions.open is None:
        return
    q = questions.questions[questions.open]
    act = _act(roster, event)
    if act is not None and _standing(roster, event) in q.rules.standings:
        q.now.by_hand[act] = q.now.by_hand.get(act, 0) + 1


def _act(roster: Roster, event: e.RosterEvent) -> ByHand | None:
    """What was done by hand; `None` where nothing changes, or nobody but the participant did it."""
    if event.by.startswith(f"{Role.PARTICIPANT}:"):
        return None
    match event:
        case e.SeatAdded():
            return ByHand.ADDED
        case e.SeatMoved():
            return ByHand.MOVED if roster.seats[event.seat].table != event.table else None
        case e.SeatMarkedPresent():
            return None if roster.seats[event.seat].present else ByHand.CAME
        case e.SeatMarkedLeft():
            return ByHand.LEFT
        case e.KeypadReleased():
            return ByHand.KEYPAD
        case e.KeypadBound():
            return ByHand.KEYPAD if event.taken_from else None
        case e.TakeoverAsked() | e.HeadsCounted():
            return None


def _standing(roster: Roster, event: e.RosterEvent) -> str | None:
    match event:
        case e.SeatAdded():
            return event.standing
        case e.HeadsCounted():
            return None
        case _:
            return roster.seats[event.seat].standing
