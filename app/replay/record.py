"""A recorded consultation as data: ideas, ratings, and the meeting to play them in. Pure but for reading.

What is done with texts that no meeting takes: one longer than 500 characters is cut there and ends
in an ellipsis; an empty one stands as "(idea 17, without words)". Its ratings count in either case,
and how many there were is told.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from app.core.errors import Refusal
from app.core.ideas import TEXT_MAX
from app.core.text import clean

SCALE = ((1, "Agree"), (0, "Pass"), (-1, "Disagree"))
ITEM = "ideas"
FIRST_IDEA_COLUMN = "n-disagree"
"""The last column of the matrix before those of the ideas."""

Cell = tuple[str, int]
"""An idea of the record and a value of the scale."""


class BadRecord(Exception):
    """The files are not such a record; the text is one sentence that says where."""


@dataclass(frozen=True, slots=True)
class RecordedIdea:
    """An idea with its author; `text` as it is played."""

    id: str
    author: str
    text: str


@dataclass(frozen=True, slots=True)
class Record:
    """A recorded consultation.

    Attributes:
        ideas: In the order of the file.
        ratings: By participant, the value of every idea that was rated; in the order of the file.
        shortened: Ideas whose text was cut; `wordless` those that had none.
    """

    ideas: tuple[RecordedIdea, ...]
    ratings: dict[str, dict[str, int]]
    shortened: int
    wordless: int

    @property
    def authors(self) -> int:
        """How many people wrote."""
        return len({idea.author for idea in self.ideas})

    @property
    def count(self) -> int:
        """How many ratings there are."""
        return sum(map(len, self.ratings.values()))

    def cells(self) -> dict[Cell, int]:
        """The count of every cell: each idea with each value, also those that nobody chose."""
        counted = Counter(cell for rated in self.ratings.values() for cell in rated.items())
        return {(idea.id, value): counted[(idea.id, value)] for idea in self.ideas for value, _ in SCALE}


def read_record(ideas: Path, ratings: Path) -> Record:
    """Read both files.

    Raises:
        BadRecord: A column is missing, a value is not of the scale, an idea is rated that is not there.
        OSError: A file cannot be read.
    """
    found, shortened, wordless = [], 0, 0
    for row in csv.DictReader(io.StringIO(_text(ideas))):
        try:
            id_, author, words = row["comment-id"], row["author-id"], row["comment-body"]
        except KeyError as missing:
            raise BadRecord(f"{ideas} has no column {missing}: it is not a Polis file of comments.") from None
        text = _playable(id_, words or "")
        wordless += not (words or "").strip()
        shortened += len(words or "") > TEXT_MAX
        found.append(RecordedIdea(id_, author, text))
    if not found:
        raise BadRecord(f"{ideas} holds no idea: give the file of comments.")
    known = {idea.id for idea in found}
    return Record(tuple(found), dict(_rows(ratings, known)), shortened, wordless)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise BadRecord(f"{path} is not text in UTF-8: save it so.") from None


def _playable(id_: str, words: str) -> str:
    try:
        return clean(words, TEXT_MAX)
    except Refusal as refusal:
        if refusal.code == "text_too_long":
            return clean(words[: TEXT_MAX - 1] + "…", TEXT_MAX)
        return f"(idea {id_}, without words)"


def _rows(path: Path, known: set[str]) -> Iterator[tuple[str, dict[str, int]]]:
    reader = csv.reader(io.StringIO(_text(path)))
    header = next(reader, [])
    if "participant" not in header or FIRST_IDEA_COLUMN not in header:
        raise BadRecord(
            f"{path} has no columns participant and {FIRST_IDEA_COLUMN}: it is not a Polis matrix."
        )
    first = header.index(FIRST_IDEA_COLUMN) + 1
    for id_ in header[first:]:
        if id_ not in known:
            raise BadRecord(f"{path} rates the idea {id_}, which is not among the ideas.")
    values = {str(value): value for value, _ in SCALE}
    for line, row in enumerate(reader, 2):
        rated = {}
        for id_, said in zip(header[first:], row[first:], strict=False):
            if said:
                if said not in values:
                    raise BadRecord(f"{path}, line {line}: {said[:20]} is not 1, 0 or -1.")
                rated[id_] = values[said]
        yield row[header.index("participant")], rated


# --- the meeting to play it in -----------------------------------------------------------------


def seats_of(record: Record, tables: int) -> dict[str, str]:
    """The seat of every participant, dealt out: each table has as many as the next, or one more."""
    return {
        participant: f"{place % tables + 1}-{place // tables + 1}"
        for place, participant in enumerate(record.ratings)
    }


def table_of(seats: dict[str, str], author: str, tables: int) -> str:
    """The table at which an author writes: one's own seat's; who only wrote is dealt to one."""
    seat = seats.get(author)
    if seat is not None:
        return seat.partition("-")[0]
    return str(sum(author.encode()) % tables + 1)


def seat_plan(seats: dict[str, str]) -> str:
    """The seats as CSV."""
    ordered = sorted(seats.values(), key=lambda seat: tuple(map(int, seat.split("-"))))
    return "seat,table\n" + "".join(f"{seat},{seat.partition('-')[0]}\n" for seat in ordered)


def plan_of(record: Record, tables: int) -> str:
    """The plan of the meeting, in YAML; its seats come in a file of their own."""
    plan = {
        "title": {"en": f"A recorded consultation: {len(record.ideas)} ideas"},
        "languages": ["en"],
        "date": "2018-02-20",
        "time_zone": "America/Chicago",
        "level": "consult",
        "recruitment": "open",
        "tables": {"count": tables, "seats_max": -(-len(record.ratings) // tables) + 1},
        "agenda": [{"id": ITEM, "title": {"en": "Ideas and ratings"}, "minutes": 60, "takes_ideas": True}],
    }
    return yaml.safe_dump(plan, sort_keys=False, allow_unicode=True)


def ballots_of(rated: dict[str, int], at_once: int) -> list[dict[str, int]]:
    """A participant's ratings in ballots of so many."""
    each: Sequence[Cell] = list(rated.items())
    return [dict(each[at : at + at_once]) for at in range(0, len(each), at_once)]


def differences(matrix: dict[Cell, int], shown: dict[Cell, int]) -> list[str]:
    """Every cell in which the shown result is not the matrix, a line each."""
    found = []
    for cell in sorted({*matrix, *shown}):
        said, wanted = shown.get(cell), matrix.get(cell)
        if said != wanted:
            found.append(f"idea {cell[0]}, value {cell[1]}: shown {said}, recorded {wanted}")
    return found
