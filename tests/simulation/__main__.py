"""`make simulate`: many seeded days, each judged; prints every seed that fails, which can be given back.

python -m tests.simulation --seeds 1000
python -m tests.simulation --from 4711 --seeds 1 --clients 1000
python -m tests.simulation --planted
"""

import argparse
import logging
import sys
import time
from collections import Counter
from collections.abc import Sequence

from tests.simulation.planted import PLANTED
from tests.simulation.world import Outcome, clients_of, run


def main(arguments: Sequence[str]) -> int:
    """Run what is asked for; 1 where something is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__.split("\n")[0])
    parser.add_argument("--seeds", type=int, default=100, help="how many days")
    parser.add_argument("--from", dest="first", type=int, default=1, help="the first seed")
    parser.add_argument(
        "--clients",
        type=int,
        help="how many clients; by default 5 to 60, 80 in every 6th day and 1,000 in every 50th",
    )
    parser.add_argument(
        "--repeat", action="store_true", help="run each day twice: the traces must be the same"
    )
    parser.add_argument("--planted", action="store_true", help="run the planted faults: each must be caught")
    said = parser.parse_args(arguments)
    logging.disable(logging.CRITICAL)  # the faults are ordered: what the server logs of them is expected
    return planted(said.seeds, said.first) if said.planted else days(said)


def days(said: argparse.Namespace) -> int:
    """Run the seeds one after another."""
    began, bad = time.monotonic(), 0
    events, samples, faults, heard, slowest = 0, 0, Counter[str](), Counter[str](), 0.0
    for seed in range(said.first, said.first + said.seeds):
        clients = said.clients or clients_of(seed)
        outcome = run(seed, clients)
        if said.repeat and run(seed, clients).trace != outcome.trace:
            outcome.wrong.append("the trace is not the same when it is run again")
        bad += bool(outcome.wrong)
        report(outcome, clients)
        events += outcome.events
        samples += outcome.samples
        faults.update(outcome.faults)
        heard.update(outcome.heard)
        slowest = max(slowest, outcome.live_again_seconds)
    minutes = (time.monotonic() - began) / 60
    answers = f"{heard['Ack']} acknowledged, {heard['Nack']} refused, {samples} samples"
    print(f"{said.seeds} days in {minutes:.1f} min: {events} events, {answers},")
    kinds = ", ".join(f"{name} {n}" for name, n in sorted(faults.items()))
    print(f"{sum(faults.values())} faults ({kinds});")
    print(f"a newcomer was served {slowest:.1f} s after the last fault at the latest.")
    print(f"{said.seeds - bad} passed, {bad} failed")
    return 1 if bad else 0


def report(outcome: Outcome, clients: int) -> None:
    """Say what is wrong with a day, and how to see it again."""
    if outcome.wrong:
        print(f"seed {outcome.seed} with {clients} clients:")
        for each in outcome.wrong[:10]:
            print(f"  {each}")
        print(f"  again: python -m tests.simulation --from {outcome.seed} --seeds 1 --clients {clients}")


def planted(seeds: int, first: int) -> int:
    """Plant each fault in one day after another until it is caught."""
    missed = 0
    for name, fault in PLANTED.items():
        found = next(
            (o for seed in range(first, first + seeds) if (o := run(seed, clients_of(seed), fault)).wrong),
            None,
        )
        missed += found is None
        print(f"{name}: " + (f"caught in seed {found.seed}: {found.wrong[0]}" if found else "NOT caught"))
    print(f"{len(PLANTED) - missed} passed, {missed} failed")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
