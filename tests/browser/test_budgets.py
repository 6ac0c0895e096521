"""At stake: three thousand phones load their page at once over the hall's air.

What a first load costs is what went over the line, headers and compression included, and without the letters.
"""

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.people import connected
from tests.browser.watch import Watch
from tests.browser.windows import Windows
from tests.web.processes import Running

PAGE_BYTES = 150_000
KEYPAD_BYTES = 60_000
ROLES = (
    "organiser",
    "theme_leader",
    "table_facilitator",
    "area_manager",
    "screen",
    "viewer",
    "expert",
    "stage",
)
BUDGETS = dict.fromkeys(ROLES, PAGE_BYTES) | {"participant": KEYPAD_BYTES}

SENT = """() => performance.getEntriesByType('resource').concat(performance.getEntriesByType('navigation'))
  .filter((each) => !each.name.endsWith('.woff2') && !each.name.includes('/api/'))
  .map((each) => [each.name.replace(location.origin, ''), each.transferSize])"""


def sent(page: Page) -> dict[str, int]:
    """Bytes over the line by address, without letters."""
    return dict(page.evaluate(SENT))


@pytest.mark.parametrize("lang", ["en-GB", "th-TH"])
def test_a_first_load_is_small(browser: Browser, untouched: Running, watch: Watch, lang: str) -> None:
    over = []
    for role, most in BUDGETS.items():
        with Windows(watch) as windows:
            page = connected(windows.open(browser, untouched.link(role), lang))
            page.wait_for_load_state("networkidle")
            sizes = sent(page)
            assert sizes, "something was loaded"
            total = sum(sizes.values())
            if total > most:
                largest = sorted(sizes.items(), key=lambda each: -each[1])[:6]
                over.append(f"{role} in {lang}: {total} of {most}; {largest}")
    assert over == [], "\n".join(over)


def test_control_what_comes_is_counted(browser: Browser, untouched: Running, watch: Watch) -> None:
    with Windows(watch) as windows:
        page = windows.open(browser, f"{untouched.url}/j")
        page.wait_for_load_state("networkidle")
        before = sum(sent(page).values())
        assert before > 5_000
        page.evaluate("fetch('/openapi.json', {cache: 'no-store'}).then((answer) => answer.text())")
        page.wait_for_function("performance.getEntriesByName(location.origin + '/openapi.json').length > 0")
        assert sum(sent(page).values()) > before + 5_000
