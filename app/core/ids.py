"""Names of things, as types, and the two shapes an id may have.

Ids in a meeting plan are short and readable (``17``, ``17-4``, ``place``).
Ids of whatever is made during the day are made by the client before sending:
a typed prefix and 128 random bits in hex (``idea_`` + 32 digits).
"""

import re
from typing import NewType

MeetingId = NewType("MeetingId", str)
SiteId = NewType("SiteId", str)
TableId = NewType("TableId", str)
SeatId = NewType("SeatId", str)
KeypadId = NewType("KeypadId", str)
ItemId = NewType("ItemId", str)
QuestionId = NewType("QuestionId", str)
OptionId = NewType("OptionId", str)
IdeaId = NewType("IdeaId", str)
ThemeId = NewType("ThemeId", str)
ScreenId = NewType("ScreenId", str)
CallId = NewType("CallId", str)
MessageId = NewType("MessageId", str)
CommandId = NewType("CommandId", str)
CapabilityId = NewType("CapabilityId", str)
Voter = NewType("Voter", str)
"""A seat id, or in an anonymous round the keyed hash that stands for it."""

Round = NewType("Round", int)
"""1 for the first time a question is asked, one more for each run again."""

Text = dict[str, str]
"""One wording by language code: ``{"en": "Shade", "th": "ร่มเงา"}``."""

REHEARSAL = "rehearsal"
"""What the id of a rehearsed meeting begins with, so that log, report and exports say so for ever."""

PREFIXES = {
    "cmd": "command",
    "idea": "idea",
    "theme": "theme",
    "q": "question",
    "opt": "option",
    "item": "agenda item",
    "call": "call for help",
    "msg": "message",
    "seat": "seat",
}

PLANNED_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,39}\Z")
_MADE_IDS = {prefix: re.compile(prefix + r"_[0-9a-f]{32}\Z").match for prefix in PREFIXES}


def is_planned_id(text: str) -> bool:
    """Whether a meeting plan may use this id (no underscore: those are made by clients)."""
    return PLANNED_ID.match(text) is not None


def is_rehearsal(meeting: str) -> bool:
    """Whether this meeting was rehearsed, with people who do not exist."""
    return meeting.startswith(f"{REHEARSAL}_")


def is_made_id(prefix: str, text: str) -> bool:
    """Whether this is a client-made id of the given kind."""
    return _MADE_IDS[prefix](text) is not None
