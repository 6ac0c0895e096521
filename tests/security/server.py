"""A whole server on real sockets for the security tests: what `serve` wires, in the test's event loop.

Nothing is replaced but the answer's delay to wrong codes and the time of votes. What a test switches
off to see its control fail, it switches off on the `Served` it holds.
"""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from httpx2 import AsyncClient

from app.core.capability import Capability, Role
from app.core.commands import AnyCommand, FinishVoting, StartMeeting
from app.core.ids import CommandId, MeetingId, QuestionId, SeatId
from app.core.meeting import Meeting
from app.core.planned import PlannedMeeting
from app.core.receipts import Accepted
from app.main import Server, build
from app.plan import Reading
from app.realtime.answers import Answer
from app.realtime.hall import Hall
from app.realtime.intake import SERVER
from app.settings import Settings
from app.web import registry, serving
from app.web.application import make_app, with_edge
from app.web.door import prepared
from app.web.house import Way
from tests.builders import small_plan
from tests.fakes import until

FAST: dict[str, Any] = {"wrong_code_delay_ms_min": 20, "wrong_code_delay_ms_max": 80}


class Quiet(uvicorn.Server):
    """uvicorn without its signal handlers: the test's loop keeps its own."""

    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        yield


@dataclass
class Served:
    """A running server and one meeting in it."""

    server: Server
    app: Any
    settings: Settings
    folder: Path
    meeting: MeetingId
    http: AsyncClient

    @property
    def url(self) -> str:
        return f"{'https' if self.settings.tls else 'http'}://127.0.0.1:{self.settings.port}"

    @property
    def socket_url(self) -> str:
        return f"{self.url.replace('http', 'ws')}/ws"

    @property
    def origin(self) -> str:
        return self.settings.url

    @property
    def hall(self) -> Hall:
        return self.server.house.hall(self.meeting)

    @property
    def offset(self) -> int:
        """How many events are recorded."""
        return self.hall.position.offset

    async def ways(self) -> list[Way]:
        """Every way in of the meeting."""
        house = self.server.house
        held = await house.store.run(registry.of_meeting(self.meeting))
        return [house.way(each) for each in held]

    async def way(self, role: Role, place: str | None = None) -> Way:
        """The first way in of a role; of a table or a seat where one is named."""
        return next(
            way
            for way in await self.ways()
            if way.capability.role is role
            and (place is None or place in (*way.capability.tables, way.capability.seat))
        )

    async def token(self, role: Role, place: str | None = None) -> str:
        """A bearer token, got as any program gets it."""
        return await self.join((await self.way(role, place)).secret)

    async def join(self, secret: str) -> str:
        answer = await self.http.post("/api/join", json={"code": secret})
        assert answer.status_code == 200, answer.text
        token: str = answer.json()["token"]
        return token

    async def ask(self, said: AnyCommand, by: Capability, command: str | None = None) -> Answer:
        return await self.hall.submit(said, by, None if command is None else CommandId(command))

    async def do(self, said: AnyCommand, by: Capability) -> int:
        """Have a command accepted, from inside."""
        answer = await self.ask(said, by)
        assert isinstance(answer, Accepted), f"{said}: {answer}"
        return answer.offset

    async def close_vote(self, question: str) -> None:
        """The server closes a vote at once."""
        number = await self.hall.read(lambda m: m.questions.questions[QuestionId(question)].now.number)
        await self.do(FinishVoting(QuestionId(question), number), SERVER)

    async def look(self, seat: str) -> Any:
        return await self.hall.read(lambda m: m.roster.seats[SeatId(seat)])

    async def state(self) -> Meeting:
        """The meeting itself, settled."""
        return await self.hall.read(lambda m: m)

    async def hold(self, plan: PlannedMeeting, *, started: bool = True) -> MeetingId:
        """A further meeting on the same server."""
        meeting = await self.server.house.hold(Reading(plan, ()), "title: {en: a test}\n")
        if started:
            organiser = Capability(await self._organiser(meeting), Role.ORGANISER)
            answer = await self.server.house.hall(meeting).submit(StartMeeting(), organiser)
            assert isinstance(answer, Accepted), answer
        return meeting

    async def _organiser(self, meeting: MeetingId) -> Any:
        held = await self.server.house.store.run(registry.of_meeting(meeting, (Role.ORGANISER,)))
        return held[0].capability.id


@contextlib.asynccontextmanager
async def served(
    folder: Path, plan: PlannedMeeting | None = None, *, started: bool = True, **knobs: Any
) -> AsyncIterator[Served]:
    """A server with a meeting; stopped, and its sockets closed, at the end."""
    settings = Settings(data_dir=folder / "data", **({"port": 0} | FAST | knobs))
    listening = serving.bound(settings)
    settings = settings.model_copy(update={"port": listening.getsockname()[1]})
    prepared([listening])
    server = build(settings)
    app = make_app(server.house, server.owners)
    config = serving._config(with_edge(app, server.house), server.house, settings)
    web = Quiet(config)
    task = asyncio.create_task(web.serve([listening]))
    await server.house.open()
    scheme = "https" if settings.tls else "http"
    trust = ssl.create_default_context(cafile=settings.tls_cert)
    async with AsyncClient(
        base_url=f"{scheme}://127.0.0.1:{settings.port}", verify=trust, trust_env=False, timeout=30
    ) as http:
        made = Served(server, app, settings, folder / "data", MeetingId(""), http)
        try:
            made.meeting = await made.hold(plan or small_plan(close_notice_ms=0), started=started)
            await until(lambda: web.started)
            yield made
        finally:
            await http.aclose()
            await server.close()
            web.should_exit = web.force_exit = True
            await task
            listening.close()
