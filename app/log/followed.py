"""What the second laptop and the server say to each other: MessagePack, one request after another.

The follower says what it holds (`Ask`); the answer (`Told`) has what comes after it, in order, and the pages
of `server.db` that have changed. The next request says that it is on the disk. Nobody but these two reads
it, and both ends are one program; it is told in docs/wire.md all the same.
"""

import hashlib

import msgspec

from app.log.port import LogDamaged

VERSION = 1
PAGE_BYTES = 4096


class Holds(msgspec.Struct, array_like=True, frozen=True):
    """How much of a log the follower holds: which history, its last event, and the chain's head there."""

    meeting: str
    epoch: str
    offset: int
    head: bytes


class Ask(msgspec.Struct, array_like=True, frozen=True):
    """What the follower says.

    `run` is a random name of this run of it; `database` the SHA-256 of the `server.db` that it has, empty for
    none. One that is `leaving` wants nothing.
    """

    version: int
    run: str
    held: tuple[Holds, ...]
    database: bytes = b""
    leaving: bool = False


class Piece(msgspec.Struct, array_like=True, frozen=True):
    """What comes next of a log: framed items (`app/log/carry.py`). `end` is its last event."""

    meeting: str
    end: int
    items: bytes


class Database(msgspec.Struct, array_like=True, frozen=True):
    """A `server.db`: the pages in which it differs from the one of hash `base` (empty: from nothing).

    `pages` are by number, from 0, `PAGE_BYTES` each (the last may be shorter); `digest` is of all, SHA-256.
    """

    base: bytes
    size: int
    digest: bytes
    pages: dict[int, bytes]


class Told(msgspec.Struct, array_like=True, frozen=True):
    """What the server says. `waits`: acknowledgements wait for this follower."""

    pieces: tuple[Piece, ...] = ()
    database: Database | None = None
    waits: bool = False


class Admitted(msgspec.Struct, array_like=True, frozen=True):
    """A follower was let in: its token, and the server's keys by the names of their files. Said once."""

    token: str
    keys: dict[str, bytes]


encode = msgspec.msgpack.Encoder().encode
read_ask = msgspec.msgpack.Decoder(Ask).decode
read_told = msgspec.msgpack.Decoder(Told).decode
read_admitted = msgspec.msgpack.Decoder(Admitted).decode


def difference(image: bytes, digest: bytes, base: bytes, base_digest: bytes) -> Database:
    """What has to be told to whoever has `base` so that they have `image`."""
    pages = {
        at // PAGE_BYTES: image[at : at + PAGE_BYTES]
        for at in range(0, len(image), PAGE_BYTES)
        if image[at : at + PAGE_BYTES] != base[at : at + PAGE_BYTES]
    }
    return Database(base_digest, len(image), digest, pages)


def applied(told: Database, base: bytes) -> bytes:
    """The database that is meant, made of the one that is there.

    Raises:
        LogDamaged: It is not the one that the server has.
    """
    image = bytearray(base[: told.size] if told.base else b"").ljust(told.size, b"\0")
    for number, page in told.pages.items():
        at = number * PAGE_BYTES
        image[at : at + len(page)] = page
    if len(image) != told.size or hashlib.sha256(image).digest() != told.digest:
        raise LogDamaged("The copy of the server's database is damaged. It is asked for anew.", offset=0)
    return bytes(image)
