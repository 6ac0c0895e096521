"""A server that says at its end how far the second laptop was behind after each of its batches.

python tests/follow/lag_server.py DATA_DIR PORT: as tests/web/server_process.py, and one more line of JSON.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from app.core.ids import MeetingId
from app.realtime.following import Following
from tests.web import server_process


class Lags:
    """What the second laptop lacked, looked at whenever a batch is on the server's disk.

    Attributes:
        batches: How many it lacked, that one included.
        events: How many events these were.
        alone: How often the server stopped waiting for it.
    """

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.events: list[int] = []
        self.alone = 0
        self._missing: list[tuple[MeetingId, int]] = []
        self._begun = False

    def watch(self) -> None:
        """Look, from when it holds everything for the first time."""
        stands_at, told, alone = Following.stands_at, Following.told, Following._go_on_alone

        def noted(follows: Following, meeting: MeetingId, offset: int) -> None:
            stands_at(follows, meeting, offset)
            self._missing.append((meeting, offset))
            if self._begun:
                self.batches.append(len(self._missing))
                self.events.append(follows.behind)

        def heard(follows: Following, held: Mapping[MeetingId, int]) -> None:
            self._missing = [each for each in self._missing if held.get(each[0], 0) < each[1]]
            told(follows, held)
            self._begun = self._begun or follows.behind == 0

        def left(follows: Following, why: str) -> None:
            self.alone += follows.state().waited
            alone(follows, why)

        Following.stands_at = noted  # type: ignore[assignment, method-assign]
        Following.told = heard  # type: ignore[assignment, method-assign]
        Following._go_on_alone = left  # type: ignore[assignment, method-assign]


if __name__ == "__main__":
    lags = Lags()
    lags.watch()
    code = server_process.main()
    print(json.dumps({"batches": lags.batches, "events": lags.events, "alone": lags.alone}), flush=True)
    sys.exit(code)
