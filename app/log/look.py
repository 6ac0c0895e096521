"""A log's file under a second name, for SQLite to read and never to write.

When a connection is closed, SQLite moves the journal into the file and deletes it, and with it what stands
behind a damaged frame: SQLite takes that for the journal's end, and somebody might still recover it. So a log
is first read by second names of file and journal (hard links), through a connection that may only read; the
names are gone as soon as it holds both. Meanwhile the lock that SQLite itself would take is held here.
"""

import asyncio
import fcntl
import logging
import os
from contextlib import suppress
from pathlib import Path
from typing import Self
from urllib.parse import quote

from app.log.port import LogOwned

LOCKED_FROM, LOCKED_BYTES = 0x4000_0000, 512
"""The bytes that every program of SQLite locks on a file (https://sqlite.org/lockingv3.html)."""

IN_USE = "The log is open in another program, perhaps a database tool. Close it there first."
AGAIN_SECONDS = 0.05
logger = logging.getLogger(__name__)


class Look:
    """The second names and the lock; `forget` takes the names away, `end` gives up the lock too."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._name = path.with_name(f"{path.name}.look")
        self._descriptor = descriptor

    @classmethod
    async def at(cls, path: Path, busy_seconds: float) -> Self | None:
        """Begin to look; `None` where the disk has no second names, or takes none any more.

        Args:
            path: The file itself, no symlink.
            busy_seconds: How long to wait for another program.

        Raises:
            LogOwned: Another program has the file open.
        """
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            return None
        look = cls(path, descriptor)
        try:
            await look._lock(busy_seconds)
            look._link()
        except OSError as error:
            logger.warning("%s is opened without a look at it first (%s)", path, error.strerror)
            look.end()
            return None
        except BaseException:
            look.end()
            raise
        return look

    @property
    def uri(self) -> str:
        """What SQLite is to open: read only, and without locks, since closing would drop ours."""
        return f"file:{quote(str(self._name))}?mode=ro&vfs=unix-none"

    def forget(self) -> None:
        """Take the second names away; who has the files open keeps them."""
        for name in (self._name, self._journal(self._name)):
            with suppress(FileNotFoundError):
                name.unlink()

    def end(self) -> None:
        """Look no more. SQLite has to have closed the file."""
        self.forget()
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _link(self) -> None:
        self.forget()  # of a look that was killed
        self._name.hardlink_to(self._path)
        with suppress(FileNotFoundError):
            self._journal(self._name).hardlink_to(self._journal(self._path))

    def _journal(self, file: Path) -> Path:
        return file.with_name(f"{file.name}-wal")

    async def _lock(self, busy_seconds: float) -> None:
        until = asyncio.get_running_loop().time() + busy_seconds
        while True:
            try:
                fcntl.lockf(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, LOCKED_BYTES, LOCKED_FROM)
            except (BlockingIOError, PermissionError):
                if asyncio.get_running_loop().time() > until:
                    raise LogOwned(IN_USE) from None
                await asyncio.sleep(AGAIN_SECONDS)
            else:
                return
