"""The rehearsal of a server: at most one, a process of its own on a port of its own.

What runs in it is named and not imported: it is a client of this program as people are. It holds the
other end of its standard input, so that it ends with this server, however that ends. It also ends when a
meeting of this server begins: the machine belongs to that.
"""

import asyncio
import contextlib
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from app.settings import Settings

PROGRAM = "app.demo.rehearsal"
READY_SECONDS = 120.0
STOP_SECONDS = 30.0
LOOK_SECONDS = 1.0
FOLDER = "rehearsal"

State = Literal["none", "starting", "running", "failed"]


class Rehearsals:
    """Starts, tells of and ends the rehearsal.

    Attributes:
        state: Where it stands.
        url: The organiser's link into it, while it runs.
    """

    def __init__(self, settings: Settings, begun: Callable[[], bool]) -> None:
        self._settings = settings
        self._begun = begun
        self._process: Process | None = None
        self._watch: asyncio.Task[None] | None = None
        self.state: State = "none"
        self.url = ""

    async def start(self, plan: str, seats: str | None) -> None:
        """Begin a rehearsal of a plan; one that is there already stays."""
        if self.state in ("starting", "running"):
            return
        self.state, self.url = "starting", ""
        said: dict[str, Any] = {"plan": plan, "seats": seats, "folder": str(self._folder)}
        said["settings"] = child_settings(self._settings)
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", PROGRAM,
            stdin=PIPE, stdout=PIPE, stderr=DEVNULL, start_new_session=True, env=_environment(),
        )  # fmt: skip
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(said).encode() + b"\n")
        self._watch = asyncio.create_task(self._follow(self._process))

    @property
    def _folder(self) -> Path:
        return self._settings.data_dir.resolve() / FOLDER

    async def _follow(self, process: Process) -> None:
        assert process.stdout is not None
        line = b""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(READY_SECONDS):
                line = await process.stdout.readline()
        try:
            self.url, self.state = json.loads(line)["url"], "running"
        except ValueError:  # it ended, or was late: there is no line, or half of one
            self.state = "failed"
            await _end(process)
        await self._until_ended(process)
        self.state, self.url = ("failed" if self.state == "failed" else "none"), ""

    async def _until_ended(self, process: Process) -> None:
        ended = asyncio.ensure_future(process.wait())
        while not (await asyncio.wait([ended], timeout=LOOK_SECONDS))[0]:
            if self._begun():
                await _end(process)

    async def stop(self) -> None:
        """End it; nothing where there is none."""
        process, watch = self._process, self._watch
        self._process = self._watch = None
        if process is None:
            return
        await _end(process)
        if watch is not None:
            await watch
        self.state, self.url = "none", ""


async def _end(process: Process) -> None:
    """Have it clean up and go; it is killed where it does not."""
    if process.returncode is not None:
        return
    assert process.stdin is not None
    process.stdin.close()
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def child_settings(settings: Settings) -> dict[str, Any]:
    """How the rehearsal's server listens: beside this one, on a port of its own.

    Where people reach this server by TLS its name and certificate are not the other's: then the
    rehearsal is on this machine only.
    """
    if settings.public_url or settings.tls:
        return {"host": "127.0.0.1", "port": settings.rehearsal_port}
    listens: dict[str, Any] = {"host": settings.host, "port": settings.rehearsal_port}
    return listens | ({"insecure_lan": True} if settings.insecure_lan else {})


def _environment() -> dict[str, str]:
    """As here, and able to import this program from wherever it was started."""
    paths = [str(Path(__file__).parents[2]), *filter(None, [os.environ.get("PYTHONPATH")])]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TOWNMEETING_")}
    return kept | {"PYTHONPATH": os.pathsep.join(paths)}
