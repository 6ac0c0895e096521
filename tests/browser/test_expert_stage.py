"""At stake: a question of a table gets its answer, and the stage reads out nothing too early."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from app.i18n import whole
from app.web.keys import new_id
from tests.browser import checks
from tests.browser.desk_room import DeskRoom
from tests.browser.watch import Watch

pytestmark = pytest.mark.browser


@pytest.fixture
def room(browser: Browser, watch: Watch, tmp_path: Path) -> Iterator[DeskRoom]:
    with DeskRoom(browser, watch, tmp_path) as made:
        yield made


def test_experts_answer_in_a_language_by_keys_and_see_what_was_answered(room: DeskRoom) -> None:
    page = room.open("expert")
    expect(page.get_by_role("status").filter(has_text="No questions yet.")).to_be_visible()
    expect(page.get_by_text("0 questions wait")).to_have_count(0)
    checks.everything(page)
    first = room.write(1, "How deep is the river?", "question")
    expect(page.get_by_text("1 question waits for an answer")).to_be_visible()
    box = page.get_by_label("Your answer")
    box.focus()
    page.keyboard.type("Two metr")
    room.write(2, "แม่น้ำลึกเท่าไร", "question", "th")
    expect(page.locator("[data-question]")).to_have_count(2)
    expect(box.first).to_have_value("Two metr")  # what comes meanwhile takes no word away
    page.keyboard.type("es")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Language of the answer").first).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(f"[data-question={first}] .answer")).to_have_text("Two metres")
    expect(page.get_by_role("heading", name="Answered")).to_be_visible()
    checks.everything(page)
    [answer] = room.channel("theme_leader", "desk")[f"idea/{first}"]["answers"]
    assert (answer["text"], answer["language"]) == ("Two metres", "en")
    thai = room.open("expert", None, "th-TH", width=390)
    expect(thai.get_by_label(whole("ภาษาของคำตอบ")).first).to_have_value("th")
    thai.get_by_label(whole("คำตอบของท่าน")).first.fill("สองเมตร")
    thai.get_by_role("button", name=whole("ส่งคำตอบ")).first.click()
    expect(page.get_by_text("สองเมตร")).to_be_visible()
    checks.everything(thai)


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        (
            "en-GB",
            (
                "Our city",
                "what should this city do first",
                "Not yet shown to the room.",
                "Shown. 1 person answered.",
                "Average from 0 = Needs another rehearsal to 2 = Well",
            ),
        ),
        (
            "th-TH",
            (
                "เมืองของเรา",
                "เมืองนี้ควรทำอะไรก่อน",
                whole("ที่ประชุมยังไม่เห็นผลนี้"),
                whole("แสดงผลแล้ว มีผู้ตอบ 1 คน"),
                "ค่าเฉลี่ย ตั้งแต่ 0 = ต้องซ้อมใหม่ ถึง 2 = ดี",
            ),
        ),
    ],
)
def test_the_stage_reads_its_script_and_knows_what_the_room_has_not_seen(
    room: DeskRoom, lang: str, words: tuple[str, ...]
) -> None:
    stage = room.open("stage", None, lang)
    expect(stage.get_by_role("heading", level=1)).to_have_text(words[0])
    expect(stage.locator(".say")).to_contain_text(words[1])
    checks.everything(stage)
    theme = room.theme("Shade", "ร่มเงา")
    idea = room.write(1, "Plant trees")
    room.give("theme_leader", "quote_idea", theme=theme, idea=idea, revision=1)
    room.give("theme_leader", "publish_themes", item="place", themes=[theme])
    expect(stage.locator(".themes-told")).to_contain_text("Plant trees")
    text = {"en": "Five more minutes", "th": "อีกห้านาที"}
    room.give("stage_manager", "send_message", message=new_id("msg"), text=text, tables=[])
    expect(stage.get_by_text(text[lang[:2]])).to_be_visible()
    room.give("stage_manager", "start_timer", seconds=300)
    expect(stage.locator(".clocks .time")).to_have_count(2)

    room.give("participant", "join_seat", "1-1", seat="1-1")
    room.give("organiser", "open_voting", question="ready")
    room.give("participant", "cast_ballot", "1-1", question="ready", round=1, seat="1-1", choices=["ready"])
    expect(stage.locator(".now")).to_contain_text({"en": "1 of 1 has voted", "th": "1"}[lang[:2]])
    expect(stage.locator(".result")).to_have_count(0)
    room.give("organiser", "close_voting", question="ready")
    result = stage.locator(".result")
    expect(result).to_contain_text(words[2])
    expect(result).to_contain_text("100%")
    checks.everything(stage)
    room.give("organiser", "show_results", question="ready")
    expect(result).to_contain_text(words[3])
    question, option = new_id("q"), new_id("opt")
    steps = ((2, "Well", "ดี"), (0, "Needs another rehearsal", "ต้องซ้อมใหม่"))
    scale = [{"value": value, "text": {"en": en, "th": th}} for value, en, th in steps]
    rated: dict[str, Any] = {
        "title": {"en": "How well?", "th": "ดีเพียงใด"},
        "rules": {"kind": "rating"},
        "scale": scale,
    }
    options = [{"id": option, "text": {"en": "On stage", "th": "บนเวที"}}]
    room.give("organiser", "draft_question", question=question, options=options, **rated)
    room.give("organiser", "open_voting", question=question)
    ballot: dict[str, Any] = {"question": question, "round": 1, "seat": "1-1", "choices": {option: 2}}
    room.give("participant", "cast_ballot", "1-1", **ballot)
    room.give("organiser", "close_voting", question=question)
    expect(stage.locator(".result .scale")).to_have_text(words[4])
    checks.everything(stage)
    assert stage.locator("main button, main input, main a, main form").count() == 0, "it only reads"
    ground = stage.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == "rgb(21, 21, 20)", "dark, though this machine prefers light"
    console = room.channel("stage_manager", "console")
    assert console["result/ready"]["state"] == "shown"
