"""An intake with its log as a list, driven by hand, and who asks it."""

from app.core.capability import Capability
from app.core.commands import (
    AnyCommand,
    CastBallot,
    DraftQuestion,
    OpenVoting,
    PrepareMeeting,
    SendMessage,
    StartMeeting,
)  # fmt: skip
from app.core.ids import CommandId, KeypadId, MessageId, OptionId, QuestionId, Round, Text
from app.core.meeting import Meeting
from app.core.planned import Kind, PlannedOption, QuestionRules
from app.log.chain import genesis_head
from app.log.codec import decode_segment, verify_segment
from app.log.port import Epoch, Genesis, Segment
from app.realtime.answers import Answer
from app.realtime.ballot_keys import MemoryBallotKeys
from app.realtime.batch import Batch, Item
from app.realtime.intake import SERVER, Intake
from app.realtime.rates import Rate, Rates
from tests.fakes import (
    BLOBS,
    DICE,
    MEETING,
    ONE,
    ORGANISER,
    PLACE,
    START_MS,
    Dice,
    laptop,
    new_id,
    pad_of,
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


EPOCHS = (Epoch("epoch-1", 0),)


class Desk:
    """An intake with its log as a list, driven by hand."""

    def __init__(self, *, rates: Rates | None = None) -> None:
        self.segments: list[Segment] = []
        self.keys = MemoryBallotKeys(Dice(5))
        self.live: set[KeypadId] = set()
        self.now_ms = START_MS
        self.intake = Intake(
            Meeting(), HEAD, keys=self.keys, dice=Dice(6), connected=lambda d: d in self.live,
            blobs=BLOBS, epochs=EPOCHS,
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
