"""At stake: a reader of the report sees why a round does not count, who said so, and why it was run again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app import i18n
from tests.browser import checks
from tests.browser.conftest import Open
from tests.browser.test_console import PICTURE, console_of
from tests.browser.test_roles import connected, give, plain
from tests.web.processes import ROOT, Running, start

QUESTION = "ready"
WRONG, RIGHT = ("The wrong slide was on the screen", "สไลด์บนจอผิด"), ("The right slide is there", "แก้สไลด์แล้ว")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    """A server of the rehearsal, with a second person for every void, and for what replaces a result."""
    plan = tmp_path / "plan.yaml"
    plan.write_text(
        (ROOT / "app/plans/rehearsal.yaml").read_text("utf-8") + "\nsecond_person: true\n", "utf-8"
    )
    made = start(tmp_path / "data", plan=str(plan))
    yield made
    made.kill()


def because(reason: tuple[str, str]) -> dict[str, str]:
    return {"question": QUESTION, "reason__en": reason[0], "reason__th": reason[1]}


def void_and_run_again(opened: Open) -> None:
    """The organiser asks for a void, the lead facilitator confirms it, and the question is run again."""
    organiser, lead = plain(opened("organiser")), plain(opened("lead_facilitator"))
    give(organiser, "start_meeting")
    give(organiser, "open_voting", question=QUESTION)
    give(organiser, "void_round", **because(WRONG))
    give(lead, "confirm_void", question=QUESTION)
    give(organiser, "run_again", **because(RIGHT))
    give(organiser, "open_voting", question=QUESTION)
    give(plain(opened("area_manager")), "mark_present", seat="1-2")


def whole(page: Page, lang: str) -> Page:
    """The whole report as the viewer reads it, in a page of its own."""
    address = page.get_by_role("link", name={"en": "Read the whole report", "th": "อ่านรายงานทั้งฉบับ"}[lang])
    made = page.context.new_page()
    made.goto(str(address.evaluate("link => link.href")))
    return made


SAID = {
    "en": (
        "Asked for by: Organiser. Confirmed by: Lead facilitator. Reason: The wrong slide was on the screen",
        "Round 2, after round 1 (voided, 0 ballots). By: Organiser.",
        "Reason: The right slide is there",
    ),
    "th": (
        "ผู้ขอ: ผู้จัดงาน ผู้ยืนยัน: วิทยากรหลัก เหตุผล: สไลด์บนจอผิด",
        "รอบที่ 2 ต่อจากรอบที่ 1 (ยกเลิกผลแล้ว มีบัตร 0 ใบ) ผู้ดำเนินการ: ผู้จัดงาน เหตุผล: แก้สไลด์แล้ว",
    ),
}
SEATS = {"en": "Round 2. 1 seat was marked as present.", "th": "รอบที่ 2 ระบุว่ามีคนนั่งแล้ว 1 ที่นั่ง"}


@pytest.mark.slow
def test_void_and_run_again_are_told_with_reasons_and_roles(opened: Open) -> None:
    readers = {lang: connected(opened("viewer", None, lang)) for lang in SAID}
    for page in readers.values():
        expect(page.locator("town-report h1")).to_be_visible()
    expect(readers["en"].locator("town-report")).not_to_contain_text("Reason:")
    void_and_run_again(opened)
    for lang, page in readers.items():
        for words in SAID[lang]:
            expect(page.locator("town-report")).to_contain_text(i18n.whole(words))
        printed = whole(page, lang)
        for words in (*SAID[lang], SEATS[lang]):
            expect(printed.locator(".report")).to_contain_text(words)
        for width in (390, 1024):
            for each in (page, printed):
                each.set_viewport_size({"width": width, "height": 800})
                checks.fits(each)
        checks.everything(page)


@pytest.mark.slow
def test_a_result_is_replaced_by_two_people_at_two_consoles(opened: Open) -> None:
    organiser, lead = plain(opened("organiser")), console_of(opened, "lead_facilitator")
    mine = console_of(opened)
    give(organiser, "start_meeting")
    give(organiser, "open_voting", question=QUESTION)
    give(organiser, "close_voting", question=QUESTION)
    expect(lead.locator(".vote")).to_have_attribute("data-state", "closed")
    give(organiser, "show_results", question=QUESTION)
    expect(lead.locator(".vote")).to_have_count(0)  # it is of no item that runs
    give(organiser, "run_again", **because(RIGHT))
    expect(lead.locator(".asks")).to_contain_text("asks to run this question again")
    expect(lead.locator(".vote")).to_have_attribute("data-state", "shown")
    checks.everything(lead, beside=PICTURE)
    mine.get_by_role("button", name="Confirm running it again").click()
    expect(mine.locator(".vote .fate")).to_contain_text("Refused")
    lead.get_by_role("button", name="Confirm running it again").click()
    expect(lead.locator(".acts")).to_contain_text("New round")
    expect(lead.locator(".asks")).to_have_count(0)
    for lang, words in {
        "en": "Round 2, after round 1 (shown, 0 ballots). Asked for by: Organiser. Confirmed by: Lead",
        "th": "รอบที่ 2 ต่อจากรอบที่ 1 (แสดงผลแล้ว มีบัตร 0 ใบ) ผู้ขอ: ผู้จัดงาน ผู้ยืนยัน: วิทยากรหลัก",
    }.items():
        reader = connected(opened("viewer", None, lang))
        expect(reader.locator("town-report")).to_contain_text(i18n.whole(words))
        expect(whole(reader, lang).locator(".report")).to_contain_text(words)
