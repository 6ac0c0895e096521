"""How time goes in the simulated room, and who has done with what.

With a speed of 60 a minute of the meeting takes a second; with 0 nobody waits, and the one who holds
the server's clock moves it on once everybody is done.
"""

import asyncio
import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

VOTE_REAL_SECONDS_MIN = 2.5
"""A vote is open for at least so long on a real clock: keypads hear of it once or twice a second."""


@dataclass(slots=True)
class Pace:
    """How fast the day goes.

    Attributes:
        speed: Seconds of the meeting in a real second; 0 for as fast as it can go.
        hurry: By how much the agenda's talks and breaks are shortened; votes keep their length.
        advance: Moves the server's clock on by milliseconds, where the speed is 0.
    """

    speed: int
    hurry: float = 1.0
    advance: Callable[[int], None] | None = None

    @property
    def rushing(self) -> bool:
        """Whether nobody waits."""
        return self.speed == 0

    async def think(self, seconds: float) -> None:
        """Let seconds of the meeting pass for one person."""
        await asyncio.sleep(0 if self.rushing else seconds / self.speed)

    def talk_seconds(self, minutes: float) -> float:
        """How many seconds of the meeting a talk of so many planned minutes takes."""
        return minutes * 60 / self.hurry

    def vote_seconds(self, planned: int) -> int:
        """For how many seconds of the meeting a vote is open."""
        return max(planned, math.ceil(VOTE_REAL_SECONDS_MIN * self.speed))

    def skip(self, seconds: float) -> None:
        """Move the clock on, where nobody waits."""
        if self.rushing and self.advance is not None:
            self.advance(round(seconds * 1000))


@dataclass(slots=True)
class Watch:
    """Counts who has done with what: people in a room see that of each other.

    `surprises` are answers that nobody expected, each in a line.
    """

    surprises: list[str] = field(default_factory=list)
    _done: Counter[str] = field(default_factory=Counter)
    _more: asyncio.Event = field(default_factory=asyncio.Event)

    def done(self, what: str) -> None:
        """Somebody has done with this."""
        self._done[what] += 1
        self._more.set()

    def count(self, what: str) -> int:
        """How many have."""
        return self._done[what]

    async def until(self, what: str, enough: Callable[[], int], seconds: float) -> bool:
        """Wait until enough have done with this; whether that was so in time."""
        try:
            async with asyncio.timeout(seconds):
                while self._done[what] < enough():
                    self._more.clear()
                    await self._more.wait()
        except TimeoutError:
            return False
        return True
