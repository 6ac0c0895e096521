"""What the server writes down: one JSON line a request, and what goes wrong. Never a secret.

A line of a request has the method, the template of the path, the status, the time it took and
how much was sent: no query, no fragment, no address of anybody, no code, seat or table.
"""

import logging
import sys
import time
from typing import TextIO

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.settings import Settings

UNMATCHED = "(no route)"
FOLLOWED = "/api/follow"
"""Asked by the second laptop after every batch: a line of it is for whoever looks for a fault."""
QUIET = ("uvicorn.access", "aiosqlite", "websockets", "httpx", "httpx2", "asyncio")


def configure(settings: Settings, stream: TextIO | None = None) -> None:
    """Let all logging of the process go one way."""
    shared: list[structlog.types.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    if settings.log_format == "json":
        last: list[structlog.types.Processor] = [
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    else:
        last = [structlog.dev.ConsoleRenderer(colors=False)]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level.upper())
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        own = logging.getLogger(name)
        own.handlers[:] = []
        own.propagate = True
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


class RequestLog:
    """Writes the line of each request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._log = structlog.stdlib.get_logger("app.web.request")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request and write its line."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status, sent = time.perf_counter(), 0, 0

        async def counted(message: Message) -> None:
            nonlocal status, sent
            if message["type"] == "http.response.start":
                status = message["status"]
            else:
                sent += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, counted)
        finally:
            path = template_of(scope)
            write = self._log.debug if path == FOLLOWED and status == 200 else self._log.info
            write(
                "request",
                method=scope["method"][:10],
                path=path,
                status=status or 500,
                ms=round(1000 * (time.perf_counter() - began), 1),
                sent_bytes=sent,
            )


def template_of(scope: Scope) -> str:
    """The path as the route declares it: ``/api/meetings/{meeting}``."""
    route = scope.get("route")
    path = getattr(route, "path_format", None) or getattr(route, "path", None)
    if path is None:
        return "/static" if scope["path"].startswith("/static/") else UNMATCHED
    return str(path)
