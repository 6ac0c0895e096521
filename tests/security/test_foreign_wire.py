"""At stake: the bounds of the wire hold for a client that nobody of ours wrote, as the document says.

Everything here goes through the client that knows the AsyncAPI document alone; every frame that comes back
is held against it. In clear and over TLS.
"""

import contextlib
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from app.core.capability import Role
from app.realtime.rates import Rates
from tests.security.foreign_client import ForeignClient
from tests.security.server import Served, served
from tests.security.talk import command_id
from tests.security.test_tls import CERTIFICATE, KEY


@pytest.fixture(params=["in clear", "over TLS"])
def knobs(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    if request.param == "in clear":
        return {}
    for path in (CERTIFICATE, KEY):
        shutil.copy(path, tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    return {"tls_cert": tmp_path / CERTIFICATE.name, "tls_key": tmp_path / KEY.name}


@asynccontextmanager
async def at_table(room: Served) -> AsyncIterator[ForeignClient]:
    token = await room.token(Role.TABLE_FACILITATOR, "1")
    async with ForeignClient.connected(room.url, token) as client:
        yield client


def heads(**more: Any) -> bytes:
    return json.dumps({"t": "count_heads", "id": command_id(), "table": "1", "heads": 3, **more}).encode()


async def answers(client: ForeignClient, *frames: str) -> list[dict[str, Any]]:
    """What comes for these, sent as they are; each is held against the document."""
    found: list[dict[str, Any]] = []
    kinds = client.contract.replies["count_heads"]
    with contextlib.suppress(ConnectionClosed):
        for frame in frames:
            await client.socket.send(frame)
        while len(found) < len(frames):
            found.append(await client.until(kinds))
    return found


async def closed(client: ForeignClient) -> int | None:
    """Read to the end, every frame held against the document; the close code."""
    with contextlib.suppress(ConnectionClosed):
        await client.until(set())
    return client.socket.close_code


async def test_what_cannot_be_read_is_refused_and_in_the_end_the_line_is_cut(
    tmp_path: Path, knobs: dict[str, Any]
) -> None:
    async with served(tmp_path, **knobs) as room, at_table(room) as client:
        before = room.offset
        deep = heads().decode().replace('"1"', "[" * 50 + "]" * 50)
        strange = heads(organiser=True).decode()
        said = await answers(
            client,
            "{",
            "[]",
            "null",
            "\x00",
            deep,
            strange,
            strange.replace('"heads": 3', '"heads": ' + "9" * 40),
        )
        assert {(each["t"], each["code"]) for each in said} <= {("nack", "bad_frame"), ("nack", "bad_field")}
        assert len(said) == 7
        with contextlib.suppress(ConnectionClosed):
            for _ in range(20):
                await client.socket.send("{")
        assert await closed(client) == 4502
        assert room.offset == before


async def test_a_huge_frame_and_a_binary_one_end_the_line(tmp_path: Path, knobs: dict[str, Any]) -> None:
    async with served(tmp_path, **knobs) as room:
        for frame, code in ((" " * 1_000_000, 1009), (b"\x00\x01", 1003)):
            async with at_table(room) as client:
                with contextlib.suppress(ConnectionClosed):
                    await client.socket.send(frame)
                assert await closed(client) == code
        async with at_table(room) as client:
            assert (await client.ask(heads()))["t"] == "ack", "others are served"


async def test_idle_talk_is_cut(tmp_path: Path, knobs: dict[str, Any]) -> None:
    async with served(tmp_path, **knobs) as room, at_table(room) as client:
        with contextlib.suppress(ConnectionClosed):
            for _ in range(40):
                await client.socket.send('{"t": "beat"}')
        assert await closed(client) == 4029


@pytest.mark.parametrize("defended", [True, False])
async def test_a_flood_is_answered_busy_and_another_device_does_not_feel_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, knobs: dict[str, Any], *, defended: bool
) -> None:
    if not defended:
        monkeypatch.setattr(Rates, "wait_ms", lambda *_: 0)
    async with served(tmp_path, **knobs) as room:
        before = room.offset
        token = await room.token(Role.PARTICIPANT, "1-1")
        async with ForeignClient.connected(room.url, token) as flooder, at_table(room) as honest:
            kinds = []
            for _ in range(60):
                frame = json.dumps({"t": "join_seat", "id": command_id(), "seat": "1-1"})
                kinds.append((await flooder.ask(frame.encode()))["t"])
            assert (await honest.ask(heads()))["t"] == "ack"
        if defended:
            assert kinds.count("busy") >= 30
            assert room.offset - before < 40
        else:
            assert kinds.count("busy") == 0, "the control: without the bound everything is recorded"
            assert room.offset - before == 61


async def test_a_strange_hello_gets_no_further(tmp_path: Path, knobs: dict[str, Any]) -> None:
    async with served(tmp_path, **knobs) as room:
        for shown in ({"token": "x"}, {"ticket": "x" * 43}, {"resume": "a.1.b"}):
            async with ForeignClient.open(room.url) as client:
                bye = await client.hello(**shown)
                assert bye["t"] == "bye"
                assert await closed(client) == 4500
        async with ForeignClient.open(room.url) as client:
            await client.socket.send(heads().decode())
            assert await closed(client) == 4502, "a hello comes first"
