"""Row 7: replaying a million events, and starting on a log of 250,000 until the first acknowledgement.

Replay stands beside reading, decoding and hashing the same log once (`replay.py`). The start, from the
command to the first acknowledged ballot of a client, stands beside the same start on a log that has only
its beginning, plus reading, decoding and hashing the long one once.
"""

import asyncio
import json
import os
import resource
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

from app.core.commands import CastBallot
from app.core.ids import SeatId
from loadtest.load import Measured
from loadtest.machine import Meter, cores, cpu_seconds, on_core
from loadtest.people import Phone, ballot, settled
from loadtest.rounds import interleaved
from loadtest.rows import Row
from loadtest.servers import Device, scratch, start
from loadtest.sockets import connect, cut_all, until

TABLES = 100


async def child(module: str, *arguments: str) -> dict[str, str | float]:
    """Run a module of ours on the server's core; gives what it says."""
    with on_core(cores()[0]):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", module, *arguments, stdout=subprocess.PIPE
        )
    out, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"{module} ended with {process.returncode}")
    said: dict[str, str | float] = json.loads(out)
    return said


async def made(data: Path, events: int) -> tuple[Path, Device]:
    """A data folder with so many events; gives its log, and a phone of the meeting."""
    said = await child(
        "loadtest.history", "--data", str(data), "--events", str(events), "--tables", str(TABLES)
    )
    [log] = data.glob("meetings/*/logs/*.sqlite3")  # noqa: ASYNC240 - before anything is measured
    return log, Device(str(said["seat"]), str(said["token"]), "")


async def timed(meter: Meter, what: str, log: Path) -> Measured:
    """Replay or floor of a log, in a process of its own; its processor seconds are the latency."""
    meter.start(os.getpid())
    before = _of_children()
    said = await child("loadtest.replay", what, str(log))
    taken = meter.stop(_of_children() - before)  # with what Python needs to load the program
    whole = replace(taken, server_cpu=float(said["cpu"]))
    return Measured(int(said["events"]), [float(said["cpu"])], whole, {"wall s": float(said["wall"])})


def _of_children() -> float:
    """Seconds of processor of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


async def first_ack(meter: Meter, data: Path, device: Device, turn: int) -> Measured:
    """Start the program on a data folder until a phone's ballot is acknowledged, by the clock."""
    meter.start(os.getpid())
    began = time.perf_counter()
    server = await asyncio.to_thread(start, "hall", "--data", str(data), "--no-ways")
    try:
        phone = await connect(server.url, Phone(device))
        await until(lambda: phone.welcomed, said="the welcome after a start")
        said: CastBallot = ballot(SeatId(device.place), turn)
        phone.ask(said)
        await settled([phone])
        took = time.perf_counter() - began
        taken = meter.stop(cpu_seconds(server.process.pid))
        await cut_all([phone])
    finally:
        server.stop()
    return Measured(1, [took], taken)


async def bench(meter: Meter, *, events: int = 1_000_000, past: int = 250_000, rounds: int = 3) -> list[Row]:
    """Measure both rows."""
    attempts = 1 if rounds == 1 else 2 * rounds
    with scratch() as folder:
        long, _ = await made(folder / "long", events)
        replayed = await interleaved(
            {"replay": lambda: timed(meter, "replay", long), "floor": lambda: timed(meter, "floor", long)},
            rounds=rounds, attempts=attempts,
        )  # fmt: skip
        log, device = await made(folder / "past", past)
        _, fresh = await made(folder / "fresh", TABLES * 10 + 10)
        turns = iter(range(10_000))
        started = await interleaved(
            {
                "start": lambda: first_ack(meter, folder / "past", device, next(turns)),
                "empty": lambda: first_ack(meter, folder / "fresh", fresh, next(turns)),
                "floor": lambda: timed(meter, "floor", log),
            },
            rounds=rounds, attempts=attempts,
        )  # fmt: skip

    def seconds(measured: Measured) -> float:
        return measured.latencies[0]

    took = {cell: replayed.median(cell, seconds) for cell in replayed.cells}
    replay_row = Row(
        f"replay of {events:,} events ÷ read, decode, hash once",
        replayed.ratio("replay", "floor", seconds),
        2.0,
        1.3,
        span=replayed.spread("replay", "floor", seconds),
        figures={f"{cell} cpu-s": value for cell, value in took.items()}
        | {"events/s replayed": events / took["replay"]},
    ).of(replayed)
    each = zip(*(map(seconds, started.cells[cell]) for cell in ("start", "empty", "floor")), strict=True)
    ratios = sorted(whole / (empty + floor) for whole, empty, floor in each)
    start_row = Row(
        f"start to first ack, {past:,} events ÷ (empty start + read, decode, hash)",
        ratios[len(ratios) // 2],
        1.5,
        1.2,
        span=(ratios[0], ratios[-1]),
        figures={f"{cell} s": started.median(cell, seconds) for cell in started.cells},
    ).of(started)
    rows = [replay_row, start_row]
    for row in rows:
        row.void = False  # nothing is generated here
    return rows
