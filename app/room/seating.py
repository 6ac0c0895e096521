"""Who votes with what in the simulated room. Pure."""

import random
from collections.abc import Iterable
from dataclasses import dataclass, field

LATE_PART = 0.04
PAPER_EVERY = 10


@dataclass(slots=True)
class Seating:
    """Who votes with what. `late` come after the morning, `free` are left to visitors."""

    phones: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    pads: dict[str, list[str]] = field(default_factory=dict)
    handsets: dict[str, dict[str, str]] = field(default_factory=dict)
    papers: dict[str, str] = field(default_factory=dict)


def seating(tables: dict[str, list[str]], free: Iterable[str], seed: int) -> Seating:
    """Give everybody a keypad: most a phone; some tables pads on their laptop, some handsets; a few paper.

    Args:
        tables: The seats of every table.
        free: Seats that stay empty, for visitors.
        seed: Of the room.
    """
    dice = random.Random(f"{seed}/seating")  # noqa: S311 - a play, no secret
    made, empty = Seating(), set(free)
    for number, (table, seats) in enumerate(tables.items()):
        taken = [seat for seat in seats if seat not in empty]
        if number % 8 == 3:
            made.pads[table] = taken
        elif number % 8 == 2:
            made.handsets[table] = {seat: f"handset-{seat}" for seat in taken}
        else:
            if number % PAPER_EVERY == 1 and taken:
                made.papers[taken.pop(0)] = table
            late = [seat for seat in taken if dice.random() < LATE_PART]
            if number == 0 and not late:
                late = taken[-1:]
            made.late += late
            made.phones += [seat for seat in taken if seat not in late]
    return made
