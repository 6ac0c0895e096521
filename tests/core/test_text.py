"""What is at stake: two tables that write the same words must be seen to write the same words.

And nobody may put on the big screen what cannot be seen at a table.
"""

import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.core.errors import Refusal
from app.core.text import MARKS_MAX, RAW_FACTOR, clean, clean_texts, normal, sameness

THAI = st.text(alphabet=[chr(code) for code in range(0x0E01, 0x0E5C)] + [" ", "\u200b", "a"], max_size=30)
AWKWARD = st.text(
    alphabet=st.one_of(
        st.characters(),
        st.sampled_from("\u0e40\u0e4d\u0e32\u0e33\u0e48\u0e49\u0e38\u0e34\u0e4c\u0301\u0327"),
        st.sampled_from("\u200d\ufeff\u202e\n\t\x00\x85 "),
    ),
    max_size=60,
)


def refused(text: str, limit: int = 500) -> Refusal:
    with pytest.raises(Refusal) as caught:
        clean(text, limit)
    return caught.value


@pytest.mark.parametrize("typed", ["น้ำ", "นํ้า", "น้ํา", "นำ้", "น\u200bํ\u200b้า", "น้้ำ"])
def test_every_way_to_type_water_in_thai_becomes_one_form(typed: str) -> None:
    assert clean(typed, 10) == "น้ำ"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("เเม่นํ้า", "แม่น้ำ"),
        ("ก่ิง", "กิ่ง"),
        ("ที่ดิิน", "ที่ดิน"),
        ("สิทธ์ิ", "สิทธิ์"),
        ("ผู้้้ใหญ่", "ผู้ใหญ่"),
        ("ธํารง", "ธำรง"),
        ("ทั้งหมู่บ้าน", "ทั้งหมู่บ้าน"),
    ],
)
def test_thai_marks_come_in_writing_order_and_once(typed: str, stored: str) -> None:
    assert clean(typed, 40) == stored


def test_bidi_joiners_marks_of_byte_order_and_controls_are_stripped_not_refused() -> None:
    assert clean("\ufeffsafe \u202eedoc\u202c \u2066x\u2069\u200d\x00\x07\x9f", 40) == "safe edoc x"


def test_lone_surrogates_and_non_characters_cannot_get_in() -> None:
    assert clean("a\ud800b\ufffec\U0001ffffd", 10) == "abcd"


def test_line_breaks_become_spaces_in_a_line() -> None:
    assert clean("  more\r\n\tshade \u2028 here ", 40) == "more shade here"


def test_line_breaks_stay_in_a_page_but_never_two_empty_lines() -> None:
    assert clean("one \r\n two\n\n\n\n\nthree\n", 40, lines=True) == "one\ntwo\n\nthree"


def test_a_tower_of_marks_is_cut_and_one_without_base_is_dropped() -> None:
    assert clean("z" + "\u0316\u0317\u0318\u0319\u031c\u031d", 40) == "z\u0316\u0317\u0318\u0319"
    assert clean("\u0e48ดี \u0301x", 40) == "ดี x"


def test_composed_and_decomposed_letters_are_one() -> None:
    assert clean("Cafe\u0301", 10) == clean("Café", 10) == "Café"


@pytest.mark.parametrize("nothing", ["", "  \n", "\u200b\ufeff", "\u3164", "\u0e48\u0e49"])
def test_what_shows_nothing_is_refused_as_empty(nothing: str) -> None:
    assert refused(nothing) == Refusal("text_empty")


def test_the_limit_counts_the_cleaned_text() -> None:
    assert clean("  " + "ก" * 10 + "\u200b", 10) == "ก" * 10
    assert refused("ก" * 11, 10) == Refusal("text_too_long", limit=10)


def test_a_text_far_beyond_its_limit_is_refused_unread() -> None:
    assert refused("\u200b" * 10_000, 10) == Refusal("text_too_long", limit=10)
    with pytest.raises(Refusal, match="text_too_long"):
        clean_texts({"en": "\u200b" * 10_000}, ["en"], 10)


def test_texts_come_in_the_order_of_the_languages_without_blank_ones() -> None:
    texts = clean_texts({"th": " ร่มเงา ", "fr": " ", "en": "Shade"}, ("en", "th", "fr"), 20)
    assert list(texts.items()) == [("en", "Shade"), ("th", "ร่มเงา")]


def test_a_language_that_the_meeting_does_not_have_is_refused() -> None:
    with pytest.raises(Refusal) as caught:
        clean_texts({"xx": "?"}, ("en", "th"), 20)
    assert caught.value == Refusal("unknown_language", language="xx")


@pytest.mark.parametrize("texts", [{}, {"en": " ", "th": "\u200b"}])
def test_texts_without_any_words_are_refused(texts: dict[str, str]) -> None:
    with pytest.raises(Refusal, match="text_empty"):
        clean_texts(texts, ("en", "th"), 20)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("More shade, please!", "more  SHADE please"),
        ("เพิ่ม ร่มเงา", "เพิ่มร่มเงา"),
        ("ถนนสาย ๔๐", "ถนนสาย 40"),
        ("Ｂus ＳＴＯＰ", "bus stop"),
        ("Straße", "STRASSE"),
    ],
)
def test_same_wording_is_seen_through_case_spaces_punctuation_and_digits(one: str, other: str) -> None:
    assert sameness(one) == sameness(other)


def test_other_wording_is_not_the_same() -> None:
    assert sameness("More shade") != sameness("Less shade")
    assert sameness("ที่") != sameness("ที")
    assert sameness("???") != sameness("...")


@given(st.one_of(THAI, AWKWARD), st.booleans())
def test_cleaning_twice_is_cleaning_once(text: str, lines: bool) -> None:
    once = normal(text, lines=lines)
    assert normal(once, lines=lines) == once
    assert unicodedata.normalize("NFC", once) == once


@given(AWKWARD, st.integers(min_value=1, max_value=40))
def test_what_is_accepted_is_within_the_limit_and_shows_something(text: str, limit: int) -> None:
    shown = normal(text)
    assume(0 < len(shown) <= limit and len(text) <= limit * RAW_FACTOR)
    cleaned = clean(text, limit)
    assert 0 < len(cleaned) <= limit
    assert cleaned == cleaned.strip()
    assert "  " not in cleaned


@given(AWKWARD, st.booleans())
def test_no_control_format_or_surrogate_character_comes_through(text: str, lines: bool) -> None:
    for char in normal(text, lines=lines):
        assert (lines and char == "\n") or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}


@given(AWKWARD)
def test_no_base_carries_more_marks_than_allowed(text: str) -> None:
    run = 0
    for char in normal(text):
        run = run + 1 if unicodedata.category(char) in {"Mn", "Me"} else 0
        assert run <= MARKS_MAX


@given(st.one_of(THAI, AWKWARD))
def test_sameness_does_not_see_spaces_nor_how_often_a_text_was_cleaned(text: str) -> None:
    assert sameness(normal(text)) == sameness(text)
