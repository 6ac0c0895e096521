"""Refusals about ideas, themes and the stage."""

from app.core import commands as c
from app.core.commands import HelpKind, IdeaKind, Scene, SceneKind
from app.core.ids import (
    CommandId,
    ScreenId,
)
from app.core.planned import Kind, QuestionRules
from tests.builders import (
    EXPERT,
    OTHER_MEMBER,
    THEME_MEMBER,
    Day,
    facilitator,
    made,
    options,
    words,
)
from tests.core.provoking import PICK, PLACE, T1, Asked, at_once, idea, provokes, theme

# --- ideas -------------------------------------------------------------------------------------

at_once("unknown_idea", c.ReadIdeas((made("idea"),)), THEME_MEMBER)
at_once("unknown_text", c.RedactText("option", "a"))
at_once("unknown_text", c.RedactText("message", made("msg")))
for _of, _id in (
    ("question", "pick"),
    ("item", "place"),
    ("reason", "pick"),
    ("erratum", "1"),
    ("response", "0"),
):
    at_once("unknown_text", c.RedactText(_of, _id))
for _of, _id in (("call", made("call")), ("screen", "main"), ("timer", "1")):
    at_once("unknown_text", c.RedactText(_of, _id))


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


# --- themes ------------------------------------------------------------------------------------

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


# --- stage -------------------------------------------------------------------------------------

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
