"""Histories of submit, retry, reorder and restart, each judged by P1 to P4; every failing seed is printed.

python -m tests.histories --count 100000
python -m tests.histories --seed 4711 --count 1
python -m tests.histories --planted
"""

import argparse
import logging
import sys
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import nullcontext

from app.core.receipts import Accepted
from tests.histories.judge import wrong
from tests.histories.planted import PLANTED, Planted
from tests.histories.world import World


def run(seed: int, fault: Planted | None = None) -> tuple[World, list[str]]:
    """Live one history and judge it.

    Args:
        seed: Everything is drawn from it.
        fault: One that is planted for its length.
    """
    world = World(seed)
    try:
        with fault(world) if fault else nullcontext():
            world.live()
        return world, wrong(world)
    except Exception as error:
        if fault is None:
            raise
        return world, [f"it ended with {error!r}"]  # a fault may show itself by bringing the program down


def main(arguments: Sequence[str]) -> int:
    """Run what is asked for; 1 where something is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.histories", description=__doc__.split("\n")[0])
    parser.add_argument("--count", type=int, default=1_000, help="how many histories")
    parser.add_argument("--seed", type=int, default=1, help="the first seed")
    parser.add_argument("--planted", action="store_true", help="run the planted faults: each must be caught")
    said = parser.parse_args(arguments)
    logging.disable(logging.CRITICAL)  # the faults are ordered: what the server logs of them is expected
    return planted(said.count, said.seed) if said.planted else histories(said.count, said.seed)


def histories(count: int, first: int) -> int:
    """Run the seeds one after another."""
    began, bad, seen = time.monotonic(), 0, Counter[str]()
    for seed in range(first, first + count):
        world, found = run(seed)
        if found:
            bad += 1
            print(f"seed {seed}: {found[0]}\n  again: python -m tests.histories --seed {seed} --count 1")
        told = [a for client in world.clients for answers in client.told.values() for a in answers[-1:]]
        accepted = sum(isinstance(answer, Accepted) for answer in told)
        seen.update(
            commands=sum(len(client.gave) for client in world.clients), acknowledged=accepted,
            refused=len(told) - accepted, retries=world.retries, crashes=world.crashes,
            events=world.intake.meeting.offset,
        )  # fmt: skip
    minutes = (time.monotonic() - began) / 60
    print(
        f"{count} histories in {minutes:.1f} min: " + ", ".join(f"{n:,} {name}" for name, n in seen.items())
    )
    print(f"{count - bad} passed, {bad} failed")
    return 1 if bad else 0


def planted(count: int, first: int) -> int:
    """Plant each fault in one history after another until it is caught."""
    missed = 0
    for name, fault in PLANTED.items():
        seeds = range(first, first + count)
        caught = next(((seed, found) for seed in seeds if (found := run(seed, fault)[1])), None)
        missed += caught is None
        print(f"{name}: " + (f"caught in seed {caught[0]}: {caught[1][0]}" if caught else "NOT caught"))
    print(f"{len(PLANTED) - missed} passed, {missed} failed")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
