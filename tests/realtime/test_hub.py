"""At stake: everybody sees what concerns him, at his pace, encoded once; and nobody pays for the slow."""

from collections.abc import Mapping
from typing import Any

import msgspec

from app.realtime import wire
from app.realtime.hub import Hub
from app.realtime.outbox import Outbox


class World:
    """Views that are one number by topic; counts how often it was asked."""

    def __init__(self) -> None:
        self.value = dict.fromkeys(["open", "seat:1-1", "seat:1-2", "table:1", "scene:main"], 0)
        self.asked: list[tuple[str, str]] = []

    def snapshot(self, channel: str) -> Mapping[str, object | None]:  # noqa: ARG002
        return dict(self.value)

    def entries(self, channel: str, topic: str) -> Mapping[str, object | None]:
        self.asked.append((channel, topic))
        return {topic: self.value.get(topic)}


class Ear:
    """A listener that keeps what it is given."""

    def __init__(self) -> None:
        self.outbox = Outbox()
        self.heard: list[bytes] = []

    def offer(self, channel: str) -> None:
        raise NotImplementedError

    def views(self, frames: list[bytes]) -> None:
        self.heard += frames


def joined(hub: Hub, channel: str, offset: int = 10, since: int | None = None) -> Ear:
    ear = Ear()
    hub.join(ear, channel, since, offset)
    ear.views(hub.catch_up(ear, offset))
    return ear


def spread(hub: Hub, now: float, offset: int) -> set[str]:
    """Flush and deliver what is due; gives the channels."""
    channels = set()
    for channel, listeners, _ in hub.flush(now, offset):
        channels.add(channel)
        for ear in listeners:
            frame = hub.owed(ear, channel)
            if frame is not None and not ear.outbox.paused:
                ear.views([frame])
    return channels


def last(ear: Ear) -> tuple[int | None, dict[str, Any]]:
    view = wire.read_server(ear.heard[-1])
    assert isinstance(view, wire.View)
    return view.since, {key: msgspec.json.decode(raw) for key, raw in view.set.items()}


def test_a_newcomer_gets_a_snapshot_and_then_deltas() -> None:
    world = World()
    hub = Hub(world)
    ear = joined(hub, "keypad")
    assert last(ear)[0] is None
    world.value["open"] = 1
    hub.touch(["open"], 0.0)
    assert spread(hub, 1.0, 11) == {"keypad"}
    assert last(ear) == (10, {"open": 1})


def test_who_comes_back_with_what_it_has_gets_only_what_it_lacks() -> None:
    world = World()
    hub = Hub(world)
    joined(hub, "keypad", 10)
    world.value["open"] = 1
    hub.touch(["open"], 0.0)
    spread(hub, 1.0, 11)
    assert last(joined(hub, "keypad", 12, since=10)) == (10, {"open": 1})
    assert joined(hub, "keypad", 12, since=11).heard == []
    assert last(joined(hub, "keypad", 12, since=9))[0] is None
    assert last(joined(hub, "keypad", 12, since=99))[0] is None, "another history, or a liar"


def test_a_frame_for_many_is_the_same_bytes() -> None:
    world = World()
    hub = Hub(world)
    ears = [joined(hub, "keypad", 10 + n) for n in range(3)]
    world.value["open"] = 1
    hub.touch(["open"], 0.0)
    spread(hub, 1.0, 20)
    assert ears[0].heard[-1] is ears[1].heard[-1] is ears[2].heard[-1]


def test_a_newcomer_between_change_and_flush_takes_nothing_from_the_others() -> None:
    world = World()
    hub = Hub(world)
    early = joined(hub, "keypad", 10)
    world.value["open"] = 1
    hub.touch(["open"], 0.0)
    late = joined(hub, "keypad", 11)
    assert last(late) == (None, world.value)
    spread(hub, 1.0, 11)
    assert last(early) == (10, {"open": 1})
    assert len(late.heard) == 1


def test_seats_hear_only_their_own_topics_and_common_channels_all_the_rest() -> None:
    world = World()
    hub = Hub(world)
    for channel in ("seat:1-1", "seat:1-2", "table:1", "table:2", "desk", "screen:main", "screen:side"):
        joined(hub, channel)
    world.asked.clear()
    hub.touch(["seat:1-1", "table:1", "scene:main", "question:q"], 0.0)
    hub.flush(9.0, 11)
    assert set(world.asked) == {
        ("seat:1-1", "seat:1-1"),
        *(("table:1", t) for t in ("table:1", "question:q")),
        ("table:2", "question:q"),
        *(("desk", t) for t in ("table:1", "scene:main", "question:q")),
        *(("screen:main", t) for t in ("scene:main", "question:q")),
        ("screen:side", "question:q"),
    }


def test_a_new_plan_is_heard_by_everybody() -> None:
    world = World()
    hub = Hub(world)
    joined(hub, "seat:1-1")
    hub.touch(["all"], 0.0)
    world.asked.clear()
    hub.flush(9.0, 11)
    assert world.asked == [("seat:1-1", "all")]


class Whole(World):
    """Says everything for whatever it is asked, as views do for the topic of all."""

    def entries(self, channel: str, topic: str) -> Mapping[str, object | None]:  # noqa: ARG002
        return self.snapshot(channel)


def test_what_a_new_plan_does_not_have_leaves_the_clients() -> None:
    world = Whole()
    hub = Hub(world)
    ear = joined(hub, "console")
    del world.value["table:1"]
    world.value["open"] = 7
    hub.touch(["all"], 0.0)
    assert spread(hub, 9.0, 11) == {"console"}
    view = wire.read_server(ear.heard[-1])
    assert isinstance(view, wire.View)
    assert view.gone == ("table:1",)
    assert last(ear) == (10, {"open": 7})


def test_each_channel_keeps_its_pace_on_absolute_times() -> None:
    world = World()
    hub = Hub(world)
    joined(hub, "screen:main")
    joined(hub, "keypad")
    sent: dict[str, list[float]] = {"screen:main": [], "keypad": []}
    for step in range(200):  # two seconds, something every ten milliseconds
        now = 100.0 + step / 100
        world.value["open"] += 1
        hub.touch(["open"], 0.0)
        for channel in spread(hub, now, 11 + step):
            sent[channel].append(now)
    assert len(sent["screen:main"]) == 20
    assert len(sent["keypad"]) == 4


def test_the_first_change_after_a_pause_goes_out_at_once() -> None:
    hub = Hub(World())
    joined(hub, "keypad")
    hub.touch(["open"], 0.0)
    spread(hub, 100.0, 11)
    assert hub.due_at() is None
    hub.touch(["open"], 0.0)
    assert hub.due_at() == 100.5
    spread(hub, 100.5, 12)
    hub.touch(["open"], 0.0)
    due = hub.due_at()
    assert due is not None
    assert due <= 101.0
    assert hub.flush(100.6, 13) == []


def test_who_was_paused_gets_one_delta_with_everything() -> None:
    world = World()
    hub = Hub(world)
    ear, other = joined(hub, "desk"), joined(hub, "desk")
    ear.outbox.pause(0.0, 0)
    for step in range(5):
        world.value["open"], world.value["table:1"] = step + 1, step + 1
        hub.touch(["open", "table:1"], 0.0)
        for channel, listeners, _ in hub.flush(100.0 + step, 11 + step):
            for each in listeners:
                if not each.outbox.paused and (frame := hub.owed(each, channel)):
                    each.views([frame])
    assert len(other.heard) == 6
    assert len(ear.heard) == 1
    ear.outbox.resume()
    ear.views(hub.all_owed(ear))
    assert last(ear) == (10, {"open": 5, "table:1": 5})
    assert hub.all_owed(ear) == []


def test_a_channel_that_nobody_hears_is_forgotten() -> None:
    hub = Hub(World())
    ears = [joined(hub, "keypad"), joined(hub, "seat:1-1")]
    hub.touch(["open"], 0.0)
    for ear in ears:
        hub.leave(ear)
    assert len(hub) == 0
    assert hub.due_at() is None
    hub.touch(["open", "seat:1-1", "all"], 0.0)
    assert hub.flush(9.0, 11) == []


def test_catching_up_does_not_wait_for_the_pace() -> None:
    world = World()
    hub = Hub(world)
    ear = joined(hub, "keypad")
    for value in (1, 2):
        world.value["open"] = value
        hub.touch(["open"], 0.0)
        if value == 1:
            spread(hub, 100.0, 11)
    ear.views(hub.catch_up(ear, 12))
    assert last(ear) == (11, {"open": 2})


def test_a_channel_is_urgent_where_any_of_what_it_says_is_and_not_for_ever() -> None:
    hub = Hub(World())
    ear = joined(hub, "desk")
    shown = []
    for step, topics in enumerate((["open"], ["open", "question:q1"], ["open"])):
        for topic in topics:
            hub.views.value[topic] = step + 1  # type: ignore[attr-defined]
        hub.touch(topics, 0.0)
        shown += [(flush.listeners, flush.urgent) for flush in hub.flush(100.0 + step, 11 + step)]
    assert shown == [((ear,), False), ((ear,), True), ((ear,), False)]
    hub.touch(["question:q1"], 0.0)
    assert hub.flush(110.0, 20) == [], "it says what it said before"
    hub.views.value["open"] = 9  # type: ignore[attr-defined]
    hub.touch(["open"], 0.0)
    assert [flush.urgent for flush in hub.flush(120.0, 21)] == [False]
