"""Who owns a log on this machine: a lock on a file beside it, with the owner's pid and host inside.

The file of the log itself is never opened here: closing it again would drop
the database's own lock. Symlinks are followed first, so that every name of a
log has one lock; for other aliases (bind mounts) the database's lock stands.
"""

import contextlib
import fcntl
import os
import re
import socket
import time
from pathlib import Path

from app.log.port import LogOwned

NAMED_SECONDS = 0.5
"""An owner that has only just taken the lock may so long not have said who it is."""


class OwnerLock:
    """Held until `release`, or until the process ends however it ends."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    @classmethod
    def take(cls, log: Path) -> "OwnerLock":
        """Become the owner of a log.

        Raises:
            LogOwned: Another process is; the sentence names its pid.
            OSError: The lock file cannot be made.
        """
        log = log.resolve()
        descriptor = os.open(f"{log}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = _named(descriptor)
            os.close(descriptor)
            raise LogOwned(
                f"The log {log} is already open in {owner or 'another process'}. Stop that process first."
            ) from None
        except BaseException:
            os.close(descriptor)
            raise
        lock = cls(descriptor)
        # A full disk must not keep a log from being opened for reading: the lock holds without the words.
        with contextlib.suppress(OSError):
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"process {os.getpid()} on {socket.gethostname()}\n".encode(), 0)
        return lock

    def release(self) -> None:
        """Let the next owner in. The file stays: who waits for it holds the same one."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def _named(descriptor: int) -> str:
    """Who says in the file that it has the lock; waits while that is nobody, or one that has ended."""
    end = time.monotonic() + NAMED_SECONDS
    while True:
        owner = os.pread(descriptor, 200, 0).decode(errors="replace").strip()
        if _lives(owner) or time.monotonic() > end:
            return owner
        time.sleep(0.02)


def _lives(owner: str) -> bool:
    """Whether the process that is named is one of this machine, or may be of another."""
    said = re.match(r"process (\d+) on (.+)", owner)
    if said is None or said[2] != socket.gethostname():
        return said is not None
    try:
        os.kill(int(said[1]), 0)
    except ProcessLookupError:
        return False
    except OSError:  # it is there, and somebody else's
        return True
    return True
