"""At stake: anyone can check the record with nothing but JSON and SHA-256, and one changed byte is found."""

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.log.codec import NotCanonical, canonical, encode, erase_in, genesis_head, verify_segment
from app.log.port import Genesis, LogDamaged, Segment
from tests.log.events import ANY_EVENT, AWKWARD, GENESIS, SEED, a_segment, ballot, heads, idea

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | AWKWARD,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(AWKWARD, inner, max_size=4),
    max_leaves=12,
)


def naive(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def naive_head(genesis: Genesis, body: bytes) -> bytes:
    """The chain as docs/rules.md says it, from nothing but the standard library."""
    said = {"epoch": genesis.epoch, "format": 1, "meeting": genesis.meeting, "site": genesis.site}
    head = hashlib.sha256(b"townmeeting log\n" + naive(said)).digest()
    for line in body.splitlines():
        open_part, sealed = json.loads(line)
        hashed = head + naive(open_part)
        for name in sorted(sealed):
            part = sealed[name]
            hashed += (
                bytes.fromhex(part)
                if isinstance(part, str)
                else hashlib.sha256(bytes.fromhex(part[0]) + naive(part[1])).digest()
            )
        head = hashlib.sha256(hashed).digest()
    return head


def changed(segment: Segment, body: bytes) -> Segment:
    return Segment(first=segment.first, last=segment.last, head=segment.head, body=body)


@given(JSON)
def test_canonical_bytes_are_those_of_the_standard_library(value: object) -> None:
    assert canonical(value) == naive(value)


@pytest.mark.parametrize("code", range(0x20), ids=lambda code: f"{code:02x}")
def test_every_control_character_is_escaped_as_everywhere(code: int) -> None:
    assert canonical(f"a{chr(code)}b") == naive(f"a{chr(code)}b")


def test_keys_are_sorted_by_code_point_and_not_by_utf_16() -> None:
    assert canonical({"\U0001f600": 1, "\uffee": 2, "\x7f": 3, "": 4, "é": 5, "z": 6}) == (
        '{"":4,"z":6,"\x7f":3,"é":5,"\uffee":2,"\U0001f600":1}'.encode()
    )


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        {"a": [0.5]},
        {1: "a"},
        {None: 1},
        b"bytes",
        {"a"},
        "\ud800",
        {"\udfff": 1},
        object(),
    ],
)
def test_what_the_record_cannot_hold_is_refused(value: object) -> None:
    with pytest.raises(NotCanonical):
        canonical(value)


@given(st.lists(ANY_EVENT, min_size=1, max_size=4))
def test_the_chain_is_the_one_that_a_stranger_computes(events: list[Any]) -> None:
    segment = a_segment(*events)
    assert segment.head == naive_head(GENESIS, segment.body)
    assert verify_segment(genesis_head(GENESIS), segment) == segment.head


@given(st.lists(ANY_EVENT, min_size=1, max_size=3))
def test_every_line_is_canonical(events: list[Any]) -> None:
    for line in a_segment(*events).body.split(b"\n")[:-1]:
        assert naive(json.loads(line)) == line


def test_the_chain_begins_with_what_the_log_is_for() -> None:
    others = [
        Genesis("b", "hall", "e1"),
        Genesis("chiang-rai", "b", "e1"),
        Genesis("chiang-rai", "hall", "b"),
    ]
    assert len({genesis_head(genesis) for genesis in [GENESIS, *others]}) == 4


@given(st.data())
def test_a_changed_dropped_or_inserted_byte_is_found(data: st.DataObject) -> None:
    segment = a_segment(ballot(1), idea("น้ำ"), heads(9))
    where = data.draw(st.integers(0, len(segment.body) - 1))
    byte = data.draw(st.binary(min_size=1, max_size=1).filter(lambda b: b != segment.body[where : where + 1]))
    for body in (
        segment.body[:where] + byte + segment.body[where + 1 :],
        segment.body[:where] + segment.body[where + 1 :],
        segment.body[:where] + byte + segment.body[where:],
    ):
        with pytest.raises(LogDamaged):
            verify_segment(genesis_head(GENESIS), changed(segment, body))


def test_the_same_segment_unchanged_is_not_found_damaged() -> None:
    segment = a_segment(ballot(1), idea("น้ำ"), heads(9))
    assert verify_segment(genesis_head(GENESIS), segment) == segment.head


@pytest.mark.parametrize(
    ("before", "after", "offset"),
    [
        (b'"heads":9', b'"heads":8', 1),  # a changed figure shows by the head of its segment
        (b'"heads":9', b'"heads": 9', 1),
        (b'],"voter"', b'] ,"voter"', 2),  # what one line shows by itself is named exactly
        (b'{"choices":["', b'{"choices":["0', 2),
        (b'"voter":["', b'"voter":["zz', 2),
        (b'"voter":["', b'"voted":["', 2),
        (b'"type":"ballot_cast"', b'"type":"ballot_lost"', 2),
    ],
)
def test_the_damage_is_named_by_its_offset(before: bytes, after: bytes, offset: int) -> None:
    segment = a_segment(heads(9), ballot(1), heads(7))
    assert before in segment.body
    with pytest.raises(LogDamaged) as found:
        verify_segment(genesis_head(GENESIS), changed(segment, segment.body.replace(before, after, 1)))
    assert found.value.offset == offset
    assert str(offset) in found.value.sentence


def test_a_missing_line_is_named_by_the_first_offset_that_is_not_there() -> None:
    segment = a_segment(heads(1), heads(2), heads(3))
    two = b"\n".join(segment.body.split(b"\n")[:2]) + b"\n"
    with pytest.raises(LogDamaged) as found:
        verify_segment(genesis_head(GENESIS), changed(segment, two))
    assert found.value.offset == 3


def test_swapped_events_are_found() -> None:
    segment = a_segment(heads(1), heads(2))
    one, two, _ = segment.body.split(b"\n")
    with pytest.raises(LogDamaged):
        verify_segment(genesis_head(GENESIS), changed(segment, b"\n".join([two, one, b""])))


@given(ANY_EVENT)
def test_an_erased_part_leaves_the_chain_whole_and_no_text(event: Any) -> None:
    segment = a_segment(heads(1), event)
    for name in json.loads(segment.body.split(b"\n")[1])[1]:
        erased = changed(segment, erase_in(segment.body, 1, name))
        assert (
            verify_segment(genesis_head(GENESIS), erased) == segment.head == naive_head(GENESIS, erased.body)
        )
        assert len(json.loads(erased.body.split(b"\n")[1])[1][name]) == 64


def test_the_text_and_its_salt_are_gone_after_erasing() -> None:
    record = encode(idea("a secret wish"), SEED)
    salt = json.loads(record.line)[1]["text"][0].encode()
    erased = erase_in(record.line + b"\n", 0, "text")
    assert b"secret" in record.line
    assert salt in record.line
    assert b"secret" not in erased
    assert salt not in erased


def test_erasing_twice_changes_nothing_more() -> None:
    body = a_segment(heads(1), ballot(1)).body
    once = erase_in(body, 1, "voter")
    assert erase_in(once, 1, "voter") == once != body


@pytest.mark.parametrize(("index", "part"), [(1, "text"), (0, "voter"), (2, "voter"), (-1, "voter")])
def test_erasing_what_is_not_there_is_a_mistake(index: int, part: str) -> None:
    with pytest.raises(ValueError, match="no"):
        erase_in(a_segment(heads(1), ballot(1)).body, index, part)


def test_an_erased_choice_cannot_be_found_by_trying_all_choices() -> None:
    """Two ballots with the same choices have different commitments, for each part has a salt of its own."""
    one, two = (json.loads(encode(ballot(1), seed).line)[1] for seed in (SEED, SEED[::-1]))
    assert one["choices"][1] == two["choices"][1]
    assert len({one["choices"][0], one["voter"][0], two["choices"][0], two["voter"][0]}) == 4
