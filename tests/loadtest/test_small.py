"""At stake: `make bench` and `make loadtest`, small: they run, they end, nothing is refused or lost."""

import subprocess
import sys
from pathlib import Path

import pytest

from loadtest.bench import BENCHES

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=280, check=False
    )


@pytest.mark.timeout(300)
@pytest.mark.parametrize("row", [name for name in BENCHES if name != "chart"])
def test_every_row_of_the_benchmark_runs_to_its_end(row: str) -> None:
    done = run("loadtest.bench", "--quick", row)
    assert done.returncode == 0, done.stderr
    assert "| median |" in done.stdout


@pytest.mark.timeout(300)
def test_the_chart_is_measured_and_drawn() -> None:
    done = run("loadtest.bench", "--quick", "chart")
    assert done.returncode == 0, done.stderr


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("server", "found"), [((), "flat"), (("--leaky",), "grows")])
def test_a_day_in_which_devices_change_leaves_no_open_files_and_a_leak_is_seen(
    server: tuple[str, ...], found: str
) -> None:
    done = run("loadtest.hours", "--quick", *server)
    assert done.stderr == ""
    assert done.stdout.splitlines()[-1] == found
    assert done.returncode == (found == "grows")


@pytest.mark.timeout(300)
@pytest.mark.parametrize("scenario", ["voting_rush", "server_killed", "mixed", "whole_day"])
def test_every_acknowledged_ballot_of_a_load_test_is_in_the_report(scenario: str, tmp_path: Path) -> None:
    done = run("loadtest.run", "--quick", "--scenario", scenario, "--out", str(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "what was acknowledged is in the report: yes" in done.stdout
    assert "after the server was killed the record says the same: yes" in done.stdout
    assert (tmp_path / f"{scenario}.html").exists()
    assert (tmp_path / f"{scenario}_stats.csv").exists()


@pytest.mark.timeout(300)
def test_control_ideas_that_the_server_only_says_it_has_written_are_missed_after_the_kill(
    tmp_path: Path,
) -> None:
    done = run("loadtest.run", "--quick", "--scenario", "idea_stream", "--unwritten", "--out", str(tmp_path))
    assert "what was acknowledged is in the report: yes" in done.stdout
    assert "ideas/count: 8 acknowledged, the report says" in done.stderr
    assert "after the server was killed the record says the same: no" in done.stdout
    assert done.returncode == 1


@pytest.mark.timeout(300)
def test_control_a_vote_that_the_server_only_says_it_has_written_is_found_out_at_the_show(
    tmp_path: Path,
) -> None:
    done = run("loadtest.run", "--quick", "--scenario", "voting_rush", "--unwritten", "--out", str(tmp_path))
    assert "the second counter failed" in done.stderr
    assert "what was acknowledged is in the report: no" in done.stdout
    assert "after the server was killed the record says the same: not compared" in done.stdout
    assert done.returncode == 1
