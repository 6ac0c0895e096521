"""At stake: what a device keeps brings its ballot back, and is of no use for anything else."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.capability import KeptBallot
from app.core.commands import CastBallot, Channel, CloseVoting, RecoverBallot, WithdrawBallot
from app.core.errors import Refusal
from app.core.events import BallotRecovered
from app.core.ids import CommandId, KeypadId, MeetingId, Round, SeatId, SiteId, TableId
from app.core.questions import RoundState
from app.core.receipts import Accepted
from app.log.codec import decode_segment
from app.log.memory import MemoryLog
from app.log.port import Epoch
from app.realtime import wire
from app.realtime.blobs import Blobs
from tests.fakes import (
    MEETING,
    ONE,
    PLACE,
    SECRET,
    TWO,
    Dice,
    Line,
    Running,
    laptop,
    new_id,
    pad_of,
    running,
    seat_id,
    until,
)  # fmt: skip

KEY = bytes(range(32))
TEXT = st.text(max_size=40)
CHOICES = (
    st.none()
    | st.integers(-(2**31), 2**31)
    | st.lists(TEXT, max_size=4).map(tuple)
    | st.dictionaries(TEXT, st.integers(-9, 9), min_size=1, max_size=400)
)
KEPT = st.builds(
    KeptBallot, TEXT, st.integers(0, 2**40), TEXT, TEXT, st.integers(1, 99), TEXT, TEXT, CHOICES,
    st.sampled_from(Channel), st.integers(0, 2**45), st.none() | TEXT, st.none() | TEXT, TEXT,
    st.none() | TEXT, st.none() | st.integers(0, 2**31),
)  # fmt: skip


def kept(**changes: object) -> KeptBallot:
    said: dict[str, object] = {
        "epoch": "epoch-1", "offset": 7, "site": SiteId("hall"), "question": PLACE, "round": Round(1),
        "opening": "cmd_open", "voter": SeatId("17-4"), "choices": (ONE,), "channel": Channel.PHONE,
        "at_ms": 5, "table": TableId("17"), "by": "participant:cap_x", "command": CommandId("cmd_1"),
    }  # fmt: skip
    return KeptBallot(**(said | changes))  # type: ignore[arg-type]


@given(KEPT)
def test_what_is_sealed_comes_back_as_it_was(ballot: KeptBallot) -> None:
    blobs = Blobs(KEY, MEETING)
    assert blobs.open(blobs.seal(ballot)) == ballot


def test_nothing_can_be_read_from_a_blob_and_no_two_are_alike() -> None:
    blobs = Blobs(KEY, MEETING)
    one, two = blobs.seal(kept()), blobs.seal(kept())
    assert one != two
    assert len({blobs.seal(kept())[:16] for _ in range(2_000)}) == 2_000, "no nonce is used twice"
    raw = base64.b64decode(one)
    assert not [word for word in (b"17-4", ONE.encode(), b"cmd_", b"participant") if word in raw]
    assert len(one) < 300


def test_no_changed_byte_is_one_of_ours() -> None:
    blobs = Blobs(KEY, MEETING)
    raw = bytearray(base64.b64decode(blobs.seal(kept())))
    for at in range(len(raw)):
        raw[at] ^= 1
        assert blobs.open(base64.b64encode(raw).decode()) is None
        raw[at] ^= 1
    assert blobs.open(base64.b64encode(raw).decode()) == kept(), "the control: unchanged it is"


@pytest.mark.parametrize("rubbish", ["", "A", "AQ", "AQAA", "%%%", "ท", "A" * 16_000, "Ag" + "A" * 60])
def test_rubbish_is_not_one_of_ours(rubbish: str) -> None:
    assert Blobs(KEY, MEETING).open(rubbish) is None


def test_a_blob_of_another_meeting_or_another_server_is_not_one_of_ours() -> None:
    sealed = Blobs(KEY, MEETING).seal(kept())
    assert Blobs(KEY, MeetingId("another")).open(sealed) is None
    assert Blobs(bytes(32), MEETING).open(sealed) is None


def test_a_large_rating_fits_into_a_frame_with_which_it_is_brought_back() -> None:
    """As large as a frame could bring it in."""
    options = {f"opt_{Dice(n)(16).hex()}": 1 for n in range(340)}
    cast = wire.command_frame(new_id(), CastBallot(PLACE, Round(1), SeatId("17-4"), options))
    assert 12_000 < len(cast) < wire.FRAME_BYTES_MAX
    blob = Blobs(KEY, MEETING).seal(kept(choices=options))
    offer = wire.command_frame(new_id(), RecoverBallot(blob, SeatId("17-4")))
    assert len(offer) < wire.FRAME_BYTES_MAX


# --- in a hall -----------------------------------------------------------------------------


def ballot(seat: int, option: str = ONE) -> CastBallot:
    return CastBallot(PLACE, Round(1), seat_id(1, seat), (option,))


async def acked(line: Line, command: CommandId) -> wire.Ack:
    await until(lambda: [ack for ack in line.of(wire.Ack) if ack.id == command])
    found: wire.Ack = next(ack for ack in reversed(line.of(wire.Ack)) if ack.id == command)
    return found


async def without_the_last(log: MemoryLog, offset: int) -> MemoryLog:
    """The log of a backup that ends there, as a restore leaves it."""
    segments = [segment for segment in log._segments if segment.last <= offset]
    older = MemoryLog(log.genesis, segments, list(log.epochs))
    await older.begin_epoch(Epoch("epoch-2", offset))
    return older


async def test_the_acknowledgement_of_a_ballot_brings_a_blob_also_the_second_time() -> None:
    async with running() as room:
        await room.vote_open()
        line, connection = await room.enter(laptop(1))
        command = new_id()
        for _ in range(2):
            connection.received(wire.command_frame(command, ballot(1)))
        await until(lambda: len(line.of(wire.Ack)) == 2)
        one, two = line.of(wire.Ack)
        assert one.offset == two.offset
        blobs = Blobs(KEY, MEETING)
        first, second = blobs.open(one.blob), blobs.open(two.blob)
        assert first is not None
        assert second is not None
        assert (first.voter, first.choices, first.offset, first.command) == (
            "1-1",
            (ONE,),
            one.offset,
            command,
        )
        same = ("epoch", "offset", "question", "round", "opening", "voter", "choices", "channel", "command")
        assert [getattr(first, name) for name in same] == [getattr(second, name) for name in same]


async def test_nothing_else_brings_a_blob_least_of_all_an_anonymous_ballot() -> None:
    async with running() as room:
        await room.vote_open(SECRET)
        line, connection = await room.enter(laptop(1))
        secret = CastBallot(SECRET, Round(1), seat_id(1, 1), (ONE,))
        for said in (secret, secret, pad_of(laptop(1), seat_id(1, 1))):
            connection.received(
                wire.command_frame(CommandId("cmd_" + "a" * 32) if said is secret else new_id(), said)
            )
        await until(lambda: len(line.of(wire.Ack)) == 3)
        assert [ack.blob for ack in line.of(wire.Ack)] == [None, None, None]


async def lost_votes(room: Running) -> tuple[int, dict[CommandId, str]]:
    """A vote in which two seats vote; then a third and fourth do, and one of the first changes its mind.

    Gives where the backup ends, and what the laptop holds of what came after it.
    """
    await room.vote_open()
    line, connection = await room.enter(laptop(1))
    held: dict[CommandId, str] = {}
    cut = 0
    for seat, option in ((1, ONE), (2, ONE), (3, ONE), (4, TWO), (1, TWO)):
        command = new_id()
        connection.received(wire.command_frame(command, ballot(seat, option)))
        ack = await acked(line, command)
        assert ack.blob is not None
        if len(held) == 2 and not cut:
            held, cut = {}, ack.offset - 1
        held[command] = ack.blob
    return cut, held


async def brought_back(room: Running, held: dict[CommandId, str]) -> Line:
    line, connection = await room.enter(laptop(1))
    [welcome] = line.of(wire.Welcome)
    assert welcome.history == {"epoch-1": room.hall._log.epochs[-1].after}
    for (command, blob), seat in zip(held.items(), (3, 4, 1), strict=True):
        connection.received(wire.command_frame(command, RecoverBallot(blob, seat_id(1, seat))))
    await until(lambda: len(line.of(wire.Ack)) == len(held))
    return line


async def test_after_a_restore_every_acknowledged_ballot_of_a_live_device_counts() -> None:
    async with running() as room:
        cut, held = await lost_votes(room)
        log = await without_the_last(room.log.crash(), cut)
    async with running(log) as room:
        now = room.hall.meeting.questions.questions[PLACE].now
        assert now.tally.cells == {ONE: 2}, "the control: this is what the backup had"
        await brought_back(room, held)
        assert now.tally.cells == {ONE: 2, TWO: 2}
        offset = room.hall.position.offset
        await brought_back(room, held)
        assert room.hall.position.offset == offset, "a replay changes nothing"
        log = room.log.crash()
    async with running(log) as room:
        assert room.hall.meeting.questions.questions[PLACE].now.tally.cells == {ONE: 2, TWO: 2}
        events = [event async for s in log.read_after(0) for event in decode_segment(s)]
        assert sum(isinstance(event, BallotRecovered) for event in events) == 3


async def test_also_after_the_vote_was_closed_meanwhile() -> None:
    async with running() as room:
        cut, held = await lost_votes(room)
        log = await without_the_last(room.log.crash(), cut)
    async with running(log) as room:
        now = room.hall.meeting.questions.questions[PLACE].now
        await room.do(CloseVoting(PLACE))
        room.clock.advance(2_000)
        await until(lambda: now.state is RoundState.CLOSED)
        assert isinstance(await room.ask(ballot(5), laptop(1)), Refusal)
        await brought_back(room, held)
        assert (now.voted, now.tally.cells) == (4, {ONE: 2, TWO: 2})


async def test_what_another_seat_holds_or_nobody_sealed_is_refused_and_changes_nothing() -> None:
    async with running() as room:
        cut, held = await lost_votes(room)
        log = await without_the_last(room.log.crash(), cut)
    async with running(log) as room:
        offset = room.hall.position.offset
        (command, blob), *_ = held.items()
        for seat, said, id_ in ((1, blob, command), (3, blob, new_id()), (3, blob[:-4] + "AAAA", command)):
            answer = await room.ask(RecoverBallot(said, seat_id(1, seat)), laptop(1), id_)
            assert isinstance(answer, Refusal)
            assert answer.code == "blob_not_ours"
        assert room.hall.position.offset == offset
        answer = await room.ask(RecoverBallot(blob, seat_id(1, 3)), laptop(1), command)
        assert isinstance(answer, Accepted), "the control: the same blob as it was"


async def test_a_withdrawal_is_brought_back_too() -> None:
    async with running() as room:
        await room.vote_open()
        await room.do(ballot(1), laptop(1))
        cut = room.hall.position.offset
        line, connection = await room.enter(laptop(1))
        command = new_id()
        connection.received(wire.command_frame(command, WithdrawBallot(PLACE, Round(1), seat_id(1, 1))))
        blob = (await acked(line, command)).blob
        log = await without_the_last(room.log.crash(), cut)
    assert blob is not None
    async with running(log) as room:
        await room.do(RecoverBallot(blob, seat_id(1, 1)), laptop(1), command)
        assert room.hall.meeting.questions.questions[PLACE].now.ballots == {}


async def test_where_nothing_was_restored_it_is_told_to_be_kept() -> None:
    async with running() as room:
        _, held = await lost_votes(room)
        log = MemoryLog(room.log.genesis, room.log.crash()._segments[:-2])
    async with running(log) as room:
        *_, (command, blob) = held.items()
        answer = await room.ask(RecoverBallot(blob, seat_id(1, 1)), laptop(1), command)
        assert answer == Refusal("nothing_restored")


def test_a_press_of_a_handset_names_its_keypad_and_sequence() -> None:
    ballot = kept(channel=Channel.HANDSET, keypad=KeypadId("handset"), sequence=9)
    blobs = Blobs(KEY, MEETING)
    opened = blobs.open(blobs.seal(ballot))
    assert opened is not None
    assert (opened.keypad, opened.sequence) == ("handset", 9)
