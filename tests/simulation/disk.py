"""The log's disk in the simulated world: syncing takes time, and what was not synced is lost in a crash.

The real bytes of the real codec; a segment is there or not, as SQLite's transactions have it
(tests/log tries those on a real file system).
"""

import asyncio
import random

from app.log.memory import MemoryLog
from app.log.port import Epoch, Genesis, LogUnavailable, Position, Segment


class Disk:
    """What outlives a crash. `lies`: it says that a segment is synced before it is (a planted fault)."""

    def __init__(self, genesis: Genesis, dice: random.Random) -> None:
        self.genesis = genesis
        self.dice = dice
        self.segments: list[Segment] = []
        self.epochs = [Epoch(genesis.epoch, 0)]
        self.full_until = 0.0
        self.breaks = False
        self.lies = False

    def sync_seconds(self) -> float:
        """How long the next sync takes: mostly a millisecond, sometimes a bad disk's half second."""
        return self.dice.expovariate(1_000) + (self.dice.random() ** 40) * 0.5


class DiskLog(MemoryLog):
    """One writer's view of the disk."""

    def __init__(self, disk: Disk) -> None:
        super().__init__(disk.genesis, disk.segments, disk.epochs)
        self._disk = disk
        self._writing: Segment | None = None
        self._crashed = False

    async def append(self, segment: Segment, expected: Position) -> Position:
        self._writing = segment
        await asyncio.sleep(self._disk.sync_seconds())
        if self._crashed:
            raise asyncio.CancelledError
        self._writing = None
        if asyncio.get_running_loop().time() < self._disk.full_until:
            raise LogUnavailable("The disk is full.", disk_full=True)
        if self._disk.breaks:
            self._disk.breaks = False
            self.fail_next()
        return await super().append(segment, expected)

    def stop(self) -> None:
        """The machine stops: a segment that is being written is there afterwards, or not."""
        self._crashed = True
        self.crash()
        if self._writing is not None and self._disk.dice.random() < 0.5:
            self._disk.segments.append(self._writing)
        elif self._disk.lies and self._disk.segments:
            self._disk.segments.pop()
