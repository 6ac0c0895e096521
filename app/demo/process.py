"""The process of the demonstration's server, as whoever started it sees it."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

READY_SECONDS = 120.0
STOP_SECONDS = 20.0


class ServerFault(Exception):
    """The server of the demonstration did not start; the text says why, in one sentence."""


@dataclass(slots=True)
class ServerProcess:
    """A running server.

    Attributes:
        url: As it is in links.
        owner_link: The one-time link of its owner.
        pid: Of the process.
    """

    url: str
    owner_link: str
    pid: int
    _process: Process

    @classmethod
    async def start(cls, settings: dict[str, Any], *, speed: int, starts: str, log: Path) -> Self:
        """Start one and wait until it is ready.

        Args:
            settings: What `load_settings` takes; `data_dir` is there already.
            speed: Of its clock; 0 for one that `advance` moves.
            starts: The day that a faster clock begins with.
            log: Where its log lines go.

        Raises:
            ServerFault: It did not come up.
        """
        said = json.dumps(settings | {"speed": speed, "starts": starts}, default=str)
        with log.open("ab") as lines:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "app.demo.server", said,
                stdin=PIPE, stdout=PIPE, stderr=lines, start_new_session=True,
                env=_environment(),
            )  # fmt: skip
        assert process.stdout is not None
        try:
            async with asyncio.timeout(READY_SECONDS):
                line = await process.stdout.readline()
        except BaseException:
            process.kill()
            await process.wait()
            raise
        ready = json.loads(line) if line else {}
        if "url" not in ready:
            await process.wait()
            raise ServerFault(ready.get("fault") or f"The server did not start: see {log}.")
        return cls(ready["url"], ready["link"], process.pid, process)

    def advance(self, milliseconds: int) -> None:
        """Move its clock on."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{milliseconds}\n".encode())

    @property
    def running(self) -> bool:
        """Whether it is there."""
        return self._process.returncode is None

    async def ended(self) -> int:
        """Wait until it is gone; gives its exit code."""
        return await self._process.wait()

    async def stop(self) -> int:
        """Ask it to stop, and wait; gives its exit code."""
        if self.running:
            assert self._process.stdin is not None
            self._process.stdin.close()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                return await self._process.wait()
        except TimeoutError:
            self._process.kill()
            return await self._process.wait()


def _environment() -> dict[str, str]:
    """As here, and able to import this program from wherever it was started."""
    paths = [str(Path(__file__).parents[2]), *filter(None, [os.environ.get("PYTHONPATH")])]
    return os.environ | {"PYTHONPATH": os.pathsep.join(paths)}
