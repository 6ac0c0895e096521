"""Capabilities of a meeting: links and codes, printable cards, new ones, rotated and revoked ones."""

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from app.core.capability import Role
from app.core.errors import Refusal
from app.core.ids import TableId
from app.i18n import available
from app.web.access import Asker, HouseOf, organiser_of
from app.web.api.models import NewCapability, Problem, WayModel, way_model
from app.web.cards import added_seats, cards_page, languages_of
from app.web.errors import language_of
from app.web.house import House
from app.web.registry import Wanted
from app.web.roles import CODED, MADE

router = APIRouter(
    prefix="/api/meetings/{meeting}",
    tags=["ways in"],
    responses={401: {"model": Problem}, 403: {"model": Problem}},
)


class Places(StrEnum):
    """What has codes."""

    TABLES = "tables"
    SEATS = "seats"

    @property
    def role(self) -> Role:
        """Whose codes they are."""
        return Role.TABLE_FACILITATOR if self is Places.TABLES else Role.PARTICIPANT


@router.get("/links")
async def links(meeting: str, who: Asker, house: HouseOf) -> list[WayModel]:
    """The link of every role that comes in by one. They are secrets."""
    return [way_model(way) for way in await house.links(organiser_of(who, meeting))]


@router.get("/codes/{places}")
async def codes(meeting: str, places: Places, who: Asker, house: HouseOf) -> list[WayModel]:
    """The codes of all tables, or of all seats; seats that were added get theirs now."""
    return [way_model(way) for way in await house.codes(organiser_of(who, meeting), places.role)]


@router.get("/cards/{places}", response_class=HTMLResponse)
async def cards(
    meeting: str, places: Places, request: Request, who: Asker, house: HouseOf,
    only: Annotated[str, Query(max_length=16, description="One language for all.")] = "",
) -> HTMLResponse:  # fmt: skip
    """A page to print: a card with code and QR for each table, or each seat.

    Each in the language of its table or seat; with `only=th` all in one.
    """
    organised = organiser_of(who, meeting)
    ways = await house.codes(organised, places.role)
    entry = house.entries[organised]
    spoken, added = await house.hall(organised).read(lambda state: (languages_of(state), added_seats(state)))
    reader = language_of(request) or entry.languages[0]
    return HTMLResponse(
        await cards_page(entry, ways, spoken, added, reader, only if only in available() else None)
    )


@router.post("/capabilities", status_code=201)
async def add(meeting: str, said: NewCapability, who: Asker, house: HouseOf) -> WayModel:
    """A further link, for another person or screen. Seats and tables have one code each already."""
    organised = organiser_of(who, meeting)
    if said.role not in MADE or said.role in CODED:
        raise Refusal("bad_field", field="role", reason="coded")
    await _check_scope(house, meeting, said)
    tables = tuple(TableId(table) for table in said.tables)
    wanted = Wanted(said.role, tables=tables, screen=said.screen, label=said.label)
    return way_model(await house.add_link(organised, wanted))


async def _check_scope(house: House, meeting: str, said: NewCapability) -> None:
    tables, screens = await house.hall(meeting).read(
        lambda state: (set(state.roster.tables), set(state.stage.screens))
    )
    for table in said.tables:
        if table not in tables:
            raise Refusal("unknown_table", table=table)
    if said.screen is not None and said.screen not in screens:
        raise Refusal("unknown_screen", screen=said.screen)


@router.post("/capabilities/{capability}/rotate")
async def rotate(meeting: str, capability: str, who: Asker, house: HouseOf) -> WayModel:
    """A new code or link; the old one is dead, devices that are in stay in."""
    held = await house.held(organiser_of(who, meeting), capability)
    if held.revoked:
        raise Refusal("revoked")
    return way_model(await house.rotate(held))


@router.delete("/capabilities/{capability}", status_code=204)
async def revoke(meeting: str, capability: str, who: Asker, house: HouseOf) -> None:
    """Withdraw a capability: its code or link is dead, its connections are closed within a second."""
    await house.doors.revoke(await house.held(organiser_of(who, meeting), capability))
