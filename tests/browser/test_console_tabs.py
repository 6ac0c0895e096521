"""At stake: questions are mended, links are handed out and taken back, and the day is rehearsed, by whoever
has no programmer beside them."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from app.i18n import shown
from tests.browser import checks
from tests.browser.hands import Hands
from tests.browser.people import TAGS, connected
from tests.browser.stage import Ask, Stage, as_program
from tests.browser.watch import REFUSED, Watch
from tests.browser.windows import Windows
from tests.web.processes import Running, start

PICTURE = ".small-picture"
REHEARSAL_MS = 90_000


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One server for the module; each test has a meeting of its own in it."""
    made = start(tmp_path_factory.mktemp("tabs") / "data")
    yield made
    made.kill()


@pytest.fixture(scope="module")
def ask(server: Running) -> Ask:
    return as_program(server)


@pytest.fixture
def stage(ask: Ask) -> Stage:
    return Stage(ask)


@pytest.fixture
def windows(watch: Watch) -> Iterator[Windows]:
    with Windows(watch) as made:
        yield made


@pytest.fixture
def console(browser: Browser, windows: Windows, stage: Stage) -> Page:
    page = windows.open(browser, stage.link("organiser"), "en-GB", 1366)
    expect(page.locator("#line")).to_have_attribute("data-line", "open")
    return page


def tab(page: Page, name: str) -> None:
    page.get_by_role("button", name=re.compile(f"^{name}")).first.click()


def written(page: Page, prefix: str, english: str, thai: str) -> None:
    page.locator(f"#{prefix}-en").fill(english)
    page.locator(f"#{prefix}-th").fill(thai)


def kept(page: Page) -> None:
    page.get_by_role("button", name="Keep the question").click()
    expect(page.locator("form.draft .fate")).to_have_attribute("data-fate", "saved")


def test_a_question_is_drafted_and_mended_until_it_is_asked(console: Page, stage: Stage) -> None:
    tab(console, "Questions")
    console.get_by_role("button", name="New question").click()
    expect(console.locator("form.draft input").first).to_be_focused()
    keep, draft = console.get_by_role("button", name="Keep the question"), console.locator("form.draft")
    expect(draft).to_contain_text("Write the question in at least one language.")
    expect(keep).to_be_disabled()
    written(console, "draft-title", "Where shall the ferry stop?", "ท่าเรือควรอยู่ที่ใด")
    console.get_by_label("Kind").select_option("pick_up_to")
    expect(draft).to_contain_text("More options are needed.")
    wordings = (("The market", "ตลาด"), ("The temple", "วัด"), ("The school", "โรงเรียน"))
    for at, (english, thai) in enumerate(wordings, 1):
        if console.get_by_label(f"Option {at}, English").count() == 0:
            console.get_by_role("button", name="Add an option").click()
        console.get_by_label(f"Option {at}, English").fill(english)
        console.get_by_label(f"Option {at}, Thai").fill(thai)
    console.get_by_label("Most choices").fill("9")
    expect(draft).to_contain_text("The most choices lie between one and the number of options.")
    console.get_by_label("Most choices").fill("2")
    console.get_by_role("button", name="Option 3 up").click()
    expect(console.get_by_label("Option 2, English")).to_have_value("The school")
    checks.everything(console, beside=PICTURE)
    kept(console)

    row = console.locator(".questions li", has_text="Where shall the ferry stop?")
    expect(row).to_contain_text("Choose up to a number")
    console.get_by_role("button", name="Remove option 3").click()
    written(console, "draft-title", "Where should the ferry stop?", "ท่าเรือควรอยู่ตรงไหน")
    kept(console)
    [made] = [each for each in asked(stage).values() if each["title"]["en"] == "Where should the ferry stop?"]
    assert [option["text"]["en"] for option in made["options"]] == ["The market", "The school"]
    assert (made["kind"], made["choices_max"]) == ("pick_up_to", 2)

    stage.do("start_meeting")
    stage.do("open_voting", question="pick")
    console.get_by_role("button", name="What comes first?").last.click()
    expect(console.locator(".fixed")).to_contain_text("This vote is open.")
    expect(console.locator("form.draft")).to_have_count(0)


def asked(stage: Stage) -> dict[str, Any]:
    told = stage.view("console")
    return {key: value for key, value in told.items() if key.startswith("question/")}


def way(page: Page, name: str) -> Locator:
    return page.locator(".way-list > li").filter(has=page.get_by_text(name, exact=True))


def test_a_link_is_made_for_somebody_and_taken_back(
    console: Page, browser: Browser, windows: Windows, watch: Watch
) -> None:
    tab(console, "People and cards")
    said = console.locator(".ways .finding > .fate")
    console.get_by_text("A further link").click()
    console.get_by_label("Role", exact=True).select_option("area_manager")
    console.get_by_label("Label", exact=True).fill("Malee")
    tables = console.get_by_label("For which tables")
    tables.fill("2, 77")
    console.get_by_role("button", name="Make the link").click()
    expect(said).to_have_text("An area manager needs tables, and these are none: 77")
    tables.fill("2")
    console.get_by_role("button", name="Make the link").click()
    expect(said).to_have_text("The link is made.")
    console.get_by_label("Find by role, label or code").fill("malee")
    expect(console.locator(".way-list > li")).to_have_count(1)
    checks.everything(console, beside=PICTURE)
    malee = way(console, "Area manager Malee")
    first = malee.locator(".way-url").inner_text()
    phone = windows.open(browser, first, "th-TH", 390)
    expect(phone.locator(".tile")).to_have_count(1)

    malee.get_by_role("button", name="Replace the link").click()
    expect(malee.get_by_role("alert")).to_contain_text("the old link or card is dead at once")
    malee.get_by_role("button", name="Replace the link").click()
    expect(said).to_have_text("Area manager Malee has a new link.")
    expect(malee.locator(".way-url")).not_to_have_text(first)
    watch.forgive(*REFUSED)
    stranger = windows.open(browser, first, "en-GB", 390)
    expect(stranger.locator("#enter-fate")).to_have_attribute("data-fate", "refused")

    colours = [
        malee.get_by_role("button", name=name).evaluate("(button) => getComputedStyle(button).color")
        for name in ("Copy the link", "Replace the link", "Revoke")
    ]
    assert colours[0] == colours[1] != colours[2], "what ends a way in does not look like what copies it"
    malee.get_by_role("button", name="Revoke").click()
    checks.accessible(console)
    malee.get_by_role("button", name="Revoke").click()
    expect(said).to_have_text("Area manager Malee is revoked.")
    expect(console.get_by_text("None of this kind.")).to_be_visible()
    expect(phone.locator("#line")).not_to_have_attribute("data-line", "open")


def test_codes_are_found_and_cards_are_printed_in_a_language(console: Page) -> None:
    tab(console, "People and cards")
    console.get_by_role("button", name="Codes of seats").click()
    console.get_by_label("Find by role, label or code").fill("2-3")
    expect(console.locator(".way-list > li").filter(has_not_text="2-3")).to_have_count(0)
    # others are found, too, whose codes have the same letters by chance
    found = way(console, f"{shown('en', 'role.participant')} 2-3")
    expect(found).to_have_count(1)
    code = found.locator(".way-name code").inner_text()
    assert re.fullmatch(r"[0-9A-Z]{4}-[0-9A-Z]{4}", code)
    for name, card, count in (
        ("Table cards to print", ".card.table", 2),
        ("Seat cards to print", ".card", 20),
    ):
        with console.context.expect_page() as opened:
            console.get_by_role("link", name=name).click()
        expect(opened.value.locator(card)).to_have_count(count)
        opened.value.close()
    with console.context.expect_page() as opened:
        console.get_by_role("link", name="all in Thai").last.click()
    expect(opened.value.locator(".card[lang=th]")).to_have_count(20)
    expect(opened.value.get_by_text(code)).to_have_count(1)


def test_no_rehearsal_begins_beside_a_meeting_that_runs(console: Page, stage: Stage, watch: Watch) -> None:
    stage.do("start_meeting")
    watch.forgive(*REFUSED)
    tab(console, "People and cards")
    part = console.locator("town-console-rehearsal")
    part.get_by_role("button", name="Start a rehearsal").click()
    expect(part.get_by_role("alert")).not_to_be_empty()
    expect(part.get_by_role("status")).to_have_text("No rehearsal is going on.")
    checks.accessible(console)


def test_what_is_recorded_afterwards_stands_and_what_must_go_is_gone(console: Page, stage: Stage) -> None:
    stage.do("start_meeting")
    text = {"en": "Call Somsri on 081 234 5678", "th": "โทรหาสมศรี"}
    stage.do("send_message", message=f"msg_{'a' * 32}", text=text, tables=[])
    tab(console, "Report and record")
    for what, title in (("response", "Record a response"), ("erratum", "Record a correction")):
        part = console.locator(f"section[aria-labelledby={what}-title]")
        part.locator("summary").click()
        written(console, what, f"The mayor says {what}", f"นายกเทศมนตรีกล่าว {what}")
        part.get_by_role("button", name=title).click()
        expect(part.locator("ul").first).to_contain_text(f"The mayor says {what}")
    checks.everything(console, beside=PICTURE)
    console.get_by_label("Words in it").fill("somsri")
    console.get_by_role("button", name="Find").click()
    found = console.locator("section[aria-labelledby=redact-title] li")
    expect(found).to_have_count(1)
    expect(found).to_contain_text("Call Somsri")
    found.get_by_role("button", name="Take it out").click()
    expect(found.get_by_role("alert")).to_contain_text("gone for good")
    found.get_by_role("button", name="Take it out for good").click()
    expect(console.locator("section[aria-labelledby=redact-title] .fate")).to_have_attribute(
        "data-fate", "saved"
    )
    expect(console.get_by_text("Call Somsri")).to_have_count(0)
    [message] = [value for key, value in stage.view("console").items() if key.startswith("message/")]
    assert message["text"] is None


@pytest.mark.timeout(300)
def test_a_rehearsal_is_begun_opened_and_ended(
    browser: Browser, windows: Windows, untouched: Running
) -> None:
    console = windows.open(browser, untouched.link("organiser"), "en-GB", 1366)
    tab(console, "People and cards")
    part = console.locator("town-console-rehearsal")
    expect(part.get_by_role("status")).to_have_text("No rehearsal is going on.")
    part.get_by_role("button", name="Start a rehearsal").click()
    expect(part.get_by_role("status")).to_have_text("The rehearsal is going on.", timeout=REHEARSAL_MS)
    checks.everything(console, beside=PICTURE)
    link = part.get_by_role("link", name="Open the rehearsal").get_attribute("href") or ""
    rehearsal = windows.open(browser, link)  # on a port of its own: another host to the console's window
    expect(rehearsal.locator("#line")).to_have_attribute("data-line", "open", timeout=REHEARSAL_MS)
    expect(rehearsal.locator("#next-step")).to_contain_text("Start the meeting")
    rehearsal.goto("about:blank")
    part.get_by_role("button", name="End the rehearsal").click()
    expect(part.get_by_role("status")).to_have_text("No rehearsal is going on.", timeout=REHEARSAL_MS)


@pytest.mark.parametrize("lang", ["en", "th"])
def test_the_plain_page_has_words_and_gives_a_command_by_keyboard_alone(
    browser: Browser, windows: Windows, stage: Stage, lang: str
) -> None:
    opened = connected(windows.open(browser, stage.link("organiser"), TAGS[lang], 1366))
    opened.goto(f"{opened.url}/all")
    hands = Hands(connected(opened), lang)
    state = opened.locator("#state")
    expect(state.locator("summary", has_text=hands.say("phase.prepared"))).not_to_have_count(0)
    hands.do(opened.locator("#form-start_meeting > summary"))
    hands.do(opened.locator("#form-start_meeting button[type=submit]"))
    expect(opened.locator("#form-start_meeting .fate").last).to_have_attribute("data-fate", "saved")
    stage.do("open_voting", question="pick")
    started = state.locator("summary", has_text=hands.say("phase.running"))
    expect(started).not_to_have_count(0)
    named = state.locator("h3, summary > strong")
    expect(named.filter(has_text=hands.say("told.votes"))).not_to_have_count(0)
    assert not [words for words in named.all_inner_texts() if "told." in words], (
        "every entry has a name in words"
    )
    expect(state.locator("summary code, h3 code")).to_have_count(0)
    hands.do(started.first)
    expect(state.locator("details[open]")).to_have_count(1)
    opened.evaluate(
        "() => document.querySelectorAll('main details').forEach((each) => { each.open = true; })"
    )
    expect(state.locator("dd", has_text=hands.say("question_state.open"))).not_to_have_count(0)
    checks.everything(opened)
    assert hands.wrong == set()
