"""At stake: what the world adds to a command (keys, a second count, a full disk) is added once, rightly."""

from typing import Any

import pytest

from app.core.commands import (
    CloseVoting,
    JoinSeat,
    OpenVoting,
    RedactText,
    ShowResults,
)  # fmt: skip
from app.core.errors import Refusal
from app.core.ids import QuestionId, Round
from app.core.receipts import Accepted
from app.realtime.answers import Busy
from app.realtime.batch import Recounted
from tests.fakes import (
    PLACE,
    SECRET,
    laptop,
    new_id,
    pad_of,
    phone,
    seat_id,
)  # fmt: skip
from tests.realtime.desk import Asker, Desk, ballot, message

# --- anonymous rounds ----------------------------------------------------------------------


def test_an_anonymous_ballot_names_no_seat_and_its_key_goes_with_the_close() -> None:
    desk = Desk()
    for seat in (1, 2):
        desk.do(pad_of(laptop(1), seat_id(1, seat)), laptop(1))
    desk.put(OpenVoting(SECRET))
    batch = desk.take()
    assert batch.keys_made == [(SECRET, 1)]
    desk.intake.durable()
    key = desk.keys.key(SECRET, Round(1))
    assert key is not None
    command = new_id()
    desk.put(ballot(question=SECRET), laptop(1), command=command)
    batch = desk.take()
    assert batch.segment is not None
    for secret in ("1-1", "laptop-1", command, '"1"'):
        assert secret.encode() not in batch.segment.body, secret
    desk.intake.durable()
    desk.do(CloseVoting(SECRET))
    desk.now_ms += 2_000
    assert desk.intake.ask_what_is_due(desk.now_ms)
    batch = desk.take()
    assert batch.keys_spent == [(SECRET, 1)]
    desk.intake.durable()


def test_a_copy_of_an_anonymous_ballot_is_known_while_open_and_unknown_after() -> None:
    desk = Desk()
    desk.open(SECRET)
    said, command = ballot(question=SECRET), "cmd_" + "b" * 32
    first = desk.do(said, laptop(1), command)
    assert desk.do(said, laptop(1), command) == first
    desk.do(CloseVoting(SECRET))
    desk.now_ms += 2_000
    desk.intake.ask_what_is_due(desk.now_ms)
    desk.write()
    assert desk.do(said, laptop(1), command) == Refusal("outcome_unknown")


# --- takeover ------------------------------------------------------------------------------


@pytest.mark.parametrize(("live", "asked"), [(True, True), (False, False)])
def test_taking_a_seat_asks_only_where_the_older_device_is_connected_and_has_voted(
    *, live: bool, asked: bool
) -> None:
    desk = Desk()
    desk.open()
    desk.do(ballot(), laptop(1))
    if live:
        desk.live.add(laptop(1).device)
    newcomer = phone(1, 1)
    desk.do(JoinSeat(seat_id(1, 1)), newcomer)
    seat = desk.intake.meeting.roster.seats[seat_id(1, 1)]
    assert (seat.asked is not None) is asked
    assert (seat.keypad == newcomer.device) is not asked


# --- the second counter --------------------------------------------------------------------


def closed_vote() -> Desk:
    desk = Desk()
    desk.open()
    desk.do(ballot(), laptop(1))
    desk.do(CloseVoting(PLACE))
    desk.now_ms += 2_000
    desk.intake.ask_what_is_due(desk.now_ms)
    desk.write()
    return desk


@pytest.mark.parametrize(
    ("cells", "answer"), [({"": 1, "shade": 1}, Accepted), ({"": 1, "shade": 2}, Refusal), ({}, Refusal)]
)
def test_a_show_waits_for_the_second_counter_and_stops_where_it_differs(
    cells: dict[str, int], answer: Any
) -> None:
    desk = closed_vote()
    asker, command = desk.put(ShowResults(PLACE))
    batch = desk.take()
    desk.intake.durable()
    ((item, counted),) = batch.recounts
    assert counted == (PLACE, 1)
    assert asker.answers == {}
    item.recounted = Recounted(Round(1), cells)
    desk.intake.put(item)
    desk.write()
    assert isinstance(asker.answers[command], answer)


def test_a_recount_of_another_round_does_not_count() -> None:
    desk = closed_vote()
    desk.put(ShowResults(PLACE))
    ((item, _),) = desk.take().recounts
    desk.intake.durable()
    item.recounted = Recounted(Round(2), {"shade": 1})
    desk.intake.put(item)
    assert desk.take().recounts == [(item, (PLACE, 1))]


# --- redaction -----------------------------------------------------------------------------


def test_a_redaction_names_what_has_to_be_erased() -> None:
    desk = Desk()
    said = message()
    offset = desk.do(said)
    assert isinstance(offset, Accepted)
    desk.put(RedactText("message", said.message))
    assert desk.take().erased == [(offset.offset, "text")]


# --- a full disk ---------------------------------------------------------------------------


def test_on_a_full_disk_everybody_is_told_busy_and_the_state_is_the_logs() -> None:
    desk = Desk()
    asker = Asker()
    good, bad = desk.put(message(), asker=asker)[1], desk.put(OpenVoting(QuestionId("no")), asker=asker)[1]
    desk.take()
    desk.intake.failed(*desk.replayed())
    assert asker.answers == {good: Busy("disk_full", 1_000), bad: Busy("disk_full", 1_000)}
    assert desk.intake.meeting.offset == 2
    offset = desk.intake.meeting.offset
    assert desk.do(message()) == Busy("disk_full", 1_000)
    assert desk.intake.meeting.offset == offset


def test_a_probe_is_applied_only_when_it_is_durable_and_then_all_is_well() -> None:
    desk = Desk()
    desk.put(message())
    desk.take()
    desk.intake.failed(*desk.replayed())
    desk.intake.probe()
    asker = Asker()
    probe, other = desk.put(message(), asker=asker)[1], desk.put(message(), asker=asker)[1]
    batch = desk.take()
    assert batch.segment is not None
    assert batch.segment.count == 1
    assert desk.intake.meeting.offset == 2
    desk.segments.append(batch.segment)
    topics = desk.intake.durable()
    assert asker.answers == {probe: Accepted(3), other: Busy("disk_full", 1_000)}
    assert topics
    assert desk.do(message()) == Accepted(4)
    assert desk.replayed()[0].offset == 4


def test_a_probe_that_fails_leaves_the_state_and_the_chain_as_they_were() -> None:
    desk = Desk()
    desk.put(message())
    desk.take()
    desk.intake.failed(*desk.replayed())
    for _ in range(3):
        desk.intake.probe()
        desk.put(message())
        desk.take()
        desk.intake.failed(desk.intake.meeting, desk.replayed()[1])
    desk.intake.probe()
    assert desk.do(message()) == Accepted(3)
    assert desk.replayed()[0].offset == 3


def test_on_a_full_disk_a_known_command_still_has_its_answer() -> None:
    desk = Desk()
    said = message()
    first = desk.do(said, command="cmd_" + "c" * 32)
    desk.put(message())
    desk.take()
    desk.intake.failed(*desk.replayed())
    assert desk.do(said, command="cmd_" + "c" * 32) == first
