"""Frames to many: in slices that yield, so that no broadcast stands in the way of an acknowledgement.

An acknowledgement takes three turns of the event loop, each of which may have to wait for a slice.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Iterable, Sequence
from time import perf_counter

from app.realtime.hub import Flush, Hub, Listener

SLICE_S = 0.0003
"""Some twenty frames."""

logger = logging.getLogger(__name__)


class Delivery:
    """One queue of what is to be sent, and the task that sends it.

    Attributes:
        faults: How often a delivery has failed.
    """

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._queue: deque[Flush | tuple[Sequence[Listener], bytes]] = deque()
        self._filled = asyncio.Event()
        self.faults = 0

    def add(self, flushes: Iterable[Flush]) -> None:
        """Offer channels that have changed to those who hear them."""
        self._queue.extend(flushes)
        if self._queue:
            self._filled.set()

    def tick(self, listeners: Sequence[Listener], frame: bytes) -> None:
        """Send a tick to everybody, after everything that it says they have."""
        self._queue.append((listeners, frame))
        self._filled.set()

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            until = perf_counter() + SLICE_S
            while self._queue:
                work = self._queue.popleft()
                for listener in work.listeners if isinstance(work, Flush) else work[0]:
                    self._send(listener, work)
                    if perf_counter() >= until:
                        await asyncio.sleep(0)
                        until = perf_counter() + SLICE_S
            self._filled.clear()
            await self._filled.wait()

    def _send(self, listener: Listener, work: Flush | tuple[Sequence[Listener], bytes]) -> None:
        try:
            if isinstance(work, Flush):
                listener.offer(work.channel)
            elif not listener.outbox.paused:
                listener.views([*self._hub.all_owed(listener), work[1]])
        except Exception:  # one line that fails must not stop the others
            self.faults += 1
            logger.exception("a delivery failed")
