"""Events of every type for tests: made by hypothesis from the type hints, and plain ones to write down."""

from dataclasses import fields, is_dataclass
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from app.core.commands import Channel, IdeaKind
from app.core.events import EVENTS, BallotCast, Event, HeadsCounted, IdeaWritten
from app.core.ids import CommandId, IdeaId, ItemId, KeypadId, QuestionId, Round, SiteId, TableId, Voter
from app.log.codec import genesis_head, seal_batch
from app.log.port import EventLog, Genesis, Segment

GENESIS = Genesis(meeting="chiang-rai", site="hall", epoch="e1")
SEED = bytes(range(32))
AWKWARD = st.text(max_size=8) | st.sampled_from(
    ['"\\/\b\f\n\r\t\x00\x1f\x7f', "\u2028\u2029\U0001f600", "น้ำ"]
)


def of_type(hint: Any) -> st.SearchStrategy[Any]:
    """Any value that a field of this type may hold."""
    hint = getattr(hint, "__supertype__", hint)
    origin, args = get_origin(hint), get_args(hint)
    if is_dataclass(hint):
        assert isinstance(hint, type)
        return of_class(hint)
    if origin in (Union, UnionType):
        return st.one_of(*(of_type(arg) for arg in args))
    if origin is tuple:
        assert args[1:] == (...,) or ... not in args
        if args[1:] == (...,):
            return st.lists(of_type(args[0]), max_size=2).map(tuple)
        return st.tuples(*(of_type(arg) for arg in args))
    if origin is dict:
        return st.dictionaries(of_type(args[0]), of_type(args[1]), max_size=3)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return st.sampled_from(hint)
    plain: dict[Any, st.SearchStrategy[Any]] = {
        str: AWKWARD,
        int: st.integers(),
        bool: st.booleans(),
        NoneType: st.none(),
    }
    return plain[hint]


def of_class(cls: type) -> st.SearchStrategy[Any]:
    hints = get_type_hints(cls)
    return st.builds(cls, **{f.name: of_type(hints[f.name]) for f in fields(cls)})


ANY_EVENT: st.SearchStrategy[Event] = st.sampled_from(list(EVENTS.values())).flatmap(of_class)


def ballot(number: int = 1, choices: tuple[str, ...] = ("parks", "shade")) -> BallotCast:
    return BallotCast(
        at_ms=1_770_000_000_000 + number,
        site=SiteId("hall"),
        question=QuestionId("place-1"),
        round=Round(1),
        channel=Channel.PHONE,
        voter=Voter(f"17-{number}"),
        table=TableId("17"),
        by="participant:cap_8d1f",
        command=CommandId(f"cmd_{number:032x}"),
        keypad=KeypadId("pad_8d1f"),
        choices=choices,
    )


def idea(text: str) -> IdeaWritten:
    return IdeaWritten(
        at_ms=1_770_000_000_000,
        by="table_facilitator:cap_17",
        command=CommandId("cmd_" + "1" * 32),
        site=SiteId("hall"),
        table=TableId("17"),
        item=ItemId("place"),
        idea=IdeaId("idea_" + "2" * 32),
        kind=IdeaKind.AGREEMENT,
        language="en",
        text=text,
    )


def heads(count: int) -> HeadsCounted:
    return HeadsCounted(
        at_ms=1_770_000_000_000,
        by="table_facilitator:cap_17",
        command=CommandId(f"cmd_{count:032x}"),
        site=SiteId("hall"),
        table=TableId("17"),
        heads=count,
    )


def next_segment(log: EventLog, *events: Event) -> Segment:
    """The segment that this log takes next, a command an event."""
    return seal_batch([(SEED, [event]) for event in events], log.position.offset + 1, log.head)


async def write(log: EventLog, *events: Event) -> Segment:
    segment = next_segment(log, *events)
    await log.append(segment, log.position)
    return segment


def a_segment(*events: Event) -> Segment:
    """The first segment of a log."""
    return seal_batch([(SEED, [event]) for event in events], 1, genesis_head(GENESIS))
