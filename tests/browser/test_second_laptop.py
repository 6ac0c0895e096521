"""At stake: whoever answers for the day sees at a glance whether a second laptop could take over now."""

import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import checks
from tests.browser.conftest import Open
from tests.web.processes import ROOT, environment

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
