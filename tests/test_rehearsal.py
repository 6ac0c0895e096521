"""At stake: a rehearsal that leaves a trace in the record of the day, or a process behind it."""

import json
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from app.demo.rehearsal import marked
from app.plan import PLANS, load_plan
from app.settings import Settings
from app.web.keys import new_id
from app.web.owner import ask
from app.web.rehearsals import child_settings
from tests.web.processes import Running, start

REHEARSAL = (PLANS / "rehearsal.yaml").read_text(encoding="utf-8")


def until(what: Callable[[], object], seconds: float = 90.0) -> None:
    ends = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < ends, "it did not come about"
        time.sleep(0.1)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def children(pid: int) -> list[int]:
    """All processes below one."""
    found = [
        int(each)
        for path in Path(f"/proc/{pid}/task").glob("*/children")
        for each in path.read_text().split()
    ]
    return found + [below for child in found for below in children(child)]


def rehearsal(server: Running, folder: Path, method: str) -> tuple[int, dict[str, str]]:
    status, body = ask(folder, method, f"/api/meetings/{server.meeting}/rehearsal")
    return status, json.loads(body or b"{}")


def asked(url: str, said: dict[str, str], token: str = "") -> tuple[list[str], dict[str, str]]:
    """Cookies and answer of a request that a page might make."""
    origin = {"Origin": url.partition("/api/")[0]}
    headers = {"Content-Type": "application/json"} | (
        {"Authorization": f"Bearer {token}"} if token else origin
    )
    request = urllib.request.Request(url, json.dumps(said).encode(), headers, method="POST")
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.headers.get_all("Set-Cookie") or [], json.loads(answer.read() or b"{}")


@pytest.mark.slow
@pytest.mark.parametrize("ends", ["stopped", "killed", "a meeting begins"])
def test_a_rehearsal_is_a_process_of_its_own_and_goes_with_whoever_started_it(
    tmp_path: Path, ends: str
) -> None:
    folder = tmp_path / "data"
    server = start(folder)
    try:
        [log] = (folder / "meetings" / server.meeting / "logs").glob("*.sqlite3")
        before = sum(path.stat().st_size for path in log.parent.glob("*.sqlite3*"))
        assert rehearsal(server, folder, "POST")[0] == 202
        until(lambda: rehearsal(server, folder, "GET")[1]["state"] == "running")
        url = rehearsal(server, folder, "GET")[1]["url"]
        assert url.startswith("http://127.0.0.1:")
        assert not url.startswith(server.url)
        assert rehearsal(server, folder, "POST")[1]["url"] == url, "there is one"
        below = children(server.process.pid)
        assert len(below) >= 2, "the room, and a server of its own"
        assert (folder / "rehearsal").exists()
        address, _, secret = url.partition("#")
        [cookie], _ = asked(address.rpartition("/")[0] + "/api/join", {"code": secret})
        assert cookie.startswith("rehearsal-console="), "the session of the day has another name"
        assert sum(path.stat().st_size for path in log.parent.glob("*.sqlite3*")) == before
        if ends == "stopped":
            assert rehearsal(server, folder, "DELETE")[0] == 204
            assert rehearsal(server, folder, "GET")[1]["state"] == "none"
        elif ends == "killed":
            server.kill()
        else:
            entered = json.loads(ask(folder, "POST", f"/api/meetings/{server.meeting}/enter")[1])["token"]
            began = {"t": "start_meeting", "id": new_id("cmd")}
            assert asked(f"{server.url}/api/commands", began, entered)[1]["t"] == "ack"
            until(lambda: rehearsal(server, folder, "GET")[1]["state"] == "none")
            assert rehearsal(server, folder, "POST")[0] == 409, "the machine belongs to the meeting"
        until(lambda: not any(alive(pid) for pid in below))
        until(lambda: not (folder / "rehearsal").exists())
    finally:
        server.kill()


def test_the_title_of_a_rehearsal_says_so_in_every_language() -> None:
    plan = load_plan(marked(REHEARSAL))
    assert plan.title["en"].startswith("Rehearsal: ")
    assert plan.title["th"].startswith("ซ้อม: ")
    one = (
        "title: Day\nlanguages: [en]\ndate: 2026-11-28\ntime_zone: Asia/Bangkok\nlevel: consult\n"
        "recruitment: open\nagenda: [{id: a, title: A, minutes: 5}]\ntables: {count: 1, seats: 2}\n"
    )
    assert load_plan(marked(one)).title == {"en": "Rehearsal: Day"}
    assert load_plan(marked(REHEARSAL)).questions == load_plan(REHEARSAL).questions


def test_a_rehearsal_beside_a_server_with_tls_is_on_that_machine_only() -> None:
    assert child_settings(Settings(public_url="https://meeting.example.org"))["host"] == "127.0.0.1"
    open_hall = child_settings(Settings(host="0.0.0.0", insecure_lan=True))
    assert open_hall == {"host": "0.0.0.0", "port": 0, "insecure_lan": True}
