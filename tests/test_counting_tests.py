"""What `make test` says at its end: nothing that failed or was left out goes without a name."""

from pathlib import Path

import pytest

from scripts import run_tests

CASES = """<testsuites><testsuite>
  <testcase classname="tests.hall" name="test_doors"/>
  <testcase classname="tests.hall" name="test_count">
    <failure message="assert 39 == 52&#10;where 39 is the truth">long</failure>
  </testcase>
  <testcase classname="tests.hall" name="test_screen"><error message="no screen"/></testcase>
  <testcase classname="tests.hall" name="test_phone"><skipped message="no browser"/></testcase>
</testsuite></testsuites>"""
WELL = '<testsuites><testsuite><testcase classname="tests.hall" name="test_doors"/></testsuite></testsuites>'


@pytest.fixture
def outcome(tmp_path: Path) -> run_tests.Outcome:
    """Two of four tests failed, one was left out."""
    return counted(tmp_path, CASES)


def counted(folder: Path, results: str) -> run_tests.Outcome:
    (folder / "results.xml").write_text(results, encoding="utf-8")
    counted = run_tests.Outcome()
    counted.add(folder / "results.xml")
    return counted


def test_every_failure_is_named_at_the_end(
    outcome: run_tests.Outcome, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REQUIRE_ALL", raising=False)

    assert run_tests.close(outcome, ["python"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "Failed: tests.hall.test_count: assert 39 == 52 where 39 is the truth",
        "Failed: tests.hall.test_screen: no screen",
        "1 passed, 2 failed, 1 skipped",
        "Not run: 1 (no browser: tests.hall.test_phone)",
    ]


def test_what_is_left_out_is_a_failure_where_all_is_required(
    outcome: run_tests.Outcome, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUIRE_ALL", "1")

    assert run_tests.close(outcome, []) == 1
    assert "1 passed, 3 failed" in capsys.readouterr().out


def test_a_suite_that_ended_without_a_result_is_no_success(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_tests.close(counted(tmp_path, WELL), []) == 0
    assert run_tests.close(counted(tmp_path, WELL), ["browser"]) == 1
    assert "The suite ended without a result: browser" in capsys.readouterr().out
