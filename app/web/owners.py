"""The server's owner: whoever started it, or knows the organisers' password.

At every start a one-time link is printed; the one before it is dead. A password can be set
through it, checked by argon2 in a thread, one at a time, since each check takes 64 MB.
"""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import Connection

from app.core.errors import Refusal
from app.realtime.answers import Busy
from app.settings import Settings
from app.web.auth import Doors, budget_of, wall_clock_ms
from app.web.keys import Keys, new_secret
from app.web.roles import OWNER_PAGE
from app.web.sessions import Joined
from app.web.store import Store, get, put

LINK, GOOD_UNTIL, PASSWORD = "owner_link", "owner_link_good_until_ms", "owner_password"
PASSWORD_LETTERS_MIN, PASSWORD_LETTERS_MAX = 10, 200
MINUTE_MS = 60_000


class Owners:
    """Checks the one-time link and the password."""

    def __init__(self, store: Store, keys: Keys, doors: Doors, settings: Settings) -> None:
        self._store, self._keys, self._doors, self._settings = store, keys, doors, settings
        self._hasher = PasswordHasher(memory_cost=settings.argon2_memory_kib)
        self._one_at_a_time = asyncio.Lock()
        self._guesses = budget_of(settings)  # its own: a guesser of codes keeps no organiser out

    async def new_link(self) -> str:
        """A one-time link to the organiser's page; the one before it is dead."""
        secret = new_secret()
        good_until_ms = wall_clock_ms() + self._settings.organiser_link_minutes * MINUTE_MS

        def remember(connection: Connection) -> None:
            put(connection, LINK, self._keys.stored("owner", secret))
            put(connection, GOOD_UNTIL, str(good_until_ms))

        await self._store.run(remember)
        return f"{self._settings.url}/{OWNER_PAGE}#{secret}"

    async def burn(self, secret: str) -> bool:
        """Whether this is the one-time link's secret; if so it is used up."""
        stored, now_ms = self._keys.stored("owner", secret.strip()[:200]), wall_clock_ms()

        def work(connection: Connection) -> bool:
            good = get(connection, LINK) == stored and int(get(connection, GOOD_UNTIL) or 0) >= now_ms
            if good:
                put(connection, LINK, None)
            return good

        return await self._store.run(work)

    async def enter_by_password(self, password: str, *, browser: bool) -> Joined | Refusal | Busy:
        """A session of the owner for the password."""
        if self._guesses.full():
            return Busy("rate", MINUTE_MS // 10)
        stored = await self._store.run(lambda connection: get(connection, PASSWORD))
        if stored is not None and await self._matches(stored, password[:PASSWORD_LETTERS_MAX]):
            return await self._doors.own(browser=browser)
        return await self._doors.wrong(Refusal("wrong_password"), self._guesses)

    async def set_password(self, password: str) -> None:
        """Set the organisers' password.

        Raises:
            Refusal: bad_field, where it is too short or too long.
        """
        if not PASSWORD_LETTERS_MIN <= len(password) <= PASSWORD_LETTERS_MAX:
            raise Refusal("bad_field", field="password", reason=f"{PASSWORD_LETTERS_MIN}+")
        async with self._one_at_a_time:
            stored = await asyncio.to_thread(self._hasher.hash, password)
        await self._store.run(lambda connection: put(connection, PASSWORD, stored))

    async def has_password(self) -> bool:
        """Whether a password was ever set."""
        return await self._store.run(lambda connection: get(connection, PASSWORD)) is not None

    async def _matches(self, stored: str, password: str) -> bool:
        async with self._one_at_a_time:
            try:
                return await asyncio.to_thread(self._hasher.verify, stored, password)
            except (VerifyMismatchError, InvalidHashError):
                return False
