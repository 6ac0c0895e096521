"""At stake: who cannot see the phone joins, votes, is refused and hears the result like everybody.

What a virtual screen reader says is compared with `tests/golden/spoken-<scene>.<language>.txt`. There a line
that begins with `!` is said by itself, `*` is what has the focus after a key, and the rest is the page, read
from its top. Where words change on purpose, read what is heard now, aloud, and copy it over the golden file.
"""

import difflib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from app.i18n import shown, whole
from tests.browser.commands import connected, give, take
from tests.browser.people import TAGS
from tests.browser.reader import Reader
from tests.browser.watch import REFUSED, Watch
from tests.browser.windows import Windows
from tests.web.processes import Running

GOLDEN = Path(__file__).parents[1] / "golden"
LANGUAGES = ("en", "th")
TOPIC = {"en": "Which days suit you?", "th": "วันใดที่ท่านสะดวก"}
DAYS = {"en": ("Monday", "Tuesday", "Sunday"), "th": ("วันจันทร์", "วันอังคาร", "วันอาทิตย์")}
WORRIES = {"en": ("The network", "The sound"), "th": (whole("เครือข่าย"), "เสียง")}
RULES: dict[str, Any] = {"kind": "pick_up_to", "choices_max": 2, "purpose": "topic", "standings": ["citizen"]}
SEAT = "2-1"
QUESTION = f"q_{7:032d}"
LATE = """([question, seat, day]) => document.querySelector('town-keypad').act('ballot',
  {t: 'cast_ballot', question, round: 1, seat, choices: [day]})"""


class Scene:
    """What is done and heard, written down; `page` and its reader may be others in the course of it."""

    def __init__(self, page: Page, lang: str) -> None:
        self.page, self.lang = page, lang
        self.reader = Reader(page)
        self.lines: list[str] = []

    def say(self, key: str, **params: str) -> str:
        return shown(self.lang, key, **params)

    def does(self, what: str) -> None:
        self.lines += ["", f"-- {what}"]

    def reads(self) -> None:
        """The whole page, when what was said by itself has gone from it."""
        for region in self.page.locator(".unseen[role=status], .announcer").all():
            expect(region).to_be_empty()
        self.lines += self.reader.read()

    def tabs_to(self, name: str) -> None:
        """Tab until this has the focus; every stop on the way is heard."""
        for _ in range(30):
            self.page.keyboard.press("Tab")
            focused = self.page.evaluate("document.activeElement.innerText || document.activeElement.id")
            if focused.strip() == name:
                return
        raise AssertionError(f"no {name} by Tab")

    def hears(self, settled: Callable[[], None]) -> None:
        """What was said since, once the page has settled.

        Whether a slow line lets "not yet saved" be heard before the answer is chance: it is left out.
        """
        settled()
        self.page.evaluate("() => new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)))")
        waiting = f"! {self.say('fate.not_yet_saved')}"
        heard = [line for line in self.reader.heard() if line.rstrip() != waiting]
        self.lines += [line if line.startswith("!") else f"* {line}" for line in heard]

    def here(self) -> None:
        """What has the focus, heard once more."""
        self.lines.append(f"* {self.reader.here()}")

    def arrives(self, page: Page) -> None:
        """Another page was loaded."""
        self.page, self.reader = page, Reader(page)
        self.lines.append(f"page: {page.title()}")

    def rest(self) -> None:
        """What was said in between is not written down."""
        self.reader.heard()

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name)

    def told(self, title: str) -> str:
        """All that was written down since the last time, under a title."""
        lines, self.lines = self.lines, []
        return "\n".join([title, *lines, ""])


def compare(told: dict[str, str], lang: str, folder: Path) -> list[str]:
    """Where something else is heard than should be; it is kept in `folder`, to be listened to."""
    found = []
    for name, heard in told.items():
        golden = GOLDEN / f"spoken-{name}.{lang}.txt"
        if golden.exists() and golden.read_text(encoding="utf-8") == heard:
            continue
        (folder / golden.name).write_text(heard, encoding="utf-8")
        wanted = golden.read_text(encoding="utf-8").splitlines() if golden.exists() else []
        told_apart = difflib.unified_diff(wanted, heard.splitlines(), golden.name, str(folder / golden.name))
        found.append("\n".join(told_apart))
    return found


@pytest.fixture
def windows(watch: Watch) -> Iterator[Windows]:
    with Windows(watch) as made:
        yield made


def option(number: int) -> str:
    return f"opt_{number:032x}"


def draft(console: Page) -> None:
    """A question of the day in both languages, opened."""
    options = [
        {"id": option(n), "text": {"en": english, "th": thai}}
        for n, (english, thai) in enumerate(zip(DAYS["en"], DAYS["th"], strict=True))
    ]
    give(console, "draft_question", question=QUESTION, title=TOPIC, rules=RULES, seconds=0, options=options)
    give(console, "open_voting", question=QUESTION)


def joining(at: Scene, code: str) -> None:
    at.does("She opens the address on her card, and reads.")
    at.reads()
    at.does("She goes to the field by Tab, types a code that is none, and presses Enter.")
    at.tabs_to("code")
    at.hears(lambda: None)
    at.page.keyboard.type("ZZZZ-ZZZZ")
    at.page.keyboard.press("Enter")
    at.hears(lambda: expect(at.page.locator("#enter-fate")).to_have_attribute("data-fate", "refused"))
    at.does("She types the code of her card, and presses Enter. The keypad opens; she reads.")
    at.page.keyboard.press("Control+A")
    at.page.keyboard.type(code)
    at.page.keyboard.press("Enter")
    expect(at.page.locator("#seat-name")).to_have_text(at.say("ui.seat", seat=SEAT))
    expect(at.page.locator("town-air")).to_have_count(1)
    at.arrives(connected(at.page))
    at.reads()


def voting(at: Scene, console: Page) -> None:
    first, second = WORRIES[at.lang]
    fate, made = at.page.locator("#seat-fate"), at.page.locator(".made")
    saved = at.say("fate.saved")
    at.does("The vote is opened.")
    give(console, "open_voting", question="worries")
    at.hears(lambda: expect(at.button(first)).to_be_visible())
    at.does("She reads.")
    at.reads()
    at.does("She goes to the first option by Tab, and presses Enter.")
    at.tabs_to(first)
    at.hears(lambda: None)
    at.page.keyboard.press("Enter")
    at.hears(lambda: expect(fate).to_have_text(saved))
    at.here()
    at.does("And to another one; she presses Space.")
    at.tabs_to(second)
    at.hears(lambda: None)
    at.page.keyboard.press("Space")
    expect(made).to_have_text(at.say("seat.made", done="2", of="2"))
    at.hears(lambda: expect(fate).to_have_text(saved))
    at.here()
    at.does("She asks for more time.")
    at.tabs_to(at.say("command.ask_more_time"))
    at.hears(lambda: None)
    at.page.keyboard.press("Enter")
    at.hears(lambda: expect(at.page.locator(".asked-for")).to_be_visible())
    at.does("The vote is closed.")
    give(console, "close_voting", question="worries")
    at.hears(lambda: expect(at.page.locator("#ballot .outcome")).to_be_visible())
    at.does("She reads.")
    at.reads()


def result(at: Scene, console: Page) -> None:
    at.does("The result is shown on the plenary screen.")
    give(console, "show_results", question="worries")
    take(console, "results", question="worries")
    at.hears(lambda: expect(at.page.get_by_role("table")).to_be_visible())
    at.does("She reads.")
    at.reads()


def refused(at: Scene, console: Page, other: Callable[[], Page]) -> None:
    fate = at.page.locator("#seat-fate")
    at.does("A vote for two of three days. She chooses all three.")
    draft(console)
    expect(at.button(DAYS[at.lang][0])).to_be_visible()
    for made, day in enumerate(DAYS[at.lang], 1):
        at.tabs_to(day)
        at.hears(lambda: None)
        at.page.keyboard.press("Enter")
        if made <= RULES["choices_max"]:
            told = at.say("seat.made", done=str(made), of=str(RULES["choices_max"]))
            expect(at.page.locator(".made")).to_have_text(told)
            at.hears(lambda: expect(fate).to_have_attribute("data-fate", "saved"))
    at.hears(lambda: expect(fate).to_have_attribute("data-fate", "refused"))
    at.here()
    at.does("The vote is closed, and a press of hers comes too late.")
    give(console, "close_voting", question=QUESTION)
    expect(at.page.locator("#ballot .outcome")).to_be_visible()
    at.page.evaluate(LATE, [QUESTION, SEAT, option(2)])
    at.hears(lambda: expect(fate).to_have_attribute("data-fate", "refused"))
    at.does("Somebody else takes her seat with another phone. She reads.")
    connected(other())
    at.hears(lambda: expect(at.page.locator("#holder")).to_be_visible())
    at.reads()


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_participant_hears_what_the_others_see(
    browser: Browser, server: Running, windows: Windows, watch: Watch, tmp_path: Path, lang: str
) -> None:
    watch.forgive(*REFUSED)
    console = connected(windows.open(browser, server.link("organiser")))
    address = server.link("participant", SEAT)
    phone = windows.open(browser, address.partition("#")[0], TAGS[lang], 390)
    expect(phone.get_by_role("button", name=shown(lang, "ui.enter"))).to_be_visible()
    told: dict[str, str] = {}

    at = Scene(phone, lang)
    joining(at, address.partition("#")[2])
    told["joining"] = at.told("Joining")
    give(console, "start_meeting")
    expect(phone.get_by_role("heading", level=1)).to_have_text(shown(lang, "seat.ready"))
    at.rest()
    voting(at, console)
    told["voting"] = at.told("Voting")
    result(at, console)
    told["result"] = at.told("Hearing a result")
    refused(at, console, lambda: windows.open(browser, address, TAGS[lang], 390))
    told["refused"] = at.told("Being refused")
    assert compare(told, lang, tmp_path) == []


def test_a_label_that_is_missing_would_be_heard(
    browser: Browser, windows: Windows, untouched: Running
) -> None:
    """The control of the above: the same page without the words of its field and of its button."""
    page = windows.open(browser, f"{untouched.url}/j", "en-GB", 390)
    expect(page.get_by_label("Code")).to_be_visible()
    golden = (GOLDEN / "spoken-joining.en.txt").read_text(encoding="utf-8").splitlines()
    whole = Reader(page).read()
    assert [line for line in whole if line not in golden] == []
    page.evaluate("document.querySelector('label[for=code]').removeAttribute('for')")
    page.evaluate("document.querySelector('#enter button').textContent = ''")
    lacking = [line for line in Reader(page).read() if line not in golden]
    assert [line.partition(",")[0] for line in lacking] == ["textbox", "button"]
