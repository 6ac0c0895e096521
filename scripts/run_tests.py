"""Runs every test and ends with the counts, and with the names of what was not run and why.

REQUIRE_ALL=1 lets nothing be skipped; JOBS=n (or auto) spreads the tests of Python and of browsers over
processes, the latter by files, which share servers. Tests marked `alone` measure: they run by themselves.
"""

import argparse
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree as ET

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / ".results"
SUITES = ("python", "browser", "alone", "js")
MARKS = {"python": "not browser", "browser": "browser and not alone", "alone": "browser and alone"}
SPREAD = {"python": ["--dist", "load"], "browser": ["--dist", "loadfile"]}
NO_TESTS = 5  # pytest's exit code when a suite is empty
WORDS = 400  # characters of a failure's reason that are said again at the end


@dataclass
class Outcome:
    """What became of every test so far.

    `failed` holds a line for each failure, `skipped` maps a reason to the tests it kept from running.
    """

    passed: int = 0
    failed: list[str] = field(default_factory=list)
    skipped: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, results: Path) -> None:
        """Count the results of one suite, a JUnit file."""
        for case in ET.parse(results).iter("testcase"):
            skip = case.find("skipped")
            name = f"{case.get('classname')}.{case.get('name')}"
            faults = [*case.findall("failure"), *case.findall("error")]
            if faults:
                reason = " ".join((faults[0].get("message") or faults[0].text or "").split())
                self.failed.append(f"{name}: {reason[:WORDS]}")
            elif skip is None or skip.get("type") == "pytest.xfail":
                self.passed += 1
            else:
                self.skipped[skip.get("message") or "no reason given"].append(name)


def pytest(suite: str, *, quick: bool) -> tuple[int, Path]:
    """Browser tests have a process of their own: Playwright's event loop and pytest-asyncio's do not mix."""
    marks, results = MARKS[suite], RESULTS / f"{suite}.xml"
    command = [sys.executable, "-m", "pytest", "-q", "--junitxml", str(results)]
    command += ["-m", f"{marks} and not slow" if quick else marks]
    if suite in SPREAD and (jobs := os.environ.get("JOBS")):
        command += ["-n", jobs, *SPREAD[suite]]
    code = subprocess.run(command, cwd=ROOT, check=False).returncode
    return (0 if code == NO_TESTS else code), results


def node() -> tuple[int, Path]:
    """`node --test` over tests/js; its files by name, since versions of Node disagree about folders."""
    results = RESULTS / "js.xml"
    files = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "tests" / "js").rglob("*.test.js"))
    if not files:
        return 0, results
    reports = ["--test-reporter=spec", "--test-reporter-destination=stdout"]
    reports += ["--test-reporter=junit", f"--test-reporter-destination={results}"]
    return subprocess.run(["node", "--test", *reports, *files], cwd=ROOT, check=False).returncode, results


def main(arguments: Sequence[str]) -> int:
    """Run the suites named, all by default, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="leave out what is marked slow")
    parser.add_argument("suites", nargs="*", help=f"of {', '.join(SUITES)}; all by default")
    options = parser.parse_args(arguments)
    if unknown := set(options.suites) - set(SUITES):
        parser.error(f"no such suite: {', '.join(sorted(unknown))}")

    RESULTS.mkdir(exist_ok=True)
    outcome, broken = Outcome(), []
    for suite in options.suites or SUITES:
        (RESULTS / f"{suite}.xml").unlink(missing_ok=True)
        code, results = node() if suite == "js" else pytest(suite, quick=options.quick)
        if results.exists():
            outcome.add(results)
        if code:
            broken.append(suite)
    return close(outcome, broken)


def close(outcome: Outcome, broken: list[str]) -> int:
    """Print the last lines: every failure again, the counts, then by name what was not run."""
    skipped = sum(len(names) for names in outcome.skipped.values())
    refused = skipped if os.environ.get("REQUIRE_ALL") == "1" else 0
    failed = len(outcome.failed) + refused
    for line in outcome.failed:
        print(f"Failed: {line}")
    if broken and not failed:
        print(f"The suite ended without a result: {', '.join(broken)}")
        failed = len(broken)
    line = f"{outcome.passed} passed, {failed} failed"
    print(f"{line}, {skipped} skipped" if skipped and not refused else line)
    if skipped:
        reasons = (f"{reason}: {', '.join(names)}" for reason, names in sorted(outcome.skipped.items()))
        print(f"Not run: {skipped} ({'; '.join(reasons)})")
    return 1 if failed or broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
