"""At stake: a client that got a snapshot and the deltas holds exactly what a fresh snapshot would give it."""

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from app.realtime import wire
from app.realtime.board import FRAMES_KEPT_MAX, Board

State = dict[str, Any]


def taken(state: State, frame: bytes | None) -> State:
    """What a client has after a frame."""
    if frame is None:
        return state
    view = wire.read_server(frame)
    assert isinstance(view, wire.View)
    after = {} if view.since is None else dict(state)
    after |= {key: msgspec.json.decode(raw) for key, raw in view.set.items()}
    for key in view.gone:
        after.pop(key, None)
    return after


KEYS = st.sampled_from("abcd")
CHANGES = st.lists(st.dictionaries(KEYS, st.none() | st.integers(0, 3), max_size=3), max_size=12)


@given(start=st.dictionaries(KEYS, st.integers(0, 3)), changes=CHANGES, drops=st.sets(st.integers(0, 12)))
def test_snapshot_and_deltas_from_anywhere_give_the_newest_snapshot(
    start: State, changes: list[State], drops: set[int]
) -> None:
    board = Board("desk", 10, start)
    client, have = taken({}, board.frame(None)), board.changed
    for step, change in enumerate(changes):
        board.update(change, 11 + step)
        if step not in drops:
            client, have = taken(client, board.frame(have)), board.changed
    client = taken(client, board.frame(have))
    assert client == taken({}, board.frame(None))


def test_what_is_set_to_what_it_was_is_no_change() -> None:
    board = Board("keypad", 5, {"open": {"question": "place"}})
    assert not board.update({"open": {"question": "place"}, "never": None}, 6)
    assert board.frame(5) is None
    assert board.offset == 6


def test_who_has_less_than_the_boards_start_gets_a_snapshot() -> None:
    board = Board("keypad", 5, {"open": 1})
    board.update({"open": 2}, 7)
    old, new = board.frame(4), board.frame(5)
    assert old is not None
    assert b'"since":null' in old
    assert new is not None
    assert b'"since":5' in new


def test_a_frame_is_encoded_once_until_the_next_change() -> None:
    board = Board("keypad", 5, {"open": 1})
    board.update({"open": 2}, 6)
    assert board.frame(5) is board.frame(5)
    before = board.frame(5)
    board.update({"open": 3}, 7)
    assert board.frame(5) is not before


def test_frames_kept_are_bounded_however_many_places_clients_come_from() -> None:
    board = Board("keypad", 0, {"open": 1})
    for offset in range(1, 3 * FRAMES_KEPT_MAX):
        board.offset = offset
    board.update({"open": 2}, 3 * FRAMES_KEPT_MAX)
    for since in range(3 * FRAMES_KEPT_MAX):
        assert board.frame(since) is not None
    assert len(board._frames) <= FRAMES_KEPT_MAX
