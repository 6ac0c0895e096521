"""From the log to the meeting: the one way in which state comes to be, at the start and after a fault."""

from collections.abc import Callable
from typing import cast

from app.core.events import AnyEvent
from app.core.meeting import Meeting
from app.log.chain import genesis_head
from app.log.codec import read_segment
from app.log.port import EventLog
from app.realtime.closes import closes_in

Progress = Callable[[int, int], None]
"""Told how many events have been replayed, of how many."""


async def rebuild(log: EventLog, progress: Progress | None = None) -> tuple[Meeting, bytes]:
    """Replay a log, checking its chain.

    Args:
        log: Open, and not being written.
        progress: Told after every segment.

    Returns:
        The meeting as of the log's position, and the chain's head there.

    Raises:
        LogDamaged: The chain does not hold.
    """
    meeting, head = Meeting(), genesis_head(log.genesis)
    whole = log.position.offset
    async for segment in log.read_after(0):
        before = head
        head, events = read_segment(head, segment, log.genesis.format)
        for offset, event in enumerate(events, segment.first):
            meeting.apply(offset, cast("AnyEvent", event))
        meeting.closes.update(closes_in(before, segment))
        if progress is not None:
            progress(segment.last, whole)
    return meeting, head
