"""Rounds: what is compared is measured in turns, A B C A B C, so that a slow minute of the host meets all.

A round counts only where every part of it does (`machine.Taken.counts`). At most six are tried; where
fewer than three count, the row is printed as *noisy*, with what there is.
"""

import statistics
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from loadtest.load import Measured

ROUNDS, ATTEMPTS = 3, 6

_most = [ATTEMPTS]
"""How many rounds are tried at most, whatever is asked for."""

Cell = Callable[[], Awaitable[Measured]]


@dataclass(slots=True)
class Rounds:
    """What several rounds gave, by the name of the cell."""

    cells: dict[str, list[Measured]] = field(default_factory=dict)
    counted: int = 0
    tried: int = 0
    noisy: bool = False
    lost: list[float] = field(default_factory=list)

    def median(self, cell: str, figure: Callable[[Measured], float]) -> float:
        """The median of a figure over the rounds that count."""
        return statistics.median(figure(each) for each in self.cells[cell])

    def ratio(self, above: str, below: str, figure: Callable[[Measured], float]) -> float:
        """The median of the rounds' own ratios: each compares what was measured side by side."""
        pairs = zip(self.cells[above], self.cells[below], strict=True)
        return statistics.median(figure(a) / figure(b) if figure(b) else 0.0 for a, b in pairs)

    def spread(self, above: str, below: str, figure: Callable[[Measured], float]) -> tuple[float, float]:
        """The smallest and the largest of the rounds' ratios."""
        pairs = list(zip(self.cells[above], self.cells[below], strict=True))
        ratios = [figure(a) / figure(b) if figure(b) else 0.0 for a, b in pairs]
        return min(ratios), max(ratios)

    def generator(self, *cells: str) -> float:
        """The largest share of its core that the generator used in these cells (all), by their medians."""
        return max(self.median(cell, lambda m: m.taken.generator) for cell in cells or self.cells)


def try_at_most(attempts: int) -> None:
    """Try fewer rounds than six: for a hurried run."""
    _most[0] = attempts


async def interleaved(cells: Mapping[str, Cell], *, rounds: int = ROUNDS, attempts: int = ATTEMPTS) -> Rounds:
    """Measure cells in turns until enough rounds count.

    Args:
        cells: What to measure, by name.
        rounds: How many rounds have to count.
        attempts: How many are tried at most; with `rounds` of 1 and `attempts` of 1 nothing is void.
    """
    attempts = min(attempts, max(_most[0], rounds))
    good: list[dict[str, Measured]] = []
    bad: list[dict[str, Measured]] = []
    out = Rounds()
    while len(good) < rounds and out.tried < attempts:
        out.tried += 1
        measured = {name: await cell() for name, cell in cells.items()}
        worst = max(each.taken.lost for each in measured.values())
        out.lost.append(worst)
        (good if all(each.taken.counts for each in measured.values()) else bad).append(measured)
    out.counted, out.noisy = len(good), len(good) < rounds
    # Too few count: what there is is shown, the least disturbed rounds first, and marked.
    bad.sort(key=lambda measured: max(each.taken.lost for each in measured.values()))
    used = good + bad[: max(0, rounds - len(good))] if out.noisy else good
    out.cells = {name: [measured[name] for measured in used] for name in cells}
    return out
