"""What both socket adapters ask before they accept a handshake, and the options of the listening socket.

Whoever sends a foreign Origin, a secret in the query, or cookies without an
Origin is refused before anything is accepted.
"""

import socket
from collections.abc import Sequence
from dataclasses import dataclass

from app.realtime.lobby import Lobby

SOCKET_PATH = "/ws"
USER_TIMEOUT_MS = 15_000
SEND_BUFFER_BYTES = 65_536
BUFFER_HIGH_BYTES = 65_536
"""What may be written and not yet taken by the kernel before a connection counts as not reading."""


@dataclass(frozen=True, slots=True)
class Door:
    """Where sockets come in.

    Attributes:
        lobby: What takes connections.
        origins: The exact Origins of our own pages.
    """

    lobby: Lobby
    origins: frozenset[str]

    def refusal(self, path: str, query: str, origin: str | None, *, cookie: bool) -> int | None:
        """The HTTP status with which a handshake is refused, or `None` for a good one.

        Args:
            path: Of the request.
            query: Must be empty: secrets are never in an address.
            origin: The Origin header.
            cookie: Whether a cookie was sent.
        """
        if path != SOCKET_PATH or query:
            return 404
        if origin is not None and origin not in self.origins:
            return 403
        if origin is None and cookie:
            return 403
        return 503 if self.lobby.full() else None


def prepared(sockets: Sequence[socket.socket]) -> None:
    """Set the options that free a socket whose client does not read; connections inherit them."""
    for each in sockets:
        each.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        if each.family in (socket.AF_INET, socket.AF_INET6) and hasattr(socket, "TCP_USER_TIMEOUT"):
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, USER_TIMEOUT_MS)
