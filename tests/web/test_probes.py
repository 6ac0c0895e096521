"""At stake: phones stay in a hall's Wi-Fi, and the port that keeps them there gives away nothing else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import uvicorn
from pydantic import ValidationError

from app.settings import Settings
from app.web import serving
from app.web.probes import PROBES, ProbeAnswers, ToTheMeeting, probe_of
from tests.fakes import until
from tests.running import free_port
from tests.security.server import Quiet, served

URL = "https://meeting.example.org"


@asynccontextmanager
async def probing() -> AsyncIterator[int]:
    """The port on which probes are answered, as the server runs it."""
    settings = Settings(port=443, probe_port=80, host="127.0.0.1", insecure_lan=True)
    listening = serving._bound("127.0.0.1", 0)
    app = ProbeAnswers(ToTheMeeting(URL))
    server = Quiet(uvicorn.Config(app, **serving._probes(settings)))
    task = asyncio.create_task(server.serve([listening]))
    await until(lambda: server.started)
    try:
        yield listening.getsockname()[1]
    finally:
        server.should_exit = True
        await task
        listening.close()


async def asked(port: int, *lines: str) -> tuple[str, str]:
    """The head and the body of the answer to a request of these lines."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write("\r\n".join([*lines, "", ""]).encode())
    whole = (await asyncio.wait_for(reader.read(), 30)).decode()
    writer.close()
    head, _, body = whole.partition("\r\n\r\n")
    return head.lower(), body


async def test_every_probe_has_the_answer_of_the_internet_and_holds_no_connection() -> None:
    async with probing() as port:
        for probe in PROBES:
            for host in (probe.host, probe.host.upper(), f"{probe.host}:80"):
                head, body = await asked(port, f"GET {probe.path} HTTP/1.1", f"Host: {host}")
                assert head.startswith(f"http/1.1 {probe.status} "), probe
                assert body == probe.body
                assert "connection: close" in head
                assert all(f"{name}: {value}".lower() in head for name, value in probe.headers.items())


async def test_the_meetings_name_is_led_to_its_address_and_nobody_else_anywhere() -> None:
    async with probing() as port:
        head, _ = await asked(port, "GET /j?x=1 HTTP/1.1", "Host: Meeting.Example.org")
        assert head.startswith("http/1.1 302 ")
        assert f"location: {URL}/" in head.splitlines(), "no path and no query goes along"
        for host in (
            "evil.example",
            "meeting.example.org.evil.example",
            "",
            "meeting.example.org@evil.example",
        ):
            head, _ = await asked(port, "GET / HTTP/1.1", f"Host: {host}")
            assert head.startswith("http/1.1 404 "), host
            assert "location" not in head
        two = ("Host: meeting.example.org", "Host: evil.example")
        assert (await asked(port, "GET / HTTP/1.1", *two))[0].startswith(("http/1.1 404", "http/1.1 400"))


@pytest.mark.parametrize(
    "path", ["/metrics", "/health/ready", "/api/meetings", "/static/js/live/socket.js", "/j", "/openapi.json"]
)
async def test_nothing_of_the_server_is_there(path: str) -> None:
    async with probing() as port:
        for host in ("meeting.example.org", "captive.apple.com", "127.0.0.1"):
            head, body = await asked(port, f"GET {path} HTTP/1.1", f"Host: {host}")
            assert head.split()[1] in ("302", "404")
            assert "town" not in body.lower()
        posted = ("POST /api/join HTTP/1.1", "Host: meeting.example.org", "Content-Length: 2", "", "{}")
        assert (await asked(port, *posted))[0].startswith("http/1.1 404 ")


async def test_a_socket_is_no_way_in() -> None:
    async with probing() as port:
        shake = ("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13")
        key = "Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw=="
        head, _ = await asked(port, "GET /ws HTTP/1.1", "Host: meeting.example.org", *shake, key)
        assert " 101 " not in head


@pytest.mark.parametrize("wanted", [True, False])
async def test_on_a_plain_port_the_server_answers_probes_only_when_told_to(
    tmp_path: Path, *, wanted: bool
) -> None:
    port = free_port()
    async with served(tmp_path, port=port, probe_port=port if wanted else 0) as room:
        answer = await room.http.get("/generate_204", headers={"Host": "connectivitycheck.gstatic.com"})
        assert (answer.status_code == 204) is wanted
        assert (await room.http.get("/health/live")).json() == {"alive": True}


def test_a_probe_is_known_by_host_and_path_together() -> None:
    assert probe_of("captive.apple.com", "/hotspot-detect.html") is not None
    assert probe_of("captive.apple.com", "/generate_204") is None
    assert probe_of("evil.example", "/hotspot-detect.html") is None


def test_https_and_probes_need_ports_of_their_own(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="different ones"):
        Settings(port=443, probe_port=443, tls_cert=tmp_path / "c", tls_key=tmp_path / "k")
    assert serving.bound_for_probes(Settings()) == []
