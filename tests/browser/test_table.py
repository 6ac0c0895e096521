"""At stake: a volunteer at a table writes, counts, calls and lets ten people vote on one laptop, and nobody
sees what the one before chose. As people click it; what counts is read from the server's log."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from app.i18n import whole
from tests.browser import checks
from tests.browser.commands import connected
from tests.browser.pictures.camera import Line
from tests.browser.stage import Stage, as_program, of_type, recorded
from tests.browser.test_offline import on_the_disk
from tests.browser.watch import LINE, Watch
from tests.web.processes import Running

pytestmark = pytest.mark.timeout(400)
Laptop = Callable[..., Page]

NO_DISK = """Object.defineProperty(window, 'indexedDB', {
  value: { open() { throw new DOMException('no', 'SecurityError'); } } })"""
"""A browser that keeps nothing, as a private window of some does."""


@pytest.fixture
def stage(server: Running) -> Stage:
    return Stage(as_program(server))


@pytest.fixture
def laptop(browser: Browser, stage: Stage, watch: Watch) -> Iterator[Laptop]:
    """A laptop that has come in with its table's card, and stands before its check."""
    contexts: list[BrowserContext] = []

    def come_in(
        table: str = "1", *, lang: str = "en-GB", width: int = 1366, begin: bool = True, script: str = ""
    ) -> Page:
        context = browser.new_context(locale=lang, viewport={"width": width, "height": 900})
        contexts.append(context)
        if script:
            context.add_init_script(script)
        page = watch.over(context).new_page()
        page.set_default_timeout(20_000)
        page.goto(stage.table(table))
        if begin:
            expect(page.locator(".verdict")).to_have_attribute("data-verdict", "ready")
            page.locator("town-check > button").click()
        return page

    yield come_in
    for context in contexts:
        context.close()


def talking(stage: Stage) -> None:
    stage.do("start_meeting")
    stage.do("begin_item", item="talk")


def idea(page: Page, text: str) -> Locator:
    return page.locator("li.idea", has_text=text)


def write(page: Page, text: str, kind: str | None = None) -> Locator:
    if kind:
        page.locator("#new-kind").select_option(kind)
    page.locator("#new-idea").fill(text)
    page.locator("#new-idea").press("Enter")
    return idea(page, text)


def saved(row: Locator) -> Locator:
    expect(row.locator(".mark").first).to_have_attribute("data-fate", "saved")
    return row


def all_saved(page: Page) -> None:
    """Everything that was given here has its answer, and stands in the log."""
    expect(page.locator(".all-saved")).to_have_attribute("data-fate", "saved")


# --- the check -----------------------------------------------------------------------------


def test_the_check_ends_in_ready_and_says_what_to_do(laptop: Laptop, server: Running, watch: Watch) -> None:
    page = laptop(begin=False)
    expect(page.get_by_role("status").filter(has_text="Ready")).to_be_visible()
    expect(page.locator("[data-level=good]")).to_have_count(7)
    checks.everything(page)
    other = laptop(width=820, begin=False)
    expect(other.locator("[data-check=other]")).to_contain_text("1 more is connected")
    expect(other.locator("[data-check=width]")).to_contain_text("Narrow")
    expect(other.locator(".verdict")).to_have_text("Ready")
    expect(page.locator("[data-check=other]")).to_contain_text("1 more is connected", timeout=20_000)
    watch.forgive(*LINE)
    server.kill()
    expect(page.locator("[data-check=line]")).to_contain_text("The server cannot be reached")
    expect(page.locator(".verdict")).to_have_attribute("data-verdict", "bad")
    checks.accessible(page)


def test_a_laptop_that_keeps_nothing_says_so_and_works(laptop: Laptop, stage: Stage, server: Running) -> None:
    talking(stage)
    page = laptop(script=NO_DISK)
    expect(page.locator(".notice")).to_contain_text("keeps nothing on its disk")
    saved(write(page, "Shade along the path"))
    assert [
        e["text"] for e in of_type(recorded(server.log.parent / "data", stage.meeting), "idea_written")
    ] == ["Shade along the path"]


# --- the flip chart ------------------------------------------------------------------------


def test_ideas_are_written_changed_ordered_and_withdrawn(
    laptop: Laptop, stage: Stage, server: Running
) -> None:
    page = laptop()
    expect(page.get_by_role("heading", level=1)).to_have_text("A day at one table")
    talking(stage)
    expect(page.get_by_role("heading", level=1)).to_have_text("Topic: the river")
    expect(page.locator(".item .left")).to_have_text(re.compile(r"19:\d\d|20:00"))
    expect(page.locator(".empty")).to_contain_text("No ideas yet")
    checks.everything(page)

    page.get_by_role("textbox", name="Write an idea").fill("Shade along the path")
    page.get_by_role("button", name="Add").click()
    saved(idea(page, "Shade along the path"))
    saved(write(page, "Leave it wild", "minority"))
    page.locator("#new-idea").press("Alt+Digit5")
    saved(write(page, "น้ำสะอาดพอให้ว่ายน้ำหรือไม่"))
    expect(idea(page, "น้ำสะอาด").locator(".idea-kind")).to_have_text("Question to the experts")
    expect(idea(page, "น้ำสะอาด").locator(".idea-text")).to_have_attribute("lang", "th")

    idea(page, "Shade").get_by_role("button", name="Edit").click()
    page.get_by_label("Edit the idea").fill("Shade along the whole path")
    page.get_by_label("Edit the idea").press("Enter")
    saved(idea(page, "Shade along the whole path"))

    idea(page, "Leave it wild").get_by_role("button", name="Move up").click()
    expect(page.locator(".idea-text").first).to_have_text("Leave it wild")
    expect(idea(page, "Leave it wild").get_by_role("button", name="Move up")).to_be_focused()
    idea(page, "น้ำสะอาด").get_by_role("button", name="Edit").focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator(".idea-text").nth(1)).to_contain_text("น้ำสะอาด")
    saved(idea(page, "น้ำสะอาด"))
    idea(page, "Shade").drag_to(page.locator("li.idea").first)
    expect(page.locator(".idea-text").first).to_have_text("Shade along the whole path")
    checks.everything(page)

    idea(page, "Leave it wild").get_by_role("button", name="Withdraw").click()
    expect(idea(page, "Leave it wild")).to_have_count(0)
    all_saved(page)
    page.reload()
    expect(page.locator(".idea-text")).to_have_text(["Shade along the whole path", "น้ำสะอาดพอให้ว่ายน้ำหรือไม่"])

    events = recorded(server.log.parent / "data", stage.meeting)
    assert [(e["kind"], e["language"]) for e in of_type(events, "idea_written")] == [
        ("agreement", "en"), ("minority", "en"), ("question", "th"),
    ]  # fmt: skip
    assert len(of_type(events, "idea_revised")) == len(of_type(events, "idea_withdrawn")) == 1


def test_on_a_small_laptop_ideas_are_in_sight_and_the_new_one_above_the_line_one_writes_in(
    laptop: Laptop, stage: Stage
) -> None:
    talking(stage)
    page = laptop(width=1024)
    page.set_viewport_size({"width": 1024, "height": 768})
    stage.do("send_message", message="msg_" + "1" * 32, text={"en": "Five minutes left", "th": "อีกห้านาที"})
    expect(page.locator(".message")).to_be_visible()
    if not page.locator(".panel").count():
        page.get_by_role("button", name="Guide").click()
    expect(page.locator(".panel")).to_be_visible()
    between = """row => { const of = (it) => document.querySelector(it).getBoundingClientRect();
      return [row.getBoundingClientRect().bottom,
        of('.composer').top, of('.composer').bottom, of('.bar').top]; }"""
    first = saved(write(page, "Shade along the path"))
    page.evaluate("window.scrollTo(0, 0)")
    for text in ("Leave it wild", "Clean water", "A ferry", "Benches of stone that last for a hundred years"):
        row = saved(write(page, text))
        expect(page.locator("#new-idea")).to_be_focused()
        bottom, form, form_end, bar = row.evaluate(between)
        assert bottom <= form + 1, f"{text} is under the line one writes in"
        assert form_end <= bar + 8
        expect(row).to_be_in_viewport(ratio=1)
    lines = "field => field.clientHeight / parseFloat(getComputedStyle(field).lineHeight)"
    field = page.locator("#new-idea")
    assert field.evaluate(lines) < 2, "an empty field takes the room of an idea"
    field.fill("One")
    assert field.evaluate(lines) > 2
    field.fill("")
    page.evaluate("window.scrollTo(0, 0)")
    bottom, form, *_ = first.evaluate(between)
    assert bottom <= form + 1, "with a message and the guide open no idea of the table is in sight"
    checks.everything(page)


def test_the_line_may_drop_and_nothing_moves_on_a_phone(
    laptop: Laptop, stage: Stage, server: Running, watch: Watch
) -> None:
    talking(stage)
    page = laptop()
    page.set_viewport_size({"width": 390, "height": 844})
    high = "() => document.querySelector('header.top').getBoundingClientRect().height"
    expect(page.locator("#line")).to_have_attribute("data-line", "open")
    before = page.evaluate(high)
    watch.forgive(*LINE)
    server.kill()
    expect(page.locator("#line")).to_have_attribute("data-line", "offline")
    assert page.evaluate(high) == before


def test_on_a_phone_what_the_table_is_at_comes_first_and_a_panel_leads_back(
    laptop: Laptop, stage: Stage
) -> None:
    talking(stage)
    page = laptop()
    saved(write(page, "Shade along the path"))
    expect(page.locator(".panel")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    tops = """() => ['.question', '.composer', '.panel']
      .map((each) => document.querySelector(each).getBoundingClientRect().top)"""
    assert page.evaluate(tops) == sorted(page.evaluate(tops)), "the guide stands before what one works at"
    page.locator(".bar [data-panel=guide]").click()
    expect(page.locator(".panel")).to_have_count(0)
    page.evaluate("window.scrollTo(0, 60)")
    stood = page.evaluate("window.scrollY")
    assert stood > 0, "control: the page can be scrolled"
    page.locator(".bar [data-panel=people]").click()
    title = page.locator("#panel-title")
    expect(title).to_be_focused()
    expect(title).to_be_in_viewport(ratio=1)
    assert page.locator(".panel").evaluate("(panel) => panel.getBoundingClientRect().top") < 100
    page.locator(".bar [data-panel=people]").click()
    expect(page.locator(".panel")).to_have_count(0)
    assert page.evaluate("window.scrollY") == stood
    rows = page.locator(".bar button").evaluate_all("(all) => all.map((each) => each.offsetTop)")
    assert min(rows.count(top) for top in rows) > 1, "one button stands alone in a row"
    stage.do("open_voting", question="pick")
    page.evaluate("window.scrollTo(0, 0)")
    expect(
        page.get_by_role("button", name="Pass to seat 1", exact=True).or_(page.locator(".vote .pass")).first
    ).to_be_in_viewport(ratio=1)
    checks.everything(page)


def test_two_typists_never_lose_or_overwrite_each_others_words(
    laptop: Laptop, stage: Stage, server: Running
) -> None:
    talking(stage)
    one, two = laptop(), laptop()
    saved(write(one, "A ferry"))
    two.locator("#new-idea").fill("half a thou")
    saved(write(one, "Clean water"))
    expect(idea(two, "Clean water")).to_be_visible()
    expect(two.locator("#new-idea")).to_have_value("half a thou")

    for page in (one, two):
        idea(page, "A ferry").get_by_role("button", name="Edit").click()
    two.get_by_label("Edit the idea").fill("A ferry at the temple")
    one.get_by_label("Edit the idea").fill("A ferry at the market")
    one.get_by_label("Edit the idea").press("Enter")
    expect(two.locator(".changed")).to_contain_text("A ferry at the market")
    expect(two.get_by_label("Edit the idea")).to_have_value("A ferry at the temple")
    checks.accessible(two)
    two.get_by_label("Edit the idea").press("Enter")  # not seen yet: refused, and the words are still there
    expect(two.locator(".refused")).to_contain_text("A ferry at the temple")
    checks.everything(two)
    on_the_disk(two, "/refused/")
    two.reload()
    expect(two.locator(".refused")).to_contain_text("A ferry at the temple")
    two.get_by_role("button", name="Add mine as a new idea").click()
    for page in (one, two):
        expect(page.locator(".idea-text")).to_have_text(
            ["A ferry at the market", "Clean water", "A ferry at the temple"]
        )
    expect(two.locator("#new-idea")).to_have_value("half a thou")
    events = recorded(server.log.parent / "data", stage.meeting)
    assert [e["text"] for e in of_type(events, "idea_revised")] == ["A ferry at the market"]


def test_what_is_refused_keeps_its_words(laptop: Laptop, stage: Stage) -> None:
    talking(stage)
    page = laptop()
    page.locator("#new-idea").fill("x" * 501)
    expect(page.locator(".letters")).to_have_text("1 letter too long")
    page.locator("#new-idea").press("Enter")
    expect(page.locator("#new-idea")).to_have_value("x" * 501)


def test_a_new_idea_that_is_refused_is_taken_up_again(laptop: Laptop, stage: Stage) -> None:
    talking(stage)
    page, unseen = laptop(), "\u2060"  # a letter to the page, nothing that anybody could read to the meeting
    write(page, unseen)
    refused = page.locator(".refused")
    expect(refused).to_be_visible()
    checks.accessible(page)
    refused.get_by_role("button", name="Edit again").click()
    expect(page.locator("#new-idea")).to_have_value(unseen)
    expect(refused).to_have_count(0)


def test_after_the_end_nothing_is_asked_and_no_words_are_thrown_away(
    laptop: Laptop, stage: Stage, watch: Watch
) -> None:
    talking(stage)
    stage.do("send_message", message="msg_" + "0" * 32, text={"en": "Five minutes left", "th": "อีกห้านาที"})
    page = laptop()
    saved(write(page, "Shade along the path"))
    expect(page.locator(".message")).to_contain_text("Five minutes left")
    expect(page.locator(".panel")).to_contain_text("Guide")
    expect(page.locator(".item .left")).to_have_text(re.compile(r"\d\d:\d\d"))
    line = Line(page)
    page.reload()
    connected(page)
    watch.forgive(*LINE)
    line.cut()
    expect(page.locator("#line")).not_to_have_attribute("data-line", "open")
    write(page, "Too late")
    page.locator("#new-idea").fill("Half a sentence")
    stage.do("close_meeting")
    line.heal()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "The meeting is over. Thank you.", timeout=60_000
    )
    expect(page.locator(".message")).to_have_count(0)
    expect(page.locator(".panel")).to_have_count(0)
    refused = page.locator(".refused")
    expect(refused).to_contain_text("Too late")
    expect(page.locator(".unsent")).to_contain_text("Half a sentence")
    expect(idea(page, "Shade")).to_be_visible()
    expect(page.get_by_role("timer")).to_have_count(0)
    expect(page.get_by_role("textbox")).to_have_count(0)
    ends = "End the day on this laptop"
    expect(page.locator(".sheet").get_by_role("button")).to_have_text([ends, "Delete these words"])
    farewell = page.locator(".farewell")
    expect(farewell.get_by_role("listitem").first).to_have_text(
        "Everything that your table wrote and voted is saved."
    )
    expect(farewell.locator(".address")).to_have_text(f"{urlsplit(page.url).netloc}/report")
    checks.everything(page)
    for key, words, buttons in (
        ("KeyP", "Seat 10", []),
        ("KeyH", "The meeting is over", []),
        ("KeyG", "The meeting is over", []),
        ("KeyM", "Five minutes left", []),
        ("KeyL", "Takes everything of the meeting off this browser", [ends]),
    ):
        page.keyboard.press(key)
        panel = page.locator(".panel")
        expect(panel).to_contain_text(words)
        expect(panel.get_by_role("button")).to_have_text(["Close", *buttons])
    checks.everything(page)
    page.locator(".panel").get_by_role("button", name="Close").click()
    farewell.get_by_role("button", name=ends).click()
    expect(page.locator(".panel").get_by_role("button", name=ends)).to_be_visible()
    refused.get_by_role("button").click()
    expect(refused).to_have_count(0)


# --- people, help, messages, guide ---------------------------------------------------------


def test_the_guide_has_for_and_against_side_by_side(laptop: Laptop, stage: Stage) -> None:
    talking(stage)
    page = laptop()
    panel = page.locator(".panel")
    expect(panel).to_contain_text("What should the city do first for the river?")
    expect(panel).to_contain_text("Two ideas and one minority view.")
    panel.get_by_role("button", name="A ferry or a bridge").click()
    sheet = page.get_by_role("dialog")
    expect(sheet.locator(".sides")).to_contain_text("A ferry stops in high water.")
    left, right = (sheet.locator(".sides section").nth(at).bounding_box() for at in (0, 1))
    assert left is not None
    assert right is not None
    assert left["x"] < right["x"]
    assert left["y"] == right["y"], "for and against stand side by side"
    checks.accessible(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.slow
def test_who_is_here_is_counted_marked_and_added(laptop: Laptop, stage: Stage, server: Running) -> None:
    page = laptop()
    panel = page.locator(".panel")
    page.keyboard.press("KeyP")
    expect(panel.get_by_role("heading", name="People", exact=True)).to_be_focused()
    panel.get_by_label("People at the table").fill("9")
    panel.get_by_role("button", name="Enter the count").click()
    expect(panel).to_contain_text("Counted last: 9")
    panel.get_by_role("button", name="Mark as here: Seat 1", exact=True).click()
    expect(page.locator(".here")).to_have_text("1 of 10 seats taken")
    panel.get_by_role("button", name="Mark as gone: Seat 1", exact=True).click()
    expect(page.locator(".here")).to_have_text("0 of 10 seats taken")
    panel.get_by_role("button", name="Everybody is here").click()
    expect(page.locator(".here")).to_have_text("9 of 10 seats taken")
    panel.get_by_role("button", name="Give a pad here: Seat 2", exact=True).click()
    expect(panel.locator("[data-seat='1-2']")).to_contain_text("pad on this laptop")
    wait = page.locator(".pads-wait")
    expect(wait).to_have_text("Seat 2 votes on a pad of this laptop. It waits here until a vote opens.")
    for seat in ("3", "5"):
        panel.get_by_role("button", name=f"Give a pad here: Seat {seat}", exact=True).click()
    expect(wait).to_have_text("Seats 2–3, 5 vote on pads of this laptop. They wait here until a vote opens.")
    for seat in ("3", "5"):
        panel.get_by_role("button", name=f"Take the pad away: Seat {seat}", exact=True).click()
    panel.get_by_role("button", name="Take the pad away: Seat 2", exact=True).click()
    expect(wait).to_have_count(0)
    expect(panel.locator("[data-seat='1-2']")).to_contain_text("no keypad")
    panel.get_by_label("Standing").select_option("official")
    panel.get_by_role("button", name="Add a seat with a pad here").click()
    expect(panel.locator("li", has_text="Seat +1")).to_contain_text("pad on this laptop")
    checks.everything(page)
    events = recorded(server.log.parent / "data", stage.meeting)
    assert [e["heads"] for e in of_type(events, "heads_counted")] == [9]
    assert [e["standing"] for e in of_type(events, "seat_added")] == ["official"]


def test_help_is_called_and_messages_are_read(laptop: Laptop, stage: Stage, server: Running) -> None:
    page = laptop()
    panel = page.locator(".panel")
    page.get_by_role("button", name="Help", exact=True).click()
    panel.get_by_label("A word about it").fill("The lamp is broken")
    panel.get_by_role("button", name="Laptop or network").click()
    expect(panel.locator(".calls")).to_contain_text("Nobody has answered yet")
    call = next(key for key in stage.view("console") if key.startswith("call/"))
    stage.do("answer_help", call=call.removeprefix("call/"))
    expect(panel.locator(".calls")).to_contain_text("Somebody is on the way")
    checks.everything(page)
    panel.get_by_role("button", name="We have been helped").click()
    expect(panel.locator(".calls")).to_have_count(0)

    stage.do("send_message", message="msg_" + "0" * 32, text={"en": "Five minutes more", "th": "อีกห้านาที"})
    note = page.locator(".message")
    expect(note).to_contain_text("Five minutes more")
    checks.everything(page)
    note.get_by_role("button", name="We have read it").click()
    expect(page.locator(".message")).to_have_count(0)
    page.get_by_role("button", name="Messages").click()
    expect(panel).to_contain_text("Five minutes more")
    page.keyboard.press("?")
    expect(panel).to_contain_text("Pass to the next seat")
    checks.accessible(page)

    events = recorded(server.log.parent / "data", stage.meeting)
    assert [(e["kind"], e["text"]) for e in of_type(events, "help_called")] == [
        ("technical", "The lamp is broken")
    ]
    assert len(of_type(events, "help_closed")) == 1


@pytest.mark.slow
def test_words_come_back_from_the_theme_team_and_the_experts(laptop: Laptop, stage: Stage) -> None:
    talking(stage)
    page = laptop()
    saved(write(page, "Shade along the path"))
    saved(write(page, "Who pays for it?", "question"))
    ideas = {e["text"]: e["id"] for key, e in stage.view("desk").items() if key.startswith("idea/")}
    theme = "theme_" + "1" * 32
    stage.do("create_theme", theme=theme, item="talk", title={"en": "Shade", "th": "ร่มเงา"})
    stage.do("file_idea", idea=ideas["Shade along the path"], revision=1, theme=theme)
    stage.do("publish_themes", item="talk", themes=[theme])
    stage.do("answer_idea", idea=ideas["Who pays for it?"], text="The province does.", language="en")
    expect(idea(page, "Shade along").locator(".heard")).to_have_text(re.compile("Went into: Shade"))
    expect(idea(page, "Who pays").locator(".answer")).to_contain_text("The province does.")
    page.locator(".panel summary").click()
    expect(page.locator(".panel .themes")).to_contain_text("1 idea from 1 table")
    checks.everything(page)


# --- the pads ------------------------------------------------------------------------------


def here(page: Page) -> None:
    page.get_by_role("button", name="People").click()
    page.get_by_role("button", name="Everybody is here").click()
    expect(page.locator(".here")).to_have_text("10 of 10 seats taken")
    page.get_by_role("button", name="People").click()


def at_seat(page: Page, seat: str) -> Locator:
    pads = page.get_by_role("dialog")
    expect(pads.get_by_role("heading", name=f"Pass to seat {seat}")).to_be_visible()
    pads.get_by_role("button", name=f"I am at seat {seat}").click()
    expect(pads.get_by_text(f"Seat {seat}", exact=True)).to_be_visible()
    return pads


def shows_no_choice(page: Page) -> None:
    """Nothing on the page says that anything is chosen, to the eye or to a reader."""
    assert page.locator("[aria-pressed=true], .tick:not(:empty)").count() == 0
    words = page.locator("body").inner_text()
    assert not [each for each in ("Shade", "A ferry stop", "Clean water") if each in words], words


def turn(page: Page, seat: int, option: str) -> None:
    """A seat's turn; afterwards nothing tells what it chose."""
    pads = at_seat(page, str(seat))
    expect(pads.get_by_role("button", pressed=True)).to_have_count(0)
    pads.get_by_role("button", name=option).click()
    pads.get_by_role("button", name="Done").click()
    expect(pads.get_by_role("button", name="Done")).to_have_count(0)
    shows_no_choice(page)


@pytest.mark.slow
def test_ten_pads_go_from_hand_to_hand(laptop: Laptop, stage: Stage, server: Running) -> None:
    stage.do("start_meeting")
    page = laptop()
    here(page)
    stage.do("open_voting", question="pick")
    expect(page.get_by_role("heading", level=1)).to_have_text("What comes first?")
    expect(page.locator(".vote .progress")).to_have_text("0 of 9 have voted")
    expect(page.get_by_role("button", name="Seat 10 not asked")).to_be_disabled()
    expect(page.locator(".pads-wait")).to_have_count(0)
    page.set_viewport_size({"width": 1024, "height": 768})
    expect(page.get_by_role("button", name="Pass to seat 1", exact=True)).to_be_in_viewport(ratio=1)
    under = """(button) => { const box = button.getBoundingClientRect();
      return document.elementFromPoint(box.left + 5, box.bottom - 3) === button; }"""
    assert page.get_by_role("button", name="Pass to seat 1", exact=True).evaluate(under), (
        "the bar lies over it"
    )
    page.set_viewport_size({"width": 1366, "height": 900})
    checks.everything(page)
    page.get_by_role("button", name="Pass to seat 1", exact=True).click()
    shows_no_choice(page)
    checks.accessible(page)
    pads = at_seat(page, "1")
    expect(pads.get_by_role("button", pressed=True)).to_have_count(0)
    checks.everything(page)
    checks.targets(page, 48, within="dialog", apart=8)
    pads.get_by_role("button", name="Shade").click()
    expect(pads.locator(".mark")).to_have_text("Saved")
    pads.get_by_role("button", name="Clean water").click()
    expect(pads.get_by_role("button", name="Clean water")).to_have_attribute("aria-pressed", "true")
    pads.get_by_role("button", name="Done").click()
    expect(pads.locator(".last")).to_have_text("Seat 1: saved")
    expect(pads.locator(".progress")).to_have_text("1 of 9 has voted")
    shows_no_choice(page)
    pads.get_by_role("button", name="Skip seat 2").click()
    for seat in range(3, 9):
        turn(page, seat, "Shade" if seat % 2 else "A ferry stop")
    expect(pads.locator(".progress")).to_have_text("7 of 9 have voted")
    at_seat(page, "9")
    page.keyboard.press("Escape")  # nothing pressed: the seat has not voted, and comes back last
    expect(pads.locator(".last")).to_contain_text("Seat 9 has not voted")
    turn(page, 2, "Shade")
    turn(page, 9, "Clean water")
    expect(pads.get_by_role("heading")).to_have_text("Every pad of this laptop has voted.")
    pads.get_by_role("button", name="Back to the table").click()
    expect(page.locator(".vote .progress")).to_have_text("9 of 9 have voted")
    stage.do("close_voting", question="pick")
    expect(page.locator(".vote")).to_have_count(0)
    stage.do("show_results", question="pick")
    cast = of_type(recorded(server.log.parent / "data", stage.meeting), "ballot_cast")
    odd, even = (["shade"], ["ferry"])
    last = {e["voter"]: e["choices"] for e in cast}
    assert last == {f"1-{n}": odd if n % 2 else even for n in range(3, 9)} | {
        "1-1": ["water"], "1-2": ["shade"], "1-9": ["water"],
    }  # fmt: skip
    assert {e["channel"] for e in cast} == {"laptop"}


def test_a_seat_comes_back_to_an_empty_pad(laptop: Laptop, stage: Stage, server: Running) -> None:
    stage.do("start_meeting")
    page = laptop()
    here(page)
    stage.do("open_voting", question="pick")
    pads = page.get_by_role("dialog")
    page.get_by_role("button", name="Seat 4 pad").click()
    turn(page, 4, "A ferry stop")
    pads.get_by_role("button", name="Back to the table").click()
    page.get_by_role("button", name="Seat 4 voted").click()
    expect(pads).to_contain_text("Seat 4 has voted. A new answer takes the place of the old one.")
    expect(at_seat(page, "4").get_by_role("button", pressed=True)).to_have_count(0)
    pads.get_by_role("button", name="Take the answer back").click()
    expect(pads.locator(".mark")).to_have_text("Saved")
    expect(pads.get_by_role("button", name="Take the answer back")).to_have_count(0)
    pads.get_by_role("button", name="Clean water").click()
    expect(pads.locator(".mark")).to_have_text("Saved")
    stage.do("close_voting", question="pick")
    expect(pads.get_by_role("heading")).to_have_text("Voting is closed")
    shows_no_choice(page)
    pads.get_by_role("button", name="Back to the table").click()
    shows_no_choice(page)
    stage.do("show_results", question="pick")
    events = recorded(server.log.parent / "data", stage.meeting)
    assert [e["choices"] for e in of_type(events, "ballot_cast")] == [["ferry"], ["water"]]
    assert len(of_type(events, "ballot_withdrawn")) == 1


def press_several(pads: Locator) -> None:
    pads.get_by_role("button", name="Shade").click()
    pads.get_by_role("button", name="Clean water").click()
    pads.get_by_role("button", name="A ferry stop").click()
    expect(pads.locator(".mark")).to_contain_text("You can choose up to 2")


def press_none(pads: Locator) -> None:
    pads.get_by_role("button", name="None of these").click()


def press_yes(pads: Locator) -> None:
    pads.get_by_role("button", name="Yes").click()


def press_rating(pads: Locator) -> None:
    pads.get_by_role("group", name="Shade").get_by_role("button", name="very").click()
    pads.get_by_role("group", name="Clean water").get_by_role("button", name="not").click()


def press_number(pads: Locator) -> None:
    pads.get_by_label("Your number").fill("700")
    pads.get_by_label("Your number").fill("120")
    expect(pads.locator(".mark")).to_have_text("Press Done to vote.")


def press_age(pads: Locator) -> None:
    pads.get_by_role("button", name="40 and older").click()


def press_once(pads: Locator) -> None:
    pads.get_by_role("button", name="Shade").click()
    pads.get_by_role("button", name="Clean water").click()
    expect(pads.locator(".mark")).to_have_text("Press Done to vote.")


KINDS: dict[str, tuple[Callable[[Locator], None], Any]] = {
    "several": (press_several, ["shade", "water"]),
    "approve": (press_none, []),
    "yesno": (press_yes, ["yes"]),
    "rate": (press_rating, {"shade": 2, "water": 0}),
    "number": (press_number, 120),
    "age": (press_age, ["old"]),
    "once": (press_once, ["water"]),
}


@pytest.mark.slow
def test_a_pad_takes_every_kind_of_ballot(laptop: Laptop, stage: Stage, server: Running) -> None:
    stage.do("start_meeting")
    page = laptop()
    cast: dict[str, Any] = {}
    for question, (press, choices) in KINDS.items():
        stage.do("open_voting", question=question)
        page.get_by_role("button", name=re.compile("^Seat 1 ")).click()
        pads = at_seat(page, "1")
        checks.fits_now(page)
        press(pads)
        checks.accessible(page)
        pads.get_by_role("button", name="Done").click()
        expect(pads.locator(".last")).to_have_text("Seat 1: saved")
        pads.get_by_role("button", name="Back to the table").click()
        stage.do("close_voting", question=question)
        expect(page.locator(".vote")).to_have_count(0)
        stage.do("show_results", question=question)
        cast[question] = choices
    events = recorded(server.log.parent / "data", stage.meeting)
    assert {e["question"]: e["choices"] for e in of_type(events, "ballot_cast")} == cast
    assert len([e for e in of_type(events, "ballot_cast") if e["question"] == "once"]) == 1


def test_an_anonymous_vote_tells_the_table_nothing_and_counts(laptop: Laptop, stage: Stage) -> None:
    stage.do("start_meeting")
    page = laptop()
    stage.do("open_voting", question="secret")
    expect(page.locator(".vote")).to_contain_text("This vote is anonymous")
    page.get_by_role("button", name="Seat 1 not here").click()
    at_seat(page, "1").get_by_role("button", name="Shade").click()
    page.get_by_role("dialog").get_by_role("button", name="Done").click()
    expect(page.locator(".last")).to_have_text("Seat 1: saved")
    expect(page.locator(".pads .progress")).to_have_text("1 pad of this laptop has voted")
    page.get_by_role("button", name="Back to the table").click()
    page.reload()
    expect(page.locator(".vote .progress")).to_have_text("0 pads of this laptop have voted")
    assert stage.view("console")["votes/secret"]["voted"] == 1


def test_an_idle_pad_goes_blank_and_more_time_holds_it(laptop: Laptop, stage: Stage) -> None:
    stage.do("start_meeting")
    page = laptop()
    here(page)
    stage.do("open_voting", question="pick")
    page.clock.install()
    page.get_by_role("button", name="Pass to seat 1", exact=True).click()
    pads = at_seat(page, "1")
    pads.get_by_role("button", name="Shade").click()
    page.clock.run_for(8_000)
    expect(pads.locator(".idle")).to_have_text(re.compile("This pad closes in [12] second"))
    pads.get_by_role("button", name="I need more time").click()
    page.clock.run_for(20_000)
    expect(pads.locator(".idle")).to_have_text("More time was asked for. Read in peace.")
    expect(pads.get_by_role("button", pressed=True)).to_have_count(1)
    pads.get_by_role("button", name="A ferry stop").click()
    page.clock.run_for(10_500)
    expect(pads.get_by_role("heading")).to_have_text("Pass to seat 2")
    shows_no_choice(page)
    all_saved(page)
    assert stage.view("console")["votes/pick"]["voted"] == 1


def test_a_seat_votes_where_it_is_bound(laptop: Laptop, stage: Stage, browser: Browser, watch: Watch) -> None:
    stage.do("start_meeting")
    one, two = laptop(), laptop()
    with browser.new_context(viewport={"width": 390, "height": 844}) as pocket:
        phone = watch.over(pocket).new_page()
        phone.goto(stage.seat("1-3"))
        expect(phone.locator("#line")).to_have_attribute("data-line", "open")
        here(one)
        stage.do("open_voting", question="pick")
        expect(one.get_by_role("button", name="Seat 3 phone")).to_be_visible()
        two.get_by_role("button", name="Seat 2 pad").click()
        at_seat(two, "2").get_by_role("button", name="Shade").click()
        expect(one.get_by_role("button", name="Seat 2 voted")).to_be_visible()
        one.get_by_role("button", name="Seat 2 voted").click()
        expect(one.get_by_role("dialog")).to_contain_text("Seat 2 has a pad on the other laptop")
        one.get_by_role("button", name="Back to the table").click()
        one.get_by_role("button", name="Seat 3 phone").click()
        expect(one.get_by_role("dialog")).to_contain_text("Seat 3 votes by phone")
        checks.accessible(one)
        at_seat(one, "3").get_by_role("button", name="Shade").click()
        expect(one.locator(".pad .mark")).to_have_text("Saved")


# --- by keys alone, and in Thai ------------------------------------------------------------


@pytest.mark.slow
def test_a_table_does_its_day_by_keys_alone(laptop: Laptop, stage: Stage, server: Running) -> None:
    page = laptop(begin=False)
    expect(page.locator(".verdict")).to_have_text("Ready")
    press_until(page, "Tab", lambda: focused(page) == "Go to the table")
    page.keyboard.press("Enter")
    talking(stage)
    expect(page.get_by_role("heading", level=1)).to_have_text("Topic: the river")
    page.keyboard.press("KeyN")
    page.keyboard.type("Shade along the path")
    page.keyboard.press("Enter")
    saved(idea(page, "Shade along the path"))
    press_until(page, "Shift+Tab", lambda: focused(page) == "Edit")
    page.keyboard.press("Enter")
    page.keyboard.press("End")
    page.keyboard.type(" and the river")
    page.keyboard.press("Enter")
    saved(idea(page, "Shade along the path and the river"))
    page.keyboard.press("KeyP")
    press_until(page, "Tab", lambda: focused(page) == "Everybody is here")
    page.keyboard.press("Enter")
    expect(page.locator(".here")).to_have_text("10 of 10 seats taken")
    stage.do("open_voting", question="pick")
    expect(page.get_by_role("button", name="Pass to seat 1", exact=True)).to_be_visible()
    page.keyboard.press("KeyV")
    press_until(page, "Tab", lambda: focused(page).startswith("I am at seat 1"))
    page.keyboard.press("Enter")
    expect(page.locator("#pads-title")).to_be_focused()
    page.keyboard.press("Digit2")
    expect(page.get_by_role("button", name="A ferry stop")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_role("heading")).to_have_text("Pass to seat 2")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    all_saved(page)
    events = recorded(server.log.parent / "data", stage.meeting)
    assert [e["voter"] for e in of_type(events, "ballot_cast")] == ["1-1"]


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.innerText.trim()"))


def press_until(page: Page, key: str, reached: Callable[[], bool]) -> None:
    for _ in range(60):
        if reached():
            return
        page.keyboard.press(key)
    raise AssertionError(f"{key} does not lead there; it stops at {focused(page)!r}")


def test_the_main_path_in_thai(laptop: Laptop, stage: Stage, server: Running) -> None:
    page = laptop(lang="th-TH", begin=False)
    expect(page.locator(".verdict")).to_have_text("พร้อม")
    checks.everything(page)
    page.get_by_role("button", name="ไปที่โต๊ะ").click()
    talking(stage)
    expect(page.get_by_role("heading", level=1)).to_have_text("หัวข้อ: แม่น้ำ")
    page.get_by_label(whole("เขียนข้อเสนอ")).fill("ร่มเงาตลอดทางเดิน")
    page.get_by_role("button", name="เพิ่ม").click()
    expect(saved(idea(page, "ร่มเงา")).locator(".mark")).to_have_text("บันทึกแล้ว")
    checks.everything(page)
    for panel in ("คนที่โต๊ะ", whole("ขอความช่วยเหลือ"), "เครื่องนี้", "ข้อความ"):
        page.get_by_role("button", name=panel, exact=True).click()
        checks.everything(page)
    page.get_by_role("button", name="คนที่โต๊ะ", exact=True).click()
    page.get_by_role("button", name="มาครบทุกคน").click()
    expect(page.locator(".here")).to_have_text(whole("มาแล้ว 10 คน จาก 10 ที่นั่ง"))
    stage.do("open_voting", question="rate")
    page.get_by_role("button", name=whole("ส่งต่อให้ที่นั่ง 1"), exact=True).click()
    checks.everything(page)
    page.get_by_role("button", name=whole("ฉันนั่งที่นั่ง 1")).click()
    checks.everything(page)  # before the first press: ten seconds after it the pad goes blank
    page.get_by_role("group", name="น้ำสะอาด").get_by_role("button", name="มาก").click()
    checks.thai_only(page)
    page.get_by_role("button", name=whole("เสร็จแล้ว")).click()
    expect(page.locator(".last")).to_have_text(whole("ที่นั่ง 1: บันทึกแล้ว"))
    events = recorded(server.log.parent / "data", stage.meeting)
    assert [e["voter"] for e in of_type(events, "ballot_cast")] == ["1-1"]


def test_the_end_of_the_day_leaves_nothing(laptop: Laptop, stage: Stage) -> None:
    talking(stage)
    page = laptop()
    page.locator("#new-idea").fill("half a thought")
    page.get_by_role("button", name="This laptop").click()
    expect(page.locator("[data-check=kept]")).to_have_attribute("data-level", "good")
    assert left_in(page) != []
    page.get_by_role("button", name="End the day on this laptop").click()
    checks.accessible(page)
    page.get_by_role("button", name="Delete everything here").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing of the meeting is left on this laptop")
    expect(page.locator(".wiped [data-level=good]")).to_have_count(3)
    checks.everything(page)
    assert left_in(page) == []
    assert [cookie["name"] for cookie in page.context.cookies() if cookie["name"] != "lang"] == []
    page.goto(page.url)
    expect(page.get_by_label("Code")).to_be_visible()


def left_in(page: Page) -> list[str]:
    """The names of everything that this browser holds for the page: databases, caches, storage, workers."""
    found: list[str] = page.evaluate(
        """async () => [...(await indexedDB.databases()).map((each) => each.name), ...await caches.keys(),
            ...Object.keys(localStorage), ...Object.keys(sessionStorage),
            ...(await navigator.serviceWorker.getRegistrations()).map((each) => each.scope)]"""
    )
    return found


def test_control_the_recorder_reads_what_the_log_has(stage: Stage, tmp_path: Path) -> None:
    stage.do("start_meeting")
    events = recorded(tmp_path / "data", stage.meeting)
    assert [e["type"] for e in events] == ["meeting_prepared", "meeting_started"]
