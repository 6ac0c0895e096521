"""Getting in: a code or link becomes a device session; a page's session gets tickets for its socket."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from app.core.errors import Refusal
from app.web.access import (
    Asker,
    HouseOf,
    cookie_name,
    drop_cookie,
    only_owner,
    origin_of,
    set_cookie,
    taken,
)
from app.web.owners import Owners
from app.web.roles import OWNER_PAGE, PAGES, PAGES_OF
from app.web.sessions import Joined, Who

router = APIRouter(prefix="/api", tags=["getting in"])


class Body(BaseModel):
    """A body that takes no field it does not know."""

    model_config = ConfigDict(extra="forbid")


Secret = Annotated[str, Field(min_length=1, max_length=200)]


class Join(Body):
    """What was typed or scanned: the code of a seat or a table, or the secret of a link."""

    code: Secret
    page: str | None = Field(
        default=None, max_length=20, description="Which page opens, where the role has several."
    )


class Login(Body):
    """The organisers' password."""

    password: Secret


class OpenPage(Body):
    """Another page for the same capability, with a session of its own."""

    page: str = Field(max_length=20)


class Entered(BaseModel):
    """A device session.

    `token` is said to programs only (requests without an Origin): send it as `Authorization: Bearer`
    and in the socket's hello. A page gets a cookie instead.
    """

    role: str = Field(description="The role, or `owner` for whoever runs the server.")
    page: str = Field(description="The page that the session belongs to; empty for a program.")
    meeting: str | None
    device: str = Field(description="The keypad id of this device.")
    seat: str | None = None
    tables: tuple[str, ...] = ()
    screen: str | None = None
    pages: tuple[str, ...] = Field(default=(), description="The pages that the role has.")
    beside: int = Field(
        default=0,
        description="Asked who I am: other devices with the same right that are connected now, as the "
        "second laptop of a table.",
    )
    token: str | None = None


class Ticket(BaseModel):
    """Good once, for the first frame of a page's first connection."""

    ticket: str
    seconds: int


def owners_of(request: Request) -> Owners:
    """The owner's link and password of this server."""
    owners: Owners = request.app.state.owners
    return owners


def entered(who: Who, token: str | None) -> Entered:
    """A session as it is told."""
    capability = who.capability
    if capability is None:
        return Entered(role="owner", page=who.page, meeting=None, device="", pages=(OWNER_PAGE,), token=token)
    return Entered(
        role=capability.role.value,
        page=who.page,
        meeting=who.meeting,
        device=capability.device,
        seat=capability.seat,
        tables=capability.tables,
        screen=capability.screen,
        pages=PAGES_OF[capability.role],
        token=token,
    )


def handed_over(house: HouseOf, response: Response, joined: Joined) -> Entered:
    """A new session: by cookie to a page, by token to a program."""
    if joined.who.page:
        set_cookie(response, house, joined)
        return entered(joined.who, None)
    return entered(joined.who, joined.token)


ANSWERS: dict[int | str, dict[str, Any]] = {
    401: {"description": "Unknown code, after a delay."},
    429: {"description": "Too many wrong codes of everybody: come again later."},
}


@router.post("/join", responses=ANSWERS)
async def join(said: Join, request: Request, response: Response, house: HouseOf) -> Entered:
    """Exchange a code or a link's secret for a device session.

    A right code is answered at once, whatever else happens; a wrong one after one to eight seconds.
    """
    browser = origin_of(request) is not None
    if await owners_of(request).burn(said.code):
        return handed_over(house, response, await house.doors.own(browser=browser))
    if said.page == OWNER_PAGE:
        return handed_over(house, response, taken(await house.doors.wrong(Refusal("unknown_code"))))

    def held_by(page: str) -> str | None:
        return request.cookies.get(cookie_name(house, page))

    joined = taken(await house.doors.join(said.code, browser=browser, page=said.page, held_by=held_by))
    return handed_over(house, response, joined)


@router.post("/login", responses=ANSWERS)
async def login(said: Login, request: Request, response: Response, house: HouseOf) -> Entered:
    """A session of the server's owner, for the organisers' password."""
    browser = origin_of(request) is not None
    joined = taken(await owners_of(request).enter_by_password(said.password, browser=browser))
    return handed_over(house, response, joined)


@router.put("/password", status_code=204)
async def set_password(said: Login, request: Request, who: Asker) -> None:
    """Set the organisers' password (owner only, ten letters or more)."""
    only_owner(who)
    await owners_of(request).set_password(said.password)


@router.get("/session")
async def session(who: Asker, house: HouseOf) -> Entered:
    """Who I am, and how many others are connected in my place."""
    told = entered(who, None)
    if who.meeting is not None:
        audience = house.hall(who.meeting).audience
        told.beside = sum(1 for device in await house.doors.beside(who) if audience.connected(device))
    return told


@router.post("/session")
async def open_page(
    said: OpenPage, request: Request, response: Response, who: Asker, house: HouseOf
) -> Entered:
    """Open another page that the role may have; it gets a session and a cookie of its own."""
    if said.page not in PAGES or origin_of(request) is None:
        raise Refusal("bad_field", field="page", reason="unknown")
    return handed_over(house, response, taken(await house.doors.open_page(who, said.page)))


@router.delete("/session", status_code=204)
async def leave(response: Response, who: Asker, house: HouseOf) -> None:
    """End this device session."""
    await house.doors.leave(who)
    if who.page:
        drop_cookie(response, house, who.page)


@router.delete("/sessions", status_code=204)
async def leave_all(
    request: Request,
    response: Response,
    house: HouseOf,
    page: Annotated[list[str], Query(max_length=len(PAGES), description="Whose sessions.")],
) -> None:
    """End the sessions that this browser holds for these pages, where it holds any: the end of a day."""
    if origin_of(request) is None:
        raise Refusal("bad_origin")
    for name in page:
        if name not in PAGES:
            raise Refusal("bad_field", field="page", reason="unknown")
        held = request.cookies.get(cookie_name(house, name))
        who = None if held is None else await house.doors.who(held)
        if who is not None:
            await house.doors.leave(who)
        drop_cookie(response, house, name)


@router.post("/ticket")
async def ticket(who: Asker, house: HouseOf) -> Ticket:
    """A ticket for the page's first connection; reconnects use the resume secret of the last welcome."""
    if who.capability is None:
        raise Refusal("not_your_meeting")
    return Ticket(ticket=house.doors.ticket(who), seconds=house.settings.ticket_seconds)
