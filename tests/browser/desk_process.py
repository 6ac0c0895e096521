"""A server with a meeting whose tables have written ideas already; prints one line of JSON once it is ready.

python tests/browser/desk_process.py DATA_DIR PORT TABLES IDEAS [TEXTS_FILE]

The ideas are those of the simulated room, in turn in English and Thai; or the lines of a file.
"""

import asyncio
import json
import random
import sys
from pathlib import Path

from app.core.capability import Role
from app.core.commands import BeginItem, IdeaKind, StartMeeting, WriteIdea
from app.core.ids import IdeaId, ItemId
from app.main import Server, serve
from app.room.corpus import corpus
from app.settings import load_settings
from app.web.house import House, Way
from app.web.keys import new_id
from tests.web.server_process import told

PLAN = """
title: {{th: ประชุมเมืองริมน้ำ, en: River city meeting}}
languages: [th, en]
date: 2569-11-28
time_zone: Asia/Bangkok
level: involve
recruitment: invited
tables: {{count: {tables}, seats: 4, seats_max: 5}}
agenda:
  - id: place
    title: {{th: เมืองของเรา, en: Our city}}
    minutes: 60
    takes_ideas: true
    guide:
      say: {{th: ถามรอบโต๊ะว่าเมืองนี้ควรทำอะไรก่อน, en: "Go round the table: what should this city do first?"}}
      enter: {{th: ข้อเสนอที่เห็นพ้องกันสองข้อ, en: Two ideas that the table agrees on.}}
  - id: people
    title: {{th: คนของเรา, en: Our people}}
    minutes: 45
    takes_ideas: true
  - id: vote
    title: {{th: ลงคะแนน, en: Voting}}
    minutes: 20
questions:
  - id: ready
    title: {{th: ท่านพร้อมหรือไม่, en: Are you ready?}}
    kind: pick_one
    item: vote
    options:
      - {{id: ready, text: {{th: พร้อม, en: Ready}}}}
      - {{id: later, text: {{th: ยังไม่พร้อม, en: Not yet}}}}
"""


def texts(ideas: int, path: str | None) -> list[tuple[IdeaKind, str, str]]:
    """What is written: kind, words and language of each idea."""
    if path is not None:
        lines = [line.strip() for line in Path(path).read_text(encoding="utf-8").splitlines() if line.strip()]
        return [(IdeaKind.INDIVIDUAL, lines[n % len(lines)], "en") for n in range(ideas)]
    dice = random.Random(7)
    return [(*corpus().idea(dice, "place", tag), tag) for tag in (("en", "th")[n % 2] for n in range(ideas))]


async def written(house: House, laptops: list[Way], ideas: int, path: str | None) -> None:
    """Let the tables write, in turn."""
    hall = house.hall(next(iter(house.entries)))
    said = []
    for number, (kind, text, language) in enumerate(texts(ideas, path)):
        by = laptops[number % len(laptops)].capability
        idea = IdeaId(new_id("idea"))
        write = WriteIdea(idea, by.tables[0], ItemId("place"), kind, text, language)
        said.append(hall.submit(write, by))
    await asyncio.gather(*said)


async def opened(server: Server) -> None:
    house, (tables, ideas, *path) = server.house, sys.argv[3:]
    fresh = not house.entries
    if fresh:
        await house.create_meeting(PLAN.format(tables=tables))
    meeting = next(iter(house.entries))
    links = await house.links(meeting)
    laptops = await house.codes(meeting, Role.TABLE_FACILITATOR)
    seats = await house.codes(meeting, Role.PARTICIPANT)
    organiser = next(way.capability for way in links if way.capability.role is Role.ORGANISER)
    if fresh:
        await house.hall(meeting).submit(StartMeeting(), organiser)
        await house.hall(meeting).submit(BeginItem(ItemId("place")), organiser)
        await written(house, laptops, int(ideas), path[0] if path else None)
    ways = [told(way) for way in (*links, *laptops, *seats)]
    owner = await server.owners.new_link()
    print(json.dumps({"url": house.url, "meeting": meeting, "owner": owner, "ways": ways}), flush=True)


if __name__ == "__main__":
    sys.exit(serve(load_settings(data_dir=Path(sys.argv[1]), port=int(sys.argv[2])), opened=opened))
