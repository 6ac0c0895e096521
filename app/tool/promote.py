"""Taking over: a second laptop's folder becomes a server's, in another history and a later term.

What the server had and this copy has not is lost, but for the ballots that devices bring back; how much of it
is known is said first, and taken only where the organiser accepts it.
"""

import asyncio
import http.client
import ssl
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from app.log.lock import OwnerLock
from app.main import FOLLOWS, Logs, prepared_folder
from app.tool.faults import Fault
from app.tool.follow import Follows, read
from app.tool.restore import begin_epoch, owners_only, take_over
from app.web import registry
from app.web.store import Store

STILL_SECONDS = 2.0
REASON = "the second laptop took over"


@dataclass(frozen=True, slots=True)
class Copy:
    """A meeting as the second laptop has it: its last event, and the last that the server said it had."""

    meeting: str
    held: int
    said: int

    @property
    def missing(self) -> int:
        return max(0, self.said - self.held)


@dataclass(frozen=True, slots=True)
class Stand:
    """What a promotion would go on with.

    Attributes:
        copies: Of every meeting.
        silent_seconds: Since the server said something.
        waited: Up to then no acknowledgement was given before this laptop held what it says.
        alive: The server still answers.
        stale: This laptop stopped asking while the server still answered: it may have gone on.
    """

    copies: list[Copy]
    silent_seconds: float
    waited: bool
    alive: bool
    stale: bool

    @property
    def missing(self) -> int:
        return sum(copy.missing for copy in self.copies)

    def sentences(self) -> list[str]:
        """It in words."""
        said = [
            f"{copy.meeting}: {copy.held} events here, {copy.missing} missing of {copy.said} at the server."
            for copy in self.copies
        ]
        said.append(f"The server was last heard {self.silent_seconds:.0f} s ago.")
        if self.stale:
            said.append("This laptop stopped following while the server went on: all since then is missing.")
        elif self.waited and not self.missing:
            said.append("The server waited for this laptop: nothing that it acknowledged until then is lost.")
        else:
            said.append(
                f"At risk: {self.missing} events that are known of, and what was acknowledged after that; "
                "devices bring back the ballots that they hold."
            )
        return said


def look(folder: Path) -> Stand:
    """What the second laptop of a folder has; nothing is changed.

    Raises:
        Fault: It is none, or has nothing yet.
        LogOwned: It is still following: stop it first.
        LogFault: A log of it cannot be opened.
    """
    known = read(folder)
    lock = OwnerLock.take(folder / "server")
    try:
        with owners_only():
            copies = asyncio.run(_copies(folder.resolve(), known))
    finally:
        lock.release()
    silent = max(0.0, time.time() - known.heard_ms / 1_000)
    return Stand(copies, silent, known.waits, _answers(known), stale=not known.lost_ms)


async def _copies(folder: Path, known: Follows) -> list[Copy]:
    copies = []
    for meeting in await _meetings(folder):
        log = await Logs(folder).open(meeting)
        copies.append(Copy(meeting, log.position.offset, known.ends.get(meeting, 0)))
        await log.close()
    return copies


async def _meetings(folder: Path) -> list[str]:
    if not (folder / "server.db").is_file():
        raise Fault(f"{folder} has no copy of a server yet: it never had an answer. Use a backup.")
    store = Store(folder / "server.db")
    try:
        return [entry.id for entry in await store.run(registry.all_meetings)]
    finally:
        await store.close()


def _answers(known: Follows) -> bool:
    """Whether the server that was followed is still there."""
    parts = urlsplit(known.url)
    line: http.client.HTTPConnection = http.client.HTTPConnection(parts.netloc, timeout=STILL_SECONDS)
    try:
        if parts.scheme == "https":
            trust = ssl.create_default_context(cafile=known.authority)
            line = http.client.HTTPSConnection(parts.netloc, timeout=STILL_SECONDS, context=trust)
        line.request("GET", "/health/live")
        return line.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()


def promote(folder: Path, reason: str) -> None:
    """Take over: another history begins in every log, and a later term.

    A promotion that was cut short is finished by the next one: the folder is a follower's until the end.

    Raises:
        Fault: The folder is no second laptop's.
        LogOwned: It is still following: stop it first.
        LogFault: A log of it cannot be opened or written.
    """
    known = read(folder)
    lock = OwnerLock.take(folder / "server")
    try:
        with owners_only():
            asyncio.run(_promoted(prepared_folder(folder), known, reason or REASON))
            (folder / FOLLOWS).unlink()
    finally:
        lock.release()


async def _promoted(folder: Path, known: Follows, reason: str) -> None:
    for meeting in await _meetings(folder):
        log = await Logs(folder).open(meeting)
        try:
            await begin_epoch(log, reason)
        finally:
            await log.close()
    await take_over(folder, known.url, known.authority)
