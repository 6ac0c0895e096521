"""A server in this process, with a rehearsal in it: asked over ASGI, as a program or as a page."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from app.core.capability import Role
from app.core.ids import MeetingId
from app.main import Server, build
from app.plan import PLANS
from app.settings import Settings
from app.web.application import make_app, with_edge

ORIGIN = "http://127.0.0.1:8021"
REHEARSAL = (PLANS / "rehearsal.yaml").read_text(encoding="utf-8")

Ask = Callable[..., Awaitable[httpx.Response]]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path / "data",
        wrong_code_delay_ms_min=0,
        wrong_code_delay_ms_max=0,
        argon2_memory_kib=8192,
    )


@pytest.fixture
async def server(settings: Settings) -> AsyncIterator[Server]:
    made = build(settings)
    await made.house.open()
    yield made
    await made.close()


@pytest.fixture
async def meeting(server: Server) -> MeetingId:
    return await server.house.create_meeting(REHEARSAL)


@pytest.fixture
async def http(server: Server) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the whole application, without cookies, as a program is."""
    app = with_edge(make_app(server.house, server.owners), server.house)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN) as client:
        yield client


class Door:
    """How a test comes in."""

    def __init__(self, server: Server, http: httpx.AsyncClient, meeting: MeetingId) -> None:
        self.server, self.http, self.meeting = server, http, meeting

    async def secret(self, role: Role) -> str:
        if role in (Role.PARTICIPANT, Role.TABLE_FACILITATOR):
            return (await self.server.house.codes(self.meeting, role))[0].secret
        return next(
            w for w in await self.server.house.links(self.meeting) if w.capability.role is role
        ).secret

    async def program(self, role: Role) -> dict[str, str]:
        """The headers of a program that has joined with this role."""
        answer = await self.http.post("/api/join", json={"code": await self.secret(role)})
        assert answer.status_code == 200, answer.text
        return {"Authorization": f"Bearer {answer.json()['token']}"}

    async def page(self, role: Role) -> dict[str, str]:
        """The headers of a page that has joined with this role."""
        answer = await self.http.post(
            "/api/join", json={"code": await self.secret(role)}, headers={"Origin": ORIGIN}
        )
        assert answer.status_code == 200, answer.text
        page = answer.json()["page"]
        token = answer.cookies[page]
        self.http.cookies.clear()
        return {"Origin": ORIGIN, "Town-Page": page, "Cookie": f"{page}={token}"}

    async def owner(self) -> dict[str, str]:
        """The headers of a program that has burnt the one-time link."""
        secret = (await self.server.owners.new_link()).partition("#")[2]
        answer = await self.http.post("/api/join", json={"code": secret})
        return {"Authorization": f"Bearer {answer.json()['token']}"}


@pytest.fixture
def door(server: Server, http: httpx.AsyncClient, meeting: MeetingId) -> Door:
    return Door(server, http, meeting)


def command(name: str, **fields: Any) -> dict[str, Any]:
    """The frame of a command, with a fresh id."""
    from app.web.keys import new_id

    return {"t": name, "id": new_id("cmd"), **fields}
