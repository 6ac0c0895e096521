"""A server under test, in a process of its own: the real one, a bare echo, or a floor that only writes.

    hall    the program as `serve` runs it: every check, commitments, chain, log on disk, one meeting of
            tables × seats. Only the rate of ballots a seat is raised (the check stays), so that some
            hundred connections can load a server that is made for thousands.
    echo    the same protocol class and event loop, with a session that sends every frame back. A frame
            ``state <bytes> <hertz> <seconds>`` makes it send that many prepared bytes to everybody so
            often, in chunks that yield, each time within 0 seconds or spread over so many, as the hall does.
    floor   the same, but ``state <bytes> 0 0`` writes prepared bytes straight to every transport at once.

It says on its output, as one line of JSON, where it listens and (hall) the tokens of the devices.
"""

import argparse
import asyncio
import json
import os
import socket
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import uvicorn
import uvloop

from app.core.capability import Role
from app.core.ids import MeetingId
from app.log.heads import Known
from app.log.port import Position, Segment
from app.log.sql import Run, SqlLog
from app.main import Server
from app.main import serve as run_program
from app.realtime.connection import Connection
from app.realtime.delivery import REST_S
from app.realtime.lobby import Lobby
from app.realtime.rates import Rate, Rates
from app.settings import Settings
from app.web.auth import Doors
from app.web.door import Door, prepared
from app.web.house import House
from app.web.serve_protocol import ServeProtocol, text_frame, uvicorn_options
from app.web.serving import raise_gc_thresholds
from app.web.sessions import Joined
from loadtest.room import Room

CONNECTIONS_MAX = 19_900
FAST = Rate(1_000_000, 1_000, 1_000_000)
CHUNK = 100
WRITTEN = 10
"""Events that the control of `run.py` writes: the plan, and the opening."""
STATE = b"state "


class Echo:
    """A session that sends back what it gets."""

    def __init__(self, lobby: "EchoLobby", transport: ServeProtocol) -> None:
        self._lobby, self._transport = lobby, transport
        transport.allow(64 * 1024)

    def received(self, data: bytes) -> None:
        if data.startswith(STATE):
            size, hertz, spread_s = data.split()[1:]
            self._lobby.state(int(size), float(hertz), float(spread_s))
        else:
            self._transport.send([data])

    def received_binary(self) -> None:
        """Nothing sends any."""

    def lost(self) -> None:
        self._lobby.transports.pop(self._transport, None)

    def paused(self) -> None:
        """The transport keeps what it has not sent."""

    def resumed(self) -> None:
        """Nothing waits."""


class EchoLobby:
    """Takes connections and lets each echo."""

    def __init__(self, *, bare: bool) -> None:
        self.transports: dict[ServeProtocol, None] = {}
        self._bare = bare
        self._sending: asyncio.Task[None] | None = None

    def full(self) -> bool:
        return False

    def connect(self, transport: ServeProtocol, *, origin: str | None, address: str) -> Echo:  # noqa: ARG002
        self.transports[transport] = None
        return Echo(self, transport)

    def state(self, size: int, hertz: float, spread_s: float) -> None:
        """Send so many bytes to everybody, once or so often, each time spread over so many seconds."""
        if self._sending is not None:
            self._sending.cancel()
        if self._bare:
            frame = text_frame(b"s" * size)
            for transport in self.transports:
                transport._transport.write(frame)
        else:
            self._sending = asyncio.get_running_loop().create_task(self._send(b"s" * size, hertz, spread_s))

    async def _send(self, payload: bytes, hertz: float, spread_s: float) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while size := len(payload):
            transports = tuple(self.transports)
            for number, transport in enumerate(transports):
                transport.send([payload])
                rest_s = due + spread_s * (number + 1) / len(transports) - loop.time()
                if rest_s >= REST_S or number % CHUNK == CHUNK - 1:
                    await asyncio.sleep(rest_s if rest_s >= REST_S else 0)
            if not hertz:
                return
            due = max(due + 1 / hertz, loop.time())
            payload = b"s" * size  # a new frame each time, as in life
            await asyncio.sleep(due - loop.time())


def listening() -> socket.socket:
    """A socket on a free port, with the options of the program's own."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", int(os.environ.get("LOADTEST_PORT", "0"))))
    listener.listen(4096)
    prepared([listener])
    return listener


async def serve(app: Any, door: Door, listener: socket.socket) -> None:
    """Serve until stopped, with the options of the program's own."""
    config = uvicorn.Config(
        app, loop="uvloop", http="httptools", log_level="warning", access_log=False, lifespan="off",
        backlog=4096, **uvicorn_options(door),
    )  # fmt: skip
    await uvicorn.Server(config).serve(sockets=[listener])


def ready(**said: Any) -> None:
    """Tell whoever started us."""
    print(json.dumps(said), flush=True)


async def run_echo(*, bare: bool) -> None:
    door = Door(cast(Lobby, EchoLobby(bare=bare)), frozenset())
    listener = listening()
    ready(port=listener.getsockname()[1])
    await serve(None, door, listener)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is wanted of a hall, and what it is to say."""

    data: Path
    room: Room
    phones: int
    laptops: int
    ways: bool
    codes: bool
    real_rates: bool


def run_hall(wanted: Wanted) -> int:
    """Run the program itself until it is stopped."""
    settings = Settings(
        data_dir=wanted.data, port=int(os.environ.get("LOADTEST_PORT", "0")), connections_max=CONNECTIONS_MAX,
        log_level="warning",
    )  # fmt: skip

    async def opened(server: Server) -> None:
        house = server.house
        if not house.entries:
            await house.create_meeting(wanted.room.plan())
        meeting = next(iter(house.entries))
        said: dict[str, Any] = {}
        if wanted.codes:
            said = await codes_of(house, meeting)
        elif wanted.ways:
            said = await ways_in(server, meeting, wanted.phones, wanted.laptops)
        ready(port=house.settings.port, meeting=meeting, **said)

    return run_program(settings, rates=None if wanted.real_rates else Rates(ballots=FAST), opened=opened)


def leak() -> None:
    """Keep every connection that is gone, a file and half a megabyte with it: the control of `hours.py`."""
    lost, kept = Lobby.lost, []

    def keep(lobby: Lobby, connection: Connection) -> None:
        kept.append((connection, os.dup(0), os.urandom(500_000)))
        lost(lobby, connection)

    Lobby.lost = keep  # type: ignore[assignment,method-assign]


def leave_unwritten() -> None:
    """Say that everything is written, and write the beginning only: the control of `run.py`."""
    insert, write_down = SqlLog._insert, SqlLog._write_down

    async def inserted(log: SqlLog, run: Run, segment: Segment, expected: Position) -> Position:
        if expected.offset < WRITTEN:
            return await insert(log, run, segment, expected)
        return Position(expected.epoch, segment.last)

    def written_down(log: SqlLog, reached: Known) -> None:
        if reached.position.offset <= WRITTEN:
            write_down(log, reached)

    SqlLog._insert = inserted  # type: ignore[assignment,method-assign]
    SqlLog._write_down = written_down  # type: ignore[assignment,method-assign]


async def codes_of(house: House, meeting: MeetingId) -> dict[str, Any]:
    """What an organiser prints and hands out."""
    return {
        "roles": {way.capability.role.value: way.secret for way in await house.links(meeting)},
        "seats": {way.capability.label: way.code for way in await house.codes(meeting, Role.PARTICIPANT)},
        "tables": {
            way.capability.label: way.code for way in await house.codes(meeting, Role.TABLE_FACILITATOR)
        },
    }


async def ways_in(server: Server, meeting: MeetingId, phones: int, laptops: int) -> dict[str, Any]:
    """Tokens of as many phones and laptops as wanted, in the room's order, and of one device a role."""
    house, doors = server.house, server.house.doors
    links = {way.capability.role.value: way.secret for way in await house.links(meeting)}
    roles = {role: (await enter(doors, secret)).token for role, secret in links.items()}
    return {
        "roles": roles,
        "phones": await tokens(house, meeting, Role.PARTICIPANT, phones),
        "laptops": await tokens(house, meeting, Role.TABLE_FACILITATOR, laptops),
    }


async def tokens(house: House, meeting: MeetingId, role: Role, count: int) -> list[tuple[str, str, str]]:
    """(place, token, device) of so many places."""
    if not count:
        return []
    ways = (await house.codes(meeting, role))[:count]
    made: list[Joined] = []
    for at in range(0, len(ways), 500):
        some = ways[at : at + 500]
        made += await asyncio.gather(*[enter(house.doors, way.code or "") for way in some])
    return [
        (way.capability.label, each.token, each.who.capability.device if each.who.capability else "")
        for way, each in zip(ways, made, strict=True)
    ]


async def enter(doors: Doors, secret: str) -> Joined:
    joined = await doors.join(secret, browser=False)
    assert isinstance(joined, Joined), joined
    return joined


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description="A server under test.")
    parser.add_argument("kind", choices=("hall", "echo", "floor"))
    parser.add_argument("--data", type=Path)
    parser.add_argument("--tables", type=int, default=4)
    parser.add_argument("--seats", type=int, default=10)
    parser.add_argument("--phones", type=int, default=0)
    parser.add_argument("--laptops", type=int, default=0)
    parser.add_argument("--codes", action="store_true", help="say the codes instead of joining with them")
    parser.add_argument("--real-rates", action="store_true", help="the rates of the rules, not raised")
    parser.add_argument("--leaky", action="store_true", help="the control of hours.py")
    parser.add_argument("--unwritten", action="store_true", help="the control of run.py")
    parser.add_argument("--no-ways", action="store_true", help="let nobody in who is not in already")
    said = parser.parse_args(arguments)
    if said.leaky:
        leak()
    if said.unwritten:
        leave_unwritten()
    if said.kind == "hall":
        room = Room(said.tables, said.seats)
        wanted = Wanted(
            said.data, room, said.phones, said.laptops, not said.no_ways, said.codes, said.real_rates
        )
        sys.exit(run_hall(wanted))
    raise_gc_thresholds(Settings())
    uvloop.run(run_echo(bare=said.kind == "floor"))


if __name__ == "__main__":
    main(sys.argv[1:])
