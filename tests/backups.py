"""A data folder with a meeting in it, for tests of backups and restores: a server in this process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from app.core import commands as c
from app.core.capability import Capability, Role
from app.core.ids import KeypadId, MeetingId, MessageId, QuestionId, SeatId
from app.core.receipts import Accepted
from app.main import Server, build
from app.plan import PLANS
from app.realtime.hall import Hall
from app.settings import Settings
from app.web.keys import new_id

REHEARSAL = (PLANS / "rehearsal.yaml").read_text(encoding="utf-8")
SEAT = SeatId("1-1")


@asynccontextmanager
async def server_on(folder: Path, settings: Settings | None = None) -> AsyncIterator[Server]:
    """A server on this folder, without a port; it makes a meeting, which runs, where there is none."""
    server = build(settings or Settings(data_dir=folder, argon2_memory_kib=8192))
    await server.house.open()
    try:
        if not server.house.entries:
            await do(server, c.StartMeeting(), meeting=await server.house.create_meeting(REHEARSAL))
        yield server
    finally:
        await server.close()


def meeting_of(server: Server) -> MeetingId:
    return next(iter(server.house.entries))


def hall_of(server: Server) -> Hall:
    return server.house.hall(meeting_of(server))


async def capability(server: Server, role: Role) -> Capability:
    house, meeting = server.house, meeting_of(server)
    if role in (Role.PARTICIPANT, Role.TABLE_FACILITATOR):
        return (await house.codes(meeting, role))[0].capability
    return next(way.capability for way in await house.links(meeting) if way.capability.role is role)


async def do(
    server: Server, said: c.AnyCommand, role: Role = Role.ORGANISER, meeting: MeetingId | None = None
) -> int:
    """Have a command accepted; gives its offset."""
    by = await capability(server, role)
    if role is Role.PARTICIPANT:
        by = Capability(by.id, by.role, KeypadId("phone"), seat=by.seat)
    answer = await server.house.hall(meeting or meeting_of(server)).submit(said, by)
    assert isinstance(answer, Accepted), answer
    return answer.offset


async def say(server: Server, text: str) -> MessageId:
    message = MessageId(new_id("msg"))
    await do(server, c.SendMessage(message, {"en": text}))
    return message


async def vote(server: Server, question: str, *choices: str) -> None:
    """The first seat takes its phone and votes."""
    seat = (await capability(server, Role.PARTICIPANT)).seat
    assert seat is not None
    if hall_of(server).meeting.roster.seats[seat].keypad is None:
        await do(server, c.JoinSeat(seat), Role.PARTICIPANT)
    now = hall_of(server).meeting.questions.questions[QuestionId(question)].now
    await do(server, c.CastBallot(QuestionId(question), now.number, seat, choices), Role.PARTICIPANT)
