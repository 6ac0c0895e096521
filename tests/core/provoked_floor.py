"""Refusals about form, rights, the meeting, its seats and its agenda."""

from app.core import commands as c
from app.core.commands import Channel, HelpKind, IdeaKind, Scene, SceneKind
from app.core.ids import (
    ItemId,
    KeypadId,
    MeetingId,
    QuestionId,
    ScreenId,
    SeatId,
    TableId,
    ThemeId,
)
from app.core.planned import Kind, QuestionRules, Standing
from tests.builders import (
    LEAD,
    ORGANISER,
    THEME_MEMBER,
    VIEWER,
    Day,
    area_manager,
    facilitator,
    made,
    options,
    participant,
    small_plan,
    words,
)
from tests.core.provoking import (
    LUNCH,
    ONE,
    PICK,
    PLACE,
    S11,
    S12,
    T1,
    T2,
    Asked,
    at_once,
    draft,
    idea,
    provokes,
)

# --- form --------------------------------------------------------------------------------------

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


# --- who ---------------------------------------------------------------------------------------

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


@provokes("same_person", plan=small_plan(second_person=True))
def _(day: Day) -> Asked:
    day.open("pick")
    day.close("pick")
    day.do(c.RunAgain(PICK, words("again")))
    return c.ConfirmAgain(PICK), ORGANISER


@provokes("nothing_to_confirm", plan=small_plan(second_person=True))
def _(day: Day) -> Asked:
    day.open("pick")
    day.close("pick")
    return c.ConfirmAgain(PICK), LEAD


# --- meeting -----------------------------------------------------------------------------------

at_once("meeting_already_prepared", c.PrepareMeeting(MeetingId("other"), small_plan()))
at_once("meeting_already_started", c.StartMeeting())
at_once("meeting_not_closed", c.ArchiveMeeting())
provokes("meeting_not_running", started=False)(lambda _day: (c.BeginItem(PLACE), None))
provokes("meeting_already_prepared", started=False)(
    lambda _day: (c.PrepareMeeting(MeetingId("other"), small_plan()), None)
)


@provokes("plan_changed_by_hand", started=False)
def _(day: Day) -> Asked:
    day.do(c.ExtendItem(PLACE, 5))
    return c.PrepareMeeting(MeetingId("day"), small_plan()), None


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


# --- roster ------------------------------------------------------------------------------------

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


# --- agenda ------------------------------------------------------------------------------------

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
