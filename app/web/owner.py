"""The owner's socket in the data folder: how `report` and `export` ask a running server.

Plain HTTP over a Unix socket that only its owner may open (0600, in a folder of 0700). Whoever
reaches it is the owner; there is no other way to get that right into a request's scope.
"""

import errno
import http.client
import io
import json
import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from starlette.types import ASGIApp, Receive, Scope, Send

from app.web.access import OWNER_SCOPE

NAME = "owner.sock"
BACKLOG = 16
ANSWER_SECONDS = 600.0


class NoServer(Exception):
    """No server is running on this data folder."""


class AsOwner:
    """The application as the owner's socket serves it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request as the owner's."""
        await self._app({**scope, OWNER_SCOPE: True}, receive, send)


@contextmanager
def _folder(data_dir: Path) -> Iterator[str]:
    """The folder by its descriptor: an address of a socket takes only 107 bytes."""
    descriptor = os.open(data_dir, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}"
    finally:
        os.close(descriptor)


def listen(data_dir: Path) -> socket.socket:
    """Listen on the owner's socket; the caller owns the data folder's lock."""
    (data_dir / NAME).unlink(missing_ok=True)
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        with _folder(data_dir) as folder:
            made.bind(f"{folder}/{NAME}")
    finally:
        os.umask(before)
    made.listen(BACKLOG)
    made.setblocking(False)
    return made


class _Connection(http.client.HTTPConnection):
    """HTTP over the owner's socket."""

    def __init__(self, data_dir: Path) -> None:
        super().__init__("localhost", timeout=ANSWER_SECONDS)
        self._data_dir = data_dir

    def connect(self) -> None:
        """Connect to the socket of the data folder."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        try:
            with _folder(self._data_dir) as folder:
                self.sock.connect(f"{folder}/{NAME}")
        except OSError as error:
            self.sock.close()
            if error.errno in (errno.ENOENT, errno.ECONNREFUSED, errno.ENOTDIR):
                raise NoServer(f"No server is running on {self._data_dir}.") from error
            raise


def ask(data_dir: Path, method: str, path: str, body: Any = None) -> tuple[int, bytes]:
    """Ask the server that runs on a data folder; for the command line.

    Args:
        data_dir: The server's.
        method: Of HTTP.
        path: Of the API, with a query where it takes one.
        body: Plain data, sent as JSON; nothing by default.

    Returns:
        Status and body.

    Raises:
        NoServer: None is running.
    """
    answer = io.BytesIO()
    status, refused = _send(data_dir, method, path, body, answer)
    return status, refused or answer.getvalue()


def fetch(data_dir: Path, path: str, out: IO[bytes]) -> tuple[int, bytes]:
    """Ask for something large, which is written to a file piece by piece.

    Returns:
        Status, and the body where the status is not 200.

    Raises:
        NoServer: None is running.
    """
    return _send(data_dir, "GET", path, None, out)


def _send(data_dir: Path, method: str, path: str, body: Any, out: IO[bytes]) -> tuple[int, bytes]:
    connection = _Connection(data_dir)
    try:
        data = None if body is None else json.dumps(body).encode()
        connection.request(method, path, body=data, headers={"Content-Type": "application/json"})
        answer = connection.getresponse()
        if answer.status != 200:
            return answer.status, answer.read()
        shutil.copyfileobj(answer, out)
        return answer.status, b""
    finally:
        connection.close()
