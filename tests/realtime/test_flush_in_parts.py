"""At stake: hundreds of tables are due at the same moment, and no answer may wait until all are drawn.

Nor until a console is told of hundreds of tables: what is said in parts is shown whole.
"""

from collections.abc import Mapping
from typing import Any, cast

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.realtime import wire
from app.realtime.hub import AT_ONCE, EVERYTHING, PACE_S, Hub, Listener
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
    hub.touch(topics, 100.0)
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
    hub.touch(topics, 100.0)
    assert len(hub.flush(100.0, 2)) == 3 * AT_ONCE
    assert hub.due_at() is None


def test_before_a_tick_nothing_is_left_for_later() -> None:
    hub, _, topics = hub_of("table", 3 * AT_ONCE)
    hub.touch(topics, 100.0)
    assert len(hub.flush(100.0, 2, everything=True)) == 3 * AT_ONCE


def test_topics_of_one_channel_are_said_in_parts_and_the_channel_is_shown_when_all_are() -> None:
    views = Counting()
    hub = Hub(views)
    hub.join(cast(Listener, Hearing()), "console", None, 1)
    hub.touch([f"voted:{number}" for number in range(2 * AT_ONCE + 1)], 100.0)
    for _ in range(2):
        asked = views.asked
        assert hub.flush(100.0, 2) == []
        assert views.asked - asked == AT_ONCE
    assert [flush.channel for flush in hub.flush(100.0, 2)] == ["console"]


def test_a_channel_that_is_late_by_its_pace_is_said_whole_or_under_load_it_never_would_be() -> None:
    """More is dirtied between two flushes than is said in one: it would be unfinished for ever."""
    views, shown = Counting(), list[str]()
    hub = Hub(views)
    hub.join(cast(Listener, Hearing()), "console", None, 1)
    for turn in range(1_000):
        now = 100.0 + turn / 1_000
        hub.touch([f"voted:{turn}-{number}" for number in range(2 * AT_ONCE)], now)
        shown += [flush.channel for flush in hub.flush(now, turn + 2)]
    assert shown == ["console"]
    assert hub.flush(100.0 + 2 * PACE_S, 2_000) == [], "and then it goes on in parts"


@pytest.mark.parametrize(
    ("channel", "topic"), [("keypad", "question:q"), ("words", "meeting"), ("screen:main", "votes:q")]
)
def test_what_is_urgent_and_a_screen_do_not_wait_until_a_console_has_been_told_everything(
    channel: str, topic: str
) -> None:
    views = Counting()
    hub = Hub(views)
    for each in ("console", channel):
        hub.join(cast(Listener, Hearing()), each, None, 1)
    hub.touch([f"voted:{number}" for number in range(10 * AT_ONCE)], 100.0)
    hub.flush(100.0, 2)
    hub.touch([topic], 100.001)
    asked = views.asked
    shown = hub.flush(100.002, 3)
    assert [flush.channel for flush in shown] == [channel]
    assert views.asked - asked == AT_ONCE, "and the console has what is left of the budget"
    for turn in range(30):
        shown += hub.flush(100.003 + turn / 1_000, 3)
    assert [flush.channel for flush in shown].count(channel) == 1, "and once"
    assert "console" in [flush.channel for flush in shown]


def test_a_table_is_not_told_before_others_of_what_is_urgent_for_there_are_hundreds() -> None:
    hub, views, _ = hub_of("table", 3 * AT_ONCE)
    hub.touch(["question:q"], 100.0)
    asked = views.asked
    hub.flush(100.0, 2)
    assert views.asked - asked == AT_ONCE


def test_after_a_tick_a_channel_is_due_a_pace_later_and_not_two() -> None:
    hub = Hub(Counting())
    hub.join(cast(Listener, Hearing()), "console", None, 1)
    hub.touch(["voted:1"], 100.0)
    hub.flush(100.0, 2)
    hub.touch(["voted:2"], 100.01)
    hub.flush(100.02, 3, everything=True)
    hub.touch(["voted:3"], 100.03)
    assert hub.due_at() == pytest.approx(100.02 + PACE_S)


class Figures:
    """Views of a number of each table, and of how often all of it became another."""

    def __init__(self) -> None:
        self.of: dict[str, int] = {}

    def snapshot(self, channel: str) -> Mapping[str, object | None]:  # noqa: ARG002
        return dict(self.of)

    def entries(self, channel: str, topic: str) -> Mapping[str, object | None]:
        if topic == EVERYTHING:
            return self.snapshot(channel)
        return {topic.partition(":")[2]: self.of.get(topic.partition(":")[2])}


TOUCHED = st.lists(
    st.one_of(
        st.tuples(st.just("set"), st.integers(0, 7), st.integers(0, 9)),
        st.tuples(st.just("gone"), st.integers(0, 7), st.just(0)),
        st.tuples(st.just("new"), st.integers(0, 7), st.integers(0, 9)),
        st.tuples(st.just("flush"), st.integers(1, 3), st.just(0)),
        st.tuples(st.just("lag"), st.just(0), st.just(0)),
    ),
    max_size=60,
)


@given(TOUCHED)
def test_whoever_hears_a_channel_that_is_said_in_parts_never_sees_half_of_a_moment(
    steps: list[tuple[str, int, int]],
) -> None:
    """Every frame brings a client to the view as it was at the frame's offset, also one that came late."""
    views, offset, now = Figures(), 1, 100.0
    hub = Hub(views)
    ear, seen = Hearing(), dict[str, int]()
    hub.join(cast(Listener, ear), "console", None, offset)
    hub.catch_up(cast(Listener, ear), offset)
    was = {offset: dict(views.of)}

    def hear() -> None:
        if frame := hub.owed(cast(Listener, ear), "console"):
            view = wire.read_server(frame)
            assert isinstance(view, wire.View)
            if view.since is None:
                seen.clear()
            seen.update({key: msgspec.json.decode(raw) for key, raw in view.set.items()})
            for key in view.gone:
                seen.pop(key, None)
            assert seen == was[view.offset]

    for what, which, value in [*steps, ("flush", 99, 0)]:
        offset, now = offset + 1, now + 0.2
        if what == "set":
            views.of[str(which)] = value
            hub.touch([f"voted:{which}"], now)
        elif what == "gone":
            views.of.pop(str(which), None)
            hub.touch([f"voted:{which}"], now)
        elif what == "new":
            views.of = {str(which): value}
            hub.touch([EVERYTHING], now)
        was[offset] = dict(views.of)
        if what == "lag" or (what == "flush" and hub.flush(now, offset, at_once=which)):
            hear()
    hub.flush(now + 1, offset, everything=True)
    hear()
    assert seen == views.of
