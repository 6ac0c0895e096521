"""At stake: whatever is sent again, overtaken or cut off by a restart, an acknowledged act is there once."""

import logging
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.histories.__main__ import run
from tests.histories.planted import PLANTED, Planted

COUNT = 400
PATIENCE = 400
"""In so many histories at most a planted fault must show itself."""


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """The faults are ordered: what the server logs of them is expected."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def test_every_history_keeps_the_promises() -> None:
    seen: Counter[str] = Counter()
    for seed in range(1, COUNT + 1):
        world, found = run(seed)
        assert found == [], f"python -m tests.histories --seed {seed} --count 1"
        seen.update(retries=world.retries, crashes=world.crashes, offset=world.intake.meeting.offset)
    assert min(seen.values()) > COUNT, "histories in which nothing happens show nothing"


def test_a_seed_is_the_same_history_again() -> None:
    assert run(7)[0].log == run(7)[0].log != run(8)[0].log


@pytest.mark.parametrize("fault", PLANTED.values(), ids=list(PLANTED))
def test_control_a_planted_fault_is_caught(fault: Planted) -> None:
    assert any(run(seed, fault)[1] for seed in range(1, PATIENCE))
