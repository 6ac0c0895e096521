"""One running meeting, without HTTP: the log, the meeting, the intake, the writer, the hub, together.

Tests, the web and the command line all use it, so that there is one way a
command goes. Everything that reads the meeting goes through `settled`, the
moment between two batches: what is read then is durable.
"""

import asyncio
import logging
import os
from collections import deque
from collections.abc import Callable, Mapping
from typing import Self

from app.core import views
from app.core.capability import Capability
from app.core.commands import AnyCommand, LoseKey
from app.core.ids import CommandId, KeypadId
from app.core.meeting import Meeting
from app.log.port import EventLog, Position
from app.realtime import wire
from app.realtime.answers import Answer, Busy, Caller
from app.realtime.ballot_keys import BallotKeys
from app.realtime.batch import Item
from app.realtime.clock import Clock
from app.realtime.connection import Connection
from app.realtime.doorkeeper import Admission
from app.realtime.hub import NOTHING, Flush, Hub
from app.realtime.intake import SERVER, Intake
from app.realtime.rates import Rates
from app.realtime.rebuild import Progress, rebuild
from app.realtime.session import Phase
from app.realtime.writer import Recount, Writer

DELIVERIES_AT_ONCE = 100
logger = logging.getLogger(__name__)


class Call:
    """A command from inside the process (HTTP API, command line, server): waits for one answer."""

    def __init__(self) -> None:
        self.gone = False
        self._answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()

    def answered(self, command: CommandId, answer: Answer) -> None:  # noqa: ARG002
        if not self._answer.done():
            self._answer.set_result(answer)

    def delivered(self) -> None:
        """Nothing to gather."""

    async def wait(self) -> Answer:
        return await self._answer


class _Views:
    """The views of the meeting that the intake holds now."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake

    def snapshot(self, channel: str) -> Mapping[str, object | None]:
        return views.snapshot(self._intake.meeting, channel)

    def entries(self, channel: str, topic: str) -> Mapping[str, object | None]:
        return views.entries(self._intake.meeting, channel, topic)


class Hall:
    """A meeting that runs.

    Attributes:
        clock: The meeting's time.
        hub: The channels and who hears them.
        broken: Done with the fault when the log can take no more: the process has to end (70).
    """

    def __init__(
        self,
        log: EventLog,
        meeting: Meeting,
        head: bytes,
        *,
        clock: Clock,
        keys: BallotKeys,
        recount: Recount,
        dice: Callable[[int], bytes],
        rates: Rates | None,
    ) -> None:
        self.clock = clock
        self.log = log
        self._dice = dice
        self._keys = keys
        self._intake = Intake(meeting, head, keys=keys, dice=dice, connected=self.connected, rates=rates)
        self.hub = Hub(_Views(self._intake))
        self._writer = Writer(
            log, self._intake, clock=clock, keys=keys, recount=recount,
            rebuilt=lambda: rebuild(log), settled=self._settled_after,
        )  # fmt: skip
        self._loop = asyncio.get_running_loop()
        self.broken: asyncio.Future[None] = self._loop.create_future()
        self._position = log.position
        self._head = head
        self._devices: dict[KeypadId, Connection] = {}
        self._present: dict[Connection, None] = {}
        self._when_settled: deque[Callable[[], None]] = deque()
        self._deliveries: deque[Flush | bytes] = deque()
        self._to_deliver = asyncio.Event()
        self._flush_at: asyncio.TimerHandle | None = None
        self._tasks: list[asyncio.Task[None]] = []

    @classmethod
    async def open(
        cls,
        log: EventLog,
        *,
        clock: Clock,
        keys: BallotKeys,
        recount: Recount,
        dice: Callable[[int], bytes] = os.urandom,
        rates: Rates | None = None,
        progress: Progress | None = None,
    ) -> Self:
        """Replay the log and begin to work.

        What a crash has left undone is done first: redacted texts are erased, keys of rounds that
        are not open are deleted, and an open anonymous round whose key is gone is made void.

        Raises:
            LogDamaged: The chain does not hold.
        """
        meeting, head = await rebuild(log, progress)
        hall = cls(
            log, meeting, head, clock=clock, keys=keys, recount=recount, dice=dice, rates=rates
        )  # fmt: skip
        erased = tuple(part for redaction in meeting.redactions for part in redaction.erased)
        if erased:
            await log.erase(erased)
        lost = await hall._tidy_keys()
        hall._tasks = [
            hall._loop.create_task(hall._write()),
            hall._loop.create_task(hall._deliver()),
            hall._loop.create_task(hall._beat()),
        ]
        if lost is not None:
            await hall.submit(lost, SERVER)
        return hall

    async def _tidy_keys(self) -> LoseKey | None:
        questions = self._intake.meeting.questions
        opened = questions.questions[questions.open] if questions.open is not None else None
        mine = (opened.id, opened.now.number) if opened is not None and opened.rules.anonymous else None
        for held in self._keys.held():
            if held != mine:
                await self._keys.forget(*held)
        return LoseKey(*mine) if mine is not None and self._keys.key(*mine) is None else None

    # --- reading ---------------------------------------------------------------------------

    @property
    def meeting(self) -> Meeting:
        """The meeting. Read it only where nothing is being written (`settled`), or for what never changes."""
        return self._intake.meeting

    @property
    def position(self) -> Position:
        """The last durable event that anybody has been told of."""
        return self._position

    async def settled(self) -> Meeting:
        """The meeting as of a durable position; good until the next await."""
        if not self._intake.settled:
            waiting: asyncio.Future[None] = self._loop.create_future()
            # called between two batches, but whoever awaits it goes on later: so ask again
            self._when_settled.append(lambda: waiting.done() or waiting.set_result(None))
            await waiting
            return await self.settled()
        return self._intake.meeting

    def when_settled(self, do: Callable[[], None]) -> None:
        """Do something at the next moment at which all that was applied is durable; perhaps at once."""
        if self._intake.settled:
            do()
        else:
            self._when_settled.append(do)
