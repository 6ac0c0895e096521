"""The talk: every table types its ideas while people speak, and the theme team reads along."""

from loadtest.crowd import Crowd
from loadtest.director import Director

ARRIVE_S, EACH, WITHIN_S = 5.0, 4, 20.0


async def people(crowd: Crowd) -> None:
    laptops = await crowd.laptops(crowd.tables(), ARRIVE_S, pads=False)
    if crowd.part == 0:
        await crowd.role("theme_member", ("desk",))
    await crowd.seen(lambda: all(talking(laptop.value("tables", "agenda")) for laptop in laptops))
    await crowd.write_ideas(laptops, EACH, WITHIN_S)


def talking(agenda: dict[str, object] | None) -> bool:
    return agenda is not None and agenda["running"] is not None


async def stage(director: Director) -> None:
    tables = director.crowd.codes.room.tables
    desk = await director.crowd.role("theme_leader", ("desk",))
    await director.everybody(1)  # the probe
    await director.talk()
    await director.crowd.seen(
        lambda: sum(key.startswith("idea/") for key in desk.state.get("desk", {})) >= EACH * tables
    )
