"""Rows 2 and 3: durable acknowledged ballots at saturation, beside a bare echo of ours and of Node `ws`.

Every connection is a phone that casts its seat's ballot again as soon as the last is acknowledged, with
another choice, and hears the keypads' channel. In the rows *with own view* it also hears its seat's own
channel, as the page does: each ballot is then answered by the acknowledgement and by what the seat now
has. The echoes get the same frames. Rates are per second of the server's processor.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from app.core.commands import OpenVoting
from loadtest.load import Closed, Measured, Turn
from loadtest.machine import Meter
from loadtest.people import ACK, Phone, arrive, ballot_frames, console, take_seats
from loadtest.room import QUESTION, Room
from loadtest.rounds import Cell, interleaved
from loadtest.rows import Row
from loadtest.servers import Device, Server, only, running, scratch, start, start_hall
from loadtest.sockets import Wire, connect_all, cut_all

PER_SECOND = 60_000
"""No server here answers more: for so many a second frames are prepared."""

GOALS = {500: ((0.65, 0.90), (0.50, 1.0)), 5_000: ((0.55, 0.85), (0.50, 1.0))}
"""By connections: reach and aim beside our own echo, and beside Node's."""


class VotingPhone(Turn, Phone):
    """A phone that votes again and again."""

    def __init__(self, device: Device, *, own_view: bool) -> None:
        super().__init__(device)
        self.frames = iter(())
        if not own_view:
            self.channels = ("keypad",)

    def odd(self, data: bytes) -> None:
        if self.load is not None:
            self.load.trouble.append(data)


class Echoed(Turn):
    """A connection that wants its own frames back."""

    def __init__(self, frames: Iterator[bytes]) -> None:
        super().__init__()
        self.frames = frames

    def heard(self, data: bytes) -> None:
        """What comes after the end of the load."""


@dataclass(slots=True)
class Ballots:
    """The servers of these rows, and how to measure each."""

    hall: Server
    echo: Server
    node: Server
    meter: Meter
    seconds: float
    seated: bool = False

    @property
    def servers(self) -> list[Server]:
        return [self.hall, self.echo, self.node]

    async def vote(self, connections: int, *, own_view: bool) -> Measured:
        """Durable acknowledged ballots."""
        with only(self.hall, self.servers):
            phones = [VotingPhone(device, own_view=own_view) for device in self.hall.phones[:connections]]
            await arrive(self.hall, phones)
            if not self.seated:
                await self.open(phones)
            each = int(PER_SECOND * (self.seconds + 3) / connections) + 20
            for phone in phones:
                phone.frames = iter(ballot_frames(phone.seat, each))
            try:
                return await Closed(ACK).run(phones, self.seconds, self.meter, self.hall.pid)
            finally:
                await cut_all(phones)

    async def open(self, phones: list[VotingPhone]) -> None:
        """Let these phones take their seats, the others too, and open the vote."""
        rest = [Phone(device) for device in self.hall.phones[len(phones) :]]
        await arrive(self.hall, rest)
        await take_seats([*phones, *rest])
        await cut_all(rest)
        desk = await console(self.hall, channels=())
        await desk.do(OpenVoting(QUESTION))
        await cut_all([desk])
        self.seated = True

    async def echoes(self, server: Server, connections: int) -> Measured:
        """The same frames, sent back."""
        with only(server, self.servers):
            seats = [phone.place for phone in self.hall.phones[:connections]]
            wires: list[Wire] = []
            turns = [Echoed(itertools.cycle(ballot_frames(seat, 2))) for seat in seats]  # type: ignore[arg-type]
            wires += turns
            await connect_all(server.url, turns)
            try:
                return await Closed(b'{"t":"cast').run(turns, self.seconds, self.meter, server.pid)
            finally:
                await cut_all(wires)

    def cells(self, connections: int) -> dict[str, Cell]:
        """What is measured in turns."""
        return {
            "ballots": lambda: self.vote(connections, own_view=False),
            "with own view": lambda: self.vote(connections, own_view=True),
            "echo": lambda: self.echoes(self.echo, connections),
            "node": lambda: self.echoes(self.node, connections),
        }


async def bench(
    meter: Meter, *, connections: tuple[int, ...] = (500, 5_000), seconds: float = 4.0, rounds: int = 3
) -> list[Row]:
    """Measure the rows for so many connections."""
    rows: list[Row] = []
    room = Room((max(connections) + 9) // 10, 10)
    with scratch() as data:
        hall = start_hall(data, room, phones=max(connections))
        echo, node = start("echo"), start("node")
        with running(hall, echo, node):
            measure = Ballots(hall, echo, node, meter, seconds)
            await started(hall)
            for count in connections:
                rows += await rows_for(measure, count, rounds)
    return rows


async def started(hall: Server) -> None:
    """Open the meeting."""
    from app.core.commands import StartMeeting

    desk = await console(hall, channels=())
    await desk.do(StartMeeting())
    await cut_all([desk])


async def rows_for(measure: Ballots, count: int, rounds: int) -> list[Row]:
    """Both rows for one number of connections."""
    attempts = 1 if rounds == 1 else 2 * rounds
    done = await interleaved(measure.cells(count), rounds=rounds, attempts=attempts)

    def rate(measured: Measured) -> float:
        return measured.per_cpu_second

    figures = {f"{cell} per cpu-s": done.median(cell, rate) for cell in done.cells}
    figures |= {f"{cell} p99 ms": done.median(cell, lambda m: m.quantile_ms(0.99)) for cell in done.cells}
    figures |= {f"{cell} server share": done.median(cell, lambda m: m.taken.server) for cell in done.cells}
    figures |= {
        f"{cell} generator share": done.median(cell, lambda m: m.taken.generator) for cell in done.cells
    }
    rows: list[Row] = []
    for cell, what in (("ballots", "durable ballots"), ("with own view", "the same with own view")):
        for other, goals, name in (("echo", 0, "own echo"), ("node", 1, "Node's bare echo")):
            reach, aim = GOALS[count][goals] if count in GOALS else (None, None)
            row = Row(f"{what} ÷ {name}, {count:,} connections", done.ratio(cell, other, rate), reach, aim)
            row.more_is_better, row.span = True, done.spread(cell, other, rate)
            row.figures = {} if rows else figures
            rows.append(row.of(done, cell, other))
    return rows
