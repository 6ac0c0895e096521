"""Meetings and capabilities as the server keeps them, and the codes and links that open them.

Every function here is a piece of work for `Store.run`: it takes a connection and gives plain
data. The secret of a capability is derived from its generation (`keys.py`); rotating it makes the
next generation, and the old code is dead at once.
"""

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from app.core.capability import Capability, Role
from app.core.ids import CapabilityId, KeypadId, MeetingId, SeatId, TableId, Text
from app.web.keys import Keys, new_id
from app.web.roles import CODED
from app.web.tables import capabilities, entries, meetings

NO_DEVICE = KeypadId("")


@dataclass(frozen=True, slots=True)
class Held:
    """A capability as the server keeps it: whose meeting, which generation of its secret."""

    capability: Capability
    meeting: MeetingId
    generation: int
    revoked: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """A capability that is to be made."""

    role: Role
    tables: tuple[TableId, ...] = ()
    seat: SeatId | None = None
    screen: str | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class MeetingEntry:
    """A meeting of this server."""

    id: MeetingId
    created_ms: int
    title: Text
    languages: tuple[str, ...]
    date: str
    laptops_per_table: int
    plan: str
    seats: str | None


# --- meetings ------------------------------------------------------------------------------


def add_meeting(connection: Connection, entry: MeetingEntry) -> None:
    """Remember a meeting."""
    connection.execute(
        insert(meetings).values(
            id=entry.id,
            created_ms=entry.created_ms,
            title=json.dumps(entry.title, ensure_ascii=False),
            languages=",".join(entry.languages),
            date=entry.date,
            laptops_per_table=entry.laptops_per_table,
            plan=entry.plan,
            seats=entry.seats,
        )
    )


def change_meeting(connection: Connection, entry: MeetingEntry) -> None:
    """Remember another plan of a meeting."""
    connection.execute(
        update(meetings)
        .where(meetings.c.id == entry.id)
        .values(
            title=json.dumps(entry.title, ensure_ascii=False),
            languages=",".join(entry.languages),
            date=entry.date,
            laptops_per_table=entry.laptops_per_table,
            plan=entry.plan,
            seats=entry.seats,
        )
    )


def all_meetings(connection: Connection) -> list[MeetingEntry]:
    """Every meeting, oldest first."""
    rows = connection.execute(select(meetings).order_by(meetings.c.created_ms, meetings.c.id))
    return [
        MeetingEntry(
            MeetingId(row.id), row.created_ms, json.loads(row.title), tuple(row.languages.split(",")),
            row.date, row.laptops_per_table, row.plan, row.seats,
        )
        for row in rows
    ]  # fmt: skip


# --- capabilities --------------------------------------------------------------------------


def secret_of(keys: Keys, held: Held) -> str:
    """The code or the link's secret that opens a capability now."""
    made = keys.code if held.capability.role in CODED else keys.link
    return made(held.meeting, held.capability.id, held.generation)


def entry_kind(role: Role) -> str:
    """What opens a capability of this role: a code that people type, or a link."""
    return "code" if role in CODED else "link"


def add(
    keys: Keys, meeting: MeetingId, wanted: Iterable[Wanted], now_ms: int
) -> Callable[[Connection], list[Held]]:
    """Make capabilities; a seat that has one keeps it."""

    def work(connection: Connection) -> list[Held]:
        taken = select(capabilities.c.seat).where(capabilities.c.meeting == meeting)
        seats = set(connection.scalars(taken.where(capabilities.c.seat.is_not(None))))
        opening = set(connection.scalars(select(entries.c.stored)))
        made, ways = [], []
        for each in wanted:
            if each.seat is None or each.seat not in seats:
                held, way = _distinct(keys, _new(meeting, each), opening)
                opening.add(way["stored"])
                made.append(held)
                ways.append(way)
        if made:
            connection.execute(insert(capabilities), [_row(held, now_ms) for held in made])
            connection.execute(insert(entries), ways)
        return made

    return work


def _new(meeting: MeetingId, wanted: Wanted) -> Held:
    capability = Capability(
        id=CapabilityId(new_id("cap")),
        role=wanted.role,
        tables=wanted.tables,
        seat=wanted.seat,
        screen=wanted.screen,
        label=wanted.label,
    )
    return Held(capability, meeting, 1, revoked=False)


def _row(held: Held, now_ms: int) -> dict[str, Any]:
    capability = held.capability
    return {
        "id": capability.id,
        "meeting": held.meeting,
        "role": capability.role.value,
        "tables": json.dumps(capability.tables, ensure_ascii=False),
        "seat": capability.seat,
        "screen": capability.screen,
        "label": capability.label,
        "generation": held.generation,
        "created_ms": now_ms,
        "revoked_ms": None,
    }


def _distinct(keys: Keys, held: Held, opening: Collection[str]) -> tuple[Held, dict[str, Any]]:
    """The capability in the first generation from its own whose code nobody has, and its way in."""
    while True:
        stored = keys.stored(entry_kind(held.capability.role), secret_of(keys, held))
        if stored not in opening:
            return held, {"stored": stored, "capability": held.capability.id}
        held = replace(held, generation=held.generation + 1)


def held_from(row: Any, device: KeypadId = NO_DEVICE) -> Held:
    """A capability from a row that has the columns of `capabilities`."""
    capability = Capability(
        id=CapabilityId(row.id),
        role=Role(row.role),
        device=device,
        tables=tuple(TableId(table) for table in json.loads(row.tables)),
        seat=None if row.seat is None else SeatId(row.seat),
        screen=row.screen,
        label=row.label,
    )
    return Held(capability, MeetingId(row.meeting), row.generation, revoked=row.revoked_ms is not None)


def of_meeting(meeting: MeetingId, roles: Sequence[Role] | None = None) -> Callable[[Connection], list[Held]]:
    """The capabilities of a meeting, in the order in which they were made."""

    def work(connection: Connection) -> list[Held]:
        query = select(capabilities).where(capabilities.c.meeting == meeting)
        if roles is not None:
            query = query.where(capabilities.c.role.in_([role.value for role in roles]))
        return [held_from(row) for row in connection.execute(query.order_by(capabilities.c.created_ms))]

    return work


def find(capability: str) -> Callable[[Connection], Held | None]:
    """A capability by its public id."""

    def work(connection: Connection) -> Held | None:
        row = connection.execute(select(capabilities).where(capabilities.c.id == capability)).first()
        return None if row is None else held_from(row)

    return work


def of_seat(meeting: MeetingId, seat: SeatId) -> Callable[[Connection], Held | None]:
    """The capability of a seat."""

    def work(connection: Connection) -> Held | None:
        mine = (capabilities.c.meeting == meeting) & (capabilities.c.seat == seat)
        row = connection.execute(select(capabilities).where(mine)).first()
        return None if row is None else held_from(row)

    return work


def find_by_secret(stored: Collection[str]) -> Callable[[Connection], Held | None]:
    """The capability that one of these codes and links opens, by what is stored of it."""

    def work(connection: Connection) -> Held | None:
        query = select(capabilities).join(entries, entries.c.capability == capabilities.c.id)
        row = connection.execute(query.where(entries.c.stored.in_(stored))).first()
        return None if row is None else held_from(row)

    return work


def withdraw(held: Held, now_ms: int) -> Callable[[Connection], None]:
    """Revoke a capability: nothing opens it any more."""

    def work(connection: Connection) -> None:
        mine = capabilities.c.id == held.capability.id
        connection.execute(update(capabilities).where(mine).values(revoked_ms=now_ms))
        connection.execute(delete(entries).where(entries.c.capability == held.capability.id))

    return work


def rotate(keys: Keys, held: Held) -> Callable[[Connection], Held]:
    """Give a capability a new code or link; devices that are in stay in."""

    def work(connection: Connection) -> Held:
        opening = set(connection.scalars(select(entries.c.stored)))
        fresh, way = _distinct(keys, replace(held, generation=held.generation + 1), opening)
        mine = capabilities.c.id == held.capability.id
        connection.execute(update(capabilities).where(mine).values(generation=fresh.generation))
        connection.execute(delete(entries).where(entries.c.capability == held.capability.id))
        if not held.revoked:
            connection.execute(insert(entries).values(**way))
        return fresh

    return work


def renew(keys: Keys, held: Held) -> Callable[[Connection], None]:
    """Let a withdrawn capability open again, by a new code or link."""

    def work(connection: Connection) -> None:
        rotate(keys, replace(held, revoked=False))(connection)
        mine = capabilities.c.id == held.capability.id
        connection.execute(update(capabilities).where(mine).values(revoked_ms=None))

    return work
