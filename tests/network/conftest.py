"""A hall for each test, and a server in it with a meeting that runs."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.plan import PLANS
from app.web import owner
from tests.network.halls import Hall, Machine, Running, hall_in

URL = "https://meeting.example.org"


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    with hall_in(tmp_path) as made:
        yield made


@dataclass
class Meeting:
    """A meeting on a server of the hall, and its codes."""

    data: Path
    id: str
    process: Running

    def code(self, place: str) -> str:
        """The code of a table or a seat."""
        kind = "seats" if "-" in place else "tables"
        code: str = next(way["code"] for way in self._get(f"codes/{kind}") if way["label"] == place)
        return code

    def organiser(self) -> str:
        """The secret of the organiser's link."""
        ways = self._get("links")
        url: str = next(way["url"] for way in ways if way["role"] == "organiser")
        return url.partition("#")[2]

    def _get(self, path: str) -> list[dict[str, Any]]:
        status, body = owner.ask(self.data, "GET", f"/api/meetings/{self.id}/{path}")
        assert status == 200, body
        found: list[dict[str, Any]] = json.loads(body)
        return found


def meeting_on(server: Machine, command: str) -> Meeting:
    """Start the server with this command, and make a meeting on it."""
    process = server.start(command)
    process.until("good once")
    data = server.folder / "data"
    plan = (PLANS / "rehearsal.yaml").read_text(encoding="utf-8")
    status, body = owner.ask(data, "POST", "/api/meetings", {"plan": plan})
    assert status in (200, 201), body
    return Meeting(data, json.loads(body)["meeting"], process)


def said(machine: Machine, url: str, code: str, *commands: dict[str, Any]) -> list[str]:
    """What becomes of these commands, given from this machine."""
    printed = machine.python("tests.network.phone", url, code, *(json.dumps(each) for each in commands))
    answers: list[str] = json.loads(printed)
    return answers
