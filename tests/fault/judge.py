"""Holds the record against what the phones were told (docs/reliability.md, "The promise")."""

import asyncio
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

from app.core.ids import SeatId
from tests.browser.stage import of_type, recorded
from tests.fault.room import OPTIONS, Room, Told
from tests.web.processes import ROOT, environment

CONFIDENCE = 0.05
JUMP_MS = 20 * 60 * 1_000
BALLOTS = ("ballot_cast", "ballot_recovered")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came out of so many faults.

    Attributes:
        lost: Acknowledged and not in the record (P1).
        doubled: Ids that are in it twice (P2).
        slipped: Refused, and in it all the same (P3).
        wrong: Seats and options whose count is not what the last answers make it (P1, P4), and what
            the server did that it must not.
        differences: What the recount of the export says (P5).
        slowest_seconds: The longest from a fault until every phone had its next acknowledgement (P6).
        notes: How often what a fault may lead to was seen.
        measured: What else took time: median and longest, in seconds.
    """

    faults: int
    acknowledged: int
    refused: int
    lost: tuple[str, ...]
    doubled: tuple[str, ...]
    slipped: tuple[str, ...]
    wrong: tuple[str, ...] = ()
    differences: str = ""
    slowest_seconds: float = 0.0
    median_seconds: float = 0.0
    notes: tuple[tuple[str, int], ...] = ()
    measured: tuple[tuple[str, float, float], ...] = ()

    @property
    def clean(self) -> bool:
        return not (self.lost or self.doubled or self.slipped or self.wrong or self.differences)

    @property
    def upper_bound(self) -> float:
        """The largest chance of a loss at one fault that so many clean trials still allow, at 95 %."""
        return float(1 - CONFIDENCE ** (1 / self.faults)) if self.faults else 1.0

    def __str__(self) -> str:
        found = {"lost": self.lost, "doubled": self.doubled, "refused and counted": self.slipped}
        counts = ", ".join(f"{len(ids)} {what}" for what, ids in found.items())
        line = f"{self.faults} faults, {self.acknowledged} acknowledged, {self.refused} refused: {counts}"
        line += f"; served again after {self.median_seconds:.1f} s, at most {self.slowest_seconds:.1f} s"
        line += "".join(f"; {count} {what}" for what, count in self.notes)
        line += "".join(
            f"; {what}: median {mid:.1f} s, at most {most:.1f} s" for what, mid, most in self.measured
        )
        if self.clean:
            return f"{line}; chance of a loss at a fault below {self.upper_bound:.2%} (95 %)"
        return "\n".join([line, *self.wrong, *filter(None, [self.differences])])


async def ended(room: Room, faults: int) -> Verdict:
    """End what a room does, and judge it: with the promise the vote is closed and shown, without it not."""
    if room.unsafe:
        await room.hush()
        if os.environ.get("UNSAFE") == "unowned":  # who reads the log of a server finds it by its lock
            await asyncio.to_thread(room.server.stop)
        return await asyncio.to_thread(judged, room, faults)
    shown = await room.close()
    return await asyncio.to_thread(judged, room, faults, shown)


def judged(room: Room, faults: int, shown: dict[str, int] | None = None) -> Verdict:
    """The verdict on a room whose phones have all had their last answer.

    Args:
        room: It is up, on the log in question.
        faults: How many it has suffered.
        shown: The result as the room was shown it; `None` where the vote is still open.
    """
    events = recorded(room.folder, room.server.meeting)
    saved = [told for told in room.told if told.fate == "saved"]
    refused = [told for told in room.told if told.fate != "saved"]
    count = times(events)
    back = sorted(room.back_seconds) or [0.0]
    return Verdict(
        faults, len(saved), len(refused),
        lost=tuple(told.command for told in saved if not count[told.command]),
        doubled=tuple(str(command) for command, often in count.items() if often > 1),
        slipped=tuple(told.command for told in refused if count[told.command]),
        wrong=(*room.amiss, *_late(events), *behind_the_close(events),
               *([] if shown is None else _wrong(saved, events, shown))),
        differences="" if shown is None else _recounted(room.folder.parent / "export"),
        slowest_seconds=back[-1],
        median_seconds=back[len(back) // 2],
        notes=tuple(sorted(room.notes.items())),
        measured=tuple((what, median(took), max(took)) for what, took in sorted(room.measured.items())),
    )  # fmt: skip


def _late(events: list[dict[str, Any]]) -> list[str]:
    """Where the time in the record jumps: a clock of a meeting goes on by itself, between two starts too."""
    times = [event["at_ms"] for event in events]
    jumps = [offset for offset, (one, other) in enumerate(pairwise(times), 2) if abs(other - one) > JUMP_MS]
    return [f"the time jumps at event {offset}" for offset in jumps]


def behind_the_close(events: list[dict[str, Any]]) -> list[str]:
    """The ballots that were cast behind the close of their round."""
    closed, found = set[tuple[str, int]](), Counter[int]()
    for event in events:
        this = (event.get("question", ""), event.get("round", 0))
        if event["type"] == "voting_closed":
            closed.add(this)
        found[this[1]] += event["type"] == "ballot_cast" and this in closed
    return [f"round {number}: {count} ballots behind its close" for number, count in found.items() if count]


def missing(room: Room, saved: Sequence[Told]) -> list[Told]:
    """Which of these ballots are not in the record of the server that runs now."""
    count = times(recorded(room.folder, room.server.meeting))
    return [told for told in saved if not count[told.command]]


def times(events: list[dict[str, Any]]) -> Counter[Any]:
    """How often each id is in the record, cast or brought back."""
    return Counter(event["command"] for kind in BALLOTS for event in of_type(events, kind))


def stands(events: list[dict[str, Any]]) -> dict[SeatId, str]:
    """The choice that stands for each seat: what was brought back stands at the end of its own history.

    Names of histories begin with the time at which they began; the first one needs none.
    """
    history, found = "", []
    for offset, event in enumerate(events, 1):
        if event["type"] == "log_restored":
            history = event["epoch"]
        elif event["type"] == "ballot_recovered":
            found.append(((event["epoch"], 1, event["offset"]), event))
        elif event["type"] == "ballot_cast":
            found.append(((history, 0, offset), event))
    return {event["voter"]: event["choices"][0] for _, event in sorted(found, key=lambda each: each[0])}


def _wrong(saved: Sequence[Told], events: list[dict[str, Any]], shown: dict[str, int]) -> list[str]:
    last = {told.seat: told.choice for told in saved}
    stood = stands(events)
    found = [f"{seat}: told {last.get(seat)}, recorded {stood.get(seat)}" for seat in {*last, *stood}
             if last.get(seat) != stood.get(seat)]  # fmt: skip
    counts = Counter(last.values())
    found += [f"{each}: told {counts[each]}, shown {shown.get(each)}" for each in OPTIONS
              if counts[each] != shown.get(each)]  # fmt: skip
    return found


def _recounted(folder: Path) -> str:
    """What `verify` says of the export that was just read, where it does not agree."""
    [export] = folder.glob("*-audit.zip")
    command = [sys.executable, "-m", "app.cli", "verify", str(export)]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True, timeout=120,
                          env=environment())  # fmt: skip
    return "" if done.returncode == 0 else done.stdout[-1000:] + done.stderr[-1000:]
