"""At stake: replay reads and checks a segment in one pass; it must find and give just what two passes do."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.log.codec import decode_segment, genesis_head, read_segment, seal_batch, verify_segment
from app.log.port import LogDamaged, Segment, UnknownFormat
from tests.log.events import ANY_EVENT, GENESIS, SEED, ballot

HEAD = genesis_head(GENESIS)


def two_passes(segment: Segment) -> Any:
    """What the two passes give: the head and the events, or the damage."""
    try:
        return verify_segment(HEAD, segment), decode_segment(segment)
    except LogDamaged as damage:
        return damage


def one_pass(segment: Segment) -> Any:
    try:
        return read_segment(HEAD, segment)
    except LogDamaged as damage:
        return damage


def with_body(segment: Segment, body: bytes) -> Segment:
    return Segment(segment.first, segment.last, segment.head, body)


@settings(deadline=None)
@given(st.lists(ANY_EVENT, min_size=1, max_size=4))
def test_one_pass_gives_the_head_and_the_events_of_two(events: list[Any]) -> None:
    segment = seal_batch([(SEED, events)], 1, HEAD)
    assert one_pass(segment) == two_passes(segment) == (segment.head, events)


@settings(deadline=None, max_examples=300)
@given(data=st.data())
def test_one_pass_finds_a_changed_byte_wherever_two_do(data: st.DataObject) -> None:
    segment = seal_batch([(SEED, [ballot(1)]), (SEED[::-1], [ballot(2), ballot(3)])], 1, HEAD)
    place = data.draw(st.integers(0, len(segment.body) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda b: b != segment.body[place]))
    changed = with_body(segment, segment.body[:place] + bytes([byte]) + segment.body[place + 1 :])
    found = one_pass(changed)
    assert isinstance(two_passes(changed), LogDamaged)
    assert isinstance(found, LogDamaged)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'"choices":["', b'"choices": ["'),
        (b'"choices"', b'"chosen"'),
        (b"},{", b"}, {"),
        (b'["parks","shade"]', b'["parks", "shade"]'),
    ],
)
def test_what_is_not_canonical_is_found_in_one_pass_too(before: bytes, after: bytes) -> None:
    segment = seal_batch([(SEED, [ballot(1)])], 1, HEAD)
    changed = with_body(segment, segment.body.replace(before, after))
    assert changed.body != segment.body
    assert isinstance(one_pass(changed), LogDamaged)


def test_a_salt_in_capitals_is_another_record() -> None:
    segment = seal_batch([(SEED, [ballot(1)])], 1, HEAD)
    at = segment.body.index(b'"choices":["') + len(b'"choices":["')
    salt = segment.body[at : at + 32]
    changed = with_body(segment, segment.body.replace(salt, salt.upper()))
    assert changed.body != segment.body
    assert isinstance(one_pass(changed), LogDamaged)


def test_an_erased_part_is_read_as_nothing_and_the_chain_holds() -> None:
    from app.log.codec import erase_in

    segment = seal_batch([(SEED, [ballot(1)]), (SEED, [ballot(2)])], 1, HEAD)
    for part in ("choices", "voter"):
        segment = with_body(segment, erase_in(segment.body, 1, part))
        assert one_pass(segment) == two_passes(segment)
        assert not isinstance(one_pass(segment), LogDamaged)


def test_another_format_is_refused() -> None:
    segment = seal_batch([(SEED, [ballot(1)])], 1, HEAD)
    with pytest.raises(UnknownFormat):
        read_segment(HEAD, segment, 99)
