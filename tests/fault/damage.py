"""What is done to the log's files while no server runs on them: a byte is changed, the journal is cut short.

Either the next start names it and ends, and then what was there is put back (or the loss accepted), or it
did not matter: then everything that was acknowledged has to be in the record at once.
"""

import asyncio
import os
import random
import re
import subprocess
import sys
from pathlib import Path

from tests.fault.judge import missing
from tests.fault.room import PHONES, Room
from tests.web.processes import ROOT, NotStarted

REFUSED = 1
"""The exit code of a server that does not start on a log."""

NAMED = re.compile(r"event \d+|events \d+ to \d+|\.sqlite3")
"""What a sentence has to say: from which event on, or at least which file."""

HEX = b"0123456789abcdef"


async def corrupted(room: Room, dice: random.Random, _disk: object) -> None:
    """`kill -9`, and one byte of the log's files is another: in a ballot's id, or anywhere, in turns."""
    await _killed(room, dice)
    kept = _contents(room)
    aimed = room.unsafe or len(room.back_seconds) % 2 == 0
    path, at, byte = _in_a_ballot(room, dice, kept) if aimed else _anywhere(dice, kept)
    _write(path, at, byte)
    if await _refused(room, f"byte {at} of {path.name}"):
        _put_back(kept)
    elif aimed and not room.unsafe:
        room.amiss.append(f"a ballot was changed (byte {at} of {path.name}), and the server started")


async def cut_short(room: Room, dice: random.Random, _disk: object) -> None:
    """`kill -9`, and the end of the log's journal is gone; every second time the loss is accepted."""
    await _killed(room, dice)
    kept = _contents(room)
    [journal] = [path for path in kept if path.name.endswith("-wal")]
    os.truncate(journal, dice.randrange(len(kept[journal])))
    if not await _refused(room, f"the journal cut to {journal.stat().st_size} bytes"):
        return
    if len(room.back_seconds) % 2 == 0:
        _put_back(kept)
        return
    command = ["restore", "--data-dir", str(room.folder), "--accept", "--reason", "the journal was cut"]
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-m", "app.cli", *command], cwd=ROOT, capture_output=True, text=True,
        check=False, timeout=120,
    )  # fmt: skip
    room.notes["accepted"] += 1
    if done.returncode:
        room.amiss.append(f"the loss could not be accepted: {done.stdout}{done.stderr}")


async def _killed(room: Room, dice: random.Random) -> None:
    """`kill -9`, once the server that runs has written something of its own into the journal."""
    saved = room.saved
    await room.until(lambda: room.saved > saved + PHONES)
    await asyncio.sleep(dice.uniform(0.0, 0.6))
    await asyncio.to_thread(room.server.kill)


async def _refused(room: Room, what: str) -> bool:
    """Start on what is there: whether that is refused, and as it has to be; else it has not mattered."""
    saved = [told for told in room.told if told.fate == "saved"]
    try:
        await room.start()
    except NotStarted as ended:
        room.notes["refused"] += 1
        sentence = ended.said.splitlines()[-1]
        if ended.code != REFUSED or not NAMED.search(sentence):
            room.amiss.append(f"{what}: refused with {ended.code}, saying {sentence!r}")
        return True
    room.notes["harmless"] += 1
    if not room.unsafe and (gone := await asyncio.to_thread(missing, room, saved)):
        room.amiss.append(f"{what}: the server started without {len(gone)} acknowledged ballots")
    return False


def _contents(room: Room) -> dict[Path, bytes]:
    """The log's files as they are, by path; nobody has them open."""
    files = sorted(room.folder.glob("meetings/*/logs/*"))
    return {path: path.read_bytes() for path in files if path.stat().st_size}


def _put_back(kept: dict[Path, bytes]) -> None:
    for path, content in kept.items():
        path.write_bytes(content)


def _anywhere(dice: random.Random, kept: dict[Path, bytes]) -> tuple[Path, int, int]:
    databases = [path for path in kept if path.name.endswith((".sqlite3", "-wal"))]
    [path] = dice.choices(databases, weights=[len(kept[each]) for each in databases])
    at = dice.randrange(len(kept[path]))
    return path, at, kept[path][at] ^ 1 << dice.randrange(8)


def _in_a_ballot(room: Room, dice: random.Random, kept: dict[Path, bytes]) -> tuple[Path, int, int]:
    """A byte that makes another id of that of a ballot which stands in one place only.

    Without the promise it is one in the database: the journal has sums of its own, a changed byte ends it,
    and a page that is in the journal too is not read from the database.
    """
    saved = [told.command.encode() for told in room.told if told.fate == "saved"]
    dice.shuffle(saved)
    for command in saved:
        found = [path for path, content in kept.items() for _ in range(content.count(command))]
        if len(found) == 1 and (not room.unsafe or found[0].suffix == ".sqlite3"):
            at = kept[found[0]].index(command) + len(command) - 1
            return found[0], at, dice.choice([each for each in HEX if each != kept[found[0]][at]])
    raise AssertionError("no acknowledged ballot stands in the log's files")


def _write(path: Path, at: int, byte: int) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(bytes([byte]))
