"""At stake: a hall without internet. A whole day is held where there is no route to anywhere."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OUTSIDE = "import socket; socket.create_connection(('192.0.2.1', 80), 3)"


def alone(*command: str, seconds: float = 240) -> subprocess.CompletedProcess[str]:
    """Run a command in a network namespace that has nothing but its own loopback."""
    inside = 'ip link set lo up && test -z "$(ip route)" && exec "$@"'
    run = ["unshare", "--net", "sh", "-c", inside, "sh", *command]
    return subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=False, timeout=seconds)


@pytest.mark.root("unshare", "ip")
def test_control_in_the_namespace_nothing_outside_can_be_reached() -> None:
    done = alone(sys.executable, "-c", OUTSIDE, seconds=20)
    assert "Network is unreachable" in done.stderr


@pytest.mark.slow
@pytest.mark.root("unshare", "ip")
@pytest.mark.timeout(300)
def test_a_whole_day_needs_no_route_out(tmp_path: Path) -> None:
    program = str(Path(sys.executable).with_name("townmeeting"))
    done = alone(program, "demo", "--speed", "0", "--exit", "--out", str(tmp_path / "day"))
    assert done.returncode == 0, done.stdout[-2_000:] + done.stderr[-2_000:]
    assert (tmp_path / "day" / "audit.zip").stat().st_size > 10_000
    assert "Agrees" in done.stdout
