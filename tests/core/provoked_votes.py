"""Refusals about questions, rounds and ballots."""

from dataclasses import replace
from typing import Any

from app.core import commands as c
from app.core.commands import Scene, SceneKind
from app.core.ids import (
    KeypadId,
    OptionId,
    QuestionId,
    Round,
    ScreenId,
    SeatId,
    TableId,
)
from app.core.planned import Kind, QuestionRules
from tests.builders import (
    LEAD,
    RECEIVER,
    SERVER,
    Day,
    made,
    options,
    participant,
    words,
)
from tests.core.provoking import ONE, PICK, S11, Asked, at_once, draft, provokes

# --- sample audit ------------------------------------------------------------------------------

DICE = (1, 2, 3, 4, 5, 6, 1, 2, 3, 4)


def shown(day: Day, *ids: str) -> None:
    """Votes that everybody took part in, shown."""
    for id_ in ids:
        day.open(id_)
        for seat in ("1-1", "1-2", "2-1", "3-1"):
            day.cast(id_, seat, "a")
        day.close(id_)
        day.show(id_)


def hands(day: Day) -> c.EnterHands:
    """Two votes at three tables are shown and five pairs drawn; the hands of the first."""
    shown(day, "pick", "several")
    day.do(c.DrawSample(DICE, 5))
    question, number, table = next(iter(day.meeting.sampling.samples[-1].pairs))
    return c.EnterHands(question, number, table, {OptionId("a"): 1})


at_once("pairs_out_of_range", c.DrawSample(DICE, 4))
at_once("pairs_out_of_range", c.DrawSample(DICE, 201))
at_once("dice_out_of_range", c.DrawSample(DICE[:9], 5))
at_once("dice_out_of_range", c.DrawSample((*DICE, 7), 5))
at_once("dice_out_of_range", c.DrawSample((*DICE, 0), 5))
at_once("dice_out_of_range", c.DrawSample((1,) * 61, 5))
at_once("too_few_pairs", c.DrawSample(DICE, 5))
at_once("not_drawn", c.EnterHands(PICK, ONE, TableId("1"), {OptionId("a"): 1}))
at_once("unknown_table", c.EnterHands(PICK, ONE, TableId("9"), {OptionId("a"): 1}))
at_once("unknown_question", c.EnterHands(QuestionId("nothing"), ONE, TableId("1"), {}))
for id_ in ("secret", "rate", "number", "age"):
    at_once("not_for_hands", c.EnterHands(QuestionId(id_), ONE, TableId("1"), {OptionId("a"): 1}))


@provokes("sample_waits")
def _(day: Day) -> Asked:
    hands(day)
    return c.DrawSample(DICE, 5), None


@provokes("sample_complete")
def _(day: Day) -> Asked:
    first = hands(day)
    for question, number, table in list(day.meeting.sampling.samples[-1].pairs):
        day.do(c.EnterHands(question, number, table, {OptionId("a"): 1}))
    return first, None


@provokes("pair_void")
def _(day: Day) -> Asked:
    first = hands(day)
    day.do(c.VoidRound(first.question, words("wrong")))
    return first, None


@provokes("heads_out_of_range")
def _(day: Day) -> Asked:
    return replace(hands(day), hands={OptionId("a"): 51}), None


@provokes("unknown_option")
def _(day: Day) -> Asked:
    return replace(hands(day), hands={OptionId("nobody"): 1}), None


@provokes("no_choice")
def _(day: Day) -> Asked:
    return replace(hands(day), hands={}), None


@provokes("no_choice")
def _(day: Day) -> Asked:
    return replace(hands(day), missing=True), None


# --- questions ---------------------------------------------------------------------------------

at_once("unknown_question", c.OpenVoting(QuestionId("nothing")))
at_once("unknown_question", c.RecordErratum(words("x"), QuestionId("nothing")))
at_once(
    "unknown_question", c.TakeScene(ScreenId("main"), Scene(SceneKind.TITLE, other=QuestionId("nothing")))
)
at_once("question_not_open", c.CloseVoting(PICK))
at_once("question_not_open", c.VoidRound(PICK, words("x")))
at_once("question_not_closed", c.ShowResults(PICK))
at_once("round_not_over", c.RunAgain(PICK, words("x")))
at_once("round_not_over", c.ConfirmAgain(PICK))
at_once("too_few_options", draft(count=1))
at_once("too_few_options", draft(Kind.APPROVE, count=0))
at_once("too_many_options", draft(Kind.APPROVE, count=1001))
at_once("seconds_out_of_range", c.OpenVoting(PICK, 3 * 3600 + 1))
at_once("seconds_out_of_range", c.StartTimer(0))
at_once("seconds_out_of_range", c.ReviseQuestion(PICK, seconds=-1))
at_once(
    "option_exists",
    c.DraftQuestion(made("q"), words("?"), QuestionRules(Kind.PICK_ONE), options("a", "a")),
)


@provokes("question_exists")
def _(day: Day) -> Asked:
    command = draft()
    day.do(command)
    return c.MakeQuestion(command.question, words("?"), command.rules, {}), None


@provokes("question_not_planned")
def _(day: Day) -> Asked:
    day.open("pick")
    return c.ReviseQuestion(PICK, words("other words")), None


@provokes("another_vote_open")
def _(day: Day) -> Asked:
    day.open("pick")
    return c.OpenVoting(QuestionId("several")), None


@provokes("already_closing")
def _(day: Day) -> Asked:
    day.open("pick")
    day.do(c.CloseVoting(PICK))
    return c.CloseVoting(PICK), None


@provokes("wrong_round")
def _(day: Day) -> Asked:
    who = day.join("1-1")
    day.open("pick")
    return c.CastBallot(PICK, Round(2), S11, ("a",)), who


for _kind in (c.FinishVoting, c.GiveMoreTime, c.LoseKey):

    @provokes("wrong_round")
    def _(day: Day, kind: Any = _kind) -> Asked:
        day.open("secret")
        return kind(QuestionId("secret"), Round(2)), SERVER


@provokes("take_back_too_late")
def _(day: Day) -> Asked:
    day.open("pick")
    day.tick(5_001)
    return c.TakeBack(PICK), LEAD


@provokes("ballots_already_cast")
def _(day: Day) -> Asked:
    day.open("pick")
    day.cast("pick", "1-1", "a")
    return c.TakeBack(PICK), LEAD


@provokes("ballots_already_cast")
def _(day: Day) -> Asked:
    day.open("pick")
    day.cast("pick", "1-1", "a")
    day.do(c.WithdrawBallot(PICK, ONE, S11), participant("1-1"))
    return c.TakeBack(PICK), LEAD


@provokes("language_missing")
def _(day: Day) -> Asked:
    command = c.DraftQuestion(made("q"), {"en": "Only English"}, QuestionRules(Kind.NUMBER))
    day.do(command)
    return c.OpenVoting(command.question), None


@provokes("recount_differs")
def _(day: Day) -> Asked:
    day.open("pick")
    day.cast("pick", "1-1", "a")
    day.close("pick")
    return c.ShowResults(PICK), None, {"recount": {"a": 2}}


@provokes("recount_differs")
def _(day: Day) -> Asked:
    day.open("pick")
    day.close("pick")
    return c.ShowResults(PICK), None, {"recount": None}


# --- ballots -----------------------------------------------------------------------------------


def _ballot(code: str, question: str, *chosen: str, values: Any = None, seat: str = "1-1") -> None:
    @provokes(code)
    def _(day: Day) -> Asked:
        who = day.join(seat)
        day.open(question)
        return day.ballot(question, seat, *chosen, values=values), who


_ballot("unknown_option", "pick", "z")
_ballot("unknown_option", "rate", values={"z": 1})
_ballot("too_many_choices", "pick", "a", "b")
_ballot("too_many_choices", "several", "a", "b", "c")
_ballot("no_choice", "pick")
_ballot("no_choice", "several")
_ballot("no_choice", "rate", values={})
_ballot("exclusive_option", "several", "a", "none")
_ballot("unknown_value", "rate", values={"a": 5})
_ballot("number_out_of_range", "number", values=11)
_ballot("wrong_kind_of_choice", "number", "a")
_ballot("wrong_kind_of_choice", "rate", "a")
_ballot("wrong_kind_of_choice", "pick", values=3)
_ballot("standing_may_not_vote", "pick", "a", seat="2-3")


@provokes("standing_may_not_vote")
def _(day: Day) -> Asked:
    who = day.join("3-2")
    day.open("pick")
    return c.AskMoreTime(PICK, SeatId("3-2")), who


@provokes("voting_not_open")
def _(day: Day) -> Asked:
    who = day.join("1-1")
    return day.ballot("pick", "1-1", "a"), who


@provokes("voting_not_open")
def _(day: Day) -> Asked:
    return c.PressKey(day.bind_handset("1-1"), "1", 1), RECEIVER


@provokes("voting_closed")
def _(day: Day) -> Asked:
    who = day.join("1-1")
    day.open("pick")
    day.close("pick")
    return day.ballot("pick", "1-1", "a"), who


@provokes("outcome_unknown")
def _(day: Day) -> Asked:
    who = day.join("1-1")
    day.open("secret")
    day.close("secret")
    return day.ballot("secret", "1-1", "a"), who


@provokes("nothing_restored")
def _(day: Day) -> Asked:
    day.open("pick")
    kept = day.kept("pick", "1-1", "a")
    return c.RecoverBallot("blob", S11), participant("1-1"), {"id_": kept.command, "kept": kept}


@provokes("blob_not_ours")
def _(day: Day) -> Asked:
    day.open("pick")
    kept = day.kept("pick", "1-2", "a")
    day.do(c.RestoreLog("epoch-2", "epoch-1"))
    return c.RecoverBallot("blob", S11), participant("1-1"), {"id_": kept.command, "kept": kept}


@provokes("already_voted")
def _(day: Day) -> Asked:
    day.open("once")
    day.cast("once", "1-1", "a")
    return day.ballot("once", "1-1", "b"), participant("1-1")


@provokes("already_voted")
def _(day: Day) -> Asked:
    day.open("once")
    day.cast("once", "1-1", "a")
    return c.WithdrawBallot(QuestionId("once"), ONE, S11), participant("1-1")


@provokes("no_ballot")
def _(day: Day) -> Asked:
    who = day.join("1-1")
    day.open("pick")
    return c.WithdrawBallot(PICK, ONE, S11), who


at_once("unbound_keypad", c.PressKey(KeypadId("handset9"), "1", 1))


@provokes("unbound_keypad")
def _(day: Day) -> Asked:
    phone = day.join("1-1").device
    day.open("pick")
    return c.PressKey(phone, "1", 1), RECEIVER


def _press(code: str, question: str, key: str) -> None:
    @provokes(code)
    def _(day: Day) -> Asked:
        keypad = day.bind_handset("1-1")
        day.open(question)
        return c.PressKey(keypad, key, 1), RECEIVER


_press("unknown_key", "pick", "x")
_press("unknown_key", "pick", "4")
_press("unknown_key", "pick", "0")
_press("presses_not_for_this_kind", "number", "1")
_press("presses_not_for_this_kind", "rate", "1")


@provokes("too_many_choices")
def _(day: Day) -> Asked:
    keypad = day.bind_handset("1-1")
    day.open("several")
    day.do(c.PressKey(keypad, "1", 1))
    day.do(c.PressKey(keypad, "2", 2))
    return c.PressKey(keypad, "3", 3), RECEIVER


@provokes("press_repeated")
def _(day: Day) -> Asked:
    keypad = day.bind_handset("1-1")
    day.open("pick")
    day.do(c.PressKey(keypad, "1", 7))
    return c.PressKey(keypad, "2", 7), RECEIVER
