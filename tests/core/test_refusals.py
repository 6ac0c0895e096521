"""What is at stake: a refusal is a promise. It has a stable code, and nothing at all has happened.

Every code that the core may raise is provoked here once. A code that nobody
provokes fails a test, except the few that the edge alone can find out.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.core import commands as c
from app.core.capability import Capability
from app.core.commands import Channel, HelpKind, IdeaKind, Scene, SceneKind
from app.core.errors import BUSY, REFUSALS, Refusal
from app.core.ids import (
    CommandId,
    ItemId,
    KeypadId,
    MeetingId,
    QuestionId,
    Round,
    ScreenId,
    SeatId,
    TableId,
    ThemeId,
)
from app.core.planned import Kind, QuestionRules, Standing
from tests.builders import (
    EXPERT,
    LEAD,
    ORGANISER,
    OTHER_MEMBER,
    RECEIVER,
    SERVER,
    THEME_MEMBER,
    VIEWER,
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
from tests.core.deep import picture

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

Asked = tuple[c.AnyCommand, Capability | None] | tuple[c.AnyCommand, Capability | None, dict[str, Any]]
PROVOKED: dict[str, list[Callable[[], tuple[Day, Asked]]]] = {}

PLACE, LUNCH, PICK = ItemId("place"), ItemId("lunch"), QuestionId("pick")
ONE = Round(1)
S11, S12, T1, T2 = SeatId("1-1"), SeatId("1-2"), TableId("1"), TableId("2")


def provokes(code: str, **day: Any) -> Callable[[Callable[[Day], Asked]], Callable[[Day], Asked]]:
    """Take a function that brings a day to where its last command is refused with this code."""

    def keep(prepare: Callable[[Day], Asked]) -> Callable[[Day], Asked]:
        def run() -> tuple[Day, Asked]:
            made_day = Day(**day)
            return made_day, prepare(made_day)

        PROVOKED.setdefault(code, []).append(run)
        return prepare

    return keep


def at_once(code: str, asked: c.AnyCommand, by: Capability | None = None, **more: Any) -> None:
    """A command that is refused on a day on which nothing has happened yet."""
    provokes(code)(lambda _day: (asked, by, more))


def _write(code: str, text: str, language: str = "en", item: ItemId = PLACE) -> None:
    command = c.WriteIdea(made("idea"), T1, item, IdeaKind.INDIVIDUAL, text, language)
    at_once(code, command, facilitator("1"))


def idea(day: Day, kind: IdeaKind = IdeaKind.AGREEMENT, table: str = "1", item: str = "place") -> Any:
    """An idea that a table wrote."""
    id_ = made("idea")
    command = c.WriteIdea(id_, TableId(table), ItemId(item), kind, f"an idea of {table}", "en")
    day.do(command, facilitator(table))
    return id_


def theme(day: Day, item: str = "place", by: Capability = THEME_MEMBER) -> Any:
    """A theme of an item."""
    id_ = made("theme")
    day.do(c.CreateTheme(id_, ItemId(item), words("a theme")), by)
    return id_


def draft(kind: Kind = Kind.PICK_ONE, count: int = 2, **rules: Any) -> c.DraftQuestion:
    """A question with so many options."""
    few = options(*[f"o{n}" for n in range(count)])
    scale = steps(1, 0) if kind is Kind.RATING else ()
    return c.DraftQuestion(made("q"), words("?"), QuestionRules(kind, **rules), few, scale)


# --- form ------------------------------------------------------------------------------------

at_once("bad_id", c.StopTimer(), id_="cmd-1")
at_once("bad_id", c.AddItem(ItemId("item1"), words("x"), 5))
at_once("bad_id", c.CreateTheme(ThemeId("theme_1"), PLACE, words("x")), THEME_MEMBER)
at_once("bad_id", c.SendMessage(made("call"), words("x")))
at_once("bad_id", c.CallHelp(made("msg"), T1, HelpKind.WELFARE), facilitator("1"))
at_once("bad_id", c.AddSeat(SeatId("1-4"), T1))
at_once("bad_id", c.DraftQuestion(QuestionId("mine"), words("?"), QuestionRules(Kind.NUMBER)))
at_once("bad_id", c.AssignTables(made("x") * 3, (T1,)))
at_once("bad_id", c.DraftQuestion(made("q"), words("?"), QuestionRules(Kind.PICK_ONE), options("a_b", "c")))
at_once("bad_field", c.ReadIdeas(()), THEME_MEMBER)
at_once("bad_field", c.RedactText("seat", "1-1"))
at_once("bad_field", draft(Kind.YES_NO))
at_once("bad_field", draft(Kind.PICK_UP_TO, choices_max=3))
at_once("bad_field", draft(standings=()))
at_once("bad_field", draft(tie="dice"))
at_once("bad_field", draft(more_time_ms=300_001))
at_once("bad_field", c.MakeQuestion(made("q"), words("?"), QuestionRules(Kind.YES_NO), {}))
at_once("bad_field", c.AddSeat(made("seat"), T1, Standing.CITIZEN, "business"))
at_once("bad_field", c.AddSeat(made("seat"), T1, Standing.PARTY, "what somebody typed"))
at_once("text_empty", c.SendMessage(made("msg"), words(" ")))
at_once("text_empty", c.WriteIdea(made("idea"), T1, PLACE, IdeaKind.QUOTE, "", "en"), facilitator("1"))
at_once("text_empty", c.WriteIdea(made("idea"), T1, PLACE, IdeaKind.QUOTE, "\u200b ", "en"), facilitator("1"))
at_once(
    "text_too_long", c.WriteIdea(made("idea"), T1, PLACE, IdeaKind.QUOTE, "x" * 501, "en"), facilitator("1")
)
at_once("unknown_language", c.SendMessage(made("msg"), {"fr": "bonjour"}))
at_once(
    "unknown_language", c.WriteIdea(made("idea"), T1, PLACE, IdeaKind.QUOTE, "oui", "fr"), facilitator("1")
)
at_once("unknown_language", c.AddSeat(made("seat"), T1, language="fr"))
at_once("unknown_language", c.TakeScene(ScreenId("main"), Scene(SceneKind.TITLE, languages=("fr",))))


@provokes("id_reused")
def _(day: Day) -> Asked:
    (first,) = day.do(c.CountHeads(T1, 9))
    return c.CountHeads(T1, 8), None, {"id_": first.command}


# --- who -------------------------------------------------------------------------------------

at_once("not_allowed", c.StartTimer(60), VIEWER)
at_once("not_your_table", c.CountHeads(T2, 9), facilitator("1"))
at_once("not_your_table", c.MarkPresent(SeatId("9-9")), facilitator("1"))
at_once("not_your_seat", c.JoinSeat(S12), participant("1-1"))


@provokes("not_your_table")
def _(day: Day) -> Asked:
    return c.MoveIdea(idea(day, table="1"), idea(day, table="2")), facilitator("1")


@provokes("same_person", plan=small_plan(second_person=True))
def _(day: Day) -> Asked:
    day.open("pick")
    day.do(c.VoidRound(PICK, words("wrong")))
    return c.ConfirmVoid(PICK), ORGANISER


@provokes("nothing_to_confirm", plan=small_plan(second_person=True))
def _(day: Day) -> Asked:
    day.open("pick")
    return c.ConfirmVoid(PICK), LEAD


# --- meeting ---------------------------------------------------------------------------------

at_once("meeting_already_prepared", c.PrepareMeeting(MeetingId("other"), small_plan()))
at_once("meeting_already_started", c.StartMeeting())
at_once("meeting_not_closed", c.ArchiveMeeting())
provokes("meeting_not_running", started=False)(lambda _day: (c.BeginItem(PLACE), None))
provokes("meeting_already_prepared", started=False)(
    lambda _day: (c.PrepareMeeting(MeetingId("other"), small_plan()), None)
)


@provokes("meeting_not_prepared")
def _(day: Day) -> Asked:
    day.__dict__["meeting"] = type(day.meeting)()
    return c.StartMeeting(), None


@provokes("voting_still_open")
def _(day: Day) -> Asked:
    day.open("pick")
    return c.CloseMeeting(), None


@provokes("meeting_closed")
def _(day: Day) -> Asked:
    day.do(c.CloseMeeting())
    return c.BeginItem(PLACE), None


@provokes("meeting_archived")
def _(day: Day) -> Asked:
    day.do(c.CloseMeeting())
    day.do(c.ArchiveMeeting())
    return c.RecordErratum(words("too late")), None


# --- roster ----------------------------------------------------------------------------------

at_once("unknown_table", c.CountHeads(TableId("99"), 9))
at_once("unknown_table", c.SendMessage(made("msg"), words("x"), (TableId("99"),)))
at_once("unknown_table", c.AssignTables(THEME_MEMBER.id, (TableId("99"),)))
at_once("unknown_seat", c.MarkPresent(SeatId("9-9")))
at_once("unknown_seat", c.JoinSeat(SeatId("9-9")), participant("9-9"))
at_once("unknown_keypad", c.BindKeypad(S11, KeypadId(""), Channel.HANDSET))
at_once("unknown_keypad", c.BindKeypad(S11, KeypadId("k" * 121), Channel.HANDSET))
at_once("not_your_keypad", c.BindKeypad(S11, KeypadId("phone1-1"), Channel.PHONE), facilitator("1"))
at_once("not_your_keypad", c.BindKeypad(S11, KeypadId("laptop2:1-1"), Channel.LAPTOP), facilitator("1"))
at_once("not_your_keypad", c.BindKeypad(S11, KeypadId("paper:1-1"), Channel.PAPER), facilitator("1"))
at_once("seat_not_bound", c.ReleaseKeypad(S11))
at_once("no_takeover_asked", c.ConfirmTakeover(S11))
at_once("not_present", c.MarkLeft(S11))
at_once("heads_out_of_range", c.CountHeads(T1, 51))
at_once("heads_out_of_range", c.CountHeads(T1, -1))


@provokes("seat_exists")
def _(day: Day) -> Asked:
    late = made("seat")
    day.do(c.AddSeat(late, T1))
    return c.AddSeat(late, T2), None


@provokes("table_full")
def _(day: Day) -> Asked:
    day.do(c.AddSeat(made("seat"), T1))
    return c.AddSeat(made("seat"), T1), facilitator("1")


@provokes("table_full")
def _(day: Day) -> Asked:
    day.do(c.AddSeat(made("seat"), T1))
    return c.MoveSeat(SeatId("2-1"), T1), None


@provokes("keypad_bound_elsewhere")
def _(day: Day) -> Asked:
    handset = day.bind_handset("1-1")
    return c.BindKeypad(S12, handset, Channel.HANDSET), facilitator("1")


@provokes("keypad_bound_elsewhere")
def _(day: Day) -> Asked:
    day.do(c.BindKeypad(S12, KeypadId("phone1-1"), Channel.PHONE))
    return c.JoinSeat(S11), participant("1-1")


@provokes("seat_held_by_other_device")
def _(day: Day) -> Asked:
    day.open("pick")
    day.join("1-1", "new phone")
    return day.ballot("pick", "1-1", "a"), participant("1-1", "old phone")


@provokes("seat_held_by_other_device")
def _(day: Day) -> Asked:
    day.open("pick")
    day.join("1-1")
    return day.ballot("pick", "1-1", "a"), facilitator("1")


@provokes("seat_not_bound")
def _(day: Day) -> Asked:
    day.open("pick")
    return day.ballot("pick", "1-1", "a"), participant("1-1")


@provokes("seat_not_bound")
def _(day: Day) -> Asked:
    day.open("secret")
    return c.CastPaperBallot(QuestionId("secret"), ONE, S11, ("a",)), area_manager("1")


@provokes("not_present")
def _(day: Day) -> Asked:
    who = day.join("1-1")
    day.do(c.MarkLeft(S11))
    day.open("pick")
    return day.ballot("pick", "1-1", "a"), who


# --- agenda ----------------------------------------------------------------------------------

at_once("unknown_item", c.BeginItem(ItemId("nothing")))
at_once("unknown_item", c.MoveItem(PLACE, ItemId("nothing")))
at_once("unknown_item", c.OrderThemes(ItemId("nothing"), ()), THEME_MEMBER)
at_once("unknown_item", c.TakeScene(ScreenId("main"), Scene(SceneKind.AGENDA, item=ItemId("nothing"))))
at_once("item_not_running", c.FinishItem(PLACE))
at_once(
    "item_takes_no_ideas", c.WriteIdea(made("idea"), T1, LUNCH, IdeaKind.QUOTE, "x", "en"), facilitator("1")
)
at_once("minutes_out_of_range", c.ExtendItem(PLACE, -60))
at_once("minutes_out_of_range", c.AddItem(made("item"), words("x"), 0))


@provokes("item_exists")
def _(day: Day) -> Asked:
    more = made("item")
    day.do(c.AddItem(more, words("more"), 10))
    return c.AddItem(more, words("more"), 10), None


@provokes("item_already_running")
def _(day: Day) -> Asked:
    day.do(c.BeginItem(PLACE))
    return c.BeginItem(PLACE), None


@provokes("item_already_running")
def _(day: Day) -> Asked:
    day.do(c.BeginItem(PLACE))
    return c.SkipItem(PLACE, words("no time")), None


@provokes("item_done")
def _(day: Day) -> Asked:
    day.do(c.BeginItem(PLACE))
    day.do(c.BeginItem(LUNCH))
    return c.BeginItem(PLACE), None


@provokes("item_skipped")
def _(day: Day) -> Asked:
    day.do(c.SkipItem(PLACE, words("no time")))
    return c.ExtendItem(PLACE, 5), None


# --- questions -------------------------------------------------------------------------------

at_once("unknown_question", c.OpenVoting(QuestionId("nothing")))
at_once("unknown_question", c.RecordErratum(words("x"), QuestionId("nothing")))
at_once(
    "unknown_question", c.TakeScene(ScreenId("main"), Scene(SceneKind.TITLE, other=QuestionId("nothing")))
)
at_once("question_not_open", c.CloseVoting(PICK))
at_once("question_not_open", c.VoidRound(PICK, words("x")))
at_once("question_not_closed", c.ShowResults(PICK))
at_once("round_not_over", c.RunAgain(PICK, words("x")))
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


# --- ballots ---------------------------------------------------------------------------------


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


# --- ideas -----------------------------------------------------------------------------------

at_once("unknown_idea", c.ReadIdeas((made("idea"),)), THEME_MEMBER)
at_once("unknown_text", c.RedactText("option", "a"))
at_once("unknown_text", c.RedactText("message", made("msg")))


@provokes("idea_exists")
def _(day: Day) -> Asked:
    return c.WriteIdea(idea(day), T1, PLACE, IdeaKind.QUOTE, "x", "en"), facilitator("1")


@provokes("idea_withdrawn")
def _(day: Day) -> Asked:
    there = idea(day)
    day.do(c.WithdrawIdea(there), facilitator("1"))
    return c.FileIdea(there, 1, theme(day)), THEME_MEMBER


@provokes("revision_changed")
def _(day: Day) -> Asked:
    there = idea(day)
    day.do(c.ReviseIdea(there, 1, "other words", IdeaKind.MINORITY), facilitator("1"))
    return c.FileIdea(there, 1, theme(day)), THEME_MEMBER


@provokes("already_redacted")
def _(day: Day) -> Asked:
    there = idea(day, IdeaKind.QUESTION)
    day.do(c.RedactText("idea", there))
    return c.AnswerIdea(there, "words", "en"), EXPERT


for _of in ("idea", "theme", "message", "option"):

    @provokes("already_redacted")
    def _(day: Day, of: str = _of) -> Asked:
        message, option = made("msg"), made("opt")
        day.do(c.SendMessage(message, words("x")))
        there = theme(day)
        drafted = c.DraftQuestion(made("q"), words("?"), QuestionRules(Kind.APPROVE), options(option))
        day.do(drafted)
        ids = {"idea": idea(day), "theme": there, "message": message, "option": option}
        day.do(c.RedactText(of, ids[of]))
        return c.RedactText(of, ids[of]), None


@provokes("personal_request")
def _(day: Day) -> Asked:
    return c.FileIdea(idea(day, IdeaKind.REQUEST), 1, theme(day)), THEME_MEMBER


@provokes("not_a_question_to_experts")
def _(day: Day) -> Asked:
    return c.AnswerIdea(idea(day), "words", "en"), EXPERT


# --- themes ----------------------------------------------------------------------------------

at_once("unknown_theme", c.RenameTheme(made("theme"), words("x")), THEME_MEMBER)
at_once("nothing_to_undo", c.UndoAct(), THEME_MEMBER)
at_once("nothing_to_undo", c.UndoAct(CommandId(made("cmd"))))


@provokes("unknown_theme")
def _(day: Day) -> Asked:
    return c.PublishThemes(PLACE, (theme(day, "people"),)), None


@provokes("unknown_theme")
def _(day: Day) -> Asked:
    there = theme(day)
    day.do(c.UndoAct(), THEME_MEMBER)
    return c.RenameTheme(there, words("x")), THEME_MEMBER


@provokes("theme_exists")
def _(day: Day) -> Asked:
    return c.CreateTheme(theme(day), PLACE, words("x")), THEME_MEMBER


@provokes("theme_merged")
def _(day: Day) -> Asked:
    one, other = theme(day), theme(day)
    day.do(c.MergeThemes(made("theme"), (one, other), words("both")), THEME_MEMBER)
    return c.RenameTheme(one, words("x")), THEME_MEMBER


@provokes("already_filed")
def _(day: Day) -> Asked:
    there, under = idea(day), theme(day)
    day.do(c.FileIdea(there, 1, under), THEME_MEMBER)
    return c.FileIdea(there, 1, under), OTHER_MEMBER


@provokes("not_filed")
def _(day: Day) -> Asked:
    return c.UnfileIdea(idea(day), theme(day)), THEME_MEMBER


@provokes("already_quoted")
def _(day: Day) -> Asked:
    there, under = idea(day), theme(day)
    day.do(c.QuoteIdea(under, there, 1), THEME_MEMBER)
    return c.QuoteIdea(under, there, 1), OTHER_MEMBER


@provokes("not_quoted")
def _(day: Day) -> Asked:
    return c.UnquoteIdea(theme(day), idea(day)), THEME_MEMBER


@provokes("too_few_themes")
def _(day: Day) -> Asked:
    return c.MergeThemes(made("theme"), (theme(day),), words("x")), THEME_MEMBER


@provokes("theme_repeated")
def _(day: Day) -> Asked:
    there = theme(day)
    return c.MergeThemes(made("theme"), (there, there), words("x")), THEME_MEMBER


@provokes("not_your_act")
def _(day: Day) -> Asked:
    there = theme(day)
    (act,) = day.do(c.RenameTheme(there, words("x")), THEME_MEMBER)
    return c.UndoAct(act.command), OTHER_MEMBER


@provokes("not_your_act")
def _(day: Day) -> Asked:
    theme(day)
    act = day.log[-1][2]
    theme(day)
    return c.UndoAct(act.command), THEME_MEMBER


@provokes("built_upon")
def _(day: Day) -> Asked:
    there = theme(day)
    act = day.log[-1][2]
    day.do(c.FileIdea(idea(day), 1, there), OTHER_MEMBER)
    return c.UndoAct(act.command), THEME_MEMBER


# --- stage -----------------------------------------------------------------------------------

at_once("unknown_screen", c.TakeScene(ScreenId("cinema"), Scene(SceneKind.TITLE)))
at_once("scene_incomplete", c.TakeScene(ScreenId("main"), Scene(SceneKind.RESULTS)))
at_once("scene_incomplete", c.TakeScene(ScreenId("main"), Scene(SceneKind.THEMES)))
at_once("scene_incomplete", c.TakeScene(ScreenId("main"), Scene(SceneKind.MESSAGE)))
at_once("scene_incomplete", c.TakeScene(ScreenId("main"), Scene(SceneKind.COMPARE, PICK)))
at_once("voting_not_open", c.TakeScene(ScreenId("main"), Scene(SceneKind.VOTING, PICK)))
at_once("not_published_yet", c.TakeScene(ScreenId("main"), Scene(SceneKind.THEMES, item=PLACE)))
at_once("unknown_call", c.AnswerHelp(made("call")))
at_once("no_timer", c.StopTimer())


@provokes("not_shown_yet")
def _(day: Day) -> Asked:
    day.open("pick")
    day.close("pick")
    return c.TakeScene(ScreenId("main"), Scene(SceneKind.RESULTS, PICK)), None


@provokes("not_shown_yet")
def _(day: Day) -> Asked:
    day.open("pick")
    day.close("pick")
    day.show("pick")
    day.do(c.VoidRound(PICK, words("wrong")))
    return c.TakeScene(ScreenId("main"), Scene(SceneKind.RESULTS, PICK)), None


@provokes("call_exists")
def _(day: Day) -> Asked:
    call = made("call")
    day.do(c.CallHelp(call, T1, HelpKind.WELFARE), facilitator("1"))
    return c.CallHelp(call, T1, HelpKind.WELFARE), facilitator("1")


@provokes("call_closed")
def _(day: Day) -> Asked:
    call = made("call")
    day.do(c.CallHelp(call, T1, HelpKind.WELFARE), facilitator("1"))
    day.do(c.CloseHelp(call))
    return c.AnswerHelp(call), None


@provokes("message_exists")
def _(day: Day) -> Asked:
    message = made("msg")
    day.do(c.SendMessage(message, words("x")))
    return c.SendMessage(message, words("y")), None


# --- the promises ----------------------------------------------------------------------------

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
