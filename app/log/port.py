"""The log as everything above it sees it: ordered, durable, one writer.

Guarantees of every adapter, held to one contract suite:

* `append` returns only when the segment is on disk; what it returned is there
  after any crash of process or machine (as far as the disk keeps its word).
* A segment is taken whole or not at all; offsets have no gaps and no doubles.
* A writer that believes in another position is refused (`PositionConflict`).
* `read_after` gives segments in order, as they were written (or erased since).
* One process owns a log at a time; a second is refused (`LogOwned`).
* A log that ends before what is known of it outside is refused (`LogBehind`), unless it is opened
  to be taken as it is; then it goes on in a new epoch.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

FORMAT = 1
"""Version of the event bytes. An unknown one is refused (`UnknownFormat`)."""


class Position(NamedTuple):
    """A place in one history: which history (`epoch`), and how many events of it."""

    epoch: str
    offset: int


def epoch_name(at_ms: int, dice: Callable[[int], bytes]) -> str:
    """A name for a history that begins now, by which it can be told which of two began earlier.

    Args:
        at_ms: The machine's time: 48 bits of the name.
        dice: Random bytes, for 80 bits more.
    """
    return (at_ms.to_bytes(6) + dice(10)).hex()


class Epoch(NamedTuple):
    """One history of a log: its name, the offset after which it began, and why, if somebody said so."""

    name: str
    after: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Genesis:
    """What a log was created for; the chain begins with its hash. `epoch` is the first one."""

    meeting: str
    site: str
    epoch: str
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class Segment:
    """One durable batch: events `first` to `last`, the chain's head after them, their bytes.

    `body` is one line an event, each ended by a newline (`codec.py`).
    """

    first: int
    last: int
    head: bytes
    body: bytes

    @property
    def count(self) -> int:
        return self.last - self.first + 1


class LogFault(Exception):
    """The world failed, or the record is not what it should be. `sentence` says what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class LogUnavailable(LogFault):
    """The write failed and nothing of it is stored; after an I/O error the process must end.

    `disk_full` tells the one case in which the writer may try again.
    """

    def __init__(self, sentence: str, *, disk_full: bool = False) -> None:
        super().__init__(sentence)
        self.disk_full = disk_full


class PositionConflict(LogFault):
    """Somebody else has written: this writer is not the writer any more."""


class LogOwned(LogFault):
    """Another process owns this log; the sentence names its pid."""


class UnknownFormat(LogFault):
    """The log was written by a newer program."""


class LogDamaged(LogFault):
    """The chain does not hold. `offset` is the first event that is not what was written."""

    def __init__(self, sentence: str, *, offset: int) -> None:
        super().__init__(sentence)
        self.offset = offset


class LogBehind(LogFault):
    """More of this log is known than it has, or another head: its end was lost, or it is an older copy."""

    def __init__(self, sentence: str, *, offset: int, known: int) -> None:
        super().__init__(sentence)
        self.offset = offset
        self.known = known


class EventLog(Protocol):
    """One log of one site of one meeting, opened by its only owner."""

    @property
    def genesis(self) -> Genesis: ...

    @property
    def epochs(self) -> tuple[Epoch, ...]:
        """Every history of this log, the first one first; the last is the one of `position`."""
        ...

    @property
    def position(self) -> Position:
        """The last durable event."""
        ...

    @property
    def head(self) -> bytes:
        """The chain's head at `position` (32 bytes)."""
        ...

    async def append(self, segment: Segment, expected: Position) -> Position:
        """Write one segment durably.

        Raises:
            PositionConflict: The log does not end at `expected`.
            LogUnavailable: Nothing of it is stored.
        """
        ...

    async def extend(self, segments: Sequence[Segment], expected: Position) -> Position:
        """Write segments that another writer made, all of them or none, durably.

        Raises:
            PositionConflict: The log does not end at `expected`, where the first one begins.
            LogUnavailable: Nothing of them is stored.
        """
        ...

    def read_after(self, offset: int) -> AsyncIterator[Segment]:
        """Every segment that holds an event after `offset`, in order."""
        ...

    async def erase(self, parts: tuple[tuple[int, str], ...]) -> None:
        """Delete sealed parts and their salts, leaving nothing in free pages or journal.

        Args:
            parts: (offset, name of the part) of each.
        """
        ...

    async def begin_epoch(self, epoch: Epoch) -> Position:
        """Let another history begin here: the log was taken back to its end, or taken over.

        Args:
            epoch: Its `after` is where the log ends.

        Raises:
            LogUnavailable: Nothing of it is stored.
        """
        ...

    async def close(self) -> None: ...
