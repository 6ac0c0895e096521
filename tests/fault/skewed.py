"""The server with a wall clock that jumps: `kill -USR1` lets it jump to the next place.

python tests/fault/skewed.py DATA_DIR PORT: as tests/web/server_process.py. With $UNSAFE `wall` the meeting's
clock follows the machine's, which it must not.
"""

import os
import signal
import sys
import time
from itertools import cycle
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from app.realtime.clock import SystemClock
from tests.web import server_process

HOUR_NS = 3_600 * 10**9
JUMPS = cycle((-HOUR_NS, 0, 2 * HOUR_NS, -HOUR_NS, 2 * HOUR_NS, 0))
"""How far the wall clock is from the right time, jump by jump."""

_true_ns = time.time_ns
_ahead_ns = 0


def jump(*_: object) -> None:
    """Go to the next place."""
    global _ahead_ns  # noqa: PLW0603 - a machine has one wall clock
    _ahead_ns = next(JUMPS)


def wrong_ns() -> int:
    """The wall clock."""
    return _true_ns() + _ahead_ns


def main() -> int:
    """Put the clock in, and serve."""
    signal.signal(signal.SIGUSR1, jump)
    time.time_ns = wrong_ns
    time.time = lambda: wrong_ns() / 1e9
    if os.environ.get("UNSAFE") == "wall":
        SystemClock.now_ms = lambda _: wrong_ns() // 1_000_000  # type: ignore[method-assign, assignment]
    return server_process.main()


if __name__ == "__main__":
    sys.exit(main())
