"""Who comes in: codes, links, tokens, tickets and resume secrets, turned into capabilities.

How this works. A code or link (`join`) opens a *device session*: a page's, held by a cookie of
that page's name, or a program's, held by a bearer token. A page asks for a *ticket*, once, for
its first connection; each welcome hands out the next *resume* secret, which is numbered: the one
after the last that was used is good, and so is that last one, until the new one has been used.
Rights are not judged here (`core/rights.py` does, at the moment of decision).
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from sqlalchemy import Connection

from app.core.errors import Refusal
from app.core.ids import CapabilityId, KeypadId, MeetingId
from app.realtime.answers import DISK_FULL, Busy
from app.realtime.doorkeeper import Admission, Credentials
from app.settings import Settings
from app.web import registry
from app.web import sessions as device_sessions
from app.web.codes import read_code
from app.web.guesses import Guesses
from app.web.keys import Keys, new_id, new_secret
from app.web.registry import Held
from app.web.roles import OWNER_PAGE, PAGES_OF, PROGRAM
from app.web.sessions import Joined, Which, Who
from app.web.store import Store, StoreFull

BUSY_RETRY_MS = 8_000
TICKETS_EACH_MAX = 5
"""Tickets of one session that are good at once; a further one ends its oldest."""


def wall_clock_ms() -> int:
    """The machine's time; only expiry depends on it."""
    return time.time_ns() // 1_000_000


HeldBy = Callable[[str], str | None]
"""Gives the token that a browser holds for a page."""


def nothing_held(_page: str) -> None:
    """A program, or a browser that has not been here."""


def budget_of(settings: Settings) -> Guesses:
    """A budget for things guessed, as the settings say."""
    return Guesses(
        settings.wrong_codes_free,
        settings.wrong_code_delay_ms_min,
        settings.wrong_code_delay_ms_max,
        settings.wrong_codes_waiting_max,
    )


class Sockets(Protocol):
    """What can close the connections of a capability, or of one device of it: the lobby."""

    def revoke(self, capability: CapabilityId, device: KeypadId | None = None) -> int: ...


class Doors:
    """The doorkeeper of the sockets, and of the HTTP API.

    Attributes:
        guesses: The budget for wrong codes.
        sockets: What closes connections; set when the lobby is there.
        archived: Tells of a meeting that is put away.
    """

    def __init__(
        self, store: Store, keys: Keys, settings: Settings, *, now_ms: Callable[[], int] = wall_clock_ms
    ) -> None:
        self._store, self._keys, self._settings = store, keys, settings
        self._now_ms = now_ms
        self._tickets: OrderedDict[str, tuple[str, int]] = OrderedDict()  # the oldest first
        self._tickets_of: dict[str, dict[str, None]] = {}  # by session
        self._joining = asyncio.Semaphore(settings.joins_at_once_max)
        self.guesses = budget_of(settings)
        self.sockets: Sockets | None = None
        self.archived: Callable[[MeetingId], bool] = lambda _: False

    # --- joining -----------------------------------------------------------------------

    async def join(
        self, shown: str, *, browser: bool, page: str | None = None, held_by: HeldBy = nothing_held
    ) -> Joined | Refusal | Busy:
        """Exchange a code or a link's secret for a device session.

        Args:
            shown: What was typed or scanned.
            browser: Whether a page asks, whose session then belongs to that page.
            page: Which page, where the role has several.
            held_by: The token that this browser holds for a page: the same card scanned again on the
                same phone goes on with the session that is there.

        Returns:
            The session; or unknown_code, after a delay; or busy, while too many wrong codes wait.
        """
        async with self._joining:
            held = await self._opened_by(shown)
            if held is not None:
                return await self._enter(held, browser=browser, page=page, held_by=held_by)
        return await self.wrong(Refusal("unknown_code"))

    async def wrong(self, refusal: Refusal, budget: Guesses | None = None) -> Refusal | Busy:
        """Give this refusal of something guessed, after the delay that guessing costs now.

        Args:
            refusal: What is said in the end.
            budget: What it is counted in; that of codes by default.
        """
        guesses = budget or self.guesses
        if guesses.full():
            return Busy("rate", BUSY_RETRY_MS)
        guesses.waiting += 1
        try:
            await asyncio.sleep(guesses.wrong(self._now_ms()) / 1000)
        finally:
            guesses.waiting -= 1
        return refusal

    async def _opened_by(self, shown: str) -> Held | None:
        stored = [self._keys.stored("link", shown.strip()[:200])]
        if (code := read_code(shown)) is not None:
            stored.append(self._keys.stored("code", code))
        return await self._store.run(registry.find_by_secret(stored))

    async def _enter(
        self, held: Held, *, browser: bool, page: str | None, held_by: HeldBy = nothing_held
    ) -> Joined | Refusal:
        pages = PAGES_OF[held.capability.role]
        at = (page or next(iter(pages), PROGRAM)) if browser else PROGRAM
        if at and at not in pages:
            return Refusal("not_allowed", role=held.capability.role.value, command="open_page")
        token = held_by(at) if at else None
        there = None if token is None else await self.who(token)
        if token and there and there.capability and there.capability.id == held.capability.id:
            return Joined(there, token)
        joined, ended = await self._store.run(lambda connection: self._open(connection, held, at))
        for device in ended:
            self._close_sockets(held.capability.id, device)
        return joined

    def _open(self, connection: Connection, held: Held, page: str) -> tuple[Joined, list[KeypadId]]:
        ended = device_sessions.make_room(connection, held, page, self._settings.devices_per_seat_max)
        capability = replace(held.capability, device=KeypadId(new_id("kp")))
        now_ms = self._now_ms()
        return device_sessions.insert(connection, self._keys, capability, held.meeting, page, now_ms), ended

    async def open_page(self, who: Who, page: str) -> Joined | Refusal:
        """Open another page that the role may have, from one that is open: a session of its own."""
        held = None if who.capability is None else await self._store.run(registry.find(who.capability.id))
        if held is None:
            return Refusal("not_allowed", role="organiser", command="open_page")
        if held.revoked:
            return Refusal("revoked")
        return await self._enter(held, browser=True, page=page)

    async def enter(self, held: Held, *, page: str | None) -> Joined | Refusal:
        """A session for a capability that the owner opens without its link."""
        return await self._enter(held, browser=page is not None, page=page)

    async def own(self, *, browser: bool) -> Joined:
        """A session of the server's owner, who has shown the one-time link or the password."""
        page, now_ms = OWNER_PAGE if browser else PROGRAM, self._now_ms()
        return await self._store.run(
            lambda connection: device_sessions.insert(connection, self._keys, None, None, page, now_ms)
        )

    # --- sessions ----------------------------------------------------------------------

    async def who(self, token: str) -> Who | None:
        """Whose token this is; `None` where it is nobody's any more."""
        mine = Which("stored", self._keys.stored("token", token[:200]))
        found = await self._store.run(lambda connection: device_sessions.find(connection, mine))
        if found is None or found.stale(self._now_ms(), self._settings.session_hours):
            return None
        return found.who

    async def leave(self, who: Who) -> None:
        """End a device session, on this device's own wish."""
        await self._store.run(lambda connection: device_sessions.end(connection, who.session, "left"))
        if who.capability is not None:
            self._close_sockets(who.capability.id, who.capability.device)

    async def beside(self, who: Who) -> list[KeypadId]:
        """The other devices that hold a place by the same capability."""
        return await self._store.run(lambda connection: device_sessions.beside(connection, who))

    def ticket(self, who: Who) -> str:
        """A ticket for one first connection of this session."""
        now = self._now_ms()
        while self._tickets and self._tickets[oldest := next(iter(self._tickets))][1] <= now:
            self._burn(oldest)
        mine = self._tickets_of.get(who.session, {})
        while len(mine) >= TICKETS_EACH_MAX:
            self._burn(next(iter(mine)))
        made = new_secret()
        self._tickets[made] = (who.session, now + 1000 * self._settings.ticket_seconds)
        self._tickets_of.setdefault(who.session, {})[made] = None
        return made

    def _burn(self, ticket: str) -> tuple[str, int]:
        """Take a ticket back; gives its session and until when it was good."""
        session, good_until_ms = self._tickets.pop(ticket, ("", 0))
        mine = self._tickets_of.get(session, {})
        mine.pop(ticket, None)
        if not mine:
            self._tickets_of.pop(session, None)
        return session, good_until_ms

    # --- the doorkeeper ----------------------------------------------------------------

    async def admit(self, shown: Credentials) -> Admission | Refusal | Busy:
        """Let a connection in, or not; see `Doorkeeper`.

        On a full disk it has to come back: its resume secret could not be turned.
        """
        try:
            return await self._admitted(shown)
        except StoreFull:
            return DISK_FULL

    async def _admitted(self, shown: Credentials) -> Admission | Refusal:
        if shown.ticket is not None:
            session, good_until_ms = self._burn(shown.ticket)
            if good_until_ms < self._now_ms():
                return Refusal("unknown_session")
            return await self._admit(Which("id", session), None, shown)
        if shown.token is not None:
            stored = self._keys.stored("token", shown.token[:200])
            return await self._admit(Which("stored", stored), None, shown)
        read = self._keys.read_resume(shown.resume or "")
        if read is None:
            return Refusal("unknown_session")
        return await self._admit(Which("id", read[0]), read[1], shown)

    async def _admit(self, which: Which, number: int | None, shown: Credentials) -> Admission | Refusal:
        now_ms, hours = self._now_ms(), self._settings.session_hours
        found = await self._store.run(
            lambda connection: device_sessions.come_back(connection, which, number, now_ms, hours)
        )
        if found is None:
            return Refusal("unknown_session")
        who = found.who
        if who.page != PROGRAM and shown.origin is None:
            return Refusal("bad_origin")
        if found.stale(now_ms, hours):
            return Refusal("revoked" if found.over else "unknown_session")
        if who.capability is None or who.meeting is None:
            return Refusal("not_your_meeting")
        if self.archived(who.meeting):
            return Refusal("meeting_archived")
        return Admission(who.meeting, who.capability, self._keys.resume(who.session, found.resumed + 1))

    # --- withdrawing -------------------------------------------------------------------

    async def revoke(self, held: Held) -> None:
        """Withdraw a capability: its codes are dead, its connections are closed."""
        await self._store.run(registry.withdraw(held, self._now_ms()))
        self._close_sockets(held.capability.id, None)

    def _close_sockets(self, capability: CapabilityId, device: KeypadId | None) -> None:
        if self.sockets is not None:
            self.sockets.revoke(capability, device)
