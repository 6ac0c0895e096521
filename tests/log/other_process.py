"""What another process does with a log: `python -m tests.log.other_process ACT PLACE`, a path or a URL.

It says what it did in lines of JSON. Some acts go on until they are killed.
"""

import asyncio
import json
import sys
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from app.log import lock, look, sqlite
from app.log.port import LogFault, LogUnavailable
from app.log.sql import SqlLog
from tests.log.events import heads, write
from tests.log.pace import Always


def say(**words: object) -> None:
    print(json.dumps(words), flush=True)


def without_locks() -> None:
    """Control: a program that guards its log with nothing."""
    lock.fcntl.flock = lambda *_: None  # type: ignore[attr-defined]
    look.fcntl.lockf = lambda *_: None  # type: ignore[attr-defined]
    sqlite.PRAGMAS = tuple(pragma for pragma in sqlite.PRAGMAS if pragma[0] != "locking_mode")


def in_place() -> None:
    """Take every disk for quick: no small append goes to the driver's thread."""
    sqlite.Pace = Always  # type: ignore[misc, assignment]


async def open_(path: Path | str) -> None:
    begun = time.monotonic()
    try:
        log = await SqlLog.open(path)
    except LogFault as fault:
        say(refused=type(fault).__name__, sentence=fault.sentence, seconds=time.monotonic() - begun)
        return
    say(opened=log.position.offset)
    await log.close()


async def open_without_locks(path: Path) -> None:
    without_locks()
    await open_(path)


async def append(path: Path | str) -> None:
    log = await SqlLog.open(path)
    while True:
        segment = await write(log, *[heads(number) for number in range(log.position.offset % 7 + 1)])
        say(acknowledged=segment.last, head=segment.head.hex())


async def append_in_place(path: Path) -> None:
    in_place()
    await append(path)


async def append_until_fault(path: Path) -> None:
    log = await SqlLog.open(path)
    try:
        while True:
            say(acknowledged=(await write(log, heads(1))).last)
    except LogUnavailable as fault:
        say(fault=fault.sentence, disk_full=fault.disk_full)
    try:
        say(acknowledged=(await write(log, heads(1))).last)
    except LogUnavailable:
        say(gave_up=True)


async def append_until_fault_in_place(path: Path) -> None:
    in_place()
    await append_until_fault(path)


async def append_written_back_until_fault(path: Path) -> None:
    """In place, and the journal is written back by the thread before each append."""
    sqlite.WRITE_BACK_BYTES = 1
    await append_until_fault_in_place(path)


async def turns(path: Path) -> None:
    """How often the event loop turned while the last twenty of fifty appends were written."""
    log = await SqlLog.open(path)
    turned = 0

    async def turn() -> None:
        nonlocal turned
        while True:
            turned += 1
            await asyncio.sleep(0)

    turning = asyncio.create_task(turn())
    for _ in range(30):
        await write(log, heads(1))
    before = turned
    for _ in range(20):
        await write(log, heads(1))
    say(turns=turned - before)
    turning.cancel()
    await log.close()


async def turns_in_place(path: Path) -> None:
    """Control: a disk that is slow and waited for all the same."""
    in_place()
    await turns(path)


async def acknowledge_first(path: Path) -> None:
    """Control: the acknowledgement goes out before the write, and there the process ends."""
    log = await SqlLog.open(path)
    say(acknowledged=log.position.offset + 1)
    await asyncio.Event().wait()


async def erase_half(path: Path) -> None:
    """Erase the text of event 1, and end before the journal is emptied."""

    async def never(_: object) -> None:
        say(erased=1)
        await asyncio.Event().wait()

    log = await SqlLog.open(path)
    sqlite.SqliteStore.scrub = never  # type: ignore[method-assign, assignment]
    await log.erase(((1, "text"),))


ACTS: dict[str, Callable[[Any], Coroutine[Any, Any, None]]] = {
    act.__name__.strip("_"): act
    for act in (
        open_, open_without_locks, append, append_in_place, append_until_fault, append_until_fault_in_place,
        append_written_back_until_fault, turns, turns_in_place, acknowledge_first, erase_half,
    )
}  # fmt: skip

if __name__ == "__main__":
    where = sys.argv[2]
    asyncio.run(ACTS[sys.argv[1]](where if "://" in where else Path(where)))
