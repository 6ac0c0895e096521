"""At stake: a device of the load test that waits for ever, where a phone would come back."""

import asyncio
import io
import random

import pytest

from app.realtime import wire
from loadtest.device import Device
from loadtest.samples import Samples


@pytest.mark.parametrize("heard", [0, 1], ids=["before it reads", "before it answers"])
async def test_a_server_that_goes_while_a_device_comes_in_is_a_lost_line(heard: int) -> None:
    """As when it is killed with devices in the queue of its socket."""

    async def go(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(heard)
        writer.transport.abort()

    async with await asyncio.start_server(go, "127.0.0.1") as server:
        port = server.sockets[0].getsockname()[1]
        device = Device("1-1", f"ws://127.0.0.1:{port}/ws", Samples(io.StringIO()), random.Random(1), 0)
        code = await asyncio.wait_for(device._once(), 20)
    assert wire.may_come_back(code)
