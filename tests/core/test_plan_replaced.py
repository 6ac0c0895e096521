"""At stake: the night before, the plan changes; and in the morning nobody is where the old plan had them.

Another plan takes the place of the one before while the meeting is prepared; what people did by hand is
never undone by it, and whoever sits where they sat still does.
"""

from dataclasses import replace

import pytest

from app.core import commands as c
from app.core import views
from app.core.commands import Channel, Scene, SceneKind
from app.core.ids import ItemId, KeypadId, MeetingId, QuestionId, ScreenId, SeatId, TableId
from app.core.meeting import Meeting
from app.core.planned import PlannedMeeting, Standing
from app.core.receipts import Accepted
from tests.builders import LEAD, ORGANISER, Day, facilitator, made, participant, small_plan, words

DAY = MeetingId("day")
FULL = small_plan()


def smaller() -> PlannedMeeting:
    """Table 3, the first item, the first question and the screen "left" are gone."""
    return replace(
        FULL,
        title=words("Another title"),
        tables=FULL.tables[:-1],
        seats=tuple(seat for seat in FULL.seats if seat.table != "3"),
        agenda=FULL.agenda[1:],
        questions=FULL.questions[1:],
        screens=FULL.screens[:1],
    )


def prepared() -> Day:
    return Day(started=False)


def give(day: Day, plan: PlannedMeeting) -> None:
    day.do(c.PrepareMeeting(DAY, plan))


def view(meeting: Meeting) -> dict[str, object]:
    channels = ("console", "tables", "keypad", "floor", "desk", "public", "table:1", "seat:1-1")
    return {channel: views.snapshot(meeting, channel) for channel in channels}


def test_another_plan_is_the_plan_as_if_it_had_been_the_first() -> None:
    day, other = prepared(), Day(plan=smaller(), started=False)
    give(day, smaller())
    seen, wanted = view(day.meeting), view(other.meeting)
    for channel in seen.values():
        channel.pop("acts", None)  # type: ignore[attr-defined]
    for channel in wanted.values():
        channel.pop("acts", None)  # type: ignore[attr-defined]
    assert seen == wanted


def test_whoever_sits_where_they_sat_still_does() -> None:
    day = prepared()
    day.do(c.JoinSeat(SeatId("1-1")), participant("1-1"))
    day.do(c.JoinSeat(SeatId("3-1")), participant("3-1"))
    day.do(c.CountHeads(TableId("1"), 4), facilitator("1"))
    held = day.meeting.roster.seats[SeatId("1-1")].keypad
    give(day, smaller())
    roster = day.meeting.roster
    assert roster.seats[SeatId("1-1")].keypad == held
    assert roster.seats[SeatId("1-1")].present
    assert list(roster.keypads.values()) == ["1-1"]
    assert sum(roster.present.values()) == 1
    assert roster.tables[TableId("1")].heads == 4
    give(day, FULL)
    assert not roster.seats[SeatId("3-1")].present
    assert view(day.replayed()) == view(day.meeting)


def test_a_seat_of_another_standing_is_counted_as_what_it_is_now() -> None:
    day = prepared()
    day.do(c.JoinSeat(SeatId("1-1")), participant("1-1"))
    seats = tuple(replace(s, standing=Standing.VIEWER) if s.id == "1-1" else s for s in FULL.seats)
    give(day, replace(FULL, seats=seats))
    assert {k: n for k, n in day.meeting.roster.present.items() if n} == {Standing.VIEWER: 1}


@pytest.mark.parametrize(
    "by_hand",
    [
        c.ExtendItem(ItemId("place"), 5),
        c.MoveItem(ItemId("lunch"), ItemId("place")),
        c.SkipItem(ItemId("lunch"), words("no time")),
        c.AddItem(made("item"), words("One more"), 5),
        c.AddSeat(made("seat"), TableId("1")),
        c.MoveSeat(SeatId("1-1"), TableId("2")),
    ],
    ids=lambda command: type(command).__name__,
)
def test_what_was_changed_by_hand_is_not_undone(by_hand: c.AnyCommand) -> None:
    day = prepared()
    day.do(by_hand)
    assert day.refused(c.PrepareMeeting(DAY, smaller())).code == "plan_changed_by_hand"


def test_a_meeting_that_runs_keeps_its_plan_and_another_meetings_plan_is_none() -> None:
    day = prepared()
    assert day.refused(c.PrepareMeeting(MeetingId("other"), smaller())).code == "meeting_already_prepared"
    day.do(c.StartMeeting())
    assert day.refused(c.PrepareMeeting(DAY, smaller())).code == "meeting_already_prepared"


def test_only_the_server_replaces_a_plan() -> None:
    for who in (ORGANISER, LEAD):
        assert prepared().refused(c.PrepareMeeting(DAY, smaller()), who).code == "not_allowed"


def test_a_screen_shows_nothing_that_is_gone() -> None:
    day = prepared()
    day.do(c.TakeScene(ScreenId("main"), Scene(SceneKind.QUESTION, question=QuestionId("pick"))))
    day.do(c.TakeScene(ScreenId("left"), Scene(SceneKind.MESSAGE), words("Welcome")))
    give(day, FULL)
    screens = day.meeting.stage.screens
    assert screens[ScreenId("main")].scene.kind is SceneKind.TITLE
    assert screens[ScreenId("left")].text == words("Welcome")
    give(day, smaller())
    day.do(c.RedactText("screen", "left"))  # its words are in the record, though the screen is gone
    assert ScreenId("left") not in day.meeting.stage.screens


def test_a_blank_does_not_come_back_to_what_is_gone() -> None:
    day = prepared()
    day.do(c.TakeScene(ScreenId("main"), Scene(SceneKind.QUESTION, question=QuestionId("pick"))))
    day.do(c.TakeScene(ScreenId("main"), Scene(SceneKind.BLANK)))
    give(day, FULL)
    on_air = day.meeting.stage.screens[ScreenId("main")]
    assert (on_air.scene.kind, on_air.before) == (SceneKind.BLANK, None)


def test_what_was_acknowledged_before_has_its_answer_still_though_its_language_is_gone() -> None:
    day = prepared()
    said = c.StartTimer(60, words("Doors"))
    id_ = made("cmd")
    day.do(said, id_=id_)
    give(day, replace(FULL, languages=("th",), title={"th": "ประชุม"}))
    assert isinstance(day.again(said, id_=id_), Accepted)


def test_a_keypad_of_a_seat_that_is_gone_is_free_for_another() -> None:
    day = prepared()
    day.do(c.BindKeypad(SeatId("3-1"), KeypadId("handset-1"), Channel.HANDSET))
    give(day, smaller())
    day.do(c.BindKeypad(SeatId("1-1"), KeypadId("handset-1"), Channel.HANDSET))
    assert day.meeting.roster.keypads == {"handset-1": "1-1"}
