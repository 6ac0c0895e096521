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

from playwright.sync_api import Page, expect, sync_playwright

from app.core.commands import SceneKind
from tests.browser.conftest import FLAGS, NOBODY_ELSE
from tests.browser.pictures import sheet
from tests.browser.pictures.camera import LIMIT_MS, PICTURE_SECONDS, Camera
from tests.browser.pictures.day import Day
from tests.browser.pictures.guard import Guard
from tests.browser.pictures.hands import sample_audit
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
DAY_SECONDS = 300.0
STEP_MS = 500
ON_AIR = "(offset) => document.querySelector('town-picture')?.scene?.offset >= offset"


class Taking:
    """One run: the day goes on, and at each of its turns pictures are taken.

    Args:
        only: A part of the names of what is wanted; everything where it is empty.
    """

    def __init__(self, guard: Guard, day: Day, camera: Camera, folder: Path, only: str) -> None:
        self._guard, self._day, self._camera = guard, day, camera
        self._folder, self._only = folder, only
        self._screen: Page | None = None

    def run(self) -> Iterator[Path]:
        """Everything, in the order of the day."""
        yield from self._pages(TALK)
        if self._wanted("scene-sample"):
            with self._guard.part("the sample: it is not counted", DAY_SECONDS):
                sample_audit(self._day)
        yield from self._scenes(lambda kind, name: kind not in DURING_VOTE and name not in AFTER_SHOW)
        with self._guard.part("the vote: it does not open", DAY_SECONDS):
            self._day.do("open_voting", question=QUESTION)
            self._scene(SceneKind.VOTING, "voting", ("th", "en"))
            self._until_voted()
        yield from self._pages(VOTE)
        yield from self._scenes(lambda kind, _: kind in DURING_VOTE)
        with self._guard.part("the result: it does not come", DAY_SECONDS):
            self._day.do("close_voting", question=QUESTION)
            self._until("closed")
            self._day.do("show_results", question=QUESTION)
            self._until("shown")
            self._scene(SceneKind.RESULTS, "results", ("th", "en"))
        yield from self._pages(RESULT)
        yield from self._scenes(lambda _, name: name in AFTER_SHOW)
        with self._guard.part("the end: it does not come", DAY_SECONDS):
            self._day.do("close_meeting")
        yield from self._pages(END)
        yield from self._paper()

    def _wanted(self, name: str) -> bool:
        return self._only in name

    def _pages(self, pictures: tuple[Picture, ...]) -> Iterator[Path]:
        yield from self._camera.all(tuple(each for each in pictures if self._wanted(each.name)))

    def _scenes(self, now: Callable[[SceneKind, str], bool]) -> Iterator[Path]:
        """The scenes whose time it is, each in one language, the other, and both."""
        for kind, named in SCENES.items():
            for name in named:
                if not (now(kind, name) and self._wanted(f"scene-{name}")):
                    continue
                for languages in SCREEN_LANGUAGES:
                    said = "-".join(languages)
                    with self._guard.part(f"scene-{name} {said}", PICTURE_SECONDS):
                        page = self._screen or self._open_screen()
                        self._screen = None  # what goes wrong with one scene is not in the way of the next
                        offset = self._scene(kind, name, languages)
                        if kind is not SceneKind.HOLD:  # which changes nothing on the screen
                            page.wait_for_function(ON_AIR, arg=offset)
                        yield from self._camera.scene(page, f"scene-{name}", said)
                        self._screen = page

    def _open_screen(self) -> Page:
        page = self._guard.browser.new_page(reduced_motion="reduce")
        page.set_default_timeout(LIMIT_MS)
        page.goto(self._day.ways["screen"])
        expect(page.locator("#line")).to_have_attribute("data-line", "open")
        return page

    def _scene(self, kind: SceneKind, name: str, languages: tuple[str, ...]) -> int:
        """Put a scene on the screen; gives the offset of its event."""
        scene = {"kind": kind.value, "languages": list(languages), **SCENES[kind][name]}
        text = {"text": MESSAGE} if kind is SceneKind.MESSAGE else {}
        return self._day.do("take_scene", screen="main", scene=scene, **text)

    def _until(self, state: str) -> None:
        """Let time pass until the question is in this state."""

        def so() -> bool:
            if self._day.view("console")[f"question/{QUESTION}"]["state"] == state:
                return True
            self._day.pass_time(STEP_MS)
            return False

        self._patiently(so)

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
            if not self._wanted(f"pdf-{language}"):
                continue
            with self._guard.part(f"pdf-{language}", PICTURE_SECONDS):
                made = self._day.fetch(f"report.pdf?lang={language}")
                yield from pdf_pictures(made, self._folder / f"pdf-{language}", "page")


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.browser.pictures")
    asked.add_argument("folder", type=Path)
    asked.add_argument("--only", default="", help="a part of the names of the pictures that are wanted")
    asked.add_argument("--width", type=int, action="append", choices=WIDTHS, help="only these widths")
    asked.add_argument("--theme", action="append", choices=THEMES, help="only these themes")
    said = asked.parse_args()
    return run(said.folder, said.only, tuple(said.width or WIDTHS), tuple(said.theme or THEMES))


def run(folder: Path, only: str, widths: tuple[int, ...], themes: tuple[str, ...]) -> int:
    """Take what is wanted, and always write the contact sheet; 1 where a picture is missing."""
    expect.set_options(timeout=LIMIT_MS)
    started = time.monotonic()
    if not only:
        shutil.rmtree(folder, ignore_errors=True)
    count, faults = 0, ["everything: the day did not begin"]
    try:
        with tempfile.TemporaryDirectory() as data, Day(Path(data) / "day") as day, sync_playwright() as made:
            guard = Guard(
                lambda: made.chromium.launch(executable_path=chromium(), args=[*FLAGS, NOBODY_ELSE])
            )
            faults = guard.faults
            camera = Camera(guard, day, folder, widths, themes)
            for count, path in enumerate(Taking(guard, day, camera, folder, only).run(), 1):
                if count % 50 == 0:
                    print(f"{count} pictures, {time.monotonic() - started:.0f} s: {path}", flush=True)
            guard.close()
    finally:
        print(f"{count} pictures in {time.monotonic() - started:.0f} s: {sheet.write(folder, faults)}")
    for fault in faults:
        print(f"missing: {fault}", file=sys.stderr)
    return 1 if faults or not count else 0


if __name__ == "__main__":
    sys.exit(main())
