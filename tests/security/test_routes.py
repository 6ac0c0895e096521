"""At stake: over HTTP everybody reaches what their role gives them, and nothing of another meeting.

Every route of the application has a row that says for whom it is; a new one without a row fails.
"""

from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import iter_route_contexts

from app.core.capability import Role
from app.web import access
from app.web.api import capabilities, reports
from app.web.roles import MADE, PAGES, PAGES_OF
from tests.builders import small_plan
from tests.security.server import Served, served

ANYBODY, SESSION, ORGANISER, READER, OWNER, PAGE, TEAM, AREA, LINES, FOLLOWER, HELM = (
    "anybody",
    "session",
    "organiser",
    "reader",
    "owner",
    "page",
    "theme team",
    "area",
    "lines",
    "follower",
    "helm",
)
M = "/api/meetings/{meeting}"

ROUTES: dict[tuple[str, str], str] = {
    ("GET", "/openapi.json"): ANYBODY,
    ("GET", "/asyncapi.json"): ANYBODY,
    ("GET", "/health/live"): ANYBODY,
    ("GET", "/health/ready"): ANYBODY,
    ("GET", "/metrics"): ANYBODY,
    ("GET", "/style"): ANYBODY,
    ("GET", "/api/plan/schema"): ANYBODY,
    ("POST", "/api/join"): ANYBODY,
    ("POST", "/api/login"): ANYBODY,
    ("GET", "/api/session"): SESSION,
    ("POST", "/api/session"): SESSION,
    ("DELETE", "/api/session"): SESSION,
    ("DELETE", "/api/sessions"): ANYBODY,
    ("POST", "/api/ticket"): SESSION,
    ("POST", "/api/commands"): SESSION,
    ("GET", "/api/channels"): SESSION,
    ("GET", "/api/channels/{channel}"): SESSION,
    ("GET", "/api/meetings"): SESSION,
    ("GET", M): "own meeting",
    ("PUT", "/api/password"): OWNER,
    ("POST", "/api/meetings"): OWNER,
    ("POST", f"{M}/enter"): OWNER,
    ("PUT", f"{M}/plan"): OWNER,
    ("GET", "/api/backup"): OWNER,
    ("POST", "/api/follow/code"): OWNER,
    ("POST", "/api/follow/enter"): ANYBODY,
    ("POST", "/api/follow"): FOLLOWER,
    ("DELETE", "/api/follow"): OWNER,
    ("GET", "/api/follow"): HELM,
    ("POST", "/api/term"): ANYBODY,
    ("POST", "/api/plan/check"): ORGANISER,
    ("POST", "/api/plan/read"): ORGANISER,
    ("GET", "/api/plan/shipped/{plan}"): ORGANISER,
    ("GET", f"{M}/plan"): ORGANISER,
    ("GET", f"{M}/rehearsal"): ORGANISER,
    ("POST", f"{M}/rehearsal"): ORGANISER,
    ("DELETE", f"{M}/rehearsal"): ORGANISER,
    ("GET", f"{M}/seats"): ORGANISER,
    ("GET", f"{M}/links"): ORGANISER,
    ("GET", f"{M}/codes/{{places}}"): ORGANISER,
    ("GET", f"{M}/cards/{{places}}"): ORGANISER,
    ("POST", f"{M}/capabilities"): ORGANISER,
    ("POST", f"{M}/capabilities/{{capability}}/rotate"): ORGANISER,
    ("DELETE", f"{M}/capabilities/{{capability}}"): ORGANISER,
    ("GET", f"{M}/team"): TEAM,
    ("GET", f"{M}/laptops/{{table}}"): AREA,
    ("GET", f"{M}/lines"): LINES,
    ("GET", f"{M}/seats/{{seat}}/way"): AREA,
    ("GET", f"{M}/report.html"): READER,
    ("GET", f"{M}/report.json"): READER,
    ("GET", f"{M}/report.pdf"): READER,
    ("GET", f"{M}/figures.json"): READER,
    ("GET", f"{M}/tables/{{name}}"): READER,
    ("GET", f"{M}/export/{{kind}}.zip"): READER,
    **{("GET", f"/{page}"): PAGE for page in (*PAGES, "", "j", "organiser")},
    **{("GET", f"/{page}/all"): PAGE for page in PAGES},
    ("GET", "/service-worker.js"): ANYBODY,
    ("GET", "/kept.json"): ANYBODY,
}
"""For whom each route is. What is in no schema and no row fails the first test."""

BODIES: dict[tuple[str, str], Any] = {
    ("PUT", "/api/password"): {"password": "long enough to be one"},
    ("POST", "/api/meetings"): {"plan": "title: {en: x}"},
    ("POST", "/api/plan/check"): {"plan": "title: {en: x}"},
    ("POST", "/api/plan/read"): {"plan": "title: {en: x}"},
    ("POST", f"{M}/capabilities"): {"role": "viewer"},
    ("PUT", f"{M}/plan"): {"plan": "title: {en: x}"},
}
FULL = ("report.html", "report.json", "report.pdf", "tables/{name}")


def routes(app: Any) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for route in iter_route_contexts(app.routes):
        path = str(route.path or getattr(route.original_route, "path", ""))
        found |= {(method, path) for method in route.methods or () if method != "HEAD"}
    return found


def allowed(role: Role | None, whom: str) -> bool:
    """Whether somebody of this role (`None`: nobody) reaches a route in their own meeting."""
    match whom:
        case "anybody" | "page":
            return True
        case "organiser":
            return role is Role.ORGANISER
        case "reader":
            return role is not None and "report" in PAGES_OF[role]
        case "theme team":
            return role in (Role.ORGANISER, Role.THEME_LEADER, Role.THEME_MEMBER)
        case "area":
            return role in (Role.ORGANISER, Role.AREA_MANAGER)
        case "lines":
            return role in (
                Role.ORGANISER, Role.LEAD_FACILITATOR, Role.STAGE_MANAGER, Role.AREA_MANAGER,
            )  # fmt: skip
        case "helm":
            return role in (Role.ORGANISER, Role.LEAD_FACILITATOR, Role.STAGE_MANAGER)
        case "owner" | "follower":
            return False
        case _:
            return role is not None


def filled(path: str, meeting: str) -> str:
    values = {
        "meeting": meeting,
        "places": "tables",
        "capability": "cap_x",
        "kind": "public",
        "name": "index",
        "plan": "rehearsal",
        "table": "1",
        "seat": "1-1",
    }
    return path.format(**values, channel="public")


async def status(room: Served, row: tuple[str, str], meeting: str, token: str | None, query: str = "") -> int:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    url = filled(row[1], meeting) + query
    answer = await room.http.request(row[0], url, headers=headers, json=BODIES.get(row))
    assert answer.status_code < 500, (row, answer.text)
    return answer.status_code


async def intruders(room: Served, roles: tuple[Role, ...]) -> list[str]:
    """Who reaches what is not for them, in their own meeting and in another; `[]` is the promise."""
    tokens: dict[Role | None, str | None] = {None: None}
    for each in roles:
        tokens[each] = await room.token(each)
    other = await room.hold(small_plan())
    found = []
    for row, whom in ROUTES.items():
        for role, token in tokens.items():
            closed = not allowed(role, whom)
            if closed and await status(room, row, room.meeting, token) not in (401, 403):
                found.append(f"{role} {row}")
            if M in row[1] and role in ABROAD and await status(room, row, other, token) not in (401, 403):
                found.append(f"{role} {row} of the other meeting")
            personal = whom == READER and row[1].endswith(FULL) and role is not Role.ORGANISER
            if personal and await status(room, row, room.meeting, token, "?edition=full") not in (401, 403):
                found.append(f"{role} {row} in full")
    audit = ("GET", f"{M}/export/audit.zip")
    for role, token in tokens.items():
        if role is not Role.ORGANISER and await status(room, audit, room.meeting, token) not in (401, 403):
            found.append(f"{role} {audit}")
    return found


ABROAD = (Role.ORGANISER, Role.VIEWER, Role.PARTICIPANT, None)
"""Who tries another meeting's routes: whoever has the most, the reader, the crowd, nobody."""

SOME = tuple(role for role in MADE if role is not Role.RECEIVER)


async def test_every_route_has_a_row(tmp_path: Path) -> None:
    async with served(tmp_path) as room:
        assert routes(room.app) == set(ROUTES)


async def test_nobody_reaches_what_is_not_for_them(tmp_path: Path) -> None:
    async with served(tmp_path) as room:
        assert await intruders(room, SOME) == []


async def test_control_without_the_checks_the_rows_fail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (access, capabilities):
        monkeypatch.setattr(module, "organiser_of", lambda _, meeting: meeting)
    monkeypatch.setattr(reports, "check_reader", lambda *_: None)
    async with served(tmp_path) as room:
        found = await intruders(room, (Role.VIEWER, Role.PARTICIPANT))
    assert any("links" in each for each in found)
    assert any("in full" in each for each in found)
    assert any("audit.zip" in each for each in found)
    assert any("of the other meeting" in each for each in found)


async def test_what_is_ones_own_is_reached(tmp_path: Path) -> None:
    async with served(tmp_path) as room:
        token = await room.token(Role.ORGANISER)
        for row, whom in ROUTES.items():
            if whom in (ORGANISER, READER, TEAM, AREA, "own meeting") and row[0] == "GET":
                assert await status(room, row, room.meeting, token) == 200, row


async def test_a_page_that_is_open_holds_nothing_of_a_meeting(tmp_path: Path) -> None:
    async with served(tmp_path) as room:
        for page in (*PAGES, "", "j", "organiser"):
            answer = await room.http.get(f"/{page}", follow_redirects=True)
            assert answer.status_code == 200, page
            assert room.meeting not in answer.text
            assert "City meeting" not in answer.text
