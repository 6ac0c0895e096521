"""At stake: the command that shows the pages is right: a picture is of what it is called after."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Playwright

from tests.browser.conftest import FLAGS, NOBODY_ELSE
from tests.browser.people import Person
from tests.browser.pictures import sheet
from tests.browser.pictures.camera import Camera
from tests.browser.pictures.day import Day
from tests.browser.pictures.guard import Guard
from tests.browser.pictures.shown import PICTURES, Picture, checked
from tests.needs import chromium

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Day]:
    """A small one, in the middle of its first topic."""
    with Day(tmp_path / "day", tables=2, seats=4, until="place") as day:
        yield day


@pytest.fixture
def guard(playwright: Playwright) -> Iterator[Guard]:
    made = Guard(lambda: playwright.chromium.launch(executable_path=chromium(), args=[*FLAGS, NOBODY_ELSE]))
    yield made
    made.close()


def picture(name: str) -> Picture:
    return next(each for each in PICTURES if each.name == name)


def hangs(person: Person) -> None:
    """A page that never comes back."""
    person.page.evaluate("() => { for (;;); }")


def breaks(person: Person) -> None:
    """A page on which nothing becomes of what is to be done."""
    person.page.set_default_timeout(2_000)
    checked(person)


def test_pages_of_a_small_day_are_taken_and_what_cannot_be_is_told(
    day: Day, guard: Guard, tmp_path: Path
) -> None:
    folder = tmp_path / "pictures"
    camera = Camera(guard, day, folder, widths=(390, 1366))
    wanted = tuple(picture(name) for name in ("join", "console-room", "table-check", "seat-offline"))
    made = list(camera.all(wanted))
    assert guard.faults == []
    names = {str(path.relative_to(folder)) for path in made if "-whole" not in path.stem}
    assert names == {
        f"{each.name}/{language}-{theme}-{width}.png"
        for each in wanted
        for language in ("en", "th")
        for theme in ("light", "dark")
        for width in (390, 1366)
    }
    for path in made:
        with Image.open(path) as taken:
            assert taken.width == int(path.stem.split("-")[2])
            assert len(taken.convert("RGB").getcolors(1 << 20) or []) > 20, f"{path}: empty"
    grounds = [
        Image.open(folder / "join" / f"en-{theme}-1366.png").convert("L").getpixel((5, 700))
        for theme in ("light", "dark")
    ]
    assert grounds == [pytest.approx(253, abs=4), pytest.approx(21, abs=4)]

    index = sheet.write(folder).read_text(encoding="utf-8")
    assert all(f'src="{path.relative_to(folder)}"' in index for path in made)

    # control: a page on which nothing becomes of what was to be done costs its own picture, and no other
    broken = Picture("/stage", "broken", "stage", breaks)
    assert [path.parent.name for path in camera.all((broken, picture("stage")), ("en",))].count("broken") == 0
    assert len(guard.faults) == 1
    assert guard.faults[0].startswith("broken en: ")

    # control: a page that hangs answers nothing; its browser is ended, and the next picture has another
    hung = Picture("/stage", "hung", "stage", hangs)
    camera.limit_ms, camera.limit_seconds = 60_000, 15.0
    assert [path.parent.name for path in camera.all((hung,), ("en",))] == []
    assert guard.faults[1].startswith("hung en: took longer than 15 s")
    camera.limit_seconds = 180.0
    assert {path.parent.name for path in camera.all((picture("stage"),), ("en",))} == {"stage"}
    assert len(guard.faults) == 2

    told = sheet.write(folder, guard.faults).read_text(encoding="utf-8")
    assert "<li>hung en: took longer" in told
    assert "Missing" not in index
