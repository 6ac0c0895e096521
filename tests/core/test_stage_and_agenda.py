"""What is at stake: nothing reaches the hall that nobody released, and the day may always be rearranged."""

import pytest

from app.core import commands as c
from app.core import views
from app.core.agenda import ItemState
from app.core.commands import HelpKind, Scene, SceneKind
from app.core.ids import ItemId, QuestionId, ScreenId, TableId
from tests.builders import STAGE_MANAGER, THEME_LEADER, Day, area_manager, facilitator, made, words
from tests.core.provoked_votes import DICE, shown

MAIN, PICK, PLACE, PEOPLE, LUNCH = (
    ScreenId("main"),
    QuestionId("pick"),
    ItemId("place"),
    ItemId("people"),
    ItemId("lunch"),
)


def on_air(day: Day, screen: ScreenId = MAIN) -> SceneKind:
    return day.meeting.stage.screens[screen].scene.kind


# --- stage -----------------------------------------------------------------------------------


def test_every_screen_begins_with_the_title_and_shows_what_is_taken_on_it() -> None:
    day = Day()
    assert on_air(day) is SceneKind.TITLE
    day.do(c.TakeScene(MAIN, Scene(SceneKind.BLANK)), STAGE_MANAGER)
    assert (on_air(day), on_air(day, ScreenId("left"))) == (SceneKind.BLANK, SceneKind.TITLE)


def test_hold_keeps_the_picture_until_the_next_scene() -> None:
    day = Day()
    day.do(c.TakeScene(MAIN, Scene(SceneKind.AGENDA)))
    day.do(c.TakeScene(MAIN, Scene(SceneKind.HOLD)))
    assert (on_air(day), day.meeting.stage.screens[MAIN].held) == (SceneKind.AGENDA, True)
    day.do(c.TakeScene(MAIN, Scene(SceneKind.ROOM)))
    assert (on_air(day), day.meeting.stage.screens[MAIN].held) == (SceneKind.ROOM, False)


@pytest.mark.parametrize("kind", [SceneKind.RESULTS, SceneKind.PRIORITIES])
def test_a_result_reaches_the_screen_only_after_it_was_shown(kind: SceneKind) -> None:
    day = Day()
    day.open("pick")
    take = c.TakeScene(MAIN, Scene(kind, PICK))
    assert day.refused(take).code == "not_shown_yet"
    day.close("pick")
    assert day.refused(take).code == "not_shown_yet"
    day.show("pick")
    day.do(take)


def test_a_comparison_needs_both_results() -> None:
    day = Day()
    for id_ in ("pick", "several"):
        day.open(id_)
        day.close(id_)
    day.show("pick")
    take = c.TakeScene(MAIN, Scene(SceneKind.COMPARE, PICK, QuestionId("several")))
    assert day.refused(take).params == {"question": "several"}
    day.show("several")
    day.do(take)


def test_themes_reach_the_screen_only_after_they_were_published() -> None:
    day = Day()
    take = c.TakeScene(MAIN, Scene(SceneKind.THEMES, item=PLACE))
    assert day.refused(take).code == "not_published_yet"
    day.do(c.PublishThemes(PLACE, ()), THEME_LEADER)
    day.do(take)


def test_a_sample_audit_reaches_the_screen_once_all_its_hands_are_in_and_stays_as_it_was() -> None:
    day = Day()
    take = c.TakeScene(MAIN, Scene(SceneKind.SAMPLE))
    assert day.refused(take).params == {"scene": "sample"}
    shown(day, "pick", "several")
    day.do(c.DrawSample(DICE, 5))
    pairs = list(day.meeting.sampling.samples[0].pairs)
    for pair in pairs:
        assert day.refused(take).code == "scene_incomplete", "while hands are missing"
        day.do(c.EnterHands(*pair, {}, missing=True), area_manager(pair.table))
    day.do(take)
    told = views.snapshot(day.meeting, "screen:main")["scene"]["sample"]
    assert (told["outcome"]["agreed"], told["outcome"]["missing"], told["dice"]) == (0, 5, list(DICE))
    assert views.snapshot(day.meeting, "words")["scene"]["sample"] == told
    shown(day, "approve")
    day.open("yesno")
    day.cast("yesno", "1-1", "yes")
    day.close("yesno")
    day.show("yesno")
    day.do(c.DrawSample(DICE, 5))
    still = views.snapshot(day.meeting, "screen:main")["scene"]["sample"]
    assert still == told, "the next draw has no number yet"


def test_the_timer_runs_from_the_injected_clock_and_a_new_one_replaces_it() -> None:
    day = Day()
    day.do(c.StartTimer(60, words("break")))
    day.tick(10_000)
    day.do(c.StartTimer(60))
    timer = day.meeting.stage.timer
    assert timer is not None
    assert (timer.started_at_ms, timer.ends_at_ms, timer.label) == (day.now, day.now + 60_000, None)
    day.do(c.StopTimer())
    assert day.meeting.stage.timer is None


def test_a_call_for_help_is_answered_and_closed() -> None:
    day = Day()
    id_ = made("call")
    day.do(c.CallHelp(id_, TableId("1"), HelpKind.KEYPAD, "  "), facilitator("1"))
    day.tick(1_000)
    day.do(c.AnswerHelp(id_), area_manager("1"))
    day.tick(1_000)
    day.do(c.CloseHelp(id_), facilitator("1"))
    call = day.meeting.stage.calls[id_]
    assert (call.text, call.answered_at_ms, call.closed_at_ms) == (None, day.now - 1_000, day.now)


# --- agenda ----------------------------------------------------------------------------------


def the_order(day: Day) -> list[str]:
    return [str(item.id) for item in day.meeting.agenda.in_order()]


def test_beginning_an_item_finishes_the_one_before_with_its_real_times() -> None:
    day = Day()
    began = day.now
    day.do(c.BeginItem(PLACE))
    day.tick(60_000)
    day.do(c.BeginItem(PEOPLE))
    place, people = (day.meeting.agenda.item(i) for i in (PLACE, PEOPLE))
    assert (place.state, place.begun_at_ms, place.done_at_ms) == (ItemState.DONE, began, began + 60_000)
    assert (people.state, day.meeting.agenda.running) == (ItemState.RUNNING, PEOPLE)
    assert people.ends_at_ms == day.now + 45 * 60_000


def test_a_running_item_is_extended_live() -> None:
    day = Day()
    day.do(c.BeginItem(PLACE))
    day.do(c.ExtendItem(PLACE, 15))
    day.do(c.ExtendItem(PLACE, -5))
    assert day.meeting.agenda.item(PLACE).ends_at_ms == day.now + 70 * 60_000


def test_a_skipped_item_may_be_begun_after_all() -> None:
    day = Day()
    day.do(c.SkipItem(PEOPLE, words("no time")))
    assert day.meeting.agenda.item(PEOPLE).skip_reason == words("no time")
    day.do(c.BeginItem(PEOPLE))
    assert day.meeting.agenda.running == PEOPLE


def test_items_are_moved_and_added_before_another_or_last() -> None:
    day = Day()
    day.do(c.MoveItem(LUNCH, PLACE))
    assert the_order(day) == ["lunch", "place", "people"]
    day.do(c.MoveItem(LUNCH))
    assert the_order(day) == ["place", "people", "lunch"]
    more = made("item")
    day.do(c.AddItem(more, words("more"), 10, takes_ideas=True, before=LUNCH))
    assert the_order(day) == ["place", "people", more, "lunch"]


def test_an_item_moved_before_itself_stays_where_it_is() -> None:
    day = Day()
    day.do(c.MoveItem(PLACE, PLACE))
    assert the_order(day) == ["place", "people", "lunch"]


def test_an_idea_moved_before_itself_stays_where_it_is() -> None:
    day = Day()
    ids = [made("idea") for _ in range(3)]
    for id_ in ids:
        command = c.WriteIdea(id_, TableId("1"), PLACE, c.IdeaKind.AGREEMENT, "words", "en")
        day.do(command, facilitator("1"))
    day.do(c.MoveIdea(ids[0], ids[0]), facilitator("1"))
    assert [i.id for i in day.meeting.ideas.standing_of(TableId("1"))] == ids
    day.do(c.MoveIdea(ids[2], ids[0]), facilitator("1"))
    assert [i.id for i in day.meeting.ideas.standing_of(TableId("1"))] == [ids[2], ids[0], ids[1]]
