"""At stake: on a real socket, over cuts and restarts, every command happens once and is answered."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI

from app.client import Client, Stopped
from app.core.commands import CastBallot, SendMessage
from app.core.ids import MessageId, QuestionId, Round
from app.log.memory import MemoryLog
from app.realtime import wire
from app.web.door import SOCKET_PATH, Door
from app.web.serve_protocol import uvicorn_options
from tests.fakes import DICE, ONE, ORGANISER, PLACE, Running, laptop, running, seat_id, until

# --- with a real server --------------------------------------------------------------------


class House:
    """A server that can be stopped and started again on the same port and log."""

    def __init__(self) -> None:
        self.port = 0
        self.room: Running | None = None
        self.log: MemoryLog | None = None
        self._stack = contextlib.AsyncExitStack()
        self._resumes: Any = None

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}{SOCKET_PATH}"

    async def start(self) -> Running:
        stack = contextlib.AsyncExitStack()
        room = await stack.enter_async_context(running(self.log))
        if self.room is not None:
            room.gate._resumes, room.gate._rotation = self.room.gate._resumes, 1_000
        for by in (ORGANISER, laptop(1), laptop(2)):
            room.gate.add(by)
        listening = socket.create_server(("127.0.0.1", self.port), reuse_port=False)
        self.port = listening.getsockname()[1]
        config = uvicorn.Config(
            FastAPI(), lifespan="off", log_level="error", **uvicorn_options(Door(room.lobby, frozenset()))
        )
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        await until(lambda: server.started)

        async def stop() -> None:
            server.should_exit = True
            await asyncio.wait_for(serving, 60)
            listening.close()

        stack.push_async_callback(stop)
        self.room, self._stack = room, stack
        return room

    async def stop(self) -> None:
        assert self.room is not None
        await self._stack.aclose()
        self.log = self.room.log.crash()


@pytest.fixture
async def house() -> AsyncIterator[House]:
    made = House()
    await made.start()
    yield made
    await made._stack.aclose()


def message() -> SendMessage:
    return SendMessage(MessageId("msg_" + DICE(16).hex()), {"en": "sit down", "th": "นั่งลง"})


async def test_a_client_acts_and_sees_what_came_of_it(house: House) -> None:
    async with Client(house.url, token="organiser") as lead, Client(house.url, token="laptop-1") as table:
        said = message()
        answer = await lead.do(said)
        assert isinstance(answer, wire.Ack)
        await table.until(lambda c: f"message/{said.message}" in c.state.get("tables", {}))
        refused = await table.do(CastBallot(PLACE, Round(1), seat_id(1, 1), (ONE,)))
        assert isinstance(refused, wire.Nack)
        assert refused.code == "voting_not_open"


async def test_it_goes_on_over_a_restart_with_what_was_not_answered(house: House) -> None:
    async with Client(house.url, token="organiser", haste=50) as lead:
        assert house.room is not None
        before = await lead.do(message())
        house.room.log.hold()
        pending = [asyncio.ensure_future(lead.do(message())) for _ in range(5)]
        await until(lambda: house.room is not None and not house.room.hall._intake.settled)
        await house.stop()
        room = await house.start()
        answers = await asyncio.wait_for(asyncio.gather(*pending), 60)
        assert all(isinstance(answer, wire.Ack) for answer in answers)
        assert lead.connections == 2
        assert isinstance(before, wire.Ack)
        messages = room.hall.meeting.stage.messages
        assert len(messages) == 6, "each once"


async def test_cut_lines_cost_nothing_but_time(house: House) -> None:
    assert house.room is not None
    room = house.room
    async with Client(house.url, token="organiser", haste=200) as lead:
        for number in range(40):
            asked = asyncio.ensure_future(lead.do(message()))
            if number % 4 == 3:
                await asyncio.sleep(
                    0
                )  # it is under way, on a line that is there: the one before had its answer
                for connection in list(room.lobby.connections):
                    connection._transport.abort()
            async with asyncio.timeout(60):
                assert isinstance(await asked, wire.Ack)
        assert lead.connections > 5
        assert len(room.hall.meeting.stage.messages) == 40


async def test_who_is_not_let_in_is_told(house: House) -> None:
    with pytest.raises(Stopped) as stopped:
        async with Client(house.url, token="nobody", lang="en"):
            pass
    assert (stopped.value.code, stopped.value.say) == (4500, "en:unknown_session")


async def test_a_revoked_client_stops_and_its_questions_fail(house: House) -> None:
    assert house.room is not None
    async with Client(house.url, token="organiser") as lead:
        house.room.log.hold()
        asking = asyncio.ensure_future(lead.do(message()))
        await until(lambda: house.room is not None and not house.room.hall._intake.settled)
        house.room.lobby.revoke(ORGANISER.id)
        with pytest.raises(Stopped):
            await asyncio.wait_for(asking, 60)
        house.room.log.release()
        with pytest.raises(Stopped):
            await lead.do(message())


async def test_waiting_for_what_never_comes_ends(house: House) -> None:
    async with Client(house.url, token="organiser") as lead:
        with pytest.raises(TimeoutError):
            await lead.until(lambda c: "nothing" in c.state, seconds=0.05)


async def test_an_unknown_question_is_refused_in_the_language_asked_for(house: House) -> None:
    async with Client(house.url, token="laptop-1", lang="th") as table:
        nack = await table.do(CastBallot(QuestionId("none"), Round(1), seat_id(1, 1), (ONE,)))
        assert isinstance(nack, wire.Nack)
        assert nack.say.startswith("th:")
