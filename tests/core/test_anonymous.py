"""What is at stake: that nobody, with the whole log in hand, can tell how somebody voted in secret.

An anonymous ballot names no seat, table or capability anywhere, and its time is
the opening's; after the close not even the server can tell whether a copy counted.
"""

import json

import pytest

from app.core import commands as c
from app.core.errors import Refusal
from app.core.events import AnyEvent, BallotCast, TakeoverAsked
from app.core.ids import KeypadId, QuestionId, Round, SeatId
from app.core.planned import Kind, Visibility
from app.log.codec import encode
from tests.builders import (
    RECEIVER,
    Day,
    area_manager,
    big_plan,
    facilitator,
    made,
    participant,
    question,
    small_plan,
    words,
)

SECRET, ONE = QuestionId("secret"), Round(1)
CHOOSE_TWO = question("secret", Kind.PICK_UP_TO, "a", "b", "c", choices_max=2, anonymous=True)


def bytes_of(day: Day, events: tuple[AnyEvent, ...]) -> str:
    """What the log holds of these events, sealed parts opened."""
    salts = {id(event): (salt, index) for salt, index, event in day.log}
    return "\n".join(encode(event, *salts[id(event)]).line.decode() for event in events)


def test_a_secret_ballot_names_no_seat_table_or_capability_and_its_time_is_the_openings() -> None:
    day = Day()
    who = day.join("1-1")
    day.open("secret")
    opened_at, id_ = day.now, made("cmd")
    day.tick(17_003)
    (cast,) = day.do(day.ballot("secret", "1-1", "a"), who, id_=id_)
    assert isinstance(cast, BallotCast)
    assert cast.at_ms == opened_at
    assert (cast.table, cast.by, cast.keypad, cast.sequence) == (None, None, None, None)
    said = bytes_of(day, (cast,))
    for trace in ("1-1", who.id, who.device, id_, "17003", str(day.now)):
        assert trace not in said
    open_part, sealed = json.loads(said)
    assert set(open_part) == {"type", "at_ms", "site", "question", "round", "channel"}
    assert set(sealed["voter"][1]) == {"voter", "command"}


@pytest.mark.parametrize("kind", ["withdraw", "more_time", "press", "paper"])
def test_no_way_of_saying_something_in_a_secret_round_leaves_a_trace(kind: str) -> None:
    day = Day()
    day.open("secret")
    opened_at = day.now
    command: c.AnyCommand
    if kind == "press":
        by, command = RECEIVER, c.PressKey(day.bind_handset("1-1"), "1", 33)
    elif kind == "paper":
        by, command = area_manager("1"), c.CastPaperBallot(SECRET, ONE, SeatId("1-1"), ("a",))
        day.do(c.BindKeypad(SeatId("1-1"), KeypadId("paper:1-1"), c.Channel.PAPER), by)
    else:
        by = day.join("1-1")
        day.cast("secret", "1-1", "a")
        command = c.WithdrawBallot(SECRET, ONE, SeatId("1-1"))
        if kind == "more_time":
            command = c.AskMoreTime(SECRET, SeatId("1-1"))
    day.tick(9_000)
    events = day.do(command, by)
    said = bytes_of(day, events)
    assert all(event.at_ms == opened_at for event in events)
    for trace in ("1-1", by.id, "paper:", '"table"', '"33"', ":33", "sequence", str(day.now)):
        assert trace not in said, said


def test_a_paper_ballot_may_not_be_bound_and_cast_in_one_act_where_it_is_secret() -> None:
    day = Day()
    day.open("secret")
    command = c.CastPaperBallot(SECRET, ONE, SeatId("1-1"), ("a",))
    assert day.refused(command, area_manager("1")) == Refusal("seat_not_bound", seat="1-1")


def test_a_seat_has_one_secret_ballot_that_it_may_replace_and_take_back() -> None:
    day = Day()
    who = day.join("1-1")
    day.open("secret")
    day.cast("secret", "1-1", "a")
    day.cast("secret", "1-1", "b")
    assert day.counts("secret") == {"b": 1}
    day.do(c.WithdrawBallot(SECRET, ONE, SeatId("1-1")), who)
    assert day.counts("secret") == {}
    assert day.refused(c.WithdrawBallot(SECRET, ONE, SeatId("1-1")), who) == Refusal("no_ballot")


def test_binding_and_standing_are_judged_on_the_seat() -> None:
    day = Day()
    day.join("1-1", "new")
    day.join("2-3")
    day.open("secret")
    older = participant("1-1", "older")
    assert day.refused(day.ballot("secret", "1-1", "a"), older).code == "seat_held_by_other_device"
    official = day.refused(day.ballot("secret", "2-3", "a"), participant("2-3"))
    assert official == Refusal("standing_may_not_vote", standing="official")


def test_keys_of_a_handset_add_up_in_secret_too() -> None:
    day = Day(small_plan(questions=(CHOOSE_TWO,)))
    keypad = day.bind_handset("1-1")
    day.open("secret")
    for sequence, key in enumerate("1211", start=1):
        day.do(c.PressKey(keypad, key, sequence), RECEIVER)
    assert day.counts("secret") == {"a": 1, "b": 1}
    day.do(c.PressKey(keypad, "0", 5), RECEIVER)
    assert day.counts("secret") == {}


def test_the_edge_is_told_for_which_commands_it_needs_a_key() -> None:
    day = Day()
    keypad = day.bind_handset("1-1")
    meeting, seat = day.meeting, SeatId("1-1")
    cast = c.CastBallot(SECRET, ONE, seat, ("a",))
    assert meeting.anonymous(cast) == (SECRET, 1, "1-1")
    assert meeting.anonymous(c.PressKey(keypad, "1", 1)) is None, "nothing is open"
    day.open("secret")
    about: tuple[c.AnyCommand, ...] = (
        cast,
        c.CastPaperBallot(SECRET, ONE, seat, ("a",)),
        c.WithdrawBallot(SECRET, ONE, seat),
        c.AskMoreTime(SECRET, seat),
        c.PressKey(keypad, "1", 1),
    )
    assert [meeting.anonymous(each) for each in about] == [(SECRET, 1, "1-1")] * 5
    others: tuple[c.AnyCommand, ...] = (
        c.CastBallot(QuestionId("pick"), ONE, seat, ("a",)),
        c.CastBallot(QuestionId("nothing"), ONE, seat, ("a",)),
        c.CastBallot(SECRET, ONE, SeatId("9-9"), ("a",)),
        c.PressKey(KeypadId("unbound"), "1", 1),
        c.OpenVoting(SECRET),
        c.MarkPresent(seat),
    )
    assert [meeting.anonymous(each) for each in others] == [None] * 6


def test_after_the_close_a_copy_is_neither_accepted_nor_refused_as_late() -> None:
    day = Day()
    who, id_ = day.join("1-1"), made("cmd")
    day.open("secret")
    ballot = day.ballot("secret", "1-1", "a")
    day.do(ballot, who, id_=id_)
    day.close("secret")
    assert day.again(ballot, who, id_=id_) is None
    assert day.refused(ballot, who, id_=id_) == Refusal("outcome_unknown")
    never_sent = day.ballot("secret", "1-1", "b")
    assert day.refused(never_sent, who) == Refusal("outcome_unknown"), "the two cannot be told apart"


def test_the_state_holds_no_seat_of_a_secret_voter() -> None:
    day = Day()
    day.open("secret")
    day.cast("secret", "1-1", "a")
    now = day.meeting.questions.question(SECRET).now
    assert "1-1" not in repr(now.ballots)
    assert now.command_ids
    day.close("secret")
    assert now.command_ids == []


def test_m_is_the_seats_that_are_present_and_n_the_secret_ballots() -> None:
    day = Day(big_plan(30, question("secret", Kind.YES_NO, anonymous=True)))
    for number in range(1, 11):
        day.join(f"1-{number}")
    day.open("secret")
    for number in range(1, 8):
        day.cast("secret", f"1-{number}", "yes")
    (closed,) = day.close("secret")
    assert (getattr(closed, "voted", 0), getattr(closed, "present", 0)) == (7, 10)


def test_a_lost_key_voids_the_round_and_the_next_one_has_other_voters() -> None:
    day = Day()
    day.open("secret")
    day.cast("secret", "1-1", "a")
    first = set(day.meeting.questions.question(SECRET).now.ballots)
    (voided,) = day.do(c.LoseKey(SECRET, ONE))
    assert getattr(voided, "key_lost", False)
    day.do(c.RunAgain(SECRET, words("the key was lost")))
    day.open("secret")
    day.cast("secret", "1-1", "a")
    assert not first & set(day.meeting.questions.question(SECRET).now.ballots)


def test_a_secret_question_may_not_be_live() -> None:
    rules = question("x", Kind.PICK_ONE, "a", "b", anonymous=True, visibility=Visibility.LIVE)
    command = c.DraftQuestion(made("q"), words("?"), rules.rules, rules.options)
    assert Day().refused(command).params["reason"] == "anonymous_cannot_be_live"


@pytest.mark.parametrize("voted", [True, False])
def test_a_newer_phone_is_confirmed_in_a_secret_vote_whether_it_has_voted_or_not(*, voted: bool) -> None:
    day = Day()
    day.open("secret")
    if voted:
        day.cast("secret", "1-1", "a")
    else:
        day.join("1-1")
    day.connected = True
    (event,) = day.do(c.JoinSeat(SeatId("1-1")), participant("1-1", "newer"))
    assert isinstance(event, TakeoverAsked), "asking only where it has voted would say that it has"


def test_an_open_question_is_seen_by_seat() -> None:
    day = Day()
    day.bind_pad("1-1")
    day.open("pick")
    (cast,) = day.do(day.ballot("pick", "1-1", "a"), facilitator("1"))
    assert isinstance(cast, BallotCast)
    assert (cast.voter, cast.table, cast.by) == ("1-1", "1", facilitator("1").author)
