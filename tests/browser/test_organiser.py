"""At stake: somebody without a programmer prepares the day of 500 people, and changes it the night before."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, FilePayload, Locator, Page, ViewportSize, expect

from app.i18n import shown
from tests.browser import checks
from tests.browser.commands import connected
from tests.browser.hands import Hands
from tests.browser.watch import LINE, REFUSED, Watch
from tests.browser.windows import LIMIT_MS, Windows
from tests.web.processes import ROOT, Running, start

LANGUAGES = {"en": "en-GB", "th": "th-TH"}
REHEARSAL = (ROOT / "app/plans/rehearsal.yaml").read_text(encoding="utf-8")
Desk = Callable[..., Page]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One server for the module: its own meeting, and those that the tests make."""
    made = start(tmp_path_factory.mktemp("organiser") / "data")
    yield made
    made.kill()


@pytest.fixture(scope="module")
def owner(browser: Browser, server: Running) -> Any:
    """What the browser of whoever burnt the one-time link keeps."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(server.owner)
        expect(page.locator("#plan-heading")).to_be_visible(timeout=LIMIT_MS)
        return context.storage_state()


@pytest.fixture
def desk(browser: Browser, server: Running, owner: Any, watch: Watch) -> Iterator[Desk]:
    """Opens the organiser's page, signed in: `desk("th", 390)`."""
    contexts = []

    def opened(lang: str = "en", width: int = 1024) -> Page:
        view = ViewportSize(width=width, height=800)
        context = browser.new_context(storage_state=owner, locale=LANGUAGES[lang], viewport=view)
        contexts.append(watch.over(context))
        page = context.new_page()
        page.set_default_timeout(LIMIT_MS)
        page.goto(f"{server.url}/organiser")
        expect(page.locator("#meetings li").first).to_be_visible()
        return page

    yield opened
    for context in contexts:
        context.close()


def press(page: Page, key: str, lang: str = "en", **params: Any) -> None:
    page.get_by_role("button", name=shown(lang, key, **params), exact=True).click()


def field(page: Page, name: str) -> Locator:
    return page.locator(f"#{name}")


def filled_in(page: Page, lang: str) -> None:
    """What most people change: title, day, tables, an item more, a question more."""
    field(page, "plan-title-en").fill("River day")
    field(page, "plan-date").fill("2026-12-05")
    field(page, "plan-tables").fill("6")
    press(page, "organiser.add_item", lang)
    added = page.locator("[aria-labelledby=form-agenda] .parts > li").last
    expect(added.locator("input").first).to_be_focused()
    for at, words in enumerate(("กาแฟ", "Coffee")):
        added.locator("input[type=text]").nth(at).fill(words)
    press(page, "organiser.add_question", lang)
    asked = page.locator("[aria-labelledby=form-questions] .parts > li").last
    for at, words in enumerate(("กี่แก้ว", "How many cups?")):
        asked.locator("input[type=text]").nth(at).fill(words)
    asked.locator("select").first.select_option("number")
    expect(asked.get_by_text(shown(lang, "field.options"), exact=True)).to_have_count(0)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_plan_is_begun_filled_in_checked_and_made(desk: Desk, lang: str) -> None:
    page = desk(lang, 390 if lang == "th" else 1024)
    before = page.locator("#meetings > li").count()
    checks.everything(page)
    press(page, "organiser.from_rehearsal", lang)
    expect(page.locator("town-plan-form")).to_be_visible()
    filled_in(page, lang)
    checks.everything(page)
    press(page, "organiser.check", lang)
    good = page.locator(".good")
    expect(good).to_contain_text(shown(lang, "organiser.would_be.tables", count=6))
    expect(good).to_contain_text(shown(lang, "organiser.would_be.items", count=5))
    expect(good).to_contain_text(shown(lang, "organiser.would_be.questions", count=7))
    expect(page.locator("#meetings > li")).to_have_count(before)
    press(page, "organiser.view.text", lang)
    expect(page.locator("#plan")).to_have_value(re.compile("How many cups?"))
    checks.everything(page)
    press(page, "ui.create_meeting", lang)
    made = page.locator(".made")
    expect(made).to_be_focused()
    expect(made.locator(".ways li")).to_have_count(10)
    expect(page.locator("#meetings > li")).to_have_count(before + 1)
    checks.everything(page)
    made.get_by_role("button", name=shown(lang, "ui.open_console"), exact=True).click()
    connected(page)
    expect(page.locator(".item")).to_have_count(5)


def chosen_is(page: Page, words: str) -> None:
    """These words are among those that are marked in the plan's text."""
    chosen = "e.value.slice(e.selectionStart, e.selectionEnd).includes(words)"
    page.wait_for_function(
        f"words => {{ const e = document.getElementById('plan'); return {chosen}; }}", arg=words
    )


def test_what_is_wrong_leads_to_its_line(desk: Desk, watch: Watch) -> None:
    watch.forgive(*REFUSED)
    page = desk("th")
    press(page, "organiser.from_rehearsal", "th")
    field(page, "plan-date").fill("พรุ่งนี้")
    field(page, "plan-tables").fill("many")
    press(page, "organiser.check", "th")
    problems = page.locator(".problems li")
    expect(problems.first).to_be_visible()
    count = problems.count()
    assert count >= 2
    checks.everything(page)
    page.locator(".problems li", has_text="พรุ่งนี้").get_by_role("button").click()
    text = page.locator("#plan")
    expect(text).to_be_focused()
    chosen_is(page, "date: พรุ่งนี้")
    text.evaluate("e => e.setSelectionRange(0, 0)")
    page.locator(".problems li", has_text="count").get_by_role("button").click()
    chosen_is(page, "many")
    press(page, "ui.create_meeting", "th")
    expect(problems).to_have_count(count)
    expect(page.locator(".made")).to_have_count(0)


def test_what_is_no_plan_says_what_to_do(desk: Desk, watch: Watch) -> None:
    watch.forgive(*REFUSED)
    page = desk()
    press(page, "organiser.paste")
    text = page.locator("#plan")
    text.fill("title: [a,\nb: c\n")
    press(page, "organiser.check")
    expect(page.locator(".problems li").first).to_contain_text("Line")
    press(page, "organiser.view.form")
    expect(page.locator(".problems li").first).to_contain_text("Line")
    expect(text).to_be_visible()
    text.fill("title: A day")
    press(page, "organiser.view.form")
    expect(page.locator(".problems")).to_contain_text("names its languages")
    press(page, "organiser.check")
    expect(page.locator(".problems li", has_text="languages")).not_to_have_count(0)
    text.fill("# " + "ก" * 700_000)
    press(page, "organiser.check")
    expect(page.locator(".problems")).to_contain_text("2 MB")
    press(page, "organiser.begin_again")
    page.locator("#plan-file").set_input_files(named("plan.yaml", b"a" * 2_000_001))
    expect(page.locator(".problems")).to_contain_text("2 MB")
    page.locator("#plan-file").set_input_files(named("other.yaml", b"\x00\xff\xfe"))
    expect(page.locator(".problems li").first).to_contain_text("Line 1")


def named(name: str, content: bytes) -> FilePayload:
    return FilePayload(name=name, mimeType="application/yaml", buffer=content)


def test_a_file_with_a_seat_plan_is_made_into_a_meeting(desk: Desk, tmp_path: Path) -> None:
    page = desk()
    plan = tmp_path / "plan.yaml"
    without = re.sub(r"tables: \{.*\}\nstandings:\n(  .*\n)+", "", REHEARSAL)
    plan.write_text(without, encoding="utf-8")
    seats = tmp_path / "seats.csv"
    seats.write_text("seat,table\n1-1,1\n1-2,1\n2-1,2\n", encoding="utf-8")
    page.locator("#plan-file").set_input_files(plan)
    expect(page.locator("town-plan-form")).to_be_visible()
    page.locator("#seats-file").set_input_files(seats)
    press(page, "organiser.check")
    expect(page.locator(".good")).to_contain_text("3 seats")


def test_a_plan_that_is_half_written_outlives_a_reload(desk: Desk) -> None:
    page = desk()
    press(page, "organiser.from_rehearsal")
    field(page, "plan-title-en").fill("Half written")
    page.reload()
    expect(field(page, "plan-title-en")).to_have_value("Half written")
    press(page, "organiser.view.text")
    expect(page.locator("#plan")).to_have_value(re.compile("Half written"))
    press(page, "organiser.begin_again")
    page.reload()
    expect(page.get_by_role("button", name="Begin with a rehearsal")).to_be_visible()


@pytest.mark.slow
def test_a_plan_is_made_by_keyboard_alone(desk: Desk) -> None:
    page = desk()
    before = page.locator("#meetings > li").count()
    page.get_by_role("button", name="Begin with a rehearsal").focus()
    page.keyboard.press("Enter")
    expect(page.locator("town-plan-form")).to_be_visible()
    page.locator("[aria-labelledby=form-questions] summary").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#question-0-seconds")).to_be_visible()
    page.locator("#question-0-seconds").focus()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("77")
    page.get_by_role("button", name="Question 1 down").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#question-1-seconds")).to_have_value("77")
    page.get_by_role("button", name="Create the meeting").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".made")).to_be_focused()
    expect(page.locator("#meetings > li")).to_have_count(before + 1)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_links_are_handed_out_by_tab_and_the_focus_is_seen_at_every_stop(desk: Desk, lang: str) -> None:
    page = desk(lang)
    hands = Hands(page)
    row = page.locator("#meetings > li").first
    links = re.compile(f"^{re.escape(shown(lang, 'organiser.links'))}:")
    hands.do(row.get_by_role("button", name=links))
    expect(row.locator(".ways li").first).to_be_visible()
    hands.do(row.locator(".ways li button").first)
    expect(row.locator(".copied-told")).not_to_be_empty()
    checks.everything(page)
    hands.do(page.get_by_role("button", name=shown(lang, "follower.admit"), exact=True))
    expect(page.locator("town-follower code")).to_be_visible()
    hands.write(page.locator("#new-password"), "short")
    hands.do(page.get_by_role("button", name=shown(lang, "ui.set_password"), exact=True))
    expect(page.locator("#new-password")).to_be_focused()
    hands.back()
    assert hands.stops > 40
    assert hands.wrong == set()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_longest_text_fits_on_the_narrowest_phone(desk: Desk, lang: str) -> None:
    page = desk(lang, 320)
    press(page, "organiser.from_rehearsal", lang)
    expect(page.locator("town-plan-form")).to_be_visible()
    assert checks.lengthened(page) > 20
    checks.fits_now(page)
    checks.spaced(page)
    checks.fits_now(page)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_plan_is_replaced_while_phones_look_on(
    browser: Browser, desk: Desk, watch: Watch, lang: str
) -> None:
    watch.forgive(*LINE)
    page = desk(lang)
    with Windows(watch) as windows:
        meetings = page.locator("#meetings > li")
        before = meetings.count()
        press(page, "organiser.from_rehearsal", lang)
        press(page, "ui.create_meeting", lang)
        expect(page.locator(".made")).to_be_visible()
        press(page, "organiser.another", lang)
        expect(meetings).to_have_count(before + 1)  # the list is read again after the making
        mine = meetings.last
        console = opened_console(page, mine, lang)
        stays, goes = (seat_of(console, seat) for seat in ("1-1", "4-1"))
        phones = [windows.open(browser, url, LANGUAGES[lang], 390) for url in (stays, goes)]
        for phone, seat in zip(phones, ("1-1", "4-1"), strict=True):
            expect(connected(phone).locator("#seat-name")).to_contain_text(seat)
        expect(console.locator(".item")).to_have_count(4)
        mine.get_by_role("button", name=re.compile(f"^{shown(lang, 'organiser.replace')}:")).click()
        expect(field(page, "plan-tables")).to_have_value("4")
        field(page, "plan-tables").fill("3")
        field(page, "plan-title-en").fill("Another day")
        field(page, "plan-title-th").fill("อีกวันหนึ่ง")
        agenda = page.locator("[aria-labelledby=form-agenda] .parts > li")
        agenda.last.locator("summary").click()
        agenda.last.get_by_role("button", name=re.compile(shown(lang, "organiser.remove"))).click()
        expect(agenda).to_have_count(3)
        watch.forgive(*REFUSED)
        press(page, "organiser.replace", lang)  # two seats of table 4 are named by the standings
        expect(page.locator(".problems")).to_be_visible()
        press(page, "organiser.view.text", lang)
        expect(page.locator("#plan")).to_have_value(re.compile("Another day"))
        text = page.locator("#plan").input_value()
        page.locator("#plan").fill(re.sub(r"  expert:\n  - '?\"?4-5'?\"?\n", "", text))
        press(page, "organiser.replace", lang)
        expect(page.locator(".asks")).to_be_visible()
        checks.everything(page)
        press(page, "organiser.replace_now", lang)
        expect(page.locator(".made")).to_contain_text(shown(lang, "organiser.replaced"))
        expect(mine).to_contain_text("Another day" if lang == "en" else "อีกวันหนึ่ง")
        expect(console.locator(".item")).to_have_count(3)
        expect(phones[1].locator("#ended")).to_be_visible()
        expect(phones[0].locator("#line")).to_have_attribute("data-line", "open")
        expect(phones[0].locator("#seat-name")).to_contain_text("1-1")
        console.get_by_role("button", name=re.compile(f"^{shown(lang, 'console.room')}")).click()
        expect(console.locator("town-console-room")).not_to_contain_text(shown(lang, "ui.table", table="4"))


def opened_console(page: Page, meeting: Locator, lang: str) -> Page:
    """The console of a meeting, in a tab of its own beside the organiser's page."""
    console = page.context.new_page()
    console.set_default_timeout(LIMIT_MS)
    console.goto(page.url)
    number = meeting.evaluate("li => [...li.parentElement.children].indexOf(li)")
    at = console.locator("#meetings > li").nth(number)
    at.get_by_role("button", name=re.compile(f"^{shown(lang, 'ui.open_console')}")).click()
    return connected(console)


def seat_of(console: Page, seat: str) -> str:
    """The link of a seat, as it stands on its card."""
    ways: list[dict[str, str]] = console.evaluate(
        """async () => {
          const place = JSON.parse(document.getElementById('place').textContent);
          const asked = {headers: {'Town-Page': 'console'}};
          return (await fetch(`/api/meetings/${place.meeting}/codes/seats`, asked)).json();
        }"""
    )
    return next(way["url"] for way in ways if way["label"] == seat)
