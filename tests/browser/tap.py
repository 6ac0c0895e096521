"""What goes over the sockets of a page: which command ids are sent, and which are answered."""

import json
from typing import Any

from playwright.sync_api import Page, WebSocket

ANSWERS = ("ack", "nack", "unknown")


class Tap:
    """Hears every socket of the pages given to it, in order.

    Attributes:
        sent: Every frame of a command that left, also on a line that leads nowhere.
        broken: Ids that were sent after they had been answered: there may be none.
    """

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.broken: list[str] = []
        self._answered: set[str] = set()

    def on(self, page: Page) -> Page:
        """Hear this page."""
        page.on("websocket", self._opened)
        return page

    def ids(self, command: str) -> set[str]:
        """The ids under which a kind of command was sent."""
        return {frame["id"] for frame in self.sent if frame["t"] == command}

    def _opened(self, socket: WebSocket) -> None:
        socket.on("framesent", lambda data: self._left(json.loads(data)))
        socket.on("framereceived", lambda data: self._came(json.loads(data)))

    def _left(self, frame: dict[str, Any]) -> None:
        if "id" not in frame:
            return
        self.sent.append(frame)
        if frame["id"] in self._answered:
            self.broken.append(frame["id"])

    def _came(self, frame: dict[str, Any]) -> None:
        if frame["t"] in ANSWERS and frame["id"] is not None:
            self._answered.add(frame["id"])
