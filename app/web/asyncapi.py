"""The WebSocket contract as an AsyncAPI 3 document, made from the definitions that validate.

A client can be written from this document alone: besides the frames it says in
words what order they come in, and what a client does when the line drops.
"""

from inspect import cleandoc
from typing import Any

import msgspec

from app.core.errors import BUSY, REFUSALS
from app.realtime import wire

TITLE = "Town Meeting: the socket"
DESCRIPTION = """
One JSON object a text frame; its kind is in `t`. No binary frames, no compression, no secret in the
address.

**Coming in.** After the handshake the client says `hello` within 5 seconds, with protocol version and
exactly one of `ticket`, `token`, `resume`. A page's socket has our own Origin; a program may leave the
Origin out if it shows a token or a resume secret and no cookie. The server answers `welcome`, or `bye`
and closes. Each welcome brings the `resume` secret for the next connection; the one before stays good
until the new one has been used. A newer connection of the same device replaces the older (4504).

**Commands.** The client makes the `id` (`cmd_` and 128 random bits in hex, lower case) and keeps the
command until it is answered. `ack`: it is durable, and sent again has the same answer for ever. `nack`:
refused for good; the id is not sent again. `unknown`: can no longer be told; the id is not sent again.
`busy`: nothing is stored; the same id is sent again after `retry_after_ms`. No answer means unknown:
after a reconnect the same id is sent again. Ids of new things are made by the client in the same way
(`idea_`, `theme_`, `q_`, `opt_`, `item_`, `call_`, `msg_`, `seat_`). At most 64 commands may be
unanswered.

**Views.** For every channel of the welcome comes a `view` with `since` null, a snapshot, then deltas. A
delta sets whole values by key and names the keys that are gone (none where `gone` is left out). It fits
if `since` is not more than the offset that the client has of the channel; otherwise the client sends
`resync` and gets snapshots. A `tick` says that everything up to its offset has been sent. On a reconnect
`hello` may say `epoch` and the least `offset` that the client has of all its channels; then it gets what
came after, or snapshots. Another `epoch` in the welcome means another history: what the client holds is
to be forgotten.

**The line.** A tick comes every 10 seconds; after 25 silent seconds the line is dead. A client that does
not read is cut. Closed below 4500 (and with 1001, 1006, 1012) the client comes back after a random time
between 0 and min(15 s, 0.5 s · 2ⁿ), after 1006, 1012 and 4030 between 0 and 8 s; from 4500 it does not
come back by itself. Clients pass over kinds of frames and fields that they do not know. Frames are at
most 16 KB, of consoles 256 KB.
"""


def document(host: str, *, secure: bool, version: str) -> dict[str, Any]:
    """The document for a server at this address.

    Args:
        host: Name and port, as clients reach it.
        secure: Whether it is reached over TLS.
        version: The program's.
    """
    frames = (*wire.CONNECTION_FRAMES, *wire.SERVER_FRAMES, *wire.COMMAND_FRAMES.values())
    _, schemas = msgspec.json.schema_components(frames, ref_template="#/components/schemas/{name}")
    for schema in schemas.values():
        schema["description"] = cleandoc(schema.get("description", ""))
    commands = [_name(frame) for frame in wire.COMMAND_FRAMES.values()]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": TITLE,
            "version": f"{wire.PROTOCOL}.0.0",
            "description": cleandoc(DESCRIPTION),
            "license": {"name": "Apache-2.0"},
            "x-program-version": version,
        },
        "defaultContentType": "application/json",
        "servers": {"here": {"host": host, "protocol": "wss" if secure else "ws", "pathname": "/"}},
        "channels": {
            "socket": {
                "address": "/ws",
                "title": "The one socket",
                "messages": {_name(frame): _ref(f"messages/{_name(frame)}") for frame in frames},
                "bindings": {"ws": {"method": "GET", "bindingVersion": "0.1.0"}},
            }
        },
        "operations": {
            "sayHello": _receive(["hello"], ["welcome", "bye"]),
            "giveCommand": _receive(commands, ["ack", "nack", "busy", "unknown"]),
            "askForSnapshots": _receive(["resync"], ["view", "tick"]),
            "askForSignOfLife": _receive(["beat"], ["tick"]),
            "showWhatChanged": _send(["view", "tick"]),
            "sayGoodbye": _send(["bye"]),
        },
        "components": {
            "messages": {_name(frame): _message(frame) for frame in frames},
            "schemas": schemas,
        },
        "x-close-codes": {str(code): meaning for code, meaning in wire.CLOSE_CODES.items()},
        "x-refusals": {code: list(params) for code, params in REFUSALS.items()},
        "x-busy": {code: list(params) for code, params in BUSY.items()},
    }


def _name(frame: type[msgspec.Struct]) -> str:
    return str(frame.__struct_config__.tag)


def _ref(where: str) -> dict[str, str]:
    return {"$ref": f"#/components/{where}"}


def _message(frame: type[msgspec.Struct]) -> dict[str, Any]:
    words = cleandoc(frame.__doc__ or "")
    return {
        "name": _name(frame),
        "title": frame.__name__,
        "summary": words.partition("\n")[0],
        "description": words,
        "contentType": "application/json",
        "payload": _ref(f"schemas/{frame.__name__}"),
    }


def _of_channel(names: list[str]) -> list[dict[str, str]]:
    return [{"$ref": f"#/channels/socket/messages/{name}"} for name in names]


def _receive(names: list[str], replies: list[str]) -> dict[str, Any]:
    return {
        "action": "receive",
        "channel": {"$ref": "#/channels/socket"},
        "messages": _of_channel(names),
        "reply": {"channel": {"$ref": "#/channels/socket"}, "messages": _of_channel(replies)},
    }


def _send(names: list[str]) -> dict[str, Any]:
    return {"action": "send", "channel": {"$ref": "#/channels/socket"}, "messages": _of_channel(names)}
