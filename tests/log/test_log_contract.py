"""At stake: whatever keeps the log, what it acknowledged is there, in order, once, by one writer."""

import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.core.events import Event
from app.log.codec import decode_segment, genesis_head, seal_batch, verify_segment
from app.log.port import (
    Epoch,
    EventLog,
    Genesis,
    LogUnavailable,
    Position,
    PositionConflict,
    Segment,
    UnknownFormat,
)
from tests.log.adapters import ADAPTERS, EVERY_ADAPTER, Adapter
from tests.log.events import GENESIS, SEED, ballot, heads, idea, next_segment, write

BIG = [idea("x" * 500) for _ in range(40)]


@pytest.fixture(params=EVERY_ADAPTER)
async def adapter(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Adapter]:
    made = ADAPTERS[request.param](tmp_path, request.getfixturevalue)
    await made.create(GENESIS)
    yield made
    await made.close()


@pytest.fixture
async def log(adapter: Adapter) -> EventLog:
    return adapter.log


async def segments(log: EventLog, after: int = 0) -> list[Segment]:
    return [segment async for segment in log.read_after(after)]


async def events(log: EventLog) -> list[Event]:
    """Every event, with the chain checked from the beginning to the head."""
    read: list[Event] = []
    head = genesis_head(log.genesis)
    async for segment in log.read_after(0):
        head = verify_segment(head, segment)
        read += decode_segment(segment)
    assert head == log.head
    return read


async def test_a_new_log_is_empty_and_knows_what_it_is_for(log: EventLog) -> None:
    assert log.genesis == GENESIS
    assert log.position == Position("e1", 0)
    assert log.head == genesis_head(GENESIS)
    assert await events(log) == []


async def test_what_is_appended_is_read_in_order_as_it_was_written(log: EventLog) -> None:
    one = await write(log, heads(1), ballot(2))
    assert log.position == Position("e1", 2)
    assert log.head == one.head
    two = await write(log, heads(3))
    assert log.position == Position("e1", 3)
    assert await segments(log) == [one, two]
    assert await events(log) == [heads(1), ballot(2), heads(3)]


async def test_an_append_answers_with_the_position_of_its_last_event(log: EventLog) -> None:
    assert await log.append(next_segment(log, heads(1), heads(2)), log.position) == Position("e1", 2)


async def test_reading_begins_with_the_segment_that_holds_the_next_event(log: EventLog) -> None:
    one = await write(log, heads(1), heads(2), heads(3))
    two = await write(log, heads(4), heads(5))
    assert await segments(log, 0) == await segments(log, 2) == [one, two]
    assert await segments(log, 3) == await segments(log, 4) == [two]
    assert await segments(log, 5) == await segments(log, 6) == []


async def test_a_long_log_is_read_whole(log: EventLog) -> None:
    """Longer than any chunk that a reader takes, in segments of all sizes."""
    sizes = [1] * 70 + [2_500, 1, 999, 1_000, 1_001, 1]
    written = [await write(log, *[heads(number) for number in range(size)]) for size in sizes]
    assert await segments(log) == written
    assert await segments(log, 69) == written[69:]
    assert await segments(log, 71) == written[70:]


async def test_a_reader_gets_what_was_there_when_it_began(log: EventLog) -> None:
    one, two = await write(log, heads(1)), await write(log, heads(2))
    read = []
    async for segment in log.read_after(0):
        read.append(segment)
        await write(log, heads(9))
    assert read == [one, two]
    assert log.position.offset == 4


@pytest.mark.parametrize("wrong", [Position("e1", 0), Position("e1", 2), Position("e0", 1)])
async def test_a_writer_that_believes_in_another_position_is_refused(log: EventLog, wrong: Position) -> None:
    await write(log, heads(1))
    misled = dataclasses.replace(next_segment(log, heads(2)), first=wrong.offset + 1, last=wrong.offset + 1)
    with pytest.raises(PositionConflict):
        await log.append(misled, wrong)
    assert await events(log) == [heads(1)]
    await write(log, heads(2))
    assert log.position.offset == 2


async def test_a_writer_whose_place_was_taken_is_refused(adapter: Adapter, log: EventLog) -> None:
    await write(log, heads(1))
    await adapter.supersede()
    with pytest.raises(PositionConflict):
        await write(log, heads(2))
    assert await events(await adapter.reopen()) == [heads(1)]


async def test_what_another_writer_made_is_taken_whole_or_not_at_all(adapter: Adapter, log: EventLog) -> None:
    await write(log, heads(1))
    one = next_segment(log, heads(2), heads(3))
    two = seal_batch([(SEED, [heads(4)])], 4, one.head)
    gap = dataclasses.replace(two, first=5, last=5)
    with pytest.raises(AssertionError):
        await log.extend([one, gap], log.position)
    with pytest.raises(PositionConflict):
        await log.extend([one, two], Position("e0", 1))
    assert log.position == Position("e1", 1)
    assert await log.extend([one, two], log.position) == log.position == Position("e1", 4)
    assert await log.extend([], log.position) == Position("e1", 4)
    assert await events(await adapter.reopen()) == [heads(1), heads(2), heads(3), heads(4)]


async def test_on_a_full_disk_nothing_of_what_another_writer_made_is_taken(
    adapter: Adapter, log: EventLog
) -> None:
    one = next_segment(log, heads(1))
    two = seal_batch([(SEED, BIG)], 2, one.head)
    async with adapter.disk_full():
        with pytest.raises(LogUnavailable):
            await log.extend([one, two], log.position)
    assert log.position == Position("e1", 0)
    assert await events(log) == []
    await log.extend([one, two], log.position)
    assert await events(await adapter.reopen()) == [heads(1), *BIG]


async def test_the_next_process_finds_everything_and_goes_on(adapter: Adapter, log: EventLog) -> None:
    await write(log, heads(1), ballot(2))
    before = (log.position, log.head)
    again = await adapter.reopen()
    assert (again.position, again.head) == before
    assert again.genesis == GENESIS
    await write(again, heads(3))
    assert await events(again) == [heads(1), ballot(2), heads(3)]


async def test_a_new_epoch_is_another_history_from_here_on(adapter: Adapter, log: EventLog) -> None:
    """Nobody who believes in the history before may write, and every later process knows both."""
    await write(log, heads(1))
    head, before = log.head, log.position
    assert await log.begin_epoch(Epoch("e2", 1, "a reason")) == log.position == Position("e2", 1)
    assert log.head == head
    with pytest.raises(PositionConflict):
        await log.append(next_segment(log, heads(2)), before)
    await write(log, heads(2))
    again = await adapter.reopen()
    assert again.position == Position("e2", 2)
    assert again.epochs == (Epoch("e1", 0), Epoch("e2", 1, "a reason"))
    await again.begin_epoch(Epoch("e3", 2))
    assert (await adapter.reopen()).epochs[1:] == (Epoch("e2", 1, "a reason"), Epoch("e3", 2))
    assert await events(adapter.log) == [heads(1), heads(2)]


async def test_a_full_disk_refuses_and_the_same_log_takes_it_later(adapter: Adapter, log: EventLog) -> None:
    await write(log, heads(1))
    before = (log.position, log.head)
    async with adapter.disk_full():
        with pytest.raises(LogUnavailable) as fault:
            await write(log, *BIG)
        assert fault.value.disk_full
        assert (log.position, log.head) == before
        assert await events(log) == [heads(1)]
    await write(log, *BIG)
    assert await events(await adapter.reopen()) == [heads(1), *BIG]


async def test_after_an_error_of_the_disk_the_writer_never_writes_again(
    adapter: Adapter, log: EventLog
) -> None:
    await write(log, heads(1))
    async with adapter.io_error():
        with pytest.raises(LogUnavailable) as fault:
            await write(log, heads(2))
    assert not fault.value.disk_full
    with pytest.raises(LogUnavailable):
        await write(log, heads(2))
    again = await adapter.reopen()
    assert await events(again) == [heads(1)]
    await write(again, heads(2))


async def test_a_closed_log_takes_nothing(log: EventLog) -> None:
    segment = next_segment(log, heads(1))
    await log.close()
    await log.close()
    with pytest.raises(LogUnavailable):
        await log.append(segment, log.position)


@pytest.mark.parametrize(
    "change",
    [{"first": 2, "last": 3}, {"last": 3}, {"last": 0}, {"body": b"[{},{}]\n[{},{}]"}, {"head": b""}],
)
async def test_a_segment_that_is_not_whole_is_our_own_mistake(
    log: EventLog, change: dict[str, object]
) -> None:
    segment = next_segment(log, heads(1), heads(2))
    with pytest.raises(AssertionError):
        await log.append(dataclasses.replace(segment, **change), log.position)  # type: ignore[arg-type]
    assert await events(log) == []


async def test_an_erased_part_is_gone_and_the_chain_holds(adapter: Adapter, log: EventLog) -> None:
    await write(log, heads(1), idea("one"))
    await write(log, idea("two"), idea("three"))
    await log.erase(((2, "text"), (3, "text")))
    one, two = (dataclasses.replace(idea(text), text=None) for text in ("one", "two"))
    kept = [heads(1), one, two, idea("three")]
    assert await events(log) == kept
    await write(log, heads(5))
    assert await events(await adapter.reopen()) == [*kept, heads(5)]


async def test_erasing_again_changes_nothing(log: EventLog) -> None:
    """Who crashed in the middle does it again."""
    await write(log, idea("one"))
    await log.erase(((1, "text"),))
    before = await segments(log)
    await log.erase(((1, "text"),))
    await log.erase(())
    assert await segments(log) == before


@pytest.mark.parametrize("wrong", [(3, "text"), (0, "text"), (1, "texts")])
async def test_either_all_parts_are_erased_or_none(log: EventLog, wrong: tuple[int, str]) -> None:
    await write(log, idea("one"), heads(2))
    before = await segments(log)
    with pytest.raises(ValueError, match="no"):
        await log.erase(((1, "text"), wrong))
    assert await segments(log) == before
    await write(log, heads(3))


async def test_a_part_can_be_erased_while_somebody_reads(log: EventLog) -> None:
    for number in range(5):
        await write(log, idea(f"idea {number}"))
    async for segment in log.read_after(0):
        if segment.first == 2:
            await log.erase(((1, "text"), (5, "text")))
    texts = [event.text for event in await events(log)]  # type: ignore[attr-defined]
    assert texts == [None, "idea 1", "idea 2", "idea 3", None]


@pytest.mark.parametrize("name", EVERY_ADAPTER)
async def test_a_log_of_an_unknown_format_is_not_made(
    name: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(UnknownFormat):
        await ADAPTERS[name](tmp_path, request.getfixturevalue).create(
            Genesis(meeting="m", site="hall", epoch="e1", format=2)
        )
