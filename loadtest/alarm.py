"""An alarm of the system for an event loop: rings on the microsecond, where loops round to the millisecond.

A message of the load is due at a time; if the generator sends late, the latency says so (it runs from
the time that was due). Rounding up to the next millisecond would add half of one to every message.
"""

import asyncio
import ctypes
import os
import time
from collections.abc import Callable

_CLOCK_MONOTONIC, _NONBLOCK, _ABSOLUTE = 1, 0o4000, 1
_libc = ctypes.CDLL(None, use_errno=True)


class _Times(ctypes.Structure):
    _fields_ = (("interval", ctypes.c_long * 2), ("value", ctypes.c_long * 2))


class Alarm:
    """Calls `ring` when the time has come that was set last; times are those of `time.monotonic`."""

    def __init__(self, ring: Callable[[], None]) -> None:
        self._ring = ring
        self._fd: int = _libc.timerfd_create(_CLOCK_MONOTONIC, _NONBLOCK)
        if self._fd < 0:
            raise OSError(ctypes.get_errno(), "no alarm can be had")
        asyncio.get_running_loop().add_reader(self._fd, self._rings)

    def set(self, at: float) -> None:
        """Ring at this time; at once where it is past."""
        due = max(int(at * 1e9), 1)
        times = _Times(interval=(0, 0), value=(due // 10**9, due % 10**9))
        _libc.timerfd_settime(self._fd, _ABSOLUTE, ctypes.byref(times), None)

    def _rings(self) -> None:
        try:
            os.read(self._fd, 8)
        except BlockingIOError:
            return
        self._ring()

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self._fd)
        os.close(self._fd)


async def at_times(times: list[float], do: Callable[[int], None]) -> None:
    """Call ``do(index)`` at each of these times (rising, `time.monotonic`); those that are past, at once."""
    done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    index, last = 0, len(times)

    def ring() -> None:
        nonlocal index
        now = time.monotonic()
        while index < last and times[index] <= now:
            do(index)
            index += 1
        if index < last:
            alarm.set(times[index])
        elif not done.done():
            done.set_result(None)

    alarm = Alarm(ring)
    try:
        alarm.set(times[0] if times else 0.0)
        await done
    finally:
        alarm.close()
