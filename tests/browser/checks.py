"""What holds on every page, whatever it shows: each check fails with findings that say where and what.

They look into the page from a world of their own beside the page's scripts, so that the content policy
stays in force and what breaks it is still heard (watch.py). Every check has a control in test_checks.py.
"""

import json
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from app.i18n import catalogue_json, whole

ROOT = Path(__file__).parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
LOOKING = Path(__file__).with_name("looking.js")

LATIN_ON_THAI_PAGES = frozenset(
    {
        *("QR", "PDF", "CSV", "JSON", "HTML", "YAML", "ZIP", "TLS", "Wi", "Fi"),  # which Thai writes so
        *("Enter", "Esc", "Tab", "Shift", "Ctrl", "Alt", "Home", "End"),  # what is printed on the keys
        *("Town", "Meeting"),  # the program's name
        *("Clopper", "Pearson"),  # whose bound it is, in the report
    }
)
"""Latin words that may stand on a Thai page. Typed texts and names are marked instead (`thai_only`)."""

WIDTHS = ((320, 640, 1.0), (640, 512, 1.0), (1024, 768, 2.0))
"""A narrow phone (also 1280 at 400 %); 1280 × 1024 at 200 %; letters alone at 200 %."""


def accessible(page: Page, *, without: Iterable[str] = ()) -> None:
    """axe-core finds nothing: its default rules, and the size of targets.

    Args:
        page: As it is now.
        without: Rules that do not hold here; say why where you name one.
    """
    rules = {"target-size": {"enabled": True}} | {rule: {"enabled": False} for rule in without}
    found = _look(page, "axe", {"rules": rules})
    assert not found, _told(page, "axe finds", found)


def contrast(page: Page, least: float, *, beside: str = "") -> None:
    """Every text stands out from its ground by `least`, large letters as well; `beside` is not judged.

    What axe cannot tell (a text over a picture, or half covered) is a finding here, too.
    """
    found = _look(page, "contrast", {"least": least, "beside": beside})
    assert not found, _told(page, f"contrast under {least}", found)


def fits(page: Page, *, beside: str = "") -> None:
    """Nothing is cut off or has to be scrolled sideways: at 320 px, at 200 %, with letters twice as large.

    Tables and diagrams may scroll in a box of their own (`overflow-x: auto`). What lies in `beside` is a
    picture, and not judged. Leaves the page as it was.
    """
    size = page.viewport_size
    found: list[str] = []
    try:
        for width, height, letters in WIDTHS:
            page.set_viewport_size({"width": width, "height": height})
            at = f"{width} px" + (f", letters × {letters:g}" if letters != 1 else "")
            said = _look(page, "fits", {"letters": letters, "beside": beside})
            found += [f"{at}: {each}" for each in said]
    finally:
        if size:
            page.set_viewport_size(size)
    assert not found, _told(page, "does not fit", found)


def fits_now(page: Page, *, beside: str = "") -> None:
    """The same at the present size alone."""
    found = _look(page, "fits", {"letters": 1, "beside": beside})
    assert not found, _told(page, "does not fit", found)


def lengthened(page: Page, *, beside: str = "") -> int:
    """Put in the place of every text of ours that is seen the longest that may stand there.

    A label gives way to the longest label of its part of the catalogue, a sentence to the longest sentence.
    The page is another one afterwards: load it again.

    Returns:
        How many texts were exchanged.
    """
    lang = (page.locator("html").get_attribute("lang") or "en")[:2]
    texts = {key: whole(text) for key, text in catalogue_json(lang).items()}
    return int(_look(page, "lengthen", {"texts": texts, "beside": beside})[0])


def spaced(page: Page) -> None:
    """Set lines, letters and words as far apart as a reader may (WCAG 1.4.12); the page stays so."""
    _look(page, "apart", {})


def targets(page: Page, least: int = 24, *, within: str = "body", apart: int = 0) -> None:
    """Whatever can be pressed is at least so large, in px; a link inside a sentence is not judged.

    Args:
        page: As it is now.
        least: 24; 48 on keypads.
        within: Where to look.
        apart: How far two of them stand apart.
    """
    found = _look(page, "targets", {"least": least, "within": within, "apart": apart})
    assert not found, _told(page, f"smaller than {least} px", found)


def thai_only(page: Page, *, beside: str = "") -> None:
    """No English word on a Thai page, neither seen nor read aloud, outside LATIN_ON_THAI_PAGES.

    `beside` is a selector of what is not judged: a picture of the plenary screen, in the meeting's languages.
    What people typed and proper names are marked: `lang` of another language, `translate="no"`, `code`,
    `kbd`. A sentence of the English catalogue is a finding even where it is marked.
    """
    ours = sorted({text for key, text in catalogue_json("en").items() if _sentence(key, text)})
    found = _look(page, "thaiOnly", {"allowed": sorted(LATIN_ON_THAI_PAGES), "ours": ours, "beside": beside})
    assert not found, _told(page, "not Thai", found)


def everything(page: Page, *, keypad: bool = False, beside: str = "") -> None:
    """All checks that hold on every page, and those of a Thai page.

    `beside` is a selector of what is a picture: of the plenary screen, in the meeting's languages.
    """
    found = findings(page, keypad=keypad, beside=beside)
    assert not found, "\n".join(found)


def findings(page: Page, *, keypad: bool = False, beside: str = "") -> list[str]:
    """What `everything` would say, for a test that goes on and tells it at its end."""
    held: list[Callable[[], None]] = [
        lambda: accessible(page),
        lambda: fits(page, beside=beside),
        lambda: targets(page),
    ]
    if keypad:
        held.append(lambda: targets(page, 48, within="main", apart=8))
    if page.locator("html").get_attribute("lang") == "th":
        held.append(lambda: thai_only(page, beside=beside))
    return [told for each in held if (told := _failure(each))]


def _failure(check: Callable[[], None]) -> str:
    try:
        check()
    except AssertionError as error:
        return str(error)
    return ""


def _sentence(key: str, text: str) -> bool:
    """Whether this text of ours is long enough that nobody types it by chance.

    What begins with `preset_` is put before people in every language of the meeting.
    """
    return " " in text and "{" not in text and key != "language.own_name" and ".preset_" not in key


def _look(page: Page, check: str, asked: dict[str, Any]) -> list[str]:
    """Ask looking.js in a world of its own."""
    session = page.context.new_cdp_session(page)
    try:
        frame = session.send("Page.getFrameTree")["frameTree"]["frame"]["id"]
        world = session.send("Page.createIsolatedWorld", {"frameId": frame, "worldName": "checks"})
        within = {"contextId": world["executionContextId"], "returnByValue": True, "awaitPromise": True}
        if not session.send("Runtime.evaluate", {"expression": "typeof looking === 'object'", **within})[
            "result"
        ]["value"]:
            session.send("Runtime.evaluate", {"expression": f"{_source()};0", **within})
        said = session.send(
            "Runtime.evaluate", {"expression": f"looking.{check}({json.dumps(asked)})", **within}
        )
    finally:
        session.detach()
    assert "exceptionDetails" not in said, said["exceptionDetails"]
    found: list[str] = said["result"]["value"]
    return found


@cache
def _source() -> str:
    return f"{AXE.read_text(encoding='utf-8')};{LOOKING.read_text(encoding='utf-8')}"


def _told(page: Page, what: str, found: list[str]) -> str:
    lines = "".join(f"\n  - {each}" for each in found)
    return f"{page.url}: {what}:{lines}"
