"""At stake: both adapters behave alike on a real socket."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from app.core.commands import CastBallot, StartTimer
from app.core.ids import Round
from app.realtime import wire
from tests.fakes import ONE, ORGANISER, PLACE, hello_frame, laptop, new_id, seat_id, until
from tests.web.served import ADAPTERS, Served, answer, close_code, said, serving, the_connection


@pytest.fixture(params=ADAPTERS)
async def served(request: pytest.FixtureRequest) -> AsyncIterator[Served]:
    async with serving(request.param) as made:
        yield made


# --- good clients --------------------------------------------------------------------------


async def test_a_ballot_goes_all_the_way_and_its_views_come_back(served: Served) -> None:
    await served.room.vote_open()
    async with served.entered(laptop(1)) as client:
        command = new_id()
        await client.send(
            wire.command_frame(command, CastBallot(PLACE, Round(1), seat_id(1, 1), (ONE,))).decode()
        )
        ack = await answer(client)
        assert isinstance(ack, wire.Ack)
        assert ack.id == command
        assert served.room.log.position.offset >= ack.offset
        while not (isinstance(view := await said(client), wire.View) and view.since is not None):
            pass
        assert view.channel == "table:1"


async def test_many_commands_at_once_are_all_answered_in_order(served: Served) -> None:
    async with served.entered(ORGANISER) as client:
        asked = [new_id() for _ in range(wire.OUTSTANDING_MAX)]
        for command in asked:
            await client.send(wire.command_frame(command, StartTimer(60)).decode())
        got = [await answer(client) for _ in asked]
        assert [frame.id for frame in got if isinstance(frame, wire.Ack)] == asked


async def test_http_goes_on_on_the_same_port(served: Served) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    writer.write(b"GET /docs HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert (await reader.readline()).startswith(b"HTTP/1.1 200")
    writer.close()


async def test_a_program_needs_no_origin_where_it_has_a_token(served: Served) -> None:
    async with served.client(origin=None) as client:
        await client.send(hello_frame(token=served.room.gate.add(laptop(1))).decode())
        assert isinstance(await said(client), wire.Welcome)
    async with served.client(origin=None) as client:
        await client.send(hello_frame(ticket="laptop-1").decode())
        bye = await said(client)
        assert isinstance(bye, wire.Bye)
        assert bye.code == "bad_origin"
        assert await close_code(client) == wire.BAD_TICKET


async def test_nothing_is_compressed_even_where_the_client_offers_it(served: Served) -> None:
    async with served.client(compression="deflate") as client:
        assert client.protocol.extensions == []


async def test_large_frames_of_both_sides_pass(served: Served) -> None:
    async with served.entered(ORGANISER) as client:
        for size in (100, 200, 70_000):  # one length field each
            frame = wire.encode(wire.Ack("x" * size, 1))
            the_connection(served).control([frame])
            ack = await answer(client)
            assert isinstance(ack, wire.Ack)
            assert len(ack.id) == size
        await client.send('{"t":"beat"' + " " * 60_000 + "}")
        assert isinstance(await answer(client), wire.Tick)


async def test_pings_are_answered_and_fragments_put_together(served: Served) -> None:
    async with served.entered(laptop(1)) as client:
        await asyncio.wait_for(await client.ping(), 30)
        await client.send(['{"t":', '"be', 'at"}'])
        assert isinstance(await answer(client), wire.Tick)


async def test_a_client_that_goes_is_forgotten(served: Served) -> None:
    async with served.entered(laptop(1)):
        assert len(served.room.lobby.connections) == 1
    await until(lambda: not served.room.lobby.connections)
    async with served.entered(laptop(1)) as client:
        client.transport.abort()
        await until(lambda: not served.room.lobby.connections)
    assert len(served.room.hall.audience) == 0
    assert len(served.room.hall.audience.hub) == 0


# --- going down ----------------------------------------------------------------------------


async def test_a_stopping_server_tells_its_clients_to_come_back(served: Served) -> None:
    async with served.entered(laptop(1)) as client:
        served.server.should_exit = True
        assert await close_code(client) == wire.RESTART
        assert wire.may_come_back(wire.RESTART)


async def test_a_draining_lobby_says_why(served: Served) -> None:
    async with served.entered(laptop(1)) as client:
        await served.room.lobby.drain()
        bye = await answer(client)
        assert isinstance(bye, wire.Bye)
        assert bye.code == "draining"
        assert await close_code(client) == wire.DRAINING


async def test_what_an_asgi_server_would_close_is_closed_by_revoking_too(served: Served) -> None:
    async with served.entered(laptop(1)) as client:
        served.room.lobby.revoke(laptop(1).id)
        assert await close_code(client) == wire.REVOKED
