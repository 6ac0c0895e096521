"""What is at stake: a name that somebody typed is gone for good, wherever it was copied.

The log from which it was erased gives the same meeting as the one that runs on.
"""

from collections.abc import Callable, Iterable

import pytest

from app.core import commands as c
from app.core import redaction, views
from app.core.commands import IdeaKind
from app.core.events import EVENTS, TextRedacted, event_name, sealed_parts
from app.core.ids import CallId, IdeaId, ItemId, OptionId, QuestionId, ScreenId, TableId, ThemeId
from app.core.planned import Kind, PlannedOption, QuestionRules, ScaleStep
from app.core.receipts import Accepted
from app.log.chain import erase_in
from app.log.codec import decode, encode
from tests.builders import EXPERT, LEAD, THEME_LEADER, THEME_MEMBER, Day, facilitator, made, small_plan, words
from tests.core.deep import assert_same_state, picture
from tests.core.pair import folded

PLACE, NAME = ItemId("place"), "Somchai"


def erased_log(day: Day) -> list[bytes]:
    """The lines of the log after every erasure that its redactions ask for."""
    lines = [encode(event, salt, index).line for salt, index, event in day.log]
    for _, _, event in day.log:
        if isinstance(event, TextRedacted):
            for offset, part in event.erased:
                lines[offset - 1] = erase_in(lines[offset - 1] + b"\n", 0, part)[:-1]
    return lines


def assert_forgotten(day: Day, *names: str) -> None:
    """The words are in no line and nowhere in memory, and a restart gives the same meeting."""
    lines = erased_log(day)
    for name in names or (NAME,):
        assert not [line for line in lines if name.encode() in line]
        assert name not in repr(picture(day.meeting))
    assert_same_state(day.meeting, folded([decode(line) for line in lines]))
    assert_same_state(day.meeting, day.replayed())


def idea(day: Day, text: str = NAME, kind: IdeaKind = IdeaKind.QUESTION) -> IdeaId:
    id_ = IdeaId(made("idea"))
    day.do(c.WriteIdea(id_, TableId("1"), PLACE, kind, text, "en"), facilitator("1"))
    return id_


def theme(day: Day, title: str = NAME) -> ThemeId:
    id_ = ThemeId(made("theme"))
    day.do(c.CreateTheme(id_, PLACE, words(title)), THEME_MEMBER)
    return id_


def ask(day: Day, sources: Iterable[str]) -> QuestionId:
    id_ = QuestionId(made("q"))
    options = {OptionId(made("opt")): source for source in sources}
    day.do(c.MakeQuestion(id_, words("?"), QuestionRules(Kind.APPROVE), options), THEME_LEADER)
    return id_


def test_an_idea_goes_with_its_revisions_answers_quotes_and_the_options_made_of_it() -> None:
    day = Day()
    there = idea(day)
    day.do(c.ReviseIdea(there, 1, f"{NAME} again", IdeaKind.QUESTION), facilitator("1"))
    day.do(c.AnswerIdea(there, f"{NAME} says so", "en"), EXPERT)
    under = theme(day, "a theme")
    day.do(c.FileIdea(there, 2, under), THEME_MEMBER)
    day.do(c.QuoteIdea(under, there, 2), THEME_MEMBER)
    day.do(c.PublishThemes(PLACE, (under,)), THEME_LEADER)
    asked = ask(day, [there])
    (redacted,) = day.do(c.RedactText("idea", there))
    assert isinstance(redacted, TextRedacted)
    assert len(redacted.erased) == 4
    assert_forgotten(day)
    assert [o.text for o in day.meeting.questions.question(asked).options.values()] == [None]
    day.open(asked)


def test_an_option_that_was_replaced_since_is_erased_too() -> None:
    day = Day()
    there = idea(day)
    asked = ask(day, [there])
    options = (PlannedOption(OptionId(made("opt")), words("other words")),)
    day.do(c.ReviseQuestion(asked, options=options), THEME_LEADER)
    day.do(c.RedactText("idea", there))
    assert_forgotten(day)


def test_an_option_that_was_retyped_under_its_id_is_still_a_copy() -> None:
    day = Day()
    there = idea(day)
    asked = ask(day, [there])
    (option,) = day.meeting.questions.question(asked).options
    retyped = (PlannedOption(option, words(f"{NAME}, shorter")),)
    day.do(c.ReviseQuestion(asked, options=retyped), THEME_LEADER)
    day.do(c.RedactText("idea", there))
    assert_forgotten(day)


def test_a_theme_goes_with_every_name_it_had_and_every_publication_of_it() -> None:
    day = Day()
    there = theme(day)
    day.do(c.PublishThemes(PLACE, (there,)), THEME_LEADER)
    day.do(c.RenameTheme(there, words(f"{NAME} two")), THEME_MEMBER)
    day.do(c.PublishThemes(PLACE, (there,)), THEME_LEADER)
    day.do(c.PublishThemes(PLACE, ()), THEME_LEADER)
    ask(day, [there])
    day.do(c.RedactText("theme", there))
    assert_forgotten(day)


def test_an_undo_does_not_bring_a_redacted_name_back() -> None:
    day = Day()
    there = theme(day)
    day.do(c.PublishThemes(PLACE, (there,)), THEME_LEADER)
    day.do(c.PublishThemes(PLACE, ()), THEME_LEADER)
    day.do(c.RenameTheme(there, words("other words")), THEME_MEMBER)
    day.do(c.RedactText("theme", there))
    day.do(c.UndoAct(), THEME_MEMBER)
    day.do(c.UndoAct(), THEME_LEADER)
    (shown,) = day.meeting.themes.published[PLACE]
    assert (shown.title, day.meeting.themes.theme(there).title) == (None, None)
    assert_forgotten(day, NAME, "other words")


def test_a_redacted_theme_may_get_another_name_and_lose_that_too() -> None:
    day = Day()
    there = theme(day)
    day.do(c.RedactText("theme", there))
    day.do(c.RenameTheme(there, words("Somsri")), THEME_MEMBER)
    assert_same_state(day.meeting, folded([decode(line) for line in erased_log(day)]))
    day.do(c.RedactText("theme", there))
    assert_forgotten(day, NAME, "Somsri")


def test_a_message_and_an_option_go_by_their_ids() -> None:
    day = Day()
    message, option = made("msg"), made("opt")
    day.do(c.SendMessage(message, words(NAME)))
    drafted = PlannedOption(option, words(NAME))
    day.do(c.DraftQuestion(made("q"), words("?"), QuestionRules(Kind.APPROVE), (drafted,)))
    day.do(c.RedactText("message", message))
    day.do(c.RedactText("option", option))
    assert_forgotten(day)


def test_redacting_twice_a_text_that_was_also_an_idea_changes_nothing_more() -> None:
    day = Day()
    there = idea(day)
    asked = ask(day, [there])
    (option,) = day.meeting.questions.question(asked).options
    day.do(c.RedactText("option", option))
    day.do(c.RedactText("idea", there))
    assert_forgotten(day)
    assert day.refused(c.RedactText("option", option)).code == "already_redacted"


@pytest.mark.parametrize("close", [True, False])
def test_a_text_can_be_redacted_to_the_end_of_the_record(close: bool) -> None:
    day = Day()
    there = idea(day)
    if close:
        day.do(c.CloseMeeting())
        day.do(c.ArchiveMeeting())
    day.do(c.RedactText("idea", there))
    assert_forgotten(day)


def test_nothing_else_is_forgotten() -> None:
    day = Day()
    kept, gone = idea(day, "kept words"), idea(day)
    asked = ask(day, [kept, gone])
    day.do(c.RedactText("idea", gone))
    texts = [o.text for o in day.meeting.questions.question(asked).options.values()]
    assert texts == [{"en": "kept words"}, None]
    assert any(b"kept words" in line for line in erased_log(day))


def test_the_words_of_the_plan_are_open_and_stay() -> None:
    day = Day()
    for of, of_id in (("option", "a"), ("question", "pick"), ("item", "place"), ("screen", "main")):
        assert day.refused(c.RedactText(of, of_id)).code == "unknown_text"


# --- what is typed beside ideas, themes, options and messages ------------------------------


def typed_question(day: Day) -> str:
    id_ = QuestionId(made("q"))
    scale = (ScaleStep(1, words(NAME)), ScaleStep(2, words("good")))
    option = (PlannedOption(OptionId("a"), words("a")),)
    day.do(c.DraftQuestion(id_, words(NAME), QuestionRules(Kind.RATING), option, scale, unit=words(NAME)))
    day.do(c.ReviseQuestion(id_, title=words(f"{NAME} again")))
    return id_


def retyped_question(day: Day) -> str:
    day.do(c.ReviseQuestion(QuestionId("pick"), title=words(NAME)))
    return "pick"


def added_item(day: Day) -> str:
    id_ = ItemId(made("item"))
    day.do(c.AddItem(id_, words(NAME), 5))
    day.do(c.SkipItem(id_, words(f"because of {NAME}")))
    return id_


def skipped_item(day: Day) -> str:
    day.do(c.SkipItem(ItemId("lunch"), words(NAME)))
    return "lunch"


def reasons(day: Day) -> str:
    for _ in range(2):
        day.open("pick")
        day.do(c.VoidRound(QuestionId("pick"), words(NAME)))
        day.do(c.RunAgain(QuestionId("pick"), words(f"{NAME} again")))
    return "pick"


def confirmed_void(day: Day) -> str:
    day.open("pick")
    day.do(c.VoidRound(QuestionId("pick"), words(NAME)))
    day.do(c.ConfirmVoid(QuestionId("pick")), LEAD)
    return "pick"


def confirmed_again(day: Day) -> str:
    day.open("pick")
    day.close("pick")
    day.do(c.RunAgain(QuestionId("pick"), words(NAME)))
    day.do(c.ConfirmAgain(QuestionId("pick")), LEAD)
    return "pick"


def erratum(day: Day) -> str:
    day.do(c.RecordErratum(words("another")))
    day.do(c.RecordErratum(words(NAME)))
    return "2"


def response(day: Day) -> str:
    day.do(c.RecordResponse(words(NAME)))
    return "1"


def restore(day: Day) -> str:
    day.do(c.RestoreLog("epoch-2", "epoch-1", words("a fire")))
    day.do(c.RestoreLog("epoch-3", "epoch-2", words(NAME)))
    return "2"


def call(day: Day) -> str:
    id_ = CallId(made("call"))
    day.do(c.CallHelp(id_, TableId("1"), c.HelpKind.WELFARE, NAME), facilitator("1"))
    return id_


def scenes(day: Day) -> str:
    for text in (NAME, f"{NAME} again"):
        day.do(c.TakeScene(ScreenId("main"), c.Scene(c.SceneKind.MESSAGE), words(text)))
    day.do(c.TakeScene(ScreenId("main"), c.Scene(c.SceneKind.HOLD)))
    return "main"


def blanked(day: Day) -> str:
    day.do(c.TakeScene(ScreenId("main"), c.Scene(c.SceneKind.MESSAGE), words(NAME)))
    day.do(c.TakeScene(ScreenId("main"), c.Scene(c.SceneKind.BLANK)))
    return "main"


def timer(day: Day) -> str:
    for text in (NAME, f"{NAME} again"):
        day.do(c.StartTimer(60, words(text)))
    return "1"


Typing = Callable[[Day], str]
TYPED: list[tuple[str, Typing]] = [
    ("question", typed_question),
    ("question", retyped_question),
    ("item", added_item),
    ("item", skipped_item),
    ("reason", reasons),
    ("reason", confirmed_void),
    ("reason", confirmed_again),
    ("erratum", erratum),
    ("response", response),
    ("restore", restore),
    ("call", call),
    ("screen", scenes),
    ("screen", blanked),
    ("timer", timer),
]


@pytest.mark.parametrize(("of", "typing"), TYPED)
def test_whatever_was_typed_during_the_day_can_be_forgotten(of: str, typing: Typing) -> None:
    day = Day(small_plan(second_person=typing in (confirmed_void, confirmed_again)))
    of_id = typing(day)
    assert NAME in repr(picture(day.meeting)), "the control: it is there"
    assert [line for line in erased_log(day) if NAME.encode() in line]
    day.do(c.RedactText(of, of_id))
    assert_forgotten(day)
    assert day.refused(c.RedactText(of, of_id)).code == "already_redacted"
    for channel in ("console", "public", "screen:main", "words", "tables", "floor", "desk"):
        assert NAME not in repr(views.snapshot(day.meeting, channel))


def test_only_what_is_meant_is_forgotten() -> None:
    day = Day()
    ids = {typing: typing(day) for _, typing in TYPED if typing in (erratum, response, call, scenes, timer)}
    day.do(c.RedactText("erratum", "2"))
    assert day.meeting.errata[0][2] == words("another")
    assert day.meeting.stage.calls[CallId(ids[call])].text == NAME
    assert day.meeting.stage.screens[ScreenId("main")].text == words(f"{NAME} again")


def test_what_is_typed_after_a_redaction_stands_until_it_is_redacted_too() -> None:
    day = Day()
    there = QuestionId(typed_question(day))
    day.do(c.RedactText("question", there))
    day.do(c.ReviseQuestion(there, title=words("Somsri")))
    assert day.meeting.questions.question(there).title == words("Somsri")
    assert_same_state(day.meeting, folded([decode(line) for line in erased_log(day)]))
    day.do(c.RedactText("question", there))
    assert_forgotten(day, NAME, "Somsri")


def test_a_call_whose_words_are_gone_is_still_known() -> None:
    day = Day()
    id_, said = made("cmd"), c.CallHelp(CallId(made("call")), TableId("1"), c.HelpKind.WELFARE, NAME)
    day.do(said, facilitator("1"), id_=id_)
    other = c.CallHelp(said.call, said.table, said.kind, "other words")
    assert day.again(other, facilitator("1"), id_=id_) != Accepted(3)
    day.do(c.RedactText("call", said.call))
    assert day.again(other, facilitator("1"), id_=id_) == Accepted(3)


def test_a_question_of_the_plan_that_was_retyped_keeps_its_unit_and_its_scale() -> None:
    day = Day()
    before = day.meeting.questions.question(QuestionId("rate")).scale_texts
    day.do(c.ReviseQuestion(QuestionId("rate"), title=words(NAME)))
    day.do(c.RedactText("question", "rate"))
    now = day.meeting.questions.question(QuestionId("rate"))
    assert (now.title, now.scale_texts) == (None, before)
    assert_forgotten(day)


def test_every_part_that_was_typed_can_be_redacted() -> None:
    """A new sealed part is either not typed by anybody, or somebody says here what reaches it."""
    of_votes = {"voter", "choices", "digest", "hands"}
    parts = {
        (name, part) for name, cls in EVENTS.items() for part in sealed_parts(cls) if part not in of_votes
    }
    kept = {(event_name(cls), part) for cls in redaction.KEPT for part in sealed_parts(cls)}
    own = {
        ("idea_written", "text"), ("idea_revised", "text"), ("idea_answered", "text"),
        ("option_added", "text"),
        ("theme_created", "title"), ("theme_renamed", "title"), ("themes_merged", "title"),
        ("message_sent", "text"),
    }  # fmt: skip
    assert parts == kept | own
