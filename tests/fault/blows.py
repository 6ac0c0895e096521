"""What is done to the server: each blow takes it away in one way, in mid-vote."""

import asyncio
import fcntl
import os
import random
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.fault.room import Room

SHUTDOWN = 0x8004587D
"""FS_IOC_SHUTDOWN of linux/fs.h."""

NO_LOG_FLUSH = struct.pack("I", 2)
"""FS_SHUTDOWN_FLAGS_NOLOGFLUSH: nothing more reaches the disk, nor its journal, as when the power goes."""

DISK_BYTES = 256 * 1024 * 1024


async def killed(room: Room, dice: random.Random) -> None:
    """`kill -9` at a random moment."""
    await asyncio.sleep(dice.uniform(0.0, 0.6))
    await asyncio.to_thread(room.server.kill)


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
        """The power is back."""
        subprocess.run(["mount", "-o", "loop", str(self._image), str(self.folder)], check=True)

    def cut(self) -> None:
        """The power goes: nothing that is not on the disk now will be.

        What is on it is copied, and the copy is mounted when the power is back: the disk that went dark
        lives on as long as any process has it in its view of the file systems, and would answer for itself.
        """
        held = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.ioctl(held, SHUTDOWN, NO_LOG_FLUSH)
        finally:
            os.close(held)
        dark = self._image
        self._cuts += 1
        subprocess.run(["cp", "--sparse=always", str(dark), str(self._image)], check=True)
        dark.unlink()

    def unmount(self) -> None:
        """Nobody uses it any more."""
        subprocess.run(["umount", str(self.folder)], check=True)


@contextmanager
def disk(folder: Path) -> Iterator[Disk]:
    """A disk that is there, and is gone at the end."""
    made = Disk(folder / "disk")
    made.mount()
    try:
        yield made
    finally:
        made.unmount()


async def darkened(room: Room, dice: random.Random, disk: Disk) -> None:
    """The power is cut at a random moment, and comes back."""
    await asyncio.sleep(dice.uniform(0.2, 1.0))
    disk.cut()
    await asyncio.to_thread(room.server.kill)
    disk.unmount()
    disk.mount()
