"""One running meeting, without HTTP: the log, the meeting, the intake, the writer, the hub, together.

Tests, the web and the command line all use it, so that there is one way a
command goes. Everything that reads the meeting goes through `read`, in a moment
between two batches: what is seen then is durable.
"""

import asyncio
import logging
import os
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Self, TypeVar

from app.core.capability import Capability
from app.core.commands import AnyCommand, LoseKey, RestoreLog
from app.core.ids import CapabilityId, CommandId, KeypadId
from app.core.meeting import Meeting, Phase
from app.log.port import EventLog, LogFault, Position
from app.realtime import wire
from app.realtime.answers import Answer, Busy, Caller
from app.realtime.audience import Audience
from app.realtime.ballot_keys import BallotKeys
from app.realtime.batch import Item
from app.realtime.blobs import Blobs
from app.realtime.clock import Clock
from app.realtime.intake import SERVER, Intake
from app.realtime.rates import Rates
from app.realtime.rebuild import Progress, rebuild
from app.realtime.writer import Recount, Writer, nobody_follows

T = TypeVar("T")
logger = logging.getLogger(__name__)


class Call:
    """A command from inside the process (HTTP API, command line, server): waits for one answer."""

    def __init__(self) -> None:
        self.gone = False
        self.answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()

    def answered(self, command: CommandId, answer: Answer) -> None:  # noqa: ARG002
        """Take the answer, unless whoever called has gone away."""
        if not self.answer.done():
            self.answer.set_result(answer)

    def delivered(self) -> None:
        """Nothing is gathered."""


class Hall:
    """A meeting that runs.

    Attributes:
        clock: The meeting's time.
        audience: Who is connected, and what each hears.
        broken: Done with the fault when the log can take no more, or when a task of the hall has ended
            by itself: the process has to end (70).
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
        blobs: Blobs,
        rates: Rates | None,
        grace_ms: int = 0,
        committed: Callable[[int], Awaitable[None]] = nobody_follows,
    ) -> None:
        self.clock = clock
        self._log = log
        self._dice = dice
        self._keys = keys
        self._intake = Intake(
            meeting, head, keys=keys, dice=dice, connected=self._connected, blobs=blobs, epochs=log.epochs,
            rates=rates,
        )  # fmt: skip
        self._writer = Writer(
            log, self._intake, clock=clock, keys=keys, recount=recount,
            rebuilt=lambda: rebuild(log), settled=self._settled_after, grace_ms=grace_ms,
            committed=committed,
        )  # fmt: skip
        self.audience = Audience(log, self._intake, clock, self.when_settled)
        self._loop = asyncio.get_running_loop()
        self.broken: asyncio.Future[None] = self._loop.create_future()
        self._when_settled: deque[Callable[[], None]] = deque()
        self._tasks: list[asyncio.Task[None]] = []
        self._closing = False

    @classmethod
    async def open(
        cls,
        log: EventLog,
        *,
        clock: Clock,
        keys: BallotKeys,
        recount: Recount,
        blobs: Blobs,
        dice: Callable[[int], bytes] = os.urandom,
        rates: Rates | None = None,
        progress: Progress | None = None,
        restart_grace_ms: int = 0,
        committed: Callable[[int], Awaitable[None]] = nobody_follows,
    ) -> Self:
        """Replay the log and begin to work.

        What a crash has left undone is done first: redacted texts are erased, keys of rounds that
        are not open are deleted, that the log was taken back is recorded, and an open anonymous round
        whose key is gone is made void. Where a vote is open, nothing is closed because its time is up
        before `restart_grace_ms` of real time.

        Raises:
            LogDamaged: The chain does not hold.
        """
        meeting, head = await rebuild(log, progress)
        grace_ms = 0 if meeting.questions.open is None else restart_grace_ms
        hall = cls(
            log, meeting, head, clock=clock, keys=keys, recount=recount, blobs=blobs, dice=dice,
            rates=rates, grace_ms=grace_ms, committed=committed,
        )  # fmt: skip
        erased = tuple(part for redaction in meeting.redactions for part in redaction.erased)
        if erased:
            await hall._writer.erase(erased)
        lost = await hall._tidy_keys()
        for work in (hall._writer.run(), hall.audience.delivery.run(), hall._beat()):
            task = hall._loop.create_task(work)
            task.add_done_callback(hall._ended)
            hall._tasks.append(task)
        for said in (hall._restored(), lost):
            if said is not None:
                await hall._record(said)
        return hall

    def _restored(self) -> RestoreLog | None:
        """What the record does not say yet: that another history has begun."""
        *_, before, now = (self._log.epochs[0], *self._log.epochs)
        told = self.meeting.epoch or self._log.genesis.epoch
        if now.name == told or self.meeting.phase is Phase.NEW:
            return None
        reason = {self.meeting.languages[0]: now.reason} if now.reason else None
        return RestoreLog(now.name, before.name, reason)

    async def _record(self, said: RestoreLog | LoseKey) -> None:
        """Have a command of the server's own decided; on a full disk later, and the rest goes on."""
        answer = await self.submit(said, SERVER)
        if isinstance(answer, Busy):
            self._tasks.append(self._loop.create_task(self._again(said, answer)))

    async def _again(self, said: RestoreLog | LoseKey, answer: Answer) -> None:
        while isinstance(answer, Busy):
            await asyncio.sleep(answer.retry_after_ms / 1000)
            answer = await self.submit(said, SERVER)

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
        """The meeting, for what never changes after the plan; for anything else use `read`."""
        return self._intake.meeting

    @property
    def position(self) -> Position:
        """The last durable event."""
        return self._log.position

    async def read(self, what: Callable[[Meeting], T]) -> T:
        """Read something of the meeting as of a durable position.

        Args:
            what: Copies out what is wanted, without awaiting anything.
        """
        found: asyncio.Future[T] = self._loop.create_future()

        def look() -> None:
            try:
                found.set_result(what(self._intake.meeting))
            except Exception as error:  # noqa: BLE001 - it belongs to whoever asked, not to the writer
                found.set_exception(error)

        self.when_settled(look)
        return await found

    def when_settled(self, do: Callable[[], None]) -> None:
        """Do something at the next moment at which all that was applied is durable; perhaps at once.

        If it fails, that is logged and counted as a fault, and nobody else is kept from what waits.
        """
        if self._intake.settled:
            self.audience.guarded(do)
        else:
            self._when_settled.append(do)

    # --- commands --------------------------------------------------------------------------

    async def submit(self, said: AnyCommand, by: Capability, command: CommandId | None = None) -> Answer:
        """Have a command decided, for callers inside the process.

        Args:
            said: The command.
            by: Who asks.
            command: Its id; a new one where it is not given. Give the same again to retry.

        Returns:
            The answer, once what it says is durable.

        Raises:
            LogFault: The log can take no more; whether it is stored is not known.
        """
        call = Call()
        busy = self.put(command or CommandId("cmd_" + self._dice(16).hex()), said, by, call)
        if busy is not None:
            return busy
        either: tuple[asyncio.Future[Any], ...] = (call.answer, self.broken)
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if not call.answer.done():
            call.gone = True
            self.broken.result()
        return call.answer.result()

    def put(self, command: CommandId, said: AnyCommand, by: Capability, caller: Caller) -> Busy | None:
        """Let a command wait for its turn; busy at once where it cannot."""
        busy = self._intake.put(Item(command, said, by, caller))
        if busy is None:
            self._writer.wake()
        return busy

    def revoke(self, capability: CapabilityId, device: KeypadId | None = None) -> None:
        """A right was withdrawn (or one device of it): what of it is undecided is refused."""
        self._intake.revoke(capability, device)

    def _connected(self, device: KeypadId) -> bool:
        return self.audience.connected(device)

    # --- life ------------------------------------------------------------------------------

    def _settled_after(self, topics: Mapping[str, None]) -> None:
        guarded = self.audience.guarded
        guarded(lambda: self.audience.touch(topics))
        guarded(self.audience.settled)
        while self._when_settled:
            guarded(self._when_settled.popleft())

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(wire.BEAT_SECONDS)
            self.when_settled(self.audience.tick)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """A task of the hall has ended: unless the hall is being closed, it can go on no more."""
        fault = None if task.cancelled() else task.exception()
        if self._closing or self.broken.done():
            return
        if isinstance(fault, LogFault):
            logger.critical("the log can take no more: %s", fault)
        else:
            logger.critical("a task of the hall has ended", exc_info=fault)
        self.broken.set_exception(fault or RuntimeError("a task of the hall has ended"))

    async def drain(self) -> None:
        """Decide nothing new; return when what was being written is durable and answered."""
        self._intake.draining = True
        self._intake.unanswered()
        self._writer.wake()
        await self._writer.idle()

    async def close(self) -> None:
        """Stop, after `drain`, and close the log."""
        self._closing = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.audience.close()
        if not self.broken.done():
            self.broken.cancel()
        await self._log.close()
