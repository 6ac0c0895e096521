"""Row 5: until the last of 5,000 clients has a state frame of a kilobyte, beside a floor that only writes.

The state is the one that everybody waits for: a vote opens. It is timed from the command at the console
to the last phone's receipt, so the decision, the write to disk and the acknowledgement are in it. The
floor writes the same number of prepared bytes to every transport, without anything else.
"""

import asyncio
import time
from collections.abc import Callable

from app.core.commands import OpenVoting, StartMeeting, TakeBack
from app.realtime.hub import PACE_S
from loadtest.load import Measured, no_collections, quantile
from loadtest.machine import Meter
from loadtest.people import Console, Phone, arrive, console
from loadtest.room import QUESTION, Room
from loadtest.rounds import interleaved
from loadtest.rows import Row
from loadtest.servers import Server, only, running, scratch, start, start_hall
from loadtest.sockets import Wire, connect, connect_all, until

BURSTS = 8


class Burst:
    """Counts receipts until the last."""

    def __init__(self, count: int) -> None:
        self._count, self._left = count, 0
        self._done: asyncio.Future[float] = asyncio.get_running_loop().create_future()

    def begin(self) -> asyncio.Future[float]:
        """Wait for everybody's receipt; gives its time."""
        self._left = self._count
        self._done = asyncio.get_running_loop().create_future()
        return self._done

    def one(self) -> None:
        """Somebody has it."""
        self._left -= 1
        if not self._left and not self._done.done():
            self._done.set_result(time.perf_counter())


class Waiting(Phone):
    """A phone that tells of its views."""

    burst: Burst | None = None

    def seen(self, data: bytes) -> None:  # noqa: ARG002
        if self.burst is not None:
            self.burst.one()


class Floor(Wire):
    """A connection that tells of its frames."""

    def __init__(self, burst: Burst) -> None:
        super().__init__()
        self.burst = burst

    def heard(self, data: bytes) -> None:  # noqa: ARG002
        self.burst.one()


async def bursts(
    meter: Meter,
    server: Server,
    burst: Burst,
    go: Callable[[], None],
    undo: Callable[[], None] | None,
    times: int,
) -> Measured:
    """So many times: let it go, wait for the last receipt."""
    took = []
    with no_collections():
        meter.start(server.pid)
        for _ in range(times):
            done = burst.begin()
            start_at = time.perf_counter()
            go()
            took.append(await asyncio.wait_for(done, 20) - start_at)
            if undo is not None:
                await asyncio.sleep(1.1 * PACE_S)
                back = burst.begin()
                undo()
                await asyncio.wait_for(back, 20)
            await asyncio.sleep(1.1 * PACE_S)
        taken = meter.stop()
    return Measured(len(took), took, taken)


async def bench(
    meter: Meter, *, phones: int = 5_000, rounds: int = 3, times: int = BURSTS, size: int | None = None
) -> list[Row]:
    """Measure the row."""
    with scratch() as data:
        hall = start_hall(data, Room((phones + 9) // 10, 10), phones=phones)
        floor = start("floor")
        with running(hall, floor):
            desk = await console(hall, channels=())
            await desk.do(StartMeeting())
            people = [Waiting(device) for device in hall.phones]
            await arrive(hall, people)
            await until(lambda: all(phone.views == 2 for phone in people), said="everybody has its snapshot")
            burst = Burst(phones)
            for phone in people:
                phone.burst = burst
            size = size or await frame_size(desk, people[0])
            wires = [Floor(burst) for _ in range(phones)]
            await connect_all(floor.url, wires)
            control = await connect(floor.url, Floor(Burst(1)))
            done = await interleaved(
                {
                    "hall": lambda: opened(meter, hall, [hall, floor], burst, desk, times),
                    "floor": lambda: written(meter, floor, [hall, floor], burst, control, size, times),
                },
                rounds=rounds,
                attempts=1 if rounds == 1 else 2 * rounds,
            )

    def typical(measured: Measured) -> float:
        return quantile(measured.latencies, 0.5) * 1_000

    figures = {f"{cell} median ms": done.median(cell, typical) for cell in done.cells}
    figures |= {
        f"{cell} best ms": done.median(cell, lambda m: min(m.latencies) * 1_000) for cell in done.cells
    }
    figures["frame bytes"] = size
    name = f"{size / 1_000:.1f} KB to {phones:,} ÷ floor"
    span = done.spread("hall", "floor", typical)
    return [Row(name, done.ratio("hall", "floor", typical), 1.6, 1.2, span=span, figures=figures).of(done)]


async def frame_size(desk: Console, phone: Waiting) -> int:
    """How large the frame is that an opening sends."""
    before, views = phone.view_bytes, phone.views
    await desk.do(OpenVoting(QUESTION))
    await until(lambda: phone.views == views + 1)
    await asyncio.sleep(1.1 * PACE_S)
    size = phone.view_bytes - before
    await desk.do(TakeBack(QUESTION))
    await until(lambda: phone.views == views + 2)
    await asyncio.sleep(1.1 * PACE_S)
    return size


async def opened(
    meter: Meter, hall: Server, servers: list[Server], burst: Burst, desk: Console, times: int
) -> Measured:
    """A vote opens, and is taken back."""
    with only(hall, servers):
        return await bursts(
            meter,
            hall,
            burst,
            lambda: desk.ask(OpenVoting(QUESTION)),
            lambda: desk.ask(TakeBack(QUESTION)),
            times,
        )


async def written(
    meter: Meter, floor: Server, servers: list[Server], burst: Burst, control: Wire, size: int, times: int
) -> Measured:
    """Prepared bytes are written."""
    with only(floor, servers):
        # the control connection gets the frame too, and does not count
        return await bursts(meter, floor, burst, lambda: control.say(b"state %d 0 0" % size), None, times)
