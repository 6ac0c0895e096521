"""At stake: a phone of 320 px, and a word that is longer than the one which somebody tried.

Every page in the states that are near, in both languages: each text of ours that is seen gives way to the
longest that may stand there, then letters, words and lines are set apart (WCAG 1.4.12); nothing may be cut or
go sideways.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser import checks
from tests.browser.desk_room import DeskRoom
from tests.browser.people import TAGS
from tests.browser.watch import Watch
from tests.browser.windows import Windows
from tests.web.processes import Running

PHONE: ViewportSize = {"width": 320, "height": 640}
PICTURES = ".small-picture"
GO = """([from, to]) => fetch('/api/session', {method: 'POST', body: JSON.stringify({page: to}),
  headers: {'Town-Page': from, 'Content-Type': 'application/json'}}).then((answer) => answer.status)"""
NOWRAP = """() => { const sheet = new CSSStyleSheet(); document.adoptedStyleSheets = [sheet];
  sheet.replaceSync('button, h1, p { white-space: nowrap }'); }"""


class Looking:
    """Goes from state to state and writes down what does not fit."""

    def __init__(self, room: DeskRoom, lang: str) -> None:
        self.room, self.lang = room, lang
        self.wrong: list[str] = []
        self.changed = 0

    def open(self, role: str, label: str | None = None) -> Page:
        page = self.room.open(role, label, TAGS[self.lang], width=PHONE["width"])
        page.set_viewport_size(PHONE)
        return page

    def look(self, page: Page, state: str) -> None:
        """With the longest texts, and again with everything set apart."""
        changed = checks.lengthened(page, beside=PICTURES)
        assert changed > 0, f"{state}: no text of ours"
        self.changed += changed
        for apart in (False, True):
            if apart:
                checks.spaced(page)
            try:
                checks.fits_now(page, beside=PICTURES)
            except AssertionError as error:
                self.wrong.append(f"{state}{error}")

    def states(self, page: Page, name: str, *ways: Callable[[], None]) -> None:
        """The page as it opens, and what each way leads to, every time loaded anew."""
        self.look(page, name)
        for at, way in enumerate(ways, 1):
            page.reload()
            expect(page.locator("#line")).to_have_attribute("data-line", "open")
            way()
            self.look(page, f"{name}, state {at}")


@pytest.fixture
def room(browser: Browser, watch: Watch, tmp_path: Path) -> Iterator[DeskRoom]:
    with DeskRoom(browser, watch, tmp_path) as made:
        yield made


def presses(page: Page, *selectors: str) -> Callable[[], None]:
    """Press these, one after the other."""

    def press() -> None:
        for selector in selectors:
            page.locator(selector).first.click()

    return press


def a_day(room: DeskRoom) -> None:
    """Something of everything: ideas, a theme, a question to experts, a call, a vote that was shown."""
    idea = room.write(1, "Plant trees along the path")
    room.write(2, "How deep is the river?", "question")
    theme = room.theme("Shade", "ร่มเงา")
    room.give("theme_leader", "file_idea", idea=idea, revision=1, theme=theme)
    room.give("theme_leader", "publish_themes", item="place", themes=[theme])
    room.give(
        "table_facilitator", "call_help", "3", call=f"call_{3:032x}", table="3", kind="welfare", text="1"
    )
    for seat in ("1-1", "1-2"):
        room.give("participant", "join_seat", seat, seat=seat)


def vote(room: DeskRoom) -> None:
    room.give("organiser", "open_voting", question="ready")
    room.give("participant", "cast_ballot", "1-2", question="ready", round=1, seat="1-2", choices=["ready"])


def show(room: DeskRoom, keypad: Page) -> None:
    room.give("organiser", "close_voting", question="ready")
    expect(keypad.locator(".outcome")).to_be_visible()
    room.give("organiser", "show_results", question="ready")


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize("lang", ["en", "th"])
def test_the_longest_text_fits_on_the_narrowest_phone(room: DeskRoom, lang: str) -> None:
    at = Looking(room, lang)
    a_day(room)
    vote(room)
    seat = at.open("participant", "1-1")
    at.states(seat, "keypad", presses(seat, ".option"))
    table = at.open("table_facilitator", "1")
    at.look(table, "table, check")
    table.reload()
    expect(table.locator(".verdict")).to_be_visible()
    table.locator("town-check > button").click()
    expect(table.locator("[data-panel=people]")).to_be_visible()
    panels = ("guide", "people", "messages", "help", "laptop", "keys")
    at.states(table, "table", *(presses(table, f".bar [data-panel={panel}]") for panel in panels),
              presses(table, ".vote .seats li:nth-child(3) button"),
              presses(table, ".vote .seats li:nth-child(3) button", ".pads button.primary"))  # fmt: skip
    area = at.open("area_manager")
    at.states(area, "area", presses(area, ".tile"), presses(area, ".tile", ".seat-open"))
    show(room, seat)
    at.states(seat, "keypad between votes", presses(seat, "#follow summary"))
    desk = at.open("theme_leader")
    at.states(desk, "desk", *(presses(desk, f".desk-more button >> nth={number}") for number in range(3)))
    console = at.open("organiser")
    tabs = (presses(console, f".tabs button >> nth={number}") for number in range(1, 6))
    at.states(console, "console", *tabs)
    for role in ("expert", "stage", "viewer"):
        page = at.open(role)
        expect(page.locator("h1, h2").first).to_be_visible()
        at.states(page, role)
    listen = at.open("viewer")
    assert listen.evaluate(GO, ["report", "listen"]) == 200
    listen.goto(f"{room.server.url}/listen")
    expect(listen.locator("town-listen h1")).to_be_visible()
    at.look(listen, "listen")
    console.goto(f"{room.server.url}/console/all")
    expect(console.locator("main h1").first).to_be_visible()
    at.look(console, "every command")
    assert at.wrong == [], "\n".join(at.wrong)
    assert at.changed > 300


@pytest.mark.parametrize("lang", ["en-GB", "th-TH"])
def test_the_longest_text_fits_where_no_session_is_needed(
    browser: Browser, untouched: Running, watch: Watch, lang: str
) -> None:
    """With its control: where no line may break, the same texts are found not to fit."""
    watch.forgive("status of 404")
    with Windows(watch) as windows:
        for path in ("/j", "/organiser", "/nowhere", "/style"):
            page = windows.open(browser, f"{untouched.url}{path}", lang, 320)
            page.set_viewport_size(PHONE)
            expect(page.locator("main")).to_be_visible()
            assert checks.lengthened(page) > 0
            checks.fits_now(page)
            checks.spaced(page)
            checks.fits_now(page)
            page.evaluate(NOWRAP)
            with pytest.raises(AssertionError, match="wider than the window"):
                checks.fits_now(page)
