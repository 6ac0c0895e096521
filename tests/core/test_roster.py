"""What is at stake: one seat is one ballot, whoever comes late, moves, leaves, or takes another phone."""

import pytest

from app.core import commands as c
from app.core.commands import Channel
from app.core.events import KeypadBound, SeatMoved, TakeoverAsked
from app.core.ids import KeypadId, QuestionId, Round, SeatId, TableId
from app.core.planned import Standing
from app.core.roster import Seat
from tests.builders import Day, area_manager, facilitator, made, participant

PICK, S11, T2 = QuestionId("pick"), SeatId("1-1"), TableId("2")


def the(day: Day, seat: str = "1-1") -> Seat:
    return day.meeting.roster.seat(SeatId(seat))


def present(day: Day) -> int:
    return day.meeting.roster.present_of(Standing)


# --- presence ------------------------------------------------------------------------------------


def test_a_seat_is_present_when_its_keypad_joined_or_somebody_marked_it_and_it_has_not_left() -> None:
    day = Day()
    assert present(day) == 0
    day.join("1-1")
    day.do(c.MarkPresent(SeatId("1-2")), facilitator("1"))
    day.do(c.MarkPresent(SeatId("1-2")), facilitator("1"))
    day.bind_handset("1-3")
    assert present(day) == 3
    day.do(c.MarkLeft(SeatId("1-2")), facilitator("1"))
    assert present(day) == 2


def test_who_has_left_keeps_the_ballot_and_may_come_back() -> None:
    day = Day()
    day.open("pick")
    day.cast("pick", "1-1", "a")
    day.do(c.MarkLeft(S11), facilitator("1"))
    assert day.counts("pick") == {"a": 1}
    assert day.refused(day.ballot("pick", "1-1", "b"), participant("1-1")).code == "not_present"
    day.join("1-1")
    day.cast("pick", "1-1", "b")
    assert day.counts("pick") == {"b": 1}


def test_a_released_keypad_leaves_the_seat_present_with_its_ballot() -> None:
    day = Day()
    day.open("pick")
    day.cast("pick", "1-1", "a")
    day.do(c.ReleaseKeypad(S11), facilitator("1"))
    assert (the(day).keypad, the(day).present) == (None, True)
    assert day.counts("pick") == {"a": 1}
    assert day.refused(day.ballot("pick", "1-1", "b"), participant("1-1")).code == "seat_not_bound"


def test_head_counts_stand_beside_presence_and_change_nothing_of_it() -> None:
    day = Day()
    day.do(c.CountHeads(TableId("1"), 9), facilitator("1"))
    assert day.meeting.roster.table(TableId("1")).heads == 9
    assert present(day) == 0


# --- late arrivals ---------------------------------------------------------------------------------


def test_a_late_arrival_gets_a_place_and_votes_in_the_vote_that_is_open() -> None:
    day = Day()
    day.open("pick")
    late = made("seat")
    day.do(c.AddSeat(late, TableId("1"), language="th"), facilitator("1"))
    assert (the(day, late).present, the(day, late).planned) == (False, False)
    day.cast("pick", late, "a")
    (closed,) = day.close("pick")
    assert (getattr(closed, "voted", 0), getattr(closed, "present", 0)) == (1, 1)


def test_a_late_arrival_has_a_standing_and_a_party_a_sector_that_the_plan_names() -> None:
    day = Day()
    late = made("seat")
    day.do(c.AddSeat(late, T2, Standing.PARTY, "business"))
    assert (the(day, late).standing, the(day, late).sector) == (Standing.PARTY, "business")


def test_a_table_takes_no_more_than_its_places() -> None:
    day = Day()
    day.do(c.AddSeat(made("seat"), TableId("1")))
    refusal = day.refused(c.AddSeat(made("seat"), TableId("1")))
    assert refusal.params == {"table": "1", "limit": 4}


# --- moved seats -------------------------------------------------------------------------------------


def test_a_moved_seat_takes_its_keypad_and_its_ballot_along() -> None:
    day = Day()
    day.open("pick")
    day.cast("pick", "1-1", "a")
    day.do(c.MoveSeat(S11, T2), area_manager("1", "2"))
    assert (the(day).table, the(day).keypad) == ("2", "phone1-1")
    (cast,) = day.cast("pick", "1-1", "b")
    assert getattr(cast, "table", None) == "2"
    assert day.counts("pick") == {"b": 1}
    assert S11 in day.meeting.roster.table(T2).seats
    assert S11 not in day.meeting.roster.table(TableId("1")).seats


def test_a_seat_that_moves_to_another_hall_belongs_to_its_site_from_then_on() -> None:
    day = Day()
    (moved,) = day.do(c.MoveSeat(S11, TableId("3")))
    assert isinstance(moved, SeatMoved)
    assert (moved.site, the(day).site) == ("annex", "annex")
    day.open("pick")
    (cast,) = day.cast("pick", "1-1", "a")
    assert getattr(cast, "site", None) == "annex"


def test_moving_to_where_one_sits_changes_nothing_even_at_a_full_table() -> None:
    day = Day()
    day.do(c.AddSeat(made("seat"), TableId("1")))
    day.do(c.MoveSeat(S11, TableId("1")))
    assert len(day.meeting.roster.table(TableId("1")).seats) == 4


def test_the_pad_of_the_old_table_does_not_vote_for_a_seat_that_moved() -> None:
    day = Day()
    old = day.bind_pad("1-1")
    day.do(c.MoveSeat(S11, T2))
    day.open("pick")
    assert day.refused(day.ballot("pick", "1-1", "a"), old).code == "not_your_table"
    assert day.refused(day.ballot("pick", "1-1", "a"), facilitator("2")).code == "seat_held_by_other_device"
    day.do(day.ballot("pick", "1-1", "a"), day.bind_pad("1-1"))


# --- keypads -------------------------------------------------------------------------------------------


def test_a_card_can_be_scanned_all_day_and_the_newer_device_takes_the_place() -> None:
    day = Day()
    day.join("1-1")
    day.connected = True
    (bound,) = day.do(c.JoinSeat(S11), participant("1-1", "newer"))
    assert isinstance(bound, KeypadBound)
    assert bound.taken_from == "phone1-1"
    assert day.meeting.roster.keypads == {"newer": "1-1"}


def test_the_same_device_joining_again_takes_nothing_from_anybody() -> None:
    day = Day()
    day.join("1-1")
    (bound,) = day.do(c.JoinSeat(S11), participant("1-1"))
    assert isinstance(bound, KeypadBound)
    assert bound.taken_from is None


@pytest.mark.parametrize(("connected", "voted"), [(True, True), (True, False), (False, True), (False, False)])
def test_a_takeover_is_confirmed_only_where_the_older_is_connected_and_has_voted(
    connected: bool, voted: bool
) -> None:
    day = Day()
    day.join("1-1")
    day.open("pick")
    if voted:
        day.cast("pick", "1-1", "a")
    day.connected = connected
    (event,) = day.do(c.JoinSeat(S11), participant("1-1", "newer"))
    assert isinstance(event, TakeoverAsked if connected and voted else KeypadBound)
    assert the(day).keypad == ("phone1-1" if connected and voted else "newer")


def test_after_the_close_nobody_needs_to_confirm() -> None:
    day = Day()
    day.open("pick")
    day.cast("pick", "1-1", "a")
    day.close("pick")
    day.connected = True
    (event,) = day.do(c.JoinSeat(S11), participant("1-1", "newer"))
    assert isinstance(event, KeypadBound)


def test_until_somebody_confirms_the_older_votes_and_then_the_newer() -> None:
    day = Day()
    day.open("pick")
    day.cast("pick", "1-1", "a")
    day.connected = True
    newer = participant("1-1", "newer")
    day.do(c.JoinSeat(S11), newer)
    assert day.refused(day.ballot("pick", "1-1", "b"), newer).code == "seat_held_by_other_device"
    day.do(day.ballot("pick", "1-1", "b"), participant("1-1"))
    (bound,) = day.do(c.ConfirmTakeover(S11), area_manager("1"))
    assert isinstance(bound, KeypadBound)
    assert (bound.keypad, bound.taken_from) == ("newer", "phone1-1")
    day.do(day.ballot("pick", "1-1", "c"), newer)
    assert day.counts("pick") == {"c": 1}
    assert day.refused(c.ConfirmTakeover(S11)).code == "no_takeover_asked"


def test_the_last_device_that_asked_is_the_one_that_is_let_in() -> None:
    day = Day()
    day.open("pick")
    day.cast("pick", "1-1", "a")
    day.connected = True
    for phone in ("second", "third"):
        day.do(c.JoinSeat(S11), participant("1-1", phone))
    day.do(c.ConfirmTakeover(S11), facilitator("1"))
    assert the(day).keypad == "third"


def test_a_keypad_holds_one_seat_whatever_way_it_comes() -> None:
    day = Day()
    phone = day.join("1-1").device
    for command, by in (
        (c.BindKeypad(SeatId("1-2"), phone, Channel.PHONE), None),
        (c.JoinSeat(SeatId("1-2")), participant("1-2", phone)),
    ):
        assert day.refused(command, by).params == {"keypad": phone, "seat": "1-1"}
    day.open("pick")
    day.do(c.BindKeypad(SeatId("1-2"), KeypadId("paper:2-1"), Channel.PAPER))
    paper = c.CastPaperBallot(PICK, Round(1), SeatId("2-1"), ("a",))
    assert day.refused(paper, area_manager("2")).code == "keypad_bound_elsewhere"


def test_a_dead_handset_is_replaced_and_the_seat_keeps_its_ballot() -> None:
    day = Day()
    old = day.bind_handset("1-1")
    day.open("pick")
    day.do(c.PressKey(old, "1", 1))
    new = day.bind_handset("1-1", "spare")
    assert day.counts("pick") == {"a": 1}
    assert day.refused(c.PressKey(old, "2", 2)).code == "unbound_keypad"
    day.do(c.PressKey(new, "2", 1))
    assert day.counts("pick") == {"b": 1}


@pytest.mark.parametrize("keypad", ["", "k" * 121, "แป้น", "a\nb", "\u202ex"])
def test_what_cannot_be_the_name_of_a_keypad_is_refused(keypad: str) -> None:
    command = c.BindKeypad(S11, KeypadId(keypad), Channel.HANDSET)
    assert Day().refused(command).code == "unknown_keypad"


def test_keypads_can_be_bound_while_the_doors_are_still_closed() -> None:
    day = Day(started=False)
    day.join("1-1")
    day.bind_pad("1-2")
    assert present(day) == 2
