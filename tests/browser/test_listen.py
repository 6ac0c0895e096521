"""At stake: whoever hears the screen hears each scene once, in their language, and is not talked over."""

import re

from playwright.sync_api import Page, expect

from tests.browser import checks
from tests.browser.commands import connected, give, take
from tests.browser.conftest import Open

RECORD = """() => {
  const region = document.querySelector('.announcer');
  window.heard = [region.innerText.trim()].filter(Boolean);
  new MutationObserver(() => {
    const now = region.innerText.trim();
    if (now && now !== window.heard.at(-1)) window.heard.push(now);
    else if (now) window.again = (window.again ?? 0) + 1;
  }).observe(region, {childList: true, subtree: true, characterData: true});
}"""


SAID_AGAIN = """() => new Promise((heard) => {
  const region = document.querySelector('.announcer');
  const seen = new MutationObserver(() => heard(region.innerText.length > 10));
  seen.observe(region, {childList: true, subtree: true});
  document.querySelector('town-listen > p button').click();
})"""

GO = """([from, page]) => fetch('/api/session', {method: 'POST', body: JSON.stringify({page}),
  headers: {'Town-Page': from, 'Content-Type': 'application/json'}}).then((answer) => answer.status)"""


def listening(page: Page) -> Page:
    """The listening page of whoever has this page open."""
    home, _, name = connected(page).url.rpartition("/")
    page.evaluate(GO, [name, "listen"])
    page.goto(f"{home}/listen")
    connected(page)
    expect(page.get_by_role("heading", name="Rehearsal", level=2)).to_be_visible()
    return page


def heard(page: Page, *last: str) -> list[str]:
    """What was announced, once the latest of it has these words: that is a turn later than it is shown."""
    page.wait_for_function("(last) => last.every((each) => window.heard.at(-1)?.includes(each))", arg=last)
    said: list[str] = page.evaluate("window.heard")
    return said


def vote(seat: Page, option: str) -> None:
    seat.get_by_role("button", name=option).click()
    expect(seat.locator("#seat-fate")).to_have_attribute("data-fate", "saved")


def test_each_scene_is_announced_once_in_the_languages_that_one_chooses(opened: Open) -> None:
    console, listen = connected(opened("organiser")), listening(opened("viewer"))
    seat = connected(opened("participant", "1-1", width=390))
    give(console, "start_meeting")
    listen.evaluate(RECORD)

    give(console, "open_voting", question="practice", seconds=600)
    take(console, "voting", question="practice")
    expect(listen.get_by_role("heading", level=2).first).to_contain_text("how did you come today?")
    before = len(heard(listen, "how did you come today?"))
    vote(seat, "By car")
    vote(seat, "By bus")
    expect(listen.locator(".air")).to_contain_text("1 of 1 has voted")
    expect(listen.get_by_role("timer")).to_have_text(re.compile(r"9:[0-4]\d|9:5[0-5]"), timeout=60_000)
    assert len(heard(listen)) == before, "no count and no second is announced"
    assert [line for line in heard(listen) if "how did you come" in line] == heard(listen)[-1:]

    give(console, "close_voting", question="practice")
    expect(listen.locator(".air")).to_contain_text("Voting is closed")
    give(console, "show_results", question="practice")
    take(console, "results", question="practice")
    table = listen.get_by_role("table")
    expect(table).to_be_visible()
    expect(table.locator("caption")).to_contain_text("how did you come today?")
    expect(table.get_by_role("columnheader", name="Share")).to_be_visible()
    expect(table.get_by_role("rowheader", name="By bus")).to_be_visible()
    heard(listen, "By bus", "100.0%")

    listen.get_by_label("ไทย").check()
    expect(table.locator("caption [lang=th]")).to_contain_text("คำถามทดลอง")
    expect(table.locator("caption [lang=en]")).to_be_visible()
    listen.get_by_label("English").uncheck()
    expect(table.locator("caption [lang=en]")).to_have_count(0)
    listen.get_by_label("ไทย").click()
    expect(listen.get_by_label("ไทย")).to_be_checked()
    expect(listen.locator("details summary").first).to_contain_text("คำถามทดลอง")
    assert listen.evaluate(SAID_AGAIN)
    checks.accessible(listen)
    checks.fits(listen)
    take(console, "blank")
    expect(listen.locator(".air")).to_contain_text("จอว่างอยู่")


def test_the_theme_team_and_area_managers_hear_the_screen_too(opened: Open) -> None:
    for role in ("theme_member", "area_manager", "expert"):
        listening(opened(role)).context.close()
