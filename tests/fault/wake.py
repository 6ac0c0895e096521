"""A hall that wakes at once: every lid is closed, and within one second every one is opened again.

How this works. Phones are the devices of the load test, all from one address: the whole client, with its
outbox. Each presses as its lid closes, one half before the line is cut and one half after it. When the lids
open each connects at a moment of the next second, and is back once it is let in, has its state and knows what
became of its ballot; whoever is turned away comes back as a page does. The record is held against what each
was told.
"""

import asyncio
import contextlib
import json
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from app.core import commands as c
from app.core.ids import Round, SeatId
from app.realtime import wire
from loadtest.device import Device, _Asked
from loadtest.people import console
from loadtest.room import FIRST, OPTIONS, QUESTION, Room
from loadtest.samples import Samples
from loadtest.servers import Device as Way
from loadtest.servers import Server
from loadtest.sockets import until
from tests.browser.stage import recorded
from tests.fault.judge import Verdict, stands, times
from tests.fault.room import LIVE_SECONDS, Told
from tests.web.processes import ROOT, environment

CONTROL_SECONDS = 10.0
"""So long a control is looked at: a guard that lets in fifty in that time is seen by then."""

WAKE_SECONDS = 1.0
LOOK_SECONDS = 0.25
ARRIVING = 200
VIEWS = ("keypad", "seat:{seat}")
BOUNCER = "tests.fault.bouncer"


class Lid(Device):
    """A device that can be put to sleep.

    Attributes:
        told: What it was told of each ballot.
    """

    def __init__(self, way: Way, url: str, samples: Samples, dice: random.Random) -> None:
        super().__init__(way.place, url, samples, dice, 0)
        self.seat, self.told = SeatId(way.place), list[Told]()
        self.core.token = way.token
        self.core.channels = tuple(view.format(seat=way.place) for view in VIEWS)
        self._dice, self._open, self._trying = dice, asyncio.Event(), False

    def open(self) -> None:
        """It wakes."""
        self._open.set()

    def shut(self) -> None:
        """It sleeps: the line is gone, and nobody was told."""
        self._open.clear()
        self.cut()

    @property
    def back(self) -> bool:
        """It is let in, has its state, and nothing of it is unanswered."""
        return self.core.ready and len(self.state) == len(VIEWS) and not self.core.unsaved

    async def leave(self) -> None:
        """Go, for good; a handshake that is under way is waited for, so that its socket is closed."""
        self.shut()
        async with asyncio.timeout(LIVE_SECONDS):
            while self._trying:
                self.cut()
                await asyncio.sleep(0.02)
        await super().leave()

    async def _live(self) -> None:
        while True:
            if not self._open.is_set():
                await self._open.wait()
                await asyncio.sleep(self._dice.uniform(0.0, WAKE_SECONDS))
            self._trying = True
            code = await self._once()
            self._trying = self.core.ready = False
            wait = self.core.lost(code, time.monotonic())
            if wait is None:
                self.refused = code
                return
            if self._open.is_set():
                await asyncio.sleep(wait)

    def cast(self) -> None:
        """Press."""
        choice = self._dice.choice(OPTIONS)
        command = self.core.ask(c.CastBallot(QUESTION, Round(FIRST), self.seat, (choice,)))

        def answered(answer: object) -> None:
            fate = "saved" if isinstance(answer, wire.Ack) else getattr(answer, "code", "")
            self.told.append(Told(command, self.seat, choice, fate))

        self._asked[command] = _Asked("cast_ballot", time.monotonic(), answered)
        self.flush(time.monotonic())


async def woken(folder: Path, trials: int, *, seed: int, unsafe: bool, clients: int) -> Verdict:
    """A hall that slept so many times, judged.

    Args:
        folder: An empty one.
        trials: How many times everybody sleeps, and wakes.
        seed: Of the moments and the choices.
        unsafe: The server turns an address away that comes too often.
        clients: How many.
    """
    with _serving(folder / "data", clients, unsafe=unsafe) as server:
        samples, dice = Samples(), random.Random(seed)
        lids = [Lid(way, server.url, samples, random.Random(dice.random())) for way in server.phones]
        looking = asyncio.create_task(_look(lids))
        try:
            await _begin(server, lids)
            if unsafe:
                server.process.send_signal(signal.SIGUSR1)
            patience = CONTROL_SECONDS if unsafe else LIVE_SECONDS
            back = [await _slept(lids, patience) for _ in range(trials)]
            away = [lid for lid in lids if not lid.back]
            shown = {} if away else await _shown(server)
            return await asyncio.to_thread(_judged, folder / "data", server, lids, back, shown)
        finally:
            looking.cancel()
            await asyncio.gather(looking, *(lid.leave() for lid in lids), return_exceptions=True)


@contextlib.contextmanager
def _serving(folder: Path, clients: int, *, unsafe: bool) -> Iterator[Server]:
    room = Room((clients + 9) // 10, 10)
    module = BOUNCER if unsafe else "loadtest.server"
    command = [sys.executable, "-m", module, "hall", "--data", str(folder), "--tables", str(room.tables),
               "--seats", str(room.seats), "--phones", str(clients)]  # fmt: skip
    with (folder.parent / "server.log").open("w") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, cwd=ROOT, env=environment())
    assert process.stdout is not None
    said = json.loads(process.stdout.readline())
    server = Server("hall", process, said.pop("port"), said)
    try:
        yield server
    finally:
        server.stop()


async def _look(lids: Sequence[Lid]) -> None:
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        for lid in lids:
            lid.look(time.monotonic())


async def _begin(server: Server, lids: Sequence[Lid]) -> None:
    """Everybody comes, takes a seat and votes."""
    desk = await console(server, channels=())
    await desk.do(c.StartMeeting())
    await desk.do(c.OpenVoting(QUESTION, 3_000))
    desk.cut()
    for at in range(0, len(lids), ARRIVING):
        some = lids[at : at + ARRIVING]
        for lid in some:
            lid.open()
            lid.live()
        assert await _until_back(some), "not everybody has arrived"
        await asyncio.gather(*(lid.done(c.JoinSeat(lid.seat)) for lid in some))
        for lid in some:
            lid.cast()
    assert await _until_back(lids), "not everybody has voted"


async def _slept(lids: Sequence[Lid], patience: float) -> float:
    """All sleep and wake; the seconds until the last is back, or until nobody waits any longer."""
    half = len(lids) // 2
    for lid in lids[:half]:
        lid.cast()
    for lid in lids:
        lid.shut()
    for lid in lids[half:]:
        lid.cast()
    async with asyncio.timeout(LIVE_SECONDS):
        while any(lid.core.ready for lid in lids):  # noqa: ASYNC110 - thousands, looked at together
            await asyncio.sleep(0.02)
    began = time.monotonic()
    for lid in lids:
        lid.open()
    await _until_back(lids, patience)
    return time.monotonic() - began


async def _until_back(lids: Sequence[Lid], seconds: float = LIVE_SECONDS) -> bool:
    """Wait until all are back, as long as they may take."""
    end = time.monotonic() + seconds
    while not (so := all(lid.back for lid in lids)) and time.monotonic() < end:  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    return so


async def _shown(server: Server) -> dict[str, int]:
    """Close the vote and show it; the counts as they are shown."""
    desk = await console(server)

    def entry(kind: str) -> Any:
        return desk.core.state.get("console", {}).get(f"{kind}/{QUESTION}") or {}

    await desk.do(c.CloseVoting(QUESTION))
    await until(lambda: entry("question").get("state") == "closed", said="the vote is closed")
    await desk.do(c.ShowResults(QUESTION))
    await until(lambda: entry("result").get("state") == "shown", said="the result is shown")
    desk.cut()
    return {each["id"]: each["count"] for each in entry("result")["options"]}


def _judged(
    folder: Path, server: Server, lids: Sequence[Lid], back: Sequence[float], shown: dict[str, int]
) -> Verdict:
    """The verdict; `shown` is empty where somebody was not back."""
    events = recorded(folder, str(server.said["meeting"]))
    found = times(events)
    told = [each for lid in lids for each in lid.told]
    saved = [each for each in told if each.fate == "saved"]
    sent_away = Counter(lid.refused for lid in lids if lid.refused is not None)
    wrong = [f"{count} phones were sent away for good ({code})" for code, count in sent_away.items()]
    if shown:
        last, meant = stands(events), {each.seat: each.choice for each in saved}
        wrong += [f"{seat}: told {meant.get(seat)}, recorded {last.get(seat)}" for seat in {*meant, *last}
                  if meant.get(seat) != last.get(seat)]  # fmt: skip
        if Counter(meant.values()) != Counter(shown):
            wrong.append(f"told {dict(Counter(meant.values()))}, shown {shown}")
    else:
        away = sum(not lid.back for lid in lids)
        wrong.append(f"{away} of {len(lids)} phones were not back after {back[-1]:.0f} s")
    order = sorted(back)
    return Verdict(
        len(back), len(saved), len(told) - len(saved),
        lost=tuple(each.command for each in saved if not found[each.command]),
        doubled=tuple(str(command) for command, count in found.items() if count > 1),
        slipped=tuple(each.command for each in told if each.fate != "saved" and found[each.command]),
        wrong=tuple(wrong), slowest_seconds=order[-1], median_seconds=order[len(order) // 2],
        notes=(("phones", len(lids)),),
    )  # fmt: skip
