"""At stake: no client can harm the server or another one; who is refused is told as the protocol says."""

import asyncio
import base64
import socket
import struct
from collections.abc import AsyncIterator, Sequence

import pytest
from websockets.exceptions import InvalidStatus

from app.core.commands import CastBallot, OpenVoting
from app.core.ids import Round
from app.realtime import wire
from app.web import door as doors
from app.web.serve_protocol import text_frame
from tests.fakes import ONE, ORGANISER, PLACE, hello_frame, laptop, new_id, seat_id, until
from tests.web.served import ADAPTERS, ORIGIN, Served, answer, close_code, said, serving


@pytest.fixture(params=ADAPTERS)
async def served(request: pytest.FixtureRequest) -> AsyncIterator[Served]:
    async with serving(request.param) as made:
        yield made


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
    assert (await asyncio.wait_for(reader.readline(), 30)).split()[1] in (b"400", b"426")
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
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 30)
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
    data = await asyncio.wait_for(reader.read(), 30)
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
