"""Two hands on a keyboard, and no mouse: they reach everything by Tab, and see at each stop where it is."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page

from app.i18n import shown

STOPS_MAX = 150
BACK = 40

FOCUSED = "element => element === document.activeElement"

WHERE = """async () => {
  for (let frame = 0; frame < 2; frame++) await new Promise((drawn) => requestAnimationFrame(drawn));
  const at = document.activeElement;
  if (!at || at === document.body || at === document.documentElement) return '';
  const words = (at.innerText || at.getAttribute('aria-label') || '').trim().slice(0, 40);
  const name = `${at.localName}#${at.id} "${words}"`;
  const shown = at.closest('label') ?? at;
  const style = getComputedStyle(at);
  const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  if (!ring || !at.matches(':focus-visible')) return `no focus to be seen on ${name}`;
  const rect = shown.getBoundingClientRect();
  const [left, right] = [Math.max(rect.left, 0), Math.min(rect.right, innerWidth)];
  const [top, bottom] = [Math.max(rect.top, 0), Math.min(rect.bottom, innerHeight)];
  if (right - left < 1 || bottom - top < 1) return `out of sight: ${name}`;
  const steps = [0.02, 0.25, 0.5, 0.75, 0.98];
  const hit = (x, y) => {
    const found = document.elementFromPoint(left + x * (right - left), top + y * (bottom - top));
    return found && (shown.contains(found) || found.contains(shown));
  };
  const seen = steps.some((x) => steps.some((y) => hit(x, y)));
  return seen ? '' : `covered: ${name}`;
}"""
"""What is wrong with the focus: not to be seen, out of sight, or wholly covered (WCAG 2.4.7, 2.4.11)."""


class Hands:
    """A person at a page who has a keyboard only; `wrong` is where the focus could not be seen."""

    def __init__(self, page: Page, lang: str = "en") -> None:
        self.page, self.lang = page, lang
        self.wrong: set[str] = set()
        self.stops = 0

    def say(self, key: str, /, **params: str) -> str:
        """A text of the catalogue, as this person reads it."""
        return shown(self.lang, key, **params)

    def button(self, key: str, /, *, within: Locator | None = None, **params: str) -> Locator:
        """A button by its words; a key that is drawn on it does not count."""
        name = re.compile(rf"^{re.escape(self.say(key, **params))}( \S{{1,2}})?$")
        return (within or self.page).get_by_role("button", name=name)

    def press(self, key: str) -> None:
        """Press a key, and look where the focus is now."""
        self.page.keyboard.press(key)
        if key.endswith("Tab"):
            self.stops += 1
            if found := self.page.evaluate(WHERE):
                self.wrong.add(f"{self.page.url.partition('#')[0]}: {found}")

    def reach(self, wanted: Locator) -> None:
        """Go to it by Tab, from wherever the focus is and round once more."""
        wanted.wait_for()
        for _ in range(STOPS_MAX):
            if wanted.evaluate(FOCUSED):
                return
            self.press("Tab")
        raise AssertionError(f"{wanted} cannot be reached by Tab")

    def back(self) -> None:
        """Backwards, past the beginning of the page and up from its end."""
        for _ in range(BACK):
            self.press("Shift+Tab")

    def do(self, wanted: Locator, key: str = "Enter") -> None:
        """Go to a button and press it."""
        self.reach(wanted)
        self.press(key)

    def write(self, field: Locator, text: str) -> None:
        """Go to a field and type over what it holds."""
        self.reach(field)
        self.press("Control+A")
        self.page.keyboard.type(text)

    def choose(self, field: Locator, value: str) -> None:
        """Go to a list and move down in it to a value."""
        self.reach(field)
        self.press("Home")
        self.until("ArrowDown", lambda: field.input_value() == value)

    def until(self, key: str, reached: Callable[[], bool]) -> None:
        """Press a key until it is so."""
        for _ in range(STOPS_MAX):
            if reached():
                return
            self.press(key)
        raise AssertionError(f"{key} does not lead there")
