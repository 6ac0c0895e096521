"""At stake: whatever is changed in an export, each of the two recounts finds it by itself."""

from pathlib import Path

from tests.mutations.kinds import KINDS
from tests.mutations.trial import trial

COUNT = 16 * len(KINDS)


def test_every_change_is_found_by_both(tmp_path: Path) -> None:
    outcome = trial(tmp_path, COUNT, 20)
    assert outcome.missed == []
    assert outcome.tried.total() == COUNT
    assert set(outcome.tried) == set(KINDS)
    assert outcome.python == outcome.javascript == outcome.tried


def test_control_recounts_that_do_not_look_at_the_chain_miss_some(tmp_path: Path) -> None:
    outcome = trial(tmp_path, 2 * len(KINDS), 20, blind=True)
    assert any(outcome.python[kind] < outcome.tried[kind] for kind in KINDS)
    assert any(outcome.javascript[kind] < outcome.tried[kind] for kind in KINDS)
