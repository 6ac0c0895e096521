"""At stake: a server of the tests leaves nothing behind, and where none can run that is said."""

import os
from pathlib import Path

import pytest

from tests.log import postgres_server


@pytest.mark.postgres
def test_a_server_and_its_folder_are_gone_afterwards() -> None:
    with postgres_server.server() as made:
        folder = Path(made.url.rpartition("=")[2])
        pid = int((folder / "data" / "postmaster.pid").read_text().split()[0])
        os.kill(pid, 0)  # it lives
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert not folder.exists()


def test_a_machine_without_the_wheel_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_server, "WHEEL", "no_such_wheel")
    assert postgres_server.lacks()[0] == "no_such_wheel"


def test_root_without_another_user_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(postgres_server, "USER", "no-such-user")
    assert postgres_server.lacks()[-1] == "a user no-such-user"
    monkeypatch.setattr(os, "geteuid", lambda: 1000)  # control: who is not root needs nobody else
    assert "a user no-such-user" not in postgres_server.lacks()
