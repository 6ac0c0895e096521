"""The server without one of its promises, for controls: what must be seen to lose.

python tests/fault/unsafe.py DATA_DIR PORT: as tests/web/server_process.py. Which promise is taken:
$UNSAFE, `early` (acknowledges before the disk has it), `unsynced` (does not wait until a commit is on the
disk), `deaf` (does not hear that the disk refused), `blind` (does not check the chain), `unheeded` (does
not look how much of the log was known), `forgetful` (leaves the end of an older program's log behind),
`unowned` (locks neither the folder nor the log), `patient` (waits for whoever does not read), `lenient`
(takes ballots behind the close), `amnesic` (does not know after a restart which commands it has had) or
`hasty` (asks neither whether its database writes before it answers, nor how much of the log was known).
"""

import asyncio
import contextlib
import gc
import os
import sqlite3
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from app.core.events import Event
from app.core.ids import QuestionId, Round, SeatId
from app.core.questions import Question, RoundNow, RoundState
from app.core.receipts import Receipts
from app.core.roster import Seat
from app.core.voting import Voting
from app.log import codec, postgres, sqlite
from app.log.heads import HeadsFile
from app.log.lock import OwnerLock
from app.log.look import Look
from app.log.port import FORMAT, LogFault, Position, Segment
from app.log.sql import SqlLog
from app.main import Server
from app.realtime import rebuild
from app.realtime.outbox import Outbox
from app.web import door as doors
from tests.web import server_process

LATE_SECONDS = 1.0
FORGOTTEN = 5
ROOM_EVENTS = 20
"""So many events are written as they should be: the plan, the opening, who sits where."""

_append = SqlLog.append
_may_vote = Voting._may_vote
_opened = server_process.opened
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


def unowned(cls: type[OwnerLock], log: Path) -> OwnerLock:
    """Open the file of the lock, and lock nothing."""
    return cls(os.open(f"{log.resolve()}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))


async def unlooked(*_: object) -> None:
    """Open the log's file at once: what looks at it takes the database's lock."""


def lenient(
    self: Voting, question: QuestionId, number: Round, seat: SeatId
) -> tuple[Question, RoundNow, Seat]:
    """Whether somebody may vote: while it is open, and behind the close."""
    now = self.questions.question(question).round(number)
    if now is None or now.state is not RoundState.CLOSED:
        return _may_vote(self, question, number, seat)
    q = self.questions.question(question)
    return q, now, self._entitled(q, seat)


async def amnesic(server: Server, plan: str) -> None:
    """Open, and forget every command that was ever accepted."""
    await _opened(server, plan)
    for each in gc.get_objects():
        if isinstance(each, Receipts):
            each._held.clear()


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
    elif promise == "patient":
        doors.USER_TIMEOUT_MS = 0
        Outbox.stalled = lambda *_: False  # type: ignore[method-assign]
    elif promise == "lenient":
        Voting._may_vote = lenient  # type: ignore[method-assign]
    elif promise == "amnesic":
        server_process.opened = amnesic
    elif promise == "hasty":
        postgres.REQUIRED = {}
        HeadsFile.read = lambda _: None  # type: ignore[method-assign, assignment]
    elif promise == "unowned":
        OwnerLock.take = classmethod(unowned)  # type: ignore[method-assign, assignment]
        Look.at = unlooked  # type: ignore[method-assign, assignment]
        sqlite.PRAGMAS = (("locking_mode", "normal"), *sqlite.PRAGMAS[1:])
    else:
        sqlite.PRAGMAS = tuple(
            (name, 1 if name == "synchronous" else value) for name, value in sqlite.PRAGMAS
        )
    return server_process.main()


if __name__ == "__main__":
    sys.exit(main())
