"""Stand-ins for the world around the realtime parts: a plan, a doorkeeper, a line, words, dice."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from typing import Any, cast

import msgspec

from app.core.capability import Capability, Role
from app.core.commands import AnyCommand, BindKeypad, Channel, OpenVoting, PrepareMeeting, StartMeeting
from app.core.errors import Refusal
from app.core.ids import (
    CapabilityId,
    CommandId,
    ItemId,
    KeypadId,
    MeetingId,
    OptionId,
    QuestionId,
    Round,
    SeatId,
    SiteId,
    TableId,
)  # fmt: skip
from app.core.planned import (
    Kind,
    Level,
    PlannedItem,
    PlannedMeeting,
    PlannedOption,
    PlannedQuestion,
    PlannedSeat,
    PlannedSite,
    PlannedTable,
    QuestionRules,
    Recruitment,
    ScaleStep,
)  # fmt: skip
from app.core.receipts import Accepted
from app.log.memory import MemoryLog
from app.log.port import EventLog, Genesis
from app.realtime import wire
from app.realtime.answers import Answer, Busy
from app.realtime.ballot_keys import BallotKeys, MemoryBallotKeys
from app.realtime.blobs import Blobs
from app.realtime.clock import SteppedClock
from app.realtime.connection import Connection
from app.realtime.doorkeeper import Admission, Credentials
from app.realtime.hall import Hall
from app.realtime.intake import SERVER
from app.realtime.lobby import Lobby
from app.realtime.writer import Recount

MEETING = MeetingId("city-2026")
START_MS = 1_790_000_000_000
PLACE, SECRET, RATE = QuestionId("place"), QuestionId("secret"), QuestionId("rate")
ONE, TWO = OptionId("shade"), OptionId("water")


def plan(tables: int = 2, seats: int = 10) -> PlannedMeeting:
    """A small meeting: tables of so many seats, a question to pick from, an anonymous one, a rating."""
    title = {"en": "A city meeting", "th": "ประชุมเมือง"}
    options = tuple(PlannedOption(o, {"en": o, "th": o}) for o in (ONE, TWO))
    scale = tuple(ScaleStep(v, {"en": str(v), "th": str(v)}) for v in (1, 0, -1))
    return PlannedMeeting(
        title=title,
        languages=("en", "th"),
        date="2026-11-23",
        time_zone="Asia/Bangkok",
        level=Level.CONSULT,
        recruitment=Recruitment.DRAWN,
        sites=(PlannedSite(SiteId("hall"), title),),
        tables=tuple(PlannedTable(TableId(str(t)), SiteId("hall")) for t in range(1, tables + 1)),
        seats=tuple(
            PlannedSeat(seat_id(t, s), TableId(str(t)))
            for t in range(1, tables + 1)
            for s in range(1, seats + 1)
        ),
        agenda=(PlannedItem(ItemId("talk"), title, 30, takes_ideas=True),),
        questions=(
            PlannedQuestion(PLACE, title, QuestionRules(Kind.PICK_ONE), options),
            PlannedQuestion(SECRET, title, QuestionRules(Kind.PICK_ONE, anonymous=True), options),
            PlannedQuestion(RATE, title, QuestionRules(Kind.RATING), options, scale),
        ),
    )


def seat_id(table: int, seat: int) -> SeatId:
    return SeatId(f"{table}-{seat}")


def capability(role: Role, name: str = "", **scope: Any) -> Capability:
    """A capability with a name of its own; its device has the same name."""
    name = name or role.value
    return Capability(CapabilityId(name), role, device=KeypadId(f"dev-{name}"), **scope)


ORGANISER = capability(Role.ORGANISER)


def laptop(table: int, name: str = "") -> Capability:
    return capability(Role.TABLE_FACILITATOR, name or f"laptop-{table}", tables=(TableId(str(table)),))


def phone(table: int, seat: int, name: str = "") -> Capability:
    return capability(Role.PARTICIPANT, name or f"phone-{table}-{seat}", seat=seat_id(table, seat))


def pad_of(by: Capability, seat: SeatId) -> BindKeypad:
    return BindKeypad(seat, KeypadId(f"{by.device}:{seat}"), Channel.LAPTOP)


class Dice:
    """Random bytes that are the same in every run."""

    def __init__(self, seed: int = 1) -> None:
        self._random = random.Random(seed)

    def __call__(self, count: int) -> bytes:
        return self._random.randbytes(count)


DICE = Dice(2)


def new_id() -> CommandId:
    return CommandId("cmd_" + DICE(16).hex())


def say(language: str, code: str, params: Mapping[str, Any]) -> str:
    """A sentence that shows what it was made of."""
    return f"{language}:{code}" + "".join(f" {name}={value}" for name, value in params.items())


class Gatekeeper:
    """A doorkeeper whose tokens are the names of capabilities; resume secrets are rotated and counted."""

    def __init__(self, capabilities: Iterable[Capability] = (), meeting: MeetingId = MEETING) -> None:
        self._held = {c.id: c for c in capabilities}
        self._meeting = meeting
        self._resumes: dict[str, tuple[Capability, int]] = {}
        self._rotation = 0
        self.asked: list[Credentials] = []
        self.busy: Busy | None = None
        self.open = asyncio.Event()
        self.open.set()

    def add(self, capability: Capability) -> str:
        self._held[capability.id] = capability
        return capability.id

    async def admit(self, shown: Credentials) -> Admission | Refusal | Busy:
        self.asked.append(shown)
        await self.open.wait()
        if self.busy is not None:
            return self.busy
        if shown.resume is not None:
            found = self._resumes[shown.resume][0] if shown.resume in self._resumes else None
        else:
            found = self._held.get(CapabilityId(shown.token or shown.ticket or ""))
        if found is None:
            return Refusal("unknown_session")
        self._rotation += 1
        resume = f"resume-{self._rotation}"
        self._resumes[resume] = (found, self._rotation)
        return Admission(self._meeting, found, resume)


class Line:
    """A transport that keeps what it was given."""

    def __init__(self) -> None:
        self.raw: list[bytes] = []
        self.writes = 0
        self.code: int | None = None
        self.aborted = False
        self.allowed = 0
        self.unsent = 0

    def send(self, frames: Sequence[bytes]) -> None:
        assert self.code is None, "nothing is sent after the close"
        self.writes += 1
        self.raw += frames

    def close(self, code: int) -> None:
        self.code = code if self.code is None else self.code

    def abort(self) -> None:
        self.aborted = True

    def backlog(self) -> int:
        return self.unsent

    def allow(self, frame_bytes: int) -> None:
        self.allowed = frame_bytes

    @property
    def frames(self) -> list[wire.ServerFrame]:
        return [wire.read_server(raw) for raw in self.raw]

    def of(self, kind: type[Any]) -> list[Any]:
        """The frames of one kind."""
        return [frame for frame in self.frames if isinstance(frame, kind)]


def values(view: wire.View) -> dict[str, Any]:
    """What a view sets, read."""
    return {key: msgspec.json.decode(raw) for key, raw in view.set.items()}


async def no_recount(question: QuestionId, number: Round) -> Mapping[str, int]:  # noqa: ARG001
    return {}


def new_log(epoch: str = "epoch-1") -> MemoryLog:
    return MemoryLog(Genesis(MEETING, "hall", epoch))


class Running:
    """A hall with everything around it."""

    def __init__(
        self, hall: Hall, lobby: Lobby, log: MemoryLog, clock: SteppedClock, gate: Gatekeeper
    ) -> None:
        self.hall, self.lobby, self.log, self.clock, self.gate = hall, lobby, log, clock, gate
        self.faults = 0  # that a test makes

    async def do(self, said: AnyCommand, by: Capability = ORGANISER, command: CommandId | None = None) -> int:
        """Have a command accepted; gives the offset."""
        answer = await self.hall.submit(said, by, command)
        assert isinstance(answer, Accepted), answer
        return answer.offset

    async def ask(
        self, said: AnyCommand, by: Capability = ORGANISER, command: CommandId | None = None
    ) -> Answer:
        return await self.hall.submit(said, by, command)

    async def vote_open(self, question: QuestionId = PLACE, tables: int = 1) -> None:
        """Bind every pad of some tables and open a vote."""
        for table in range(1, tables + 1):
            for seat in range(1, 11):
                await self.do(pad_of(laptop(table), seat_id(table, seat)), laptop(table))
        await self.do(OpenVoting(question))

    def connect(self, *, origin: str | None = None) -> tuple[Line, Connection]:
        line = Line()
        return line, self.lobby.connect(line, origin=origin, address="192.0.2.1")

    async def enter(self, by: Capability, **hello: Any) -> tuple[Line, Connection]:
        """Connect and be welcomed."""
        line, connection = self.connect()
        connection.received(hello_frame(token=self.gate.add(by), **hello))
        await until(lambda: line.of(wire.Welcome) or line.code)
        return line, connection


BLOBS = Blobs(bytes(range(32)), MEETING, Dice(4))


def hello_frame(**hello: Any) -> bytes:
    return wire.encode(wire.Hello(**{"protocol": wire.PROTOCOL, **hello}))


async def until(what: Callable[[], object], seconds: float = 30.0) -> None:
    """Wait for a condition, turn by turn of the event loop, with a limit."""
    async with asyncio.timeout(seconds):
        turns = 0
        while not what():
            turns += 1
            await asyncio.sleep(0 if turns < 100 else 0.002)


@contextlib.asynccontextmanager
async def running(
    log: EventLog | None = None,
    *,
    prepared: bool = True,
    keys: BallotKeys | None = None,
    recount: Recount = no_recount,
    tables: int = 2,
) -> AsyncIterator[Running]:
    """A hall on a log in memory; prepared and started unless the log says so already."""
    log = log or new_log()
    clock = SteppedClock(START_MS)
    hall = await Hall.open(
        log, clock=clock, keys=keys or MemoryBallotKeys(Dice(3)), recount=recount, blobs=BLOBS
    )
    gate = Gatekeeper()
    lobby = Lobby(gate, say, assets="a1", now=asyncio.get_running_loop().time)
    made = Running(hall, lobby, cast("MemoryLog", log), clock, gate)  # only its faults are asked of it
    try:
        if prepared and log.position.offset == 0:
            await made.do(PrepareMeeting(MEETING, plan(tables)), SERVER)
            await made.do(StartMeeting())
        if prepared:
            lobby.add(hall)
        yield made
        assert hall.audience.faults == made.faults, "a view or a delivery failed"
    finally:
        if isinstance(log, MemoryLog):
            log.release()
        await lobby.drain()
        if not prepared:
            await hall.drain()
        await hall.close()
