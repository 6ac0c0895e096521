"""A server in the middle of a realistic day, as a process of its own: its room votes on whatever is opened.

python -m tests.browser.pictures.day_process FOLDER TABLES SEATS UNTIL

The city day that ships is played at full speed, by the simulated room and its crew, up to the item `UNTIL`;
of that one the tables have written their ideas, some of which nobody has read yet. Then one line of JSON says
what the ways in are, and the room stays, on a clock that stands still, until its input ends; each line that
comes in is milliseconds by which the clock goes on.
"""

import asyncio
import json
import random
import sys
from pathlib import Path
from typing import Any

from app.core.commands import BeginItem, FinishItem, HelpKind, IdeaKind, StartTimer, WriteIdea
from app.core.ids import IdeaId, ItemId, TableId
from app.demo.plan import city_day
from app.demo.server import clock_of
from app.demo.stage import Set, Wanted, standing
from app.realtime.clock import SteppedClock
from app.room.corpus import corpus
from app.room.day import Day
from app.room.guest import new_id
from app.room.pace import Pace
from app.room.room import Room
from app.web.owner import ask

FREE = ("1-1", "1-2", "1-3", "1-4", "2-1", "2-2", "2-3", "2-4")
"""Seats where nobody of the room sits: the pictures' own phones and pads."""

UNREAD = 14
PASSWORD = "seven quiet boats"
TIMER_SECONDS = 25 * 60
CALLS = (
    ("5", HelpKind.INTERPRETER, ""),
    ("9", HelpKind.KEYPAD, "แป้นของที่นั่ง 3 ไม่ตอบสนอง"),
    ("14", HelpKind.FACILITATION, "Two people do all the talking."),
)


async def main() -> None:
    folder, tables, seats, until = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    wanted = Wanted(folder, tables=tables, seats=seats, speed=0)
    async with standing(wanted) as made:
        free = [seat for seat in FREE if int(seat.rpartition("-")[2]) <= seats]
        clock = clock_of(0, made.plan.date)
        assert isinstance(clock, SteppedClock)

        def advance(milliseconds: int) -> None:
            made.server.advance(milliseconds)
            clock.advance(milliseconds)

        pace = Pace(0, advance=advance)
        room = Room(made.api, made.ways, pace, seed=7, free=free)
        try:
            await room.fill()
            await played(Day(room), until)
            told = json.dumps(await ways_in(made, folder, tables, seats) | {"now_ms": clock.now_ms()})
            await asyncio.to_thread(print, told, flush=True)
            while line := await asyncio.to_thread(sys.stdin.readline):
                advance(int(line))
        finally:
            await room.leave()


async def played(day: Day, until: str) -> None:
    """The day up to an item, and that one until the tables have written."""
    await day.begin()
    for item in day.items():
        if item["id"] == until:
            break
        await day.item(item)
        await day.crew.lead.do(FinishItem(ItemId(item["id"])), {"item_not_running"})
    room = day.room
    await room.leader.begin(until)
    await day.crew.lead.do(BeginItem(ItemId(until)))
    await room.watch.until(f"ideas/{until}", lambda: len(room.laptops), 60)
    await day.crew.manager.do(StartTimer(TIMER_SECONDS))
    # from here on nobody reads, answers or helps: the pictures show what waits
    for member in room.members:
        await member.client.close()
    for helper in room.area_managers:
        await helper.client.close()
    await room.expert.client.close()
    dice = random.Random(7)
    for number, laptop in enumerate(list(room.laptops.values())[:UNREAD]):
        tag = ("th", "en", "th")[number % 3]
        kind, words = corpus().idea(dice, until, tag)
        kind = (IdeaKind.MINORITY, IdeaKind.QUESTION)[number // 4] if number in (3, 4) else kind
        await laptop.do(
            WriteIdea(IdeaId(new_id("idea")), TableId(laptop.table), ItemId(until), kind, words, tag)
        )
    for table, kind_of_help, words in CALLS:
        if table in room.laptops:
            await room.laptops[table].call_help(kind_of_help, words)
    if "7" in room.laptops:
        await room.laptops["7"].client.close()


async def ways_in(made: Set, folder: Path, tables: int, seats: int) -> dict[str, Any]:
    """Where everybody comes in; with a second meeting that has not begun, and a password for the owner."""
    status, said = await asyncio.to_thread(ask, folder, "PUT", "/api/password", {"password": PASSWORD})
    assert status == 204, said
    plan = {"plan": city_day(tables, seats)}
    status, said = await asyncio.to_thread(ask, folder, "POST", "/api/meetings", plan)
    assert status == 201, said
    links = {way.role: way.url for way in reversed(made.ways.all_links())}
    coming = {f"coming {way['role']}": way["url"] for way in reversed(json.loads(said)["links"])}
    codes = {place: way.url for place, way in made.ways.codes.items()}
    return {
        "url": made.server.url,
        "meeting": made.meeting,
        "token": made.token,
        "password": PASSWORD,
        "ways": links | coming | codes,
    }


if __name__ == "__main__":
    asyncio.run(main())
