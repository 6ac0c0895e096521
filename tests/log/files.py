"""Logs as files: the fixtures and the outside view that the tests of the SQL adapter share."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.core.events import Event
from app.log.codec import decode_segment, genesis_head, verify_segment
from app.log.sql import SqlLog

ROOT = Path(__file__).parents[2]


def command(act: str, path: Path | str) -> list[str]:
    return [sys.executable, "-m", "tests.log.other_process", act, str(path)]


def said_by(*arguments: str) -> list[Any]:
    """The lines of JSON that a program says until it ends."""
    run = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120)
    return [json.loads(line) for line in run.stdout.splitlines()]


def other_process(act: str, path: Path | str) -> Any:
    """What another process says about its act, in one line."""
    (said,) = said_by(*command(act, path))
    return said


@contextmanager
def killed(act: str, path: Path | str, lines: int) -> Iterator[list[Any]]:
    """What another process said before it was killed, after so many lines."""
    with subprocess.Popen(command(act, path), cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = [process.stdout.readline() for _ in range(lines)]
        process.kill()
        said += process.stdout.readlines()
    yield [json.loads(line) for line in said if line.endswith("\n")]


def shell(*arguments: str | Path) -> None:
    subprocess.run(arguments, check=True)


def contents(path: Path) -> bytes:
    """The bytes of a file; only for a log that nobody has open."""
    return path.read_bytes()


def put(path: Path, content: bytes | bytearray) -> None:
    path.write_bytes(content)


def found_in(folder: Path, text: str) -> list[str]:
    """The files that hold a text, as another process sees them (this one must not open them)."""
    run = subprocess.run(["grep", "-rlF", text, folder], capture_output=True, text=True, check=False)
    return [Path(line).name for line in run.stdout.splitlines()]


async def all_events(log: SqlLog, *, verify: bool = True) -> list[Event]:
    events: list[Event] = []
    head = genesis_head(log.genesis)
    async for segment in log.read_after(0):
        if verify:
            head = verify_segment(head, segment)
        events += decode_segment(segment)
    assert not verify or head == log.head
    return events
