"""At stake: a text that had to go is in no file any more."""

import asyncio
from pathlib import Path

import pytest

from app.log import sqlite
from app.log.sql import SqlLog
from tests.log.events import GENESIS, heads, idea, write
from tests.log.files import all_events, found_in, killed

SECRET = "the-words-that-have-to-go-" * 400


async def test_an_erased_text_is_in_no_file_any_more(sql_log: SqlLog, path: Path) -> None:
    await write(sql_log, heads(1), idea(SECRET), heads(2))
    await write(sql_log, heads(3))
    assert found_in(path.parent, SECRET[:60])
    await sql_log.erase(((2, "text"),))
    assert found_in(path.parent, SECRET[:30]) == []


@pytest.mark.parametrize("left_out", ["secure_delete", "scrub"])
async def test_without_overwriting_or_emptying_the_journal_the_text_is_found(
    path: Path, monkeypatch: pytest.MonkeyPatch, left_out: str
) -> None:
    """Control: each of the two is needed, and the test above would notice."""

    async def nothing(_: object) -> None: ...

    if left_out == "scrub":
        monkeypatch.setattr(sqlite.SqliteStore, "scrub", nothing)
    pragmas = [("secure_delete", 0) if p[0] == left_out else p for p in sqlite.PRAGMAS]
    monkeypatch.setattr(sqlite, "PRAGMAS", tuple(pragmas))
    log = await SqlLog.create(path, GENESIS)
    await write(log, heads(1), idea(SECRET), heads(2))
    await log.erase(((2, "text"),))
    assert found_in(path.parent, SECRET[:30])
    await log.close()


async def test_what_a_crash_left_of_an_erasure_is_gone_after_the_next_opening(
    sql_log: SqlLog, path: Path
) -> None:
    await write(sql_log, idea(SECRET))
    await sql_log.close()
    with killed("erase_half", path, 1) as said:
        assert said == [{"erased": 1}]
        assert found_in(path.parent, SECRET[:30])
        again = await SqlLog.open(path)
        assert found_in(path.parent, SECRET[:30]) == []
        assert (await all_events(again))[0].text is None  # type: ignore[attr-defined]
        await again.close()


async def test_an_erasure_goes_on_when_whoever_waits_for_it_is_gone(sql_log: SqlLog, path: Path) -> None:
    await write(sql_log, idea(SECRET))
    waiting = asyncio.create_task(sql_log.erase(((1, "text"),)))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await write(sql_log, heads(2))  # takes its turn after the erasure
    assert found_in(path.parent, SECRET[:30]) == []
    assert (await all_events(sql_log))[1] == heads(2)


async def test_erasing_what_is_erased_writes_nothing(sql_log: SqlLog, path: Path) -> None:
    """At every start all redactions of the day are erased once more: that must not cost a rewrite each."""
    await write(sql_log, heads(1), idea(SECRET), heads(2))

    async def changes() -> int:
        [(count,)] = await sql_log._store.run("SELECT total_changes()")
        return int(count)

    before = await changes()
    await sql_log.erase(((2, "text"),))
    assert await changes() == before + 1
    await sql_log.erase(((2, "text"),))
    assert await changes() == before + 1
    assert found_in(path.parent, SECRET[:30]) == []
