"""Events to canonical bytes and back.

The shape of every record is made from the event's own class, once, at import:
a strict struct for the open part and one for each sealed part. Fields that are
`None` are left out, all others are written. Whatever the class does not know
is refused as damage. An older format is translated here, once (`READERS`);
nothing else of the program has to know that it existed.
"""

import functools
import operator
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields, is_dataclass
from hashlib import sha256
from types import NoneType, UnionType
from typing import Any, NamedTuple, Union, get_args, get_origin, get_type_hints

import msgspec

from app.core.events import EVENTS, BallotCast, BallotWithdrawn, Event, sealed_parts
from app.log.chain import (
    SEED_BYTES,
    UNREADABLE,
    NotCanonical,
    Record,
    canonical,
    chain,
    check_fits,
    damaged,
    erase_in,
    genesis_head,
    lines_of,
    record,
    salt_from,
    salt_of,
    seal,
    split_line,
    take_apart,
    take_part,
)
from app.log.port import FORMAT, LogDamaged, Segment, UnknownFormat

__all__ = [
    "NotCanonical",
    "Record",
    "canonical",
    "chain",
    "check_fits",
    "decode",
    "decode_segment",
    "encode",
    "erase_in",
    "genesis_head",
    "known_format",
    "read_segment",
    "seal_batch",
    "verify_segment",
]

_encode = msgspec.json.Encoder(order="sorted").encode
_convert = msgspec.convert
_asdict = msgspec.structs.asdict


OPEN = ""
ALIKE: dict[type[Event], tuple[str, ...]] = {BallotCast: (OPEN, "choices"), BallotWithdrawn: (OPEN,)}
"""Of which events the open part, or a sealed one, is that of many others: the ballots of one batch."""

REMEMBERED = 256


class _Typed(msgspec.Struct):
    """Only the name of an event."""

    type: str


Write = Callable[[Event], bytes]
"""How a part of an event is written; raises what `msgspec` does where a field is not what its type says."""


class _Shape(NamedTuple):
    """How one event type lies in a record: the structs of its parts, by name in chain order."""

    cls: type[Event]
    open: type[msgspec.Struct]
    write: Write
    parts: tuple[tuple[str, type[msgspec.Struct], Write], ...]
    sealed: msgspec.json.Decoder[Any]
    contents: tuple[tuple[str, bytes, msgspec.json.Decoder[Any]], ...]


def _mirror(hint: Any) -> Any:
    """Give the type of a field with a strict struct in the place of each dataclass."""
    if isinstance(hint, type) and is_dataclass(hint):
        return _struct(hint.__name__, hint, [f.name for f in fields(hint)])
    origin, args = get_origin(hint), tuple(_mirror(arg) for arg in get_args(hint))
    if origin is None:
        return hint
    return _union(args) if origin in (Union, UnionType) else origin[args]


def _union(args: Iterable[Any]) -> Any:
    return functools.reduce(operator.or_, args)


@functools.cache
def _hints(cls: type) -> dict[str, Any]:
    return get_type_hints(cls)


def _struct(name: str, cls: type, names: Iterable[str], tag: str | None = None) -> type[msgspec.Struct]:
    """Make the strict struct of some fields of a dataclass; those that may be `None` may be absent."""
    shape: list[tuple[str, Any] | tuple[str, Any, Any]] = []
    for field in names:
        hint = _hints(cls)[field]
        mirrored = _mirror(hint)
        shape.append((field, mirrored, None) if NoneType in get_args(hint) else (field, mirrored))
    return msgspec.defstruct(
        name,
        shape,
        tag_field="type" if tag else None,
        tag=tag,
        kw_only=True,
        omit_defaults=True,
        gc=False,
        forbid_unknown_fields=True,
    )


def _writer(struct: type[msgspec.Struct]) -> Write:
    return lambda event: _encode(_convert(event, struct, from_attributes=True))


def _remembering(struct: type[msgspec.Struct]) -> Write:
    """The same for a part that many events have in common: written once for each of its contents."""
    names = struct.__struct_fields__
    said = operator.attrgetter(*names)
    write = _writer(struct)

    @functools.lru_cache(maxsize=REMEMBERED, typed=True)
    def written(*values: object) -> bytes:
        return _encode(_convert(dict(zip(names, values, strict=True)), struct))

    def recalled(event: Event) -> bytes:
        values = said(event)
        try:
            return written(*values) if len(names) > 1 else written(values)
        except TypeError:  # a rating has no hash
            return write(event)

    return recalled


def _decoder(struct: type[msgspec.Struct]) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(struct)


def _shape(name: str, cls: type[Event]) -> _Shape:
    sealed = sealed_parts(cls)
    hidden = {f.name for part in sealed.values() for f in part}
    open_part = _struct(cls.__name__, cls, [f.name for f in fields(cls) if f.name not in hidden], tag=name)
    alike = ALIKE.get(cls, ())
    write = _remembering(open_part) if OPEN in alike else _writer(open_part)
    structs = [(part, _struct(part, cls, [f.name for f in sealed[part]])) for part in sealed]
    pair: Any = tuple
    whole = msgspec.defstruct(
        "sealed", [(part, pair[str, struct] | str) for part, struct in structs], forbid_unknown_fields=True
    )
    contents = tuple(
        (part, b'"%b":["' % part.encode(), msgspec.json.Decoder(struct)) for part, struct in structs
    )
    parts = tuple(
        (part, struct, _remembering(struct) if part in alike else _writer(struct)) for part, struct in structs
    )
    return _Shape(cls, open_part, write, parts, msgspec.json.Decoder(whole), contents)


_SHAPES = {cls: _shape(name, cls) for name, cls in EVENTS.items()}
_PART_NAMES = {name: [part for part, _, _ in _SHAPES[cls].parts] for name, cls in EVENTS.items()}
_BY_OPEN = {shape.open: shape for shape in _SHAPES.values()}
_decode_type = msgspec.json.Decoder(_Typed).decode
_AnyOpen: Any = _union(_BY_OPEN)
_decode_outer = msgspec.json.Decoder(tuple[_AnyOpen, msgspec.Raw]).decode
_decode_open = msgspec.json.Decoder(_AnyOpen).decode


def encode(event: Event, seed: bytes, index: int = 0) -> Record:
    """Write one event.

    Args:
        event: Any event.
        seed: 32 random bytes of the command (`Given.salt`); every sealed part's salt comes from it.
        index: Which event of its command it is, from 0.

    Raises:
        NotCanonical: A field holds what its type does not allow; such an event could not be read again.
    """
    shape = _SHAPES[type(event)]
    assert not shape.parts or len(seed) == SEED_BYTES, "sealed parts need a seed of 32 random bytes"
    try:
        open_part = shape.write(event)
        parts = [
            seal(name, salt_of(seed, index, number), write(event))
            for number, (name, _, write) in enumerate(shape.parts)
        ]
    except (msgspec.ValidationError, UnicodeEncodeError) as error:
        raise NotCanonical(f"{type(event).__name__} cannot be recorded: {error}") from error
    return record(open_part, parts)


def seal_batch(batch: Iterable[tuple[bytes, Sequence[Event]]], first: int, head: bytes) -> Segment:
    """Write what a batch of commands made as the next segment of the chain.

    Args:
        batch: The seed of each command with its events, in order.
        first: Offset of the first event.
        head: The chain's head before it.
    """
    lines = []
    for seed, events in batch:
        for index, event in enumerate(events):
            line, link = encode(event, seed, index)
            lines.append(line)
            head = sha256(head + link).digest()
    lines.append(b"")
    return Segment(first=first, last=first + len(lines) - 2, head=head, body=b"\n".join(lines))


def _decode_1(line: bytes) -> Event:
    open_part, raw = _decode_outer(line)
    shape = _BY_OPEN[type(open_part)]
    sealed = shape.sealed.decode(raw)
    values = msgspec.structs.asdict(open_part)
    for name, _, _ in shape.parts:
        part = getattr(sealed, name)
        if not isinstance(part, str):
            values.update(msgspec.structs.asdict(part[1]))
    return _convert(values, shape.cls, from_attributes=True)


def read_segment(head: bytes, segment: Segment, version: int = FORMAT) -> tuple[bytes, list[Event]]:
    """Check that a segment continues the chain, and read its events: for replay, in one pass.

    The same as `verify_segment` and then `decode_segment`, which an older format still goes through.

    Args:
        head: The chain's head before the segment.
        segment: What was read.
        version: Of its lines.

    Returns:
        The chain's head after it, and the events.

    Raises:
        LogDamaged: It does not continue the chain, or a line is not an event.
        UnknownFormat: No reader for it.
    """
    if version != FORMAT:
        return verify_segment(head, segment), decode_segment(segment, version)
    events = []
    for offset, line in lines_of(segment):
        try:
            open_raw, sealed = split_line(line)
            value = _decode_open(open_raw)
            shape = _BY_OPEN[type(value)]
            values = _asdict(value)
            pieces, chained = [b"[", open_raw, b",{"], sha256(head)
            chained.update(open_raw)
            for name, start, decoder in shape.contents:
                said = sealed[name]
                if isinstance(said, str):
                    part = take_part(name, said)
                    pieces += (part[1], b",")
                    chained.update(part[2])
                    continue
                salt, content = said
                values.update(_asdict(decoder.decode(content)))
                pieces += (start, salt.encode(), b'",', content, b"],")
                chained.update(sha256(salt_from(salt) + bytes(content)).digest())
            if len(sealed) != len(shape.contents):
                raise ValueError("it does not have the parts of its type")
            again = b"".join(pieces)
            if (again[:-1] if sealed else again) + b"}]" != line:
                raise ValueError("its bytes are not canonical")
            events.append(_convert(values, shape.cls, from_attributes=True))
        except (*UNREADABLE, KeyError) as error:
            raise damaged(offset, str(error)) from error
        head = chained.digest()
    if head != segment.head:
        raise _broken(segment)
    return head, events


def _broken(segment: Segment) -> LogDamaged:
    where = f"one of the events {segment.first} to {segment.last} was changed, or the one before is missing"
    return damaged(segment.first, where)


def _type_of(open_part: bytes, offset: int) -> str:
    try:
        return _decode_type(open_part).type
    except UNREADABLE as error:
        raise damaged(offset, str(error)) from error


def verify_segment(head: bytes, segment: Segment) -> bytes:
    """Check that a segment continues the chain, byte for byte.

    Args:
        head: The chain's head before the segment.
        segment: What was read.

    Returns:
        The chain's head after it.

    Raises:
        LogDamaged: It does not. The offset is the event's where one line shows it by itself, else
            the first of the segment: heads are kept by segment.
    """
    for offset, line in lines_of(segment):
        open_part, parts = take_apart(line, offset)
        again = record(open_part, parts)
        if again.line != line:
            raise damaged(offset, "its bytes are not canonical")
        # The chain does not hash the names of parts: they are fixed by the event's type, which it hashes.
        if [name for name, _, _ in parts] != _PART_NAMES.get(_type_of(open_part, offset)):
            raise damaged(offset, "it does not have the parts of its type")
        head = sha256(head + again.link).digest()
    if head != segment.head:
        raise _broken(segment)
    return head


READERS: dict[int, Callable[[bytes], Event]] = {1: _decode_1}
"""How to read a line of each format there has been: the old ones give today's events."""


def known_format(version: int) -> None:
    """Refuse a log of a format that this program cannot read.

    Raises:
        UnknownFormat: It is not among `READERS`.
    """
    if version not in READERS:
        raise UnknownFormat(
            f"The log has format {version}, this program knows up to {FORMAT}. Open it with a newer program."
        )


def decode(line: bytes, *, offset: int = 0, version: int = FORMAT) -> Event:
    """Read one event; the fields of an erased part are `None`.

    Raises:
        LogDamaged: It is not an event of that format; says `offset`.
        UnknownFormat: No reader for it.
    """
    known_format(version)
    try:
        return READERS[version](line)
    except UNREADABLE as error:
        raise damaged(offset, str(error)) from error


def decode_segment(segment: Segment, version: int = FORMAT) -> list[Event]:
    """Read the events of a segment. It does not check the chain (`verify_segment` does).

    Raises:
        LogDamaged: A line is not an event of that format; names its offset.
        UnknownFormat: No reader for it.
    """
    known_format(version)
    read = READERS[version]
    events = []
    for offset, line in lines_of(segment):
        try:
            events.append(read(line))
        except UNREADABLE as error:
            raise damaged(offset, str(error)) from error
    return events
