"""At stake: a second laptop that is waited for lacks more than the batch that nobody was told of yet."""

import asyncio
from pathlib import Path

import pytest

from app.realtime.following import Following
from app.tool.follow import Follower
from tests.fakes import until
from tests.follow.beside import code_of, following, in_step, say
from tests.follow.lag_server import Lags
from tests.security.server import served

SPEAKERS, EACH = 8, 12
SLOW_SECONDS = 0.05


@pytest.mark.parametrize("wait_ms", [20_000, 0])
async def test_it_lacks_at_most_one_batch_where_it_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wait_ms: int
) -> None:
    """Its disk is slow; the control is a server that does not wait, and leaves it behind."""
    for name in ("stands_at", "told", "_go_on_alone"):  # what is watched is let alone afterwards
        monkeypatch.setattr(Following, name, getattr(Following, name))
    lags, take = Lags(), Follower.take

    async def slowly(self: Follower, answer: bytes) -> None:
        await asyncio.sleep(SLOW_SECONDS)
        await take(self, answer)

    async with (
        served(tmp_path, follower_wait_ms=wait_ms) as room,
        following(room, tmp_path / "second", await code_of(room)) as second,
    ):
        await in_step(room, second)
        await until(lambda: room.server.house.following.state().waited is (wait_ms > 0), seconds=60)
        lags.watch()
        room.server.house.following.told({room.meeting: room.offset})  # it holds everything: from now on
        monkeypatch.setattr(Follower, "take", slowly)

        async def speak(who: int) -> None:
            for number in range(EACH):
                await say(room, f"{who}: {number}")

        await asyncio.gather(*map(speak, range(SPEAKERS)))
        await in_step(room, second)
    assert sum(lags.batches) >= len(lags.batches) >= EACH, "many batches, each looked at"
    assert lags.alone == (1 if wait_ms else 0), "it said that it leaves, at the end"
    assert (max(lags.batches) == 1) is (wait_ms > 0), max(lags.batches)
