"""At stake: a second server that does not say which process to stop."""

import fcntl
import os
import socket
import threading
from pathlib import Path

import pytest

from app.log import lock as locks
from app.log.lock import OwnerLock
from app.log.port import LogOwned


@pytest.mark.parametrize("before", ["", f"process 999999999 on {socket.gethostname()}\n"])
def test_an_owner_that_has_only_just_taken_the_lock_is_waited_for_until_it_has_said_who_it_is(
    tmp_path: Path, before: str
) -> None:
    held = os.open(f"{tmp_path.resolve() / 'log'}.lock", os.O_RDWR | os.O_CREAT)
    os.write(held, before.encode())
    fcntl.flock(held, fcntl.LOCK_EX)
    owner = f"process {os.getppid()} on {socket.gethostname()}\n".encode()
    says = threading.Timer(0.1, lambda: os.pwrite(held, owner.ljust(100), 0))
    says.start()
    try:
        with pytest.raises(LogOwned, match=f"process {os.getppid()} "):
            OwnerLock.take(tmp_path / "log")
    finally:
        says.join()
        os.close(held)


def test_an_owner_that_never_says_who_it_is_is_refused_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "NAMED_SECONDS", 0.05)
    held = os.open(f"{tmp_path.resolve() / 'log'}.lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(held, fcntl.LOCK_EX)
    try:
        with pytest.raises(LogOwned, match="another process"):
            OwnerLock.take(tmp_path / "log")
    finally:
        os.close(held)


def test_an_owner_on_another_machine_is_named_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "NAMED_SECONDS", float("inf"))
    held = os.open(f"{tmp_path.resolve() / 'log'}.lock", os.O_RDWR | os.O_CREAT)
    os.write(held, b"process 7 on elsewhere\n")
    fcntl.flock(held, fcntl.LOCK_EX)
    try:
        with pytest.raises(LogOwned, match="process 7 on elsewhere"):
            OwnerLock.take(tmp_path / "log")
    finally:
        os.close(held)
