"""What is at stake: a refusal is a promise. It has a stable code, and nothing at all has happened.

Every code that the core may raise is provoked here once. A code that nobody
provokes fails a test, except the few that the edge alone can find out.
"""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from app.core import commands as c
from app.core.errors import BUSY, REFUSALS, Refusal
from app.core.ids import (
    SeatId,
)
from tests.builders import (
    Day,
    small_plan,
    words,
)
from tests.core import provoked_desk, provoked_floor, provoked_votes  # noqa: F401  (they provoke)
from tests.core.deep import picture
from tests.core.provoking import PICK, PROVOKED, Asked

CORE = Path(__file__).parents[2] / "app" / "core"

AT_THE_EDGE = {
    "bad_frame": "the frame is no JSON, or not of its shape",
    "unknown_command": "the frame names no command",
    "frame_too_large": "the frame is longer than the limit",
    "not_your_meeting": "the capability belongs to another meeting",
    "revoked": "the capability was taken back",
    "newer_connection": "the device has a newer connection",
    "unknown_code": "nobody has this join code",
    "unknown_session": "the cookie is of no session",
    "wrong_password": "the organiser's password",
    "bad_origin": "the page is of another origin",
}
"""Codes that the core cannot raise, and who finds out."""


CASES = [(code, run) for code, runs in PROVOKED.items() for run in runs]


@pytest.mark.parametrize(("code", "run"), CASES, ids=[f"{n}-{code}" for n, (code, _) in enumerate(CASES)])
def test_a_refusal_has_its_code_and_leaves_state_and_log_as_they_were(
    code: str, run: Callable[[], tuple[Day, Asked]]
) -> None:
    day, (command, by, *more) = run()
    before, length = picture(day.meeting), len(day.log)
    refusal = day.refused(command, by, **(more[0] if more else {}))
    assert refusal.code == code
    assert tuple(refusal.params) == REFUSALS[code]
    assert picture(day.meeting) == before
    assert len(day.log) == length


def test_every_code_is_provoked_here_or_found_out_at_the_edge() -> None:
    assert set(PROVOKED) | set(AT_THE_EDGE) == set(REFUSALS)
    assert not set(PROVOKED) & set(AT_THE_EDGE)


def test_what_is_said_to_be_found_out_at_the_edge_is_raised_nowhere_in_the_core() -> None:
    raised = {
        code
        for path in CORE.glob("*.py")
        if path.name != "errors.py"
        for code in re.findall(r'"(\w+)"', path.read_text())
    }
    assert not raised & set(AT_THE_EDGE)


def test_busy_codes_are_no_refusals() -> None:
    assert not set(BUSY) & set(REFUSALS)


def test_a_refusal_says_exactly_the_parameters_of_its_code() -> None:
    with pytest.raises(AssertionError):
        Refusal("voting_closed")
    with pytest.raises(AssertionError):
        Refusal("id_reused", question="pick")
    with pytest.raises(KeyError):
        Refusal("no_such_code")


def test_refusals_are_equal_where_code_and_parameters_are() -> None:
    one = Refusal("voting_closed", question="pick")
    assert one == Refusal("voting_closed", question="pick")
    assert hash(one) == hash(Refusal("voting_closed", question="pick"))
    assert one != Refusal("voting_closed", question="other")


def test_a_hostile_id_is_cut_before_it_is_said_again() -> None:
    refusal = Day().refused(c.MarkPresent(SeatId("x" * 10_000)))
    assert len(str(refusal.params["seat"])) <= 64


def test_second_person_is_asked_for_by_an_event_not_by_a_refusal() -> None:
    day = Day(small_plan(second_person=True))
    day.open("pick")
    (asked,) = day.do(c.VoidRound(PICK, words("wrong")))
    assert type(asked).__name__ == "VoidAsked"
