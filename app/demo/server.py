"""The demonstration's server, as a process of its own: what `serve` runs, with a clock that may be faster.

Its standard output says one line of JSON once it is ready: where it is, and the owner's one-time
link. Its standard input moves the clock on, a number of milliseconds a line, where the day goes as
fast as it can; when that input ends, whoever started it is gone, and it stops too.
"""

import asyncio
import errno
import json
import os
import signal
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.log.port import LogFault
from app.main import Server, serve
from app.realtime.clock import Clock, ScaledClock, SteppedClock, SystemClock
from app.settings import Settings, load_settings

MORNING_HOUR_UTC = 2


def main() -> None:
    """Run it as the arguments say: one JSON object with settings, `speed` and `starts`."""
    said: dict[str, Any] = json.loads(sys.argv[1])
    speed, starts = said.pop("speed"), said.pop("starts")
    clock = clock_of(speed, starts)
    settings = load_settings(**{"log_url": ""} | said | {"data_dir": Path(said["data_dir"])})

    async def opened(server: Server) -> None:
        link = await server.owners.new_link()
        ready = {"url": server.house.url, "link": link}
        await asyncio.to_thread(print, json.dumps(ready), flush=True)

    threading.Thread(target=_listen, args=(clock,), daemon=True).start()
    try:
        code = serve(settings, clock=clock, opened=opened)
    except (OSError, LogFault) as error:
        print(json.dumps({"fault": _why(error, settings)}), flush=True)  # noqa: T201 - this is the protocol
        raise
    sys.exit(code)


def _why(error: OSError | LogFault, settings: Settings) -> str:
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        return f"Port {settings.port} is taken: stop what listens there, or give another --port."
    return error.sentence if isinstance(error, LogFault) else f"The server did not start: {error}."


def clock_of(speed: int, starts: str) -> Clock:
    """The meeting's clock.

    Args:
        speed: 1 for the machine's own time, 0 for a clock that stands until it is moved.
        starts: The day of a clock that is not the machine's, as an ISO date; it begins at nine in Thailand.
    """
    if speed == 1:
        return SystemClock()
    day = datetime.fromisoformat(starts).replace(tzinfo=UTC, hour=MORNING_HOUR_UTC)
    start_ms = int(day.timestamp() * 1000)
    return ScaledClock(start_ms, speed) if speed else SteppedClock(start_ms)


def _listen(clock: Clock) -> None:
    for line in sys.stdin:
        if isinstance(clock, SteppedClock):
            clock.advance(int(line))
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
