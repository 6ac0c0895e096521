"""What must hold of a history, by what clients were told and what the log has (docs/reliability.md)."""

from collections import Counter
from typing import Any, NamedTuple

from app.core.commands import AnyCommand, CastBallot, WithdrawBallot
from app.core.errors import Refusal
from app.core.events import BallotCast, BallotWithdrawn, VotingClosed
from app.core.ids import CommandId, QuestionId, Round
from app.core.receipts import Accepted
from app.log.chain import lines_of
from app.log.codec import decode_segment
from app.verify import count_round
from tests.histories.world import World

_Ballot = BallotCast | BallotWithdrawn


class Record(NamedTuple):
    """The log as the judge reads it: events by offset, and the offsets of each command's events."""

    events: dict[int, Any]
    of: dict[CommandId, list[int]]


def record_of(world: World) -> Record:
    """Read the log, event by event, without the meeting."""
    events: dict[int, Any] = {}
    of: dict[CommandId, list[int]] = {}
    for segment in world.log:
        for offset, event in enumerate(decode_segment(segment), segment.first):
            events[offset] = event
            of.setdefault(event.command, []).append(offset)  # type: ignore[attr-defined]
    return Record(events, of)


def wrong(world: World) -> list[str]:
    """Every promise that the history broke, as sentences."""
    record = record_of(world)
    return [*_answers(world, record), *_ballots(world, record), *_replay(world)]


def _answers(world: World, record: Record) -> list[str]:
    found = []
    for client in world.clients:
        for command, said in client.gave.items():
            told, at = client.told.get(command, []), record.of.get(command, [])
            if not told:
                found.append(f"{command} never had an answer")
            if len(at) > 1:
                found.append(f"P2: {command} is in the record {len(at)} times, at {at}")
            if any(isinstance(answer, Refusal) for answer in told) and at:
                found.append(f"P3: {command} was refused and is in the record at {at}")
            offsets = {answer.offset for answer in told if isinstance(answer, Accepted)}
            if len(offsets) > 1:
                found.append(f"P4: {command} was answered with {sorted(offsets)}")
            found += [
                f"P1: {command} was acknowledged at {offset} and is not there"
                for offset in offsets
                if offset not in at or not _says(record.events[offset], said)
            ]
    return found


def _says(event: Any, said: AnyCommand) -> bool:
    """Whether an event is that of a command: of ballots the content, of others the command's id is enough."""
    if isinstance(said, CastBallot):
        choices = dict(said.choices) if isinstance(said.choices, dict) else said.choices
        return isinstance(event, BallotCast) and (str(event.voter), event.choices) == (
            str(said.seat),
            choices,
        )
    if isinstance(said, WithdrawBallot):
        return isinstance(event, BallotWithdrawn) and str(event.voter) == str(said.seat)
    return True


def _ballots(world: World, record: Record) -> list[str]:
    """The ballots that stand are the last of each seat before the close; both counters say so."""
    standing: dict[tuple[QuestionId, Round], dict[str, Any]] = {}
    over: set[tuple[QuestionId, Round]] = set()
    found = []
    for offset, event in record.events.items():
        if isinstance(event, VotingClosed):
            over.add((event.question, event.round))
        if not isinstance(event, _Ballot):
            continue
        which = (event.question, event.round)
        if which in over:
            found.append(f"a ballot at {offset} came after the close of its vote")
        ballots = standing.setdefault(which, {})
        if isinstance(event, BallotWithdrawn):
            ballots.pop(str(event.voter), None)
        elif isinstance(event.choices, dict):
            ballots[str(event.voter)] = {**ballots.get(str(event.voter), {}), **event.choices}
        else:
            ballots[str(event.voter)] = event.choices
    lines = [line for segment in world.log for _, line in lines_of(segment)]
    for (question, number), ballots in standing.items():
        cells = Counter(
            cell
            for choices in ballots.values()
            for cell in ([f"{o}={v}" for o, v in choices.items()] if isinstance(choices, dict) else choices)
        )
        counted = count_round(lines, question, number)
        now = world.intake.meeting.questions.questions[question].rounds[number - 1]
        if {k: n for k, n in counted.items() if k} != dict(cells) or counted.get("", 0) != len(ballots):
            found.append(f"{question} {number}: the recount gives {counted}, the ballots {dict(cells)}")
        if len(now.ballots) != len(ballots) or any(now.tally.count(c) != n for c, n in cells.items()):
            found.append(f"{question} {number}: the meeting counts otherwise than {dict(cells)}")
    return found


def _replay(world: World) -> list[str]:
    """What is live is what the log gives."""
    meeting, _ = world.replayed()
    live = world.intake.meeting
    same = meeting.offset == live.offset and all(
        meeting.questions.questions[q].rounds == live.questions.questions[q].rounds
        for q in live.questions.questions
    )
    return [] if same else [f"the live meeting at {live.offset} is not the replay at {meeting.offset}"]
