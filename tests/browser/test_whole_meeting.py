"""At stake: the pages are one meeting. What a table says becomes a theme, a vote, a picture, a report.

Once in English over https with a name, once in Thai over plain http in a network of the tests' own.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import checks
from tests.browser.conftest import started
from tests.browser.lan import Lan
from tests.browser.people import TAGS, Console, Desk, Phone, Table, connected
from tests.browser.reached import PLAIN, SECURE, Reached
from tests.browser.watch import Watch

pytestmark = [pytest.mark.root("ip"), pytest.mark.slow, pytest.mark.timeout(600)]

PLAN = Path(__file__).with_name("whole-meeting.yaml")
SHADE, WILD = {"en": "Shade", "th": "ร่มเงา"}, {"en": "Wild banks", "th": "ริมตลิ่งธรรมชาติ"}
PICTURES = ".small-picture"
DOT = "#line"
"""On the screen a dot that is there when the line is lost; its words are for screen readers."""
IDEAS = {
    "en": ("Plant shade along the path", "Leave the bank wild"),
    "th": ("ปลูกต้นไม้ให้ร่มเงาตามทางเดิน", "ปล่อยริมตลิ่งไว้ตามธรรมชาติ"),
}


@pytest.fixture(params=["en", "th"])
def lang(request: pytest.FixtureRequest) -> str:
    language: str = request.param
    return language


@pytest.fixture
def hall(lan: Lan, watch: Watch, tmp_path: Path, lang: str) -> Iterator[Reached]:
    """English over https with a name, Thai over plain http in a network."""
    yield from started(lan, watch, tmp_path, {"en": SECURE, "th": PLAIN}[lang] | {"plan": str(PLAN)})


def test_a_meeting_goes_from_a_tables_idea_to_the_report(hall: Reached, lang: str) -> None:
    found: list[str] = []

    def page(role: str, label: str | None = None, width: int = 1366) -> Page:
        return connected(hall.open(role, label, TAGS[lang], width, line="floor" if label else "stage"))

    console = Console(page("organiser"), lang)
    table = Table(page("table_facilitator", "1"), lang)
    desk = Desk(page("theme_leader"), lang)
    phone = Phone(page("participant", "1-1", 390), lang)
    screen = page("screen", width=1920)
    listen = connected(hall.open("viewer", None, TAGS[lang], 390, page="/listen", line="stage"))
    shade, wild = IDEAS[lang]

    found += checks.findings(table.page)
    table.begin()
    console.next("command.start_meeting", "console.begin")
    table.pads(2, 3)
    for text, kind in ((shade, "agreement"), (wild, "minority")):
        expect(table.write(text, kind).get_by_text(table.say("fate.saved"), exact=True)).to_be_visible()
    found += checks.findings(table.page)

    desk.read(shade)
    desk.theme(SHADE["en"], SHADE["th"])
    desk.read(wild)
    desk.theme(WILD["en"], WILD["th"])
    found += checks.findings(desk.page)
    desk.publish()
    desk.make_question(seconds=900)

    console.next("console.take.themes")
    expect(screen.get_by_text(SHADE[lang]).first).to_be_visible()
    console.next("console.take.question", "command.open_voting", "console.take.voting")
    found += checks.findings(console.page, beside=PICTURES)

    phone.vote(SHADE[lang])
    found += checks.findings(phone.page, keypad=True)
    table.turn(2, SHADE[lang])
    table.turn(3, WILD[lang])
    console.next("command.close_voting", "command.show_results", "console.take.priorities")
    expect(screen.get_by_text(SHADE[lang]).first).to_be_visible()
    expect(screen.get_by_text("67%").first).to_be_visible()
    checks.contrast(screen, 7, beside=DOT)
    expect(listen.get_by_text(SHADE[lang]).first).to_be_visible()
    found += checks.findings(listen)
    found += checks.findings(console.page, beside=PICTURES)

    report = connected(hall.open("viewer", None, TAGS[lang], 1024))
    expect(report.get_by_text(SHADE[lang]).first).to_be_visible()
    found += checks.findings(report)
    assert found == [], "\n".join(found)
