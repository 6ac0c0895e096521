"""The server under test with a guard that is wrong for a hall: it counts who comes from one address.

python -m tests.fault.bouncer hall ...: as loadtest.server. From `kill -USR1` on, of the handshakes that come
in ten seconds the first fifty are let in, and all others turned away: a whole hall is one address.
"""

import signal
import sys
import time

from app.web.door import Door
from loadtest import server

AT_ONCE = 50
PERIOD_SECONDS = 10.0

_refusal = Door.refusal
_came: list[float] = []


def guarded(self: Door, path: str, query: str, origin: str | None, *, cookie: bool) -> int | None:
    """The status with which a handshake is refused: 429 where too many have come."""
    now = time.monotonic()
    _came[:] = [at for at in _came if now - at < PERIOD_SECONDS]
    if len(_came) >= AT_ONCE:
        return 429
    _came.append(now)
    return _refusal(self, path, query, origin, cookie=cookie)


def watch(*_: object) -> None:
    """The guard comes on duty."""
    Door.refusal = guarded  # type: ignore[method-assign]


if __name__ == "__main__":
    signal.signal(signal.SIGUSR1, watch)
    server.main(sys.argv[1:])
