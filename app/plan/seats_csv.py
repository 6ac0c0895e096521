"""A seat plan as a spreadsheet gives it: one row a seat, no names.

Columns: seat, table, and where wanted standing, sector, language; in English or Thai, in any order,
separated by commas, semicolons or tabs, with or without a byte-order mark.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.core.errors import Param, Refusal
from app.core.ids import SeatId, TableId, is_planned_id
from app.core.planned import PlannedSeat, PlannedTable, Standing
from app.core.text import clean, normal
from app.plan.problems import PlanProblem
from app.plan.seating import SEATS_MAX, SECTOR_MAX, Room

MEGABYTES_MAX = 2
CELL_MAX = 200

COLUMNS = {
    "seat": "ที่นั่ง",
    "table": "โต๊ะ",
    "standing": "สถานะ",
    "sector": "ภาคส่วน",
    "language": "ภาษา",
}
"""The columns by their English name, with their Thai one."""

NEEDED = ("seat", "table")

_PERSONAL = re.compile(
    r"name|first|last|e-?mail|phone|mobile|\btel|address|birth|passport|citizen.?id|id.?card|national"
    r"|ชื่อ|นามสกุล|สกุล|อีเมล|เมล์|โทร|มือถือ|ที่อยู่|วันเกิด|บัตรประชาชน|เลขประจำตัว|ไลน์"
)


@dataclass(slots=True)
class SeatPlan:
    """Reads a seat plan into a room and collects what is wrong with it."""

    room: Room
    languages: tuple[str, ...]
    may_add_tables: bool
    problems: list[PlanProblem]
    header: list[str]

    def report(self, line: int, column: int, code: str, /, **params: Param) -> None:
        named = self.header[column - 1] if 0 < column <= len(self.header) else ""
        self.problems.append(PlanProblem("seats", line, max(column, 1), named, code, params))

    def read(self, text: str) -> None:
        """Add the seats of a CSV text to the room."""
        text = text.removeprefix("\ufeff")
        if len(text) > MEGABYTES_MAX * 1_000_000:
            self.report(1, 1, "too_large", limit=MEGABYTES_MAX)
            return
        rows = self._rows(text)
        header = next(rows, None)
        if header is None:
            self.report(1, 1, "csv_empty")
        elif self._take_header(*header):
            self._take_rows(rows)

    def _rows(self, text: str) -> Iterator[tuple[int, list[str]]]:
        first = text.split("\n", 1)[0]
        mark = max(",;\t", key=first.count)
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
        try:
            for row in reader:
                cells = [normal(cell[: CELL_MAX * 2]) for cell in row]
                if any(cells):
                    yield reader.line_num, cells
        except csv.Error as error:
            self.report(reader.line_num, 1, "csv_not_readable", detail=str(error)[:120])

    def _take_header(self, line: int, cells: list[str]) -> bool:
        """Whether the columns are those of a seat plan."""
        by_word = {thai: name for name, thai in COLUMNS.items()} | {name: name for name in COLUMNS}
        before = len(self.problems)
        self.header = [by_word.get(cell.casefold(), cell[:40]) for cell in cells]
        for column, name in enumerate(self.header, start=1):
            if name in COLUMNS:
                if name in self.header[: column - 1]:
                    self.report(line, column, "field_twice", name=name)
            elif _PERSONAL.search(name.casefold()):
                self.report(line, column, "csv_column_personal", name=name)
            else:
                self.report(line, column, "csv_column_unknown", name=name, allowed=", ".join(COLUMNS))
        for name in NEEDED:
            if name not in self.header:
                self.report(line, 0, "csv_column_missing", name=name)
        return len(self.problems) == before

    def _take_rows(self, rows: Iterator[tuple[int, list[str]]]) -> None:
        lines: dict[str, int] = {}
        for line, cells in rows:
            if len(cells) != len(self.header):
                self.report(line, 1, "csv_width", expected=len(self.header), found=len(cells))
                continue
            row = dict(zip(self.header, cells, strict=True))
            if row["seat"] in lines:
                self._cell(line, "seat", "duplicate_id", value=row["seat"], line=lines[row["seat"]])
                continue
            if len(lines) >= SEATS_MAX:
                self.report(line, 1, "too_many", limit=SEATS_MAX)
                return
            lines[row["seat"]] = line
            self._take_seat(line, row)
        if not lines and not self.problems:
            self.report(1, 1, "csv_empty")

    def _take_seat(self, line: int, row: dict[str, str]) -> None:
        for name in NEEDED:
            if not is_planned_id(row[name]):
                self._cell(line, name, "bad_id", value=row[name][:40])
        if row["table"] not in self.room.tables:
            self._take_table(line, row["table"])
        language = row.get("language") or None
        if language and language not in self.languages:
            self._cell(line, "language", "language_not_declared", language=language[:40])
        standing, sector = self._standing(line, row), self._sector(line, row)
        if standing is Standing.PARTY and not sector:
            self._cell(line, "sector", "sector_missing")
        if standing is not Standing.PARTY and sector:
            self._cell(line, "sector", "sector_not_party")
        seat = PlannedSeat(SeatId(row["seat"]), TableId(row["table"]), standing, sector, language)
        self.room.seats[seat.id] = seat

    def _take_table(self, line: int, table: str) -> None:
        if self.may_add_tables and self.room.sites:
            self.room.tables[table] = PlannedTable(TableId(table), self.room.sites[0].id)
        elif not self.may_add_tables:
            self._cell(line, "table", "unknown_table", value=table[:40])

    def _standing(self, line: int, row: dict[str, str]) -> Standing:
        word = row.get("standing", "").casefold() or Standing.CITIZEN.value
        if word in set(Standing):
            return Standing(word)
        self._cell(line, "standing", "not_one_of", value=word[:40], allowed=", ".join(Standing))
        return Standing.CITIZEN

    def _sector(self, line: int, row: dict[str, str]) -> str | None:
        word = row.get("sector", "")
        try:
            return clean(word, SECTOR_MAX) if word else None
        except Refusal:
            self._cell(line, "sector", "too_long", limit=SECTOR_MAX)
            return word[:SECTOR_MAX]

    def _cell(self, line: int, name: str, code: str, /, **params: Param) -> None:
        column = self.header.index(name) + 1 if name in self.header else 1
        self.report(line, column, code, **params)
