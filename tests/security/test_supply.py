"""At stake: what the program is made of is known, is new enough, and is looked at for holes."""

import json
import sqlite3
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.version import Version
from sqlalchemy import URL
from sqlalchemy.pool import StaticPool

from app.log import sqlite as log_sqlite
from app.web import store
from scripts import audit

ROOT = Path(__file__).resolve().parents[2]

FLOORS = {
    "starlette": "1.0.1",  # CVE-2026-48710: a malformed Host; CVE-2025-62727: Range
    "jinja2": "3.1.6",  # CVE-2025-27516: out of the sandbox
    "python-multipart": "0.0.18",  # CVE-2024-53981: without end
    "h11": "0.16.0",  # CVE-2025-43859: chunked bodies read in two ways
    "uvicorn": "0.54.0",  # the one that the socket adapter was tried with
    "websockets": "15",
}
"""The oldest version of a library that may be used, and why."""

SQLITE_FIXED = (3, 51, 3)
"""The WAL-reset bug needs two connections on one file, or an older SQLite."""


def too_old(installed: dict[str, str]) -> list[str]:
    return [name for name, least in FLOORS.items() if Version(installed[name]) < Version(least)]


def test_nothing_is_older_than_its_floor() -> None:
    assert too_old({name: version(name) for name in FLOORS}) == []
    pins = dict(
        line.split(" ")[0].split("==")
        for line in (ROOT / "requirements.txt").read_text().splitlines()
        if "==" in line
    )
    assert too_old(pins) == []
    assert too_old({**pins, "starlette": "1.0.0"}) == ["starlette"], "the control"


def test_an_old_sqlite_has_one_connection_on_each_file(tmp_path: Path) -> None:
    if sqlite3.sqlite_version_info >= SQLITE_FIXED:
        return
    engine = store._engine(tmp_path / "server.db")
    assert isinstance(engine.pool, StaticPool), "server.db: one connection"
    engine.dispose()
    assert ("locking_mode", "exclusive") in log_sqlite.PRAGMAS
    log = log_sqlite._engine(
        URL.create("sqlite+aiosqlite", database=str(tmp_path / "log")), log_sqlite._prepare
    )
    pool = log.pool
    assert (pool.size(), pool._max_overflow) == (1, 0), "a log: one connection"  # type: ignore[attr-defined]


# --- bandit --------------------------------------------------------------------------------

ANSWERED = {
    ("B101", ""): "assertions for our own mistakes stay on; the program is never started with -O",
    ("B104", "app/settings.py"): "names the address in order to refuse it without TLS",
    ("B104", "app/demo/stage.py"): "only after --lan, which says aloud that the line is plain",
    ("B404", "app/tool/certificate.py"): "starts openssl, the program of the machine that makes certificates",
    (
        "B603",
        "app/tool/certificate.py",
    ): "a list of words, no shell; names are checked before they are among them",
    ("B607", "app/tool/certificate.py"): "openssl is where the machine's PATH says, as for whoever types it",
    ("B404", "app/report/typesetting.py"): "starts the compositor as a process of its own: it is the defence",
    ("B603", "app/report/typesetting.py"): "this Python, isolated, with paths of ours and numbers; no shell",
    ("B311", "app/room"): "a simulated room draws its people so that a seed repeats them: no secret",
}
"""What bandit finds, by its id and the file (or folder), and why it stays. Also in docs/security.md."""


def answered(found: dict[str, str]) -> bool:
    return any(found["test_id"] == id_ and found["filename"].startswith(where) for id_, where in ANSWERED)


def test_bandit_finds_nothing_that_is_not_answered() -> None:
    run = [sys.executable, "-m", "bandit", "--quiet", "--recursive", "app", "--format", "json"]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=False, timeout=100)
    results = json.loads(done.stdout)["results"]
    assert results, "it has looked"
    assert [
        r["issue_text"] + f" {r['filename']}:{r['line_number']}" for r in results if not answered(r)
    ] == []
    assert not answered({"test_id": "B602", "filename": "app/cli.py"}), "the control: a shell would be found"
    written = (ROOT / "docs" / "security.md").read_text()
    assert not [id_ for id_, _ in ANSWERED if id_ not in written]


# --- audit ---------------------------------------------------------------------------------

CLEAN = json.dumps({"dependencies": [{"name": "a", "version": "1", "vulns": []}]})
HOLE = json.dumps({"dependencies": [{"name": "a", "version": "1", "vulns": [{"id": "CVE-1"}]}]})
SKIPPED = json.dumps({"dependencies": [{"name": "a", "skip_reason": "not found"}]})
NPM = json.dumps({"vulnerabilities": {}, "metadata": {"dependencies": {"total": 3}}})
NPM_HOLE = json.dumps(
    {"vulnerabilities": {"b": {"severity": "high"}}, "metadata": {"dependencies": {"total": 3}}}
)


@pytest.mark.parametrize(
    ("python", "npm", "code"),
    [(CLEAN, NPM, 0), (HOLE, NPM, 1), (SKIPPED, NPM, 1), ("", NPM, 1), (CLEAN, NPM_HOLE, 1), (CLEAN, "", 1)],
)
def test_an_audit_passes_only_where_everything_was_asked_and_nothing_found(
    monkeypatch: pytest.MonkeyPatch, python: str, npm: str, code: int
) -> None:
    monkeypatch.setattr(audit, "_run", lambda run: (0, npm if run[0] == "npm" else python, "out of reach"))
    assert audit.main() == code


def test_a_tool_that_is_not_there_is_no_good_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object, **__: object) -> None:
        raise FileNotFoundError("npm")

    monkeypatch.setattr(subprocess, "run", missing)
    assert audit.main() == 1
