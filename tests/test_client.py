"""At stake: a program loses nothing, whatever the line does, and knows what has not been saved."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.client import Answered, Changed, ClientCore
from app.core.commands import CastBallot, StartTimer
from app.core.ids import CommandId, QuestionId, Round, SeatId
from app.realtime import wire
from app.realtime.board import Board
from tests.fakes import Dice

SAID = StartTimer(60)


def core(**given: Any) -> ClientCore:
    return ClientCore(Dice(), lambda: 0.5, token="t", **given)


def welcome(
    epoch: str = "e1", offset: int = 10, channels: tuple[str, ...] = ("desk",), resume: str = "r",
    history: dict[str, int] | None = None,
) -> bytes:  # fmt: skip
    return wire.encode(
        wire.Welcome(
            epoch=epoch, offset=offset, resume=resume, lang="en", protocol=1, assets="", role="organiser",
            scope={}, channels=channels, server_ms=0, history=history,
        )
    )  # fmt: skip


def view(
    offset: int, since: int | None, channel: str = "desk", gone: tuple[str, ...] = (), **values: Any
) -> bytes:
    raws = {key: msgspec.Raw(msgspec.json.encode(value)) for key, value in values.items()}
    return wire.encode(wire.View(channel, offset, since, raws, gone))


def joined(now: float = 0.0, **given: Any) -> ClientCore:
    client = core(**given)
    client.hello(now)
    client.received(welcome(), now)
    return client


def said_in(frame: bytes) -> Any:
    return msgspec.json.decode(frame)


# --- the outbox ----------------------------------------------------------------------------


def test_nothing_is_sent_before_the_welcome_and_everything_after() -> None:
    client = core()
    command = client.ask(SAID)
    assert client.to_send(0.0) == []
    assert said_in(client.hello(0.0))["token"] == "t"
    assert client.to_send(0.0) == []
    client.received(welcome(), 0.0)
    assert client.to_send(0.0) == [wire.command_frame(command, SAID)]
    assert client.to_send(0.0) == []
    assert client.unsaved == 1


def test_what_was_not_answered_is_sent_again_with_the_same_id_and_what_was_is_not() -> None:
    client = joined()
    first, second = client.ask(SAID), client.ask(SAID)
    assert len(client.to_send(0.0)) == 2
    assert client.received(wire.encode(wire.Ack(first, 11)), 0.0) == Answered(first, wire.Ack(first, 11))
    client.lost(1006, 1.0)
    client.hello(2.0)
    client.received(welcome(), 2.0)
    assert client.to_send(2.0) == [wire.command_frame(second, SAID)]


@pytest.mark.parametrize(
    "frame",
    [
        wire.Nack("cmd_" + "1" * 32, "voting_closed", {}, "Closed."),
        wire.Unknown("cmd_" + "1" * 32, "outcome_unknown", "?"),
        wire.Ack("cmd_" + "1" * 32, 1),
    ],
)
def test_every_final_answer_ends_a_command_once(frame: wire.Nack | wire.Unknown | wire.Ack) -> None:
    client = joined()
    command = client.ask(SAID, CommandId("cmd_" + "1" * 32))
    client.to_send(0.0)
    assert client.received(wire.encode(frame), 0.0) == Answered(command, frame)
    assert client.received(wire.encode(frame), 0.0) is None
    assert client.unsaved == 0


def test_a_busy_command_waits_as_told_and_goes_again_with_its_id() -> None:
    client = joined()
    command = client.ask(SAID)
    (frame,) = client.to_send(0.0)
    client.received(wire.encode(wire.Busy(command, "rate", 1_000, "")), 0.0)
    assert client.to_send(1.4) == []
    assert client.to_send(1.5) == [frame]
    assert client.unsaved == 1


def test_no_more_than_64_are_under_way() -> None:
    client = joined()
    commands = [client.ask(SAID) for _ in range(100)]
    assert len(client.to_send(0.0)) == wire.OUTSTANDING_MAX
    client.received(wire.encode(wire.Ack(commands[0], 1)), 0.0)
    assert len(client.to_send(0.0)) == 1


def test_ids_differ_and_have_the_shape_of_ids() -> None:
    client = joined()
    ids = {client.ask(SAID) for _ in range(100)}
    assert len(ids) == 100
    for frame in client.to_send(0.0):
        wire.read_client(frame)


# --- views ---------------------------------------------------------------------------------


def test_snapshots_replace_and_deltas_change() -> None:
    client = joined()
    client.received(view(10, None, a=1, b=2), 0.0)
    assert client.received(view(12, 10, a=3, gone=("b",)), 0.0) == Changed("desk")
    assert client.state == {"desk": {"a": 3}}
    client.received(view(13, None, c=1), 0.0)
    assert client.state == {"desk": {"c": 1}}
    assert client.has("desk") == 13


def test_a_delta_from_before_what_it_has_is_good_and_one_from_after_asks_for_a_resync() -> None:
    client = joined()
    client.received(view(10, None, a=1), 0.0)
    client.received(view(14, 8, a=2), 0.0)
    assert client.state["desk"] == {"a": 2}
    assert client.received(view(20, 15, a=3), 0.0) is None
    assert client.state["desk"] == {"a": 2}
    assert client.to_send(0.0) == [b'{"t":"resync"}']
    assert client.to_send(0.0) == []


def test_a_tick_says_that_everything_up_to_it_is_here() -> None:
    client = joined()
    client.received(view(10, None, a=1), 0.0)
    client.received(wire.encode(wire.Tick(30, 0)), 0.0)
    assert said_in(client.hello(0.0))["offset"] == 30


def test_it_comes_back_with_the_resume_secret_and_the_least_of_what_it_has() -> None:
    client = joined()
    client.received(welcome(channels=("desk", "words"), resume="r2"), 0.0)
    client.received(view(10, None, a=1), 0.0)
    client.received(view(40, None, channel="words", a=1), 0.0)
    hello = said_in(client.hello(0.0))
    assert (hello["resume"], hello["epoch"], hello["offset"]) == ("r2", "e1", 10)
    assert "token" not in hello


def test_a_channel_that_is_new_to_it_is_asked_for() -> None:
    client = joined()
    client.received(view(10, None, a=1), 0.0)
    client.hello(0.0)
    client.received(welcome(channels=("desk", "words")), 0.0)
    assert client.to_send(0.0) == [b'{"t":"resync"}']


def test_another_history_and_a_lost_right_are_forgotten() -> None:
    client = joined()
    client.received(view(10, None, a=1), 0.0)
    client.hello(0.0)
    client.received(welcome(channels=()), 0.0)
    assert client.state == {}
    client.received(view(10, None, a=1), 0.0)
    client.hello(0.0)
    client.received(welcome(epoch="e2"), 0.0)
    assert client.state == {}
    assert client.has("desk") is None


def test_a_frame_of_a_newer_server_is_passed_over() -> None:
    client = joined()
    assert client.received(b'{"t":"fireworks","colour":"red"}', 0.0) is None
    command = client.ask(SAID)
    assert client.received(b'{"t":"ack","id":"%s","offset":1,"more":2}' % command.encode(), 0.0) is not None


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.none() | st.integers(0, 5), st.booleans()), max_size=30),
    st.randoms(use_true_random=False),
)
def test_whatever_is_lost_on_the_way_a_resync_makes_it_whole(
    changes: list[tuple[str, int | None, bool]], luck: Any
) -> None:
    board, client = Board("desk", 10, {}), joined()
    sent, truth = board.changed, dict[str, int]()
    client.received(board.frame(None) or b"", 0.0)
    for step, (key, value, arrives) in enumerate(changes):
        board.update({key: value}, 11 + step)
        truth.pop(key, None)
        if value is not None:
            truth[key] = value
        frame = board.frame(sent)
        sent = board.changed
        if frame is not None and arrives:
            client.received(frame, 0.0)
        if client.to_send(0.0):
            client.received(board.frame(None) or b"", 0.0)
    if luck.random() < 0.5 or client.has("desk") != board.changed:
        client.received(board.frame(None) or b"", 0.0)
    assert client.state["desk"] == truth


# --- coming back ---------------------------------------------------------------------------


@pytest.mark.parametrize("code", [4500, 4501, 4502, 4503, 4504])
def test_who_is_told_to_stay_away_does(code: int) -> None:
    assert joined().lost(code, 0.0) is None or code == 4500


def test_a_program_whose_resume_secret_is_not_known_tries_its_token_once() -> None:
    client = joined()
    assert client.lost(wire.BAD_TICKET, 0.0) is not None
    assert said_in(client.hello(0.0))["token"] == "t"
    assert client.lost(wire.BAD_TICKET, 0.0) is None


@pytest.mark.parametrize("code", [1006, 1012, 4030])
def test_after_a_restart_the_crowd_spreads_over_eight_seconds(code: int) -> None:
    waits = [joined_with(chance).lost(code, 0.0) for chance in (0.0, 0.25, 0.999)]
    assert waits == [0.0, 2.0, pytest.approx(7.992)]


def joined_with(chance: float) -> ClientCore:
    client = ClientCore(Dice(), lambda: chance, token="t")
    client.hello(0.0)
    client.received(welcome(), 0.0)
    return client


def test_waits_grow_with_full_jitter_to_fifteen_seconds_and_start_anew_after_a_welcome() -> None:
    client = joined()
    waits = [client.lost(4008, 0.0) for _ in range(8)]
    assert waits == [0.25, 0.5, 1.0, 2.0, 4.0, 7.5, 7.5, 7.5]
    client.hello(0.0)
    client.received(welcome(), 0.0)
    assert client.lost(4008, 0.0) == 0.25


def test_a_line_that_is_silent_for_11_seconds_is_asked_and_after_10_more_it_is_dead() -> None:
    client = joined(now=100.0)
    assert client.to_send(111.0) == []
    assert client.to_send(111.1) == [wire.encode(wire.Beat())]
    assert client.to_send(112.0) == [], "it is asked once"
    assert not client.silent(121.0)
    assert client.silent(121.1)
    client.received(wire.encode(wire.Tick(1, 0)), 121.0)
    assert not client.silent(142.0)
    assert client.silent(142.1), "whether it was asked or not"


def test_a_line_on_which_something_was_said_and_nothing_is_heard_for_10_seconds_is_dead() -> None:
    client = joined(now=100.0)
    client.ask(SAID)
    client.to_send(101.0)
    client.ask(SAID)
    client.to_send(105.0)
    assert not client.silent(111.0)
    assert client.silent(111.1)
    client.received(wire.encode(wire.Tick(1, 0)), 111.0)
    assert not client.silent(122.0), "whatever is heard, the line lives"


# --- what is kept --------------------------------------------------------------------------

VOTE = CastBallot(QuestionId("pick"), Round(1), SeatId("1-1"), ("a",))


def voted(client: ClientCore, offset: int, blob: str | None) -> CommandId:
    """A ballot that was acknowledged at this offset."""
    command = client.ask(VOTE)
    client.to_send(0.0)
    client.received(wire.encode(wire.Ack(command, offset, blob)), 0.0)
    return command


def back_in(client: ClientCore, **said: Any) -> list[Any]:
    """What the client sends by itself after it has come back."""
    client.hello(1.0)
    client.received(welcome(**said), 1.0)
    return [said_in(frame) for frame in client.to_send(1.0)]


def test_after_a_restore_what_was_acknowledged_later_is_brought_back_in_its_order() -> None:
    client = joined()
    commands = [voted(client, offset, f"blob {offset}") for offset in (20, 31, 30)]
    assert back_in(client) == [], "the same history: nothing is missing"
    sent = back_in(client, epoch="e2", history={"e1": 20})
    assert [(s["t"], s["id"], s["blob"], s["seat"]) for s in sent] == [
        ("recover_ballot", commands[2], "blob 30", "1-1"),
        ("recover_ballot", commands[1], "blob 31", "1-1"),
    ]
    assert client.unsaved == 2


def test_a_history_that_the_server_does_not_know_brings_back_everything() -> None:
    client = joined()
    voted(client, 3, "blob")
    assert len(back_in(client, epoch="e2", history={"e0": 99})) == 1


def test_what_was_brought_back_is_not_offered_again_in_the_same_history_but_in_the_next() -> None:
    client = joined()
    command = voted(client, 30, "blob")
    back_in(client, epoch="e2", history={"e1": 20})
    client.received(wire.encode(wire.Ack(command, 22)), 1.0)
    assert back_in(client, epoch="e2", history={"e1": 20}) == []
    assert client.kept[command].blob == "blob"
    assert len(back_in(client, epoch="e3", history={"e1": 20, "e2": 21})) == 1


@pytest.mark.parametrize(("code", "kept"), [("blob_not_ours", False), ("nothing_restored", True)])
def test_what_is_refused_is_dropped_unless_it_only_came_too_early(code: str, *, kept: bool) -> None:
    client = joined()
    command = voted(client, 30, "blob")
    back_in(client, epoch="e2")
    client.received(wire.encode(wire.Nack(command, code, {}, "")), 1.0)
    assert (command in client.kept) is kept
    assert client.unsaved == 0


def test_a_ballot_without_a_blob_is_not_kept() -> None:
    """An anonymous one: nothing may lead back to it."""
    client = joined()
    voted(client, 30, None)
    assert client.kept == {}
    assert back_in(client, epoch="e2") == []
