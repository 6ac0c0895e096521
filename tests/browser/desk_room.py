"""A meeting whose tables write, for tests of the pages behind the scenes: theme desk, area, experts, stage.

What others do meanwhile (a table writes, a phone votes, the console opens a vote) goes over HTTP, as a
program would give it.
"""

import json
import re
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any

from playwright.sync_api import Browser, Page, expect

from app.web.keys import new_id
from tests.browser.watch import Watch
from tests.browser.windows import Windows
from tests.web.processes import Running, start

PROGRAM = Path(__file__).with_name("desk_process.py")
ITEM = "place"


class DeskRoom:
    """A running server with a meeting in it, and its pages.

    Args:
        browser: Where the pages open.
        watch: Hears them.
        folder: For its data.
        tables: How many there are, of four seats.
        ideas: How many they have written before anybody looks.
    """

    def __init__(
        self, browser: Browser, watch: Watch, folder: Path, *, tables: int = 4, ideas: int = 0
    ) -> None:
        self._browser, self._windows, self._folder = browser, Windows(watch), folder
        self._more = (str(tables), str(ideas))
        self._tokens: dict[tuple[str, str | None], str] = {}
        self.server: Running = start(folder / "data", program=PROGRAM, more=self._more)

    def __enter__(self) -> "DeskRoom":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._windows.__exit__(kind, error, at)
        self.server.kill()

    def open(self, role: str, label: str | None = None, *how: Any, **named: Any) -> Page:
        """The page of a role, connected."""
        page = self._windows.open(self._browser, self.server.link(role, label), *how, **named)
        expect(page.locator("#line")).to_have_attribute("data-line", "open")
        return page

    def restart(self) -> None:
        """Start the killed server again, at its address."""
        port = int(self.server.url.rpartition(":")[2])
        self.server = start(self._folder / "data", port, program=PROGRAM, more=self._more)

    # --- what others do --------------------------------------------------------------------

    def give(self, role: str, name: str, label: str | None = None, **fields: Any) -> str:
        """Give a command that must be accepted; its id."""
        said = self.try_to_give(role, name, label, **fields)
        assert said["t"] == "ack", said
        return str(said["id"])

    def try_to_give(self, role: str, name: str, label: str | None = None, **fields: Any) -> dict[str, Any]:
        """Give a command; the answer. Where the server is busy it is sent again, as a page does."""
        command = {"t": name, "id": new_id("cmd"), **fields}
        while (said := self._ask("POST", "/api/commands", self._token(role, label), command))["t"] == "busy":
            time.sleep(said["retry_after_ms"] / 1_000)
        return said

    def write(self, table: int, text: str, kind: str = "agreement", language: str = "en") -> str:
        """A table writes an idea; its id."""
        idea = new_id("idea")
        self.give(
            "table_facilitator", "write_idea", str(table),
            idea=idea, table=str(table), item=ITEM, kind=kind, text=text, language=language,
        )  # fmt: skip
        return idea

    def theme(self, en: str, th: str | None = None) -> str:
        """The leader makes a theme, from elsewhere; its id."""
        theme = new_id("theme")
        title = {"en": en} if th is None else {"en": en, "th": th}
        self.give("theme_leader", "create_theme", theme=theme, item=ITEM, title=title)
        return theme

    def channel(self, role: str, channel: str, label: str | None = None) -> dict[str, Any]:
        """What a channel tells now."""
        told: dict[str, Any] = self._ask("GET", f"/api/channels/{channel}", self._token(role, label))["set"]
        return told

    def get(self, path: str, role: str = "organiser") -> bytes:
        """What is at a path of the meeting's API."""
        request = urllib.request.Request(
            f"{self.server.url}/api/meetings/{self.server.meeting}/{path}",
            headers={"Authorization": f"Bearer {self._token(role, None)}"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return bytes(answer.read())

    def _token(self, role: str, label: str | None) -> str:
        if (role, label) not in self._tokens:
            code = re.sub(r".*#", "", self.server.link(role, label))
            self._tokens[role, label] = self._ask("POST", "/api/join", None, {"code": code})["token"]
        return self._tokens[role, label]

    def _ask(self, method: str, path: str, token: str | None, body: Any = None) -> dict[str, Any]:
        headers = {"Content-Type": "application/json"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.server.url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                said: dict[str, Any] = json.loads(answer.read())
        except urllib.error.HTTPError as refused:
            said = json.loads(refused.read())
        return said
