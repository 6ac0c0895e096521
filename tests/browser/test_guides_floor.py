"""At stake: a volunteer at the theme desk or on the floor looks for a word of the guide and does not find it.

Each guide is followed step by step in each language; what is pressed and seen has to be, in this order,
exactly what stands in slanted letters on the page.
"""

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from app.i18n import sentence, shown
from app.web.keys import new_id
from tests.browser.desk_room import DeskRoom
from tests.browser.watch import Watch
from tests.test_docs import LABEL
from tests.web.processes import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.slow]
TABLES = 5
"""The least that a sample is drawn from."""
LANGUAGES = {"en": "en-GB", "th": "th-TH"}


class Follower:
    """Somebody who does what the guide says, and notes every word that they looked for."""

    def __init__(self, page: Page, lang: str) -> None:
        self.page, self.lang = page, lang
        self.noted: list[str] = []

    def words(self, key: str, **params: str | int) -> str:
        said = shown(self.lang, key, **params)
        self.noted.append(sentence(self.lang, key, **params))
        return said

    def press(self, key: str, **params: str | int) -> None:
        """Press the button whose visible words begin so; a dialog that is open is looked at first."""
        words = re.compile(rf"^(← )?{re.escape(self.words(key, **params))}(\s|$)")
        within = self.page.locator("dialog[open], body:not(:has(dialog[open]))")
        within.get_by_role("button", name=words).first.click()

    def see(self, key: str, **params: str | int) -> None:
        expect(self.page.get_by_text(self.words(key, **params), exact=True).first).to_be_visible()

    def ends(self, guide: str) -> None:
        text = (ROOT / "docs" / "guides" / f"{guide}.{self.lang}.md").read_text(encoding="utf-8")
        assert self.noted == LABEL.findall(text)[1:]  # the first one shows what slanted letters are


def reading(page: Page, text: str) -> None:
    expect(page.locator(".idea blockquote")).to_have_text(text)
    page.evaluate("() => new Promise((done) => setTimeout(done, 600))")  # as long as somebody reads


def named(page: Page, en: str, th: str) -> None:
    for tag, words in (("en", en), ("th", th)):
        page.locator(f"dialog[open] input[data-language={tag}]").fill(words)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_theme_teams_guide_says_what_the_desk_says(
    browser: Browser, watch: Watch, tmp_path: Path, lang: str
) -> None:
    with DeskRoom(browser, watch, tmp_path) as room:
        for number, text in enumerate(
            ("We like it here", "Shade trees at the market", "More shade trees"), 1
        ):
            room.write(number, text)
        guide = Follower(room.open("theme_leader", None, LANGUAGES[lang], width=1366), lang)
        they_read(guide)
        they_name_and_file(guide, room)
        they_keep(guide, room)
        the_leader(guide, room)
        guide.ends("theme-team")


def they_read(guide: Follower) -> None:
    reading(guide.page, "We like it here")
    guide.press("themes.next")
    reading(guide.page, "Shade trees at the market")
    guide.press("themes.previous")
    reading(guide.page, "We like it here")
    guide.page.keyboard.press("KeyJ")
    reading(guide.page, "Shade trees at the market")


def they_name_and_file(guide: Follower, room: DeskRoom) -> None:
    page, counts = guide.page, guide.page.locator(".theme .counts")
    guide.press("themes.new_theme")
    named(page, "Shade", "ร่มเงา")
    guide.press("themes.do_new")
    reading(page, "More shade trees")
    guide.press("themes.move")
    page.locator("dialog[open] .move-list button").first.click()
    guide.press("themes.done_next")
    expect(counts).to_contain_text("2")
    room.write(4, "Shade trees along the road")
    page.locator("[data-tray=all]").click()
    page.locator(".row").filter(has_text="along the road").click()
    reading(page, "Shade trees along the road")
    guide.see("themes.likely")
    page.keyboard.press("Digit1")
    expect(counts).to_contain_text("3")
    guide.press("themes.undo")
    expect(counts).to_contain_text("2")


def they_keep(guide: Follower, room: DeskRoom) -> None:
    page = guide.page
    room.write(1, "Leave it as it is", "minority")
    expect(page.locator("[data-tray=minority] .number")).to_have_text("1")
    guide.press("themes.tray_minority")
    page.locator(".row").first.click()
    reading(page, "Leave it as it is")
    page.locator(".theme .name").click()
    expect(page.locator(".row")).to_have_count(2)
    page.locator(".row").first.click()
    guide.press("themes.quote")
    expect(page.locator(".quotes li")).to_have_count(1)
    guide.press("themes.back")
    guide.see("themes.all_read")


def the_leader(guide: Follower, room: DeskRoom) -> None:
    page = guide.page
    guide.press("themes.team")
    page.locator("dialog[open] .mate input").first.fill("1-4")
    guide.press("themes.assign")
    expect(page.locator("dialog[open] .fate")).to_have_attribute("data-fate", "saved")
    guide.press("themes.close")
    guide.press("themes.to_stage")
    guide.press("themes.publish", count=1)
    expect(page.locator(".theme .on-stage")).to_be_visible()
    room.theme("Drains", "ท่อระบายน้ำ")
    expect(page.locator(".theme")).to_have_count(2)
    guide.press("themes.make_question")
    page.locator("dialog[open] input[name=option]").last.check()
    guide.see("themes.preview")
    guide.press("themes.do_question")
    expect(page.locator(".made li")).to_have_count(1)
    guide.press("themes.history")
    expect(page.locator("dialog[open] .acts li").first).to_be_visible()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_area_managers_guide_says_what_the_phone_says(
    browser: Browser, watch: Watch, tmp_path: Path, lang: str
) -> None:
    with DeskRoom(browser, watch, tmp_path, tables=TABLES) as room:
        call = {"call": new_id("call"), "table": "1", "kind": "keypad", "text": ""}
        room.give("table_facilitator", "call_help", "1", **call)
        room.give("participant", "join_seat", "1-1", seat="1-1")
        room.open("table_facilitator", "1")
        page = room.open("area_manager", None, LANGUAGES[lang], width=390)
        guide = Follower(page, lang)
        guide.see("area.needing")
        guide.press("area.on_my_way")
        guide.press("area.helped")
        guide.see("area.my_tables")
        page.locator(".tile").first.click()
        seat = page.locator("[data-seat='1-1']")
        seat.locator(".seat-open").click()
        guide.press("area.by_laptop")
        expect(seat.locator(".fate[data-fate=saved]").first).to_be_visible()
        guide.press("area.by_phone")
        expect(page.locator(".card-way img")).to_be_visible()
        guide.press("area.by_handset")
        page.get_by_label(guide.words("area.handset")).fill("0417")
        guide.press("area.bind")
        room.give("organiser", "open_voting", question="ready")
        guide.press("area.enter_paper")
        page.locator(".pad-option").first.click()
        guide.press("area.cast_paper")
        expect(seat.locator(".seat-open")).to_contain_text(shown(lang, "channel.paper"))
        guide.see("fate.saved")
        guide.press("area.add_seat")
        guide.press("area.is_here")
        guide.press("area.move")
        page.get_by_role("button", name=shown(lang, "area.to_table", table="2"), exact=True).click()
        expect(page.locator("[data-seat^=seat_]")).to_have_count(0)
        guide.press("area.all_tables")
        expect(page.locator(".tile")).to_have_count(TABLES)
        a_sample_is_drawn(room)
        they_count_hands(guide)
        guide.ends("area-manager")


def a_sample_is_drawn(room: DeskRoom) -> None:
    """Everywhere somebody is present, the vote was shown, and the dice were thrown."""
    for table in range(2, TABLES + 1):
        room.give("participant", "join_seat", f"{table}-1", seat=f"{table}-1")
    room.give("organiser", "close_voting", question="ready")
    ends = time.monotonic() + 60
    while room.try_to_give("organiser", "show_results", question="ready")["t"] != "ack":
        assert time.monotonic() < ends, "the vote does not close"
    room.give("organiser", "draw_sample", dice=[3, 1, 6, 2, 5, 4, 1, 6, 2, 3], pairs=TABLES)


def they_count_hands(guide: Follower) -> None:
    rows = guide.page.locator(".hands li")
    guide.see("sample.to_count")
    expect(rows).to_have_count(TABLES)
    rows.first.locator(".pair").click()
    expect(rows.first.locator("input").first).to_be_visible()
    for field in rows.first.locator("input").all():
        field.fill("0")
    guide.press("command.enter_hands")
    expect(guide.page.locator(".hands li[data-state=entered]")).to_have_count(1)
    rows.last.locator(".pair").click()
    guide.press("sample.cannot")
    expect(guide.page.locator(".hands li[data-state=missing]")).to_have_count(1)
