"""Who is connected to a meeting, on which device, and what each hears.

Everything here that reads views happens in a moment between two batches
(`Hall.when_settled`), so that nobody sees what is not durable.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

from app.core import views
from app.core.capability import Capability
from app.core.errors import Refusal
from app.core.ids import KeypadId
from app.log.port import EventLog, Position
from app.realtime import wire
from app.realtime.clock import Clock
from app.realtime.connection import Connection
from app.realtime.delivery import Delivery
from app.realtime.doorkeeper import Admission
from app.realtime.hub import AT_ONCE, NOTHING, Hub
from app.realtime.intake import Intake
from app.realtime.lines import Lines
from app.realtime.session import Phase

if TYPE_CHECKING:
    from app.core.meeting import Meeting
    from app.realtime.hall import Hall

YIELD_S = 0.001
PATIENCE_S = 0.005
"""For so long views that are due let commands go first, beside a batch that is being written."""

TOPICS_A_SECOND, AT_ONCE_MAX = 8_000, 400
"""Views are read between two batches only, and these may follow each other without a pause: the longer
those that are due had to wait, the more topics are said. (What is late by its pace is said whole.)"""

AGAIN_S = 0.5
"""When channels are looked at again after that has failed."""
logger = logging.getLogger(__name__)


class _Views:
    """The views of the meeting that the intake holds now.

    A view that fails is logged and says nothing: the room goes on voting.
    """

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self.faults = 0

    def snapshot(self, channel: str) -> Mapping[str, object | None]:
        return self._seen(lambda meeting: views.snapshot(meeting, channel), channel)

    def entries(self, channel: str, topic: str) -> Mapping[str, object | None]:
        return self._seen(lambda meeting: views.entries(meeting, channel, topic), channel)

    def _seen(
        self, look: Callable[[Meeting], Mapping[str, object | None]], channel: str
    ) -> Mapping[str, object | None]:
        try:
            return look(self._intake.meeting)
        except Exception:
            self.faults += 1
            logger.exception("the view of %s failed", channel)
            return {}


class Audience:
    """The connections of one meeting.

    Attributes:
        hub: The channels, and who hears them.
        delivery: What is being sent to many.
        ahead: How many events at most a device was told of that this log does not have: its end was lost.
        lines: Which tables have somebody on the line.
    """

    def __init__(
        self,
        log: EventLog,
        intake: Intake,
        clock: Clock,
        when_settled: Callable[[Callable[[], None]], None],
    ) -> None:
        self._log = log
        self._intake = intake
        self._clock = clock
        self._when_settled = when_settled
        self._loop = asyncio.get_running_loop()
        self._views = _Views(intake)
        self.hub = Hub(self._views)
        self.delivery = Delivery(self.hub)
        self.lines = Lines()
        self._devices: dict[KeypadId, Connection] = {}
        self._present: dict[Connection, None] = {}
        self._flushing: asyncio.Handle | None = None
        self._flush_at = 0.0
        self._flushed_at = 0.0
        self._answered: dict[Connection, None] = {}
        self._faults = 0
        self.ahead = 0

    def __len__(self) -> int:
        return len(self._present)

    @property
    def faults(self) -> int:
        """How often a view, a delivery or whatever else waits for a batch has failed: a bug of ours."""
        return (
            self._faults + self._views.faults + self.hub.faults + self.delivery.faults + self._intake.faults
        )

    def guarded(self, do: Callable[[], None]) -> bool:
        """Do something that must not stop the room if it fails; whether it was done."""
        try:
            do()
        except Exception:
            self._faults += 1
            logger.exception("something that waited for a batch failed")
            return False
        return True

    def connected(self, device: KeypadId) -> bool:
        """Whether this device has a live connection."""
        connection = self._devices.get(device)
        return connection is not None and connection.session.phase is Phase.READY

    def join(
        self,
        connection: Connection,
        hall: Hall,
        hello: wire.Hello,
        admission: Admission,
        assets: str,
        term: str | None = None,
    ) -> None:
        """Let an admitted connection in: welcome, then its views. Call only while the views are durable."""
        if connection.session.phase is not Phase.ADMITTING:
            return
        capability, position = admission.capability, self._log.position
        connection.run = (hello.instance, hello.attempt)
        if capability.device:
            older = self._devices.get(capability.device)
            if older is not None and connection.before(older):  # its hello was long under way
                connection.gone = True
                connection.end(wire.TAKEN_OVER, Refusal("newer_connection"))
                return
            if older is not None:
                older.gone = True
                older.end(wire.TAKEN_OVER, Refusal("newer_connection"))
            self._devices[capability.device] = connection
        may_hear = views.channels(capability, self._intake.meeting)
        channels = tuple(c for c in may_hear if hello.channels is None or c in hello.channels)
        welcome = wire.Welcome(
            epoch=position.epoch, offset=position.offset, resume=admission.resume, lang=hello.lang,
            protocol=wire.PROTOCOL, assets=assets, role=capability.role.value, scope=_scope(capability),
            channels=channels, server_ms=self._clock.now_ms(), head=self._log.head.hex(),
            history=self._history(), term=term,
        )  # fmt: skip
        connection.welcomed(hall, capability, wire.encode(welcome))
        self._present[connection] = None
        self.lines.came(capability)
        since = self._since(hello, position)
        for channel in channels:
            self.hub.join(connection, channel, since, position.offset)
        if not connection.outbox.paused:
            connection.views(self.hub.catch_up(connection, position.offset))

    def _history(self) -> dict[str, int] | None:
        """Up to where each earlier history is part of this one; `None` where there was none."""
        kept, until = {}, self._log.position.offset
        for former, after in pairwise(reversed(self._log.epochs)):
            until = min(until, former.after)
            kept[after.name] = until
        return kept or None

    def _since(self, hello: wire.Hello, position: Position) -> int | None:
        """Up to where the client has this history; `None` where what it has is no part of it."""
        if hello.epoch != position.epoch or hello.offset is None:
            return None
        if hello.offset <= position.offset:
            return hello.offset
        self.told_of_more("a device", hello.offset - position.offset)
        return None

    def told_of_more(self, who: str, lost: int) -> None:
        """Somebody knows of so many events that this log does not have: an alarm, and no proof (0019)."""
        if lost > self.ahead:
            logger.critical(
                "%s knows of %d events that this log has lost: stop the server, look for a newer copy, "
                "or accept the loss with `townmeeting restore --accept`", who, lost,
            )  # fmt: skip
        self.ahead = max(self.ahead, lost)

    def leave(self, connection: Connection) -> None:
        """A connection is gone. What it has asked for is still decided, and waits for nobody."""
        if connection in self._present and connection.capability is not None:
            self.lines.went(connection.capability, self._clock.now_ms())
        self._present.pop(connection, None)
        self.hub.leave(connection)
        self.quiet(connection)

    def quiet(self, connection: Connection) -> None:
        """It has no undecided command: where it is gone too, its device is forgotten."""
        capability = connection.capability
        if connection.session.phase is not Phase.CLOSING or connection.session.outstanding or not capability:
            return
        if self._devices.get(capability.device) is connection:
            del self._devices[capability.device]

    def refresh(self, connection: Connection, *, everything: bool) -> None:
        """Send what the connection lacks now, or a snapshot of everything, and a tick."""

        def send() -> None:
            if connection.session.phase is not Phase.READY:
                return
            if everything:
                connection.outbox.sent = dict.fromkeys(connection.outbox.sent, NOTHING)
            if connection.outbox.paused:
                return  # it comes when there is room again
            frames = self.hub.catch_up(connection, self._log.position.offset)
            connection.views([*frames, self._tick_frame(self._log.position.offset)])

        self._when_settled(send)

    # --- the moments between two batches ---------------------------------------------------

    def owe(self, connection: Connection) -> None:
        """A connection has answers to be written: with its own views where they follow at once, else soon."""
        if not self._answered:
            self._loop.call_soon(self._deliver)
        self._answered[connection] = None

    def _deliver(self) -> None:
        """Write what was answered, each connection's frames together."""
        answered, self._answered = self._answered, {}
        for connection in answered:
            try:
                connection.deliver([] if connection.outbox.paused else self.hub.own_owed(connection))
            except Exception:  # one line that fails must not stop the others
                self.delivery.faults += 1
                logger.exception("an answer could not be written")

    def connect_anew(self) -> None:
        """Close every connection, to come back: whoever may hear what is judged at the door."""
        for connection in tuple(self._present):
            connection.end(wire.RESYNC)

    def touch(self, topics: Mapping[str, None]) -> None:
        """A durable batch touched these topics."""
        self.hub.touch(topics, self._loop.time())

    def settled(self) -> None:
        """A batch is durable: write its answers, and the views that go with them.

        All other views have a turn of the event loop of their own, after that of commands that came
        meanwhile.
        """
        self.guarded(self._answer)
        self._flush_when_due()

    def _answer(self) -> None:
        self.delivery.add(self.hub.flush_prompt(self._log.position.offset))
        self._deliver()

    def flush(self) -> None:
        """Say as much of the views that are due as the time allows; look again when the next one is.

        Commands that wait go first, unless views have waited for too long.
        """
        self.close()
        if self._intake.settled and not self.guarded(self._flush):  # else the batch that is written comes by
            self._flush_soon(AGAIN_S)

    def _flush(self) -> None:
        due = self.hub.due_at()
        if due is None:
            return
        now = self._loop.time()
        waited_s = now - max(due, self._flushed_at)
        if self._intake.waiting and waited_s < PATIENCE_S:
            self._flush_soon(PATIENCE_S - waited_s)
            return
        self._flushed_at = now
        at_once = min(AT_ONCE_MAX, max(AT_ONCE, int(TOPICS_A_SECOND * waited_s)))
        self.delivery.add(self.hub.flush(now, self._log.position.offset, at_once=at_once))
        self._flush_when_due(YIELD_S)  # those that are due already wait for what else has come

    def _flush_when_due(self, at_least_s: float = 0.0) -> None:
        due = self.hub.due_at()
        if due is not None:
            self._flush_soon(max(at_least_s, due - self._loop.time()))

    def _flush_soon(self, after_s: float) -> None:
        """Flush after so many seconds, unless that is to be sooner anyway."""
        at = self._loop.time() + max(0.0, after_s)
        if self._flushing is not None:
            if self._flush_at <= at:
                return
            self._flushing.cancel()
        self._flush_at = at
        if after_s > 0:
            self._flushing = self._loop.call_at(at, self.flush)
        else:
            self._flushing = self._loop.call_soon(self.flush)

    def tick(self) -> None:
        """Everybody gets what is outstanding, then the heartbeat that says so."""
        offset = self._log.position.offset
        self.delivery.add(self.hub.flush(self._loop.time(), offset, everything=True))
        self.delivery.tick(tuple(self._present), partial(self._tick_frame, offset))

    def close(self) -> None:
        """Flush no more by itself."""
        if self._flushing is not None:
            self._flushing.cancel()
            self._flushing = None

    def _tick_frame(self, offset: int) -> bytes:
        return wire.encode(wire.Tick(offset, self._clock.now_ms()))


def _scope(capability: Capability) -> dict[str, str | tuple[str, ...]]:
    scope: dict[str, str | tuple[str, ...]] = {"device": capability.device}
    if capability.tables:
        scope["tables"] = capability.tables
    if capability.seat is not None:
        scope["seat"] = capability.seat
    if capability.screen is not None:
        scope["screen"] = capability.screen
    return scope
