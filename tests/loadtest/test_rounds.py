"""At stake: which figures count. A slow minute of the host, or a tired generator, must be no result."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import asdict

import pytest

from loadtest.load import Measured, quantile
from loadtest.machine import LOST_MAX, Taken, description
from loadtest.publish import BEGIN, END, README, text
from loadtest.rounds import Rounds, interleaved
from loadtest.rows import Row, number, table


def measured(answers: int, lost: float = 0.0, generator: float = 0.3) -> Measured:
    return Measured(answers, [0.001] * answers, Taken(4.0, 2.0, generator, lost))


def cell(values: Iterator[Measured]) -> Callable[[], Awaitable[Measured]]:
    async def give() -> Measured:
        return next(values)

    return give


def rate(each: Measured) -> float:
    return each.per_cpu_second


async def test_cells_are_measured_in_turns_until_three_rounds_count() -> None:
    order: list[str] = []

    def noted(name: str, lost: list[float]) -> Callable[[], Awaitable[Measured]]:
        each = iter(lost)

        async def give() -> Measured:
            order.append(name)
            return measured(10, next(each))

        return give

    done = await interleaved({"a": noted("a", [0, 0.2, 0, 0]), "b": noted("b", [0, 0, 0, 0])})
    assert order == ["a", "b"] * 4
    assert (done.counted, done.tried, done.noisy) == (3, 4, False)
    assert [len(each) for each in done.cells.values()] == [3, 3]


async def test_after_six_rounds_that_do_not_count_the_row_is_noisy_and_shows_the_best_there_is() -> None:
    lost = iter([0.9, 0.5, 0.4, 0.3, 0.2, 0.1])
    done = await interleaved({"a": cell(measured(n, next(lost)) for n in range(1, 7))})
    assert (done.counted, done.tried, done.noisy) == (0, 6, True)
    assert [each.answers for each in done.cells["a"]] == [6, 5, 4]
    assert done.lost == [0.9, 0.5, 0.4, 0.3, 0.2, 0.1]


async def test_a_ratio_is_the_median_of_the_rounds_own_ratios() -> None:
    above = cell(map(measured, [10, 60, 30]))
    below = cell(map(measured, [10, 100, 60]))
    done = await interleaved({"above": above, "below": below})
    assert done.ratio("above", "below", rate) == 0.6
    assert done.spread("above", "below", rate) == (0.5, 1.0)


@pytest.mark.parametrize(("share", "void"), [(0.84, False), (0.86, True)])
def test_a_row_whose_generator_was_busy_is_void(share: float, *, void: bool) -> None:
    done = Rounds({"a": [measured(1, generator=share)]}, counted=1, tried=1)
    row = Row("ballots", 1.0, 0.5, 0.9, more_is_better=True).of(done)
    assert row.void is void
    assert row.verdict == ("void (generator)" if void else "aim")


def test_a_row_is_void_by_what_its_own_value_is_made_of() -> None:
    cells = {
        "a": [measured(1, generator=0.2)],
        "b": [measured(1, generator=0.8)],
        "c": [measured(1, generator=0.9)],
    }
    done = Rounds(cells, counted=1, tried=1)
    assert not Row("a ÷ b", 1.0, 0.5, 0.9).of(done, "a", "b").void
    assert Row("a ÷ c", 1.0, 0.5, 0.9).of(done, "a", "c").void
    assert Row("all", 1.0, 0.5, 0.9).of(done).void


@pytest.mark.parametrize(
    ("value", "more", "verdict"),
    [
        (0.9, True, "aim"),
        (0.7, True, "reach"),
        (0.4, True, "missed"),
        (1.1, False, "missed"),
        (0.5, False, "aim"),
    ],
)
def test_a_goal_is_aim_reach_or_missed(value: float, verdict: str, *, more: bool) -> None:
    reach, aim = (0.6, 0.9) if more else (1.0, 0.5)
    assert Row("x", value, reach, aim, more_is_better=more).verdict == verdict


def test_the_table_says_how_many_rounds_counted_and_that_it_is_noisy() -> None:
    row = Row("x", 0.5, 0.6, 0.9, unit=" KB", counted=2, tried=6, noisy=True, span=(0.4, 1.0))
    last = table([row]).splitlines()[-1]
    assert last == "| x | **0.50 KB** | 0.40 – 1.00 | 0.60 KB | 0.90 KB | aim, noisy | 2 of 6 |  |"


def test_a_round_counts_up_to_five_percent_lost() -> None:
    assert Taken(1.0, 1.0, 0.1, LOST_MAX).counts
    assert not Taken(1.0, 1.0, 0.1, LOST_MAX + 0.001).counts


def test_quantiles_are_values_that_were_measured() -> None:
    values = [n / 100 for n in range(1, 101)]
    assert quantile(values, 0.5) == 0.51
    assert quantile(values, 0.99) == 1.0
    assert quantile(values, 1.0) == 1.0
    assert quantile([], 0.99) == 0.0


def test_figures_have_as_many_digits_as_they_have_meaning() -> None:
    assert list(map(number, [0.123, 12.345, 123.45, 12345.6])) == ["0.12", "12.35", "123.5", "12,346"]


def test_saved_rows_are_published_with_what_they_were_measured_on() -> None:
    row = Row("x ÷ y", 0.5, 0.6, 0.9, span=(0.4, 1.0), figures={"x ms": 2.0}, lost=[0.01], counted=3, tried=4)
    saved = {**asdict(row), "verdict": row.verdict, "date": "2026-11-23 18:00 UTC"}
    said = text({"made": description(), "rows": {row.name: saved}})
    assert said.startswith("Measured 2026-11-23 18:00 UTC; ")
    assert "| x ÷ y | **0.50** | 0.40 – 1.00 | 0.60 | 0.90 | aim | 3 of 4 |  |" in said
    assert "- x ÷ y: x ms 2.00" in said


def test_the_readme_has_the_place_for_the_results() -> None:
    assert BEGIN in README.read_text()
    assert END in README.read_text()
