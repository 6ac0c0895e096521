"""What waits to be decided, and what was decided together and is written together. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from app.core.capability import Capability
from app.core.commands import AnyCommand
from app.core.events import AnyEvent
from app.core.ids import CommandId, QuestionId, Round
from app.core.meeting import Close
from app.log.port import Segment
from app.realtime.answers import Answer, Caller

RoundKey = tuple[QuestionId, Round]


class Recounted(NamedTuple):
    """The second counter's result, and of which round it is."""

    number: Round
    cells: Mapping[str, int]


@dataclass(slots=True, eq=False)
class Item:
    """A command that waits to be decided, and who waits for its answer (`None`: the server itself)."""

    command: CommandId
    said: AnyCommand
    by: Capability
    caller: Caller | None
    recounted: Recounted | None = None
    charged: bool = False


@dataclass(slots=True)
class Batch:
    """What was decided together and is to be written together.

    Attributes:
        answers: Every command's answer, to be given when the batch is durable.
        segment: What to append; `None` where nothing was accepted.
        keys_made: Anonymous rounds whose key must be stored before.
        keys_spent: Anonymous rounds whose key must be deleted after.
        erased: Sealed parts to erase after.
        closes: The chain's head after each close of a vote in it.
        recounts: Shows that wait for the second counter, with the round to count.
    """

    answers: list[tuple[Item, Answer]] = field(default_factory=list)
    segment: Segment | None = None
    keys_made: list[RoundKey] = field(default_factory=list)
    keys_spent: list[RoundKey] = field(default_factory=list)
    erased: list[tuple[int, str]] = field(default_factory=list)
    recounts: list[tuple[Item, RoundKey]] = field(default_factory=list)
    topics: dict[str, None] = field(default_factory=dict)
    lines: list[bytes] = field(default_factory=list)
    size: int = 0
    unapplied: tuple[AnyEvent, ...] = ()
    closes: dict[RoundKey, Close] = field(default_factory=dict)
