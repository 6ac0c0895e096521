"""The drill of the second laptop: a server dies with its disk in mid-vote, and another one goes on.

Beside the meeting, and not to it: a server, a second laptop and twenty phones of its own, on this machine, in
a folder that is thrown away. All are real processes and real connections; the server is killed (SIGKILL) and
its folder deleted while ballots come in, the second laptop is promoted and started on the same address, and
the phones find it by themselves.
"""

import asyncio
import os
import shutil
import signal
import sys
import tempfile
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from app.client.http import Api, secret_of
from app.client.shell import Client
from app.core.commands import CastBallot, JoinSeat, OpenVoting, StartMeeting
from app.core.ids import CommandId, MeetingId, QuestionId, Round, SeatId
from app.demo.process import ServerProcess
from app.main import Logs
from app.plan import PLANS
from app.realtime import wire
from app.realtime.rebuild import rebuild
from app.tool.faults import Fault
from app.tool.follow import read

QUESTION, CHOICES = QuestionId("practice"), ("foot", "motorcycle", "car", "bus")
LIVE_SECONDS = 60.0
"""Within so many the room is to be live again."""

READY_SECONDS, PATIENCE_SECONDS = 120.0, 240.0
PAUSE_SECONDS, LOOK_SECONDS = 0.25, 0.05
BEFORE_EACH, AFTER_EACH = 6, 1
"""Ballots of every phone before the server dies, and after it has come back."""

Told = Callable[[str], None]


@dataclass(slots=True)
class Drilled:
    """What a drill found.

    Attributes:
        acknowledged: Ballots that phones were told are saved, before the server died.
        missing: Those of them that the second laptop did not hold when it took over.
        lost: Those that are not in the record at the end, after phones brought back what they held.
        live_seconds: From the kill until every phone had a ballot saved by the promoted server.
        behind: Events that the server last said were on it only.
        said: What `promote` printed.
    """

    waiting: bool
    acknowledged: int = 0
    missing: int = 0
    lost: int = 0
    live_seconds: float = 0.0
    behind: int = 0
    said: str = ""

    @property
    def good(self) -> bool:
        """Whether it is as it is promised: nothing lost that was waited for, and the room soon live again."""
        kept = not self.lost and not (self.waiting and self.missing)
        return kept and self.live_seconds <= LIVE_SECONDS


@dataclass(slots=True)
class _Phone:
    """A seat with its phone, which votes again and again. `saved` are the commands that were acknowledged."""

    client: Client
    seat: SeatId
    saved: dict[CommandId, None] = field(default_factory=dict)
    voting: "asyncio.Task[None] | None" = None

    async def vote(self) -> None:
        for number in range(1_000_000):
            choice = CHOICES[number % len(CHOICES)]
            command = CommandId("cmd_" + os.urandom(16).hex())
            answer = await self.client.do(CastBallot(QUESTION, Round(1), self.seat, (choice,)), command)
            if isinstance(answer, wire.Ack):
                self.saved[command] = None
            await asyncio.sleep(PAUSE_SECONDS)


class _Hall:
    """The server of the drill, and everybody who is connected to it."""

    def __init__(self, folder: Path, wait_ms: int, told: Told) -> None:
        self.data, self.second = folder / "server", folder / "second"
        self.settings = {"data_dir": self.data, "port": 0, "follower_wait_ms": wait_ms}
        self.log, self.told = folder / "server.log", told
        self.phones: list[_Phone] = []
        self.meeting = MeetingId("")
        self.server: ServerProcess
        self.api: Api
        self.owner = ""
        self.follower: Process

    async def begin(self) -> None:
        """Start the server with a meeting that runs, and the second laptop beside it."""
        self.told("Starting a server of its own, with a second laptop")
        self.server = await ServerProcess.start(self.settings, speed=1, starts="2026-01-01", log=self.log)
        self.settings["port"] = urlsplit(self.server.url).port
        self.api = Api(self.server.url)
        self.owner = (await self.api.join(secret_of(self.server.owner_link)))["token"]
        plan = (PLANS / "rehearsal.yaml").read_text(encoding="utf-8")
        self.meeting = MeetingId(
            (await self.api.post("/api/meetings", {"plan": plan}, self.owner))["meeting"]
        )
        code = (await self.api.post("/api/follow/code", {}, self.owner))["code"]
        self.follower = await _run("follow", self.server.url, "--code", code, "--data-dir", str(self.second))

    async def seat(self, stack: AsyncExitStack) -> None:
        """Let phones in, and open the vote."""
        path = f"/api/meetings/{self.meeting}"
        links = await self.api.get(f"{path}/links", self.owner)
        link = next(each["url"] for each in links if each["role"] == "organiser")
        console = await self._come_in(stack, secret_of(link))
        await self._must(console, StartMeeting())
        for way in await self.api.get(f"{path}/codes/seats", self.owner):
            client = await self._come_in(stack, way["code"])
            phone = _Phone(client, SeatId(way["seat"]))
            await self._must(client, JoinSeat(phone.seat))
            self.phones.append(phone)
        await self._must(console, OpenVoting(QUESTION))

    async def _come_in(self, stack: AsyncExitStack, secret: str) -> Client:
        token = (await self.api.join(secret))["token"]
        return await stack.enter_async_context(Client(self.api.socket_url, token=token))

    @staticmethod
    async def _must(client: Client, said: object) -> None:
        answer = await client.do(said)  # type: ignore[arg-type]
        if not isinstance(answer, wire.Ack):
            raise Fault(f"The drill's own server refused: {answer}.")

    async def beside(self) -> None:
        """Wait until the second laptop holds everything; in waiting mode, until it is waited for."""
        async with asyncio.timeout(READY_SECONDS):
            while True:
                state = await self.api.get("/api/follow", self.owner)
                if state["connected"] and (state["waited"] or not (state["wait_ms"] or state["behind"])):
                    return
                await asyncio.sleep(0.1)

    async def behind(self) -> int:
        return int((await self.api.get("/api/follow", self.owner))["behind"])

    async def die(self) -> None:
        """Kill the server, and delete its disk."""
        os.kill(self.server.pid, signal.SIGKILL)
        await self.server.ended()
        await asyncio.to_thread(shutil.rmtree, self.data)

    async def stop_following(self) -> None:
        """What Ctrl-C does at the second laptop."""
        if self.follower.returncode is None:
            self.follower.send_signal(signal.SIGINT)
            await asyncio.wait_for(self.follower.wait(), READY_SECONDS)

    async def promote(self) -> str:
        """Take over; where something is missing that is said, and then accepted. Gives what was said."""
        said = ""
        for accepted in ((), ("--accept",)):
            promoting = await _run("promote", "--data-dir", str(self.second), *accepted, out=PIPE)
            outcome, wrong = await promoting.communicate()
            said += (outcome + wrong).decode()
            if not promoting.returncode:
                return said.strip()
        raise Fault(f"The second laptop could not take over: {said.strip()}")

    async def serve_again(self) -> None:
        settings = {**self.settings, "data_dir": self.second, "follower_wait_ms": 0}
        self.server = await ServerProcess.start(settings, speed=1, starts="2026-01-01", log=self.log)

    async def missing(self, saved: set[CommandId]) -> int:
        """How many of these are not in the second laptop's record."""
        log = await Logs(self.second).open(self.meeting)
        try:
            meeting, _ = await rebuild(log)
        finally:
            await log.close()
        return sum(1 for command in saved if command not in meeting.receipts)

    async def until_saved(self, each: int, seconds: float) -> None:
        """Wait until every phone has so many more ballots saved."""
        wanted = {id(phone): len(phone.saved) + each for phone in self.phones}
        await _until(lambda: all(len(p.saved) >= wanted[id(p)] for p in self.phones), seconds)

    @property
    def saved(self) -> set[CommandId]:
        return {command for phone in self.phones for command in phone.saved}

    async def end(self) -> None:
        """End every process that this drill has started."""
        for phone in self.phones:
            if phone.voting is not None:
                phone.voting.cancel()
        if hasattr(self, "follower") and self.follower.returncode is None:
            self.follower.kill()
            await self.follower.wait()
        if hasattr(self, "server"):
            await self.server.stop()
        if hasattr(self, "api"):
            self.api.close()


async def _run(*arguments: str, out: int = DEVNULL) -> Process:
    root = str(Path(__file__).parents[2])
    path = os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH")])])
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "app.cli", *arguments, stdout=out, stderr=out, start_new_session=True,
        env=os.environ | {"PYTHONPATH": path},
    )  # fmt: skip


def drill_follow(beside: Path, wait_ms: int, told: Told, *, frozen: bool = False) -> Drilled:
    """Let a server die with its disk, and the second laptop take over.

    Args:
        beside: Where the drill's own folder is made, and thrown away.
        wait_ms: Of waiting mode; 0 for a server that does not wait.
        told: What is being done.
        frozen: The second laptop stands still from before the last ballots on: what is then at risk is lost.

    Raises:
        Fault: It did not work.
        TimeoutError: The room did not come back at all.
    """
    folder = Path(tempfile.mkdtemp(prefix=".drill-", dir=beside.absolute()))
    try:
        return asyncio.run(_drilled(_Hall(folder, wait_ms, told), frozen=frozen))
    finally:
        shutil.rmtree(folder)


async def _drilled(hall: _Hall, *, frozen: bool) -> Drilled:
    found = Drilled(waiting=bool(hall.settings["follower_wait_ms"]))
    try:
        await hall.begin()
        async with AsyncExitStack() as stack:
            await hall.seat(stack)
            await hall.beside()
            await _take_over(hall, found, frozen=frozen)
        await hall.server.stop()
        found.lost = await hall.missing(hall.saved)
    finally:
        await hall.end()
    return found


async def _take_over(hall: _Hall, found: Drilled, *, frozen: bool) -> None:
    hall.told("Voting, and in the middle of it the server and its disk are gone")
    for phone in hall.phones:
        phone.voting = asyncio.create_task(phone.vote())
    await hall.until_saved(BEFORE_EACH // 2, READY_SECONDS)
    if frozen:
        hall.follower.send_signal(signal.SIGSTOP)
    await hall.until_saved(BEFORE_EACH // 2, READY_SECONDS)
    found.behind = await hall.behind()
    await hall.die()
    died, before = time.monotonic(), hall.saved
    if frozen:
        hall.follower.send_signal(signal.SIGCONT)
    found.acknowledged = len(before)
    await _until(lambda: read(hall.second).lost_ms > 0, READY_SECONDS)
    hall.told("Promoting the second laptop")
    await hall.stop_following()
    found.said = await hall.promote()
    found.missing = await hall.missing(before)
    await hall.serve_again()
    hall.told("Waiting until every phone has found it")
    await hall.until_saved(AFTER_EACH, PATIENCE_SECONDS)
    found.live_seconds = time.monotonic() - died
    for phone in hall.phones:
        assert phone.voting is not None
        phone.voting.cancel()
    # what phones bring back is answered
    await _until(lambda: not any(phone.client.core.unsaved for phone in hall.phones), READY_SECONDS)


async def _until(what: Callable[[], bool], seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while not what():  # noqa: ASYNC110 - it looks at files and at other processes too
            await asyncio.sleep(LOOK_SECONDS)
