"""A hall under faults: a server process that is ended again and again, and phones that never stop voting.

How this works. Phones of the real client press without a pause; whatever the server acknowledged or refused
is noted here, outside the server, in the order in which each phone was told. A fault takes the server away
(`blows.py`), it is started again on the same folder, and the phones come back by themselves. At the end the
vote is closed and shown, and the judge (`judge.py`) holds the record against what was noted.
"""

import asyncio
import contextlib
import random
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.client import Client, Stopped
from app.client.http import Api, secret_of
from app.core import commands as c
from app.core.ids import CommandId, QuestionId, Round, SeatId
from app.realtime import wire
from app.room.guest import new_id
from tests.fault.pages import OlderPage
from tests.log import postgres_server
from tests.web.processes import PROGRAM, Running, start

PHONES = 12
QUESTION = QuestionId("practice")
OPTIONS = ("foot", "motorcycle", "car", "bus")
HASTE = 4.0
BACK_SECONDS = 180.0
LIVE_SECONDS = 30.0
"""So soon after a fault every phone has to be served again (P6)."""
BUSY_SECONDS = 30.0


Pressed = tuple[CommandId, str]
"""A ballot that has no answer yet: its id and its choice."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a phone was told of one ballot: `saved`, or the code of its refusal."""

    command: CommandId
    seat: SeatId
    choice: str
    fate: str


@dataclass
class Room:
    """The server's folder, and everything that is known of it from outside.

    Attributes:
        log: Where the server writes what it does; not on the disk that is taken from it.
        unsafe: The server is one without its promise.
        seconds: The time of the vote; 0 without an end.
        told: Every answer, as the phones heard them.
        back_seconds: For every fault, from it until every phone had its next acknowledgement.
        amiss: What the server did wrong beside the votes.
        notes: What else is worth telling, counted.
        measured: What else took time, in seconds.
        settings: Knobs of the server.
        page: How a phone's page is loaded from the server that runs.
        database: Where its log is, unless in the folder.
        everybody: After a fault each phone has to have a page that is not stale, too.
    """

    folder: Path
    log: Path
    program: Path = PROGRAM
    seed: int = 1
    unsafe: bool = False
    seconds: int = 0
    told: list[Told] = field(default_factory=list)
    back_seconds: list[float] = field(default_factory=list)
    amiss: list[str] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)
    measured: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    running: Running | None = None
    settings: dict[str, str] = field(default_factory=dict)
    page: Callable[..., Client] = Client
    everybody: bool = False
    database: postgres_server.Server | None = None
    _port: int = 0
    _organisers: str = ""
    _phones: list["asyncio.Task[None]"] = field(default_factory=list)
    _clients: dict[SeatId, Client] = field(default_factory=dict)
    _opened: asyncio.Event = field(default_factory=asyncio.Event)
    _leaving: bool = False

    @property
    def server(self) -> Running:
        """The server's process."""
        assert self.running is not None
        return self.running

    @property
    def api(self) -> Api:
        return Api(self.server.url)

    async def start(self, within: Sequence[str] = ()) -> None:
        """Start the server on its folder, at its address."""
        self.running = await asyncio.to_thread(
            start, self.folder, self._port, within=within, program=self.program, log=self.log, **self.settings
        )
        self._port = int(self.server.url.rpartition(":")[2])

    async def fill(self) -> None:
        """Begin the meeting, open the vote, and let every phone press from now on."""
        await self.organise(c.StartMeeting(), c.OpenVoting(QUESTION, self.seconds))
        self._opened.set()
        dice = random.Random(self.seed)
        links = [way for way in self.server.ways if way["role"] == "participant"][:PHONES]
        with contextlib.closing(self.api) as api:
            for way in links:
                joined = await api.join(secret_of(way["url"]))
                phone = self._press(SeatId(way["label"]), joined["token"], random.Random(dice.random()))
                self._phones.append(asyncio.create_task(phone))
        await self.answered()

    async def answered(self) -> None:
        """Wait until every phone has been told something from now on."""
        heard = len(self.told)
        await self.until(lambda: len({told.seat for told in self.told[heard:]}) == PHONES)

    async def _press(self, seat: SeatId, token: str, dice: random.Random) -> None:
        """A phone: whenever its page is loaded, what has no answer yet goes again, under its id."""
        unsent: Pressed | None = None
        while unsent or not self._leaving:
            await self._opened.wait()
            made = self.page(self.server.url.replace("http", "ws") + "/ws", token=token, haste=HASTE)
            try:
                async with made as phone:
                    self._clients[seat] = phone
                    await phone.do(c.JoinSeat(seat))
                    while unsent or (self._opened.is_set() and not (self._leaving or stale(phone))):
                        unsent = unsent or (CommandId(new_id("cmd")), dice.choice(OPTIONS))
                        self.told.append(await self._cast(phone, seat, unsent))
                        unsent = None
                        await asyncio.sleep(dice.uniform(0.05, 0.3))
                    await phone.until(
                        lambda it: not it.core.unsaved, BACK_SECONDS
                    )  # what it brings back, too
            except Stopped as stopped:
                if stopped.code != wire.BAD_PROTOCOL or not isinstance(made, OlderPage):
                    raise
                self.notes["pages of another version told to load again"] += 1
                if not stopped.say:
                    self.amiss.append(f"{seat}: an older page was sent away without a word")
            else:
                if stale(phone):
                    self.notes["stale pages loaded again"] += 1
            finally:
                self._clients.pop(seat, None)

    async def _cast(self, phone: Client, seat: SeatId, pressed: Pressed) -> Told:
        command, choice = pressed
        answer = await phone.do(c.CastBallot(QUESTION, Round(1), seat, (choice,)), command)
        return Told(command, seat, choice, "saved" if isinstance(answer, wire.Ack) else answer.code)

    async def put_away(self) -> None:
        """Every phone's page is closed, once nothing of it is unsent."""
        self._opened.clear()
        await self.until(lambda: not self._clients)

    async def take_up(self) -> None:
        """Every phone loads its page from the server that runs, and has an answer from it."""
        heard = len(self.told)
        self._opened.set()
        await self.until(lambda: self._all_told(heard))

    def _all_told(self, heard: int) -> bool:
        """Whether each phone had an answer since then, on a page that is not stale."""
        fresh = {seat for seat, phone in self._clients.items() if phone.core.ready and not stale(phone)}
        return len(fresh & {told.seat for told in self.told[heard:]}) == PHONES

    async def suffer(self, blow: Callable[["Room"], Awaitable[float | None]]) -> None:
        """Take the server away, start it again where it ended, and wait until everybody is served.

        Args:
            blow: May say from when on it is mended, in seconds; else it is when the blow is over.
        """
        began = await blow(self) or time.monotonic()
        if self.server.process.poll() is not None:
            await self.start()
        heard = len(self.told)
        await self.until(lambda: self.amiss or self._served(heard))
        self.back_seconds.append(took := time.monotonic() - began)
        if took > LIVE_SECONDS and not self.unsafe:
            self.amiss.append(f"after the fault somebody was out for {took:.0f} s")

    def _served(self, heard: int) -> bool:
        if self.everybody:
            return self._all_told(heard)
        served = {told.seat for told in self.told[heard:] if told.fate == "saved"}
        return len(served) >= (1 if self.unsafe else PHONES)  # without a promise it may lose who sits where

    def cut_lines(self) -> None:
        """Break every phone's line; they come back by themselves."""
        for phone in self._clients.values():
            phone.cut()

    @property
    def saved(self) -> int:
        """How many ballots were acknowledged."""
        return sum(told.fate == "saved" for told in self.told)

    async def until_busy(self) -> bool:
        """Wait until the server has answered *busy* as often as there are phones; false where it does not."""
        heard = self._busy
        try:
            await self.until(lambda: self._busy >= heard + PHONES, BUSY_SECONDS)
        except TimeoutError:
            return False
        return True

    @property
    def _busy(self) -> int:
        return sum(phone.core.busy for phone in self._clients.values())

    async def read(self) -> None:
        """Read the figures, by a session that was there before."""
        with contextlib.closing(self.api) as api:
            await api.get(f"/api/meetings/{self.server.meeting}/figures.json", self._organisers)

    async def hush(self) -> None:
        """Let every phone have its last answer."""
        self._leaving = True
        await asyncio.gather(*self._phones)

    async def close(self) -> dict[str, int]:
        """Close the vote and show it, once nobody waits for an answer; the counts as they are shown."""
        await self.hush()
        async with await self.organiser() as client:
            assert isinstance(await client.do(c.CloseVoting(QUESTION)), wire.Ack)
            await client.until(lambda it: entry(it, "question")["state"] == "closed")
            assert isinstance(await client.do(c.ShowResults(QUESTION)), wire.Ack)
            return await shown_of(client, entry(client, "question")["rounds"][-1]["round"])

    async def organise(self, *said: c.AnyCommand) -> None:
        """Give an organiser's commands; all must be accepted."""
        async with await self.organiser() as client:
            for each in said:
                answer = await client.do(each)
                assert isinstance(answer, wire.Ack), answer

    async def organiser(self) -> Client:
        """A console."""
        if not self._organisers:
            with contextlib.closing(self.api) as api:
                self._organisers = (await api.join(secret_of(self.server.link("organiser"))))["token"]
        url = self.server.url.replace("http", "ws") + "/ws"
        return self.page(url, token=self._organisers, haste=HASTE)

    async def until(self, so: Callable[[], object], seconds: float = BACK_SECONDS) -> None:
        """Wait until something is so.

        Raises:
            Stopped: A phone was sent away for good.
            TimeoutError: It is not so within the time.
        """
        async with asyncio.timeout(seconds):
            while not so():
                for phone in self._phones:
                    if phone.done() and (error := phone.exception()):
                        raise error
                await asyncio.sleep(0.02)

    async def leave(self) -> None:
        """End everything that was started here."""
        for phone in self._phones:
            phone.cancel()
        await asyncio.gather(*self._phones, return_exceptions=True)
        if self.running is not None and self.running.process.poll() is None:
            await asyncio.to_thread(self.running.kill)


def stale(phone: Client) -> bool:
    """Whether the phone's page was told that the server has other pages now."""
    return isinstance(phone, OlderPage) and phone.stale


def entry(client: Client, kind: str) -> Any:
    """What the console is told of the question, or of its result."""
    return client.state.get("console", {}).get(f"{kind}/{QUESTION}")


async def shown_of(client: Client, number: Round) -> dict[str, int]:
    """The counts of a round, once the console is shown them."""
    await client.until(lambda it: _is_shown(entry(it, "result"), number))
    return {each["id"]: each["count"] for each in entry(client, "result")["options"]}


def _is_shown(result: Any, number: Round) -> bool:
    return bool(result) and (result["state"], result["round"]) == ("shown", number)


__all__ = ["OPTIONS", "QUESTION", "Room", "Stopped", "Told", "entry", "shown_of"]
