"""What each audience may see, as flat entries of plain data. Copies out; gives nobody the state itself.

How this works. A *channel* is an audience: ``keypad`` (shared by all seats),
``seat:17-4``, ``tables`` (shared by all tables), ``table:17``, ``screen:main``,
``words`` (the screen in words), ``desk`` (theme team), ``console``, ``results``
(counts before the show, for those who may know them), ``floor`` (area
managers), ``experts`` (questions to them), ``stage`` (its script), ``public``.
A channel's view is a flat map from key to plain data.
`Meeting.apply` names the *topics* that an event touched; `entries` gives what a
channel has to say about one topic (`None`: gone), and a snapshot is all its
topics together, so a delta and a snapshot can not disagree.

Before a show nobody but `results` gets a count by option (docs/rules.md, Questions).
"""

from collections.abc import Iterator
from typing import Any

from app.core.capability import Capability, Role
from app.core.meeting import Meeting
from app.core.views import desk, floor, hall, keypads, results, screens, stage, tables

Entries = dict[str, Any]

_KINDS = {
    "keypad": keypads.shared,
    "seat": keypads.own,
    "tables": tables.shared,
    "table": tables.own,
    "screen": screens.screen,
    "words": screens.words,
    "desk": desk.desk,
    "console": hall.console,
    "results": results.early,
    "floor": floor.floor,
    "public": hall.public,
    "experts": desk.experts,
    "stage": stage.stage,
}

_TOPICS = {
    "keypad": keypads.shared_topics,
    "seat": keypads.own_topics,
    "tables": tables.shared_topics,
    "table": tables.own_topics,
    "screen": screens.screen_topics,
    "words": screens.screen_topics,
    "desk": desk.topics,
    "console": hall.console_topics,
    "results": results.early_topics,
    "floor": floor.topics,
    "public": hall.public_topics,
    "experts": desk.experts_topics,
    "stage": stage.topics,
}

CHANNELS: dict[Role, tuple[str, ...]] = {
    Role.ORGANISER: ("console", "results", "desk", "words"),
    Role.LEAD_FACILITATOR: ("console", "results", "words"),
    Role.STAGE_MANAGER: ("console", "words"),
    Role.STAGE: ("stage", "results", "public", "words"),
    Role.THEME_LEADER: ("desk", "public", "words"),
    Role.THEME_MEMBER: ("desk", "public", "words"),
    Role.TABLE_FACILITATOR: ("tables", "words"),
    Role.PARTICIPANT: ("keypad", "words"),
    Role.AREA_MANAGER: ("floor", "tables", "words"),
    Role.EXPERT: ("experts", "public", "words"),
    Role.SCREEN: (),
    Role.VIEWER: ("public", "words"),
    Role.RECEIVER: ("keypad",),
    Role.SERVER: (),
}


def channels(capability: Capability, meeting: Meeting) -> tuple[str, ...]:
    """The channels that a capability may hear; the first ones are what its page needs at once."""
    own: tuple[str, ...] = ()
    match capability.role:
        case Role.PARTICIPANT if capability.seat is not None:
            own = (f"seat:{capability.seat}",)
        case Role.TABLE_FACILITATOR | Role.AREA_MANAGER:
            own = tuple(f"table:{t}" for t in capability.tables)
        case Role.SCREEN:
            own = (f"screen:{capability.screen or next(iter(meeting.stage.screens), 'main')}",)
        case Role.ORGANISER | Role.LEAD_FACILITATOR | Role.STAGE_MANAGER:
            own = tuple(f"screen:{screen}" for screen in meeting.stage.screens)
        case _:
            pass
    return (*CHANNELS[capability.role], *own)


def entries(meeting: Meeting, channel: str, topic: str) -> Entries:
    """What a channel has to say about one topic: key to plain data, or to `None` where it is gone."""
    if topic == "all":
        return snapshot(meeting, channel)
    kind, _, arg = channel.partition(":")
    name, _, id_ = topic.partition(":")
    return _KINDS[kind](meeting, arg, name, id_)


def snapshot(meeting: Meeting, channel: str) -> dict[str, Any]:
    """The whole view of a channel."""
    view: Entries = {}
    for topic in topics(meeting, channel):
        view |= entries(meeting, channel, topic)
    return {key: value for key, value in view.items() if value is not None}


def topics(meeting: Meeting, channel: str) -> Iterator[str]:
    """Every topic that a channel may have something to say about, each once."""
    kind, _, arg = channel.partition(":")
    return _TOPICS[kind](meeting, arg)


def knows(channel: str) -> bool:
    """Whether there is such a kind of channel."""
    return channel.partition(":")[0] in _KINDS
