"""At stake: a header that ends in a dot looks like one whose end is missing."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.commands import connected
from tests.browser.conftest import Open

PAGES = (
    ("organiser", "console"),
    ("viewer", "report"),
    ("expert", "expert"),
    ("stage", "stage"),
    ("theme_leader", "themes"),
)
DOTS = """() => [...document.querySelectorAll('.dotted')].flatMap((line) => {
  const cut = line.getBoundingClientRect().left + parseFloat(getComputedStyle(line).paddingInlineStart)
    + 0.9 * parseFloat(getComputedStyle(line).fontSize);
  return [...line.querySelectorAll('.dot')].map((dot) => {
    const at = dot.getBoundingClientRect();
    const before = dot.parentElement.previousElementSibling.getBoundingClientRect();
    const sign = document.createRange();
    sign.setStart(dot.firstChild, 0);
    sign.setEnd(dot.firstChild, 1);
    const word = document.createRange();
    word.setStart(dot.nextSibling, 0);
    word.setEnd(dot.nextSibling, 1);
    const left = sign.getBoundingClientRect().left - before.right;
    const right = word.getBoundingClientRect().left - sign.getBoundingClientRect().right;
    return { seen: at.right > cut + 1, begins: at.left + 1 < cut && at.top >= before.bottom - 2,
      clipped: getComputedStyle(line).clipPath !== 'none', even: Math.abs(left - right) < 1.5 };
  });
})"""


def dots(page: Page) -> list[dict[str, bool]]:
    page.evaluate("document.fonts.ready")
    found: list[dict[str, bool]] = page.evaluate(DOTS)
    assert found, "control: there is something to look at"
    return found


@pytest.mark.parametrize("lang", ["en-GB", "th-TH"])
def test_no_line_of_a_header_begins_or_ends_with_a_dot(opened: Open, lang: str) -> None:
    seen = []
    for role, path in PAGES:
        page = opened(role, None, lang, width=1366)
        expect(page).to_have_url(re.compile(f"/{path}$"))
        connected(page)
        wide = dots(page)
        assert all(dot["seen"] for dot in wide), "control: in one line there is a dot between the parts"
        assert all(dot["even"] for dot in wide), "as far from what is before it as from what comes"
        for width in (390, 320):
            page.set_viewport_size({"width": width, "height": 700})
            for dot in dots(page):
                assert dot["seen"] != dot["begins"], (path, width, dot)
                assert dot["clipped"]
                seen.append(dot["seen"])
        page.context.close()
    assert not all(seen), "control: somewhere the line does break"
