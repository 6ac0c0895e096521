"""The second laptop at the server's door: admitted by a one-time code, known by a token, one at a time.

How this works. Whoever shows the code gets the server's keys, once, and a token; each further admission, and
the owner's word, ends the one before. The token gives the raw logs and `server.db`, and no key. Every run of
a follower has a name: where an older run goes on asking after a newer one began, two have the token, and it
is good no more. In `server.db` lie HMACs only.
"""

import asyncio
import hashlib
import hmac
import logging
import os
import time
from dataclasses import dataclass

import msgspec
from sqlalchemy import Connection

from app.backup import keys_in
from app.core.errors import Refusal
from app.log.followed import Admitted, Database, difference
from app.realtime.answers import Busy
from app.realtime.following import Following
from app.settings import Settings
from app.web.codes import BITS, code_from, read_code, shown
from app.web.guesses import Guesses
from app.web.keys import Keys, new_secret
from app.web.store import Store, get, put

FOLLOWER, CODE, CODE_GOOD_UNTIL = "follower", "follower_code", "follower_code_good_until_ms"
HALVES = 2
MINUTE_MS = 60_000
RUNS_MAX = 100
logger = logging.getLogger(__name__)

IMAGE_SECONDS = 0.5
"""For so long an answer waits for an image of `server.db` that is being taken; else it has none."""

DATABASE_SECONDS = 1.0
"""`server.db` is looked at so often at the most: thousands of phones may join within a minute."""


class Known(msgspec.Struct, frozen=True):
    """The follower that is admitted. `stored` is the HMAC of its token."""

    stored: str
    name: str
    admitted_ms: int
    doubled: bool = False


@dataclass(frozen=True, slots=True)
class Code:
    """A code that admits a follower once: "7K3M-Q2WX-…", as it is typed."""

    code: str
    good_until_ms: int


class NotAdmitted(Exception):
    """This follower is not, or not any more, let in; `doubled` where two had its token."""

    def __init__(self, *, doubled: bool = False) -> None:
        super().__init__("not admitted")
        self.doubled = doubled


class Followers:
    """Admits the follower, and gives it `server.db`."""

    def __init__(self, store: Store, keys: Keys, settings: Settings, following: Following) -> None:
        self._store, self._keys, self._settings, self._following = store, keys, settings, following
        self._guesses = Guesses(
            settings.wrong_codes_free, settings.wrong_code_delay_ms_min, settings.wrong_code_delay_ms_max,
            settings.wrong_codes_waiting_max,
        )  # fmt: skip
        self._known: Known | None = None
        self._looked = False
        self._runs: list[str] = []
        self._images = Images(store)

    # --- admission ---------------------------------------------------------------------

    async def new_code(self, now_ms: int) -> Code:
        """A one-time code for a follower; the one before it is dead."""
        halves = [code_from(int.from_bytes(os.urandom(BITS // 8))) for _ in range(HALVES)]
        good_until_ms = now_ms + self._settings.follower_code_minutes * MINUTE_MS

        def remember(connection: Connection) -> None:
            put(connection, CODE, self._keys.stored("follower_code", "".join(halves)))
            put(connection, CODE_GOOD_UNTIL, str(good_until_ms))

        await self._store.run(remember)
        return Code("-".join(map(shown, halves)), good_until_ms)

    async def admit(self, typed: str, name: str, now_ms: int) -> Admitted | Refusal | Busy:
        """Let a follower in for the code, which is used up; the follower before is out.

        Returns:
            Its token and the keys; or unknown_code, after a delay; or busy, while too many wrong codes wait.
        """
        token, stored = new_secret(), self._keys.stored("follower_code", _read(typed) or "")
        known = Known(self._keys.stored("follower", token), name, now_ms)

        def work(connection: Connection) -> bool:
            held, until = get(connection, CODE) or "", int(get(connection, CODE_GOOD_UNTIL) or 0)
            good = hmac.compare_digest(held, stored) and until >= now_ms
            if good:
                put(connection, CODE, None)
                put(connection, FOLLOWER, msgspec.json.encode(known).decode())
            return good

        if await self._store.run(work):
            self._now_known(known, "another one was admitted")
            folder = self._settings.data_dir / "keys"
            return Admitted(token, await asyncio.to_thread(keys_in, folder))
        return await self._wrong(now_ms)

    async def _wrong(self, now_ms: int) -> Refusal | Busy:
        if self._guesses.full():
            return Busy("rate", MINUTE_MS // 10)
        self._guesses.waiting += 1
        try:
            await asyncio.sleep(self._guesses.wrong(now_ms) / 1000)
        finally:
            self._guesses.waiting -= 1
        return Refusal("unknown_code")

    async def dismiss(self) -> None:
        """The follower's token is good no more, and neither is a code that was not used."""

        def work(connection: Connection) -> None:
            for name in (FOLLOWER, CODE, CODE_GOOD_UNTIL):
                put(connection, name, None)

        await self._store.run(work)
        self._now_known(None, "it was dismissed")

    def _now_known(self, known: Known | None, why: str) -> None:
        self._known, self._looked = known, True
        self._runs.clear()
        self._following.left(why)

    async def known(self) -> Known | None:
        """The follower that is admitted; one whose token two had is told, and is not."""
        if not self._looked:
            held = await self._store.run(lambda connection: get(connection, FOLLOWER))
            if not self._looked:
                self._known = None if held is None else msgspec.json.decode(held, type=Known)
                self._looked = True
        return self._known

    async def check(self, token: str) -> None:
        """Let the admitted follower pass.

        Raises:
            NotAdmitted: It is another, or two have had this token.
        """
        known = await self.known()
        stored = self._keys.stored("follower", token[:200])
        if known is None or known.doubled or not hmac.compare_digest(known.stored, stored):
            raise NotAdmitted(doubled=known is not None and known.doubled)

    async def check_run(self, run: str) -> None:
        """Let the present run of the admitted follower pass.

        Raises:
            NotAdmitted: A later one has begun, so two have the token: neither is admitted any more.
        """
        known = await self.known()
        if known is not None and run in self._runs[:-1]:
            known = msgspec.structs.replace(known, doubled=True)
            self._now_known(known, "two programs have its token")
            said = msgspec.json.encode(known).decode()
            await self._store.run(lambda connection: put(connection, FOLLOWER, said))
            raise NotAdmitted(doubled=True)
        if run not in self._runs:
            self._runs = [*self._runs[-RUNS_MAX:], run]

    async def database(self, digest: bytes) -> Database | None:
        """The server's database for whoever has the one of this hash; `None` where that is the one."""
        return await self._images.since(digest)


class Images:
    """`server.db` as it is now and as it was told last: what differs is told."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._taking: asyncio.Task[None] | None = None
        self._looked_at = -DATABASE_SECONDS
        self._changes = -1
        self._failing = False
        self._now = self._before = b""
        self._digest = self._digest_before = b""

    async def since(self, digest: bytes) -> Database | None:
        await self._look()
        if digest == self._digest or not self._digest:
            return None
        known = digest == self._digest_before
        base, base_digest = (self._before, digest) if known else (b"", b"")
        return await asyncio.to_thread(difference, self._now, self._digest, base, base_digest)

    async def _look(self) -> None:
        """Take a new image where there is a change; wait for it a little: votes are told meanwhile."""
        now, changes = time.monotonic(), self._store.changes
        if self._taking is None:
            if changes == self._changes or now - self._looked_at < DATABASE_SECONDS:
                return
            self._looked_at = now
            self._taking = asyncio.get_running_loop().create_task(self._take(changes))
        await asyncio.wait({self._taking}, timeout=IMAGE_SECONDS)

    async def _take(self, changes: int) -> None:
        try:
            image = await self._store.copy()
            digest = (await asyncio.to_thread(hashlib.sha256, image)).digest()
        except Exception:  # whatever is wrong with the database: it is tried again
            if not self._failing:
                logger.exception("the second laptop gets no image of server.db")
            self._failing = True
            return
        finally:
            self._taking = None
        if self._failing:
            logger.warning("the second laptop gets images of server.db again")
        self._failing = False
        self._changes = changes  # now, and not before: an image that could not be taken is tried again
        if digest != self._digest:
            self._before, self._digest_before = self._now, self._digest
            self._now, self._digest = image, digest


def _read(typed: str) -> str | None:
    """The code that was meant: two of eight letters, whatever keyboard was on."""
    signs = "".join(typed.split()).replace("-", "")[:64]
    half = len(signs) // HALVES
    halves = [read_code(signs[:half]), read_code(signs[half:])]
    return None if None in halves else "".join(each or "" for each in halves)
