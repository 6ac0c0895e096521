"""Counts by cell, mergeable: the tally of disjoint sets of seats add up.

A cell is an option id; for a rating ``option=value``; for a number the number
itself. Every cell counts seats, each at most once: choices are sets.
"""

from collections.abc import Iterable, Mapping

from app.core.commands import Choices


def cells_of(choices: Choices) -> Iterable[str]:
    """The cells that one ballot counts in."""
    if isinstance(choices, tuple):
        return choices
    if isinstance(choices, dict):
        return [f"{option}={value}" for option, value in choices.items()]
    return (str(choices),)


class Tally:
    """How many ballots, and how many of them in each cell. Cells at zero are not held."""

    __slots__ = ("cells", "voters")

    def __init__(self, voters: int = 0, cells: Mapping[str, int] | None = None) -> None:
        self.voters = voters
        self.cells: dict[str, int] = {cell: n for cell, n in (cells or {}).items() if n}

    def add(self, choices: Choices) -> None:
        """Count one seat's ballot."""
        self.voters += 1
        cells = self.cells
        for cell in cells_of(choices):
            cells[cell] = cells.get(cell, 0) + 1

    def remove(self, choices: Choices) -> None:
        """Take one seat's ballot out again."""
        self.voters -= 1
        cells = self.cells
        for cell in cells_of(choices):
            left = cells[cell] - 1
            if left:
                cells[cell] = left
            else:
                del cells[cell]

    def count(self, cell: str) -> int:
        """Seats in the cell."""
        return self.cells.get(cell, 0)

    def copy(self) -> "Tally":
        """The same counts, apart."""
        return Tally(self.voters, self.cells)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Tally) and (self.voters, self.cells) == (other.voters, other.cells)

    def __hash__(self) -> int:
        raise TypeError("a tally changes")

    def __repr__(self) -> str:
        return f"Tally({self.voters}, {dict(sorted(self.cells.items()))})"


def tally(ballots: Iterable[Choices]) -> Tally:
    """Count the standing ballots of disjoint seats."""
    counted = Tally()
    for choices in ballots:
        counted.add(choices)
    return counted


def merge(a: Tally, b: Tally) -> Tally:
    """The tally of both parts together; their seats must be disjoint."""
    cells = dict(a.cells)
    for cell, n in b.cells.items():
        cells[cell] = cells.get(cell, 0) + n
    return Tally(a.voters + b.voters, cells)
