"""At stake: tests over https with a name and over plain http beyond loopback are what they say they are."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.reached import Reached
from tests.browser.watch import LINE, Watch

pytestmark = pytest.mark.root("ip")

GIVEN = """() => ({
  secure: isSecureContext, worker: 'serviceWorker' in navigator, uuid: 'randomUUID' in crypto,
  subtle: crypto.subtle !== undefined, wake: 'wakeLock' in navigator, host: location.hostname })"""


def connected(page: Page) -> Page:
    expect(page.locator("#line")).to_have_attribute("data-line", "open")
    return page


def test_over_https_with_a_name_a_page_is_given_everything(secure: Reached) -> None:
    page = connected(secure.open("table_facilitator", "1"))
    given = page.evaluate(GIVEN)
    assert given.pop("host") == "meeting.test"
    assert set(given.values()) == {True}
    assert page.context.cookies()[0]["secure"]


def test_over_plain_http_in_a_network_it_is_withheld(plain: Reached) -> None:
    page = connected(plain.open("table_facilitator", "1"))
    given = page.evaluate(GIVEN)
    assert given.pop("host") == "10.77.0.1"
    assert set(given.values()) == {False}
    expect(page.locator(".insecure").first).to_be_visible()


def test_a_line_that_is_cut_at_the_switch_is_noticed_and_others_stay(secure: Reached, watch: Watch) -> None:
    cut_and_healed(secure, watch, unplugged=False)


def test_a_line_that_is_unplugged_is_noticed_and_others_stay(plain: Reached, watch: Watch) -> None:
    cut_and_healed(plain, watch, unplugged=True)


def cut_and_healed(reached: Reached, watch: Watch, *, unplugged: bool) -> None:
    watch.forgive(*LINE)
    table = connected(reached.open("table_facilitator", "1"))
    console = connected(reached.open("organiser", line="stage"))
    reached.cut(unplugged=unplugged)
    expect(table.locator("#line")).to_have_attribute("data-line", "offline", timeout=60_000)
    expect(console.locator("#line")).to_have_attribute("data-line", "open")
    reached.heal()
    expect(table.locator("#line")).to_have_attribute("data-line", "open", timeout=60_000)


def test_a_server_that_is_killed_and_started_again_is_found_at_its_address(
    reached: Reached, watch: Watch
) -> None:
    watch.forgive(*LINE)
    page = connected(reached.open("table_facilitator", "1"))
    reached.kill()
    expect(page.locator("#line")).to_have_attribute("data-line", "offline")
    reached.restart()
    expect(page.locator("#line")).to_have_attribute("data-line", "open", timeout=60_000)
