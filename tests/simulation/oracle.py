"""What must hold in every simulated history, told by the people's own memory and not by the program.

P1 what was acknowledged is in the log, and was on disk when it was acknowledged; P2 no id is in it
twice; P3 what was refused is not in it; P4 a command sent again has the same answer; and at the end
every count is what the people remember, and every screen shows what a fresh one would.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec

from app.client.core import Final
from app.core import views
from app.core.commands import AnyCommand, CastBallot, Choices, EnterHands, WithdrawBallot
from app.core.events import SampleDrawn
from app.core.ids import CommandId, OptionId, SeatId
from app.core.meeting import Meeting
from app.core.questions import RoundState
from app.log.chain import genesis_head
from app.log.codec import read_segment
from app.realtime import wire
from app.realtime.closes import closes_in
from tests.simulation.disk import Disk
from tests.simulation.people import Device

Paper = dict[SeatId, Choices]
"""The ballots of a round, as the people remember them."""


class Oracle:
    """Listens to what people ask and hear, and judges the history at its end."""

    def __init__(self, disk: Disk) -> None:
        self.disk = disk
        self.asked: dict[CommandId, AnyCommand] = {}
        self.final: dict[CommandId, Final] = {}
        self.wrong: list[str] = []
        self.heard: Counter[str] = Counter()
        self.papers: dict[tuple[str, int], Paper] = {}
        self.unsure: dict[tuple[str, int], set[SeatId]] = {}
        self.raised: dict[tuple[str, int, str], tuple[int, EnterHands]] = {}
        self.draws: list[list[tuple[str, int, str]]] = []
        self.samples = 0

    # --- while it happens --------------------------------------------------------------------

    def note(self, command: CommandId, said: AnyCommand) -> None:
        self.asked[command] = said

    def hears(self, command: CommandId, answer: Final) -> None:
        """An answer has reached who asked. What comes with it to be kept is no part of it."""
        if isinstance(answer, wire.Ack):
            answer = wire.Ack(answer.id, answer.offset)
        self.heard[type(answer).__name__] += 1
        if isinstance(answer, wire.Ack) and answer.offset > self.last:
            self.wrong.append(f"{command} was acknowledged at {answer.offset}, on disk is {self.last}")
        before = self.final.get(command)
        if before is None:
            self.final[command] = answer
            self._remember(self.asked[command], answer)
        elif isinstance(before, wire.Ack) and answer != before and not isinstance(answer, wire.Unknown):
            self.wrong.append(f"{command} was answered {before}, and sent again {answer}")

    def hands_of(self, question: str, number: int, table: str) -> Counter[OptionId]:
        """The hands of a table's seats, as these remember what they chose."""
        paper = self.papers.get((question, number), {})
        chosen = (choices for seat, choices in paper.items() if seat.rpartition("-")[0] == table)
        return Counter(OptionId(cell) for choices in chosen for cell in cells(choices))

    def _remember(self, said: AnyCommand, answer: Final) -> None:
        if isinstance(said, EnterHands) and isinstance(answer, wire.Ack):
            pair = (str(said.question), int(said.round), str(said.table))
            self.raised[pair] = max(
                self.raised.get(pair, (0, said)), (answer.offset, said), key=lambda x: x[0]
            )
        if not isinstance(said, CastBallot | WithdrawBallot):
            return
        key = (str(said.question), int(said.round))
        if isinstance(answer, wire.Unknown):
            self.unsure.setdefault(key, set()).add(said.seat)
        if not isinstance(answer, wire.Ack):
            return
        paper = self.papers.setdefault(key, {})
        if isinstance(said, WithdrawBallot):
            paper.pop(said.seat, None)
        elif isinstance(said.choices, dict):
            held = paper.get(said.seat)
            paper[said.seat] = {**(held if isinstance(held, dict) else {}), **said.choices}
        else:
            paper[said.seat] = said.choices

    @property
    def last(self) -> int:
        return self.disk.segments[-1].last if self.disk.segments else 0

    # --- at the end --------------------------------------------------------------------------

    def judge(self, live: Meeting, devices: list[Device]) -> list[str]:
        """Everything that is wrong with the history."""
        meeting, commands = self._replayed()
        wrong = [*self.wrong, *self._record(commands, meeting)]
        for key, paper in self.papers.items():
            wrong += self._counts(meeting, key, paper)
        wrong += self._audited(meeting)
        channels = sorted({c for d in devices for c in d.core.state} | {"results", "console", "desk"})
        wrong += [
            f"{c}: live is not what the log says" for c in channels if told(live, c) != told(meeting, c)
        ]
        for device in devices:
            wrong += self._screen(meeting, device)
        return wrong

    def _replayed(self) -> tuple[Meeting, dict[str, list[tuple[int, str]]]]:
        meeting, head = Meeting(), genesis_head(self.disk.genesis)
        commands: dict[str, list[tuple[int, str]]] = {}
        for segment in self.disk.segments:
            before = head
            head, events = read_segment(head, segment)
            for offset, event in enumerate(events, segment.first):
                meeting.apply(offset, event)  # type: ignore[arg-type]
                if isinstance(event, SampleDrawn):
                    self.draws.append([(str(q), int(number), str(table)) for q, number, table in event.drawn])
                command = getattr(event, "command", None)
                if command is not None:
                    commands.setdefault(command, []).append((offset, type(event).__name__))
            meeting.closes.update(closes_in(before, segment))
        return meeting, commands

    def _record(self, commands: dict[str, list[tuple[int, str]]], meeting: Meeting) -> Iterator[str]:
        for command, said in self.asked.items():
            answer, found = self.final.get(command), commands.get(command, [])
            if answer is None:
                yield f"P4: {command} ({type(said).__name__}) was never answered"
            elif isinstance(answer, wire.Nack) and found:
                yield f"P3: {command} was refused ({answer.code}) and is in the log at {found}"
            elif isinstance(answer, wire.Ack) and not found and not self._secret(said, meeting):
                yield f"P1: {command} ({type(said).__name__}) was acknowledged and is not in the log"
            elif isinstance(answer, wire.Ack) and found and found[0][0] != answer.offset:
                yield f"P1: {command} was acknowledged at {answer.offset} and is at {found[0][0]}"
        for named, found in commands.items():
            kinds = Counter(kind for _, kind in found if kind != "OptionAdded")
            if max(kinds.values(), default=1) > 1:
                yield f"P2: {named} is in the log more than once: {found}"

    @staticmethod
    def _secret(said: AnyCommand, meeting: Meeting) -> bool:
        """Whether the log names another id, since the question is anonymous."""
        question = getattr(said, "question", None)
        found = None if question is None else meeting.questions.questions.get(question)
        return found is not None and found.rules.anonymous and hasattr(said, "seat")

    def _counts(self, meeting: Meeting, key: tuple[str, int], paper: Paper) -> Iterator[str]:
        """A round's tally against what its voters remember; who is unsure may tip each cell by one."""
        now = next(q for q in meeting.questions.questions.values() if q.id == key[0]).rounds[key[1] - 1]
        counted = now.shown if now.state is RoundState.SHOWN and now.shown is not None else now.tally
        remembered: Counter[str] = Counter()
        for choices in paper.values():
            remembered.update(cells(choices))
        slack = len(self.unsure.get(key, ()))
        for cell in sorted({*counted.cells, *remembered}):
            if abs(counted.cells.get(cell, 0) - remembered[cell]) > slack:
                counts = counted.cells.get(cell, 0)
                yield f"{key} counts {counts} in {cell}, its voters remember {remembered[cell]}"
        if abs(counted.voters - len(paper)) > slack:
            yield f"{key} counts {counted.voters} voters, {len(paper)} remember a ballot"

    def _audited(self, meeting: Meeting) -> Iterator[str]:
        """Each draw's outcome against the hands that were acknowledged and what the tables remember."""
        if len({pair for draw in self.draws for pair in draw}) < sum(map(len, self.draws)):
            yield f"a pair was drawn twice: {self.draws}"
        for draw, sample in zip(self.draws, meeting.sampling.samples, strict=True):
            entered = [self.raised[pair][1] for pair in draw if pair in self.raised]
            said = sample.outcome
            if (said is not None) != (len(entered) == len(draw)):
                yield f"of {len(draw)} pairs {len(entered)} were entered, and the outcome is {said}"
            if said is None or any(pair[:2] in self.unsure for pair in draw):
                continue
            self.samples += 1
            missing = sum(each.missing for each in entered)
            agreed = sum(
                not each.missing
                and +Counter(each.hands) == self.hands_of(each.question, each.round, each.table)
                for each in entered
            )
            if (said.pairs, said.agreed, said.missing) != (len(draw), agreed, missing):
                yield f"{said}, and {agreed} of {len(draw)} pairs agree, {missing} are missing"

    @staticmethod
    def _screen(meeting: Meeting, device: Device) -> Iterator[str]:
        for channel in device.core.welcome.channels if device.core.welcome else ():
            shows, fresh = device.core.state.get(channel, {}), told(meeting, channel)
            held, asked = shows.get("ballot"), fresh.get("ballot")
            if (
                held
                and asked
                and (held["question"], held.get("round")) != (asked["question"], asked.get("round"))
            ):
                # of a round that is over: pages pass over it, and the server need not tell
                shows = {**shows, "ballot": {**asked, "choices": None}}
            other = [key for key in sorted({*shows, *fresh}) if shows.get(key) != fresh.get(key)]
            if other:
                yield f"{device.by.id} does not show {channel} as it is: {', '.join(other)}"


def cells(choices: Choices) -> list[str]:
    """The cells of one ballot, by a reckoning of our own."""
    if isinstance(choices, dict):
        return [f"{option}={value}" for option, value in choices.items()]
    return list(dict.fromkeys(choices)) if isinstance(choices, tuple) else [str(choices)]


def told(meeting: Meeting, channel: str) -> Any:
    """What a fresh page would show."""
    return msgspec.json.decode(msgspec.json.encode(views.snapshot(meeting, channel)))
