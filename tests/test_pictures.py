"""At stake: nobody ships a page or a scene that nobody has looked at: `make screenshots` has each of them."""

import re
from collections.abc import Iterable

import pytest
from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute

from app.core.commands import SceneKind
from app.web import pages
from app.web.api import capabilities, reports
from app.web.assets import STATIC
from tests.browser.pictures.documents import BYTES_MAX, IMAGES, PICKED
from tests.browser.pictures.shown import CONSOLE_TABS, PANELS, PICTURES, SCENES

NO_PICTURES = {
    "/": "leads to /j",
    "/service-worker.js": "a script",
    "/kept.json": "data for that script",
}
"""Routes of pages.py that are no pages."""


def routes(*routers: APIRouter) -> list[APIRoute]:
    return [route for router in routers for route in router.routes if isinstance(route, APIRoute)]


def pages_of_the_program() -> set[str]:
    """Whatever a browser can open: the routes of pages, and what of the API is a page to print."""
    opened = {route.path for route in routes(pages.router)}
    printed = {
        route.path
        for route in routes(capabilities.router, reports.router)
        if route.response_class is HTMLResponse
    }
    return (opened | printed) - set(NO_PICTURES)


def missing(paths: Iterable[str]) -> set[str]:
    return set(paths) - {picture.path for picture in PICTURES}


def test_every_page_has_a_picture() -> None:
    assert missing(pages_of_the_program()) == set()
    assert len(pages_of_the_program()) > 20, "control: the routes are found"
    assert missing({*pages_of_the_program(), "/harbour"}) == {"/harbour"}, "control: a new page is missed"


def test_every_picture_is_of_a_page_that_there_is() -> None:
    gone = {picture.path for picture in PICTURES if picture.path} - pages_of_the_program()
    assert gone == set()


def test_every_scene_has_a_picture() -> None:
    assert set(SCENES) == set(SceneKind)
    assert all(SCENES.values())


def test_no_two_pictures_have_one_name() -> None:
    names = [picture.name for picture in PICTURES] + [
        f"scene-{name}" for of in SCENES.values() for name in of
    ]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("element", "list_of", "known"),
    [
        ("console.js", r"\['(\w+)', 'console\.\w+'\]", CONSOLE_TABS),
        ("town-table.js", r"^const PANELS = \[(.*)\];$", PANELS),
    ],
)
def test_every_part_of_a_page_that_opens_by_a_tab_has_a_picture(
    element: str, list_of: str, known: tuple[str, ...]
) -> None:
    text = (STATIC / "js" / "elements" / element).read_text(encoding="utf-8")
    found = re.findall(list_of, text, re.MULTILINE)
    parts = re.findall(r"'(\w+)'", found[0]) if len(found) == 1 else found
    assert tuple(parts) == known


def test_the_pictures_of_the_documents_are_those_that_the_command_makes() -> None:
    names = {picture.name for picture in PICTURES} | {
        f"scene-{name}" for of in SCENES.values() for name in of
    }
    assert {source.partition("/")[0] for source in PICKED.values()} <= names
    assert {path.name for path in IMAGES.iterdir()} == set(PICKED)
    assert all(0 < path.stat().st_size < BYTES_MAX for path in IMAGES.iterdir())
