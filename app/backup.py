"""A backup of a server: what another machine needs to go on, and to let the room back in.

A zip with `server.db`, the server's keys and every log, raw (`app/log/carry.py`). It has all that is
secret and personal, but for the keys of anonymous rounds, which are in no backup: a round that is open
when the backup is restored is void. Each file has its hash in the manifest, and each log its chain.
"""

import asyncio
import hashlib
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import msgspec

from app.log.carry import Item, carried, framed, genesis_of, unframed
from app.log.port import Epoch, EventLog, Genesis, LogFault, Segment

FORMAT = 1
CHUNK_BYTES = 1 << 20
UNREADABLE = (
    zipfile.BadZipFile, zlib.error, struct.error, msgspec.DecodeError, KeyError, ValueError, EOFError,
    RuntimeError, OverflowError, OSError,
)  # fmt: skip
"""What reading a zip that nobody wrote may raise: a RuntimeError is a method or a password of a zip, an
OSError a place in it before its beginning (or a disk that cannot read it: no backup to trust either)."""

KEY_NAME = re.compile(r"[a-z]{1,40}\.key")
"""What files of keys are called: a backup that somebody else made must not choose where they are written."""

MANIFEST, DATABASE = "manifest.json", "server.db"


class BackupDamaged(LogFault):
    """The file is no backup, or not the one that was written."""


class Held(msgspec.Struct, frozen=True):
    """A log in a backup, and where it ends. `head` in hex."""

    meeting: str
    site: str
    events: int
    head: str

    @property
    def name(self) -> str:
        return f"logs/{self.meeting}/{self.site}.log"


class Manifest(msgspec.Struct, frozen=True):
    """What a backup holds. `files` has the SHA-256 of each, in hex."""

    backup: int
    made_at_ms: int
    logs: tuple[Held, ...]
    files: dict[str, str]


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was read and found whole."""

    manifest: Manifest
    server_db: bytes
    keys: Mapping[str, bytes]
    logs: tuple[tuple[Genesis, list[Epoch | Segment]], ...]


class _Zip:
    """A zip that notes the hash of each file."""

    def __init__(self, out: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED)
        self.hashes: dict[str, str] = {}

    def add(self, name: str, content: bytes) -> None:
        self._zip.writestr(name, content)
        self.hashes[name] = hashlib.sha256(content).hexdigest()

    async def add_log(self, log: EventLog) -> Held:
        """Write a log as it is now, piece by piece."""
        genesis, digest, end, head = log.genesis, hashlib.sha256(), 0, log.head
        name = Held(genesis.meeting, genesis.site, 0, "").name
        with self._zip.open(name, "w", force_zip64=True) as file:

            def put(items: list[Item]) -> None:
                data = framed(items)
                digest.update(data)
                file.write(data)

            waiting: list[Item] = [genesis]
            size = 0
            async for item in carried(log):
                waiting.append(item)
                if isinstance(item, Segment):
                    end, head, size = item.last, item.head, size + len(item.body)
                if size >= CHUNK_BYTES:
                    await asyncio.to_thread(put, waiting)
                    waiting, size = [], 0
            await asyncio.to_thread(put, waiting)
        self.hashes[name] = digest.hexdigest()
        return Held(genesis.meeting, genesis.site, end, head.hex())

    def close(self, manifest: Manifest) -> None:
        self._zip.writestr(MANIFEST, msgspec.json.encode(manifest))
        self._zip.close()


async def write_backup(
    out: IO[bytes], server_db: bytes, keys: Mapping[str, bytes], logs: Sequence[EventLog], made_at_ms: int
) -> Manifest:
    """Write a backup; the meetings go on meanwhile.

    Args:
        out: Where the zip goes; seekable.
        server_db: As it was before the logs are read, so that it names no meeting that they lack.
        keys: The server's keys, by the names of their files.
        logs: Of every meeting.
        made_at_ms: The time.
    """
    zipped = _Zip(out)
    zipped.add(DATABASE, server_db)
    for name, key in keys.items():
        zipped.add(f"keys/{name}", key)
    held = tuple([await zipped.add_log(log) for log in logs])
    manifest = Manifest(FORMAT, made_at_ms, held, zipped.hashes)
    zipped.close(manifest)
    return manifest


def keys_in(folder: Path) -> dict[str, bytes]:
    """The server's keys, by the names of their files."""
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.key"))}


def read_backup(path: Path) -> Backup:
    """Read a backup whole, each file against its hash.

    Raises:
        BackupDamaged: It is none, or not whole.
        LogFault: A log in it is not one.
        OSError: There is no such file.
    """
    with path.open("rb") as there, _refused(path), zipfile.ZipFile(there) as zipped:
        names = zipped.namelist()
        manifest = msgspec.json.decode(zipped.read(MANIFEST), type=Manifest)
        files = {name: zipped.read(name) for name in names if name != MANIFEST}
    if manifest.backup != FORMAT:
        raise BackupDamaged(f"The backup {path} was made by a newer program. Restore it with that one.")
    found = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    if found != manifest.files:
        wrong = min(name for name, _ in found.items() ^ manifest.files.items())
        raise _damaged(path, f"{wrong} is not what was written")
    logs = tuple(genesis_of(unframed(files[held.name])) for held in manifest.logs)
    keys = {name.removeprefix("keys/"): key for name, key in files.items() if name.startswith("keys/")}
    if strange := [name for name in keys if not KEY_NAME.fullmatch(name)]:
        raise _damaged(path, f"{strange[0]!r} is no key of a server")
    return Backup(manifest, files[DATABASE], keys, logs)


@contextmanager
def _refused(path: Path) -> Iterator[None]:
    """Whatever goes wrong while the zip is read says that it is damaged."""
    try:
        yield
    except UNREADABLE as error:
        raise _damaged(path, str(error)) from error


def _damaged(path: Path, why: Any) -> BackupDamaged:
    return BackupDamaged(f"The backup {path} is damaged ({why}). Take another one.")
