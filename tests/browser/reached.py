"""A server in the tests' own network, and how browsers at its lines get to it."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.browser.lan import NAME, SERVER, Lan
from tests.browser.windows import Windows
from tests.security.test_tls import CERTIFICATE, KEY
from tests.web.processes import ROOT, Running, start

SECURE: dict[str, Any] = {
    "port": 443, "tls_cert": str(CERTIFICATE), "tls_key": str(KEY), "public_url": f"https://{NAME}",
}  # fmt: skip
PLAIN: dict[str, Any] = {"port": 8021, "insecure_lan": "true"}


class Reached:
    """A running server and the lines to it. A page opened at the line "floor" can be cut off by itself."""

    def __init__(self, lan: Lan, windows: Windows, folder: Path, knobs: dict[str, Any]) -> None:
        self._lan, self._windows, self._folder, self._knobs = lan, windows, folder, knobs
        self.server = self._start()
        self.secure = "tls_cert" in knobs

    @property
    def folder(self) -> Path:
        """The server's data."""
        return self._folder

    @property
    def url(self) -> str:
        """The address that people type."""
        return self.server.url

    def open(
        self,
        role: str,
        label: str | None = None,
        *how: Any,
        line: str = "floor",
        page: str = "",
        **named: Any,
    ) -> Page:
        """The link of a role, as `opened` does: `open("table_facilitator", "1", "th-TH", line="stage")`.

        `page` is another one that the role may open, such as `/listen`.
        """
        address = self.server.owner if role == "owner" else self.server.link(role, label)
        if page:
            address = f"{self.url}{page}#{address.partition('#')[2]}"
        return self.at(address, *how, line=line, **named)

    def at(self, address: str, *how: Any, line: str = "floor", **named: Any) -> Page:
        """A page at this address, in a browser that has nothing yet."""
        return self._windows.open(self._lan.browser(line), address, *how, **named)

    def again(self, address: str) -> Page:
        """A page at this address in the browser that was opened last: with what that one keeps."""
        return self._windows.again(address)

    def cut(self, line: str = "floor", *, unplugged: bool = False) -> None:
        """Nothing gets through on this line; see `Lan.cut`."""
        self._lan.cut(line, unplugged=unplugged)

    def heal(self, line: str = "floor") -> None:
        """Everything gets through again."""
        self._lan.heal(line)

    def kill(self) -> None:
        """The server is gone, as when somebody trips over its cable."""
        self.server.kill()

    def restart(self) -> None:
        """The server is there again, on the same data at the same address."""
        self.server.kill()
        self.server = self._start()

    def back_up(self) -> Path:
        """A backup as it is now."""
        file = self._folder.parent / "backup.zip"
        self._tool("backup", "--data-dir", self._folder, "--out", file)
        return file

    def restore(self, backup: Path) -> None:
        """The server and its disk are gone; another is at its address, and goes on from the backup."""
        self.server.kill()
        shutil.rmtree(self._folder)
        self._tool("restore", backup, "--data-dir", self._folder, "--accept", "--reason", "The disk broke.")
        self.server = self._start()

    def _tool(self, *words: str | Path) -> None:
        command = [sys.executable, "-m", "app.cli", *map(str, words)]
        done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr

    def _start(self) -> Running:
        return start(self._folder, within=self._lan.server, host=SERVER, **self._knobs)
