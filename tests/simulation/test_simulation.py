"""At stake: however bad the line, the disk and the day, no acknowledged vote is lost or doubled."""

import logging
from collections.abc import Iterator

import pytest

from tests.simulation.planted import PLANTED, Planted
from tests.simulation.world import clients_of, run

SEEDS = range(1, 13)
PATIENCE = 150
"""In so many days at most a planted fault must show itself."""


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """The faults are ordered: what the server logs of them is expected."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_acknowledged_is_lost_or_doubled_and_every_screen_is_right_at_the_end(seed: int) -> None:
    outcome = run(seed, clients_of(seed))
    assert outcome.wrong == [], f"python -m tests.simulation --from {seed} --seeds 1"
    assert outcome.faults
    assert outcome.heard["Ack"] > 20
    assert outcome.starts > 1 or "crash" not in outcome.faults
    assert outcome.samples or seed % 6, "a day with enough tables has a sample audit"


def test_a_seed_is_the_same_day_again() -> None:
    assert run(7, 20).trace == run(7, 20).trace
    assert run(7, 20).trace != run(8, 20).trace


@pytest.mark.parametrize("fault", PLANTED.values(), ids=list(PLANTED))
def test_control_a_planted_fault_is_caught(fault: Planted) -> None:
    assert any(run(seed, clients_of(seed), fault).wrong for seed in range(1, PATIENCE) if seed % 50)
