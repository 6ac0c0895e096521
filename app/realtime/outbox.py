"""What one connection still has to be sent, bounded by construction. Pure.

Control frames (answers) wait in order, at most 64 of them. Views do not wait
at all: of each channel only the offset is kept up to which the client has it,
so a client that does not read costs a few integers, and gets one delta a
channel when it reads again.
"""

CONTROL_FRAMES_MAX = 64
STALLED_SECONDS = 5.0
PROGRESS_BYTES = 16 * 1024
"""A paused client that takes less than this in five seconds is not reading."""


class Outbox:
    """The outgoing side of a connection.

    Attributes:
        paused: The transport has more than it can send; nothing is written.
        sent: By channel heard, the offset of the last change that was sent.
    """

    __slots__ = ("_backlog", "_since", "_waiting", "paused", "sent")

    def __init__(self) -> None:
        self.paused = False
        self.sent: dict[str, int] = {}
        self._waiting: list[bytes] = []
        self._since = 0.0
        self._backlog = 0

    def control(self, frames: list[bytes]) -> list[bytes]:
        """Take control frames; gives those to write now.

        Raises:
            OverflowError: More than 64 wait: the client has to go.
        """
        if not self.paused:
            return frames
        self._waiting += frames
        if len(self._waiting) > CONTROL_FRAMES_MAX:
            raise OverflowError
        return []

    def pause(self, now: float, backlog: int) -> None:
        """The transport is full; `backlog` bytes are not yet taken."""
        self.paused, self._since, self._backlog = True, now, backlog

    def resume(self) -> list[bytes]:
        """The transport has room again; gives the control frames that waited."""
        self.paused = False
        waiting, self._waiting = self._waiting, []
        return waiting

    def stalled(self, now: float, backlog: int) -> bool:
        """Whether a paused client has hardly read anything for five seconds."""
        if not self.paused or now - self._since < STALLED_SECONDS:
            return False
        if self._backlog - backlog < PROGRESS_BYTES:
            return True
        self._since, self._backlog = now, backlog
        return False
