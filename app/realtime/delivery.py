"""Frames to many: in slices that yield, so that no broadcast stands in the way of an acknowledgement.

An acknowledgement takes three turns of the event loop, each of which may have to wait for a slice. So
what nobody waits for (counts, ticks) is spread over a fifth of a second, for the hall's network too: a
burst to 500 laptops takes the air from those who vote. What people do wait for, as that a vote is open, goes
out as fast as it can. Both lanes send side by side: each listener is offered what it lacks *now*.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from time import perf_counter
from typing import NamedTuple

from app.realtime.hub import Flush, Hub, Listener

SLICE_S = 0.0003
"""Some twenty frames."""

SPREAD_S = 0.2
"""For all that waits to be spread, together. Where the server has no time to rest, it takes what it takes."""

SPREAD_FROM = 100
"""A channel with fewer listeners is sent at once: it is no broadcast."""

REST_S = 0.001
"""Shorter rests are saved up: the event loop counts milliseconds."""

logger = logging.getLogger(__name__)


class Tick(NamedTuple):
    """A heartbeat to everybody; each has it with the server's time at which it leaves."""

    listeners: Sequence[Listener]
    frame: Callable[[], bytes]
    channel: str = ""


class _Lane:
    """What is to be sent, in order; over how many seconds.

    Of a channel the newest is enough, and of ticks: a lane that cannot keep up does not grow.
    """

    def __init__(self, spread_s: float) -> None:
        self.spread_s = spread_s
        self.waiting: dict[str, Flush | Tick] = {}
        self.filled = asyncio.Event()

    def add(self, work: Flush | Tick) -> None:
        self.waiting[work.channel] = work
        self.filled.set()

    async def take(self) -> list[Flush | Tick]:
        """All that waits, as soon as something does."""
        await self.filled.wait()
        self.filled.clear()
        taken, self.waiting = [*self.waiting.values()], {}
        return taken


class Delivery:
    """What is to be sent, and the tasks that send it.

    Attributes:
        faults: How often a delivery has failed.
    """

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._at_once, self._spread = _Lane(0.0), _Lane(SPREAD_S)
        self.faults = 0

    def add(self, flushes: Iterable[Flush]) -> None:
        """Offer channels that have changed to those who hear them."""
        for flush in flushes:
            calm = not flush.urgent and len(flush.listeners) >= SPREAD_FROM
            (self._spread if calm else self._at_once).add(flush)

    def tick(self, listeners: Sequence[Listener], frame: Callable[[], bytes]) -> None:
        """Send a tick to everybody, with everything that it says they have.

        Args:
            listeners: Everybody.
            frame: Makes it, at the moment at which one of them is sent it.
        """
        (self._spread if len(listeners) >= SPREAD_FROM else self._at_once).add(Tick(listeners, frame))

    async def run(self) -> None:
        """Send until cancelled."""
        async with asyncio.TaskGroup() as lanes:
            for lane in (self._at_once, self._spread):
                lanes.create_task(self._send_on(lane))

    async def _send_on(self, lane: _Lane) -> None:
        loop = asyncio.get_running_loop()
        while True:
            works = await lane.take()
            each_s = lane.spread_s / (sum(len(work.listeners) for work in works) or 1)
            due, until = loop.time(), perf_counter() + SLICE_S
            for work in works:
                for listener in work.listeners:
                    self._send(listener, work)
                    due += each_s
                    rest_s = due - loop.time()
                    if rest_s >= REST_S or perf_counter() >= until:
                        await asyncio.sleep(rest_s if rest_s >= REST_S else 0)
                        until = perf_counter() + SLICE_S

    def _send(self, listener: Listener, work: Flush | Tick) -> None:
        try:
            if isinstance(work, Flush):
                listener.offer(work.channel)
            elif not listener.outbox.paused:
                listener.views([*self._hub.all_owed(listener), work.frame()])
        except Exception:  # one line that fails must not stop the others
            self.faults += 1
            logger.exception("a delivery failed")
