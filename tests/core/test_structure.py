"""What is at stake: what is personal stays sealed, and nothing is forgotten when an event is added.

The tests read the definitions themselves: an event without owner, a typed text
in an open part, a command without rights or without a specification, fails.
"""

import ast
import sys
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from app.core import commands as c
from app.core import events as e
from app.core.events import EVENTS, Act, Event, sealed_parts
from app.core.ids import PREFIXES, Text, is_made_id, is_planned_id
from app.core.receipts import FIRST_EVENTS
from app.core.rights import RIGHTS
from tests.builders import Day, made

CORE = Path(__file__).parents[2] / "app" / "core"
FORBIDDEN = {
    "asyncio",
    "time",
    "datetime",
    "random",
    "secrets",
    "uuid",
    "os",
    "socket",
    "threading",
    "logging",
}

OPEN_STRINGS = {
    "by": "role and public id of the capability",
    "of": "a word of a closed list",
    "of_id": "an id that the log knows",
    "epoch": "random bits that name a history",
    "before": "random bits that name a history",
    "asked_by": "role and public id of a capability",
    "digest": "a hash",
    "sector": "one that the plan names",
    "language": "a language of the meeting",
    "languages_missing": "languages of the meeting",
    "cells": "ids of options, numbers",
    "erased": "names of sealed parts",
}
"""Strings in open parts that are no ids; none of them is typed."""

EVENT_TYPES = list(EVENTS.values())
COMMAND_TYPES = list(c.COMMANDS.values())


def hints(cls: type) -> dict[str, Any]:
    return get_type_hints(cls)


def plain_types(hint: Any) -> set[Any]:
    """Everything that a type hint is made of."""
    inner = [part for arg in get_args(hint) for part in plain_types(arg)]
    return {hint, *inner}


def open_fields(cls: type[Event]) -> list[str]:
    return [f.name for f in fields(cls) if "sealed" not in f.metadata]


@pytest.mark.parametrize("cls", EVENT_TYPES)
def test_every_event_declares_its_owner_and_site_events_carry_the_site(cls: type[Event]) -> None:
    assert cls.owner in ("meeting", "site")
    assert ("site" in open_fields(cls)) == (cls.owner == "site")


def test_what_happens_at_a_table_or_seat_belongs_to_its_site() -> None:
    at_a_place = {cls for cls in EVENT_TYPES if {"seat", "table", "keypad", "call"} & set(hints(cls))}
    assert {cls.__name__ for cls in at_a_place if cls.owner != "site"} == set()


@pytest.mark.parametrize("cls", [*EVENT_TYPES, *COMMAND_TYPES])
def test_every_event_and_command_is_specified_in_its_own_docstring(cls: type) -> None:
    own = cls.__dict__.get("__doc__") or ""
    assert own
    assert not own.startswith(f"{cls.__name__}("), "made by dataclass, not written"
    assert own.splitlines()[0].endswith((".", ":"))


@pytest.mark.parametrize("cls", [*EVENT_TYPES, *COMMAND_TYPES])
def test_every_event_and_command_is_frozen_and_has_slots(cls: type) -> None:
    assert vars(cls)["__dataclass_params__"].frozen
    assert "__slots__" in vars(cls)
    assert not hasattr(object.__new__(cls), "__dict__")


@pytest.mark.parametrize("cls", EVENT_TYPES)
def test_no_typed_text_lies_in_an_open_part(cls: type[Event]) -> None:
    for name in open_fields(cls):
        types = plain_types(hints(cls)[name])
        assert Text not in types, f"{cls.__name__}.{name} is a wording and must be sealed"
        if str in types:
            assert name in OPEN_STRINGS, f"{cls.__name__}.{name} is a plain string"


@pytest.mark.parametrize("cls", EVENT_TYPES)
def test_a_sealed_field_can_be_missing_once_its_part_was_erased(cls: type[Event]) -> None:
    for part in sealed_parts(cls).values():
        for f in part:
            assert f.default is None
            assert type(None) in get_args(hints(cls)[f.name])


TYPED = ["text", "title", "reason", "label", "unit", "scale_texts"]


def test_every_field_that_people_type_into_is_sealed() -> None:
    for cls in EVENT_TYPES:
        for f in fields(cls):
            if f.name in TYPED:
                assert "sealed" in f.metadata, f"{cls.__name__}.{f.name}"


@pytest.mark.parametrize("cls", [e.BallotCast, e.BallotWithdrawn, e.MoreTimeAsked])
def test_the_open_part_of_a_ballot_is_site_question_round_channel_and_time(cls: type[Event]) -> None:
    channel = [] if cls is e.MoreTimeAsked else ["channel"]
    assert open_fields(cls) == ["at_ms", "site", "question", "round", *channel]
    parts = {name: {f.name for f in part} for name, part in sealed_parts(cls).items()}
    assert parts.pop("choices", {"choices"}) == {"choices"}
    assert set(parts) == {"voter"}
    assert {"voter", "by", "command"} <= parts["voter"]


def test_all_other_events_have_an_open_author_and_command() -> None:
    unnamed = {cls.__name__ for cls in EVENT_TYPES if not issubclass(cls, Act)}
    ballots = {"BallotCast", "BallotWithdrawn", "MoreTimeAsked", "BallotRecovered", "BallotUnplaced"}
    assert unnamed == ballots


@pytest.mark.parametrize("cls", [e.BallotRecovered, e.BallotUnplaced])
def test_the_open_part_of_a_ballot_that_came_back_says_where_it_lay_and_what_the_count_is_now(
    cls: type[Event],
) -> None:
    counted = ["voted", "present", "digest"] if cls is e.BallotRecovered else []
    named = ["at_ms", "site", "question", "round", "channel", "epoch", "offset", "cast_at_ms", "withdrawn"]
    assert open_fields(cls) == [*named, *counted]
    parts = {name: {f.name for f in part} for name, part in sealed_parts(cls).items()}
    assert parts.pop("choices") == {"choices"}
    assert parts.pop("digest", {"digest_salt"}) == {"digest_salt"}
    assert parts == {"voter": {"voter", "table", "by", "command", "keypad", "sequence"}}


def test_a_digest_salt_is_opened_only_where_the_choices_are() -> None:
    assert list(sealed_parts(e.VotingClosed)) == ["digest"]
    assert "cells" in open_fields(e.ResultsShown)


def test_the_unions_hold_every_event_and_every_command() -> None:
    assert set(get_args(e.AnyEvent)) == set(EVENT_TYPES)
    assert set(get_args(c.AnyCommand)) == set(COMMAND_TYPES)


def test_every_command_has_rights_and_first_events() -> None:
    assert set(RIGHTS) == set(c.COMMANDS)
    assert set(FIRST_EVENTS) == set(c.COMMANDS)
    assert all(RIGHTS[name] for name in RIGHTS), "somebody may give it"
    named = {name for row in FIRST_EVENTS.values() for name in row}
    assert named <= {cls.__name__ for cls in EVENT_TYPES}
    follow_only = {"OptionAdded"}
    assert {cls.__name__ for cls in EVENT_TYPES} - named == follow_only


def test_events_are_past_tense_and_commands_are_not() -> None:
    irregular = {
        "begun",
        "cast",
        "sent",
        "taken",
        "read",
        "written",
        "bound",
        "shown",
        "withdrawn",
        "undone",
        "drawn",
    }
    for name in EVENTS:
        assert any(word.endswith("ed") or word in irregular for word in name.split("_")), name
    for name in c.COMMANDS:
        assert not name.split("_")[0].endswith("ed"), name


def test_names_of_events_and_commands_are_told_apart() -> None:
    assert not set(EVENTS) & set(c.COMMANDS)


def test_fields_that_a_command_need_not_say_have_a_default() -> None:
    for cls in COMMAND_TYPES:
        for f in fields(cls):
            if type(None) in get_args(hints(cls)[f.name]):
                assert f.default is not MISSING, f"{cls.__name__}.{f.name}"


def test_the_core_imports_no_clock_no_dice_no_await_and_no_third_party() -> None:
    for path in CORE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            assert not isinstance(node, ast.AsyncFunctionDef | ast.Await), path
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                first = name.partition(".")[0]
                assert first not in FORBIDDEN, f"{path.name} imports {name}"
                assert name.startswith("app.core") or first in sys.stdlib_module_names, f"{path}: {name}"


def test_the_core_iterates_over_no_set_and_calculates_with_no_float() -> None:
    for path in CORE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant):
                assert not isinstance(node.value, float), f"{path.name}:{node.lineno}"
            looped = [node.iter] if isinstance(node, ast.For | ast.comprehension) else []
            for each in looped:
                is_set = isinstance(each, ast.Set | ast.SetComp)
                made_set = isinstance(each, ast.Call) and getattr(each.func, "id", "") in ("set", "frozenset")
                assert not is_set, f"{path.name} iterates over a set"
                assert not made_set, f"{path.name} iterates over a set"


def test_ids_of_the_plan_and_ids_of_clients_cannot_be_mistaken() -> None:
    for prefix in PREFIXES:
        id_ = made(prefix, 7)
        assert is_made_id(prefix, id_)
        assert not is_planned_id(id_)
        assert not any(is_made_id(other, id_) for other in PREFIXES if other != prefix)
    assert not is_made_id("cmd", made("cmd", 1) + "\n")
    assert not is_planned_id("a\n")
    assert not is_planned_id("x" * 41)
    assert not is_made_id("cmd", "cmd_" + "A" * 32)


def test_positions_have_no_gaps_and_no_doubles() -> None:
    day = Day()
    with pytest.raises(AssertionError):
        day.meeting.apply(len(day.log), day.log[-1][2])
    with pytest.raises(AssertionError):
        day.meeting.apply(len(day.log) + 2, day.log[-1][2])
