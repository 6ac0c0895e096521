"""At stake: a second server that does not say which process to stop."""

import contextlib
import fcntl
import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.log import lock as locks
from app.log.lock import OwnerLock
from app.log.port import LogOwned


@contextlib.contextmanager
def owned(folder: Path, said: str = "") -> Iterator[int]:
    """The lock of the log in this folder is somebody's, who has said so much; gives its file."""
    held = os.open(f"{folder.resolve() / 'log'}.lock", os.O_RDWR | os.O_CREAT)
    try:
        os.write(held, said.encode())
        fcntl.flock(held, fcntl.LOCK_EX)
        yield held
    finally:
        os.close(held)


def refused(folder: Path, who: str) -> None:
    with pytest.raises(LogOwned, match=who):
        OwnerLock.take(folder / "log")


@pytest.mark.parametrize("before", ["", f"process 999999999 on {socket.gethostname()}\n"])
def test_an_owner_that_has_only_just_taken_the_lock_is_waited_for_until_it_has_said_who_it_is(
    tmp_path: Path, before: str
) -> None:
    with owned(tmp_path, before) as held:
        owner = f"process {os.getppid()} on {socket.gethostname()}\n".encode()
        says = threading.Timer(0.1, lambda: os.pwrite(held, owner.ljust(100), 0))
        says.start()
        try:
            refused(tmp_path, f"process {os.getppid()} ")
        finally:
            says.join()


def test_an_owner_that_never_says_who_it_is_is_refused_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "NAMED_SECONDS", 0.05)
    with owned(tmp_path):
        refused(tmp_path, "another process")


def test_an_owner_on_another_machine_is_named_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "NAMED_SECONDS", float("inf"))
    with owned(tmp_path, "process 7 on elsewhere\n"):
        refused(tmp_path, "process 7 on elsewhere")
