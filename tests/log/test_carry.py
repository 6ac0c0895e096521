"""At stake: a log that was carried to another machine is the same log there, or no log at all."""

import dataclasses
from pathlib import Path

import pytest

from app.core.events import Event
from app.log.carry import Item, carried, framed, genesis_of, take_in, unframed
from app.log.memory import MemoryLog
from app.log.port import Epoch, EventLog, LogDamaged, Position, PositionConflict, Segment
from app.log.sql import SqlLog
from tests.log.events import GENESIS, ballot, heads, idea, write
from tests.log.files import all_events


async def a_log() -> MemoryLog:
    """Twelve events in five segments, in three epochs, one text erased."""
    log = MemoryLog(GENESIS)
    await write(log, heads(1), idea("somebody's name"))
    await write(log, ballot(3))
    await log.begin_epoch(Epoch("e2", 3, "the disk is gone"))
    await write(log, heads(4))
    await write(log, *[heads(number) for number in range(5, 12)])
    await log.begin_epoch(Epoch("e3", 11))
    await write(log, heads(12))
    await log.erase(((2, "text"),))
    return log


async def items_of(log: EventLog, after: int = 0) -> list[Epoch | Segment]:
    return [item async for item in carried(log, after)]


async def copy_of(data: bytes, path: Path) -> SqlLog:
    genesis, items = genesis_of(unframed(data))
    log = await SqlLog.create(path, genesis)
    try:
        await take_in(log, items)
    except BaseException:
        await log.close()
        raise
    return log


async def whole(log: EventLog) -> bytes:
    return framed([log.genesis, *await items_of(log)])


async def events(log: EventLog) -> list[Event]:
    return await all_events(log)  # type: ignore[arg-type]


async def test_the_copy_is_the_same_log_with_its_epochs_and_without_what_was_erased(
    tmp_path: Path,
) -> None:
    log = await a_log()
    data = await whole(log)
    copy = await copy_of(data, tmp_path / "copy.db")
    assert (copy.genesis, copy.epochs, copy.position, copy.head) == (
        log.genesis, log.epochs, Position("e3", 12), log.head,
    )  # fmt: skip
    assert await events(copy) == await events(log)
    assert await items_of(copy) == await items_of(log)
    assert b"somebody" not in data
    await copy.close()
    again = await SqlLog.open(tmp_path / "copy.db")
    assert again.position == Position("e3", 12)
    await again.close()


@pytest.mark.parametrize("after", [0, 2, 3, 4, 11, 12])
async def test_what_is_missing_can_be_taken_later(after: int, tmp_path: Path) -> None:
    log = await a_log()
    items = await items_of(log)
    copy = await SqlLog.create(tmp_path / "copy.db", GENESIS)
    await take_in(copy, [item for item in items if isinstance(item, Segment) and item.last <= after])
    assert copy.position.offset == after
    await take_in(copy, await items_of(log, after))
    assert (copy.position.offset, copy.head) == (12, log.head)
    assert copy.epochs == log.epochs or after > 3  # an epoch that began before is not said again
    await copy.close()


def one_bit(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


async def test_no_flipped_bit_of_a_copy_becomes_a_log(tmp_path: Path) -> None:
    log = await a_log()
    data = await whole(log)
    found = 0
    for number, at in enumerate(range(0, len(data), 7)):
        try:
            copy = await copy_of(one_bit(data, at), tmp_path / f"{number}.db")
        except LogDamaged:
            found += 1
            continue
        except (ValueError, PositionConflict, AssertionError):
            found += 1
            continue
        same = (copy.head, await events(copy)) == (log.head, await events(log))
        assert same, f"byte {at}: another log, and nobody noticed"
        await copy.close()
    assert found > 20


@pytest.mark.parametrize("cut", [1, 3, 100, -1, -200])
async def test_a_copy_that_was_cut_short_is_damaged(cut: int) -> None:
    with pytest.raises(LogDamaged):
        genesis_of(unframed((await whole(await a_log()))[:cut]))


async def test_a_copy_without_a_piece_or_with_two_that_changed_places_is_refused(tmp_path: Path) -> None:
    items = await items_of(await a_log())
    for number, wrong in enumerate((items[1:], [items[1], items[0], *items[2:]])):
        copy = await SqlLog.create(tmp_path / f"{number}.db", GENESIS)
        with pytest.raises(LogDamaged):
            await take_in(copy, wrong)
        assert copy.position.offset == 0
        await copy.close()


async def test_what_continues_another_log_is_refused(tmp_path: Path) -> None:
    log = await a_log()
    other = MemoryLog(dataclasses.replace(GENESIS, meeting="another"))
    await write(other, heads(1), heads(2))
    copy = await SqlLog.create(tmp_path / "copy.db", GENESIS)
    with pytest.raises(LogDamaged):
        await take_in(copy, await items_of(other))
    await take_in(copy, await items_of(log))
    await copy.close()


def test_nothing_and_a_log_without_its_genesis_are_no_copies() -> None:
    nothing: list[list[Item]] = [[], [Epoch("e2", 3)], [GENESIS, GENESIS]]
    for items in nothing:
        with pytest.raises(LogDamaged, match="what it is for"):
            genesis_of(items)
