"""At stake: after the close of an anonymous vote nothing on the machine leads from a ballot to a seat."""

import stat
from pathlib import Path

import pytest

from app.core.ids import CommandId, QuestionId, Round, SeatId, is_made_id
from app.realtime.ballot_keys import BallotKeys, FileBallotKeys, MemoryBallotKeys, keyed_command, keyed_voter
from tests.fakes import Dice

Q, R = QuestionId("secret"), Round(1)


@pytest.fixture(params=["memory", "file"])
def keys(request: pytest.FixtureRequest, tmp_path: Path) -> BallotKeys:
    return (
        MemoryBallotKeys(Dice()) if request.param == "memory" else FileBallotKeys(tmp_path / "keys", Dice())
    )


async def test_a_key_is_there_from_the_opening_to_the_close(keys: BallotKeys) -> None:
    assert keys.key(Q, R) is None
    made = keys.make(Q, R)
    await keys.store(Q, R)
    assert keys.key(Q, R) == made
    assert keys.held() == ((Q, R),)
    await keys.forget(Q, R)
    assert keys.key(Q, R) is None
    assert keys.held() == ()
    await keys.forget(Q, R)


async def test_each_round_has_a_key_of_its_own(keys: BallotKeys) -> None:
    assert keys.make(Q, R) != keys.make(Q, Round(2))


async def test_a_stored_key_outlives_the_process_and_a_forgotten_one_does_not(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    keys = FileBallotKeys(folder, Dice())
    made = keys.make(Q, R)
    assert FileBallotKeys(folder).held() == (), "not stored yet"
    await keys.store(Q, R)
    assert FileBallotKeys(folder).key(Q, R) == made
    await keys.forget(Q, R)
    assert list(folder.iterdir()) == []


async def test_only_the_owner_may_read_a_key(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    keys = FileBallotKeys(folder)
    keys.make(Q, R)
    await keys.store(Q, R)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    (file,) = folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_a_torn_key_file_is_no_key(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    folder.mkdir()
    (folder / "secret@1.key").write_bytes(b"half")
    (folder / "secret@1.new").write_bytes(b"half")
    assert FileBallotKeys(folder).held() == ()


def test_the_hash_hides_the_seat_and_tells_rounds_and_purposes_apart() -> None:
    key, seat = bytes(32), SeatId("1-1")
    voter = keyed_voter(key, Q, R, seat)
    assert voter == keyed_voter(key, Q, R, seat)
    others = {
        keyed_voter(bytes(31) + b"1", Q, R, seat),
        keyed_voter(key, Q, Round(2), seat),
        keyed_voter(key, QuestionId("other"), R, seat),
        keyed_voter(key, Q, R, SeatId("1-2")),
        keyed_command(key, Q, R, CommandId(seat)).removeprefix("cmd_"),
    }
    assert len(others) == 5
    assert voter not in others
    assert seat not in voter


def test_a_hashed_command_id_has_the_shape_of_an_id() -> None:
    assert is_made_id("cmd", keyed_command(bytes(32), Q, R, CommandId("cmd_" + "0" * 32)))
