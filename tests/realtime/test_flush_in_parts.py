"""At stake: hundreds of tables are due at the same moment, and no answer may wait until all are drawn."""

from collections.abc import Mapping
from typing import Any, cast

from app.realtime.hub import AT_ONCE, Hub, Listener
from app.realtime.outbox import Outbox


class Counting:
    """Views that count how often they are asked."""

    def __init__(self) -> None:
        self.asked = 0

    def snapshot(self, channel: str) -> Mapping[str, object | None]:
        return {"of": channel}

    def entries(self, channel: str, topic: str) -> Mapping[str, object | None]:
        self.asked += 1
        return {"voted": f"{channel} {topic} {self.asked}"}


class Hearing:
    def __init__(self) -> None:
        self.outbox = Outbox()

    def offer(self, channel: str) -> None: ...

    def views(self, frames: list[bytes]) -> None: ...


def hub_of(kind: str, count: int) -> tuple[Hub, Counting, list[str]]:
    views = Counting()
    hub = Hub(views)
    for number in range(count):
        hub.join(cast(Listener, Hearing()), f"{kind}:{number}", None, 1)
    return hub, views, [f"{'voted' if kind == 'table' else kind}:{number}" for number in range(count)]


def test_tables_that_are_due_together_are_drawn_in_parts_until_none_is_left() -> None:
    hub, views, topics = hub_of("table", 3 * AT_ONCE + 1)
    hub.touch(topics)
    flushed: list[Any] = []
    for _ in range(3):
        asked = views.asked
        flushed += hub.flush(100.0, 2)
        assert views.asked - asked == AT_ONCE
        due = hub.due_at()
        assert due is not None
        assert due <= 100.0
    flushed += hub.flush(100.0, 2)
    assert hub.due_at() is None
    assert sorted(flush.channel for flush in flushed) == sorted(f"table:{n}" for n in range(3 * AT_ONCE + 1))


def test_seats_are_all_drawn_at_once_for_their_views_go_with_their_answers() -> None:
    hub, _, topics = hub_of("seat", 3 * AT_ONCE)
    hub.touch(topics)
    assert len(hub.flush(100.0, 2)) == 3 * AT_ONCE
    assert hub.due_at() is None


def test_before_a_tick_nothing_is_left_for_later() -> None:
    hub, _, topics = hub_of("table", 3 * AT_ONCE)
    hub.touch(topics)
    assert len(hub.flush(100.0, 2, everything=True)) == 3 * AT_ONCE
