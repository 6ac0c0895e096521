"""What everybody in the simulated room has: a client, a pace, and a way to give commands.

An answer that nobody expected is noted, never raised: one person's mistake does not end the day.
"""

import os
from collections.abc import Callable, Collection
from typing import Any

from app.client import Client, Final
from app.core.commands import AnyCommand, command_name
from app.realtime import wire
from app.room.pace import Pace, Watch

FOREVER = 7 * 86_400.0
COME_TOO_LATE = frozenset({"voting_closed", "outcome_unknown", "voting_not_open", "wrong_round"})
"""What a ballot may be told that was sent while the vote was being closed or taken back."""

NOT_MINE_ANY_MORE = frozenset({"seat_held_by_other_device", "not_present", "seat_not_bound"})
"""What a seat may be told whose place somebody else has taken, or who was marked as gone."""


def new_id(prefix: str) -> str:
    """A fresh id of something new, made by the client as the contract asks."""
    return f"{prefix}_{os.urandom(16).hex()}"


class Guest:
    """Somebody with a client.

    Attributes:
        client: Its connection.
        pace: The day's.
        watch: What everybody sees of each other.
        acted_offset: Of the last event that this one brought about.
    """

    def __init__(self, client: Client, pace: Pace, watch: Watch) -> None:
        self.client, self.pace, self.watch = client, pace, watch
        self.acted_offset = 0

    @property
    def role(self) -> str:
        welcome = self.client.core.welcome
        return welcome.role if welcome else ""

    async def do(self, said: AnyCommand, expected: Collection[str] = ()) -> bool:
        """Give a command; whether it was accepted. A refusal that is not `expected` is noted."""
        answer: Final = await self.client.do(said)
        if isinstance(answer, wire.Ack):
            self.acted_offset = max(self.acted_offset, answer.offset)
            return True
        if answer.code not in expected:
            params = "" if isinstance(answer, wire.Unknown) else f" {answer.params}"
            self.watch.surprises.append(
                f"{self.role}: {command_name(type(said))} was answered {answer.code}{params}"
            )
        return False

    def see(self, channel: str, key: str) -> Any:
        """What a channel shows under a key; `None` where it shows nothing."""
        return self.client.state.get(channel, {}).get(key)

    def all(self, channel: str, prefix: str) -> list[Any]:
        """What a channel shows under every key that begins so, in its order."""
        return [value for key, value in self.client.state.get(channel, {}).items() if key.startswith(prefix)]

    async def next_vote(self, channel: str, seen: str | None) -> dict[str, Any]:
        """What is open, once it is not what was seen before; its question is `None` where nothing is."""
        await self.until(lambda: name_of(self.see(channel, "open")) != seen)
        sheet: dict[str, Any] = self.see(channel, "open")
        return sheet

    async def until(self, so: Callable[[], object], seconds: float = FOREVER) -> None:
        """Wait until what the channels show is so."""
        await self.client.until(lambda _: so(), seconds)


def name_of(sheet: dict[str, Any] | None) -> str | None:
    """Question and round of an open question; `None` where none is open."""
    if sheet is None or sheet["question"] is None:
        return None
    return f"{sheet['question']}/{sheet['round']}"
