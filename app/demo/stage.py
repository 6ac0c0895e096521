"""Sets the demonstration up: its folder, its server, its meeting and its room; and plays it.

`whole_day` goes through a day without a person and leaves report and exports in a folder; `stay`
keeps a meeting in progress for people to try the program with.
"""

import asyncio
import io
import json
import shutil
import signal
import zipfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.client.http import Api, secret_of
from app.core.planned import PlannedMeeting
from app.demo.plan import SEATS, TABLES, city_day
from app.demo.process import ServerFault, ServerProcess
from app.log.lock import OwnerLock
from app.plan import load_plan
from app.room.day import Day
from app.room.pace import Pace
from app.room.room import Room
from app.room.ways import Ways, make_meeting

MARK = ".demonstration"
MINUTES_SHORTENED = 12.0
FREE_SEATS = 2
CONNECTIONS = 2_000

Told = Callable[[str], None]
Counted = Callable[[int, int], None]


@dataclass(slots=True)
class Wanted:
    """What demonstration is wanted.

    Attributes:
        speed: Seconds of the meeting in a second; 0 as fast as it can go.
        hands_on: Whether people run the day: then there is no crew.
        told: Told what happens, in a line.
        counted: Told how many have come in, and of how many.
    """

    data_dir: Path
    tables: int = TABLES
    seats: int = SEATS
    speed: int = 1
    port: int = 0
    seed: int = 1
    keep: bool = False
    lan: bool = False
    hands_on: bool = False
    told: Told = field(default=lambda _: None)
    counted: Counted = field(default=lambda _done, _all: None)


@dataclass(frozen=True, slots=True)
class Set:
    """A demonstration that stands: server, meeting, ways in."""

    server: ServerProcess
    api: Api
    ways: Ways
    meeting: str
    token: str
    plan: PlannedMeeting


def fresh_folder(folder: Path, *, keep: bool) -> None:
    """Make the folder of a demonstration; what an earlier one left goes, unless it is to be kept.

    Raises:
        ServerFault: It holds something else, or its server still runs.
    """
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARK).exists():
            raise ServerFault(f"{folder} holds something that is no demonstration: name another --data-dir.")
        OwnerLock.take(folder / "server").release()
        if keep:
            return
        shutil.rmtree(folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / MARK).touch()


@asynccontextmanager
async def standing(wanted: Wanted) -> AsyncIterator[Set]:
    """A server with the meeting of the demonstration; it stops with the caller."""
    fresh_folder(wanted.data_dir, keep=wanted.keep)
    text = city_day(wanted.tables, wanted.seats)
    plan = load_plan(text)
    settings: dict[str, Any] = {
        "data_dir": wanted.data_dir,
        "port": wanted.port,
        "connections_max": CONNECTIONS,
    }
    if wanted.lan:
        settings |= {"host": "0.0.0.0", "insecure_lan": True}  # noqa: S104 - said aloud by the command line
    log = wanted.data_dir / "server.log"
    server = await ServerProcess.start(settings, speed=wanted.speed, starts=plan.date, log=log)
    port = server.url.rpartition(":")[2]
    api = Api(f"http://127.0.0.1:{port}")
    try:
        owner = (await api.join(secret_of(server.owner_link)))["token"]
        meetings = await api.get("/api/meetings", owner)
        going_on = [m["id"] for m in meetings if m["phase"] in ("prepared", "running")]
        meeting = going_on[-1] if going_on else await make_meeting(api, owner, text)
        entered = await api.post(f"/api/meetings/{meeting}/enter", {}, owner)
        ways = await Ways.of(api, entered["token"], meeting)
        yield Set(server, api, ways, meeting, entered["token"], plan)
    finally:
        api.close()
        await server.stop()


# --- a whole day -----------------------------------------------------------------------------


async def whole_day(wanted: Wanted, out: Path) -> list[str]:
    """Play a day from its first item to its report.

    Args:
        wanted: Which demonstration.
        out: Where report and exports go.

    Returns:
        What nobody expected, a line each: none where all went well.
    """
    async with standing(wanted) as made:
        pace = Pace(wanted.speed, advance=made.server.advance)
        room = Room(made.api, made.ways, pace, seed=wanted.seed)
        try:
            await room.fill(wanted.counted)
            await Day(room, wanted.told).run()
            wanted.told("report and exports")
            await leave_papers(made, out)
        finally:
            await room.leave()
        return room.watch.surprises


async def leave_papers(made: Set, out: Path) -> None:
    """Fetch both exports, and lay the report and its figures beside them."""
    path = f"/api/meetings/{made.meeting}"
    # an auditor counts and does not print: the PDFs are in the public export, and laid beside it
    exports = {
        "audit": await made.api.fetch(f"{path}/export/audit.zip?pdf=false", made.token),
        "public": await made.api.fetch(f"{path}/export/public.zip", made.token),
    }
    figures = await made.api.fetch(f"{path}/figures.json", made.token)

    def write() -> None:
        out.mkdir(parents=True, exist_ok=True)
        for kind, data in exports.items():
            (out / f"{kind}.zip").write_bytes(data)
        unpack_report(exports["public"], out)
        (out / "figures.json").write_bytes(figures)

    await asyncio.to_thread(write)


def unpack_report(export: bytes, out: Path) -> list[Path]:
    """Lay the report of an export into a folder: HTML, PDF, CSV and JSON in each language."""
    written = []
    with zipfile.ZipFile(io.BytesIO(export)) as packed:
        for name in packed.namelist():
            if name.startswith("report/") or name == "figures.json":
                path = out / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(packed.read(name))
                written.append(path)
    return written


# --- to try ----------------------------------------------------------------------------------


async def stay(wanted: Wanted, ready: Callable[[Set], None]) -> None:
    """Keep a meeting in progress until cancelled, or until the server ends.

    Args:
        wanted: Which demonstration.
        ready: Called with the ways in, before the room comes in.
    """
    stopped = asyncio.current_task()
    assert stopped is not None
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.cancel)
    async with standing(wanted) as made:
        first = next(iter(made.ways.tables))
        free = [seat for seat in made.ways.seats if seat.rpartition("-")[0] == first][:FREE_SEATS]
        pace = Pace(1, hurry=MINUTES_SHORTENED)
        room = Room(made.api, made.ways, pace, seed=wanted.seed, free=free, stays=True)
        try:
            (wanted.data_dir / "links.json").write_text(_links(made.ways), "utf-8")
            ready(made)
            await room.fill(wanted.counted)
            await _play(room, made.server, wanted)
            raise ServerFault(f"The server has ended: see {wanted.data_dir / 'server.log'}.")
        finally:
            (wanted.data_dir / "room.log").write_text("\n".join(room.watch.surprises), "utf-8")
            await room.leave()


async def _play(room: Room, server: ServerProcess, wanted: Wanted) -> None:
    """Run the day until the server ends."""
    day = Day(room, wanted.told)
    playing = asyncio.create_task(day.begin() if wanted.hands_on else day.stay_alive())
    ended = asyncio.create_task(server.ended())
    try:
        await asyncio.wait(
            {ended} if wanted.hands_on else {ended, playing}, return_when=asyncio.FIRST_COMPLETED
        )
        if playing.done() and not wanted.hands_on and server.running:
            playing.result()
    finally:
        for task in (playing, ended):
            task.cancel()
        await asyncio.gather(playing, ended, return_exceptions=True)


def _links(ways: Ways) -> str:
    """Every link and code, for scripts that look on (the folder is its owner's only)."""
    found = {
        f"{way.role} {way.url.rpartition('/')[2].partition('#')[0]}": way.url for way in ways.all_links()
    }
    found |= {place: way.url for place, way in ways.codes.items()}
    return json.dumps(found, ensure_ascii=False, indent=1)
