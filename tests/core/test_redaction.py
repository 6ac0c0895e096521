"""What is at stake: a name that somebody typed is gone for good, wherever it was copied.

The log from which it was erased gives the same meeting as the one that runs on.
"""

from collections.abc import Iterable

import pytest

from app.core import commands as c
from app.core.commands import IdeaKind
from app.core.events import TextRedacted
from app.core.ids import IdeaId, ItemId, OptionId, QuestionId, TableId, ThemeId
from app.core.planned import Kind, PlannedOption, QuestionRules
from app.log.chain import erase_in
from app.log.codec import decode, encode
from tests.builders import EXPERT, THEME_LEADER, THEME_MEMBER, Day, facilitator, made, words
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
    assert day.refused(c.RedactText("option", "a")).code == "unknown_text"
