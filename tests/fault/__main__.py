"""Takes a server away in mid-vote, again and again, and says what became of the votes.

python -m tests.fault kill --trials 200       `kill -9` at random moments
python -m tests.fault sync --trials 200       `kill -9` aimed at a sync or a write of the log (strace)
python -m tests.fault stop --trials 60        SIGTERM
python -m tests.fault power --trials 60       power cuts under a disk of its own (root)
python -m tests.fault eio --trials 60         from one moment every write and sync of that disk fails (root)
python -m tests.fault glitch --trials 60      one sync of the log fails, once (strace, root)
python -m tests.fault full --trials 60        that disk is full for two seconds (root)
python -m tests.fault corrupt --trials 60     `kill -9`, and a byte of the log is another one
python -m tests.fault clock --trials 60       the wall clock jumps by hours, in a vote with an end
python -m tests.fault tail --trials 60        `kill -9`, and the end of the log's journal is gone
python -m tests.fault line --trials 5 --seconds 300   tables on bad lines are cut off and healed (root)
python -m tests.fault wake --trials 10 --clients 5000    everybody sleeps, and wakes within one second
python -m tests.fault upgrade --trials 60     an older program makes way for this one, under older pages
python -m tests.fault rival --trials 60       a second server is started on the log of the first
python -m tests.fault mute --trials 60        clients come that read nothing
python -m tests.fault trickle --trials 60     clients come that read a byte a second
python -m tests.fault late --trials 60        the vote is closed while ballots are under way
python -m tests.fault again --trials 60       every command comes twice, and again after a restart
python -m tests.fault database --trials 60    the log is in PostgreSQL, which ends at once, or the server does

`--unsafe` is the control: the same with the promise taken away, which must lose. Exit code 1 where the
outcome is not what it has to be.
"""

import argparse
import asyncio
import os
import random
import re
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from tests.fault.again import Repeating
from tests.fault.blows import BLOWS, ON_A_DISK, UNSAFE, Disk, disk, older
from tests.fault.judge import Verdict, ended
from tests.fault.late import Closing
from tests.fault.line import suffered_lines
from tests.fault.room import Room
from tests.fault.wake import woken
from tests.log import postgres_server
from tests.web.processes import PROGRAM

SKEWED = Path(__file__).with_name("skewed.py")
CUT_SECONDS, CLIENTS = 3.0, 300
VOTE_SECONDS = 3_000
"""In a vote with an end the clock may jump beyond it, and back."""


class Control(NamedTuple):
    """The server, or the phones, without a promise (`unsafe.py`; `line`: the outboxes; `wake`: `bouncer.py`).

    Attributes:
        promise: What is taken away.
        seen: What the verdict must then have: `lost` or `doubled` ballots, or a finding of this pattern.
    """

    promise: str
    seen: str = "lost"

    def shows(self, verdict: Verdict) -> bool:
        """Whether it was seen to do what it must not, that and nothing else."""
        if self.seen in ("lost", "doubled"):
            return bool(getattr(verdict, self.seen))
        return any(re.search(self.seen, finding) for finding in verdict.wrong)


UNREAD = Control("patient", "that did not read were there after")

CONTROLS = {
    "kill": Control("early"), "sync": Control("early"), "stop": Control("early"),
    "power": Control("unsynced"), "eio": Control("deaf"), "glitch": Control("deaf"), "full": Control("deaf"),
    "corrupt": Control("blind"), "tail": Control("unheeded"),
    "clock": Control("wall", "the wall clock jumped|the time jumps"), "upgrade": Control("forgetful"),
    "line": Control("naive"), "wake": Control("guarded", "phones were not back"),
    "rival": Control("unowned", "started on the log, and served|was started, and the first ended"),
    "mute": UNREAD, "trickle": UNREAD,
    "late": Control("lenient", "ballots behind its close"), "again": Control("amnesic", "doubled"),
    "database": Control("hasty"),
}  # fmt: skip

ROOMS: dict[str, type[Room]] = {"late": Closing, "again": Repeating}
"""Kinds whose phones do more than to press."""


async def suffered(
    kind: str, folder: Path, trials: int, *, seed: int = 1, unsafe: bool = False,
    seconds: float = CUT_SECONDS, clients: int = CLIENTS,
) -> Verdict:  # fmt: skip
    """A room that suffered so many faults of one kind, judged.

    Args:
        kind: A key of `CONTROLS`.
        folder: An empty one.
        trials: How many.
        seed: Of the moments and the choices.
        unsafe: With the promise taken away; the vote then stays open, for the counts may not agree.
        seconds: So long a line is cut.
        clients: So many wake.
    """
    if kind == "wake":
        return await woken(folder, trials, seed=seed, unsafe=unsafe, clients=clients)
    if kind == "line":
        return await asyncio.to_thread(
            suffered_lines, folder, trials, seed=seed, unsafe=unsafe, seconds=seconds
        )
    if unsafe:
        os.environ["UNSAFE"] = CONTROLS[kind].promise
    program = SKEWED if kind == "clock" else UNSAFE if unsafe else PROGRAM
    log, open_for = folder / "server.log", VOTE_SECONDS if kind == "clock" else 0
    if kind == "database":
        return await _suffered_database(Room(folder / "data", log, program, seed, unsafe), trials)
    if kind not in ON_A_DISK:
        return await _suffered(
            kind,
            ROOMS.get(kind, Room)(folder / "data", log, program, seed, unsafe, open_for),
            trials,
            unsafe=unsafe,
        )
    with disk(folder) as made:
        return await _suffered(
            kind, Room(made.folder / "data", log, program, seed, unsafe), trials, unsafe=unsafe, made=made
        )


async def _suffered_database(room: Room, trials: int) -> Verdict:
    """Its log is in PostgreSQL; without the promise that one answers before it has written."""
    settings = {"synchronous_commit": "off", "wal_writer_delay": "10s"} if room.unsafe else {}
    with postgres_server.server(**settings) as database:
        room.settings["log_url"] = database.url
        room.database = database
        return await _suffered("database", room, trials, unsafe=room.unsafe)


async def _suffered(kind: str, room: Room, trials: int, *, unsafe: bool, made: Disk | None = None) -> Verdict:
    dice = random.Random(room.seed)

    async def blow(room: Room) -> float | None:
        return await BLOWS[kind](room, dice, made)

    if kind == "upgrade":
        older(room)  # the log begins with what that one writes
    try:
        await room.start()
        await room.fill()
        if unsafe and kind != "clock":  # what the meeting needs is there, whatever is lost from now on
            await asyncio.to_thread(room.server.stop)
            if room.database is not None:
                await asyncio.to_thread(room.database.flush)
            await room.start()
            await room.answered()  # whoever is not back yet cannot be told what is then lost
        for number in range(1, trials + 1):
            await room.suffer(blow)
            if sys.stderr.isatty():
                print(f"\r{number} of {trials}", end="", file=sys.stderr, flush=True)
        return await ended(room, trials)
    finally:
        await room.leave()


def main() -> int:
    """Run one kind, and print the verdict."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("kind", choices=CONTROLS)
    parser.add_argument("--trials", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=CUT_SECONDS, help="so long a line is cut (line)")
    parser.add_argument("--clients", type=int, default=CLIENTS, help="so many wake (wake)")
    parser.add_argument("--unsafe", action="store_true", help="the control, which must lose")
    said = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        verdict = asyncio.run(
            suffered(said.kind, Path(folder), said.trials, seed=said.seed, unsafe=said.unsafe,
                     seconds=said.seconds, clients=said.clients)
        )  # fmt: skip
    print(verdict)
    return 0 if (CONTROLS[said.kind].shows(verdict) if said.unsafe else verdict.clean) else 1


if __name__ == "__main__":
    sys.exit(main())
