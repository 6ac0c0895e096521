"""At stake: somebody at one table keeps another from speaking, or slows the whole room with names."""

import time

import pytest

from app.core.capability import Capability, Role
from app.core.commands import BindKeypad, CastBallot, Channel, Choices, IdeaKind, PressKey, WriteIdea
from app.core.errors import Refusal
from app.core.ids import IdeaId, ItemId, KeypadId, Round, SeatId, TableId
from app.core.receipts import Accepted
from app.realtime import rates
from app.realtime.answers import Answer, Busy
from app.realtime.rates import ACTS, BALLOTS, IDEAS, KEYS_MAX, Buckets, Rate, Rates
from tests.fakes import DICE, ONE, PLACE, capability, laptop, pad_of, phone, seat_id
from tests.realtime.desk import Desk, ballot

RECEIVER = capability(Role.RECEIVER)


def idea(table: str = "1", name: str = "") -> WriteIdea:
    named = IdeaId(name or "idea_" + DICE(16).hex())
    return WriteIdea(named, TableId(table), ItemId("talk"), IdeaKind.INDIVIDUAL, "more shade", "en")


def buckets(desk: Desk) -> int:
    held = desk.intake._rates
    return sum(len(each._levels) for each in (held._ballots, held._ideas, held._acts))


def kind(answer: Answer) -> str:
    return "rate" if isinstance(answer, Busy) else answer.code if isinstance(answer, Refusal) else "accepted"


@pytest.mark.parametrize(
    "attacker", [phone(1, 1), laptop(2), RECEIVER], ids=["phone", "neighbour", "receiver"]
)
def test_what_is_refused_to_one_uses_up_nothing_of_another_table(attacker: Capability) -> None:
    desk = Desk(rates=Rates())
    for _ in range(IDEAS.burst + 10):
        assert isinstance(desk.do(idea(), attacker), Refusal)
    assert [kind(desk.do(idea(), laptop(1))) for _ in range(IDEAS.burst)] == ["accepted"] * IDEAS.burst
    assert kind(desk.do(idea(), laptop(1))) == "rate"


def test_the_id_of_an_own_idea_does_not_open_the_purse_of_another_table() -> None:
    desk = Desk(rates=Rates())
    assert isinstance(desk.do(idea("1", "idea_" + "1" * 32), laptop(1)), Accepted)
    for _ in range(IDEAS.burst + 10):
        assert isinstance(desk.do(idea("2", "idea_" + "1" * 32), laptop(1)), Refusal)
    assert isinstance(desk.do(idea("2"), laptop(2)), Accepted)


def test_what_is_refused_is_counted_by_who_asked_and_invented_names_are_no_way_around() -> None:
    desk = Desk(rates=Rates())
    desk.open()
    before = buckets(desk)

    def invented(number: int) -> CastBallot:
        choices: Choices = (ONE,)
        return CastBallot(PLACE, Round(1), SeatId(f"none-{number}"), choices)

    answers = [kind(desk.do(invented(n), laptop(1))) for n in range(ACTS.burst + 50)]
    assert answers[0] == "not_your_table"
    assert answers[-50:] == ["rate"] * 50
    assert [kind(desk.do(idea(f"x{n}"), phone(1, 1))) for n in range(200)] == ["not_allowed"] * 200
    assert buckets(desk) <= before + 2
    assert isinstance(desk.do(ballot(), laptop(1)), Accepted), "a refused hand does not hold up the pads"


def test_ten_pads_vote_at_once_and_handsets_that_are_not_bound_do_not_slow_those_that_are() -> None:
    desk = Desk(rates=Rates())
    for seat in range(1, 11):
        desk.do(pad_of(laptop(1), seat_id(1, seat)), laptop(1))
    desk.do(BindKeypad(seat_id(2, 1), KeypadId("h1"), Channel.HANDSET), laptop(2))
    desk.open(seats=0)
    for _ in range(BALLOTS.burst):
        assert {kind(desk.do(ballot(seat), laptop(1))) for seat in range(1, 11)} == {"accepted"}
    assert kind(desk.do(ballot(1), laptop(1))) == "rate"
    stray = {kind(desk.do(PressKey(KeypadId(f"h{n}"), "1", 1), RECEIVER)) for n in range(2, 1_300)}
    assert stray == {"unbound_keypad", "rate"}
    assert kind(desk.do(PressKey(KeypadId("h1"), "1", 1), RECEIVER)) == "accepted"


def test_there_are_never_more_buckets_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "KEYS_MAX", 10)
    held = Buckets(Rate(5, 1_000, 2))
    assert [held.take(("kept", ""), 0), held.take(("kept", ""), 0)] == [0, 0]
    for number in range(100):
        held.take(("a", str(number)), 0)
        assert held.take(("kept", ""), 0) == 200, "the one that is used is not the one that is forgotten"
        assert len(held._levels) <= 10


def test_a_full_store_costs_no_search() -> None:
    held = Buckets(Rate(1, 60_000, 60))
    for number in range(KEYS_MAX):
        held.take(("a", str(number)), number)
    began = time.thread_time()
    for number in range(500):
        held.take(("b", str(number)), KEYS_MAX + number)
    assert time.thread_time() - began < 0.25, "a search through all of them takes over a second here"
