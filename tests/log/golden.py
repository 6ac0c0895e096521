"""The record's bytes, frozen: a full and a bare record of every event type, with the chain's head after each.

`python -m tests.log.golden` writes down the types that are not there yet. What is there is never changed: old
logs have those bytes.
"""

import hashlib
import json
from dataclasses import fields, is_dataclass
from enum import StrEnum
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, NamedTuple, Union, get_args, get_origin, get_type_hints

from app.core.events import EVENTS, Event
from app.log.codec import chain, decode, encode, genesis_head
from app.log.port import Genesis

GOLDEN = Path(__file__).parents[1] / "golden" / "events-v1.ndjson"
GOLDEN_GENESIS = Genesis(meeting="golden", site="hall", epoch="1", format=1)
TEXTS = ['ร่มเงา "shade"\n', "a\\b/c\x7f\u2028", "\U0001f600é", "17-4", "place"]


class Golden(NamedTuple):
    """One frozen record, its event's name, and the chain's head after it."""

    name: str
    line: bytes
    head: bytes


def seed_of(number: int) -> bytes:
    """The seed of the record on line `number`, from 0; the index in its command is `number % 3`."""
    return hashlib.sha256(b"golden %d" % number).digest()


def read_golden() -> list[Golden]:
    records = []
    for row in GOLDEN.read_bytes().split(b"\n")[:-1]:
        head, line = row.removeprefix(b'{"head":"').removesuffix(b"}").split(b'","record":', 1)
        records.append(Golden(json.loads(line)[0]["type"], line, bytes.fromhex(head.decode())))
    return records


def add_new_types() -> list[str]:
    """Write down every event type that has no record yet, or none with all its fields; give their names."""
    known = read_golden() if GOLDEN.exists() else []
    head = known[-1].head if known else genesis_head(GOLDEN_GENESIS)
    new = [name for name in EVENTS if not any(is_full(golden) for golden in known if golden.name == name)]
    number = len(known)
    with GOLDEN.open("ab") as file:
        for name in new:
            for full in (True, False):
                record = encode(_example(EVENTS[name], full=full), seed_of(number), number % 3)
                head = chain(head, record.link)
                file.write(b'{"head":"%b","record":%b}\n' % (head.hex().encode(), record.line))
                number += 1
    return new


def is_full(golden: Golden) -> bool:
    """Whether the record says every field that its event has today."""
    event = decode(golden.line)
    return all(getattr(event, f.name) is not None for f in fields(event))


def _example(cls: type[Event], *, full: bool) -> Event:
    """An event with every field said, or only those that must be."""
    return _value(cls, full=full, salt=[0])  # type: ignore[no-any-return]


def _value(hint: Any, *, full: bool, salt: list[int]) -> Any:
    salt[0] += 1
    hint = getattr(hint, "__supertype__", hint)
    origin, args = get_origin(hint), get_args(hint)
    if is_dataclass(hint):
        assert isinstance(hint, type)
        hints = get_type_hints(hint)
        return hint(**{f.name: _value(hints[f.name], full=full, salt=salt) for f in fields(hint)})
    if origin in (Union, UnionType):
        if NoneType in args and not full:
            return None
        return _value(next(arg for arg in args if arg is not NoneType), full=full, salt=salt)
    if origin is tuple and args[1:] == (...,):
        return tuple(_value(args[0], full=full, salt=salt) for _ in range(2 if full else 0))
    if origin is tuple:
        return tuple(_value(arg, full=full, salt=salt) for arg in args)
    if origin is dict:
        keys = ["th", "en", "zz"][: 3 if full else 1]
        return {key: _value(args[1], full=full, salt=salt) for key in keys}
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return list(hint)[salt[0] % len(hint)]
    plain = {str: f"{TEXTS[salt[0] % len(TEXTS)]} {salt[0]}", int: salt[0] * (-1) ** salt[0], bool: full}
    return plain[hint]


if __name__ == "__main__":
    print("\n".join(add_new_types()) or "nothing new")
