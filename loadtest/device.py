"""A device as people hold one: the pure client (`app.client.core`) over the generator's sockets.

It joins with its code over HTTP, says hello, keeps its state, comes back by itself when the line is
lost, and sends again what was not answered, under the same id. Every answer's latency runs from the
time at which the command was due.
"""

import asyncio
import os
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.client import Answered, ClientCore, Final
from app.core.commands import AnyCommand, command_name
from app.core.ids import CommandId
from app.realtime import wire
from loadtest.http import Http
from loadtest.samples import Samples
from loadtest.sockets import Wire, connect

Then = Callable[[Final], None]


@dataclass(slots=True)
class _Asked:
    name: str
    due: float
    then: Then | None


class Link(Wire):
    """One connection of a device."""

    def __init__(self, device: "Device") -> None:
        super().__init__()
        self._device = device
        self.code = 1006
        self.over = asyncio.get_running_loop().create_future()

    def on_ws_connected(self, transport: Any) -> None:
        super().on_ws_connected(transport)
        self._device.connected(self)

    def heard(self, data: bytes) -> None:
        self._device.heard(data)

    def closed(self, code: int) -> None:
        self.code = code
        self.transport.disconnect()

    def lost(self) -> None:
        if not self.over.done():
            self.over.set_result(self.code)


class Device:
    """One device.

    Attributes:
        place: Its seat, its table, or the name of its role.
        changed: Called whenever its state has changed.
        connections: How many times it was welcomed.
        refused: Why the server does not want it back, if so.
    """

    def __init__(self, place: str, url: str, samples: Samples, dice: random.Random, number: int) -> None:
        self.place, self.samples = place, samples
        self.core = ClientCore(os.urandom, dice.random)
        self.token, self.device = "", ""
        self.connections = 0
        self.refused: int | None = None
        self.changed: Callable[[], None] = lambda: None
        self.receive_bytes: int | None = None
        self._url, self._number = url, number
        self._asked: dict[CommandId, _Asked] = {}
        self._began = self._cut_at = 0.0
        self._link: Link | None = None
        self._living: asyncio.Task[None] | None = None

    @property
    def state(self) -> Mapping[str, Mapping[str, Any]]:
        """By channel, the value of every key."""
        return self.core.state

    def value(self, channel: str, key: str) -> Any:
        """One value of its state, or `None`."""
        return self.core.state.get(channel, {}).get(key)

    async def join(self, http: Http, code: str, channels: tuple[str, ...] | None) -> None:
        """Exchange its code for a token, as a program does."""
        began = time.monotonic()
        said = await http.post("/api/join", {"code": code})
        self.samples.add("join (HTTP)", time.monotonic() - began)
        self.token, self.device = said["token"], said["device"]
        self.core.token, self.core.channels = self.token, channels

    def live(self) -> None:
        """Connect, and stay connected until `leave`."""
        self._living = asyncio.create_task(self._live())

    async def leave(self) -> None:
        """Go, for good."""
        self.cut()
        if self._living is not None:
            self._living.cancel()
            await asyncio.gather(self._living, return_exceptions=True)

    def cut(self) -> None:
        """The line breaks."""
        if self._link is not None:
            self._cut_at = time.monotonic()
            self._link.cut()

    async def _live(self) -> None:
        while True:
            code = await self._once()
            wait = self.core.lost(code, time.monotonic())
            if wait is None:
                self.refused = code
                return
            await asyncio.sleep(wait)

    async def _once(self) -> int:
        link = Link(self)
        began = self._began = time.monotonic()
        try:
            await connect(self._url, link, self._number)
            if self._link is not link:  # the server went meanwhile: picows says neither that it came nor went
                self.samples.add("connect", time.monotonic() - began, "gone")
                return 1006
            code: int = await link.over
            return code
        except Exception as error:  # noqa: BLE001 - picows has errors of its own
            self.samples.add("connect", time.monotonic() - began, type(error).__name__)
            return 1006
        finally:
            self._link = None

    def connected(self, link: Link) -> None:
        """The socket is open: frames may come at any moment from now on."""
        self._link = link
        link.say(self.core.hello(time.monotonic()))

    def heard(self, data: bytes) -> None:
        """A frame has come."""
        now = time.monotonic()
        was_ready = self.core.ready
        event = self.core.received(data, now)
        if self.core.ready and not was_ready:
            self.connections += 1
            self.samples.add("welcome" if self.connections == 1 else "welcome again", now - self._began)
            if self._cut_at:
                self.samples.add("from the cut until it is back", now - self._cut_at)
                self._cut_at = 0.0
        if isinstance(event, Answered):
            self._answered(event, now)
        elif event is not None:
            self.changed()
        self.flush(now)

    def _answered(self, event: Answered, now: float) -> None:
        asked = self._asked.pop(event.command, None)
        if asked is None:
            return
        code = "" if isinstance(event.answer, wire.Ack) else event.answer.code
        self.samples.add(asked.name, now - asked.due, code)
        if asked.then is not None:
            asked.then(event.answer)

    def flush(self, now: float) -> None:
        """Send what may be sent."""
        if self._link is not None:
            for frame in self.core.to_send(now):
                self._link.say(frame)

    def look(self, now: float) -> None:
        """Called from time to time: send what has waited long enough, give up a silent line."""
        if self._link is None:
            return
        if self.core.silent(now):
            self.cut()
        elif self.core.unsaved:
            self.flush(now)

    def do(self, said: AnyCommand, then: Then | None = None, due: float | None = None) -> None:
        """Give a command; `due` is when it should have been sent."""
        now = time.monotonic()
        if due is not None:
            self.samples.add("late to send (generator)", max(0.0, now - due))
        command = self.core.ask(said)
        self._asked[command] = _Asked(command_name(type(said)), now if due is None else due, then)
        self.flush(now)

    async def done(self, said: AnyCommand) -> None:
        """Give a command that must be accepted, and wait for it.

        Raises:
            RuntimeError: It was refused.
        """
        answer: asyncio.Future[Final] = asyncio.get_running_loop().create_future()
        self.do(said, answer.set_result)
        given = await asyncio.wait_for(answer, 60)
        if not isinstance(given, wire.Ack):
            raise RuntimeError(f"{type(said).__name__} was refused: {given}")
