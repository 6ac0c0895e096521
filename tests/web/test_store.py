"""At stake: a right that was given or withdrawn and is forgotten, or stands readable in the database."""

import asyncio
import threading
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, func, insert, select

import app.web.store
from app.core.capability import Role
from app.core.ids import MeetingId
from app.main import Server
from app.web import registry
from app.web.keys import KeyDamaged, Keys
from app.web.store import Store, StoreTooNew, get, put
from app.web.tables import entries
from app.web.tables import server as remembered


async def test_what_was_answered_is_there_after_a_restart(tmp_path: Path) -> None:
    store = Store(tmp_path / "server.db")
    await asyncio.gather(*[store.run(partial(put, name=f"n{n}", value=str(n))) for n in range(200)])
    await store.close()
    again = Store(tmp_path / "server.db")
    assert await again.run(lambda c: get(c, "n199")) == "199"
    await again.close()


async def test_a_piece_of_work_that_fails_changes_nothing_and_hurts_nobody(tmp_path: Path) -> None:
    store = Store(tmp_path / "server.db")

    def fails(connection: Connection) -> None:
        put(connection, "half", "1")
        connection.execute(insert(remembered).values(name="half", value="2"))

    good, bad, also = await asyncio.gather(
        store.run(lambda c: put(c, "a", "1")),
        store.run(fails),
        store.run(lambda c: put(c, "b", "1")),
        return_exceptions=True,
    )
    assert good is None
    assert also is None
    assert isinstance(bad, Exception)
    assert [await store.run(partial(get, name=n)) for n in ("a", "half", "b")] == ["1", None, "1"]
    await store.close()


async def test_who_has_been_answered_finds_the_change_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the second laptop could be told, in between, that nothing has changed."""
    store = Store(tmp_path / "server.db")
    await store.run(lambda c: put(c, "a", "1"))
    before = store.changes
    counting, seen, count = threading.Event(), threading.Event(), app.web.store._changed

    def slowly(engine: Engine) -> int:
        counting.set()
        seen.wait(5)
        return count(engine)

    monkeypatch.setattr(app.web.store, "_changed", slowly)
    asked = asyncio.create_task(store.run(lambda c: put(c, "b", "1")))
    await asyncio.to_thread(counting.wait, 5)
    await asyncio.sleep(0.05)
    assert not asked.done()
    seen.set()
    await asked
    assert store.changes > before
    monkeypatch.undo()
    await store.close()


async def test_who_waits_is_answered_though_the_changes_cannot_be_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_engine: Engine) -> int:
        raise OSError(5, "the disk")

    store = Store(tmp_path / "server.db")
    await store.run(lambda c: put(c, "a", "1"))
    before = store.changes
    with monkeypatch.context() as counting:
        counting.setattr(app.web.store, "_changed", fails)
        await store.run(lambda c: put(c, "b", "1"))
        assert store.changes > before
        await store.run(lambda c: get(c, "b"))
    uncounted = store.changes
    await store.run(lambda c: put(c, "c", "1"))
    assert store.changes > uncounted, "a change after one that was not counted is a change too"
    assert await store.run(lambda c: get(c, "b")) == "1"
    await store.close()


async def test_a_folder_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    store = Store(tmp_path / "server.db")
    await store.run(lambda c: put(c, "schema", "99"))
    await store.close()
    with pytest.raises(StoreTooNew):
        Store(tmp_path / "server.db")


def test_keys_stay_the_same_and_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    first, second = Keys.in_folder(tmp_path / "keys"), Keys.in_folder(tmp_path / "keys")
    assert first.code("m", "c", 1) == second.code("m", "c", 1) != first.code("m", "c", 2)
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "keys").iterdir()} == {0o600}
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700


def test_a_damaged_key_is_named(tmp_path: Path) -> None:
    Keys.in_folder(tmp_path)
    (tmp_path / "codes.key").write_bytes(b"short")
    with pytest.raises(KeyDamaged, match=r"codes\.key"):
        Keys.in_folder(tmp_path)


async def test_no_code_and_no_link_stands_in_the_database(server: Server, meeting: MeetingId) -> None:
    ways = await server.house.links(meeting)
    for role in (Role.PARTICIPANT, Role.TABLE_FACILITATOR):
        ways += await server.house.codes(meeting, role)
    assert await server.house.store.run(lambda c: c.scalar(select(func.count()).select_from(entries))) == len(
        ways
    )
    path = server.house.settings.data_dir
    stored = b"".join(each.read_bytes() for each in path.glob("server.db*"))
    assert [way for way in ways if way.secret.encode() in stored] == []
    assert [way for way in ways if way.code and way.code.replace("-", "").encode() in stored] == []


async def test_every_role_screen_table_and_seat_has_one_way_in(server: Server, meeting: MeetingId) -> None:
    plan = server.house.hall(meeting).meeting.plan
    assert plan is not None
    links = await server.house.links(meeting)
    assert {way.capability.role for way in links} == set(Role) - {
        Role.SERVER, Role.RECEIVER, Role.PARTICIPANT, Role.TABLE_FACILITATOR,
    }  # fmt: skip
    assert len({way.url for way in links}) == len(links)
    seats = await server.house.codes(meeting, Role.PARTICIPANT)
    assert [way.capability.seat for way in seats] == [seat.id for seat in plan.seats]
    tables = await server.house.codes(meeting, Role.TABLE_FACILITATOR)
    assert [way.capability.tables for way in tables] == [(table.id,) for table in plan.tables]
    assert await server.house.codes(meeting, Role.PARTICIPANT) == seats, "cards print the same again"


async def test_a_rotated_code_is_dead_and_the_new_one_opens(server: Server, meeting: MeetingId) -> None:
    old = (await server.house.codes(meeting, Role.PARTICIPANT))[0]
    new = await server.house.rotate(await server.house.held(meeting, old.capability.id))
    keys, store = server.house.keys, server.house.store

    async def opens(secret: str) -> bool:
        stored = [keys.stored("code", secret.replace("-", ""))]
        return await store.run(registry.find_by_secret(stored)) is not None

    assert not await opens(old.secret)
    assert await opens(new.secret)
