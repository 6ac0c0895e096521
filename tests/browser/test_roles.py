"""At stake: each role opens its page with its link, acts through a form, and others see what it did."""

import os
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.watch import LINE, REFUSED, Watch
from tests.web.processes import Running, start

SHOTS = os.environ.get("SHOTS")
"""A folder for pictures of every page, to look at."""


def connected(page: Page) -> Page:
    expect(page.locator("#line")).to_have_attribute("data-line", "open")
    return page


def plain(page: Page) -> Page:
    """The page with a form for every command, beside the one that people use."""
    connected(page).goto(f"{page.url}/all")
    return connected(page)


def give(page: Page, command: str, **fields: str) -> None:
    """Give a command through its form, and wait until it is saved."""
    details = page.locator(f"#form-{command}")
    if details.get_attribute("open") is None:
        details.locator("summary").first.click()
    for name, value in fields.items():
        field = details.locator(f"[id='{command}-{name.replace('__', '-')}']")
        if field.evaluate("e => e.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    details.locator("button[type=submit]").click()
    expect(details.locator("form > .fate")).to_have_attribute("data-fate", "saved")


PATHS = {
    "organiser": "/console",
    "lead_facilitator": "/console",
    "stage_manager": "/console",
    "stage": "/stage",
    "theme_leader": "/themes",
    "theme_member": "/themes",
    "table_facilitator": "/table",
    "participant": "/seat",
    "area_manager": "/area",
    "expert": "/expert",
    "screen": "/screen",
    "viewer": "/report",
}


def test_every_role_gets_in_with_its_link_and_the_secret_leaves_the_address(
    opened: Open, server: Running
) -> None:
    for role, path in PATHS.items():
        page = connected(opened(role))
        assert page.url == server.url + path
        page.reload()
        connected(page)
        secret = server.link(role).partition("#")[2]
        assert secret not in page.evaluate(
            "document.documentElement.outerHTML + JSON.stringify(history.state)"
        )
        page.context.close()


def test_a_day_in_small_through_the_forms(opened: Open) -> None:
    console, table = plain(opened("organiser")), plain(opened("table_facilitator", "1"))
    desk, screen = plain(opened("theme_leader")), connected(opened("screen"))
    seat = connected(opened("participant", "1-1", width=390))
    expect(seat.locator("#seat-name")).to_have_text("Seat 1-1")
    expect(screen.locator("h1")).to_contain_text("Rehearsal")

    give(console, "start_meeting")
    give(console, "begin_item", item="talk")
    give(table, "write_idea", item="talk", text="Shade along the path", language="en")
    expect(desk.locator("#state")).to_contain_text("Shade along the path")
    give(desk, "create_theme", item="talk", title__en="Shade", title__th="ร่มเงา")
    idea = desk.locator("#file_idea-idea option", has_text="Shade along the path").first
    theme = desk.locator("#file_idea-theme option", has_text="Shade").first
    value = idea.get_attribute("value"), theme.get_attribute("value")
    give(desk, "file_idea", idea=str(value[0]), theme=str(value[1]))
    give(desk, "publish_themes", item="talk", themes=str(value[1]))
    give(console, "take_scene", screen="main", scene__kind="themes", scene__item="talk")
    expect(screen.locator(".picture .words", has_text="ร่มเงา")).to_be_visible()

    give(console, "open_voting", question="practice")
    give(console, "take_scene", screen="main", scene__kind="voting", scene__question="practice")
    expect(seat.get_by_role("button", name="By motorcycle")).to_be_visible()
    seat.get_by_role("button", name="By motorcycle").click()
    expect(seat.locator("#seat-fate")).to_have_text("Saved")
    expect(seat.get_by_role("button", name="By motorcycle")).to_have_attribute("aria-pressed", "true")
    expect(screen.locator(".voted")).to_contain_text("1 of 1 has voted")
    seat.reload()
    expect(seat.get_by_role("button", name="By motorcycle")).to_have_attribute("aria-pressed", "true")

    give(console, "close_voting", question="practice")
    expect(seat.locator("#ballot")).to_contain_text("Voting is closed")
    give(console, "show_results", question="practice")
    give(console, "take_scene", screen="main", scene__kind="results", scene__question="practice")
    leading = screen.locator(".picture .leading")
    expect(leading).to_contain_text("By motorcycle")
    expect(leading).to_contain_text("100%")


def test_what_is_refused_says_why_in_the_readers_language(opened: Open) -> None:
    console = plain(opened("organiser", lang="th-TH"))
    console.locator("#form-begin_item summary").click()
    console.locator("#form-begin_item button[type=submit]").click()
    fate = console.locator("#form-begin_item .fate")
    expect(fate).to_have_attribute("data-fate", "refused")
    expect(fate).to_contain_text(re.compile("ไม่รับ: "))


def test_a_wrong_code_is_told_and_the_right_one_typed_in_thai_opens(
    opened: Open, server: Running, watch: Watch
) -> None:
    watch.forgive(*REFUSED)
    page = opened("viewer")
    connected(page)
    page.goto(f"{server.url}/j")
    page.get_by_label("Code").fill("0000-0000")
    page.get_by_role("button", name="Join").click()
    expect(page.locator("#enter-fate")).to_have_attribute("data-fate", "refused")
    code = server.link("participant", "2-1").partition("#")[2]
    page.get_by_label("Code").fill(code.lower().replace("-", " "))
    page.get_by_role("button", name="Join").click()
    expect(page.locator("#seat-name")).to_have_text("Seat 2-1")


def test_a_link_that_is_not_known_and_an_address_that_is_nothing_are_told(
    opened: Open, server: Running, watch: Watch
) -> None:
    watch.forgive(*REFUSED)
    page = connected(opened("viewer"))
    page.goto(f"{server.url}/themes#not-a-link")
    expect(page.locator("#enter-fate")).to_have_text(
        "This link is not known here. Ask the organiser for yours."
    )
    page.goto(f"{server.url}/nowhere")
    expect(page.locator("main")).to_contain_text("There is nothing at this address.")


def test_the_table_page_offers_its_seats_and_fills_the_keypad_of_its_pads(opened: Open) -> None:
    table = plain(opened("table_facilitator", "1"))
    form = table.locator("#form-bind_keypad")
    expect(form.locator("option[value='1-2']")).to_have_count(1)
    assert form.locator("[data-name=seat] select").evaluate("e => e.value") == ""
    give(table, "bind_keypad", channel="laptop", seat="1-2")
    row = table.locator("#state")
    expect(row).to_contain_text("laptop")
    expect(form.locator("[data-name=keypad] input")).to_have_value(re.compile(r"^.+:1-2$"))
    give(table, "bind_keypad", channel="laptop", seat="1-3")
    form.locator("[data-name=channel] select").select_option("paper")
    expect(form.locator("[data-name=keypad] input")).to_have_value("")


def test_a_phone_that_loses_the_server_goes_on_by_itself(
    opened: Open, server: Running, watch: Watch, tmp_path: Path
) -> None:
    watch.forgive(*LINE)
    console, seat = plain(opened("organiser")), connected(opened("participant", "1-1", width=390))
    give(console, "start_meeting")
    give(console, "open_voting", question="practice")
    expect(seat.get_by_role("button", name="By car")).to_be_visible()
    server.kill()
    expect(seat.locator("#line")).to_have_attribute("data-line", "offline")
    seat.get_by_role("button", name="By car").click()
    expect(seat.locator("#seat-fate")).to_have_text("Not yet saved")
    again = start(tmp_path / "data", int(server.url.rpartition(":")[2]))
    try:
        expect(seat.locator("#seat-fate")).to_have_text("Saved", timeout=30_000)
        expect(seat.locator("#line")).to_have_attribute("data-line", "open")
    finally:
        again.kill()


def test_a_newer_phone_takes_the_seat_and_the_older_can_take_it_back(opened: Open) -> None:
    older = connected(opened("participant", "1-2", width=390))
    expect(older.locator("#seat-name")).to_have_text("Seat 1-2")
    connected(opened("participant", "1-2", width=390))
    expect(older.locator("#holder")).to_contain_text("Another device")
    older.locator("#holder button").click()
    expect(older.locator("#holder")).to_be_hidden()


def test_the_owner_makes_a_meeting_and_enters_it(opened: Open, watch: Watch) -> None:
    watch.forgive(*REFUSED)
    page = opened("owner")
    plan = Path("app/plans/rehearsal.yaml").read_text(encoding="utf-8")
    page.get_by_role("button", name="Write or paste a plan").click()
    page.locator("#plan").fill("title: x")
    page.get_by_role("button", name="Create the meeting").click()
    expect(page.locator(".problems")).to_contain_text("Line 1")
    page.locator("#plan").fill(plan)
    page.get_by_role("button", name="Create the meeting").click()
    expect(page.locator("#meetings li")).to_have_count(2)
    page.locator(".made").get_by_role("button", name="Open the console").click()
    plain(page)
    page.get_by_role("button", name="Show the codes of seats").click()
    expect(page.locator("#ways tbody tr")).to_have_count(20)


def test_words_are_larger_when_asked_and_stay_so(opened: Open) -> None:
    page = connected(opened("viewer"))
    before = page.evaluate("getComputedStyle(document.documentElement).fontSize")
    page.get_by_role("button", name="Larger letters").click()
    page.reload()
    assert float(page.evaluate("getComputedStyle(document.documentElement).fontSize")[:-2]) > float(
        before[:-2]
    )


def pictures(opened: Open) -> None:
    console = plain(opened("organiser"))
    give(console, "start_meeting")
    connected(opened("participant", "1-3"))
    give(console, "open_voting", question="practice")
    give(console, "take_scene", screen="main", scene__kind="voting", scene__question="practice")
    for role in (
        "organiser",
        "theme_leader",
        "table_facilitator",
        "participant",
        "screen",
        "viewer",
        "owner",
    ):
        for width in (390, 1024, 1920):
            for lang, dark in (("en-GB", False), ("th-TH", True)):
                page = opened(role, None, lang, width, dark)
                page.wait_for_timeout(700)
                page.screenshot(path=f"{SHOTS}/{role}-{width}-{lang[:2]}{'-dark' if dark else ''}.png")
                page.context.close()


if SHOTS:
    test_pictures = pictures
