"""The log's tables and statements, for any database that SQLAlchemy knows.

The schema is this metadata; PostgreSQL has it by migrations, which a test
compares with it. The functions run inside a transaction that the caller holds.
"""

import os
import socket
from typing import Any, NamedTuple

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Dialect,
    Executable,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    bindparam,
    func,
    insert,
    inspect,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from app.log.chain import damaged, erase_in, genesis_head
from app.log.codec import known_format
from app.log.port import Epoch, Genesis, LogFault, Segment

metadata = MetaData()

genesis_table = Table(
    "genesis",
    metadata,
    Column("epoch", Text, primary_key=True),
    Column("meeting", Text, nullable=False),
    Column("site", Text, nullable=False),
    Column("format", Integer, nullable=False),
)

segment_table = Table(
    "segment",
    metadata,
    Column("first", Integer, primary_key=True, autoincrement=False),
    Column("last", Integer, nullable=False),
    Column("count", Integer, nullable=False),
    Column("head", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

term_table = Table(
    "term",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("writer", Text, nullable=False),
)
"""Who has opened the log, the last of them being the writer."""

epoch_table = Table(
    "epoch",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("after", Integer, nullable=False),
    Column("reason", Text, nullable=False),
)
"""The histories after the first one, which the genesis names, and after which event each began."""

_segment, _term = segment_table.c, term_table.c
_end = select(_segment.last).order_by(_segment.first.desc()).limit(1)


def append_if(writes: ColumnElement[bool]) -> Executable:
    """Insert a segment if the log ends at `expected` and `writes` says that `term` is the last."""
    given = (bindparam(column.name, type_=column.type) for column in _segment)
    ends_there = func.coalesce(_end.scalar_subquery(), 0) == bindparam("expected")
    chosen = select(*given).where(writes, ends_there)
    return insert(segment_table).from_select(list(_segment), chosen).returning(_segment.last)


APPEND = append_if(select(func.max(_term.number)).scalar_subquery() == bindparam("term"))

_earlier = segment_table.alias().c
_begin = select(func.coalesce(func.max(_earlier.first), 0)).where(_earlier.first <= bindparam("after") + 1)
READ = (
    select(*_segment)
    .where(
        _segment.first >= _begin.scalar_subquery(),  # the key alone finds the place
        _segment.first <= bindparam("until"),
        _segment.last > bindparam("after"),
    )
    .order_by(_segment.first)
)
"""The segments that hold an event after `after` and begin at `until` at the latest."""


class Prepared:
    """A statement in the database's own words, for the driver."""

    def __init__(self, statement: Executable, dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect)  # type: ignore[attr-defined]
        self.sql = str(compiled)
        self._names: list[str] = compiled.positiontup
        self._fixed: dict[str, Any] = compiled.params

    def values(self, **given: Any) -> list[Any]:
        said = {**self._fixed, **given}
        return [said[name] for name in self._names]


class End(NamedTuple):
    """What a log is for, and where it stands."""

    genesis: Genesis
    epochs: tuple[Epoch, ...]
    offset: int
    head: bytes


async def found(connection: AsyncConnection, genesis: Genesis) -> None:
    """Say what the log is for, in tables that are there.

    Raises:
        LogFault: There is one already.
    """
    if (await connection.execute(select(genesis_table.c.epoch))).first():
        raise LogFault("There is a log in this place already. Open it, or choose another place.")
    said = {column.name: getattr(genesis, column.name) for column in genesis_table.c}
    await connection.execute(insert(genesis_table).values(said))


async def read_end(connection: AsyncConnection) -> End:
    """Read what the log is for and where it stands.

    Raises:
        UnknownFormat: A newer program wrote it.
        LogDamaged: It does not say either.
        LogFault: It has no genesis.
    """
    # The format first and alone: a newer program may have changed everything else.
    version = (await connection.execute(select(genesis_table.c.format))).scalar()
    if version is None:
        raise LogFault("This log was never finished being made. Create it again.")
    known_format(version)
    last = select(_segment.last, _segment.head).order_by(_segment.first.desc()).limit(1)
    try:
        genesis = Genesis(**(await connection.execute(select(genesis_table))).mappings().one())
        start = genesis_head(genesis)
        offset, head = (await connection.execute(last)).first() or (0, start)
    except (TypeError, ValueError) as error:
        raise damaged(0, str(error)) from error
    if not isinstance(offset, int) or not isinstance(head, bytes):
        raise damaged(0, "it does not say where it ends")
    return End(genesis, (Epoch(genesis.epoch, 0), *await _later_epochs(connection)), offset, head)


async def _later_epochs(connection: AsyncConnection) -> list[Epoch]:
    """The epochs that the log has begun; none where it is from before there were any, without the table."""
    if not await connection.run_sync(_has_epochs):
        return []
    told = select(epoch_table.c.name, epoch_table.c.after, epoch_table.c.reason)
    rows = await connection.execute(told.order_by(epoch_table.c.number))
    return [Epoch(*row) for row in rows]


def _has_epochs(connection: Connection) -> bool:
    return inspect(connection).has_table(epoch_table.name)


async def head_at(connection: AsyncConnection, offset: int) -> bytes | None:
    """The chain's head where a segment ends with this event; `None` where none does."""
    found: bytes | None = (
        await connection.execute(select(_segment.head).where(_segment.last == offset))
    ).scalar()
    return found


async def begin_epoch(connection: AsyncConnection, number: int, epoch: Epoch) -> None:
    """Write down that another history begins; a log from before there were any gets the table."""
    await connection.run_sync(epoch_table.create, checkfirst=True)
    await connection.execute(insert(epoch_table).values(number=number, **epoch._asdict()))


def this_writer() -> str:
    """Who writes, for people: the process and its machine."""
    return f"process {os.getpid()} on {socket.gethostname()}"


async def take_over(connection: AsyncConnection) -> int:
    """Write down who writes the log from now on; give the new term."""
    term: int = (await connection.execute(select(func.coalesce(func.max(_term.number), 0) + 1))).scalar_one()
    await connection.execute(insert(term_table).values(number=term, writer=this_writer()))
    return term


async def erase_part(connection: AsyncConnection, offset: int, part: str) -> None:
    """Erase one sealed part in the segment that holds it; nothing is written where it is erased already.

    Raises:
        ValueError: There is no such event or part.
    """
    place = select(_segment.first, _segment.body).where(_segment.first <= offset, _segment.last >= offset)
    row = (await connection.execute(place)).first()
    if row is None:
        raise ValueError(f"there is no event {offset}")
    body = erase_in(row.body, offset - row.first, part, first=row.first)
    if body != row.body:
        await connection.execute(update(segment_table).where(_segment.first == row.first).values(body=body))


def as_segment(row: Any, after: int, *, follows: bool) -> Segment:
    """Take a row for what it says only if it fits: `follows` means it must begin right after."""
    first, last, count, head, body = row
    if not all(isinstance(n, int) for n in (first, last, count)) or count != last - first + 1:
        raise damaged(after + 1, "its segment has no sensible length")
    if first > after + 1 or (follows and first != after + 1):
        raise damaged(after + 1, f"the segment that follows begins at {first}")
    if not isinstance(head, bytes) or not isinstance(body, bytes):
        raise damaged(first, "its segment is not made of bytes")
    return Segment(first=first, last=last, head=head, body=body)
