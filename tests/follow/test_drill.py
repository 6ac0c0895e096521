"""At stake: the server and its disk are gone in mid-vote, and the room goes on. Real processes."""

from pathlib import Path

import pytest

from app.tool.drill_follow import drill_follow

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def quiet(_: str) -> None:
    """Nobody reads along."""


def test_in_waiting_mode_nothing_that_was_acknowledged_is_missing(tmp_path: Path) -> None:
    found = drill_follow(tmp_path, 20_000, quiet)
    assert found.acknowledged >= 100
    assert (found.missing, found.lost) == (0, 0)
    assert "nothing that it acknowledged until then is lost" in found.said
    assert found.good, f"live again after {found.live_seconds:.1f} s"
    assert list(tmp_path.iterdir()) == [], "the drill leaves nothing"


def test_control_a_second_laptop_that_stood_still_lacks_what_was_acknowledged(tmp_path: Path) -> None:
    """Without waiting mode: the server said how many are at risk, and phones bring back what they hold."""
    found = drill_follow(tmp_path, 0, quiet, frozen=True)
    assert found.missing > 0
    assert found.behind >= 20, "the server said how many events were on it only"
    assert "At risk" in found.said
    assert found.lost == 0, "each phone had kept its ballots, sealed, and brought them back"
