"""At stake: theme desk, stage and results pages show what they need, and nothing that was taken out."""

import pytest

from app.core import commands as c
from app.core import views
from app.core.commands import IdeaKind
from app.core.ids import IdeaId, ItemId, MessageId, OptionId, QuestionId, Round, SeatId, TableId, ThemeId
from app.core.planned import Kind, QuestionRules
from tests.builders import (
    EXPERT,
    ORGANISER,
    STAGE_MANAGER,
    THEME_LEADER,
    Day,
    area_manager,
    facilitator,
    made,
    words,
)

PLACE = ItemId("place")
ONE = Round(1)


def idea(day: Day, text: str, kind: IdeaKind = IdeaKind.AGREEMENT) -> IdeaId:
    id_ = IdeaId(made("idea"))
    day.do(c.WriteIdea(id_, TableId("1"), PLACE, kind, text, "en"), facilitator("1"))
    return id_


def theme(day: Day, title: str) -> ThemeId:
    id_ = ThemeId(made("theme"))
    day.do(c.CreateTheme(id_, PLACE, words(title)), THEME_LEADER)
    return id_


def test_a_quote_at_the_desk_has_the_words_of_the_revision_that_was_chosen() -> None:
    day = Day()
    shade, trees = theme(day, "Shade"), idea(day, "plant trees")
    day.do(c.QuoteIdea(shade, trees, 1), THEME_LEADER)
    day.do(c.ReviseIdea(trees, 1, "plant many trees", IdeaKind.AGREEMENT), facilitator("1"))
    view = views.snapshot(day.meeting, "desk")
    assert view[f"theme/{shade}"]["quotes"] == [
        {"idea": trees, "text": "plant trees", "language": "en", "revision": 1}
    ]
    assert view[f"idea/{trees}"]["changed_since"]
    day.do(c.RedactText("idea", trees), ORGANISER)
    assert views.snapshot(day.meeting, "desk")[f"theme/{shade}"]["quotes"] == []


def test_an_act_at_the_desk_says_what_it_was_about() -> None:
    day = Day()
    shade, trees = theme(day, "Shade"), idea(day, "plant trees")
    day.do(c.FileIdea(trees, 1, shade), THEME_LEADER)
    newest = views.snapshot(day.meeting, "desk")["acts"][0]
    assert newest["name"] == "IdeaFiled"
    assert newest["touched"] == [f"theme:{shade}", f"filed:{trees}"]


def test_a_question_made_from_themes_is_told_at_the_desk_until_it_is_made_of_something_else() -> None:
    day = Day()
    question = QuestionId(made("q"))
    sources: dict[OptionId, str] = {made("opt"): theme(day, name) for name in ("Shade", "Water")}
    day.do(c.MakeQuestion(question, words("Which?"), QuestionRules(Kind.PICK_ONE), sources), THEME_LEADER)
    told = views.entries(day.meeting, "desk", f"question:{question}")[f"made/{question}"]
    assert (told["state"], told["options"], told["title"]) == ("planned", 2, words("Which?"))
    day.do(c.ReviseQuestion(question, rules=QuestionRules(Kind.YES_NO)), THEME_LEADER)
    assert views.entries(day.meeting, "desk", f"question:{question}") == {f"made/{question}": None}
    assert views.entries(day.meeting, "desk", "question:pick") == {"made/pick": None}


def test_the_desk_hears_what_experts_answered() -> None:
    day = Day()
    asked = idea(day, "how deep is the river?", IdeaKind.QUESTION)
    day.do(c.AnswerIdea(asked, "two metres", "en"), EXPERT)
    [answer] = views.snapshot(day.meeting, "desk")[f"idea/{asked}"]["answers"]
    assert answer["text"] == "two metres"


def voted_on_paper() -> Day:
    """One ballot by phone, one on paper."""
    day = Day()
    day.join("1-2")
    day.open("pick")
    day.cast("pick", "1-2", "a")
    day.do(c.CastPaperBallot(QuestionId("pick"), ONE, SeatId("1-1"), ("b",)), area_manager("1"))
    return day


@pytest.mark.parametrize("channel", ["public", "console", "results"])
def test_every_result_says_how_many_of_its_ballots_came_on_paper(channel: str) -> None:
    day = voted_on_paper()
    day.close("pick")
    day.show("pick")
    told = views.snapshot(day.meeting, channel)["result/pick"]
    assert (told["voted"], told["paper"]) == (2, 1)


def test_a_paper_ballot_that_another_replaced_is_no_paper_ballot() -> None:
    day = voted_on_paper()
    day.cast("pick", "1-1", "a")
    day.close("pick")
    day.show("pick")
    assert views.snapshot(day.meeting, "public")["result/pick"]["paper"] == 0


def test_a_live_frame_does_not_say_what_came_on_paper_since() -> None:
    day = Day()
    day.open("live")
    for seat in ("1-1", "1-2", "1-3", "2-1", "2-2"):
        day.tick(1_000)
        day.cast("live", seat, "a")
    frame = views.snapshot(day.meeting, "public")["result/live"]
    assert (frame["live"], frame["paper"]) == (True, None)


def test_the_stage_has_the_guide_the_messages_and_no_count_by_option() -> None:
    day = voted_on_paper()
    message = MessageId(made("msg"))
    day.do(c.SendMessage(message, words("five more minutes"), (TableId("1"),)), STAGE_MANAGER)
    day.close("pick")
    view = views.snapshot(day.meeting, "stage")
    assert view[f"message/{message}"]["text"] == words("five more minutes")
    assert view["votes/pick"]["voted"] == 2
    assert not [key for key in view if key.startswith("result/")]
