"""Starts a server as a process and waits until it is ready."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.running import free_port

PROGRAM = Path(__file__).with_name("server_process.py")
ROOT = Path(__file__).parents[2]
AS_INSTALLED = Path(__file__).with_name("as_installed")
"""Modules that an installation lacks."""


class NotStarted(RuntimeError):
    """A server that ended before it was ready: with which code, and what its log says at its end."""

    def __init__(self, code: int, said: str) -> None:
        super().__init__(f"the server did not start (exit {code}): {said}")
        self.code, self.said = code, said


@dataclass
class Running:
    """A server process, and what it said when it was ready."""

    process: "subprocess.Popen[str]"
    url: str
    meeting: str
    owner: str
    ways: list[dict[str, str]]
    log: Path

    def link(self, role: str, label: str | None = None) -> str:
        return next(way["url"] for way in self.ways if way["role"] == role and label in (None, way["label"]))

    def stop(self) -> int:
        """SIGTERM; gives the exit code."""
        self.process.terminate()
        return self.over(20)

    def kill(self) -> None:
        """SIGKILL; nothing where it has ended."""
        self.process.kill()
        self.over(20)

    def over(self, seconds: float) -> int:
        """Wait until it has ended; gives the exit code."""
        code = self.process.wait(seconds)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return code


def start(
    folder: Path,
    port: int = 0,
    *,
    within: Sequence[str] = (),
    program: Path = PROGRAM,
    more: Sequence[str] = (),
    log: Path | None = None,
    **settings: str,
) -> Running:
    """A server on this data folder; on a port of its own unless one is given.

    Args:
        folder: Where it keeps its data.
        port: 0 for a free one.
        within: What its command begins with, such as `ip netns exec ...`.
        program: Which server.
        more: What else that one is told.
        log: Where its log goes; beside the folder unless said.
        settings: Its knobs, as on a command line; and `plan`, a file, instead of the rehearsal.

    Raises:
        NotStarted: It ended.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    log = log or folder.parent / f"{folder.name}.log"
    arguments = [*more, *(f"{name}={value}" for name, value in settings.items())]
    with log.open("a") as errors:
        process = subprocess.Popen(
            [*within, sys.executable, str(program), str(folder), str(port or free_port()), *arguments],
            stdout=subprocess.PIPE, stderr=errors, text=True, cwd=ROOT, env=environment(),
        )  # fmt: skip
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        process.stdout.close()
        raise NotStarted(process.wait(10), log.read_text()[-2000:])
    said: dict[str, Any] = json.loads(line)
    return Running(process, log=log, **said)


def environment() -> dict[str, str]:
    """This environment, with the program importable, and as quick to start as where it is installed."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPATH": os.pathsep.join((str(AS_INSTALLED), str(ROOT)))}
