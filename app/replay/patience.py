"""Asking over HTTP while the server is away: killed, started again, replaying its log."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from app.client.http import ApiRefused, ApiUnreachable

AWAY_SECONDS_MAX = 180.0
RETRY_SECONDS = 0.5

Result = TypeVar("Result")


async def again(ask: Callable[[], Awaitable[Result]]) -> Result:
    """Ask, and again while the server is away or busy.

    Raises:
        ApiUnreachable: It stays away.
        ApiRefused: It says no.
    """
    until = time.monotonic() + AWAY_SECONDS_MAX
    while True:
        try:
            return await ask()
        except (ApiUnreachable, TimeoutError):
            if time.monotonic() > until:
                raise
        except ApiRefused as refused:
            # what belongs to a meeting is not known for the moment in which its log is replayed
            passing = refused.status >= 500 or refused.code in ("not_your_meeting", "rate")
            if not passing or time.monotonic() > until:
                raise
        await asyncio.sleep(RETRY_SECONDS)
