"""At stake: whatever a crash leaves behind, the next start makes of it what was promised."""

from pathlib import Path

from app.core.commands import (
    CastBallot,
    CloseVoting,
    OpenVoting,
    RedactText,
    SendMessage,
)  # fmt: skip
from app.core.ids import MessageId, QuestionId, Round
from app.core.questions import RoundState
from app.log.memory import MemoryLog
from app.log.port import Genesis
from app.log.sql import SqlLog
from app.realtime import wire
from app.realtime.ballot_keys import FileBallotKeys, MemoryBallotKeys
from app.realtime.rebuild import rebuild
from tests.fakes import (
    DICE,
    MEETING,
    ONE,
    PLACE,
    SECRET,
    Dice,
    Line,
    Running,
    laptop,
    new_id,
    running,
    seat_id,
    until,
)


def ballot(seat: int = 1, question: QuestionId = PLACE) -> CastBallot:
    return CastBallot(question, Round(1), seat_id(1, seat), (ONE,))


def message() -> SendMessage:
    return SendMessage(MessageId("msg_" + DICE(16).hex()), {"en": "please sit down"})


def answers(line: Line) -> list[wire.ServerFrame]:
    return [f for f in line.frames if isinstance(f, wire.Ack | wire.Nack | wire.Busy | wire.Unknown)]


async def close_vote(room: Running, question: QuestionId = PLACE) -> None:
    await room.do(CloseVoting(question))
    room.clock.advance(2_000)
    await until(lambda: room.hall.meeting.questions.questions[question].state is RoundState.CLOSED)
    await room.hall.read(lambda _: None)


# --- restarts ------------------------------------------------------------------------------


async def test_after_a_crash_in_mid_vote_the_vote_goes_on_and_answers_stay() -> None:
    command = new_id()
    async with running() as room:
        await room.vote_open()
        first = await room.do(ballot(), laptop(1), command)
        log = room.log.crash()
    async with running(log) as room:
        assert await room.do(ballot(), laptop(1), command) == first
        await room.do(ballot(2), laptop(1))
        assert len(room.hall.meeting.questions.questions[PLACE].now.ballots) == 2


async def test_on_a_real_database_the_same(tmp_path: Path) -> None:
    where, command = tmp_path / "log.db", new_id()
    async with running(await SqlLog.create(where, Genesis(MEETING, "hall", "epoch-1"))) as room:
        await room.vote_open()
        first = await room.do(ballot(), laptop(1), command)
        said = message()
        await room.do(said)
        await room.do(RedactText("message", said.message))
    async with running(await SqlLog.open(where)) as room:
        assert await room.do(ballot(), laptop(1), command) == first
        line, connection = await room.enter(laptop(1))
        for seat in range(2, 8):
            connection.received(wire.command_frame(new_id(), ballot(seat)))
        await until(lambda: len(line.of(wire.Ack)) == 6)
        assert len(room.hall.meeting.questions.questions[PLACE].now.ballots) == 7
    assert b"please sit down" not in where.read_bytes()


async def test_replay_reports_its_progress() -> None:
    async with running() as room:
        await room.vote_open()
        log = room.log.crash()
    told: list[tuple[int, int]] = []
    meeting, head = await rebuild(log, lambda done, whole: told.append((done, whole)))
    assert told[-1] == (log.position.offset, log.position.offset)
    assert (meeting.offset, head) == (log.position.offset, log.head)


async def test_the_key_of_an_anonymous_round_lives_from_opening_to_close(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    keys = FileBallotKeys(folder, Dice())
    async with running(keys=keys) as room:
        await room.vote_open(SECRET)
        assert len(list(folder.glob("*.key"))) == 1
        await room.do(ballot(1, SECRET), laptop(1))
        await close_vote(room, SECRET)
        await until(lambda: not list(folder.iterdir()))


async def test_the_key_is_stored_before_the_opening_is_durable() -> None:
    class Watched(MemoryBallotKeys):
        stored_at: int | None = None

        async def store(self, question: QuestionId, number: Round) -> None:
            await super().store(question, number)
            self.stored_at = room.log.position.offset

    keys = Watched(Dice())
    async with running(keys=keys) as room:
        offset = await room.do(OpenVoting(SECRET))
        assert keys.stored_at == offset - 1


async def test_a_restart_without_the_key_voids_the_open_round_and_with_it_does_not() -> None:
    keys = MemoryBallotKeys(Dice())
    async with running(keys=keys) as room:
        await room.vote_open(SECRET)
        await room.do(ballot(1, SECRET), laptop(1))
        log = room.log.crash()
    async with running(log, keys=keys) as room:
        assert room.hall.meeting.questions.questions[SECRET].state is RoundState.OPEN
        await room.do(ballot(2, SECRET), laptop(1))
        log = room.log.crash()
    async with running(log, keys=MemoryBallotKeys()) as room:
        lost = room.hall.meeting.questions.questions[SECRET].rounds[0]
        assert lost.state is RoundState.VOIDED
        assert lost.key_lost


async def test_a_key_that_a_crash_left_behind_is_deleted_at_the_start() -> None:
    keys = MemoryBallotKeys(Dice())
    keys.make(SECRET, Round(1))
    async with running(keys=keys):
        assert keys.held() == ()


async def test_a_redacted_text_is_erased_from_the_log_and_an_interrupted_erasure_is_done_again() -> None:
    async with running() as room:
        said = message()
        await room.do(said)
        assert b"please sit down" in body(room.log)
        await room.do(RedactText("message", said.message))
        await until(lambda: b"please sit down" not in body(room.log))
        log = room.log.crash()
    async with running(log) as room:
        await room.do(message())

    async with running() as room:
        said = message()
        await room.do(said)
        erase, room.log.erase = room.log.erase, forgetful  # type: ignore[method-assign]
        await room.do(RedactText("message", said.message))
        assert b"please sit down" in body(room.log)
        room.log.erase = erase  # type: ignore[method-assign]
        log = room.log.crash()
    async with running(log):
        assert b"please sit down" not in body(log)


async def forgetful(parts: tuple[tuple[int, str], ...]) -> None:
    """An erasure that a crash has stopped."""


def body(log: MemoryLog) -> bytes:
    return b"".join(segment.body for segment in log._segments)
