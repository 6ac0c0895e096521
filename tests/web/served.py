"""A real server on a port of this machine, with either socket adapter, and clients for it."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

import uvicorn
from fastapi import FastAPI
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin

from app.core.capability import Capability
from app.realtime import wire
from app.realtime.connection import Connection
from app.web import door as doors
from app.web.door import Door
from app.web.serve_protocol import uvicorn_options
from app.web.sockets import socket_route
from tests.fakes import Running, hello_frame, running, until

ORIGIN = "http://hall.test"


class Served:
    """A server on a port of this machine."""

    def __init__(self, room: Running, server: uvicorn.Server, port: int, adapter: str) -> None:
        self.room, self.server, self.port, self.adapter = room, server, port, adapter
        self.url = f"ws://127.0.0.1:{port}{doors.SOCKET_PATH}"

    def client(self, url: str = "", origin: str | None = ORIGIN, **options: object) -> connect:
        found = None if origin is None else Origin(origin)
        return connect(url or self.url, origin=found, proxy=None, ping_interval=None, **options)  # type: ignore[arg-type]

    @contextlib.asynccontextmanager
    async def entered(self, by: Capability, **hello: object) -> AsyncIterator[ClientConnection]:
        """A client that has been welcomed; its snapshots are still to be read."""
        async with self.client() as client:
            await client.send(hello_frame(token=self.room.gate.add(by), **hello).decode())
            assert isinstance(await said(client), wire.Welcome)
            yield client


async def said(client: ClientConnection) -> wire.ServerFrame:
    """The next frame of the server."""
    data = await asyncio.wait_for(client.recv(), 30)
    assert isinstance(data, str), "every frame is text"
    return wire.read_server(data.encode())


async def answer(client: ClientConnection) -> wire.ServerFrame:
    """The next frame that is no view."""
    while isinstance(frame := await said(client), wire.View):
        pass
    return frame


async def close_code(client: ClientConnection) -> int | None:
    with contextlib.suppress(ConnectionClosed):
        async with asyncio.timeout(30):
            while True:
                await client.recv()
    return client.close_code


ADAPTERS = ("serve", "route")


@contextlib.asynccontextmanager
async def serving(adapter: str) -> AsyncIterator[Served]:
    """A server with one of the two adapters."""
    async with running() as room:
        here = Door(room.lobby, frozenset({ORIGIN}))
        app = FastAPI()
        options = uvicorn_options(here)
        if adapter == "route":
            app.include_router(socket_route(here))
            options |= {"ws": "websockets-sansio", "ws_max_size": 1024 * 1024}
        listening = socket.create_server(("127.0.0.1", 0))
        doors.prepared([listening])
        port = listening.getsockname()[1]
        server = uvicorn.Server(
            uvicorn.Config(app, lifespan="off", log_level="error", access_log=False, **options)
        )
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        await until(lambda: server.started)
        yield Served(room, server, port, adapter)
        server.should_exit = True
        await asyncio.wait_for(serving, 60)
        listening.close()


def the_connection(served: Served) -> Connection:
    (connection,) = served.room.lobby.connections
    return connection
