"""At stake: a server whose logs are in PostgreSQL is the same server, and finds them by its folder alone."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import httpx2 as httpx
import pytest

from app.backup import read_backup
from app.core.capability import Role
from app.doctor import machine
from app.doctor.finding import Says
from app.log.port import LogFault
from app.log.store import LogPlace
from app.main import build
from app.settings import Settings, load_settings
from app.tool.restore import accept, back_up, restore
from app.verify import verify
from tests.backups import REHEARSAL, hall_of, meeting_of, say, server_on
from tests.browser.stage import of_type, recorded
from tests.log import postgres_server
from tests.web.conftest import command
from tests.web.processes import NotStarted, start
from tests.web.test_serving import give, token

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(300)]


@pytest.fixture
def database() -> Iterator[postgres_server.Server]:
    """A server of its own: it is taken away."""
    with postgres_server.server() as made:
        yield made


def places(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"meetings/*/logs/*{LogPlace.SUFFIX}"))


def in_database(url: str, meeting: str, sql: str) -> list[tuple[object, ...]]:
    """What a database tool sees of a meeting's schema."""

    async def ask() -> list[tuple[object, ...]]:
        line = await asyncpg.connect(url, server_settings={"search_path": f'"{meeting}"'})
        try:
            return [tuple(row) for row in await line.fetch(sql)]
        finally:
            await line.close()

    return asyncio.run(ask())


def message(text: str, number: int) -> dict[str, object]:
    return command("send_message", message=f"msg_{number:032x}", text={"en": text})


def test_the_record_is_in_the_database_and_the_server_goes_on_without_the_setting(
    tmp_path: Path, postgres_url: str
) -> None:
    folder = tmp_path / "data"
    first = start(folder, log_url=postgres_url)
    who, frame = token(first, "organiser"), command("start_meeting")
    assert give(first, who, frame)["t"] == "ack"
    assert not list(folder.rglob("*.sqlite3"))
    [place] = places(folder)
    assert place.stat().st_mode & 0o077 == 0
    assert in_database(postgres_url, first.meeting, "SELECT max(last) FROM segment") == [(2,)]
    first.kill()

    again = start(folder)  # where a log is, is in the folder
    assert give(again, who, frame) == {"t": "ack", "id": frame["id"], "offset": 2}
    assert give(again, who, message("it goes on", 1))["offset"] == 3
    assert [e["text"] for e in of_type(recorded(folder, again.meeting), "message_sent")] == [
        {"en": "it goes on"}
    ]
    assert again.stop() == 0
    assert len(recorded(folder, first.meeting)) == 3  # and made from the folder, where no server runs
    [export] = (tmp_path / "export").glob("*-audit.zip")
    assert verify(export).agrees


def test_where_the_database_is_gone_nothing_is_acknowledged_and_the_server_ends(
    tmp_path: Path, database: postgres_server.Server
) -> None:
    running = start(tmp_path / "data", log_url=database.url)
    who = token(running, "organiser")
    assert give(running, who, command("start_meeting"))["t"] == "ack"
    database.crash()
    lost = message("nobody heard of it", 1)
    try:
        answer = give(running, who, lost)
    except httpx.HTTPError:
        answer = {}
    assert answer.get("t") != "ack"
    assert running.over(30) == 70
    with pytest.raises(NotStarted, match="PostgreSQL cannot be used") as refused:
        start(tmp_path / "data")
    assert refused.value.code == 1
    database.start()
    again = start(tmp_path / "data")
    assert give(again, who, lost) == {"t": "ack", "id": lost["id"], "offset": 3}
    assert again.stop() == 0


def test_a_database_that_has_lost_its_end_is_named_until_that_is_accepted(
    tmp_path: Path, postgres_url: str
) -> None:
    folder = tmp_path / "data"
    running = start(folder, log_url=postgres_url)
    who = token(running, "organiser")
    for number, frame in enumerate((command("start_meeting"), message("one", 1), message("two", 2)), 2):
        assert give(running, who, frame)["offset"] == number
    assert running.stop() == 0
    in_database(postgres_url, running.meeting, "DELETE FROM segment WHERE first = 4")
    with pytest.raises(NotStarted, match="4"):
        start(folder)
    [taken] = accept(folder, "the standby was behind")
    assert (taken.offset, taken.known) == (3, 4)
    assert taken.in_database
    assert "database keeps" in taken.sentences()[1]
    again = start(folder)
    [restored] = of_type(recorded(folder, again.meeting), "log_restored")
    assert restored["reason"] == {"th": "the standby was behind"}
    assert again.stop() == 0


async def test_a_backup_of_it_is_restored_into_files(tmp_path: Path, postgres_url: str) -> None:
    settings = Settings(data_dir=tmp_path / "data", argon2_memory_kib=8192, log_url=postgres_url)
    async with server_on(tmp_path / "data", settings) as server:
        await say(server, "before")
        codes = [way.secret for way in await server.house.codes(meeting_of(server), Role.PARTICIPANT)]
    await asyncio.to_thread(back_up, tmp_path / "data", tmp_path / "backup.zip")
    await asyncio.to_thread(restore, read_backup(tmp_path / "backup.zip"), tmp_path / "again", "moved")
    assert places(tmp_path / "again") == []
    async with server_on(tmp_path / "again") as server:
        assert [m.text for m in hall_of(server).meeting.stage.messages.values()] == [{"en": "before"}]
        assert [way.secret for way in await server.house.codes(meeting_of(server), Role.PARTICIPANT)] == codes
    async with server_on(tmp_path / "data") as server:  # the first one is untouched beside it
        assert hall_of(server).meeting.restores == []


async def test_a_meeting_that_was_made_before_stays_where_it_is(tmp_path: Path, postgres_url: str) -> None:
    folder = tmp_path / "data"
    async with server_on(folder) as server:
        first = meeting_of(server)
    settings = Settings(data_dir=folder, argon2_memory_kib=8192, log_url=postgres_url)
    async with server_on(folder, settings) as server:
        second = await server.house.create_meeting(server.house.entries[first].plan)
    files = {path.parents[1].name for path in folder.glob("meetings/*/logs/*.sqlite3")}
    assert files == {first}
    assert {path.parents[1].name for path in places(folder)} == {second}


async def test_a_database_that_cannot_take_it_leaves_no_meeting(tmp_path: Path, postgres_url: str) -> None:
    nowhere = postgres_url.replace("/postgres?", "/no_such_database?")
    server = build(Settings(data_dir=tmp_path / "data", argon2_memory_kib=8192, log_url=nowhere))
    await server.house.open()
    try:
        with pytest.raises(LogFault, match="no_such_database"):
            await server.house.create_meeting(REHEARSAL)
        assert not server.house.entries
    finally:
        await server.close()


def test_the_doctor_looks_at_it_and_makes_nothing(postgres_url: str) -> None:
    schemas = "SELECT count(*) FROM pg_namespace"
    before = in_database(postgres_url, "public", schemas)
    found = machine._log_database(postgres_url)
    assert (found.says, found.found.startswith("PostgreSQL 1")) == (Says.GO, True)
    assert in_database(postgres_url, "public", schemas) == before
    for said in (
        "CREATE ROLE hasty LOGIN",
        "ALTER ROLE hasty SET synchronous_commit = off",
        "CREATE ROLE guest LOGIN",
    ):
        in_database(postgres_url, "public", said)
    for user, why in (("hasty", "synchronous_commit=off"), ("guest", "GRANT CREATE")):
        refused = machine._log_database(postgres_url.replace("//town@", f"//{user}@"))
        assert (refused.says, why in refused.found) == (Says.NO_GO, True)
    assert "driver does not know" in machine._log_database(f"{postgres_url}&nonsense=1").found
    assert "no_such" in machine._log_database(postgres_url.replace("/postgres?", "/no_such?")).found


def test_its_password_is_in_no_line_that_anybody_prints(tmp_path: Path) -> None:
    settings = load_settings(data_dir=tmp_path, log_url="postgresql://town:secret@127.0.0.1:1/hall")
    assert "secret" not in f"{settings!r} {settings} {json.dumps(settings.model_dump(mode='json'))}"
    assert "secret" not in machine._log_database(settings.log_url.get_secret_value()).found


@pytest.mark.parametrize("url", ["sqlite:///x", "mysql://u@h/d", "postgresql://h/d?schema=x", "hall.db"])
def test_another_address_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(ValueError, match="log_url"):
        Settings(log_url=url)
