"""At stake: the disk broke in mid-vote, and people were told that their votes are saved (docs/wire.md).

What came back is read from the log of the server that went on from the backup.
"""

from collections import Counter
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.reached import Reached
from tests.browser.stage import Stage, of_type, recorded, through
from tests.browser.test_offline import no_choice_on_the_disk, vote
from tests.browser.watch import LINE, REFUSED, Watch

pytestmark = [pytest.mark.timeout(400), pytest.mark.root("ip"), pytest.mark.slow]
LONG_MS = 60_000


def voting(reached: Reached) -> tuple[Stage, Page]:
    """A running meeting with an open vote in which nobody has voted, and the organiser's browser."""
    owner = reached.open("owner", line="stage")
    made = Stage(through(owner))
    made.do("start_meeting")
    made.do("open_voting", question="pick")
    return made, owner


def told_on_the_console(reached: Reached, owner: Page) -> Any:
    """What the console's record says of ballots that came back."""
    console = owner.context.new_page()
    console.goto(f"{reached.url}/console")
    console.get_by_role("button", name="Report and record").click(timeout=LONG_MS)
    return console.get_by_role("region", name="Brought back by devices")


def phone(reached: Reached, stage: Stage, seat: str) -> Page:
    """A seat's phone, ready to vote."""
    page = reached.at(stage.seat(seat), width=390)
    expect(option(page, "Shade")).to_be_visible(timeout=LONG_MS)
    return page


def option(page: Page, name: str) -> Any:
    return page.locator("#ballot").get_by_role("button", name=name)


def press(page: Page, name: str) -> None:
    option(page, name).click()
    expect(page.locator("#seat-fate")).to_have_attribute("data-fate", "saved", timeout=LONG_MS)
    chosen(page, name)


def chosen(page: Page, name: str) -> None:
    expect(option(page, name)).to_have_attribute("aria-pressed", "true", timeout=LONG_MS)


def finish(stage: Stage, seat: Page) -> None:
    """Close the vote and show it: from then on the audit export has the choices."""
    stage.do("close_voting", question="pick")
    expect(seat.locator("#ballot")).to_contain_text("Voting is closed", timeout=LONG_MS)
    stage.do("show_results", question="pick")


def sealed(page: Page, ballots: int, *, but: str = "") -> str:
    """This browser keeps so many ballots of one history, which is not `but`; its epoch."""
    known = page.wait_for_function(KEPT, arg=[ballots, but], timeout=LONG_MS)
    return str(known.json_value())


KEPT = """async ([count, but]) => {
  const database = await new Promise((resolve, reject) => {
    const asked = indexedDB.open('town');
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  const asked = database.transaction('ballots').objectStore('ballots').getAll();
  const found = await new Promise((resolve) => { asked.onsuccess = () => resolve(asked.result); });
  database.close();
  const epochs = found.map((kept) => kept.epoch).filter((epoch) => epoch !== but);
  return epochs.length === count && new Set(epochs).size === 1 && epochs[0];
}"""


def voters(events: list[dict[str, Any]], kind: str) -> Counter[tuple[str, tuple[str, ...]]]:
    return Counter((e["voter"], tuple(e["choices"])) for e in of_type(events, kind))


def test_votes_that_the_backup_lacks_come_back_from_phones_and_laptops(plain: Reached, watch: Watch) -> None:
    watch.forgive(*LINE, *REFUSED)
    reached, (stage, owner) = plain, voting(plain)
    seat, later = phone(reached, stage, "1-3"), phone(reached, stage, "1-4")
    table = reached.at(stage.table("1"), width=1366)
    table.get_by_role("button", name="Go to the table").click()
    table.get_by_role("button", name="Seat 1 not here").click()
    press(later, "Clean water")
    backup = reached.back_up()
    vote(table, "1", "A ferry stop")
    press(seat, "Clean water")
    press(seat, "Shade")
    press(later, "Shade")
    lost = sealed(table, 1)
    for page, ballots in ((table, 1), (seat, 2), (later, 2)):
        assert sealed(page, ballots) == lost
        no_choice_on_the_disk(page)
    context, address = later.context, later.url
    later.close()  # its battery is empty, and it comes back later

    reached.restore(backup)

    chosen(seat, "Shade")
    again = context.new_page()
    again.goto(address)
    chosen(again, "Shade")
    for page, ballots in ((table, 1), (seat, 2), (again, 1)):  # the backup has one of the last
        sealed(page, ballots, but=lost)
    seat.reload()
    chosen(seat, "Shade")
    finish(stage, seat)
    events = recorded(reached.folder, stage.meeting)
    assert voters(events, "ballot_cast") == {("1-4", ("water",)): 1}
    assert voters(events, "ballot_recovered") == {
        ("1-1", ("ferry",)): 1, ("1-3", ("water",)): 1, ("1-3", ("shade",)): 1, ("1-4", ("shade",)): 1,
    }  # fmt: skip
    shown = stage.view("console")["result/pick"]
    assert {each["id"]: each["count"] for each in shown["options"]} == {"shade": 2, "ferry": 1, "water": 0}
    expect(told_on_the_console(reached, owner)).to_contain_text("4 ballots came back.", timeout=LONG_MS)


def test_control_a_phone_that_keeps_nothing_brings_nothing(secure: Reached, watch: Watch) -> None:
    """Without the sealed ballot on the disk it is lost: so the test above shows what the disk does."""
    watch.forgive(*LINE, *REFUSED)
    reached, (stage, owner) = secure, voting(secure)
    seat = phone(reached, stage, "1-3")
    seat.evaluate("() => document.querySelector('town-keypad').live.store.refuse('a test')")
    backup = reached.back_up()
    press(seat, "Shade")
    context, address = seat.context, seat.url
    seat.close()
    reached.restore(backup)
    again = context.new_page()
    again.goto(address)
    expect(option(again, "Shade")).to_have_attribute("aria-pressed", "false", timeout=LONG_MS)
    expect(again.locator("#line")).to_have_attribute("data-line", "open", timeout=LONG_MS)
    press(again, "Clean water")
    finish(stage, again)
    events = recorded(reached.folder, stage.meeting)
    assert voters(events, "ballot_recovered") == {}
    assert voters(events, "ballot_cast") == {("1-3", ("water",)): 1}
    told = told_on_the_console(reached, owner)
    expect(told).to_contain_text("No ballot has come back yet.", timeout=LONG_MS)
