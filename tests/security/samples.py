"""One sample of every command about a given place: the rows of the rights matrix.

A command without a row here fails `test_rights.py`. The samples are well-formed, so that what refuses
them is the right and not the form.
"""

from collections.abc import Callable
from dataclasses import dataclass

from app.core import commands as c
from app.core.capability import Role
from app.core.ids import (
    CallId,
    CapabilityId,
    IdeaId,
    ItemId,
    KeypadId,
    MessageId,
    OptionId,
    QuestionId,
    Round,
    ScreenId,
    SeatId,
    TableId,
    ThemeId,
)
from app.core.planned import Kind, QuestionRules
from tests.builders import made, options, words
from tests.security.server import Served

PLACE = ItemId("place")


@dataclass(frozen=True)
class Place:
    """A table with what belongs to it, and things of the whole meeting."""

    table: TableId
    seat: SeatId
    idea: IdeaId
    call: CallId
    theme: ThemeId
    device: str = ""


ROWS: dict[str, Callable[[Place], c.AnyCommand]] = {
    "start_meeting": lambda _: c.StartMeeting(),
    "close_meeting": lambda _: c.CloseMeeting(),
    "archive_meeting": lambda _: c.ArchiveMeeting(),
    "record_erratum": lambda _: c.RecordErratum(words("wrong")),
    "record_response": lambda _: c.RecordResponse(words("we will")),
    "redact_text": lambda at: c.RedactText("idea", at.idea),
    "join_seat": lambda at: c.JoinSeat(at.seat),
    "bind_keypad": lambda at: c.BindKeypad(at.seat, KeypadId(f"{at.device}:{at.seat}"), c.Channel.LAPTOP),
    "release_keypad": lambda at: c.ReleaseKeypad(at.seat),
    "confirm_takeover": lambda at: c.ConfirmTakeover(at.seat),
    "mark_present": lambda at: c.MarkPresent(at.seat),
    "mark_left": lambda at: c.MarkLeft(at.seat),
    "add_seat": lambda at: c.AddSeat(made("seat"), at.table),
    "move_seat": lambda at: c.MoveSeat(at.seat, at.table),
    "count_heads": lambda at: c.CountHeads(at.table, 3),
    "begin_item": lambda _: c.BeginItem(PLACE),
    "finish_item": lambda _: c.FinishItem(PLACE),
    "extend_item": lambda _: c.ExtendItem(PLACE, 5),
    "skip_item": lambda _: c.SkipItem(ItemId("lunch"), words("no time")),
    "move_item": lambda _: c.MoveItem(ItemId("lunch")),
    "add_item": lambda _: c.AddItem(made("item"), words("more"), 5),
    "draft_question": lambda _: c.DraftQuestion(
        made("q"), words("what?"), QuestionRules(Kind.PICK_ONE), options("a", "b")
    ),
    "revise_question": lambda _: c.ReviseQuestion(QuestionId("yesno"), words("really?")),
    "make_question": lambda at: c.MakeQuestion(
        made("q"), words("which?"), QuestionRules(Kind.PICK_ONE), {OptionId("x"): at.theme}
    ),
    "open_voting": lambda _: c.OpenVoting(QuestionId("several")),
    "extend_voting": lambda _: c.ExtendVoting(QuestionId("pick"), 10),
    "close_voting": lambda _: c.CloseVoting(QuestionId("pick")),
    "show_results": lambda _: c.ShowResults(QuestionId("approve")),
    "take_back": lambda _: c.TakeBack(QuestionId("pick")),
    "void_round": lambda _: c.VoidRound(QuestionId("approve"), words("mistake")),
    "confirm_void": lambda _: c.ConfirmVoid(QuestionId("approve")),
    "confirm_again": lambda _: c.ConfirmAgain(QuestionId("approve")),
    "run_again": lambda _: c.RunAgain(QuestionId("approve"), words("again")),
    "cast_ballot": lambda at: c.CastBallot(QuestionId("pick"), Round(1), at.seat, ("a",)),
    "cast_paper_ballot": lambda at: c.CastPaperBallot(QuestionId("pick"), Round(1), at.seat, ("a",)),
    "withdraw_ballot": lambda at: c.WithdrawBallot(QuestionId("pick"), Round(1), at.seat),
    "press_key": lambda _: c.PressKey(KeypadId("handset"), "1", 7),
    "ask_more_time": lambda at: c.AskMoreTime(QuestionId("pick"), at.seat),
    "recover_ballot": lambda at: c.RecoverBallot("sealed elsewhere", at.seat),
    "draw_sample": lambda _: c.DrawSample((3,) * 10, 5),
    "enter_hands": lambda at: c.EnterHands(QuestionId("pick"), Round(1), at.table, {OptionId("a"): 1}),
    "write_idea": lambda at: c.WriteIdea(
        made("idea"), at.table, PLACE, c.IdeaKind.INDIVIDUAL, "more trees", "en"
    ),
    "revise_idea": lambda at: c.ReviseIdea(at.idea, 1, "fewer cars", c.IdeaKind.INDIVIDUAL),
    "withdraw_idea": lambda at: c.WithdrawIdea(at.idea),
    "move_idea": lambda at: c.MoveIdea(at.idea),
    "read_ideas": lambda at: c.ReadIdeas((at.idea,)),
    "answer_idea": lambda at: c.AnswerIdea(at.idea, "because", "en"),
    "create_theme": lambda _: c.CreateTheme(made("theme"), PLACE, words("trees")),
    "rename_theme": lambda at: c.RenameTheme(at.theme, words("shade")),
    "merge_themes": lambda at: c.MergeThemes(made("theme"), (at.theme, at.theme), words("both")),
    "file_idea": lambda at: c.FileIdea(at.idea, 1, at.theme),
    "unfile_idea": lambda at: c.UnfileIdea(at.idea, at.theme),
    "order_themes": lambda at: c.OrderThemes(PLACE, (at.theme,)),
    "quote_idea": lambda at: c.QuoteIdea(at.theme, at.idea, 1),
    "unquote_idea": lambda at: c.UnquoteIdea(at.theme, at.idea),
    "publish_themes": lambda at: c.PublishThemes(PLACE, (at.theme,)),
    "assign_tables": lambda at: c.AssignTables(CapabilityId("cap"), (at.table,)),
    "undo_act": lambda _: c.UndoAct(),
    "take_scene": lambda _: c.TakeScene(ScreenId("main"), c.Scene(c.SceneKind.BLANK)),
    "start_timer": lambda _: c.StartTimer(60),
    "stop_timer": lambda _: c.StopTimer(),
    "send_message": lambda at: c.SendMessage(MessageId(made("msg")), words("please sit"), (at.table,)),
    "call_help": lambda at: c.CallHelp(made("call"), at.table, c.HelpKind.TECHNICAL),
    "answer_help": lambda at: c.AnswerHelp(at.call),
    "close_help": lambda at: c.CloseHelp(at.call),
}
"""By a command's name, a sample of it about a place."""

WHOLE = frozenset({"close_meeting", "archive_meeting"})
"""Commands after which most others may not be: given last where they are allowed."""


async def furnished(room: Served) -> tuple[Place, Place]:
    """Give tables 1 and 2 an idea and a call each, a theme, a vote that is open and one that is closed."""
    places: list[Place] = []
    organiser = (await room.way(Role.ORGANISER)).capability
    theme = ThemeId(made("theme"))
    await room.do(c.BeginItem(PLACE), organiser)
    await room.do(c.CreateTheme(theme, PLACE, words("trees")), organiser)
    for table in ("1", "2"):
        laptop = (await room.way(Role.TABLE_FACILITATOR, table)).capability
        at = Place(TableId(table), SeatId(f"{table}-1"), made("idea"), made("call"), theme)
        wanted: list[c.AnyCommand] = [
            c.WriteIdea(at.idea, at.table, PLACE, c.IdeaKind.QUESTION, "why?", "en"),
            c.CallHelp(at.call, at.table, c.HelpKind.KEYPAD),
        ]
        for said in wanted:
            await room.do(said, laptop)
        places.append(at)
    await room.do(c.OpenVoting(QuestionId("approve")), organiser)
    await room.close_vote("approve")
    await room.do(c.OpenVoting(QuestionId("pick")), organiser)
    return places[0], places[1]
