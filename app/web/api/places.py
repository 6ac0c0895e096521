"""Who works at which place: the theme team by name, a table's laptops, a seat's way in."""

import asyncio

from fastapi import APIRouter
from pydantic import BaseModel, Field

from app.core.capability import Role
from app.core.errors import Refusal
from app.core.ids import MeetingId, SeatId, TableId
from app.web import registry, sessions
from app.web.access import Asker, HouseOf, capability_of
from app.web.api.models import Problem
from app.web.auth import wall_clock_ms
from app.web.cards import qr
from app.web.registry import Wanted
from app.web.sessions import Who

router = APIRouter(
    prefix="/api/meetings/{meeting}",
    tags=["places"],
    responses={401: {"model": Problem}, 403: {"model": Problem}},
)

HELM = (Role.ORGANISER, Role.LEAD_FACILITATOR, Role.STAGE_MANAGER)
"""Who runs the day from a console."""

TEAM = (Role.THEME_LEADER, Role.THEME_MEMBER)


class Teammate(BaseModel):
    """One of the theme team. `author` is how the acts of the desk name who did them."""

    capability: str
    author: str
    role: str
    label: str


class Laptop(BaseModel):
    """A laptop that came in with a table's code: `<device>:<seat>` is the keypad of its pad for a seat."""

    device: str
    connected: bool = Field(description="Whether it has a live connection now.")


class Line(BaseModel):
    """Who of a table is on the line, counted since the server started: the record knows nothing of it."""

    laptops: int
    phones: int
    lost_at_ms: int | None = Field(description="When its last laptop went, where none is there now.")


class SeatWay(BaseModel):
    """How somebody at a seat gets in by phone: the code of the seat's card, its link, and a QR of it."""

    seat: str
    code: str
    url: str
    qr: str = Field(description="An image, as a `data:` address.")


@router.get("/team")
async def team(meeting: str, who: Asker, house: HouseOf) -> list[Teammate]:
    """The theme team, its leader first: for its own members, and whoever organises."""
    own = _of(who, meeting, (*TEAM, Role.ORGANISER), "assign_tables")
    held = await house.store.run(registry.of_meeting(own, TEAM))
    held.sort(key=lambda each: each.capability.role is not Role.THEME_LEADER)
    return [
        Teammate(
            capability=each.capability.id,
            author=each.capability.author,
            role=each.capability.role.value,
            label=each.capability.label,
        )
        for each in held
        if not each.revoked
    ]


@router.get("/lines")
async def lines(meeting: str, who: Asker, house: HouseOf) -> dict[str, Line]:
    """The line of every table, for those who run the day; of their own tables, for area managers."""
    own = _of(who, meeting, (*HELM, Role.AREA_MANAGER), "hear")
    _, capability = capability_of(who)
    hall = house.hall(own)
    seats = await hall.read(lambda state: {t.id: list(t.seats) for t in state.roster.tables.values()})
    if capability.role is Role.AREA_MANAGER:
        seats = {table: seats[table] for table in capability.tables if table in seats}
    return {
        table: Line(laptops=line.laptops, phones=line.phones, lost_at_ms=line.lost_at_ms)
        for table, line in hall.audience.lines.of(seats).items()
    }


@router.get("/laptops/{table}")
async def laptops(meeting: str, table: str, who: Asker, house: HouseOf) -> list[Laptop]:
    """The laptops of a table, the newest first: for its area manager, and whoever organises."""
    own = _at_table(who, meeting, TableId(table))
    await house.hall(meeting).read(lambda state: state.roster.table(TableId(table)).id)
    devices = await house.store.run(sessions.laptops_of(own, TableId(table)))
    audience = house.hall(meeting).audience
    return [Laptop(device=device, connected=audience.connected(device)) for device in devices]


@router.get("/seats/{seat}/way")
async def way_of_seat(meeting: str, seat: str, who: Asker, house: HouseOf) -> SeatWay:
    """What stands on a seat's card, for a late arrival or a lost one: for its area manager, and organisers.

    The code is the same as on the card. It is a secret: who has it votes for the seat.
    """
    own = _of(who, meeting, (Role.AREA_MANAGER, Role.ORGANISER), "bind_keypad")
    table = await house.hall(meeting).read(lambda state: state.roster.seat(SeatId(seat)).table)
    _at_table(who, meeting, table)
    wanted = Wanted(Role.PARTICIPANT, seat=SeatId(seat), label=seat)
    await house.store.run(registry.add(house.keys, own, [wanted], wall_clock_ms()))
    held = await house.store.run(registry.of_seat(own, SeatId(seat)))
    if held is None or held.revoked:
        raise Refusal("revoked")
    way = house.way(held)
    image = await asyncio.to_thread(qr, way.url)
    return SeatWay(seat=seat, code=way.code or "", url=way.url, qr=image)


def _of(who: Who, meeting: str, roles: tuple[Role, ...], command: str) -> MeetingId:
    """The meeting, where who asks has one of these roles in it."""
    own, capability = capability_of(who)
    if own != meeting:
        raise Refusal("not_your_meeting")
    if capability.role not in roles:
        raise Refusal("not_allowed", role=capability.role.value, command=command)
    return own


def _at_table(who: Who, meeting: str, table: TableId) -> MeetingId:
    own = _of(who, meeting, (Role.AREA_MANAGER, Role.ORGANISER), "bind_keypad")
    _, capability = capability_of(who)
    if capability.role is Role.AREA_MANAGER and table not in capability.tables:
        raise Refusal("not_your_table", table=table[:64])
    return own
