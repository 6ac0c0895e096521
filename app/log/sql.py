"""The log in a database: a segment a row, by SQLAlchemy.

What only one database knows is in `sqlite.py` and `postgres.py`, behind `store.py`.

An append is one statement that checks the writer's term and the log's end,
inserts, and says whether it did: a transaction by itself, sent straight to
the driver. Reads take whole chunks of a bounded number of events,
so no statement is ever half way when a part is erased.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, Self

from sqlalchemy.ext.asyncio import AsyncConnection

from app.log.chain import check_fits, damaged, genesis_head
from app.log.codec import known_format, verify_segment
from app.log.heads import HeadsFile, Known
from app.log.port import Epoch, Genesis, LogBehind, LogUnavailable, Position, PositionConflict, Segment
from app.log.store import Store, open_store
from app.log.tables import (
    READ,
    End,
    Prepared,
    as_segment,
    begin_epoch,
    erase_part,
    found,
    head_at,
    read_end,
)

Run = Callable[[str, Sequence[Any]], Awaitable[list[Any]]]
"""What runs a statement: `Store.run`, or `Store.write`."""

CHUNK_EVENTS = 2_000
"""A read holds the segments that begin within so many events."""


class SqlLog:
    """One log of one site of one meeting, in a database; made by `create` or `open`."""

    def __init__(self, store: Store, heads: HeadsFile, end: End) -> None:
        self._store = store
        self._heads = heads
        self._genesis = end.genesis
        self._epochs = end.epochs
        self._position = Position(end.epochs[-1].name, end.offset)
        self._head = end.head
        self._term = 0  # none taken yet
        self._turn = asyncio.Lock()
        self._ended: LogUnavailable | None = None
        self._erasing: asyncio.Future[None] | None = None
        self._append = Prepared(store.append, store.dialect)
        self._read = Prepared(READ, store.dialect)

    @classmethod
    async def create(cls, where: str | Path, genesis: Genesis, *, heads: Path | None = None) -> Self:
        """Make a new log and own it.

        Args:
            where: A path, or a URL (``sqlite:///path``, ``postgresql://host/database?schema=hall``).
            genesis: What it is for.
            heads: Where the newest head is kept outside the database (`heads.py`): by default beside a
                file, and for PostgreSQL nowhere.

        Raises:
            LogFault: There is one already, or it cannot be made.
            LogOwned: Somebody has it open.
        """
        known_format(genesis.format)
        return await cls._enter(where, genesis, heads=heads)

    @classmethod
    async def open(
        cls,
        where: str | Path,
        *,
        quick_check: bool = False,
        accept: bool = False,
        take: bool = True,
        heads: Path | None = None,
    ) -> Self:
        """Own a log that exists; its writer before is refused from now on.

        A log that is refused, or not taken yet, keeps every byte of its files, the journal's too.

        Args:
            where: A path, or a URL, as for `create`.
            quick_check: Let the database check itself first (0.1 s for 250,000 events).
            accept: Take it as it is, though more of it may be known; `begin_epoch` is to follow.
            take: Become its writer at once; else by `take`, or with the first write.
            heads: As for `create`.

        Raises:
            LogOwned: Another process has it.
            LogBehind: It ends before what is known of it, or has another head there.
            UnknownFormat: A newer program wrote it.
            LogDamaged: It cannot be read.
            LogFault: There is none.
        """
        return await cls._enter(where, None, heads=heads, quick_check=quick_check, accept=accept, take=take)

    @classmethod
    async def _enter(
        cls, where: str | Path, genesis: Genesis | None, *, heads: Path | None, quick_check: bool = False,
        accept: bool = False, take: bool = True,
    ) -> Self:  # fmt: skip
        store = await open_store(where, create=genesis is not None)
        try:
            sound = not quick_check or await store.sound()
            async with store.transaction() as connection:
                await store.prepare(connection, create=genesis is not None)
                if genesis is not None:
                    await found(connection, genesis)
                kept = HeadsFile(heads) if heads is not None else store.heads()
                log = cls(store, kept, await read_end(connection))
                known = None if genesis or accept else await log._known_otherwise(connection)
            if not sound:
                await log._name_damage()
            if known is not None:
                await log._verify()  # a chain that does not hold is told by itself
                raise behind(store.name, log.position, known)
            if take:
                await log._settle()
        except BaseException as error:
            await store.close()
            if isinstance(error, store.errors):
                raise damaged(0, str(error)) if store.is_damage(error) else store.fault(error) from error
            raise
        return log

    async def take(self) -> None:
        """Become the writer, where `open` was to leave the log as it is. A second call does nothing.

        Raises:
            LogFault: It cannot be written.
        """
        async with self._turn:
            self._check_usable()
            try:
                await self._settle()
            except self._store.errors as error:
                raise self._failed(error) from error

    @property
    def genesis(self) -> Genesis:
        return self._genesis

    @property
    def epochs(self) -> tuple[Epoch, ...]:
        return self._epochs

    @property
    def position(self) -> Position:
        return self._position

    @property
    def head(self) -> bytes:
        return self._head

    async def append(self, segment: Segment, expected: Position) -> Position:
        check_fits(segment, expected)
        return await self._write((segment,), expected)

    async def extend(self, segments: Sequence[Segment], expected: Position) -> Position:
        at = expected
        for segment in segments:
            check_fits(segment, at)
            at = Position(at.epoch, segment.last)
        return await self._write(segments, expected) if segments else self._position

    async def _write(self, segments: Sequence[Segment], expected: Position) -> Position:
        async with self._turn:
            self._check_usable()
            if expected != self._position:
                raise self._conflict(expected)
            try:
                await self._take_over()
                if len(segments) == 1:
                    await self._insert(self._store.write, segments[0], expected)
                else:
                    async with self._store.transaction():
                        for segment in segments:
                            expected = await self._insert(self._store.run, segment, expected)
            except self._store.errors as error:
                raise self._failed(error) from error
            except asyncio.CancelledError:
                self._ended = LogUnavailable(
                    "A write was interrupted and its outcome is unknown. Start again."
                )
                raise
            reached = Known(Position(self._position.epoch, segments[-1].last), segments[-1].head)
            self._write_down(reached)
            self._position, self._head = reached
            return self._position

    def _write_down(self, reached: Known) -> None:
        """Write down an end that the database says is on the disk.

        Raises:
            LogUnavailable: The disk takes no writes any more, so it is not known whether it is.
        """
        try:
            self._heads.write(reached)
        except OSError as error:
            self._ended = LogUnavailable(
                f"The disk of the log fails: {error.strerror}. Check it, then start again."
            )
            raise self._ended from error

    async def _insert(self, run: Run, segment: Segment, expected: Position) -> Position:
        """Insert one segment, in a transaction of its own unless there is one.

        Raises:
            PositionConflict: Another writer has taken over.
        """
        values = self._append.values(
            first=segment.first, last=segment.last, count=segment.count, head=segment.head, body=segment.body,
            expected=expected.offset, term=self._term,
        )  # fmt: skip
        if not await run(self._append.sql, values):
            raise self._conflict(expected)
        return Position(expected.epoch, segment.last)

    async def begin_epoch(self, epoch: Epoch) -> Position:
        assert epoch.after == self._position.offset, "an epoch begins where the log ends"
        async with self._turn:
            self._check_usable()
            try:
                await self._take_over()
                async with self._store.transaction() as connection:
                    await begin_epoch(connection, len(self._epochs), epoch)
            except self._store.errors as error:
                raise self._failed(error) from error
            self._write_down(Known(Position(epoch.name, epoch.after), self._head))
            self._epochs = (*self._epochs, epoch)
            self._position = Position(epoch.name, epoch.after)
            return self._position

    async def read_after(self, offset: int) -> AsyncIterator[Segment]:
        end, follows = self._position.offset, False
        while offset < end:
            for row in await self._chunk(offset, min(offset + CHUNK_EVENTS, end)):
                segment = as_segment(row, offset, follows=follows)
                yield segment
                offset, follows = segment.last, True

    async def _chunk(self, after: int, until: int) -> list[Any]:
        async with self._turn:
            self._check_usable(closed_only=True)
            try:
                rows = await self._store.run(self._read.sql, self._read.values(after=after, until=until))
            except self._store.errors as error:
                if self._store.is_damage(error):
                    raise damaged(after + 1, str(error)) from error
                raise self._store.fault(error) from error
        if not rows:
            raise damaged(after + 1, "it is missing")
        return rows

    async def erase(self, parts: tuple[tuple[int, str], ...]) -> None:
        # Whoever waits may be cancelled; the erasure is not left half way.
        self._erasing = asyncio.ensure_future(self._erase(parts))
        await asyncio.shield(self._erasing)

    async def _erase(self, parts: tuple[tuple[int, str], ...]) -> None:
        async with self._turn:
            self._check_usable()
            try:
                await self._take_over()
                async with self._store.transaction() as connection:
                    for offset, part in parts:
                        await erase_part(connection, offset, part)
                await self._store.scrub()
            except self._store.errors as error:
                raise self._failed(error) from error

    async def close(self) -> None:
        """Give up the ownership. A second call does nothing."""
        async with self._turn:
            if self._store.closed:
                return
            self._heads.close()
            await self._store.close()

    async def _known_otherwise(self, connection: AsyncConnection) -> Known | None:
        """What is known of this log and is not so: its end was lost, or it is an older or another copy."""
        known = self._heads.read()
        if known is None or known.position.epoch in (epoch.name for epoch in self._epochs[:-1]):
            return None
        (epoch, last), here = known.position, self._position
        if epoch != here.epoch or last > here.offset:
            return known
        head = self._head if last == here.offset else await head_at(connection, last)
        return None if last == 0 or head == known.head else known

    async def _settle(self) -> None:
        """Become the writer, and finish an erasure that a crash may have cut short.

        On a full disk the first waits for an append and the second for the next opening: what is
        there can be read all the same.
        """
        try:
            await self._take_over()
            await self._store.scrub()
        except self._store.errors as error:
            failed = self._store.fault(error)
            if not (isinstance(failed, LogUnavailable) and failed.disk_full):
                raise

    async def _take_over(self) -> None:
        if not self._term:
            await self._store.take()
            async with self._store.transaction() as connection:
                end = await read_end(connection)
                if (end.epochs, end.offset, end.head) != (self._epochs, self._position.offset, self._head):
                    raise self._conflict(self._position)
                term = await self._store.take_over(connection)
            self._term = term

    def _check_usable(self, *, closed_only: bool = False) -> None:
        if self._store.closed:
            raise LogUnavailable("The log is closed. Open it again.")
        if self._ended and not closed_only:
            raise self._ended

    def _conflict(self, expected: Position) -> PositionConflict:
        return PositionConflict(
            f"The log does not end at event {expected.offset} of {expected.epoch} for this writer: "
            "another one has taken over. Stop this one."
        )

    def _failed(self, error: Exception) -> LogUnavailable:
        """After an I/O error nothing is known of what the disk holds: this writer never tries again."""
        failed = self._store.fault(error)
        if isinstance(failed, LogUnavailable) and failed.disk_full:
            return failed
        self._ended = LogUnavailable(failed.sentence)
        return self._ended

    async def _name_damage(self) -> None:
        await self._verify()
        raise damaged(0, "the database is damaged, though every event can be read")

    async def _verify(self) -> None:
        head = genesis_head(self._genesis)
        async for segment in self.read_after(0):
            head = verify_segment(head, segment)


def behind(name: str, here: Position, known: Known) -> LogBehind:
    """Say what is known of a log and is not in it."""
    last = known.position.offset
    if known.position.epoch == here.epoch and last > here.offset:
        lost = f"events {here.offset + 1} to {last} were saved and acknowledged, and are missing"
    else:
        lost = f"what was saved here had another event {last}, so this is an older or another copy"
    return LogBehind(
        f"The log {name} ends at event {here.offset}: {lost} (head {known.head.hex()[:8]}). Look for a newer "
        "copy first: the second laptop, a backup. Where there is none, accept the loss with "
        "`townmeeting restore --accept`; devices then bring back the ballots that they hold.",
        offset=here.offset,
        known=last,
    )
