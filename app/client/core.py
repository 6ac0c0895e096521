"""The client without I/O: ids, outbox, resume, state by channel, and when to come back. Pure.

How this works. A command gets its id before it is sent and stays in the outbox
until it is answered; after a reconnect what is there is sent again with the
same id, so that it happens once however often the line drops. Views make
`state`: whole values by channel and key. With the acknowledgement of a ballot comes a
blob; where another history goes on than the one in which it was acknowledged, it is brought
back under the same id. A delta that begins after what the
client has means that something is missing: it asks for a resync.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from app.core.commands import AnyCommand, RecoverBallot
from app.core.ids import CommandId, SeatId
from app.realtime import wire

RECONNECT_SECONDS_MAX = 15.0
RECONNECT_SECONDS_FIRST = 0.5
CROWD_SECONDS = 8.0
"""After a restart everybody comes back: within so many seconds, evenly."""

CROWD_CODES = (wire.RESTART, 1006, wire.DRAINING)
CROWD_LASTS_SECONDS = 60.0

NOT_RESTORED = "nothing_restored"
"""The refusal after which what is kept is kept on."""

Final = wire.Ack | wire.Nack | wire.Unknown
"""The answers that end a command."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A command is done with."""

    command: CommandId
    answer: Final


@dataclass(frozen=True, slots=True)
class Changed:
    """The state of a channel has changed; of the connection itself where `channel` is empty."""

    channel: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """What the client keeps of a ballot that was acknowledged: nothing that it can read itself.

    `epoch` and `offset` say in which history it is known to be, and where.
    """

    blob: str
    seat: SeatId | None
    epoch: str
    offset: int


def number_of(term: str | None) -> int:
    """The number of a term: 0 where nobody was ever replaced, and of what is none."""
    digits = (term or "").partition(".")[0]
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 16 else 0


@dataclass(slots=True)
class _Waiting:
    """A command in the outbox. `seat` is whose ballot it is, if it is one."""

    frame: bytes
    seat: SeatId | None = None
    sent: bool = False
    not_before: float = 0.0


@dataclass(slots=True)
class ClientCore:
    """What a client knows, and what it says next.

    Attributes:
        dice: Random bytes, for ids.
        chance: A random number from 0 to 1, for the time of coming back.
        state: By channel, the value of every key.
        welcome: What the last welcome said; `None` before the first.
        ready: Welcomed on this connection.
        complaints: Refusals of frames that had no id, newest last.
        bye: What the server said before it closed.
        busy: How many times a command was answered *busy*.
        instance: A name of this run of the client; made where it is not given.
        kept: By command, what is kept of acknowledged ballots; after a restore it is brought back.
        term: The latest that a server has said, and shown to every later one.
        outdated: The server of this connection has been replaced by another: leave it, and come back.
    """

    dice: Callable[[int], bytes]
    chance: Callable[[], float]
    ticket: str | None = None
    token: str | None = None
    resume: str | None = None
    lang: str = ""
    assets: str | None = None
    channels: tuple[str, ...] | None = None
    state: dict[str, dict[str, Any]] = field(default_factory=dict)
    welcome: wire.Welcome | None = None
    ready: bool = False
    complaints: list[wire.Nack] = field(default_factory=list)
    bye: wire.Bye | None = None
    busy: int = 0
    instance: str = ""
    _attempt: int = 0
    kept: dict[CommandId, Kept] = field(default_factory=dict)
    term: str | None = None
    outdated: bool = False
    _have: dict[str, int] = field(default_factory=dict)
    _outbox: dict[CommandId, _Waiting] = field(default_factory=dict)
    _said_offset: bool = False
    _resync: bool = False
    _heard_at: float = 0.0
    _said_at: float | None = None
    _tries: int = 0
    _lost_at: float | None = None

    def __post_init__(self) -> None:
        self.instance = self.instance or self.dice(8).hex()

    # --- out -------------------------------------------------------------------------------

    def hello(self, now: float) -> bytes:
        """The first frame of a connection."""
        self.ready, self.bye, self._heard_at, self._said_at = False, None, now, None
        self._resync = self.outdated = False
        self._attempt += 1
        for waiting in self._outbox.values():
            waiting.sent = False
        self._said_offset = bool(self._have) and self.welcome is not None
        return wire.encode(
            wire.Hello(
                protocol=wire.PROTOCOL,
                ticket=self.ticket if self.resume is None else None,
                token=self.token if self.resume is None else None,
                resume=self.resume,
                lang=self.lang,
                assets=self.assets,
                epoch=self.welcome.epoch if self.welcome and self._said_offset else None,
                offset=min(self._have.values()) if self._said_offset else None,
                channels=self.channels,
                instance=self.instance,
                attempt=self._attempt,
                term=self.term,
            )
        )

    def ask(self, said: AnyCommand, command: CommandId | None = None) -> CommandId:
        """Put a command into the outbox, under a new id or the one given."""
        command = command or CommandId("cmd_" + self.dice(16).hex())
        self._outbox[command] = _Waiting(wire.command_frame(command, said), getattr(said, "seat", None))
        return command

    def to_send(self, now: float) -> list[bytes]:
        """The frames that may be sent now, each counted as sent."""
        if not self.ready:
            return []
        frames = []
        if self._resync:
            self._resync = False
            frames.append(wire.encode(wire.Resync()))
        if self._said_at is None and now - self._heard_at > wire.QUIET_SECONDS:
            frames.append(wire.encode(wire.Beat()))
        room = wire.OUTSTANDING_MAX - sum(waiting.sent for waiting in self._outbox.values())
        for waiting in self._outbox.values():
            if room <= 0:
                break
            if not waiting.sent and waiting.not_before <= now:
                waiting.sent = True
                room -= 1
                frames.append(waiting.frame)
        if frames and self._said_at is None:
            self._said_at = now
        return frames

    @property
    def unsaved(self) -> int:
        """How many commands have not been answered: what is shown as *not yet saved*."""
        return len(self._outbox)

    def has(self, channel: str) -> int | None:
        """The offset up to which the client has a channel."""
        return self._have.get(channel)

    # --- in --------------------------------------------------------------------------------

    def received(self, data: bytes, now: float) -> Answered | Changed | None:
        """Take a frame of the server; one of a kind that is not known here is passed over."""
        self._heard_at, self._said_at = now, None
        try:
            frame = wire.read_server(data)
        except msgspec.ValidationError:
            return None
        match frame:
            case wire.Ack() as ack:
                self._keep(ack)
                return self._done(ack.id, ack)
            case wire.Unknown() as unknown:
                return self._done(unknown.id, unknown)
            case wire.Nack() as nack:
                if nack.id is None:
                    self.complaints.append(nack)
                    return None
                if nack.code != NOT_RESTORED:
                    self.kept.pop(CommandId(nack.id), None)
                return self._done(nack.id, nack)
            case wire.Busy() as busy:
                self.busy += 1
                waiting = self._outbox.get(CommandId(busy.id))
                if waiting is not None:
                    waiting.sent = False
                    waiting.not_before = now + busy.retry_after_ms / 1_000 * (1 + self.chance())
            case wire.View() as view:
                return self._view(view)
            case wire.Tick() as tick:
                if not self._resync:
                    self._have = {ch: max(offset, tick.offset) for ch, offset in self._have.items()}
            case wire.Welcome() as welcome:
                return self._welcomed(welcome)
            case wire.Bye() as bye:
                self.bye = bye
        return None

    def _keep(self, ack: wire.Ack) -> None:
        """Keep what came with a ballot, or note where it is known to be now."""
        command, epoch = CommandId(ack.id), self.welcome.epoch if self.welcome else ""
        if ack.blob is not None and command in self._outbox:
            self.kept[command] = Kept(ack.blob, self._outbox[command].seat, epoch, ack.offset)
        elif command in self.kept:
            self.kept[command] = replace(self.kept[command], epoch=epoch, offset=ack.offset)

    def _bring_back(self, welcome: wire.Welcome) -> None:
        """Offer again what was acknowledged and is not known to be in this history, in its order."""
        history = welcome.history or {}
        for command, kept in sorted(self.kept.items(), key=lambda each: (each[1].epoch, each[1].offset)):
            if kept.epoch != welcome.epoch and kept.offset > history.get(kept.epoch, 0):
                self.ask(RecoverBallot(kept.blob, kept.seat), command)

    def _done(self, command: str, answer: Final) -> Answered | None:
        found = self._outbox.pop(CommandId(command), None)
        return None if found is None else Answered(CommandId(command), answer)

    def _welcomed(self, welcome: wire.Welcome) -> Changed:
        if number_of(welcome.term) < number_of(self.term):
            self.outdated = True
            return Changed()
        self.term = welcome.term
        if self.welcome is not None and self.welcome.epoch != welcome.epoch:
            self.state.clear()
            self._have.clear()
        for channel in [c for c in self.state if c not in welcome.channels]:
            del self.state[channel], self._have[channel]
        self.welcome, self.resume, self.ready = welcome, welcome.resume, True
        self._bring_back(welcome)
        self._tries, self._lost_at = 0, None
        if self._said_offset and any(channel not in self._have for channel in welcome.channels):
            self._resync = True
        return Changed()

    def _view(self, view: wire.View) -> Changed | None:
        have = self._have.get(view.channel)
        if view.since is None:
            self.state[view.channel] = {}
        elif have is None or view.since > have:
            self._resync = True
            return None
        channel = self.state[view.channel]
        for key, raw in view.set.items():
            channel[key] = msgspec.json.decode(raw)
        for key in view.gone:
            channel.pop(key, None)
        self._have[view.channel] = view.offset
        return Changed(view.channel)

    # --- coming back -----------------------------------------------------------------------

    def silent(self, now: float) -> bool:
        """Whether the line is dead: what was said has no answer, or nothing is heard at all."""
        owed = self._said_at is not None and now - self._said_at > wire.ANSWER_SECONDS
        return owed or now - self._heard_at > wire.SILENCE_SECONDS

    def lost(self, code: int, now: float) -> float | None:
        """The connection is gone: when to come back.

        Args:
            code: The close code; 1006 where there was none.
            now: Seconds on a monotonic clock.

        Returns:
            After how many seconds, or `None`: not by itself.
        """
        self.ready = False
        if code == wire.BAD_TICKET and self.resume is not None and self.token is not None:
            self.resume = None  # a restored server may not know the secret, but the token is for ever
        elif not wire.may_come_back(code):
            return None
        self._lost_at = now if self._lost_at is None else self._lost_at
        if code in CROWD_CODES and now - self._lost_at < CROWD_LASTS_SECONDS:
            return self.chance() * CROWD_SECONDS
        longest = min(RECONNECT_SECONDS_MAX, RECONNECT_SECONDS_FIRST * (1 << self._tries))
        self._tries = min(self._tries + 1, 10)
        return self.chance() * longest
