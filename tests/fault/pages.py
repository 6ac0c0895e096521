"""A phone's page as an older program served it: it says what was said then, and is told that it is old."""

from typing import Any

import msgspec

from app.client import Client, ClientCore
from app.client.core import Changed
from app.realtime import wire
from tests.fault.older import NEWER_IN_HELLO


class OlderCore(ClientCore):
    """Knows the frames as they were at first: a hello that says less, an acknowledgement without a blob."""

    protocol = wire.PROTOCOL

    def hello(self, now: float) -> bytes:
        """The first frame of a connection, of the fields that there were."""
        frame = msgspec.json.decode(super().hello(now))
        kept = {name: value for name, value in frame.items() if name not in NEWER_IN_HELLO}
        return wire.encode({**kept, "protocol": self.protocol})

    def _keep(self, ack: wire.Ack) -> None:
        """Nothing was kept."""

    def _welcomed(self, welcome: wire.Welcome) -> Changed:
        """The page is of the program that let it in first."""
        self.assets = self.assets or welcome.assets
        return super()._welcomed(welcome)


class OlderPage(Client):
    """A page that an older program served.

    Attributes:
        stale: The server has said that its pages are others: load again, once nothing is unsent.
    """

    def __init__(self, url: str, *, protocol: int, **how: Any) -> None:
        super().__init__(url, **how)
        core = self.core
        self.core = OlderCore(core.dice, core.chance, token=core.token)
        self.core.protocol = protocol

    @property
    def stale(self) -> bool:
        return self.core.welcome is not None and self.core.welcome.assets != self.core.assets
