"""The second laptop's tests: what is only pace goes faster."""

import pytest

from app.web import followers
from app.web.api import follow


@pytest.fixture(autouse=True)
def brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server's database is looked at, and an idle follower answered, more often."""
    monkeypatch.setattr(followers, "DATABASE_SECONDS", 0.02)
    monkeypatch.setattr(follow, "ASK_SECONDS", 0.05)
