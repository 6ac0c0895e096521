"""At stake: a line drops, a server is killed, a battery is empty, and what a table wrote is lost or doubled.

What arrived is read from the server's log; what stays on the laptop from everything that its browser holds.
"""

import json
import re
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import checks
from tests.browser.reached import PLAIN, Reached
from tests.browser.stage import Stage, as_program, of_type, recorded, through
from tests.browser.tap import Tap
from tests.browser.watch import LINE, REFUSED, Watch
from tests.web.processes import ROOT, Running, start

pytestmark = pytest.mark.timeout(400)
LONG_MS = 60_000
"""How long a page may take to find out that the line is dead or back."""


@pytest.fixture
def stage(reached: Reached) -> Stage:
    """An organiser whose own line is never cut."""
    return Stage(through(reached.open("owner", line="stage")))


@pytest.fixture
def tap() -> Iterator[Tap]:
    """Hears the sockets; the test fails where an id is sent that has its answer."""
    made = Tap()
    yield made
    assert made.broken == []


@pytest.fixture
def table(reached: Reached, stage: Stage, tap: Tap) -> Page:
    """Table 1's laptop, at work, on the line that is cut."""
    stage.do("start_meeting")
    stage.do("begin_item", item="talk")
    page = tap.on(reached.at(stage.table("1"), width=1366))
    expect(page.locator(".verdict")).to_have_attribute("data-verdict", "ready", timeout=LONG_MS)
    page.get_by_role("button", name="Go to the table").click()
    return page


def write(page: Page, text: str) -> Locator:
    page.locator("#new-idea").fill(text)
    page.locator("#new-idea").press("Enter")
    return idea(page, text)


def idea(page: Page, text: str) -> Locator:
    return page.locator("li.idea", has_text=text)


def fate(row: Locator, which: str) -> None:
    expect(row.locator(".mark").first).to_have_attribute("data-fate", which, timeout=LONG_MS)


def lost(page: Page) -> None:
    expect(page.locator("#line")).to_have_attribute("data-line", "offline", timeout=LONG_MS)


def all_saved(page: Page) -> None:
    expect(page.locator(".all-saved")).to_have_text("Everything is saved", timeout=LONG_MS)


def vote(page: Page, seat: str, *options: str) -> None:
    """A turn of a seat, from its blank screen to the next."""
    pads = page.get_by_role("dialog")
    pads.get_by_role("button", name=f"I am at seat {seat}").click()
    for option in options:
        pads.get_by_role("button", name=option).click()
    pads.get_by_role("button", name="Done").click()
    expect(pads.get_by_role("button", name="Done")).to_have_count(0)


def once_each(events: list[dict[str, Any]]) -> None:
    """No command made its events twice."""
    firsts = Counter((e["type"], e["command"], e.get("option")) for e in events if e.get("command"))
    assert [each for each, times in firsts.items() if times > 1] == []


def arrived(reached: Reached, stage: Stage, tap: Tap) -> list[dict[str, Any]]:
    """The log: everything that a table sent is in it once."""
    events = recorded(reached.folder, stage.meeting)
    once_each(events)
    assert {e["command"] for e in of_type(events, "idea_written")} == tap.ids("write_idea")
    return events


DUMP = """async () => {
  const held = { local: { ...localStorage }, session: { ...sessionStorage }, databases: {}, caches: {} };
  for (const { name } of await indexedDB.databases()) {
    const database = await new Promise((resolve, reject) => {
      const asked = indexedDB.open(name);
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
    for (const shelf of database.objectStoreNames) {
      const asked = database.transaction(shelf).objectStore(shelf).getAll();
      held.databases[`${name}/${shelf}`] = await new Promise((resolve) => {
        asked.onsuccess = () => resolve(asked.result);
      });
    }
    database.close();
  }
  for (const name of 'caches' in window ? await caches.keys() : []) {
    const cache = await caches.open(name);
    for (const asked of await cache.keys()) {
      if (/\\.(js|css|woff2)$/.test(asked.url)) continue;
      held.caches[asked.url] = await (await cache.match(asked)).text();
    }
  }
  return held;
}"""


def dump(page: Page) -> str:
    """Everything that this browser holds for the page, as one text."""
    return json.dumps(page.evaluate(DUMP), ensure_ascii=False)


def on_the_disk(page: Page, text: str) -> None:
    """Wait until what waits is kept: a page that is closed before takes it along."""
    page.wait_for_function(f"async (text) => JSON.stringify(await ({DUMP})()).includes(text)", arg=text)


def no_choice_on_the_disk(page: Page) -> None:
    """Nothing here says what anybody chose: soon, since what is answered is deleted in a turn of its own."""
    page.wait_for_function(
        f"async (chosen) => !new RegExp(chosen).test(JSON.stringify(await ({DUMP})()))", arg=CHOSEN
    )
    assert options_in(dump(page)) == set()


CHOSEN = r'"(shade|ferry|water)\\?"'


def options_in(text: str) -> set[str]:
    return set(re.findall(CHOSEN, text))


# --- the line is lost in the middle of typing and voting ------------------------------------


@pytest.mark.root("ip")
def test_a_line_lost_in_the_middle_loses_nothing(
    reached: Reached, stage: Stage, table: Page, tap: Tap, watch: Watch
) -> None:
    watch.forgive(*LINE)
    fate(write(table, "Before the line went"), "saved")
    stage.do("open_voting", question="several")
    table.get_by_role("button", name="Seat 1 not here").click()
    pads = table.get_by_role("dialog")
    pads.get_by_role("button", name="I am at seat 1").click()
    pads.get_by_role("button", name="Shade").click()
    expect(pads.locator(".mark")).to_have_text("Saved")
    reached.cut()
    pads.get_by_role("button", name="Clean water").click()
    expect(pads.locator(".mark")).to_have_text("Not yet saved")
    pads.get_by_role("button", name="Done").click()
    expect(pads.locator(".last")).to_contain_text("Seat 1: not yet saved")
    pads.get_by_role("button", name="Back to the table").click()
    table.get_by_role("button", name="Seat 2 not here").click()
    vote(table, "2", "A ferry stop")
    pads.get_by_role("button", name="Back to the table").click()
    fate(write(table, "While the line was gone"), "waiting")
    table.locator("#new-idea").fill("Half a thought")
    for text in ('"water"', '"ferry"', "While the line was gone", "Half a thought"):
        on_the_disk(table, text)
    assert options_in(dump(table)) == {"shade", "water", "ferry"}, "control: what waits is on the disk"
    lost(table)
    checks.accessible(table)
    if reached.secure:
        table.reload()
        expect(table.locator(".all-saved")).to_contain_text("not yet saved")
        fate(idea(table, "While the line was gone"), "waiting")
        expect(table.locator("#new-idea")).to_have_value("Half a thought")
        fate(write(table, "After a reload without a line"), "waiting")
        table.locator("#new-idea").fill("Half a thought")
    reached.heal()
    all_saved(table)
    expect(table.locator("#new-idea")).to_have_value("Half a thought")
    stage.do("close_voting", question="several")
    expect(table.locator(".vote")).to_have_count(0)
    no_choice_on_the_disk(table)  # after the vote nothing on the laptop says what anybody chose
    stage.do("show_results", question="several")
    events = arrived(reached, stage, tap)
    written = [e["text"] for e in of_type(events, "idea_written")]
    assert written == ["Before the line went", "While the line was gone"] + (
        ["After a reload without a line"] if reached.secure else []
    )
    last = {e["voter"]: e["choices"] for e in of_type(events, "ballot_cast")}
    assert last == {"1-1": ["shade", "water"], "1-2": ["ferry"]}


@pytest.mark.root("ip")
@pytest.mark.slow
def test_a_server_that_is_killed_and_a_battery_that_is_empty_lose_nothing(
    reached: Reached, stage: Stage, table: Page, tap: Tap, watch: Watch
) -> None:
    watch.forgive(*LINE)
    fate(write(table, "Before the server went"), "saved")
    stage.do("open_voting", question="pick")
    expect(table.locator(".vote")).to_be_visible()
    reached.kill()
    idea(table, "Before").get_by_role("button", name="Edit").click()
    table.get_by_label("Edit the idea").fill("Before the server went away")
    table.get_by_label("Edit the idea").press("Enter")
    fate(write(table, "While it was gone"), "waiting")
    idea(table, "While").get_by_role("button", name="Move up").click()
    table.get_by_role("button", name="Seat 3 not here").click()
    vote(table, "3", "Shade")
    on_the_disk(table, '"shade"')
    context = table.context
    table.close()  # the battery is empty: no page says goodbye
    reached.restart()
    again = tap.on(context.new_page())
    again.goto(f"{reached.url}/table")
    all_saved(again)
    expect(again.locator(".idea-text")).to_have_text(["While it was gone", "Before the server went away"])
    stage.do("close_voting", question="pick")
    expect(again.locator(".vote")).to_have_count(0)
    stage.do("show_results", question="pick")
    events = arrived(reached, stage, tap)
    assert [e["text"] for e in of_type(events, "idea_revised")] == ["Before the server went away"]
    assert [(e["voter"], e["choices"]) for e in of_type(events, "ballot_cast")] == [("1-3", ["shade"])]
    no_choice_on_the_disk(again)


@pytest.mark.root("ip")
@pytest.mark.slow
def test_what_comes_too_late_is_told_without_what_was_chosen(plain: Reached, watch: Watch, tap: Tap) -> None:
    watch.forgive(*LINE)
    stage = Stage(through(plain.open("owner", line="stage")))
    stage.do("start_meeting")
    stage.do("open_voting", question="pick")
    page = tap.on(plain.at(stage.table("1"), width=1366))
    page.get_by_role("button", name="Go to the table").click()
    page.get_by_role("button", name="Seat 4 not here").click()
    page.get_by_role("dialog").get_by_role("button", name="I am at seat 4").click()
    plain.cut()
    page.get_by_role("button", name="Shade").click()
    page.get_by_role("button", name="Done").click()
    page.get_by_role("button", name="Back to the table").click()
    stage.do("close_voting", question="pick")
    while stage.view("console")["votes/pick"]["state"] == "open":
        page.wait_for_timeout(200)  # the close is announced first: a ballot that comes meanwhile counts
    plain.heal()
    failed = page.locator(".failed")
    expect(failed).to_contain_text("Seat 4: refused. Voting is closed.", timeout=LONG_MS)
    expect(failed).not_to_contain_text("Shade")
    checks.accessible(page)
    page.get_by_role("button", name="Understood").click()
    expect(failed).to_have_count(0)
    no_choice_on_the_disk(page)
    assert of_type(recorded(plain.folder, stage.meeting), "ballot_cast") == []


@pytest.mark.slow
@pytest.mark.parametrize("reached", [PLAIN], ids=["plain http in a network"], indirect=True)
@pytest.mark.root("ip")
def test_the_queue_belongs_to_the_login_that_wrote_it(
    reached: Reached, stage: Stage, table: Page, tap: Tap, watch: Watch
) -> None:
    watch.forgive(*LINE, *REFUSED)
    reached.kill()  # a line that is only cut would deliver it late, in table one's own name
    fate(write(table, "Of table one"), "waiting")
    on_the_disk(table, "Of table one")
    table.close()
    reached.restart()
    other = tap.on(reached.again(stage.table("2")))
    left = other.locator(".left-behind")
    other.get_by_role("button", name="Go to the table").click()
    expect(left).to_contain_text("Of table one")
    expect(left.get_by_role("button")).to_have_text(["Delete them"])
    fate(write(other, "Of table two"), "saved")
    checks.accessible(other)
    written = of_type(recorded(reached.folder, stage.meeting), "idea_written")
    assert [(e["table"], e["text"]) for e in written] == [("2", "Of table two")]
    other.goto(stage.table("1"))
    other.get_by_role("button", name="Go to the table").click()
    left.get_by_role("button", name="Send 1 idea of this table").click()
    fate(idea(other, "Of table one"), "saved")
    expect(left).to_have_count(0)
    written = of_type(arrived(reached, stage, tap), "idea_written")
    assert [(e["table"], e["text"]) for e in written] == [("2", "Of table two"), ("1", "Of table one")]


@pytest.mark.root("ip")
@pytest.mark.slow
def test_control_a_browser_that_keeps_nothing_loses_what_waits(plain: Reached, watch: Watch) -> None:
    """Without the disk the same empty battery does lose it: so the tests above show what the disk does."""
    watch.forgive(*LINE)
    stage = Stage(through(plain.open("owner", line="stage")))
    stage.do("start_meeting")
    stage.do("begin_item", item="talk")
    page = plain.at(stage.table("1"), width=1366)
    page.get_by_role("button", name="Go to the table").click()
    page.evaluate("() => document.querySelector('town-table').live.store.refuse('a test')")
    plain.kill()
    fate(write(page, "Lost"), "waiting")
    context = page.context
    page.close()
    plain.restart()
    again = context.new_page()
    again.goto(f"{plain.url}/table")
    fate(write(again, "Kept"), "saved")
    assert [e["text"] for e in of_type(recorded(plain.folder, stage.meeting), "idea_written")] == ["Kept"]


# --- the service worker ---------------------------------------------------------------------


@pytest.fixture
def versions(tmp_path: Path) -> Callable[[str], tuple[str, ...]]:
    """What a server's command begins with that has another version of the static files."""

    def version(name: str) -> tuple[str, ...]:
        folder = tmp_path / name
        shutil.copytree(ROOT / "static", folder / "static")
        for path in ("css/table.css", "js/elements/town-now.js"):
            with (folder / "static" / path).open("a") as file:
                file.write(f"\n/* {name} */\n")
        return (sys.executable, str(ROOT / "tests" / "browser" / "other_static.py"), str(folder))

    return version


def kept(page: Page) -> dict[str, list[str]]:
    """What is in the caches, by their names."""
    found: dict[str, list[str]] = page.evaluate(
        """async () => Object.fromEntries(await Promise.all((await caches.keys()).map(async (name) =>
            [name, (await (await caches.open(name)).keys()).map((asked) => new URL(asked.url).pathname)])))"""
    )
    return found


def named(page: Page, path: str) -> str:
    """The version that a file on the page says it is of."""
    text: str = page.evaluate("async (path) => await (await fetch(path)).text()", path)
    said = re.search(r"/\* (\w+) \*/\s*$", text)
    return said[1] if said else "first"


@pytest.mark.slow
def test_an_update_comes_whole_and_the_page_with_it(
    browser: Browser, watch: Watch, tmp_path: Path, versions: Callable[[str], tuple[str, ...]]
) -> None:
    watch.forgive(*LINE)
    server: Running = start(tmp_path / "data")
    try:
        page = watch.over(browser.new_context(viewport={"width": 1366, "height": 800})).new_page()
        stage = Stage(as_program(server))
        page.goto(stage.table("1"))
        expect(page.locator("[data-check=kept]")).to_have_attribute("data-level", "good", timeout=LONG_MS)
        page.get_by_role("button", name="Go to the table").click()
        page.goto(f"{server.url}/listen", wait_until="networkidle")
        page.goto(f"{server.url}/table")
        expect(page.locator("#line")).to_have_attribute("data-line", "open")
        files = {path for paths in kept(page).values() for path in paths}
        pages = {path for path in files if not path.startswith("/static/") and re.match(r"/[a-z]", path)}
        assert {each for each in pages if "-" not in each} == {"/table"}, (
            "no answer of the API, no other page"
        )
        assert "/static/js/pages/table.js" in files
        old = next(name for name in kept(page) if name.startswith("town-files-"))

        port = int(server.url.rpartition(":")[2])
        server.kill()
        page.reload()
        expect(page.locator(".question")).to_be_visible()
        assert named(page, "/static/css/table.css") == "first", "without a line it is the kept page"
        server = start(tmp_path / "data", port, within=versions("second"))
        with page.expect_navigation(timeout=LONG_MS):
            pass  # it finds out that it is stale, and loads itself again
        expect(page.locator("#line")).to_have_attribute("data-line", "open", timeout=LONG_MS)
        for path in ("/static/css/table.css", "/static/js/elements/town-now.js"):
            assert named(page, path) == "second"
        page.get_by_role("button", name="This laptop").click()
        expect(page.locator("[data-check=kept]")).to_have_attribute("data-level", "good", timeout=LONG_MS)
        assert [name for name in kept(page) if name.startswith("town-files-")] != [old]
        server.kill()
        page.reload()
        expect(page.locator(".question")).to_be_visible()
        for path in ("/static/css/table.css", "/static/js/elements/town-now.js"):
            assert named(page, path) == "second", "the kept page and its files are of one version"
        page.context.close()
    finally:
        server.kill()


def test_control_without_the_worker_a_reload_without_a_line_shows_nothing(
    browser: Browser, watch: Watch, tmp_path: Path
) -> None:
    watch.forgive(*LINE)
    server = start(tmp_path / "data")
    try:
        with browser.new_context(service_workers="block") as context:
            page = watch.over(context).new_page()
            page.goto(Stage(as_program(server)).table("1"))
            expect(page.locator("[data-check=kept]")).to_have_attribute("data-level", "hint", timeout=LONG_MS)
            server.kill()
            with pytest.raises(Exception, match="ERR_CONNECTION_REFUSED"):
                page.reload()
    finally:
        server.kill()
