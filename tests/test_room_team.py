"""At stake: the simulated theme team reads on, whatever tables do to an idea while it is being read."""

from collections.abc import Callable
from typing import Any, cast

import pytest

from app.client import Client, Final
from app.core.commands import AnyCommand, ReadIdeas
from app.realtime import wire
from app.room.pace import Pace, Watch
from app.room.team import Member


def idea(revision: int, *, read: bool) -> dict[str, Any]:
    return {
        "id": "idea_1", "table": "1", "item": "talk", "kind": "request", "text": "A lamp at the gate",
        "revision": revision, "read": read, "withdrawn": False, "themes": [],
    }  # fmt: skip


class Desk:
    """A client that shows one idea; what comes after it was read is given."""

    def __init__(self, after: dict[str, Any]) -> None:
        self.state = {"desk": {"idea/idea_1": idea(1, read=False)}}
        self.after = after
        self.asked: list[AnyCommand] = []

    async def do(self, said: AnyCommand) -> Final:
        self.asked.append(said)
        self.state["desk"]["idea/idea_1"] = self.after
        return wire.Ack("cmd_1", 1)

    async def until(self, so: Callable[[object], object], seconds: float) -> None:
        if not so(self):
            raise TimeoutError(seconds)


def member(desk: Desk) -> Member:
    return Member(cast(Client, desk), {}, Pace(60), Watch())


@pytest.mark.parametrize("after", [idea(1, read=True), idea(2, read=False)], ids=["read", "new words"])
async def test_a_member_goes_on_when_what_was_read_is_read_or_has_new_words(after: dict[str, Any]) -> None:
    desk = Desk(after)
    await member(desk)._read_some()
    assert [type(said) for said in desk.asked] == [ReadIdeas]


async def test_control_what_stays_unread_is_waited_for() -> None:
    with pytest.raises(TimeoutError):
        await member(Desk(idea(1, read=False)))._read_some()
