"""At stake: what fails twice has failed, and what passed only by itself is named, never hidden."""

from pathlib import Path

import pytest

from scripts import run_tests

ONCE = """
from pathlib import Path
def test_that_fails_beside_other_work():
    seen = Path(__file__).with_name("seen")
    first = not seen.exists()
    seen.touch()
    assert not first
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = browser: needs one\n")
    (tmp_path / "test_sound.py").write_text("def test_sound(): pass\n")
    monkeypatch.setattr(run_tests, "ROOT", tmp_path)
    monkeypatch.setattr(run_tests, "RESULTS", tmp_path / "results")
    monkeypatch.delenv("JOBS", raising=False)
    return tmp_path


def test_what_fails_once_is_run_again_and_named(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "test_once.py").write_text(ONCE)
    assert run_tests.main(["python"]) == 0
    said = capsys.readouterr().out
    assert "2 passed, 0 failed\n" in said
    assert "passed by itself: test_once.test_that_fails_beside_other_work" in said


def test_what_fails_twice_has_failed(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "test_broken.py").write_text("def test_broken(): assert False\n")
    assert run_tests.main(["python"]) == 1
    assert "1 passed, 1 failed\n" in capsys.readouterr().out


def test_many_failures_are_no_accident_and_are_not_run_again(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    many = ONCE + "\n".join(
        f"def test_{n}(): test_that_fails_beside_other_work() if False else exec('assert 0')"
        for n in range(run_tests.AGAIN_MAX)
    )
    (project / "test_many.py").write_text(many)
    assert run_tests.main(["python"]) == 1
    assert f"1 passed, {run_tests.AGAIN_MAX + 1} failed\n" in capsys.readouterr().out
