"""Servers under test as child processes: started on their core, stopped while another is measured, ended."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from loadtest.machine import cores, on_core
from loadtest.room import Room

ECHO_MJS = Path(__file__).parent / "reference" / "echo.mjs"
STOP_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Device:
    """A device that has joined: its place, its token, its keypad id."""

    place: str
    token: str
    keypad: str


@dataclass(slots=True)
class Server:
    """A running server. `url` is that of its socket."""

    kind: str
    process: subprocess.Popen[bytes]
    port: int
    said: dict[str, Any] = field(default_factory=dict)

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/ws"

    @property
    def phones(self) -> list[Device]:
        return [Device(*each) for each in self.said.get("phones", ())]

    @property
    def laptops(self) -> list[Device]:
        return [Device(*each) for each in self.said.get("laptops", ())]

    def token(self, role: str) -> str:
        """The token of the device that has a role's link."""
        found: str = self.said["roles"][role]
        return found

    def rest(self) -> None:
        """Do nothing while another server is measured."""
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """End it as its operator would."""
        self.go_on()
        self.process.terminate()
        try:
            self.process.communicate(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


def start(kind: str, *options: str, core: int | None = None, port: int = 0) -> Server:
    """Start a server on its core (that of `machine.cores`) and wait until it listens."""
    core = cores()[0] if core is None else core
    command = ["node", str(ECHO_MJS)] if kind == "node" else [sys.executable, "-m", "loadtest.server", kind]
    environment = {**os.environ, "LOADTEST_PORT": str(port)}
    with on_core(core):
        process = subprocess.Popen(
            [*command, *options], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, env=environment
        )
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        process.kill()
        raise RuntimeError(f"the server under test ({kind}) did not start")
    said = json.loads(line)
    return Server(kind, process, said.pop("port"), said)


def start_hall(data: Path, room: Room, *, phones: int = 0, laptops: int = 0, port: int = 0) -> Server:
    """Start the program on a data folder, with a meeting in it."""
    return start(
        "hall", "--data", str(data), "--tables", str(room.tables), "--seats", str(room.seats),
        "--phones", str(phones), "--laptops", str(laptops), port=port,
    )  # fmt: skip


@contextlib.contextmanager
def running(*servers: Server) -> Iterator[None]:
    """End these servers, whatever happens."""
    try:
        yield
    finally:
        for server in servers:
            server.stop()


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    """A folder for data that is deleted afterwards; on a disk, not in memory (TMPDIR chooses)."""
    with tempfile.TemporaryDirectory(prefix="townmeeting-bench-") as folder:
        yield Path(folder)


@contextlib.contextmanager
def only(server: Server, others: list[Server]) -> Iterator[None]:
    """Let only this server run."""
    for other in others:
        if other is not server:
            other.rest()
    server.go_on()
    try:
        yield
    finally:
        for other in others:
            other.go_on()
