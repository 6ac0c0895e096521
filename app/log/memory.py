"""A log that forgets: for tests of what stands above the port, with faults to order.

It keeps the contract of the port while the process lives (one contract suite
runs over it and the real adapters). `fail_next`, `hold` and `crash` make the
moments that are rare on a disk.
"""

import asyncio
from bisect import bisect_left
from collections.abc import AsyncIterator, Sequence

from app.log.chain import check_fits, erase_in, genesis_head
from app.log.codec import known_format
from app.log.port import Epoch, Genesis, LogUnavailable, Position, PositionConflict, Segment

CHUNK_SEGMENTS = 64


class MemoryLog:
    """Segments in a list."""

    def __init__(
        self, genesis: Genesis, segments: list[Segment] | None = None, epochs: list[Epoch] | None = None
    ) -> None:
        known_format(genesis.format)
        self._genesis = genesis
        self._segments = segments if segments is not None else []
        self._epochs = epochs if epochs is not None else [Epoch(genesis.epoch, 0)]
        self._fault: LogUnavailable | None = None
        self._ended: LogUnavailable | None = None
        self._superseded = False
        self._open = asyncio.Event()
        self._open.set()

    @property
    def genesis(self) -> Genesis:
        return self._genesis

    @property
    def epochs(self) -> tuple[Epoch, ...]:
        return tuple(self._epochs)

    @property
    def position(self) -> Position:
        return Position(self._epochs[-1].name, self._segments[-1].last if self._segments else 0)

    @property
    def head(self) -> bytes:
        return self._segments[-1].head if self._segments else genesis_head(self._genesis)

    async def append(self, segment: Segment, expected: Position) -> Position:
        check_fits(segment, expected)
        await self._open.wait()
        if self._ended:
            raise self._ended
        if self._superseded or expected != self.position:
            raise PositionConflict(
                f"The log does not end at {expected.offset}. Another writer has taken over."
            )
        if self._fault:
            fault, self._fault = self._fault, None
            self._ended = None if fault.disk_full else fault
            raise fault
        self._segments.append(segment)
        return self.position

    async def extend(self, segments: Sequence[Segment], expected: Position) -> Position:
        before = list(self._segments)
        try:
            for segment in segments:
                expected = await self.append(segment, expected)
        except BaseException:
            self._segments[:] = before
            raise
        return self.position

    async def read_after(self, offset: int) -> AsyncIterator[Segment]:
        end = len(self._segments)
        for index in range(bisect_left(self._segments, offset + 1, key=lambda s: s.last), end):
            if index % CHUNK_SEGMENTS == 0:
                await asyncio.sleep(0)
            yield self._segments[index]

    async def erase(self, parts: tuple[tuple[int, str], ...]) -> None:
        if self._ended:
            raise self._ended
        erased = list(self._segments)
        for offset, part in parts:
            index = bisect_left(erased, offset, key=lambda s: s.last)
            if not 1 <= offset <= self.position.offset:
                raise ValueError(f"there is no event {offset}")
            old = erased[index]
            body = erase_in(old.body, offset - old.first, part, first=old.first)
            erased[index] = Segment(first=old.first, last=old.last, head=old.head, body=body)
        self._segments[:] = erased

    async def begin_epoch(self, epoch: Epoch) -> Position:
        assert epoch.after == self.position.offset, "an epoch begins where the log ends"
        if self._ended:
            raise self._ended
        self._epochs.append(epoch)
        return self.position

    async def close(self) -> None:
        self._ended = LogUnavailable("The log is closed.")

    def fail_next(self, *, disk_full: bool = False) -> None:
        """Make the next append fail; unless the disk is full, this writer can write no more."""
        self._fault = LogUnavailable(
            "The disk is full (ordered by a test)." if disk_full else "The disk fails (ordered by a test).",
            disk_full=disk_full,
        )

    def hold(self) -> None:
        """Let appends wait until `release`: the moment in which nothing is durable yet."""
        self._open.clear()

    def release(self) -> None:
        """Let waiting appends go on."""
        self._open.set()

    def crash(self) -> "MemoryLog":
        """Give the log as the next process finds it; this writer can write no more."""
        self._superseded = True
        return MemoryLog(self._genesis, self._segments, self._epochs)
