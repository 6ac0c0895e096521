"""Which channel is due when, and who hears it. Pure: time comes in, deliveries go out.

A durable batch touches topics; a topic makes channels dirty; each channel is
brought up to date and sent at its own pace, on absolute times. Every frame is
encoded once by its board, and each listener is offered what it does not have:
whoever was back-pressured simply has an older offset, and gets more at once.
"""

import logging
from collections.abc import Iterable, Mapping
from typing import NamedTuple, Protocol

from app.realtime.board import Board
from app.realtime.outbox import Outbox

PACES_S: Mapping[str, float] = {"seat": 0.0, "screen": 0.1}
"""Seconds between two frames of a channel, by its kind: seats at once, screens ten a second."""

PACE_S = 0.5

OWN: Mapping[str, str] = {
    "seat": "seat", "table": "table", "voted": "table", "chart": "table", "scene": "screen",
}  # fmt: skip
"""Topics about one seat, table or screen: of the channels that are about one too, only its own hears them."""

EVERYTHING = "all"
"""The topic that every channel hears, the sheltered too."""

SHELTERED = "seat"
"""Channels, thousands of them, that hear only their own topics."""

OWN_PREFIX = SHELTERED + ":"


AT_ONCE = 50
"""Channels that are brought up to date in one go: hundreds of tables are due at the same time."""

logger = logging.getLogger(__name__)

NOTHING = -1
"""What a client has of a channel when it has nothing: it gets a snapshot."""


class Views(Protocol):
    """The views of a meeting as it stands now (durable), by channel."""

    def snapshot(self, channel: str) -> Mapping[str, object | None]: ...

    def entries(self, channel: str, topic: str) -> Mapping[str, object | None]: ...


class Listener(Protocol):
    """Who hears channels: a connection."""

    @property
    def outbox(self) -> Outbox: ...

    def offer(self, channel: str) -> None:
        """Send what it lacks of the channel, unless it is not reading."""
        ...

    def views(self, frames: list[bytes]) -> None:
        """Send view frames; not while it is paused."""
        ...


class Flush(NamedTuple):
    """A channel has changed: offer it to these listeners."""

    channel: str
    listeners: tuple[Listener, ...]


class _Room:
    """A channel that somebody hears."""

    __slots__ = ("board", "dirty", "due", "flushed", "listeners", "pace")

    def __init__(self, board: Board, kind: str) -> None:
        self.board = board
        self.flushed = board.changed
        self.pace = PACES_S.get(kind, PACE_S)
        self.dirty: dict[str, None] = {}
        self.listeners: dict[Listener, None] = {}
        self.due = 0.0


class Hub:
    """All channels that are heard.

    A value that cannot be encoded is logged and left out, and the other channels go on.

    Attributes:
        faults: How often that was so.
    """

    def __init__(self, views: Views) -> None:
        self.views = views
        self.faults = 0
        self._rooms: dict[str, _Room] = {}
        self._common: dict[str, _Room] = {}  # about no single thing: "keypad", "desk"
        self._shared: dict[str, _Room] = {}  # all but the sheltered
        self._dirty: dict[str, _Room] = {}

    def __len__(self) -> int:
        return len(self._rooms)

    # --- listeners -------------------------------------------------------------------------

    def join(self, listener: Listener, channel: str, since: int | None, offset: int) -> None:
        """Let a listener hear a channel; call only while the views are durable.

        Args:
            listener: Who will hear it; `catch_up` gives its first frame.
            channel: What it hears.
            since: The offset that the client has of it, or `None`.
            offset: The durable offset now.
        """
        room = self._rooms.get(channel)
        if room is None:
            kind, _, _ = channel.partition(":")
            room = self._rooms[channel] = _Room(self._board(channel, offset), kind)
            if kind != SHELTERED:
                self._shared[channel] = room
            if kind == channel:
                self._common[channel] = room
        room.listeners[listener] = None
        listener.outbox.sent[channel] = NOTHING if since is None or since > offset else since

    def _board(self, channel: str, offset: int) -> Board:
        try:
            return Board(channel, offset, self.views.snapshot(channel))
        except Exception:
            self.faults += 1
            logger.exception("the channel %s could not be opened", channel)
            return Board(channel, offset, {})

    def leave(self, listener: Listener) -> None:
        """The listener is gone; a channel that nobody hears is forgotten."""
        for channel in listener.outbox.sent:
            room = self._rooms[channel]
            del room.listeners[listener]
            if not room.listeners:
                for held in (self._rooms, self._shared, self._common, self._dirty):
                    held.pop(channel, None)
        listener.outbox.sent.clear()

    def owed(self, listener: Listener, channel: str) -> bytes | None:
        """The frame that the listener lacks of the channel, counted as sent; `None` if none."""
        sent = listener.outbox.sent
        have = sent.get(channel)
        if have is None:
            return None
        board = self._rooms[channel].board
        if have == board.changed:
            return None
        sent[channel] = board.changed
        return board.frame(None if have == NOTHING else have)

    def all_owed(self, listener: Listener) -> list[bytes]:
        """Every frame that the listener lacks."""
        frames = [self.owed(listener, channel) for channel in listener.outbox.sent]
        return [frame for frame in frames if frame is not None]

    def own_owed(self, listener: Listener) -> list[bytes]:
        """What the listener lacks of the channels that only few hear: its seat's."""
        own = [channel for channel in listener.outbox.sent if channel.startswith(OWN_PREFIX)]
        return [frame for channel in own if (frame := self.owed(listener, channel)) is not None]

    def catch_up(self, listener: Listener, offset: int) -> list[bytes]:
        """Every frame that the listener lacks of the views as they are now, which must be durable."""
        for channel in listener.outbox.sent:
            self._refresh(self._rooms[channel], offset)
        return self.all_owed(listener)

    # --- what changed ----------------------------------------------------------------------

    def touch(self, topics: Iterable[str]) -> None:
        """A durable batch touched these topics."""
        for topic in topics:
            kind, _, which = topic.partition(":")
            if own := OWN.get(kind):
                hearing = {} if kind == SHELTERED else self._common
                if (room := self._rooms.get(channel := f"{own}:{which}")) is not None:
                    self._mark(channel, room, topic)
            else:
                hearing = self._rooms if kind == EVERYTHING else self._shared
            for channel, room in hearing.items():
                self._mark(channel, room, topic)

    def _mark(self, channel: str, room: _Room, topic: str) -> None:
        room.dirty[topic] = None
        self._dirty[channel] = room

    def due_at(self) -> float | None:
        """When the next channel is due; `None` where none is dirty."""
        return min((room.due for room in self._dirty.values()), default=None)

    def flush(self, now: float, offset: int, *, everything: bool = False) -> list[Flush]:
        """Bring the channels that are due up to date; call only while the views are durable.

        Args:
            now: Seconds on a monotonic clock.
            offset: The durable offset now.
            everything: Do not wait for a channel's pace, and stop at no number.

        Of the channels that have a pace at most `AT_ONCE` are looked at; `due_at` tells of the others.

        Returns:
            The channels that changed, with those who hear them.
        """
        out: list[Flush] = []
        due = [(channel, room) for channel, room in self._dirty.items() if everything or room.due <= now]
        if not everything and len(due) > AT_ONCE:
            paced = [each for each in due if each[1].pace]
            due = [each for each in due if not each[1].pace] + paced[:AT_ONCE]
        for channel, room in due:
            del self._dirty[channel]
            late = room.due + room.pace <= now
            room.due = now + room.pace if late else room.due + room.pace
            self._refresh(room, offset)
            if room.board.changed != room.flushed:
                room.flushed = room.board.changed
                out.append(Flush(channel, tuple(room.listeners)))
        return out

    def _refresh(self, room: _Room, offset: int) -> None:
        for topic in room.dirty:
            try:
                said = self.views.entries(room.board.channel, topic)
                take = room.board.become if topic == EVERYTHING else room.board.update
                take(said, offset)
            except Exception:
                self.faults += 1
                logger.exception("%s of the channel %s could not be said", topic, room.board.channel)
        room.dirty.clear()
        room.board.offset = offset
