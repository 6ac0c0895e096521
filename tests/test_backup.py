"""At stake: what is in a backup is enough to go on from, and nothing is in it that must be in none."""

import asyncio
import dataclasses
import hashlib
import io
import json
import re
import shutil
import zipfile
from pathlib import Path

import msgspec
import pytest

from app.backup import Backup, BackupDamaged, keys_in, read_backup, write_backup
from app.cli import main
from app.client.http import ApiRefused
from app.core import commands as c
from app.core.capability import Role
from app.core.ids import QuestionId
from app.core.questions import RoundState
from app.log.port import Genesis, LogDamaged, LogFault
from app.main import Logs, Server, ballot_key_folder
from app.tool.faults import Fault
from app.tool.restore import back_up, restore
from tests.backups import REHEARSAL, do, hall_of, meeting_of, say, server_on, vote
from tests.broken_zips import flipped
from tests.running import owner_of, running

ANONYMOUS = "honest"


def run(*arguments: str | Path) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(each) for each in arguments])
    assert isinstance(ended.value.code, int)
    return ended.value.code


def put(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def left_over(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith(".")]


async def taken(server: Server, path: Path) -> Path:
    """A backup of a server that runs in this process."""
    house, out = server.house, io.BytesIO()
    keys = keys_in(house.settings.data_dir / "keys")
    await write_backup(out, await house.store.copy(), keys, list(house.logs.values()), 1_790_000_000_000)
    return put(path, out.getvalue())


async def gone_on(backup: Path, folder: Path) -> None:
    await asyncio.to_thread(restore, read_backup(backup), folder, "the laptop was stolen")


async def test_a_restored_server_has_everything_that_the_backup_had(tmp_path: Path) -> None:
    async with server_on(tmp_path / "data") as server:
        await say(server, "before")
        codes = [way.secret for way in await server.house.codes(meeting_of(server), Role.PARTICIPANT)]
        before, offset = hall_of(server).position.epoch, hall_of(server).position.offset
        backup = await taken(server, tmp_path / "backup.zip")
        await say(server, "after")
    await gone_on(backup, tmp_path / "again")
    async with server_on(tmp_path / "again") as server:
        hall = hall_of(server)
        assert [m.text for m in hall.meeting.stage.messages.values()] == [{"en": "before"}]
        assert [way.secret for way in await server.house.codes(meeting_of(server), Role.PARTICIPANT)] == codes
        [restored] = hall.meeting.restores
        assert (restored.before, restored.reason) == (before, {"th": "the laptop was stolen"})
        assert hall.position == (restored.epoch, offset + 1)
        await say(server, "it goes on")


async def test_a_device_that_was_in_is_in_after_the_restore(tmp_path: Path) -> None:
    async with server_on(tmp_path / "data") as server:
        way = (await server.house.codes(meeting_of(server), Role.PARTICIPANT))[0]
        joined = await server.house.doors.join(way.secret, browser=False)
        backup = await taken(server, tmp_path / "backup.zip")
    await gone_on(backup, tmp_path / "again")
    async with server_on(tmp_path / "again") as server:
        who = await server.house.doors.who(joined.token)  # type: ignore[union-attr]
        assert who is not None
        assert who.capability is not None
        assert who.capability.seat == way.capability.seat


@pytest.mark.parametrize("with_keys", [False, True])
async def test_an_open_anonymous_vote_is_void_after_a_restore(tmp_path: Path, *, with_keys: bool) -> None:
    """Its key is in no backup. The control puts it back by hand: then the vote would go on."""
    data = tmp_path / "data"
    async with server_on(data) as server:
        await do(server, c.OpenVoting(QuestionId(ANONYMOUS)))
        await vote(server, ANONYMOUS, "nobody")
        meeting = meeting_of(server)
        [key] = ballot_key_folder(data, meeting).glob("*.key")
        backup = await taken(server, tmp_path / "backup.zip")
        held = read_backup(backup)
        everything = b"".join([held.server_db, *held.keys.values(), *_files(backup).values()])
        assert key.read_bytes() not in everything
        keep = tmp_path / "key"
        shutil.copytree(key.parent, keep)
    await gone_on(backup, tmp_path / "again")
    if with_keys:
        shutil.copytree(keep, ballot_key_folder(tmp_path / "again", meeting))
    async with server_on(tmp_path / "again") as server:
        now = hall_of(server).meeting.questions.questions[QuestionId(ANONYMOUS)].now
        assert (now.state, now.key_lost) == (
            (RoundState.OPEN, False) if with_keys else (RoundState.VOIDED, True)
        )


def _files(backup: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(backup) as zipped:
        return {name: zipped.read(name) for name in zipped.namelist()}


async def test_what_was_redacted_is_not_in_the_next_backup(tmp_path: Path) -> None:
    async with server_on(tmp_path / "data") as server:
        message = await say(server, "somebody's name")
        before = await taken(server, tmp_path / "before.zip")
        await do(server, c.RedactText("message", message))
        await hall_of(server).drain()
        after = await taken(server, tmp_path / "after.zip")
    assert any(b"somebody" in content for content in _files(before).values()), "the control: it was there"
    assert not any(b"somebody" in content for content in _files(after).values())
    await gone_on(after, tmp_path / "again")
    async with server_on(tmp_path / "again") as server:
        assert [m.text for m in hall_of(server).meeting.stage.messages.values()] == [None]


async def test_a_backup_that_is_not_whole_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    async with server_on(tmp_path / "data") as server:
        await say(server, "hello")
        whole = (await taken(server, tmp_path / "backup.zip")).read_bytes()
    bad = tmp_path / "bad.zip"
    for at, damaged in flipped(whole):
        bad.write_bytes(damaged)
        try:
            backup = read_backup(bad)
        except LogFault:
            continue
        assert backup == read_backup(tmp_path / "backup.zip"), f"byte {at} says something else"
    for cut in (0, 1, len(whole) // 2, len(whole) - 1):
        bad.write_bytes(whole[:cut])
        with pytest.raises(BackupDamaged, match="is damaged"):
            read_backup(bad)


def rewritten(backup: Path, name: str, change: bytes, into: bytes) -> None:
    """Change a file in a backup, and its hash in the manifest with it."""
    files = _files(backup)
    assert change in files[name]
    files[name] = files[name].replace(change, into)
    manifest = json.loads(files["manifest.json"])
    manifest["files"][name] = hashlib.sha256(files[name]).hexdigest()
    files["manifest.json"] = json.dumps(manifest).encode()
    with zipfile.ZipFile(backup, "w") as zipped:
        for each, content in files.items():
            zipped.writestr(each, content)


async def test_whoever_changes_a_log_in_a_backup_has_the_chain_against_them(tmp_path: Path) -> None:
    async with server_on(tmp_path / "data") as server:
        await say(server, "first words")
        backup = await taken(server, tmp_path / "backup.zip")
    [name] = [name for name in _files(backup) if name.startswith("logs/")]
    rewritten(backup, name, b"first words", b"other words")
    with pytest.raises(LogDamaged):
        await gone_on(backup, tmp_path / "again")
    assert not (tmp_path / "again").exists()
    assert left_over(tmp_path) == []


async def test_a_restore_takes_no_folder_that_has_something(tmp_path: Path) -> None:
    async with server_on(tmp_path / "data") as server:
        backup = await taken(server, tmp_path / "backup.zip")
    (tmp_path / "empty").mkdir()
    await gone_on(backup, tmp_path / "empty")
    with pytest.raises(Fault, match="There is something in"):
        await gone_on(backup, tmp_path / "data")
    async with server_on(tmp_path / "data") as server:
        assert hall_of(server).meeting.restores == []


def test_the_command_line_backs_up_a_stopped_server_and_restores_only_what_is_accepted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def day() -> None:
        async with server_on(tmp_path / "data") as server:
            await say(server, "hello")

    asyncio.run(day())
    backup, again = tmp_path / "backup.zip", tmp_path / "again"
    assert run("backup", "--data-dir", tmp_path / "data", "--out", backup) == 0
    assert backup.stat().st_mode & 0o777 == 0o600
    assert run("restore", backup, "--data-dir", again) == 2
    said = capsys.readouterr()
    assert "3 events" in said.out
    assert "say --accept" in said.err
    assert not again.exists()
    assert run("restore", backup, "--data-dir", again, "--accept") == 0
    assert again.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o077 for path in again.rglob("*")} == {0}


def test_the_restore_drill_goes_on_from_a_backup_and_leaves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def day() -> None:
        async with server_on(tmp_path / "data") as server:
            await do(server, c.OpenVoting(QuestionId("practice")))
            await vote(server, "practice", "bus")

    asyncio.run(day())
    assert run("drill", "restore", "--data-dir", tmp_path / "data", "--trials", "2") == 0
    said = capsys.readouterr().out
    assert said.count("The backup is good: 1 meetings") == 2
    assert re.search(r"(\d+) events, of the backup's (\d+) none lost; \d+ commands acknowledged", said)
    assert "2 drills: gone on after " in said
    assert [path.name for path in tmp_path.iterdir()] == ["data"]

    async def untouched() -> None:
        async with server_on(tmp_path / "data") as server:
            assert hall_of(server).meeting.restores == []

    asyncio.run(untouched())


def test_the_restore_drill_finds_a_backup_of_no_use(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Control: a backup whose keys are of another server opens no door."""

    async def days() -> None:
        for name in ("data", "other"):
            async with server_on(tmp_path / name) as server:
                await say(server, name)
                await taken(server, tmp_path / f"{name}.zip")

    asyncio.run(days())
    mine, other = _files(tmp_path / "data.zip"), _files(tmp_path / "other.zip")
    rewritten(tmp_path / "data.zip", "keys/storage.key", mine["keys/storage.key"], other["keys/storage.key"])
    assert run("drill", "restore", "--data-dir", tmp_path / "data", "--backup", tmp_path / "data.zip") == 1
    assert "does not open" in capsys.readouterr().err
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".drill")]


def test_the_restore_drill_counts_the_events_that_came_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Control: an event of the backup is not in what was gone on with."""

    async def day() -> None:
        async with server_on(tmp_path / "data") as server:
            await say(server, "one")

    asyncio.run(day())

    def one_more(path: Path) -> Backup:
        held = read_backup(path)
        logs = tuple(msgspec.structs.replace(log, events=log.events + 1) for log in held.manifest.logs)
        return dataclasses.replace(held, manifest=msgspec.structs.replace(held.manifest, logs=logs))

    monkeypatch.setattr("app.tool.drill.read_backup", one_more)
    assert run("drill", "restore", "--data-dir", tmp_path / "data") == 1
    assert "events, and" in capsys.readouterr().err


@pytest.mark.slow
async def test_a_running_server_is_asked_at_the_machine_and_by_nobody_else(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with running(tmp_path) as (server, api):
        token = await owner_of(server, api)
        await api.post("/api/meetings", {"plan": REHEARSAL}, token)
        manifest = await asyncio.to_thread(back_up, data, tmp_path / "backup.zip")
        assert [log.events for log in manifest.logs] == [1]
        with pytest.raises(ApiRefused, match="not"):
            await api.fetch("/api/backup", token)
        assert not list(data.glob("backup-*"))
    await gone_on(tmp_path / "backup.zip", tmp_path / "again")


# --- a backup by somebody else -------------------------------------------------------------


def planted(folder: Path) -> list[Path]:
    return list(folder.rglob("*planted*"))


async def forged(folder: Path, key: str = "") -> Path:
    """A backup of which a key has another name, with a manifest that fits."""
    async with server_on(folder / "data") as server:
        backup = await taken(server, folder / "backup.zip")
    with zipfile.ZipFile(backup) as zipped:
        files = {name: zipped.read(name) for name in zipped.namelist()}
    manifest = json.loads(files.pop("manifest.json"))
    if key:
        files[key] = files.pop(next(name for name in files if name.startswith("keys/")))
    manifest["files"] = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    with zipfile.ZipFile(folder / "forged.zip", "w") as zipped:
        for name, data in files.items():
            zipped.writestr(name, data)
        zipped.writestr("manifest.json", json.dumps(manifest))
    return folder / "forged.zip"


@pytest.mark.parametrize(
    "name", ["keys/../../planted.key", "keys//etc/planted.key", "keys/a/b.key", "keys/x"]
)
async def test_a_backup_does_not_choose_where_its_keys_are_written(tmp_path: Path, name: str) -> None:
    path = await forged(tmp_path, name)
    with pytest.raises(BackupDamaged, match="no key of a server"):
        await gone_on(path, tmp_path / "again")
    assert not planted(tmp_path)
    assert not (tmp_path / "again").exists()


async def test_control_a_backup_that_is_only_packed_anew_is_taken(tmp_path: Path) -> None:
    await gone_on(await forged(tmp_path), tmp_path / "again")
    assert (tmp_path / "again" / "server.db").exists()


@pytest.mark.parametrize(
    ("meeting", "site"), [("../../planted", "x"), ("m", "../../planted"), ("m", "/tmp/planted")]
)
async def test_a_copy_of_a_log_does_not_choose_where_it_is_written(
    tmp_path: Path, meeting: str, site: str
) -> None:
    with pytest.raises(LogFault, match="cannot be one"):
        await Logs(tmp_path / "data").create(Genesis(meeting=meeting, site=site, epoch="1"))
    assert not planted(tmp_path)
