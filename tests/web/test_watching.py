"""At stake: a secret or somebody's vote in a log or a metric; and a server that says ready when it is not."""

import io
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx
import pytest

from app.core.capability import Role
from app.main import Server
from app.settings import Settings
from app.web.logs import configure
from tests.web.conftest import ORIGIN, Door, command

CANARY = "CANARY7secret"
SECURITY = Path(__file__).parents[2] / "docs" / "security.md"


@pytest.fixture
def written(settings: Settings) -> Iterator[io.StringIO]:
    stream = io.StringIO()
    root = logging.getLogger()
    before = root.handlers[:], root.level
    configure(settings, stream)
    yield stream
    root.handlers[:], root.level = before


def lines(written: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


async def test_one_line_a_request_with_the_path_as_the_route_declares_it(
    written: io.StringIO, http: httpx.AsyncClient, server: Server
) -> None:
    server.house.settings  # noqa: B018 - the server is there before the log is read
    for path in ("/health/live", "/api/meetings/x/links", "/nowhere/at/all", "/static/css/base.css"):
        await http.get(path)
    requests = [line for line in lines(written) if line["event"] == "request"]
    assert [line["path"] for line in requests] == [
        "/health/live", "/api/meetings/{meeting}/links", "(no route)", "/static",
    ]  # fmt: skip
    assert [line["status"] for line in requests] == [200, 401, 404, 200]
    assert all(
        set(line) == {"event", "level", "logger", "timestamp", "method", "path", "status", "ms", "sent_bytes"}
        for line in requests
    )


async def test_no_secret_and_no_seat_in_the_log(written: io.StringIO, door: Door) -> None:
    secret = await door.secret(Role.PARTICIPANT)
    seat = await door.program(Role.PARTICIPANT)
    page = await door.page(Role.ORGANISER)
    await door.http.post("/api/join", json={"code": CANARY})
    await door.http.get(f"/j?code={CANARY}")
    await door.http.get(
        f"/api/session?page={CANARY}",
        headers={"Authorization": f"Bearer {CANARY}", "Cookie": f"seat={CANARY}"},
    )
    await door.http.get(
        f"/{CANARY}", headers={"Referer": f"{ORIGIN}/j#{CANARY}", "User-Agent": CANARY, "Origin": CANARY}
    )
    await door.http.post("/api/login", json={"password": CANARY})
    await door.http.post("/api/commands", json=command("join_seat", seat="1-1"), headers=seat)
    await door.http.post("/api/commands", content=CANARY.encode(), headers=seat)
    assert lines(written)
    untimed = [{name: said for name, said in line.items() if name != "timestamp"} for line in lines(written)]
    text = json.dumps(untimed, ensure_ascii=False)  # in the middle of January every date has a 1-1
    for word in (
        CANARY,
        secret,
        secret.replace("-", ""),
        seat["Authorization"][7:],
        page["Cookie"].partition("=")[2],
        "1-1",
    ):
        assert word not in text


async def test_ready_names_the_position_of_every_meeting(door: Door) -> None:
    answer = await door.http.get("/health/ready")
    hall = door.server.house.hall(door.meeting)
    told = answer.json()["meetings"][0]
    assert (told["epoch"], told["offset"]) == tuple(hall.position)
    hall.broken.set_exception(RuntimeError("the disk"))
    broken = await door.http.get("/health/ready")
    assert (broken.status_code, broken.json()["ready"]) == (503, False)
    assert (await door.http.get("/health/live")).status_code == 200
    hall.broken.exception()


async def test_metrics_count_no_option(door: Door) -> None:
    organiser, seat = await door.program(Role.ORGANISER), await door.program(Role.PARTICIPANT)
    for who, frame in [
        (organiser, command("start_meeting")),
        (seat, command("join_seat", seat="1-1")),
        (organiser, command("open_voting", question="practice")),
        (seat, command("cast_ballot", question="practice", round=1, seat="1-1", choices=["motorcycle"])),
    ]:
        assert (await door.http.post("/api/commands", json=frame, headers=who)).status_code == 200
    text = (await door.http.get("/metrics")).text
    assert f'townmeeting_events{{meeting="{door.meeting}"}} 5.0' in text
    for word in ("motorcycle", "practice", "1-1", "cap_"):
        assert word not in text


async def test_hidden_results_stay_hidden_on_every_path_of_a_viewer(door: Door) -> None:
    """After the close and before the show: the organiser may know, the viewer may not."""
    organiser, viewer = await door.program(Role.ORGANISER), await door.program(Role.VIEWER)
    seat = await door.program(Role.PARTICIPANT)
    for who, frame in [
        (organiser, command("start_meeting")),
        (seat, command("join_seat", seat="1-1")),
        (organiser, command("open_voting", question="practice", seconds=1)),
        (seat, command("cast_ballot", question="practice", round=1, seat="1-1", choices=["motorcycle"])),
    ]:
        assert (await door.http.post("/api/commands", json=frame, headers=who)).status_code == 200
    while (
        "closed"
        not in (await door.http.get("/api/channels/console", headers=organiser)).json()["set"][
            "question/practice"
        ]["state"]
    ):
        pass
    for path in ("report.html", "report.json", "figures.json"):
        text = (await door.http.get(f"/api/meetings/{door.meeting}/{path}", headers=viewer)).text
        assert "motorcycle" not in text.lower().replace("by motorcycle", ""), path
    figures = (await door.http.get(f"/api/meetings/{door.meeting}/figures.json", headers=viewer)).json()
    assert [figure["id"] for figure in figures if "motorcycle" in figure["id"]] == []
    for channel in (await door.http.get("/api/channels", headers=viewer)).json():
        view = (await door.http.get(f"/api/channels/{channel}", headers=viewer)).json()["set"]
        assert "result/practice" not in view


async def test_every_figure_is_explained_to_whoever_watches(door: Door) -> None:
    told = SECURITY.read_text(encoding="utf-8")
    named = set(re.findall(r"^(townmeeting_\w+)", (await door.http.get("/metrics")).text, re.MULTILINE))
    assert len(named) >= 6
    assert {name for name in named if f"`{name}" not in told} == set()
