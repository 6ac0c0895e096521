"""The ways into a meeting, as its organiser gets them: a link for every role, a code for every place."""

from dataclasses import dataclass
from typing import Any, Self

from app.client.http import Api, secret_of

TABLES_PER_MEMBER = 14


@dataclass(frozen=True, slots=True)
class Way:
    """A way in. `code` is what people type, where they do."""

    role: str
    capability: str
    url: str
    code: str | None
    tables: tuple[str, ...]
    seat: str | None

    @property
    def secret(self) -> str:
        """What opens it."""
        return secret_of(self.url)

    @classmethod
    def read(cls, said: dict[str, Any]) -> Self:
        """As the API tells it."""
        tables = tuple(said.get("tables", ()))
        return cls(said["role"], said["capability"], said["url"], said.get("code"), tables, said.get("seat"))


class Ways:
    """All ways into one meeting.

    Attributes:
        tables: The secret of every table, in the room's order.
        seats: The secret of every seat, in the room's order.
        codes: Every code as people type it, by ``table 1`` or ``seat 1-1``.
    """

    def __init__(self, api: Api, token: str, meeting: str) -> None:
        self.api, self.token, self.meeting = api, token, meeting
        self.tables: dict[str, str] = {}
        self.seats: dict[str, str] = {}
        self.codes: dict[str, Way] = {}
        self._links: list[Way] = []

    @classmethod
    async def of(cls, api: Api, token: str, meeting: str) -> Self:
        """Ask the server for them; a larger theme team and a receiver get links of their own."""
        ways = cls(api, token, meeting)
        ways._links = [Way.read(said) for said in await api.get(ways._path("links"), token)]
        for said in await api.get(ways._path("codes/tables"), token):
            way = Way.read(said)
            ways.tables[way.tables[0]] = way.secret
            ways.codes[f"table {way.tables[0]}"] = way
        await ways.refresh_seats()
        members = max(1, -(-len(ways.tables) // TABLES_PER_MEMBER))
        await ways._enough("theme_member", members)
        await ways._enough("receiver", 1)
        return ways

    def _path(self, rest: str) -> str:
        return f"/api/meetings/{self.meeting}/{rest}"

    async def refresh_seats(self) -> None:
        """The codes of all seats, also of those that were added."""
        for said in await self.api.get(self._path("codes/seats"), self.token):
            way = Way.read(said)
            assert way.seat is not None
            self.seats[way.seat] = way.secret
            self.codes[f"seat {way.seat}"] = way

    async def _enough(self, role: str, count: int) -> None:
        for number in range(len(self.links(role)), count):
            body = {"role": role, "label": f"{number + 1}"}
            self._links.append(Way.read(await self.api.post(self._path("capabilities"), body, self.token)))

    def links(self, role: str) -> list[Way]:
        """The links of a role."""
        return [way for way in self._links if way.role == role]

    def all_links(self) -> list[Way]:
        """Every link."""
        return list(self._links)

    def link(self, role: str) -> str:
        """The secret of the first link of a role."""
        return self.links(role)[0].secret

    async def further(self, role: str) -> Way:
        """One more link of a role, for a visitor."""
        body = {"role": role, "label": "visitor"}
        return Way.read(await self.api.post(self._path("capabilities"), body, self.token))


async def make_meeting(api: Api, owner: str, plan: str) -> str:
    """Make a meeting from a plan; gives its id."""
    made = await api.post("/api/meetings", {"plan": plan}, owner)
    meeting: str = made["meeting"]
    return meeting
