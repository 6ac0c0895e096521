"""The chain's head after each close of a vote: what a hall can compare. Pure.

The head after a close commits to everything before it. It is shown as eight digits and two words, and told to
the meeting beside its events, live by the intake and at a start by the replay; the meeting knows no chain.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from app.core.ids import QuestionId, Round
from app.core.meeting import Close
from app.log.chain import chain, lines_of, record, take_apart
from app.log.port import Segment
from app.verify import WORDS, short_code, short_words

_CLOSED = b'"voting_closed"'


def close_at(offset: int, head: bytes) -> Close:
    """The head after the event at `offset`, as it is shown."""
    digits = head.hex()
    return Close(offset, short_code(digits), {name: short_words(digits, name) for name in WORDS})


def closes_in(head: bytes, segment: Segment) -> Iterator[tuple[tuple[QuestionId, Round], Close]]:
    """Every close in a segment, by its round.

    Args:
        head: The chain's head before the segment.
        segment: As the log has it.
    """
    if _CLOSED not in segment.body:
        return
    for offset, line in lines_of(segment):
        open_part, parts = take_apart(line, offset)
        head = chain(head, record(open_part, parts).link)
        if _CLOSED not in open_part:
            continue
        event: dict[str, Any] = msgspec.json.decode(open_part)
        if event["type"] == "voting_closed":
            yield (QuestionId(event["question"]), Round(event["round"])), close_at(offset, head)
