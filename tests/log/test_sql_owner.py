"""At stake: one process writes a log, and who comes second is told so at once and by whom."""

import ast
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.log import sqlite
from app.log.port import (
    LogFault,
    LogOwned,
    PositionConflict,
)
from app.log.sql import SqlLog
from tests.log.events import GENESIS, heads, write
from tests.log.files import ROOT, other_process


def refused_at(act: str, path: Path) -> Any:
    """What another process says, the quickest of three: others may take the machine for a while."""
    return min((other_process(act, path) for _ in range(3)), key=lambda said: said["seconds"])


def test_a_second_process_is_refused_within_two_seconds_and_told_by_whom(sql_log: SqlLog, path: Path) -> None:
    assert sql_log.position.offset == 0
    said = refused_at("open", path)
    assert said["refused"] == "LogOwned"
    assert f"process {os.getpid()} on " in said["sentence"]
    assert said["seconds"] < 2


def test_a_second_process_is_refused_by_symlink_too(sql_log: SqlLog, path: Path, tmp_path: Path) -> None:
    assert sql_log.position.offset == 0
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "elsewhere" / "link.db"
    link.symlink_to(path)
    said = refused_at("open", link)
    assert f"process {os.getpid()} on " in said["sentence"]
    assert said["seconds"] < 2


def test_a_name_that_the_lock_cannot_know_is_refused_by_the_database(sql_log: SqlLog, path: Path) -> None:
    assert sql_log.position.offset == 0
    alias = path.with_name("alias.db")
    alias.hardlink_to(path)
    said = refused_at("open", alias)
    assert said["refused"] == "LogOwned"
    assert "another program" in said["sentence"]
    assert said["seconds"] < 2


async def test_without_the_two_locks_a_second_process_gets_in(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Control: the tests above see the locks and nothing else."""
    pragmas = tuple(pragma for pragma in sqlite.PRAGMAS if pragma[0] != "locking_mode")
    monkeypatch.setattr(sqlite, "PRAGMAS", pragmas)
    log = await SqlLog.create(path, GENESIS)
    assert other_process("open_without_locks", path) == {"opened": 0}
    with pytest.raises(PositionConflict):  # and what is left is the term
        await write(log, heads(1))
    await log.close()


async def test_the_same_process_cannot_open_a_log_twice(sql_log: SqlLog, path: Path) -> None:
    await write(sql_log, heads(1))
    with pytest.raises(LogOwned):
        await SqlLog.open(path)
    with pytest.raises(LogOwned):
        await SqlLog.create(path, GENESIS)
    await write(sql_log, heads(2))


async def test_a_closed_log_is_free_for_the_next(path: Path) -> None:
    await (await SqlLog.create(path, GENESIS)).close()
    assert other_process("open", path) == {"opened": 0}
    await (await SqlLog.open(path)).close()


async def test_a_refused_opening_frees_the_log_again(path: Path) -> None:
    await (await SqlLog.create(path, GENESIS)).close()
    with pytest.raises(LogFault, match="already"):
        await SqlLog.create(path, GENESIS)
    assert other_process("open", path) == {"opened": 0}


def test_a_database_tool_cannot_read_beside_the_server(sql_log: SqlLog, path: Path) -> None:
    assert sql_log.position.offset == 0
    script = f"import sqlite3; sqlite3.connect({str(path)!r}, timeout=0).execute('SELECT * FROM segment')"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert "database is locked" in run.stderr


def test_nothing_in_the_log_opens_the_database_file_past_the_database() -> None:
    """Opening and closing it in the owner's process drops the owner's lock."""
    openers = {"open", "read_bytes", "write_bytes", "read_text", "copy", "copyfile", "connect"}
    used = set()
    for file in (ROOT / "app" / "log").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call):
                name = (
                    node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                )
                if name in openers:
                    used.add((file.name, ast.unparse(node.func)))
        assert "immutable" not in file.read_text()
    assert used == {
        ("lock.py", "os.open"),
        ("heads.py", "os.open"),
        ("look.py", "os.open"),  # the whole time of a look, while the database holds no lock
        ("sqlite.py", "engine.connect"),
        ("postgres.py", "engine.connect"),
        ("store.py", "_postgres().PostgresStore.connect"),
        ("store.py", "SqliteStore.connect"),
        ("store.py", "os.open"),  # a line in the place of a file, where the log is in a database
        ("store.py", "self.path.read_text"),
    }
