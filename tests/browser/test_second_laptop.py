"""At stake: whoever answers for the day sees at a glance whether a second laptop could take over now."""

import json
import shlex
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from websockets.sync.client import connect

from app.client.http import secret_of
from app.i18n import whole
from app.realtime import wire
from tests.browser import checks
from tests.browser.conftest import Open
from tests.web.processes import ROOT, Running, environment

LOOKED_MS = 60_000


def state(page: Page, key: str) -> None:
    expect(page.locator("town-follower [data-state]")).to_have_attribute("data-state", key, timeout=LOOKED_MS)


def follows(typed: str, folder: Path) -> "subprocess.Popen[bytes]":
    """The second laptop, whose organiser types what the page says."""
    program, *words = shlex.split(typed)
    assert program == "townmeeting"
    return subprocess.Popen(
        [sys.executable, "-m", "app.cli", *words, "--data-dir", str(folder)],
        cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


@pytest.mark.timeout(400)
def test_the_second_laptop_is_admitted_followed_and_missed(opened: Open, tmp_path: Path) -> None:
    owner, console = opened("owner"), opened("organiser", None, "th-TH")
    expect(console.locator("#line")).to_have_attribute("data-line", "open")
    state(owner, "none")
    expect(owner.locator("town-follower")).to_contain_text("No second laptop follows this server.")
    expect(console.locator("town-follower section")).to_have_count(0)
    owner.get_by_role("button", name="Admit a second laptop").click()
    typed = owner.locator("town-follower code")
    expect(typed).to_contain_text("--code")
    checks.everything(owner)

    second = follows(typed.inner_text(), tmp_path / "second")
    try:
        for page in (owner, console):
            state(page, "beside")
        expect(typed).to_have_count(0)
        expect(owner.locator("town-follower")).to_contain_text("It holds everything")
        checks.everything(owner)
        checks.accessible(console)
        checks.thai_only(console, beside=".small-picture")
    finally:
        second.kill()
        second.wait()
    for page in (owner, console):
        state(page, "away")
    expect(owner.locator("town-follower")).to_contain_text("It is away.")
    checks.everything(owner)


def told_of_more(server: Running, events: int) -> None:
    """A phone comes back that was told of so many events more than the server has."""
    asked = urllib.request.Request(
        f"{server.url}/api/join",
        json.dumps({"code": secret_of(server.link("participant"))}).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(asked) as answer:
        token = json.load(answer)["token"]
    with urllib.request.urlopen(f"{server.url}/health/ready") as answer:
        [here] = json.load(answer)["meetings"]
    hello = wire.Hello(
        protocol=wire.PROTOCOL, token=token, epoch=here["epoch"], offset=here["offset"] + events
    )
    with connect(server.url.replace("http", "ws") + "/ws") as socket:
        socket.send(wire.encode(hello).decode())
        assert json.loads(socket.recv(60))["t"] == "welcome"


def test_a_phone_that_knows_of_more_than_the_server_is_an_alarm_for_whoever_runs_the_day(
    opened: Open, server: Running
) -> None:
    owner, console, stage = opened("owner"), opened("organiser", None, "th-TH"), opened("stage_manager")
    state(owner, "none")
    expect(console.locator("#line")).to_have_attribute("data-line", "open")
    for page in (owner, console):
        expect(page.locator("town-follower").get_by_role("alert")).to_have_count(0)
    told_of_more(server, 3)
    expect(owner.get_by_text("a device was told of 3 entries")).to_be_visible(timeout=LOOKED_MS)
    expect(console.get_by_text(whole("3 รายการซึ่งเครื่องแม่ข่ายนี้ไม่มี"))).to_be_visible(timeout=LOOKED_MS)
    for page in (owner, console):
        checks.accessible(page)
    checks.thai_only(console, beside=".small-picture")
    expect(stage.locator("#line")).to_have_attribute("data-line", "open")
