"""At stake: a client that does not read costs a bounded amount, and a fast one slows only itself."""

import pytest

from app.core.commands import CastBallot, Choices, IdeaKind, StartTimer, WriteIdea
from app.core.ids import IdeaId, ItemId, QuestionId, Round, TableId
from app.realtime.outbox import CONTROL_FRAMES_MAX, PROGRESS_BYTES, Outbox
from app.realtime.rates import KEYS_MAX, Buckets, Rate, Rates
from tests.fakes import laptop, phone, seat_id


def test_control_frames_pass_through_in_order_and_wait_while_paused() -> None:
    box = Outbox()
    assert box.control([b"1"]) == [b"1"]
    box.pause(0.0, 100)
    assert box.control([b"2"]) == box.control([b"3"]) == []
    assert box.resume() == [b"2", b"3"]
    assert box.resume() == []


def test_a_client_that_lets_more_than_64_answers_wait_has_to_go() -> None:
    box = Outbox()
    box.pause(0.0, 0)
    box.control([b"x"] * CONTROL_FRAMES_MAX)
    with pytest.raises(OverflowError):
        box.control([b"x"])


@pytest.mark.parametrize(
    ("taken", "stalls"), [(0, True), (PROGRESS_BYTES - 1, True), (PROGRESS_BYTES, False)]
)
def test_who_hardly_reads_for_five_seconds_is_stalled_and_who_reads_slowly_is_not(
    taken: int, *, stalls: bool
) -> None:
    box = Outbox()
    box.pause(100.0, 200_000)
    assert not box.stalled(104.9, 200_000)
    assert box.stalled(105.0, 200_000 - taken) is stalls


def test_progress_counts_anew_every_five_seconds() -> None:
    box = Outbox()
    box.pause(0.0, 100_000)
    assert not box.stalled(5.0, 50_000)
    assert not box.stalled(9.0, 50_000)
    assert box.stalled(10.0, 50_000)


def test_an_open_line_is_never_stalled() -> None:
    box = Outbox()
    box.pause(0.0, 0)
    box.resume()
    assert not box.stalled(1_000.0, 0)


def ballot(seat: int) -> CastBallot:
    choices: Choices = ("shade",)
    return CastBallot(QuestionId("place"), Round(1), seat_id(1, seat), choices)


def test_a_seat_may_vote_twenty_times_at_once_then_five_times_a_second() -> None:
    rates = Rates()
    by = laptop(1)
    assert [rates.wait_ms(ballot(1), by, 0) for _ in range(20)] == [0] * 20
    assert rates.wait_ms(ballot(1), by, 0) == 200
    assert rates.wait_ms(ballot(1), by, 200) == 0
    assert rates.wait_ms(ballot(1), by, 200) == 200
    assert [rates.wait_ms(ballot(1), by, 1_200) for _ in range(5)] == [0] * 5
    assert rates.wait_ms(ballot(1), by, 1_200) > 0


def test_one_seats_haste_slows_neither_its_neighbour_nor_another_capability() -> None:
    rates = Rates()
    for _ in range(25):
        rates.wait_ms(ballot(1), laptop(1), 0)
    assert rates.wait_ms(ballot(2), laptop(1), 0) == 0
    assert rates.wait_ms(ballot(1), phone(1, 1), 0) == 0


def test_ideas_are_counted_by_table() -> None:
    rates = Rates()

    def idea(table: str) -> WriteIdea:
        return WriteIdea(IdeaId("i"), TableId(table), ItemId("talk"), IdeaKind.INDIVIDUAL, "more shade", "en")

    assert [rates.wait_ms(idea("1"), laptop(1, str(n)), 0) for n in range(60)] == [0] * 60
    assert rates.wait_ms(idea("1"), laptop(1, "other"), 0) == 2_000
    assert rates.wait_ms(idea("2"), laptop(2), 0) == 0


def test_a_clock_that_goes_back_takes_nothing_away() -> None:
    buckets = Buckets(Rate(5, 1_000, 20))
    assert buckets.take(("a", "b"), 10_000) == 0
    assert buckets.take(("a", "b"), 5_000) == 0


def test_other_commands_have_no_rate() -> None:
    assert {Rates().wait_ms(StartTimer(60), laptop(1), 0) for _ in range(1_000)} == {0}


def test_buckets_that_are_full_again_are_forgotten() -> None:
    buckets = Buckets(Rate(5, 1_000, 20))
    for key in range(KEYS_MAX):
        buckets.take(("a", str(key)), 0)
    buckets.take(("a", "one more"), 60_000)
    assert len(buckets._levels) == 1
