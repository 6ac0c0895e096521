"""What is at stake: nobody acts for a table or a seat that is not theirs, by any way in.

Every command is tried for every role, at its own place and at a foreign one,
against a table that was written apart from the program's (`who_may.py`).
"""

from dataclasses import MISSING, fields
from enum import EnumMeta
from typing import Any, get_args, get_type_hints

import pytest

from app.core import commands as c
from app.core.capability import Role
from app.core.commands import Channel, HelpKind, IdeaKind, Scene, SceneKind
from app.core.errors import Refusal
from app.core.ids import CallId, IdeaId, ItemId, KeypadId, QuestionId, Round, SeatId, TableId
from app.core.planned import Kind, PlannedMeeting, QuestionRules
from app.core.rights import RIGHTS, may
from tests.builders import ORGANISER, Day, area_manager, capability, facilitator, made, small_plan, words
from tests.core.who_may import scope_of, who_may

IDEA, CALL = made("idea", 1), made("call", 1)


@pytest.fixture(scope="module")
def day() -> Day:
    """A day with an idea and a call for help of table 1."""
    day = Day()
    day.do(
        c.WriteIdea(IDEA, TableId("1"), ItemId("place"), IdeaKind.QUESTION, "why?", "en"), facilitator("1")
    )
    day.do(c.CallHelp(CALL, TableId("1"), HelpKind.WELFARE), facilitator("1"))
    return day


KNOWN: dict[str, Any] = {"seat": "1-1", "table": "1", "idea": IDEA, "call": CALL, "choices": ("a",)}


def sample(cls: type[c.Command]) -> Any:
    """A command of this type that is about table 1, its first seat, its idea, its call."""
    said: dict[str, Any] = {}
    for f in fields(cls):
        hint = get_type_hints(cls)[f.name]
        if f.name in KNOWN and not (cls is c.AddSeat and f.name == "seat"):
            said[f.name] = KNOWN[f.name]
        elif f.default is MISSING:
            said[f.name] = _value(hint)
    return cls(**said)


def _value(hint: Any) -> Any:
    simple: dict[Any, Any] = {
        PlannedMeeting: small_plan(),
        QuestionRules: QuestionRules(Kind.PICK_ONE),
        Scene: Scene(SceneKind.TITLE),
        int: 1,
        Round: 1,
    }
    if hint in simple:
        return simple[hint]
    if isinstance(hint, EnumMeta):
        return next(iter(hint))
    if hint == dict[str, str]:
        return words("x")
    return () if tuple in (hint, *get_args(hint), getattr(hint, "__origin__", None)) else "x"


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("name", list(c.COMMANDS))
def test_each_role_may_do_what_the_table_says_and_only_at_its_own_place(
    day: Day, name: str, role: Role
) -> None:
    command = sample(c.COMMANDS[name])
    own = may(capability(role, tables=["1"], seat="1-1"), command, day.meeting)
    foreign = may(capability(role, tables=["2", "3"], seat="2-1"), command, day.meeting)
    match scope_of(role, name):
        case None:
            assert own == foreign == Refusal("not_allowed", role=role.value, command=name)
        case "any":
            assert own is foreign is None
        case "table":
            assert own is None
            assert foreign == Refusal("not_your_table", table="1")
        case _:
            assert own is None
            assert foreign == Refusal("not_your_seat", seat="1-1")


@pytest.mark.parametrize("name", list(c.COMMANDS))
def test_what_may_not_be_done_is_refused_when_it_is_decided_too(day: Day, name: str) -> None:
    command = sample(c.COMMANDS[name])
    for role in Role:
        if role not in who_may(name):
            assert day.refused(command, capability(role, tables=["1"], seat="1-1")).code == "not_allowed"


def test_every_command_has_exactly_the_roles_of_the_table() -> None:
    assert {name: set(row) for name, row in RIGHTS.items()} == {
        name: set(who_may(name)) for name in c.COMMANDS
    }


def test_a_scope_is_a_word_that_is_understood() -> None:
    assert {scope for row in RIGHTS.values() for scope in row.values()} <= {"any", "table", "seat"}


def test_only_looking_on_gives_no_command_at_all() -> None:
    assert not [name for name in c.COMMANDS if {Role.SCREEN, Role.VIEWER, Role.STAGE} & set(RIGHTS[name])]


def test_who_organises_cannot_vote() -> None:
    voting = ("cast_ballot", "cast_paper_ballot", "withdraw_ballot", "press_key")
    assert not [name for name in voting if Role.ORGANISER in RIGHTS[name]]


def test_a_thing_that_does_not_exist_is_nobodys_table(day: Day) -> None:
    by = facilitator("1")
    for command in (
        c.MarkPresent(SeatId("9-9")),
        c.WithdrawIdea(IdeaId("idea_9")),
        c.CloseHelp(CallId("call_9")),
        c.CountHeads(TableId("99"), 9),
    ):
        refusal = may(by, command, day.meeting)
        assert refusal is not None
        assert refusal.code == "not_your_table"


def test_a_known_thing_decides_and_not_the_table_that_a_frame_claims(day: Day) -> None:
    foreign = facilitator("2")
    claimed = c.WriteIdea(IDEA, TableId("2"), ItemId("place"), IdeaKind.QUOTE, "x", "en")
    assert may(foreign, claimed, day.meeting) == Refusal("not_your_table", table="1")


def test_the_rights_of_a_seat_move_with_it() -> None:
    day = Day()
    day.do(c.MoveSeat(SeatId("1-1"), TableId("2")), area_manager("1"))
    assert day.refused(c.MarkPresent(SeatId("1-1")), facilitator("1")).code == "not_your_table"
    day.do(c.MarkPresent(SeatId("1-1")), facilitator("2"))


def test_a_block_of_tables_is_not_the_whole_hall() -> None:
    day = Day()
    block = area_manager("1", "2")
    day.do(c.CountHeads(TableId("2"), 9), block)
    assert day.refused(c.CountHeads(TableId("3"), 9), block) == Refusal("not_your_table", table="3")


def test_a_participant_without_a_seat_has_none() -> None:
    nobody = capability(Role.PARTICIPANT)
    assert Day().refused(c.JoinSeat(SeatId("1-1")), nobody).code == "not_your_seat"


def test_rights_are_judged_before_the_phase_so_that_a_stranger_learns_nothing() -> None:
    day = Day()
    day.do(c.CloseMeeting())
    assert day.refused(c.BeginItem(ItemId("place")), facilitator("1")).code == "not_allowed"


def test_an_author_is_named_by_role_and_public_id_only() -> None:
    day = Day()
    (event,) = day.do(c.CountHeads(TableId("1"), 9), facilitator("1", "a secret device"))
    assert getattr(event, "by", "") == f"table_facilitator:{facilitator('1', 'a secret device').id}"
    assert ORGANISER.author == "organiser:organiser"


def test_binding_for_others_is_no_right_to_vote_for_them() -> None:
    day = Day()
    day.do(c.BindKeypad(SeatId("1-1"), KeypadId("phone1-1"), Channel.PHONE))
    day.open("pick")
    ballot = c.CastBallot(QuestionId("pick"), Round(1), SeatId("1-1"), ("a",))
    assert day.refused(ballot, ORGANISER).code == "not_allowed"
    assert day.refused(ballot, facilitator("1")).code == "seat_held_by_other_device"
