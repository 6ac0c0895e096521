"""How the people of the simulated room answer: stable likings, seeded, the same on every machine.

A question's favourites are drawn from its id, so that results have a shape; a person adds leanings of
their own. Knows sheets as the wire shows them, and no connection. Pure.
"""

import random
from dataclasses import dataclass, field
from typing import Any

from app.core.commands import Choices

ANSWER_SHARE = 0.95
"""So many of those who may vote answer a question."""

CHANGE_SHARE = 0.08
"""So many change their mind before the vote is closed."""

YOUNG_MISSING = (0.7, 0.85, 1.1, 1.25)
"""Who comes on a Saturday, against the register: fewer young, more old."""


@dataclass(slots=True)
class Person:
    """Somebody at a seat."""

    seat: str
    dice: random.Random
    taste: dict[str, float] = field(default_factory=dict)

    @classmethod
    def at(cls, seat: str, seed: int) -> "Person":
        """The person of this seat in the room of this seed."""
        return cls(seat, random.Random(f"{seed}/{seat}"))  # noqa: S311 - a play, no secret

    def answers(self) -> bool:
        """Whether this person answers now."""
        return self.dice.random() < ANSWER_SHARE

    def changes_mind(self) -> bool:
        """Whether this person votes a second time."""
        return self.dice.random() < CHANGE_SHARE

    def choices(self, sheet: dict[str, Any]) -> Choices:
        """What this person answers to an open question, as the wire's `open` entry shows it."""
        options = [option["id"] for option in sheet["options"]]
        match sheet["kind"]:
            case "number":
                return self._number(sheet["number_min"], sheet["number_max"], sheet["question"])
            case "rating":
                steps = [step["value"] for step in sheet["scale"]]
                return {option: self._step(sheet["question"], option, steps) for option in options}
            case "demographic":
                return (self._demographic(options),)
            case "pick_up_to":
                return self._several(sheet, options, sheet["choices_max"])
            case "approve":
                liked = [o for o in options if self._liking(sheet["question"], o) > 0.55]
                return tuple(liked)
            case _:
                return (self._favourite(sheet["question"], options),)

    def _liking(self, question: str, option: str) -> float:
        """Between 0 and 1 or so: what most think of an option, and what this person adds."""
        key = f"{question}/{option}"
        if key not in self.taste:
            common = random.Random(key).betavariate(2, 2)  # noqa: S311
            self.taste[key] = common + self.dice.gauss(0, 0.28)
        return self.taste[key]

    def _favourite(self, question: str, options: list[str]) -> str:
        return max(options, key=lambda option: self._liking(question, option))

    def _several(self, sheet: dict[str, Any], options: list[str], most: int) -> tuple[str, ...]:
        alone = {option["id"] for option in sheet["options"] if option["exclusive"]}
        if alone and self.dice.random() < 0.03:
            return (min(alone),)
        several = [option for option in options if option not in alone]
        best = sorted(several, key=lambda o: -self._liking(sheet["question"], o))
        return tuple(best[: self.dice.choice([most, most, most, max(1, most - 1)])])

    def _step(self, question: str, option: str, steps: list[int]) -> int:
        place = int(self._liking(question, option) * len(steps))
        return sorted(steps)[min(max(place, 0), len(steps) - 1)]

    def _number(self, least: int, most: int, question: str) -> int:
        middle = least + (most - least) * random.Random(question).uniform(0.35, 0.65)  # noqa: S311
        return min(max(round(self.dice.gauss(middle, (most - least) / 6)), least), most)

    def _demographic(self, options: list[str]) -> str:
        drawn = YOUNG_MISSING if len(options) == 4 else tuple(1 / (n + 1) for n in range(len(options)))
        if len(options) == 3:
            drawn = (0.55, 0.43, 0.02)
        return self.dice.choices(options, drawn)[0]
