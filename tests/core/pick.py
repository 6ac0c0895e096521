"""Where the arguments of a generated command come from: hypothesis, or seeded dice."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from random import Random
from typing import Any, TypeVar

from hypothesis import strategies as st

from tests import builders as b

T = TypeVar("T")


class Pick(ABC):
    """Where the arguments of a command come from."""

    def __init__(self) -> None:
        self._made = 0
        self._old: dict[str, list[str]] = {}

    @abstractmethod
    def of(self, things: Sequence[T]) -> T:
        """One of these, the first one being the simplest."""

    @abstractmethod
    def number(self, least: int, most: int) -> int:
        """A whole number, both ends included."""

    def unlikely(self, percent: int = 8) -> bool:
        """Whether something out of the ordinary happens."""
        return self.number(0, 99) >= 100 - percent

    def some(self, things: Iterable[T], most: int) -> list[T]:
        """Up to so many of these; one may come twice."""
        pool = list(things)
        return [self.of(pool) for _ in range(self.number(0, most))] if pool else []

    def known(self, things: Iterable[str], stranger: str) -> Any:
        """One that is there, rarely one that is not."""
        pool = list(things)
        return stranger if not pool or self.unlikely(6) else self.of(pool)

    def new(self, prefix: str) -> Any:
        """An id for a new thing; rarely one that is taken, or malformed."""
        old = self._old.setdefault(prefix, [])
        if self.unlikely(4):
            return self.of([f"{prefix}-1", *old])
        self._made += 1
        old.append(b.made(prefix, self._made))
        return old[-1]


class Drawn(Pick):
    """Arguments that hypothesis chooses, and makes smaller when a test fails."""

    def __init__(self) -> None:
        super().__init__()
        self.data: st.DataObject | None = None

    def of(self, things: Sequence[T]) -> T:
        assert self.data is not None
        return self.data.draw(st.sampled_from(things))

    def number(self, least: int, most: int) -> int:
        assert self.data is not None
        return self.data.draw(st.integers(least, most))


class Rolled(Pick):
    """Arguments from seeded dice."""

    def __init__(self, dice: Random) -> None:
        super().__init__()
        self.dice = dice

    def of(self, things: Sequence[T]) -> T:
        return self.dice.choice(things)

    def number(self, least: int, most: int) -> int:
        return self.dice.randint(least, most)
