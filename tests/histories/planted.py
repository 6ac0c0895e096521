"""Faults planted in the real program for the length of a history; the judge must catch each."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from unittest.mock import patch

from app.core.errors import Refusal
from app.core.meeting import Meeting
from app.core.receipts import Accepted, Receipts
from app.log import codec
from app.log.port import Segment
from app.realtime.batch import Batch
from app.realtime.intake import Intake
from tests.histories.world import World

Planted = Callable[[World], AbstractContextManager[None]]
PLANTED: dict[str, Planted] = {}


def planted(make: Callable[[World], Iterator[None]]) -> Planted:
    fault = contextmanager(make)
    PLANTED[make.__name__] = fault
    return fault


@planted
def answers_before_the_disk(world: World) -> Iterator[None]:  # noqa: ARG001
    """A batch is answered when it is decided."""
    sound = Intake.take

    def early(self: Intake, now_ms: int) -> Batch | None:
        batch = sound(self, now_ms)
        if batch is not None:
            self._answer(batch.answers)
        return batch

    with patch.object(Intake, "take", early):
        yield


@planted
def the_disk_lies(world: World) -> Iterator[None]:
    """A crash takes the last segment, which was said to be synced."""
    world.lying = True
    yield


@planted
def duplicates_are_not_known(world: World) -> Iterator[None]:  # noqa: ARG001
    """A command sent again is decided again."""
    with patch.object(Receipts, "__contains__", lambda _self, _command: False):
        yield


@planted
def a_retry_has_another_answer(world: World) -> Iterator[None]:  # noqa: ARG001
    """A known id is answered with where the log ends now."""
    sound = Meeting.answered

    def wandering(self: Meeting, command: object, given: object) -> object:
        answer = sound(self, command, given)  # type: ignore[arg-type]
        return Accepted(self.offset) if isinstance(answer, Accepted) else answer

    with patch.object(Meeting, "answered", wandering):
        yield


@planted
def the_old_line_still_counts(world: World) -> Iterator[None]:  # noqa: ARG001
    """What is undecided of a line that was replaced is decided all the same."""
    with patch.object(Intake, "_gone", staticmethod(lambda _item: False)):
        yield


@planted
def a_replay_forgets_an_event(world: World) -> Iterator[None]:  # noqa: ARG001
    """A start passes over the last event of each segment of the day that has several."""
    sound = codec.read_segment

    def short(head: bytes, segment: Segment) -> tuple[bytes, list[object]]:
        after, events = sound(head, segment)
        return after, list(events[:-1] if len(events) > 1 and segment.first > 1 else events)

    with patch.object(codec, "read_segment", short):
        yield


@planted
def what_is_written_is_told_as_refused(world: World) -> Iterator[None]:  # noqa: ARG001
    """What was acknowledged is told as refused now and then."""
    sound = Intake._record

    def refusing(self: Intake, batch: Batch, events: tuple[object, ...], seed: bytes) -> object:
        answer = sound(self, batch, events, seed)  # type: ignore[arg-type]
        return Refusal("revoked") if isinstance(answer, Accepted) and seed[0] < 8 else answer

    with patch.object(Intake, "_record", refusing):
        yield
