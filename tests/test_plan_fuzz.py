"""What is at stake: whatever is in the file, the organiser gets sentences and never a traceback."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.plan import PLANS, PlanErrors, load_plan

WORDS = st.sampled_from(
    [
        "null",
        "true",
        "-1",
        "99999999999999999999",
        "[]",
        "{}",
        "[[a]]",
        "{a: b}",
        '""',
        "no",
        "a b",
        "*-1",
        "ก",
        "~",
    ]
)
LINES = (PLANS / "rehearsal.yaml").read_text(encoding="utf-8").splitlines()
SHAPES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    [
        "title",
        "languages",
        "date",
        "tables",
        "seats",
        "standings",
        "agenda",
        "questions",
        "census",
        "sites",
        "screens",
    ]
)


def sentences_of(text: str, seats_csv: str | None = None) -> list[str]:
    try:
        load_plan(text, seats_csv)
    except PlanErrors as errors:
        return [problem.sentence(language) for problem in errors.problems for language in ("en", "th")]
    return []


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_plan_with_lines_changed_is_taken_or_told(data: st.DataObject) -> None:
    lines = list(LINES)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(lines) - 1))
        match data.draw(st.sampled_from(["drop", "twice", "value", "indent"])):
            case "drop":
                del lines[at]
            case "twice":
                lines.insert(at, lines[at])
            case "value":
                lines[at] = lines[at].split(":")[0] + ": " + data.draw(WORDS)
            case _:
                lines[at] = "  " + lines[at]
    for said in sentences_of("\n".join(lines)):
        assert said


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(FIELDS, SHAPES, max_size=4))
def test_fields_of_any_shape_are_told(shape: dict[str, object]) -> None:
    # The Python notation of these values is close enough to YAML to be read as some shape.
    text = "\n".join(f"{name}: {value!r}" for name, value in shape.items())
    assert sentences_of(text)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_any_text_at_all_is_told(text: str) -> None:
    assert sentences_of(text)


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet='seat,table;\n\r\t" 1-ก\x00\ufeff', max_size=80))
def test_any_seat_plan_is_taken_or_told(text: str) -> None:
    sentences_of("\n".join(LINES), text)
    sentences_of("\n".join(LINES), "seat,table\n" + text)


@pytest.mark.parametrize(
    "text", ["\ud800", "a: \ud800", "\x00", "%YAML 9.9\n---\na: b", "!!set {a, b}", "&a", "a: |\n"]
)
def test_awkward_texts_are_told(text: str) -> None:
    assert sentences_of(text)
