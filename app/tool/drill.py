"""Drills: what one does on the worst day, done on a good one, beside the meeting and not to it.

The restore drill goes on from a backup in a folder of its own, lets somebody in there, and has an
independent recount check every log. Nothing of the server itself is touched.
"""

import asyncio
import io
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from app.backup import read_backup
from app.core.capability import Role
from app.core.ids import MeetingId
from app.export import write_audit
from app.main import Server, build
from app.realtime.rebuild import rebuild
from app.settings import Settings
from app.tool.faults import Fault
from app.tool.restore import back_up, restore
from app.verify import verify
from app.web.sessions import Joined

REASON = "drill"
Told = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Restored:
    """A meeting that a drill has gone on with.

    Attributes:
        events: In its record.
        acknowledged: Commands that the record says were accepted.
        kept: Events that came from the backup: as many as it is said to hold.
        figures: That were recounted.
        ways: In, that were tried.
    """

    meeting: str
    events: int
    acknowledged: int
    kept: int
    figures: int
    ways: int


def drill_restore(data_dir: Path, backup: Path | None, told: Told) -> tuple[list[Restored], float]:
    """Go on from a backup, as after a loss, in a folder that is thrown away.

    Args:
        data_dir: The server's folder; the server may run.
        backup: The backup to try; one that is taken now, where none is said.
        told: What is being done.

    Returns:
        What came back, and after how many seconds.

    Raises:
        Fault: Something of it did not work: the backup is of no use.
    """
    begun = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix=".drill-", dir=data_dir.absolute().parent))
    try:
        if backup is None:
            told("Taking a backup")
            back_up(data_dir, backup := folder / "backup.zip")
        told("Restoring it beside the server")
        held = read_backup(backup)
        restore(held, folder / "data", REASON)
        told("Opening it, and counting every log again")
        events = {MeetingId(log.meeting): log.events for log in held.manifest.logs}
        return asyncio.run(_gone_on(folder / "data", events)), time.monotonic() - begun
    finally:
        shutil.rmtree(folder)


async def _gone_on(folder: Path, events: Mapping[MeetingId, int]) -> list[Restored]:
    server = build(Settings(data_dir=folder))
    try:
        await server.house.open()
        return [await _tried(server, meeting, folder, held) for meeting, held in events.items()]
    finally:
        await server.close()


async def _tried(server: Server, meeting: MeetingId, folder: Path, held: int) -> Restored:
    hall, log = server.house.hall(meeting), server.house.logs[meeting]
    if hall.meeting.epoch != log.position.epoch:
        raise Fault(f"{meeting}: the restored log does not say that it was restored.")
    ways = await _let_in(server, meeting)
    state, _head = await rebuild(log)
    zipped = io.BytesIO()
    await write_audit(state, log, zipped)
    path = folder / "audit.zip"
    await asyncio.to_thread(path.write_bytes, zipped.getvalue())
    verdict = await asyncio.to_thread(verify, path)
    if not verdict.agrees:
        first = verdict.differences[0]
        raise Fault(f"{meeting}: the recount differs. {first.where}: {first.what}.")
    kept = log.epochs[-1].after
    if kept != held:
        raise Fault(f"{meeting}: the backup holds {held} events, and {kept} came back.")
    return Restored(meeting, verdict.events, len(state.receipts), kept, len(verdict.counted), ways)


async def _let_in(server: Server, meeting: MeetingId) -> int:
    """Come in by one code of a seat, one of a table and every link, as people will."""
    codes = [
        (await server.house.codes(meeting, role))[:1] for role in (Role.PARTICIPANT, Role.TABLE_FACILITATOR)
    ]
    ways = [*await server.house.links(meeting), *(way for some in codes for way in some)]
    for way in ways:
        if not isinstance(await server.house.doors.join(way.secret, browser=False), Joined):
            raise Fault(f"{meeting}: the way in of {way.capability.role.value} does not open.")
    return len(ways)
