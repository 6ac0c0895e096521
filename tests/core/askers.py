"""Who gives a generated command: mostly somebody who may."""

from app.core import commands as c
from app.core.capability import Capability
from app.core.commands import Channel
from tests import builders as b
from tests.core.naive_model import World, wheres
from tests.core.pick import Pick
from tests.core.who_may import scope_of, who_may

_ANYWHERE = (
    b.ORGANISER,
    b.LEAD,
    b.STAGE_MANAGER,
    b.STAGE,
    b.THEME_LEADER,
    b.THEME_MEMBER,
    b.OTHER_MEMBER,
    b.EXPERT,
    b.VIEWER,
    b.SCREEN,
    b.RECEIVER,
    b.SERVER,
)
_AT_TABLES = (
    b.facilitator("1"),
    b.facilitator("2"),
    b.facilitator("3"),
    b.facilitator("1", "spare"),
    b.area_manager("1", "2"),
    b.area_manager("3"),
)


def _holder(p: Pick, w: World, name: str, command: c.AnyCommand) -> Capability | None:
    """Mostly, who holds the seat's keypad is the one that votes with it."""
    about = w.seats.get(str(getattr(command, "seat", "")), {})
    if name not in ("cast_ballot", "withdraw_ballot", "ask_more_time") or not about or p.unlikely():
        return None
    if about["channel"] is Channel.LAPTOP:
        laptop = about["keypad"].partition(":")[0]
        return b.facilitator(about["table"], laptop)
    seat = str(getattr(command, "seat", ""))
    return b.participant(seat, about["keypad"]) if about["channel"] is Channel.PHONE else None


def asker(p: Pick, w: World, command: c.AnyCommand) -> Capability:
    """Somebody who may give the command; rarely somebody who may not."""
    name = c.command_name(type(command))
    if p.unlikely(6):
        return p.of([*_ANYWHERE, *_AT_TABLES, b.participant("1-1"), b.participant("2-2")])
    role = p.of(who_may(name))
    if (holder := _holder(p, w, name, command)) is not None:
        return holder
    match scope_of(role, name):
        case "seat":
            about = str(getattr(command, "seat", "1-1"))
            keypad = w.seats.get(about, {}).get("keypad") or ""
            held = keypad if keypad.startswith("phone") else f"phone{about}"
            return b.participant(about, f"phone{about}b" if p.unlikely(20) else held)
        case "table":
            wanted = wheres(w, name, command)
            there = [x for x in _AT_TABLES if x.role is role and wanted & set(x.tables)]
            return p.of(there or [x for x in _AT_TABLES if x.role is role])
        case _:
            return p.of([x for x in _ANYWHERE if x.role is role])
