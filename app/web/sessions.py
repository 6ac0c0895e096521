"""Device sessions in the database: who a device is, from joining until it leaves or is ended.

Pieces of work for `Store.run`. A session is named by its token's HMAC; the numbers of its resume
secrets are counted here, so that they survive a restart.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects import sqlite

from app.core.capability import Capability, Role
from app.core.ids import KeypadId, MeetingId, TableId
from app.web.keys import Keys, new_id, new_secret
from app.web.registry import Held, held_from
from app.web.roles import OWNER_PAGE
from app.web.tables import capabilities, meetings, sessions

HOUR_MS = 3_600_000
WITHOUT_PLACE = ("listen",)
"""Pages that take nobody's place: any number of devices may have them open."""


@dataclass(frozen=True, slots=True)
class Who:
    """Who asks: a device session. Without a capability it is the server's owner."""

    session: str
    page: str
    meeting: MeetingId | None
    capability: Capability | None

    @property
    def owner(self) -> bool:
        return self.capability is None


OWNER = Who("", OWNER_PAGE, None, None)
"""Whoever reaches the socket in the data directory."""


@dataclass(frozen=True, slots=True)
class Joined:
    """A new device session, and the token that holds it."""

    who: Who
    token: str


@dataclass(frozen=True, slots=True)
class Found:
    """A session as the database has it."""

    who: Who
    resumed: int
    seen_ms: int
    over: bool

    def stale(self, now_ms: int, hours: int) -> bool:
        """Whether it is good no more: ended, revoked, or not seen for so many hours."""
        return self.over or now_ms - self.seen_ms > hours * HOUR_MS


class Which(NamedTuple):
    """Which session is meant: by its ``id``, or by what is ``stored`` of its token."""

    column: str
    value: str


def _in_words(statement: Any) -> str:
    """A statement in the database's own words, made once: thousands of devices come back at once."""
    return str(statement.compile(dialect=sqlite.dialect()))


_PLACED = sessions.c.page.not_in(WITHOUT_PLACE)
_OWN = [column.label(f"session_{column.name}") for column in sessions.c]
_WITH_RIGHT = select(*_OWN, capabilities).outerjoin(capabilities, capabilities.c.id == sessions.c.capability)
_FIND = {
    name: _in_words(_WITH_RIGHT.where(sessions.c[name] == bindparam("value"))) for name in ("id", "stored")
}
_SEEN = _in_words(
    update(sessions)
    .where(sessions.c.id == bindparam("session"))
    .values(resumed=bindparam("resumed"), seen_ms=bindparam("seen_ms"))
)


def insert(
    connection: Connection, keys: Keys, capability: Capability | None, meeting: MeetingId | None,
    page: str, now_ms: int,
) -> Joined:  # fmt: skip
    """Open a session; without a capability it is the owner's."""
    token, session = new_secret(), new_id("dev")
    connection.execute(
        sessions.insert().values(
            id=session,
            stored=keys.stored("token", token),
            capability=None if capability is None else capability.id,
            page=page,
            device="" if capability is None else capability.device,
            resumed=0,
            created_ms=now_ms,
            seen_ms=now_ms,
        )
    )
    return Joined(Who(session, page, meeting, capability), token)


def find(connection: Connection, which: Which) -> Found | None:
    """A session with the capability that it belongs to."""
    row = connection.exec_driver_sql(_FIND[which.column], (which.value,)).first()
    return None if row is None else _found(row)


def _found(row: Any) -> Found:
    over = row.session_ended is not None
    if row.session_capability is None:
        who = Who(row.session_id, row.session_page, None, None)
    else:
        held = held_from(row, device=KeypadId(row.session_device))
        who = Who(row.session_id, row.session_page, held.meeting, held.capability)
        over = over or held.revoked
    return Found(who, row.session_resumed, row.session_seen_ms, over)


def come_back(
    connection: Connection, which: Which, number: int | None, now_ms: int, hours: int
) -> Found | None:
    """A session whose device connects, noted as seen.

    Args:
        connection: Of the store.
        which: The session.
        number: Of the resume secret that it shows, if it shows one.
        now_ms: The time.
        hours: How long a session is good unseen.

    Returns:
        The session; `None` where it is not known, or its resume secret is worn.
    """
    found = find(connection, which)
    if found is None or (number is not None and number not in (found.resumed, found.resumed + 1)):
        return None
    resumed = found.resumed if number is None else number
    if not found.stale(now_ms, hours):
        connection.exec_driver_sql(_SEEN, (resumed, now_ms, found.who.session))
    return Found(found.who, resumed, found.seen_ms, found.over)


def make_room(connection: Connection, held: Held, page: str, per_seat: int) -> list[KeypadId]:
    """End the oldest sessions where a place takes only so many devices; gives their devices."""
    most = _devices_max(connection, held, per_seat)
    if most is None or page in WITHOUT_PLACE:
        return []
    mine = (sessions.c.capability == held.capability.id) & sessions.c.ended.is_(None)
    query = select(sessions).where(mine & _PLACED)
    there = list(connection.execute(query.order_by(sessions.c.created_ms, sessions.c.id)))
    leaving = there[: max(0, len(there) + 1 - most)]
    for row in leaving:
        end(connection, row.id, "taken_over")
    return [KeypadId(row.device) for row in leaving]


def beside(connection: Connection, who: Who) -> list[KeypadId]:
    """The other devices that hold a place by the same capability: at a table its second laptop."""
    if who.capability is None:
        return []
    others = (sessions.c.capability == who.capability.id) & (sessions.c.id != who.session)
    query = select(sessions.c.device).where(others & sessions.c.ended.is_(None))
    return [KeypadId(device) for device in connection.scalars(query.where(_PLACED))]


def _devices_max(connection: Connection, held: Held, per_seat: int) -> int | None:
    if held.capability.role is Role.PARTICIPANT:
        return per_seat
    if held.capability.role is Role.TABLE_FACILITATOR:
        query = select(meetings.c.laptops_per_table).where(meetings.c.id == held.meeting)
        laptops: int = connection.scalar(query) or 1
        return laptops
    return None


def laptops_of(meeting: MeetingId, table: TableId) -> Callable[[Connection], list[KeypadId]]:
    """The devices that have come in with a table's code and are still in, the newest first."""

    def work(connection: Connection) -> list[KeypadId]:
        query = (
            select(sessions.c.device)
            .join(capabilities, capabilities.c.id == sessions.c.capability)
            .where(capabilities.c.meeting == meeting)
            .where(capabilities.c.role == Role.TABLE_FACILITATOR.value)
            .where(capabilities.c.tables == json.dumps([table], ensure_ascii=False))
            .where(sessions.c.ended.is_(None) & sessions.c.page.not_in(WITHOUT_PLACE))
            .order_by(sessions.c.created_ms.desc(), sessions.c.id)
        )
        return [KeypadId(device) for device in connection.scalars(query)]

    return work


def end(connection: Connection, session: str, why: str) -> None:
    """End a session."""
    connection.execute(update(sessions).where(sessions.c.id == session).values(ended=why))
