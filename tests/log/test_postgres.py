"""At stake: a log on PostgreSQL has one writer, and is on disk when it says so."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, insert

from app.log import postgres, tables
from app.log.codec import genesis_head
from app.log.migrations import upgrade
from app.log.port import (
    LogBehind,
    LogDamaged,
    LogFault,
    LogOwned,
    LogUnavailable,
    Position,
    PositionConflict,
    UnknownFormat,
)
from app.log.sql import SqlLog
from app.log.store import open_store
from tests.log.adapters import Postgres
from tests.log.events import GENESIS, heads, idea, write
from tests.log.files import all_events, found_in, killed, other_process

pytestmark = pytest.mark.postgres
PATIENCE_SECONDS = 60.0


@pytest.fixture
async def place(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Postgres]:
    """A log, made and open."""
    made = Postgres(tmp_path, request.getfixturevalue)
    await made.create(GENESIS)
    yield made
    await made.close()


async def until(true: Callable[[], Any]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await true():  # noqa: ASYNC110 - the state is the server's
            await asyncio.sleep(0.01)


# --- durable -------------------------------------------------------------------------


@asynccontextmanager
async def user_with(place: Postgres, setting: str) -> AsyncIterator[str]:
    """The URL of a user who has a setting of his own, in every connection."""
    async with place.beside() as other:
        await other.execute(f"CREATE ROLE hasty LOGIN SUPERUSER; ALTER ROLE hasty SET {setting}")
        try:
            yield place.url.replace("//town@", "//hasty@")
        finally:
            await other.execute("DROP ROLE hasty")


@pytest.mark.parametrize("value", ["off", "local", "remote_write"])
async def test_a_server_that_answers_before_it_has_written_is_refused(place: Postgres, value: str) -> None:
    await place.close()
    async with user_with(place, f"synchronous_commit = {value}") as url:
        with pytest.raises(LogFault, match=f"synchronous_commit={value}.*could lose"):
            await SqlLog.open(url)
    await place.reopen()


@pytest.mark.parametrize("value", ["on", "remote_apply"])
async def test_a_server_that_writes_first_is_taken(place: Postgres, value: str) -> None:
    """Control: it is the setting that is refused, and not the user."""
    await place.close()
    async with user_with(place, f"synchronous_commit = {value}") as url:
        log = await SqlLog.open(url)
        assert await log._store.run("SHOW synchronous_commit") == [(value,)]
        await write(log, heads(1))
        await log.close()


@asynccontextmanager
async def server_with(place: Postgres, setting: str, value: str) -> AsyncIterator[None]:
    """The whole server has a setting, in new connections and in those that are open."""

    async def shows(wanted: str) -> bool:
        async with place.beside() as fresh:
            return bool(await fresh.fetchval(f"SHOW {setting}") == wanted)

    async with place.beside() as other:
        before = await other.fetchval(f"SHOW {setting}")
        await other.execute(f"ALTER SYSTEM SET {setting} = '{value}'")
        await other.execute("SELECT pg_reload_conf()")
        try:
            await until(lambda: shows(value))
            yield
        finally:
            await other.execute(f"ALTER SYSTEM RESET {setting}")
            await other.execute("SELECT pg_reload_conf()")
            await until(lambda: shows(before))


@pytest.mark.parametrize("setting", ["fsync", "full_page_writes"])
async def test_a_server_that_does_not_write_through_is_refused(place: Postgres, setting: str) -> None:
    await place.close()
    async with server_with(place, setting, "off"):
        with pytest.raises(LogFault, match=f"{setting}=off"):
            await SqlLog.open(place.url)
    assert (await place.reopen()).position.offset == 0


async def test_a_log_that_is_open_keeps_writing_first_whatever_is_reloaded(place: Postgres) -> None:
    async with server_with(place, "synchronous_commit", "off"), place.beside() as other:
        assert (
            await other.fetchval("SHOW synchronous_commit") == "off"
        )  # control: it reaches who has not said
        assert await place.log._store.run("SHOW synchronous_commit") == [("on",)]


async def test_what_was_acknowledged_is_there_after_the_writer_was_killed(place: Postgres) -> None:
    await place.close()
    with killed("append", place.url, 25) as said:
        last = said[-1]
        again = await place.reopen()
        assert again.position.offset >= last["acknowledged"]
        events = await all_events(place.log)
        assert len(events) == again.position.offset


async def test_the_server_ends_the_writer_by_an_error_of_its_disk(place: Postgres) -> None:
    async with place.failing("58030"):
        with pytest.raises(LogUnavailable, match="the disk fails") as fault:
            await write(place.log, heads(1))
        assert not fault.value.disk_full
    with pytest.raises(LogUnavailable):
        await write(place.log, heads(1))
    await write(await place.reopen(), heads(1))


# --- one writer ----------------------------------------------------------------------


async def test_a_second_process_is_refused_and_told_by_whom(place: Postgres) -> None:
    said = await asyncio.to_thread(other_process, "open", place.url)
    assert said["refused"] == "LogOwned"
    assert f"process {os.getpid()}" in said["sentence"]
    with pytest.raises(LogOwned):
        await SqlLog.create(place.url, GENESIS)
    await write(place.log, heads(1))


async def test_another_schema_of_the_same_database_is_another_log(place: Postgres) -> None:
    assert postgres.lock_key(place.schema) != postgres.lock_key("elsewhere")
    other = await SqlLog.create(f"{place.url}_2", GENESIS)
    await write(other, heads(1))
    assert place.log.position.offset == 0
    await other.close()


async def test_who_ended_gives_the_log_free(place: Postgres) -> None:
    """Control of the two above: it is the owner that keeps others out."""
    await place.close()
    assert await asyncio.to_thread(other_process, "open", place.url) == {"opened": 0}
    await place.reopen()


async def append_during_a_take_over(place: Postgres) -> asyncio.Task[Any]:
    """An append that begins while another writer is just taking over, and its outcome after that."""
    [(pid,)] = await place.log._store.run("SELECT pg_backend_pid()")
    async with place.beside() as other, place.beside() as looker:

        async def waits_or_is_done() -> bool:
            waits = "SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = $1"
            return appending.done() or bool(await looker.fetchval(waits, pid))

        async with other.transaction():
            await other.execute("UPDATE term SET number = number + 1, writer = 'another'")
            appending = asyncio.create_task(write(place.log, heads(1)))
            await until(waits_or_is_done)
    await asyncio.wait([appending], timeout=PATIENCE_SECONDS)
    return appending


async def test_an_append_waits_for_a_take_over_and_is_refused(place: Postgres) -> None:
    appending = await append_during_a_take_over(place)
    assert isinstance(appending.exception(), PositionConflict)
    assert await all_events(await reopened(place)) == []


async def test_without_the_lock_of_the_row_a_writer_slips_in(
    place: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Control: SQLite's statement reads the term and locks nothing, which is enough for a file alone."""
    monkeypatch.setattr(postgres.PostgresStore, "append", tables.APPEND)
    await reopened(place)
    appending = await append_during_a_take_over(place)
    assert appending.exception() is None
    assert await all_events(await reopened(place)) == [heads(1)]


async def reopened(place: Postgres) -> SqlLog:
    await place.reopen()
    return place.log


async def test_a_line_that_is_cut_ends_the_writer_and_the_next_one_goes_on(place: Postgres) -> None:
    await write(place.log, heads(1))
    async with place.io_error():
        with pytest.raises(LogUnavailable, match=r"cannot be used|takes no writes"):
            await write(place.log, heads(2))
    assert await all_events(await reopened(place)) == [heads(1)]


# --- what is known otherwise, damage ----------------------------------------------------


async def shortened(place: Postgres) -> None:
    """The last event is lost, as on a standby that was behind, or in an older backup."""
    await place.close()
    async with place.beside() as other:
        await other.execute("DELETE FROM segment WHERE first = (SELECT max(first) FROM segment)")


async def test_a_log_behind_the_head_that_its_caller_keeps_is_refused(
    place: Postgres, tmp_path: Path
) -> None:
    kept = tmp_path / "hall.heads"
    await place.close()
    place.log = await SqlLog.open(place.url, heads=kept)
    for number in range(2):
        await write(place.log, heads(number))
    await shortened(place)
    with pytest.raises(LogBehind, match="events 2 to 2 were saved and acknowledged") as behind:
        await SqlLog.open(place.url, heads=kept)
    assert (behind.value.offset, behind.value.known) == (1, 2)
    log = await SqlLog.open(place.url)  # control: nobody else knows
    assert log.position.offset == 1
    await log.close()


async def test_a_segment_that_is_missing_is_named(place: Postgres) -> None:
    for number in range(3):
        await write(place.log, heads(number))
    await place.close()
    async with place.beside() as other:
        await other.execute("DELETE FROM segment WHERE first = 2")
    with pytest.raises(LogDamaged) as damage:
        await SqlLog.open(place.url, quick_check=True)
    assert damage.value.offset == 2
    log = await SqlLog.open(place.url)  # control: it is the check that finds it
    await log.close()


# --- erased ---------------------------------------------------------------------------

SECRET = "".join(f"{number * 7919:x}" for number in range(60_000, 60_180))


def in_tables(place: Postgres) -> list[str]:
    folder = Path(place._server.rpartition("=")[2]) / "data" / "base"
    return found_in(folder, SECRET[100:140])


async def on_disk(place: Postgres) -> None:
    async with place.beside() as other:
        await other.execute("CHECKPOINT")


@pytest.mark.parametrize("size", [1, 8])
async def test_an_erased_text_is_in_no_file_of_the_tables_any_more(place: Postgres, size: int) -> None:
    """In the row, and where the row is so long that parts of it lie elsewhere."""
    async with place.beside() as other:
        await other.execute("ALTER TABLE segment ALTER COLUMN body SET STORAGE EXTERNAL")  # to be found
    await write(place.log, heads(1), idea(SECRET * size), heads(2))
    await on_disk(place)
    assert in_tables(place)
    await place.log.erase(((2, "text"),))
    assert in_tables(place) == []
    assert len(await all_events(place.log)) == 3


async def test_without_the_rewriting_it_is_found_until_the_next_opening(
    place: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Control, and what a crash between the two leaves."""

    async def nothing(_: object) -> None: ...

    await write(place.log, idea(SECRET))
    with monkeypatch.context() as patched:
        patched.setattr(postgres.PostgresStore, "scrub", nothing)
        await place.log.erase(((1, "text"),))
    await on_disk(place)
    assert in_tables(place)
    await place.reopen()
    assert in_tables(place) == []


async def test_the_tables_are_written_anew_only_where_something_was_erased(place: Postgres) -> None:
    """At every start all redactions of the day are erased once more."""

    async def file() -> Any:
        [(name,)] = await place.log._store.run("SELECT pg_relation_filenode('segment')")
        return name

    await write(place.log, idea(SECRET))
    before = await file()
    await place.log.erase(((1, "text"),))
    after = await file()
    assert after != before
    await place.log.erase(((1, "text"),))
    await place.reopen()
    assert await file() == after


async def test_the_planners_samples_hold_no_words(place: Postgres) -> None:
    for number in range(30):
        await write(place.log, idea(f"{number} {SECRET}"[:200]))
    async with place.beside() as other:
        await other.execute("ANALYZE segment")
        sampled = await other.fetch("SELECT attname FROM pg_stats WHERE tablename = 'segment'")
    names = {row["attname"] for row in sampled}
    assert "head" in names  # control: of other columns samples are kept
    assert "body" not in names


# --- versions ---------------------------------------------------------------------------


async def at_version(place: Postgres, version: str, then: Callable[[Connection], None]) -> None:
    """Make the tables anew as an older program had them."""
    await place.close()
    async with place.beside() as other:
        await other.execute(f'DROP SCHEMA "{place.schema}" CASCADE; CREATE SCHEMA "{place.schema}"')
        await other.execute("CREATE TABLE genesis ()")
    store = await open_store(place.url, create=False)
    async with store.transaction() as connection:
        await store.run("DROP TABLE genesis")
        await connection.run_sync(upgrade, version)
        await connection.run_sync(then)
    await store.close()


async def test_an_older_log_is_brought_to_this_version_with_what_it_holds(place: Postgres) -> None:
    def filled(connection: Connection) -> None:
        connection.execute(
            insert(tables.genesis_table).values(
                epoch=GENESIS.epoch, meeting=GENESIS.meeting, site=GENESIS.site, format=GENESIS.format
            )
        )

    await at_version(place, "0001", filled)
    async with place.beside() as other:
        assert await other.fetchval("SELECT to_regclass('erasure')") is None
    log = await reopened(place)
    assert (log.genesis, log.position, log.head) == (GENESIS, Position("e1", 0), genesis_head(GENESIS))
    await write(log, heads(1))
    async with place.beside() as other:
        assert await other.fetchval("SELECT version_num FROM alembic_version") == "0002"
        assert await other.fetchval("SELECT count(*) FROM erasure") == 0


async def test_the_tables_of_a_newer_program_are_refused_and_left_alone(place: Postgres) -> None:
    await place.close()
    async with place.beside() as other:
        await other.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(UnknownFormat, match="newer program"):
        await SqlLog.open(place.url)
    async with place.beside() as other:
        assert await other.fetchval("SELECT version_num FROM alembic_version") == "9999"


async def test_the_versions_end_in_the_tables_that_the_program_knows(place: Postgres) -> None:
    def differences(connection: Connection) -> list[Any]:
        options = {"include_name": lambda name, kind, _: kind != "table" or name != "erasure"}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), tables.metadata))

    async with place.log._store.transaction() as connection:
        assert await connection.run_sync(differences) == []
        await connection.exec_driver_sql("ALTER TABLE epoch DROP COLUMN reason")  # control
        assert len(await connection.run_sync(differences)) == 1
        await connection.exec_driver_sql("ALTER TABLE epoch ADD COLUMN reason text NOT NULL")


async def test_a_log_whose_making_was_cut_short_leaves_nothing(
    place: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def cut(*_: object) -> None:
        raise OSError("the line was cut")

    url = f"{place.url}_cut"
    with monkeypatch.context() as patched:
        patched.setattr("app.log.sql.found", cut)
        with pytest.raises(LogUnavailable, match="the line was cut"):
            await SqlLog.create(url, GENESIS)
    with pytest.raises(LogFault, match="There is no log in"):
        await SqlLog.open(url)
    await (await SqlLog.create(url, GENESIS)).close()


# --- addresses ----------------------------------------------------------------------------


async def test_what_is_not_there_is_refused_with_a_sentence(place: Postgres, tmp_path: Path) -> None:
    with pytest.raises(LogFault, match=r"There is no log in .*schema nothing"):
        await SqlLog.open(f"{place._server}&schema=nothing")
    with pytest.raises(LogFault, match="PostgreSQL refuses the log"):
        await SqlLog.open(place.url.replace("/postgres?", "/nowhere?"))
    with pytest.raises(LogFault, match="PostgreSQL cannot be used"):
        await SqlLog.open(f"postgresql://town@/postgres?host={tmp_path}")


@pytest.mark.parametrize("name", ['a"b', "pg_temp", "", "x" * 64])
async def test_a_name_that_no_schema_has_is_refused(place: Postgres, name: str) -> None:
    with pytest.raises(LogFault, match="no schema that can be one"):
        await SqlLog.create(f"{place._server}&schema={name or '%20'}", GENESIS)


async def test_no_sentence_tells_the_password(place: Postgres) -> None:
    url = place.url.replace("town@", "town:knock-knock@")
    with pytest.raises(LogOwned) as owned:
        await SqlLog.open(url)
    assert "knock" not in owned.value.sentence


async def test_without_its_driver_a_sentence_says_what_to_install(
    place: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "app.log.postgres")
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    with pytest.raises(LogFault, match=r"install townmeeting\[postgres\]"):
        await SqlLog.open(place.url)
