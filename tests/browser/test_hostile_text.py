"""At stake: in a real browser, too, what a table typed is words: nothing runs, nothing is fetched."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest
from playwright.sync_api import ConsoleMessage, Dialog, Page, Request

from app.core.capability import Role
from tests.security.hostile import CANARY, TEXTS
from tests.security.test_text import room_of


@pytest.fixture
def hostile_room(tmp_path: Path) -> Iterator[tuple[str, str, str]]:
    """A room full of hostile texts, in a thread of its own: address, meeting, an organiser's token."""
    ready: Future[tuple[str, str, str]] = Future()
    ending: list[Callable[[], object]] = []

    async def run() -> None:
        end, loop = asyncio.Event(), asyncio.get_running_loop()
        ending.append(lambda: loop.call_soon_threadsafe(end.set))
        async with room_of(tmp_path, TEXTS) as (room, _):
            ready.set_result((room.url, room.meeting, await room.token(Role.ORGANISER)))
            await end.wait()

    thread = threading.Thread(target=lambda: asyncio.run(run()), daemon=True)
    thread.start()
    yield ready.result(60)
    ending[0]()
    thread.join(30)


class Watch:
    """What a page does that mere words would not."""

    def __init__(self, page: Page, origin: str) -> None:
        self.seen: list[str] = []
        self._page = page
        self._origin = origin
        page.on("dialog", self._dialog)
        page.on("console", self._console)
        page.on("request", self._request)

    def _dialog(self, dialog: Dialog) -> None:
        self.seen.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def _request(self, request: Request) -> None:
        if not request.url.startswith(self._origin):
            self.seen.append(f"request {request.url}")

    def _console(self, message: ConsoleMessage) -> None:
        text = message.text
        if "Content Security Policy" in text or CANARY in text:
            self.seen.append(text)

    def acted(self) -> list[str]:
        """Everything that happened, the canary included."""
        if self._page.evaluate(f"'{CANARY}' in window"):
            self.seen.append("the canary ran")
        return self.seen


def test_in_the_browser_the_report_is_words(page: Page, hostile_room: tuple[str, str, str]) -> None:
    url, meeting, token = hostile_room
    page.set_extra_http_headers({"Authorization": f"Bearer {token}"})
    watch = Watch(page, url)
    page.goto(f"{url}/api/meetings/{meeting}/report.html?edition=full&lang=en")
    page.wait_for_load_state("networkidle")
    assert CANARY in page.inner_text("body"), "the words are on the page"
    elements = "script, img, svg, iframe, object, embed, form, base, style, body link, body meta"
    assert page.locator(elements).count() == 0
    assert watch.acted() == []
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 1, "a word without end breaks and pushes nothing aside"


def test_control_as_markup_the_same_texts_act(page: Page) -> None:
    watch = Watch(page, "about:")
    page.set_content("<div id=a></div>")
    page.evaluate("text => { document.getElementById('a').innerHTML = text }", "\n".join(TEXTS[:40]))
    page.wait_for_timeout(300)
    assert watch.acted()
