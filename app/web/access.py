"""Who asks over HTTP: a bearer token, the cookie of a page with a matching Origin, or the owner's socket.

A page uses only its own cookie and names itself in the header `Town-Page` (links to files name it
in the query). A cookie counts only with an exactly matching Origin; reading (GET) also without
one, since browsers then send none, and nobody else can read the answer.
"""

from typing import Annotated, Any

from fastapi import Depends, Header, Query, Request, Response

from app.core.capability import Capability, Role
from app.core.errors import Refusal
from app.core.ids import MeetingId
from app.realtime.answers import Busy
from app.web.house import BusyNow, House
from app.web.roles import OWNER_PAGE, PAGES
from app.web.sessions import OWNER, Joined, Who

OWNER_SCOPE = "townmeeting.owner"
"""Set in the ASGI scope by the socket in the data directory, by nothing else."""

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def house_of(request: Request) -> House:
    """The server behind this request."""
    house: House = request.app.state.house
    return house


HouseOf = Annotated[House, Depends(house_of)]


def cookie_name(house: House, page: str) -> str:
    """The name of a page's cookie: bound to host and TLS where there is TLS.

    A rehearsal has names of its own: a browser sends the cookies of a host to all its ports, and who looks
    into the rehearsal must not lose the session of the day.
    """
    name = f"rehearsal-{page}" if house.settings.rehearsal else page
    return f"__Host-{name}" if house.settings.secure else name


def origin_of(request: Request) -> str | None:
    """The Origin of a request, checked against the list; `None` where the client sent none.

    Raises:
        Refusal: bad_origin.
    """
    origins = request.headers.getlist("origin")
    if not origins:
        return None
    if len(origins) > 1 or origins[0] not in house_of(request).settings.origins:
        raise Refusal("bad_origin")
    return origins[0]


async def anybody(
    request: Request,
    authorization: Annotated[str, Header(description="`Bearer` and the token of a device session.")] = "",
    town_page: Annotated[str, Header(description="Which page asks, by its cookie.")] = "",
    page: Annotated[str, Query(description="As the header, for links to files.", max_length=20)] = "",
) -> Who | None:
    """Whoever asks, or `None` where nobody says so; what they are told is in their meeting's language."""
    who = await _known(request, authorization, town_page or page)
    if who is not None:
        meeting = who.meeting or request.path_params.get("meeting")
        entry = house_of(request).entries.get(meeting) if meeting else None
        request.state.languages = entry.languages if entry else ()
    return who


async def _known(request: Request, authorization: str, named: str) -> Who | None:
    if request.scope.get(OWNER_SCOPE) is True:
        return OWNER
    origin = origin_of(request)
    house = house_of(request)
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() == "bearer" and token:
        return await house.doors.who(token.strip())
    if named not in (*PAGES, OWNER_PAGE) or (origin is None and request.method not in SAFE):
        return None
    if request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        return None
    held = request.cookies.get(cookie_name(house, named))
    who = await house.doors.who(held) if held else None
    return who if who is not None and who.page == named else None


async def somebody(who: Annotated[Who | None, Depends(anybody)]) -> Who:
    """Whoever asks.

    Raises:
        Refusal: unknown_session.
    """
    if who is None:
        raise Refusal("unknown_session")
    return who


Asker = Annotated[Who, Depends(somebody)]
MaybeAsker = Annotated[Who | None, Depends(anybody)]


def capability_of(who: Who) -> tuple[MeetingId, Capability]:
    """The capability of who asks.

    Raises:
        Refusal: not_your_meeting, where it is the owner, who has none until a meeting is opened.
    """
    if who.capability is None or who.meeting is None:
        raise Refusal("not_your_meeting")
    return who.meeting, who.capability


def organiser_of(who: Who, meeting: str) -> MeetingId:
    """The meeting, where who asks may organise it: the owner, or an organiser of it.

    Raises:
        Refusal: not_your_meeting, not_allowed.
    """
    if who.capability is None:
        return MeetingId(meeting)
    if who.meeting != meeting:
        raise Refusal("not_your_meeting")
    if who.capability.role is not Role.ORGANISER:
        raise Refusal("not_allowed", role=who.capability.role.value, command="organise")
    return MeetingId(meeting)


def only_owner(who: Who) -> None:
    """Let only the server's owner pass.

    Raises:
        Refusal: not_allowed.
    """
    if who.capability is not None:
        raise Refusal("not_allowed", role=who.capability.role.value, command="own")


def taken(answer: Joined | Refusal | Busy) -> Joined:
    """The session, or the problem raised."""
    if isinstance(answer, Refusal):
        raise answer
    if isinstance(answer, Busy):
        raise BusyNow(answer)
    return answer


def set_cookie(response: Response, house: House, joined: Joined) -> None:
    """Give a page its cookie."""
    response.set_cookie(
        cookie_name(house, joined.who.page),
        joined.token,
        max_age=house.settings.session_hours * 3600,
        path="/",
        secure=house.settings.secure,
        httponly=True,
        samesite="strict",
    )


def drop_cookie(response: Response, house: House, page: str) -> None:
    """Take a page's cookie away."""
    options: dict[str, Any] = {"path": "/", "httponly": True, "samesite": "strict"}
    response.delete_cookie(cookie_name(house, page), secure=house.settings.secure, **options)
