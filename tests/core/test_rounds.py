"""What is at stake: the life of a question. Closing is an event, nothing reopens, all is kept."""

import hashlib
import json
from typing import Any

import pytest

from app.core import commands as c
from app.core.events import AgainAsked, RoundAdded, RoundVoided, VotingClosed
from app.core.ids import QuestionId, Round, SeatId
from app.core.planned import Kind, QuestionRules, Visibility
from app.core.questions import Question, RoundState
from tests.builders import (
    LEAD,
    ORGANISER,
    Day,
    big_plan,
    facilitator,
    made,
    options,
    participant,
    question,
    small_plan,
    words,
)

PICK, ONE = QuestionId("pick"), Round(1)


def the(day: Day, id_: str = "pick") -> Question:
    return day.meeting.questions.question(QuestionId(id_))


def states(day: Day, id_: str = "pick") -> list[str]:
    return [now.state.value for now in the(day, id_).rounds]


def test_a_question_goes_from_planned_to_open_to_closed_to_shown() -> None:
    day = Day()
    seen = states(day)
    for step in (day.open, day.close, day.show):
        step("pick")
        seen += states(day)
    assert seen == ["planned", "open", "closed", "shown"]


def test_closing_and_showing_are_two_acts() -> None:
    day = Day()
    day.open("pick")
    day.cast("pick", "1-1", "a")
    day.close("pick")
    assert the(day).now.shown is None
    day.show("pick")
    assert the(day).public is the(day).now


# --- the close ---------------------------------------------------------------------------------


def test_a_close_announces_itself_and_the_server_closes_after_the_notice() -> None:
    day = Day()
    day.open("pick")
    day.do(c.CloseVoting(PICK), LEAD)
    assert the(day).now.closing
    assert the(day).now.closes_at_ms == day.now + 2_000
    assert day.meeting.due(day.now + 1_999) == []
    day.cast("pick", "1-1", "a")
    day.tick(2_000)
    assert day.meeting.due(day.now) == [c.FinishVoting(PICK, ONE)]
    day.do(c.FinishVoting(PICK, ONE))
    assert day.meeting.due(day.now) == []
    assert day.counts("pick") == {"a": 1}


def test_the_notice_is_as_long_as_the_plan_says() -> None:
    day = Day(small_plan(close_notice_ms=7_000))
    day.open("pick")
    day.do(c.CloseVoting(PICK))
    assert the(day).now.closes_at_ms == day.now + 7_000


def test_late_is_after_the_event_and_not_after_a_time() -> None:
    day = Day()
    day.open("pick", seconds=30)
    day.tick(600_000)
    day.cast("pick", "1-1", "a")
    day.close("pick")
    assert day.refused(day.ballot("pick", "1-1", "b"), participant("1-1")).code == "voting_closed"
    assert day.counts("pick") == {"a": 1}


def test_a_vote_without_seconds_stays_open_until_somebody_closes_it() -> None:
    day = Day()
    day.open("pick")
    assert day.meeting.due(day.now + 10**9) == []


def test_more_seconds_count_from_the_planned_end_or_from_now() -> None:
    day = Day()
    day.open("pick", seconds=30)
    opened = day.now
    day.do(c.ExtendVoting(PICK, 10))
    assert the(day).now.closes_at_ms == opened + 40_000
    day.tick(60_000)
    day.do(c.ExtendVoting(PICK, 10))
    assert the(day).now.closes_at_ms == day.now + 10_000


def test_an_extension_takes_an_announced_close_back() -> None:
    day = Day()
    day.open("pick")
    day.do(c.CloseVoting(PICK))
    day.do(c.ExtendVoting(PICK, 10))
    assert not the(day).now.closing
    assert day.meeting.due(day.now + 2_000) == []


def test_the_close_freezes_n_and_m() -> None:
    day = Day()
    for seat in ("1-1", "1-2", "2-1", "2-3"):
        day.join(seat)
    day.open("pick")
    day.cast("pick", "1-1", "a")
    day.do(c.MarkLeft(SeatId("1-2")), facilitator("1"))
    (closed,) = day.close("pick")
    assert isinstance(closed, VotingClosed)
    assert (closed.voted, closed.present) == (1, 2), "an official does not vote here, and one has left"
    day.join("3-1")
    assert (the(day).now.voted, the(day).now.present) == (1, 2)


@pytest.mark.parametrize(
    ("id_", "said"),
    [
        ("pick", {"1-1": ("b",), "1-2": ("a",), "2-1": ("a",)}),
        ("approve", {"1-1": (), "1-2": ("a", "c")}),
        ("rate", {"1-1": {"b": 1, "a": -1}, "1-2": {"a": 0}}),
        ("number", {"1-1": 7, "1-2": 0}),
        ("secret", {"1-1": ("b",), "1-2": ("a",)}),
        ("yesno", {}),
    ],
)
def test_the_digest_commits_to_the_sorted_choices_that_count(id_: str, said: dict[str, Any]) -> None:
    day = Day()
    day.open(id_)
    for seat, choices in said.items():
        day.cast(id_, seat, values=choices)
    (closed,) = day.close(id_)
    assert isinstance(closed, VotingClosed)
    assert closed.digest_salt is not None
    texts = sorted(json.dumps(x, sort_keys=True, separators=(",", ":")) for x in said.values())
    salt = bytes.fromhex(closed.digest_salt)
    assert len(salt) == 16
    assert closed.digest == hashlib.sha256(salt + ("[" + ",".join(texts) + "]").encode()).hexdigest()
    assert closed.digest_salt not in {salt.hex() for salt, _, _ in day.log}


# --- more time ---------------------------------------------------------------------------------


def test_who_needs_more_time_is_counted_until_they_have_voted() -> None:
    day = Day()
    who = day.join("1-1")
    day.open("pick", seconds=30)
    day.do(c.AskMoreTime(PICK, SeatId("1-1")), who)
    day.do(c.AskMoreTime(PICK, SeatId("1-1")), who)
    assert len(the(day).now.more_time) == 1
    day.cast("pick", "1-1", "a")
    assert not the(day).now.more_time


def test_an_automatic_close_waits_once_for_those_who_asked() -> None:
    day = Day()
    who = day.join("1-1")
    day.open("pick", seconds=30)
    day.do(c.AskMoreTime(PICK, SeatId("1-1")), who)
    day.tick(30_000)
    assert day.meeting.due(day.now) == [c.GiveMoreTime(PICK, ONE)]
    day.do(c.GiveMoreTime(PICK, ONE))
    assert the(day).now.closes_at_ms == day.now + 15_000
    assert day.meeting.due(day.now + 14_999) == []
    day.do(c.AskMoreTime(PICK, SeatId("1-1")), who)
    day.tick(15_000)
    assert day.meeting.due(day.now) == [c.FinishVoting(PICK, ONE)], "once"


def test_a_close_by_a_person_does_not_wait() -> None:
    day = Day()
    who = day.join("1-1")
    day.open("pick", seconds=30)
    day.do(c.AskMoreTime(PICK, SeatId("1-1")), who)
    day.do(c.CloseVoting(PICK))
    assert day.meeting.due(day.now + 2_000) == [c.FinishVoting(PICK, ONE)]


# --- take back, void, run again -------------------------------------------------------------------


def test_an_opening_by_mistake_is_taken_back_in_one_tap_and_can_be_opened_again() -> None:
    day = Day(small_plan(second_person=True))
    day.open("pick")
    day.tick(5_000)
    voided, added = day.do(c.TakeBack(PICK), LEAD)
    assert isinstance(voided, RoundVoided)
    assert voided.taken_back
    assert isinstance(added, RoundAdded)
    assert states(day) == ["voided", "planned"]
    day.open("pick")
    day.cast("pick", "1-1", "a")
    assert the(day).now.number == 2


@pytest.mark.parametrize("until", ["open", "closed", "shown"])
def test_open_closed_and_shown_rounds_can_be_voided_and_stay_in_the_record(until: str) -> None:
    day = Day()
    day.open("pick")
    day.cast("pick", "1-1", "a")
    if until != "open":
        day.close("pick")
    if until == "shown":
        day.show("pick")
    (voided,) = day.do(c.VoidRound(PICK, words("a wrong option")))
    now = the(day).now
    assert now.state is RoundState.VOIDED
    assert now.voided_from == until
    assert now.void_reason == words("a wrong option")
    assert (the(day).reported, the(day).public) == (None, None)
    assert day.counts("pick") == {"a": 1}, "what was said is not forgotten"
    assert day.meeting.questions.open is None
    assert getattr(voided, "asked_by", "") is None


def test_a_void_needs_a_second_person_where_the_plan_says_so() -> None:
    day = Day(small_plan(second_person=True))
    day.open("pick")
    day.do(c.VoidRound(PICK, words("wrong")))
    assert states(day) == ["open"]
    assert day.refused(c.ConfirmVoid(PICK), ORGANISER).code == "same_person"
    (voided,) = day.do(c.ConfirmVoid(PICK), LEAD)
    assert isinstance(voided, RoundVoided)
    assert (voided.asked_by, voided.by) == (ORGANISER.author, LEAD.author)
    assert voided.reason == words("wrong")
    assert states(day) == ["voided"]


def test_an_asked_void_does_not_reach_the_next_round() -> None:
    day = Day(small_plan(second_person=True))
    day.open("pick")
    day.do(c.VoidRound(PICK, words("wrong")))
    day.close("pick")
    day.do(c.RunAgain(PICK, words("again")))
    day.do(c.ConfirmAgain(PICK), LEAD)
    day.open("pick")
    assert day.refused(c.ConfirmVoid(PICK), LEAD).code == "nothing_to_confirm"


def test_a_round_that_counts_is_replaced_by_two_people_where_the_plan_says_so() -> None:
    day = Day(small_plan(second_person=True))
    day.open("pick")
    day.close("pick")
    (asked,) = day.do(c.RunAgain(PICK, words("again")))
    assert isinstance(asked, AgainAsked)
    assert states(day) == ["closed"], "until somebody else says yes, it stands"
    assert day.refused(c.ConfirmAgain(PICK), ORGANISER).code == "same_person"
    (added,) = day.do(c.ConfirmAgain(PICK), LEAD)
    assert isinstance(added, RoundAdded)
    assert (added.asked_by, added.by, added.reason) == (ORGANISER.author, LEAD.author, words("again"))
    assert states(day) == ["closed", "planned"]
    assert day.refused(c.ConfirmAgain(PICK), LEAD).code == "round_not_over", "one yes is one round"


def test_where_no_round_counts_one_person_runs_a_question_again() -> None:
    day = Day(small_plan(second_person=True))
    day.open("pick")
    day.do(c.VoidRound(PICK, words("wrong")))
    day.do(c.ConfirmVoid(PICK), LEAD)
    (added,) = day.do(c.RunAgain(PICK, words("again")))
    assert isinstance(added, RoundAdded)
    assert added.asked_by is None
    day.open("pick")
    day.close("pick")
    (asked,) = day.do(c.RunAgain(PICK, words("and again")))
    assert isinstance(asked, AgainAsked)


def test_a_round_that_counts_needs_two_people_also_behind_one_that_is_void() -> None:
    """Else whoever asked for the first new round alone could have another one that replaces it."""
    day = Day(small_plan(second_person=True))
    day.open("pick")
    day.close("pick")
    day.do(c.RunAgain(PICK, words("again")))
    day.do(c.ConfirmAgain(PICK), LEAD)
    day.open("pick")
    day.do(c.VoidRound(PICK, words("wrong")))
    day.do(c.ConfirmVoid(PICK), LEAD)
    (asked,) = day.do(c.RunAgain(PICK, words("third")))
    assert isinstance(asked, AgainAsked)
    assert states(day) == ["closed", "voided"]


def test_run_again_makes_a_new_round_and_the_report_uses_the_last_that_was_not_voided() -> None:
    day = Day()
    for chosen in ("a", "b", "c"):
        day.open("pick")
        day.cast("pick", "1-1", chosen)
        day.close("pick")
        day.do(c.RunAgain(PICK, words("again")))
    assert states(day) == ["closed", "closed", "closed", "planned"]
    reported = the(day).reported
    assert reported is not None
    assert reported.number == 3
    assert [day.counts("pick", n) for n in (1, 2, 3, 4)] == [{"a": 1}, {"b": 1}, {"c": 1}, {}]


def test_the_last_round_voided_leaves_the_one_before_it_to_the_report() -> None:
    day = Day()
    day.open("pick")
    day.close("pick")
    day.do(c.RunAgain(PICK, words("again")))
    day.open("pick")
    day.do(c.VoidRound(PICK, words("wrong")))
    reported = the(day).reported
    assert reported is not None
    assert reported.number == 1


def test_a_ballot_for_an_old_round_is_late_and_for_a_coming_one_is_wrong() -> None:
    day = Day()
    who = day.join("1-1")
    day.open("pick")
    day.close("pick")
    day.do(c.RunAgain(PICK, words("again")))
    day.open("pick")
    old = c.CastBallot(PICK, Round(1), SeatId("1-1"), ("a",))
    assert day.refused(old, who).code == "voting_closed"
    coming = c.CastBallot(PICK, Round(3), SeatId("1-1"), ("a",))
    assert day.refused(coming, who).code == "wrong_round"


def test_a_question_in_its_second_round_can_no_longer_be_revised() -> None:
    day = Day()
    day.open("pick")
    day.do(c.TakeBack(PICK))
    assert day.refused(c.ReviseQuestion(PICK, words("other"))).code == "question_not_planned"


# --- live --------------------------------------------------------------------------------------

LIVE = question("live", Kind.PICK_ONE, "a", "b", visibility=Visibility.LIVE)


def live_day() -> Day:
    day = Day(big_plan(30, LIVE))
    day.open("live")
    return day


def frame(day: Day) -> dict[str, int] | None:
    live = the(day, "live").now.live
    return None if live is None else dict(live.cells)


def test_a_live_frame_comes_only_with_five_ballots_and_two_seconds() -> None:
    day = live_day()
    day.tick(10_000)
    for number in range(1, 5):
        day.cast("live", f"1-{number}", "a")
        assert frame(day) is None
    day.cast("live", "1-5", "b")
    assert frame(day) == {"a": 4, "b": 1}
    for number in range(1, 10):
        day.cast("live", f"2-{number}", "a")
        assert frame(day) == {"a": 4, "b": 1}, "not within two seconds"
    day.tick(2_000)
    day.cast("live", "2-10", "a")
    assert frame(day) == {"a": 14, "b": 1}


def test_five_ballots_right_after_the_opening_wait_for_the_two_seconds() -> None:
    day = live_day()
    day.tick(1_999)
    for number in range(1, 9):
        day.cast("live", f"1-{number}", "a")
    assert frame(day) is None


def test_after_the_close_the_last_live_frame_stands_until_the_show() -> None:
    day = live_day()
    day.tick(2_000)
    for number in range(1, 8):
        day.cast("live", f"1-{number}", "a")
    assert frame(day) == {"a": 5}
    day.close("live")
    assert frame(day) == {"a": 5}
    assert day.counts("live") == {"a": 7}


def test_a_frame_is_a_copy_that_later_ballots_do_not_move() -> None:
    day = live_day()
    day.tick(2_000)
    for number in range(1, 6):
        day.cast("live", f"1-{number}", "a")
    for number in range(1, 5):
        day.cast("live", f"1-{number}", "b")
    assert frame(day) == {"a": 5}


def test_a_question_whose_counts_are_hidden_has_no_frame_ever() -> None:
    day = Day()
    day.open("pick")
    for seat in ("1-1", "1-2", "1-3", "2-1", "2-2", "3-1"):
        day.tick(3_000)
        day.cast("pick", seat, "a")
    assert the(day).now.live is None


# --- languages -----------------------------------------------------------------------------------


def test_a_missing_language_must_be_confirmed_by_name_and_is_recorded() -> None:
    day = Day()
    id_ = made("q")
    few = (options("x")[0], type(options("y")[0])(options("y")[0].id, {"en": "y"}))
    day.do(c.DraftQuestion(id_, words("?"), QuestionRules(Kind.PICK_ONE), few))
    assert day.refused(c.OpenVoting(id_)).params == {"language": "th"}
    assert day.refused(c.OpenVoting(id_, languages_missing=("en",))).params == {"language": "th"}
    (opened,) = day.do(c.OpenVoting(id_, languages_missing=("th", "en")))
    assert getattr(opened, "languages_missing", ()) == ("th",)
