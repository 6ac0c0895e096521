"""Rows 1 and 4: how long an acknowledgement takes under the load of a day, beside an echo under the same.

The usual hall: 500 table laptops with ten pads each, their pages' views, a console, a screen and an area
manager; one question, 5,000 votes within 20 s, or within 5 s, each time in a round of its own. Row 4:
5,000 phones, 2,000 ballots a second, and the plenary's words to everybody twice a second. The echoes send
back the same frames at the same times, and send frames of the same size to everybody as often as the hall
does: the echo of the ratio as fast as it can, the *calm echo* beside it spread over as long as the hall's.
"""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from app.core.commands import OpenVoting, RunAgain, Scene, SceneKind, StartMeeting, TakeScene, VoidRound
from app.core.ids import ScreenId, SeatId
from app.realtime import wire
from app.realtime.delivery import SPREAD_S
from app.realtime.hub import PACE_S
from loadtest.load import Measured, Offered, Speaker, steady, within
from loadtest.machine import Meter
from loadtest.people import (
    Console,
    Guest,
    Laptop,
    Phone,
    arrive,
    ballot,
    bind_pads,
    console,
    new_command,
    take_seats,
)
from loadtest.room import QUESTION, Room
from loadtest.rounds import Rounds, interleaved
from loadtest.rows import Row
from loadtest.servers import Device, Server, only, running, scratch, start, start_hall
from loadtest.sockets import Wire, connect, connect_all, cut_all

STATE_HERTZ = 2.0
AGAIN = {"en": "for the next measurement", "th": "สำหรับการวัดครั้งต่อไป"}
ECHO_ID_AT = len(b'{"t":"cast_ballot","id":"')


class OfferedPhone(Phone):
    """A phone whose answers are timed."""

    def __init__(self, device: Device, *, follows: bool) -> None:
        super().__init__(device, follows=follows)
        self.load: Offered | None = None

    def acked(self, data: bytes) -> None:
        if self.load is None:
            super().acked(data)
        else:
            self.load.acked(data)

    def odd(self, data: bytes) -> None:
        if self.load is not None:
            self.load.trouble.append(data)


class OfferedLaptop(Laptop):
    """A laptop whose answers are timed."""

    load: Offered | None = None

    def acked(self, data: bytes) -> None:
        if self.load is None:
            super().acked(data)
        else:
            self.load.acked(data)

    def odd(self, data: bytes) -> None:
        if self.load is not None:
            self.load.trouble.append(data)


class OfferedEcho(Wire):
    """A connection that wants its frames back, timed; counts the state that it hears."""

    def __init__(self, load: Offered) -> None:
        super().__init__()
        self.load, self.views = load, 0

    def heard(self, data: bytes) -> None:
        if data.startswith(b"{"):
            self.load.answered(data[ECHO_ID_AT : ECHO_ID_AT + 36])
        else:
            self.views += 1


Planned = tuple[list[tuple[Speaker, bytes, bytes]], list[float]]


@dataclass(slots=True)
class Hall:
    """A hall and an echo with the same people, and the ballots that they cast."""

    hall: Server
    echo: Server
    meter: Meter
    guests: list[Guest]
    speakers: dict[SeatId, OfferedPhone | OfferedLaptop]
    desk: Console
    turn: int = 0
    round: int = 0
    dice: random.Random = field(default_factory=lambda: random.Random(4))
    state_bytes: int = 1_400

    @property
    def servers(self) -> list[Server]:
        return [self.hall, self.echo]

    def ballots(self, speakers: Sequence[tuple[SeatId, Speaker]]) -> list[tuple[Speaker, bytes, bytes]]:
        """One ballot each, another choice than the last time."""
        self.turn += 1
        made = []
        for seat, speaker in speakers:
            id_ = new_command()
            said = ballot(seat, self.turn, self.round)
            made.append((speaker, wire.command_frame(id_, said), id_.encode()))
        return made

    async def vote(self, order: Sequence[SeatId], times: list[float]) -> Measured:
        """Cast a ballot of each seat at its time, through its device, in a round of its own."""
        with only(self.hall, self.servers):
            await self.begin()
            load = Offered()
            heard = [(guest.views, guest.view_bytes) for guest in self.guests]
            for speaker in self.speakers.values():
                speaker.load = load
            plan = self.ballots([(seat, self.speakers[seat]) for seat in order])
            stage = asyncio.create_task(self.keep_changing())
            try:
                done = await load.run(plan, times, self.meter, self.hall.pid)
            finally:
                stage.cancel()
            for speaker in self.speakers.values():
                speaker.load = None
            views = sum(guest.views - before for guest, (before, _) in zip(self.guests, heard, strict=True))
            size = sum(g.view_bytes - before for g, (_, before) in zip(self.guests, heard, strict=True))
            done.figures["state frames a connection and second"] = views / len(self.guests) / done.taken.wall
            done.figures["state bytes a frame"] = size / max(views, 1)
            return done

    async def begin(self) -> None:
        """Open a round in which nobody has voted; wait until everybody has seen it."""
        if self.round:
            await self.desk.do(VoidRound(QUESTION, AGAIN))
            await self.desk.do(RunAgain(QUESTION, AGAIN))
        await self.desk.do(OpenVoting(QUESTION))
        await self.desk.do(TakeScene(ScreenId("main"), Scene(SceneKind.VOTING, question=QUESTION)))
        self.round += 1
        await asyncio.sleep(4 * PACE_S)

    async def keep_changing(self) -> None:
        """Take the scene again twice a second: what everybody sees changes, whether or not counts do."""
        desk = self.desk
        while True:
            desk.ask(TakeScene(ScreenId("main"), Scene(SceneKind.VOTING, question=QUESTION)))
            await asyncio.sleep(1 / STATE_HERTZ)

    async def echoed(self, order: Sequence[SeatId], times: list[float], *, spread_s: float = 0.0) -> Measured:
        """The same frames at the same times through as many connections of the echo."""
        with only(self.echo, self.servers):
            load = Offered()
            wires = [OfferedEcho(load) for _ in self.guests]
            await connect_all(self.echo.url, wires)
            place = {id(guest): number for number, guest in enumerate(self.guests)}
            through = [(seat, wires[place[id(self.speakers[seat])]]) for seat in order]
            control = await connect(self.echo.url, OfferedEcho(load))
            control.say(b"state %d %f %f" % (self.state_bytes, STATE_HERTZ, spread_s))
            try:
                done = await load.run(self.ballots(through), times, self.meter, self.echo.pid)
            finally:
                control.say(b"state 0 1 0")
                await cut_all([*wires, control])
            done.figures["state frames a connection and second"] = (
                sum(wire.views for wire in wires) / len(wires) / done.taken.wall
            )
            return done

    async def compare(self, order: list[SeatId], times: list[float], rounds: int) -> Rounds:
        """All three in turns."""
        return await interleaved(
            {
                "hall": lambda: self.vote(order, times),
                "echo": lambda: self.echoed(order, times),
                "calm echo": lambda: self.echoed(order, times, spread_s=SPREAD_S),
            },
            rounds=rounds,
            attempts=1 if rounds == 1 else 2 * rounds,
        )


async def opened(server: Server) -> tuple[Console, list[Guest]]:
    """Open the meeting; the people of the stage stay."""
    desk = await console(server)
    await desk.do(StartMeeting())
    roles = [Guest(server.token(role), None) for role in ("screen", "area_manager")]
    await arrive(server, roles)
    desk.reads = False
    return desk, roles


def named(figure: str, measured: Measured) -> float:
    """One of the further figures."""
    return measured.figures[figure]


def rows_of(done: Rounds, name: str, reach: float, aim: float) -> list[Row]:
    """The rows from what was compared: the hall's 99th percentile by the echo's, and by the calm echo's."""

    def p99(measured: Measured) -> float:
        return measured.quantile_ms(0.99)

    figures = {}
    for cell in done.cells:
        for share, label in ((0.5, "p50"), (0.99, "p99"), (1.0, "max")):
            figures[f"{cell} {label} ms"] = done.median(cell, partial(Measured.quantile_ms, share=share))
        figures[f"{cell} server share"] = done.median(cell, lambda m: m.taken.server)
    for figure in done.cells["hall"][0].figures:
        figures[figure] = done.median("hall", partial(named, figure))
    return [
        Row(
            f"{name}: ack p99 ÷ {echo} p99",
            done.ratio("hall", echo, p99),
            reach,
            aim,
            span=done.spread("hall", echo, p99),
            figures=figures if echo == "echo" else {},
        ).of(done, "hall", echo)
        for echo in ("echo", "calm echo")
    ]


async def bench_usual(
    meter: Meter, *, tables: int = 500, windows: Sequence[float] = (20.0, 5.0), rounds: int = 3
) -> list[Row]:
    """Row 1."""
    room = Room(tables, 10)
    rows = []
    with scratch() as data:
        hall, echo = start_hall(data, room, laptops=tables), start("echo")
        with running(hall, echo):
            desk, _others = await opened(hall)
            laptops = [OfferedLaptop(each, room.seats_of(each.place)) for each in hall.laptops]
            await arrive(hall, laptops)
            await bind_pads(laptops)
            speakers = {seat: laptop for laptop in laptops for seat in laptop.seats}
            made = Hall(hall, echo, meter, list(laptops), dict(speakers), desk)
            for seconds in windows:
                order = list(speakers)
                made.dice.shuffle(order)
                times = within(len(order), seconds, made.dice)
                done = await made.compare(order, times, rounds)
                reach, aim = (2.5, 1.3) if seconds > 10 else (3.0, 1.5)
                name = f"usual hall, {len(order):,} votes in {seconds:.0f} s"
                rows += rows_of(done, name, reach, aim)
    return rows


async def bench_offered(
    meter: Meter, *, phones: int = 5_000, per_second: float = 2_000.0, seconds: float = 8.0, rounds: int = 3
) -> list[Row]:
    """Row 4."""
    room = Room((phones + 9) // 10, 10)
    with scratch() as data:
        hall, echo = start_hall(data, room, phones=phones), start("echo")
        with running(hall, echo):
            desk, _others = await opened(hall)
            people = [OfferedPhone(device, follows=True) for device in hall.phones]
            await arrive(hall, people)
            await take_seats(people)
            made = Hall(hall, echo, meter, list(people), {phone.seat: phone for phone in people}, desk)
            count = int(per_second * seconds)
            seats = [phone.seat for phone in people]
            made.dice.shuffle(seats)
            order = [seats[number % len(seats)] for number in range(count)]
            done = await made.compare(order, steady(count, per_second, made.dice), rounds)
            name = f"{per_second:,.0f} ballots/s, {phones:,} connections, state to all"
            return rows_of(done, name, 2.5, 1.3)
