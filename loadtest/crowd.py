"""One process of the generator: its part of the people, what they do, and what was acknowledged to them.

Nobody is told from outside when to act. Devices look at what the meeting shows them: a vote opens, and
everybody votes; the meeting closes, and everybody goes. So the barrier of a rush is the opening itself.
"""

import asyncio
import json
import os
import random
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from app.client import Final
from app.core import commands as c
from app.core.ids import IdeaId, ItemId, KeypadId, QuestionId, Round, SeatId, TableId
from app.realtime import wire
from loadtest.device import Device
from loadtest.http import Http
from loadtest.room import ITEM, Room
from loadtest.samples import Samples

LOOK_SECONDS = 0.25
SECONDS_MAX = 1_800.0
"""No scenario lasts longer; a generator that is still there then ends with an error."""

IDEAS = (
    "Trees along every footpath that leads to a school",
    "Buses that come when the timetable says so",
    "ทางเท้าที่รถเข็นผ่านได้ตลอดสาย",
    "A quiet square in every quarter, with water and shade",
    "ไฟส่องสว่างตามซอยที่เด็กเดินกลับบ้าน",
)


@dataclass(frozen=True, slots=True)
class Codes:
    """Where the server is, and what lets people in; from a file, as an organiser prints cards."""

    origin: str
    meeting: str
    room: Room
    seats: dict[str, str]
    tables: dict[str, str]
    roles: dict[str, str]

    @property
    def socket(self) -> str:
        return self.origin.replace("http", "ws", 1) + "/ws"

    @classmethod
    def read(cls, path: Path) -> "Codes":
        held = json.loads(path.read_text())
        return cls(
            held["origin"], held["meeting"], Room(*held["room"]), held["seats"], held["tables"], held["roles"]
        )


@dataclass(slots=True)
class Crowd:
    """The devices of one process.

    Attributes:
        part: Which part of the people this process plays, from 0; of `parts`. The probe is a process of
            its own, with the room's last seat.
        ballots: By question and round, the last choices that were acknowledged to each seat.
        ideas: Ideas that were acknowledged.
        tasks: What devices are doing beside their connections.
    """

    codes: Codes
    samples: Samples
    part: int = 0
    parts: int = 1
    dice: random.Random = field(default_factory=random.Random)
    devices: list[Device] = field(default_factory=list)
    ballots: dict[str, dict[str, Any]] = field(default_factory=dict)
    ideas: int = 0
    filed: set[str] = field(default_factory=set)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    http: Http = field(init=False)

    def __post_init__(self) -> None:
        self.http = Http(self.codes.origin)

    # --- who is here -----------------------------------------------------------------------

    @property
    def probe_seat(self) -> str:
        """The seat of the probe: nobody else has it."""
        return self.codes.room.last_seat

    def seats(self, tables: Iterable[str] | None = None) -> list[str]:
        """The seats of some tables, without the probe's; of all this part's tables if none are named."""
        mine = self.tables() if tables is None else tables
        seats = [str(seat) for table in mine for seat in self.codes.room.seats_of(table)]
        return [seat for seat in seats if seat != self.probe_seat]

    @property
    def arrival_seconds(self) -> float:
        """How long this hall takes to fill: 5,000 in a minute, never less than two seconds."""
        return max(2.0, len(self.codes.room.seat_ids) * 60 / 5_000)

    def tables(self) -> list[str]:
        """This part's tables."""
        return [str(table) for table in self.codes.room.table_ids][self.part :: self.parts]

    def device(self, place: str) -> Device:
        """A new device."""
        made = Device(place, self.codes.socket, self.samples, self.dice, len(self.devices))
        self.devices.append(made)
        return made

    async def jittered(self, do: Callable[[], Awaitable[None]], seconds: float) -> None:
        """Do it after a random wait, so that nobody's start is everybody's."""
        await asyncio.sleep(self.dice.random() * seconds)
        await do()

    async def phones(
        self, seats: Iterable[str], within_s: float, channels: tuple[str, ...] = ()
    ) -> list[Device]:
        """Phones come within so many seconds: each joins, connects and takes its seat."""

        async def arrives(phone: Device) -> None:
            own = ("keypad", f"seat:{phone.place}", *channels)
            await phone.join(self.http, self.codes.seats[phone.place], own)
            phone.live()
            await self.seen(lambda: phone.core.ready)
            await phone.done(c.JoinSeat(SeatId(phone.place)))

        phones = [self.device(seat) for seat in seats]
        await asyncio.gather(*[self.jittered(partial(arrives, phone), within_s) for phone in phones])
        return phones

    async def laptops(self, tables: Iterable[str], within_s: float, pads: bool = True) -> list[Device]:
        """Table laptops come within so many seconds and take their seats' pads."""

        async def arrives(laptop: Device) -> None:
            await laptop.join(self.http, self.codes.tables[laptop.place], ("tables", f"table:{laptop.place}"))
            laptop.live()
            await self.seen(lambda: laptop.core.ready)
            for seat in self.seats([laptop.place]) if pads else ():
                keypad = KeypadId(f"{laptop.device}:{seat}")
                await laptop.done(c.BindKeypad(SeatId(seat), keypad, c.Channel.LAPTOP))

        laptops = [self.device(table) for table in tables]
        await asyncio.gather(*[self.jittered(partial(arrives, each), within_s) for each in laptops])
        return laptops

    async def role(self, role: str, channels: tuple[str, ...] | None = None) -> Device:
        """The device of somebody who comes by a link."""
        made = self.device(role)
        await made.join(self.http, self.codes.roles[role], channels)
        made.live()
        await self.seen(lambda: made.core.ready)
        return made

    # --- what they do ----------------------------------------------------------------------

    def vote_when_open(self, phones: Iterable[Device], within_s: float, again: float = 0.0) -> None:
        """Whenever a vote opens, each phone votes once within so many seconds; some change their mind."""
        for phone in phones:
            vote = partial(self._one, phone, within_s=within_s, again=again)
            self._when_open(phone, "keypad", vote)

    def pass_round_when_open(self, laptops: Iterable[Device], within_s: float) -> None:
        """Whenever a vote opens, the laptop goes round: each seat votes on its pad, one after another."""
        for laptop in laptops:
            self._when_open(laptop, "tables", partial(self._round, laptop, within_s=within_s))

    def probe_when_open(self, phone: Device) -> None:
        """Vote again and again, twice a second, as long as a vote is open."""
        self._when_open(phone, "keypad", partial(self._again_and_again, phone))

    def _when_open(self, device: Device, channel: str, vote: Callable[[Any], Awaitable[None]]) -> None:
        seen: set[tuple[str, int]] = set()

        def looked() -> None:
            sheet = device.value(channel, "open")
            if not sheet or sheet.get("question") is None or sheet["state"] != "open":
                return
            which = (sheet["question"], sheet["round"])
            if which not in seen:
                seen.add(which)
                self.start(vote(sheet))

        device.changed = looked
        looked()

    def start(self, work: Awaitable[None]) -> None:
        """Let something go on beside everything else; `over` waits for it."""

        async def run() -> None:
            await work

        task = asyncio.create_task(run())
        self.tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self.samples.add("generator", 0.0, repr(task.exception()))

    async def _one(self, phone: Device, sheet: Any, within_s: float, again: float) -> None:
        began = time.monotonic()
        turns = 1 + (self.dice.random() < again)
        for due in sorted(began + self.dice.random() * within_s for _ in range(turns)):
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            await self.cast(phone, phone.place, sheet, due)

    async def _round(self, laptop: Device, sheet: Any, within_s: float) -> None:
        seats, began = self.seats([laptop.place]), time.monotonic()
        self.dice.shuffle(seats)
        slot = within_s / max(1, len(seats))
        for number, seat in enumerate(seats):
            due = began + (number + self.dice.random()) * slot
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            await self.cast(laptop, seat, sheet, due)

    async def _again_and_again(self, phone: Device, sheet: Any) -> None:
        due = time.monotonic()
        while (
            (now := phone.value("keypad", "open"))
            and now.get("round") == sheet["round"]
            and not now["closing"]
        ):
            if now["question"] != sheet["question"]:
                return
            await self.cast(phone, phone.place, sheet, due)
            due = max(due + 0.5, time.monotonic())
            await asyncio.sleep(due - time.monotonic())

    async def cast(self, device: Device, seat: str, sheet: Any, due: float) -> None:
        """Cast a ballot and wait for its answer, however often the line drops in between."""
        choices = self.choices(sheet)
        answer: asyncio.Future[Final] = asyncio.get_running_loop().create_future()
        said = c.CastBallot(QuestionId(sheet["question"]), Round(sheet["round"]), SeatId(seat), choices)
        device.do(said, answer.set_result, due)
        if isinstance(await answer, wire.Ack):
            self.ballots.setdefault(f"{sheet['question']}/round/{sheet['round']}", {})[seat] = choices

    def choices(self, sheet: Any) -> c.Choices:
        """What somebody answers."""
        options = [option["id"] for option in sheet["options"]]
        match sheet["kind"]:
            case "rating":
                values = [step["value"] for step in sheet["scale"]]
                return {option: self.dice.choice(values) for option in options}
            case "number":
                return self.dice.randint(sheet["number_min"], sheet["number_max"])
            case "pick_up_to" | "approve":
                return tuple(sorted(self.dice.sample(options, min(len(options), sheet["choices_max"]))))
            case _:
                return (self.dice.choice(options),)

    async def write_ideas(self, laptops: Iterable[Device], each: int, within_s: float) -> None:
        """Each table writes so many ideas, at random times within so many seconds."""

        async def writes(laptop: Device) -> None:
            for due in sorted(self.dice.random() * within_s for _ in range(each)):
                await asyncio.sleep(max(0.0, began + due - time.monotonic()))
                await self.write(laptop, began + due)

        began = time.monotonic()
        await asyncio.gather(*[writes(laptop) for laptop in laptops])

    async def write(self, laptop: Device, due: float) -> None:
        """Write one idea."""
        answer: asyncio.Future[Final] = asyncio.get_running_loop().create_future()
        text = self.dice.choice(IDEAS)
        said = c.WriteIdea(
            IdeaId("idea_" + os.urandom(16).hex()),
            TableId(laptop.place),
            ItemId(ITEM),
            c.IdeaKind.INDIVIDUAL,
            f"{text} ({laptop.place})",
            "th" if text[0] > "z" else "en",
        )
        laptop.do(said, answer.set_result, due)
        given = await answer  # before the count is read, or two that end together count as one
        self.ideas += isinstance(given, wire.Ack)

    # --- until it is over ------------------------------------------------------------------

    async def seen(self, what: Callable[[], object], seconds: float = 120.0) -> None:
        """Wait until something is so."""
        async with asyncio.timeout(seconds):
            while not what():  # noqa: ASYNC110 - whatever it is
                await asyncio.sleep(0.02)

    async def keep_looking(self) -> None:
        """Look after every device and pass samples on, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            now = time.monotonic()
            for device in self.devices:
                device.look(now)
            self.samples.pass_on()

    def meeting_is_over(self) -> bool:
        """Whether the devices see that the meeting is closed; those that were sent away do not count."""
        here = [device for device in self.devices if device.refused is None]
        return all(self._phase(device) in ("closed", "archived") for device in here)

    @staticmethod
    def _phase(device: Device) -> str:
        for channel in ("keypad", "tables", "console", "desk", "public"):
            meeting = device.value(channel, "meeting")
            if meeting:
                return str(meeting["phase"])
        return ""

    async def until_over(self) -> None:
        """Stay until the meeting is closed and nothing is unanswered."""
        await self.seen(lambda: self.meeting_is_over() and not self.tasks, SECONDS_MAX)

    def tallies(self) -> dict[str, dict[str, int]]:
        """What was acknowledged, by question and round: ``voted``, and a count a cell."""
        made: dict[str, dict[str, int]] = {}
        for path, ballots in self.ballots.items():
            counts = made[path] = {"voted": len(ballots)}
            for choices in ballots.values():
                for cell in cells(choices):
                    counts[cell] = counts.get(cell, 0) + 1
        return made


def cells(choices: c.Choices) -> list[str]:
    """The figures that a ballot counts in."""
    if isinstance(choices, dict):
        return [f"option/{option}/value/{value}/count" for option, value in choices.items()]
    if isinstance(choices, int):
        return [f"value/{choices}/count"]
    return [f"option/{option}/count" for option in choices]
