"""Takes a picture of every page and scene of a whole day, and of the report's PDF pages.

python -m tests.browser.pictures FOLDER [--only PART] [--width N ...] [--theme NAME ...]
"""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

from app.core.commands import SceneKind
from tests.browser.conftest import FLAGS, NOBODY_ELSE
from tests.browser.pictures import sheet
from tests.browser.pictures.camera import LIMIT_MS, Camera
from tests.browser.pictures.day import Day
from tests.browser.pictures.shown import (
    AFTER_SHOW,
    DURING_VOTE,
    END,
    MESSAGE,
    QUESTION,
    RESULT,
    SCENES,
    SCREEN_LANGUAGES,
    TALK,
    THEMES,
    VOTE,
    WIDTHS,
    Picture,
)
from tests.needs import chromium
from tests.report.pdf import pictures as pdf_pictures

PATIENCE_SECONDS, LOOK_SECONDS = 60.0, 0.25
ON_AIR = "(offset) => document.querySelector('town-picture')?.scene?.offset >= offset"


class Taking:
    """One run: the day goes on, and at each of its turns pictures are taken.

    Args:
        only: A part of the names of what is wanted; everything where it is empty.
    """

    def __init__(self, browser: Browser, day: Day, camera: Camera, folder: Path, only: str) -> None:
        self._browser, self._day, self._camera = browser, day, camera
        self._folder, self._only = folder, only

    def run(self) -> Iterator[Path]:
        """Everything, in the order of the day."""
        day = self._day
        yield from self._pages(TALK)
        yield from self._scenes(lambda kind, name: kind not in DURING_VOTE and name not in AFTER_SHOW)
        day.do("open_voting", question=QUESTION)
        self._scene(SceneKind.VOTING, "voting", ("th", "en"))
        self._until_voted()
        yield from self._pages(VOTE)
        yield from self._scenes(lambda kind, _: kind in DURING_VOTE)
        day.do("close_voting", question=QUESTION)
        self._until("closed")
        day.do("show_results", question=QUESTION)
        self._until("shown")
        self._scene(SceneKind.RESULTS, "results", ("th", "en"))
        yield from self._pages(RESULT)
        yield from self._scenes(lambda _, name: name in AFTER_SHOW)
        day.do("close_meeting")
        yield from self._pages(END)
        yield from self._paper()

    def _wanted(self, name: str) -> bool:
        return self._only in name

    def _pages(self, pictures: tuple[Picture, ...]) -> Iterator[Path]:
        yield from self._camera.all(tuple(each for each in pictures if self._wanted(each.name)))

    def _scenes(self, now: Callable[[SceneKind, str], bool]) -> Iterator[Path]:
        """The scenes whose time it is, each in one language, the other, and both."""
        wanted = [
            (kind, name)
            for kind, named in SCENES.items()
            for name in named
            if now(kind, name) and self._wanted(f"scene-{name}")
        ]
        if not wanted:
            return
        with self._browser.new_context(reduced_motion="reduce") as context:
            page = context.new_page()
            page.goto(self._day.ways["screen"])
            expect(page.locator("#line")).to_have_attribute("data-line", "open")
            for kind, name in wanted:
                for languages in SCREEN_LANGUAGES:
                    offset = self._scene(kind, name, languages)
                    if kind is not SceneKind.HOLD:  # which changes nothing on the screen
                        page.wait_for_function(ON_AIR, arg=offset)
                    yield from self._camera.scene(page, f"scene-{name}", "-".join(languages))

    def _scene(self, kind: SceneKind, name: str, languages: tuple[str, ...]) -> int:
        """Put a scene on the screen; gives the offset of its event."""
        scene = {"kind": kind.value, "languages": list(languages), **SCENES[kind][name]}
        text = {"text": MESSAGE} if kind is SceneKind.MESSAGE else {}
        return self._day.do("take_scene", screen="main", scene=scene, **text)

    def _until(self, state: str) -> None:
        """Wait until the question is in this state."""
        self._patiently(lambda: self._day.view("console")[f"question/{QUESTION}"]["state"] == state)

    def _until_voted(self) -> None:
        """Wait until most of the room has voted, and no more come."""
        counts: list[int] = []

        def settled() -> bool:
            counts.append(self._day.view("console")[f"votes/{QUESTION}"]["voted"])
            return counts[-1] > 0 and counts[-4:] == [counts[-1]] * 4

        self._patiently(settled)

    @staticmethod
    def _patiently(so: Callable[[], bool]) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while not so():
            if time.monotonic() > until:
                raise TimeoutError("the day did not go on")
            time.sleep(LOOK_SECONDS)

    def _paper(self) -> Iterator[Path]:
        """The pages of the PDF, in each language and in both."""
        for language in ("en", "th", "both"):
            if self._wanted(f"pdf-{language}"):
                made = self._day.fetch(f"report.pdf?lang={language}")
                yield from pdf_pictures(made, self._folder / f"pdf-{language}", "page")


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.browser.pictures")
    asked.add_argument("folder", type=Path)
    asked.add_argument("--only", default="", help="a part of the names of the pictures that are wanted")
    asked.add_argument("--width", type=int, action="append", choices=WIDTHS, help="only these widths")
    asked.add_argument("--theme", action="append", choices=THEMES, help="only these themes")
    said = asked.parse_args()
    expect.set_options(timeout=LIMIT_MS)
    started = time.monotonic()
    if not said.only:
        shutil.rmtree(said.folder, ignore_errors=True)
    with tempfile.TemporaryDirectory() as data, Day(Path(data) / "day") as day, sync_playwright() as made:
        browser = made.chromium.launch(executable_path=chromium(), args=[*FLAGS, NOBODY_ELSE])
        widths, themes = tuple(said.width or WIDTHS), tuple(said.theme or THEMES)
        camera = Camera(browser, day, said.folder, widths, themes)
        count = 0
        for count, path in enumerate(Taking(browser, day, camera, said.folder, said.only).run(), 1):
            if count % 50 == 0:
                print(f"{count} pictures, {time.monotonic() - started:.0f} s: {path}", flush=True)
        browser.close()
    print(f"{count} pictures in {time.monotonic() - started:.0f} s: {sheet.write(said.folder)}")
    return 1 if camera.faults or not count else 0


if __name__ == "__main__":
    sys.exit(main())
