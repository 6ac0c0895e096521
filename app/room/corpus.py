"""What is said in the simulated room: ideas by topic and language, and how the theme team sorts them.

Read from `ideas.yaml`, which was written for this program. Pure but for reading that file.
"""

import functools
import random
import zlib
from dataclasses import dataclass
from importlib import resources
from typing import Any

import yaml

from app.core.commands import IdeaKind
from app.core.ids import Text

KINDS = (
    (IdeaKind.AGREEMENT, 62),
    (IdeaKind.INDIVIDUAL, 18),
    (IdeaKind.MINORITY, 8),
    (IdeaKind.QUESTION, 6),
    (IdeaKind.REQUEST, 6),
)
"""How often each kind is written, of a hundred."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A theme that the team may find: its words in both languages, and by what it knows an idea."""

    title: Text
    words: tuple[str, ...]
    ideas: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Topic:
    """What tables say about one agenda item."""

    headings: tuple[Heading, ...]
    others: dict[IdeaKind, dict[str, tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Corpus:
    """Everything that can be said."""

    places: tuple[Text, ...]
    topics: dict[str, Topic]
    messages: tuple[Text, ...]
    answers: tuple[Text, ...]
    responses: tuple[Text, ...]

    def topic(self, item: str) -> Topic:
        """The topic of an agenda item; for an item of another plan, one of them, always the same."""
        names = list(self.topics)
        return self.topics.get(item) or self.topics[names[zlib.crc32(item.encode()) % len(names)]]

    def idea(self, dice: random.Random, item: str, language: str) -> tuple[IdeaKind, str]:
        """What a table writes next about an item: its kind and its words."""
        topic = self.topic(item)
        kind = dice.choices([k for k, _ in KINDS], [n for _, n in KINDS])[0]
        said = topic.others.get(kind)
        if said is None:
            # What is written first in the file is on more people's minds.
            weights = range(len(topic.headings) + 1, 1, -1)
            said = dice.choices(topic.headings, list(weights))[0].ideas
        words = dice.choice(said.get(language) or said["en"])
        place = dice.choice(self.places)
        return kind, words.format(place=place.get(language, place["en"]))

    def headings_for(self, item: str, text: str) -> list[int]:
        """Under which of an item's headings these words belong, by number; none where none fits."""
        lower = text.casefold()
        scores = [sum(word in lower for word in h.words) for h in self.topic(item).headings]
        best = max(scores, default=0)
        return [number for number, score in enumerate(scores) if best and score == best][:2]


@functools.cache
def corpus() -> Corpus:
    """The corpus that comes with the program."""
    read = yaml.safe_load(resources.files("app.room").joinpath("ideas.yaml").read_text("utf-8"))
    return Corpus(
        places=tuple(read["places"]),
        topics={name: _topic(said) for name, said in read["topics"].items()},
        messages=tuple(read["messages"]),
        answers=tuple(read["answers"]),
        responses=tuple(read["responses"]),
    )


def _topic(said: dict[str, Any]) -> Topic:
    headings = tuple(
        Heading(
            h["title"], tuple(w.casefold() for w in h["words"]), {"th": tuple(h["th"]), "en": tuple(h["en"])}
        )
        for h in said["themes"]
    )
    others = {
        kind: {language: tuple(words) for language, words in said[kind.value].items()}
        for kind in (IdeaKind.MINORITY, IdeaKind.QUESTION, IdeaKind.REQUEST)
    }
    return Topic(headings, others)
