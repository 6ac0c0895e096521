"""The keys of anonymous rounds: what makes a voter untraceable once they are gone.

Each open anonymous round has a key of 32 random bytes in a file of its own, in
no log and no backup. With it the edge turns a seat, and a command's id, into
the keyed hash that the log holds. The key is stored before the opening is
durable and deleted after the close is (docs/rules.md, Ballots). A key that is gone
while its round is open makes the round void (`LoseKey`).
"""

import asyncio
import hashlib
import hmac
import os
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from app.core.ids import CommandId, QuestionId, Round, SeatId, Voter

KEY_BYTES = 32


class BallotKeys(Protocol):
    """Where the keys lie."""

    def key(self, question: QuestionId, number: Round) -> bytes | None:
        """The key of a round, or `None` where there is none."""
        ...

    def make(self, question: QuestionId, number: Round) -> bytes:
        """A new key for a round that is being opened; in memory until it is stored."""
        ...

    def held(self) -> tuple[tuple[QuestionId, Round], ...]:
        """The rounds that have a key."""
        ...

    async def store(self, question: QuestionId, number: Round) -> None:
        """Put the key where it outlives the process; on disk when it returns."""
        ...

    async def forget(self, question: QuestionId, number: Round) -> None:
        """Delete the key for ever; gone from the folder when it returns."""
        ...


def keyed_voter(key: bytes, question: QuestionId, number: Round, seat: SeatId) -> Voter:
    """The hash that stands for a seat in an anonymous round."""
    return Voter(_keyed(key, "voter", question, str(number), seat))


def keyed_command(key: bytes, question: QuestionId, number: Round, command: CommandId) -> CommandId:
    """The hash that stands for a command's id in an anonymous round, in the shape of an id."""
    return CommandId("cmd_" + _keyed(key, "command", question, str(number), command))


def _keyed(key: bytes, *parts: str) -> str:
    return hmac.new(key, "\0".join(parts).encode(), hashlib.sha256).hexdigest()[:32]


class MemoryBallotKeys:
    """Keys that are gone with the process; for tests, and for days that are only played."""

    def __init__(self, dice: Callable[[int], bytes] = os.urandom) -> None:
        self._dice = dice
        self._keys: dict[tuple[QuestionId, Round], bytes] = {}

    def key(self, question: QuestionId, number: Round) -> bytes | None:
        return self._keys.get((question, number))

    def make(self, question: QuestionId, number: Round) -> bytes:
        made = self._dice(KEY_BYTES)
        self._keys[question, number] = made
        return made

    def held(self) -> tuple[tuple[QuestionId, Round], ...]:
        return tuple(self._keys)

    async def store(self, question: QuestionId, number: Round) -> None:
        assert (question, number) in self._keys

    async def forget(self, question: QuestionId, number: Round) -> None:
        self._keys.pop((question, number), None)


class FileBallotKeys(MemoryBallotKeys):
    """Keys in a folder of their own (0700), one file a round."""

    def __init__(self, folder: Path, dice: Callable[[int], bytes] = os.urandom) -> None:
        super().__init__(dice)
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        for path in sorted(folder.glob("*.key")):
            question, _, number = path.stem.rpartition("@")
            key = path.read_bytes()
            if len(key) == KEY_BYTES and number.isdecimal():
                self._keys[QuestionId(question), Round(int(number))] = key

    def _path(self, question: QuestionId, number: Round) -> Path:
        return self._folder / f"{question}@{number}.key"

    async def store(self, question: QuestionId, number: Round) -> None:
        await asyncio.to_thread(self._write, self._path(question, number), self._keys[question, number])

    async def forget(self, question: QuestionId, number: Round) -> None:
        await super().forget(question, number)
        await asyncio.to_thread(self._erase, self._path(question, number))

    def _write(self, path: Path, key: bytes) -> None:
        fresh = path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(file, key)
            os.fsync(file)
        finally:
            os.close(file)
        fresh.rename(path)
        self._sync_folder()

    def _erase(self, path: Path) -> None:
        """Overwrite, then unlink: what a journal or a flash disk keeps is named in the docs."""
        for each in (path, path.with_suffix(".new")):
            if each.exists():
                file = os.open(each, os.O_WRONLY)
                try:
                    os.write(file, bytes(KEY_BYTES))
                    os.fsync(file)
                finally:
                    os.close(file)
                each.unlink()
        self._sync_folder()

    def _sync_folder(self) -> None:
        folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
