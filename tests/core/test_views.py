"""At stake: a page that was told changes shows something else than one that was just opened.

`apply` names the topics an event touched, and `entries` says what a channel has to say about each. Here a
whole day's events are told to every channel topic by topic, and after each what was told is compared with
a fresh snapshot.
"""

from typing import Any

import pytest

from app.core import commands as c
from app.core import planned as p
from app.core import views
from app.core.capability import Role
from app.core.events import AnyEvent, IdeaWithdrawn
from app.core.ids import ItemId, OptionId, QuestionId, ScreenId, SeatId, TableId
from app.core.meeting import Meeting
from tests.builders import (
    LEAD,
    STAGE_MANAGER,
    THEME_LEADER,
    Day,
    facilitator,
    made,
    participant,
    small_plan,
    words,
)
from tests.core.pair import walk

STEPS = 150


def channels_of(meeting: Meeting) -> list[str]:
    shared = {channel for role in Role for channel in views.CHANNELS[role]}
    tables = [f"table:{table}" for table in list(meeting.roster.tables)[:3]]
    seats = [f"seat:{seat}" for seat in list(meeting.roster.seats)[:4]]
    return [*sorted(shared), *tables, *seats, *(f"screen:{s}" for s in meeting.stage.screens)]


class Listener:
    """A page on every channel: it was told everything since the beginning, and never looked again."""

    def __init__(self) -> None:
        self.meeting = Meeting()
        self.told: dict[str, dict[str, Any]] = {}

    def hear(self, offset: int, event: AnyEvent, *, but: type | None = None) -> None:
        topics = self.meeting.apply(offset, event)
        if but is not None and isinstance(event, but):
            topics = ()
        for channel in channels_of(self.meeting):
            if channel not in self.told:
                self.told[channel] = views.snapshot(self.meeting, channel)
                continue
            for topic in topics:
                for key, value in views.entries(self.meeting, channel, topic).items():
                    if value is None:
                        self.told[channel].pop(key, None)
                    else:
                        self.told[channel][key] = value

    def stale(self) -> list[str]:
        """Every key, as channel and key, where what was told is not what is so."""
        wrong = []
        for channel, told in self.told.items():
            fresh = views.snapshot(self.meeting, channel)
            keys = sorted(told.keys() | fresh.keys())
            wrong += [f"{channel} {key}" for key in keys if told.get(key) != fresh.get(key)]
        return [key for key in wrong if not _of_an_older_vote(key)]


def _of_an_older_vote(key: str) -> bool:
    """A seat's channel is not told of an opening: its ballot names its question (views/keypads.py)."""
    return key.startswith("seat:") and key.endswith(" ballot")


@pytest.mark.parametrize("seed", [2, 8, 11])
def test_what_was_told_is_what_a_new_page_sees_on_every_channel(seed: int) -> None:
    listener = Listener()
    for offset, event in enumerate(walk(seed, STEPS).events, 1):
        listener.hear(offset, event)
        assert listener.stale() == [], f"after {type(event).__name__} at {offset}"


def events_of(day: Day) -> list[AnyEvent]:
    return [event for _, _, event in day.log]


def quoted_and_withdrawn() -> Day:
    day = Day()
    idea, theme, item = made("idea"), made("theme"), ItemId("place")
    day.do(
        c.WriteIdea(idea, TableId("1"), item, c.IdeaKind.INDIVIDUAL, "shade", "en"),
        facilitator("1"),
    )
    day.do(c.CreateTheme(theme, item, words("Shade")), THEME_LEADER)
    day.do(c.QuoteIdea(theme, idea, 1), THEME_LEADER)
    day.do(c.PublishThemes(item, (theme,)), THEME_LEADER)
    day.do(c.TakeScene(ScreenId("main"), c.Scene(c.SceneKind.THEMES, item=item)), LEAD)
    day.do(c.WithdrawIdea(idea), facilitator("1"))
    return day


@pytest.mark.parametrize("told", [True, False])
def test_a_quote_that_is_withdrawn_drops_out_of_the_screen_at_once(*, told: bool) -> None:
    listener = Listener()
    for offset, event in enumerate(events_of(quoted_and_withdrawn()), 1):
        listener.hear(offset, event, but=None if told else IdeaWithdrawn)
    assert ("screen:main scene" in listener.stale()) is not told, "control: without the topic it would stay"


def test_a_group_that_the_census_does_not_have_is_told_apart_and_not_as_a_zero() -> None:
    counts = {"a": 30, "b": 70, "c": None}
    groups = tuple(p.PlannedOption(OptionId(o), words(o), census=count) for o, count in counts.items())
    rules = p.QuestionRules(p.Kind.DEMOGRAPHIC, purpose=p.Purpose.DEMOGRAPHIC)
    day = Day(small_plan(questions=(p.PlannedQuestion(QuestionId("sex"), words("Sex"), rules, groups),)))
    day.open("sex")
    for seat, choice in (("1-1", "a"), ("1-2", "b"), ("1-3", "c")):
        day.join(seat)
        day.do(day.ballot("sex", seat, choice), participant(seat))
    day.close("sex")
    day.show("sex")
    (told,) = views.snapshot(day.meeting, "console")["census"]
    assert (told["base"], told["population"]) == (2, 100), "of those who can be compared"
    compared = [(each["id"], each["share_tenths"], each["census_tenths"]) for each in told["options"]]
    assert compared == [("a", 500, 300), ("b", 500, 700)]
    assert [(each["id"], each["count"]) for each in told["without"]] == [("c", 1)]


@pytest.mark.parametrize("kind", [c.SceneKind.RESULTS, c.SceneKind.PRIORITIES, c.SceneKind.COMPARE])
def test_a_screen_that_shows_a_result_is_told_when_it_becomes_void(kind: c.SceneKind) -> None:
    day = Day()
    day.join("1-1")
    for question in ("pick", "rate"):
        day.open(question)
        choice: Any = ("a",) if question == "pick" else {"a": 1}
        day.do(day.ballot(question, "1-1", values=choice), participant("1-1"))
        day.close(question)
        day.show(question)
    other = QuestionId("rate") if kind is c.SceneKind.COMPARE else None
    day.do(c.TakeScene(ScreenId("main"), c.Scene(kind, question=QuestionId("pick"), other=other)), LEAD)
    assert "asked" not in views.snapshot(day.meeting, "screen:main")["scene"], "control: it has a result"
    day.do(c.VoidRound(QuestionId("pick"), words("Read out wrongly")))
    listener = Listener()
    for offset, event in enumerate(events_of(day), 1):
        listener.hear(offset, event)
    assert listener.stale() == []
    scene = listener.told["screen:main"]["scene"]
    assert scene["result"] is None
    assert (scene["asked"]["title"]["en"], scene["asked"]["state"]) == (words("pick")["en"], "voided")


def test_how_many_are_here_is_told_while_a_vote_is_open() -> None:
    day = Day()
    day.join("1-1")
    day.open("pick")
    scene = c.Scene(c.SceneKind.VOTING, question=QuestionId("pick"))
    day.do(c.TakeScene(ScreenId("main"), scene), LEAD)
    day.join("1-2")
    day.do(c.MarkLeft(SeatId("1-1")), facilitator("1"))
    listener = Listener()
    for offset, event in enumerate(events_of(day), 1):
        listener.hear(offset, event)
    assert listener.stale() == []
    assert listener.told["screen:main"]["scene"]["votes"]["present"] == 1


def test_the_console_hears_by_what_the_present_seats_vote() -> None:
    day = Day()
    day.join("1-1")
    for seat in ("2-1", "2-2", "2-3"):
        day.bind_pad(seat)
    day.bind_handset("3-1")
    day.do(c.MarkPresent(SeatId("3-2")), facilitator("3"))
    day.do(c.MarkLeft(SeatId("2-3")), facilitator("2"))
    ways = views.snapshot(day.meeting, "console")["channels"]
    assert ways == {
        "seats": {"phone": 1, "laptop": 2, "handset": 1, "paper": 0, "none": 1},
        "pads_most": 2,
    }
    assert views.snapshot(day.meeting, "floor")["channels"] == ways
    assert "channels" not in views.snapshot(day.meeting, "public")


def console(day: Day) -> dict[str, Any]:
    return views.snapshot(day.meeting, "console")


def test_a_console_sees_who_did_what_and_no_words_of_it() -> None:
    day = Day()
    day.do(c.BeginItem(ItemId("place")), LEAD)
    day.do(c.SendMessage(made("msg"), words("Please sit down")))
    day.do(c.TakeScene(ScreenId("main"), c.Scene(c.SceneKind.AGENDA)), STAGE_MANAGER)
    acts = console(day)["acts"]
    assert [(act["name"], act["by"].partition(":")[0], act["scene"]) for act in acts[:3]] == [
        ("scene_taken", "stage_manager", "agenda"),
        ("message_sent", "organiser", None),
        ("item_begun", "lead_facilitator", None),
    ]
    assert (acts[0]["about"], acts[2]["about"]) == ("main", "place")
    assert "Please sit down" not in str(acts)
    for _ in range(50):
        day.do(c.StartTimer(60))
    assert len(console(day)["acts"]) == 40, "the last ones"


def test_a_blank_remembers_the_scene_before_it_also_when_it_is_taken_twice() -> None:
    day = Day()
    asks = c.Scene(c.SceneKind.QUESTION, question=QuestionId("pick"))
    blank = c.Scene(c.SceneKind.BLANK)
    day.do(c.TakeScene(ScreenId("main"), asks))
    assert console(day)["scene/main"]["before"] is None
    for _ in range(2):
        day.tick(1_000)
        day.do(c.TakeScene(ScreenId("main"), blank))
        before = console(day)["scene/main"]["before"]
        assert (before["kind"], before["question"]) == ("question", "pick")
    assert console(day)["scene/main"]["at_ms"] == day.now
    assert "before" not in views.snapshot(day.meeting, "screen:main")["scene"], "for consoles only"
