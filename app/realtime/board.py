"""What one channel shows, as keys and encoded values, and since when each is so.

From it comes every frame that the channel sends: the snapshot, and for any
offset since the board began the delta from there. A value is encoded once,
however many clients hear it; so is a frame. After a restart boards are new,
and whoever has less than a board's start gets a snapshot. Pure.
"""

from collections.abc import Mapping

import msgspec

from app.realtime.wire import View, encode

FRAMES_KEPT_MAX = 256
"""Deltas kept encoded until the next change: as many as there are different places to come from."""


def coded(entries: Mapping[str, object | None]) -> dict[str, bytes | None]:
    """Entries encoded for a board."""
    return {key: None if value is None else encode(value) for key, value in entries.items()}


class Board:
    """One channel as of an offset.

    Attributes:
        start: The first offset from which a delta can be made.
        offset: The durable offset as of which the board is right.
        changed: The offset of its last change.
    """

    __slots__ = ("_changed_at", "_frames", "_values", "changed", "channel", "offset", "start")

    def __init__(self, channel: str, offset: int, entries: Mapping[str, object | None]) -> None:
        self.channel = channel
        self.start = self.offset = self.changed = offset
        self._values = {key: encode(value) for key, value in entries.items() if value is not None}
        self._changed_at = dict.fromkeys(self._values, offset)
        self._frames: dict[int, bytes] = {}

    def update(self, entries: Mapping[str, object | None], offset: int) -> bool:
        """Take the entries as they are at `offset`; `None` means the key is no more.

        Returns:
            Whether anything is different now. What is set to the bytes it has is no change.

        Raises:
            TypeError: A value cannot be encoded; nothing was taken.
        """
        return self.take(coded(entries), offset)

    def take(self, said: Mapping[str, bytes | None], offset: int) -> bool:
        """The same with what is encoded already."""
        assert offset >= self.offset, f"{self.channel}: {offset} after {self.offset}"
        self.offset = offset
        different = False
        for key, value in said.items():
            if value == self._values.get(key):
                continue
            if value is None:
                del self._values[key]
            else:
                self._values[key] = value
            self._changed_at[key] = offset
            different = True
        if different:
            self.changed = offset
            self._frames.clear()
        return different

    def emptied(self) -> dict[str, bytes | None]:
        """What is to be taken first where a whole new view follows: every key is no more."""
        return dict.fromkeys(self._values)

    def frame(self, since: int | None) -> bytes | None:
        """The frame that brings a client up to date which has everything up to `since`.

        Returns:
            The encoded frame; a snapshot for `None`, and for less than the board's start; `None`
            where nothing has changed since.
        """
        if since is None or since < self.start:
            since = -1
        elif since >= self.changed:
            return None
        kept = self._frames.get(since)
        if kept is None:
            if len(self._frames) >= FRAMES_KEPT_MAX:
                self._frames.clear()
            kept = self._frames[since] = self._encoded(since)
        return kept

    def _encoded(self, since: int) -> bytes:
        snapshot = since < 0
        keys = [key for key, at in self._changed_at.items() if at > since]
        here = {key: msgspec.Raw(self._values[key]) for key in keys if key in self._values}
        gone = () if snapshot else tuple(key for key in keys if key not in self._values)
        return encode(View(self.channel, self.offset, None if snapshot else since, here, gone))
