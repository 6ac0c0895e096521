"""What is at stake: the figure on the screen. Counts add up over sites, each seat once, however it voted.

In 2010 a national town meeting announced 52 % where the truth was 39 %, because
repeated presses were counted as votes. The room of that day votes here again.
"""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import commands as c
from app.core.ballots import after
from app.core.commands import Channel, Choices
from app.core.ids import KeypadId, QuestionId, SeatId
from app.core.planned import Kind
from app.core.roster import pad
from app.core.statistics import share_tenths
from app.core.tally import Tally, merge, tally
from tests.builders import RECEIVER, Day, big_plan, facilitator, participant, question

OPTIONS = st.sampled_from(["a", "b", "c", "d", "e"])
BALLOTS: dict[Kind, st.SearchStrategy[Choices]] = {
    Kind.PICK_ONE: OPTIONS.map(lambda o: (o,)),
    Kind.PICK_UP_TO: st.frozensets(OPTIONS, min_size=1, max_size=3).map(lambda s: tuple(sorted(s))),
    Kind.APPROVE: st.frozensets(OPTIONS).map(lambda s: tuple(sorted(s))),
    Kind.YES_NO: st.sampled_from([("yes",), ("no",), ("abstain",)]),
    Kind.RATING: st.dictionaries(OPTIONS, st.integers(-1, 1), min_size=1),
    Kind.NUMBER: st.integers(-3, 3),
    Kind.DEMOGRAPHIC: OPTIONS.map(lambda o: (o,)),
}


def rooms(kind: Kind) -> st.SearchStrategy[list[Choices]]:
    """The ballots of the seats of a room."""
    return st.lists(BALLOTS[kind], max_size=20)


def test_every_kind_of_question_has_ballots_here() -> None:
    assert set(BALLOTS) == set(Kind)


@pytest.mark.parametrize("kind", list(Kind))
@given(data=st.data())
def test_tallies_of_disjoint_seats_add_up(kind: Kind, data: st.DataObject) -> None:
    hall, annex, third = (data.draw(rooms(kind)) for _ in range(3))
    whole = tally([*hall, *annex, *third])
    assert merge(tally(hall), tally(annex)) == tally([*hall, *annex])
    assert merge(merge(tally(hall), tally(annex)), tally(third)) == whole
    assert merge(tally(hall), merge(tally(annex), tally(third))) == whole
    assert merge(tally(annex), tally(hall)) == merge(tally(hall), tally(annex))
    assert merge(tally(hall), Tally()) == tally(hall)
    assert whole.voters == len(hall) + len(annex) + len(third)


@pytest.mark.parametrize("kind", list(Kind))
@given(data=st.data())
def test_a_tally_kept_ballot_by_ballot_is_the_one_counted_from_scratch(
    kind: Kind, data: st.DataObject
) -> None:
    standing: dict[int, Choices] = {}
    kept = Tally()
    for seat, said in data.draw(
        st.lists(st.tuples(st.integers(0, 4), st.none() | BALLOTS[kind]), max_size=25)
    ):
        if seat in standing:
            kept.remove(standing[seat])
        if said is None:
            standing.pop(seat, None)
        else:
            standing[seat] = after(standing.get(seat), said)
            kept.add(standing[seat])
        assert kept == tally(standing.values())
        assert all(n > 0 for n in kept.cells.values())
        assert all(n <= kept.voters for n in kept.cells.values())


@pytest.mark.parametrize("kind", list(Kind))
@given(data=st.data())
def test_adding_and_removing_a_ballot_leaves_the_tally_as_it_was(kind: Kind, data: st.DataObject) -> None:
    room, one = data.draw(rooms(kind)), data.draw(BALLOTS[kind])
    counted = tally(room)
    before = counted.copy()
    counted.add(one)
    assert counted.voters == before.voters + 1
    counted.remove(one)
    assert counted == before


def test_a_copy_is_apart_from_what_was_copied() -> None:
    one = tally([("a",)])
    other = one.copy()
    one.add(("a",))
    assert (one.count("a"), other.count("a"), other.count("b")) == (2, 1, 0)
    assert repr(one) == "Tally(2, {'a': 2})"
    with pytest.raises(TypeError):
        hash(one)


def test_cells_at_zero_are_not_held() -> None:
    assert Tally(2, {"a": 1, "b": 0}) == Tally(2, {"a": 1})


def test_cells_name_option_and_value_of_a_rating_and_the_number_itself() -> None:
    assert tally([{"a": -1, "b": 1}, {"a": -1}]).cells == {"a=-1": 2, "b=1": 1}
    assert tally([7, 7, -1]).cells == {"7": 2, "-1": 1}


# --- 2010 --------------------------------------------------------------------------------------

SEVERAL = question("priorities", Kind.PICK_UP_TO, "a", "b", "c", "d", choices_max=3)
VOTERS, CHOOSE, TWICE = 1_000, 390, 130


def the_room_of_2010(vote: Any) -> Day:
    """1,000 voters: 390 choose option a, 130 of these press it twice; all others choose b."""
    day = Day(big_plan(VOTERS, SEVERAL))
    seats = list(day.meeting.roster.seats)
    day.open("priorities")
    for number, seat in enumerate(seats):
        vote(day, seat, "a" if number < CHOOSE else "b", 2 if number < TWICE else 1)
    day.close("priorities")
    return day


def by_handset(day: Day, seat: SeatId, option: str, times: int) -> None:
    keypad = KeypadId(f"handset{seat}")
    day.do(c.BindKeypad(seat, keypad, Channel.HANDSET))
    for sequence in range(1, times + 1):
        day.do(c.PressKey(keypad, "1" if option == "a" else "2", sequence), RECEIVER)


def by_laptop(day: Day, seat: SeatId, option: str, times: int) -> None:
    by = facilitator(day.meeting.roster.seats[seat].table)
    day.do(c.BindKeypad(seat, pad(by.device, seat), Channel.LAPTOP), by)
    day.do(day.ballot("priorities", seat, *[option] * times), by)
    if times > 1:
        day.do(day.ballot("priorities", seat, option), by)


def by_phone(day: Day, seat: SeatId, option: str, times: int) -> None:
    day.join(seat)
    for _ in range(times):
        day.do(day.ballot("priorities", seat, *[option] * times), participant(seat))


@pytest.mark.parametrize("vote", [by_handset, by_laptop, by_phone])
def test_a_key_pressed_twice_is_one_choice_so_390_of_1000_are_39_percent(vote: Any) -> None:
    day = the_room_of_2010(vote)
    now = day.meeting.questions.question(QuestionId("priorities")).now
    assert (now.tally.cells, now.tally.voters) == ({"a": 390, "b": 610}, 1_000)
    assert share_tenths(now.tally.count("a"), now.voted) == 390
    (shown,) = day.show("priorities")
    assert getattr(shown, "cells", None) == {"a": 390, "b": 610, "c": 0, "d": 0}
    assert now.present == VOTERS
    again = day.replayed().questions.question(QuestionId("priorities")).now
    assert (again.tally, again.digest) == (now.tally, now.digest)
