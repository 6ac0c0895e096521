"""At stake: nothing leaves before it is durable, nothing is decided twice, nobody is told two things."""

from typing import Any

import pytest

from app.core.capability import Capability
from app.core.commands import (
    AnyCommand,
    CastBallot,
    CloseVoting,
    DraftQuestion,
    JoinSeat,
    OpenVoting,
    PrepareMeeting,
    RedactText,
    SendMessage,
    ShowResults,
    StartMeeting,
)  # fmt: skip
from app.core.errors import Refusal
from app.core.ids import CommandId, KeypadId, MessageId, OptionId, QuestionId, Round, Text
from app.core.meeting import Meeting
from app.core.planned import Kind, PlannedOption, QuestionRules
from app.core.receipts import Accepted
from app.log.chain import genesis_head
from app.log.codec import decode_segment, verify_segment
from app.log.port import Genesis, Segment
from app.realtime.answers import Answer, Busy
from app.realtime.ballot_keys import MemoryBallotKeys
from app.realtime.batch import Batch, Item, Recounted
from app.realtime.intake import BATCH_BYTES_MAX, BATCH_COMMANDS_MAX, SERVER, Intake
from app.realtime.rates import Rate, Rates
from tests.fakes import (
    DICE,
    MEETING,
    ONE,
    ORGANISER,
    PLACE,
    SECRET,
    START_MS,
    Dice,
    laptop,
    new_id,
    pad_of,
    phone,
    plan,
    seat_id,
)  # fmt: skip

HEAD = genesis_head(Genesis(MEETING, "hall", "e"))


class Asker:
    """Who waits for answers, and keeps them."""

    def __init__(self) -> None:
        self.gone = False
        self.answers: dict[CommandId, Answer] = {}
        self.writes = 0

    def answered(self, command: CommandId, answer: Answer) -> None:
        assert command not in self.answers or self.answers[command] == answer
        self.answers[command] = answer

    def delivered(self) -> None:
        self.writes += 1


class Desk:
    """An intake with its log as a list, driven by hand."""

    def __init__(self, *, rates: Rates | None = None) -> None:
        self.segments: list[Segment] = []
        self.keys = MemoryBallotKeys(Dice(5))
        self.live: set[KeypadId] = set()
        self.now_ms = START_MS
        self.intake = Intake(
            Meeting(), HEAD, keys=self.keys, dice=Dice(6), connected=lambda d: d in self.live,
            rates=rates or Rates(Rate(10_000, 1, 10_000), Rate(10_000, 1, 10_000)),
        )  # fmt: skip
        self.do(PrepareMeeting(MEETING, plan()), SERVER)
        self.do(StartMeeting())

    def put(
        self, said: AnyCommand, by: Capability = ORGANISER, asker: Asker | None = None, command: str = ""
    ) -> tuple[Asker, CommandId]:
        asker, named = asker or Asker(), CommandId(command) if command else new_id()
        assert self.intake.put(Item(named, said, by, asker)) is None
        return asker, named

    def take(self) -> Batch:
        batch = self.intake.take(self.now_ms)
        assert batch is not None
        return batch

    def write(self) -> dict[str, None]:
        """Take a batch and let it be durable."""
        batch = self.take()
        if batch.segment is not None:
            self.segments.append(batch.segment)
        return self.intake.durable()

    def do(self, said: AnyCommand, by: Capability = ORGANISER, command: str = "") -> Answer:
        asker, named = self.put(said, by, command=command)
        self.write()
        return asker.answers[named]

    def replayed(self) -> tuple[Meeting, bytes]:
        meeting, head = Meeting(), HEAD
        for segment in self.segments:
            head = verify_segment(head, segment)
            for offset, event in enumerate(decode_segment(segment), segment.first):
                meeting.apply(offset, event)  # type: ignore[arg-type]
        return meeting, head

    def open(self, question: QuestionId = PLACE, seats: int = 3) -> None:
        for seat in range(1, seats + 1):
            self.do(pad_of(laptop(1), seat_id(1, seat)), laptop(1))
        self.do(OpenVoting(question))


def ballot(seat: int = 1, option: OptionId = ONE, question: QuestionId = PLACE) -> CastBallot:
    return CastBallot(question, Round(1), seat_id(1, seat), (option,))


def message(size: int = 10) -> SendMessage:
    return SendMessage(MessageId("msg_" + DICE(16).hex()), {"en": "x" * size})


def draft(size: int) -> DraftQuestion:
    """A command that makes events of about this many bytes."""
    texts: list[Text] = [{"en": "x" * 400, "th": "x" * 400} for _ in range(size // 1_200)]
    options = tuple(PlannedOption(OptionId("opt_" + DICE(16).hex()), text) for text in texts)
    return DraftQuestion(
        QuestionId("q_" + DICE(16).hex()), {"en": "?", "th": "?"}, QuestionRules(Kind.APPROVE), options
    )


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
    desk.intake = Intake(meeting, head, keys=desk.keys, dice=Dice(9), connected=lambda _: False)
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
    ("cells", "answer"), [({"shade": 1}, Accepted), ({"shade": 2}, Refusal), ({}, Refusal)]
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


# --- going down ----------------------------------------------------------------------------


def test_while_draining_what_is_undecided_and_what_comes_is_busy() -> None:
    desk = Desk()
    asker, command = desk.put(message())
    desk.intake.draining = True
    desk.intake.unanswered()
    assert asker.answers == {command: Busy("draining", 2_000)}
    assert desk.intake.put(Item(new_id(), message(), ORGANISER, asker)) == Busy("draining", 2_000)
    assert desk.intake.take(desk.now_ms) is None
