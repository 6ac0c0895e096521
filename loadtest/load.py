"""Two kinds of load: all always wait for an answer (closed), or messages have their times (offered)."""

import asyncio
import contextlib
import gc
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from picows import WSFrame, WSMsgType, WSTransport

from loadtest.alarm import at_times
from loadtest.machine import Meter, Taken
from loadtest.people import ID_AT, ID_END
from loadtest.sockets import Wire, until

_TEXT = WSMsgType.TEXT
WARM_UP_S = 1.0
ANSWERS_S = 30.0


@dataclass(slots=True)
class Measured:
    """What one stretch of load gave: answers, their latencies in seconds, what it cost."""

    answers: int
    latencies: list[float]
    taken: Taken
    figures: dict[str, float] = field(default_factory=dict)

    @property
    def per_cpu_second(self) -> float:
        """Answers per second of the server's processor."""
        return self.answers / self.taken.server_cpu if self.taken.server_cpu else 0.0

    def quantile_ms(self, share: float) -> float:
        """So much of the answers came within these milliseconds."""
        return quantile(self.latencies, share) * 1_000


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that is not exceeded by this share of them."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


@contextlib.contextmanager
def no_collections() -> Iterator[None]:
    """Keep this process's garbage collector out of the figures."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


class Closed:
    """A load in which everybody sends the next message as soon as the last was answered.

    Attributes:
        wanted: How the frame begins that counts as the answer.
        running: Whether the next message is sent.
        waiting: How many have not been answered.
    """

    def __init__(self, wanted: bytes) -> None:
        self.wanted = wanted
        self.running = False
        self.waiting = 0
        self.latencies: list[float] = []
        self.trouble: list[bytes] = []

    async def run(
        self,
        turns: Sequence["Turn"],
        seconds: float,
        meter: Meter,
        server: int,
        *,
        warm_up: float = WARM_UP_S,
    ) -> Measured:
        """Load the server for so long, after a warm-up.

        Raises:
            RuntimeError: Something was answered otherwise.
        """
        self.running = True
        for turn in turns:
            turn.begin(self)
        await asyncio.sleep(warm_up)
        with no_collections():
            self.latencies.clear()
            meter.start(server)
            await asyncio.sleep(seconds)
            latencies, self.latencies = self.latencies, []
            taken = meter.stop()
        self.running = False
        await until(lambda: not self.waiting or self.trouble, ANSWERS_S, "the last answers")
        if self.trouble:
            raise RuntimeError(f"the server said {self.trouble[0]!r}")
        for turn in turns:
            turn.load = None
        return Measured(len(latencies), latencies, taken)


class Turn(Wire):
    """One connection of a closed load. Mixed into a guest, it takes the frames that are answers.

    Attributes:
        frames: What it sends, one after another; too few of them is an error of the measurement.
    """

    load: Closed | None = None
    frames: Iterator[bytes]
    sent_at = 0.0

    def begin(self, load: Closed) -> None:
        """Take part in a load: send the first message."""
        self.load = load
        load.waiting += 1
        self.sent_at = time.perf_counter()
        self.say(next(self.frames))

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        load = self.load
        if load is not None:
            data = frame.get_payload_as_bytes()
            if data.startswith(load.wanted):
                now = time.perf_counter()
                load.latencies.append(now - self.sent_at)
                if load.running:
                    self.sent_at = now
                    try:
                        transport.send(_TEXT, next(self.frames))
                    except StopIteration:
                        load.trouble.append(b"nothing: the generator ran out of prepared frames")
                else:
                    load.waiting -= 1
                return
        super().on_ws_frame(transport, frame)

    def lost(self) -> None:
        if self.load is not None:
            self.load.trouble.append(b"goodbye")


class Speaker(Protocol):
    """What a load sends through."""

    def say(self, frame: bytes) -> None: ...


class Offered:
    """Messages at times set before; an answer is found by the id in it.

    Attributes:
        latencies: From the time at which it was due until its answer, in seconds.
    """

    def __init__(self) -> None:
        self.due: dict[bytes, float] = {}
        self.latencies: list[float] = []
        self.trouble: list[bytes] = []

    def answered(self, id_: bytes) -> None:
        """An answer to this id has come."""
        due = self.due.pop(id_, None)
        if due is not None:
            self.latencies.append(time.monotonic() - due)

    def acked(self, data: bytes) -> None:
        """An ack has come."""
        self.answered(data[ID_AT:ID_END])

    async def run(
        self, plan: Sequence[tuple[Speaker, bytes, bytes]], times: Sequence[float], meter: Meter, server: int
    ) -> Measured:
        """Send each (who, frame, id) at its time, in seconds from now; wait for the answers.

        Raises:
            RuntimeError: Something was answered otherwise.
        """
        with no_collections():
            start = time.monotonic() + 0.05
            absolute = [start + at for at in times]

            def send(index: int) -> None:
                who, frame, id_ = plan[index]
                self.due[id_] = absolute[index]
                who.say(frame)

            meter.start(server)
            await at_times(absolute, send)
            await until(lambda: not self.due or self.trouble, ANSWERS_S, "the last answers")
            taken = meter.stop()
        if self.trouble:
            raise RuntimeError(f"the server said {self.trouble[0]!r}")
        return Measured(len(self.latencies), self.latencies, taken)


def steady(count: int, per_second: float, dice: random.Random) -> list[float]:
    """Times at an even rate, each at a random place within its slot."""
    return [(index + dice.random()) / per_second for index in range(count)]


def within(count: int, seconds: float, dice: random.Random) -> list[float]:
    """Times at random within some seconds, as people press."""
    return sorted(dice.random() * seconds for _ in range(count))
