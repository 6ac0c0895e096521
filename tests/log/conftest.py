"""A log in a file, open and closed."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.log.sql import SqlLog
from tests.log.events import GENESIS, ballot, heads, idea, write


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "hall.db"


@pytest.fixture
async def sql_log(path: Path) -> AsyncIterator[SqlLog]:
    made = await SqlLog.create(path, GENESIS)
    yield made
    await made.close()


@pytest.fixture
async def closed(path: Path) -> Path:
    """A log of 60 events in 20 segments that nobody has open."""
    log = await SqlLog.create(path, GENESIS)
    for number in range(1, 60, 3):
        await write(log, heads(number), ballot(number + 1), idea(f"idea {number} " * 20))
    await log.close()
    return path
