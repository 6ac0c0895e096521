"""The server without one of its promises, for controls: what must be seen to lose.

python tests/fault/unsafe.py DATA_DIR PORT: as tests/web/server_process.py. Which promise is taken:
$UNSAFE, `early` (acknowledges before the disk has it), `unsynced` (does not wait until a commit is on the
disk), `deaf` (does not hear that the disk refused), `blind` (does not check the chain), `unheeded` (does
not look how much of the log was known) or `forgetful` (leaves the end of an older program's log behind).
"""

import asyncio
import contextlib
import os
import sqlite3
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from app.core.events import Event
from app.log import codec, sqlite
from app.log.heads import HeadsFile
from app.log.port import FORMAT, LogFault, Position, Segment
from app.log.sql import SqlLog
from app.realtime import rebuild
from tests.web import server_process

LATE_SECONDS = 1.0
FORGOTTEN = 5
ROOM_EVENTS = 20
"""So many events are written as they should be: the plan, the opening, who sits where."""

_append = SqlLog.append
_held: dict[int, list[Segment]] = {}
_tasks: set["asyncio.Task[None]"] = set()


async def early(self: SqlLog, segment: Segment, expected: Position) -> Position:
    """Say that it is written, and write it a second later."""
    if expected.offset < ROOM_EVENTS:
        return await _append(self, segment, expected)
    held = _held.setdefault(id(self), [])
    held.append(segment)
    if len(held) == 1:
        task = asyncio.create_task(_later(self))
        _tasks.add(task)
        task.add_done_callback(_tasks.discard)
    return Position(expected.epoch, segment.last)


async def deaf(self: SqlLog, segment: Segment, expected: Position) -> Position:
    """Say that it is written, whatever the disk says."""
    if expected.offset < ROOM_EVENTS:
        return await _append(self, segment, expected)
    with contextlib.suppress(LogFault):
        await _append(self, segment, expected)
    return Position(expected.epoch, segment.last)


async def _later(log: SqlLog) -> None:
    await asyncio.sleep(LATE_SECONDS)
    held, _held[id(log)] = _held[id(log)], []
    await log.extend(held, log.position)


def blind(_head: bytes, segment: Segment, version: int = FORMAT) -> tuple[bytes, list[Event]]:
    """Read the events of a segment, and believe its head."""
    return segment.head, codec.decode_segment(segment, version)


def forget(folder: Path) -> None:
    """Leave the last segments behind, as a migration that does not know them; the chain holds without."""
    for path in folder.glob("meetings/*/logs/*.sqlite3"):
        with contextlib.closing(sqlite3.connect(path)) as log, log:
            found = log.execute(
                "SELECT first FROM segment WHERE first > ? ORDER BY first DESC", (ROOM_EVENTS,)
            )
            for first in found.fetchmany(FORGOTTEN):
                log.execute("DELETE FROM segment WHERE first = ?", first)


def main() -> int:
    """Take the promise away, and serve."""
    promise = os.environ["UNSAFE"]
    if promise == "early":
        SqlLog.append = early  # type: ignore[method-assign]
    elif promise == "deaf":
        SqlLog.append = deaf  # type: ignore[method-assign]
    elif promise == "blind":
        rebuild.read_segment = blind  # type: ignore[attr-defined, assignment]
    elif promise == "forgetful":
        forget(Path(sys.argv[1]))
    elif promise == "unheeded":
        HeadsFile.read = lambda _: None  # type: ignore[method-assign, assignment]
    else:
        sqlite.PRAGMAS = tuple(
            (name, 1 if name == "synchronous" else value) for name, value in sqlite.PRAGMAS
        )
    return server_process.main()


if __name__ == "__main__":
    sys.exit(main())
