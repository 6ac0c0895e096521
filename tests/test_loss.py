"""At stake: a server does not start on a log that has lost its end, and says what is to be done."""

import asyncio
import errno
import os
import shutil
from pathlib import Path

import pytest

from app.cli import main
from app.client.http import Api, secret_of
from tests.web.processes import Running, start

WAL_HEAD_BYTES, FRAME_BYTES = 32, 24 + 4096


async def say_something(server: Running, times: int) -> None:
    """So many events that the organiser was told are saved."""
    api = Api(server.url)
    try:
        token = (await api.join(secret_of(server.link("organiser"))))["token"]
        for number in range(times):
            frame = {
                "t": "send_message",
                "id": f"cmd_{os.urandom(16).hex()}",
                "message": f"msg_{os.urandom(16).hex()}",
                "text": {"en": f"message {number}"},
            }
            answer = await api.post("/api/commands", frame, token)
            assert answer["t"] == "ack"
    finally:
        api.close()


async def ready(server: Running) -> dict[str, object]:
    """What the server says of its only meeting."""
    api = Api(server.url)
    try:
        [meeting] = (await api.get("/health/ready"))["meetings"]
        return dict(meeting)
    finally:
        api.close()


def cut_short(folder: Path) -> Running:
    """A data folder whose server was killed, and then the last fifth of the log's journal was lost."""
    server = start(folder)
    asyncio.run(say_something(server, 40))
    server.kill()
    [wal] = folder.glob("meetings/*/logs/*-wal")
    frames = (wal.stat().st_size - WAL_HEAD_BYTES) // FRAME_BYTES
    os.truncate(wal, WAL_HEAD_BYTES + FRAME_BYTES * (frames * 4 // 5))
    return server


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    assert isinstance(ended.value.code, int)
    return ended.value.code


def test_a_log_without_its_end_is_refused_until_the_loss_is_accepted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "data"
    cut_short(folder)
    with pytest.raises(RuntimeError, match=r"events \d+ to \d+ were saved and acknowledged, and are missing"):
        start(folder)

    assert run("restore", "--data-dir", str(folder)) == 2
    assert "say --accept" in capsys.readouterr().err
    with pytest.raises(RuntimeError, match="are missing"):  # nothing was accepted by asking
        start(folder)

    was = log_files(folder)
    assert run("restore", "--data-dir", str(folder), "--accept", "--reason", "power cut") == 0
    told = capsys.readouterr().out
    assert "goes on from event" in told
    [kept] = folder.glob("meetings/*/replaced-*")
    assert str(kept) in told
    assert {file.name: file.read_bytes() for file in kept.iterdir()} == was, "nothing is destroyed"
    assert all(file.stat().st_mode & 0o077 == 0 for file in (kept, *kept.iterdir()))
    assert log_files(folder) != was
    server = start(folder)
    try:
        before = asyncio.run(ready(server))
        asyncio.run(say_something(server, 1))
        after = asyncio.run(ready(server))
    finally:
        server.stop()
    assert after["offset"] == before["offset"] + 1  # type: ignore[operator]
    assert run("restore", "--data-dir", str(folder), "--accept") == 0
    assert "Nothing is missing" in capsys.readouterr().out


def test_a_loss_is_not_accepted_where_what_was_there_cannot_be_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "data"
    cut_short(folder)
    was = log_files(folder)

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(shutil, "copytree", full)
    assert run("restore", "--data-dir", str(folder), "--accept") == 1
    assert "Nothing was changed" in capsys.readouterr().err
    assert log_files(folder) == was
    assert not list(folder.glob("meetings/*/replaced-*"))


def log_files(folder: Path) -> dict[str, bytes]:
    """Every byte beside the lock, which names who looked last."""
    [logs] = folder.glob("meetings/*/logs")
    return {file.name: file.read_bytes() for file in logs.iterdir() if not file.name.endswith(".lock")}


def test_a_refused_start_and_every_verb_that_looks_leave_the_log_as_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A frame of the journal is damaged: what stands behind it is there for whoever can recover it."""
    folder = tmp_path / "data"
    server = start(folder)
    asyncio.run(say_something(server, 40))
    server.kill()
    [wal] = folder.glob("meetings/*/logs/*-wal")
    whole = wal.read_bytes()
    content = bytearray(whole)
    content[WAL_HEAD_BYTES + FRAME_BYTES * (len(content) // FRAME_BYTES // 2) + 100] ^= 1
    wal.write_bytes(content)
    damaged = log_files(folder)

    with pytest.raises(RuntimeError, match=r"events \d+ to \d+ were saved and acknowledged, and are missing"):
        start(folder)
    assert log_files(folder) == damaged
    data = ["--data-dir", str(folder)]
    for verb in (
        ["backup", "--out", str(tmp_path / "b.zip")],
        ["export", "--out", str(tmp_path)],
        ["restore"],
    ):
        assert run(*verb, *data) != 0
        assert log_files(folder) == damaged, verb
    capsys.readouterr()
    run("doctor", *data)
    assert log_files(folder) == damaged

    wal.write_bytes(whole)  # the expert has found the byte
    assert run("backup", "--out", str(tmp_path / "whole.zip"), *data) == 0
    assert log_files(folder)[wal.name] == whole, "who only reads changes nothing either"
    start(folder).stop()
    assert not wal.exists(), "control: whoever writes has SQLite clear the journal away"


def test_without_the_heads_the_same_loss_goes_by_without_a_word(tmp_path: Path) -> None:
    """Control: the test above sees what the heads file says, and nothing else would."""
    folder = tmp_path / "data"
    cut_short(folder)
    [heads] = folder.glob("meetings/*/logs/*.heads")
    heads.unlink()
    start(folder).stop()
