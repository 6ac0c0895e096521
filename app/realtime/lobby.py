"""Where connections come in: before it has been admitted, nobody knows to which meeting one belongs.

Holds the halls of the server and every connection; asks the doorkeeper; cuts
who does not say hello, does not read, or has lost the right. One sweep twice a
second serves all of them, so that no connection needs a timer.
"""

import asyncio
import logging
import time
from collections.abc import Callable

from app.core.errors import Refusal
from app.core.ids import CapabilityId, KeypadId, MeetingId
from app.realtime import wire
from app.realtime.answers import Busy, Say
from app.realtime.connection import Connection, Transport
from app.realtime.doorkeeper import Admission, Credentials, Doorkeeper
from app.realtime.hall import Hall
from app.realtime.session import Phase

SWEEP_SECONDS = 0.5
STARTING = Busy("starting", 2_000)
DRAINING = Busy("draining", 2_000)
logger = logging.getLogger(__name__)


class Lobby:
    """The door of a server.

    Attributes:
        halls: The meetings that are open, by id.
        connections: Everybody who is connected.
        slow: Those whose transport is full.
        term: Of this server, as welcomes say it; `None` where nobody was ever replaced.
        heard: Told of the term in a hello; says whether this server has been replaced.
        over: Nobody is let in any more: another server goes on.
    """

    def __init__(
        self,
        doorkeeper: Doorkeeper,
        say: Say,
        *,
        assets: str = "",
        connections_max: int = 8_000,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.halls: dict[MeetingId, Hall] = {}
        self.connections: dict[Connection, None] = {}
        self.slow: dict[Connection, None] = {}
        self.say = say
        self.now = now
        self.term: str | None = None
        self.heard: Callable[[str], bool] = lambda _: False
        self.over = False
        self._doorkeeper = doorkeeper
        self._assets = assets
        self._connections_max = connections_max
        self._greeting: dict[Connection, None] = {}
        self._admitting: set[asyncio.Task[None]] = set()
        self._sweeping: asyncio.Task[None] | None = None

    def add(self, hall: Hall) -> None:
        """Let connections into this hall."""
        assert hall.meeting.id is not None, "a hall is opened to connections after its plan was taken"
        self.halls[hall.meeting.id] = hall

    def full(self) -> bool:
        """Whether another connection has no place; the handshake is answered 503."""
        return len(self.connections) >= self._connections_max

    def connect(self, transport: Transport, *, origin: str | None, address: str) -> Connection:
        """A handshake was good: the connection, which now owes a hello.

        Args:
            transport: What carries it.
            origin: The Origin header, checked against the list; `None` where there was none.
            address: The client's address, for the failure budget.
        """
        connection = Connection(self, transport, origin, address)
        self.connections[connection] = None
        self._greeting[connection] = None
        if self._sweeping is None:
            self._sweeping = asyncio.get_running_loop().create_task(self._sweep_for_ever())
        return connection

    def lost(self, connection: Connection) -> None:
        """The connection is gone."""
        for held in (self.connections, self.slow, self._greeting):
            held.pop(connection, None)

    # --- the hello -------------------------------------------------------------------------

    def admit(self, connection: Connection, hello: wire.Hello) -> None:
        """Ask the doorkeeper; goes on when it has answered."""
        self._greeting.pop(connection, None)
        task = asyncio.get_running_loop().create_task(self._admit(connection, hello))
        self._admitting.add(task)
        task.add_done_callback(self._admitting.discard)

    async def _admit(self, connection: Connection, hello: wire.Hello) -> None:
        shown = Credentials(hello.ticket, hello.token, hello.resume, connection.origin, connection.address)
        answer: Admission | Refusal | Busy = STARTING
        if self.over or (hello.term is not None and self.heard(hello.term)):
            connection.turned_away(DRAINING)
            return
        try:
            answer = await self._doorkeeper.admit(shown)
        except Exception:  # the client comes back, and whoever runs the server finds it in the log
            logger.exception("the doorkeeper failed")
        if connection.session.phase is not Phase.ADMITTING:
            return
        if isinstance(answer, Refusal | Busy):
            connection.turned_away(answer)
            return
        hall = self.halls.get(answer.meeting)
        if hall is None:
            connection.turned_away(STARTING)
            return
        self._greeting.pop(connection, None)
        connection.capability = answer.capability  # from now on a revocation finds it

        def join() -> None:
            if not hall.audience.guarded(
                lambda: hall.audience.join(connection, hall, hello, answer, self._assets, self.term)
            ):
                connection.end(wire.DRAINING, STARTING)  # it comes back, and is not left to wait

        hall.when_settled(join)

    # --- cutting ---------------------------------------------------------------------------

    def revoke(self, capability: CapabilityId, device: KeypadId | None = None) -> int:
        """A right was withdrawn (or one device of it): close its sockets; gives how many.

        What was asked for with it and nobody has decided is dropped; a call of the HTTP API is told so.
        """

        def has(connection: Connection) -> bool:
            held = connection.capability
            return held is not None and held.id == capability and device in (None, held.device)

        for connection in self.connections:
            connection.gone = connection.gone or has(connection)
        for hall in self.halls.values():
            hall.revoke(capability, device)
        return self._end(has, wire.REVOKED, Refusal("revoked"))

    def _end(self, whom: Callable[[Connection], bool], code: int, why: Refusal | Busy) -> int:
        found = [connection for connection in self.connections if whom(connection)]
        for connection in found:
            connection.end(code, why)
        return len(found)

    async def _sweep_for_ever(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            try:
                self.sweep()
            except Exception:  # one line that fails must not end the watch over the others
                logger.exception("a sweep failed")

    def sweep(self) -> None:
        """Cut who has not said hello in time, and who does not read."""
        now = self.now()
        for connection in [c for c in self._greeting if now - c.opened_at >= wire.HELLO_SECONDS]:
            self._greeting.pop(connection, None)
            connection.end(
                wire.SLOW, Refusal("bad_frame", reason="hello_late")
            )  # a slow line: it may come back
        for connection in [c for c in self.slow if c.stalled(now)]:
            connection.cut(wire.SLOW)

    async def drain(self) -> None:
        """The server is going down: nothing new is decided, what is being written is answered."""
        for hall in self.halls.values():
            await hall.drain()
        self._end(lambda _: True, wire.DRAINING, DRAINING)
        if self._sweeping is not None:
            self._sweeping.cancel()
            self._sweeping = None
