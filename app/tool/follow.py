"""The second laptop: holds what the server has recorded, as it is recorded, to take over from it.

How this works. A folder of a follower is a data folder in the making: raw logs, `server.db`, the server's
keys, and `follower.json` with the token, for as long as it is a follower; no server opens it before it was
promoted. It asks for what comes after what it holds. Each segment is checked against the chain and is on the
disk before it is asked for more; what was redacted at the server is erased here as its event arrives.
"""

import asyncio
import contextlib
import hashlib
import http.client
import os
import shutil
import socket
import ssl
import threading
import time
from collections.abc import Callable, Coroutine, Iterable
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import msgspec

from app.backup import KEY_NAME
from app.client.http import ApiRefused, ApiUnreachable, refused
from app.core.events import TextRedacted
from app.log import followed
from app.log.carry import take_in, unframed
from app.log.codec import decode_segment
from app.log.lock import OwnerLock
from app.log.port import Epoch, EventLog, Genesis, LogDamaged, LogFault, Segment
from app.log.sql import SqlLog
from app.main import FOLLOWS, Logs, prepared_folder
from app.tool.faults import USAGE, Fault
from app.tool.restore import owners_only, put

KEYS, DATABASE, UNFINISHED = "keys", "server.db", ".unfinished"
ANSWER_SECONDS = 10.0
AGAIN_SECONDS = 1.0
NAME_BYTES_MAX = 60
FINAL = ("follower_not_admitted", "follower_doubled", "follower_differs", "tls_needed")
"""Refusals after which asking again is of no use."""

REDACTED = b'"type":"text_redacted"'


class Follows(msgspec.Struct):
    """What a follower knows of its server: `follower.json`.

    `ends` is the last event that the server said it had, by meeting, and `heard_ms` when; `waits` whether it
    waited for this follower then. `lost_ms` is when it first gave no answer after that; 0 where this laptop
    itself stopped asking. `authority` is a file of certificates.
    """

    url: str
    token: str
    authority: str | None = None
    ends: dict[str, int] = {}
    heard_ms: int = 0
    waits: bool = False
    lost_ms: int = 0


class Server:
    """The server that is followed, over one connection."""

    def __init__(self, url: str, authority: Path | None = None) -> None:
        """Name it.

        Raises:
            Fault: Others on the network could read along.
        """
        parts = urlsplit(url if "://" in url else f"https://{url}")
        here = parts.hostname in ("localhost", "::1") or (parts.hostname or "").startswith("127.")
        if parts.scheme != "https" and not here:
            raise Fault("What a second laptop is told is secret: name the server by https://.", USAGE)
        self.url = f"{parts.scheme}://{parts.netloc}"
        self._host, self._secure = parts.netloc, parts.scheme == "https"
        self._trust = ssl.create_default_context(cafile=authority) if self._secure else None
        self._line: http.client.HTTPConnection | None = None
        self._asking: set[http.client.HTTPConnection] = set()
        self._keeping = threading.Lock()

    async def post(self, path: str, body: bytes, kind: str, token: str = "") -> bytes:
        """Ask, and give the answer.

        Raises:
            ApiUnreachable: There is none.
            ApiRefused: It is a refusal.
        """
        return await asyncio.to_thread(self._post, path, body, kind, token)

    def _post(self, path: str, body: bytes, kind: str, token: str) -> bytes:
        headers = {"Content-Type": kind} | ({"Authorization": f"Bearer {token}"} if token else {})
        with self._keeping:
            line = self._line or self._connect()
            self._line = None
            self._asking.add(line)
        good = False
        try:
            line.request("POST", path, body, headers)
            answer = line.getresponse()
            said = answer.read()
            good = not answer.will_close
        except (OSError, http.client.HTTPException) as error:
            raise ApiUnreachable(f"There is no answer from {self.url} ({error}).") from error
        finally:
            self._keep(line, good=good)
        if answer.status >= 400:
            raise refused(answer.status, said)
        return said

    def _keep(self, line: http.client.HTTPConnection, *, good: bool) -> None:
        """Keep a line for the next question, unless it ended or was hung up meanwhile."""
        with self._keeping:
            if good and line in self._asking and self._line is None:
                self._line = line
            else:
                line.close()
            self._asking.discard(line)

    def _connect(self) -> http.client.HTTPConnection:
        if self._trust is None:
            return http.client.HTTPConnection(self._host, timeout=ANSWER_SECONDS)
        return http.client.HTTPSConnection(self._host, timeout=ANSWER_SECONDS, context=self._trust)

    def close(self) -> None:
        """Hang up, in the middle of a request too."""
        with self._keeping:
            for line in self._asking:
                with contextlib.suppress(OSError, AttributeError):
                    line.sock.shutdown(socket.SHUT_RDWR)
            self._asking.clear()
            if self._line is not None:
                self._line.close()
                self._line = None


async def enter(server: Server, folder: Path, code: str, authority: Path | None) -> None:
    """Be admitted: the folder becomes that of a follower, with the server's keys.

    Raises:
        Fault: There is something else in it.
        ApiRefused: The code is not good.
    """
    if set(os.listdir(folder)) - {"server.lock"}:  # noqa: PTH208 - a handful of names, before anything runs
        raise Fault(f"There is something in {folder}: name another folder, or leave --code out.", USAGE)
    said = msgspec.json.encode({"code": code, "name": socket.gethostname()[:NAME_BYTES_MAX]})
    answer = await server.post("/api/follow/enter", said, "application/json")
    admitted = followed.read_admitted(answer)
    (folder / KEYS).mkdir(mode=0o700)
    for name, key in admitted.keys.items():
        if not KEY_NAME.fullmatch(name):
            raise Fault("The server's answer is none of a server.")
        put(folder / KEYS / name, key)
    where = None if authority is None else str(authority)
    write(folder / FOLLOWS, msgspec.json.encode(Follows(server.url, admitted.token, where)))


def write(path: Path, content: bytes, *, synced: bool = True) -> None:
    """Put a file in the place of another, its owner's only; whole or not at all."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(file, "wb") as out:
        out.write(content)
        out.flush()
        if synced:
            os.fsync(out.fileno())
    fresh.replace(path)
    if synced:
        held = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        os.fsync(held)
        os.close(held)


def read(folder: Path) -> Follows:
    """What the follower of this folder knows.

    Raises:
        Fault: It is not one's.
    """
    try:
        return msgspec.json.decode((folder / FOLLOWS).read_bytes(), type=Follows)
    except FileNotFoundError:
        raise Fault(
            f"{folder} is not a second laptop's folder: begin with a code from `townmeeting admit`.", USAGE
        ) from None
    except msgspec.DecodeError as error:
        raise Fault(f"{folder / FOLLOWS} is damaged: follow anew, in another folder.") from error


async def _whole(work: Coroutine[Any, Any, None]) -> None:
    """Wait for work to its end, whoever is cancelled meanwhile."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise


class Follower:
    """A copy of a server that grows.

    Attributes:
        known: What it knows of its server.
        behind: Events that the server has and this copy does not, as of the last answer.
    """

    def __init__(self, folder: Path, known: Follows) -> None:
        self.known = known
        self.behind = 0
        self._folder = folder
        self._run = os.urandom(16).hex()
        self._logs: dict[str, SqlLog] = {}
        self._database = b""

    @classmethod
    async def open(cls, folder: Path) -> Self:
        """Take up what is there.

        Raises:
            Fault: It is no follower's folder.
            LogFault: A log of it cannot be opened: follow anew, in another folder.
        """
        follower = cls(folder, read(folder))
        try:
            for there in sorted((folder / "meetings").glob("*")):
                follower._logs[there.name] = log = await Logs(folder).open(there.name)
                await follower._erase_again(log)
            with contextlib.suppress(FileNotFoundError):
                follower._database = (folder / DATABASE).read_bytes()
        except BaseException:
            await follower.close()
            raise
        return follower

    def ask(self, *, leaving: bool = False) -> bytes:
        """What it says to the server."""
        held = tuple(
            followed.Holds(meeting, log.position.epoch, log.position.offset, log.head)
            for meeting, log in self._logs.items()
        )
        digest = hashlib.sha256(self._database).digest() if self._database else b""
        return followed.encode(followed.Ask(followed.VERSION, self._run, held, digest, leaving))

    async def take(self, answer: bytes) -> None:
        """Put an answer on the disk: the logs first, so that `server.db` names none that is not there.

        Raises:
            LogDamaged: It does not continue what is here.
            LogFault: It cannot be written.
        """
        try:
            told = followed.read_told(answer)
        except (msgspec.DecodeError, ValueError) as error:
            raise LogDamaged(f"The server's answer cannot be read: {error}.", offset=0) from error
        for piece in told.pieces:
            await self._take_piece(piece)
        if told.database is not None:
            image = followed.applied(told.database, self._database)
            await asyncio.to_thread(write, self._folder / DATABASE, image)
            self._database = image
        await self._note(told)

    async def _take_piece(self, piece: followed.Piece) -> None:
        items = unframed(piece.items)
        if items and isinstance(items[0], Genesis):
            genesis = items.pop(0)
            assert isinstance(genesis, Genesis)
            if genesis.meeting != piece.meeting or piece.meeting in self._logs:
                raise LogDamaged("The server's answer names another meeting.", offset=0)
            self._logs[piece.meeting] = await self._begun(genesis)
        log = self._logs.get(piece.meeting)
        rest = [item for item in items if isinstance(item, Epoch | Segment)]
        if log is None or len(rest) != len(items):
            raise LogDamaged("The server's answer does not fit.", offset=0)
        await take_in(log, rest)
        await self._erase((item for item in rest if isinstance(item, Segment)), log)

    async def _begun(self, genesis: Genesis) -> SqlLog:
        """A new log, in its place once it is whole."""
        aside = self._folder / UNFINISHED
        shutil.rmtree(aside, ignore_errors=True)
        await (await Logs(aside).create(genesis)).close()
        (self._folder / "meetings").mkdir(mode=0o700, exist_ok=True)
        (aside / "meetings" / genesis.meeting).rename(self._folder / "meetings" / genesis.meeting)
        shutil.rmtree(aside)
        return await Logs(self._folder).open(genesis.meeting)

    async def _erase(self, segments: Iterable[Segment], log: EventLog) -> None:
        """Erase what these segments say was redacted."""
        parts: dict[tuple[int, str], None] = {}
        for segment in segments:
            if REDACTED in segment.body:
                for event in decode_segment(segment, log.genesis.format):
                    if isinstance(event, TextRedacted):
                        parts |= dict.fromkeys(event.erased)
        if parts:
            await log.erase(tuple(parts))

    async def _erase_again(self, log: EventLog) -> None:
        """Finish what a crash may have cut short."""
        redacted = [segment async for segment in log.read_after(0) if REDACTED in segment.body]
        await self._erase(redacted, log)

    async def _note(self, told: followed.Told) -> None:
        """Remember what the server said of itself: what a promotion can say is missing."""
        ends = self.known.ends | {piece.meeting: piece.end for piece in told.pieces}
        behind = sum(max(0, end - self.held(meeting)) for meeting, end in ends.items())
        now_ms = time.time_ns() // 1_000_000
        changed = (behind, told.waits) != (self.behind, self.known.waits) or self.known.lost_ms > 0
        if changed or now_ms - self.known.heard_ms > 1_000 * AGAIN_SECONDS:
            self.known = msgspec.structs.replace(
                self.known, ends=ends, heard_ms=now_ms, waits=told.waits, lost_ms=0
            )
            said = msgspec.json.encode(self.known)
            await asyncio.to_thread(write, self._folder / FOLLOWS, said, synced=False)
        self.behind = behind

    async def lost(self) -> None:
        """The server gives no answer: remember since when."""
        if not self.known.lost_ms:
            self.known = msgspec.structs.replace(self.known, lost_ms=time.time_ns() // 1_000_000)
            await asyncio.to_thread(write, self._folder / FOLLOWS, msgspec.json.encode(self.known))

    def held(self, meeting: str) -> int:
        """The last event of a meeting that is here."""
        log = self._logs.get(meeting)
        return 0 if log is None else log.position.offset

    async def close(self) -> None:
        """Close the logs."""
        for log in self._logs.values():
            await log.close()


Told = Callable[[str, "Follower"], None]
"""Told how it goes: `following`, or a sentence of what is wrong."""


async def follow(url: str | None, folder: Path, code: str | None, authority: Path | None, told: Told) -> None:
    """Follow a server until cancelled.

    Args:
        url: The server's; known already where none is given.
        folder: The follower's own.
        code: The one-time code, the first time.
        authority: Of a certificate that this machine does not know; an absolute path.
        told: How it goes.

    Raises:
        ApiRefused: The server does not, or not any more, let this follower in.
        LogFault: What it says is not to be believed, or cannot be written.
        Fault: The folder is none for this.
    """
    with owners_only():
        folder = prepared_folder(folder)
        lock = OwnerLock.take(folder / "server")
        try:
            if code is not None:
                if url is None:
                    raise Fault("Name the server: townmeeting follow https://... --code ...", USAGE)
                with contextlib.closing(Server(url, authority)) as server:
                    await enter(server, folder, code, authority)
            follower = await _opened(folder)
            try:
                await _go_on(follower, url, authority, told)
            finally:
                await follower.close()
        finally:
            lock.release()


async def _opened(folder: Path) -> Follower:
    """The follower of this folder. Whoever is cancelled meanwhile leaves no log open behind."""
    opening = asyncio.ensure_future(Follower.open(folder))
    try:
        return await asyncio.shield(opening)
    except asyncio.CancelledError:
        with contextlib.suppress(Fault, LogFault):
            await (await opening).close()
        raise


async def _go_on(follower: Follower, url: str | None, authority: Path | None, told: Told) -> None:
    known = follower.known
    trusted = authority or (Path(known.authority) if known.authority else None)
    server = Server(url or known.url, trusted)
    try:
        while True:
            try:
                kind = "application/msgpack"
                answer = await server.post("/api/follow", follower.ask(), kind, known.token)
            except ApiRefused as refusal:
                if refusal.code in FINAL:
                    raise
                told(str(refusal), follower)
            except ApiUnreachable as unreachable:
                await _whole(follower.lost())
                told(str(unreachable), follower)
            else:
                await _whole(follower.take(answer))
                told("", follower)
                continue
            await asyncio.sleep(AGAIN_SECONDS)
    except asyncio.CancelledError:
        server.close()
        with contextlib.suppress(ApiUnreachable, ApiRefused):
            leaving = follower.ask(leaving=True)
            await asyncio.shield(server.post("/api/follow", leaving, "application/msgpack", known.token))
        raise
    except LogDamaged as damaged:
        raise LogFault(f"{damaged.sentence} Follow anew, in another folder.") from damaged
    finally:
        server.close()
