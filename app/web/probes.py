"""Answers to the connectivity probes of phones and laptops, for a hall without internet. Pure but for ASGI.

A device that has joined a Wi-Fi asks a well-known address over plain HTTP. Where nobody answers as the
internet would, it says *no internet*, and many go back to mobile data and lose the server. The hall's DNS
sends these names to the server (docs/network.md), which answers them here, on a port of its own, and
sends whoever types the meeting's name without https to the right address. Nothing else is served there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

CLOSE = {"Connection": "close", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
"""Thousands of phones ask once each, and hold no connection."""


@dataclass(frozen=True, slots=True)
class Probe:
    """What one kind of device asks, and what it takes for the internet.

    Attributes:
        device: Whose question it is, for people.
        host: The name that is asked.
        path: The path that is asked.
        status: The status that is expected.
        body: The body that is expected.
        kind: Its media type.
        headers: Further headers that are expected.
    """

    device: str
    host: str
    path: str
    status: int = 200
    body: str = ""
    kind: str = "text/plain"
    headers: Mapping[str, str] = field(default_factory=dict)


_APPLE = "<HTML><HEAD><TITLE>Success</TITLE></HEAD><BODY>Success</BODY></HTML>"
_FIREFOX = '<meta http-equiv="refresh" content="0;url=https://support.mozilla.org/kb/captive-portal"/>'
_MANAGER = "NetworkManager is online\n"

PROBES = (
    Probe("Android", "connectivitycheck.gstatic.com", "/generate_204", 204),
    Probe("Android", "connectivitycheck.android.com", "/generate_204", 204),
    Probe("Android", "play.googleapis.com", "/generate_204", 204),
    Probe("Android", "clients3.google.com", "/generate_204", 204),
    Probe("Xiaomi", "connect.rom.miui.com", "/generate_204", 204),
    Probe("Oppo", "conn1.coloros.com", "/generate_204", 204),
    Probe("Vivo", "wifi.vivo.com.cn", "/generate_204", 204),
    Probe("Huawei", "connectivitycheck.platform.hicloud.com", "/generate_204", 204),
    Probe("Apple", "captive.apple.com", "/hotspot-detect.html", body=_APPLE, kind="text/html"),
    Probe("Apple", "captive.apple.com", "/", body=_APPLE, kind="text/html"),
    Probe("Windows", "www.msftconnecttest.com", "/connecttest.txt", body="Microsoft Connect Test"),
    Probe("Windows", "www.msftncsi.com", "/ncsi.txt", body="Microsoft NCSI"),
    Probe("Firefox", "detectportal.firefox.com", "/success.txt", body="success\n"),
    Probe("Firefox", "detectportal.firefox.com", "/canonical.html", body=_FIREFOX, kind="text/html"),
    Probe("GNOME", "nmcheck.gnome.org", "/check_network_status.txt", body=_MANAGER),
    Probe("Debian", "network-test.debian.org", "/nm", body=_MANAGER),
    Probe("Ubuntu", "connectivity-check.ubuntu.com", "/", 204, headers={"X-NetworkManager-Status": "online"}),
)
"""Every probe that is answered. What a device asks over https cannot be: the certificate is its maker's."""

WINDOWS_NAME, WINDOWS_ADDRESS = "dns.msftncsi.com", "131.107.255.255"
"""Windows also asks the DNS for this name, and expects this address."""

_BY_PLACE = {(probe.host, probe.path): probe for probe in PROBES}


def probe_of(host: str, path: str) -> Probe | None:
    """The probe that this request is, if it is one."""
    name = host.lower().removesuffix(":80").removesuffix(".")
    return _BY_PLACE.get((name, path))


class ProbeAnswers:
    """Answers probes; everything else goes on to the application behind it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD"):
            hosts = Headers(scope=scope).getlist("host")
            probe = probe_of(hosts[0], scope["path"]) if len(hosts) == 1 else None
            if probe is not None:
                answer = Response(probe.body, probe.status, {**CLOSE, **probe.headers}, probe.kind)
                await answer(scope, receive, send)
                return
        await self._app(scope, receive, send)


class ToTheMeeting:
    """Sends whoever asks for the meeting's own name to its address; nobody else anywhere."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._name = (urlsplit(url).hostname or "").lower()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        hosts = Headers(scope=scope).getlist("host")
        named = len(hosts) == 1 and hosts[0].lower().removesuffix(":80").strip("[]") == self._name
        answer: Response = PlainTextResponse("There is nothing here.\n", 404, CLOSE)
        if named and scope["method"] in ("GET", "HEAD"):
            answer = RedirectResponse(f"{self._url}/", 302, CLOSE)
        await answer(scope, receive, send)
