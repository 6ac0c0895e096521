"""One connection: carries out what its session says, between a transport and a hall.

The thin part that both socket adapters share. It has no task of its own: the
adapter calls in when bytes have come, the hall when answers or views are
there. Only the hello awaits something, the doorkeeper.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from app.core.capability import Capability
from app.core.commands import AnyCommand
from app.core.errors import Refusal
from app.core.ids import CommandId
from app.realtime import session as does
from app.realtime import wire
from app.realtime.answers import Answer, Busy
from app.realtime.outbox import Outbox
from app.realtime.session import Phase, Session

if TYPE_CHECKING:
    from app.realtime.hall import Hall
    from app.realtime.lobby import Lobby

ROOM_FOR_REFUSAL = 4
"""The transport takes frames of so many times the session's limit, so that they can be refused in words."""


class Transport(Protocol):
    """What an adapter does for a connection. Nothing of it waits."""

    def send(self, frames: Sequence[bytes]) -> None:
        """Write text frames, in one write. Not called after `close`."""
        ...

    def close(self, code: int) -> None:
        """End the connection after what has been sent, with this close code."""
        ...

    def abort(self) -> None:
        """Drop the connection and what it has not sent."""
        ...

    def backlog(self) -> int:
        """How many bytes have been sent and not taken."""
        ...

    def allow(self, frame_bytes: int) -> None:
        """Take frames up to this size; larger ones are closed with 1009."""
        ...


class Connection:
    """A client that is connected.

    Attributes:
        capability: Who it is, once it has been admitted.
        hall: The meeting it is in, once it has been admitted.
        gone: A newer connection of the same device is there: nothing undecided of this one counts.
        run: The client's run and which of its connections this is, as its hello said.
    """

    __slots__ = (
        "_answers", "_lobby", "_transport", "address", "capability", "gone", "hall", "opened_at", "origin",
        "outbox", "run", "session",
    )  # fmt: skip

    def __init__(self, lobby: Lobby, transport: Transport, origin: str | None, address: str) -> None:
        self._lobby = lobby
        self._transport = transport
        self._answers: list[bytes] = []
        self.session = Session(lobby.say, has_origin=origin is not None)
        self.outbox = Outbox()
        self.origin, self.address = origin, address
        self.opened_at = lobby.now()
        self.capability: Capability | None = None
        self.hall: Hall | None = None
        self.gone = False
        self.run: tuple[str | None, int] = (None, 0)
        transport.allow(self.session.frame_bytes_max * ROOM_FOR_REFUSAL)

    # --- the adapter calls -----------------------------------------------------------------

    def received(self, data: bytes) -> None:
        """A text frame has come."""
        effect = self.session.received(data, self._lobby.now())
        if type(effect) is does.Submit:
            self._submit(effect.command, effect.said)
        elif effect is not None:
            self._do(effect)

    def received_binary(self) -> None:
        """A binary frame has come."""
        self._do(self.session.binary())

    def pinged(self) -> None:
        """A ping has come, and was answered."""
        effect = self.session.pinged(self._lobby.now())
        if effect is not None:
            self._do(effect)

    def lost(self) -> None:
        """The transport is gone."""
        self.session.phase = Phase.CLOSING
        self._lobby.lost(self)
        if self.hall is not None:
            self.hall.audience.leave(self)

    def paused(self) -> None:
        """The transport has more than it can send."""
        self.outbox.pause(self._lobby.now(), self._transport.backlog())
        self._lobby.slow[self] = None

    def resumed(self) -> None:
        """The transport has room again: what waited, and one delta a channel."""
        self._lobby.slow.pop(self, None)
        frames = self.outbox.resume()
        if self.session.phase is Phase.READY and self.hall is not None:
            frames += self.hall.audience.hub.all_owed(self)
        self._write(frames)

    # --- the hall calls --------------------------------------------------------------------

    def welcomed(self, hall: Hall, capability: Capability, welcome: bytes) -> None:
        """It is in: the first frame of the meeting."""
        self.hall, self.capability = hall, capability
        self.session.admitted(capability)
        self._transport.allow(self.session.frame_bytes_max * ROOM_FOR_REFUSAL)
        self.control([welcome])

    def answered(self, command: CommandId, answer: Answer) -> None:
        """One of its commands has been decided."""
        self._answers.append(self.session.answered(command, answer))

    def delivered(self) -> None:
        """That was all of a batch: it is written when the views are up to date, with them, in one write."""
        if self.hall is None:
            self.deliver([])
        else:
            self.hall.audience.owe(self)

    def before(self, other: Connection) -> bool:
        """Whether the same run of a client began this connection before the other one."""
        return self.run[0] is not None and self.run[0] == other.run[0] and self.run[1] < other.run[1]

    def deliver(self, own: list[bytes]) -> None:
        """Write the answers, and what has changed of the client's own channels."""
        answers, self._answers = self._answers, []
        self.control([*answers, *own])
        if self.hall is not None and not self.session.outstanding:
            self.hall.audience.quiet(self)

    def control(self, frames: list[bytes]) -> None:
        """Send frames that may not be lost; a client that lets too many wait is cut."""
        if self.session.phase is Phase.CLOSING:
            return
        try:
            self._write(self.outbox.control(frames))
        except OverflowError:
            self.cut(wire.SLOW)

    def views(self, frames: list[bytes]) -> None:
        """Send view frames; never called while the transport is paused."""
        if self.session.phase is Phase.READY:
            self._write(frames)

    def offer(self, channel: str) -> None:
        """A channel has changed: send what this client lacks of it, unless it is not reading."""
        if self.outbox.paused or self.hall is None:
            return
        frame = self.hall.audience.hub.owed(self, channel)
        if frame is not None:
            self.views([frame])

    def turned_away(self, why: Refusal | Busy) -> None:
        """The doorkeeper did not let it in."""
        self._do(self.session.turned_away(why))

    def end(self, code: int, why: Refusal | Busy | None = None) -> None:
        """Say why, and close."""
        if self.session.phase is not Phase.CLOSING:
            if self._answers:
                self.deliver([])
            self._do(self.session.close(code, why))

    def cut(self, code: int) -> None:
        """The client does not read: close without waiting for it."""
        self.session.phase = Phase.CLOSING
        self._transport.close(code)
        self._transport.abort()

    def stalled(self, now: float) -> bool:
        """Whether it has hardly read anything for too long."""
        return self.outbox.stalled(now, self._transport.backlog())

    # --- effects ---------------------------------------------------------------------------

    def _submit(self, command: CommandId, said: AnyCommand) -> None:
        assert self.hall is not None
        assert self.capability is not None
        busy = self.hall.put(command, said, self.capability, self)
        if busy is not None:
            self.answered(command, busy)
            self.delivered()

    def _do(self, effect: does.Effect) -> None:
        match effect:
            case does.Reply():
                self.control([effect.frame])
            case does.Close():
                if effect.frame is not None and not self.outbox.paused:
                    self._transport.send([effect.frame])
                self._transport.close(effect.code)
            case does.Authenticate():
                self._lobby.admit(self, effect.hello)
            case does.Submit():
                self._submit(effect.command, effect.said)
            case does.Resync() | does.Beat():
                assert self.hall is not None
                self.hall.audience.refresh(self, everything=isinstance(effect, does.Resync))

    def _write(self, frames: Sequence[bytes]) -> None:
        if frames and self.session.phase is not Phase.CLOSING:
            self._transport.send(frames)
