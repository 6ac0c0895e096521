"""The devices of a room as the generator plays them: phones and table laptops, and the console.

Frames are made by the pure client's own functions before they are needed (`wire.command_frame`), and
what comes is told apart by its first bytes, so that the generator measures the server and not itself.
"""

import os
from collections.abc import Sequence

from picows import WSTransport

from app.client import ClientCore
from app.core import commands as c
from app.core.commands import AnyCommand, CastBallot, Channel
from app.core.ids import CommandId, KeypadId, Round, SeatId
from app.realtime import wire
from loadtest.room import FIRST, OPTIONS, QUESTION
from loadtest.servers import Device, Server
from loadtest.sockets import Wire, connect, connect_all, until

ACK, VIEW, WELCOME = b'{"t":"ack"', b'{"t":"view"', b'{"t":"welcome"'
TICK, BUSY = b'{"t":"tick"', b'{"t":"busy"'
ID_AT = len(b'{"t":"ack","id":"')
ID_END = ID_AT + 36


class Unexpected(Exception):
    """The server said something that has no place in this measurement."""


class Guest(Wire):
    """A device that is welcomed, and counts what it hears.

    Attributes:
        welcomed: Whether the server let it in (on this connection).
        views: View frames heard on this connection; `view_bytes` their size.
        resume: The secret for the next connection.
        trouble: Frames that were neither expected nor passed over.
    """

    def __init__(self, token: str, channels: tuple[str, ...] | None) -> None:
        super().__init__()
        self.token, self.channels = token, channels
        self.resume: str | None = None
        self.welcomed = False
        self.views = self.view_bytes = 0
        self.trouble: list[bytes] = []

    def hello(self) -> bytes:
        """The first frame of a connection: with the resume secret where there is one."""
        token = self.token if self.resume is None else None
        hello = wire.Hello(protocol=wire.PROTOCOL, channels=self.channels, token=token, resume=self.resume)
        return wire.encode(hello)

    def on_ws_connected(self, transport: WSTransport) -> None:
        super().on_ws_connected(transport)
        self.gone = self.welcomed = False
        self.views = self.view_bytes = 0
        self.say(self.hello())

    def heard(self, data: bytes) -> None:
        if data.startswith(ACK):
            self.acked(data)
        elif data.startswith(VIEW):
            self.views += 1
            self.view_bytes += len(data)
            self.seen(data)
        elif data.startswith(WELCOME):
            welcome = wire.read_server(data)
            assert isinstance(welcome, wire.Welcome)
            self.resume, self.welcomed = welcome.resume, True
        elif not data.startswith(TICK):
            self.trouble.append(data)
            self.odd(data)

    def acked(self, data: bytes) -> None:
        """A command was acknowledged."""

    def seen(self, data: bytes) -> None:
        """A view frame has come."""

    def odd(self, data: bytes) -> None:
        """Something else has come: a nack, busy, bye."""


class Asking(Guest):
    """A device that gives commands one after another before it is measured."""

    def __init__(self, token: str, channels: tuple[str, ...] | None) -> None:
        super().__init__(token, channels)
        self.asked = self.answered = 0

    def ask(self, said: AnyCommand) -> None:
        self.asked += 1
        self.say(wire.command_frame(new_command(), said))

    def acked(self, data: bytes) -> None:  # noqa: ARG002
        self.answered += 1


class Phone(Asking):
    """One seat's phone."""

    def __init__(self, device: Device, *, follows: bool = False) -> None:
        words = ("words",) if follows else ()
        super().__init__(device.token, ("keypad", f"seat:{device.place}", *words))
        self.seat = SeatId(device.place)


class Laptop(Asking):
    """A table's laptop with a pad for each seat."""

    def __init__(self, device: Device, seats: Sequence[SeatId], *, follows: bool = True) -> None:
        words = ("words",) if follows else ()
        super().__init__(device.token, ("tables", f"table:{device.place}", *words))
        self.table, self.keypad, self.seats = device.place, device.keypad, list(seats)


class Console(Asking):
    """Whoever opens and closes the votes, with a whole client behind it: knows its views.

    Attributes:
        reads: Whether its views are read, and not only counted. In a vote they are 100 KB twice a second:
            a generator that measures would be late by it.
    """

    def __init__(self, token: str, channels: tuple[str, ...] | None = None) -> None:
        super().__init__(token, channels)
        self.core = ClientCore(os.urandom, lambda: 0.5, token=token, channels=channels)
        self.reads = True

    def hello(self) -> bytes:
        return self.core.hello(0.0)

    def heard(self, data: bytes) -> None:
        if self.reads:
            self.core.received(data, 0.0)
        super().heard(data)

    async def do(self, said: AnyCommand) -> None:
        """Give a command and wait until it is acknowledged."""
        self.ask(said)
        await until(lambda: self.answered == self.asked or self.trouble, said=type(said).__name__)
        if self.trouble:
            raise Unexpected(self.trouble[0].decode())


def new_command() -> CommandId:
    return CommandId("cmd_" + os.urandom(16).hex())


def ballot(seat: SeatId, turn: int, round_: int = FIRST) -> CastBallot:
    """The ballot that a seat casts at its turn."""
    return CastBallot(QUESTION, Round(round_), seat, (OPTIONS[turn % len(OPTIONS)],))


def ballot_frames(seat: SeatId, count: int) -> list[bytes]:
    """So many ballots of a seat, ready to be sent."""
    return [wire.command_frame(new_command(), ballot(seat, turn)) for turn in range(count)]


async def console(
    server: Server, role: str = "organiser", channels: tuple[str, ...] | None = None
) -> Console:
    """A welcomed console."""
    made = await connect(server.url, Console(server.token(role), channels))
    await until(lambda: made.welcomed, said="the welcome of a console")
    return made


async def arrive(server: Server, guests: Sequence[Guest], at_once: int = 200) -> None:
    """Connect devices and wait until all are welcomed."""
    await connect_all(server.url, guests, at_once)
    await until(lambda: all(guest.welcomed for guest in guests), said="everybody is welcomed")


async def take_seats(phones: Sequence[Phone]) -> None:
    """Each phone takes its seat."""
    for phone in phones:
        phone.ask(c.JoinSeat(phone.seat))
    await settled(phones)


async def bind_pads(laptops: Sequence[Laptop]) -> None:
    """Each laptop takes its seats' pads."""
    for laptop in laptops:
        for seat in laptop.seats:
            laptop.ask(c.BindKeypad(seat, KeypadId(f"{laptop.keypad}:{seat}"), Channel.LAPTOP))
    await settled(laptops)


async def settled(guests: Sequence[Asking]) -> None:
    """Wait until everything asked is acknowledged.

    Raises:
        Unexpected: Something was refused.
    """
    await until(
        lambda: all(g.answered == g.asked or g.trouble for g in guests), said="everything is acknowledged"
    )
    for guest in guests:
        if guest.trouble:
            raise Unexpected(guest.trouble[0].decode())
