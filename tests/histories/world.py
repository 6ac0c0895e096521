"""One generated history of submit, retry, reorder and restart, on the real intake, codec, chain and core.

Clients are tables and an organiser. Each has a line; what it gave lies on the line until the server reads it,
in the line's own order, while lines overtake each other. A client that hears nothing comes back on another
line and sends all that it has no answer to; what lies on the old line may still arrive. The server takes
batches, writes them, answers; it is killed before or after the write, with the answers told to some or to
nobody, and starts from the log.

Everything is drawn from one seed. What clients were told is kept apart from the server, for the judge.
"""

from dataclasses import dataclass, field
from random import Random
from typing import cast

from app.core.capability import Capability
from app.core.commands import (
    AnyCommand,
    CastBallot,
    FinishVoting,
    IdeaKind,
    OpenVoting,
    PrepareMeeting,
    SendMessage,
    StartMeeting,
    VoidRound,
    WithdrawBallot,
    WriteIdea,
)
from app.core.errors import Refusal
from app.core.events import AnyEvent
from app.core.ids import CommandId, IdeaId, ItemId, MessageId, QuestionId, Round, TableId
from app.core.meeting import Meeting
from app.core.receipts import Accepted
from app.log import codec
from app.log.chain import genesis_head
from app.log.port import Epoch, Genesis, Segment
from app.realtime.answers import Answer, Busy
from app.realtime.ballot_keys import MemoryBallotKeys
from app.realtime.batch import Item
from app.realtime.intake import SERVER, Intake
from app.realtime.rates import Rate, Rates
from tests.fakes import (
    BLOBS,
    MEETING,
    ONE,
    ORGANISER,
    PLACE,
    RATE,
    START_MS,
    TWO,
    Dice,
    laptop,
    pad_of,
    plan,
    seat_id,
)

GENESIS = Genesis(MEETING, "hall", "epoch-1")
SEATS = 3
STEPS = (10, 45)
ROUNDS_MAX = 60


class Line:
    """A client's connection: what lies on it, and the answers that it carries back."""

    def __init__(self, client: "Client") -> None:
        self.client = client
        self.gone = False
        self.sent: list[tuple[CommandId, AnyCommand]] = []
        self.back: list[tuple[CommandId, Answer]] = []

    def answered(self, command: CommandId, answer: Answer) -> None:
        """The server answers."""
        self.back.append((command, answer))

    def delivered(self) -> None:
        """The answers of a batch are complete."""


@dataclass
class Client:
    """Who gives commands, and what they were told of each."""

    by: Capability
    gave: dict[CommandId, AnyCommand] = field(default_factory=dict)
    told: dict[CommandId, list[Accepted | Refusal]] = field(default_factory=dict)
    old: list[Line] = field(default_factory=list)
    line: Line = field(init=False)

    def __post_init__(self) -> None:
        self.line = Line(self)

    def unknown(self) -> list[CommandId]:
        """What it has no answer to."""
        return [command for command in self.gave if command not in self.told]

    def hear(self) -> None:
        """Read the answers on the line."""
        for command, answer in self.line.back:
            if not isinstance(answer, Busy):
                self.told.setdefault(command, []).append(answer)
        self.line.back.clear()


class World:
    """A server, its log, and its clients."""

    def __init__(self, seed: int) -> None:
        self.dice = Random(seed)
        self.log: list[Segment] = []
        self.now_ms = START_MS
        self.made = 0
        self.starts = self.crashes = self.retries = 0
        self.lying = False
        self.clients = [Client(ORGANISER), Client(laptop(1)), Client(laptop(2))]
        self.intake = self._started()
        for said, by in self._morning():
            self.intake.put(Item(self._id("cmd"), said, by, None))
        self.write()
        self._open_at_once()

    @staticmethod
    def _morning() -> list[tuple[AnyCommand, Capability]]:
        pads = [(t, s) for t in (1, 2) for s in range(1, SEATS + 1)]
        bound: list[tuple[AnyCommand, Capability]] = [
            (pad_of(laptop(t), seat_id(t, s)), laptop(t)) for t, s in pads
        ]
        return [(PrepareMeeting(MEETING, plan(2, SEATS)), SERVER), (StartMeeting(), ORGANISER), *bound]

    def _open_at_once(self) -> None:
        if self.dice.random() < 0.7:
            self.intake.put(Item(self._id("cmd"), OpenVoting(PLACE), ORGANISER, None))
            self.write()

    def _id(self, prefix: str) -> CommandId:
        self.made += 1
        return CommandId(f"{prefix}_{self.dice.getrandbits(96):024x}{self.made:08x}")

    # --- the server ----------------------------------------------------------------------

    def replayed(self) -> tuple[Meeting, bytes]:
        """The meeting as the log has it, the chain checked."""
        meeting, head = Meeting(), genesis_head(GENESIS)
        for segment in self.log:
            head, events = codec.read_segment(head, segment)
            for offset, event in enumerate(events, segment.first):
                meeting.apply(offset, cast("AnyEvent", event))
        return meeting, head

    def _started(self) -> Intake:
        self.starts += 1
        unlimited = Rates(Rate(10_000, 1, 10_000), Rate(10_000, 1, 10_000))
        return Intake(
            *self.replayed(), keys=MemoryBallotKeys(Dice(5)), dice=self.dice.randbytes,
            connected=lambda _device: True, blobs=BLOBS, epochs=(Epoch("epoch-1", 0),), rates=unlimited,
        )  # fmt: skip

    def arrive(self, line: Line) -> None:
        """The server reads the next frame of a line."""
        command, said = line.sent.pop(0)
        self.intake.put(Item(command, said, line.client.by, line))

    def write(self) -> None:
        """Take a batch and make it durable."""
        batch = self.intake.take(self.now_ms)
        if batch is None:
            return
        if batch.segment is not None:
            self.log.append(batch.segment)
        self.intake.durable()

    def crash(self) -> None:
        """Die in the midst of a batch: before the write, after it, or after some have heard."""
        self.crashes += 1
        batch = self.intake.take(self.now_ms)
        if batch is not None and self.dice.random() < 0.6:
            if batch.segment is not None:
                self.log.append(batch.segment)
            if self.dice.random() < 0.5:
                self.intake.durable()
        for client in self.clients:
            if self.dice.random() < 0.5:
                client.hear()
        if self.lying and len(self.log) > 1:
            self.log.pop()
        self.intake = self._started()
        for client in self.clients:
            self.come_back(client, late=False)

    # --- the clients ---------------------------------------------------------------------

    def give(self, client: Client, said: AnyCommand) -> None:
        """A new command."""
        command = self._id("cmd")
        client.gave[command] = said
        client.line.sent.append((command, said))

    def come_back(self, client: Client, *, late: bool = True) -> None:
        """Another line: the hello drops what is undecided of the older, and what is unknown is sent again.

        Args:
            client: Whose line was lost.
            late: What lies on the old line may still arrive; after a restart nothing does.
        """
        older = client.line
        older.gone = True
        if late:
            client.old.append(older)
        else:
            client.old.clear()
        client.line = Line(client)
        again = client.unknown()
        self.retries += len(again)
        client.line.sent += [(command, client.gave[command]) for command in again]

    def say(self, client: Client) -> AnyCommand:
        """What somebody might give now; some of it will be refused."""
        if client.by is ORGANISER:
            return self._organise()
        table = client.by.tables[0]
        if self.dice.random() < 0.25:
            idea = IdeaId(self._id("idea"))
            kind = self.dice.choice(list(IdeaKind))
            return WriteIdea(idea, TableId(table), ItemId("talk"), kind, "Shade on the path", "en")
        seat = seat_id(int(table), self.dice.randint(1, SEATS + 1))  # one more than there are
        question = self.dice.choice((PLACE, PLACE, RATE))
        number = Round(self.dice.choice((1, 1, 1, 2)))
        if self.dice.random() < 0.15:
            return WithdrawBallot(question, number, seat)
        option = self.dice.choice((ONE, TWO))
        if question == RATE:
            return CastBallot(question, number, seat, {str(option): self.dice.choice((1, 0, -1))})
        return CastBallot(question, number, seat, (option,))

    def _organise(self) -> AnyCommand:
        question = self.dice.choice((PLACE, PLACE, RATE))
        match self.dice.randint(0, 9):
            case 0:
                return VoidRound(question, {"en": "By mistake", "th": "เปิดผิด"})
            case 1 | 2:
                return SendMessage(MessageId(self._id("msg")), {"en": "Please sit", "th": "เชิญนั่ง"})
            case _:
                return OpenVoting(question)

    def step(self) -> None:
        """One thing happens."""
        self.now_ms += self.dice.randint(0, 2_000)
        client = self.dice.choice(self.clients)
        match self.dice.randint(0, 20):
            case n if n < 8:
                self.give(client, self.say(client))
            case n if n < 13:
                lines = [line for each in self.clients for line in (each.line, *each.old) if line.sent]
                if lines:
                    self.arrive(self.dice.choice(lines))
            case n if n < 16:
                self.write()
            case 16:
                client.hear()
            case 17 | 18:
                self.come_back(client)
            case 19:
                self.crash()
            case _:
                self._close_what_is_open()

    def _close_what_is_open(self) -> None:
        opened: QuestionId | None = self.intake.meeting.questions.open
        if opened is not None:
            number = self.intake.meeting.questions.questions[opened].now.number
            self.intake.put(Item(self._id("cmd"), FinishVoting(opened, number), SERVER, None))

    # --- the end -------------------------------------------------------------------------

    def live(self) -> None:
        """A whole history; then everything is mended, and everybody hears."""
        for _ in range(self.dice.randint(*STEPS)):
            self.step()
        for client in self.clients:
            self.come_back(client)
        for _ in range(ROUNDS_MAX):
            for client in self.clients:
                for line in (client.line, *client.old):
                    while line.sent:
                        self.arrive(line)
            self.write()
            for client in self.clients:
                client.hear()
            if not any(client.unknown() for client in self.clients) and not self.intake.waiting:
                break
