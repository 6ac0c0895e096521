"""What is at stake: what a ballot may say, and that the last ballot of a seat is the one that counts."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import commands as c
from app.core.ballots import Sheet, after, canonical, check
from app.core.commands import Channel
from app.core.errors import Refusal
from app.core.ids import QuestionId, Round, SeatId
from app.core.planned import Kind
from tests.builders import RECEIVER, Day, area_manager, facilitator, participant

ONE = Round(1)
OPTIONS = ("a", "b", "c", "none")
SHEETS = {
    Kind.PICK_ONE: Sheet(Kind.PICK_ONE, OPTIONS),
    Kind.PICK_UP_TO: Sheet(Kind.PICK_UP_TO, OPTIONS, frozenset({"none"}), 2),
    Kind.APPROVE: Sheet(Kind.APPROVE, OPTIONS, frozenset({"none"})),
    Kind.YES_NO: Sheet(Kind.YES_NO, ("yes", "no", "abstain")),
    Kind.RATING: Sheet(Kind.RATING, OPTIONS, scale=(1, 0, -1)),
    Kind.NUMBER: Sheet(Kind.NUMBER, (), number_min=-5, number_max=5),
    Kind.DEMOGRAPHIC: Sheet(Kind.DEMOGRAPHIC, OPTIONS),
}
ANYTHING: st.SearchStrategy[Any] = st.one_of(
    st.lists(st.sampled_from([*OPTIONS, "yes", "z"]), max_size=5).map(tuple),
    st.dictionaries(st.sampled_from([*OPTIONS, "z"]), st.integers(-2, 2), max_size=4),
    st.integers(-7, 7),
)


def voted(day: Day, id_: str, seat: str = "1-1") -> Any:
    """What the seat says now."""
    standing = day.meeting.questions.question(QuestionId(id_)).now.ballots
    return {str(voter): choices for voter, (choices, _) in standing.items()}.get(seat)


def test_every_kind_has_a_sheet_here() -> None:
    assert set(SHEETS) == set(Kind)


@pytest.mark.parametrize("kind", list(Kind))
@given(said=ANYTHING)
def test_what_is_accepted_is_canonical_and_stays_so(kind: Kind, said: Any) -> None:
    sheet = SHEETS[kind]
    try:
        kept = check(sheet, said)
    except Refusal:
        return
    assert kept == canonical(said) == check(sheet, kept)
    assert after(None, kept) == kept
    if isinstance(kept, tuple):
        assert list(kept) == sorted(set(kept))
        assert set(kept) <= set(sheet.options)
    elif isinstance(kept, dict):
        assert list(kept) == sorted(kept)
        assert set(kept.values()) <= set(sheet.scale)
    else:
        assert -5 <= kept <= 5


@pytest.mark.parametrize("id_", ["pick", "yesno", "age"])
def test_a_second_ballot_replaces_the_first(id_: str) -> None:
    day = Day()
    day.open(id_)
    first, second = list(day.meeting.questions.question(QuestionId(id_)).options)[:2]
    day.cast(id_, "1-1", first)
    day.cast(id_, "1-1", second)
    assert day.counts(id_) == {second: 1}


def test_a_set_is_replaced_whole_and_a_number_too() -> None:
    day = Day()
    day.open("several")
    day.cast("several", "1-1", "a", "b")
    day.cast("several", "1-1", "c")
    assert voted(day, "several") == ("c",)
    day.close("several")
    day.open("number")
    day.cast("number", "1-1", values=3)
    day.cast("number", "1-1", values=9)
    assert day.counts("number") == {"9": 1}


def test_a_rating_changes_only_the_options_that_it_names() -> None:
    day = Day()
    day.open("rate")
    day.cast("rate", "1-1", values={"a": 1})
    day.cast("rate", "1-1", values={"b": -1})
    day.cast("rate", "1-1", values={"a": 0})
    day.cast("rate", "1-2", values={"a": 1})
    assert voted(day, "rate") == {"a": 0, "b": -1}
    assert day.counts("rate") == {"a=0": 1, "a=1": 1, "b=-1": 1}
    assert day.meeting.questions.question(QuestionId("rate")).now.tally.voters == 2


def test_the_event_of_a_rating_holds_what_was_said_and_not_what_stands() -> None:
    day = Day()
    day.open("rate")
    day.cast("rate", "1-1", values={"a": 1})
    (event,) = day.cast("rate", "1-1", values={"b": -1})
    assert getattr(event, "choices", None) == {"b": -1}


@pytest.mark.parametrize(
    ("id_", "said"), [("pick", ("a",)), ("rate", {"a": 1}), ("number", 3), ("approve", ())]
)
def test_a_withdrawn_ballot_counts_no_more_and_may_be_cast_again(id_: str, said: Any) -> None:
    day = Day()
    day.open(id_)
    day.cast(id_, "1-1", values=said)
    day.do(c.WithdrawBallot(QuestionId(id_), ONE, SeatId("1-1")), participant("1-1"))
    assert (voted(day, id_), day.counts(id_)) == (None, {})
    day.cast(id_, "1-1", values=said)
    assert voted(day, id_) == said


def test_none_of_these_counts_in_the_base_where_any_may_be_approved() -> None:
    day = Day()
    day.open("approve")
    day.cast("approve", "1-1")
    day.cast("approve", "1-2", "a")
    now = day.meeting.questions.question(QuestionId("approve")).now
    assert (now.tally.voters, now.tally.cells) == (2, {"a": 1})


def test_an_abstention_is_a_ballot() -> None:
    day = Day()
    day.open("yesno")
    day.cast("yesno", "1-1", "abstain")
    (closed,) = day.close("yesno")
    assert getattr(closed, "voted", 0) == 1


def test_exclusive_options_exclude_the_others() -> None:
    day = Day()
    day.open("several")
    day.cast("several", "1-1", "none")
    assert voted(day, "several") == ("none",)
    assert (
        day.refused(day.ballot("several", "1-1", "none", "a"), participant("1-1")).code == "exclusive_option"
    )
    day.cast("several", "1-1", "a")
    assert voted(day, "several") == ("a",)


# --- first only ------------------------------------------------------------------------------------


def test_first_only_means_the_first_and_no_taking_back() -> None:
    day = Day()
    day.open("once")
    day.cast("once", "1-1", "a")
    who = participant("1-1")
    assert day.refused(day.ballot("once", "1-1", "b"), who).code == "already_voted"
    assert day.refused(day.ballot("once", "1-1", "a"), who).code == "already_voted"
    withdraw = c.WithdrawBallot(QuestionId("once"), ONE, SeatId("1-1"))
    assert day.refused(withdraw, who).code == "already_voted"
    assert day.counts("once") == {"a": 1}


def test_first_only_holds_over_every_keypad_of_the_seat() -> None:
    day = Day()
    day.open("once")
    day.cast("once", "1-1", "a")
    keypad = day.bind_handset("1-1")
    assert day.refused(c.PressKey(keypad, "2", 1), RECEIVER).code == "already_voted"
    paper = c.CastPaperBallot(QuestionId("once"), ONE, SeatId("1-1"), ("b",))
    assert day.refused(paper, area_manager("1")).code == "already_voted"


# --- channels ----------------------------------------------------------------------------------------


def test_every_channel_is_flagged_and_a_seat_counts_once_over_all_of_them() -> None:
    day = Day()
    day.open("pick")
    seen = [day.cast("pick", "1-1", "a")]
    by = day.bind_pad("1-1")
    seen.append(day.do(day.ballot("pick", "1-1", "b"), by))
    seen.append(day.do(c.PressKey(day.bind_handset("1-1"), "3", 1), RECEIVER))
    paper = c.CastPaperBallot(QuestionId("pick"), ONE, SeatId("1-1"), ("a",))
    seen.append(day.do(paper, area_manager("1")))
    channels = [getattr(events[-1], "channel", None) for events in seen]
    assert channels == [Channel.PHONE, Channel.LAPTOP, Channel.HANDSET, Channel.PAPER]
    assert day.counts("pick") == {"a": 1}


def test_a_paper_ballot_binds_the_seat_to_paper_visibly_and_once() -> None:
    day = Day()
    day.open("pick")
    paper = c.CastPaperBallot(QuestionId("pick"), ONE, SeatId("1-1"), ("a",))
    assert [type(e).__name__ for e in day.do(paper, area_manager("1"))] == ["KeypadBound", "BallotCast"]
    assert [type(e).__name__ for e in day.do(paper, area_manager("1"))] == ["BallotCast"]
    assert day.refused(day.ballot("pick", "1-1", "b"), participant("1-1")).code == "seat_held_by_other_device"


def test_a_laptop_casts_only_for_seats_that_are_bound_to_its_own_pads() -> None:
    day = Day()
    day.open("pick")
    by = day.bind_pad("1-1")
    day.do(day.ballot("pick", "1-1", "a"), by)
    spare = facilitator("1", "spare laptop")
    assert day.refused(day.ballot("pick", "1-1", "b"), spare).code == "seat_held_by_other_device"
    assert day.refused(day.ballot("pick", "1-2", "b"), by).code == "seat_not_bound"


def test_a_question_names_who_votes_and_others_are_refused_by_their_standing() -> None:
    day = Day()
    day.open("pick")
    for seat, standing in (("2-3", "official"), ("3-2", "viewer")):
        who = day.join(seat)
        refusal = day.refused(day.ballot("pick", seat, "a"), who)
        assert refusal == Refusal("standing_may_not_vote", standing=standing)
    day.cast("pick", "1-3", "a")


# --- handsets ------------------------------------------------------------------------------------------


def test_an_older_or_repeated_press_is_a_duplicate() -> None:
    day = Day()
    keypad = day.bind_handset("1-1")
    day.open("pick")
    day.do(c.PressKey(keypad, "1", 5), RECEIVER)
    for sequence in (5, 4, 0, -1):
        refusal = day.refused(c.PressKey(keypad, "2", sequence), RECEIVER)
        assert refusal == Refusal("press_repeated", sequence=sequence)
    day.do(c.PressKey(keypad, "2", 9), RECEIVER)
    assert day.counts("pick") == {"b": 1}


def test_a_refused_press_does_not_use_up_its_sequence() -> None:
    day = Day()
    keypad = day.bind_handset("1-1")
    day.open("pick")
    assert day.refused(c.PressKey(keypad, "9", 1), RECEIVER).code == "unknown_key"
    day.do(c.PressKey(keypad, "1", 1), RECEIVER)
    assert day.counts("pick") == {"a": 1}


def test_a_handset_goes_on_counting_over_questions_and_restarts() -> None:
    day = Day()
    keypad = day.bind_handset("1-1")
    for id_ in ("pick", "several"):
        day.open(id_)
        day.do(c.PressKey(keypad, "1", 7 if id_ == "pick" else 8), RECEIVER)
        day.close(id_)
    assert day.replayed().roster.sequences == {keypad: 8}


def test_clearing_with_zero_takes_the_ballot_out_of_the_base() -> None:
    day = Day()
    keypad = day.bind_handset("1-1")
    day.open("several")
    for sequence, key in enumerate("120", start=1):
        day.do(c.PressKey(keypad, key, sequence), RECEIVER)
    now = day.meeting.questions.question(QuestionId("several")).now
    assert (now.tally.voters, now.tally.cells, now.ballots) == (0, {}, {})


def test_a_press_of_a_keypad_that_is_no_handset_is_refused() -> None:
    day = Day()
    phone = day.join("1-1").device
    day.open("pick")
    assert day.refused(c.PressKey(phone, "1", 1), RECEIVER).code == "unbound_keypad"


@pytest.mark.parametrize("question", ["pick", "secret"])
def test_a_press_that_names_its_vote_is_never_counted_in_the_next_one(question: str) -> None:
    day = Day()
    keypad = day.bind_handset("1-1")
    day.open(question)
    late = c.PressKey(keypad, "1", 5, QuestionId(question), Round(1))
    day.close(question)
    day.open("yesno")
    said = "outcome_unknown" if question == "secret" else "voting_closed"
    assert day.refused(late, RECEIVER).code == said
    assert day.counts("yesno") == {}
    day.do(replace(late, question=None, round=None), RECEIVER)
    assert day.counts("yesno") == {"yes": 1}, "control: without the name it would be a vote in this one"
