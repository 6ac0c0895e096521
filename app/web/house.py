"""The server as one thing: its meetings with their halls, who may come in, and the links to hand out.

The pages, the API, the command line and the demonstration all go through it. What stands behind
it (log, keys, clock, second counter) is chosen in `main.py`, the only place that wires.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol

from sqlalchemy import Connection

from app.core.capability import Capability, Role
from app.core.commands import PrepareMeeting
from app.core.errors import Refusal
from app.core.ids import REHEARSAL, MeetingId, SeatId, TableId
from app.core.meeting import Meeting, Phase
from app.core.planned import PlannedMeeting
from app.core.receipts import Accepted
from app.log.port import EventLog
from app.plan import Reading, read_plan
from app.realtime.answers import Busy
from app.realtime.following import Following
from app.realtime.hall import Hall
from app.realtime.intake import SERVER
from app.realtime.lobby import Lobby
from app.settings import Settings
from app.web import registry
from app.web.auth import Doors, wall_clock_ms
from app.web.codes import shown
from app.web.followers import Followers
from app.web.keys import Keys, new_id
from app.web.registry import Held, MeetingEntry, Wanted
from app.web.rehearsals import Rehearsals
from app.web.roles import CODED, PAGES_OF
from app.web.store import Store
from app.web.terms import Terms, note_replaced, tell_the_one_before

TABLES_PER_AREA = 20
STARTING = Busy("starting", 2_000)
logger = logging.getLogger(__name__)


class BusyNow(Exception):
    """A request that cannot be served now: the same may be sent again."""

    def __init__(self, busy: Busy) -> None:
        super().__init__(busy.code)
        self.busy = busy


class Opened(NamedTuple):
    """A hall, and the log on which it works."""

    hall: Hall
    log: EventLog


class OpenHall(Protocol):
    """Opens the hall of a meeting on its log; `site` is said when the log has to be made."""

    async def __call__(self, meeting: MeetingId, *, site: str | None) -> Opened: ...


@dataclass(frozen=True, slots=True)
class Way:
    """A way in to hand out: a link for a role, or the code of a seat or table with its link.

    `code` is as it is printed, where people type one. The secret is the part of `url` after ``#``.
    """

    capability: Capability
    url: str
    code: str | None
    revoked: bool

    @property
    def secret(self) -> str:
        return self.url.partition("#")[2]


class House:
    """A running server.

    Attributes:
        doors: Turns codes, links and tokens into capabilities.
        lobby: The sockets, and the halls by meeting.
        entries: The meetings by id, oldest first.
        logs: Their logs; only for reading (exports).
        url: The address in every link.
        terms: Which of two servers goes on.
        replaced: Another server has taken over: the process has to end.
    """

    def __init__(
        self, settings: Settings, store: Store, keys: Keys, doors: Doors, lobby: Lobby, open_hall: OpenHall,
        following: Following | None = None,
    ) -> None:  # fmt: skip
        self.settings = settings
        self.store = store
        self.keys = keys
        self.doors = doors
        self.lobby = lobby
        self.following = following or Following()
        self.followers = Followers(store, keys, settings, self.following)
        self.entries: dict[MeetingId, MeetingEntry] = {}
        self.logs: dict[MeetingId, EventLog] = {}
        self.rehearsals = Rehearsals(settings, lambda: self.runs)
        self.url = settings.url
        self.ready = asyncio.Event()
        self.terms = Terms(keys)
        self.replaced = asyncio.Event()
        self._telling: list[asyncio.Task[None]] = []
        self._open_hall = open_hall
        self._creating = asyncio.Lock()
        doors.sockets = lobby
        lobby.heard = self.hear
        doors.archived = self._archived

    def _archived(self, meeting: MeetingId) -> bool:
        hall = self.lobby.halls.get(meeting)
        return hall is not None and hall.meeting.phase is Phase.ARCHIVED

    @property
    def runs(self) -> bool:
        """Whether a meeting of this server is running: the machine belongs to it."""
        return any(hall.meeting.phase is Phase.RUNNING for hall in self.lobby.halls.values())

    async def open(self) -> None:
        """Open every meeting; each log is replayed. Call once.

        Raises:
            Replaced: Another server has taken over from this one.
            LogFault: A log cannot be opened.
        """
        await self.terms.open(self.store)
        self.lobby.term = self.terms.said
        for entry in await self.store.run(registry.all_meetings):
            self._add(entry, await self._open_hall(entry.id, site=None))
        self._telling.append(asyncio.create_task(tell_the_one_before(self.store, self.terms)))
        self.ready.set()

    def hear(self, said: str) -> bool:
        """A client or a server says a term: whether a later one than ours, so that we have been replaced."""
        number = self.terms.read(said)
        if number is None or number <= self.terms.number:
            return False
        if not self.lobby.over:
            logger.critical("another server has taken over: this one decides nothing more")
            self.lobby.over = True
            self._telling.append(asyncio.create_task(self._resign(number)))
        return True

    async def _resign(self, number: int) -> None:
        self.ready.clear()
        await self.store.run(lambda connection: note_replaced(connection, number))
        await self.lobby.drain()
        self.replaced.set()

    async def close(self) -> None:
        """Stop, after the lobby was drained."""
        self.ready.clear()
        for task in self._telling:
            task.cancel()
        await asyncio.gather(*self._telling, return_exceptions=True)
        await self.rehearsals.stop()
        for hall in self.lobby.halls.values():
            await hall.close()
        await self.store.close()

    # --- meetings ----------------------------------------------------------------------

    def hall(self, meeting: str) -> Hall:
        """The hall of a meeting.

        Raises:
            Refusal: not_your_meeting, where this server has none of that id.
            BusyNow: Its log is still being replayed.
        """
        hall = self.lobby.halls.get(MeetingId(meeting))
        if hall is None and not self.ready.is_set():
            raise BusyNow(STARTING)
        if hall is None:
            raise Refusal("not_your_meeting")
        return hall

    async def create_meeting(self, plan: str, seats: str | None = None) -> MeetingId:
        """Make a meeting from a plan, with a capability for every role, table and seat.

        Args:
            plan: The plan, in YAML.
            seats: The seat plan, in CSV, where the plan names no seats.

        Raises:
            PlanErrors: What is wrong with the plan, all of it.
        """
        reading = await asyncio.to_thread(read_plan, plan, seats)
        return await self.hold(reading, plan, seats)

    async def hold(self, reading: Reading, plan: str, seats: str | None = None) -> MeetingId:
        """Make a meeting from a plan that has been read."""
        meeting = MeetingId(new_id(REHEARSAL if self.settings.rehearsal else "meeting"))
        planned, now_ms = reading.meeting, wall_clock_ms()
        async with self._creating:
            opened = await self._open_hall(meeting, site=planned.sites[0].id)
            answer = await opened.hall.submit(PrepareMeeting(meeting, planned), SERVER)
            assert isinstance(answer, Accepted), answer
            entry = MeetingEntry(
                meeting, now_ms, planned.title, planned.languages, planned.date,
                planned.laptops_per_table, plan, seats,
            )  # fmt: skip
            capabilities = registry.add(self.keys, meeting, wanted_for(planned), now_ms)

            def record(connection: Connection) -> None:
                registry.add_meeting(connection, entry)
                capabilities(connection)

            await self.store.run(record)
            self._add(entry, opened)
        return meeting

    async def replace_plan(self, meeting: MeetingId, plan: str, seats: str | None = None) -> None:
        """Put another plan in the place of a meeting's, while it is only prepared.

        Codes and links of what is in both plans stay; those of tables, seats and screens that are gone are
        dead; what is new gets its own. Given once more it does the same, so that what a crash left half done
        is done by asking again. Everybody is connected anew, with the channels that there are now.

        Raises:
            PlanErrors: What is wrong with the plan, all of it.
            Refusal: not_your_meeting, and why the meeting takes no other plan.
            BusyNow: Not now.
        """
        hall = self.hall(meeting)
        reading = await asyncio.to_thread(read_plan, plan, seats)
        planned = reading.meeting
        async with self._creating:
            answer = await hall.submit(PrepareMeeting(meeting, planned), SERVER)
            if isinstance(answer, Refusal):
                raise answer
            if isinstance(answer, Busy):
                raise BusyNow(answer)
            before = self.entries[meeting]
            entry = MeetingEntry(
                meeting, before.created_ms, planned.title, planned.languages, planned.date,
                planned.laptops_per_table, plan, seats,
            )  # fmt: skip
            await self._fit_ways(meeting, planned)
            await self.store.run(lambda connection: registry.change_meeting(connection, entry))
            self.entries[meeting] = entry
            hall.audience.connect_anew()

    async def _fit_ways(self, meeting: MeetingId, planned: PlannedMeeting) -> None:
        """Let there be a way in for everything in the plan, and none for what is not."""
        held = await self.store.run(registry.of_meeting(meeting))
        fits = {each.capability.id: in_plan(each.capability, planned) for each in held}
        for each in held:
            if not fits[each.capability.id] and not each.revoked:
                await self.doors.revoke(each)
        kept = [each.capability for each in held if fits[each.capability.id] and not each.revoked]
        back = [each for each in held if fits[each.capability.id] and each.revoked and each.capability.seat]
        add = registry.add(self.keys, meeting, missing_of(kept, planned), wall_clock_ms())

        def record(connection: Connection) -> None:
            for each in back:  # a seat has one capability for ever
                registry.renew(self.keys, each)(connection)
            add(connection)

        await self.store.run(record)

    def _add(self, entry: MeetingEntry, opened: Opened) -> None:
        self.entries[entry.id] = entry
        self.logs[entry.id] = opened.log
        self.lobby.add(opened.hall)

    # --- ways in -----------------------------------------------------------------------

    async def links(self, meeting: MeetingId) -> list[Way]:
        """The link of every role that comes in by one; revoked ones are left out."""
        roles = tuple(role for role in Role if role not in CODED)
        held = await self.store.run(registry.of_meeting(meeting, roles))
        return [self.way(each) for each in held if not each.revoked]

    async def codes(self, meeting: MeetingId, role: Role) -> list[Way]:
        """The codes of all tables (`TABLE_FACILITATOR`) or of all seats (`PARTICIPANT`), in the room's order.

        Seats that were added during the day get theirs now.
        """
        hall = self.hall(meeting)
        tables, seats = await hall.read(_places)
        missing = registry.add(
            self.keys, meeting, (Wanted(Role.PARTICIPANT, seat=seat) for seat in seats), wall_clock_ms()
        )
        if role is Role.PARTICIPANT:
            await self.store.run(missing)
        held = [h for h in await self.store.run(registry.of_meeting(meeting, (role,))) if not h.revoked]
        places = {place: number for number, place in enumerate((*tables, *seats))}
        held.sort(key=lambda h: places.get(h.capability.seat or "".join(h.capability.tables), len(places)))
        return [self.way(each) for each in held]

    async def add_link(self, meeting: MeetingId, wanted: Wanted) -> Way:
        """A further capability, for another person or screen."""
        [held] = await self.store.run(registry.add(self.keys, meeting, [wanted], wall_clock_ms()))
        return self.way(held)

    async def held(self, meeting: MeetingId, capability: str) -> Held:
        """A capability of this meeting.

        Raises:
            Refusal: not_your_meeting, where there is none of that id here.
        """
        held = await self.store.run(registry.find(capability))
        if held is None or held.meeting != meeting:
            raise Refusal("not_your_meeting")
        return held

    async def rotate(self, held: Held) -> Way:
        """A new code or link for a capability; the old one is dead."""
        return self.way(await self.store.run(registry.rotate(self.keys, held)))

    def way(self, held: Held) -> Way:
        """How a capability is come in by."""
        capability, secret = held.capability, registry.secret_of(self.keys, held)
        if capability.role in CODED:
            return Way(capability, f"{self.url}/j#{shown(secret)}", shown(secret), held.revoked)
        page = next(iter(PAGES_OF[capability.role]), "j")
        return Way(capability, f"{self.url}/{page}#{secret}", None, held.revoked)


def _places(meeting: Meeting) -> tuple[list[TableId], list[SeatId]]:
    roster = meeting.roster
    return list(roster.tables), [seat for table in roster.tables.values() for seat in table.seats]


def wanted_for(plan: PlannedMeeting) -> Sequence[Wanted]:
    """The capabilities that a meeting begins with: every role once, every screen, table and seat."""
    tables = tuple(table.id for table in plan.tables)
    blocks = [tables[at : at + TABLES_PER_AREA] for at in range(0, len(tables), TABLES_PER_AREA)]
    once = (
        Role.ORGANISER, Role.LEAD_FACILITATOR, Role.STAGE_MANAGER, Role.STAGE, Role.THEME_LEADER,
        Role.THEME_MEMBER, Role.EXPERT, Role.VIEWER,
    )  # fmt: skip
    return [
        *(Wanted(role) for role in once),
        *(Wanted(Role.AREA_MANAGER, tables=block, label=_span(block)) for block in blocks),
        *(Wanted(Role.SCREEN, screen=screen, label=screen) for screen in plan.screens),
        *(Wanted(Role.TABLE_FACILITATOR, tables=(table,), label=table) for table in tables),
        *(Wanted(Role.PARTICIPANT, seat=seat.id, label=seat.id) for seat in plan.seats),
    ]


def in_plan(capability: Capability, plan: PlannedMeeting) -> bool:
    """Whether everything that a capability is for is in the plan."""
    tables, seats = {table.id for table in plan.tables}, {seat.id for seat in plan.seats}
    return (
        tables.issuperset(capability.tables)
        and (capability.seat is None or capability.seat in seats)
        and (capability.screen is None or capability.screen in plan.screens)
    )


def missing_of(held: Sequence[Capability], plan: PlannedMeeting) -> Sequence[Wanted]:
    """The capabilities that a plan wants beside those that are held.

    A screen, table or seat has one already where anybody holds one for it; so has a block of an area where
    each of its tables has an area manager. Of every other role there is one from the beginning on.
    """
    had = {(each.role, each.screen) for each in held if each.screen is not None}
    had |= {(each.role, each.seat) for each in held if each.seat is not None}
    had |= {(each.role, table) for each in held for table in each.tables}
    missing = []
    for wanted in wanted_for(plan):
        names = (*wanted.tables, *(name for name in (wanted.screen, wanted.seat) if name is not None))
        left = tuple(table for table in wanted.tables if (wanted.role, table) not in had)
        if not names or all((wanted.role, name) in had for name in names):
            continue
        relabelled = wanted.role is Role.AREA_MANAGER and left != wanted.tables
        missing.append(replace(wanted, tables=left, label=_span(left)) if relabelled else wanted)
    return missing


def _span(tables: Sequence[str]) -> str:
    return tables[0] if len(tables) == 1 else f"{tables[0]}–{tables[-1]}"
