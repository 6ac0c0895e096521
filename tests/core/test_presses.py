"""What is at stake: a handset's keys. A ballot is a set; a thumb that trembles changes nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.ballots import Sheet
from app.core.commands import Choices
from app.core.errors import Refusal
from app.core.planned import Kind
from app.core.presses import KEYS, press

TEN = tuple(f"o{n}" for n in range(10))
ONE = Sheet(Kind.PICK_ONE, TEN)
UP_TO_3 = Sheet(Kind.PICK_UP_TO, TEN[:6], choices_max=3)
APPROVE = Sheet(Kind.APPROVE, TEN[:5])
ALONE = Sheet(Kind.PICK_UP_TO, ("a", "b", "none"), frozenset({"none"}), choices_max=2)
STEPS = Sheet(Kind.RATING, ("a",), scale=(1, 0, -1))


def pressed(sheet: Sheet, keys: str) -> Choices | None:
    """What stands after these keys; refused ones change nothing."""
    standing: Choices | None = None
    for key in keys:
        try:
            standing = press(sheet, standing, key)
        except Refusal:
            continue
    return standing


def test_a_new_digit_replaces_where_one_is_picked() -> None:
    assert pressed(ONE, "123") == ("o2",)
    assert pressed(ONE, "11111") == ("o0",)


def test_zero_is_the_tenth_option_where_one_is_picked() -> None:
    assert pressed(ONE, "0") == ("o9",)


def test_digits_add_up_repeats_change_nothing_and_the_order_does_not_matter() -> None:
    assert pressed(UP_TO_3, "2121") == pressed(UP_TO_3, "12") == ("o0", "o1")


def test_one_beyond_the_limit_is_refused_and_the_set_stays() -> None:
    with pytest.raises(Refusal, match="too_many_choices"):
        press(UP_TO_3, ("o0", "o1", "o2"), "4")
    assert pressed(UP_TO_3, "1234") == ("o0", "o1", "o2")


def test_a_repeat_at_the_limit_is_no_choice_too_many() -> None:
    assert press(UP_TO_3, ("o0", "o1", "o2"), "1") == ("o0", "o1", "o2")


def test_zero_takes_everything_back_and_in_approving_says_none_of_these() -> None:
    assert pressed(UP_TO_3, "120") is None
    assert pressed(APPROVE, "120") == ()
    assert pressed(UP_TO_3, "12034") == ("o2", "o3")


def test_an_exclusive_option_excludes_the_others_both_ways() -> None:
    assert pressed(ALONE, "123") == ("none",)
    assert pressed(ALONE, "31") == ("a",)


def test_a_rating_of_one_option_takes_the_step_of_that_number() -> None:
    assert pressed(STEPS, "3") == {"a": -1}
    with pytest.raises(Refusal, match="unknown_key"):
        press(STEPS, None, "4")


@pytest.mark.parametrize("key", ["", "x", "12", "*", "٣", "๑"])
def test_what_is_no_key_of_a_handset_is_refused(key: str) -> None:
    with pytest.raises(Refusal, match="unknown_key"):
        press(ONE, None, key)


@pytest.mark.parametrize("kind", [Kind.NUMBER, Kind.RATING])
def test_some_kinds_cannot_be_answered_with_a_digit(kind: Kind) -> None:
    with pytest.raises(Refusal, match="presses_not_for_this_kind"):
        press(Sheet(kind, ("a", "b"), scale=(1, 2), number_max=9), None, "1")


@given(st.sampled_from([UP_TO_3, APPROVE]), st.text(alphabet=KEYS, max_size=12))
def test_keys_have_the_meaning_of_set_operations(sheet: Sheet, keys: str) -> None:
    limit = 3 if sheet is UP_TO_3 else len(sheet.options)
    wanted: set[str] | None = None
    for key in keys:
        if key == "0":
            wanted = None if sheet is UP_TO_3 else set()
        elif int(key) <= len(sheet.options):
            option = sheet.options[int(key) - 1]
            if option in (wanted or ()) or len(wanted or ()) < limit:
                wanted = (wanted or set()) | {option}
    assert pressed(sheet, keys) == (None if wanted is None else tuple(sorted(wanted)))


@given(st.sampled_from([ONE, UP_TO_3, APPROVE, ALONE, STEPS]), st.text(alphabet=KEYS, max_size=8))
def test_every_key_pressed_twice_leaves_what_it_left_pressed_once(sheet: Sheet, keys: str) -> None:
    doubled = "".join(key * 2 for key in keys)
    assert pressed(sheet, doubled) == pressed(sheet, keys)
