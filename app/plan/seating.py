"""The room of a plan: sites, tables, seats, and who is not a citizen.

Rows of numbered tables are made from a count; their seats get the ids ``<table>-<number>``.
Standings name seats by id or by a pattern such as ``1..40/4-10``.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache

from app.core.ids import SeatId, SiteId, TableId, is_planned_id
from app.core.planned import PlannedSeat, PlannedSite, PlannedTable, Standing
from app.i18n import sentence
from app.plan.schema import plan_schema
from app.plan.view import Ids, View

TABLES_MAX = 2_000
SEATS_MAX = 24_000
SEAT_NUMBER_MAX = 99
"""Highest seat number that a pattern reaches; a row makes at most 40 seats at a table."""

SECTOR_MAX = 40
WILD_PATTERNS_MAX = 50

_RANGE = re.compile(r"([0-9]{1,5})\.\.([0-9]{1,5})(?:/([1-9][0-9]{0,3}))?\Z")


@dataclass(slots=True)
class Room:
    """What has been read of the room so far."""

    sites: tuple[PlannedSite, ...]
    tables: dict[str, PlannedTable] = field(default_factory=dict)
    seats: dict[str, PlannedSeat] = field(default_factory=dict)

    def in_order(self) -> tuple[PlannedSeat, ...]:
        """The seats table by table, in the order of the tables."""
        order = {table: number for number, table in enumerate(self.tables)}
        return tuple(sorted(self.seats.values(), key=lambda seat: order.get(seat.table, len(order))))


def read_sites(plan: View) -> tuple[PlannedSite, ...]:
    """The sites of the plan; one main hall where it names none."""
    if not plan.has("sites"):
        hall = {language: sentence(language, "plan.hall") for language in plan.languages}
        return (PlannedSite(SiteId("hall"), hall),)
    ids = Ids()
    return tuple(
        PlannedSite(SiteId(ids.take(view)), view.at("name").text()) for view in plan.at("sites").each()
    )


def read_room(plan: View, *, with_seats: bool) -> Room:
    """Tables and, unless a seat plan brings them, seats with their standings."""
    room = Room(read_sites(plan))
    tables = plan.at("tables")
    taken = Ids()
    for row in [tables] if isinstance(tables.value, dict) else tables.each():
        if not _add_row(room, row, taken, with_seats=with_seats):
            break
    if with_seats:
        _add_listed_seats(room, plan, taken)
        _apply_standings(room, plan.at("standings"))
    return room


def check_places(room: Room, where: View) -> None:
    """Report tables with more seats than they may have, and a room without any."""
    count: dict[str, int] = {}
    for seat in room.seats.values():
        count[seat.table] = count.get(seat.table, 0) + 1
    for table in room.tables.values():
        if count.get(table.id, 0) > table.seats_max:
            where.report("table_too_full", table=table.id, limit=table.seats_max)
    if not room.seats and not where.source.problems:
        where.report("no_seats")


def _add_row(room: Room, row: View, taken: Ids, *, with_seats: bool) -> bool:
    """Add a row of tables. False when there are too many, so that nothing grows without end."""
    if not isinstance(row.value, dict):
        return True
    if row.has("id") == row.has("count"):
        row.report("table_id_or_count")
        return True
    site = row.at("site").name() or room.sites[0].id if room.sites else ""
    if room.sites and site not in {known.id for known in room.sites}:
        row.at("site").report("unknown_site", value=site)
    language = row.at("language").language()
    seats_max = row.at("seats_max").integer(12)
    for name in _table_names(room, row):
        if len(room.tables) >= TABLES_MAX:
            row.report("too_many_tables", limit=TABLES_MAX)
            return False
        if name in room.tables:
            row.report("duplicate_id", value=name, line=taken.seen[f"table {name}"].line)
            continue
        taken.seen[f"table {name}"] = row.place()
        room.tables[name] = PlannedTable(TableId(name), SiteId(site), seats_max, language)
        for number in range(1, (row.at("seats").integer(0) if with_seats else 0) + 1):
            _add_seat(room, row, taken, PlannedSeat(SeatId(f"{name}-{number}"), TableId(name)))
    return True


def _table_names(room: Room, row: View) -> list[str]:
    if row.has("id"):
        name = row.at("id").name()
        return [name] if name else []
    numbered = [int(name) for name in room.tables if re.fullmatch("[0-9]{1,9}", name)]
    first = row.at("first").integer(max(numbered, default=0) + 1)
    count = min(row.at("count").integer(0), TABLES_MAX)
    return [str(number) for number in range(first, first + count)]


def _add_listed_seats(room: Room, plan: View, taken: Ids) -> None:
    for view in plan.at("seats").each():
        table = view.at("table").name()
        if table and table not in room.tables:
            view.at("table").report("unknown_table", value=table)
        standing = view.at("standing").one_of(Standing, Standing.CITIZEN)
        sector = view.at("sector").word().strip() or None
        if standing is Standing.PARTY and not sector:
            view.report("sector_missing")
        if standing is not Standing.PARTY and sector:
            view.at("sector").report("sector_not_party")
        language = view.at("language").language()
        name = view.at("id").name()
        if name:
            seat = PlannedSeat(SeatId(name), TableId(table), standing, sector, language)
            _add_seat(room, view.at("id"), taken, seat)


def _add_seat(room: Room, view: View, taken: Ids, seat: PlannedSeat) -> None:
    if is_planned_id(seat.table) and not is_planned_id(seat.id):
        view.report("bad_id", value=seat.id[:40])
    if taken.note(view, seat.id):
        room.seats[seat.id] = seat


def _apply_standings(room: Room, standings: View) -> None:
    wild = 0
    for standing, sector, view in _named_seats(standings):
        pattern = view.word()
        if not _pattern().search(pattern):
            continue  # the schema has said so
        is_wild = pattern not in room.seats
        wild += is_wild
        if wild > WILD_PATTERNS_MAX:
            view.report("too_many", limit=WILD_PATTERNS_MAX)
            return
        found = False
        for name in _seats_meant(room, pattern) if is_wild else (pattern,):
            found = True
            seat = room.seats[name]
            if seat.standing is not Standing.CITIZEN:
                view.report("standing_twice", seat=name)
                break
            room.seats[name] = replace(seat, standing=standing, sector=sector)
        if not found:
            view.report("unknown_seat", value=pattern[:40])


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile(plan_schema()["$defs"]["seat_list"]["items"]["pattern"])


def _named_seats(standings: View) -> Iterator[tuple[Standing, str | None, View]]:
    for name, seats in standings.fields():
        if name == Standing.PARTY:
            for sector, of_sector in seats.fields():
                yield from ((Standing.PARTY, sector.strip()[:SECTOR_MAX], view) for view in of_sector.each())
        elif name in set(Standing):
            yield from ((Standing(name), None, view) for view in seats.each())


def _seats_meant(room: Room, pattern: str) -> Iterator[str]:
    """The seats of a pattern `tables-seat`, in the order of the room."""
    tables, _, seats = pattern.rpartition("-")
    numbers = _seat_numbers(seats)
    for table in _tables_meant(room, tables):
        start = f"{table}-"
        if numbers is None:
            if start + seats in room.seats:
                yield start + seats
            continue
        yield from (name for number in numbers if (name := f"{start}{number}") in room.seats)


def _seat_numbers(seats: str) -> range | None:
    """The numbers of `*` or of a range, within what a table can have; nothing for one seat's own name."""
    if seats == "*":
        return range(1, SEAT_NUMBER_MAX + 1)
    if not _RANGE.match(seats):
        return None
    span = _numbers(seats)
    return range(span.start, min(span.stop, SEAT_NUMBER_MAX + 1), span.step)


def _tables_meant(room: Room, tables: str) -> Iterable[str]:
    if tables == "*":
        return room.tables
    if _RANGE.match(tables):
        return [name for number in _numbers(tables) if (name := str(number)) in room.tables]
    return [tables] if tables in room.tables else []


def _numbers(span: str) -> range:
    match = _RANGE.match(span)
    assert match is not None
    first, last, step = match.groups()
    return range(int(first), int(last) + 1, int(step or 1))
