"""A server and its second laptop, in the test's event loop and over real sockets."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from app.core.capability import Role
from app.core.commands import SendMessage
from app.core.ids import MeetingId, MessageId
from app.log.port import EventLog, Segment
from app.main import Logs
from app.tool.follow import Follower, follow
from app.web.auth import wall_clock_ms
from app.web.keys import new_id
from tests.fakes import until
from tests.security.server import Served


@dataclass
class Second:
    """A follower that runs. `said` is what it was told to say last, `behind` what it knew of its lag."""

    folder: Path
    task: "asyncio.Task[None]"
    said: list[str] = field(default_factory=list)
    follower: Follower | None = None

    def held(self, meeting: MeetingId) -> int:
        return 0 if self.follower is None else self.follower.held(meeting)

    async def stop(self) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


async def code_of(room: Served) -> str:
    return (await room.server.house.followers.new_code(wall_clock_ms())).code


def begin(room: Served, folder: Path, code: str | None) -> Second:
    def told(said: str, follower: Follower) -> None:
        second.said.append(said)
        second.follower = follower

    task = asyncio.create_task(follow(room.url, folder, code, None, told))
    second = Second(folder, task)
    return second


@contextlib.asynccontextmanager
async def following(room: Served, folder: Path, code: str | None = None) -> AsyncIterator[Second]:
    second = begin(room, folder, code)
    try:
        yield second
    finally:
        await second.stop()


async def in_step(room: Served, second: Second) -> None:
    """Wait until the follower holds what the server has, its database included."""

    def there() -> bool:
        if second.task.done():
            second.task.result()
        house = room.server.house
        images = house.followers._images
        return (
            all(second.held(m) == log.position.offset for m, log in house.logs.items())
            and (second.folder / "server.db").exists()
            and second.follower is not None
            and second.follower._database == images._now
            and images._changes == house.store.changes
        )

    await until(there, seconds=60)


async def say(room: Served, text: str) -> MessageId:
    message = MessageId(new_id("msg"))
    organiser = (await room.way(Role.ORGANISER)).capability
    await room.do(SendMessage(message, {"en": text}), organiser)
    return message


async def whole(log: EventLog) -> tuple[object, object, list[Segment]]:
    return log.position, log.head, [segment async for segment in log.read_after(0)]


async def copy_of(folder: Path, meeting: MeetingId) -> tuple[object, object, list[Segment]]:
    log = await Logs(folder).open(meeting)
    try:
        return await whole(log)
    finally:
        await log.close()


def everything(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def token_of(folder: Path) -> str:
    token: str = json.loads((folder / "follower.json").read_text())["token"]
    return token
