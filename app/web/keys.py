"""The server's keys, each in a file of its own outside the database (`data_dir/keys/`, 0600).

What is stored of a code, link, token or password-like secret is its HMAC under the storage key:
a plain hash of a 40-bit code would be no secret (docs/rules.md, Where things lie). Codes
and links are themselves derived, so that cards can be printed again and nothing printable is stored.
"""

import base64
import hashlib
import hmac
import os
from pathlib import Path
from typing import Self

from app.web.codes import BITS, code_from

KEY_BYTES = 32
SECRET_BYTES = 16
NAMES = ("storage", "codes", "links", "resume", "blobs")


class Keys:
    """The server's keys. Immutable."""

    def __init__(self, keys: dict[str, bytes]) -> None:
        assert tuple(keys) == NAMES
        self._keys = keys

    @classmethod
    def in_folder(cls, folder: Path) -> Self:
        """Read the keys of a folder; one that is missing is made."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        return cls({name: _read_or_make(folder / f"{name}.key") for name in NAMES})

    @classmethod
    def random(cls) -> Self:
        """Keys that are gone with the process; for tests."""
        return cls({name: os.urandom(KEY_BYTES) for name in NAMES})

    @property
    def blobs(self) -> bytes:
        """The key under which the ballots that devices keep are sealed."""
        return self._keys["blobs"]

    def _mac(self, name: str, *parts: str) -> bytes:
        return hmac.new(self._keys[name], "\0".join(parts).encode(), hashlib.sha256).digest()

    def stored(self, kind: str, secret: str) -> str:
        """What the database holds of a secret."""
        return self._mac("storage", kind, secret).hex()

    def code(self, meeting: str, capability: str, generation: int) -> str:
        """The code of a seat or a table, in this generation."""
        mac = self._mac("codes", meeting, capability, str(generation))
        return code_from(int.from_bytes(mac[: BITS // 8]))

    def link(self, meeting: str, capability: str, generation: int) -> str:
        """The secret in a role's link: 128 bits."""
        return _text(self._mac("links", meeting, capability, str(generation))[:SECRET_BYTES])

    def term(self, number: int) -> str:
        """What shows that a server with these keys has begun this term."""
        return _text(self._mac("resume", "term", str(number))[:SECRET_BYTES])

    def resume(self, session: str, number: int) -> str:
        """The secret with which a device comes back for the `number`-th time."""
        return f"{session}.{number}.{_text(self._mac('resume', session, str(number))[:SECRET_BYTES])}"

    def read_resume(self, secret: str) -> tuple[str, int] | None:
        """Session and number of a resume secret, or `None` where it is not one of ours."""
        session, _, rest = secret[:200].partition(".")
        digits = rest.partition(".")[0]
        if not digits.isascii() or not digits.isdecimal() or len(digits) > 12:
            return None
        number = int(digits)
        good = hmac.compare_digest(self.resume(session, number).encode(), secret.encode())
        return (session, number) if good else None


def new_secret() -> str:
    """A fresh secret of 128 bits, as text."""
    return _text(os.urandom(SECRET_BYTES))


def new_id(prefix: str) -> str:
    """A random public id: the prefix and 128 random bits in hex."""
    return f"{prefix}_{os.urandom(SECRET_BYTES).hex()}"


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _read_or_make(path: Path) -> bytes:
    if not path.exists():
        fresh = path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(file, os.urandom(KEY_BYTES))
            os.fsync(file)
        finally:
            os.close(file)
        fresh.rename(path)
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise KeyDamaged(path)
    return key


class KeyDamaged(Exception):
    """A key file is not what it should be: codes and sessions cannot be checked without it."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is not a key of {KEY_BYTES} bytes. Restore it from the backup.")
