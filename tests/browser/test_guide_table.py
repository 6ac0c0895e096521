"""At stake: a volunteer follows the one-page guide and finds a word on it that is not on the screen.

The guide is followed step by step in each language; what is pressed and seen has to be, in this order,
exactly what stands in slanted letters on the page.
"""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from app.i18n import sentence, shown
from tests.browser.stage import Stage, as_program
from tests.browser.watch import LINE, Watch
from tests.test_docs import LABEL
from tests.web.processes import ROOT, start

WAIT_MS = 40_000
A4_LETTERS = 2_700
"""So many letters fill a page of A4 with headings, at a size that is read at arm's length."""


class Follower:
    """Somebody who does what the guide says, and notes every word that they looked for."""

    def __init__(self, page: Page, lang: str) -> None:
        self.page, self.lang = page, lang
        self.noted: list[str] = []

    def label(self, key: str, **params: str) -> str:
        """The words of an id, noted."""
        words = shown(self.lang, key, **params)
        self.noted.append(sentence(self.lang, key, **params))
        return words

    def press(self, key: str, **params: str) -> None:
        """Press the button of these words."""
        words = re.escape(self.label(key, **params))
        self.page.get_by_role("button", name=re.compile(rf"^{words}( \d+)?$")).first.click()

    def see(self, key: str, within: Locator | None = None) -> None:
        """Find these words on the page."""
        where = within or self.page.locator("body")
        words = self.label(key)
        expect(where.get_by_text(words, exact=True).first).to_be_visible(timeout=WAIT_MS)

    def field(self, key: str) -> Locator:
        """The field of these words."""
        return self.page.get_by_label(self.label(key), exact=True)


def turns(page: Page, lang: str, seats: tuple[int, ...]) -> None:
    """The turns that the guide does not tell one by one."""
    for seat in seats:
        page.get_by_role("button", name=shown(lang, "table.i_am", seat=str(seat)), exact=True).click()
        page.locator(".pad-option").first.click()
        page.get_by_role("button", name=shown(lang, "table.done")).click()


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize("lang", ["en", "th"])
def test_the_table_facilitators_guide_says_what_the_page_says(
    browser: Browser, watch: Watch, tmp_path: Path, lang: str
) -> None:
    watch.forgive(*LINE)
    server = start(tmp_path / "data")
    stage = Stage(as_program(server))
    context = watch.over(browser.new_context(locale=lang, viewport={"width": 1366, "height": 900}))
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    guide = Follower(page, lang)
    try:
        page.goto(f"{server.url}/j")
        before_the_day(guide, stage)
        while_people_talk(guide, stage)
        when_a_vote_opens(guide, stage)
        server.kill()
        guide.see("ui.line.offline")
        page.locator("#new-idea").fill("Written while the line is gone")
        page.locator("#new-idea").press("Enter")
        guide.see("fate.not_yet_saved", page.locator("li.idea").last)
        server = start(tmp_path / "data", int(server.url.rpartition(":")[2]))
        guide.see("fate.saved", page.locator("li.idea").last)
        at_the_end(guide)
    finally:
        context.close()
        server.kill()
    text = (ROOT / "docs" / "guides" / f"table-facilitator.{lang}.md").read_text(encoding="utf-8")
    labels = LABEL.findall(text)[1:]  # the first one shows what slanted letters are
    assert guide.noted == labels
    assert len(text) <= A4_LETTERS


def before_the_day(guide: Follower, stage: Stage) -> None:
    guide.field("field.code").fill(stage.table("1").partition("#")[2])
    guide.press("ui.enter")
    guide.see("table.verdict.ready")
    guide.press("table.begin")
    stage.do("start_meeting")
    stage.do("begin_item", item="talk")
    guide.press("table.panel.people")
    guide.page.get_by_label(shown(guide.lang, "table.heads")).fill("10")
    guide.press("table.count_heads")
    guide.press("table.all_here")
    all_here = shown(guide.lang, "table.here", count=10, seats=10)
    expect(guide.page.locator(".here")).to_have_text(all_here)
    seat = guide.page.locator("[data-seat='1-1']")
    seat.get_by_role("button").first.click()  # one who is marked by mistake as having left …
    expect(seat.get_by_role("button").first).to_contain_text(guide.label("table.mark_present"))
    seat.get_by_role("button").first.click()
    expect(guide.page.locator(".here")).to_have_text(all_here)


def while_people_talk(guide: Follower, stage: Stage) -> None:
    page = guide.page
    guide.press("table.panel.guide")
    guide.see("table.say", page.locator(".panel"))
    guide.field("table.write_here").fill("Shade along the path")
    guide.press("table.add")
    guide.see("fate.saved", page.locator("li.idea"))
    kind = guide.label("idea_kind.minority")
    page.get_by_label(guide.label("table.kind"), exact=True).select_option(label=kind)
    page.locator("#new-idea").fill("Leave it wild")
    guide.press("table.add")
    row = page.locator("li.idea").last
    expect(row).to_contain_text("Leave it wild")
    expect(row).to_contain_text(kind)
    row.get_by_role("button", name=guide.label("table.edit")).click()
    row.get_by_role("textbox").fill("Leave the island wild")
    row.get_by_role("button", name=guide.label("table.save"), exact=True).click()
    expect(page.locator(".idea-text").last).to_have_text("Leave the island wild")
    expect(page.locator(".idea .mark[data-fate=saved]")).to_have_count(2)
    stage.do("open_voting", question="pick")


def when_a_vote_opens(guide: Follower, stage: Stage) -> None:
    page = guide.page
    guide.press("table.pass_to", seat="1")
    guide.press("table.i_am", seat="1")
    page.locator(".pad-option").first.click()
    guide.press("table.done")
    guide.press("table.skip", seat="2")
    turns(page, guide.lang, (3, 4, 5, 6, 7, 8, 9, 2))
    guide.see("table.no_pad_left", page.get_by_role("dialog"))
    guide.press("table.back")
    stage.do("close_voting", question="pick")
    expect(page.locator(".vote")).to_have_count(0)


def at_the_end(guide: Follower) -> None:
    page = guide.page
    guide.press("table.panel.help")
    guide.press("help_kind.technical")
    guide.press("table.helped")
    expect(page.locator(".calls")).to_have_count(0)
    guide.see("table.all_saved")
    guide.press("table.panel.laptop")
    guide.press("table.end_day")
    guide.press("table.wipe")
    guide.see("table.wiped_title")
