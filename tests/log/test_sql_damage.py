"""At stake: no damage of the file is silent, and what is no log of ours is left alone."""

import random
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from app.core.events import Event
from app.log.port import (
    Genesis,
    LogDamaged,
    LogFault,
    UnknownFormat,
)
from app.log.sql import SqlLog
from tests.log.events import GENESIS, heads, write
from tests.log.files import all_events, contents, put


async def damaged_copy(path: Path, change: Any) -> list[Event]:
    """Everything that a log reads, with all checks, from a file in which something was changed."""
    copy = path.with_name("copy.db")
    put(copy, change(bytearray(contents(path))))
    log = await SqlLog.open(copy, quick_check=True)
    try:
        return await all_events(log)
    finally:
        await log.close()


async def test_a_changed_byte_of_an_event_is_found_and_its_segment_named(closed: Path) -> None:
    def change(content: bytearray) -> bytearray:
        where = content.index(b"idea 31 ")
        content[where] ^= 1
        return content

    with pytest.raises(LogDamaged, match="from event 31 on") as found:
        await damaged_copy(closed, change)
    assert found.value.offset == 31


async def test_a_changed_byte_that_nobody_checks_is_read_without_a_word(closed: Path) -> None:
    """Control: the database itself does not notice, the chain does."""
    put(closed, contents(closed).replace(b"idea 31 ", b"idea 13 ", 1))
    log = await SqlLog.open(closed, quick_check=True)
    assert len(await all_events(log, verify=False)) == 60
    await log.close()


@pytest.mark.parametrize("seed", range(8))
async def test_no_flipped_bit_changes_anything_silently(closed: Path, seed: int) -> None:
    log = await SqlLog.open(closed)
    whole = await all_events(log)
    await log.close()
    dice = random.Random(seed)
    faults = 0
    for _ in range(40):

        def flip(content: bytearray) -> bytearray:
            content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)
            return content

        try:
            assert await damaged_copy(closed, flip) == whole
        except LogFault:
            faults += 1
    assert faults > 10


@pytest.mark.parametrize("pages", range(1, 13))
async def test_a_file_that_was_cut_off_is_found(closed: Path, pages: int) -> None:
    assert len(contents(closed)) == 13 * 4096
    with pytest.raises(LogFault):
        await damaged_copy(closed, lambda content: content[: pages * 4096])


@pytest.mark.parametrize(
    ("change", "offset"),
    [
        ("DELETE FROM segment WHERE first = 4", 4),
        ("DELETE FROM segment WHERE first = 1", 1),
        ("UPDATE segment SET first = 5 WHERE first = 4", 4),
        ("UPDATE segment SET count = 2 WHERE first = 4", 4),
        ("UPDATE segment SET last = 'x' WHERE first = 4", 4),
        ("UPDATE segment SET body = 'text' WHERE first = 4", 4),
        ("UPDATE segment SET head = zeroblob(32) WHERE first = 4", 4),
        ("UPDATE genesis SET meeting = 'another'", 1),
        ("UPDATE segment SET head = zeroblob(32) WHERE first = 58", 58),
    ],
)
async def test_what_was_changed_with_a_database_tool_is_named(closed: Path, change: str, offset: int) -> None:
    with sqlite3.connect(closed) as tool:
        tool.execute(change)
    tool.close()
    with pytest.raises(LogDamaged) as found:
        await damaged_copy(closed, bytes)
    assert found.value.offset == offset

    put(closed.with_name("copy.db.heads"), contents(closed.with_name("hall.db.heads")))
    with pytest.raises(LogDamaged) as found:  # the head that is known of it changes nothing of that
        await damaged_copy(closed, bytes)
    assert found.value.offset == offset


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE segment SET head = 'text' WHERE first = 58",
        "UPDATE segment SET last = 'text' WHERE first = 58",
        "UPDATE genesis SET site = x'00'",
        "UPDATE genesis SET epoch = x'00'",
    ],
)
async def test_a_log_that_does_not_say_where_it_ends_is_not_opened(closed: Path, change: str) -> None:
    with sqlite3.connect(closed) as tool:
        tool.execute(change)
    tool.close()
    with pytest.raises(LogDamaged):
        await SqlLog.open(closed)


async def test_a_log_of_a_newer_format_is_refused_and_left_as_it_is(closed: Path) -> None:
    with sqlite3.connect(closed) as tool:
        tool.execute("UPDATE genesis SET format = 2")
        tool.execute("DROP TABLE term")
    tool.close()
    before = contents(closed)
    with pytest.raises(UnknownFormat, match="newer program"):
        await SqlLog.open(closed)
    assert contents(closed) == before


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(None, "There is no log at"), (b"", "is not a log"), (b"just a letter" * 1000, "is not a log")],
)
async def test_what_is_no_log_is_refused_with_a_sentence(
    path: Path, content: bytes | None, sentence: str
) -> None:
    if content is not None:
        put(path, content)
    with pytest.raises(LogFault, match=sentence):
        await SqlLog.open(path)
    assert [p.name for p in path.parent.glob("*.db")] == ([] if content is None else ["hall.db"])


async def test_a_place_where_no_file_can_be_is_refused_with_a_sentence(path: Path) -> None:
    with pytest.raises(LogFault, match="cannot be locked"):
        await SqlLog.create(path / "deeper", GENESIS)


async def test_a_log_is_found_by_url(sql_log: SqlLog, path: Path) -> None:
    await write(sql_log, heads(1))
    await sql_log.close()
    again = await SqlLog.open(f"sqlite:///{path}")
    assert again.position.offset == 1
    await again.close()
    with pytest.raises(LogFault, match="not supported"):
        await SqlLog.open("mysql://localhost/log")
    with pytest.raises(LogFault, match="cannot be read"):
        await SqlLog.open("://")


async def test_a_half_made_log_can_be_made_again(path: Path) -> None:
    put(path, b"")
    log = await SqlLog.create(path, Genesis(meeting="m", site="hall", epoch="e2"))
    assert log.position == ("e2", 0)
    await log.close()
