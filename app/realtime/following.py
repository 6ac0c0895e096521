"""The second laptop, as the server sees it: what it holds, and whether it is waited for.

How this works. The follower asks for what comes after what it holds, again and again; what it says that it
holds lies on its disk. Nothing waits for it in memory: each answer is read from the log, so that one that is
slow costs nothing. In waiting mode an acknowledgement waits until the follower has said that it holds the
batch. Where that takes too long the server goes on alone, says so, and waits again only once the follower
has everything (docs/rules.md, The second laptop).
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from app.core.ids import MeetingId

AWAY_SECONDS = 5.0
"""A follower asks at least every second; one that has not for so long is away."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Beside:
    """How the second laptop stands.

    Attributes:
        connected: It has asked of late.
        behind: Events that are recorded here and not there.
        heard_seconds: Since it asked last; `None` where it never has since the start.
        waited: Acknowledgements wait for it.
    """

    connected: bool
    behind: int
    heard_seconds: float | None
    waited: bool


class Following:
    """What is known of the follower of a server.

    Attributes:
        wait_ms: How long an acknowledgement waits for it; 0: not at all.
        version: Counts the batches of all meetings.
    """

    def __init__(self, wait_ms: int = 0, *, now: Callable[[], float] = time.monotonic) -> None:
        """Nobody follows yet.

        Args:
            wait_ms: How long an acknowledgement waits for the follower; 0: not at all.
            now: Seconds on a monotonic clock.
        """
        self.wait_ms = wait_ms
        self._now = now
        self._ends: dict[MeetingId, int] = {}
        self._held: dict[MeetingId, int] = {}
        self._heard_at: float | None = None
        self._waited = False
        self.version = 0
        self._news = asyncio.Event()
        self._holds = asyncio.Event()

    def commits_of(self, meeting: MeetingId) -> Callable[[int], Awaitable[None]]:
        """What the writer of a meeting calls after each batch, before it acknowledges."""

        async def committed(offset: int) -> None:
            await self.committed(meeting, offset)

        return committed

    async def committed(self, meeting: MeetingId, offset: int) -> None:
        """A batch is on the disk; returns when it may be acknowledged."""
        self.stands_at(meeting, offset)
        if not self._waited:
            return
        try:
            async with asyncio.timeout(self.wait_ms / 1000):
                while not self._may_acknowledge(meeting, offset):
                    self._holds.clear()
                    await self._holds.wait()
        except TimeoutError:
            self._go_on_alone(f"it has not said within {self.wait_ms} ms that it holds event {offset}")

    def _may_acknowledge(self, meeting: MeetingId, offset: int) -> bool:
        return not self._waited or self._held.get(meeting, 0) >= offset

    def stands_at(self, meeting: MeetingId, offset: int) -> None:
        """The log of a meeting ends there."""
        self._ends[meeting] = offset
        self.version += 1
        self._news.set()

    def _go_on_alone(self, why: str) -> None:
        if self._waited:
            logger.warning("the second laptop is not waited for any more: %s", why)
        self._waited = False
        self._holds.set()

    # --- the follower says -------------------------------------------------------------

    def told(self, held: Mapping[MeetingId, int]) -> None:
        """The follower holds this much of each meeting; it was checked against the logs."""
        self._heard_at = self._now()
        self._held = dict(held)
        if self.wait_ms and not self._waited and self.behind == 0:
            logger.info("the second laptop has everything: acknowledgements wait for it")
            self._waited = True
        self._holds.set()

    def left(self, why: str) -> None:
        """The follower has gone, or was sent away."""
        self._heard_at = None
        self._held = {}
        self._go_on_alone(why)

    async def news(self, since: int, seconds: float) -> None:
        """Return when there was a batch after the `version` that was looked at, or after so many seconds."""
        try:
            async with asyncio.timeout(seconds):
                while self.version == since:
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            return

    # --- told to people ----------------------------------------------------------------

    @property
    def behind(self) -> int:
        """Events that the follower does not hold, of all meetings."""
        return sum(max(0, end - self._held.get(meeting, 0)) for meeting, end in self._ends.items())

    def state(self) -> Beside:
        """How it stands now."""
        heard = None if self._heard_at is None else self._now() - self._heard_at
        connected = heard is not None and heard < AWAY_SECONDS
        return Beside(connected, self.behind, heard, self._waited)
