"""What takes long and is asked for by many: PDFs and exports, made one at a time.

Whoever asks for a PDF that is being made waits for that one, and the last few are kept, each under
the position of the log that it was asked for. The event loop makes nothing itself, and of the
threads that work for it the press takes one.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from contextlib import asynccontextmanager

from app.report.typesetting import Bounds, TypesetFault
from app.settings import Settings
from app.web.errors import HttpProblem

logger = logging.getLogger(__name__)

KEPT_BYTES_MAX = 32 * 1024 * 1024


class Press:
    """Makes what is asked for, in turn."""

    def __init__(self, settings: Settings) -> None:
        self.bounds = Bounds(settings.pdf_seconds_max, settings.pdf_megabytes_max)
        self._waiting_max = settings.press_waiting_max
        self._one_at_a_time = asyncio.Lock()
        self._waiting = 0
        self._making: dict[Hashable, asyncio.Task[bytes]] = {}
        self._kept: OrderedDict[Hashable, bytes] = OrderedDict()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait until it is one's turn.

        Raises:
            HttpProblem: press_busy, where too many wait.
        """
        if self._waiting >= self._waiting_max:
            raise HttpProblem("press_busy")
        self._waiting += 1
        try:
            async with self._one_at_a_time:
                yield
        finally:
            self._waiting -= 1

    async def pdf(self, key: Hashable, make: Callable[[], Awaitable[bytes]]) -> bytes:
        """The PDF of this name, made unless it is kept or being made.

        Raises:
            HttpProblem: press_busy, pdf_slow, pdf_failed.
        """
        kept = self._kept.get(key)
        if kept is not None:
            return kept
        making = self._making.get(key)
        if making is None:
            making = self._making[key] = asyncio.create_task(self._made(key, make))
            making.add_done_callback(lambda _: self._making.pop(key, None))
        # whoever goes away takes it from nobody who still waits
        return await asyncio.shield(making)

    async def _made(self, key: Hashable, make: Callable[[], Awaitable[bytes]]) -> bytes:
        async with self.turn():
            try:
                made = await make()
            except TypesetFault as fault:
                logger.error("no PDF: %s", fault)
                if fault.slow:
                    raise HttpProblem("pdf_slow", limit=self.bounds.seconds) from fault
                raise HttpProblem("pdf_failed") from fault
        self._keep(key, made)
        return made

    def _keep(self, key: Hashable, made: bytes) -> None:
        self._kept[key] = made
        while sum(map(len, self._kept.values())) > KEPT_BYTES_MAX:
            self._kept.popitem(last=False)
