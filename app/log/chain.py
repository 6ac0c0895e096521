r"""The bytes of the record and the chain over them, knowing nothing of events.

A line of a segment is ``[open, sealed]`` in canonical JSON. `sealed` has under
the name of each part ``[salt, content]``, or the part's commitment once it has
been erased. The chain runs over commitments, so it holds with and without the
content (docs/rules.md, The log):

    h_0 = SHA-256("townmeeting log\n" + canonical(genesis))
    h_i = SHA-256(h_(i-1) + canonical(open) + commitment of each part, by its name)
    commitment = SHA-256(salt + canonical(content))
"""

from binascii import hexlify
from collections.abc import Iterator, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

import msgspec

from app.log.port import Genesis, LogDamaged, Position, Segment

SALT_BYTES = 16
SEED_BYTES = 32
HASH_BYTES = 32

UNREADABLE = (msgspec.DecodeError, ValueError, RecursionError)
"""What reading bytes that nobody wrote may raise."""

_encode = msgspec.json.Encoder(order="sorted").encode
split_line = msgspec.json.Decoder(
    tuple[msgspec.Raw, dict[str, tuple[str, msgspec.Raw] | str]], strict=True
).decode


class NotCanonical(ValueError):
    """A value that the record cannot hold: a float, a lone surrogate, a type that is not JSON's."""


Part = tuple[str, bytes, bytes]
"""A sealed part: its name, how it stands in the line, its commitment."""


class Record(NamedTuple):
    """One event as it is stored: its line without the newline, and what the chain hashes of it."""

    line: bytes
    link: bytes


def canonical(value: object) -> bytes:
    """Give the one spelling of a JSON value that hashes are made over.

    Keys sorted by code point, no spaces, UTF-8 unescaped, integers only: the same bytes as
    ``json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)``.

    Raises:
        NotCanonical: A float, a lone surrogate, a key that is no string, or no JSON at all.
    """
    _check_json(value)
    try:
        return _encode(value)
    except UnicodeEncodeError as error:
        raise NotCanonical(f"text with a lone surrogate cannot be recorded: {error}") from error


def _check_json(value: object) -> None:
    match value:
        case None | bool() | int() | str():
            return
        case list() | tuple():
            for item in value:
                _check_json(item)
        case dict():
            for key, item in value.items():
                if not isinstance(key, str):
                    raise NotCanonical(f"a key of the record must be a string, not {key!r}")
                _check_json(item)
        case _:
            raise NotCanonical(f"the record holds no {type(value).__name__}")


def genesis_head(genesis: Genesis) -> bytes:
    """Give the chain's head before the first event."""
    said = {
        "epoch": genesis.epoch,
        "format": genesis.format,
        "meeting": genesis.meeting,
        "site": genesis.site,
    }
    return sha256(b"townmeeting log\n" + canonical(said)).digest()


def salt_of(seed: bytes, index: int, part: int) -> bytes:
    """Give the salt of a part: number `part` of the event that is number `index` of its command."""
    return sha256(seed + _which(index, part)).digest()[:SALT_BYTES]


@lru_cache(maxsize=256)
def _which(index: int, part: int) -> bytes:
    return b"%d/%d" % (index, part)


def seal(name: str, salt: bytes, content: bytes) -> Part:
    """Write a sealed part."""
    text = _sealed_start(name) + hexlify(salt) + b'",' + content + b"]"
    return name, text, sha256(salt + content).digest()


@lru_cache(maxsize=256)
def _sealed_start(name: str) -> bytes:
    return b'"%b":["' % name.encode()


def erased(name: str, commitment: bytes) -> Part:
    """Write what is left of a sealed part."""
    return name, b'"%b":"%b"' % (name.encode(), commitment.hex().encode()), commitment


def record(open_part: bytes, parts: Sequence[Part]) -> Record:
    """Write an event's line, parts in the order given (which must be that of their names)."""
    line, link, comma = b"[" + open_part + b",{", open_part, b""
    for _, text, commitment in parts:
        line += comma + text
        link += commitment
        comma = b","
    return Record(line + b"}]", link)


def chain(head: bytes, link: bytes) -> bytes:
    """Give the chain's head after one more record."""
    return sha256(head + link).digest()


def lines_of(segment: Segment) -> Iterator[tuple[int, bytes]]:
    """Give each line of the body with the offset of its event.

    Raises:
        LogDamaged: There are more or fewer lines than events.
    """
    lines = segment.body.split(b"\n")
    rest = lines.pop()
    if rest or len(lines) != segment.count:
        offset = min(segment.first + len(lines), segment.last)
        raise damaged(offset, f"the segment {segment.first} to {segment.last} has {len(lines)} whole lines")
    return enumerate(lines, segment.first)


def take_apart(line: bytes, offset: int) -> tuple[bytes, list[Part]]:
    """Split a line into its open part and its sealed parts in the order of their names.

    Raises:
        LogDamaged: It is not a record.
    """
    try:
        open_part, sealed = split_line(line)
        parts = [take_part(name, sealed[name]) for name in sorted(sealed)]
    except UNREADABLE as error:
        raise damaged(offset, str(error)) from error
    return bytes(open_part), parts


def take_part(name: str, value: tuple[str, msgspec.Raw] | str) -> Part:
    """Read a sealed part as it stands in a line."""
    if isinstance(value, str):
        return erased(name, _unhex(value, HASH_BYTES))
    return seal(name, _unhex(value[0], SALT_BYTES), bytes(value[1]))


def salt_from(text: str) -> bytes:
    """Read a salt; only its canonical spelling is one.

    Raises:
        ValueError: It is none.
    """
    salt = bytes.fromhex(text)
    if len(salt) != SALT_BYTES or salt.hex() != text:
        raise ValueError(f"expected {SALT_BYTES} bytes in hex, not {text!r}")
    return salt


def _unhex(text: str, length: int) -> bytes:
    raw = bytes.fromhex(text)
    if len(raw) != length:
        raise ValueError(f"expected {length} bytes in hex, not {text!r}")
    return raw


def erase_in(body: bytes, index: int, part: str, *, first: int = 1) -> bytes:
    """Replace a sealed part and its salt by its commitment; erasing twice changes nothing.

    Args:
        body: Of a segment.
        index: Of the line in it, from 0.
        part: Its name.
        first: Offset of the body's first event, for what an error says.

    Raises:
        ValueError: There is no such line or part.
    """
    lines = body.split(b"\n")
    if not 0 <= index < len(lines) - 1:
        raise ValueError(f"the segment has no line {index}")
    open_part, parts = take_apart(lines[index], first + index)
    if part not in [name for name, _, _ in parts]:
        raise ValueError(f"the event has no sealed part {part!r}")
    kept = [
        erased(name, commitment) if name == part else (name, text, commitment)
        for name, text, commitment in parts
    ]
    lines[index] = record(open_part, kept).line
    return b"\n".join(lines)


def check_fits(segment: Segment, expected: Position) -> None:
    """Assert what every adapter may rely on: the segment is whole and follows `expected`."""
    assert segment.first == expected.offset + 1, "a segment follows the position its writer believes in"
    assert segment.count >= 1, "a segment holds an event"
    assert segment.body.count(b"\n") == segment.count, "a segment has one line an event"
    assert segment.body.endswith(b"\n"), "a segment ends its last line"
    assert len(segment.head) == HASH_BYTES, "a segment carries the head after it"


def damaged(offset: int, why: str) -> LogDamaged:
    """Say where the record stops being what was written."""
    sentence = (
        f"The record is not what was written, from event {offset} on: {why}. Restore a backup of the log."
    )
    return LogDamaged(sentence, offset=offset)
