"""What is at stake: hands are a second record. Nobody chooses where they are counted; none are told."""

import json
import re
from math import comb

import pytest

from app.core import commands as c
from app.core import views
from app.core.events import HandsEntered, SampleDrawn, sealed_parts
from app.core.ids import OptionId, QuestionId, Round, SeatId, TableId
from app.core.sample import Drawn, Outcome, ticket
from app.core.statistics import differ_at_most
from tests.builders import Day, area_manager, words
from tests.core.deep import assert_same_state
from tests.core.provoked_votes import DICE, shown


def voted() -> Day:
    """Three tables, two votes shown: six pairs."""
    day = Day()
    shown(day, "pick", "several")
    return day


def drawn(day: Day) -> list[Drawn]:
    return list(day.meeting.sampling.samples[-1].pairs)


def right(pair: Drawn) -> dict[OptionId, int]:
    """The hands of a table at which everybody raises them as they voted."""
    return {OptionId("a"): 2 if pair.table == "1" else 1}


def enter(day: Day, *wrong: Drawn) -> None:
    """All hands of the last draw, some of them counted wrongly."""
    for pair in drawn(day):
        extra = {OptionId("b"): 1} if pair in wrong else {}
        day.do(c.EnterHands(*pair, right(pair) | extra), area_manager(pair.table))


def outcome(day: Day) -> Outcome | None:
    return day.meeting.sampling.samples[-1].outcome


# --- the draw ----------------------------------------------------------------------------------


def test_the_lowest_tickets_are_drawn_and_anybody_can_draw_them_again() -> None:
    day = voted()
    (event,) = day.do(c.DrawSample(DICE, 5))
    assert isinstance(event, SampleDrawn)
    digest = {id_: day.meeting.questions.question(QuestionId(id_)).now.digest for id_ in ("pick", "several")}
    lot = [Drawn(QuestionId(q), Round(1), TableId(t)) for q in digest for t in ("1", "2", "3")]
    in_order = sorted(lot, key=lambda pair: ticket(DICE, str(digest[pair.question]), pair))
    assert list(event.drawn) == in_order[:5]
    assert_same_state(day.meeting, day.replayed())


def test_other_dice_draw_others() -> None:
    def tables(dice: tuple[int, ...]) -> list[str]:
        pairs = [Drawn(QuestionId("pick"), Round(1), TableId(str(n))) for n in range(100)]
        return [pair.table for pair in sorted(pairs, key=lambda pair: ticket(dice, "digest", pair))[:5]]

    assert len({tuple(tables((*DICE[:9], eyes))) for eyes in range(1, 7)}) == 6


def test_a_table_that_leaves_the_draw_changes_nothing_of_the_others() -> None:
    """So whoever marks people as left once the dice have fallen cannot choose what is drawn instead."""
    day = voted()
    shown(day, "approve")
    asked = c.DrawSample(DICE, 9)
    whole = day.meeting.decide(asked, day.given(asked))
    day.do(c.MarkLeft(SeatId("3-1")))
    (less,) = day.do(c.DrawSample(DICE, 6))
    assert isinstance(whole, tuple)
    assert isinstance(whole[0], SampleDrawn)
    assert isinstance(less, SampleDrawn)
    assert [each for each in whole[0].drawn if each[2] != "3"] == list(less.drawn)


@pytest.mark.parametrize("id_", ["secret", "rate", "number", "age", "live"])
def test_what_hands_cannot_or_must_not_answer_is_never_drawn(id_: str) -> None:
    day = voted()
    before = len([*day.meeting.sampling.drawable()])
    values = {"rate": {"a": 1}, "number": 3}.get(id_)
    day.open(id_)
    day.cast(id_, "1-1", "young" if id_ == "age" else "a", values=values)
    day.close(id_)
    day.show(id_)
    assert len([*day.meeting.sampling.drawable()]) == before + (3 if id_ == "live" else 0)


def test_only_what_was_shown_is_drawn_and_no_pair_twice() -> None:
    day = voted()
    day.open("approve")
    day.close("approve")
    assert len([*day.meeting.sampling.drawable()]) == 6, "closed and not shown: nothing may be told of it yet"
    day.show("approve")
    assert len([*day.meeting.sampling.drawable()]) == 9
    day.do(c.DrawSample(DICE, 5))
    assert len([*day.meeting.sampling.drawable()]) == 4


def test_a_table_at_which_nobody_is_present_is_not_drawn() -> None:
    day = voted()
    day.do(c.MarkLeft(SeatId("3-1")))
    assert len([*day.meeting.sampling.drawable()]) == 4
    day.do(c.MarkPresent(SeatId("3-2")))
    assert len([*day.meeting.sampling.drawable()]) == 4, "a viewer does not vote"


# --- hands -------------------------------------------------------------------------------------


def test_hands_that_are_as_recorded_agree() -> None:
    day = voted()
    day.do(c.DrawSample(DICE, 5))
    enter(day)
    assert outcome(day) == Outcome(pairs=5, agreed=5, missing=0)
    assert_same_state(day.meeting, day.replayed())


def test_control_one_wrong_count_does_not_agree() -> None:
    day = voted()
    day.do(c.DrawSample(DICE, 5))
    enter(day, drawn(day)[2])
    assert outcome(day) == Outcome(pairs=5, agreed=4, missing=0)


def test_until_the_last_pair_is_in_hands_are_corrected_and_nothing_is_told() -> None:
    day = voted()
    day.do(c.DrawSample(DICE, 5))
    *most, last = drawn(day)
    for pair in most:
        day.do(c.EnterHands(*pair, {OptionId("c"): 4}))
        assert outcome(day) is None
    for pair in (*most, last):
        day.do(c.EnterHands(*pair, right(pair)))
    assert outcome(day) == Outcome(5, 5, 0)
    assert day.refused(c.EnterHands(*last, right(last))).code == "sample_complete"


def test_hands_that_cannot_be_counted_any_more_are_taken_as_not_agreeing() -> None:
    day = voted()
    day.do(c.DrawSample(DICE, 5))
    first, *others = drawn(day)
    day.do(c.EnterHands(*first, {}, missing=True))
    for pair in others:
        day.do(c.EnterHands(*pair, right(pair)))
    assert outcome(day) == Outcome(5, 4, 1)


def test_compared_are_the_seats_that_were_there_when_it_was_drawn() -> None:
    day = voted()
    day.do(c.MoveSeat(SeatId("1-2"), TableId("2")))
    day.do(c.DrawSample(DICE, 5))
    day.do(c.MoveSeat(SeatId("1-1"), TableId("3")))
    for pair in drawn(day):
        day.do(c.EnterHands(*pair, {OptionId("a"): {"1": 1, "2": 2, "3": 1}[pair.table]}))
    assert outcome(day) == Outcome(5, 5, 0)


def test_pairs_of_a_void_round_do_not_count_and_are_not_waited_for() -> None:
    day = voted()
    shown(day, "approve", "once")
    day.do(c.DrawSample(DICE, 12))
    day.do(c.VoidRound(QuestionId("pick"), words("wrong")))
    enter_left = [pair for pair in drawn(day) if pair.question != "pick"]
    for pair in enter_left:
        assert outcome(day) is None
        day.do(c.EnterHands(*pair, right(pair)))
    assert outcome(day) == Outcome(9, 9, 0)


def test_of_fewer_than_five_pairs_no_number_is_made() -> None:
    day = voted()
    day.do(c.DrawSample(DICE, 6))
    day.do(c.VoidRound(QuestionId("pick"), words("wrong")))
    for pair in drawn(day):
        if pair.question != "pick":
            day.do(c.EnterHands(*pair, right(pair)))
    assert outcome(day) is None
    assert not day.meeting.sampling.samples[-1].waiting


def test_a_round_that_becomes_void_later_leaves_the_outcome_as_it_was_told() -> None:
    day = voted()
    day.do(c.DrawSample(DICE, 5))
    enter(day)
    day.do(c.VoidRound(QuestionId("pick"), words("wrong")))
    assert outcome(day) == Outcome(5, 5, 0)


def told(day: Day, channel: str) -> str:
    """What a channel says, sorted: pairs come in the order of digests with salts of their own."""
    view = views.snapshot(day.meeting, channel)
    if "sample" in view:
        view["sample"]["pairs"].sort(key=str)
    return re.sub(r"[0-9a-f]{32,}", "#", json.dumps(view, default=str, sort_keys=True))


def test_hands_lie_in_a_sealed_part_and_in_no_view() -> None:
    day, other = voted(), voted()
    for each, hands in ((day, 1), (other, 3)):
        each.do(c.DrawSample(DICE, 6))
        first = min(drawn(each))
        (event,) = each.do(c.EnterHands(*first, {OptionId("b"): hands}), area_manager(first.table))
        assert isinstance(event, HandsEntered)
        assert [f.name for f in sealed_parts(HandsEntered)["hands"]] == ["hands"]
    for kind in views._KINDS:
        channel = {"table": "table:1", "seat": "seat:1-1", "screen": "screen:main"}.get(kind, kind)
        seen, also = (told(each, channel) for each in (day, other))
        assert seen == also, channel


# --- the confidence ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("drawn", "differing", "tenths"),
    [(30, 0, 96), (27, 0, 106), (60, 0, 49), (5, 0, 451), (30, 1, 149), (30, 30, 1000), (200, 0, 15)],
)
def test_the_bound_is_that_of_the_tables(drawn: int, differing: int, tenths: int) -> None:
    """1 - 0.05^(1/30) = 9.503 %; R: binom.test(1, 30, alternative = "less") gives 14.86 %."""
    assert differ_at_most(drawn, differing) == tenths


@pytest.mark.parametrize("drawn", [5, 12, 30])
def test_at_the_bound_so_few_are_improbable_and_just_below_it_they_are_not(drawn: int) -> None:
    for differing in range(drawn):
        bound = differ_at_most(drawn, differing)

        def chance(tenths: int, few: int = differing) -> float:
            p = tenths / 1000
            return sum(comb(drawn, x) * p**x * (1 - p) ** (drawn - x) for x in range(few + 1))

        assert chance(bound) <= 0.05 + 1e-12
        assert chance(bound - 1) > 0.05
