"""The frames of the public WebSocket contract: the only definition, both ways.

One JSON object a text frame, its kind in ``t``. Frames of commands are made
from the dataclasses of `core/commands.py`, field for field; the AsyncAPI
document and the reference are made from here (the docstring of a frame is its
specification). Knows no connection and no meeting.
"""

import functools
import operator
import types
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from typing import Annotated, Any, NewType, Union, get_args, get_origin, get_type_hints

import msgspec

from app.core import commands
from app.core.commands import COMMANDS, AnyCommand, Command, command_name
from app.core.ids import CommandId

PROTOCOL = 1
"""Version of this contract. A hello with another one is closed with 4502."""

FRAME_BYTES_MAX = 16 * 1024
CONSOLE_FRAME_BYTES_MAX = 256 * 1024
OUTSTANDING_MAX = 64
HELLO_SECONDS = 5.0
BEAT_SECONDS = 9.5
"""Between two ticks; with the time over which one is spread, ten at the most."""

QUIET_SECONDS = 11.0
"""A client that hears nothing for so long, not even a tick, says `beat`, which is answered at once."""

ANSWER_SECONDS = 10.0
"""A client that has said something, and hears nothing at all for so long, takes the line for dead."""

SILENCE_SECONDS = QUIET_SECONDS + ANSWER_SECONDS
"""A client that hears nothing for so long takes the line for dead, whatever it has said."""

INTEGER_MAX = 2**53 - 1
"""Integers beyond this are not the same number in every client."""

# --- close codes ---------------------------------------------------------------------------

SLOW, RESYNC, RATE, DRAINING = 4008, 4010, 4029, 4030
BAD_TICKET, REVOKED, BAD_PROTOCOL, MEETING_OVER, TAKEN_OVER = 4500, 4501, 4502, 4503, 4504
TOO_BIG, RESTART, BAD_TEXT, BAD_DATA = 1009, 1012, 1007, 1003

CLOSE_CODES: dict[int, str] = {
    SLOW: "The client did not read, or its hello came too late; it may come back.",
    RESYNC: "The client must come back and ask for a snapshot.",
    RATE: "Too many frames; come back later.",
    DRAINING: "The server is going down for a restart; come back.",
    BAD_TICKET: "The ticket, token or resume secret is not known.",
    REVOKED: "The right was withdrawn.",
    BAD_PROTOCOL: "The client broke the protocol, or speaks another version of it.",
    MEETING_OVER: "The meeting is archived.",
    TAKEN_OVER: "A newer connection of the same device is there.",
}
"""Close codes of our own: below 4500 the client comes back, from 4500 it does not."""


def may_come_back(code: int) -> bool:
    """Whether a client that was closed with this code may connect again by itself."""
    return not 4500 <= code <= 4999


# --- frames of the client ------------------------------------------------------------------

Id = Annotated[str, msgspec.Meta(pattern="^cmd_[0-9a-f]{32}$", max_length=36)]
"""A command's id, made by the client before sending: ``cmd_`` and 128 random bits in hex."""


class FromClient(
    msgspec.Struct, tag_field="t", tag=str.lower, forbid_unknown_fields=True, omit_defaults=True
):
    """Base of the frames that only the connection itself understands."""


class Hello(FromClient, kw_only=True):
    """The first frame, within five seconds. Exactly one of ticket, token and resume.

    A page's first connection brings the `ticket` that the page was given, a program its bearer
    `token`, a reconnect the `resume` secret of the last welcome. `epoch` and `offset` say what the
    client has of every channel it names (all it may hear where `channels` is not given); without
    them it gets snapshots. `assets` is the version of the page's own files. `instance` is a random
    name of this run of the client and `attempt` counts its connections: a hello that was long under
    way is told newer_connection where the device is connected by a later attempt of the same run.
    `term` is the latest that a welcome has said: a server of an earlier one has been replaced, and ends.
    """

    protocol: int
    ticket: str | None = None
    token: str | None = None
    resume: str | None = None
    lang: str = ""
    assets: str | None = None
    epoch: str | None = None
    offset: Annotated[int, msgspec.Meta(ge=0, le=INTEGER_MAX)] | None = None
    channels: tuple[str, ...] | None = None
    instance: Annotated[str, msgspec.Meta(max_length=32)] | None = None
    attempt: Annotated[int, msgspec.Meta(ge=0, le=INTEGER_MAX)] = 0
    term: Annotated[str, msgspec.Meta(max_length=100)] | None = None


class Resync(FromClient):
    """The client has lost its way: a snapshot of every channel, please."""


class Beat(FromClient):
    """Are you there? Answered by a tick."""


# --- frames of the server ------------------------------------------------------------------


class FromServer(msgspec.Struct, tag_field="t", tag=str.lower, omit_defaults=True):
    """Base of the server's frames. Fields may be added; a client passes over what it does not know."""


class Welcome(FromServer, kw_only=True):
    """The hello was good. `resume` is the secret for the next connection, rotated on use.

    `epoch` names the history; where it is not the one the client holds, everything the client has
    is of another history and snapshots follow. `channels` are those it will hear. `scope` holds
    what the capability is bound to: `tables`, `seat`, `screen`, and `device`. `head` is the chain's
    head at `offset`, in hex. `history` is there once the log was taken back: up to which event this one
    has what an earlier history, by its epoch, had; what was acknowledged there later is to be brought back.
    `term` is there once a second laptop was promoted: a number, a point, and what shows that it is true. A
    client stays with no server whose number is less than the highest that it was told, or that has none.
    """

    epoch: str
    offset: int
    resume: str
    lang: str
    protocol: int
    assets: str
    role: str
    scope: dict[str, str | tuple[str, ...]]
    channels: tuple[str, ...]
    server_ms: int
    head: str | None = None
    history: dict[str, int] | None = None
    term: str | None = None


class Ack(FromServer):
    """The command's first event is durable, at `offset`. Sent again, it has the same answer for ever.

    `blob` comes with a ballot that is not anonymous: keep it until the meeting is over, as it is and
    nothing else of the ballot. After a welcome of another history bring it back (`recover_ballot`).
    """

    id: str
    offset: int
    blob: str | None = None


class Nack(FromServer):
    """The command is refused for good: the id is not sent again. `say` is a sentence for people.

    `id` is null where the frame had none that could be read.
    """

    id: str | None
    code: str
    params: dict[str, str | int]
    say: str


class Busy(FromServer):
    """It cannot be decided now and nothing is stored: send the same id again after `retry_after_ms`."""

    id: str
    code: str
    retry_after_ms: int
    say: str


class Unknown(FromServer):
    """Neither ack nor nack: whether an earlier copy counted can no longer be told."""

    id: str
    code: str
    say: str


class View(FromServer):
    """What changed on a channel between `since` and `offset`; a snapshot where `since` is null.

    `set` holds whole values by key, `gone` the keys that are no more. A client that has less than
    `since` asks for a resync.
    """

    channel: str
    offset: int
    since: int | None
    set: dict[str, msgspec.Raw]
    gone: tuple[str, ...] = ()


class Tick(FromServer):
    """Heartbeat: everything up to `offset` that concerns this client has been sent to it."""

    offset: int
    server_ms: int


class Bye(FromServer):
    """The last frame before the server closes: why, as code and as a sentence."""

    code: str
    params: dict[str, str | int]
    say: str


ServerFrame = Welcome | Ack | Nack | Busy | Unknown | View | Tick | Bye
SERVER_FRAMES: tuple[type[FromServer], ...] = get_args(ServerFrame)
CONNECTION_FRAMES: tuple[type[FromClient], ...] = (Hello, Resync, Beat)

# --- frames of commands --------------------------------------------------------------------

INTERNAL: frozenset[type[Command]] = frozenset(
    {
        commands.FinishVoting,
        commands.GiveMoreTime,
        commands.LoseKey,
        commands.PrepareMeeting,
        commands.RestoreLog,
    }
)
"""Commands that only the server itself may give: they have no frame."""

Integer = Annotated[int, msgspec.Meta(ge=-INTEGER_MAX, le=INTEGER_MAX)]


def _closed(hint: Any) -> Any:
    """The type as the wire reads it: nested dataclasses refuse unknown fields, integers are bounded."""
    if isinstance(hint, NewType):
        return _closed(hint.__supertype__)
    if hint is int:
        return Integer
    if isinstance(hint, type) and is_dataclass(hint):
        return _struct(hint.__name__, hint)
    origin, inner = get_origin(hint), tuple(_closed(arg) if arg is not ... else ... for arg in get_args(hint))
    if origin is None:
        return hint
    return functools.reduce(operator.or_, inner) if origin in (Union, types.UnionType) else origin[inner]


_STRUCTS: dict[type, type[msgspec.Struct]] = {}


def _struct(name: str, cls: type, **options: Any) -> type[msgspec.Struct]:
    """A msgspec struct with the fields of a dataclass."""
    if cls not in _STRUCTS:
        hints = get_type_hints(cls)
        rows: list[Any] = [("id", Id)] if options else []
        for f in fields(cls):
            default = () if f.default is MISSING else (f.default,)
            rows.append((f.name, _closed(hints[f.name]), *default))
        _STRUCTS[cls] = msgspec.defstruct(
            name, rows, namespace={"__doc__": cls.__doc__}, module=__name__, forbid_unknown_fields=True,
            frozen=True, **options,
        )  # fmt: skip
    return _STRUCTS[cls]


COMMAND_FRAMES: dict[str, type[msgspec.Struct]] = {
    name: _struct(cls.__name__, cls, tag_field="t", tag=name)
    for name, cls in COMMANDS.items()
    if cls not in INTERNAL
}
"""The frame of every command that a client may give, by its ``t``."""

_encoder = msgspec.json.Encoder()
encode = _encoder.encode


def _reader(cls: type[Command], frame: type[msgspec.Struct]) -> Callable[[Any], Any]:
    """How a command is made from its frame: field by field, or converted where a field is an object."""
    names = tuple(f.name for f in fields(cls))
    parts = msgspec.json.schema(frame)["$defs"]
    if not any(part.get("type") == "object" for name, part in parts.items() if name != cls.__name__):
        if len(names) < 2:
            return lambda made: cls(*[getattr(made, name) for name in names])
        said = operator.attrgetter(*names)
        return lambda made: cls(*said(made))
    return lambda made: msgspec.convert(made, cls, from_attributes=True)


_READERS = {frame: _reader(COMMANDS[name], frame) for name, frame in COMMAND_FRAMES.items()}
_from_client: msgspec.json.Decoder[Any] = msgspec.json.Decoder(
    functools.reduce(operator.or_, (*CONNECTION_FRAMES, *COMMAND_FRAMES.values()))
)
_from_server: msgspec.json.Decoder[ServerFrame] = msgspec.json.Decoder(ServerFrame)


def read_client(data: bytes) -> FromClient | tuple[CommandId, AnyCommand]:
    """What a client's frame says.

    Raises:
        msgspec.DecodeError: It is no JSON, or no frame of this contract.
        UnicodeDecodeError: It is not UTF-8.
        RecursionError: It is nested too deep.
    """
    frame = _from_client.decode(data)
    read = _READERS.get(type(frame))
    return frame if read is None else (frame.id, read(frame))


def read_server(data: bytes) -> ServerFrame:
    """What a server's frame says; for clients.

    Raises:
        msgspec.ValidationError: It is of a kind that is not known here.
    """
    return _from_server.decode(data)


def command_frame(command: CommandId, said: AnyCommand) -> bytes:
    """The frame of a command; for clients."""
    cls = COMMAND_FRAMES[command_name(type(said))]
    return encode(cls(command, *[getattr(said, f.name) for f in fields(said)]))
