"""At stake: whoever runs the machine reaches a running server, and nobody else through the same door."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import uvicorn

from app.main import Server, prepared_folder
from app.settings import Settings
from app.web import owner
from app.web.application import make_app, with_edge
from app.web.owner import AsOwner, NoServer, ask
from app.web.serving import _Quiet


@pytest.fixture
async def listening(server: Server, settings: Settings) -> AsyncIterator[Path]:
    app = AsOwner(with_edge(make_app(server.house, server.owners), server.house))
    running = _Quiet(uvicorn.Config(app, lifespan="off", log_config=None))
    task = asyncio.create_task(running.serve([owner.listen(settings.data_dir)]))
    while not running.started:  # noqa: ASYNC110 - uvicorn says so in a flag only
        await asyncio.sleep(0.01)
    yield settings.data_dir
    running.should_exit = True
    await task


async def test_the_owner_asks_without_a_token(listening: Path, meeting: str) -> None:
    status, body = await asyncio.to_thread(ask, listening, "GET", "/api/meetings")
    assert status == 200
    assert [each["id"] for each in json.loads(body)] == [meeting]
    status, body = await asyncio.to_thread(ask, listening, "POST", "/api/meetings", {"plan": "x"})
    assert (status, json.loads(body)["code"]) == (422, "bad_plan")
    status, _ = await asyncio.to_thread(ask, listening, "GET", f"/api/meetings/{meeting}/export/audit.zip")
    assert status == 200


def test_the_socket_is_its_owners_only(tmp_path: Path) -> None:
    listening = prepared_folder(tmp_path / "data")
    owner.listen(listening).close()
    assert (listening / owner.NAME).stat().st_mode & 0o777 == 0o600
    assert listening.stat().st_mode & 0o777 == 0o700


async def test_without_a_server_it_says_so(tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(NoServer):
            await asyncio.to_thread(ask, tmp_path, "GET", "/")
        owner.listen(tmp_path).close()


async def test_a_deep_data_folder_is_no_obstacle(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 100) / ("e" * 100)
    deep.mkdir(parents=True)
    owner.listen(deep).close()
    assert (deep / owner.NAME).exists()
