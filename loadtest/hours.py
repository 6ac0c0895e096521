"""A day of eight hours in some minutes: does the server keep anything that it should let go?

    python -m loadtest.hours                 400 seats, eight hours of a minute each
    python -m loadtest.hours --leaky         the control: a server that keeps who is gone; must end with 1
    python -m loadtest.hours --quick         20 seats, some seconds; memory is printed and not judged

How this works. In every hour each table writes ideas, everybody votes, half of them twice, figures and pages
are fetched, and a fifth of the devices change: half of those lose their line and come back, half are put
away and another device takes the place by its code. At the end of the hour, with everybody there, memory
and open files of the server's process are read. What the record itself needs is not a leak, and so the
same is read once more of a fresh process on the same log with the same room. The exit code is 1 where
memory or files grow, or where the figures are not what was acknowledged.
"""

import argparse
import asyncio
import io
import json
import os
import random
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import uvloop

from app.core import commands as c
from loadtest.crowd import Codes, Crowd
from loadtest.device import Device
from loadtest.director import Director
from loadtest.expected import counts, differences
from loadtest.machine import cores, pin, rss_kb
from loadtest.room import QUESTION, Room
from loadtest.samples import Samples
from loadtest.servers import Server, running, scratch, start

CHURN = 0.2
"""The share of devices that change in an hour."""

IDEAS_EACH = 3
FETCHES = 10
PAGES = ("/j", "/health/ready", "/kept.json")
MB_AN_HOUR_MAX = 5.0
"""After the first hour, which fills caches (F21 of the fault table)."""

FILES_AN_HOUR_MAX = 1.0
SETTLED_SECONDS = 2.0
BACK_SECONDS = 400.0


@dataclass(frozen=True, slots=True)
class Held:
    """What the server's process holds at the end of an hour."""

    hour: int
    rss_mb: float
    files: int
    acknowledged: int

    def __str__(self) -> str:
        return f"| {self.hour} | {self.rss_mb:.1f} | {self.files} | {self.acknowledged:,} |"


class Day:
    """The room, and who looks at the server."""

    def __init__(self, server: Server, room: Room, hour_s: float, seed: int) -> None:
        self.server, self.room, self.hour_s = server, room, hour_s
        said = server.said
        codes = Codes(
            f"http://127.0.0.1:{server.port}", said["meeting"], room, said["seats"], said["tables"],
            said["roles"],
        )  # fmt: skip
        self.crowd = Crowd(codes, Samples(io.StringIO()), dice=random.Random(seed))
        self.changed = 0
        self._phones: list[Device] = []
        self._laptops: list[Device] = []
        self._director: Director

    @property
    def acknowledged(self) -> int:
        """How many ballots and ideas were."""
        return sum(self.crowd.samples.counts.get(name, 0) for name in ("cast_ballot", "write_idea"))

    async def begin(self) -> None:
        """Everybody comes."""
        seats = [str(seat) for seat in self.room.seat_ids]
        self._director = await Director.enter(self.crowd)
        self._phones = await self.crowd.phones(seats, self._part)
        self._laptops = await self.crowd.laptops(self.crowd.tables(), self._part, pads=False)
        await self._director.talk()
        self._votes(self._phones)

    @property
    def _part(self) -> float:
        """A sixth of an hour, in seconds."""
        return self.hour_s / 6

    def _votes(self, phones: Sequence[Device]) -> None:
        self.crowd.vote_when_open(phones, self._part, again=0.5)

    async def hour(self, number: int) -> Held:
        """Live one hour; gives what the server holds at its end."""
        ends = time.monotonic() + self.hour_s
        await self.crowd.write_ideas(self._laptops, IDEAS_EACH, self._part)
        await self._change()
        if number > 1:
            await self._director.console.done(c.RunAgain(QUESTION, {"en": "another hour", "th": "อีกชั่วโมง"}))
        await self._director.vote(QUESTION, voters=len(self._phones))
        await self.crowd.seen(lambda: not self.crowd.tasks)
        await self._look()
        await asyncio.sleep(max(SETTLED_SECONDS, ends - time.monotonic()))
        return await self.held(number)

    async def _change(self) -> None:
        """A fifth of the devices: their line breaks, or another device takes the place."""
        await asyncio.gather(self._change_some(self._phones), self._change_some(self._laptops))

    async def _change_some(self, devices: list[Device]) -> None:
        leaving = self.crowd.dice.sample(devices, max(2, round(CHURN * len(devices))))
        broken, put_away = leaving[::2], leaving[1::2]
        before = {device: device.connections for device in broken}
        for device in broken:
            device.cut()
        for device in put_away:
            await device.leave()
            devices.remove(device)
            self.crowd.devices.remove(device)
        places = [device.place for device in put_away]
        if devices is self._phones:
            come = await self.crowd.phones(places, self._part / 2)
            self._votes(come)
        else:
            come = await self.crowd.laptops(places, self._part / 2, pads=False)
        devices.extend(come)
        await self.crowd.seen(lambda: all(device.connections > n for device, n in before.items()))
        self.changed += len(leaving)

    async def _look(self) -> None:
        """Somebody reads figures and opens pages."""
        token = self._director.console.token
        for _ in range(FETCHES):
            await self._figures()
            for page in PAGES:
                await self.crowd.http.get(page, token)
        self.crowd.http.close()

    async def _figures(self) -> dict[str, int | None]:
        path = f"/api/meetings/{self.crowd.codes.meeting}/figures.json"
        figures = json.loads(await self.crowd.http.get(path, self._director.console.token))
        return counts(figures)

    async def held(self, number: int) -> Held:
        """What the server holds now, with everybody there."""
        await self.crowd.seen(lambda: all(each.core.ready for each in self.crowd.devices), BACK_SECONDS)
        files = len(list(Path(f"/proc/{self.server.pid}/fd").iterdir()))  # noqa: ASYNC240 - of the kernel's
        return Held(number, rss_kb(self.server.pid) / 1024, files, self.acknowledged)

    async def again(self, server: Server) -> Held:
        """The server was started anew: everybody comes back."""
        self.server = server
        return await self.held(0)

    async def wrong(self) -> list[str]:
        """Where the figures of the last vote differ from what was acknowledged to the phones."""
        path, counts = list(self.crowd.tallies().items())[-1]
        acknowledged = {"acknowledged": {path: counts}, "ideas": self.crowd.ideas}
        found = differences([acknowledged], await self._figures())
        self.crowd.http.close()
        return found

    async def end(self) -> None:
        """Everybody goes."""
        for device in self.crowd.devices:
            await device.leave()


def growth(held: Sequence[Held], of: str) -> float:
    """By how much it grows in an hour, after the first: the slope of the line of least squares."""
    later = [(float(each.hour), float(getattr(each, of))) for each in held[1:]]
    return statistics.linear_regression(*zip(*later, strict=True)).slope


async def lived(
    room: Room, hours: int, hour_s: float, seed: int, *, leaky: bool
) -> tuple[list[Held], list[str]]:
    """Live a day; gives what was held at each end of an hour and after a fresh start, and what was wrong."""
    size = ["--tables", str(room.tables), "--seats", str(room.seats), "--codes", "--real-rates"]
    with scratch() as folder:
        where = ["--data", str(folder / "data")]
        server = start("hall", *where, *size, *(["--leaky"] if leaky else []))
        with running(server):
            day = Day(server, room, hour_s, seed)
            looking = asyncio.create_task(day.crowd.keep_looking())
            try:
                await day.begin()
                held: list[Held] = []
                wrong: list[str] = []
                for number in range(1, hours + 1):
                    held.append(await day.hour(number))
                    print(held[-1], flush=True)
                    wrong += await day.wrong()
                await asyncio.to_thread(server.stop)
                fresh = await asyncio.to_thread(start, "hall", *where, "--no-ways", port=server.port)
                with running(fresh):
                    held.append(await day.again(fresh))
                    wrong += await day.wrong()
                    await day.end()
            finally:
                looking.cancel()
                day.crowd.samples.close()
    print(f"{day.changed} devices changed, {day.acknowledged:,} acknowledgements")
    return held, wrong + [str(each) for each in day.crowd.samples.errors.get("generator", {})]


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tables", type=int, default=40)
    parser.add_argument("--hours", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=60.0, help="that an hour takes")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="two tables, three hours of three seconds")
    parser.add_argument("--leaky", action="store_true", help="the control, which must grow")
    said = parser.parse_args(arguments)
    if said.quick:
        said.tables, said.hours, said.seconds = 2, 3, 3.0
    if len(os.sched_getaffinity(0)) > 1:
        pin(cores()[1])
    print("| hour | memory, MB | open files | acknowledged so far |\n|---|---|---|---|")
    room = Room(said.tables, 10)
    held, wrong = uvloop.run(lived(room, said.hours, said.seconds, said.seed, leaky=said.leaky))
    *day, fresh = held
    memory, files = growth(day, "rss_mb"), growth(day, "files")
    print(f"a fresh start on that log with the same room: {fresh.rss_mb:.1f} MB, {fresh.files} files")
    print(f"after the first hour: {memory:+.2f} MB and {files:+.2f} files an hour")
    for each in wrong:
        print(each, file=sys.stderr)
    grows = files > FILES_AN_HOUR_MAX or (memory > MB_AN_HOUR_MAX and not said.quick)
    print("grows" if grows else "flat")
    return int(grows or bool(wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
