"""At stake: three thousand people wait for whoever is at the console, who must never wonder what is next."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from app.i18n import whole
from tests.browser import checks
from tests.browser.commands import give
from tests.browser.conftest import Open
from tests.browser.watch import LINE, Watch
from tests.web.processes import Running, start

THAI = "th-TH"
PICTURE = ".small-picture"
ITEM = "check"
"""The first item of the rehearsal plan."""


def console_of(opened: Open, role: str = "organiser", lang: str = "en-GB", width: int = 1366) -> Page:
    page = opened(role, None, lang, width)
    expect(page.locator("#line")).to_have_attribute("data-line", "open")
    expect(page.locator("h1").first).to_be_visible()
    return page


def step(page: Page) -> Locator:
    return page.locator("#next-step, #next-yes")


def press(page: Page, label: str | re.Pattern[str]) -> None:
    """Press the next step, which must say this; a step that asks again is pressed twice."""
    expect(step(page)).to_have_accessible_name(
        label if isinstance(label, re.Pattern) else re.compile(f"^{re.escape(label)}")
    )
    step(page).click()


def vote_by(page: Page, option: str) -> None:
    page.get_by_role("button", name=option).click()
    expect(page.locator("#seat-fate")).to_have_text("Saved")


def phone_of(opened: Open, seat: str, lang: str = "en-GB") -> Page:
    page = opened("participant", seat, lang, 390)
    expect(page.locator("#line")).to_have_attribute("data-line", "open")
    return page


VOTE = (
    "Put the question on the screen",
    "Open the vote",
    "Put the vote on the screen",
    "Close the vote",
    "Show the result",
)
RESULT = "Put the result on the screen"


def one_vote(page: Page, result: str = RESULT) -> None:
    for label in (*VOTE, result):
        press(page, label)


def finish(page: Page) -> None:
    """The item ends before its time: that is asked twice."""
    press(page, "Finish this item")
    press(page, "Finish this item")


def test_a_whole_day_by_the_next_step_alone(opened: Open) -> None:
    console, seat, screen = console_of(opened), phone_of(opened, "1-1"), opened("screen")
    press(console, "Start the meeting")
    press(console, "Begin this item")
    for label in VOTE[:3]:
        press(console, label)
    vote_by(seat, "By car")
    expect(console.locator(".figures .voted")).to_have_text(re.compile("1 of 1 present has voted"))
    checks.accessible(console)
    for label in (*VOTE[3:], RESULT):
        press(console, label)
    expect(screen.get_by_text("By car").first).to_be_visible()
    one_vote(console)
    finish(console)
    press(console, "Begin this item")
    press(console, "Put the agenda on the screen")
    finish(console)
    press(console, "Begin this item")
    one_vote(console)
    one_vote(console, "Put the priorities on the screen")
    one_vote(console)
    finish(console)
    press(console, "Begin this item")
    one_vote(console)
    finish(console)
    press(console, "Close the meeting")
    expect(console.get_by_role("alert").filter(has_text="This ends the day")).to_be_visible()
    press(console, "Close the meeting")
    press(console, "Open the report")
    expect(console).to_have_url(re.compile("/report$"))


def test_the_main_path_in_thai(opened: Open) -> None:
    console = console_of(opened, lang=THAI)
    checks.thai_only(console, beside=PICTURE)
    for label in (
        whole("เริ่มการประชุม"),
        "เริ่มวาระนี้",
        "ขึ้นคำถามบนจอ",
        whole("เปิดการลงคะแนน"),
        whole("ขึ้นการลงคะแนนบนจอ"),
        whole("ปิดการลงคะแนน"),
        "แสดงผลบนจอ",
        whole("ขึ้นผลการลงคะแนนบนจอ"),
    ):
        press(console, label)
        checks.thai_only(console, beside=PICTURE)
    console.get_by_role("button", name="ห้องประชุม").click()
    checks.everything(console, beside=PICTURE)


@pytest.mark.slow
def test_by_keyboard_alone(opened: Open) -> None:
    console = console_of(opened)
    expect(step(console)).to_have_accessible_name(re.compile("Start the meeting"))
    console.keyboard.press("n")
    expect(console.locator("#next-step")).to_have_accessible_name(re.compile("Begin this item"))
    console.keyboard.press("n")
    expect(step(console)).to_have_accessible_name(re.compile("Put the question"))
    console.keyboard.press("t")
    expect(step(console)).to_have_accessible_name(re.compile("Open the vote"))
    console.keyboard.press("n")
    expect(console.get_by_role("button", name="Take the opening back")).to_be_visible()
    console.keyboard.press("z")
    expect(console.locator("#vote-title").or_(console.locator("#next-about"))).not_to_have_count(0)
    expect(step(console)).to_have_accessible_name(re.compile("Open the vote"))
    console.keyboard.press("Shift+Slash")
    expect(console.get_by_role("dialog", name="Keys")).to_be_visible()
    console.keyboard.press("n")
    expect(step(console)).to_have_accessible_name(re.compile("Open the vote"))  # no key acts behind a dialog
    console.keyboard.press("Escape")
    expect(console.get_by_role("dialog", name="Keys")).to_be_hidden()
    console.get_by_label("Seconds").focus()
    console.keyboard.press("n")
    expect(step(console)).to_have_accessible_name(re.compile("Open the vote"))  # no key acts while one writes
    for _ in range(60):
        console.keyboard.press("Tab")
        if console.evaluate("document.activeElement?.textContent?.trim().startsWith('Room')"):
            break
    console.keyboard.press("Enter")
    expect(console.get_by_role("heading", name="Map of the tables")).to_be_visible()


@pytest.mark.slow
def test_shortcuts_go_by_the_place_of_the_key_whatever_is_printed_on_it(opened: Open) -> None:
    console = console_of(opened, lang=THAI)
    expect(step(console)).to_have_accessible_name(re.compile(whole("เริ่มการประชุม")))
    console.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown', {code: 'KeyN', key: 'ื', bubbles: true}))"
    )
    expect(step(console)).to_have_accessible_name(re.compile("เริ่มวาระนี้"))


def on_air(page: Page) -> Locator:
    return page.locator("figure").first


def test_hold_keeps_the_picture_and_blank_comes_back(opened: Open) -> None:
    console, other = console_of(opened), console_of(opened, "stage_manager")
    press(console, "Start the meeting")
    press(console, "Begin this item")
    press(console, "Put the question on the screen")
    expect(on_air(other)).to_contain_text("Question")
    other.keyboard.press("h")
    for page in (console, other):
        expect(page.get_by_text("The picture is held")).to_be_visible()
    press(console, "Open the vote")
    # a held screen is asked for nothing
    expect(step(console)).to_have_accessible_name(re.compile("Close the vote"))
    console.get_by_label("Scene").select_option("agenda")
    expect(console.get_by_role("button", name="Take", exact=True)).to_be_disabled()
    console.keyboard.press("t")
    expect(on_air(console)).to_contain_text("Question")
    other.keyboard.press("h")
    expect(console.get_by_text("The picture is held")).to_be_hidden()
    console.keyboard.press("b")
    expect(on_air(other)).to_contain_text("Blank")
    other.keyboard.press("b")
    expect(on_air(console)).to_contain_text("Question")
    console.keyboard.press("t")
    expect(on_air(other)).to_contain_text("Agenda")


@pytest.mark.slow
def test_the_preview_goes_on_air_only_when_it_is_taken(opened: Open) -> None:
    console, screen = console_of(opened, "stage_manager"), opened("screen")
    title = screen.locator("town-picture .picture:not(.gauge) h1")  # not the one of the page that lets her in
    expect(title).not_to_be_empty()
    before = title.inner_text()
    console.get_by_label("Scene").select_option("message")
    expect(console.get_by_role("button", name="Take", exact=True)).to_be_disabled()
    console.locator("#scene-text-en").fill("Please come back at ten past eleven")
    preview = console.locator("figure").nth(1)
    expect(preview).to_contain_text("Please come back at ten past eleven")
    assert title.inner_text() == before
    console.get_by_role("button", name="Take", exact=True).click()
    expect(screen.get_by_text("Please come back at ten past eleven").first).to_be_visible()
    expect(on_air(console)).to_contain_text("Please come back")


@pytest.mark.slow
def test_the_stage_managers_preview_holds_no_result_before_the_show(opened: Open) -> None:
    console, stage, seat = console_of(opened), console_of(opened, "stage_manager"), phone_of(opened, "1-1")
    for label in ("Start the meeting", "Begin this item", *VOTE[:3]):
        press(console, label)
    vote_by(seat, "By car")
    press(console, "Close the vote")
    expect(step(console)).to_have_accessible_name(re.compile("Show the result"))
    console.get_by_text("The result before it is shown").click()
    expect(console.locator(".early")).to_contain_text("By car")
    expect(console.locator(".early")).to_contain_text("1 · 100%")
    stage.get_by_label("Scene").select_option("results")
    preview = stage.locator("figure").nth(1)
    expect(preview).to_contain_text("The result has not been shown yet.")
    assert "100%" not in stage.locator("main").inner_text()
    assert stage.locator(".early").count() == 0


def test_two_consoles_see_each_others_hands(opened: Open) -> None:
    console, lead = console_of(opened), console_of(opened, "lead_facilitator")
    expect(lead.locator(".calm")).to_have_text("Organiser is next: Start the meeting")
    press(console, "Start the meeting")
    press(lead, "Begin this item")
    acts = console.locator(".acts li").first
    expect(acts).to_contain_text("Item begun")
    expect(acts).to_contain_text("Lead facilitator")
    expect(lead.locator(".acts li").first).to_contain_text("you")
    expect(step(console)).to_have_accessible_name(re.compile("Put the question on the screen"))
    press(lead, "Put the question on the screen")
    press(lead, "Open the vote")
    expect(console.locator("#vote-title")).to_have_text(re.compile("Practice question"))
    expect(lead.get_by_role("button", name="Void it …")).to_have_count(0)  # the organiser's alone


def test_an_opening_by_mistake_is_taken_back_in_one_tap(opened: Open) -> None:
    console = console_of(opened)
    for label in ("Start the meeting", "Begin this item", *VOTE[:2]):
        press(console, label)
    console.get_by_role("button", name="Take the opening back").click()
    expect(step(console)).to_have_accessible_name(re.compile("Open the vote"))
    expect(console.locator(".acts")).to_contain_text("Round void")


@pytest.mark.slow
def test_a_vote_is_voided_with_a_reason_and_run_again(opened: Open) -> None:
    console, seat = console_of(opened), phone_of(opened, "1-1")
    for label in ("Start the meeting", "Begin this item", *VOTE[:3]):
        press(console, label)
    vote_by(seat, "By car")
    press(console, "Close the vote")
    expect(step(console)).to_have_accessible_name(re.compile("Show the result"))
    console.get_by_role("button", name="Void it …").click()
    console.get_by_role("button", name="Void this vote").click()
    expect(console.locator(".vote .fate")).to_contain_text("Refused")
    console.get_by_role("button", name="Void it …").click()
    console.locator("#reason-en").fill("The wrong slide was on the screen.")
    checks.accessible(console)
    console.get_by_role("button", name="Void this vote").click()
    expect(console.locator(".vote")).to_contain_text("Voided")
    console.get_by_role("button", name="Run it again …").click()
    console.locator("#reason-en").fill("The right slide is on the screen now.")
    console.get_by_role("button", name="Run the question again").click()
    expect(console.locator(".vote")).to_contain_text("round 2")
    console.get_by_role("button", name="Back to now").click()
    press(console, re.compile("Open the vote|Put the question"))


@pytest.mark.slow
def test_a_missing_language_is_confirmed_by_name(opened: Open) -> None:
    console = console_of(opened)
    drafted = opened("organiser")
    expect(drafted.locator("#line")).to_have_attribute("data-line", "open")
    press(console, "Start the meeting")
    press(console, "Begin this item")
    draft_in_english_only(drafted)
    console.get_by_role("button", name="Shall we go on?").click()
    console.get_by_role("button", name="Make this the next question").click()
    press(console, "Put the question on the screen")
    press(console, "Open the vote")
    expect(console.get_by_role("alert").filter(has_text="no words in: Thai")).to_be_visible()
    expect(step(console)).to_be_focused()
    console.get_by_role("button", name="Cancel").click()
    expect(console.locator("#next-step")).to_be_focused()
    press(console, "Open the vote")
    press(console, "Open it without this language")
    expect(console.locator(".vote")).to_contain_text("Voting is open")


def draft_in_english_only(page: Page) -> None:
    """Through the plain form: a question without Thai."""
    page.goto(f"{page.url}/all")
    expect(page.locator("#line")).to_have_attribute("data-line", "open")
    form = page.locator("#form-draft_question")
    form.locator("summary").first.click()
    form.locator("#draft_question-title-en").fill("Shall we go on?")
    form.locator("[id$=kind]").first.select_option("yes_no")
    form.locator("button[type=submit]").click()
    expect(form.locator("form > .fate")).to_have_attribute("data-fate", "saved")


@pytest.mark.slow
def test_help_is_seen_answered_and_closed(opened: Open) -> None:
    console, table = console_of(opened), opened("table_facilitator", "2")
    call_for_help(table)
    expect(console.get_by_role("button", name=re.compile("Room 1 table calls"))).to_be_visible()
    console.get_by_role("button", name=re.compile("^Room")).click()
    line = console.locator(".findings li").first
    expect(line).to_contain_text("Table 2")
    expect(line).to_contain_text("Keypad")
    expect(console.get_by_role("button", name="Table 2: calls for help")).to_be_visible()
    checks.accessible(console)
    console.get_by_role("button", name="On my way to table 2").click()
    expect(line).to_contain_text("somebody is on the way")
    console.get_by_role("button", name="Table 2 is helped").click()
    expect(console.locator(".findings li", has_text="Table 2").filter(has_text="Keypad ·")).to_have_count(0)
    expect(console.get_by_role("button", name=re.compile("^Room$"))).to_be_visible()


def call_for_help(table: Page) -> None:
    expect(table.locator("#line")).to_have_attribute("data-line", "open")
    table.goto(f"{table.url.rstrip('/')}/all")
    expect(table.locator("#line")).to_have_attribute("data-line", "open")
    form = table.locator("#form-call_help")
    form.locator("summary").first.click()
    form.locator("[id='call_help-kind']").select_option("keypad")
    form.locator("button[type=submit]").click()
    expect(form.locator("form > .fate")).to_have_attribute("data-fate", "saved")


@pytest.mark.slow
def test_a_line_that_is_lost_is_seen(opened: Open) -> None:
    console, table = console_of(opened), opened("table_facilitator", "3")
    expect(table.locator("#line")).to_have_attribute("data-line", "open")
    table.context.close()
    console.get_by_role("button", name=re.compile("^Room")).click()
    expect(console.locator(".findings li", has_text="laptop offline")).to_contain_text(
        "Table 3", timeout=20_000
    )


@pytest.mark.slow
def test_the_run_of_show_is_changed_as_the_day_demands(opened: Open) -> None:
    console = console_of(opened)
    press(console, "Start the meeting")
    press(console, "Begin this item")
    running = console.locator(".item[data-state=running]")
    running.get_by_role("button", name="+5 min").click()
    expect(running.locator(".minutes")).to_have_text("10 minutes (+5)")
    talk = console.locator(".item", has_text="Topic: what could go wrong")
    talk.get_by_role("button", name="Topic: what could go wrong").click()
    talk.get_by_role("button", name="Skip it").click()
    talk.locator("#skip-en").fill("We are short of time")
    talk.get_by_role("button", name="Skip it").last.click()
    expect(talk).to_have_attribute("data-state", "skipped")
    expect(talk).to_contain_text("We are short of time")
    review = console.locator(".item", has_text="Looking back")
    review.get_by_role("button", name="Looking back").first.click()
    review.get_by_role("button", name="Earlier: Looking back").click()
    expect(console.locator(".item").nth(2)).to_contain_text("Looking back")
    console.get_by_text("Add an agenda item").click()
    console.locator("#item-title-en").fill("Open floor")
    console.locator("#item-minutes").fill("15")
    console.get_by_role("button", name="Add it").click()
    expect(console.locator(".item", has_text="Open floor")).to_contain_text("15 minutes")
    checks.fits(console, beside=PICTURE)


@pytest.mark.slow
def test_messages_go_to_all_or_to_the_tables_named(opened: Open) -> None:
    console = console_of(opened)
    console.locator("#message-en").fill("Ten minutes left")
    console.get_by_role("textbox", name="Tables").fill("2-3, 99")
    console.get_by_role("button", name="Send the message").click()
    expect(console.get_by_role("alert")).to_have_text("There are no such tables: 99. Nothing was sent.")
    console.get_by_role("textbox", name="Tables").fill("2-3")
    console.get_by_role("button", name="Send the message").click()
    expect(console.locator("town-console-messages li")).to_contain_text("to 2, 3")
    expect(console.locator("#message-en")).to_have_value("")


def test_what_a_role_may_not_do_is_not_on_its_page(opened: Open) -> None:
    stage = console_of(opened, "stage_manager")
    for label in ("Finish this item", "Add it", "Void it …"):
        expect(stage.get_by_role("button", name=label)).to_have_count(0)
    expect(stage.get_by_role("button", name="Start the timer")).to_be_visible()
    expect(stage.get_by_role("button", name="Take", exact=True)).to_be_visible()
    checks.everything(stage, beside=PICTURE)


@pytest.mark.parametrize("role", ["organiser", "lead_facilitator"])
@pytest.mark.slow
def test_a_console_is_accessible_and_fits(opened: Open, role: str) -> None:
    page = console_of(opened, role)
    checks.everything(page, beside=PICTURE)
    page.get_by_role("button", name=re.compile("^Room")).click()
    checks.everything(page, beside=PICTURE)


@pytest.fixture
def restart(server: Running, tmp_path: Path, watch: Watch) -> Iterator[Callable[[], None]]:
    """Kills the server and starts it again on its port."""
    again: list[Running] = []

    def killed_and_started() -> None:
        watch.forgive(*LINE)
        server.kill()
        again.append(start(tmp_path / "data", int(server.url.rpartition(":")[2])))

    yield killed_and_started
    for each in again:
        each.kill()


def test_without_a_line_nothing_can_be_pressed_that_would_reach_the_hall_late(
    opened: Open, server: Running, watch: Watch, tmp_path: Path
) -> None:
    console = console_of(opened)
    for label in ("Start the meeting", "Begin this item", *VOTE[:2]):
        press(console, label)
    live = [
        "Put the vote on the screen", "Take", "Hold the picture", "Blank", "Close the vote", "+30 s", "Void",
        "Finish this item", "Start the timer", "Send the message",
    ]  # fmt: skip
    buttons = [console.get_by_role("button", name=re.compile(f"^{re.escape(name)}")).first for name in live]
    for button in buttons:
        expect(button).to_be_enabled()
    expect(console.locator(".down")).to_have_count(0)
    watch.forgive(*LINE)
    server.kill()
    for button in buttons:
        expect(button).to_be_disabled()
    expect(console.locator(".down")).to_contain_text("No connection. Buttons that act in the hall wait")
    words = console.locator("#message-en")
    words.fill("Lunch is served")
    console.locator("h1").first.click()
    for key in ("KeyN", "KeyT", "KeyB", "KeyH"):
        console.keyboard.press(key)
    checks.everything(console, beside=PICTURE)
    again = start(tmp_path / "data", int(server.url.rpartition(":")[2]))
    try:
        for button in buttons:
            expect(button).to_be_enabled(timeout=30_000)
        expect(console.locator(".down")).to_have_count(0)
        expect(words).to_have_value("Lunch is served")
        expect(console.locator(".acts li").first).to_contain_text("Vote opened")
        expect(console.locator("[id=screens-title] ~ .monitors")).to_contain_text("On the screen: Question")
    finally:
        again.kill()


@pytest.mark.parametrize(
    ("lang", "coming", "never"),
    [
        ("en-GB", re.compile("to come|Planned"), ("not held", "Not asked", "until the close")),
        (THAI, re.compile("ยังไม่ถึง|เตรียมไว้"), ("ไม่ได้จัด", "ไม่ได้ถาม", whole("จนปิดการประชุม"))),
    ],
)
def test_after_the_close_nothing_alarms_is_to_come_or_can_be_begun(
    opened: Open, lang: str, coming: re.Pattern[str], never: tuple[str, ...]
) -> None:
    console, table = console_of(opened, lang=lang), opened("table_facilitator", "2")
    call_for_help(table)
    expect(console.locator(".tabs .alarm")).to_have_count(1)
    step(console).click()  # the meeting starts
    expect(console.locator(".times")).to_be_visible()
    give(console, "begin_item", item=ITEM)
    run = console.locator("town-console-run")
    expect(run).to_contain_text("▶")
    expect(run).to_contain_text(coming)
    give(console, "close_meeting")
    expect(run).not_to_contain_text("▶")
    expect(run).not_to_contain_text(coming)
    for words in never:
        expect(run).to_contain_text(words)
    expect(console.locator(".tabs .alarm")).to_have_count(0)
    expect(console.locator(".monitors figure")).to_have_count(1)  # what is on air; nothing is prepared
    checks.everything(console, beside=PICTURE)
    console.locator("nav.tabs button").nth(1).click()
    expect(console.locator(".room .sums")).to_be_visible()
    expect(console.locator(".findings, .map")).to_have_count(0)
    checks.everything(console, beside=PICTURE)


@pytest.mark.slow
def test_a_restart_in_mid_vote_leaves_the_console_where_it_was(
    opened: Open, restart: Callable[[], None]
) -> None:
    console = console_of(opened)
    for label in ("Start the meeting", "Begin this item", *VOTE[:3]):
        press(console, label)
    restart()
    expect(console.locator("#line")).to_have_attribute("data-line", "open", timeout=30_000)
    expect(console.locator(".vote")).to_contain_text("Voting is open")
    press(console, "Close the vote")
    expect(step(console)).to_have_accessible_name(re.compile("Show the result"), timeout=20_000)
