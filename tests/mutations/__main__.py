"""Changes exports at random, against a published head; both recounts must find every change.

python -m tests.mutations --count 10000 --seed 1
python -m tests.mutations --count 300 --blind   (the control: without the chain some must be missed)
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.mutations.kinds import KINDS
from tests.mutations.trial import trial


def main(arguments: Sequence[str]) -> int:
    """Run what is asked for; 1 where a change was not found by both (or, blind, where all were)."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutations", description=__doc__.split("\n")[0])
    parser.add_argument("--count", type=int, default=1_000, help="how many changes")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--blind", action="store_true", help="do not look at the chain: some must be missed")
    said = parser.parse_args(arguments)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        outcome = trial(Path(folder), said.count, said.seed, blind=said.blind)
    print(f"{'change':45} {'tried':>6} {'verify.py':>10} {'verify.html':>12}")
    for kind in KINDS:
        print(f"{kind:45} {outcome.tried[kind]:6} {outcome.python[kind]:10} {outcome.javascript[kind]:12}")
    total = outcome.tried.total()
    minutes, missed = (time.monotonic() - began) / 60, len(outcome.missed)
    print(f"{total} changes in {minutes:.1f} min; missed by one or both: {missed}")
    print(f"both name the same place first in {outcome.same_place}")
    for kind, name, number in outcome.missed[:20]:
        print(f"  missed: {kind}, {name}, number {number}")
    return int(bool(outcome.missed) != said.blind)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
