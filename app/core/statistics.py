"""Shares, bases, means and medians, in integers and exact fractions.

The only place where a share is made (docs/rules.md, Figures). No floats.
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from itertools import pairwise
from math import comb


def share_tenths(n: int, base: int) -> int | None:
    """N of base in tenths of a percent, rounded half up; `None` where the base is 0."""
    return None if base == 0 else (2000 * n + base) // (2 * base)


def mean(counts: Mapping[int, int]) -> Fraction | None:
    """The exact mean of values by their counts; `None` where nothing was counted."""
    base = sum(counts.values())
    return None if base == 0 else Fraction(sum(v * n for v, n in counts.items()), base)


def median(counts: Mapping[int, int]) -> Fraction | None:
    """The exact median (mean of the middle two) of values by their counts."""
    base = sum(counts.values())
    if base == 0:
        return None
    low, high = (base - 1) // 2, base // 2
    return Fraction(_value_at(counts, low) + _value_at(counts, high), 2)


def _value_at(counts: Mapping[int, int], place: int) -> int:
    seen = 0
    for value in sorted(counts):
        seen += counts[value]
        if seen > place:
            return value
    raise AssertionError("the place lies within the counts")


def difference_tenths(n: int, base: int, other_n: int, other_base: int) -> int | None:
    """The difference of two shares in tenths of a point, from the counts, rounded half away from 0."""
    if base == 0 or other_base == 0:
        return None
    exact = Fraction(1000 * n, base) - Fraction(1000 * other_n, other_base)
    magnitude = (2 * abs(exact.numerator) + exact.denominator) // (2 * exact.denominator)
    return magnitude if exact >= 0 else -magnitude


def look_equal(shares: Iterable[int | None]) -> bool:
    """Whether two neighbours would look equal without the decimal though they are not."""
    known = [share for share in shares if share is not None]
    return any(a != b and (a + 5) // 10 == (b + 5) // 10 for a, b in pairwise(known))


def differ_at_most(drawn: int, differing: int) -> int:
    """How many tenths of a percent differ at most, with 95 % confidence, where so many of those drawn do.

    The one-sided upper bound of Clopper and Pearson (Biometrika 26, 1934), rounded up: the least p with
    P(X <= differing) <= 1/20, X binomial over `drawn` and p. Where none differs it is 1 - 0.05^(1/drawn),
    which the rule of three (3/drawn) comes near. Draws without repeats from a finite lot only narrow it.
    """
    low, high = 0, 1000
    while low < high:
        p = (low + high) // 2
        so_few = sum(comb(drawn, x) * p**x * (1000 - p) ** (drawn - x) for x in range(differing + 1))
        if 20 * so_few <= 1000**drawn:
            high = p
        else:
            low = p + 1
    return high
