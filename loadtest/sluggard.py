"""A client that does not read: it asks for snapshots and takes nothing, until the server cuts it.

Written on a bare socket, since every library reads ahead. That it was cut shows when a write fails.
"""

import asyncio
import base64
import os
import socket
import struct
import time
from collections.abc import Callable

from app.realtime import wire
from loadtest.crowd import Codes
from loadtest.http import Http
from loadtest.samples import Samples

RECEIVE_BYTES = 4_096
CUT_SECONDS_MAX = 60.0
TALK_SECONDS = 0.5


def masked(payload: bytes) -> bytes:
    """A text frame of a client (RFC 6455, section 5.3)."""
    assert len(payload) < 65_536
    key = os.urandom(4)
    head = (
        struct.pack("!BB", 0x81, 0x80 | len(payload))
        if len(payload) < 126
        else struct.pack("!BBH", 0x81, 0xFE, len(payload))
    )
    return head + key + bytes(byte ^ key[at % 4] for at, byte in enumerate(payload))


class Sluggard:
    """An organiser's device that does not read."""

    def __init__(self, codes: Codes, samples: Samples) -> None:
        self._codes, self._samples = codes, samples

    async def until_cut(self, http: Http, over: Callable[[], bool] = lambda: False) -> None:
        """Ask and do not read, until it is cut; or until it is over, where too little is sent."""
        joined = await http.post("/api/join", {"code": self._codes.roles["organiser"]})
        loop = asyncio.get_running_loop()
        with socket.socket() as line:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BYTES)
            line.setblocking(False)
            host, port = self._codes.origin.removeprefix("http://").split(":")
            await loop.sock_connect(line, (host, int(port)))
            await loop.sock_sendall(line, self._handshake(host, port))
            answer = await loop.sock_recv(line, 1_024)  # the last that it reads
            if not answer.startswith(b"HTTP/1.1 101 "):
                self._samples.add("cut (does not read)", 0.0, answer[:40].decode(errors="replace"))
                return
            hello = wire.Hello(protocol=wire.PROTOCOL, token=joined["token"])
            began = time.monotonic()
            try:
                await loop.sock_sendall(line, masked(wire.encode(hello)))
                while not over():
                    await asyncio.sleep(TALK_SECONDS)
                    if time.monotonic() - began > CUT_SECONDS_MAX:
                        self._samples.add("cut (does not read)", time.monotonic() - began, "still there")
                        return
                    if time.monotonic() - began < 8 * TALK_SECONDS:
                        await loop.sock_sendall(line, masked(wire.encode(wire.Resync())))
                    else:
                        await loop.sock_sendall(line, bytes((0x8A, 0x80)) + os.urandom(4))  # a pong, unasked
            except ConnectionError:
                self._samples.add("cut (does not read)", time.monotonic() - began)

    def _handshake(self, host: str, port: str) -> bytes:
        key = base64.b64encode(os.urandom(16)).decode()
        return (
            f"GET /ws HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
        ).encode()
