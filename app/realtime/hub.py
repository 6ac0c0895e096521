"""Which channel is due when, and who hears it. Pure: time comes in, deliveries go out.

A durable batch touches topics; a topic makes channels dirty; each channel is
brought up to date and sent at its own pace, on absolute times. Every frame is
encoded once by its board, and each listener is offered what it does not have:
whoever was back-pressured simply has an older offset, and gets more at once.

Saying hundreds of topics takes milliseconds, for which an acknowledgement would
wait. So a flush says only so many, and a channel is shown once all of its topics
are said: what became dirty meanwhile among them, so that the whole is of now.
"""

import logging
import sys
from collections.abc import Iterable, Mapping
from heapq import heappop, heappush
from itertools import count, islice
from typing import NamedTuple, Protocol

from app.realtime.board import Board, coded
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

MANY = "table"
"""Channels, hundreds of them, that hear few topics beside their own."""

TO_MANY = frozenset({"question", "idea", "published", "message", "call"})
"""These. Of all others they have nothing to say (tests/realtime/test_topics.py)."""

VOTED_TO = ("console", "floor")
"""Beside its table's own, these hear that a seat has voted. All others have nothing to say of what comes
most often."""

URGENT = frozenset({EVERYTHING, "question", "meeting", "message", "published"})
"""Topics that people wait for at their devices; of all others nobody can tell whether they came 0.2 s ago."""

FIRST = "screen"
"""Channels that come before all others that are due, as does whatever has something urgent to say and is no
table's: there are few of them. Not where one has much to say, as a console while hundreds of tables vote."""

AT_ONCE = 15
"""Topics that are said in one go, some 8 microseconds each as a rule."""

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
    """A channel has changed: offer it to these listeners; `urgent` where they wait for it."""

    channel: str
    listeners: tuple[Listener, ...]
    urgent: bool


class _Room:
    """A channel that somebody hears.

    `dirty` are the topics that are to be said, `said` what was said since it was last shown, `waiting`
    whether it is among those that are to be flushed, `urgent` whether any of what was said is.
    """

    __slots__ = ("board", "dirty", "due", "flushed", "kind", "listeners", "pace", "said", "urgent", "waiting")

    def __init__(self, board: Board, kind: str) -> None:
        self.board, self.kind = board, kind
        self.flushed = board.changed
        self.pace = PACES_S.get(kind, PACE_S)
        self.dirty: dict[str, None] = {}
        self.said: dict[str, bytes | None] = {}
        self.listeners: dict[Listener, None] = {}
        self.due = 0.0
        self.waiting = self.urgent = False


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
        self._few: dict[str, _Room] = {}  # neither sheltered nor of the many
        self._shared: dict[str, _Room] = {}  # all but the sheltered
        self._prompt: list[_Room] = []  # dirty, without a pace
        self._paced: list[tuple[float, int, _Room]] = []  # dirty, a heap by when they are due
        self._first: dict[_Room, None] = {}  # of these, those that come before the others
        self._turn = count()

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
                if kind != MANY:
                    self._few[channel] = room
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
                for held in (self._rooms, self._shared, self._few, self._common):
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
        return [
            frame
            for channel in listener.outbox.sent
            if channel.startswith(OWN_PREFIX) and (frame := self.owed(listener, channel)) is not None
        ]

    def catch_up(self, listener: Listener, offset: int) -> list[bytes]:
        """Every frame that the listener lacks of the views as they are now, which must be durable."""
        for channel in listener.outbox.sent:
            self._refresh(self._rooms[channel], offset)
        return self.all_owed(listener)

    # --- what changed ----------------------------------------------------------------------

    def touch(self, topics: Iterable[str], now: float) -> None:
        """A durable batch touched these topics; `now` is on the clock of `flush`."""
        for topic in topics:
            kind, _, which = topic.partition(":")
            own = OWN.get(kind)
            if own and (room := self._rooms.get(f"{own}:{which}")) is not None:
                self._mark(room, topic, now)
            for room in self._hearing(kind):
                self._mark(room, topic, now)
                if kind in URGENT and room.kind != MANY and room.pace:
                    self._first[room] = None

    def _hearing(self, kind: str) -> Iterable[_Room]:
        """The channels that may have something to say of topics of a kind, beside their own."""
        if kind == "voted":
            return [self._common[channel] for channel in VOTED_TO if channel in self._common]
        if kind in OWN:
            return () if kind == SHELTERED else self._common.values()
        if kind == EVERYTHING:
            return self._rooms.values()
        return (self._shared if kind in TO_MANY else self._few).values()

    def _mark(self, room: _Room, topic: str, now: float) -> None:
        room.dirty[topic] = None
        if room.waiting:
            return
        room.waiting = True
        if room.pace:
            room.due = max(room.due, now)
            if room.kind == FIRST:
                self._first[room] = None
            heappush(self._paced, (room.due, next(self._turn), room))
        else:
            self._prompt.append(room)

    def due_at(self) -> float | None:
        """When the next channel is due; `None` where none is dirty."""
        while self._paced and (not self._paced[0][2].listeners or self._passed(self._paced[0])):
            heappop(self._paced)
        if any(room.listeners for room in self._prompt):
            return 0.0
        return self._paced[0][0] if self._paced else None

    def flush_prompt(self, offset: int) -> list[Flush]:
        """Bring the channels that have no pace up to date, all of them: their views go with answers."""
        rooms, self._prompt = self._prompt, []
        return [flush for room in rooms if (flush := self._shown(room, offset))]

    def flush(
        self, now: float, offset: int, *, everything: bool = False, at_once: int = AT_ONCE
    ) -> list[Flush]:
        """Bring the channels that are due up to date; call only while the views are durable.

        Args:
            now: Seconds on a monotonic clock.
            offset: The durable offset now.
            everything: Do not wait for a channel's pace, and stop at no number.
            at_once: So many topics are said, of channels that have a pace; `due_at` tells of the others.
                A channel that is late by its pace is said whole, or under load it never would be.

        Returns:
            The channels that changed, with those who hear them.
        """
        out = self.flush_prompt(offset)
        left = sys.maxsize if everything else at_once
        for room in [room for room in self._first if room.due <= now and len(room.dirty) <= AT_ONCE]:
            left -= len(room.dirty)
            out += self._paced_shown(room, now, offset)
        while self._paced and left > 0:
            due, _, room = self._paced[0]
            if due > now and not everything:
                break
            if room.listeners and not self._passed(self._paced[0]):
                late = room.due + room.pace <= now
                left -= self._say(room, sys.maxsize if late else left)
                if room.dirty:
                    break
                out += self._paced_shown(room, now, offset)
            heappop(self._paced)
        return out

    @staticmethod
    def _passed(entry: tuple[float, int, _Room]) -> bool:
        """Whether a channel was shown since it was put into the heap: it came before the others."""
        due, _, room = entry
        return not room.waiting or room.due != due

    def _paced_shown(self, room: _Room, now: float, offset: int) -> list[Flush]:
        self._first.pop(room, None)
        if not room.listeners:
            return []
        late = room.due + room.pace <= now
        room.due = now + room.pace if late else min(room.due, now) + room.pace
        flush = self._shown(room, offset)
        return [] if flush is None else [flush]

    def _shown(self, room: _Room, offset: int) -> Flush | None:
        """Show what is left to be said of a channel; whom it concerns, if it is another view now."""
        room.waiting = False
        try:
            self._refresh(room, offset)
        except Exception:
            self.faults += 1
            logger.exception("the channel %s could not be shown", room.board.channel)
            return None
        urgent, room.urgent = room.urgent, False
        if room.board.changed == room.flushed:
            return None
        room.flushed = room.board.changed
        return Flush(room.board.channel, tuple(room.listeners), urgent)

    def _refresh(self, room: _Room, offset: int) -> None:
        self._say(room, sys.maxsize)
        room.board.take(room.said, offset)
        room.said = {}

    def _say(self, room: _Room, most: int) -> int:
        """Say up to so many dirty topics of a channel; gives how many, 1 where there was none."""
        topics = tuple(islice(room.dirty, most))
        for topic in topics:
            del room.dirty[topic]
            try:
                said = coded(self.views.entries(room.board.channel, topic))
            except Exception:
                self.faults += 1
                logger.exception("%s of the channel %s could not be said", topic, room.board.channel)
                continue
            if topic == EVERYTHING:
                room.said = {**room.board.emptied(), **dict.fromkeys(room.said)}
            room.said.update(said)
            room.urgent = room.urgent or (bool(said) and topic.partition(":")[0] in URGENT)
        return len(topics) or 1
