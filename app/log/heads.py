"""The newest head of a log that is known outside its database: one line in a file beside it.

SQLite drops the tail of a journal that was cut short without a word: the log
is then whole, and shorter. So after each commit its end is written down here,
in place and not synced, which costs one system call. At the next opening a log
that ends before this line, or does not have this head, is named and refused
(docs/rules.md, The log).

It is also the last word on the disk: a file system whose journal is being ended
by a failure may say of a sync that it succeeded (ext4 does, docs/reliability.md),
but it takes no write after that.
"""

import errno
import logging
import os
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from app.log.port import Position

LINE_BYTES = 256
_CHECK_DIGITS = 16
_NEVER = -1
_DISK_FAILS = frozenset({errno.EIO, errno.EROFS, errno.ENODEV, errno.ENXIO, errno.ESHUTDOWN})
logger = logging.getLogger(__name__)


class Known(NamedTuple):
    """An end of the log that was reached: the position, and the chain's head there."""

    position: Position
    head: bytes


class HeadsFile:
    """The line, kept open while the log is; made with the first write."""

    def __init__(self, path: Path | None) -> None:
        self.path = path  # without one nothing is known outside the database
        self._file = _NEVER
        self._failed = False

    @classmethod
    def beside(cls, log: Path) -> "HeadsFile":
        """The file of a log that is a file itself; by whatever name the log is called."""
        return cls(Path(f"{log.resolve()}.heads"))

    def read(self) -> Known | None:
        """What is known; `None` where nothing is, or the line is not whole (said in the server's log)."""
        if self.path is None:
            return None
        try:
            file = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        try:
            line = os.pread(file, LINE_BYTES, 0)
        finally:
            os.close(file)
        known = _read(line)
        if known is None:
            logger.warning("%s is not readable: it cannot be told whether the log is whole", self.path)
        return known

    def write(self, known: Known) -> None:
        """Write down the newest end. That it cannot keeps nobody from going on, and is said once.

        Raises:
            OSError: The disk fails: what was synced just before may not be on it.
        """
        if self.path is None:
            return
        try:
            if self._file == _NEVER:
                self._file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
            os.pwrite(self._file, _line(known), 0)
        except OSError as error:
            if error.errno in _DISK_FAILS:
                raise
            if not self._failed:
                logger.warning("%s cannot be written (%s)", self.path, error.strerror)
            self._failed = True

    def close(self) -> None:
        """Write no more."""
        if self._file != _NEVER:
            os.close(self._file)
            self._file = _NEVER


def _line(known: Known) -> bytes:
    said = b"%b %d %b" % (known.position.epoch.encode(), known.position.offset, known.head.hex().encode())
    return (said + b" " + _check(said)).ljust(LINE_BYTES - 1) + b"\n"


def _read(line: bytes) -> Known | None:
    said, _, check = line.rstrip().rpartition(b" ")
    if len(line) != LINE_BYTES or check != _check(said):
        return None
    epoch, offset, head = said.decode().rsplit(" ", 2)
    return Known(Position(epoch, int(offset)), bytes.fromhex(head))


def _check(said: bytes) -> bytes:
    return sha256(said).hexdigest()[:_CHECK_DIGITS].encode()
