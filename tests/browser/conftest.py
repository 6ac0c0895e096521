"""Browsers for these tests, with nothing but this machine within their reach; README.md says how to use them.

Playwright's synchronous half keeps an event loop running in its process, so scripts/run_tests.py gives
these tests a process of their own: nothing in this folder awaits.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from tests.browser.lan import LINES, Lan
from tests.browser.reached import PLAIN, SECURE, Reached
from tests.browser.watch import Watch
from tests.browser.windows import LIMIT_MS, Windows
from tests.needs import chromium
from tests.web.processes import Running, start

Open = Callable[..., Page]
expect.set_options(timeout=LIMIT_MS)

FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",  # /dev/shm is small in containers
    "--disable-gpu",
    "--disable-sync",
    "--no-first-run",
]
if os.geteuid() == 0:
    FLAGS.append("--no-sandbox")  # chromium refuses its sandbox to root
NOBODY_ELSE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    expect.set_options(timeout=LIMIT_MS)
    with sync_playwright() as made:
        yield made


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """One browser for the whole run."""
    browser = playwright.chromium.launch(executable_path=chromium(), args=[*FLAGS, NOBODY_ELSE])
    yield browser
    browser.close()


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Fails the test when a page did what no page may do (watch.py)."""
    watching = Watch()
    yield watching
    assert watching.wrong == []


@pytest.fixture
def page(browser: Browser, watch: Watch) -> Iterator[Page]:
    """A watched page with cookies of its own, in Bangkok."""
    with browser.new_context(locale="th-TH", timezone_id="Asia/Bangkok") as context:
        page = watch.over(context).new_page()
        page.set_default_timeout(LIMIT_MS)
        yield page


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    """A server of the rehearsal plan on this machine."""
    made = start(tmp_path / "data")
    yield made
    made.kill()


@pytest.fixture(scope="session")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One server for all tests that only look: nobody acts in its meeting."""
    made = start(tmp_path_factory.mktemp("untouched") / "data")
    yield made
    made.kill()


@pytest.fixture
def opened(browser: Browser, server: Running, watch: Watch) -> Iterator[Open]:
    """Opens the link of a role in a browser of its own: `opened("participant", "1-1", "th-TH", 390)`."""
    with Windows(watch) as windows:

        def open_link(role: str, label: str | None = None, *how: Any, **named: Any) -> Page:
            address = server.owner if role == "owner" else server.link(role, label)
            return windows.open(browser, address, *how, **named)

        yield open_link


@pytest.fixture(scope="session")
def lan(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lan]:
    """A network of the tests' own."""
    made = Lan(tmp_path_factory.mktemp("lan"), playwright, FLAGS)
    yield made
    made.close()


@pytest.fixture
def secure(lan: Lan, watch: Watch, tmp_path: Path) -> Iterator[Reached]:
    """A server at https://meeting.test: browsers give its pages everything that a secure context has."""
    yield from started(lan, watch, tmp_path, SECURE)


@pytest.fixture
def plain(lan: Lan, watch: Watch, tmp_path: Path) -> Iterator[Reached]:
    """A server at http://10.77.0.1:8021: browsers withhold service worker, crypto.subtle and the like."""
    yield from started(lan, watch, tmp_path, PLAIN)


@pytest.fixture(params=[SECURE, PLAIN], ids=["https with a name", "plain http in a network"])
def reached(lan: Lan, watch: Watch, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Reached]:
    """Once like `secure` and once like `plain`."""
    yield from started(lan, watch, tmp_path, request.param)


def started(lan: Lan, watch: Watch, folder: Path, knobs: dict[str, Any]) -> Iterator[Reached]:
    """A server in the network with these knobs; every line healed and the server gone at the end."""
    windows = Windows(watch)
    made = Reached(lan, windows, folder / "data", knobs)
    try:
        with windows:
            yield made
    finally:
        for line in LINES:
            lan.heal(line)
        made.server.kill()
