"""Commands and views over HTTP: the same frames as on the socket, one a request."""

import asyncio
from typing import Any

import msgspec
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from app.core import views
from app.core.commands import AnyCommand
from app.core.errors import Refusal
from app.core.ids import CommandId
from app.realtime import wire
from app.realtime.answers import Answer, Busy
from app.realtime.session import CONSOLE_ROLES, complaint
from app.web.access import Asker, HouseOf, capability_of
from app.web.api.models import Problem, Snapshot
from app.web.errors import STATUSES, language_of, say
from app.web.house import House

router = APIRouter(
    prefix="/api", tags=["commands and views"], responses={401: {"model": Problem}, 403: {"model": Problem}}
)
UNANSWERED = Busy("overloaded", 1_000)

FRAME: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The frame of a command, as on the socket: `t` names it, `id` is made by the client "
        "before sending. An id that was accepted has the same answer for ever.",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/CommandFrame"}}},
    }
}
ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Accepted: durable, with the offset of its first event.",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Ack"}}},
    },
    409: {
        "description": "Refused for good (`nack`); the status depends on the code.",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Nack"}}},
    },
    503: {
        "description": "Not decidable now (`busy`): send the same id again after `retry_after_ms`.",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Busy"}}},
    },
}


@router.post("/commands", responses=ANSWERS, openapi_extra=FRAME)
async def command(request: Request, who: Asker, house: HouseOf) -> Response:
    """Give a command, with the same body as the socket's frame; answered by `ack`, `nack` or `busy`."""
    meeting, capability = capability_of(who)
    language = language_of(request)
    data = await request.body()
    limit = wire.CONSOLE_FRAME_BYTES_MAX if capability.role in CONSOLE_ROLES else wire.FRAME_BYTES_MAX
    if len(data) > limit:
        return answer_response(None, Refusal("frame_too_large", limit=limit), language)
    read = read_command(data)
    if isinstance(read[1], Refusal):
        return answer_response(read[0], read[1], language)
    hall = house.hall(meeting)
    try:
        async with asyncio.timeout(house.settings.command_wait_seconds):
            answer: Answer = await hall.submit(read[1], capability, CommandId(str(read[0])))
    except TimeoutError:
        answer = UNANSWERED
    return answer_response(read[0], answer, language)


def read_command(data: bytes) -> tuple[str | None, AnyCommand | Refusal]:
    """The command in a body, with its id; or what is wrong with it."""
    try:
        said = wire.read_client(data)
    except UnicodeDecodeError:
        return None, Refusal("bad_frame", reason="text")
    except RecursionError:
        return None, Refusal("bad_frame", reason="depth")
    except msgspec.DecodeError as error:
        return complaint(data, error)
    if isinstance(said, tuple):
        return said
    return None, Refusal("bad_frame", reason="kind")


def answer_response(command: str | None, answer: Answer, language: str) -> Response:
    """An answer as the frame that the socket would send, with the status that goes with it."""
    if isinstance(answer, Refusal):
        words = say(language, answer.code, answer.params)
        if answer.code == "outcome_unknown" and command is not None:
            frame: wire.FromServer = wire.Unknown(command, answer.code, words)
        else:
            frame = wire.Nack(command, answer.code, answer.params, words)
        return _response(frame, STATUSES[answer.code])
    if isinstance(answer, Busy):
        retry = {"Retry-After": str(max(1, -(-answer.retry_after_ms // 1000)))}
        words = say(language, answer.code, {})
        busy = wire.Busy(str(command), answer.code, answer.retry_after_ms, words)
        return _response(busy, STATUSES[answer.code], retry)
    return _response(wire.Ack(str(command), answer.offset, answer.blob), 200)


def _response(frame: wire.FromServer, status: int, headers: dict[str, str] | None = None) -> Response:
    return Response(wire.encode(frame), status, headers, media_type="application/json")


@router.get("/channels")
async def channels(who: Asker, house: HouseOf) -> list[str]:
    """The channels that I may hear."""
    meeting, capability = capability_of(who)
    return list(await house.hall(meeting).read(lambda state: views.channels(capability, state)))


@router.get("/channels/{channel}", response_model=Snapshot)
async def snapshot(channel: str, who: Asker, house: HouseOf) -> JSONResponse:
    """A channel as it stands now: what a snapshot frame of the socket holds."""
    meeting, capability = capability_of(who)
    return Response(  # type: ignore[return-value]
        await _snapshot(house, meeting, channel, capability), media_type="application/json"
    )


async def _snapshot(house: House, meeting: str, channel: str, capability: Any) -> bytes:
    hall = house.hall(meeting)

    def look(state: Any) -> bytes:
        if channel not in views.channels(capability, state):
            raise Refusal("not_allowed", role=capability.role.value, command="hear")
        position = hall.position
        seen = views.snapshot(state, channel)
        return wire.encode(
            {"channel": channel, "epoch": position.epoch, "offset": position.offset, "set": seen}
        )

    return await hall.read(look)
