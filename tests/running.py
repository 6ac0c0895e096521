"""A real server in a process of its own, for tests that go through its sockets."""

import random
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from app.client.http import Api, secret_of
from app.demo.process import ServerProcess

PORTS = range(20_000, 32_000)
"""Below those that Linux gives to whoever connects or asks for any: none is taken by chance meanwhile."""


def free_port() -> int:
    """A port of this machine that is free, and is so again after its server was killed."""
    dice = random.SystemRandom()
    while True:
        port = dice.choice(PORTS)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


@asynccontextmanager
async def running(folder: Path, *, port: int = 0) -> AsyncIterator[tuple[ServerProcess, Api]]:
    settings = {"data_dir": folder / "data", "port": port}
    server = await ServerProcess.start(settings, speed=1, starts="2026-01-01", log=folder / "server.log")
    api = Api(server.url)
    try:
        yield server, api
    finally:
        api.close()
        await server.stop()


async def owner_of(server: ServerProcess, api: Api) -> str:
    """The owner's token."""
    token: str = (await api.join(secret_of(server.owner_link)))["token"]
    return token
