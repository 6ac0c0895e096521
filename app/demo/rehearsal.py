"""A rehearsal: a meeting's plan in a server of its own, with a simulated room at its tables.

A process beside the real server, in a folder of its own: nothing of it touches the record of the day.
The first line of its input is one JSON object (`plan`, `seats`, `folder`, `settings`). It says one
line of JSON once people can come in, with the organiser's link. When its input ends, whoever started
it is gone or wants no more: the room leaves, the server stops, the folder goes.
"""

import asyncio
import contextlib
import json
import shutil
import sys
from itertools import islice
from pathlib import Path
from typing import Any

import yaml

from app.client.http import Api, secret_of
from app.demo.process import ServerProcess
from app.i18n import available, sentence
from app.plan import load_plan
from app.plan.source import read_yaml
from app.room.pace import Pace
from app.room.room import Room
from app.room.ways import Ways

TABLES_MAX = 100
"""Tables at which the simulated room sits; a larger hall stays empty beyond."""

MINUTES_SHORTENED = 12.0
TITLE_MAX = 200
INPUT_BYTES_MAX = 16 * 1024 * 1024


def marked(text: str) -> str:
    """The plan with a title that says, in every language, that this is a rehearsal."""
    plan: dict[str, Any] = dict(read_yaml(text).data)
    title = plan["title"]
    words = title if isinstance(title, dict) else dict.fromkeys(plan["languages"], title)
    plan["title"] = {
        language: sentence(_spoken(language), "rehearsal.title", title=str(said))[:TITLE_MAX]
        for language, said in words.items()
    }
    return yaml.safe_dump(plan, allow_unicode=True, sort_keys=False, width=110)


def _spoken(language: str) -> str:
    return language if language in available() else available()[0]


async def rehearse() -> None:
    """Set it up, fill the room, and keep it until nobody wants it any more."""
    told = await _input()
    said: dict[str, Any] = json.loads(await told.readline())
    folder, text = Path(said["folder"]), marked(said["plan"])
    plan = load_plan(text, said["seats"])
    await asyncio.to_thread(_made_anew, folder)
    wanted = asyncio.create_task(_until_unwanted(told))
    settings = said["settings"] | {"data_dir": folder, "rehearsal": True}
    server = await ServerProcess.start(settings, speed=1, starts=plan.date, log=folder / "server.log")
    api = Api(f"http://127.0.0.1:{server.url.rpartition(':')[2]}")
    try:
        owner = (await api.join(secret_of(server.owner_link)))["token"]
        made = await api.post("/api/meetings", {"plan": text, "seats": said["seats"]}, owner)
        entered = await api.post(f"/api/meetings/{made['meeting']}/enter", {}, owner)
        ways = await Ways.of(api, entered["token"], made["meeting"])
        link = next(way.url for way in ways.all_links() if way.role == "organiser")
        await asyncio.to_thread(print, json.dumps({"url": link, "pid": server.pid}), flush=True)
        _keep_first(ways)
        await _filled(Room(api, ways, Pace(1, hurry=MINUTES_SHORTENED), stays=True), wanted, server)
    finally:
        wanted.cancel()
        api.close()
        await server.stop()
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


def _made_anew(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)


def _keep_first(ways: Ways) -> None:
    """Let the room sit at the first tables only, where there are very many."""
    ways.tables = dict(islice(ways.tables.items(), TABLES_MAX))
    tables = set(ways.tables)
    ways.seats = {seat: code for seat, code in ways.seats.items() if seat.rpartition("-")[0] in tables}


async def _filled(room: Room, wanted: "asyncio.Task[None]", server: ServerProcess) -> None:
    """The room comes in and follows the day that people run, until that is unwanted or the server ends."""
    filling = asyncio.create_task(room.fill())
    ended = asyncio.create_task(server.ended())
    try:
        await asyncio.wait({wanted, ended}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (filling, ended):
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await filling
        await room.leave()


async def _input() -> asyncio.StreamReader:
    reader = asyncio.StreamReader(limit=INPUT_BYTES_MAX)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    return reader


async def _until_unwanted(told: asyncio.StreamReader) -> None:
    while await told.read(1024):
        pass


if __name__ == "__main__":
    asyncio.run(rehearse())
