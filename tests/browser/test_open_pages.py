"""At stake: the pages that need no session are for everybody: in both languages, light and dark."""

import re

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser import checks
from tests.browser.watch import REFUSED, Watch
from tests.browser.windows import Windows
from tests.web.processes import Running

LANGUAGES = ("en-GB", "th-TH")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("path", ["/j", "/organiser", "/style", "/nowhere"])
def test_a_page_without_a_session_is_for_everybody(
    browser: Browser, untouched: Running, watch: Watch, path: str, lang: str
) -> None:
    watch.forgive("status of 404")
    for dark in (False, True):
        with Windows(watch) as windows:
            page = windows.open(browser, f"{untouched.url}{path}", lang, 390, dark)
            expect(page.locator("main")).to_be_visible()
            checks.accessible(page)
            if not dark:
                checks.fits(page)
                checks.targets(page)
                if lang == "th-TH" and path != "/style":
                    checks.thai_only(page)


def test_the_style_page_shows_every_part_in_both_languages_and_themes(page: Page, untouched: Running) -> None:
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.goto(f"{untouched.url}/style")
    samples = page.locator(".sample")
    expect(samples).to_have_count(4)
    grounds = samples.evaluate_all("all => all.map((e) => getComputedStyle(e).backgroundColor)")
    assert sorted(set(grounds)) == ["rgb(21, 21, 20)", "rgb(255, 253, 248)"]
    assert samples.evaluate_all("all => all.map((e) => e.lang)") == ["en", "th", "en", "th"]
    for fate in ("saved", "waiting", "refused", "unknown"):
        expect(samples.first.locator(f".fate[data-fate={fate}]")).to_be_visible()


@pytest.mark.parametrize(
    ("path", "field", "script"),
    [
        ("/organiser", "#password", "pages/login.js"),
        ("/organiser", "#code", "pages/enter.js"),
        ("/j", "#code", "pages/enter.js"),
    ],
)
def test_a_secret_sent_before_the_page_is_ready_stays_out_of_its_address(
    page: Page, untouched: Running, watch: Watch, path: str, field: str, script: str
) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(f"**/{script}*", hold)
    page.goto(f"{untouched.url}{path}", wait_until="commit")
    secret = page.locator(field)
    secret.fill("seven quiet boats")
    secret.press("Enter")
    while not held:
        page.wait_for_timeout(50)  # until the script is asked for, and waits
    assert page.url == f"{untouched.url}{path}"
    expect(secret).to_have_value("seven quiet boats")
    held[0].continue_()
    page.unroute_all()
    page.wait_for_load_state()
    watch.forgive(*REFUSED)
    secret.press("Enter")
    expect(page.locator("form", has=secret).locator(".fate")).not_to_be_empty()
    assert page.url == f"{untouched.url}{path}"


def test_control_a_form_that_says_nothing_of_its_method_puts_the_secret_into_the_address(
    page: Page, untouched: Running
) -> None:
    page.route("**/pages/login.js*", lambda _: None)
    page.goto(f"{untouched.url}/organiser", wait_until="commit")
    page.locator("#login").evaluate("(form) => form.removeAttribute('method')")
    page.locator("#password").fill("seven quiet boats")
    page.locator("#password").press("Enter")
    expect(page).to_have_url(re.compile(r"\?password=seven"))
