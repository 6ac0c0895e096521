"""At stake: on a full disk somebody is told that they are in and are not, or nobody can look any more."""

import asyncio
import threading
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection

from app.core.capability import Role
from app.web.store import Store, StoreFull, get, put
from tests.fault.blows import disk
from tests.security.server import served

pytestmark = pytest.mark.root("mkfs.ext4")


async def test_who_only_looks_is_answered_beside_one_whose_change_finds_no_room(tmp_path: Path) -> None:
    with disk(tmp_path) as made:
        store = Store(made.folder / "server.db")
        await store.run(partial(put, name="kept", value="1"))
        gathered = threading.Event()

        def wait(_connection: Connection) -> None:
            gathered.wait()

        with made.full():
            waiting = asyncio.create_task(store.run(wait))
            await asyncio.sleep(0)  # what is asked from now on is run, and committed, together
            together = [store.run(partial(put, name="new", value="1")), store.run(partial(get, name="kept"))]
            asked = [asyncio.create_task(each) for each in together]
            await asyncio.sleep(0)
            gathered.set()
            await waiting
            changed, looked = await asyncio.gather(*asked, return_exceptions=True)
        assert isinstance(changed, StoreFull)
        assert looked == "1"
        await store.run(partial(put, name="new", value="2"))
        assert await store.run(partial(get, name="new")) == "2", "there is room again"
        await store.close()


async def test_who_joins_on_a_full_disk_is_told_to_come_back_and_figures_are_read(tmp_path: Path) -> None:
    with disk(tmp_path) as made:
        async with served(made.folder) as room:
            bearer = {"Authorization": f"Bearer {await room.token(Role.ORGANISER)}"}
            secret = (await room.way(Role.PARTICIPANT)).secret
            with made.full():
                refused = await room.http.post("/api/join", json={"code": secret})
                figures = await room.http.get(f"/api/meetings/{room.meeting}/figures.json", headers=bearer)
            assert (refused.status_code, refused.json()["code"]) == (503, "disk_full")
            assert refused.json()["retry_after_ms"] > 0
            assert figures.status_code == 200
            await room.join(secret)
