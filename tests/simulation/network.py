"""Lines in the simulated world: slow, cut, silent, and with copies that come after their owner is back.

Within one line frames keep their order, as TCP has it; between an old and a new line of the same
device nothing does. A line that is cut may still carry what was under way, to a server that does not
know yet that it is cut.
"""

import asyncio
import random
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from app.realtime.connection import Connection

HIGH_BYTES, LOW_BYTES = 64 * 1024, 16 * 1024
NEXT_SECONDS = 1e-6
"""How much later the next frame of a line comes at the least: of one moment a loop keeps no order."""

FAREWELL_SECONDS = 40.0


class End(Protocol):
    """The client's end of a line."""

    def heard(self, line: "Line", frame: bytes) -> None: ...

    def lost(self, line: "Line", code: int) -> None: ...


class Weather:
    """How the network is now, for everybody. `delay_seconds` gives a frame's way."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.slow = 0.002

    def delay_seconds(self) -> float:
        return self.dice.expovariate(1 / self.slow)


class Line:
    """One connection: the transport that the server writes to, and the client's socket."""

    def __init__(self, weather: Weather, end: End, trace: Callable[[str, bytes], None]) -> None:
        self._weather, self._end, self._trace = weather, end, trace
        self._loop = asyncio.get_running_loop()
        self.server: Connection | None = None
        self.held = False
        self.reads_per_second: float | None = None
        self._up_at = self._down_at = self._loop.time()
        self._under_way: dict[int, tuple[asyncio.TimerHandle, str, bytes | int]] = {}
        self._kept: list[tuple[int, str, bytes | int]] = []
        self._sent = 0
        self._backlog = 0
        self._paused = self._closed = False
        self._client_gone = self._server_gone = self._deaf = False

    # --- the server's side: a Transport ------------------------------------------------------

    def send(self, frames: Sequence[bytes]) -> None:
        if self._closed or self._server_gone:
            return
        for frame in frames:
            self._backlog += len(frame)
            self._go("down", frame)
        if self._backlog > HIGH_BYTES and not self._paused and self.server is not None:
            self._paused = True
            self.server.paused()

    def close(self, code: int) -> None:
        if not self._closed:
            self._closed = True
            self._go("down", code)
            self._loop.call_later(0.01, self._server_end)

    def abort(self) -> None:
        self._closed = True
        self._server_end()

    def backlog(self) -> int:
        return self._backlog

    def allow(self, frame_bytes: int) -> None:
        assert frame_bytes > 0

    # --- the client's side -------------------------------------------------------------------

    def say(self, frame: bytes) -> None:
        """The client sends a frame."""
        if not self._client_gone:
            self._go("up", frame)

    # --- what happens on the way -------------------------------------------------------------

    def _at(self, way: str, what: Callable[[], None], extra: float = 0.0) -> asyncio.TimerHandle:
        last = (self._up_at if way == "up" else self._down_at) + NEXT_SECONDS
        at = max(last, self._loop.time()) + extra if extra else max(
            last, self._loop.time() + self._weather.delay_seconds()
        )  # fmt: skip
        if way == "up":
            self._up_at = at
        else:
            self._down_at = at
        return self._loop.call_at(at, what)

    def _go(self, way: str, what: bytes | int, number: int | None = None) -> None:
        """Send a frame, or the server's close with its code; `number` keeps the order over a partition."""
        if number is None:
            self._sent += 1
            number = self._sent
        if self.held:
            self._kept.append((number, way, what))
            return
        slow = self.reads_per_second if way == "down" and isinstance(what, bytes) else None
        extra = len(what) / slow if slow and isinstance(what, bytes) else 0.0
        self._under_way[number] = (self._at(way, lambda: self._come(number, way, what), extra), way, what)

    def _come(self, number: int, way: str, what: bytes | int) -> None:
        del self._under_way[number]
        if isinstance(what, int):
            self._client_end(what)
        elif way == "up":
            if not self._server_gone and not self._closed and self.server is not None:
                self._trace("up", what)
                self.server.received(what)
        else:
            self._taken(what)

    def _taken(self, frame: bytes) -> None:
        self._backlog -= len(frame)
        if self._paused and self._backlog < LOW_BYTES and not self._server_gone:
            self._paused = False
            if self.server is not None:
                self.server.resumed()
        if not (self._client_gone or self._deaf):
            self._trace("down", frame)
            self._end.heard(self, frame)

    def hold(self) -> None:
        """A partition: nothing comes through, what is under way neither, and nobody is told."""
        self.held = True
        for number, (handle, way, what) in self._under_way.items():
            handle.cancel()
            self._kept.append((number, way, what))
        self._under_way.clear()
        self._up_at = self._down_at = self._loop.time()

    def heal(self) -> None:
        """It is over: what was kept goes on, in its order."""
        self.held = False
        kept, self._kept = self._kept, []
        for number, way, what in sorted(kept, key=lambda each: each[0]):
            self._go(way, what, number)

    def cut(self, *, told: bool) -> None:
        """The line is gone; what is under way may still come, and the server learns of it late.

        Args:
            told: The client is told at once; else it finds out by the silence.
        """
        if told:
            self._client_end(1006)
        else:
            self._deaf = True
        self._loop.call_later(self._weather.dice.uniform(0, FAREWELL_SECONDS), self._server_end)

    def drop(self) -> None:
        """The client gives it up."""
        self._client_gone = True
        self._loop.call_later(self._weather.dice.uniform(0, FAREWELL_SECONDS), self._server_end)

    def server_dies(self) -> None:
        """The process at the other end is gone."""
        self._server_gone = True
        self._at("down", lambda: self._client_end(1006))

    def _client_end(self, code: int) -> None:
        if not (self._client_gone or self._deaf):
            self._client_gone = True
            self._end.lost(self, code)

    def _server_end(self) -> None:
        if not self._server_gone:
            self._server_gone = True
            if self.server is not None:
                self.server.lost()
