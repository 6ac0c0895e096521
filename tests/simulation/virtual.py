"""An event loop whose time is the world's: nothing waits, everything happens in one order.

asyncio's own loop keeps what is ready in a queue and what is planned in a heap, so with a selector
that never looks at a socket and a clock that jumps to the next planned moment, a run of the real
program depends on its seed alone.
"""

import asyncio
import selectors
from collections.abc import Mapping
from typing import Any


class Deadlock(Exception):
    """Something is waited for, and nothing will ever happen."""


class _Skip(selectors.BaseSelector):
    """Says at once that the time has passed."""

    def __init__(self) -> None:
        self.passed = 0.0
        self._keys: dict[Any, selectors.SelectorKey] = {}

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        key = selectors.SelectorKey(fileobj, int(fileobj), events, data)
        self._keys[fileobj] = key
        return key

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._keys.pop(fileobj)

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is None:
            raise Deadlock
        self.passed += max(0.0, timeout)
        return []

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._keys


class VirtualLoop(asyncio.SelectorEventLoop):
    """A loop on which an hour takes as long as what happens in it."""

    def __init__(self) -> None:
        self._skip = _Skip()
        super().__init__(self._skip)

    def time(self) -> float:
        """Seconds since the world began."""
        return self._skip.passed
