"""What there are pictures of: every page that the routes name and every scene that the core names.

`tests/test_pictures.py` holds this list against the definitions: a page or scene without a picture fails.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.core.commands import SceneKind
from app.web.roles import PAGES
from tests.browser.people import Desk, Person, Table

Prepare = Callable[[Person], None]

WIDTHS = {390: 844, 1024: 768, 1366: 768, 1920: 1080}
"""The heights of the windows, by their width."""

LANGUAGES = ("en", "th")
THEMES = ("light", "dark")
SCREEN_LANGUAGES = (("en",), ("th",), ("th", "en"))

TOPIC, EARLIER = "business", "people"
QUESTION = "business-help"


def as_it_opens(_: Person) -> None:
    """Nothing is pressed."""


@dataclass(frozen=True)
class Picture:
    """One state of a page.

    Attributes:
        path: As the route has it.
        name: What its files are called.
        who: Who has it open: a role, `coming …` of the meeting that has not begun, `owner`, a place of that
            language (`table`, `seat`), or nobody.
        prepare: What that person does before the picture.
        address: The path to open, where the route's has places to fill in, or none.
        off_line: Where the picture is of a lost line: what that person does once it is cut.
    """

    path: str
    name: str
    who: str
    prepare: Prepare = as_it_opens
    address: str = ""
    off_line: Prepare | None = None


# --- what people do before a picture ------------------------------------------------------------


def checked(person: Person) -> None:
    """The check of the laptop is through."""
    chart = person.page.locator("town-chart")
    chart.or_(person.button("table.begin")).first.wait_for()


def at_work(person: Person) -> None:
    """From the check of the laptop to the table, where that was not done before."""
    checked(person)
    chart = person.page.locator("town-chart")
    if not chart.count():
        person.press("table.begin")
    chart.wait_for()


def panel(name: str) -> Prepare:
    """The table with a part of the page beside it."""

    def opened(person: Person) -> None:
        at_work(person)
        button = person.page.locator(f"nav.bar [data-panel={name}]")
        if button.get_attribute("aria-expanded") != "true":
            button.click()

    return opened


def pads(person: Person) -> None:
    """Two seats get a pad of the laptop."""
    at_work(person)
    Table(person.page, person.lang).pads(3, 4)


def passed_pad(person: Person) -> None:
    """A seat has the pad in its hands; its time does not run while it is taken in every size."""
    at_work(person)
    person.page.locator(".seats button.seat").nth(2).click()
    person.button("table.i_am", seat="3").click()
    person.page.locator("dialog .pad").wait_for()
    person.page.evaluate("(() => { const now = Date.now(); Date.now = () => now; })()")


def written(person: Person) -> None:
    """The table writes what it agrees on."""
    at_work(person)
    words = {
        "en": "One counter for all permits, open on Saturdays too",
        "th": "จุดยื่นใบอนุญาตแห่งเดียว เปิดวันเสาร์ด้วย",
    }
    row = Table(person.page, person.lang).write(words[person.lang])
    row.first.get_by_text(person.say("fate.saved"), exact=True).wait_for()


def unfolded(person: Person) -> None:
    """The screen in words, under the keypad."""
    person.page.locator("town-air .told").first.wait_for(state="attached")


def chosen(person: Person) -> None:
    """Two options are chosen, and saved."""
    for at in (0, 2):
        person.page.locator("#ballot button[aria-pressed]").nth(at).click()
        person.page.locator("#seat-fate[data-fate=saved]").wait_for()


def an_idea(person: Person) -> None:
    """The leader reads the next idea."""
    person.button("themes.next").click()
    person.page.locator(".idea blockquote").wait_for()


def to_stage(person: Person) -> None:
    person.button("themes.to_stage").click()
    person.dialog().wait_for()


def new_question(person: Person) -> None:
    person.button("themes.make_question").click()
    person.dialog().wait_for()


def theme_moved(person: Person) -> None:
    an_idea(person)
    Desk(person.page, person.lang).button("themes.move", within=person.page.get_by_role("main")).first.click()
    person.dialog().wait_for()


def tab(number: int) -> Prepare:
    """A part of the console."""

    def opened(person: Person) -> None:
        person.page.locator("nav.tabs button[aria-current]").nth(number).click()

    return opened


def keys(person: Person) -> None:
    person.page.locator("nav.tabs button.quiet").click()
    person.dialog().wait_for()


def a_table(person: Person) -> None:
    """One of the own tables."""
    person.page.locator(".tile").first.click()
    person.page.locator("[data-seat]").first.wait_for()


def written_off_line(person: Person) -> None:
    """Without a line the table writes on."""
    words = {"en": "Small loans without a guarantor", "th": "เงินกู้รายย่อยที่ไม่ต้องมีผู้ค้ำประกัน"}
    Table(person.page, person.lang).write(words[person.lang]).first.wait_for()


# --- the pages, by what the day is at -----------------------------------------------------------

CONSOLE_TABS = ("run", "room", "questions", "ways", "record")
HOLDER = {
    "table": "table", "seat": "seat", "themes": "theme_leader", "console": "organiser",
    "area": "area_manager", "screen": "screen", "listen": "viewer", "expert": "expert",
    "stage": "stage", "report": "viewer",
}  # fmt: skip
"""Who opens a page for its picture."""

PANELS = ("guide", "people", "messages", "help", "laptop", "keys")
PAPER = "/api/meetings/{meeting}/report.html"
CARDS = "/api/meetings/{meeting}/cards/{places}"


def paper(name: str, who: str, query: str) -> Picture:
    """The report as one page to print."""
    return Picture(PAPER, name, who, address=f"{PAPER}?{query}&lang={{lang}}")


def cards(places: str) -> Picture:
    """Cards to print."""
    address = CARDS.replace("{places}", places) + "?page=console&only={lang}"
    return Picture(CARDS, f"cards-{places}", "organiser", address=address)


TALK = (
    Picture("/j", "join", ""),
    Picture("/organiser", "organiser-login", ""),
    Picture("/organiser", "organiser", "owner"),
    Picture("/style", "style", ""),
    Picture("", "lost", "", address="/nowhere"),
    Picture("/console", "console-before", "coming organiser"),
    Picture("/stage", "stage-before", "coming stage"),
    Picture("/report", "report-before", "coming viewer"),
    Picture("/themes", "themes-before", "coming theme_leader"),
    Picture("/expert", "expert-before", "coming expert"),
    Picture("/area", "area-before", "coming area_manager"),
    Picture("/table", "table-check", "table", checked),
    Picture("/table", "table", "table", written),
    *(Picture("/table", f"table-{name}", "table", panel(name)) for name in PANELS),
    Picture("/table", "table-offline", "table", at_work, off_line=written_off_line),
    Picture("/table", "table-pads", "table", pads),
    Picture("/seat", "seat-waits", "seat", unfolded),
    Picture("/seat", "seat-offline", "seat", off_line=as_it_opens),
    Picture("/themes", "themes", "theme_leader"),
    Picture("/themes", "themes-idea", "theme_leader", an_idea),
    Picture("/themes", "themes-move", "theme_leader", theme_moved),
    Picture("/themes", "themes-to-stage", "theme_leader", to_stage),
    Picture("/themes", "themes-question", "theme_leader", new_question),
    *(Picture("/console", f"console-{name}", "organiser", tab(at)) for at, name in enumerate(CONSOLE_TABS)),
    Picture("/console", "console-keys", "organiser", keys),
    Picture("/console", "console-offline", "organiser", off_line=as_it_opens),
    Picture("/area", "area", "area_manager"),
    Picture("/area", "area-table", "area_manager", a_table),
    Picture("/expert", "expert", "expert"),
    Picture("/stage", "stage", "stage"),
    Picture("/listen", "listen", "viewer"),
    Picture("/report", "report", "viewer"),
    Picture("/report", "report-organiser", "organiser"),
    Picture("/screen", "screen", "screen"),
    paper("paper", "viewer", "page=report"),
    paper("paper-full", "organiser", "page=console&edition=full"),
    cards("tables"),
    cards("seats"),
    *(Picture(f"/{page}/all", f"all-{page}", HOLDER[page]) for page in PAGES),
)  # fmt: skip
"""While tables write."""

VOTE = (
    Picture("/table", "vote-table", "table", at_work),
    Picture("/table", "vote-table-pad", "table", passed_pad),
    Picture("/seat", "vote-seat", "seat"),
    Picture("/seat", "vote-seat-saved", "seat", chosen),
    Picture("/console", "vote-console", "organiser"),
    Picture("/area", "vote-area", "area_manager"),
    Picture("/stage", "vote-stage", "stage"),
    Picture("/listen", "vote-listen", "viewer"),
)
"""While a vote is open."""

RESULT = (
    Picture("/table", "result-table", "table", at_work),
    Picture("/seat", "result-seat", "seat", unfolded),
    Picture("/console", "result-console", "organiser"),
    Picture("/stage", "result-stage", "stage"),
    Picture("/listen", "result-listen", "viewer"),
)
"""When the result is on the screen."""

END = (
    Picture("/table", "end-table", "table", at_work),
    Picture("/seat", "end-seat", "seat", unfolded),
    Picture("/console", "end-console", "organiser"),
    Picture("/console", "end-console-record", "organiser", tab(CONSOLE_TABS.index("record"))),
    Picture("/themes", "end-themes", "theme_leader"),
    Picture("/area", "end-area", "area_manager"),
    Picture("/stage", "end-stage", "stage"),
    Picture("/report", "end-report", "viewer"),
)
"""When the day is over."""

PICTURES = (*TALK, *VOTE, *RESULT, *END)

# --- the scenes ---------------------------------------------------------------------------------

MESSAGE = {
    "en": "Lunch is served in the east hall until one o’clock.",
    "th": "อาหารกลางวันอยู่ที่ห้องโถงตะวันออก ถึงเวลา 13.00 น.",
}

SCENES: dict[SceneKind, dict[str, dict[str, Any]]] = {
    SceneKind.TITLE: {"title": {}},
    SceneKind.AGENDA: {"agenda": {}},
    SceneKind.TIMER: {"timer": {}},
    SceneKind.QUESTION: {"question": {"question": QUESTION}},
    SceneKind.VOTING: {"voting": {"question": QUESTION}},
    SceneKind.RESULTS: {
        "results": {"question": QUESTION},
        "results-yes-no": {"question": "place-street"},
        "results-rating": {"question": "place-works"},
        "results-census": {"question": "district"},
    },
    SceneKind.COMPARE: {"compare": {"question": "age", "other": "sex"}},
    SceneKind.THEMES: {"themes": {"item": EARLIER}},
    SceneKind.PRIORITIES: {"priorities": {"question": "people-first"}},
    SceneKind.ROOM: {"room": {}},
    SceneKind.ROLL_CALL: {"roll-call": {}},
    SceneKind.SAMPLE: {"sample": {}},
    SceneKind.MESSAGE: {"message": {}},
    SceneKind.HOLD: {"hold": {}},
    SceneKind.BLANK: {"blank": {}},
}  # fmt: skip
"""What is put on the screen: every kind, by the names of its pictures."""

DURING_VOTE = (SceneKind.VOTING,)
AFTER_SHOW = ("results",)
"""What can be shown only then."""
