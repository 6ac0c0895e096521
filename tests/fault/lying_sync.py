"""Shows, without the server and SQLite, that ext4 may call a sync safe that it is not, while it is shut down.

python -m tests.fault.lying_sync --trials 300         (root)

Records are appended and synced in one thread; another takes the disk away. Whatever `fdatasync` called safe
must be on the disk that comes back. After each sync a line is written to another file, as the log does: the
exit code is 1 where a record is gone and that write had not failed.
"""

import argparse
import os
import random
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import NamedTuple

from tests.fault.blows import Disk, disk

RECORD_BYTES = 4120
SECONDS_MAX = 0.02
"""So long at most until the disk goes, after the first records."""


class Called(NamedTuple):
    """A record that `fdatasync` called safe, and whether the next write to the disk went well."""

    number: int
    next_went_well: bool


def appended(folder: Path, begun: threading.Event) -> list[Called]:
    """Append and sync until the disk does not take it."""
    called: list[Called] = []
    log = os.open(folder / "log", os.O_RDWR | os.O_CREAT)
    line = os.open(folder / "line", os.O_RDWR | os.O_CREAT)
    try:
        for number in range(1 << 20):
            os.pwrite(log, record(number), number * RECORD_BYTES)
            os.fdatasync(log)
            called.append(Called(number, _taken(line, number)))
            if len(called) > 3:
                begun.set()
    except OSError:
        pass  # the disk is gone: what was not called safe may be lost
    finally:
        begun.set()
        os.close(log)
        os.close(line)
    return called


def record(number: int) -> bytes:
    return number.to_bytes(8) * (RECORD_BYTES // 8)


def _taken(line: int, number: int) -> bool:
    try:
        os.pwrite(line, b"%32d" % number, 0)
    except OSError:
        return False
    return True


def lost(made: Disk, dice: random.Random) -> list[Called]:
    """Take the disk away under a writer; the records that were called safe and are gone."""
    begun, called = threading.Event(), list[Called]()
    writer = threading.Thread(target=lambda: called.extend(appended(made.folder, begun)))
    writer.start()
    begun.wait()
    time.sleep(dice.uniform(0.0, SECONDS_MAX))
    made.cut()
    writer.join()
    made.restore()
    there = (made.folder / "log").read_bytes()
    (made.folder / "log").unlink()
    return [
        each for each in called
        if there[each.number * RECORD_BYTES :][:RECORD_BYTES] != record(each.number)
    ]  # fmt: skip


def main() -> int:
    """Take a disk away so many times, and print what became of what was called safe."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--trials", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    said = parser.parse_args()
    dice = random.Random(said.seed)
    with tempfile.TemporaryDirectory() as folder, disk(Path(folder)) as made:
        gone = [found for _ in range(said.trials) if (found := lost(made, dice))]
    silent = sum(any(each.next_went_well for each in found) for found in gone)
    print(f"{said.trials} shutdowns: in {len(gone)} a record was gone that fdatasync had called safe; "
          f"in {silent} of them the next write went well")  # fmt: skip
    return 1 if silent else 0


if __name__ == "__main__":
    sys.exit(main())
