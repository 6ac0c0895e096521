"""At stake: both adapters behave alike on a real socket, against good clients, bad ones and dead ones."""

import asyncio
import base64
import contextlib
import socket
import struct
from collections.abc import AsyncIterator, Sequence

import pytest
import uvicorn
from fastapi import FastAPI
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin

from app.core.capability import Capability
from app.core.commands import CastBallot, OpenVoting, StartTimer
from app.core.ids import Round
from app.realtime import wire
from app.realtime.connection import Connection
from app.web import door as doors
from app.web.door import Door
from app.web.serve_protocol import text_frame, uvicorn_options
from app.web.sockets import socket_route
from tests.fakes import ONE, ORGANISER, PLACE, Running, hello_frame, laptop, new_id, running, seat_id, until

ORIGIN = "http://hall.test"


class Served:
    """A server on a port of this machine."""

    def __init__(self, room: Running, server: uvicorn.Server, port: int, adapter: str) -> None:
        self.room, self.server, self.port, self.adapter = room, server, port, adapter
        self.url = f"ws://127.0.0.1:{port}{doors.SOCKET_PATH}"

    def client(self, url: str = "", origin: str | None = ORIGIN, **options: object) -> connect:
        found = None if origin is None else Origin(origin)
        return connect(url or self.url, origin=found, proxy=None, ping_interval=None, **options)  # type: ignore[arg-type]

    @contextlib.asynccontextmanager
    async def entered(self, by: Capability, **hello: object) -> AsyncIterator[ClientConnection]:
        """A client that has been welcomed; its snapshots are still to be read."""
        async with self.client() as client:
            await client.send(hello_frame(token=self.room.gate.add(by), **hello).decode())
            assert isinstance(await said(client), wire.Welcome)
            yield client


async def said(client: ClientConnection) -> wire.ServerFrame:
    """The next frame of the server."""
    data = await asyncio.wait_for(client.recv(), 5)
    assert isinstance(data, str), "every frame is text"
    return wire.read_server(data.encode())


async def answer(client: ClientConnection) -> wire.ServerFrame:
    """The next frame that is no view."""
    while isinstance(frame := await said(client), wire.View):
        pass
    return frame


async def close_code(client: ClientConnection) -> int | None:
    with contextlib.suppress(ConnectionClosed):
        async with asyncio.timeout(10):
            while True:
                await client.recv()
    return client.close_code


@pytest.fixture(params=["serve", "route"])
async def served(request: pytest.FixtureRequest) -> AsyncIterator[Served]:
    async with running() as room:
        here = Door(room.lobby, frozenset({ORIGIN}))
        app = FastAPI()
        options = uvicorn_options(here)
        if request.param == "route":
            app.include_router(socket_route(here))
            options |= {"ws": "websockets-sansio", "ws_max_size": 1024 * 1024}
        listening = socket.create_server(("127.0.0.1", 0))
        doors.prepared([listening])
        port = listening.getsockname()[1]
        server = uvicorn.Server(
            uvicorn.Config(app, lifespan="off", log_level="error", access_log=False, **options)
        )
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        await until(lambda: server.started)
        yield Served(room, server, port, request.param)
        server.should_exit = True
        await asyncio.wait_for(serving, 15)
        listening.close()


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
        await asyncio.wait_for(await client.ping(), 5)
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


# --- handshakes that are refused -----------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "origin", "cookie", "status"),
    [
        ("/ws", "http://evil.test", None, 403),
        ("/ws", ORIGIN + ".evil.test", None, 403),
        ("/ws", "null", None, 403),
        ("/ws", None, "table=secret", 403),
        ("/ws?ticket=secret", ORIGIN, None, 404),
        ("/wss", ORIGIN, None, 404),
        ("/ws/", ORIGIN, None, 404),
    ],
)
async def test_a_handshake_that_is_not_ours_is_refused_before_it_is_accepted(
    served: Served, path: str, origin: str | None, cookie: str | None, status: int
) -> None:
    headers = {} if cookie is None else {"Cookie": cookie}
    url = f"ws://127.0.0.1:{served.port}{path}"
    with pytest.raises(InvalidStatus) as refused:
        async with served.client(url, origin, additional_headers=headers):
            pass
    got = refused.value.response.status_code
    # under ASGI a path that no route has is answered by the framework
    assert got == status or (served.adapter == "route" and status == 404 and got == 403)
    assert not served.room.lobby.connections


async def test_our_own_page_with_its_cookie_is_let_in(served: Served) -> None:
    async with served.client(additional_headers={"Cookie": "table=x"}) as client:
        assert client.protocol.state.name == "OPEN"


async def test_a_full_house_says_so(served: Served) -> None:
    served.room.lobby._connections_max = 1
    async with served.entered(laptop(1)):
        with pytest.raises(InvalidStatus) as refused:
            async with served.client():
                pass
        assert refused.value.response.status_code == 503


@pytest.mark.parametrize(
    "lines",
    [
        ["Sec-WebSocket-Version: 13"],
        ["Sec-WebSocket-Key: !", "Sec-WebSocket-Version: 13"],
        ["Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 8"],
        [
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13",
            f"Origin: {ORIGIN}", "Origin: http://evil.test",
        ],
    ],
)  # fmt: skip
async def test_a_broken_handshake_is_a_bad_request(served: Served, lines: Sequence[str]) -> None:
    head = ["GET /ws HTTP/1.1", "Host: x", "Connection: Upgrade", "Upgrade: websocket", *lines]
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    writer.write("\r\n".join([*head, "", ""]).encode())
    assert (await asyncio.wait_for(reader.readline(), 5)).split()[1] in (b"400", b"426")
    writer.close()
    assert not served.room.lobby.connections


# --- bad clients ---------------------------------------------------------------------------


async def test_binary_frames_are_closed_with_1003(served: Served) -> None:
    async with served.entered(laptop(1)) as client:
        await client.send(b"binary")
        assert await close_code(client) == 1003


async def test_too_large_a_frame_is_refused_in_words_and_a_huge_one_closes_with_1009(served: Served) -> None:
    async with served.entered(laptop(1)) as client:
        await client.send("x" * (wire.FRAME_BYTES_MAX + 1))
        nack = await answer(client)
        assert isinstance(nack, wire.Nack)
        assert nack.code == "frame_too_large"
        await client.send("x" * (4 * wire.FRAME_BYTES_MAX + 1))
        assert await close_code(client) == 1009
    await until(lambda: not served.room.lobby.connections)


async def test_a_hello_that_is_not_good_is_closed_with_a_sentence(served: Served) -> None:
    async with served.client() as client:
        await client.send(hello_frame(token="nobody", lang="th").decode())
        bye = await said(client)
        assert isinstance(bye, wire.Bye)
        assert bye.say == "th:unknown_session"
        assert await close_code(client) == wire.BAD_TICKET
    await until(lambda: not served.room.lobby.connections)


async def raw_client(served: Served) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A client that is past the handshake and may send any bytes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    key = base64.b64encode(bytes(16)).decode()
    writer.write(
        f"GET /ws HTTP/1.1\r\nHost: x\r\nOrigin: {ORIGIN}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
    )
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
    assert head.startswith(b"HTTP/1.1 101"), head
    return reader, writer


def masked(opcode: int, payload: bytes, *, fin: bool = True) -> bytes:
    length = len(payload)
    size = struct.pack("!B", 0x80 | length) if length < 126 else struct.pack("!BH", 0xFE, length)
    return bytes([(0x80 if fin else 0) | opcode]) + size + bytes(4) + payload


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (masked(1, b"\xff\xff"), 1007),
        (text_frame(b"unmasked"), 1002),
        (masked(3, b"no such opcode"), 1002),
        (masked(0, b"continues nothing"), 1002),
        (bytes([0xF1, 0x80]) + bytes(4), 1002),  # reserved bits
        (masked(9, b"x" * 126), 1002),
    ],
)
async def test_frames_that_break_the_protocol_are_closed_with_its_codes(
    served: Served, sent: bytes, code: int
) -> None:
    reader, writer = await raw_client(served)
    writer.write(sent)
    data = await asyncio.wait_for(reader.read(), 10)
    at = data.index(b"\x88")
    assert int.from_bytes(data[at + 2 : at + 4]) == code
    writer.close()
    await until(lambda: not served.room.lobby.connections)


async def test_a_torrent_of_noise_costs_only_the_one_who_makes_it(served: Served) -> None:
    await served.room.vote_open()
    async with served.entered(laptop(1)) as client:
        for seed in range(20):
            _, writer = await raw_client(served)
            writer.write(bytes((seed * 31 + n * 7) % 256 for n in range(3_000)))
            await writer.drain()
            writer.close()
        command = new_id()
        said_ = CastBallot(PLACE, Round(1), seat_id(1, 1), (ONE,))
        await client.send(wire.command_frame(command, said_).decode())
        assert isinstance(await answer(client), wire.Ack)
    await until(lambda: not served.room.lobby.connections)


# --- clients that do not read --------------------------------------------------------------


def the_connection(served: Served) -> Connection:
    (connection,) = served.room.lobby.connections
    return connection


@pytest.mark.parametrize("reads", [False, True])
async def test_a_client_that_does_not_read_is_cut_and_costs_a_bounded_amount(
    served: Served, *, reads: bool
) -> None:
    lobby = served.room.lobby
    late = 0.0
    clock = asyncio.get_running_loop().time
    lobby.now = lambda: clock() + late
    async with served.entered(ORGANISER) as client:
        (connection,) = lobby.connections
        reading = asyncio.create_task(close_code(client)) if reads else None
        if not reads:
            client.transport.pause_reading()
        frame = wire.encode(wire.Ack("x" * 30_000, 1))
        for _ in range(400):
            connection.control([frame])
            await asyncio.sleep(0)
            if connection.outbox.paused and not reads:
                break
        if reads:
            await until(lambda: not connection.outbox.paused)
            lobby.sweep()
            assert connection in lobby.connections
            client.transport.abort()
            assert reading is not None
            await reading
            return
        assert connection.outbox.paused
        assert connection._transport.backlog() < 300_000
        await served.room.do(OpenVoting(PLACE))
        late = 6.0
        lobby.sweep()
        await until(lambda: connection not in lobby.connections)
        client.transport.abort()


async def test_the_listening_socket_frees_what_nobody_reads(served: Served) -> None:
    for listening in served.server.servers:
        for each in listening.sockets:
            assert each.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == doors.USER_TIMEOUT_MS
            assert each.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) <= 2 * doors.SEND_BUFFER_BYTES


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
