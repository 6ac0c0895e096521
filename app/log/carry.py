"""A log on its way to another machine: into a backup, and to the second laptop. Raw, as it lies on the disk.

What is carried is its genesis, then its epochs and segments in their order. Whoever takes it in checks the
chain, segment by segment, so that nothing that was damaged on the way becomes a log.
"""

from collections.abc import AsyncIterator, Iterable, Sequence

import msgspec

from app.log.codec import verify_segment
from app.log.port import Epoch, EventLog, Genesis, LogDamaged, Segment

TOGETHER_BYTES = 1 << 20
"""So much is written in one go where a whole log is taken in."""

LENGTH_BYTES = 4
ITEM_BYTES_MAX = 1 << 26


class _Genesis(msgspec.Struct, tag="genesis", array_like=True, frozen=True):
    meeting: str
    site: str
    epoch: str
    format: int


class _Epoch(msgspec.Struct, tag="epoch", array_like=True, frozen=True):
    name: str
    after: int
    reason: str


class _Segment(msgspec.Struct, tag="segment", array_like=True, frozen=True):
    first: int
    last: int
    head: bytes
    body: bytes


Item = Genesis | Epoch | Segment
_encode = msgspec.msgpack.Encoder().encode
_decoder: msgspec.msgpack.Decoder[_Genesis | _Epoch | _Segment] = msgspec.msgpack.Decoder(
    _Genesis | _Epoch | _Segment
)


def pack(item: Item) -> bytes:
    """The bytes of an item."""
    match item:
        case Genesis():
            return _encode(_Genesis(item.meeting, item.site, item.epoch, item.format))
        case Epoch():
            return _encode(_Epoch(*item))
        case Segment():
            return _encode(_Segment(item.first, item.last, item.head, item.body))


def unpack(data: bytes) -> Item:
    """What these bytes say.

    Raises:
        LogDamaged: They are no item.
    """
    try:
        said = _decoder.decode(data)
    except (msgspec.DecodeError, ValueError) as error:
        raise LogDamaged(f"The copy of a log is damaged: {error}. Take another copy.", offset=0) from error
    match said:
        case _Genesis():
            return Genesis(said.meeting, said.site, said.epoch, said.format)
        case _Epoch():
            return Epoch(said.name, said.after, said.reason)
        case _Segment():
            return Segment(said.first, said.last, said.head, said.body)


async def carried(log: EventLog, after: int = 0) -> AsyncIterator[Epoch | Segment]:
    """What a log has after an event, in order; epochs that begin there are said again.

    Args:
        log: Open.
        after: The last event of a segment that is there already.
    """
    epochs = [epoch for epoch in log.epochs[1:] if epoch.after >= after]
    async for segment in log.read_after(after):
        while epochs and epochs[0].after < segment.first:
            yield epochs.pop(0)
        yield segment
    for epoch in epochs:
        yield epoch


def framed(items: Iterable[Item]) -> bytes:
    """Items with their lengths before them, as they lie in a file."""
    packed = [pack(item) for item in items]
    return b"".join(len(each).to_bytes(LENGTH_BYTES) + each for each in packed)


def unframed(data: bytes) -> list[Item]:
    """The items of a file.

    Raises:
        LogDamaged: It is cut short, or says what no log says.
    """
    items, at = [], 0
    while at < len(data):
        length = int.from_bytes(data[at : at + LENGTH_BYTES])
        at += LENGTH_BYTES
        if length > ITEM_BYTES_MAX or at + length > len(data):
            raise LogDamaged("The copy of a log is cut short. Take another copy.", offset=0)
        items.append(unpack(data[at : at + length]))
        at += length
    return items


async def take_in(log: EventLog, items: Iterable[Epoch | Segment]) -> None:
    """Write what was carried behind what the log has, each piece checked against the chain.

    Raises:
        LogDamaged: It does not continue the chain; what came before it is written.
        PositionConflict: It does not begin where the log ends.
        LogUnavailable: The disk refuses.
    """
    waiting: list[Segment] = []
    head, size = log.head, 0

    async def write() -> None:
        nonlocal waiting, size
        if waiting:
            await log.extend(waiting, log.position)
        waiting, size = [], 0

    for item in items:
        if isinstance(item, Epoch):
            await write()
            if item not in log.epochs:
                await log.begin_epoch(item)
            continue
        head = verify_segment(head, item)
        waiting.append(item)
        size += len(item.body)
        if size >= TOGETHER_BYTES:
            await write()
    await write()


def genesis_of(items: Sequence[Item]) -> tuple[Genesis, list[Epoch | Segment]]:
    """What a carried log is for, and the rest of it.

    Raises:
        LogDamaged: It does not say that first and once.
    """
    first, rest = items[0] if items else None, items[1:]
    others = [item for item in rest if isinstance(item, Epoch | Segment)]
    if not isinstance(first, Genesis) or len(others) != len(rest):
        raise LogDamaged("The copy of a log does not say what it is for. Take another copy.", offset=0)
    return first, others
