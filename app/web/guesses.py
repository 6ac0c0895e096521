"""The budget for wrong codes: guessing slows down, and nobody who is right waits for it. Pure.

Counted over everybody and never by address, since a hall is one address
(docs/rules.md, Commands and answers).
Forty bits make guessing hopeless at any pace that a server can answer; this keeps it cheap too.
"""

WINDOW_MS = 60_000


class Guesses:
    """How many wrong codes have come of late, and how long the next one waits for its answer."""

    def __init__(self, free: int, delay_ms_min: int, delay_ms_max: int, waiting_max: int) -> None:
        self._free, self._min, self._max = free, delay_ms_min, delay_ms_max
        self._waiting_max = waiting_max
        self._level = 0.0
        self._at_ms = 0
        self.waiting = 0

    def full(self) -> bool:
        """Whether so many wrong codes wait that the next is told to come later."""
        return self.waiting >= self._waiting_max

    def wrong(self, now_ms: int) -> int:
        """A wrong code has come.

        Returns:
            After how many milliseconds it is answered: the least while few come, twice as long
            for each further `free` within a minute.
        """
        passed = max(0, now_ms - self._at_ms) / WINDOW_MS
        self._level = max(0.0, self._level - passed * max(self._free, 1)) + 1
        self._at_ms = now_ms
        doublings = int(self._level // max(self._free, 1))
        return min(self._max, self._min << min(doublings, 16))
