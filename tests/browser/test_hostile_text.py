"""At stake: in a real browser, too, what was typed or planned is words: on no page and in no scene does it
run, fetch, build an element, or push its neighbours aside.

Every text of the day is hostile (tests/security/hostile_day.py). Pages are taken from the table of pages and
scenes from the list of scenes, so that a new one is visited, too.
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Request, expect

from app.core import commands as c
from app.core.capability import Role
from app.core.text import normal
from app.web.roles import PAGES, PAGES_OF
from tests.browser import checks
from tests.security.hostile import CANARY, TEXTS
from tests.security.hostile_day import HostileDay, hostile_day


class Room:
    """The day, in a thread of its own."""

    def __init__(self, folder: Path) -> None:
        self._ready: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event, HostileDay]] = Future()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run(folder)), daemon=True)
        self._thread.start()
        self.loop, self._end, self.day = self._ready.result(120)
        self.url = self.day.room.url

    async def _run(self, folder: Path) -> None:
        async with hostile_day(folder, TEXTS) as day:
            end = asyncio.Event()
            self._ready.set_result((asyncio.get_running_loop(), end, day))
            await end.wait()

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Have this done in the room."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(60)

    def link(self, role: Role, place: str | None = None) -> str:
        """A role's link; of a seat or table its card's."""
        url: str = self.do(self.day.room.way(role, place)).url
        return url

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self._end.set)
        self._thread.join(30)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    made = Room(tmp_path_factory.mktemp("hostile"))
    yield made
    made.close()


class Watching:
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
        if not request.url.startswith((self._origin, "blob:", "data:")):
            self.seen.append(f"request {request.url}")

    def _console(self, message: ConsoleMessage) -> None:
        text = message.text
        if "Content Security Policy" in text or CANARY in text:
            self.seen.append(text)

    def acted(self) -> list[str]:
        """Everything that happened, the canary included, and elements that words must not have made."""
        if self._page.evaluate(f"'{CANARY}' in window"):
            self.seen.append("the canary ran")
        return [*self.seen, *self._page.evaluate(GREW)]


GREW = """
() => {
  const found = [];
  const never = 'iframe, object, embed, base, math, x-foo, frame, applet, body meta, body style, body title';
  for (const each of document.querySelectorAll(never)) found.push(`<${each.localName}>`);
  for (const each of document.querySelectorAll('*')) {
    for (const { name, value } of each.attributes) {
      if (name.startsWith('on')) found.push(`${each.localName} ${name}`);
      if (['href', 'src', 'action', 'xlink:href', 'srcdoc', 'formaction'].includes(name)
          && (/^\\s*javascript:/i.test(value) || value.includes('e.example'))) found.push(`${name}=${value}`);
    }
  }
  return found;
}
"""
"""Elements and attributes that our pages never have, wherever they are."""

PLACES = {Role.TABLE_FACILITATOR: "1", Role.PARTICIPANT: "1-2"}
OF = {page: next(role for role, pages in PAGES_OF.items() if page in pages) for page in PAGES} | {
    "listen": Role.VIEWER
}
"""Who opens each page."""

NO_WORDS = frozenset({"screen", "listen"})
"""Pages that show what a scene shows: they are gone through scene by scene."""


def holds_together(page: Page) -> None:
    """No word pushes anything aside or sticks out; what is cut on purpose (rows, small pictures) is cut."""
    found = [each for each in checks._look(page, "fits", {"letters": 1}) if not each.startswith("cut off")]
    assert not found, checks._told(page, "does not fit", found)


def come_in(page: Page, room: Room, name: str, path: str = "") -> None:
    """Open a page as its role: the session by the same request as the page makes, then the page."""
    role = OF[name]
    way = room.do(room.day.room.way(role, PLACES.get(role)))
    joined = page.request.post(
        f"{room.url}/api/join", data={"code": way.secret, "page": name}, headers={"Origin": room.url}
    )
    assert joined.ok, joined.text()
    page.goto(f"{room.url}/{path or name}?lang=en")
    if name == "table" and not path:
        page.get_by_role("button", name="Go to the table").click()


@pytest.fixture
def opened(browser: Browser) -> Iterator[Callable[[int], Page]]:
    contexts = []

    def new(width: int) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900})
        contexts.append(context)
        made = context.new_page()
        made.set_default_timeout(20_000)
        return made

    yield new
    for context in contexts:
        context.close()


@pytest.mark.parametrize("name", PAGES)
def test_on_every_page_they_are_words(opened: Callable[[int], Page], room: Room, name: str) -> None:
    page = opened(390 if name == "seat" else 1024)
    watching = Watching(page, room.url)
    come_in(page, room, name)
    if name not in NO_WORDS:
        expect(page.locator("body")).to_contain_text(CANARY)
    assert watching.acted() == []
    holds_together(page)


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
def test_on_every_plain_page_they_are_words(opened: Callable[[int], Page], room: Room, name: str) -> None:
    page = opened(1024)
    watching = Watching(page, room.url)
    come_in(page, room, name, f"{name}/all")
    expect(page.get_by_role("main")).to_contain_text(CANARY)
    assert watching.acted() == []
    holds_together(page)


@pytest.mark.parametrize("name", ["screen", "listen"])
def test_in_every_scene_they_are_words(opened: Callable[[int], Page], room: Room, name: str) -> None:
    page = opened(1920)
    watching = Watching(page, room.url)
    come_in(page, room, name)
    for number, scene in enumerate(room.do(room.day.scenes())):
        text = TEXTS[number * 11]
        room.do(room.day.take(scene, text))
        page.wait_for_timeout(400)  # a screen hears at most ten times a second
        assert watching.acted() == [], scene.kind
        if scene.kind is not c.SceneKind.HOLD:
            holds_together(page)


@pytest.mark.slow
def test_all_three_hundred_are_words_on_the_screen(opened: Callable[[int], Page], room: Room) -> None:
    page = opened(1024)
    watching = Watching(page, room.url)
    come_in(page, room, "screen")
    message, shown = c.Scene(c.SceneKind.MESSAGE), 0
    for text in TEXTS:
        room.do(room.day.take(message, text))
        said = normal(text)
        expect(page.locator("body")).to_contain_text(said[:200])
        shown += 1
        if shown % 25 == 0:
            assert watching.acted() == [], text
            holds_together(page)
    assert watching.acted() == []
    assert shown == 300


def test_in_the_browser_the_report_is_words(opened: Callable[[int], Page], room: Room) -> None:
    page = opened(1024)
    token = room.do(room.day.room.token(Role.ORGANISER))
    page.set_extra_http_headers({"Authorization": f"Bearer {token}"})
    watching = Watching(page, room.url)
    page.goto(f"{room.url}/api/meetings/{room.day.room.meeting}/report.html?edition=full&lang=en")
    page.wait_for_load_state("networkidle")
    assert CANARY in page.inner_text("body"), "the words are on the page"
    elements = "script, img, iframe, object, embed, form, base, style, body link, body meta"
    assert page.locator(elements).count() == 0
    assert watching.acted() == []
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 1, "a word without end breaks and pushes nothing aside"


def test_control_as_markup_the_same_texts_act(page: Page) -> None:
    watching = Watching(page, "about:")
    page.set_content("<div id=a></div>")
    page.evaluate("text => { document.getElementById('a').innerHTML = text }", "\n".join(TEXTS[:40]))
    page.wait_for_timeout(300)
    assert watching.acted()
    assert any(each.startswith("<iframe>") for each in watching.acted())


def test_control_a_word_without_end_that_may_not_break_is_found(
    opened: Callable[[int], Page], room: Room
) -> None:
    page = opened(390)
    come_in(page, room, "seat")
    expect(page.locator("body")).to_contain_text(CANARY)
    page.evaluate(
        "text => { const p = document.createElement('p'); p.style.overflowWrap = 'normal';"
        " p.style.wordBreak = 'keep-all'; p.textContent = text; document.querySelector('main').append(p) }",
        "W" * 400,
    )
    with pytest.raises(AssertionError, match="does not fit"):
        holds_together(page)
