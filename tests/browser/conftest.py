"""Browsers for these tests, with nothing but this machine within their reach; README.md says how to use them.

Playwright's synchronous half keeps an event loop running in its process, so scripts/run_tests.py gives
these tests a process of their own: nothing in this folder awaits.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from tests.browser.watch import Watch
from tests.needs import chromium
from tests.web.processes import Running, start

Open = Callable[..., Page]

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
        page.set_default_timeout(10_000)
        yield page


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    """A server of the rehearsal plan on this machine."""
    made = start(tmp_path / "data")
    yield made
    made.kill()


@pytest.fixture
def opened(browser: Browser, server: Running, watch: Watch) -> Iterator[Open]:
    """Opens the link of a role in a browser of its own: `opened("participant", "1-1", "th-TH", 390)`."""
    contexts: list[BrowserContext] = []

    def open_link(
        role: str, label: str | None = None, lang: str = "en-GB", width: int = 1024, dark: bool = False
    ) -> Page:
        context = browser.new_context(
            locale=lang, viewport={"width": width, "height": 844 if width < 600 else 768},
            color_scheme="dark" if dark else "light",
        )  # fmt: skip
        contexts.append(context)
        page = watch.over(context).new_page()
        page.set_default_timeout(10_000)
        page.goto(server.link(role, label) if role != "owner" else server.owner)
        return page

    yield open_link
    for context in contexts:
        context.close()
