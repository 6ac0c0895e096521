"""What is at stake: a double tap, a retry, a reconnect must never count twice, nor hear another story.

An accepted command that comes again has the same answer for ever, over restarts;
the same id with other content is refused; what was redacted is not compared,
since the log does not hold it any more; an anonymous ballot is known until the close.
"""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any

import pytest

from app.core import commands as c
from app.core.capability import Given
from app.core.commands import HelpKind, IdeaKind
from app.core.errors import Refusal
from app.core.ids import CommandId, ItemId, KeypadId, OptionId, QuestionId, Round, SeatId, TableId
from app.core.meeting import Meeting
from app.core.planned import Kind, QuestionRules
from app.core.receipts import FIRST_EVENTS, Accepted
from app.log.codec import decode, encode
from tests.builders import (
    EXPERT,
    LEAD,
    ORGANISER,
    RECEIVER,
    THEME_MEMBER,
    Day,
    area_manager,
    facilitator,
    made,
    options,
    participant,
    small_plan,
    steps,
    words,
)
from tests.core.pair import folded, walk

NOT_HELD = {
    "extend_voting.seconds": "the event holds the new end only",
    "open_voting.languages_missing": "the event holds what is missing, not what was confirmed",
    "press_key.key": "the event holds the ballot that the key made",
    "recover_ballot.blob": "the event holds what it says, which comes beside the command",
    "recover_ballot.seat": "the event holds the seat of the ballot",
    "undo_act.act": "not said: one's own last act",
}
"""Fields that the log does not hold, so that a copy with another value is the same command."""

REUSED = Refusal("id_reused")
SECRET, PICK, S11 = QuestionId("secret"), QuestionId("pick"), SeatId("1-1")


def other(value: Any) -> Any:
    """Another value of the same type, or `None` where there is none to be had."""
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case Enum():
            return next(each for each in type(value) if each is not value)
        case str():
            return value + "0"
        case tuple() if value and isinstance(value[0], str):
            return (*value, "other")
        case dict() if all(isinstance(v, str) for v in value.values()):
            return {k: f"{v}0" for k, v in value.items()}
        case dict() if value:
            return {k: v + 1 for k, v in value.items()}
        case _ if is_dataclass(value) and not isinstance(value, type):
            first = fields(value)[0].name
            return replace(value, **{first: other(getattr(value, first))})
        case _:
            return None


def altered(command: c.AnyCommand) -> Iterator[tuple[str, Any]]:
    """The command with one field changed, once for every field that the log holds."""
    name = c.command_name(type(command))
    for f in fields(command):
        if f"{name}.{f.name}" not in NOT_HELD and (value := other(getattr(command, f.name))) is not None:
            yield f.name, replace(command, **{f.name: value})


def reread(day: Day) -> Meeting:
    """The meeting after a restart: read back from the bytes of the log."""
    return folded([decode(encode(event, salt, index).line) for salt, index, event in day.log])


def everywhere(day: Day, command: c.AnyCommand, given: Given) -> set[Any]:
    """The answers of the running meeting, of a replay, and after a restart."""
    return {m.answered(command, given) for m in (day.meeting, day.replayed(), reread(day))}


@pytest.mark.parametrize("seed", [1, 2])
def test_at_the_end_of_a_long_day_every_accepted_command_still_has_its_answer(seed: int) -> None:
    pair = walk(seed, 200, losses=0)
    again = folded(pair.read)
    names = set()
    for command, given, first in pair.sent:
        if given.voter_command is not None:
            continue
        names.add(c.command_name(type(command)))
        assert pair.meeting.answered(command, given) == again.answered(command, given) == Accepted(first)
        assert pair.meeting.decide(command, given) == REUSED
    assert len(names) > 40


@pytest.mark.parametrize("seed", [1, 2])
def test_at_the_end_of_a_long_day_the_same_id_with_other_content_is_refused(seed: int) -> None:
    pair = walk(seed, 200, losses=0)
    erased = {offset for r in pair.meeting.redactions for offset, _ in r.erased}
    tried = 0
    for command, given, first in pair.sent:
        if given.voter_command is not None or first in erased:
            continue
        for name, changed in altered(command):
            answer = pair.meeting.answered(changed, given)
            assert answer == REUSED, f"{command} with another {name}: {answer}"
            tried += 1
    assert tried > 150


def test_an_id_may_not_come_back_as_a_command_of_another_type() -> None:
    pair = walk(1, 200, losses=0)
    samples: dict[str, c.AnyCommand] = {c.command_name(type(x)): x for x, _, _ in pair.sent}
    for command, given, _ in pair.sent:
        if given.voter_command is not None:
            continue
        mine = c.command_name(type(command))
        for name, sample in samples.items():
            if not set(FIRST_EVENTS[name]) & set(FIRST_EVENTS[mine]):
                assert pair.meeting.answered(sample, given) == REUSED


def test_a_command_that_was_never_sent_has_no_answer() -> None:
    assert Day().again(c.CountHeads(TableId("1"), 9)) is None


def test_a_copy_is_answered_after_its_world_has_changed() -> None:
    day = Day()
    id_ = made("cmd")
    day.join("1-1")
    day.open("pick")
    ballot = day.ballot("pick", "1-1", "a")
    day.do(ballot, participant("1-1"), id_=id_)
    first = len(day.log)
    day.close("pick")
    day.do(c.CloseMeeting())
    assert everywhere(day, ballot, day.given(ballot, participant("1-1"), id_=id_)) == {Accepted(first)}


def test_the_order_in_which_choices_are_said_makes_no_other_command() -> None:
    day = Day()
    day.join("1-1")
    day.open("several")
    id_ = made("cmd")
    day.do(day.ballot("several", "1-1", "b", "a"), participant("1-1"), id_=id_)
    copy = day.ballot("several", "1-1", "a", "b", "a")
    assert day.again(copy, participant("1-1"), id_=id_) == Accepted(len(day.log))
    assert day.again(day.ballot("several", "1-1", "a"), participant("1-1"), id_=id_) == REUSED


def test_spaces_around_words_make_no_other_command() -> None:
    day = Day()
    id_ = made("cmd")
    command = c.SendMessage(made("msg"), {"th": " กลับ ", "en": "come  back"})
    day.do(command, id_=id_)
    tidy = replace(command, text={"en": "come back", "th": "กลับ"})
    assert day.again(tidy, id_=id_) == Accepted(len(day.log))


def test_words_that_could_not_be_kept_are_other_content() -> None:
    day = Day()
    id_ = made("cmd")
    command = c.SendMessage(made("msg"), words("come back"))
    day.do(command, id_=id_)
    assert day.again(replace(command, text={}), id_=id_) == REUSED


def test_a_taken_id_is_never_decided_a_second_time() -> None:
    day = Day()
    (event,) = day.do(c.CountHeads(TableId("1"), 9))
    assert day.refused(c.StartTimer(60), id_=getattr(event, "command", "")) == REUSED


# --- commands of several events ----------------------------------------------------------------


def test_a_paper_ballot_is_compared_as_a_ballot_though_its_binding_comes_first() -> None:
    day = Day()
    day.open("pick")
    id_, by = made("cmd"), area_manager("1")
    command = c.CastPaperBallot(PICK, Round(1), S11, ("a",))
    bound, cast = day.do(command, by, id_=id_)
    assert (type(bound).__name__, type(cast).__name__) == ("KeypadBound", "BallotCast")
    assert everywhere(day, command, day.given(command, by, id_=id_)) == {Accepted(len(day.log) - 1)}
    changed = replace(command, choices=("b",))
    assert everywhere(day, changed, day.given(changed, by, id_=id_)) == {REUSED}


DRAFTED = c.DraftQuestion(
    made("q"), words("?"), QuestionRules(Kind.RATING), options("a", "b", exclusive=["b"]), steps(1, 0)
)


@pytest.mark.parametrize(
    "changed",
    [
        replace(DRAFTED, options=options("a", "b")),
        replace(DRAFTED, options=options("a")),
        replace(DRAFTED, options=options("b", "a", exclusive=["b"])),
        replace(DRAFTED, options=()),
        replace(DRAFTED, scale=steps(1, 2)),
        replace(DRAFTED, scale=()),
        replace(DRAFTED, scale=(replace(steps(1)[0], text=words("one")), *steps(0))),
        replace(DRAFTED, seconds=60),
        replace(DRAFTED, item=ItemId("place")),
        replace(DRAFTED, unit=words("km")),
    ],
)
def test_a_drafted_question_is_compared_with_its_options_and_scale(changed: c.DraftQuestion) -> None:
    day = Day()
    id_ = made("cmd")
    day.do(DRAFTED, id_=id_)
    given = day.given(DRAFTED, id_=id_)
    assert everywhere(day, DRAFTED, given) == {Accepted(3)}
    assert everywhere(day, changed, given) == {REUSED}


def test_a_question_made_from_ideas_is_compared_with_its_sources() -> None:
    day = Day()
    one, two = (idea(day, f"words {n}") for n in range(2))
    id_ = made("cmd")
    command = c.MakeQuestion(made("q"), words("?"), QuestionRules(Kind.APPROVE), {made("opt"): one})
    day.do(command, id_=id_)
    (option,) = command.options
    for sources in ({option: two}, {option: one, OptionId(made("opt")): two}, {OptionId(made("opt")): one}):
        assert day.again(replace(command, options=sources), id_=id_) == REUSED
    assert isinstance(day.again(command, id_=id_), Accepted)


def test_a_revision_that_said_nothing_about_options_is_not_one_that_replaced_them() -> None:
    day = Day()
    id_ = made("cmd")
    command = c.ReviseQuestion(PICK, words("other words"))
    day.do(command, id_=id_)
    assert day.again(command, id_=id_) == Accepted(3)
    for changed in (
        replace(command, options=options("x", "y")),
        replace(command, title=None),
        replace(command, rules=QuestionRules(Kind.PICK_ONE)),
        replace(command, scale=steps(1, 2)),
        replace(command, seconds=9),
    ):
        assert day.again(changed, id_=id_) == REUSED


# --- commands that make the same event -----------------------------------------------------------


def test_running_again_and_its_confirmation_are_told_apart_though_each_adds_a_round() -> None:
    for second in (False, True):
        day = Day(small_plan(second_person=second))
        day.open("pick")
        day.close("pick")
        each: list[c.AnyCommand] = [c.RunAgain(PICK, words("x")), c.ConfirmAgain(PICK)]
        asked, confirmed = made("cmd"), made("cmd")
        day.do(each[0], id_=asked)
        if second:
            day.do(each[1], LEAD, id_=confirmed)
        for id_, mine, by in ((asked, each[0], ORGANISER), (confirmed, each[1], LEAD))[: 1 + second]:
            for copy in each:
                assert (day.again(copy, by, id_=id_) == REUSED) == (copy is not mine), (mine, copy)


def test_void_take_back_and_a_lost_key_are_told_apart_though_each_voids_a_round() -> None:
    day = Day(small_plan(second_person=False))
    round_ = Round(1)
    each: list[c.AnyCommand] = [
        c.TakeBack(SECRET),
        c.VoidRound(SECRET, words("wrong")),
        c.LoseKey(SECRET, round_),
        c.ConfirmVoid(SECRET),
    ]
    for command in each[:3]:
        day = Day()
        day.open("secret")
        id_ = made("cmd")
        day.do(command, id_=id_)
        for copy in each:
            answer = day.again(copy, id_=id_)
            assert (answer == REUSED) == (copy is not command), (command, copy)


def test_a_join_is_told_apart_from_a_binding_by_the_facilitator() -> None:
    day = Day()
    id_ = made("cmd")
    day.do(c.JoinSeat(S11), participant("1-1"), id_=id_)
    bind = c.BindKeypad(S11, KeypadId("phone1-1"), c.Channel.PHONE)
    assert day.again(bind, id_=id_) == REUSED
    assert day.again(c.JoinSeat(S11), participant("1-1"), id_=id_) == Accepted(3)


# --- redaction -----------------------------------------------------------------------------------


def idea(day: Day, text: str, kind: IdeaKind = IdeaKind.AGREEMENT, id_: str | None = None) -> Any:
    """An idea of table 1."""
    made_id = made("idea")
    command = c.WriteIdea(made_id, TableId("1"), ItemId("place"), kind, text, "en")
    day.do(command, facilitator("1"), id_=id_ or made("cmd"))
    return made_id


def test_after_a_redaction_an_id_is_judged_by_what_the_log_still_holds() -> None:
    day = Day()
    id_, by = made("cmd"), facilitator("1")
    there = idea(day, "a name", id_=id_)
    command = c.WriteIdea(there, TableId("1"), ItemId("place"), IdeaKind.AGREEMENT, "a name", "en")
    assert day.again(replace(command, text="another"), by, id_=id_) == REUSED
    day.do(c.RedactText("idea", there))
    for copy in (command, replace(command, text="another")):
        assert day.again(copy, by, id_=id_) == Accepted(3)
    assert day.again(replace(command, kind=IdeaKind.QUOTE), by, id_=id_) == REUSED


def test_a_question_made_from_a_redacted_theme_is_still_known() -> None:
    day = Day()
    theme = made("theme")
    day.do(c.CreateTheme(theme, ItemId("place"), words("a name")), THEME_MEMBER)
    id_ = made("cmd")
    drafted = c.DraftQuestion(
        made("q"), words("?"), QuestionRules(Kind.APPROVE), options(made("opt"), made("opt"))
    )
    day.do(drafted, id_=id_)
    renamed = replace(drafted, options=(replace(drafted.options[0], text=words("y")), drafted.options[1]))
    assert day.again(renamed, id_=id_) == REUSED
    day.do(c.RedactText("option", drafted.options[0].id))
    assert everywhere(day, renamed, day.given(renamed, id_=id_)) == {Accepted(4)}
    other_one = replace(drafted, options=(drafted.options[0], replace(drafted.options[1], text=words("y"))))
    assert day.again(other_one, id_=id_) == REUSED


def test_an_answer_that_was_redacted_with_its_idea_is_still_known() -> None:
    day = Day()
    there = idea(day, "why?", IdeaKind.QUESTION)
    id_ = made("cmd")
    day.do(c.AnswerIdea(there, "because", "en"), EXPERT, id_=id_)
    day.do(c.RedactText("idea", there))
    copy = c.AnswerIdea(there, "anything", "en")
    assert everywhere(day, copy, day.given(copy, EXPERT, id_=id_)) == {Accepted(4)}


# --- anonymous rounds ------------------------------------------------------------------------------


def test_an_anonymous_ballot_is_known_until_the_close_and_nobody_can_tell_afterwards() -> None:
    day = Day()
    who, id_ = day.join("1-1"), made("cmd")
    day.open("secret")
    opening = len(day.log)
    ballot = day.ballot("secret", "1-1", "a")
    day.do(ballot, who, id_=id_)
    given = day.given(ballot, who, id_=id_)
    assert everywhere(day, ballot, given) == {Accepted(opening)}, "its own offset would lead back to it"
    changed = replace(ballot, choices=("b",))
    assert everywhere(day, changed, given) == {REUSED}
    assert day.meeting.decide(ballot, given) == REUSED
    day.close("secret")
    assert everywhere(day, ballot, given) == {None}
    assert day.refused(ballot, who, id_=id_) == Refusal("outcome_unknown")


@pytest.mark.parametrize("question", ["secret", "pick"])
def test_a_press_sent_again_is_the_same_press_in_an_anonymous_round_too(question: str) -> None:
    day = Day()
    keypad = day.bind_handset("1-1")
    day.open(question)
    opening = len(day.log)
    id_, press = made("cmd"), c.PressKey(keypad, "2", 1)
    day.do(press, RECEIVER, id_=id_)
    told = opening if question == "secret" else len(day.log)
    assert everywhere(day, press, day.given(press, RECEIVER, id_=id_)) == {Accepted(told)}


@pytest.mark.parametrize("question", ["secret", "pick"])
def test_a_call_for_more_time_and_a_withdrawal_are_known_too(question: str) -> None:
    day = Day()
    who = day.join("1-1")
    day.open(question)
    opening = len(day.log)
    day.cast(question, "1-1", "a")
    for command in (
        c.AskMoreTime(QuestionId(question), S11),
        c.WithdrawBallot(QuestionId(question), Round(1), S11),
    ):
        id_ = made("cmd")
        day.do(command, who, id_=id_)
        told = opening if question == "secret" else len(day.log)
        assert everywhere(day, command, day.given(command, who, id_=id_)) == {Accepted(told)}


def test_a_voided_anonymous_round_forgets_its_ids_as_a_closed_one_does() -> None:
    day = Day()
    who, id_ = day.join("1-1"), made("cmd")
    day.open("secret")
    ballot = day.ballot("secret", "1-1", "a")
    day.do(ballot, who, id_=id_)
    given = day.given(ballot, who, id_=id_)
    day.do(c.LoseKey(SECRET, Round(1)))
    assert everywhere(day, ballot, given) == {None}
    assert day.refused(ballot, who, id_=id_) == Refusal("outcome_unknown")


def test_calls_of_help_without_words_are_compared_too() -> None:
    day = Day()
    id_, call = made("cmd"), made("call")
    command = c.CallHelp(call, TableId("1"), HelpKind.WELFARE)
    day.do(command, facilitator("1"), id_=id_)
    assert day.again(command, facilitator("1"), id_=id_) == Accepted(3)
    assert day.again(replace(command, text="quick"), facilitator("1"), id_=id_) == REUSED
    assert CommandId(id_) in day.meeting.receipts
