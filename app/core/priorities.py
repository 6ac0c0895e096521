"""Ranking: shared ranks, and the one rule that may break a tie.

Equal scores share a rank (1, 2, 2, 4) and are shown as equal; only the order
in which equals are drawn is fixed, by the order of the options. An organiser
may choose before the opening that the order of the options breaks ties.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple


class Place(NamedTuple):
    """One option's place: its rank from 1, its score."""

    option: str
    rank: int
    score: Fraction


def rank(scores: Mapping[str, Fraction], order: Sequence[str], *, tie: str = "shared") -> tuple[Place, ...]:
    """Every option once, best first.

    Args:
        scores: Score by option; an option without one stands last with score 0.
        order: The options in the order of the question.
        tie: "shared" (docs/rules.md, Figures) or "option_order".
    """
    drawn = sorted(range(len(order)), key=lambda i: (-scores.get(order[i], Fraction(0)), i))
    places: list[Place] = []
    for at, i in enumerate(drawn):
        score = scores.get(order[i], Fraction(0))
        shares = tie == "shared" and bool(places) and places[-1].score == score
        places.append(Place(order[i], places[-1].rank if shares else at + 1, score))
    return tuple(places)
