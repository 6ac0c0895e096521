"""At stake: a server that is stopped, killed or started twice in the middle of a day."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from app.log.port import LogOwned
from app.main import build
from app.settings import Settings
from app.web.serving import InsecureAddress, bound
from tests.web.conftest import command
from tests.web.processes import PROGRAM, ROOT, Running, environment, start


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    made = start(tmp_path / "data")
    yield made
    made.kill()


def token(running: Running, role: str) -> dict[str, str]:
    secret = running.link(role).partition("#")[2]
    answer = httpx.post(f"{running.url}/api/join", json={"code": secret})
    return {"Authorization": f"Bearer {answer.json()['token']}"}


def to_the_end(socket: ClientConnection) -> tuple[list[str], int]:
    """Everything that still comes, and the close code."""
    frames: list[str] = []
    try:
        while True:
            frames.append(str(socket.recv(timeout=30)))
    except ConnectionClosed as closed:
        assert closed.rcvd is not None
        return frames, closed.rcvd.code


def give(running: Running, who: dict[str, str], frame: dict[str, object]) -> dict[str, object]:
    answer: dict[str, object] = httpx.post(f"{running.url}/api/commands", json=frame, headers=who).json()
    return answer


def test_it_ends_by_itself_on_sigterm_and_goes_on_after_a_kill(tmp_path: Path, running: Running) -> None:
    who = token(running, "organiser")
    frame = command("start_meeting")
    assert give(running, who, frame)["t"] == "ack"
    running.kill()
    again = start(tmp_path / "data")
    assert give(again, who, frame) == {"t": "ack", "id": frame["id"], "offset": 2}
    assert give(again, who, command("start_meeting"))["code"] == "meeting_already_started"
    assert again.stop() == 0
    assert not (tmp_path / "data" / "owner.sock").exists()
    assert '"Traceback' not in again.log.read_text()


def test_a_second_server_on_the_same_folder_is_refused_within_two_seconds(
    tmp_path: Path, running: Running
) -> None:
    took = []
    for _ in range(3):  # the quickest: others may take the machine for a while
        began = time.monotonic()
        with pytest.raises(LogOwned, match=str(running.process.pid)):
            build(Settings(data_dir=tmp_path / "data"))
        took.append(time.monotonic() - began)
    assert min(took) < 2
    second = subprocess.run(
        [sys.executable, str(PROGRAM), str(tmp_path / "data"), "0"],
        capture_output=True, text=True, cwd=ROOT, env=environment(), check=False,
    )  # fmt: skip
    assert second.returncode == 73
    assert str(running.process.pid) in second.stderr
    assert httpx.get(f"{running.url}/health/ready").status_code == 200


def test_everything_in_the_data_folder_is_the_owners_only(tmp_path: Path, running: Running) -> None:
    assert running.meeting
    loose = [
        path
        for path in (tmp_path / "data").rglob("*")
        if path.lstat().st_mode & 0o077 and not path.is_symlink()
    ]
    assert loose == []


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::"])
def test_beyond_loopback_without_tls_it_does_not_listen(host: str) -> None:
    with pytest.raises(InsecureAddress, match="--insecure-lan"):
        bound(Settings(host=host, port=0))


def test_with_insecure_lan_it_listens_and_every_page_says_so(tmp_path: Path) -> None:
    made = start(tmp_path / "data", host="0.0.0.0", insecure_lan="true")
    try:
        port = made.url.rpartition(":")[2]
        assert "insecure" in httpx.get(f"http://127.0.0.1:{port}/j").text
    finally:
        made.kill()


def test_a_connection_is_told_why_it_ends(running: Running) -> None:
    who = token(running, "viewer")["Authorization"][7:]
    with connect(running.url.replace("http", "ws") + "/ws", proxy=None) as socket:
        socket.send(json.dumps({"t": "hello", "protocol": 1, "token": who, "lang": "th"}))
        assert '"t":"welcome"' in str(socket.recv(timeout=30))
        running.process.terminate()
        frames, code = to_the_end(socket)
        assert any('"t":"bye"' in frame and '"draining"' in frame for frame in frames)
        assert code in (4030, 1012)
    assert running.process.wait(20) == 0


def test_revoking_closes_the_socket_within_a_second(running: Running) -> None:
    organiser, took = token(running, "organiser"), []
    meeting = f"{running.url}/api/meetings/{running.meeting}"
    links = httpx.get(f"{meeting}/links", headers=organiser).json()
    for role in ("expert", "viewer", "stage"):  # the quickest: others may take the machine for a while
        mine = token(running, role)["Authorization"][7:]
        withdrawn = next(link["capability"] for link in links if link["role"] == role)
        with connect(running.url.replace("http", "ws") + "/ws", proxy=None) as socket:
            socket.send(json.dumps({"t": "hello", "protocol": 1, "token": mine}))
            socket.recv(timeout=30)
            httpx.delete(f"{meeting}/capabilities/{withdrawn}", headers=organiser)
            began = time.monotonic()
            assert to_the_end(socket)[1] == 4501
            took.append(time.monotonic() - began)
    assert min(took) < 1
