"""The second laptop: admitted by a one-time code, then it asks for what comes after what it holds.

These three are for `townmeeting follow` and speak MessagePack (`app/log/followed.py`); what they give is
the raw record and the server's keys, so they are refused where others on the network could read along.
"""

import asyncio
from contextlib import aclosing
from ipaddress import ip_address
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Header, Request, Response
from pydantic import BaseModel, Field

from app.core.errors import Refusal
from app.core.ids import MeetingId
from app.log import followed
from app.log.carry import Item, carried, framed
from app.log.chain import genesis_head
from app.log.port import EventLog, Segment
from app.realtime.answers import Busy
from app.web.access import Asker, HouseOf, only_owner
from app.web.api.models import Problem
from app.web.api.places import HELM
from app.web.auth import wall_clock_ms
from app.web.errors import HttpProblem
from app.web.followers import NotAdmitted
from app.web.house import BusyNow, House

PIECE_BYTES = 1 << 20
"""About so much of the logs is told at once; a follower that is far behind asks again and again."""

ASK_SECONDS = 1.0
"""So long an answer waits for something new."""

BINARY = "application/msgpack"
NAME_LETTERS_MAX = 60


def unread_by_others(request: Request, house: HouseOf) -> None:
    """Let only pass what nobody else on the network can read: TLS, or this machine itself.

    Raises:
        HttpProblem: tls_needed.
    """
    if house.settings.plain_lan or not (request.url.scheme == "https" or _here(request)):
        raise HttpProblem("tls_needed")


def _here(request: Request) -> bool:
    try:
        return request.client is None or ip_address(request.client.host).is_loopback
    except ValueError:
        return False


router = APIRouter(
    prefix="/api/follow",
    tags=["second laptop"],
    responses={401: {"model": Problem}, 403: {"model": Problem}, 409: {"model": Problem}},
)
guarded = [Depends(unread_by_others)]


class FollowCode(BaseModel):
    """A one-time code that admits a follower."""

    code: str = Field(description="Typed at the second laptop: `townmeeting follow URL --code ...`.")
    good_until_ms: int
    url: str = Field(description="Of this server, as the second laptop names it.")


@router.post("/code", dependencies=guarded)
async def new_code(who: Asker, house: HouseOf) -> FollowCode:
    """A one-time code for a second laptop: for the server's owner. Whoever uses it gets every key."""
    only_owner(who)
    made = await house.followers.new_code(wall_clock_ms())
    return FollowCode(code=made.code, good_until_ms=made.good_until_ms, url=house.url)


@router.delete("", status_code=204)
async def dismiss(who: Asker, house: HouseOf) -> None:
    """End the follower's admission: its token, and a code that was not used, are good no more."""
    only_owner(who)
    await house.followers.dismiss()


class SecondLaptop(BaseModel):
    """How the second laptop stands."""

    admitted: bool
    name: str = ""
    doubled: bool = Field(default=False, description="Two programs had its token: it is good no more.")
    connected: bool = Field(default=False, description="It has asked within the last seconds.")
    behind: int = Field(default=0, description="Events that are on this server only.")
    heard_seconds: float | None = Field(default=None, description="Since it asked last.")
    wait_ms: int = Field(default=0, description="How long an acknowledgement would wait for it; 0: never.")
    waited: bool = Field(default=False, description="Acknowledgements wait for it now.")
    lost: int = Field(
        default=0,
        description="Events at least that devices or it were told of and this server does not have.",
    )


@router.get("")
async def second_laptop(who: Asker, house: HouseOf) -> SecondLaptop:
    """How the second laptop stands: for the server's owner, and those who run a day."""
    if who.capability is not None and who.capability.role not in HELM:
        raise Refusal("not_allowed", role=who.capability.role.value, command="hear")
    known, state = await house.followers.known(), house.following.state()
    lost = max((hall.audience.ahead for hall in house.lobby.halls.values()), default=0)
    if known is None:
        return SecondLaptop(admitted=False, wait_ms=house.following.wait_ms, lost=lost)
    return SecondLaptop(
        admitted=True,
        name=known.name,
        doubled=known.doubled,
        connected=state.connected,
        behind=state.behind,
        heard_seconds=state.heard_seconds,
        wait_ms=house.following.wait_ms,
        waited=state.waited,
        lost=lost,
    )


class Enter(BaseModel):
    """The one-time code, and what the second laptop is called."""

    code: str = Field(min_length=1, max_length=100)
    name: str = Field(default="", max_length=NAME_LETTERS_MAX)


@router.post("/enter", dependencies=guarded, responses={200: {"content": {BINARY: {}}}})
async def enter(said: Enter, house: HouseOf) -> Response:
    """Exchange the one-time code for a token and the server's keys; a wrong one is answered late."""
    answer = await house.followers.admit(said.code, said.name, wall_clock_ms())
    if isinstance(answer, Refusal):
        raise answer
    if isinstance(answer, Busy):
        raise BusyNow(answer)
    return Response(followed.encode(answer), media_type=BINARY)


@router.post(
    "",
    dependencies=guarded,
    responses={200: {"content": {BINARY: {}}}},
    openapi_extra={"requestBody": {"content": {BINARY: {"schema": {"type": "string", "format": "binary"}}}}},
)
async def follow(
    request: Request,
    house: HouseOf,
    authorization: Annotated[str, Header(description="`Bearer` and the follower's token.")] = "",
) -> Response:
    """What comes after what the follower holds; at once, or when there is something, or after a second."""
    try:
        await house.followers.check(authorization.removeprefix("Bearer ").strip())
        ask = _read(await request.body())
        await house.followers.check_run(ask.run)
    except NotAdmitted as not_admitted:
        code = "follower_doubled" if not_admitted.doubled else "follower_not_admitted"
        raise HttpProblem(code) from not_admitted
    if not house.ready.is_set():
        raise BusyNow(Busy("starting", 2_000))
    if ask.leaving:
        house.following.left("it has left")
        return Response(followed.encode(followed.Told()), media_type=BINARY)
    house.following.told(await _checked(house, ask))
    return Response(followed.encode(await _told(house, ask)), media_type=BINARY)


def _read(said: bytes) -> followed.Ask:
    try:
        ask = followed.read_ask(said)
    except (msgspec.DecodeError, ValueError) as error:
        raise HttpProblem("bad_request") from error
    if ask.version != followed.VERSION or not 8 <= len(ask.run) <= 64:
        raise HttpProblem("bad_request")
    return ask


async def _checked(house: House, ask: followed.Ask) -> dict[MeetingId, int]:
    """How much the follower holds of each meeting, where that is the beginning of what is recorded here.

    Raises:
        HttpProblem: follower_differs: it says that it holds something else, or more.
    """
    held = {}
    for each in ask.held:
        meeting = MeetingId(each.meeting)
        log = house.logs.get(meeting)
        if log is None or not await _begins_with(log, each):
            house.following.left(f"it does not hold the beginning of {each.meeting[:60]}")
            if log is not None and each.epoch == log.position.epoch:
                lost = each.offset - log.position.offset
                house.lobby.halls[meeting].audience.told_of_more("the second laptop", lost)
            raise HttpProblem("follower_differs", meeting=each.meeting[:60])
        held[meeting] = each.offset
    return held


async def _begins_with(log: EventLog, held: followed.Holds) -> bool:
    here = log.position
    ends = {epoch.name: after.after for epoch, after in zip(log.epochs, log.epochs[1:], strict=False)}
    end = ends.get(held.epoch, here.offset if held.epoch == here.epoch else -1)
    if not 0 <= held.offset <= end:
        return False
    return held.head == await _head_at(log, held.offset)


async def _head_at(log: EventLog, offset: int) -> bytes | None:
    """The chain's head where a segment ends with this event; `None` where none does."""
    if offset == 0:
        return genesis_head(log.genesis)
    if offset == log.position.offset:
        return log.head
    async with aclosing(log.read_after(offset - 1)) as segments:  # type: ignore[type-var]
        async for segment in segments:
            return segment.head if segment.last == offset else None
    return None


async def _told(house: House, ask: followed.Ask) -> followed.Told:
    """What is new for the follower; waits for it a little."""
    loop = asyncio.get_running_loop()
    until = loop.time() + ASK_SECONDS
    while True:
        version = house.following.version
        # the database before the logs: then it names no meeting that they lack
        database = await house.followers.database(ask.database)
        pieces = await _pieces(house, {each.meeting: each for each in ask.held})
        if pieces or database is not None or loop.time() >= until:
            return followed.Told(tuple(pieces), database, house.following.state().waited)
        await house.following.news(version, until - loop.time())


async def _pieces(house: House, held: dict[str, followed.Holds]) -> list[followed.Piece]:
    pieces, left = [], PIECE_BYTES
    for meeting, log in list(house.logs.items()):
        there = held.get(meeting)
        items: list[Item] = [] if there else [log.genesis]
        if there is None or (there.epoch, there.offset) != log.position:
            left -= await _gather(log, there.offset if there else 0, items, left)
        if items:
            pieces.append(followed.Piece(meeting, log.position.offset, framed(items)))
    return pieces


async def _gather(log: EventLog, after: int, items: list[Item], most: int) -> int:
    """Add what a log has after an event, up to about so many bytes; gives how many."""
    size = 0
    async with aclosing(carried(log, after)) as going:  # type: ignore[type-var]
        async for item in going:
            if size >= most:
                break
            items.append(item)
            size += len(item.body) if isinstance(item, Segment) else 0
    return size


class SaidTerm(BaseModel):
    """A term, as a welcome says it."""

    term: str = Field(max_length=100)


class HeardTerm(BaseModel):
    """Whether this server has been replaced by one of that term."""

    replaced: bool


term_router = APIRouter(prefix="/api", tags=["second laptop"])


@term_router.post("/term")
async def term(said: SaidTerm, house: HouseOf) -> HeardTerm:
    """Be told by a promoted server that it goes on; any other text than a true later term does nothing."""
    return HeardTerm(replaced=house.hear(said.term))
