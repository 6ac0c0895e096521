"""The day that the pictures are of: its ways in, and an organiser's commands."""

import json
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any

from app.web.keys import new_id
from tests.web.processes import ROOT, environment

TABLES, SEATS, UNTIL = 24, 8, "business"
START_SECONDS = 240
STOP_SECONDS = 60


class Day:
    """A day in progress (day_process.py); it ends with the `with`.

    Attributes:
        now_ms: Its time, which stands still until it is passed.
        ways: The address of every way in, by role, `table 1` or `seat 1-1`; `coming organiser` and so on
            lead into a meeting that has not begun.
    """

    def __init__(self, folder: Path, tables: int = TABLES, seats: int = SEATS, until: str = UNTIL) -> None:
        self.folder = folder
        arguments = [str(folder), str(tables), str(seats), until]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.browser.pictures.day_process", *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment(),
        )  # fmt: skip
        assert self._process.stdout is not None
        late = threading.Timer(START_SECONDS, self._process.kill)
        late.start()
        line = self._process.stdout.readline()
        late.cancel()
        if not line:
            raise RuntimeError(f"the day did not begin (exit {self._process.wait(10)})")
        said: dict[str, Any] = json.loads(line)
        self.url: str = said["url"]
        self.meeting: str = said["meeting"]
        self.now_ms: int = said["now_ms"]
        self.password: str = said["password"]
        self.ways: dict[str, str] = said["ways"]
        self._token: str = said["token"]

    def __enter__(self) -> "Day":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        for end in (self._process.stdin, self._process.stdout):
            assert end is not None
            end.close()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def pass_time(self, milliseconds: int) -> None:
        """Let the day's clock go on: a close waits for what is under way, by that clock."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{milliseconds}\n")
        self._process.stdin.flush()
        self.now_ms += milliseconds

    def do(self, command: str, **fields: Any) -> int:
        """Give a command as the organiser, a refusal is raised; gives the offset of its event."""
        frame = {"t": command, "id": new_id("cmd"), **fields}
        answer = json.loads(self._ask("POST", "/api/commands", json.dumps(frame).encode()))
        return int(answer["offset"])

    def view(self, channel: str) -> dict[str, Any]:
        """A channel of the organiser's as it stands."""
        seen: dict[str, Any] = json.loads(self._ask("GET", f"/api/channels/{channel}"))["set"]
        return seen

    def fetch(self, path: str) -> bytes:
        """What a path of the meeting holds."""
        return self._ask("GET", f"/api/meetings/{self.meeting}/{path}")

    def _ask(self, method: str, path: str, body: bytes | None = None) -> bytes:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._token}"}
        request = urllib.request.Request(self.url + path, body, headers, method=method)
        with urllib.request.urlopen(request, timeout=120) as answer:
            said: bytes = answer.read()
        return said
