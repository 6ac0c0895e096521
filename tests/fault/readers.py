"""Clients that do not read, or a byte a second, in mid-vote: each is cut, and nobody else notices.

How this works. A client on a bare socket with the smallest buffer is let in as a console, which hears of
every ballot. In turns it asks at once for everything ten times, so that the server's own queue fills, or
stays silent, so that the kernel finds that nothing is taken (TCP_USER_TIMEOUT). It is cut once the machine of
the server has no established connection to it: the client itself would only learn that by reading.
"""

import asyncio
import base64
import contextlib
import random
import socket
import struct
import time
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from app.client.http import secret_of
from app.realtime import wire
from tests.fault.room import PHONES, Room

READERS = 10
CUT_SECONDS = 20.0
"""So soon each has to be cut."""

RECEIVE_BYTES = 1
"""Asked of the kernel for the buffer of a client: it gives the least that it has, 2,304 bytes."""

DEMANDS = 10
"""A connection may ask so often at once."""

LOOK_SECONDS = 0.1
DRIP_SECONDS = 1.0
ESTABLISHED = "01"


async def muted(room: Room, dice: random.Random, _disk: object) -> None:
    """Clients come that read nothing."""
    await _unread(room, dice, drip=False)


async def trickled(room: Room, dice: random.Random, _disk: object) -> None:
    """Clients come that read a byte a second."""
    await _unread(room, dice, drip=True)


async def _unread(room: Room, dice: random.Random, *, drip: bool) -> None:
    await asyncio.sleep(dice.uniform(0.0, 0.6))
    greedy = len(room.back_seconds) % 2 == 0
    port = int(room.server.url.rpartition(":")[2])
    with contextlib.closing(room.api) as api:
        code = secret_of(room.server.link("organiser"))
        tokens = [(await api.join(code))["token"] for _ in range(READERS)]
    clients = [await asyncio.to_thread(_entered, port, token, greedy=greedy) for token in tokens]
    heard = len(room.told)
    try:
        await _until_cut(room, port, clients, drip=drip)
    finally:
        for each in clients:
            each.close()
    told = {told.seat for told in room.told[heard:] if told.fate == "saved"}
    if len(told) < PHONES:
        room.amiss.append(f"while some did not read, only {len(told)} of {PHONES} phones were acknowledged")


async def _until_cut(room: Room, port: int, clients: list[socket.socket], *, drip: bool) -> None:
    """Wait until each is cut, reading a byte a second of each if it drips."""
    began, waiting = time.monotonic(), {each.getsockname()[1]: each for each in clients}
    dripped, saved, saved_at, pause = began, room.saved, began, 0.0
    while waiting and time.monotonic() - began < CUT_SECONDS:
        await asyncio.sleep(LOOK_SECONDS)
        now = time.monotonic()
        if drip and now - dripped >= DRIP_SECONDS:
            dripped = now
            for each in waiting.values():
                with contextlib.suppress(OSError):
                    each.recv(1)
        if room.saved > saved:
            saved, saved_at = room.saved, now
        pause = max(pause, now - saved_at)
        for gone in waiting.keys() - _connected(port, waiting):
            del waiting[gone]
            room.measured["cut"].append(now - began)
    room.measured["longest time without an acknowledgement meanwhile"].append(pause)
    if waiting:
        room.amiss.append(f"{len(waiting)} of {len(clients)} that did not read were there after 20 s")


def _entered(port: int, token: str, *, greedy: bool) -> socket.socket:
    """A client that was let in, and reads no more of it than the answer to its handshake."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BYTES)
    made.settimeout(CUT_SECONDS)
    made.connect(("127.0.0.1", port))
    key = base64.b64encode(bytes(16)).decode()
    lines = [
        "GET /ws HTTP/1.1", f"Host: 127.0.0.1:{port}", "Connection: Upgrade", "Upgrade: websocket",
        "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {key}",
    ]  # fmt: skip
    made.sendall("\r\n".join([*lines, "", ""]).encode())
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += made.recv(1)
    assert head.startswith(b"HTTP/1.1 101"), head
    made.sendall(_masked(wire.encode(wire.Hello(protocol=wire.PROTOCOL, token=token))))
    assert made.recv(1) == b"\x81"  # the welcome begins
    if greedy:
        made.sendall(_masked(wire.encode(wire.Resync())) * DEMANDS)
    made.setblocking(False)
    return made


def _masked(payload: bytes) -> bytes:
    """A text frame of a client (RFC 6455, section 5.2); a mask of zeros leaves it as it is."""
    size = (
        struct.pack("!B", 0x80 | len(payload))
        if len(payload) < 126
        else struct.pack("!BH", 0xFE, len(payload))
    )
    return b"\x81" + size + bytes(4) + payload


def _connected(port: int, clients: Iterable[int]) -> set[int]:
    """To which ports of clients the server's side of a connection is established."""
    base_16 = partial(int, base=16)
    wanted, found = set(clients), set()
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, local, remote, state, *_ = line.split()
        if state == ESTABLISHED and base_16(local[-4:]) == port:
            found.add(base_16(remote[-4:]))
    return wanted & found
