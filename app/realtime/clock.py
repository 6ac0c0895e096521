"""The clock of a meeting: wall-clock milliseconds, injected, so that a day can be compressed.

It only advises (countdowns, time in events, when the server closes a vote);
order never comes from it. A jump of the machine's clock does not move a
running meeting: wall time is read once and goes on by the monotonic clock.
"""

import time
from typing import Protocol


class Clock(Protocol):
    """Where the time in events comes from."""

    def now_ms(self) -> int:
        """Milliseconds since 1970 UTC, as this meeting has it."""
        ...


class SystemClock:
    """The machine's time at the start, and the monotonic time since."""

    def __init__(self) -> None:
        self._ahead_ns = time.time_ns() - time.monotonic_ns()

    def now_ms(self) -> int:
        return (time.monotonic_ns() + self._ahead_ns) // 1_000_000


class ScaledClock:
    """A clock that runs `speed` times as fast, from `start_ms`: for compressed days."""

    def __init__(self, start_ms: int, speed: int) -> None:
        assert speed > 0
        self._start_ms, self._speed, self._began_ns = start_ms, speed, time.monotonic_ns()

    def now_ms(self) -> int:
        return self._start_ms + (time.monotonic_ns() - self._began_ns) * self._speed // 1_000_000


class SteppedClock:
    """A clock that stands until it is moved: for tests, and for a day as fast as it can go."""

    def __init__(self, now_ms: int) -> None:
        self._now_ms = now_ms

    def now_ms(self) -> int:
        return self._now_ms

    def advance(self, by_ms: int) -> None:
        """Let so much time pass."""
        assert by_ms >= 0
        self._now_ms += by_ms
