"""Smaller answers: static files and pages are sent as gzip to whoever takes it; answers of the API are not.

How this works. What stands beside a secret in one compressed answer can be guessed from its length by
somebody who chooses the other words (BREACH). Pages and static files hold no
secret: those come from the API, in bodies that are as long as they are. WebSockets are left alone.
"""

import gzip
import os
from functools import lru_cache
from pathlib import Path

from starlette.datastructures import Headers
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

Name = str | os.PathLike[str]
TEXTS = frozenset({".css", ".js", ".json", ".svg", ".txt", ".map", ".webmanifest"})
OWN_WAY = ("/api/", "/static/")
"""Paths that this layer leaves alone: the first hold secrets, the second are compressed once, by `Static`."""


class Static(StaticFiles):
    """Static files: kept by browsers, asked for again whether they are still the same, compressed once."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """One file."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "no-cache"
        return response

    def file_response(
        self, full_path: Name, stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """The file as it is or as gzip; the tag says of both that they are the same."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        if Path(full_path).suffix not in TEXTS:
            return response
        response.headers["Vary"] = "Accept-Encoding"
        if response.status_code != 200 or not _takes_gzip(Headers(scope=scope)):
            return response
        headers = {name: response.headers[name] for name in ("content-type", "last-modified", "vary")}
        headers |= {"etag": f"W/{response.headers['etag']}", "content-encoding": "gzip"}
        return Response(_packed(Path(full_path), stat_result.st_mtime_ns), headers=headers)


class Compressed:
    """Wraps the app: pages and documents as gzip."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._packing = GZipMiddleware(app, compresslevel=6)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        own_way = scope["type"] != "http" or scope["path"].startswith(OWN_WAY)
        await (self._app if own_way else self._packing)(scope, receive, send)


@lru_cache(maxsize=512)
def _packed(path: Path, _changed_ns: int) -> bytes:
    return gzip.compress(path.read_bytes(), mtime=0)


def _takes_gzip(headers: Headers) -> bool:
    for each in headers.get("accept-encoding", "").split(","):
        name, _, weight = each.partition(";")
        if name.strip().lower() == "gzip":
            return weight.strip().lower() not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
