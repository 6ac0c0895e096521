"""Every row of the benchmark, one after another: `make bench` (about half an hour), `make bench-quick`.

`--quick` runs each with small counts, once, for correctness only: it fails where a server refuses,
loses or does not answer something, and judges no figure.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Sequence

import uvloop

from loadtest import bench_ballots, bench_connections, bench_hall, bench_log, bench_state, chart
from loadtest.machine import Meter, cores, description, pin, raise_open_files
from loadtest.rounds import ATTEMPTS, try_at_most
from loadtest.rows import Row, details, save, table

Bench = Callable[[Meter, bool, int], Awaitable[list[Row]]]


async def usual(meter: Meter, quick: bool, rounds: int) -> list[Row]:
    if quick:
        return await bench_hall.bench_usual(meter, tables=10, windows=(1.0,), rounds=1)
    return await bench_hall.bench_usual(meter, rounds=rounds)


async def ballots(meter: Meter, quick: bool, rounds: int) -> list[Row]:
    if quick:
        return await bench_ballots.bench(meter, connections=(20,), seconds=0.5, rounds=1)
    return await bench_ballots.bench(meter, rounds=rounds)


async def offered(meter: Meter, quick: bool, rounds: int) -> list[Row]:
    if quick:
        return await bench_hall.bench_offered(meter, phones=50, per_second=200.0, seconds=1.0, rounds=1)
    return await bench_hall.bench_offered(meter, rounds=rounds)


async def state(meter: Meter, quick: bool, rounds: int) -> list[Row]:
    if quick:
        return await bench_state.bench(meter, phones=50, rounds=1, times=1)
    return await bench_state.bench(meter, rounds=rounds)


async def connections(meter: Meter, quick: bool, rounds: int) -> list[Row]:
    if quick:
        return await bench_connections.bench(meter, counts=(100,), rounds=1)
    return await bench_connections.bench(meter, rounds=rounds)


async def log(meter: Meter, quick: bool, rounds: int) -> list[Row]:
    if quick:
        return await bench_log.bench(meter, events=3_000, past=2_000, rounds=1)
    return await bench_log.bench(meter, rounds=rounds)


BENCHES: dict[str, Bench] = {
    "usual": usual, "ballots": ballots, "offered": offered, "state": state, "connections": connections,
    "log": log, "chart": chart.bench,
}  # fmt: skip


async def run(names: Sequence[str], *, quick: bool, rounds: int, keep: bool) -> list[Row]:
    """Run some of them and print what they gave, each as it is done."""
    rows: list[Row] = []
    with Meter() as meter:
        for name in names:
            began = time.monotonic()
            made = await BENCHES[name](meter, quick, rounds)
            rows += made
            print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
            if made:
                print(f"\n{table(made)}\n\n{details(made)}", flush=True)
            if keep and made:
                save(made)
    return rows


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help=f"of {', '.join(BENCHES)}; all by default")
    parser.add_argument("--quick", action="store_true", help="small counts, once, for correctness only")
    parser.add_argument("--rounds", type=int, default=3, help="how many rounds have to count")
    parser.add_argument("--attempts", type=int, default=ATTEMPTS, help="how many rounds are tried at most")
    said = parser.parse_args(arguments)
    try_at_most(said.attempts)
    if unknown := set(said.names) - set(BENCHES):
        parser.error(f"no such row: {', '.join(sorted(unknown))}")
    made = description()
    if made["disk"] in ("tmpfs", "ramfs") and not said.quick:
        parser.error("the folder for temporary files is in memory: name one on a disk with TMPDIR")
    raise_open_files()
    pin(cores()[1])
    print("  ".join(f"{name} {value}" for name, value in made.items()), file=sys.stderr)
    names = said.names or list(BENCHES)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        rows = runner.run(run(names, quick=said.quick, rounds=said.rounds, keep=not said.quick))
    if not said.quick:
        print(f"\n{table(rows)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
