"""At stake: somebody with a cheap phone in one hand, who must never be told a false word about a vote."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from app.i18n import whole
from tests.browser import checks
from tests.browser.commands import connected, give, take
from tests.browser.conftest import Open
from tests.browser.watch import LINE, REFUSED, Watch
from tests.web.processes import Running, start

RULES: dict[str, Any] = {"purpose": "topic", "standings": ["citizen", "party", "official", "expert"]}


def fate(seat: Page, word: str) -> None:
    expect(seat.locator("#seat-fate")).to_have_attribute("data-fate", word)


def draft(console: Page, name: str, kind: str, *options: str, **rules: Any) -> str:
    """A question made during the day, and opened."""
    question = f"q_{name:0>32}"
    give(
        console, "draft_question", question=question, title={"en": f"About {name}?", "th": f"เรื่อง {name}"},
        rules={"kind": kind, **RULES, **rules}, seconds=0,
        options=[{"id": f"opt_{n:032x}", "text": {"en": each, "th": each}} for n, each in enumerate(options)],
    )  # fmt: skip
    give(console, "open_voting", question=question)
    return question


def close(console: Page, question: str, seat: Page) -> None:
    give(console, "close_voting", question=question)
    expect(seat.locator("#ballot")).to_contain_text("Voting is closed", timeout=20_000)


def test_every_kind_of_question_is_answered_by_thumb(opened: Open) -> None:
    console, seat = connected(opened("organiser")), connected(opened("participant", "1-1", width=390))
    expect(seat.locator("#ballot")).to_contain_text("The meeting has not begun")
    expect(seat.locator(".consent")).to_contain_text("Nothing that is written or voted will be used")
    expect(seat.locator(".who")).to_contain_text("Citizen")
    give(console, "start_meeting")
    expect(seat.locator("#ballot")).to_contain_text("You are ready to vote")

    give(console, "open_voting", question="worries")
    foot = seat.locator(".bar-below")
    expect(seat.get_by_role("button", name="The network")).to_be_visible()
    says_nothing = foot.get_attribute("data-empty") is not None
    assert (foot.evaluate("(each) => getComputedStyle(each).position") == "static") == says_nothing
    high = foot.evaluate("(each) => each.offsetHeight")
    seat.get_by_role("button", name="The network").click()
    fate(seat, "saved")
    expect(foot).to_have_css("position", "sticky")
    assert foot.evaluate("(each) => each.offsetHeight") == high, "nothing moves under the thumb"
    seat.get_by_role("button", name="The sound").click()
    expect(seat.locator(".made")).to_have_text("2 of 2")
    seat.get_by_role("button", name="The keypads").click()
    expect(seat.locator("#seat-fate")).to_contain_text("You can choose up to 2")
    expect(seat.get_by_role("button", name="The keypads")).to_have_attribute("aria-pressed", "false")
    seat.get_by_role("button", name="None of these").click()
    fate(seat, "saved")
    expect(seat.get_by_role("button", name="The network")).to_have_attribute("aria-pressed", "false")
    seat.get_by_role("button", name="Take the answer back").click()
    expect(seat.locator("[aria-pressed=true]")).to_have_count(0)
    seat.get_by_role("button", name="I need more time").click()
    expect(seat.locator(".asked-for")).to_be_visible()
    checks.everything(seat, keypad=True)
    close(console, "worries", seat)
    expect(seat.locator("#ballot")).to_contain_text("No answer of yours was saved")

    give(console, "open_voting", question="parts")
    first = seat.get_by_role("group", name="At the tables")
    first.get_by_role("button", name="Fairly").click()
    fate(seat, "saved")
    seat.get_by_role("group", name="On stage").get_by_role("button", name="Well").click()
    expect(seat.locator(".made")).to_have_text("2 of 3")
    close(console, "parts", seat)
    expect(seat.locator(".answer")).to_contain_text("At the tables: Fairly")

    question = draft(console, "1", "number", number_min=0, number_max=60)
    expect(seat.locator("#ballot").get_by_text("A whole number from 0 to 60")).to_have_count(1)
    seat.get_by_label("Your number").fill("61")
    seat.get_by_role("button", name="Give this number").click()
    expect(seat.locator("#seat-fate")).to_contain_text("from 0 to 60")
    seat.get_by_label("Your number").fill("๑๒")
    seat.get_by_role("button", name="Give this number").click()
    fate(seat, "saved")
    close(console, question, seat)
    expect(seat.locator("#ballot")).to_contain_text("12")


def test_where_the_first_answer_counts_it_is_asked_once_and_then_final(opened: Open) -> None:
    console, seat = connected(opened("organiser")), connected(opened("participant", "1-1", width=390))
    give(console, "start_meeting")
    draft(console, "2", "pick_one", "Bridge", "Ferry", first_only=True)
    seat.get_by_role("button", name="Bridge").click()
    expect(seat.locator(".final")).to_contain_text("Bridge")
    seat.get_by_role("button", name="Think again").click()
    expect(seat.locator("#seat-fate")).to_have_attribute("data-fate", "")
    seat.get_by_role("button", name="Ferry").click()
    seat.get_by_role("button", name="Send it for good").click()
    fate(seat, "saved")
    expect(seat.locator("#ballot")).to_contain_text("Your answer: Ferry")
    expect(seat.locator(".option")).to_have_count(0)


def test_an_anonymous_vote_says_what_that_means(opened: Open) -> None:
    console, seat = connected(opened("organiser")), connected(opened("participant", "1-1", "th-TH", 320))
    give(console, "start_meeting")
    give(console, "open_voting", question="honest")
    expect(seat.locator(".secret")).to_contain_text("ไม่มีใครรู้ได้ว่าใครตอบอะไร")
    seat.locator(".option").first.click()
    fate(seat, "saved")
    checks.everything(seat, keypad=True)
    give(console, "close_voting", question="honest")
    expect(seat.locator("#ballot")).to_contain_text(whole("ปิดการลงคะแนนแล้ว"), timeout=20_000)


def test_a_press_at_the_close_is_told_to_be_late_and_the_result_comes(opened: Open) -> None:
    console, seat = connected(opened("organiser")), connected(opened("participant", "1-1", width=390))
    give(console, "start_meeting")
    give(console, "open_voting", question="practice")
    seat.get_by_role("button", name="By car").click()
    fate(seat, "saved")
    late = """() => { const live = document.querySelector('town-keypad').live;
      live.give({t: 'cast_ballot', question: 'practice', round: 1, seat: '1-1', choices: ['bus']}); }"""
    give(console, "close_voting", question="practice")
    expect(seat.locator("#ballot")).to_contain_text("Voting is closed", timeout=20_000)
    seat.evaluate(late)
    expect(seat.locator("#ballot")).to_contain_text("Your answer: By car")
    give(console, "show_results", question="practice")
    take(console, "results", question="practice")
    expect(seat.get_by_role("table").get_by_role("rowheader", name="By car")).to_be_visible(timeout=20_000)


def test_a_server_that_is_killed_and_a_seat_that_is_taken_over(
    opened: Open, server: Running, watch: Watch, tmp_path: Path
) -> None:
    watch.forgive(*LINE, *REFUSED)
    console, seat = connected(opened("organiser")), connected(opened("participant", "1-1", width=390))
    give(console, "start_meeting")
    give(console, "open_voting", question="practice")
    expect(seat.get_by_role("button", name="By car")).to_be_visible()
    server.kill()
    expect(seat.locator("#line")).to_have_attribute("data-line", "offline")
    seat.get_by_role("button", name="By car").click()
    expect(seat.locator("#seat-fate")).to_have_text("Not yet saved")
    again = start(tmp_path / "data", int(server.url.rpartition(":")[2]))
    try:
        expect(seat.locator("#seat-fate")).to_have_text("Saved", timeout=40_000)
        connected(console)
        give(console, "close_voting", question="practice")
        expect(seat.locator("#ballot")).to_contain_text("Voting is closed", timeout=20_000)
        newer = connected(opened("participant", "1-1", width=390))
        expect(newer.locator("#ballot")).to_contain_text("ready to vote")
        expect(seat.locator("#holder")).to_contain_text("Another device")
        seat.get_by_role("button", name="Take the seat back").click()
        expect(seat.locator("#holder")).to_be_hidden()
        expect(newer.locator("#holder")).to_contain_text("Another device")
    finally:
        again.kill()


def test_a_code_typed_with_the_thai_keyboard_is_shown_as_it_is_read(
    opened: Open, server: Running, watch: Watch
) -> None:
    watch.forgive(*REFUSED)
    page = connected(opened("viewer"))
    page.goto(f"{server.url}/j?lang=en")
    page.get_by_label("Code").fill("ึา-ทขๆ/ไป")
    expect(page.locator("#code-read")).to_have_text("Read as 7K3M-Q2WX")
    page.get_by_label("Code").fill(server.link("participant", "2-1").partition("#")[2])
    page.get_by_role("button", name="Join").click()
    expect(page.locator("#seat-name")).to_have_text("Seat 2-1")
    assert page.evaluate("[sessionStorage.length, location.search, location.hash]") == [0, "", ""]
