"""The stage of a test: an organiser who gives commands as a program does, and what the log says afterwards.

Nothing here awaits: browser tests have an event loop of their own (conftest.py).
"""

import json
import subprocess
import sys
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from app.web.keys import new_id
from tests.web.processes import ROOT, Running, environment

PLAN = Path(__file__).with_name("table_plan.yaml")


Ask = Callable[[str, str, Any, str], Any]
"""Method, path, body and whose page asks (`organiser`, `console`) -> what is answered."""


class Stage:
    """A meeting on a running server, and an organiser in it.

    Args:
        ask: How the API is asked: `as_program(server)`, or `through(page)` where only a browser gets there.
        plan: Its plan; it is a meeting of its own.
    """

    def __init__(self, ask: Ask, plan: Path = PLAN) -> None:
        self._ask = ask
        said = {"plan": plan.read_text(encoding="utf-8")}
        self.meeting: str = ask("POST", "/api/meetings", said, "organiser")["meeting"]
        ask("POST", f"/api/meetings/{self.meeting}/enter", None, "organiser")

    def do(self, command: str, **fields: Any) -> None:
        """Give a command; it must be accepted."""
        frame = {"t": command, "id": new_id("cmd"), **fields}
        answer = self._ask("POST", "/api/commands", frame, "console")
        assert answer["t"] == "ack", answer

    def view(self, channel: str) -> dict[str, Any]:
        """A channel as it stands now."""
        seen: dict[str, Any] = self._ask("GET", f"/api/channels/{channel}", None, "console")["set"]
        return seen

    def table(self, label: str) -> str:
        """The link of a table's card."""
        return self._way("codes/tables", label)

    def seat(self, label: str) -> str:
        """The link of a seat's card."""
        return self._way("codes/seats", label)

    def link(self, role: str) -> str:
        """The link of a role."""
        return self._way("links", None, role)

    def _way(self, ways: str, label: str | None, role: str | None = None) -> str:
        told = self._ask("GET", f"/api/meetings/{self.meeting}/{ways}", None, "console")
        wanted = (each for each in told if label in (None, each["label"]) and role in (None, each["role"]))
        return str(next(wanted)["url"])


def as_program(server: Running) -> Ask:
    """Ask with tokens, as a program of the owner does."""
    tokens: dict[str, str] = {}

    def ask(method: str, path: str, body: Any, whose: str) -> Any:
        headers = {"Content-Type": "application/json"}
        if whose in tokens:
            headers["Authorization"] = f"Bearer {tokens[whose]}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(server.url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                said = json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path} {body}: {error.read().decode()}") from error
        if path.endswith("/enter"):
            tokens["console"] = said["token"]
        return said

    tokens["organiser"] = ask("POST", "/api/join", {"code": server.owner.partition("#")[2]}, "")["token"]
    return ask


def through(page: Page) -> Ask:
    """Ask from a page of the owner's browser, whose sessions are its cookies."""

    def ask(method: str, path: str, body: Any, whose: str) -> Any:
        status, said = page.evaluate(FETCH, [method, path, body, whose])
        assert status < 300, (method, path, body, said)
        return said

    expect(page.locator("town-organiser")).to_be_visible()  # it has come in, and stays
    return ask


FETCH = """async ([method, path, body, whose]) => {
  const headers = { 'Town-Page': whose, 'Content-Type': 'application/json' };
  const said = body === null ? undefined : JSON.stringify(body);
  const answer = await fetch(path, { method, headers, body: said });
  const text = await answer.text();
  return [answer.status, text ? JSON.parse(text) : null];
}"""


def recorded(folder: Path, meeting: str) -> list[dict[str, Any]]:
    """Every event of the log in `folder`, open and sealed fields together, as the audit export has them."""
    out = folder.parent / "export"
    command = [sys.executable, "-m", "app.cli", "export", meeting, "--data-dir", str(folder)]
    subprocess.run(
        [*command, "--kind", "audit", "--out", str(out)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=120,
        env=environment(),
    )
    with zipfile.ZipFile(out / f"{meeting}-audit.zip") as zipped:
        lines = zipped.read("log.ndjson").decode().splitlines()
    events = []
    for line in lines:
        event, sealed = json.loads(line)
        for part in sealed.values():
            event |= part[1] if isinstance(part, list) else {}
        events.append(event)
    return events


def of_type(events: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    """The events of one type, in the order of the log."""
    return [event for event in events if event["type"] == kind]
