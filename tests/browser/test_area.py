"""At stake: whoever walks the floor helps with a thumb, and no paper ballot is lost or passes for another."""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from app.i18n import whole
from app.verify import main as verify
from app.web.keys import new_id
from tests.browser import checks
from tests.browser.desk_room import DeskRoom
from tests.browser.watch import Watch

pytestmark = pytest.mark.browser


@pytest.fixture
def room(browser: Browser, watch: Watch, tmp_path: Path) -> Iterator[DeskRoom]:
    with DeskRoom(browser, watch, tmp_path) as made:
        yield made


def phone(room: DeskRoom, lang: str = "en-GB") -> Page:
    return room.open("area_manager", None, lang, width=320)


def seat(page: Page, name: str) -> Locator:
    return page.locator(f"[data-seat='{name}']")


def tap(page: Page, name: str | re.Pattern[str]) -> None:
    page.get_by_role("button", name=whole(name) if isinstance(name, str) else name).click()


def tile(page: Page, name: str) -> None:
    page.locator(".tile").filter(has=page.get_by_text(name, exact=True)).click()


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        (
            "en-GB",
            ("Table 1", "Seat 1-1", "Enter a paper ballot", "Not yet", "Enter this ballot", "Paper ballot 1"),
        ),
        (
            "th-TH",
            ("โต๊ะ 1", whole("ที่นั่ง 1-1"), "บันทึกบัตรกระดาษ", "ยังไม่พร้อม", "บันทึกบัตรนี้", "บัตรกระดาษ 1"),
        ),
    ],
)
def test_a_paper_ballot_is_entered_and_every_figure_says_so(
    room: DeskRoom, tmp_path: Path, lang: str, words: tuple[str, ...]
) -> None:
    for each in ("1-1", "1-2"):
        room.give("participant", "join_seat", each, seat=each)
    room.give("organiser", "open_voting", question="ready")
    room.give("participant", "cast_ballot", "1-2", question="ready", round=1, seat="1-2", choices=["ready"])
    area = phone(room, lang)
    checks.everything(area)
    tile(area, words[0])
    tap(area, re.compile(words[1]))
    tap(area, words[2])
    tap(area, re.compile(f"{words[3]}$"))
    checks.everything(area)
    tap(area, words[4])
    expect(seat(area, "1-1").locator(".fate[data-fate=saved]")).to_be_visible()
    room.give("organiser", "close_voting", question="ready")
    expect(
        area.get_by_text({"en-GB": "No vote is open.", "th-TH": whole("ขณะนี้ไม่ได้เปิดการลงคะแนน")}[lang])
    ).to_be_visible()
    room.give("organiser", "show_results", question="ready")

    result = room.channel("stage", "results")["result/ready"]
    assert (result["voted"], result["paper"]) == (2, 1)
    figures = {each["id"]: each for each in json.loads(room.get("figures.json"))}
    assert figures["question/ready/round/1/channel/paper"]["numerator"] == 1
    report = room.get(f"report.html?lang={lang[:2]}&edition=full").decode()
    assert words[5] in re.sub(r"<[^>]+>", "", report)
    audit = tmp_path / "audit.zip"
    audit.write_bytes(room.get("export/audit.zip"))
    assert (
        "question/ready/round/1/channel/paper"
        in zipfile.ZipFile(io.BytesIO(audit.read_bytes())).read("figures.json").decode()
    )
    assert verify([str(audit)]) == 0, "the independent recount finds the same figures"


def test_a_call_for_help_comes_first_and_is_answered_and_closed(room: DeskRoom) -> None:
    area = phone(room)
    expect(area.get_by_text("No table needs you now.")).to_be_visible()
    room.give(
        "table_facilitator", "call_help", "3", call=new_id("call"), table="3", kind="welfare", text="Water"
    )
    need = area.locator(".need").first
    expect(need).to_contain_text("Table 3")
    expect(need).to_contain_text("Water")
    checks.everything(area)
    tap(area, "I am on my way")
    expect(need).to_contain_text("somebody comes")
    [call] = [value for key, value in room.channel("organiser", "console").items() if key.startswith("call/")]
    assert call["answered_at_ms"] is not None
    tap(area, "Helped")
    expect(area.get_by_text("No table needs you now.")).to_be_visible()


@pytest.mark.parametrize(
    ("lang", "gap", "keypads", "marked"),
    [
        ("en-GB", "4 heads counted, 2 seats taken", "1 of 2 has no keypad", "2 seats are marked as here."),
        (
            "th-TH",
            whole("นับได้ 4 คน มีคนนั่ง 2 ที่นั่ง"),
            whole("ยังไม่มีแป้นลงคะแนน 1 จาก 2 คน"),
            whole("ระบุว่ามาแล้ว 2 ที่นั่ง"),
        ),
    ],
)
def test_what_differs_at_a_table_is_said_in_figures(
    room: DeskRoom, lang: str, gap: str, keypads: str, marked: str
) -> None:
    room.give("participant", "join_seat", "2-1", seat="2-1")
    room.give("table_facilitator", "mark_present", "2", seat="2-2")
    room.give("table_facilitator", "count_heads", "2", table="2", heads=4)
    area = phone(room, lang)
    expect(area.locator(".need[data-trouble=gap]")).to_contain_text(gap)
    expect(area.locator(".need[data-trouble=keypads]")).to_contain_text(keypads)
    checks.everything(area)
    area.locator(".need[data-trouble=gap] .to-table").click()
    expect(area.locator("town-area-table")).to_contain_text(marked)
    checks.everything(area)


def test_a_keypad_is_bound_anew_in_three_taps(room: DeskRoom) -> None:
    room.give("participant", "join_seat", "2-1", seat="2-1")
    laptop = room.open("table_facilitator", "2")
    area = phone(room)
    tile(area, "Table 2")  # one
    tap(area, re.compile("Seat 2-1"))  # two
    checks.targets(area, 48, within="main", apart=8)
    tap(area, "Pad on the laptop")  # three
    expect(seat(area, "2-1")).to_contain_text("laptop")
    expect(seat(area, "2-1").locator(".fate[data-fate=saved]")).to_be_visible()
    [one] = [each for each in room.channel("organiser", "console").items() if each[0] == "health/2"]
    assert one[1]["keypads"] == 1
    laptop.close()

    tap(area, "Phone: show the code")
    expect(area.locator(".card-way img")).to_be_visible()
    code = area.locator(".card-way code").inner_text()
    assert room.server.link("participant", "2-1").endswith(f"#{code}")
    checks.everything(area)
    tap(area, "Wireless keypad")
    area.get_by_label("Number on the keypad").fill("0417")
    tap(area, "Give this keypad")
    expect(seat(area, "2-1").locator(".seat-open")).to_contain_text("keypad")
    tap(area, "Take the keypad away")
    expect(seat(area, "2-1").locator(".seat-open")).to_contain_text("no keypad")


def test_a_late_arrival_gets_a_seat_and_moves_to_where_there_is_room(room: DeskRoom) -> None:
    area = phone(room)
    tile(area, "Table 4")
    tap(area, "Add a seat")
    added = area.locator("[data-seat^=seat_]")
    expect(added).to_contain_text("Added seat 4-5")
    expect(area.get_by_role("button", name="Add a seat")).to_be_disabled()
    checks.everything(area)
    tap(area, "Is here")
    expect(added.locator(".seat-open")).to_contain_text("here")
    tap(area, "Move to another table")
    tap(area, "To table 1")
    expect(added).to_have_count(0)
    tap(area, re.compile("All my tables"))
    tile(area, "Table 1")
    expect(area.locator("[data-seat^=seat_]")).to_contain_text("Added seat 1-5")
    area.go_back()
    expect(area.get_by_role("heading", name="My tables")).to_be_visible()


def test_after_the_end_no_page_offers_what_would_be_refused(room: DeskRoom) -> None:
    room.give(
        "table_facilitator", "call_help", "3", call=new_id("call"), table="3", kind="welfare", text="Water"
    )
    area, stage, console = phone(room), room.open("stage"), room.open("organiser")
    expect(area.locator(".need")).to_have_count(1)
    expect(stage.locator(".clocks .time")).to_have_count(1)
    expect(console.locator(".times .left")).to_be_visible()
    room.give("organiser", "close_meeting")
    expect(area.get_by_role("heading", level=1)).to_have_text("The meeting is over.")
    expect(area.get_by_text("Collect the laptops")).to_be_visible()
    expect(area.locator(".need")).to_have_count(0)
    checks.everything(area)
    tile(area, "Table 3")
    expect(area.locator("[data-seat]").first).to_be_visible()
    expect(area.get_by_role("main").get_by_role("button", disabled=False)).to_have_text(["← All my tables"])
    checks.everything(area)

    expect(stage.get_by_role("heading", level=1)).to_have_text("The meeting is over.")
    expect(stage.locator(".time")).to_have_count(0)
    checks.everything(stage)

    expect(console.locator(".times")).to_have_text("Closed")
    expect(console.locator("#next-step")).to_contain_text("Open the report")
    for tab in ("Run of show", "Room", "Questions"):
        console.get_by_role("button", name=re.compile(f"^{tab}")).click()
        acts = console.locator("main form:visible, main .buttons:visible button, main details:visible")
        expect(acts).to_have_count(0)
        checks.everything(console, beside=".small-picture")
    console.get_by_role("button", name="Report and record").click()
    expect(console.locator("summary", has_text="Record a response")).to_be_visible()
    expect(console.get_by_role("button", name="Archive the meeting")).to_be_visible()
