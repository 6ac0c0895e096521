"""At stake: hands that were counted reach the record, and neither page tells which table's agreed."""

import json
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from app.i18n import whole
from tests.browser import checks
from tests.browser.desk_room import DeskRoom
from tests.browser.test_listen import GO
from tests.browser.watch import Watch

pytestmark = pytest.mark.browser

SEATS = ("1-1", "1-2", "2-1", "3-1", "4-1", "5-1")
THEIRS = {
    "en": (
        "Report and record",
        "Draw a sample",
        "Table 1",
        "Enter counted hands",
        "They cannot be counted",
    ),
    "th": ("รายงานและบันทึก", "สุ่มตรวจ", "โต๊ะ 1", "บันทึกจำนวนมือ", "นับมือไม่ได้แล้ว"),
}
OUTCOME = {"en": "4 of 5 pairs agreed.", "th": "ตรงกัน 4 จาก 5 รายการ"}
BOUND = {"en": "at most 65.8%", "th": whole("ไม่เกินร้อยละ 65.8")}
SHOWN = {
    "en": ("Run of show", "Take", "4 of 5 counts agreed.", "at most 65.8% of all counts differ"),
    "th": ("ลำดับงาน", "ขึ้นจอ", "ตรงกัน 4 จาก 5 รายการ", whole("ผลที่ไม่ตรงมีไม่เกินร้อยละ 65.8")),
}


@pytest.fixture
def room(browser: Browser, watch: Watch, tmp_path: Path) -> Iterator[DeskRoom]:
    with DeskRoom(browser, watch, tmp_path, tables=5) as made:
        yield made


def voted(room: DeskRoom) -> None:
    """Everybody is ready, and the result was shown."""
    for seat in SEATS:
        room.give("participant", "join_seat", seat, seat=seat)
    room.give("organiser", "open_voting", question="ready")
    for seat in SEATS:
        room.give("participant", "cast_ballot", seat, question="ready", round=1, seat=seat, choices=["ready"])
    room.give("organiser", "close_voting", question="ready")
    ends = time.monotonic() + 60
    while room.try_to_give("organiser", "show_results", question="ready")["t"] != "ack":
        assert time.monotonic() < ends, "the vote does not close"


def picture(page: Page, name: str) -> None:
    """A picture of the page, where somebody asked for them."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.mark.parametrize("lang", ["en", "th"])
def test_an_organiser_draws_and_an_area_manager_enters_the_hands(room: DeskRoom, lang: str) -> None:
    record, draw, first, enter, cannot = THEIRS[lang]
    spoken = {"en": "en-GB", "th": "th-TH"}[lang]
    voted(room)
    console = room.open("organiser", None, spoken, 1024)
    area = room.open("area_manager", None, spoken, 390)
    console.get_by_role("button", name=record, exact=True).click()
    picture(console, f"console-before-{lang}")
    console.locator("#sample-dice").fill("3 1 6 2 5 4 1 6 2 3")
    console.locator("#sample-pairs").fill("5")
    console.get_by_role("button", name=draw, exact=True).click()
    rows = area.locator(".hands li")
    expect(rows).to_have_count(5)
    rows.first.locator(".pair").click()
    expect(rows.first).to_contain_text(first)
    area.get_by_role("button", name=enter).click()
    expect(area.get_by_role("alert")).to_be_visible()
    checks.everything(area)
    picture(area, f"area-form-{lang}")
    for table in range(1, 6):
        row = rows.filter(has_text=re.compile(rf"\b{table}\b")).first
        if table > 1:
            row.locator(".pair").click()
        if table == 5:
            break
        hands = row.locator("input")
        hands.first.fill("2" if table == 1 else "1")
        hands.last.fill("0")
        row.get_by_role("button", name=enter).click()
        expect(area.locator(".hands li[data-state=entered]")).to_have_count(table)
    expect(console.locator(".samples .outcome")).to_contain_text(re.compile("4.*5"))
    assert json.dumps(room.channel("organiser", "console")["samples"][0]["outcome"]) == "null"
    checks.everything(console)
    picture(console, f"console-waits-{lang}")
    area.get_by_role("button", name=cannot).click()
    expect(area.locator(".hands")).to_have_count(0)
    expect(console.locator(".samples .outcome")).to_contain_text(OUTCOME[lang])
    expect(console.locator(".samples .outcome")).to_contain_text(BOUND[lang])
    checks.everything(console)
    picture(console, f"console-after-{lang}")
    live = room.open("viewer", None, spoken, 390)
    expect(live.locator(".samples li")).to_contain_text(OUTCOME[lang])
    expect(live.locator(".samples li")).to_contain_text(BOUND[lang])
    checks.everything(live)
    report = re.sub(r"<[^>]+>", "", room.get(f"report.html?lang={lang}&edition=full").decode())
    assert OUTCOME[lang] in report
    shown_to_the_room(room, console, lang)


def shown_to_the_room(room: DeskRoom, console: Page, lang: str) -> None:
    """It is chosen and taken at the console; the screen and whoever listens have it in their language."""
    run, take, agreed, most = SHOWN[lang]
    spoken = {"en": "en-GB", "th": "th-TH"}[lang]
    screen, listen = room.open("screen", None, spoken, 1920), room.open("viewer", None, spoken, 390)
    listen.evaluate(GO, [listen.url.rpartition("/")[2], "listen"])
    listen.goto(f"{room.server.url}/listen")
    console.get_by_role("button", name=run, exact=True).click()
    console.locator("#scene-kind").select_option("sample")
    expect(console.locator("figure").nth(1)).to_contain_text(agreed)
    assert agreed not in screen.locator("body").inner_text(), "it is there before it is taken"
    console.get_by_role("button", name=take, exact=True).click()
    for page in (screen, listen):
        expect(page.locator("main")).to_contain_text(agreed)
        expect(page.locator("main")).to_contain_text(most)
        checks.everything(page, beside="town-picture")
    picture(screen, f"screen-sample-{lang}")
    picture(listen, f"listen-sample-{lang}")
