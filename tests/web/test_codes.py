"""At stake: somebody stands in the hall with a card and cannot get in, because of a keyboard."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.codes import _LOWER, _UPPER, ALPHABET, BITS, code_from, read_code, shown

NUMBERS = st.integers(0, (1 << BITS) - 1)


def typed_on(rows: tuple[tuple[str, str], ...], text: str) -> str:
    """What a keyboard with these rows gives when a person presses the keys of the text."""
    keys = {key: thai for keys, row in rows for key, thai in zip(keys, row, strict=True)}
    return "".join(keys.get(letter.lower(), letter) for letter in text)


@given(NUMBERS)
def test_a_code_reads_back_as_printed_and_in_small_letters(number: int) -> None:
    code = code_from(number)
    assert set(code) <= set(ALPHABET)
    assert len(code) == 8
    assert read_code(shown(code)) == read_code(code.lower()) == read_code(f" {code[:2]} {code[2:]} ") == code


@given(NUMBERS)
def test_a_code_typed_with_the_thai_keyboard_on_is_the_same_code(number: int) -> None:
    code = code_from(number)
    lower = typed_on(_LOWER, shown(code))
    if set(code) - {"3"}:
        assert read_code(lower) == code, lower


@given(NUMBERS.filter(lambda number: any(sign.isalpha() for sign in code_from(number))))
def test_a_code_typed_with_the_shifted_thai_keyboard_is_the_same_code(number: int) -> None:
    code = code_from(number)
    upper = typed_on(_UPPER, code)
    if any(sign not in '๐๑๒๓๔๕๖๗๘๙+"(),.?' for sign in upper):
        assert read_code(upper) == code, upper


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("ึา-ทขๆ/ไป", "7K3MQ2WX"),
        ("ึา-ทๆ/ไป", "7K3MQ2WX"),
        ("๗K๓M Q๒WX", "7K3MQ2WX"),
        ("OIL0-1234", "01101234"),
        ("7K3M–Q2WX", "7K3MQ2WX"),
    ],
)
def test_examples_of_the_design(typed: str, code: str) -> None:
    assert read_code(typed) == code


@pytest.mark.parametrize("typed", ["", "7K3M", "7K3M-Q2WXX", "7K3M-Q2W!", "U" * 8, "ก" * 64, "\0" * 8])
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert read_code(typed) is None


def test_the_browser_is_held_to_what_the_server_reads() -> None:
    golden = json.loads((Path(__file__).parents[1] / "golden" / "codes.json").read_text(encoding="utf-8"))
    assert [(typed, read_code(typed)) for typed, _ in golden] == [tuple(row) for row in golden]
