"""What is done to the server: each blow takes it, or its disk, away in one way, in mid-vote."""

import asyncio
import contextlib
import fcntl
import os
import random
import signal
import struct
import subprocess
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from app.client import Client
from app.realtime import wire
from tests.fault.again import repeated
from tests.fault.damage import corrupted, cut_short
from tests.fault.late import closed_over
from tests.fault.pages import OlderPage
from tests.fault.readers import muted, trickled
from tests.fault.rival import rivalled
from tests.fault.room import Room
from tests.web.processes import PROGRAM, Running

UNSAFE = Path(__file__).with_name("unsafe.py")
OLDER = Path(__file__).with_name("older.py")

SHUTDOWN = 0x8004587D
"""FS_IOC_SHUTDOWN of linux/fs.h."""

NO_LOG_FLUSH = struct.pack("I", 2)
"""FS_SHUTDOWN_FLAGS_NOLOGFLUSH: nothing more reaches the disk, nor its journal, as when the power goes."""

DISK_BYTES = 256 * 1024 * 1024


FULL_SECONDS = 2.0
"""So long the disk stays full."""

OVER_SECONDS = 30.0
"""So long a server whose disk has failed may take to end by itself."""

AIMED_MAX = 12
"""Kills are aimed at one of so many syncs or writes."""

LOG_UNAVAILABLE = 70
"""The exit code of a server whose log can take no more."""


class Disk:
    """A disk of its own, from which the power can be taken. Needs root.

    Attributes:
        folder: Where it is mounted.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._cuts = 0
        folder.mkdir(parents=True)
        with self._image.open("wb") as made:
            made.truncate(DISK_BYTES)
        subprocess.run(["mkfs.ext4", "-q", "-F", str(self._image)], check=True, capture_output=True)

    @property
    def _image(self) -> Path:
        return self.folder.with_name(f"{self.folder.name}-{self._cuts}.ext4")

    def mount(self) -> None:
        """It is there."""
        subprocess.run(["mount", "-o", "loop", str(self._image), str(self.folder)], check=True)

    def cut(self) -> None:
        """The power goes: nothing that is not on the disk now, or on its way to it, will be."""
        held = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.ioctl(held, SHUTDOWN, NO_LOG_FLUSH)
        finally:
            os.close(held)

    def restore(self) -> None:
        """The power is back.

        Whoever wrote must have ended: a sync that was under way is on the disk, or nobody was told of it.
        What is there is copied, and the copy is mounted: the disk that went dark lives on as long as any
        process has it in its view of the file systems, and would answer for itself.
        """
        self.unmount()
        dark = self._image
        self._cuts += 1
        subprocess.run(["cp", "--sparse=always", str(dark), str(self._image)], check=True)
        dark.unlink()
        self.mount()

    @contextmanager
    def full(self) -> Iterator[None]:
        """There is no room for another byte."""
        stuffing = self.folder / "stuffing"
        with stuffing.open("wb", buffering=0) as made:
            for size in (1 << 20, 1 << 12, 1):
                with contextlib.suppress(OSError):  # ENOSPC is what is looked for
                    while True:
                        made.write(bytes(size))
        try:
            yield
        finally:
            stuffing.unlink()

    def unmount(self, *how: str) -> None:
        """It is not there any more. `--lazy` does not wait for whoever still has a file of it open."""
        subprocess.run(["umount", *how, str(self.folder)], check=True)


@contextmanager
def disk(folder: Path) -> Iterator[Disk]:
    """A disk that is there, and is gone at the end."""
    made = Disk(folder / "disk")
    made.mount()
    try:
        yield made
    finally:
        made.unmount("--lazy")


async def killed(room: Room, dice: random.Random, _disk: Disk | None) -> None:
    """`kill -9` at a random moment."""
    await asyncio.sleep(dice.uniform(0.0, 0.6))
    await asyncio.to_thread(room.server.kill)


async def stopped(room: Room, dice: random.Random, _disk: Disk | None) -> None:
    """SIGTERM at a random moment: what is under way is written, then the server ends."""
    await asyncio.sleep(dice.uniform(0.0, 0.6))
    code = await asyncio.to_thread(room.server.stop)
    if code:
        room.amiss.append(f"told to stop, the server ended with {code}")


async def darkened(room: Room, dice: random.Random, disk: Disk | None) -> None:
    """The power is cut at a random moment, and comes back.

    The processor stops with the disk: nobody is told anything by a server that outlived it.
    """
    assert disk is not None
    await asyncio.sleep(dice.uniform(0.2, 1.0))
    room.server.process.send_signal(signal.SIGSTOP)
    disk.cut()
    await asyncio.to_thread(room.server.kill)
    disk.restore()


async def failed(room: Room, dice: random.Random, disk: Disk | None) -> None:
    """From a random moment every write and every sync of the disk fails (EIO), until the server has ended."""
    assert disk is not None
    await asyncio.sleep(dice.uniform(0.2, 1.0))
    disk.cut()
    await _ends(room, "its disk failed")
    disk.restore()


async def _ends(room: Room, what: str) -> None:
    """The server has to end by itself and say that its log can take no more."""
    try:
        code = await asyncio.to_thread(room.server.over, OVER_SECONDS)
    except subprocess.TimeoutExpired:
        room.amiss.append(f"{what}, and the server went on")
        await asyncio.to_thread(room.server.kill)
    else:
        if code != LOG_UNAVAILABLE:
            room.amiss.append(f"{what}, and the server ended with {code}")


async def filled(room: Room, dice: random.Random, disk: Disk | None) -> None:
    """The disk is full from a random moment, for a while; the server goes on, and can be read."""
    assert disk is not None
    await asyncio.sleep(dice.uniform(0.2, 1.0))
    with disk.full():
        if not await room.until_busy():
            room.amiss.append("on a full disk nobody was answered busy")
        saved = room.saved
        await room.read()
        await asyncio.sleep(FULL_SECONDS)
        if room.saved > saved:
            room.amiss.append(f"on a full disk {room.saved - saved} ballots were acknowledged")


async def aimed(room: Room, dice: random.Random, _disk: Disk | None) -> None:
    """`kill -9` as the server comes to its k-th sync or write from a random moment on, before it is done."""
    await asyncio.sleep(dice.uniform(0.0, 0.3))
    call, number = dice.choice(("fdatasync", "pwrite64")), dice.randint(1, AIMED_MAX)
    if await asyncio.to_thread(_over_at, room.server, call, "signal=KILL", number) is None:
        room.amiss.append(f"the server did not come to {call} number {number}")
        await asyncio.to_thread(room.server.kill)
    room.notes[f"at {call}"] += 1


async def glitched(room: Room, dice: random.Random, disk: Disk | None) -> None:
    """One sync of the log is answered with EIO, and every later one would go well; the server ends.

    The next server begins, in turns, on what the disk has, or on what the kernel still has in memory; then
    the power goes once everybody was acknowledged by it.
    """
    assert disk is not None
    await asyncio.sleep(dice.uniform(0.0, 0.3))
    number = dice.randint(1, AIMED_MAX)
    code = await asyncio.to_thread(_over_at, room.server, "fdatasync", "error=EIO", number)
    if code is None:
        room.amiss.append("a sync failed, and the server went on")
        await asyncio.to_thread(room.server.kill)
    elif code != LOG_UNAVAILABLE:
        room.amiss.append(f"a sync failed, and the server ended with {code}")
    if len(room.back_seconds) % 2:
        await room.start()
        await room.answered()
        room.notes["of these followed by a power cut"] += 1
        await darkened(room, dice, disk)
    else:
        disk.cut()
        disk.restore()


def _over_at(server: Running, call: str, what: str, number: int) -> int | None:
    """Have this happen to the server as it makes this call for the k-th time.

    Returns:
        The code with which it then ended; `None` where it went on, or did not come to that call.
    """
    inject = f"inject={call}:{what}:when={number}"
    command = ["strace", "-f", "-qq", "-o", os.devnull, "-e", f"trace={call}", "-e", inject]
    with subprocess.Popen([*command, "-p", str(server.process.pid)]) as tracer:
        try:
            return server.over(OVER_SECONDS)
        except subprocess.TimeoutExpired:
            tracer.kill()
            return None


async def jumped(room: Room, dice: random.Random, _disk: Disk | None) -> float:
    """The wall clock jumps, and every line breaks: whoever comes back is let in, and the vote is open."""
    await asyncio.sleep(dice.uniform(0.0, 0.6))
    room.server.process.send_signal(signal.SIGUSR1)
    heard, began = len(room.told), time.monotonic()
    room.cut_lines()
    await room.answered()
    if refused := {told.fate for told in room.told[heard:]} - {"saved"}:
        room.amiss.append(f"the wall clock jumped, and ballots were refused: {', '.join(sorted(refused))}")
    return began


async def upgraded(room: Room, dice: random.Random, _disk: Disk | None) -> None:
    """Phones press on an older program, which then makes way for this one: stopped and killed in turns.

    Every second time the older one spoke another version of the wire. What ran before makes way for it
    first, with the file of heads, which it did not have.
    """
    await room.put_away()
    await asyncio.to_thread(room.server.stop)
    for heads in room.folder.glob("meetings/*/logs/*.heads"):
        heads.unlink()
    real = "OLDER_TREE" in os.environ  # it speaks what it speaks
    protocol = wire.PROTOCOL - (0 if real else len(room.back_seconds) % 2)
    older(room, protocol)
    await room.start()
    await room.take_up()
    room.page, room.program = Client, UNSAFE if room.unsafe else PROGRAM
    await asyncio.sleep(dice.uniform(0.0, 0.6))
    await asyncio.to_thread(dice.choice((room.server.stop, room.server.kill)))


def older(room: Room, protocol: int = wire.PROTOCOL) -> None:
    """The room is served by an older program from its next start on, with the pages that it has."""
    os.environ["OLDER"] = str(protocol)
    room.program, room.everybody = OLDER, True
    room.page = partial(OlderPage, protocol=protocol)


async def crashed(room: Room, dice: random.Random, _disk: Disk | None) -> None:
    """The log's database ends at once at a random moment, and comes back; every third time the server does.

    A server whose database is gone stops acknowledging and ends by itself, as with a disk that fails.
    """
    database = room.database
    assert database is not None
    await asyncio.sleep(dice.uniform(0.2, 1.0))
    if len(room.back_seconds) % 3 == 2:
        room.notes["the server killed"] += 1
        await asyncio.to_thread(room.server.kill)
        return
    await asyncio.to_thread(database.crash)
    await _ends(room, "its database was gone")
    await asyncio.to_thread(database.start)


BLOWS: dict[str, Callable[[Room, random.Random, Disk | None], Awaitable[float | None]]] = {
    "kill": killed, "sync": aimed, "stop": stopped, "power": darkened, "eio": failed, "glitch": glitched,
    "full": filled, "corrupt": corrupted, "tail": cut_short, "clock": jumped,
    "upgrade": upgraded, "rival": rivalled, "mute": muted, "trickle": trickled, "late": closed_over,
    "again": repeated, "database": crashed,
}  # fmt: skip
"""By kind."""

ON_A_DISK = frozenset({"power", "eio", "glitch", "full"})
"""The kinds that need a disk of their own, and so root."""
