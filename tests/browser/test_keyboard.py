"""At stake: whoever cannot use a mouse holds every office of a meeting: no page is left to pointers alone.

One meeting by Tab, Enter, Space, arrows and typed text, from a table's idea to the report, in English and
in Thai; and single keys, which get in the way of dictation, can be switched off.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from app.i18n import whole
from tests.browser.commands import connected
from tests.browser.conftest import Open
from tests.browser.hands import Hands
from tests.browser.people import TAGS
from tests.browser.watch import Watch
from tests.browser.windows import Windows
from tests.web.processes import Running, start

PLAN = Path(__file__).with_name("whole-meeting.yaml")
IDEAS = {
    "en": ("Plant shade along the path", "Leave the bank wild"),
    "th": ("ปลูกต้นไม้ให้ร่มเงาตามทางเดิน", "ปล่อยริมตลิ่งไว้ตามธรรมชาติ"),
}
SHADE, WILD = {"en": "Shade", "th": "ร่มเงา"}, {"en": "Wild banks", "th": "ริมตลิ่งธรรมชาติ"}

BARE = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('* { outline: none !important }');
  document.adoptedStyleSheets = [sheet];
}"""
SHEET = """() => {
  document.adoptedStyleSheets = [];
  const over = document.body.appendChild(document.createElement('div'));
  Object.assign(over.style, { position: 'fixed', inset: '0', zIndex: '9', background: 'white' });
}"""


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Running]:
    made = start(tmp_path / "data", plan=str(PLAN))
    yield made
    made.kill()


@pytest.fixture
def windows(watch: Watch) -> Iterator[Windows]:
    with Windows(watch) as made:
        yield made


def opens_laptop(table: Hands) -> None:
    expect(table.page.get_by_text(table.say("table.verdict.ready"), exact=True)).to_be_visible()
    table.do(table.button("table.begin"))


def gives_pads(table: Hands, *seats: str) -> None:
    table.do(table.button("table.panel.people"))
    for seat in seats:
        row = table.page.get_by_role("listitem").filter(has_text=table.say("table.seat", seat=seat))
        give = row.get_by_role("button", name=table.say("table.give_pad"))
        table.do(give)
        expect(give).to_have_count(0)
    table.do(table.button("table.panel.people"))


def writes(table: Hands, text: str, kind: str) -> None:
    table.choose(table.page.get_by_label(table.say("table.kind"), exact=True), kind)
    table.write(table.page.get_by_label(table.say("table.write_here"), exact=True), text)
    table.do(table.button("table.add"))
    row = table.page.get_by_role("listitem").filter(has_text=whole(text))
    expect(row.get_by_text(table.say("fate.saved"), exact=True)).to_be_visible()


def next_step(console: Hands, *keys: str) -> None:
    """Take these steps, each of which has to be the next one."""
    for key in keys:
        step = console.page.locator("#next-step, #next-yes")
        expect(step).to_have_accessible_name(re.compile(f"^{re.escape(console.say(key))}"))
        console.do(step)


def files(desk: Hands, text: str, theme: dict[str, str]) -> None:
    """Open the idea in the pile by the arrow keys, and make a theme of it."""
    dialog = desk.page.get_by_role("dialog")
    pile = desk.page.get_by_role("listbox")
    chosen = desk.page.get_by_role("option").filter(has_text=whole(text))
    expect(chosen).to_be_visible()
    desk.reach(pile)
    desk.until("ArrowDown", lambda: chosen.get_attribute("aria-selected") == "true")
    expect(desk.page.locator(".idea blockquote")).to_have_text(whole(text))
    desk.page.evaluate("() => new Promise((read) => setTimeout(read, 400))")  # sooner is a second tap
    desk.do(desk.button("themes.new_theme", within=desk.page.get_by_role("main")).first)
    for language, words in theme.items():
        desk.write(dialog.locator(f"[lang={language}]").first, words)
    desk.do(desk.button("themes.do_new", within=dialog))
    expect(dialog).to_have_count(0)


def publishes(desk: Hands) -> None:
    dialog = desk.page.get_by_role("dialog")
    desk.do(desk.button("themes.to_stage"))
    desk.do(dialog.locator("button.primary"))
    expect(dialog).to_have_count(0)
    desk.do(desk.button("themes.make_question"))
    desk.write(dialog.get_by_label(desk.say("themes.seconds")), "900")
    desk.do(desk.button("themes.do_question", within=dialog))
    expect(dialog).to_have_count(0)


def passes_pad(table: Hands, seat: str, option: str) -> None:
    at, passes = table.button("table.i_am", seat=seat), table.button("table.pass_to", seat=seat)
    expect(at.or_(passes).first).to_be_visible()
    if not at.is_visible():
        table.do(passes)
    table.do(at)
    pad = table.page.get_by_role("dialog")
    table.do(pad.get_by_role("button", name=option, exact=True), "Space")
    table.do(table.button("table.done", within=pad))
    expect(table.page.locator(".last")).to_have_text(table.say("table.last.saved", seat=seat))


def enters_paper(area: Hands, seat: str, option: str) -> None:
    area.do(area.page.locator(".tile").first)
    area.do(area.page.get_by_role("button", name=re.compile(f"^{re.escape(area.say('ui.seat', seat=seat))}")))
    area.do(area.button("area.enter_paper"))
    area.do(area.page.get_by_role("button", name=re.compile(f"{option}$")), "Space")
    area.do(area.button("area.cast_paper"))
    expect(area.page.locator(f"[data-seat='{seat}'] .fate[data-fate=saved]")).to_be_visible()


def reads_report(report: Hands) -> None:
    """Past the top line, every part opened, by the page's own links to its end and to a question."""
    expect(report.page.get_by_text(SHADE[report.lang]).first).to_be_visible()
    report.press("Tab")
    skip = report.page.get_by_role("link", name=report.say("ui.skip"))
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    report.press("Enter")
    shut = report.page.locator("main details:not([open]) > summary:visible")
    while shut.count():
        report.do(shut.first)
    report.do(report.page.get_by_role("link", name=report.say("report.files")))
    expect(report.page.get_by_role("heading", name=report.say("report.files"))).to_be_in_viewport()
    report.do(report.page.locator("main a[href^='#question-']").first)
    expect(report.page).to_have_url(re.compile(r"/report.*#question-"))
    expect(report.page.locator("#line")).to_have_attribute("data-line", "open")


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("lang", ["en", "th"])
def test_a_whole_meeting_is_held_by_keyboard_alone(
    browser: Browser, hall: Running, windows: Windows, lang: str
) -> None:
    people: list[Hands] = []
    shade, wild = IDEAS[lang]

    def hands(role: str, label: str | None = None, width: int = 1366) -> Hands:
        opened = windows.open(browser, hall.link(role, label), TAGS[lang], width)
        people.append(Hands(connected(opened), lang))
        return people[-1]

    table, console = hands("table_facilitator", "1"), hands("organiser")
    opens_laptop(table)
    next_step(console, "command.start_meeting", "console.begin")
    gives_pads(table, "2", "3")
    writes(table, shade, "agreement")
    writes(table, wild, "minority")

    desk = hands("theme_leader")
    files(desk, shade, SHADE)
    files(desk, wild, WILD)
    publishes(desk)
    next_step(console, "console.take.themes", "console.take.question", "command.open_voting")
    next_step(console, "console.take.voting")

    phone = hands("participant", "1-1", 390)
    phone.do(phone.page.get_by_role("button", name=SHADE[lang], exact=True))
    expect(phone.page.locator("#seat-fate")).to_have_text(phone.say("fate.saved"))
    passes_pad(table, "2", SHADE[lang])
    passes_pad(table, "3", WILD[lang])
    enters_paper(hands("area_manager", None, 390), "1-4", SHADE[lang])
    next_step(console, "command.close_voting", "command.show_results", "console.take.priorities")

    for each in people:
        each.back()
    report = hands("viewer", None, 1024)
    reads_report(report)
    expect(report.page.get_by_text("75.0%").first).to_be_visible()
    assert sorted(set().union(*(each.wrong for each in people))) == []
    assert sum(each.stops for each in people) > 100


def test_a_focus_that_cannot_be_seen_or_is_covered_is_found(page: Page, untouched: Running) -> None:
    """The control: the same page without its ring, and under a sheet."""
    page.goto(f"{untouched.url}/j")
    code = page.locator("#code")
    plain = Hands(page)
    plain.reach(code)
    assert plain.wrong == set()
    page.evaluate(BARE)
    bare = Hands(page)
    bare.press("Tab")
    assert [found for found in bare.wrong if "no focus to be seen" in found] != []
    page.evaluate(SHEET)
    covered = Hands(page)
    covered.press("Shift+Tab")
    assert [found for found in covered.wrong if "covered" in found] != []


@pytest.mark.parametrize(
    ("role", "label", "help_", "key", "shows"),
    [
        ("organiser", None, "nav button:has(kbd)", "Shift+Slash", "#keys[open]"),
        ("theme_leader", None, ".acts button:has(kbd), aside button:has(kbd)", "Shift+Slash", "dialog[open]"),
        ("table_facilitator", "1", "[data-panel=keys]", "KeyP", "[data-panel=people][aria-expanded=true]"),
    ],
)
def test_single_keys_can_be_switched_off_and_stay_off(
    opened: Open, role: str, label: str | None, help_: str, key: str, shows: str
) -> None:
    page = connected(opened(role, label, width=1366))
    hands, found = Hands(page), page.locator(shows)
    switch = page.get_by_label(hands.say("ui.keys_on"))
    closes = "Escape" if "open" in shows else key
    if label:
        opens_laptop(hands)
    expect(page.locator(help_)).to_be_visible()
    page.locator("body").press(key)
    expect(found).to_be_visible()
    hands.press(closes)
    expect(found).to_have_count(0)

    hands.do(page.locator(help_))
    hands.do(switch, "Space")
    expect(switch).not_to_be_checked()
    hands.press("Escape")
    page.locator("body").press(key)
    assert page.evaluate("selector => document.querySelectorAll(selector).length", shows) == 0
    page.reload()
    connected(page)
    expect(page.locator(help_)).to_be_visible()
    page.locator("body").press(key)
    assert page.evaluate("selector => document.querySelectorAll(selector).length", shows) == 0

    hands.do(page.locator(help_))
    expect(switch).not_to_be_checked()
    hands.do(switch, "Space")
    hands.press("Escape")
    page.locator("body").press(key)
    expect(found).to_be_visible()
    assert hands.wrong == set()
