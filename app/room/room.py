"""The whole simulated room: comes in by the codes and links of a meeting, sits down, and follows the day."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Protocol

from app.client import Client, Stopped
from app.client.http import Api
from app.core.commands import AddItem
from app.core.ids import ItemId, Text
from app.room.crew import HANDS_OFF_SECONDS, AreaManager, Crew, Expert
from app.room.guest import Guest, new_id
from app.room.pace import Pace, Watch
from app.room.people import Person
from app.room.seating import Seating, seating
from app.room.seats import Phone, Receiver
from app.room.tables import Laptop
from app.room.team import Filed, Leader, Member
from app.room.ways import Ways

AT_ONCE = 60
HASTE = 2.0
FLOOR_MINUTES = 30
FLOOR: Text = {"en": "Open floor", "th": "เวทีเปิด"}


class Follows(Protocol):
    """Somebody who follows the day."""

    async def run(self) -> None: ...


class Room:
    """Everybody in it.

    Attributes:
        laptops: By table. `phones` by seat.
        stays: Whether it stays alive after the agenda, for people to try the program with.
    """

    def __init__(
        self,
        api: Api,
        ways: Ways,
        pace: Pace,
        *,
        seed: int = 1,
        free: Iterable[str] = (),
        stays: bool = False,
        hands_off_seconds: float = HANDS_OFF_SECONDS,
    ) -> None:
        self.api, self.ways, self.pace, self.seed = api, ways, pace, seed
        self.free, self.stays, self.hands_off_seconds = tuple(free), stays, hands_off_seconds
        self.watch = Watch()
        self.laptops: dict[str, Laptop] = {}
        self.phones: dict[str, Phone] = {}
        self.members: list[Member] = []
        self.area_managers: list[AreaManager] = []
        self.onlookers: list[Guest] = []
        self.seating = Seating()
        self.receiver: Receiver
        self.leader: Leader
        self.expert: Expert
        self.crew: Crew
        self._filed: Filed = {}
        self._clients = contextlib.AsyncExitStack()
        self._lives: set[asyncio.Task[None]] = set()
        self._door = asyncio.Semaphore(AT_ONCE)
        self._floors = 0

    # --- coming in -------------------------------------------------------------------------

    async def fill(self, told: Callable[[int, int], None] = lambda _done, _all: None) -> None:
        """Everybody comes in and sits down; the late ones later.

        Args:
            told: Called with how many are in, and of how many.
        """
        whole = len(self.ways.tables) + len(self.ways.seats)
        came = 0

        async def one(coming: Awaitable[object]) -> None:
            nonlocal came
            await coming
            came += 1
            told(came, whole)

        await self._the_crew()
        await asyncio.gather(*(one(self._laptop(table)) for table in self.ways.tables))
        tables = {table: self._seats_of(laptop) for table, laptop in self.laptops.items()}
        self.seating = seating(tables, self.free, self.seed)
        await self._equip(one)
        await asyncio.gather(*(one(self.sit(seat)) for seat in self.seating.phones))
        self._count_voters()

    def _seats_of(self, laptop: Laptop) -> list[str]:
        table = laptop.see(f"table:{laptop.table}", "table")
        return [seat["id"] for seat in table["seats"]]

    async def _client(self, secret: str, channels: tuple[str, ...] | None = None) -> Client:
        """Come in by a code or link, and connect."""
        async with self._door:
            entered = await self.api.join(secret)
            client = Client(
                self.api.socket_url,
                token=entered["token"],
                lang="en",
                channels=channels,
                haste=1.0 if self.pace.speed == 1 else HASTE,
            )
            await self._clients.enter_async_context(client)
            return client

    async def _the_crew(self) -> None:
        ways = self.ways
        guests = [
            Guest(await self._client(ways.link(role)), self.pace, self.watch)
            for role in ("lead_facilitator", "organiser", "stage_manager")
        ]
        self.crew = Crew(guests[0], guests[1], guests[2], self.pace, self.watch)
        self.leader = Leader(
            await self._client(ways.link("theme_leader")), self._filed, self.pace, self.watch
        )
        for way in ways.links("theme_member"):
            member = Member(await self._client(way.secret), self._filed, self.pace, self.watch)
            member.capability = way.capability
            self.members.append(member)
        self.expert = Expert(await self._client(ways.link("expert")), self.pace, self.watch)
        self.receiver = Receiver(await self._client(ways.link("receiver")), self.seed, self.pace, self.watch)
        for role in ("stage", "screen", "viewer"):
            self.onlookers.append(Guest(await self._client(ways.link(role)), self.pace, self.watch))
        for guest in (*guests, self.leader):
            await guest.until(lambda g=guest: g.client.state, 30)  # type: ignore[misc]

    async def _laptop(self, table: str) -> None:
        client = await self._client(self.ways.tables[table])
        laptop = Laptop(client, table, self.seed, self.pace, self.watch)
        await laptop.until(lambda: laptop.see(f"table:{table}", "table"), 30)
        self.laptops[table] = laptop

    async def _equip(self, one: Callable[[Awaitable[object]], Awaitable[None]]) -> None:
        """Give out pads, handsets and paper, and let those begin who follow the day."""
        self.laptops = {table: self.laptops[table] for table in self.ways.tables}
        for table, laptop in self.laptops.items():
            laptop.equip(self.seating.pads.get(table, ()), self.seating.handsets.get(table, {}))
            for seat, keypad in laptop.handsets.items():
                self.receiver.hears(keypad, seat)
        await asyncio.gather(*(one(laptop.prepare()) for laptop in self.laptops.values()))
        for way in self.ways.links("area_manager"):
            papers = [seat for seat, table in self.seating.papers.items() if table in way.tables]
            client = await self._client(way.secret)
            self.area_managers.append(AreaManager(client, papers, self.seed, self.pace, self.watch))
        following: list[Follows] = [
            *self.laptops.values(), *self.area_managers, *self.members, self.expert,
        ]  # fmt: skip
        for guest in following:
            self._live(guest.run())
        if self.receiver.handsets:
            self._live(self.receiver.run())

    async def sit(self, seat: str) -> Phone:
        """A phone comes in by its code and takes its seat."""
        client = await self._client(self.ways.seats[seat], ("keypad", f"seat:{seat}"))
        phone = Phone(client, seat, Person.at(seat, self.seed), self.pace, self.watch)
        await phone.sit_down()
        self.phones[seat] = phone
        self._live(phone.run())
        return phone

    def _live(self, life: Any) -> None:
        """Let somebody follow the day; who is sent away goes, and whatever else goes wrong is noted."""

        async def lived() -> None:
            try:
                await life
            except Exception as error:  # noqa: BLE001 - one person's fault does not end the day
                faults = [e for e in _flat(error) if not isinstance(e, Stopped)]
                self.watch.surprises += [f"room: {type(e).__name__}: {e}" for e in faults]

        task = asyncio.create_task(lived())
        self._lives.add(task)
        task.add_done_callback(self._lives.discard)

    def _count_voters(self) -> None:
        """How many report that they have done with a question."""
        self.crew.voters = (
            len(self.phones)
            + sum(1 for laptop in self.laptops.values() if laptop.pads)
            + sum(1 for helper in self.area_managers if helper.papers)
            + bool(self.receiver.handsets)
        )

    async def leave(self) -> None:
        """Everybody goes."""
        for task in self._lives:
            task.cancel()
        await asyncio.gather(*self._lives, return_exceptions=True)
        await self._clients.aclose()

    # --- what the day asks of the room -----------------------------------------------------

    async def count_heads(self) -> None:
        """Every facilitator counts."""
        await asyncio.gather(*(laptop.count_heads() for laptop in self.laptops.values()))

    async def late_arrive(self) -> None:
        """Those who come late sit down."""
        late, self.seating.late = self.seating.late, []
        await asyncio.gather(*(self.sit(seat) for seat in late))
        self._count_voters()

    async def seat_late(self, seat: str) -> None:
        """A seat that was added gets its code, and its phone comes in."""
        await self.ways.refresh_seats()
        await self.sit(seat)
        self._count_voters()

    async def early_leave(self) -> None:
        """Some go home before the end; their ballots stay."""
        for seat in list(self.phones)[5::40]:
            table = next((t for t, lap in self.laptops.items() if seat in self._seats_of(lap)), None)
            if table is not None:
                await self.laptops[table].see_off(seat)

    async def take_over(self, question: str) -> None:
        """A newer phone asks for a seat that has voted in the open question; the facilitator says yes."""
        seat = await self._somebody_who_voted(question)
        if seat is None:
            return
        older = self.phones[seat]
        client = await self._client(self.ways.seats[seat], ("keypad", f"seat:{seat}"))
        newer = Phone(client, seat, Person.at(seat, self.seed), self.pace, self.watch)
        await newer.sit_down()
        table = next(t for t, lap in self.laptops.items() if seat in self._seats_of(lap))
        laptop = self.laptops[table]

        def asked() -> bool:
            seats = laptop.see(f"table:{table}", "table")["seats"]
            return any(s["id"] == seat and s["asked"] for s in seats)

        with contextlib.suppress(TimeoutError):
            await laptop.until(asked, 10)
            await laptop.confirm(seat)
        await older.client.close()
        self.phones[seat] = newer
        self.watch.done(f"taken over {seat}")
        self._live(newer.run())

    async def _somebody_who_voted(self, question: str) -> str | None:
        """A seat whose phone has voted in the open question; none where nobody has for a while."""

        def found() -> str | None:
            for seat, phone in self.phones.items():
                ballot = phone.see(f"seat:{seat}", "ballot") or {}
                if ballot.get("question") == question and ballot.get("choices") is not None:
                    return seat
            return None

        for _ in range(100):
            if (seat := found()) is not None:
                return seat
            await asyncio.sleep(0.1)
        return None

    async def add_floor(self) -> str | None:
        """An item more than the agenda had."""
        self._floors += 1
        item = ItemId(new_id("item"))
        title = {language: f"{words} {self._floors}" for language, words in FLOOR.items()}
        if not await self.crew.lead.do(AddItem(item, title, FLOOR_MINUTES, takes_ideas=True)):
            return None

        def there() -> bool:
            return any(i["id"] == item for i in self.crew.lead.see("console", "agenda")["items"])

        await self.crew.lead.until(there, 30)
        return item


def _flat(error: BaseException) -> list[BaseException]:
    """The faults of a group, or the one."""
    if isinstance(error, BaseExceptionGroup):
        return [each for inner in error.exceptions for each in _flat(inner)]
    return [error]
