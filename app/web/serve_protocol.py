"""The hot path: a WebSocket protocol class for uvicorn, from the socket straight to a `Connection`.

How this works. uvicorn takes a class for ``ws=``. This one answers the
handshake itself and hands each text frame to the connection, with no task, no
queue, no future and no ASGI event a message
(docs/decisions/0005-two-socket-adapters.md). Parsing, masking, fragments, pings
and the closing handshake stay with websockets' sans-I/O layer. Of uvicorn it
relies on four things only: the arguments of the constructor, `connection_made`
and `data_received` with the handshake's bytes, its set of connections, and
`shutdown`.
"""

import asyncio
import logging
import struct
from collections.abc import Sequence
from typing import Any, ClassVar, Final, cast

from uvicorn.config import Config
from uvicorn.server import ServerState
from websockets.exceptions import InvalidState
from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.server import ServerProtocol

from app.core.errors import Refusal
from app.realtime import wire
from app.realtime.connection import Connection
from app.web.door import BUFFER_HIGH_BYTES, Door

CLOSE_SECONDS: Final = 3.0
HANDSHAKE_BYTES_MAX: Final = 16 * 1024
FRAGMENTS_MAX: Final = 256
"""Parts of one message: empty ones cost their sender nothing, so that the size alone is no bound."""

logger = logging.getLogger("app.web.sockets")
_quiet = logging.getLogger("app.web.sockets.protocol")
_quiet.setLevel(logging.WARNING)


def text_frame(payload: bytes) -> bytes:
    """An unmasked text frame of RFC 6455 (section 5.2), whole."""
    length = len(payload)
    if length < 126:
        return struct.pack("!BB", 0x81, length) + payload
    if length < 65_536:
        return struct.pack("!BBH", 0x81, 126, length) + payload
    return struct.pack("!BBQ", 0x81, 127, length) + payload


class ServeProtocol(asyncio.Protocol):
    """One client; also the `Transport` of its connection."""

    door: ClassVar[Door]
    _last: ClassVar[tuple[bytes, bytes]] = (b"", text_frame(b""))

    __slots__ = ("_closing", "_connection", "_parts", "_server", "_state", "_text", "_transport")

    def __init__(
        self,
        config: Config,  # noqa: ARG002 - uvicorn's signature
        server_state: ServerState,
        app_state: dict[str, Any],  # noqa: ARG002
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        self._state = server_state
        self._server = ServerProtocol(max_size=HANDSHAKE_BYTES_MAX, logger=_quiet)
        self._transport: asyncio.Transport
        self._connection: Connection | None = None
        self._parts: list[bytes] = []
        self._text = True
        self._closing: asyncio.TimerHandle | None = None

    # --- uvicorn and the event loop call ---------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one in all but name
        self._transport.set_write_buffer_limits(high=BUFFER_HIGH_BYTES, low=BUFFER_HIGH_BYTES // 4)
        self._state.connections.add(self)  # type: ignore[arg-type]

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self._state.connections.discard(self)
        if self._closing is not None:
            self._closing.cancel()
            self._closing = None
        if self._connection is not None:
            self._connection.lost()
            self._connection = None

    def data_received(self, data: bytes) -> None:
        server = self._server
        server.receive_data(data)
        for event in server.events_received():
            if type(event) is Frame:
                self._frame(event)
            elif type(event) is Request:
                self._handshake(event)
        if server.writes:
            self._flush()
        if server.parser_exc is not None:
            self._transport.close()

    def eof_received(self) -> None:
        """The client has nothing more to say: close."""

    def pause_writing(self) -> None:
        if self._connection is not None:
            self._connection.paused()

    def resume_writing(self) -> None:
        if self._connection is not None and self._closing is None:
            self._connection.resumed()

    def shutdown(self) -> None:
        """Uvicorn stops: tell the client to come back (1012)."""
        if self._connection is None:
            self._transport.close()
        else:
            self.close(wire.RESTART)

    # --- frames in -------------------------------------------------------------------------

    def _frame(self, frame: Frame) -> None:
        opcode = frame.opcode
        if opcode is Opcode.TEXT and frame.fin:
            if self._connection is not None:
                self._connection.received(bytes(frame.data))
        elif opcode in (Opcode.TEXT, Opcode.BINARY):
            self._text = opcode is Opcode.TEXT
            self._fragment(frame)
        elif opcode is Opcode.CONT:
            self._fragment(frame)
        elif opcode is Opcode.PING:
            if self._connection is not None:
                self._connection.pinged()
        elif opcode is Opcode.CLOSE:
            self._flush()
            self._transport.close()

    def _fragment(self, frame: Frame) -> None:
        if self._connection is None:
            return
        if not self._text:
            self._connection.received_binary()
            return
        self._parts.append(bytes(frame.data))
        if len(self._parts) > FRAGMENTS_MAX:
            self._connection.end(wire.BAD_PROTOCOL, Refusal("bad_frame", reason="fragments"))
            self._parts = []
            return
        if frame.fin:
            data, self._parts = b"".join(self._parts), []
            self._connection.received(data)

    def _handshake(self, request: Request) -> None:
        path, _, query = request.path.partition("?")
        origins, cookie = request.headers.get_all("Origin"), "Cookie" in request.headers
        origin = origins[0] if origins else None
        status = 400 if len(origins) > 1 else self.door.refusal(path, query, origin, cookie=cookie)
        if status is None:
            response = self._server.accept(request)
        else:
            response = self._server.reject(status, "This connection is not possible from here.\n")
        self._server.send_response(response)
        self._flush()
        if response.status_code != 101:
            self._transport.close()
            return
        peer = self._transport.get_extra_info("peername")
        address = str(peer[0]) if isinstance(peer, tuple) else ""
        self._connection = self.door.lobby.connect(self, origin=origin, address=address)

    def _flush(self) -> None:
        data = b"".join(self._server.data_to_send())
        if data and not self._transport.is_closing():
            self._transport.write(data)

    # --- the connection calls --------------------------------------------------------------

    def send(self, frames: Sequence[bytes]) -> None:
        """Write text frames, in one write; a frame sent to many is framed once."""
        if self._closing is not None or self._transport.is_closing():
            return
        if len(frames) == 1:
            payload = frames[0]
            last = ServeProtocol._last
            if last[0] is not payload:
                last = ServeProtocol._last = (payload, text_frame(payload))
            self._transport.write(last[1])
        else:
            self._transport.write(b"".join([text_frame(payload) for payload in frames]))

    def close(self, code: int) -> None:
        """Start the closing handshake; after three seconds it is over anyway."""
        if self._closing is not None or self._transport.is_closing():
            return
        try:
            self._server.send_close(code)
        except InvalidState:
            self._transport.close()
            return
        self._flush()
        self._closing = asyncio.get_running_loop().call_later(CLOSE_SECONDS, self._transport.abort)

    def abort(self) -> None:
        """Drop the connection and what it has not sent."""
        self._transport.abort()

    def backlog(self) -> int:
        """How many bytes the kernel has not taken."""
        return self._transport.get_write_buffer_size()

    def allow(self, frame_bytes: int) -> None:
        """Take messages up to this size, fragments counted together."""
        self._server.max_message_size = frame_bytes


def serve_protocol(door: Door) -> type[ServeProtocol]:
    """The class to give to uvicorn as ``ws=``, for this door."""
    return type("ServeProtocol", (ServeProtocol,), {"door": door, "__slots__": ()})


def uvicorn_options(door: Door) -> dict[str, Any]:
    """The options of `uvicorn.Config` that go with it."""
    return {
        "ws": serve_protocol(door),
        "ws_per_message_deflate": False,
        "ws_max_size": HANDSHAKE_BYTES_MAX,
        "ws_ping_interval": None,  # ticks and TCP_USER_TIMEOUT find dead lines, without two timers a client
        "timeout_graceful_shutdown": 10,
    }
