"""Where the time goes in the server at saturation, by py-spy: shares by line and by function, calls included.

python -m loadtest.profile 500          durable ballots through 500 phones
"""

import argparse
import asyncio
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import uvloop

from loadtest.bench_ballots import Ballots, started
from loadtest.machine import Meter, cores, pin
from loadtest.room import Room
from loadtest.servers import Server, running, scratch, start_hall

SECONDS, HERTZ, FIRST_LINES = 6.0, 250, 45


async def profile(connections: int, *, native: bool, own_view: bool) -> None:
    """Load the server and look."""
    with scratch() as folder, Meter() as meter:
        hall = start_hall(folder / "data", Room((connections + 9) // 10, 10), phones=connections)
        with running(hall):
            await started(hall)
            measure = Ballots(hall, hall, hall, meter, 2.0)
            warm = await measure.vote(
                connections, own_view=own_view
            )  # everybody takes a seat, the vote opens
            print(f"without the profiler: {warm.per_cpu_second:,.0f} ballots per cpu-s")
            measure.seconds = SECONDS + 3
            looking = asyncio.create_task(look(hall, folder / "samples", native=native))
            await measure.vote(connections, own_view=own_view)
            await looking
            report(folder / "samples")


async def look(hall: Server, out: Path, *, native: bool) -> None:
    """Sample the server once it is loaded."""
    await asyncio.sleep(4.0)
    process = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).parent / "py-spy"), "record", "--pid", str(hall.pid), "--duration",
        str(round(SECONDS)), "--rate", str(HERTZ), "--format", "raw", "--output", str(out),
        "--native" if native else "--nonblocking", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    await process.wait()


def report(samples: Path) -> None:
    """Print the shares."""
    own, within, whole = Counter[str](), Counter[str](), 0
    for line in samples.read_text().splitlines():
        stack, _, count = line.rpartition(" ")
        frames, times = stack.split(";"), int(count)
        whole += times
        own[frames[-1]] += times
        for name in {frame.rpartition(":")[0] for frame in frames}:
            within[name] += times
    for title, counter in (("of its own, by line", own), ("with what it calls, by function", within)):
        print(f"\n{title} ({whole} samples)")
        for name, times in counter.most_common(FIRST_LINES):
            print(f"{times / whole:6.1%}  {name}")


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("connections", type=int, nargs="?", default=500)
    parser.add_argument("--native", action="store_true", help="with the frames of C, slower")
    parser.add_argument("--own-view", action="store_true", help="each phone hears its seat's own channel too")
    said = parser.parse_args(arguments)
    pin(cores()[1])
    uvloop.run(profile(said.connections, native=said.native, own_view=said.own_view))


if __name__ == "__main__":
    main(sys.argv[1:])
