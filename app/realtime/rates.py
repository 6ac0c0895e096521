"""How fast somebody may go on: buckets of tokens by key, on the meeting's clock. Pure.

Keyed on who and for what, never on an address: a hall is one address. A bucket is
named only after what is there and may be acted for: everything else, refusals
included, is charged to whoever asks, so that nobody uses up what is another's.
"""

from collections import OrderedDict
from dataclasses import dataclass

from app.core import rights
from app.core.capability import Capability
from app.core.commands import (
    AskMoreTime,
    CastBallot,
    CastPaperBallot,
    Command,
    JoinSeat,
    PressKey,
    RecoverBallot,
    WithdrawBallot,
    WriteIdea,
    command_name,
)

KEYS_MAX = 50_000
"""Buckets at most: a further one takes the place of the one that was not used for longest."""


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

ACTS = Rate(40, 1_000, 1_000)
"""All else of one capability, and what is refused to it.

More than any hand: a desk of ten people shares one capability, and a receiver hears 250 handsets
that are not bound yet, each a few times. So little that a captured device cannot fill the disk.
"""


class Buckets:
    """One bucket a key, the one used last at the end; what is full again is forgotten."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._full = rate.burst * rate.per_ms
        self._whole_ms = self._full // rate.count
        self._levels: OrderedDict[tuple[str, str], tuple[int, int]] = OrderedDict()
        self._none_whole_before_ms = 0

    def __len__(self) -> int:
        return len(self._levels)

    def take(self, key: tuple[str, str], now_ms: int) -> int:
        """Take one token.

        Returns:
            0, or after how many milliseconds the next one is there.
        """
        level, at_ms = self._levels.pop(key, (self._full, now_ms))
        self._forget(now_ms)
        level = min(self._full, level + max(0, now_ms - at_ms) * self._rate.count)
        if level < self._rate.per_ms:
            self._levels[key] = (level, now_ms)
            return -((level - self._rate.per_ms) // self._rate.count)
        self._levels[key] = (level - self._rate.per_ms, now_ms)
        return 0

    def _forget(self, now_ms: int) -> None:
        """Make room for one: those not used for longest are at the front, so nothing is searched."""
        if now_ms < self._none_whole_before_ms and len(self._levels) < KEYS_MAX:
            return
        while self._levels:
            _, at_ms = self._levels[next(iter(self._levels))]
            if len(self._levels) < KEYS_MAX and now_ms - at_ms < self._whole_ms:
                self._none_whole_before_ms = at_ms + self._whole_ms
                return
            self._levels.popitem(last=False)


def rightful(command: Command, by: Capability, meeting: rights.World) -> bool:
    """Whether the caller may give this command, and what its bucket is named after is there and meant."""
    if rights.may(by, command, meeting) is not None:
        return False
    match command:
        case CastBallot() | WithdrawBallot() | CastPaperBallot() | RecoverBallot():
            return command.seat in meeting.roster.seats
        case PressKey():
            return command.keypad in meeting.roster.keypads
        case WriteIdea():
            there = command.table in meeting.roster.tables
            return there and rights.table_of(command, meeting) == command.table
        case _:
            return True


class Rates:
    """The rates of docs/rules.md, Commands and answers."""

    def __init__(self, ballots: Rate = BALLOTS, ideas: Rate = IDEAS, acts: Rate = ACTS) -> None:
        self._ballots, self._ideas, self._acts = Buckets(ballots), Buckets(ideas), Buckets(acts)

    def wait_ms(self, command: Command, by: Capability, now_ms: int) -> int:
        """0 where a command that is `rightful` may be decided now, else after how many milliseconds."""
        match command:
            case CastBallot() | WithdrawBallot() | CastPaperBallot() | RecoverBallot():
                return self._ballots.take((by.id, command.seat or ""), now_ms)
            case PressKey():
                return self._ballots.take((by.id, command.keypad), now_ms)
            case WriteIdea():
                return self._ideas.take(("", command.table), now_ms)
            case JoinSeat() | AskMoreTime():
                return self._ballots.take((by.id, command_name(type(command))), now_ms)
            case _:
                return self.other_wait_ms(by, now_ms)

    def other_wait_ms(self, by: Capability, now_ms: int) -> int:
        """The same for whatever has no rate of its own, and for all that is not `rightful`."""
        return self._acts.take((by.id, ""), now_ms)
