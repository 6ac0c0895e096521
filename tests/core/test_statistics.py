"""What is at stake: a percentage that is printed must be the one that anybody gets with pencil and paper."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from statistics import median as median_of

from hypothesis import given
from hypothesis import strategies as st

from app.core.statistics import difference_tenths, look_equal, mean, median, share_tenths

BASES = st.integers(1, 12_000)
COUNTS = st.dictionaries(st.integers(-50, 50), st.integers(1, 20), min_size=1, max_size=8)


def rounded(exact: Fraction) -> int:
    """To whole numbers, a half away from zero."""
    shifted = abs(exact) + Fraction(1, 2)
    return (1 if exact >= 0 else -1) * (shifted.numerator // shifted.denominator)


@given(BASES, st.data())
def test_a_share_is_the_exact_fraction_rounded_half_up_to_tenths_of_a_percent(
    base: int, data: st.DataObject
) -> None:
    n = data.draw(st.integers(0, base))
    assert share_tenths(n, base) == rounded(Fraction(1000 * n, base))
    by_decimal = (Decimal(1000 * n) / Decimal(base)).quantize(Decimal(1), ROUND_HALF_UP)
    assert share_tenths(n, base) == int(by_decimal)


def test_shares_by_pencil() -> None:
    assert share_tenths(390, 1_000) == 390
    assert share_tenths(1, 3) == 333
    assert share_tenths(2, 3) == 667
    assert share_tenths(1, 2_000) == 1
    assert share_tenths(1, 2_001) == 0
    assert share_tenths(5, 5) == 1_000


def test_a_share_of_nobody_is_not_a_number() -> None:
    assert share_tenths(0, 0) is None
    assert difference_tenths(1, 2, 0, 0) is None
    assert difference_tenths(0, 0, 1, 2) is None


@given(BASES, BASES, st.data())
def test_a_difference_comes_from_the_counts_and_not_from_rounded_shares(
    base: int, other: int, data: st.DataObject
) -> None:
    n, m = data.draw(st.integers(0, base)), data.draw(st.integers(0, other))
    assert difference_tenths(n, base, m, other) == rounded(
        Fraction(1000 * n, base) - Fraction(1000 * m, other)
    )


def test_a_difference_of_rounded_shares_would_be_another_one() -> None:
    shares = share_tenths(2, 3), share_tenths(1, 3)
    assert shares == (667, 333)
    assert difference_tenths(2, 3, 1, 3) == 333


@given(COUNTS)
def test_mean_and_median_are_exact(counts: dict[int, int]) -> None:
    values = [value for value, n in counts.items() for _ in range(n)]
    assert mean(counts) == Fraction(sum(values), len(values))
    assert median(counts) == Fraction(median_of([Fraction(v) for v in values]))


def test_nothing_counted_has_neither_mean_nor_median() -> None:
    assert (mean({}), median({}), mean({3: 0})) == (None, None, None)


def test_neighbours_that_only_look_equal_ask_for_the_decimal() -> None:
    assert look_equal([391, 389])
    assert not look_equal([390, 390])
    assert not look_equal([391, 381])
    assert not look_equal([391, 384, 389])
    assert look_equal([None, 391, None, 389])
    assert not look_equal([])
