"""The second adapter: the same connections through a FastAPI WebSocket route, under any ASGI server.

Each connection has a task that writes, since ASGI's `send` waits. A client
that does not read is noticed by what waits here; its socket is freed by
TCP_USER_TIMEOUT, for ASGI has no way to drop a full one.
"""

import asyncio
from collections import deque
from collections.abc import Sequence

from fastapi import APIRouter, WebSocket
from starlette.responses import PlainTextResponse

from app.realtime import wire
from app.realtime.connection import Connection
from app.web.door import BUFFER_HIGH_BYTES, SOCKET_PATH, Door


class AsgiTransport:
    """What a connection writes to; `run` carries it to the client."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket
        self._waiting: deque[bytes] = deque()
        self._bytes = 0
        self._full = False
        self._code: int | None = None
        self._filled = asyncio.Event()
        self._task = asyncio.current_task()
        self.aborted = False
        self.frame_bytes_max = 0
        self.paused = self.resumed = _nothing

    def send(self, frames: Sequence[bytes]) -> None:
        if self._code is not None:
            return
        self._waiting.extend(frames)
        self._bytes += sum(map(len, frames))
        self._filled.set()
        if self._bytes > BUFFER_HIGH_BYTES and not self._full:
            self._full = True
            self.paused()

    def close(self, code: int) -> None:
        if self._code is None:
            self._code = code
            self._filled.set()

    def abort(self) -> None:
        self.aborted = True
        if self._task is not None:
            self._task.cancel()

    def backlog(self) -> int:
        return self._bytes

    def allow(self, frame_bytes: int) -> None:
        self.frame_bytes_max = frame_bytes

    async def run(self) -> None:
        """Write until it is closed."""
        while self._code is None or self._waiting:
            await self._write()
            if self._code is None:
                self._filled.clear()
                await self._filled.wait()
        await self._socket.close(self._code)

    async def _write(self) -> None:
        while self._waiting:
            frame = self._waiting.popleft()
            await self._socket.send_text(frame.decode())
            self._bytes -= len(frame)
            if self._full and self._bytes < BUFFER_HIGH_BYTES // 4:
                self._full = False
                self.resumed()


def _nothing() -> None:
    """Before there is a connection nobody is to be told."""


def socket_route(door: Door) -> APIRouter:
    """The WebSocket route for this door."""
    router = APIRouter()

    @router.websocket(SOCKET_PATH)
    async def live(socket: WebSocket) -> None:
        await _serve(socket, door)

    return router


async def _serve(socket: WebSocket, door: Door) -> None:
    origins = socket.headers.getlist("origin")
    origin = origins[0] if origins else None
    cookie = "cookie" in socket.headers
    status = (
        400 if len(origins) > 1 else door.refusal(socket.url.path, socket.url.query, origin, cookie=cookie)
    )
    if status is not None:
        await socket.send_denial_response(
            PlainTextResponse("This connection is not possible from here.\n", status_code=status)
        )
        return
    await socket.accept()
    transport = AsgiTransport(socket)
    address = socket.client.host if socket.client else ""
    connection = door.lobby.connect(transport, origin=origin, address=address)
    transport.paused, transport.resumed = connection.paused, connection.resumed

    writing = asyncio.create_task(transport.run())
    try:
        await _read(socket, connection, transport)
    except asyncio.CancelledError:
        if not transport.aborted:
            raise
    finally:
        connection.lost()
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)


async def _read(socket: WebSocket, connection: Connection, transport: AsgiTransport) -> None:
    while (message := await socket.receive())["type"] != "websocket.disconnect":
        text: str | None = message.get("text")
        if text is None:
            connection.received_binary()
            continue
        data = text.encode()
        if len(data) > transport.frame_bytes_max:
            connection.end(wire.TOO_BIG)
        else:
            connection.received(data)
