"""At stake: an organiser follows the guide the night before and looks for a word that is not on the screen.

The guide is followed step by step in each language; what is pressed and seen has to be, in this order,
exactly what stands in slanted letters on the page.
"""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from app.i18n import sentence, shown
from tests.browser.commands import connected, give
from tests.browser.watch import LINE, Watch
from tests.browser.windows import LIMIT_MS, Windows
from tests.test_docs import LABEL
from tests.web.processes import ROOT, start

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LANGUAGES = {"en": "en-GB", "th": "th-TH"}


class Follower:
    """Somebody who does what the guide says, and notes every word that they looked for."""

    def __init__(self, page: Page, lang: str) -> None:
        self.page, self.lang = page, lang
        self.noted: list[str] = []

    def said(self, key: str) -> str:
        words = shown(self.lang, key)
        self.noted.append(sentence(self.lang, key))
        return words

    def button(self, key: str, within: Locator | None = None) -> Locator:
        """The button, or the link that looks like one, whose visible words begin so."""
        words = re.compile(rf"^{re.escape(self.said(key))}(\s|:|$)")
        where = within or self.page.locator("body")
        return where.get_by_role("button", name=words).or_(where.get_by_role("link", name=words)).first

    def press(self, key: str, within: Locator | None = None) -> None:
        self.button(key, within).click()

    def see(self, key: str, within: Locator | None = None) -> None:
        expect(self.button(key, within)).to_be_visible()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_organisers_guide_says_what_the_pages_say(
    browser: Browser, watch: Watch, tmp_path: Path, lang: str
) -> None:
    watch.forgive(*LINE)
    server = start(tmp_path / "data")
    try:
        with Windows(watch) as windows:
            guide = Follower(windows.open(browser, server.owner, LANGUAGES[lang], 1366), lang)
            weeks_before(guide)
            the_day_before(guide)
            the_doors(guide)
            the_day(guide)
            the_hands(guide)
            the_end(guide)
    finally:
        server.kill()
    text = (ROOT / "docs" / "guides" / f"organiser.{lang}.md").read_text(encoding="utf-8")
    assert guide.noted == LABEL.findall(text)[1:]  # the first one shows what slanted letters are


def weeks_before(guide: Follower) -> None:
    page = guide.page
    page.locator("#new-password").fill("a river in the rain")
    guide.press("ui.set_password")
    expect(page.locator("#password .fate")).to_have_attribute("data-fate", "saved")
    guide.see("organiser.from_day")
    guide.press("organiser.from_rehearsal")
    expect(page.locator("town-plan-form")).to_be_visible()
    page.locator("#plan-title-en").fill("River day")
    guide.press("organiser.view.text")
    expect(page.locator("#plan")).to_have_value(re.compile("River day"))
    guide.press("organiser.view.form")
    expect(page.locator("#plan-title-en")).to_have_value("River day")
    guide.press("organiser.check")
    expect(page.locator(".good")).to_be_visible()
    guide.press("ui.create_meeting")
    expect(page.locator(".made")).to_be_visible()


def the_day_before(guide: Follower) -> None:
    page = guide.page
    made = page.locator(".made")
    guide.see("organiser.copy", made)
    guide.see("ui.table_cards", made)
    guide.see("ui.seat_cards", made)
    meetings = page.locator("#meetings > li")
    expect(meetings).to_have_count(2)  # the list is read again after the making
    guide.press("organiser.replace", meetings.last)
    expect(page.locator("#plan-title-en")).to_have_value("River day")
    page.locator("#plan-title-en").fill("Another river day")
    planning = page.locator(".planning")
    guide.press("organiser.replace", planning)
    expect(page.locator(".asks")).to_be_visible()
    guide.press("organiser.replace_now", planning)
    expect(made).to_be_visible()
    guide.press("ui.open_console", made)
    connected(page)
    guide.press("console.ways")
    guide.see("console.rehearsal_start")


def the_doors(guide: Follower) -> None:
    guide.press("console.run")
    step(guide, "command.start_meeting")
    guide.press("console.room")
    expect(guide.page.locator("town-console-room")).to_be_visible()


def step(guide: Follower, key: str, *, noted: bool = True) -> None:
    """Press the large button, which must say this."""
    large = guide.page.locator("#next-step, #next-yes")
    words = guide.said(key) if noted else shown(guide.lang, key)
    expect(large).to_have_accessible_name(re.compile(rf"^{re.escape(words)}"), timeout=LIMIT_MS)
    large.click()


VOTE = ("console.take.question", "command.open_voting", "console.take.voting", "command.close_voting")


def the_day(guide: Follower) -> None:
    page = guide.page
    step(guide, "console.begin")
    for key in (*VOTE, "command.show_results", "console.take.results"):
        step(guide, key)
    for key in VOTE[:2]:
        step(guide, key, noted=False)
    guide.press("command.take_back")
    again = re.compile(rf"^{re.escape(shown(guide.lang, VOTE[1]))}")
    expect(page.locator("#next-step")).to_have_accessible_name(again)
    guide.press("console.questions")
    expect(page.locator("#questions-title")).to_be_visible()


def the_hands(guide: Follower) -> None:
    """In a rehearsal nobody sits at a table: the page says that there is nothing to draw from."""
    guide.press("console.record")
    page = guide.page
    page.get_by_label(guide.said("field.dice"), exact=True).fill("3 1 6 2 5 4 1 6 2 3")
    guide.press("command.draw_sample")
    refused = shown(guide.lang, "refusal.too_few_pairs", left=0)
    expect(page.locator("town-console-sample .fate")).to_contain_text(refused)


def the_end(guide: Follower) -> None:
    page = guide.page
    give(page, "finish_item", item="check")
    for item in ("talk", "vote", "review"):
        give(page, "skip_item", item=item, reason={"en": "The day is over", "th": "หมดเวลา"})
    step(guide, "command.close_meeting")
    step(guide, "command.close_meeting", noted=False)
    guide.press("console.record")
    papers = page.locator("[aria-labelledby=papers-title]")
    for key in ("report.get_pdf", "report.get_pdf_full", "ui.export_public", "ui.export_audit"):
        guide.see(key, papers)
    step(guide, "console.open_report")
    expect(page).to_have_url(re.compile("/report$"))
    expect(page.get_by_role("link", name=re.compile("PDF")).first).to_be_visible()
