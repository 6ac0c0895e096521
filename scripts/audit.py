"""Asks whether a hole is known in anything that is locked: pip-audit and npm audit.

Fails where a hole is known, where a package was skipped, and where a service was out of reach: no
answer is not a good answer. What could be asked is printed. Not part of CI, which has no network.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.txt", "requirements-dev.txt", "requirements-postgres.txt")
SECONDS = 300
SHOWN = 5


def python(lock: str) -> list[str]:
    """What is wrong with a Python lock; empty where every package was asked about and none has a hole."""
    tool = [str(Path(sys.executable).with_name("pip-audit")), "--require-hashes", "--disable-pip"]
    run = [*tool, "--requirement", lock, "--format", "json", "--progress-spinner", "off"]
    code, out, words = _run(run)
    try:
        packages = json.loads(out)["dependencies"]
    except (ValueError, KeyError):
        return [f"{lock}: no answer ({words})"]
    skipped = [each for each in packages if "skip_reason" in each]
    found = [f"{lock}: {each['name']} was skipped: {each['skip_reason']}" for each in skipped[:SHOWN]]
    if len(skipped) > SHOWN:
        found.append(f"{lock}: and {len(skipped) - SHOWN} more were skipped")
    for each in packages:
        found += [f"{lock}: {each['name']} {each['version']}: {hole['id']}" for hole in each.get("vulns", [])]
    print(f"{lock}: {len(packages) - len(skipped)} of {len(packages)} packages could be asked about")
    return found or ([] if code == 0 else [f"{lock}: {words}"])


def npm() -> list[str]:
    """What is wrong with the npm lock."""
    code, out, words = _run(["npm", "audit", "--package-lock-only", "--json"])
    try:
        answer = json.loads(out)
        holes, asked = answer["vulnerabilities"], answer["metadata"]["dependencies"]["total"]
    except (ValueError, KeyError):
        return [f"package-lock.json: no answer ({words})"]
    print(f"package-lock.json: all {asked} packages could be asked about")
    found = [f"package-lock.json: {name}: {hole['severity']}" for name, hole in holes.items()]
    return found or ([] if code == 0 else [f"package-lock.json: {words}"])


def _run(command: list[str]) -> tuple[int, str, str]:
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=SECONDS)
    except (OSError, subprocess.TimeoutExpired) as fault:
        return 1, "", str(fault)
    last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
    return done.returncode, done.stdout, " ".join(last)[:300]


def main() -> int:
    """Ask, print, and return the exit code."""
    found = [problem for lock in LOCKS for problem in python(lock)] + npm()
    for problem in found:
        print(problem, file=sys.stderr)
    print("No hole is known." if not found else "Not everything is well, or not everything could be asked.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
