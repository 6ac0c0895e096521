"""At stake: in a hall the line is encrypted, or everybody is told that it is not.

The certificate beside this file is self-made, for these tests and nothing else; so is its key.
"""

import asyncio
import contextlib
import shutil
import ssl
from pathlib import Path
from typing import Any

import pytest

from app.core.capability import Role
from app.settings import Settings
from app.web import serving
from app.web.roles import PAGES
from tests.security.server import Served, served
from tests.security.talk import command_id, talk
from tests.security.test_rights import by_foreign_client, trespasses

CERTIFICATE, KEY = (Path(__file__).with_name(name) for name in ("tls_cert.pem", "tls_key.pem"))
WARNING = '<p class="insecure" role="note">'
IN_REPORT = "network without encryption"


@pytest.fixture
def tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The knobs of a server with TLS, whose certificate clients of this process trust."""
    for path in (CERTIFICATE, KEY):
        shutil.copy(path, tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    return {"tls_cert": tmp_path / CERTIFICATE.name, "tls_key": tmp_path / KEY.name}


async def test_over_tls_everything_goes_and_cookies_are_bound_to_the_host(
    tmp_path: Path, tls: dict[str, Any]
) -> None:
    async with served(tmp_path, **tls) as room:
        code = (await room.way(Role.PARTICIPANT, "1-1")).secret
        assert room.server.house.url.startswith("https://")
        answer = await room.http.post("/api/join", json={"code": code}, headers={"Origin": room.origin})
        assert answer.headers["set-cookie"].startswith("__Host-seat=")
        assert "Secure" in answer.headers["set-cookie"]
        assert "max-age=31536000" in answer.headers["strict-transport-security"]
        token = await room.token(Role.PARTICIPANT, "1-2")
        async with talk(room.socket_url) as line:
            assert (await line.hello(token=token))["t"] == "welcome"
            join = {"t": "join_seat", "id": command_id(), "seat": "1-2"}
            assert (await line.ask(join))["t"] == "ack"


async def test_a_foreign_client_meets_the_same_rights_over_tls(tmp_path: Path, tls: dict[str, Any]) -> None:
    async with served(tmp_path, **tls) as room:
        assert await trespasses(room, by_foreign_client) == []


async def test_who_does_not_know_the_certificate_is_not_fooled(tmp_path: Path, tls: dict[str, Any]) -> None:
    async with served(tmp_path, **tls) as room:
        stranger = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        with pytest.raises(ssl.SSLCertVerificationError):
            await asyncio.open_connection("127.0.0.1", room.settings.port, ssl=stranger)


async def test_the_tls_port_says_nothing_in_clear(tmp_path: Path, tls: dict[str, Any]) -> None:
    async with served(tmp_path, **tls) as room:
        reader, writer = await asyncio.open_connection("127.0.0.1", room.settings.port)
        writer.write(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
        answer = b""
        with contextlib.suppress(ConnectionError):
            answer = await asyncio.wait_for(reader.read(), 30)
        assert b"HTTP" not in answer
        writer.close()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "meeting.example"])
def test_beyond_this_machine_without_tls_is_refused(host: str) -> None:
    with pytest.raises(serving.InsecureAddress, match="--tls-cert"):
        serving.bound(Settings(host=host, port=0))


@pytest.mark.parametrize("knobs", [{"insecure_lan": True}, {"tls_cert": CERTIFICATE, "tls_key": KEY}])
def test_control_with_tls_or_when_told_so_it_listens(knobs: dict[str, Any]) -> None:
    listening = serving.bound(Settings(host="0.0.0.0", port=0, **knobs))
    assert listening.getsockname()[0] == "0.0.0.0"
    listening.close()


async def said(room: Served) -> tuple[set[str], bool]:
    """The pages that warn, and whether the report does."""
    paths = ["/", "/j", "/organiser", *(f"/{page}" for page in PAGES)]
    answers = {path: await room.http.get(path, follow_redirects=True) for path in paths}
    bearer = {"Authorization": f"Bearer {await room.token(Role.ORGANISER)}"}
    report = await room.http.get(f"/api/meetings/{room.meeting}/report.html?lang=en", headers=bearer)
    silent = {path for path, answer in answers.items() if WARNING not in answer.text}
    return silent, IN_REPORT in report.text


async def test_without_tls_in_a_network_every_page_and_the_report_say_so(tmp_path: Path) -> None:
    async with served(tmp_path, host="0.0.0.0", insecure_lan=True) as room:
        room.http.headers["Accept-Language"] = "en"
        assert await said(room) == (set(), True)
        code = (await room.way(Role.PARTICIPANT, "1-1")).secret
        answer = await room.http.post("/api/join", json={"code": code}, headers={"Origin": room.origin})
        cookie = answer.headers["set-cookie"].lower()
        assert cookie.startswith("seat=")
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert "strict-transport-security" not in answer.headers


async def test_control_on_this_machine_nothing_has_to_be_said(tmp_path: Path) -> None:
    async with served(tmp_path) as room:
        room.http.headers["Accept-Language"] = "en"
        silent, report = await said(room)
        assert len(silent) == len(PAGES) + 3
        assert not report
