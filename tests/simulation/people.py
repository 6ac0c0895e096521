"""Who uses the simulated world: the real pure client, and what a person does with it."""

import asyncio
import random
from typing import Any, Protocol

from app.client.core import Answered, ClientCore, Final
from app.core.capability import Capability, Role
from app.core.commands import (
    AnyCommand,
    CastBallot,
    CloseVoting,
    DrawSample,
    EnterHands,
    IdeaKind,
    JoinSeat,
    OpenVoting,
    RunAgain,
    SendMessage,
    ShowResults,
    WithdrawBallot,
    WriteIdea,
)
from app.core.ids import CommandId, IdeaId, ItemId, MessageId, OptionId, QuestionId, Round, TableId
from tests.fakes import ONE, PLACE, RATE, SECRET, TWO, Dice
from tests.simulation.network import Line

LOOK_SECONDS = 0.5
HANDSHAKE_SECONDS = 0.02
QUESTIONS = (PLACE, SECRET, RATE)
PAIRS = 5
"""How many pairs a draw of the sample audit takes: days with fewer tables have none."""


class Street(Protocol):
    """What a device needs of the world."""

    def dial(self, device: "Device") -> Line | None: ...

    def asked(self, device: "Device", command: CommandId, said: AnyCommand) -> None: ...

    def answered(self, device: "Device", command: CommandId, answer: Final) -> None: ...

    def hands(self, question: QuestionId, number: Round, table: TableId) -> dict[OptionId, int]:
        """How many at a table raise a hand for each option that they remember to have chosen."""
        ...


class Device:
    """A phone, a laptop, a console: connects, comes back, keeps what is not yet saved."""

    def __init__(self, street: Street, by: Capability, seed: int) -> None:
        self.street, self.by = street, by
        self.dice = random.Random(seed)
        self.core = ClientCore(Dice(seed), self.dice.random, token=by.id)
        self.line: Line | None = None
        self.busy_with: dict[CommandId, AnyCommand] = {}
        self.loop = asyncio.get_running_loop()

    # --- the line ----------------------------------------------------------------------------

    def begin(self) -> None:
        self.loop.call_later(self.dice.uniform(0, 3), self.dial)
        self.loop.call_later(self.dice.uniform(1, 1.5), self.look)

    def dial(self) -> None:
        if self.line is None:
            self.line = self.street.dial(self)
            if self.line is None:
                self.come_back(1006)
            else:
                self.line.say(self.core.hello(self.loop.time()))

    def heard(self, line: Line, frame: bytes) -> None:
        if line is not self.line:
            return
        event = self.core.received(frame, self.loop.time())
        if isinstance(event, Answered):
            self.busy_with.pop(event.command, None)
            self.street.answered(self, event.command, event.answer)
        self.send()

    def lost(self, line: Line, code: int) -> None:
        if line is self.line:
            self.line = None
            self.come_back(code)

    def come_back(self, code: int) -> None:
        wait = self.core.lost(code, self.loop.time())
        if wait is not None:
            self.loop.call_later(wait + HANDSHAKE_SECONDS, self.dial)

    def send(self) -> None:
        if self.line is not None:
            for frame in self.core.to_send(self.loop.time()):
                self.line.say(frame)

    def look(self) -> None:
        """Twice a second: give up a silent line, send what has waited, do the next thing."""
        if self.line is not None and self.core.silent(self.loop.time()):
            line, self.line = self.line, None
            line.drop()
            self.come_back(1006)
        if self.core.ready:
            self.do()
        self.send()
        self.loop.call_later(LOOK_SECONDS, self.look)

    # --- the person --------------------------------------------------------------------------

    def ask(self, said: AnyCommand) -> None:
        command = self.core.ask(said)
        self.busy_with[command] = said
        self.street.asked(self, command, said)
        self.send()

    def see(self, channel: str, key: str) -> Any:
        return self.core.state.get(channel, {}).get(key)

    def do(self) -> None:
        """Decide what to do now."""

    def new_id(self, prefix: str) -> str:
        return f"{prefix}_{self.dice.randbytes(16).hex()}"


class Phone(Device):
    """A seat: joins, votes, changes its mind, takes a ballot back. One thing at a time."""

    def do(self) -> None:
        assert self.by.seat is not None
        seat = self.see(f"seat:{self.by.seat}", "seat")
        if self.busy_with or seat is None:
            return
        if seat["keypad"] != self.by.device:
            self.ask(JoinSeat(self.by.seat))
            return
        sheet = self.see("keypad", "open")
        if not sheet or sheet["question"] is None or self.dice.random() > 0.1:
            return
        question, number = QuestionId(sheet["question"]), Round(sheet["round"])
        if self.dice.random() < 0.1:
            self.ask(WithdrawBallot(question, number, self.by.seat))
        elif question == RATE:
            options = self.dice.sample([ONE, TWO], self.dice.randint(1, 2))
            self.ask(
                CastBallot(question, number, self.by.seat, {o: self.dice.randint(-1, 1) for o in options})
            )
        else:
            self.ask(CastBallot(question, number, self.by.seat, (self.dice.choice([ONE, TWO]),)))


class Laptop(Device):
    """A table: writes an idea now and then."""

    def do(self) -> None:
        if len(self.busy_with) < 5 and self.dice.random() < 0.05:
            words = f"idea {self.dice.randrange(10**6)}"
            idea = IdeaId(self.new_id("idea"))
            self.ask(WriteIdea(idea, self.by.tables[0], ItemId("talk"), IdeaKind.INDIVIDUAL, words, "en"))


class Console(Device):
    """The organiser: opens, lets people vote, closes, shows, draws a sample, runs again; never in a hurry."""

    def __init__(self, street: Street, by: Capability, seed: int) -> None:
        super().__init__(street, by, seed)
        self.next_at = 5.0
        self.turn = 0
        self.done = False
        self.drew = -1

    def do(self) -> None:
        if self.busy_with or self.done or self.loop.time() < self.next_at:
            return
        self.next_at = self.loop.time() + self.dice.uniform(5, 25)
        question = QUESTIONS[self.turn % len(QUESTIONS)]
        now = self.see("console", f"question/{question}")
        if now is None:
            return
        match now["state"]:
            case "planned":
                self.ask(OpenVoting(question, self.dice.choice([0, 0, 15])))
            case "open":
                if not now["closing"]:
                    self.ask(CloseVoting(question))
            case "closed":
                self.ask(ShowResults(question))
            case "shown" if question == PLACE and self.may_draw():
                self.drew = self.turn
                self.ask(DrawSample(tuple(self.dice.randint(1, 6) for _ in range(10)), PAIRS))
            case "shown" | "voided":
                self.ask(RunAgain(question, {"en": "once more", "th": "อีกครั้ง"}))
                self.turn += 1
            case _:
                raise AssertionError(now["state"])
        if self.dice.random() < 0.2:
            self.ask(SendMessage(MessageId(self.new_id("msg")), {"en": "please", "th": "โปรด"}))

    def may_draw(self) -> bool:
        last = self.see("console", "samples")
        return self.drew != self.turn and not (last and last[-1]["waiting"])


class AreaManager(Device):
    """Has the tables of a draw raise their hands; counts wrongly now and then, and may correct it."""

    def do(self) -> None:
        sample = self.see("floor", "sample")
        if self.busy_with or not sample or not sample["waiting"] or self.dice.random() > 0.4:
            return
        pair = self.dice.choice(sample["pairs"])
        if pair["state"] != "waiting" and self.dice.random() < 0.7:
            return
        question, number, table = QuestionId(pair["question"]), Round(pair["round"]), TableId(pair["table"])
        hands = {ONE: 0, TWO: 0, **self.street.hands(question, number, table)}
        luck = self.dice.random()
        if luck < 0.1:
            self.ask(EnterHands(question, number, table, {}, missing=True))
        else:
            hands[ONE] += luck < 0.25
            self.ask(EnterHands(question, number, table, hands))


def device_of(street: Street, by: Capability, seed: int) -> Device:
    kinds: dict[Role, type[Device]] = {
        Role.PARTICIPANT: Phone,
        Role.TABLE_FACILITATOR: Laptop,
        Role.ORGANISER: Console,
        Role.AREA_MANAGER: AreaManager,
    }
    return kinds.get(by.role, Device)(street, by, seed)
