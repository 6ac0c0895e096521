"""What a device keeps of an acknowledged ballot: sealed here, so that it can be opened here only.

A blob is handed out with the acknowledgement and brought back after a restore (`core/recovery.py`). It is
encrypted and authenticated (AES-GCM) under a key of the server, bound to its meeting: whoever takes a phone
learns nothing from it, and nobody makes one. The key lies in the data folder, in backups and on the second
laptop, never in the log. Ballots of anonymous rounds have no blob: nothing may lead back to a seat.
"""

import os
import zlib
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable, Iterator
from dataclasses import fields

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.core.capability import KeptBallot
from app.core.commands import Channel, Choices
from app.core.events import BallotCast, BallotWithdrawn
from app.core.ids import CommandId, KeypadId, MeetingId, QuestionId, Round, SeatId, SiteId, TableId

KEY_BYTES = 32
NONCE_BYTES = 12
NONCES_DRAWN = 512
PLAIN, PACKED = b"\x01", b"\x02"
PACK_FROM_BYTES = 1024
PLAIN_BYTES_MAX = 1 << 20


class _Form(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """The fields of a kept ballot in their order, for ever: devices bring back what they were given."""

    epoch: str
    offset: int
    site: str
    question: str
    round: int
    opening: str
    voter: str
    choices: tuple[str, ...] | dict[str, int] | int | None
    channel: Channel
    at_ms: int
    table: str | None
    by: str | None
    command: str
    keypad: str | None
    sequence: int | None


_encode = msgspec.msgpack.Encoder().encode
_decoder = msgspec.msgpack.Decoder(_Form)


Ballot = BallotCast | BallotWithdrawn


class Blobs:
    """Seals and opens the kept ballots of one meeting."""

    def __init__(self, key: bytes, meeting: MeetingId, dice: Callable[[int], bytes] = os.urandom) -> None:
        self._cipher = AESGCM(key)
        self._about = b"townmeeting ballot\n" + meeting.encode()
        self._dice = dice
        self._nonces: Iterator[bytes] = iter(())

    def seal_event(self, event: Ballot, epoch: str, offset: int, opening: str) -> str:
        """The blob of a ballot that has just been recorded, which is not anonymous."""
        assert event.voter is not None
        assert event.command is not None
        choices = event.choices if type(event) is BallotCast else None
        return self._seal(
            _Form(
                epoch, offset, event.site, event.question, event.round, opening, event.voter, choices,
                event.channel, event.at_ms, event.table, event.by, event.command, event.keypad,
                event.sequence,
            )
        )  # fmt: skip

    def seal(self, kept: KeptBallot) -> str:
        """The blob of what a device is to keep."""
        return self._seal(_Form(*(getattr(kept, f.name) for f in fields(kept))))

    def _seal(self, said: _Form) -> str:
        form, data = PLAIN, _encode(said)
        if len(data) >= PACK_FROM_BYTES:
            form, data = PACKED, zlib.compress(data)
        nonce = self._nonce()
        sealed = self._cipher.encrypt(nonce, data, form + self._about)
        return b2a_base64(form + nonce + sealed, newline=False).decode()

    def _nonce(self) -> bytes:
        """Random bytes that are used once; drawn many at a time."""
        nonce = next(self._nonces, None)
        if nonce is None:
            drawn = self._dice(NONCE_BYTES * NONCES_DRAWN)
            self._nonces = iter([drawn[at : at + NONCE_BYTES] for at in range(0, len(drawn), NONCE_BYTES)])
            nonce = next(self._nonces)
        return nonce

    def open(self, blob: str) -> KeptBallot | None:
        """What a blob says; `None` where it was not sealed here, or for another meeting."""
        try:
            raw = a2b_base64(blob)
            form, nonce, sealed = raw[:1], raw[1 : 1 + NONCE_BYTES], raw[1 + NONCE_BYTES :]
            said = self._cipher.decrypt(nonce, sealed, form + self._about)
            if form == PACKED:
                said = zlib.decompressobj().decompress(said, PLAIN_BYTES_MAX)
            return _ballot(_decoder.decode(said))
        except (InvalidTag, ValueError, zlib.error, msgspec.DecodeError):
            return None


def _ballot(said: _Form) -> KeptBallot:
    choices: Choices | None = said.choices
    return KeptBallot(
        said.epoch, said.offset, SiteId(said.site), QuestionId(said.question), Round(said.round),
        said.opening, SeatId(said.voter), choices, said.channel, said.at_ms,
        None if said.table is None else TableId(said.table), said.by, CommandId(said.command),
        None if said.keypad is None else KeypadId(said.keypad), said.sequence,
    )  # fmt: skip
