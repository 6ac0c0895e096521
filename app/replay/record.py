"""A recorded consultation as data: ideas, ratings, and the meeting to play them in. Pure but for reading.

What is done with texts that no meeting takes: one longer than 500 characters is cut there and ends
in an ellipsis; an empty one stands as "(idea 17, without words)". Its ratings count in either case,
and how many there were is told.
"""

import csv
import io
from collections import Counter
from collections.abc import Container, Iterator, Sequence
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

IDEA_COLUMNS = ("comment-id", "author-id", "comment-body")
RATING_COLUMNS = ("participant", FIRST_IDEA_COLUMN)

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
        BadRecord: It is no table, a column is missing, a row is longer or shorter than the others, an idea
            or a participant is there twice, a value is not of the scale, an idea is rated that is not there.
        OSError: A file cannot be read.
    """
    found: dict[str, RecordedIdea] = {}
    shortened = wordless = 0
    for line, row in _table(ideas, IDEA_COLUMNS, "file of comments"):
        id_, author, words = row["comment-id"], row["author-id"], row["comment-body"]
        if id_ in found:
            raise BadRecord(f"{ideas}, line {line}: the idea {id_[:20]} is there twice.")
        wordless += not words.strip()
        shortened += len(words) > TEXT_MAX
        found[id_] = RecordedIdea(id_, author, _playable(id_, words))
    if not found:
        raise BadRecord(f"{ideas} holds no idea: give the file of comments.")
    rated = dict[str, dict[str, int]]()
    for line, participant, each in _ratings(ratings, found.keys()):
        if participant in rated:
            raise BadRecord(f"{ratings}, line {line}: the participant {participant[:20]} is there twice.")
        rated[participant] = each
    if not rated:
        raise BadRecord(f"{ratings} holds nobody's ratings: give the matrix of participants and votes.")
    return Record(tuple(found.values()), rated, shortened, wordless)


def _table(path: Path, columns: Sequence[str], what: str) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a CSV file with the line that each ends in; empty lines are no rows."""
    reader = csv.reader(io.StringIO(_text(path), newline=""), strict=True)
    try:
        header = next(reader, [])
        for name in columns:
            if name not in header:
                raise BadRecord(f"{path} has no column {name!r}: it is not a Polis {what}.")
        if len({*header}) < len(header):
            twice = next(name for name in header if header.count(name) > 1)
            raise BadRecord(f"{path} has the column {twice[:20]!r} twice.")
        for row in reader:
            if not row:
                continue
            if len(row) != len(header):
                found = f"{len(row)} fields where the first line has {len(header)}"
                raise BadRecord(f"{path}, line {reader.line_num}: {found}.")
            yield reader.line_num, dict(zip(header, row, strict=True))
    except csv.Error as error:
        raise BadRecord(f"{path}, line {reader.line_num}: this is not CSV ({error}).") from None


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


def _ratings(path: Path, known: Container[str]) -> Iterator[tuple[int, str, dict[str, int]]]:
    """The line, the participant and the ratings of each row."""
    values = {str(value): value for value, _ in SCALE}
    for line, row in _table(path, RATING_COLUMNS, "matrix"):
        names = list(row)
        rated = {}
        for id_ in names[names.index(FIRST_IDEA_COLUMN) + 1 :]:
            if id_ not in known:
                raise BadRecord(f"{path} rates the idea {id_[:20]}, which is not among the ideas.")
            if said := row[id_]:
                if said not in values:
                    raise BadRecord(f"{path}, line {line}: {said[:20]} is not 1, 0 or -1.")
                rated[id_] = values[said]
        yield line, row["participant"], rated


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
