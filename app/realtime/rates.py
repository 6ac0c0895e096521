"""How fast somebody may go on: buckets of tokens by key, on the meeting's clock. Pure.

Keyed on who and for what, never on an address: a hall is one address.
"""

from dataclasses import dataclass

from app.core.capability import Capability
from app.core.commands import (
    AskMoreTime,
    CastBallot,
    CastPaperBallot,
    Command,
    JoinSeat,
    PressKey,
    WithdrawBallot,
    WriteIdea,
    command_name,
)

KEYS_MAX = 50_000


@dataclass(frozen=True, slots=True)
class Rate:
    """So many a period, and so many at once."""

    count: int
    per_ms: int
    burst: int


BALLOTS = Rate(5, 1_000, 20)
"""Ballots of one seat through one capability."""

IDEAS = Rate(30, 60_000, 60)
"""Ideas of one table."""

ACTS = Rate(20, 1_000, 1_000)
"""All else of one capability: more than any hand, so that a captured device cannot fill the disk."""


class Buckets:
    """One bucket a key; what is full again is forgotten."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._full = rate.burst * rate.per_ms
        self._levels: dict[tuple[str, str], tuple[int, int]] = {}

    def take(self, key: tuple[str, str], now_ms: int) -> int:
        """Take one token.

        Returns:
            0, or after how many milliseconds the next one is there.
        """
        level, at_ms = self._levels.get(key, (self._full, now_ms))
        level = min(self._full, level + max(0, now_ms - at_ms) * self._rate.count)
        if level < self._rate.per_ms:
            self._levels[key] = (level, now_ms)
            return -((level - self._rate.per_ms) // self._rate.count)
        if len(self._levels) >= KEYS_MAX:
            self._sweep(now_ms)
        self._levels[key] = (level - self._rate.per_ms, now_ms)
        return 0

    def _sweep(self, now_ms: int) -> None:
        whole_ms = self._full // self._rate.count
        self._levels = {key: held for key, held in self._levels.items() if now_ms - held[1] < whole_ms}


class Rates:
    """The rates of docs/rules.md, Commands and answers."""

    def __init__(self, ballots: Rate = BALLOTS, ideas: Rate = IDEAS, acts: Rate = ACTS) -> None:
        self._ballots, self._ideas, self._acts = Buckets(ballots), Buckets(ideas), Buckets(acts)

    def wait_ms(self, command: Command, by: Capability, now_ms: int) -> int:
        """0 where the command may be decided now, else after how many milliseconds."""
        match command:
            case CastBallot() | WithdrawBallot() | CastPaperBallot():
                return self._ballots.take((by.id, command.seat), now_ms)
            case PressKey():
                return self._ballots.take((by.id, command.keypad), now_ms)
            case WriteIdea():
                return self._ideas.take(("", command.table), now_ms)
            case JoinSeat() | AskMoreTime():
                return self._ballots.take((by.id, command_name(type(command))), now_ms)
            case _:
                return self._acts.take((by.id, ""), now_ms)
