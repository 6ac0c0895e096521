"""The server as an older program: what came to log and wire since is not there.

python tests/fault/older.py DATA_DIR PORT: as tests/web/server_process.py. $OLDER is the version of the wire
that it speaks. No file of heads is kept beside the log; welcome and acknowledgement say what they said at
first, and a hello that says more is refused; the files of its pages are others. With $OLDER_TREE, a folder
of an earlier commit, it is that program itself, and speaks what it speaks.
"""

import os
import sys
from pathlib import Path

if __name__ == "__main__":  # who imports a name from here goes on as it is
    sys.path.insert(0, os.environ.get("OLDER_TREE") or str(Path(__file__).parents[2]))

if __name__ == "__main__" and "OLDER_TREE" in os.environ:
    from tests.web import server_process

    sys.exit(server_process.main())

import msgspec

from app.core.commands import AnyCommand
from app.core.ids import CommandId
from app.log.heads import HeadsFile
from app.realtime import wire
from app.web import assets

NEWER_IN_HELLO = ("instance", "attempt", "term")
NEWER_IN_WELCOME = ("head", "history", "term")

_encode, _read_client = wire.encode, wire.read_client


def said(frame: object) -> bytes:
    """A frame without what came later."""
    if isinstance(frame, wire.Welcome):
        frame = msgspec.structs.replace(frame, **dict.fromkeys(NEWER_IN_WELCOME))
    elif isinstance(frame, wire.Ack):
        frame = msgspec.structs.replace(frame, blob=None)
    return _encode(frame)


def heard(data: bytes) -> wire.FromClient | tuple[CommandId, AnyCommand]:
    """What a client says, where it says nothing that came later."""
    frame = _read_client(data)
    if isinstance(frame, wire.Hello) and any(getattr(frame, name) for name in NEWER_IN_HELLO):
        raise msgspec.ValidationError("Object contains unknown field")
    return frame


def grow_young() -> None:
    """Take away what came later."""

    wire.PROTOCOL = int(os.environ["OLDER"])
    wire.encode = said
    wire.read_client = heard
    HeadsFile.read = lambda _: None  # type: ignore[method-assign, assignment]
    HeadsFile.write = lambda *_: None  # type: ignore[method-assign]
    assets.assets_version = lambda: "older"  # type: ignore[assignment]


if __name__ == "__main__":
    grow_young()
    from tests.web import server_process  # after it is young: names are taken over as they are

    sys.exit(server_process.main())
