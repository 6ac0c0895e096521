"""Frames to many: in chunks that yield, so that no broadcast stands in the way of an acknowledgement."""

import asyncio
import logging
from collections import deque
from collections.abc import Iterable, Sequence

from app.realtime.hub import Flush, Hub, Listener

AT_ONCE = 100
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
        sent = 0
        while True:
            while self._queue:
                work = self._queue.popleft()
                for listener in work.listeners if isinstance(work, Flush) else work[0]:
                    self._send(listener, work)
                    sent += 1
                    if sent % AT_ONCE == 0:
                        await asyncio.sleep(0)
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
