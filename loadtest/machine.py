"""The machine under test: which core is whose, how much of it a process used, and how much of it was lost.

A round counts only if the cores were ours. Two things take them away: the host, which does not always
report it as *steal* (a meter of high priority on each core notices that it wakes late), and other
programs (what the core was busy with and is not of the processes measured).
"""

import contextlib
import functools
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Self

TICKS = os.sysconf("SC_CLK_TCK")
PAGE_KB = os.sysconf("SC_PAGE_SIZE") // 1024
LOST_MAX = 0.05
"""A round that lost more than this share of a core is void."""

GENERATOR_MAX = 0.85
"""A row whose generator used more than this share of its core is void: it may have measured the generator."""

PACKAGES = ("uvicorn", "websockets", "uvloop", "msgspec", "sqlalchemy", "aiosqlite", "picows", "locust")


@functools.cache
def cores() -> tuple[int, int]:
    """The core of the server and the core of the generator; the same one where there is no second.

    Of what this process may use when it is first asked: it may keep to one of them afterwards.
    """
    mine = sorted(os.sched_getaffinity(0))
    return mine[0], mine[1] if len(mine) > 1 else mine[0]


def pin(core: int) -> None:
    """Keep this process on one core."""
    os.sched_setaffinity(0, {core})


def raise_open_files() -> None:
    """As many open files as may be, here and in what is started from here: often 1,024 are given at first."""
    with contextlib.suppress(ValueError, OSError):
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def file_system(folder: str) -> str:
    """The kind of file system that a folder lies on, as the kernel names it."""
    found, kind = "", "unknown"
    for line in Path("/proc/mounts").read_text().splitlines():
        _device, at, of, *_ = line.split()
        if f"{os.path.realpath(folder)}/".startswith(f"{at.rstrip('/')}/") and len(at) >= len(found):
            found, kind = at, of
    return kind


@contextlib.contextmanager
def on_core(core: int) -> Iterator[None]:
    """What is started meanwhile runs on this core, with all its threads."""
    mine = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, mine)


def cpu_seconds(pid: int) -> float:
    """Seconds of processor that a process has used, all its threads together."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def rss_kb(pid: int) -> int:
    """Resident memory of a process."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE_KB


def _core_times(core: int) -> tuple[float, float]:
    """Seconds for which a core ran processes, and which the host says it took."""
    for line in Path("/proc/stat").read_text().splitlines():
        name, *ticks = line.split()
        if name == f"cpu{core}":
            user, nice, system, _idle, _wait, _irq, _soft, steal, *_ = (int(t) / TICKS for t in ticks)
            return user + nice + system, steal
    raise LookupError(f"there is no core {core}")


class Hiccups:
    """A meter on one core: how long it could not run although it wanted to (`hiccup.py`)."""

    def __init__(self, core: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "loadtest.hiccup", str(core)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self.pid = self._process.pid
        self.real_time = self._ask().startswith("real-time")

    def _ask(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().decode()

    def lost_seconds(self) -> float:
        """Seconds lost since it was last asked."""
        assert self._process.stdin is not None
        self._process.stdin.write(b"\n")
        self._process.stdin.flush()
        return float(self._ask())

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


@dataclass(frozen=True, slots=True)
class Taken:
    """What a stretch of time cost.

    `lost` is the larger of the two cores' shares that were taken away; `generator` this process's
    share of its core; `server_cpu` and `server` the measured server's seconds and share.
    """

    wall: float
    server_cpu: float
    generator: float
    lost: float

    @property
    def server(self) -> float:
        return self.server_cpu / self.wall if self.wall else 0.0

    @property
    def counts(self) -> bool:
        """Whether a round in which this was measured counts."""
        return self.lost <= LOST_MAX


class Meter:
    """Measures stretches of time on the server's core and on ours."""

    def __init__(self) -> None:
        self.cores = cores()
        self._hiccups = [Hiccups(core) for core in dict.fromkeys(self.cores)]
        if not all(meter.real_time for meter in self._hiccups):
            print(
                "The meters have no real-time priority (that needs root): they wake late when a server is "
                "busy, and rounds may be void that should count.", file=sys.stderr,
            )  # fmt: skip
        self._server = 0
        self._since: tuple[float, float, float, list[tuple[float, float]], list[float]]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for meter in self._hiccups:
            meter.close()

    def start(self, server: int) -> None:
        """Begin a stretch in which the process `server` is measured."""
        self._server = server
        for meter in self._hiccups:
            meter.lost_seconds()
        self._since = self._now()

    def _now(self) -> tuple[float, float, float, list[tuple[float, float]], list[float]]:
        times = [_core_times(core) for core in dict.fromkeys(self.cores)]
        meters = [cpu_seconds(meter.pid) for meter in self._hiccups]
        return time.perf_counter(), cpu_seconds(self._server), time.process_time(), times, meters

    def stop(self, used: float | None = None) -> Taken:
        """End it.

        Args:
            used: Seconds of processor that were ours on the server's core, where that is not one process
                from the beginning to the end.
        """
        now, late = self._now(), [meter.lost_seconds() for meter in self._hiccups]
        wall, server, mine = (now[i] - self._since[i] for i in range(3))  # type: ignore[operator]
        if used is not None:
            server = used
        ours = [server, mine] if len(late) > 1 else [server + mine]
        shares = []
        for index, own in enumerate(ours):
            busy, steal = (now[3][index][i] - self._since[3][index][i] for i in range(2))
            meter = now[4][index] - self._since[4][index]
            foreign = max(0.0, busy - own - meter - 2 / TICKS)
            shares.append((late[index] + steal + foreign) / wall)
        return Taken(wall, server, mine / wall, max(shares))


def description() -> dict[str, str]:
    """The machine and the versions, without any name of a host or a folder."""
    model = next(
        (line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
         if line.startswith("model name")),
        platform.machine(),
    )  # fmt: skip
    memory_kb = int(Path("/proc/meminfo").read_text().split()[1])
    node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout.strip()
    return {
        "date": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
        "machine": f"{os.cpu_count()} × {model}, {memory_kb / 2**20:.0f} GiB",
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
        "disk": file_system(tempfile.gettempdir()),
        "python": platform.python_version(),
        "node": node.lstrip("v") or "none",
        **{name: version(name) for name in PACKAGES},
    }
