"""One connection as a state machine: frames in, effects out. Pure.

How this works.

    greeting ──hello──▶ admitting ──admitted──▶ ready ──▶ closing
        └──── anything else, or five seconds ────────────────▶

It reads and refuses frames, keeps the bounds (size, outstanding commands,
idle talk), and makes the frames of answers in the reader's language. It
decides nothing about the meeting, and knows no socket, no clock and no hall.
"""

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

import msgspec

from app.core.capability import Capability, Role
from app.core.commands import AnyCommand
from app.core.errors import Refusal
from app.core.ids import CommandId
from app.realtime import wire
from app.realtime.answers import Answer, Busy, Say

CONSOLE_ROLES: Final = frozenset(
    {Role.ORGANISER, Role.LEAD_FACILITATOR, Role.STAGE_MANAGER, Role.THEME_LEADER, Role.THEME_MEMBER}
)
BAD_FRAMES_MAX = 16
EXCESS_MAX = 64
TALK_PER_SECOND, TALK_BURST = 1.0, 10.0
BUSY_RETRY_MS = 500
_PATH = re.compile(r"^(?P<what>.*?) - at `\$\.?(?P<path>[^`]*)`\Z", re.DOTALL)
_NAMED = re.compile(r"`(?P<name>[^`]*)`")


class Phase(Enum):
    """Where the connection stands."""

    GREETING = 1
    ADMITTING = 2
    READY = 3
    CLOSING = 4


@dataclass(frozen=True, slots=True)
class Authenticate:
    """Ask the doorkeeper about this hello."""

    hello: wire.Hello


@dataclass(frozen=True, slots=True)
class Submit:
    """Let this command be decided."""

    command: CommandId
    said: AnyCommand


@dataclass(frozen=True, slots=True)
class Resync:
    """Send a snapshot of every channel."""


@dataclass(frozen=True, slots=True)
class Beat:
    """Send a tick."""


@dataclass(frozen=True, slots=True)
class Reply:
    """Send this control frame."""

    frame: bytes


@dataclass(frozen=True, slots=True)
class Close:
    """Send this last frame, if any, and close."""

    code: int
    frame: bytes | None = None


Effect = Authenticate | Submit | Resync | Beat | Reply | Close


class Session:
    """One connection's conversation.

    Attributes:
        phase: Where it stands.
        lang: The reader's language, as the hello said.
        outstanding: Commands that have not been answered.
        frame_bytes_max: The largest frame it takes.
    """

    __slots__ = (
        "_bad", "_excess", "_say", "_talk", "_talked_at", "frame_bytes_max", "has_origin", "lang",
        "outstanding", "phase",
    )  # fmt: skip

    def __init__(self, say: Say, *, has_origin: bool) -> None:
        self.phase = Phase.GREETING
        self.lang = ""
        self.outstanding = 0
        self.frame_bytes_max = wire.FRAME_BYTES_MAX
        self.has_origin = has_origin
        self._say = say
        self._bad = self._excess = 0
        self._talk, self._talked_at = TALK_BURST, 0.0

    # --- in --------------------------------------------------------------------------------

    def received(self, data: bytes, now: float) -> Effect | None:
        """Take a text frame; `now` is in seconds on a monotonic clock."""
        if self.phase is Phase.CLOSING:
            return None
        if len(data) > self.frame_bytes_max:
            return self._refused(None, Refusal("frame_too_large", limit=self.frame_bytes_max))
        try:
            said = wire.read_client(data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            return self._unreadable(data, error)
        if isinstance(said, tuple):
            return self._command(*said)
        if isinstance(said, wire.Hello):
            return self._hello(said)
        if self.phase is not Phase.READY:
            return self._rude("hello_first")
        if not self._may_talk(now):
            return self.close(wire.RATE, Busy("rate", 1_000))
        return Beat() if isinstance(said, wire.Beat) else Resync()

    def binary(self) -> Effect:
        """A binary frame came: this contract has none."""
        return self.close(wire.BAD_DATA, Refusal("bad_frame", reason="binary"))

    def pinged(self, now: float) -> Effect | None:
        """A ping of RFC 6455 came: answered below, and counted with the other idle talk."""
        if self.phase is Phase.CLOSING or self._may_talk(now):
            return None
        return self.close(wire.RATE, Busy("rate", 1_000))

    def _hello(self, hello: wire.Hello) -> Effect:
        if self.phase is not Phase.GREETING:
            return self._rude("hello_twice")
        self.lang = hello.lang[:35]
        if hello.protocol != wire.PROTOCOL:
            return self._rude("protocol")
        shown = [secret for secret in (hello.ticket, hello.token, hello.resume) if secret is not None]
        if len(shown) != 1:
            return self._rude("credentials")
        if hello.ticket is not None and not self.has_origin:
            return self.close(wire.BAD_TICKET, Refusal("bad_origin"))
        self.phase = Phase.ADMITTING
        return Authenticate(hello)

    def _command(self, command: CommandId, said: AnyCommand) -> Effect:
        if self.phase is not Phase.READY:
            return self._rude("hello_first")
        if self.outstanding >= wire.OUTSTANDING_MAX:
            self._excess += 1
            if self._excess > EXCESS_MAX:
                return self.close(wire.RATE, Busy("rate", 1_000))
            return Reply(self._busy(command, Busy("overloaded", BUSY_RETRY_MS)))
        self.outstanding += 1
        return Submit(command, said)

    def _unreadable(self, data: bytes, error: Exception) -> Effect:
        try:
            data.decode()
        except UnicodeDecodeError:
            return self.close(wire.BAD_TEXT)
        if isinstance(error, msgspec.DecodeError):
            return self._refused(*complaint(data, error))
        return self._refused(None, Refusal("bad_frame", reason="depth"))

    def _refused(self, command: str | None, refusal: Refusal) -> Effect:
        """A frame that cannot be read: refused, and after many of them the line is cut."""
        if self.phase is not Phase.READY:
            return self.close(wire.BAD_PROTOCOL, refusal)
        self._bad += 1
        if self._bad > BAD_FRAMES_MAX:
            return self.close(wire.BAD_PROTOCOL, refusal)
        return Reply(self._nack(command, refusal))

    def _rude(self, reason: str) -> Effect:
        return self.close(wire.BAD_PROTOCOL, Refusal("bad_frame", reason=reason))

    def _may_talk(self, now: float) -> bool:
        """Beats and resyncs: one a second, ten at once."""
        self._talk = min(TALK_BURST, self._talk + (now - self._talked_at) * TALK_PER_SECOND)
        self._talked_at = now
        if self._talk < 1.0:
            return False
        self._talk -= 1.0
        return True

    # --- out -------------------------------------------------------------------------------

    def admitted(self, capability: Capability) -> None:
        """The doorkeeper let it in; the welcome follows."""
        self.phase = Phase.READY
        if capability.role in CONSOLE_ROLES:
            self.frame_bytes_max = wire.CONSOLE_FRAME_BYTES_MAX

    def turned_away(self, why: Refusal | Busy) -> Close:
        """The doorkeeper did not."""
        if isinstance(why, Busy):
            return self.close(wire.RATE if why.code == "rate" else wire.DRAINING, why)
        codes = {"revoked": wire.REVOKED, "meeting_archived": wire.MEETING_OVER}
        return self.close(codes.get(why.code, wire.BAD_TICKET), why)

    def answered(self, command: CommandId, answer: Answer) -> bytes:
        """The frame of an answer; counts the command as answered."""
        self.outstanding -= 1
        if not self.outstanding:
            self._excess = 0
        if isinstance(answer, Refusal):
            return self._nack(command, answer)
        if isinstance(answer, Busy):
            return self._busy(command, answer)
        return wire.encode(wire.Ack(command, answer.offset, answer.blob))

    def close(self, code: int, why: Refusal | Busy | None = None) -> Close:
        """End it: nothing is taken any more."""
        self.phase = Phase.CLOSING
        if why is None:
            return Close(code)
        params = why.params if isinstance(why, Refusal) else {}
        say = self._say(self.lang, why.code, params)
        return Close(code, wire.encode(wire.Bye(why.code, params, say)))

    def _nack(self, command: str | None, refusal: Refusal) -> bytes:
        say = self._say(self.lang, refusal.code, refusal.params)
        if refusal.code == "outcome_unknown" and command is not None:
            return wire.encode(wire.Unknown(command, refusal.code, say))
        return wire.encode(wire.Nack(command, refusal.code, refusal.params, say))

    def _busy(self, command: CommandId, busy: Busy) -> bytes:
        say = self._say(self.lang, busy.code, {})
        return wire.encode(wire.Busy(command, busy.code, busy.retry_after_ms, say))


class _Glance(msgspec.Struct):
    """What can be made out of a frame that is not right."""

    id: object = None


def complaint(data: bytes, error: msgspec.DecodeError) -> tuple[str | None, Refusal]:
    """What is wrong with a frame, as the id it names and the refusal.

    Args:
        data: The frame.
        error: What the decoder says of it.

    Returns:
        bad_frame where it is no JSON object with a kind; unknown_command, bad_id or bad_field else.
    """
    if not isinstance(error, msgspec.ValidationError):
        return None, Refusal("bad_frame", reason="json")
    found = _PATH.match(str(error))
    what, path = (found["what"], found["path"]) if found else (str(error), "")
    quoted = [match["name"] for match in _NAMED.finditer(what)]
    try:
        glance = msgspec.json.decode(data, type=_Glance)
    except (msgspec.DecodeError, RecursionError):
        return None, Refusal("bad_frame", reason="object")
    command = glance.id[:64] if isinstance(glance.id, str) else None
    if "missing required field" in what:
        path, what = f"{path}.{quoted[0]}" if path else quoted[0], "missing"
    elif "unknown field" in what:
        path, what = f"{path}.{quoted[0]}" if path else quoted[0], "unknown"
    if path == "t" and what.startswith("Invalid value"):
        return command, Refusal("unknown_command", name=what.partition("'")[2].rpartition("'")[0][:64])
    if path in ("", "t"):
        return command, Refusal("bad_frame", reason="kind")
    if path == "id":
        return command, Refusal("bad_id", field="id")
    return command, Refusal("bad_field", field=path[:64], reason=what[:120])
