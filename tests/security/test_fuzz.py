"""At stake: nothing that comes over HTTP or the socket makes the server fail; what is malformed is refused.

Seeds are fixed, so that a run can be repeated: half a minute each in CI, `FUZZ_SECONDS=600` by hand.
A failing example is printed with its seed.
"""

import asyncio
import contextlib
import json
import logging
import os
import random
import struct
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from app.core.capability import Role
from app.realtime import wire
from app.web.api import commands as commands_api
from tests.fakes import until
from tests.realtime.samples import commands
from tests.security.server import Served, served
from tests.security.talk import frame_of, talk

SECONDS = float(os.environ.get("FUZZ_SECONDS", "20"))
SEED = int(os.environ.get("FUZZ_SEED", "20261123"))


class Faults(logging.Handler):
    """What the server and the event loop say went wrong."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.found.append(self.format(record)[-2_000:])


@contextlib.contextmanager
def listened() -> Iterator[list[str]]:
    """Gather every unhandled exception of the process, however it is reported."""
    faults = Faults()
    root = logging.getLogger()
    root.addHandler(faults)
    loop = asyncio.get_running_loop()
    before = loop.get_exception_handler()
    loop.set_exception_handler(lambda _, context: faults.found.append(str(context)))
    try:
        yield faults.found
    finally:
        root.removeHandler(faults)
        loop.set_exception_handler(before)


# --- the socket, byte by byte --------------------------------------------------------------


def seeds() -> list[bytes]:
    """Good frames to begin with, one of every kind."""
    return [frame_of(said) for said in commands().values()] + [
        b'{"t":"hello","protocol":1,"token":"x","lang":"th"}', b'{"t":"beat"}', b'{"t":"resync"}',
    ]  # fmt: skip


SPICE = (
    b"null", b"true", b"-0", b"1e999", b"9" * 400, b'"\\ud800"', b"\xff\xfe", b"\x00", b"[[[[", b"{}", b'""',
    b"NaN", b'"\\u0000"', "ร่ม".encode(), b"\xed\xa0\x80", b'{"en":"x"}', b"[1,2]", b',"t":"beat"',
    b'"' + b"a" * 700 + b'"',
)  # fmt: skip


def mutated(dice: random.Random, frame: bytes) -> bytes:
    """A frame with something wrong in it."""
    data = bytearray(frame)
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(data) + 1)
        match dice.randrange(7):
            case 0:
                data[at:at] = dice.choice(SPICE)
            case 1:
                del data[at : at + dice.randint(1, 12)]
            case 2 if data:
                data[at % len(data)] = dice.randrange(256)
            case 3:
                data[at:] = b""
            case 4:
                data[at:at] = data[at : at + dice.randint(1, 60)]
            case 5:
                found = data.find(b":", at)
                if found >= 0:
                    end = data.find(b",", found)
                    data[found + 1 : end if end > 0 else len(data)] = dice.choice(SPICE)
            case _:
                data[at:at] = dice.randbytes(dice.randint(1, 8))
    return bytes(data)


def raw_frame(dice: random.Random, payload: bytes) -> bytes:
    """The payload in a frame of RFC 6455, now and then a wrong one."""
    opcode = dice.choice((1,) * 12 + (0, 2, 3, 8, 9, 10, 11))
    first = opcode | (0x80 if dice.random() < 0.9 else 0) | (0x70 & dice.choice((0,) * 15 + (0x40, 0x20)))
    mask = dice.randbytes(4)
    length = len(payload)
    size = struct.pack("!B", 0x80 | length) if length < 126 else struct.pack("!BH", 0xFE, length & 0xFFFF)
    if dice.random() < 0.02:
        size = struct.pack("!BQ", 0xFF, dice.choice((2**63, 2**31, length)))
    return bytes([first]) + size + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))


HANDSHAKE = (
    b"GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\r\n\r\n"
)


async def one_line(room: Served, dice: random.Random, tokens: list[str], good: list[bytes]) -> int:
    """One connection's worth of nonsense; gives how many frames were sent."""
    reader, writer = await asyncio.open_connection("127.0.0.1", room.settings.port)
    sent = 0
    with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, TimeoutError):
        shake = HANDSHAKE if dice.random() < 0.95 else mutated(dice, HANDSHAKE)
        writer.write(shake)
        async with asyncio.timeout(0.5):
            await reader.readuntil(b"\r\n\r\n")
        if dice.random() < 0.9:
            hello = {"t": "hello", "protocol": 1, "token": dice.choice(tokens), "lang": "en"}
            writer.write(clean_frame(dice, json.dumps(hello).encode()))
        for _ in range(dice.randint(1, 15)):
            frame = mutated(dice, dice.choice(good))
            writer.write(raw_frame(dice, frame) if dice.random() < 0.3 else clean_frame(dice, frame))
            sent += 1
        await writer.drain()
        async with asyncio.timeout(0.02):
            await reader.read(65_536)
    writer.transport.abort()
    return sent


def clean_frame(dice: random.Random, payload: bytes) -> bytes:
    mask = dice.randbytes(4)
    length = len(payload)
    size = struct.pack("!B", 0x80 | length) if length < 126 else struct.pack("!BH", 0xFE, length)
    return b"\x81" + size + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))


@pytest.mark.slow
@pytest.mark.timeout(SECONDS * 4 + 60)
async def test_no_bytes_on_the_socket_make_the_server_fail(tmp_path: Path) -> None:
    async with served(tmp_path) as room:
        tokens = [await room.token(role) for role in (Role.ORGANISER, Role.THEME_LEADER, Role.PARTICIPANT)]
        tokens.append(await room.token(Role.TABLE_FACILITATOR, "1"))
        dice, good, sent = random.Random(SEED), seeds(), 0
        with listened() as faults:
            until = time.monotonic() + SECONDS
            while time.monotonic() < until and not faults:
                sent += sum(await asyncio.gather(*(one_line(room, dice, tokens, good) for _ in range(8))))
            assert faults == [], f"seed {SEED}, after {sent} frames"
            assert not room.hall.broken.done()
            async with talk(room.socket_url) as line:
                assert (await line.hello(token=tokens[0]))["t"] == "welcome", "it still serves"
        assert sent > 100


async def test_control_a_frame_that_makes_it_fail_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: bytes) -> Any:
        raise ZeroDivisionError

    async with served(tmp_path) as room:
        token = await room.token(Role.ORGANISER)
        monkeypatch.setattr(wire, "read_client", broken)
        with listened() as faults:
            await one_line(room, random.Random(1), [token], seeds())
            await until(lambda: faults)


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@seed(SEED)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    assert commands_api.read_command(data) is not None


# --- HTTP, from its own description --------------------------------------------------------


@contextlib.asynccontextmanager
async def described(folder: Path) -> AsyncIterator[tuple[Served, dict[str, Any]]]:
    async with served(folder, wrong_code_delay_ms_min=0, wrong_code_delay_ms_max=0) as room:
        document = (await room.http.get("/openapi.json")).json()
        yield room, document


SCARY = (b"a", b"%00", b"..%2f..%2f", b"%ff", "ร่ม".encode(), b"'", b"{}", b"-1", b"9" * 400, b"%0d%0aX: y")


@pytest.mark.slow
@pytest.mark.timeout(SECONDS * 4 + 60)
async def test_nothing_that_the_api_describes_ends_in_a_fault(tmp_path: Path) -> None:
    async with described(tmp_path) as (room, document):
        schema = schemathesis.openapi.from_dict(document)
        operations: list[Any] = [found.ok() for found in schema.get_all_operations()]  # type: ignore[union-attr]
        assert len(operations) > 20
        token = await room.token(Role.ORGANISER)
        headers = [{}, {"Authorization": f"Bearer {token}"}, {"Origin": room.origin}]
        statuses: dict[int, int] = {}
        with listened() as faults:
            each = SECONDS / len(operations)
            for operation in operations:
                if (operation.method, operation.path) in LEFT_OUT:
                    continue
                made = cases(operation)
                until = time.monotonic() + each
                for case in made:
                    status = await call(room, case, headers)
                    statuses[status] = statuses.get(status, 0) + 1
                    assert status < 500 or status == 503, f"{case.method} {case.formatted_path}"
                    if time.monotonic() > until:
                        break
            for path in SCARY:
                raw = await room.http.get(b"/api/channels/".decode() + path.decode("latin-1"))
                assert raw.status_code < 500
        assert faults == [], f"seed {SEED}"
        assert statuses.get(200), statuses
        assert sum(statuses.values()) > 100, statuses


LEFT_OUT = {("delete", "/api/session")}
"""It would end the session that the others need."""

PER_OPERATION = int(SECONDS * 0.6)


def cases(operation: Any) -> list[Any]:
    """Some cases of an operation, good and bad, always the same."""
    made: list[Any] = []
    for mode in (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE):

        @settings(
            max_examples=PER_OPERATION // 2, deadline=None, database=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @seed(SEED)
        @given(operation.as_strategy(generation_mode=mode))
        def gather(case: Any) -> None:
            made.append(case)

        with contextlib.suppress(Exception):  # a path without parameters has no bad case
            gather()
    return made


async def call(room: Served, case: Any, choices: list[dict[str, str]]) -> int:
    """Send a case; gives the status."""
    said = case.as_transport_kwargs(base_url=room.url)
    headers = {**choices[hash(case.method + case.formatted_path) % len(choices)]}
    headers |= {k: str(v) for k, v in (said.get("headers") or {}).items() if printable(k, str(v))}
    headers.setdefault("Authorization", choices[1]["Authorization"])
    body: dict[str, Any] = {}
    if "json" in said:
        body["content"] = json.dumps(said["json"], default=str).encode("utf-8", "surrogatepass")
        headers["Content-Type"] = "application/json"
    elif isinstance(said.get("data"), bytes | str):
        body["content"] = said["data"]
    try:
        answer = await room.http.request(
            said["method"], said["url"], params=said.get("params"), headers=headers, **body
        )
    except (httpx2.InvalidURL, httpx2.LocalProtocolError, UnicodeEncodeError, ValueError):
        return 0
    return answer.status_code


def printable(name: str, value: str) -> bool:
    whole = name + value
    return (
        whole.isascii()
        and whole.isprintable()
        and name.lower() not in ("host", "authorization", "content-length")
    )
