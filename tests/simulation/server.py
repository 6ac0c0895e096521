"""The real server in the simulated world, all but its sockets; started, crashed, started again."""

import asyncio
import random
from collections.abc import Iterable, Mapping

from app.core.capability import Capability
from app.core.commands import PrepareMeeting, StartMeeting
from app.core.ids import QuestionId, Round
from app.realtime.ballot_keys import MemoryBallotKeys
from app.realtime.blobs import Blobs
from app.realtime.connection import Connection
from app.realtime.hall import Hall
from app.realtime.intake import SERVER
from app.realtime.lobby import Lobby
from app.verify import count_round
from tests.fakes import MEETING, ORGANISER, START_MS, Dice, Gatekeeper, plan, say
from tests.simulation.disk import Disk, DiskLog
from tests.simulation.network import Line


class SkewedClock:
    """The server's wall clock: the world's time, and how far it is off."""

    def __init__(self) -> None:
        self.ahead_ms = 0

    def now_ms(self) -> int:
        return START_MS + round(asyncio.get_running_loop().time() * 1000) + self.ahead_ms


class Server:
    """A process on a disk. `hall` is `None` while it is down."""

    def __init__(self, disk: Disk, dice: random.Random, people: Iterable[Capability], tables: int) -> None:
        self.disk, self.dice, self.tables = disk, dice, tables
        self.clock = SkewedClock()
        self.keys = MemoryBallotKeys(Dice(dice.getrandbits(32)))
        self.gate = Gatekeeper(people)
        self.hall: Hall | None = None
        self.lobby: Lobby | None = None
        self.starts = 0
        self.faults = 0
        self._log: DiskLog | None = None
        self._lines: dict[Line, None] = {}

    @property
    def up(self) -> bool:
        return self.hall is not None

    async def start(self) -> None:
        """Replay what the disk has, and open the doors."""
        self._log = DiskLog(self.disk)
        log, entropy = self._log, Dice(self.dice.getrandbits(32))

        async def recount(question: QuestionId, number: Round) -> Mapping[str, int]:
            await asyncio.sleep(self.dice.uniform(0, 0.05))
            lines = [line async for s in log.read_after(0) for line in s.body.split(b"\n") if line]
            return count_round(lines, question, number)

        hall = await Hall.open(
            log,
            clock=self.clock,
            keys=self.keys,
            recount=recount,
            blobs=Blobs(bytes(32), MEETING, entropy),
            dice=entropy,
        )
        self.starts += 1
        if log.position.offset == 0:
            await hall.submit(PrepareMeeting(MEETING, plan(self.tables)), SERVER)
            await hall.submit(StartMeeting(), ORGANISER)
        loop = asyncio.get_running_loop()
        self.lobby = Lobby(self.gate, say, assets="a1", now=loop.time)
        self.lobby.add(hall)
        self.hall = hall
        hall.broken.add_done_callback(self._broken)

    def _broken(self, broken: "asyncio.Future[None]") -> None:
        if not broken.cancelled():
            broken.exception()
            self.crash()

    def connect(self, line: Line) -> Connection | None:
        """A handshake; `None` where nobody listens."""
        if self.lobby is None:
            return None
        self._lines[line] = None
        return self.lobby.connect(line, origin=None, address="192.0.2.1")

    def crash(self) -> None:
        """The process is gone, with all it held in memory but the keys, which are files."""
        hall, lobby, log = self.hall, self.lobby, self._log
        if hall is None or lobby is None or log is None:
            return
        self.hall = self.lobby = None
        self.faults += hall.audience.faults
        hall._closing = True
        log.stop()
        for task in (*hall._tasks, *lobby._admitting, *([lobby._sweeping] if lobby._sweeping else [])):
            task.cancel()
        hall.audience.close()
        lines, self._lines = self._lines, {}
        for line in lines:
            line.server_dies()

    async def stop(self) -> None:
        """SIGTERM: what was being written is answered, everybody is told to come back."""
        hall, lobby = self.hall, self.lobby
        if hall is None or lobby is None:
            return
        await lobby.drain()
        self.crash()
