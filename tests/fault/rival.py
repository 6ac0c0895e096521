"""A second server is started on a log that has one: it has to end, naming the first, which goes on.

In turns: at a random moment in mid-vote; while the first does not move (SIGSTOP); and at once with the first
one's own restart, after `kill -9`: then either may be the one, and the other has to end.
"""

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass

from tests.fault.room import Room
from tests.web.processes import ROOT, NotStarted, environment

OWNED = 73
"""The exit code of a server whose log another one has (EX_CANTCREAT of sysexits.h)."""

WITHIN_SECONDS = 4.0
"""So soon a second server ends: of processor time, most of it Python's for loading the program, and twice
what it needs, since what else the machine does makes it longer too."""

FROZEN_SECONDS = 1.0
TURNS = ("at a random moment", "beside one that stood still", "at once with a restart")


@dataclass(frozen=True, slots=True)
class Rival:
    """How a second server ended: `code` is `None` where it served, until it was killed."""

    pid: int
    code: int | None
    said: str
    seconds: float
    processor_seconds: float


async def rivalled(room: Room, dice: random.Random, _disk: object) -> None:
    """Start a second server, in one of the three ways."""
    await asyncio.sleep(dice.uniform(0.0, 0.6))
    turn = 1 if room.unsafe else len(room.back_seconds) % len(TURNS)
    room.notes[f"second servers {TURNS[turn]}"] += 1
    if turn == 2:
        await _raced(room, dice)
        return
    first = room.server.process
    if turn == 1:
        first.send_signal(signal.SIGSTOP)
        rival, _ = await asyncio.gather(asyncio.to_thread(_second, room), asyncio.sleep(FROZEN_SECONDS))
        first.send_signal(signal.SIGCONT)
    else:
        rival = await asyncio.to_thread(_second, room)
    _ended(room, rival, first.pid)
    heard = room.saved
    await room.until(lambda: first.poll() is not None or room.saved > heard)
    if first.poll() is not None:
        room.amiss.append(f"a second server was started, and the first ended with {room.server.over(0)}")
    if not (room.folder / "owner.sock").exists():
        room.amiss.append("a second server took the first one's socket away")


async def _raced(room: Room, dice: random.Random) -> None:
    """`kill -9`, and two start at once on the same folder: exactly one of them may serve."""
    await asyncio.to_thread(room.server.kill)
    ahead = dice.uniform(-0.3, 0.3)

    async def second() -> Rival:
        await asyncio.sleep(max(0.0, -ahead))
        return await asyncio.to_thread(_second, room)

    async def restarted() -> NotStarted | None:
        await asyncio.sleep(max(0.0, ahead))
        try:
            await room.start()
        except NotStarted as ended:
            return ended
        return None

    rival, ended = await asyncio.gather(second(), restarted())
    if ended is None:
        _ended(room, rival, room.server.process.pid)
        return
    room.notes["restarts that came second"] += 1
    if rival.code is not None:
        room.amiss.append(f"two started at once, and both ended: {rival.said!r}, {ended.said!r}")
    elif ended.code != OWNED or f"process {rival.pid} " not in ended.said:
        room.amiss.append(f"two started at once, and the later ended with {ended.code}: {ended.said!r}")
    await room.start()


def _ended(room: Room, rival: Rival, first: int) -> None:
    """Note how a second server ended, and what of it is not as it has to be."""
    if rival.code is None:
        room.amiss.append("a second server was started on the log, and served")
        return
    room.measured["a second server ended"].append(rival.seconds)
    room.measured["its processor time"].append(rival.processor_seconds)
    if rival.code != OWNED or f"process {first} " not in rival.said:
        room.amiss.append(f"a second server ended with {rival.code}, saying {rival.said!r}")
    if rival.processor_seconds > WITHIN_SECONDS:
        room.amiss.append(f"a second server took {rival.processor_seconds:.1f} s of the processor to end")


def _second(room: Room) -> Rival:
    """Start one more server on the room's folder, at a port of its own; one that serves is killed."""
    began = time.monotonic()
    with subprocess.Popen(
        [sys.executable, str(room.program), str(room.folder), "0"], cwd=ROOT, env=environment(),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        serves = bool(process.stdout.readline())
        if serves:
            _until_it_matters(room)
            process.kill()
        said = process.stderr.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        code = None if serves else process.returncode
    lasted = time.monotonic() - began
    return Rival(process.pid, code, said[-500:], lasted, used.ru_utime + used.ru_stime)


def _until_it_matters(room: Room) -> None:
    """While both serve: until the first has been asked for more, or has ended."""
    saved, end = room.saved, time.monotonic() + FROZEN_SECONDS
    while room.server.process.poll() is None and time.monotonic() < end and room.saved < saved + 5:
        time.sleep(0.02)
