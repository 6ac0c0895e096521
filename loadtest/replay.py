"""Replays a log, or only reads, decodes and hashes it once: the floor under any replay. A process of its own.

The floor takes every line apart once, makes its event once, and hashes what the chain hashes, once. It
checks nothing else, keeps nothing and knows no meeting.
"""

import argparse
import asyncio
import gc
import json
import sys
import time
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from app.log.chain import genesis_head
from app.log.codec import _SHAPES
from app.log.sql import SqlLog
from app.realtime.rebuild import rebuild
from app.settings import Settings
from app.web.serving import raise_gc_thresholds

_split = msgspec.json.Decoder(tuple[msgspec.Raw, dict[str, tuple[str, msgspec.Raw]]]).decode
_asdict, _convert = msgspec.structs.asdict, msgspec.convert
_any: Any = None
for _shape in _SHAPES.values():
    _any = _shape.open if _any is None else _any | _shape.open
_open = msgspec.json.Decoder(_any).decode
_classes = {shape.open: cls for cls, shape in _SHAPES.items()}
_parts = {
    shape.open: {name: msgspec.json.Decoder(struct).decode for name, struct, _ in shape.parts}
    for shape in _SHAPES.values()
}


async def floor(log: SqlLog) -> int:
    """Read, decode and hash once; gives the number of events."""
    head, events = genesis_head(log.genesis), 0
    async for segment in log.read_after(0):
        for line in segment.body.splitlines():
            open_raw, sealed = _split(line)
            value = _open(open_raw)
            readers, values = _parts[type(value)], _asdict(value)
            chained = sha256(head)
            chained.update(open_raw)
            for name, (salt, content) in sealed.items():
                values.update(_asdict(readers[name](content)))
                chained.update(sha256(bytes.fromhex(salt) + bytes(content)).digest())
            _convert(values, _classes[type(value)], from_attributes=True)
            head = chained.digest()
            events += 1
        assert head == segment.head, "the floor hashes what the chain hashes"
    return events


async def replay(log: SqlLog) -> int:
    """Replay as the program does; gives the number of events."""
    meeting, head = await rebuild(log)
    assert head == log.head
    return meeting.offset


async def run(path: Path, what: str) -> dict[str, float]:
    """Do it, and say what it took."""
    raise_gc_thresholds(Settings())
    log = await SqlLog.open(path)
    gc.collect()
    began, cpu = time.perf_counter(), time.process_time()
    events = await (replay(log) if what == "replay" else floor(log))
    took = {"events": float(events), "wall": time.perf_counter() - began, "cpu": time.process_time() - cpu}
    await log.close()
    return took


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description="Replays a log, or reads, decodes and hashes it once.")
    parser.add_argument("what", choices=("replay", "floor"))
    parser.add_argument("log", type=Path)
    said = parser.parse_args(arguments)
    print(json.dumps(asyncio.run(run(said.log, said.what))), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
