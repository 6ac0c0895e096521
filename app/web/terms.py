"""Which of two servers goes on: each promotion, and each restore, begins a later term.

How this works. A term is a number with an HMAC under a key that only these servers have, so that nobody else
can make one up. Every welcome says it, every hello gives back the latest that the client has heard. A server
that is shown a later term than its own has been replaced: it decides nothing more, ends, and does not start
again. A promoted server also goes on telling the one whose place it took, should that come back.
"""

import asyncio
import contextlib
import hmac
import http.client
import json
import logging
import ssl
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import Connection

from app.log.port import LogFault
from app.web.keys import Keys
from app.web.store import Store, get, put

TERM, REPLACED_BY, BEFORE, AUTHORITY = "term", "replaced_by_term", "took_over_from", "took_over_authority"
TELL_SECONDS = 5.0
TERM_LETTERS_MAX = 100
logger = logging.getLogger(__name__)


class Replaced(LogFault):
    """Another server has taken over from this one."""


def replaced() -> Replaced:
    """What is said at a start, and at the end."""
    return Replaced(
        "Another server has taken over from this one, and what is recorded there is what counts. Let this "
        "machine follow that one, in another folder. Where that one is lost: `townmeeting restore --accept`."
    )


class Terms:
    """The term of a server. `number` is 0 where nobody was ever replaced."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self.number = 0

    @property
    def said(self) -> str | None:
        """As it is said to clients; nothing before the first promotion."""
        return f"{self.number}.{self._keys.term(self.number)}" if self.number else None

    def read(self, said: str) -> int | None:
        """The number of a term that a server with our keys has said; `None` for any other text."""
        digits, _, mac = said[:TERM_LETTERS_MAX].partition(".")
        if not (digits.isascii() and digits.isdecimal() and len(digits) < 16):
            return None
        number = int(digits)
        good = hmac.compare_digest(self._keys.term(number).encode(), mac.encode())
        return number if good else None

    async def open(self, store: Store) -> None:
        """Read the term.

        Raises:
            Replaced: A later one is known.
        """
        self.number = await store.run(lambda connection: int(get(connection, TERM) or 0))
        if await store.run(lambda connection: int(get(connection, REPLACED_BY) or 0)) > self.number:
            raise replaced()


def begin_term(connection: Connection, now_ms: int) -> int:
    """Begin a term later than any that this database knows; gives its number."""
    latest = max(int(get(connection, TERM) or 0), int(get(connection, REPLACED_BY) or 0))
    number = max(latest + 1, now_ms)
    put(connection, TERM, str(number))
    put(connection, REPLACED_BY, None)
    return number


def note_replaced(connection: Connection, number: int) -> None:
    """Remember that a server of this later term goes on."""
    put(connection, REPLACED_BY, str(number))


async def tell_the_one_before(store: Store, terms: Terms) -> None:
    """Tell the server whose place this one took, again and again, that it was replaced."""
    before = await store.run(lambda connection: get(connection, BEFORE))
    authority = await store.run(lambda connection: get(connection, AUTHORITY))
    while before and terms.said:
        with contextlib.suppress(OSError, http.client.HTTPException, ValueError):
            if await asyncio.to_thread(_tell, before, authority, terms.said):
                logger.warning("the server before this one, at %s, was told that it is replaced", before)
        await asyncio.sleep(TELL_SECONDS)


def _tell(url: str, authority: str | None, said: str) -> bool:
    """Whether the server there has learnt something."""
    parts = urlsplit(url)
    line: http.client.HTTPConnection = http.client.HTTPConnection(parts.netloc, timeout=TELL_SECONDS)
    if parts.scheme == "https":
        known = authority if authority and Path(authority).is_file() else None
        trust = ssl.create_default_context(cafile=known)
        line = http.client.HTTPSConnection(parts.netloc, timeout=TELL_SECONDS, context=trust)
    try:
        line.request("POST", "/api/term", json.dumps({"term": said}), {"Content-Type": "application/json"})
        answer = line.getresponse()
        learnt: bool = answer.status == 200 and json.loads(answer.read())["replaced"]
        return learnt
    finally:
        line.close()
