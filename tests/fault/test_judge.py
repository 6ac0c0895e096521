"""At stake: a verdict that calls clean what was not, or a control that is believed for another reason."""

import asyncio
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.core.ids import CommandId, SeatId
from tests.fault.__main__ import CONTROLS
from tests.fault.judge import Verdict
from tests.fault.room import LIVE_SECONDS, PHONES, Room, Told

HARMLESS = "while some did not read, only 3 of 12 phones were acknowledged"


def verdict(**found: Any) -> Verdict:
    return Verdict(1, PHONES, 0, **{"lost": (), "doubled": (), "slipped": (), **found})


async def out_for(folder: Path, seconds: float, served: int = PHONES) -> Room:
    """A room that was hit so long ago, and in which so many phones are served now."""
    room = Room(folder / "data", folder / "server.log")
    room.running = SimpleNamespace(process=SimpleNamespace(poll=lambda: None))  # type: ignore[assignment]

    async def blow(_: Room) -> float:
        answers = [Told(CommandId(f"c{n}"), SeatId(f"1-{n}"), "car", "saved") for n in range(served)]
        asyncio.get_running_loop().call_soon(room.told.extend, answers)
        return time.monotonic() - seconds

    await room.suffer(blow)
    return room


async def test_a_room_that_is_out_for_too_long_is_amiss(tmp_path: Path) -> None:
    assert (await out_for(tmp_path, 0)).amiss == []
    assert (await out_for(tmp_path, LIVE_SECONDS + 1)).amiss == ["after the fault somebody was out for 31 s"]


async def test_nobody_is_forgotten_who_is_not_served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Room.until, "__defaults__", (0.1,))
    with pytest.raises(TimeoutError):
        await out_for(tmp_path, 0, PHONES - 1)


@pytest.mark.parametrize("kind", CONTROLS)
def test_a_control_is_believed_for_its_own_reason_only(kind: str) -> None:
    assert not CONTROLS[kind].shows(verdict())
    assert not CONTROLS[kind].shows(verdict(wrong=(HARMLESS,)))
    assert not CONTROLS[kind].shows(verdict(slipped=("c1",)))


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ("kill", {"lost": ("c1",)}),
        ("again", {"doubled": ("c1",)}),
        ("mute", {"wrong": (HARMLESS, "2 of 10 that did not read were there after 20 s")}),
        ("late", {"wrong": ("round 1: 3 ballots behind its close",)}),
    ],
)
def test_and_it_is_believed_for_that(kind: str, found: dict[str, Any]) -> None:
    assert CONTROLS[kind].shows(verdict(**found))
