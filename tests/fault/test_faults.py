"""At stake: the server is taken away in mid-vote, and a vote that somebody was told is saved is gone.

The short forms of `python -m tests.fault`; docs/reliability.md has the long ones. Every kind has its control.
"""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.fault.__main__ import CONTROLS, suffered
from tests.fault.blows import BLOWS, ON_A_DISK, disk
from tests.network.halls import TOOLS

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


DISK = pytest.mark.root("mkfs.ext4")
NEEDS = {"sync": pytest.mark.root("strace"), **dict.fromkeys(ON_A_DISK, DISK),
         "glitch": pytest.mark.root("mkfs.ext4", "strace"),
         "line": pytest.mark.root(*TOOLS, "nft", "tc", "ss"), "database": pytest.mark.postgres}  # fmt: skip


def kinds(**trials: int) -> list[Any]:
    """So many trials of each kind; some need a disk of their own."""
    return [pytest.param(kind, many, marks=NEEDS.get(kind, ())) for kind, many in trials.items()]


def test_every_kind_has_a_short_form_and_a_control() -> None:
    assert {*BLOWS, "line", "wake"} == set(CONTROLS) == set(HELD) == set(TAKEN)


HELD = {"kill": 3, "sync": 2, "stop": 2, "power": 3, "eio": 2, "glitch": 2, "full": 2, "corrupt": 2,
        "tail": 2, "clock": 3, "upgrade": 2, "line": 1, "wake": 1, "rival": 3, "mute": 1, "trickle": 1,
        "late": 2, "again": 1, "database": 3}  # fmt: skip
TAKEN = {
    "kill": 3,
    "sync": 2,
    "stop": 2,
    "power": 3,
    "eio": 1,
    "glitch": 1,
    "full": 1,
    "corrupt": 1,
    "tail": 1,
    "clock": 3,
    "upgrade": 1,
    "line": 1,
    "wake": 1,
    "rival": 1,
    "mute": 1,
    "trickle": 1,
    "late": 1,
    "again": 1,
    "database": 2,
}


@pytest.mark.parametrize(("kind", "trials"), kinds(**HELD))
async def test_nothing_that_was_acknowledged_is_lost(tmp_path: Path, kind: str, trials: int) -> None:
    verdict = await suffered(kind, tmp_path, trials)
    assert verdict.clean, str(verdict)
    assert verdict.faults == trials
    assert verdict.acknowledged > trials


@pytest.mark.parametrize(("kind", "trials"), kinds(**TAKEN))
async def test_control_a_server_without_the_promise_is_seen_to_lose(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, trials: int
) -> None:
    monkeypatch.setenv("UNSAFE", "")  # it is set for the server, and taken back here
    verdict = await suffered(kind, tmp_path, trials, unsafe=True)
    assert CONTROLS[kind].shows(verdict), str(verdict)


@DISK
def test_a_disk_comes_back_though_somebody_still_sees_it_dark(tmp_path: Path) -> None:
    with disk(tmp_path) as made:
        (made.folder / "kept").write_text("on the disk")
        subprocess.run(["sync", "--file-system", str(made.folder)], check=True)
        (made.folder / "gone").write_text("in memory")
        command = ["unshare", "--mount", "sh", "-c", "echo; read _"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as watcher:
            assert watcher.stdout is not None
            watcher.stdout.readline()  # it has its own view of the file systems, as a test of networks has
            made.cut()
            made.restore()
            assert [each.name for each in made.folder.iterdir() if each.is_file()] == ["kept"]
            (made.folder / "new").write_text("it takes writes")
            watcher.communicate(b"\n")
