"""At stake: nothing leaves before it is durable, nothing is decided twice, nobody is told two things."""

from app.core.commands import (
    CloseVoting,
    OpenVoting,
)  # fmt: skip
from app.core.errors import Refusal
from app.core.ids import QuestionId
from app.core.receipts import Accepted
from app.realtime.answers import Busy
from app.realtime.batch import Item
from app.realtime.intake import BATCH_BYTES_MAX, BATCH_COMMANDS_MAX, Intake
from app.realtime.rates import Rate, Rates
from tests.fakes import (
    BLOBS,
    ORGANISER,
    PLACE,
    Dice,
    laptop,
    new_id,
)  # fmt: skip
from tests.realtime.desk import EPOCHS, Asker, Desk, ballot, draft, message

# --- the barrier ---------------------------------------------------------------------------


def test_nobody_is_answered_before_the_batch_is_durable() -> None:
    desk = Desk()
    asker, command = desk.put(message())
    batch = desk.take()
    assert batch.segment is not None
    assert not desk.intake.settled
    assert asker.answers == {}
    desk.intake.durable()
    assert desk.intake.settled
    assert asker.answers == {command: Accepted(3)}


def test_commands_of_a_batch_see_the_ones_before_them() -> None:
    desk = Desk()
    desk.open()
    first, one = desk.put(CloseVoting(PLACE))
    second, two = desk.put(CloseVoting(PLACE))
    desk.write()
    assert isinstance(first.answers[one], Accepted)
    assert second.answers[two] == Refusal("already_closing", question=PLACE)


def test_what_arrives_while_a_batch_is_written_waits_for_the_next() -> None:
    desk = Desk()
    desk.put(message())
    desk.take()
    asker, command = desk.put(message())
    desk.intake.durable()
    assert asker.answers == {}
    desk.write()
    assert command in asker.answers


def test_segments_continue_the_chain_and_replay_to_the_same_state() -> None:
    desk = Desk()
    desk.open()
    for seat in (1, 2, 1):
        desk.put(ballot(seat), laptop(1))
    desk.write()
    meeting, _ = desk.replayed()
    assert meeting.offset == desk.intake.meeting.offset
    assert meeting.questions.questions[PLACE].now == desk.intake.meeting.questions.questions[PLACE].now


def test_answers_of_a_batch_to_one_caller_are_one_delivery() -> None:
    desk = Desk()
    asker = Asker()
    for _ in range(5):
        desk.put(message(), asker=asker)
    desk.write()
    assert len(asker.answers) == 5
    assert asker.writes == 1


def test_topics_touched_are_told_once_in_order() -> None:
    desk = Desk()
    desk.open()
    for seat in (1, 2, 1):
        desk.put(ballot(seat), laptop(1))
    topics = list(desk.write())
    assert topics == list(dict.fromkeys(topics))
    assert {"votes:place", "seat:1-1", "seat:1-2", "voted:1"} <= set(topics)


# --- batches -------------------------------------------------------------------------------


def test_a_batch_holds_at_most_a_thousand_commands() -> None:
    desk = Desk()
    for _ in range(BATCH_COMMANDS_MAX + 1):
        desk.put(message())
    assert len(desk.take().answers) == BATCH_COMMANDS_MAX
    desk.intake.durable()
    assert len(desk.take().answers) == 1


def test_a_batch_holds_at_most_256_kb_and_what_does_not_fit_keeps_its_turn() -> None:
    desk = Desk()
    askers = [desk.put(draft(100_000)) for _ in range(3)]
    sizes = []
    while desk.intake.waiting:
        batch = desk.take()
        assert batch.segment is not None
        desk.segments.append(batch.segment)
        sizes.append(len(batch.segment.body))
        desk.intake.durable()
    assert len(sizes) == 2
    assert max(sizes) <= BATCH_BYTES_MAX
    offsets = [asker.answers[command] for asker, command in askers]
    assert offsets == sorted(offsets, key=lambda answer: getattr(answer, "offset", 0))
    assert desk.replayed()[0].offset == desk.intake.meeting.offset


def test_refusals_alone_need_no_write() -> None:
    desk = Desk()
    asker, command = desk.put(OpenVoting(QuestionId("nowhere")))
    assert desk.take().segment is None
    desk.intake.durable()
    assert asker.answers[command] == Refusal("unknown_question", question="nowhere")


# --- ids -----------------------------------------------------------------------------------


def test_an_accepted_command_sent_again_has_the_same_answer_and_makes_nothing() -> None:
    desk = Desk()
    said = message()
    first = desk.do(said, command="cmd_" + "7" * 32)
    offset = desk.intake.meeting.offset
    assert desk.do(said, command="cmd_" + "7" * 32) == first
    assert desk.do(message(11), command="cmd_" + "7" * 32) == Refusal("id_reused")
    assert desk.intake.meeting.offset == offset


def test_twice_in_one_batch_is_once() -> None:
    desk = Desk()
    desk.open()
    asker = Asker()
    for _ in range(2):
        desk.put(ballot(), laptop(1), asker, "cmd_" + "8" * 32)
    desk.write()
    assert list(asker.answers.values()) == [Accepted(desk.intake.meeting.offset)]


def test_after_a_restart_a_duplicate_has_the_same_answer() -> None:
    desk = Desk()
    said = message()
    first = desk.do(said, command="cmd_" + "9" * 32)
    meeting, head = desk.replayed()
    desk.intake = Intake(
        meeting, head, keys=desk.keys, dice=Dice(9), connected=lambda _: False, blobs=BLOBS, epochs=EPOCHS
    )
    assert desk.do(said, command="cmd_" + "9" * 32) == first


def test_undecided_frames_of_an_older_connection_are_dropped() -> None:
    desk = Desk()
    asker, _ = desk.put(message())
    kept, command = desk.put(message())
    asker.gone = True
    offset = desk.intake.meeting.offset
    desk.write()
    assert asker.answers == {}
    assert kept.answers == {command: Accepted(offset + 1)}


# --- rates ---------------------------------------------------------------------------------


def test_too_fast_is_busy_and_nothing_is_stored_but_resending_is_free() -> None:
    desk = Desk(rates=Rates(Rate(5, 1_000, 2), Rate(30, 60_000, 60)))
    desk.open()
    said = ballot()
    first = desk.do(said, laptop(1), "cmd_" + "a" * 32)
    desk.do(said, laptop(1))
    offset = desk.intake.meeting.offset
    assert desk.do(said, laptop(1)) == Busy("rate", 200)
    assert desk.intake.meeting.offset == offset
    assert [desk.do(said, laptop(1), "cmd_" + "a" * 32) for _ in range(50)] == [first] * 50
    desk.now_ms += 200
    assert isinstance(desk.do(said, laptop(1)), Accepted)


# --- going down ----------------------------------------------------------------------------


def test_while_draining_what_is_undecided_and_what_comes_is_busy() -> None:
    desk = Desk()
    asker, command = desk.put(message())
    desk.intake.draining = True
    desk.intake.unanswered()
    assert asker.answers == {command: Busy("draining", 2_000)}
    assert desk.intake.put(Item(new_id(), message(), ORGANISER, asker)) == Busy("draining", 2_000)
    assert desk.intake.take(desk.now_ms) is None
