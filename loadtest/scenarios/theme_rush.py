"""Ten minutes before the vote: ideas still come, and the theme team files every one and publishes."""

import asyncio
import os
from typing import Any

from app.client import Final
from app.core import commands as c
from app.core.ids import IdeaId, ItemId, ThemeId
from app.realtime import wire
from app.realtime.rates import ACTS
from loadtest.crowd import Crowd
from loadtest.device import Device
from loadtest.director import WAIT_SECONDS, Director
from loadtest.room import ITEM
from loadtest.scenarios import idea_stream

THEMES = 5


async def people(crowd: Crowd) -> None:
    await idea_stream.people(crowd)


async def stage(director: Director) -> None:
    crowd = director.crowd
    desk = await crowd.role("theme_leader", ("desk",))
    themes = [ThemeId("theme_" + os.urandom(16).hex()) for _ in range(THEMES)]
    for number, theme in enumerate(themes):
        title = {"en": f"Theme {number}", "th": f"ประเด็น {number}"}
        await desk.done(c.CreateTheme(theme, ItemId(ITEM), title))
    await director.everybody(1)  # the probe
    await director.talk()
    await file_all(crowd, desk, themes, idea_stream.EACH * crowd.codes.room.tables)
    await desk.done(c.PublishThemes(ItemId(ITEM), tuple(themes)))
    crowd.samples.say(filed=sorted(crowd.filed))


async def file_all(crowd: Crowd, desk: Device, themes: list[ThemeId], ideas: int) -> None:
    """File every idea as it comes, until so many are filed; no faster than the server lets one desk go."""
    taken: set[str] = set()

    def look() -> None:
        for key, idea in desk.state.get("desk", {}).items():
            if key.startswith("idea/") and key not in taken:
                taken.add(key)
                crowd.start(_file(crowd, desk, idea, themes[len(taken) % len(themes)]))

    desk.changed = look
    look()
    await crowd.seen(
        lambda: len(crowd.filed) >= ideas, WAIT_SECONDS + ideas * ACTS.per_ms / ACTS.count / 1_000
    )


async def _file(crowd: Crowd, desk: Device, idea: dict[str, Any], theme: ThemeId) -> None:
    answer: asyncio.Future[Final] = asyncio.get_running_loop().create_future()
    desk.do(c.FileIdea(IdeaId(idea["id"]), idea["revision"], theme), answer.set_result)
    if isinstance(await answer, wire.Ack):
        crowd.filed.add(idea["id"])
