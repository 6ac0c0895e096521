"""Measures how far the second laptop is behind while phones vote: after each batch, in batches and events.

python -m tests.follow.lag --seconds 60                  a server that does not wait for it
python -m tests.follow.lag --seconds 60 --wait-ms 2000   one that does

Server and second laptop are processes of their own; twelve phones press without a pause. The exit code is 1
where one that is waited for lacked more than the batch that nobody was told of yet.
"""

import argparse
import asyncio
import contextlib
import json
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from app.client.http import secret_of
from tests.fault.room import Room
from tests.web.processes import ROOT, environment

SERVER = Path(__file__).with_name("lag_server.py")
READY_SECONDS, STOP_SECONDS = 120.0, 30.0


@dataclass(frozen=True, slots=True)
class Lag:
    """What the second laptop lacked after each batch of the server, that batch included."""

    acknowledged: int
    batches: list[int]
    events: list[int]
    alone: int

    def __str__(self) -> str:
        said = f"{self.acknowledged} acknowledged in {len(self.batches)} batches. The second laptop lacked "
        said += f"{_spread(self.batches)} batches, {_spread(self.events)} events"
        return f"{said}; the server stopped waiting {self.alone} times"


def _spread(lacked: list[int]) -> str:
    most = quantiles(lacked, n=100)[-1]
    return f"median {median(lacked):.0f}, 99 % at most {most:.0f}, at most {max(lacked)}"


async def measured(folder: Path, seconds: float, wait_ms: int) -> Lag:
    """Let phones vote for so long, with a second laptop beside the server."""
    room = Room(folder / "data", folder / "server.log", SERVER, settings={"follower_wait_ms": str(wait_ms)})
    await room.start()
    second: subprocess.Popen[bytes] | None = None
    try:
        with contextlib.closing(room.api) as api:
            owner = (await api.join(secret_of(room.server.owner)))["token"]
            code = (await api.post("/api/follow/code", {}, owner))["code"]
            second = _second(room, folder / "second", code)
            async with asyncio.timeout(READY_SECONDS):
                while not _beside(await api.get("/api/follow", owner)):  # noqa: ASYNC110 - another process
                    await asyncio.sleep(0.1)
        await room.fill()
        await asyncio.sleep(seconds)
        await room.hush()
        said = await asyncio.to_thread(_last_words, room)
    finally:
        if second is not None:
            second.send_signal(signal.SIGINT)
            await asyncio.to_thread(second.wait, STOP_SECONDS)
        await room.leave()
    return Lag(room.saved, **said)


def _second(room: Room, folder: Path, code: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "app.cli", "follow", room.server.url, "--code", code]
    return subprocess.Popen(
        [*command, "--data-dir", str(folder)], cwd=ROOT, env=environment(), stderr=subprocess.DEVNULL
    )


def _beside(state: dict[str, Any]) -> bool:
    """Whether it holds everything, and is waited for where the server waits."""
    return bool(state["connected"] and not state["behind"] and (state["waited"] or not state["wait_ms"]))


def _last_words(room: Room) -> Any:
    process = room.server.process
    process.terminate()
    assert process.stdout is not None
    said = json.loads(process.stdout.read())
    room.server.over(STOP_SECONDS)
    return said


def main() -> int:
    """Measure, and print it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--wait-ms", type=int, default=0, help="of waiting mode; 0: the server does not wait")
    said = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(measured(Path(folder), said.seconds, said.wait_ms))
    print(found)
    return int(said.wait_ms > 0 and (max(found.batches) > 1 or found.alone > 0))


if __name__ == "__main__":
    sys.exit(main())
