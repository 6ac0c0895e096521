"""At stake: a log written today is read in ten years, and only what can be read again gets into a log."""

import dataclasses
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.events import EVENTS, BallotCast, BallotWithdrawn, Event, sealed_parts
from app.core.ids import Round
from app.core.planned import Kind, QuestionRules
from app.log.codec import (
    NotCanonical,
    chain,
    decode,
    decode_segment,
    encode,
    erase_in,
    genesis_head,
    seal_batch,
    verify_segment,
)
from app.log.port import LogDamaged, Segment, UnknownFormat
from tests.log.events import ANY_EVENT, GENESIS, SEED, a_segment, ballot, heads, idea, of_class
from tests.log.golden import GOLDEN_GENESIS, is_full, read_golden, seed_of

FROZEN = read_golden()


@given(ANY_EVENT)
def test_an_event_comes_back_as_it_was_written(event: Event) -> None:
    read = decode(encode(event, SEED).line)
    assert read == event
    assert type(read) is type(event)


@given(ANY_EVENT)
def test_what_is_sealed_stands_nowhere_in_the_open(event: Event) -> None:
    open_part, sealed = json.loads(encode(event, SEED).line)
    parts = sealed_parts(type(event))
    hidden = {f.name for part in parts.values() for f in part}
    said = {f.name for f in dataclasses.fields(event) if getattr(event, f.name) is not None}
    assert list(sealed) == list(parts)
    assert set(open_part) == (said - hidden) | {"type"}
    for name, part in parts.items():
        assert set(sealed[name][1]) == said & {f.name for f in part}


def test_the_bytes_of_a_ballot_are_these() -> None:
    assert encode(ballot(4), SEED).line.decode() == (
        '[{"at_ms":1770000000004,"channel":"phone","question":"place-1","round":1,"site":"hall",'
        '"type":"ballot_cast"},'
        '{"choices":["9b79bf9e391cc951ae3f5f01ce01e82e",{"choices":["parks","shade"]}],'
        '"voter":["1c97834adc5f28f00db3bf9dd28f5ef9",{"by":"participant:cap_8d1f",'
        '"command":"cmd_00000000000000000000000000000004",'
        '"keypad":"pad_8d1f","table":"17","voter":"17-4"}]}]'
    )


@given(st.lists(of_class(BallotCast) | of_class(BallotWithdrawn), max_size=6))
def test_a_part_that_ballots_have_in_common_is_written_as_any_other(ballots: list[Event]) -> None:
    """Remembered or not, twice or once: the bytes are those that the field's own values have."""
    for event in [*ballots, *ballots]:
        hidden = {f.name for part in sealed_parts(type(event)).values() for f in part}
        said = {f.name: getattr(event, f.name) for f in dataclasses.fields(event)}
        open_part, sealed = json.loads(encode(event, SEED).line)
        assert open_part.pop("type") in ("ballot_cast", "ballot_withdrawn")
        assert open_part == {name: said[name] for name in said.keys() - hidden}
        if said.get("choices") is not None:
            assert sealed["choices"][1]["choices"] == json.loads(json.dumps(said["choices"]))


@pytest.mark.parametrize("wrong", [True, 1.0, "1", None])
def test_a_number_that_is_none_is_refused_also_after_one_that_equals_it(wrong: Any) -> None:
    encode(dataclasses.replace(ballot(), round=Round(1)), SEED)
    with pytest.raises(NotCanonical):
        encode(dataclasses.replace(ballot(), round=wrong), SEED)
    encode(dataclasses.replace(ballot(), choices=1), SEED)
    if wrong in (True, 1.0):
        with pytest.raises(NotCanonical):
            encode(dataclasses.replace(ballot(), choices=wrong), SEED)


def test_every_event_type_is_frozen_full_and_bare() -> None:
    """A new type: run `python -m tests.log.golden` and commit what it adds."""
    full, bare = FROZEN[::2], FROZEN[1::2]
    assert [golden.name for golden in full] == [golden.name for golden in bare]
    assert {golden.name for golden in full} == set(EVENTS)


@pytest.mark.parametrize("number", range(len(FROZEN)), ids=lambda n: f"{FROZEN[n].name}-{n % 2}")
def test_todays_encoder_makes_exactly_the_frozen_bytes(number: int) -> None:
    golden = FROZEN[number]
    event = decode(golden.line)
    record = encode(event, seed_of(number), number % 3)
    assert type(event) is EVENTS[golden.name]
    assert record.line == golden.line
    before = FROZEN[number - 1].head if number else genesis_head(GOLDEN_GENESIS)
    assert chain(before, record.link) == golden.head


@pytest.mark.parametrize("name", EVENTS)
def test_a_full_frozen_record_is_read_in_all_its_fields(name: str) -> None:
    """A new field: run `python -m tests.log.golden`; the older record stays what it was."""
    assert any(is_full(golden) for golden in FROZEN if golden.name == name)


def test_the_bytes_of_the_frozen_records_are_text_as_people_typed_it() -> None:
    line = next(golden.line for golden in FROZEN if golden.name == "idea_written")
    assert b"\\u0e" not in line
    assert any("ร่มเงา".encode() in golden.line for golden in FROZEN)


def test_the_fields_of_an_erased_part_are_none_and_the_others_stay() -> None:
    body = erase_in(encode(ballot(1), SEED).line + b"\n", 0, "voter")
    read = decode(body.rstrip(b"\n"))
    assert read == dataclasses.replace(
        ballot(1), voter=None, table=None, by=None, command=None, keypad=None, sequence=None
    )


def _line(event: Event) -> Any:
    return json.loads(encode(event, SEED).line)


def _damage(event: Event, part: int, change: dict[str, Any]) -> bytes:
    line = _line(event)
    for key, value in change.items():
        if value is ...:
            del line[part][key]
        else:
            line[part][key] = value
    return json.dumps(line).encode()


@pytest.mark.parametrize(
    "line",
    [
        _damage(heads(3), 0, {"type": "heads_guessed"}),
        _damage(heads(3), 0, {"type": ...}),
        _damage(heads(3), 0, {"mood": "good"}),
        _damage(heads(3), 0, {"heads": ...}),
        _damage(heads(3), 0, {"heads": None}),
        _damage(heads(3), 0, {"heads": 3.0}),
        _damage(heads(3), 0, {"heads": True}),
        _damage(heads(3), 1, {"text": ["00" * 16, {}]}),
        _damage(idea("a"), 0, {"kind": "rumour"}),
        _damage(idea("a"), 0, {"text": "in the open"}),
        _damage(idea("a"), 1, {"text": ...}),
        _damage(idea("a"), 1, {"text": ["00" * 16, {"text": "a", "more": 1}]}),
        _damage(ballot(), 1, {"choices": ["00" * 16, {"choices": [1, 2]}]}),
        _damage(ballot(), 1, {"extra": "00" * 32}),
        b"[{}]",
        b"{}",
        b"",
        b'[{"type":"heads_counted"',
        b"\xff\xfe",
    ],
)
def test_what_no_event_says_is_damage_and_not_guessed_at(line: bytes) -> None:
    with pytest.raises(LogDamaged) as found:
        decode_segment(Segment(first=8, last=8, head=b"", body=line + b"\n"))
    assert found.value.offset == 8


def test_an_unknown_field_deep_in_a_plan_is_damage_too() -> None:
    line = next(g.line for g in FROZEN if g.name == "meeting_prepared")
    assert decode(line)
    with pytest.raises(LogDamaged):
        decode(line.replace(b'"say":', b'"shout":1,"say":', 1))


def test_damage_in_the_middle_of_a_segment_is_named_by_its_offset() -> None:
    segment = a_segment(heads(1), heads(2), heads(3))
    broken = Segment(
        segment.first, segment.last, segment.head, segment.body.replace(b'"heads":2', b'"heads":x')
    )
    with pytest.raises(LogDamaged, match="from event 2 on") as found:
        decode_segment(broken)
    assert found.value.offset == 2


def test_a_log_of_another_format_is_refused() -> None:
    with pytest.raises(UnknownFormat, match="format 2"):
        decode_segment(a_segment(heads(1)), version=2)


@pytest.mark.parametrize(
    "change",
    [{"round": 1.5}, {"round": True}, {"site": None}, {"voter": 4}, {"voter": "\ud800"}, {"choices": (1,)}],
)
def test_what_could_not_be_read_again_is_not_written(change: dict[str, Any]) -> None:
    with pytest.raises(NotCanonical, match="BallotCast"):
        encode(dataclasses.replace(ballot(), **change), SEED)


def test_rules_inside_an_event_are_checked_before_they_are_written() -> None:
    broken = QuestionRules(kind=Kind.PICK_ONE, choices_max="many")  # type: ignore[arg-type]
    name = "question_drafted"
    event = decode(next(g.line for g in FROZEN if g.name == name))
    with pytest.raises(NotCanonical):
        encode(dataclasses.replace(event, rules=broken), SEED)  # type: ignore[call-arg]


def test_a_sealed_part_is_not_written_without_its_dice() -> None:
    assert encode(heads(1), b"")
    with pytest.raises(AssertionError):
        encode(ballot(), b"")


def test_a_batch_is_numbered_by_command_and_continues_the_chain() -> None:
    """Each command has its seed; its second event has other salts than its first."""
    other = SEED[::-1]
    one = seal_batch([(SEED, [ballot(1), ballot(2)]), (other, [ballot(3)])], 1, genesis_head(GENESIS))
    two = seal_batch([(SEED, [heads(4)])], 4, one.head)
    assert (one.first, one.last, one.count, two.first, two.last) == (1, 3, 3, 4, 4)
    lines = [encode(ballot(1), SEED, 0), encode(ballot(2), SEED, 1), encode(ballot(3), other, 0)]
    assert one.body == b"".join(record.line + b"\n" for record in lines)
    assert verify_segment(verify_segment(genesis_head(GENESIS), one), two) == two.head
    assert decode_segment(one) == [ballot(1), ballot(2), ballot(3)]


def test_ballots_of_every_kind_keep_their_choices() -> None:
    for choices in ((), ("a", "b"), {"a": -1, "b": 0}, 250):
        event: BallotCast = dataclasses.replace(ballot(), choices=choices)
        assert decode(encode(event, SEED).line) == event
