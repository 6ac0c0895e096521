"""At stake: in waiting mode nothing is acknowledged that is on one machine only, unless that is said."""

import asyncio
from pathlib import Path

import pytest

from app.core.ids import MeetingId
from app.realtime.following import AWAY_SECONDS, Following
from app.tool.follow import Follower
from tests.fakes import until
from tests.follow.beside import Second, code_of, following, in_step, say
from tests.security.server import Served, served

M = MeetingId("m")
WAIT_MS = 20_000


def state(room: Served) -> tuple[bool, int]:
    now = room.server.house.following.state()
    return now.waited, now.behind


async def waited_for(room: Served, second: Second) -> None:
    await in_step(room, second)
    await until(lambda: state(room) == (True, 0), seconds=60)


@pytest.mark.parametrize("wait_ms", [WAIT_MS, 0])
async def test_what_is_acknowledged_is_on_both_machines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wait_ms: int
) -> None:
    """The follower's disk is held: meanwhile nothing is acknowledged; without waiting (the control) it is."""
    serving = served(tmp_path, follower_wait_ms=wait_ms)
    async with serving as room, following(room, tmp_path / "second", await code_of(room)) as second:
        await in_step(room, second)
        await until(lambda: state(room) == (wait_ms > 0, 0), seconds=60)
        held = asyncio.Event()
        take = Follower.take

        async def slowly(self: Follower, answer: bytes) -> None:
            await held.wait()
            await take(self, answer)

        monkeypatch.setattr(Follower, "take", slowly)
        before = second.held(room.meeting)
        saying = asyncio.create_task(say(room, "on one machine or two"))
        await until(lambda: room.server.house.logs[room.meeting].position.offset > before, seconds=60)
        if wait_ms == 0:
            await saying
        for _ in range(50):
            await asyncio.sleep(0)
        assert saying.done() is (wait_ms == 0)
        held.set()
        await saying
        if wait_ms:
            assert second.held(room.meeting) == room.offset, "it is there when it is acknowledged"
        await in_step(room, second)


async def test_a_follower_that_is_gone_is_waited_for_once_and_then_the_server_goes_on_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when its plug was pulled: it says nothing more. What is at risk is counted, and it comes back."""
    folder = tmp_path / "second"
    async with served(tmp_path, follower_wait_ms=300) as room:
        async with following(room, folder, await code_of(room)) as second:
            await waited_for(room, second)
            monkeypatch.setattr(room.server.house.following, "told", lambda _: None)
            loop = asyncio.get_running_loop()
            began = loop.time()
            await say(room, "waited for")
            assert loop.time() - began >= 0.25, "it was waited for"
            assert state(room) == (False, 1)
            await say(room, "not waited for")
            assert state(room) == (False, 2)
            monkeypatch.undo()
            await until(lambda: state(room) == (True, 0), seconds=60)
        await until(lambda: not state(room)[0], seconds=60)  # it said that it leaves
        await say(room, "nobody is waited for")
        assert state(room)[1] == room.offset


async def test_a_follower_that_is_sent_away_holds_nobody_up(tmp_path: Path) -> None:
    serving = served(tmp_path, follower_wait_ms=WAIT_MS)
    async with serving as room, following(room, tmp_path / "second", await code_of(room)) as second:
        await waited_for(room, second)
        await room.server.house.followers.dismiss()
        await say(room, "at once")
        assert state(room) == (False, room.offset)
        await asyncio.wait([second.task])


# --- the rule by itself --------------------------------------------------------------------


async def test_an_acknowledgement_waits_for_its_own_event_and_not_for_less() -> None:
    follows = Following(WAIT_MS)
    follows.stands_at(M, 4)
    follows.told({M: 4})
    batch = asyncio.create_task(follows.committed(M, 6))
    for held in (4, 5):
        follows.told({M: held})
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert not batch.done(), held
    follows.told({M: 6})
    await batch
    assert follows.state().waited


async def test_it_is_waited_for_only_once_it_has_everything_of_every_meeting() -> None:
    follows, other = Following(WAIT_MS), MeetingId("other")
    follows.stands_at(M, 4)
    follows.stands_at(other, 9)
    follows.told({M: 4})
    assert (follows.state().waited, follows.behind) == (False, 9)
    await follows.committed(M, 5)  # nobody is waited for
    follows.told({M: 5, other: 9})
    assert follows.state().waited


async def test_a_follower_that_has_not_asked_for_seconds_is_away() -> None:
    now = 0.0
    follows = Following(now=lambda: now)
    assert not follows.state().connected
    follows.told({})
    assert follows.state().connected
    now = AWAY_SECONDS
    assert not follows.state().connected
