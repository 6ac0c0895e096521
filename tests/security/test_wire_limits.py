"""At stake: one hostile client costs the room nothing. Sizes, depth, integers, rates and times are bounded.

The server stands on real sockets; raw bytes are sent where a well-behaved library would not.
"""

import asyncio
import contextlib
import json
import os
import socket
import struct
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from app.core.capability import Role
from app.core.commands import CountHeads
from app.core.ids import TableId
from app.realtime import lobby, outbox, rates, wire
from app.realtime.rates import Rate, Rates
from app.realtime.session import Session
from app.web import patience, serve_protocol
from app.web.patience import PatientHttp
from tests.fakes import until
from tests.realtime.samples import commands
from tests.security.samples import furnished
from tests.security.server import Served, served
from tests.security.talk import Talk, command_id, frame_of, talk, welcomed

HUGE = 2**53


@contextlib.asynccontextmanager
async def at_table(room: Served) -> AsyncIterator[Talk]:
    async with welcomed(room.socket_url, await room.token(Role.TABLE_FACILITATOR, "1"), channels=[]) as line:
        yield line


def heads(number: Any) -> dict[str, Any]:
    return {"t": "count_heads", "id": command_id(), "table": "1", "heads": number}


# --- sizes ---------------------------------------------------------------------------------


async def test_a_frame_beyond_its_size_is_refused_and_a_huge_one_ends_the_line(tmp_path: Path) -> None:
    async with served(tmp_path) as room, at_table(room) as line:
        fits = heads(3)
        pad = wire.FRAME_BYTES_MAX - len(json.dumps(fits)) - 2
        assert (await line.ask(json.dumps(fits).encode() + b" " * pad))["t"] == "ack"
        over = await line.ask(json.dumps(heads(3)).encode() + b" " * wire.FRAME_BYTES_MAX)
        assert (over["code"], over["params"]) == ("frame_too_large", {"limit": wire.FRAME_BYTES_MAX})
        with contextlib.suppress(ConnectionClosed):
            await line.send(b" " * 1_000_000)
        assert await line.closed() == wire.TOO_BIG


@pytest.mark.parametrize("fragment", [0, 1, 100])
async def test_fragments_are_bounded_in_number_and_in_sum(tmp_path: Path, fragment: int) -> None:
    async with served(tmp_path) as room, at_table(room) as line:

        async def parts() -> AsyncIterator[str]:
            for _ in range(3_000):
                yield " " * fragment

        with contextlib.suppress(ConnectionClosed):
            await line.socket.send(parts())
        assert await line.closed() in (wire.BAD_PROTOCOL, wire.TOO_BIG, 1006), (
            "cut, whatever is still on its way"
        )


async def test_control_fragments_without_a_bound_are_gathered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serve_protocol, "FRAGMENTS_MAX", sys.maxsize)
    async with served(tmp_path) as room, at_table(room) as line:

        async def parts() -> AsyncIterator[str]:
            for _ in range(3_000):
                yield ""
            yield json.dumps(heads(3))

        await line.socket.send(parts())
        assert (await line.until("ack", "nack"))["t"] == "ack"


async def test_a_frame_in_a_few_fragments_is_one_frame(tmp_path: Path) -> None:
    async with served(tmp_path) as room, at_table(room) as line:
        whole = json.dumps(heads(3))
        await line.socket.send([whole[:5], whole[5:9], whole[9:]])
        assert (await line.until("ack", "nack"))["t"] == "ack"


async def test_a_binary_frame_ends_the_line(tmp_path: Path) -> None:
    async with served(tmp_path) as room, at_table(room) as line:
        await line.socket.send(b"\x00\x01")
        assert await line.closed() == wire.BAD_DATA


async def test_what_is_not_utf8_ends_the_line(tmp_path: Path) -> None:
    async with served(tmp_path) as room, at_table(room) as line:
        await line.socket.send(b'{"t":"beat\xff"}', text=True)
        assert await line.closed() == wire.BAD_TEXT


async def test_deflate_is_not_negotiated(tmp_path: Path) -> None:
    async with served(tmp_path) as room, connect(room.socket_url, compression="deflate", proxy=None) as line:
        assert line.response is not None
        assert line.request is not None
        assert "permessage-deflate" in str(line.request.headers)
        assert "Sec-WebSocket-Extensions" not in line.response.headers


# --- form ----------------------------------------------------------------------------------

DEEP = [
    b"[" * 8_000,
    b'{"t":' * 2_000,
    b'{"t":"hello","protocol":' + b"[" * 7_000 + b"]" * 7_000 + b"}",
    b'{"t":"cast_ballot","id":"cmd_'
    + b"0" * 32
    + b'","choices":'
    + b'{"a":' * 2_000
    + b"1"
    + b"}" * 2_000
    + b"}",
]


@pytest.mark.parametrize("deep", DEEP)
async def test_nesting_is_refused_and_the_line_goes_on(tmp_path: Path, deep: bytes) -> None:
    async with served(tmp_path) as room, at_table(room) as line:
        answer = await line.ask(deep)
        assert answer["code"] in ("bad_frame", "bad_field")
        assert (await line.ask(heads(3)))["t"] == "ack"


async def test_fields_that_nobody_knows_are_refused_on_every_frame(tmp_path: Path) -> None:
    async with served(tmp_path) as room, at_table(room) as line:
        before = room.offset
        for extra in ("seat_id", "role", "by", "at_ms", "salt", "__class__", "voter"):
            answer = await line.ask({**heads(3), extra: "organiser"})
            assert (answer["code"], answer["params"]["field"]) == ("bad_field", extra)
        assert room.offset == before
    for frame in wire.COMMAND_FRAMES.values():
        assert frame.__struct_config__.forbid_unknown_fields, frame


@pytest.mark.parametrize("number", [HUGE, -HUGE, 2**63, 2**64, 10**400, 1e300, -1e300, 1.5])
async def test_integers_beyond_what_every_client_can_hold_are_refused(tmp_path: Path, number: Any) -> None:
    async with served(tmp_path) as room, at_table(room) as line:
        before = room.offset
        answer = await line.ask(heads(number))
        assert answer["code"] in ("bad_field", "bad_frame")
        assert (await line.ask(heads(HUGE - 1)))["code"] == "heads_out_of_range", "the largest one is read"
        assert room.offset == before


def test_every_integer_of_every_command_frame_is_bounded() -> None:
    bounds = {"minimum": -wire.INTEGER_MAX, "maximum": wire.INTEGER_MAX}

    def integers(node: Any) -> list[dict[str, Any]]:
        if isinstance(node, list):
            return [found for each in node for found in integers(each)]
        if not isinstance(node, dict):
            return []
        mine = [node] if node.get("type") == "integer" else []
        return mine + [found for each in node.values() for found in integers(each)]

    for name, frame in wire.COMMAND_FRAMES.items():
        for found in integers(msgspec.json.schema(frame)):
            assert bounds.items() <= found.items(), f"{name}: {found}"
    assert integers(msgspec.json.schema(wire.COMMAND_FRAMES["count_heads"])), "there are some"


async def test_after_sixteen_unreadable_frames_the_line_is_cut(tmp_path: Path) -> None:
    async with served(tmp_path) as room, at_table(room) as line:
        for _ in range(16):
            assert (await line.ask(b"{"))["code"] == "bad_frame"
        await line.send(b"{")
        assert await line.closed() == wire.BAD_PROTOCOL


# --- time ----------------------------------------------------------------------------------


@pytest.mark.parametrize("defended", [True, False])
async def test_who_says_no_hello_is_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, defended: bool
) -> None:
    monkeypatch.setattr(wire, "HELLO_SECONDS", 0.3)
    monkeypatch.setattr(lobby, "SWEEP_SECONDS", 0.1 if defended else 60)
    async with served(tmp_path) as room, talk(room.socket_url) as line:
        if not defended:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(line.closed(), 1)
            return
        assert await asyncio.wait_for(line.closed(), 20) == wire.SLOW
        assert line.frames[-1]["params"] == {"reason": "hello_late"}


@pytest.mark.parametrize("first", [{"t": "beat"}, {"t": "resync"}, heads(1), {"t": "hello", "protocol": 2}])
async def test_anything_else_than_a_hello_comes_first_in_vain(tmp_path: Path, first: dict[str, Any]) -> None:
    async with served(tmp_path) as room, talk(room.socket_url) as line:
        before = room.offset
        await line.send(first)
        assert await line.closed() == wire.BAD_PROTOCOL
        assert room.offset == before


async def opened(room: Served) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", room.settings.port)


@pytest.mark.parametrize("begun", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: x\r\nX: "])
@pytest.mark.parametrize("defended", [True, False])
async def test_a_connection_that_never_asks_whole_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, begun: bytes, *, defended: bool
) -> None:
    monkeypatch.setattr(patience, "HEAD_SECONDS", 0.3)
    if not defended:
        monkeypatch.setattr(PatientHttp, "_wait", lambda _: None)
    async with served(tmp_path) as room:
        reader, writer = await opened(room)
        writer.write(begun)
        if defended:
            assert await asyncio.wait_for(reader.read(), 30) == b""
        else:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(reader.read(), 1)
        writer.close()


@pytest.mark.parametrize("defended", [True, False])
async def test_a_head_without_end_is_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, defended: bool
) -> None:
    if not defended:
        monkeypatch.setattr(patience, "HEAD_BYTES_MAX", sys.maxsize)
    async with served(tmp_path) as room:
        reader, writer = await opened(room)
        writer.write(b"GET /health/live HTTP/1.1\r\nHost: x\r\n")
        with contextlib.suppress(ConnectionError):
            for number in range(400):
                writer.write(f"X-{number}: {'y' * 1_000}\r\n".encode())
                await writer.drain()
        with contextlib.suppress(ConnectionError):
            writer.write(b"\r\n")
        answer = b""
        with contextlib.suppress(ConnectionError):
            answer = await asyncio.wait_for(reader.read(40), 30)
        assert (b" 200 " in answer) is not defended
        writer.close()


async def test_a_body_that_is_too_large_or_too_slow_is_refused(tmp_path: Path) -> None:
    async with served(tmp_path / "large") as room:
        limit = room.settings.request_bytes_max
        large = await room.http.post("/api/join", content=b" " * (limit + 1))
        assert large.status_code == 413

        async def unannounced() -> AsyncIterator[bytes]:
            for _ in range(limit // 1_000 + 2):
                yield b" " * 1_000

        assert (await room.http.post("/api/join", content=unannounced())).status_code == 413
    async with served(tmp_path / "slow", request_body_seconds=0.3) as room:
        reader, writer = await opened(room)
        writer.write(b"POST /api/join HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{")
        assert b" 408 " in await asyncio.wait_for(reader.read(40), 30)
        writer.close()


HOSTS = [
    b"a/b", b"a?b", b"a#b", b"a b", b"x@evil.example", b"[::1", b"a:99999999", b"a:b", b"", b"\xff", b"a\\b",
    b"127.0.0.1:1/../api", b"a,b", b"%2e", b"a" * 300,
]  # fmt: skip


@pytest.mark.parametrize("host", HOSTS)
async def test_a_malformed_host_is_refused_before_anything_looks_at_it(tmp_path: Path, host: bytes) -> None:
    async with served(tmp_path) as room:
        for head in (b"Host: " + host + b"\r\n", b"Host: x\r\nHost: " + host + b"\r\n"):
            reader, writer = await opened(room)
            writer.write(b"GET /api/session HTTP/1.1\r\n" + head + b"Connection: close\r\n\r\n")
            answer = await asyncio.wait_for(reader.read(), 30)
            assert b" 400 " in answer.splitlines()[0], answer[:80]
            writer.close()


async def test_forwarded_headers_are_believed_from_nobody_who_is_not_named(tmp_path: Path) -> None:
    seen: list[Any] = []
    for trusted, believed in (((), False), (("127.0.0.1",), True)):
        folder = tmp_path / str(believed)
        async with served(folder, trusted_proxies=trusted) as room:
            seen.clear()

            async def spy(scope: Any, receive: Any, send: Any, real: Any = room.app.router) -> None:
                seen.append((scope.get("client"), scope.get("scheme")))
                await real(scope, receive, send)

            room.app.middleware_stack = spy
            forwarded = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}
            await room.http.get("/health/live", headers=forwarded)
            ((client, scheme),) = seen
            assert (client[0] == "203.0.113.9", scheme == "https") == (believed, believed)


# --- rates ---------------------------------------------------------------------------------


async def test_idle_talk_is_bounded(tmp_path: Path) -> None:
    async with served(tmp_path) as room:
        for frame in ({"t": "beat"}, {"t": "resync"}):
            async with at_table(room) as line:
                with contextlib.suppress(ConnectionClosed):
                    for _ in range(30):
                        await line.send(frame)
                assert await line.closed() == wire.RATE


@pytest.mark.parametrize("defended", [True, False])
async def test_a_flood_of_pings_is_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, defended: bool
) -> None:
    if not defended:
        monkeypatch.setattr(Session, "pinged", lambda *_: None)
    async with served(tmp_path) as room, at_table(room) as line:
        with contextlib.suppress(ConnectionClosed):
            for _ in range(200):
                _ = await line.socket.ping()
        if defended:
            assert await line.closed() == wire.RATE
        else:
            assert (await line.ask(heads(3)))["t"] == "ack"


@pytest.mark.parametrize("defended", [True, False])
async def test_a_captured_phone_cannot_fill_the_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, defended: bool
) -> None:
    if not defended:
        monkeypatch.setattr(Rates, "wait_ms", lambda *_: 0)
    async with served(tmp_path) as room:
        token = await room.token(Role.PARTICIPANT, "1-1")
        before = room.offset
        async with welcomed(room.socket_url, token, channels=[]) as line:
            frames = [{"t": "join_seat", "id": command_id(), "seat": "1-1"} for _ in range(60)]
            kinds = [(await line.ask(frame))["t"] for frame in frames]
        recorded = room.offset - before
        if defended:
            assert recorded <= rates.BALLOTS.burst + 10
            assert kinds.count("busy") >= 30
        else:
            assert recorded == 60


def test_every_command_has_a_rate() -> None:
    slow = Rate(1, 1_000_000, 3)
    for name, said in commands().items():
        held = Rates(slow, slow, slow)
        by: Any = type("By", (), {"id": "cap"})()
        assert [held.wait_ms(said, by, 0) > 0 for _ in range(4)] == [False] * 3 + [True], name


async def test_outstanding_commands_are_bounded_and_a_deaf_flooder_is_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with served(tmp_path) as room, at_table(room) as line:
        monkeypatch.setattr(room.hall._intake, "take", lambda _: None)
        with contextlib.suppress(ConnectionClosed):
            for _ in range(wire.OUTSTANDING_MAX * 3):
                await line.send(heads(3))
        assert await line.closed() == wire.RATE
        kinds = [frame["t"] for frame in line.frames]
        assert kinds.count("busy") == 64
        assert room.hall._intake.waiting == wire.OUTSTANDING_MAX


async def test_the_room_does_not_feel_a_flooder(tmp_path: Path) -> None:
    async with served(tmp_path) as room:
        await furnished(room)
        flooder = await room.token(Role.TABLE_FACILITATOR, "2")
        honest = await room.token(Role.TABLE_FACILITATOR, "1")

        async def flood() -> None:
            async with welcomed(room.socket_url, flooder, channels=[]) as line:
                with contextlib.suppress(ConnectionClosed):
                    while True:
                        for _ in range(60):
                            await line.send({"t": "cast_ballot", "id": "x"})
                        await line.closed()

        flooding = asyncio.create_task(flood())
        loop = asyncio.get_running_loop()
        took = []
        async with welcomed(room.socket_url, honest, channels=[]) as line:
            for _ in range(30):
                began = loop.time()
                assert (await line.ask(frame_of(CountHeads(TableId("1"), 3))))["t"] == "ack"
                took.append(loop.time() - began)
        flooding.cancel()
        await asyncio.gather(flooding, return_exceptions=True)
        assert sorted(took)[-3] < 1


# --- who does not read ---------------------------------------------------------------------


class Deaf:
    """A raw client that says hello and then reads nothing."""

    def __init__(self, port: int) -> None:
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.connect(("127.0.0.1", port))

    async def enter(self, token: str) -> None:
        loop = asyncio.get_running_loop()
        self.socket.setblocking(False)
        key = "x3JJHMbDL1EzLkh9GBhXDw=="
        head = (
            "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
        )
        await loop.sock_sendall(self.socket, head.encode())
        answer = await asyncio.wait_for(loop.sock_recv(self.socket, 200), 30)
        assert b" 101 " in answer
        hello = json.dumps({"t": "hello", "protocol": 1, "token": token, "lang": "en"}).encode()
        await self.send(hello)

    async def send(self, payload: bytes) -> None:
        mask = os.urandom(4)
        masked = bytes(each ^ mask[at % 4] for at, each in enumerate(payload))
        length = len(payload)
        size = struct.pack("!B", 0x80 | length) if length < 126 else struct.pack("!BH", 0xFE, length)
        await asyncio.get_running_loop().sock_sendall(self.socket, b"\x81" + size + mask + masked)


@pytest.mark.parametrize("defended", [True, False])
async def test_who_does_not_read_is_cut_and_costs_nobody_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, defended: bool
) -> None:
    monkeypatch.setattr(outbox, "STALLED_SECONDS", 0.4 if defended else 3600)
    monkeypatch.setattr(outbox, "CONTROL_FRAMES_MAX", 64 if defended else sys.maxsize)
    monkeypatch.setattr(lobby, "SWEEP_SECONDS", 0.1)
    async with served(tmp_path) as room:
        deaf = Deaf(room.settings.port)
        await deaf.enter(await room.token(Role.THEME_LEADER))
        there = room.server.house.lobby.connections
        await until(lambda: there)
        (connection,) = there
        try:
            async with welcomed(room.socket_url, await room.token(Role.THEME_LEADER)) as reader:
                with contextlib.suppress(OSError):
                    for number in range(3_000):
                        if connection.outbox.paused or connection not in there:
                            break
                        command = command_id().encode()
                        await deaf.send(b'{"t":"read_ideas","id":"%s","ideas":["%s"]}' % (command, b"y" * 64))
                        if number % 25 == 0:
                            await asyncio.sleep(0.01)
                            await until(lambda: not connection.session.outstanding)
                assert connection.outbox.paused or connection not in there
                if defended:
                    await until(lambda: connection not in there)
                else:
                    await asyncio.sleep(1.0)
                    assert connection in there
                await reader.send({"t": "beat"})
                assert (await reader.until("tick"))["t"] == "tick", "who reads is not cut"
        finally:
            deaf.socket.close()
