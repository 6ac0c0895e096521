"""What is at stake: no rule that nobody chose may put one theme above another with the same score."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from app.core.priorities import rank

SCORES = st.dictionaries(
    st.sampled_from("abcdefg"), st.integers(-3, 3).map(lambda n: Fraction(n, 2)), min_size=1
)


def ranks(scores: dict[str, Fraction], order: str, tie: str = "shared") -> list[tuple[str, int]]:
    return [(place.option, place.rank) for place in rank(scores, order, tie=tie)]


def test_equal_scores_share_a_rank_and_the_next_one_is_skipped() -> None:
    scores = {"a": Fraction(5), "b": Fraction(9), "c": Fraction(5), "d": Fraction(1)}
    assert ranks(scores, "abcd") == [("b", 1), ("a", 2), ("c", 2), ("d", 4)]


def test_equals_are_drawn_in_the_order_of_the_options() -> None:
    scores = {"a": Fraction(5), "c": Fraction(5)}
    assert ranks(scores, "ca") == [("c", 1), ("a", 1)]


def test_the_order_of_the_options_breaks_a_tie_only_where_it_was_chosen() -> None:
    scores = {"a": Fraction(5), "b": Fraction(5), "c": Fraction(7)}
    assert ranks(scores, "bac", tie="option_order") == [("c", 1), ("b", 2), ("a", 3)]


def test_an_option_without_a_score_stands_last() -> None:
    assert ranks({"b": Fraction(1)}, "ab") == [("b", 1), ("a", 2)]


@given(SCORES, st.permutations("abcdefg"))
def test_the_rank_is_one_more_than_how_many_are_better(scores: dict[str, Fraction], order: list[str]) -> None:
    everyone = {option: scores.get(option, Fraction(0)) for option in order}
    places = rank(scores, order)
    assert {place.option for place in places} == set(order)
    for place in places:
        assert place.rank == 1 + sum(score > place.score for score in everyone.values())
        assert place.score == everyone[place.option]
    drawn = [(-place.score, order.index(place.option)) for place in places]
    assert drawn == sorted(drawn)


@given(SCORES, st.permutations("abcdefg"))
def test_with_a_tie_rule_every_rank_is_given_once(scores: dict[str, Fraction], order: list[str]) -> None:
    assert [place.rank for place in rank(scores, order, tie="option_order")] == list(range(1, 8))
