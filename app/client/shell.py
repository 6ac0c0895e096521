"""The client with asyncio: one connection at a time, kept up until it is closed."""

import asyncio
import os
import random
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Origin

from app.client.core import Answered, Changed, ClientCore, Final
from app.core.commands import AnyCommand
from app.core.ids import CommandId

FRAME_BYTES_MAX = 16 * 1024 * 1024
LOOK_SECONDS = 0.25
CLOSE_SECONDS = 2.0


class Stopped(Exception):
    """The server does not want this client back; `code` is the close code, `say` its sentence."""

    def __init__(self, code: int, say: str) -> None:
        super().__init__(f"closed with {code}: {say or 'no reason given'}")
        self.code, self.say = code, say


class Client:
    """A client of a meeting.

    Use it as ``async with Client(url, token=...) as client``. It connects, comes
    back by itself, and sends again what was not answered.

    Attributes:
        core: What it knows.
        connections: How many times it has been welcomed.
    """

    def __init__(
        self,
        url: str | Sequence[str],
        *,
        token: str | None = None,
        ticket: str | None = None,
        lang: str = "",
        channels: tuple[str, ...] | None = None,
        origin: str | None = None,
        haste: float = 1.0,
        dice: Callable[[int], bytes] = os.urandom,
    ) -> None:
        """Wire it.

        Args:
            url: Of the socket, ``ws://host:port/ws``; or several, the second laptop's last: where one does
                not let it in, the next is tried.
            token: A bearer token; or `ticket`, which a page was given.
            ticket: Good once, and with an Origin.
            lang: In which language refusals are said.
            channels: What to hear; everything it may where not given.
            origin: The Origin header; a program with a token needs none.
            haste: Waits are divided by it: for tests and for compressed days.
            dice: Random bytes.
        """
        self.core = ClientCore(
            dice, random.SystemRandom().random, ticket=ticket, token=token, lang=lang, channels=channels
        )
        self.connections = 0
        self._urls = [url] if isinstance(url, str) else list(url)
        self._haste = haste
        self._origin = None if origin is None else Origin(origin)
        self._socket: ClientConnection | None = None
        self._asked: dict[CommandId, asyncio.Future[Final]] = {}
        self._changed = asyncio.Event()
        self._running: asyncio.Task[None] | None = None
        self._stopped: Stopped | None = None

    @property
    def state(self) -> Mapping[str, Mapping[str, Any]]:
        """By channel, the value of every key."""
        return self.core.state

    async def __aenter__(self) -> Self:
        """Connect; returns when the server has said welcome.

        Raises:
            Stopped: It does not let this client in.
        """
        self._running = asyncio.create_task(self._run())
        try:
            await self.until(lambda client: client.core.ready)
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Go, and do not come back."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
        self._stop(Stopped(1000, "closed by the client"))

    async def do(self, said: AnyCommand, command: CommandId | None = None) -> Final:
        """Give a command; returns its final answer, however often the line drops in between.

        Raises:
            Stopped: The server does not want this client back.
        """
        if self._stopped is not None:
            raise self._stopped
        command = self.core.ask(said, command)
        answer: asyncio.Future[Final] = asyncio.get_running_loop().create_future()
        self._asked[command] = answer
        await self._send()
        return await answer

    async def until(self, what: Callable[["Client"], object], seconds: float = 30.0) -> None:
        """Wait until something is so.

        Raises:
            TimeoutError: It is not so after `seconds`.
            Stopped: It will not be: the server does not want this client back.
        """
        async with asyncio.timeout(seconds):
            while not what(self):
                if self._stopped is not None:
                    raise self._stopped
                self._changed.clear()
                await self._changed.wait()

    def cut(self) -> None:
        """Break the line, without a word to the server; it comes back by itself."""
        if self._socket is not None:
            self._socket.transport.abort()

    # --- one connection after another ------------------------------------------------------

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            connections = self.connections
            code = await self._once()
            if self.connections == connections:  # it was not welcomed here
                self._urls.append(self._urls.pop(0))
            wait = self.core.lost(code, loop.time())
            if wait is None:
                self._stop(Stopped(code, self.core.bye.say if self.core.bye else ""))
                return
            self._changed.set()
            await asyncio.sleep(wait / self._haste)

    def _stop(self, why: Stopped) -> None:
        self._stopped = self._stopped or why
        for answer in self._asked.values():
            if not answer.done():
                answer.set_exception(self._stopped)
                answer.exception()  # whoever still waits gets it; nobody else is warned
        self._asked.clear()
        self._changed.set()

    async def _once(self) -> int:
        """One connection from its hello to its end; gives the close code."""
        try:
            async with connect(
                self._urls[0], origin=self._origin, compression=None, ping_interval=None, proxy=None,
                max_size=FRAME_BYTES_MAX, close_timeout=CLOSE_SECONDS,
            ) as socket:  # fmt: skip
                self._socket = socket
                looking = asyncio.create_task(self._look(socket))
                try:
                    await socket.send(self.core.hello(asyncio.get_running_loop().time()).decode())
                    async for data in socket:
                        await self._received(data.encode() if isinstance(data, str) else data)
                finally:
                    self._socket = None
                    looking.cancel()
            return socket.close_code or 1006
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd is not None else 1006
        except (OSError, InvalidHandshake, TimeoutError):
            return 1006

    async def _look(self, socket: ClientConnection) -> None:
        """Send what has waited long enough; give up a line that is silent."""
        while True:
            await asyncio.sleep(LOOK_SECONDS / self._haste)
            if self.core.silent(asyncio.get_running_loop().time()):
                socket.transport.abort()
                return
            await self._send()

    async def _received(self, data: bytes) -> None:
        was_ready = self.core.ready
        event = self.core.received(data, asyncio.get_running_loop().time())
        if self.core.ready and not was_ready:
            self.connections += 1
        if self.core.outdated and self._socket is not None:
            await self._socket.close()
            return
        if isinstance(event, Answered):
            answer = self._asked.pop(event.command, None)
            if answer is not None and not answer.done():
                answer.set_result(event.answer)
        elif isinstance(event, Changed):
            self._changed.set()
        await self._send()

    async def _send(self) -> None:
        socket = self._socket
        if socket is None:
            return
        try:
            for frame in self.core.to_send(asyncio.get_running_loop().time()):
                await socket.send(frame.decode())
        except ConnectionClosed:
            return  # what was not sent stays in the outbox for the next connection
