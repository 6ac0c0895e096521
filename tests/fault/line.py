"""A hall on bad lines: four tables in namespaces of their own, cut off and healed in random order.

How this works. The server, its judge and four tables are machines of `tests/network/halls.py`. On every
table's line a tenth of the packets is lost each way, and 256 kbit/s fit through. A cut lets nothing through
and tells nobody; every second heal finds that what lay between has forgotten the connections (they are
reset). This module, run as a program, is the room as the server's machine sees it; its phones run at the
tables (`presses.py`).
"""

import asyncio
import contextlib
import json
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from app.client.http import secret_of
from app.core import commands as c
from app.core.ids import CommandId, SeatId
from tests.fault.judge import Verdict, ended
from tests.fault.room import PHONES, QUESTION, Room, Told
from tests.network.halls import Hall, Machine, hall_in
from tests.web.processes import ROOT

TABLES = 4
SERVER = "10.21.0.1"
LOSS_PERCENT = 10
RATE = "tc qdisc add dev {port} root tbf rate 256kbit burst 4kb latency 400ms"

LINE = """table inet line {{
  chain cut {{ type filter hook input priority -10; }}
  chain loss {{ type filter hook input priority 0; iifname "eth0" numgen random mod 100 < {loss} drop; }}
}}
"""


def address(table: int) -> str:
    """Where a table is."""
    return f"10.21.0.{10 + table}"


def suffered_lines(folder: Path, trials: int, *, seed: int, unsafe: bool, seconds: float) -> Verdict:
    """A hall whose lines were cut so many times, judged.

    Args:
        folder: An empty one.
        trials: How many times several tables are cut off, and healed.
        seed: Of the tables, the order and the moments.
        unsafe: Phones take for saved what they have handed to the line, and do not send it again.
        seconds: So long they are cut off.
    """
    with hall_in(folder) as hall:
        spaces = _tables(hall, server := hall.machine("server"))
        told = {"folder": str(folder), "trials": trials, "seed": seed, "unsafe": unsafe,
                "cut_seconds": seconds, "spaces": spaces}  # fmt: skip
        patience = 300 + trials * (seconds + 200)
        printed = server.python("tests.fault.line", json.dumps(told), seconds=patience)
    return msgspec.json.decode(printed.splitlines()[-1], type=Verdict)


def _tables(hall: Hall, server: Machine) -> list[str]:
    """Plug the tables in and make their lines bad; gives their namespaces."""
    switch, spaces = hall.switch("hall"), []
    hall.plug(server, switch, "eth0", f"{SERVER}/24")
    for number in range(TABLES):
        table = hall.machine(f"t{number}")
        port = hall.plug(table, switch, "eth0", f"{address(number)}/24")
        switch.do(RATE.format(port=port))
        table.do(RATE.format(port="eth0"))
        spaces.append(table.space)
        _nft(LINE.format(loss=LOSS_PERCENT), table.space)
    _nft(LINE.format(loss=LOSS_PERCENT), server.space)
    return spaces


def _nft(rules: str, space: str = "") -> None:
    within = ["ip", "netns", "exec", space] if space else []
    subprocess.run([*within, "nft", "-f", "-"], input=rules, text=True, check=True, timeout=30)


@dataclass
class Tables(Room):
    """A room whose phones are at tables on lines of their own.

    Attributes:
        spaces: The namespaces of the tables.
        cut_seconds: So long a table is cut off.
    """

    spaces: Sequence[str] = ()
    cut_seconds: float = 3.0
    _processes: list[asyncio.subprocess.Process] = field(default_factory=list)

    async def fill(self) -> None:
        """Begin the meeting, open the vote, and let every phone press from now on."""
        await self.organise(c.StartMeeting(), c.OpenVoting(QUESTION, 0))
        ways = [way for way in self.server.ways if way["role"] == "participant"][:PHONES]
        with contextlib.closing(self.api) as api:
            tokens = {way["label"]: (await api.join(secret_of(way["url"])))["token"] for way in ways}
        for number, space in enumerate(self.spaces):
            own = {seat: tokens[seat] for seat in list(tokens)[number :: len(self.spaces)]}
            await self._sit(space, own)
        await self.until(lambda: self._all_told(0))

    async def _sit(self, space: str, tokens: dict[str, str]) -> None:
        url = self.server.url.replace("http", "ws") + "/ws"
        process = await asyncio.create_subprocess_exec(
            "ip", "netns", "exec", space, sys.executable, "-m", "tests.fault.presses", url, str(self.seed),
            *(["--naive"] if self.unsafe else []), cwd=ROOT, stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert process.stdin is not None
        process.stdin.write(json.dumps(tokens).encode() + b"\n")
        self._processes.append(process)
        self._phones.append(asyncio.create_task(self._listen(process)))

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        async for line in process.stdout:
            command, seat, choice, fate = json.loads(line)
            self.told.append(Told(CommandId(command), SeatId(seat), choice, fate))
        if code := await process.wait():
            raise RuntimeError(f"the phones of a table ended with {code}")

    def _all_told(self, heard: int) -> bool:
        return len({told.seat for told in self.told[heard:]}) == PHONES

    async def hush(self) -> None:
        """Let every phone have its last answer."""
        for process in self._processes:
            assert process.stdin is not None
            process.stdin.close()
        await super().hush()

    async def leave(self) -> None:
        """End everything that was started here."""
        for process in self._processes:
            if process.returncode is None:
                process.kill()
                await process.wait()
        await super().leave()

    async def cut(self, table: int) -> None:
        """Nothing reaches the table or comes from it any more, and nobody is told."""
        await asyncio.to_thread(_nft, "add rule inet line cut iifname eth0 drop\n", self.spaces[table])
        await asyncio.to_thread(_nft, f"add rule inet line cut ip saddr {address(table)} drop\n")

    async def heal(self, table: int, others: Sequence[int], *, forgotten: bool) -> None:
        """The line is there again; `forgotten`, its connections are reset."""
        rules = "flush chain inet line cut\n"
        rules += "".join(f"add rule inet line cut ip saddr {address(each)} drop\n" for each in others)
        await asyncio.to_thread(_nft, rules)
        await asyncio.to_thread(_nft, "flush chain inet line cut\n", self.spaces[table])
        if forgotten:
            self.notes["connections forgotten"] += 1
            command = ["ip", "netns", "exec", self.spaces[table], "ss", "-K", "dst", SERVER]
            await asyncio.to_thread(subprocess.run, command, check=True, capture_output=True, timeout=30)


async def swizzled(room: Tables, dice: random.Random) -> float:
    """Several tables are cut off one after another, and healed in another order; from when on all are."""
    cut = dice.sample(range(TABLES), dice.randint(2, TABLES))
    for table in cut:
        await room.cut(table)
        await asyncio.sleep(dice.uniform(0.0, 1.0))
    await asyncio.sleep(room.cut_seconds)
    left = dice.sample(cut, len(cut))
    while left:
        table = left.pop()
        await room.heal(table, left, forgotten=len(left) % 2 == 0)
        await asyncio.sleep(dice.uniform(0.0, 1.0) if left else 0.0)
    room.notes["tables cut off"] += len(cut)
    return time.monotonic()


async def _suffered(folder: Path, trials: int, **how: Any) -> Verdict:
    room = Tables(folder / "data", folder / "server.log", everybody=True,
                  settings={"host": SERVER, "insecure_lan": "true"}, **how)  # fmt: skip
    dice = random.Random(room.seed)

    async def blow(_: Room) -> float:
        return await swizzled(room, dice)

    try:
        await room.start()
        await room.fill()
        for _ in range(trials):
            await room.suffer(blow)
        return await ended(room, trials)
    finally:
        await room.leave()


if __name__ == "__main__":
    told = json.loads(sys.argv[1])
    print(msgspec.json.encode(asyncio.run(_suffered(Path(told.pop("folder")), **told))).decode())
