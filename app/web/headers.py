"""What every response says to the browser, and what every request may cost: one ASGI layer.

A strict content policy (no inline script or style, nothing from elsewhere), no referrer, no
sniffing; a bound on the size and the time of bodies; a malformed Host is refused before
anything looks at it.
"""

import asyncio
import re
from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.settings import Settings
from app.web.errors import HttpProblem, problem_response

PLAN_PATHS = ("/api/meetings", "/api/plan")
"""Paths whose requests may bring a plan."""

_HOST = re.compile(r"(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9_.-]{1,253})(:[0-9]{1,5})?\Z")

CONTENT_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "worker-src": "'self'",
    "manifest-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "lit-html service-worker",
}


def policy(**instead: str) -> str:
    """The Content-Security-Policy; `instead` replaces sources of a directive (`style_src=...`)."""
    changed = {name.replace("_", "-"): sources for name, sources in instead.items()}
    return "; ".join(f"{name} {sources}" for name, sources in (CONTENT_POLICY | changed).items())


def fixed_headers(settings: Settings) -> Mapping[str, str]:
    """The headers of every response that says nothing else itself."""
    sockets = re.sub("^http", "ws", settings.url)
    headers = {
        "Content-Security-Policy": policy(connect_src=f"'self' {sockets}"),
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "Cache-Control": "no-store",
    }
    if not settings.plain_lan:  # there browsers pass it over, and complain
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if settings.secure:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return headers


class Edge:
    """Wraps the app: bounds on the way in, headers on the way out."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._headers = fixed_headers(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def headed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        problem = self._problem(scope)
        if problem is not None:
            await self._refuse(scope, receive, headed, problem)
            return
        body = _Body(receive, self._limit(scope), self._settings.request_body_seconds)
        started = False

        async def noted(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await headed(message)

        try:
            await self._app(scope, body.receive, noted)
        except HttpProblem as late:
            if started:
                raise
            await self._refuse(scope, receive, headed, late)

    def _limit(self, scope: Scope) -> int:
        brings_plan = scope["path"].startswith(PLAN_PATHS) and scope["method"] in ("POST", "PUT")
        return self._settings.plan_bytes_max if brings_plan else self._settings.request_bytes_max

    def _problem(self, scope: Scope) -> HttpProblem | None:
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        if len(hosts) > 1 or (hosts and not _HOST.match(hosts[0].decode("latin-1"))):
            return HttpProblem("bad_host")
        lengths = [value for name, value in scope["headers"] if name == b"content-length"]
        if any(not length.isdigit() or int(length) > self._limit(scope) for length in lengths):
            return HttpProblem("body_too_large", limit=self._limit(scope))
        return None

    @staticmethod
    async def _refuse(scope: Scope, receive: Receive, send: Send, problem: HttpProblem) -> None:
        response = problem_response(Request({**scope, "headers": _harmless(scope)}), problem)
        await response(scope, receive, send)


def _harmless(scope: Scope) -> list[tuple[bytes, bytes]]:
    return [(name, value) for name, value in scope["headers"] if name in (b"accept-language", b"cookie")]


class _Body:
    """The body of a request, of bounded size, within a bounded time."""

    def __init__(self, receive: Receive, limit: int, seconds: float) -> None:
        self._receive = receive
        self._left, self._limit, self._seconds = limit, limit, seconds
        self._ends_at = 0.0
        self._whole = False

    async def receive(self) -> Message:
        if self._whole:
            return await self._receive()
        loop = asyncio.get_running_loop()
        self._ends_at = self._ends_at or loop.time() + self._seconds
        try:
            async with asyncio.timeout_at(self._ends_at):
                message = await self._receive()
        except TimeoutError:
            raise HttpProblem("body_too_slow", limit=int(self._seconds)) from None
        if message["type"] == "http.request":
            self._left -= len(message.get("body", b""))
            self._whole = not message.get("more_body", False)
            if self._left < 0:
                raise HttpProblem("body_too_large", limit=self._limit)
        return message
