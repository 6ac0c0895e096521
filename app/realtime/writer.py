"""The only loop that awaits `append`: takes a batch, makes it durable, lets the answers go.

Group commit without a timer: what arrives while a batch is written is the next
one. Around the write it stores and deletes the keys of anonymous rounds,
erases redacted texts, and has shows counted a second time. After an I/O error
it raises: nobody is acknowledged any more and the process has to end. A full
disk it survives: everybody is told *busy*, and once a second it tries again.
"""

import asyncio
import errno
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from typing import Any, Protocol

from app.core.errors import Refusal
from app.core.ids import QuestionId, Round
from app.core.meeting import Meeting
from app.log.port import EventLog, LogUnavailable
from app.realtime.ballot_keys import BallotKeys
from app.realtime.batch import Batch, Item, Recounted, RoundKey
from app.realtime.clock import Clock
from app.realtime.intake import Intake

TICK_SECONDS = 0.05
PROBE_SECONDS = 1.0
logger = logging.getLogger(__name__)


class Recount(Protocol):
    """The second counter: counts a round again from the log's segments, off the event loop."""

    def __call__(self, question: QuestionId, number: Round) -> Awaitable[Mapping[str, int]]:
        """Give the count of every cell that has one."""
        ...


async def nobody_follows(_offset: int) -> None:
    """There is no second laptop to wait for."""


class Writer:
    """Writes what the intake decides."""

    def __init__(
        self,
        log: EventLog,
        intake: Intake,
        *,
        clock: Clock,
        keys: BallotKeys,
        recount: Recount,
        rebuilt: Callable[[], Awaitable[tuple[Meeting, bytes]]],
        settled: Callable[[Mapping[str, None]], None],
        grace_ms: int = 0,
        committed: Callable[[int], Awaitable[None]] = nobody_follows,
    ) -> None:
        """Wire it.

        Args:
            log: Where to append.
            intake: What decides.
            clock: The meeting's time.
            keys: Of anonymous rounds.
            recount: The second counter.
            rebuilt: Gives the meeting and the chain's head as the log has them.
            settled: Called with the topics of each batch that became durable, before the next is
                decided: the moment at which views may be read.
            grace_ms: For so long, of real time, nothing is done because a time is up.
            committed: Awaited with the last event of each batch that is on the disk, before it is
                acknowledged: in waiting mode it returns when the second laptop holds it too.
        """
        self._log = log
        self._intake = intake
        self._clock = clock
        self._keys = keys
        self._recount = recount
        self._rebuilt = rebuilt
        self._settled = settled
        self._committed = committed
        self._position = log.position
        self._awake = asyncio.Event()
        self._ticked = self._stopped = False
        self._idle = asyncio.Event()
        self._asides: set[asyncio.Task[None]] = set()
        self._unerased: dict[tuple[int, str], None] = {}
        self._erasing_again = False
        self._erasure_retry: asyncio.TimerHandle | None = None
        self._due_from = asyncio.get_running_loop().time() + grace_ms / 1000

    def wake(self) -> None:
        """Something waits."""
        if not self._stopped:
            self._idle.clear()
            self._awake.set()

    async def idle(self) -> None:
        """Return when nothing waits and nothing is being written, or nothing can be any more."""
        await self._idle.wait()

    async def run(self) -> None:
        """Write until cancelled.

        Raises:
            LogFault: The log can take no more; what was not acknowledged is not known.
        """
        tick = self._tick()
        try:
            while True:
                if self._ticked:
                    self._ticked = False
                    self._ask_what_is_due()
                if self._erasing_again:
                    await self.erase(())
                batch = self._intake.take(self._clock.now_ms())
                if batch is None:
                    await self._rest()
                else:
                    await self._write(batch)
        finally:
            tick.close()
            self._stopped = True
            self._idle.set()

    def _ask_what_is_due(self) -> None:
        if asyncio.get_running_loop().time() >= self._due_from:
            self._intake.ask_what_is_due(self._clock.now_ms())

    async def _rest(self) -> None:
        self._idle.set()
        await self._awake.wait()
        self._awake.clear()

    def _tick(self) -> "_Every":
        def ticked() -> None:
            self._ticked = True
            self._awake.set()

        return _Every(TICK_SECONDS, ticked)

    async def _write(self, batch: Batch) -> None:
        stored = batch.segment is None or await self._appended(batch)
        if stored:
            self._settled(self._intake.durable())
        for item, counted in batch.recounts:  # what is counted again is in the log now
            self._aside(self._count(item, counted))
        if not stored:
            return
        for spent in batch.keys_spent:
            await self._keys.forget(*spent)
        if batch.erased:
            await self.erase(batch.erased)
        # Others have their turn before the next batch is taken: what has come meanwhile is in it too, and
        # views that are due for too long are said.
        await asyncio.sleep(0)

    async def _appended(self, batch: Batch) -> bool:
        assert batch.segment is not None
        try:
            for made in batch.keys_made:
                await self._keys.store(*made)
            self._position = await self._log.append(batch.segment, self._position)
        except LogUnavailable as fault:
            if not fault.disk_full:
                raise
        except OSError as fault:
            if fault.errno != errno.ENOSPC:
                raise
        else:
            await self._committed(self._position.offset)
            return True
        logger.warning("the disk is full: commands are answered busy until there is room")
        for made in batch.keys_made:
            await self._keys.forget(*made)
        unchanged = bool(batch.unapplied)  # a probe: nothing was applied
        state = (self._intake.meeting, self._log.head) if unchanged else await self._rebuilt()
        self._intake.failed(*state)
        self._settled({})
        asyncio.get_running_loop().call_later(PROBE_SECONDS, self._intake.probe)
        return False

    async def erase(self, parts: Iterable[tuple[int, str]]) -> None:
        """Erase sealed parts, and what waits for it; where the disk is full, once a second until it has room.

        What still waits when the server goes down is erased at the next start.
        """
        self._unerased |= dict.fromkeys(parts)
        waiting = tuple(self._unerased)
        self._erasing_again = False
        if self._erasure_retry is not None:
            self._erasure_retry.cancel()  # this try takes its place: however many wait, one retry is due
        try:
            await self._log.erase(waiting)
        except LogUnavailable as fault:
            if not fault.disk_full:
                raise
            logger.warning("the disk is full: %d redacted texts wait to be erased", len(waiting))
            self._erasure_retry = asyncio.get_running_loop().call_later(PROBE_SECONDS, self._erase_again)
        else:
            self._unerased.clear()

    def _erase_again(self) -> None:
        self._erasing_again = True
        self.wake()

    def _aside(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._asides.add(task)
        task.add_done_callback(self._asides.discard)

    async def _count(self, item: Item, counted: RoundKey) -> None:
        """Have a show counted a second time, then let it be decided."""
        try:
            item.recounted = Recounted(counted[1], await self._recount(*counted))
        except Exception:  # whatever is wrong with the second counter, the show stops and the meeting goes on
            logger.exception("the second counter failed")
            self._intake.give(item, Refusal("recount_differs", question=counted[0]))
            return
        busy = self._intake.put(item)
        if busy is not None:
            self._intake.give(item, busy)
        self.wake()


class _Every:
    """Calls something again and again, on absolute times."""

    def __init__(self, seconds: float, what: Callable[[], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._seconds, self._what = seconds, what
        self._at = self._loop.time()
        self._again()

    def _again(self) -> None:
        self._at = max(self._at + self._seconds, self._loop.time())
        self._handle = self._loop.call_at(self._at, self._fire)

    def _fire(self) -> None:
        self._what()
        self._again()

    def close(self) -> None:
        self._handle.cancel()
