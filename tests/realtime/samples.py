"""One frame of every kind, for the golden file that the Python and the JavaScript tests read alike."""

import types
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any, NewType, Union, get_args, get_origin, get_type_hints

import msgspec

from app.core.commands import COMMANDS, AnyCommand, Choices
from app.core.ids import CommandId
from app.realtime import wire

COMMAND = CommandId("cmd_" + "0123456789abcdef" * 2)


def sample(hint: Any, name: str = "text") -> Any:
    """A value of a type; every optional one is given."""
    if hint == Choices:
        return ("shade", "water")
    if isinstance(hint, NewType):
        return sample(hint.__supertype__, name)
    if isinstance(hint, type) and is_dataclass(hint):
        hints = get_type_hints(hint)
        return hint(**{f.name: sample(hints[f.name], f.name) for f in fields(hint)})
    if isinstance(hint, type) and issubclass(hint, Enum):
        return next(iter(hint))
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return sample(args[0], name)
    if origin is tuple:
        return (sample(args[0], name),)
    if origin is dict:
        return {sample(args[0], "en"): sample(args[1], name)}
    return {str: name, int: 1, bool: True}[hint]


def commands() -> dict[str, AnyCommand]:
    """One command of every kind that a client may give."""
    return {name: sample(COMMANDS[name]) for name in wire.COMMAND_FRAMES}


CONNECTION: dict[str, wire.FromClient] = {
    "hello": wire.Hello(
        protocol=1, resume="secret", lang="th", assets="a1", epoch="e1", offset=41, channels=("keypad",)
    ),
    "resync": wire.Resync(),
    "beat": wire.Beat(),
}

SERVER: dict[str, wire.ServerFrame] = {
    "welcome": wire.Welcome(
        epoch="e1", offset=42, resume="next", lang="th", protocol=1, assets="a1", role="participant",
        scope={"device": "d1", "seat": "17-4"}, channels=("keypad", "seat:17-4"), server_ms=1_790_000_000_000,
        head="00" * 32,
    ),
    "welcome_restored": wire.Welcome(
        epoch="e2", offset=42, resume="next", lang="th", protocol=1, assets="a1", role="viewer", scope={},
        channels=(), server_ms=1_790_000_000_000, head="00" * 32, history={"e1": 40},
    ),
    "ack": wire.Ack(COMMAND, 43),
    "nack": wire.Nack(COMMAND, "too_many_choices", {"limit": 3}, "At most 3."),
    "nack without id": wire.Nack(None, "bad_frame", {"reason": "json"}, "Not JSON."),
    "ack_kept": wire.Ack(COMMAND, 42, "c2VhbGVk"),
    "busy": wire.Busy(COMMAND, "rate", 200, "Too fast."),
    "unknown": wire.Unknown(COMMAND, "outcome_unknown", "Whether it counted can no longer be told."),
    "snapshot": wire.View("keypad", 42, None, {"open": msgspec.Raw(b'{"question":"place"}')}),
    "delta": wire.View("keypad", 44, 42, {"open": msgspec.Raw('{"คำถาม":"ร่มเงา"}'.encode())}, ("meeting",)),
    "tick": wire.Tick(44, 1_790_000_000_500),
    "bye": wire.Bye("draining", {}, "The server restarts."),
}  # fmt: skip
