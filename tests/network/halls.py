"""Machines and switches made of network namespaces: a hall inside this machine, without any way out.

A machine has files of its own below /etc (`ip netns exec` lays them over the real ones) and a working
folder; a switch is a bridge whose ports can be isolated, as an access point isolates its clients.
"""

import contextlib
import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
TOOLS = ("ip", "bridge", "unshare")
"""What every hall needs; the names for `@pytest.mark.root`."""

PATH = f"{Path(sys.executable).parent}:/usr/sbin:/sbin:{os.environ['PATH']}"
OWN_FOLDERS = ("townmeeting", "wireguard", "nginx")
"""Folders of /etc that a machine may have for itself."""

_numbers = itertools.count(1)
Done = subprocess.CompletedProcess[str]


def sh(*command: str) -> str:
    """Run a command of this machine that must succeed."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 0, f"{command}: {done.stderr}"
    return done.stdout


@dataclass
class Running:
    """A command that goes on, and what it has said."""

    process: "subprocess.Popen[str]"
    log: Path

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def until(self, words: str, seconds: float = 60) -> str:
        """Wait until it has said this; gives everything that it has said."""
        wait(lambda: words in self.said() or self.process.poll() is not None, seconds, self.said)
        assert words in self.said(), f"it ended with {self.process.returncode}: {self.said()[-2000:]}"
        return self.said()

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)


def wait(until: Callable[[], object], seconds: float, tell: Callable[[], str] = str) -> None:
    """Wait for a condition, and say what there is where it does not come."""
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end, tell()[-2000:]
        time.sleep(0.05)


@dataclass
class Machine:
    """A machine: a namespace, files of its own, a folder to work in."""

    space: str
    folder: Path
    env: dict[str, str] = field(default_factory=dict)
    running: list[Running] = field(default_factory=list)

    @property
    def etc(self) -> Path:
        return Path("/etc/netns") / self.space

    def file(self, path: str, content: str) -> None:
        """A file below /etc, of this machine alone."""
        own = self.etc / path.removeprefix("/etc/")
        own.parent.mkdir(parents=True, exist_ok=True)
        own.write_text(content, encoding="utf-8")
        own.chmod(0o600)

    def run(self, command: str, seconds: float = 90) -> Done:
        """A command line of a shell, to its end."""
        return subprocess.run(
            self._line(command), capture_output=True, text=True, check=False, timeout=seconds,
            cwd=self.folder, env=self._env(), stdin=subprocess.DEVNULL,
        )  # fmt: skip

    def do(self, command: str, seconds: float = 90) -> str:
        """A command that must succeed; what it printed."""
        done = self.run(command, seconds)
        assert done.returncode == 0, f"{command}: {done.stdout[-3000:]}{done.stderr[-3000:]}"
        return done.stdout

    def python(self, module: str, *arguments: str, seconds: float = 60) -> str:
        """A module of these tests, run there."""
        done = subprocess.run(
            ["ip", "netns", "exec", self.space, sys.executable, "-m", module, *arguments],
            capture_output=True, text=True, check=False, timeout=seconds, cwd=ROOT, env=self._env(),
        )  # fmt: skip
        assert done.returncode == 0, f"{module}: {done.stdout}{done.stderr[-3000:]}"
        return done.stdout

    def start(self, command: str) -> Running:
        """A command that goes on until the hall is taken down."""
        log = self.folder / f"log-{next(_numbers)}"
        with log.open("w") as out:
            process = subprocess.Popen(
                self._line(f"exec env {command}"),
                stdout=out, stderr=subprocess.STDOUT, text=True, cwd=self.folder, env=self._env(),
                stdin=subprocess.DEVNULL,
            )  # fmt: skip
        made = Running(process, log)
        self.running.append(made)
        return made

    def _line(self, command: str) -> list[str]:
        return ["ip", "netns", "exec", self.space, "bash", "-euc", command]

    def _env(self) -> dict[str, str]:
        return {**os.environ, "PATH": PATH, "PYTHONUNBUFFERED": "1", "COLUMNS": "300", **self.env}


class Hall:
    """The machines and switches of one test."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._machines: list[Machine] = []
        self._made = [Path("/etc") / name for name in OWN_FOLDERS if not (Path("/etc") / name).exists()]
        for path in self._made:
            path.mkdir()

    def machine(self, name: str) -> Machine:
        """A machine without a cable."""
        space = f"tm{os.getpid()}-{next(_numbers)}-{name}"
        sh("ip", "netns", "add", space)
        sh("ip", "-n", space, "link", "set", "lo", "up")
        folder = self._folder / space
        folder.mkdir()
        made = Machine(space, folder)
        self._machines.append(made)
        made.file("/etc/resolv.conf", "")
        for own in OWN_FOLDERS:
            (made.etc / own).mkdir()
        return made

    def switch(self, name: str) -> Machine:
        """A switch without cables."""
        made = self.machine(name)
        sh("ip", "-n", made.space, "link", "add", "br0", "type", "bridge", "forward_delay", "0")
        sh("ip", "-n", made.space, "link", "set", "br0", "up")
        return made

    def plug(self, machine: Machine, switch: Machine, interface: str = "eth0", address: str = "") -> str:
        """A cable between them; gives the switch's port."""
        port = f"p{next(_numbers)}"
        ends = ("type", "veth", "peer", "name", port, "netns", switch.space)
        sh("ip", "-n", machine.space, "link", "add", interface, *ends)
        sh("ip", "-n", switch.space, "link", "set", port, "master", "br0", "up")
        sh("ip", "-n", machine.space, "link", "set", interface, "up")
        if address:
            sh("ip", "-n", machine.space, "address", "add", address, "dev", interface)
        return port

    @staticmethod
    def isolate(switch: Machine, *ports: str, on: bool = True) -> None:
        """Keep these ports from each other, as client isolation does."""
        for port in ports:
            sh("bridge", "-n", switch.space, "link", "set", "dev", port, "isolated", "on" if on else "off")

    def close(self) -> None:
        """Take everything down that was put up here."""
        for machine in self._machines:
            for each in machine.running:
                each.stop()
        for machine in self._machines:
            for pid in sh("ip", "netns", "pids", machine.space).split():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(pid), signal.SIGKILL)  # daemons that our own commands left in our namespace
            sh("ip", "netns", "delete", machine.space)
            for path in sorted(machine.etc.rglob("*"), reverse=True):
                path.unlink() if path.is_file() else path.rmdir()
            machine.etc.rmdir()
        for path in self._made:
            path.rmdir()


@contextlib.contextmanager
def hall_in(folder: Path) -> Iterator[Hall]:
    """A hall; taken down at the end."""
    hall = Hall(folder)
    try:
        yield hall
    finally:
        hall.close()
