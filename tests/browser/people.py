"""The people of a meeting, each at a page, as a test plays them: what they press, by the words they read.

Every name comes from the catalogues, so that one script holds a day in each language.
"""

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from app.i18n import shown, whole

TAGS = {"en": "en-GB", "th": "th-TH"}


def connected(page: Page) -> Page:
    """The page, once it hears the meeting."""
    expect(page.locator("#line")).to_have_attribute("data-line", "open")
    return page


@dataclass
class Person:
    """Somebody with a page in a language."""

    page: Page
    lang: str

    def say(self, key: str, /, **params: str) -> str:
        """A text of the catalogue, as this person reads it."""
        return shown(self.lang, key, **params)

    def button(self, key: str, /, *, within: Locator | Page | None = None, **params: str) -> Locator:
        """A button by its words; a key that is drawn on it does not count."""
        name = re.compile(rf"^{re.escape(self.say(key, **params))}( \S{{1,2}})?$")
        return (within or self.page).get_by_role("button", name=name)

    def press(self, key: str, /, **params: str) -> None:
        self.button(key, within=self.page, **params).click()

    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog")


class Console(Person):
    """Whoever runs the day, by the next step alone."""

    def next(self, *keys: str) -> None:
        """Take these steps, each of which has to be the next one."""
        for key in keys:
            step = self.page.locator("#next-step, #next-yes")
            expect(step).to_have_accessible_name(re.compile(f"^{re.escape(self.say(key))}"))
            step.click()


class Table(Person):
    """A table's facilitator."""

    def begin(self) -> None:
        """From the check of the laptop to the table."""
        expect(self.page.get_by_text(self.say("table.verdict.ready"), exact=True)).to_be_visible()
        self.press("table.begin")

    def write(self, text: str, kind: str = "agreement") -> Locator:
        """Write an idea; gives its row."""
        self.page.get_by_label(self.say("table.kind"), exact=True).select_option(kind)
        self.page.get_by_label(self.say("table.write_here"), exact=True).fill(text)
        self.press("table.add")
        return self.page.get_by_role("listitem").filter(has_text=whole(text))

    def pads(self, *seats: int) -> None:
        """Give these seats a pad on the laptop."""
        self.press("table.panel.people")
        for seat in seats:
            row = self.page.get_by_role("listitem").filter(has_text=self.say("table.seat", seat=str(seat)))
            row.get_by_role("button", name=self.say("table.give_pad")).click()
            expect(row.get_by_role("button", name=self.say("table.give_pad"))).to_have_count(0)
        self.press("table.panel.people")

    def turn(self, seat: int, option: str) -> None:
        """Pass the pad to a seat, which votes and is done."""
        at, passes = self.button("table.i_am", seat=str(seat)), self.button("table.pass_to", seat=str(seat))
        expect(at.or_(passes).first).to_be_visible()
        if not at.is_visible():
            passes.click()
        at.click()
        self.dialog().get_by_role("button", name=option, exact=True).click()
        self.button("table.done", within=self.dialog()).click()
        expect(self.page.locator(".last")).to_have_text(self.say("table.last.saved", seat=str(seat)))


class Desk(Person):
    """The theme team's leader."""

    def read(self, text: str) -> None:
        """Open the next idea, where none is open; it has to be this one."""
        words = self.page.locator(".idea blockquote")
        expect(self.page.get_by_role("option").filter(has_text=whole(text))).to_be_visible()
        if words.count() == 0:
            self.press("themes.next")
        expect(words).to_have_text(whole(text))
        self.page.evaluate("() => new Promise((read) => setTimeout(read, 400))")  # sooner is a second tap

    def theme(self, english: str, thai: str) -> None:
        """Make a theme of the idea that is open."""
        self.button("themes.new_theme", within=self.page.get_by_role("main")).first.click()
        self.dialog().locator("[lang=en]").first.fill(english)
        self.dialog().locator("[lang=th]").first.fill(thai)
        self.button("themes.do_new", within=self.dialog()).click()
        expect(self.dialog()).to_have_count(0)

    def publish(self) -> None:
        self.press("themes.to_stage")
        self.dialog().locator("button.primary").click()
        expect(self.dialog()).to_have_count(0)

    def make_question(self, seconds: int) -> None:
        """A question of the themes, open for so long."""
        self.press("themes.make_question")
        self.dialog().get_by_label(self.say("themes.seconds")).fill(str(seconds))
        self.button("themes.do_question", within=self.dialog()).click()
        expect(self.dialog()).to_have_count(0)


class Phone(Person):
    """A participant's phone."""

    def vote(self, option: str) -> None:
        self.page.get_by_role("button", name=option, exact=True).click()
        expect(self.page.locator("#seat-fate")).to_have_text(self.say("fate.saved"))
