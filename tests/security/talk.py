"""A bare WebSocket client for the security tests: whatever is to be sent is sent, byte for byte."""

import asyncio
import contextlib
import itertools
import json
from collections.abc import AsyncIterator
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from app.core.commands import AnyCommand
from app.core.ids import CommandId
from app.realtime import wire

ANSWERS = frozenset({"ack", "nack", "busy", "unknown"})
LIMIT_SECONDS = 30.0
_numbers = itertools.count(1)


def command_id() -> str:
    """An id that no other test has sent."""
    return f"cmd_{next(_numbers):032x}"


def frame_of(said: AnyCommand, command: str | None = None) -> bytes:
    """A command's frame."""
    return wire.command_frame(CommandId(command or command_id()), said)


class Talk:
    """An open connection; frames that come are kept."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.frames: list[dict[str, Any]] = []

    async def send(self, frame: dict[str, Any] | bytes | str) -> None:
        if isinstance(frame, dict):
            frame = json.dumps(frame)
        await self.socket.send(frame if isinstance(frame, str) else frame.decode())

    async def next(self) -> dict[str, Any]:
        """The next frame.

        Raises:
            ConnectionClosed: There is none any more.
        """
        async with asyncio.timeout(LIMIT_SECONDS):
            frame: dict[str, Any] = json.loads(await self.socket.recv())
        self.frames.append(frame)
        return frame

    async def until(self, *kinds: str) -> dict[str, Any]:
        """The next frame of one of these kinds."""
        while (frame := await self.next())["t"] not in kinds:
            pass
        return frame

    async def hello(self, **hello: Any) -> dict[str, Any]:
        """Say hello; gives the welcome, or the bye."""
        await self.send({"t": "hello", "protocol": 1, "lang": "en", **hello})
        return await self.until("welcome", "bye")

    async def ask(self, frame: dict[str, Any] | bytes) -> dict[str, Any]:
        """Send a command; gives its answer."""
        await self.send(frame)
        return await self.until(*ANSWERS)

    async def ask_all(self, frames: list[bytes]) -> list[dict[str, Any]]:
        """Send some commands, fewer than may be unanswered; gives their answers, in the same order."""
        for frame in frames:
            await self.send(frame)
        return [await self.until(*ANSWERS) for _ in frames]

    async def closed(self) -> int:
        """Read to the end; gives the close code, 1006 where there was none."""
        with contextlib.suppress(ConnectionClosed):
            while True:
                await self.next()
        return self.socket.close_code or 1006


@contextlib.asynccontextmanager
async def talk(url: str, **options: Any) -> AsyncIterator[Talk]:
    """Connect without saying anything."""
    options = {"compression": None, "ping_interval": None, "proxy": None, "max_size": None} | options
    async with connect(url, **options) as socket:
        yield Talk(socket)


@contextlib.asynccontextmanager
async def welcomed(url: str, token: str, **hello: Any) -> AsyncIterator[Talk]:
    """Connect as a program with a token."""
    async with talk(url) as line:
        welcome = await line.hello(token=token, **hello)
        assert welcome["t"] == "welcome", welcome
        yield line
