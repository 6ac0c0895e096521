"""The generator's sockets: picows on the same loop as everything else, many source addresses, bounded.

One source address carries 4,000 connections, so ports do not run out. Closing sends a reset: no
connection is left waiting in the system between rounds.
"""

import asyncio
import socket
import struct
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

PER_ADDRESS = 4_000
AT_ONCE = 200
CONNECT_SECONDS = 180.0
CONNECTIONS_MAX = 19_600
_IP_BIND_ADDRESS_NO_PORT = 24
_RESET = struct.pack("ii", 1, 0)
_TEXT = WSMsgType.TEXT


class Wire(WSListener):
    """One connection. Subclasses say what a text frame means."""

    def __init__(self) -> None:
        self.transport: WSTransport
        self.gone = False

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:  # noqa: ARG002
        if frame.msg_type is _TEXT or frame.msg_type == _TEXT:
            self.heard(frame.get_payload_as_bytes())
        elif frame.msg_type == WSMsgType.CLOSE:
            code: object = frame.get_close_code()
            self.closed(int(str(getattr(code, "value", code))))

    def on_ws_disconnected(self, transport: WSTransport) -> None:  # noqa: ARG002
        self.gone = True
        self.lost()

    def heard(self, data: bytes) -> None:
        """A text frame has come."""
        raise NotImplementedError

    def closed(self, code: int) -> None:
        """The server closes, with this code."""

    def lost(self) -> None:
        """The connection is gone."""

    def say(self, frame: bytes) -> None:
        """Send a text frame."""
        self.transport.send(_TEXT, frame)

    def cut(self) -> None:
        """Drop the connection as a broken line does."""
        if not self.gone:
            underlying = self.transport.underlying_transport
            underlying.abort()


W = TypeVar("W", bound=Wire)


def _socket(number: int) -> Callable[[Any], socket.socket]:
    def make(_url: Any) -> socket.socket:
        made = socket.socket()
        made.setblocking(False)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        made.setsockopt(socket.IPPROTO_IP, _IP_BIND_ADDRESS_NO_PORT, 1)
        made.bind((f"127.0.{1 + number // PER_ADDRESS}.1", 0))
        return made

    return make


async def connect(url: str, wire: W, number: int = 0) -> W:
    """Open one connection; `number` chooses the source address."""
    await ws_connect(
        lambda: wire, url, socket_factory=_socket(number), read_buffer_init_size=2_048,
        websocket_handshake_timeout=CONNECT_SECONDS, max_redirects=0,
    )  # fmt: skip
    return wire


async def connect_all(url: str, wires: Sequence[W], at_once: int = AT_ONCE) -> list[W]:
    """Open many, so many at a time.

    Raises:
        TimeoutError: It takes too long.
    """
    assert len(wires) <= CONNECTIONS_MAX, "bounded, as the system's limit of open files is"
    left = iter(enumerate(wires))

    async def some() -> None:
        for number, wire in left:
            await connect(url, wire, number)

    async with asyncio.timeout(CONNECT_SECONDS):
        async with asyncio.TaskGroup() as group:
            for _ in range(min(at_once, len(wires))):
                group.create_task(some())
    return list(wires)


async def cut_all(wires: Sequence[Wire]) -> None:
    """Drop them all, and wait until they are gone."""
    for number, wire in enumerate(wires):
        wire.cut()
        if number % 500 == 499:
            await asyncio.sleep(0)
    async with asyncio.timeout(CONNECT_SECONDS):
        while not all(wire.gone for wire in wires):  # noqa: ASYNC110 - thousands, looked at together
            await asyncio.sleep(0.01)


async def until(what: Callable[[], object], seconds: float = CONNECT_SECONDS, said: str = "") -> None:
    """Wait until something is so.

    Raises:
        TimeoutError: It is not so in time.
    """
    try:
        async with asyncio.timeout(seconds):
            while not what():  # noqa: ASYNC110 - whatever it is
                await asyncio.sleep(0.005)
    except TimeoutError:
        raise TimeoutError(
            f"after {seconds:.0f} s it is still not so: {said or 'what was waited for'}"
        ) from None
