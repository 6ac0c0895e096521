"""A day in a seeded world: the real program, a bad network, a bad disk, and people who keep pressing.

How this works. Everything runs on one virtual loop: the server's hall, lobby, sessions, outboxes,
intake, writer and codec as they are; clients' pure core; lines and a disk of the simulation. Faults
come at random for some minutes. Then all is mended, everybody comes back, and the oracle judges.
"""

import asyncio
import hashlib
import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from app.client.core import Final
from app.core.capability import Capability, Role
from app.core.commands import AnyCommand, CastBallot, SendMessage
from app.core.ids import CommandId, MessageId, OptionId, QuestionId, Round, TableId
from app.log.port import Genesis
from app.realtime import wire
from tests.fakes import MEETING, ORGANISER, capability, laptop, phone
from tests.simulation.disk import Disk
from tests.simulation.network import Line, Weather
from tests.simulation.oracle import Oracle
from tests.simulation.people import PAIRS, Device, device_of
from tests.simulation.server import Server
from tests.simulation.virtual import VirtualLoop

STORM_SECONDS = 240.0
LIVE_AGAIN_SECONDS = 30.0
CALM_SECONDS = 240.0
SETTLE_SECONDS = 25.0


@dataclass
class Outcome:
    """What became of a seed."""

    seed: int
    wrong: list[str]
    trace: str
    events: int = 0
    heard: dict[str, int] = field(default_factory=dict)
    starts: int = 0
    faults: dict[str, int] = field(default_factory=dict)
    live_again_seconds: float = 0.0
    samples: int = 0
    """Draws of the sample audit that came to an end."""


class World:
    """Everything that happens in one seed."""

    def __init__(self, seed: int, clients: int) -> None:
        self.dice = random.Random(seed)
        self.loop = asyncio.get_running_loop()
        tables = max(1, clients // 12)
        self.disk = Disk(Genesis(MEETING, "hall", "epoch-1"), random.Random(self.dice.getrandbits(64)))
        self.oracle = Oracle(self.disk)
        self.weather = Weather(random.Random(self.dice.getrandbits(64)))
        people = list(self._people(tables, clients))
        self.server = Server(self.disk, random.Random(self.dice.getrandbits(64)), people, tables)
        self.devices = [device_of(self, by, self.dice.getrandbits(63)) for by in people]
        self.faults: dict[str, int] = {}
        self.stormy = True
        self._digest = hashlib.sha256()
        self._lines: dict[Line, None] = {}
        self._starting: asyncio.Task[None] | None = None
        self.loop.set_exception_handler(self._unforeseen)

    def _unforeseen(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        self.oracle.wrong.append(f"unforeseen: {context.get('exception')!r} ({context['message']})")

    @staticmethod
    def _people(tables: int, clients: int) -> Iterator[Capability]:
        yield ORGANISER
        yield capability(Role.VIEWER)
        yield capability(Role.THEME_LEADER)
        if tables >= PAIRS:
            yield capability(Role.AREA_MANAGER, tables=tuple(TableId(str(t)) for t in range(1, tables + 1)))
        for table in range(1, tables + 1):
            yield laptop(table)
        seats = [(table, seat) for table in range(1, tables + 1) for seat in range(1, 11)]
        for table, seat in seats[: max(1, clients - tables - 3)]:
            yield phone(table, seat)

    # --- the street --------------------------------------------------------------------------

    def dial(self, device: Device) -> Line | None:
        """A device connects, unless the server is down."""
        line = Line(self.weather, device, self._note)
        line.server = self.server.connect(line)
        if line.server is None:
            return None
        self._lines[line] = None
        return line

    def asked(self, device: Device, command: CommandId, said: AnyCommand) -> None:  # noqa: ARG002
        self.oracle.note(command, said)

    def answered(self, device: Device, command: CommandId, answer: Final) -> None:  # noqa: ARG002
        self.oracle.hears(command, answer)

    def hands(self, question: QuestionId, number: Round, table: TableId) -> dict[OptionId, int]:
        return self.oracle.hands_of(question, number, table)

    def _note(self, way: str, frame: bytes) -> None:
        self._digest.update(f"{self.loop.time():.6f}{way}".encode() + frame)

    # --- faults ------------------------------------------------------------------------------

    async def storm(self) -> None:
        """Faults, one after another, for some minutes."""
        end = self.loop.time() + STORM_SECONDS
        kinds: list[tuple[Callable[[], None], int]] = [
            (self.cut_some, 6), (self.clog_some, 4), (self.crash, 3), (self.stop, 1), (self.fill_disk, 2),
            (self.break_disk, 1), (self.jump_clock, 1), (self.slow_network, 2), (self.slow_readers, 1),
            (self.second_line, 4), (self.say_again, 8),
        ]  # fmt: skip
        while self.loop.time() < end:
            await asyncio.sleep(self.dice.expovariate(1 / 4))
            fault = self.dice.choices([f for f, _ in kinds], [w for _, w in kinds])[0]
            self.faults[fault.__name__] = self.faults.get(fault.__name__, 0) + 1
            fault()

    def some(self) -> list[Device]:
        share = self.dice.choice([0.05, 0.3, 1.0])
        return [d for d in self.devices if d.line is not None and self.dice.random() < share]

    def cut_some(self) -> None:
        for device in self.some():
            if device.line is not None:
                device.line.cut(told=self.dice.random() < 0.7)

    def clog_some(self) -> None:
        """Clog lines one by one, and let them go again in another order."""
        lines = [d.line for d in self.some() if d.line is not None]
        for line in lines:
            self.loop.call_later(self.dice.uniform(0, 3), line.hold)
            self.loop.call_later(self.dice.uniform(4, 40), line.heal)

    def crash(self) -> None:
        self.server.crash()
        self.start_soon(self.dice.uniform(0.2, 8))

    def stop(self) -> None:
        if self._starting is None:
            self._starting = self.loop.create_task(self._restart())

    async def _restart(self) -> None:
        await self.server.stop()
        self._starting = None
        self.start_soon(1.0)

    def start_soon(self, seconds: float) -> None:
        if self._starting is None:
            self._starting = self.loop.create_task(self._start(seconds))

    async def _start(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        if not self.server.up:
            await self.server.start()
        self._starting = None

    def fill_disk(self) -> None:
        self.disk.full_until = self.loop.time() + self.dice.uniform(1, 10)

    def break_disk(self) -> None:
        self.disk.breaks = True

    def jump_clock(self) -> None:
        self.server.clock.ahead_ms += self.dice.choice([-3_600_000, -5_000, 5_000, 60_000])

    def slow_network(self) -> None:
        self.weather.slow = self.dice.choice([0.002, 0.05, 0.6])

    def slow_readers(self) -> None:
        for device in self.some()[:3]:
            if device.line is not None:
                device.line.reads_per_second = self.dice.choice([200.0, 5_000.0])

    def second_line(self) -> None:
        """Devices that open a new line while the old one still carries frames."""
        for device in self.some()[:5]:
            device.line = None
            device.dial()

    def say_again(self) -> None:
        """Devices that send again what was acknowledged long ago."""
        done = [(d, c) for d in self.some() for c in self.oracle.asked if self._of(d, c)]
        for device, command in self.dice.sample(done, min(3, len(done))):
            device.core.ask(self.oracle.asked[command], command)

    def _of(self, device: Device, command: CommandId) -> bool:
        said = self.oracle.asked[command]
        acked = isinstance(self.oracle.final.get(command), wire.Ack)
        return acked and isinstance(said, CastBallot) and said.seat == device.by.seat

    # --- the day -----------------------------------------------------------------------------

    async def live(self) -> Outcome:
        """Storm, calm, judgement."""
        await self.server.start()
        for device in self.devices:
            device.begin()
        watch = self.loop.create_task(self._watch())
        await self.storm()
        again = await self._calm()
        watch.cancel()
        wrong = await self._judged(again)
        hall = self.server.hall
        outcome = Outcome(
            0, wrong, self._digest.hexdigest(), self.oracle.last, dict(self.oracle.heard), self.server.starts,
            self.faults, again, self.oracle.samples,
        )  # fmt: skip
        if hall is not None and self.server.faults + hall.audience.faults:
            outcome.wrong.append("a view, an answer or a delivery failed inside the server")
        self.server.crash()
        return outcome

    async def _watch(self) -> None:
        """Whoever runs the server starts it again when it has ended."""
        while True:
            await asyncio.sleep(1.0)
            if not self.server.up:
                self.start_soon(0.5)

    async def _calm(self) -> float:
        """Mend everything; how long until a newcomer is served."""
        self.disk.full_until, self.disk.breaks, self.weather.slow = 0.0, False, 0.002
        for line in self._lines:
            if line.held:
                line.heal()
            line.reads_per_second = None
        began = self.loop.time()
        newcomer = capability(Role.LEAD_FACILITATOR, "newcomer")
        self.server.gate.add(newcomer)
        probe = device_of(self, newcomer, self.dice.getrandbits(63))
        probe.ask(SendMessage(MessageId(probe.new_id("msg")), {"en": "are you there"}))
        probe.begin()
        await self._until(lambda: not probe.busy_with, 2 * LIVE_AGAIN_SECONDS)
        self.devices.append(probe)
        return self.loop.time() - began

    async def _until(self, so: Callable[[], bool], seconds: float) -> None:
        """Let the world go on until it is so, or for so many seconds of its time."""
        end = self.loop.time() + seconds
        while not so() and self.loop.time() < end:  # noqa: ASYNC110 - of virtual time: nobody waits
            await asyncio.sleep(0.1)

    async def _judged(self, again: float) -> list[str]:
        for device in self.devices:
            device.do = lambda: None  # type: ignore[method-assign]
        await asyncio.sleep(wire.SILENCE_SECONDS + 5)  # until then a line may be dead and nobody knows
        await self._until(
            lambda: all(d.core.ready and not d.core.unsaved for d in self.devices), CALM_SECONDS
        )
        await asyncio.sleep(SETTLE_SECONDS)
        late = [] if again <= LIVE_AGAIN_SECONDS else [f"a newcomer was served after {again:.0f} s"]
        if self.server.hall is None:
            return [*late, "the server is down"]
        away = [f"{d.by.id} has not come back" for d in self.devices if not d.core.ready]
        return [*late, *away, *self.oracle.judge(self.server.hall.meeting, self.devices)]


def clients_of(seed: int) -> int:
    """How many clients a seed has: a few, enough tables for a sample audit, and a whole hall now and then."""
    if seed % 50 == 0:
        return 1_000
    return 80 if seed % 6 == 0 else random.Random(seed).randint(5, 60)


def run(
    seed: int, clients: int, planted: Callable[[World], AbstractContextManager[None]] | None = None
) -> Outcome:
    """Live one seed from beginning to end."""

    async def day() -> Outcome:
        world = World(seed, clients)
        with planted(world) if planted else nullcontext():
            return await world.live()

    loop = VirtualLoop()
    try:
        outcome = loop.run_until_complete(day())
    finally:
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.close()
    outcome.seed = seed
    return outcome
