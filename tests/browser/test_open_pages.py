"""At stake: the pages that need no session are for everybody: in both languages, light and dark."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import checks
from tests.browser.watch import Watch
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
