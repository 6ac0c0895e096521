"""Wiring: the only place that chooses real things (log, keys, clock, second counter) and joins them.

`build` makes a server; `create_app` gives it to any ASGI server, `serve` runs it on uvicorn with
the protocol class of the hot path. A data folder has one server at a time.
"""

import asyncio
import contextlib
import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import uvloop

from app.core.ids import MeetingId, QuestionId, Round
from app.i18n import refusal_sentence
from app.log.lock import OwnerLock
from app.log.port import EventLog, Genesis, LogFault, epoch_name
from app.log.sql import SqlLog
from app.log.store import LogPlace, schema_of
from app.realtime.ballot_keys import FileBallotKeys
from app.realtime.blobs import Blobs
from app.realtime.clock import Clock, SystemClock
from app.realtime.following import Following
from app.realtime.hall import Hall
from app.realtime.lobby import Lobby
from app.realtime.rates import Rates
from app.settings import Settings
from app.verify import count_round
from app.web import logs, serving
from app.web.application import Application, make_app, with_edge
from app.web.assets import assets_version
from app.web.auth import Doors, wall_clock_ms
from app.web.house import House, Opened
from app.web.keys import Keys
from app.web.owners import Owners
from app.web.store import Store

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
"""What meetings and sites are called, as names of folders and files."""

FOLLOWS = "follower.json"
"""The file that makes a folder that of a second laptop, until it is promoted."""

MeetingProgress = Callable[[MeetingId, int, int], None]
"""Told of a log that is replayed: which, how many events, of how many."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that is wired: give it `house.open()` once, and `close` at the end."""

    house: House
    owners: Owners
    lock: OwnerLock

    async def close(self) -> None:
        """Stop: what is being written is answered, connections are told, logs are closed."""
        await self.house.lobby.drain()
        await self.house.close()
        self.lock.release()


def build(
    settings: Settings,
    *,
    clock: Clock | None = None,
    rates: Rates | None = None,
    progress: MeetingProgress | None = None,
) -> Server:
    """Wire a server; call with a running or without an event loop.

    Args:
        settings: The knobs.
        clock: The time of its meetings; the machine's by default.
        rates: How fast devices may go; the rules' by default.
        progress: Told while logs are replayed.

    Raises:
        LogOwned: Another server has this data folder.
        LogFault: It is a second laptop's.
    """
    folder = prepared_folder(settings.data_dir)
    lock = OwnerLock.take(folder / "server")
    try:
        if (folder / FOLLOWS).exists():
            raise LogFault(f"The folder {folder} follows another server: `townmeeting promote` it first.")
        store = Store(folder / "server.db")
        keys = Keys.in_folder(folder / "keys")
    except BaseException:
        lock.release()
        raise
    doors = Doors(store, keys, settings)
    lobby = Lobby(doors, refusal_sentence, assets=assets_version(), connections_max=settings.connections_max)
    following = Following(settings.follower_wait_ms)
    opener = Opener(
        folder, keys, clock or SystemClock(), rates, progress, settings.restart_grace_ms, following,
        settings.log_url.get_secret_value(),
    )  # fmt: skip
    house = House(settings, store, keys, doors, lobby, opener, following)
    return Server(house, Owners(store, keys, doors, settings), lock)


def prepared_folder(folder: Path) -> Path:
    """The data folder: made if missing, readable by its owner only.

    Raises:
        LogFault: It is a file.
    """
    _no_file(folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder.resolve()


def _no_file(folder: Path) -> None:
    if folder.is_file():
        raise LogFault(f"The data folder {folder} is a file, not a folder: name another --data-dir.")


def meeting_folder(data_dir: Path, meeting: str) -> Path:
    """Where a meeting's logs, keys and outputs lie."""
    return data_dir / "meetings" / meeting


class Logs:
    """The logs of a server's meetings: files in its data folder, or schemas that files there name."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir

    async def create(self, genesis: Genesis, database: str = "") -> SqlLog:
        """Make the log of a new meeting, or of one that is restored.

        Args:
            genesis: What it is for.
            database: The URL of a database of PostgreSQL, where it becomes a schema; else it is a file.

        Raises:
            LogFault: Its names are no names of files: a copy that somebody gave us may say anything. Or the
                database takes no log.
        """
        if not (NAME.fullmatch(genesis.meeting) and NAME.fullmatch(genesis.site)):
            raise LogFault("The copy of a log names a meeting that cannot be one. Take another copy.")
        folder = meeting_folder(self._data_dir, genesis.meeting) / "logs"
        folder.mkdir(mode=0o700, parents=True)
        if not database:
            return await SqlLog.create(folder / f"{genesis.site}.sqlite3", genesis)
        place = LogPlace(folder / f"{genesis.site}{LogPlace.SUFFIX}")
        url = schema_of(database, genesis.meeting)
        log = await SqlLog.create(url, genesis, heads=place.heads)
        place.write(url)  # a log whose place is not written down yet is in no list of meetings either
        return log

    async def open(self, meeting: str, *, accept: bool = False) -> SqlLog:
        """Look at the log of a meeting: not a byte of it changes before the first write, or `take`.

        `accept` opens it as it is, though more of it may be known.

        Raises:
            LogFault: It cannot be opened, or is not there.
        """
        folder = meeting_folder(self._data_dir, meeting)
        files = sorted((folder / "logs").glob("*.sqlite3"))
        places = [LogPlace(path) for path in sorted((folder / "logs").glob(f"*{LogPlace.SUFFIX}"))]
        if len(files) + len(places) != 1:
            raise LogFault(f"The folder {folder} does not hold one log. Restore it from the backup.")
        if files:
            return await SqlLog.open(files[0], accept=accept, take=False)
        [place] = places
        return await SqlLog.open(place.read(), accept=accept, take=False, heads=place.heads)


def ballot_key_folder(data_dir: Path, meeting: str) -> Path:
    """Where the keys of a meeting's anonymous rounds lie: in no backup and on no follower."""
    return meeting_folder(data_dir, meeting) / "keys"


class Opener:
    """Opens the hall of a meeting on its log: a file of the data folder, or a schema in a database."""

    def __init__(
        self, data_dir: Path, keys: Keys, clock: Clock, rates: Rates | None,
        progress: MeetingProgress | None, restart_grace_ms: int, following: Following, database: str = "",
    ) -> None:  # fmt: skip
        self._data_dir, self._keys, self._clock, self._rates, self._progress = (
            data_dir,
            keys,
            clock,
            rates,
            progress,
        )
        self._restart_grace_ms = restart_grace_ms
        self._following = following
        self._database = database

    async def __call__(self, meeting: MeetingId, *, site: str | None) -> Opened:
        """Open it; `site` is said when the log has to be made."""
        log = await self._log(meeting, site)
        recount = Recounter(log)

        def replayed(done: int, whole: int) -> None:
            if self._progress is not None:
                self._progress(meeting, done, whole)

        try:
            hall = await Hall.open(
                log,
                clock=self._clock,
                keys=FileBallotKeys(ballot_key_folder(self._data_dir, meeting)),
                recount=recount,
                blobs=Blobs(self._keys.blobs, meeting),
                rates=self._rates,
                progress=replayed,
                restart_grace_ms=self._restart_grace_ms,
                committed=self._following.commits_of(meeting),
            )
            await log.take()  # only now: a log that is refused stays as it is
        except BaseException:
            await log.close()
            raise
        recount.hall = hall
        self._following.stands_at(meeting, log.position.offset)
        return Opened(hall, log)

    async def _log(self, meeting: MeetingId, site: str | None) -> SqlLog:
        logs = Logs(self._data_dir)
        if site is None:
            return await logs.open(meeting)
        genesis = Genesis(meeting=meeting, site=site, epoch=epoch_name(wall_clock_ms(), os.urandom))
        return await logs.create(genesis, self._database)


class Recounter:
    """The second counter: a round counted from the log's own bytes, by code that the core does not share."""

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self.hall: Hall | None = None

    async def __call__(self, question: QuestionId, number: Round) -> Mapping[str, int]:
        """Count a round, off the event loop."""
        assert self.hall is not None, "a vote is shown after the hall was opened"
        asked = self.hall.meeting.questions.questions[question]
        opened, first = asked.now.opened_offset, asked.rules.first_only
        bodies = [segment.body async for segment in self._log.read_after(opened - 1)]

        def count() -> dict[str, int]:
            lines = (line for body in bodies for line in body.split(b"\n") if line)
            return count_round(lines, question, number, first=first)

        return await asyncio.to_thread(count)


def create_app(settings: Settings | None = None) -> Application:
    """The application for any ASGI server: `uvicorn --factory app.main:create_app`."""
    server = build(settings or Settings())

    @contextlib.asynccontextmanager
    async def lifespan(_app: object) -> AsyncIterator[None]:
        await server.house.open()
        yield
        await server.close()

    return with_edge(make_app(server.house, server.owners, lifespan=lifespan), server.house)


WhenOpen = Callable[[Server], Awaitable[None]]
"""Called once everything is replayed: to print links, or to play a room against it."""


def serve(
    settings: Settings,
    *,
    clock: Clock | None = None,
    rates: Rates | None = None,
    progress: MeetingProgress | None = None,
    opened: WhenOpen | None = None,
) -> int:
    """Run a server until it is told to stop.

    Args:
        settings: The knobs.
        clock: The time of its meetings; the machine's by default.
        rates: How fast devices may go; the rules' by default.
        progress: Told while logs are replayed.
        opened: Called once the server is ready.

    Returns:
        The exit code: 0 after a signal, 70 where the log can take no more.

    Raises:
        InsecureAddress: Beyond loopback without TLS, and `insecure_lan` was not said.
        LogOwned: Another server has this data folder.
        LogFault: A log cannot be opened.
        OSError: The address cannot be listened on.
    """
    logs.configure(settings)
    os.umask(0o077)
    serving.raise_open_files(settings)
    _no_file(settings.data_dir)
    listening = serving.bound(settings)
    probing = serving.bound_for_probes(settings)
    settings = settings.model_copy(update={"port": listening.getsockname()[1]})

    async def run() -> int:
        server = build(settings, clock=clock, rates=rates, progress=progress)

        async def ready() -> None:
            if opened is not None:
                await opened(server)

        try:
            app = with_edge(make_app(server.house, server.owners), server.house)
            folder = prepared_folder(settings.data_dir)
            return await serving.run(
                app, server.house, settings, [listening], folder, probing=probing, opened=ready
            )
        finally:
            await server.house.close()
            server.lock.release()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(run())
