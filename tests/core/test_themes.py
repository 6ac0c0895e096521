"""What is at stake: from a theme one can walk back to its tables, and every act can be undone."""

from copy import copy
from typing import Any

import pytest

from app.core import commands as c
from app.core.capability import Capability
from app.core.commands import IdeaKind
from app.core.events import AnyEvent
from app.core.ids import CommandId, IdeaId, ItemId, OptionId, QuestionId, TableId, ThemeId
from app.core.planned import Kind, PlannedOption, QuestionRules
from app.core.themes import Theme, minority_ideas, standing_ideas, tables_of
from tests.builders import OTHER_MEMBER, THEME_LEADER, THEME_MEMBER, Day, facilitator, made, words
from tests.core.deep import assert_same_state

PLACE = ItemId("place")


class Desk(Day):
    """A day at the theme desk."""

    def idea(self, table: str = "1", kind: IdeaKind = IdeaKind.AGREEMENT, text: str = "shade") -> IdeaId:
        id_ = IdeaId(made("idea"))
        self.do(c.WriteIdea(id_, TableId(table), PLACE, kind, text, "en"), facilitator(table))
        return id_

    def theme(self, title: str = "a theme", by: Capability = THEME_MEMBER) -> ThemeId:
        id_ = ThemeId(made("theme"))
        self.do(c.CreateTheme(id_, PLACE, words(title)), by)
        return id_

    def act(self, command: c.AnyCommand, by: Capability = THEME_MEMBER) -> CommandId:
        (event,) = self.do(command, by)
        return command_of(event)

    def file(self, idea: IdeaId, theme: ThemeId, by: Capability = THEME_MEMBER) -> CommandId:
        return self.act(c.FileIdea(idea, len(self.meeting.ideas.idea(idea).revisions), theme), by)

    def merge(self, *parents: ThemeId) -> ThemeId:
        id_ = ThemeId(made("theme"))
        self.do(c.MergeThemes(id_, parents, words("union")), THEME_MEMBER)
        return id_

    def question_from(self, *sources: str) -> QuestionId:
        id_ = QuestionId(made("q"))
        options = {OptionId(made("opt")): source for source in sources}
        self.do(c.MakeQuestion(id_, words("?"), QuestionRules(Kind.APPROVE), options), THEME_LEADER)
        return id_

    def the(self, theme: ThemeId) -> Theme:
        return self.meeting.themes.theme(theme)

    @property
    def order(self) -> list[ThemeId]:
        return [t.id for t in self.meeting.themes.of_item(PLACE)]


def command_of(event: AnyEvent) -> CommandId:
    command: CommandId = getattr(event, "command")  # noqa: B009  (not every event has one)
    return command


def test_a_theme_counts_distinct_tables_and_ideas() -> None:
    desk = Desk()
    theme = desk.theme()
    for table in ("1", "1", "2"):
        desk.file(desk.idea(table), theme)
    assert len(standing_ideas(desk.the(theme), desk.meeting.ideas)) == 3
    assert tables_of(desk.the(theme), desk.meeting.ideas) == ["1", "2"]


def test_a_withdrawn_idea_counts_no_more_and_is_not_published_as_a_quote() -> None:
    desk = Desk()
    theme, kept, gone = desk.theme(), desk.idea("1"), desk.idea("2")
    for idea in (kept, gone):
        desk.file(idea, theme)
        desk.act(c.QuoteIdea(theme, idea, 1))
    desk.do(c.WithdrawIdea(gone), facilitator("2"))
    desk.do(c.PublishThemes(PLACE, (theme,)), THEME_LEADER)
    (shown,) = desk.meeting.themes.published[PLACE]
    assert (shown.ideas, shown.tables, shown.quotes) == (1, 1, {kept: 1})


def test_an_idea_may_be_filed_under_several_themes() -> None:
    desk = Desk()
    idea, one, two = desk.idea(), desk.theme(), desk.theme()
    desk.file(idea, one)
    desk.file(idea, two)
    assert [desk.the(t).ideas for t in (one, two)] == [{idea: 1}, {idea: 1}]


def test_filing_names_a_revision_and_a_later_edit_does_not_change_it() -> None:
    desk = Desk()
    idea, theme = desk.idea(), desk.theme()
    desk.file(idea, theme)
    desk.do(c.ReviseIdea(idea, 1, "more shade", IdeaKind.AGREEMENT), facilitator("1"))
    assert desk.the(theme).ideas == {idea: 1}
    desk.file(idea, theme)
    assert desk.the(theme).ideas == {idea: 2}


def test_a_merge_is_the_union_under_a_new_id_and_the_parents_stay_in_the_record() -> None:
    desk = Desk()
    one, two, three = desk.theme("one"), desk.theme("two"), desk.theme("three")
    shared, other = desk.idea("1"), desk.idea("2")
    for theme, idea in ((one, shared), (two, shared), (two, other)):
        desk.file(idea, theme)
    merged = desk.merge(three, two, one)
    assert desk.the(merged).ideas.keys() == {shared, other}
    assert desk.the(merged).parents == (three, two, one)
    assert desk.order == [merged], "where the first of its parents was"
    assert desk.the(two).ideas.keys() == {shared, other}


def test_minority_views_are_kept_in_their_own_tray() -> None:
    desk = Desk()
    desk.idea("1")
    view = desk.idea("2", IdeaKind.MINORITY)
    withdrawn = desk.idea("2", IdeaKind.MINORITY)
    desk.do(c.WithdrawIdea(withdrawn), facilitator("2"))
    assert minority_ideas(PLACE, desk.meeting.ideas) == [view]


def test_what_was_published_is_a_copy_until_it_is_published_again() -> None:
    desk = Desk()
    theme = desk.theme("first words")
    desk.do(c.PublishThemes(PLACE, (theme,)), THEME_LEADER)
    desk.act(c.RenameTheme(theme, words("other words")))
    desk.file(desk.idea(), theme)
    (shown,) = desk.meeting.themes.published[PLACE]
    assert (shown.title, shown.ideas) == (words("first words"), 0)
    desk.do(c.PublishThemes(PLACE, (theme,)), THEME_LEADER)
    (shown,) = desk.meeting.themes.published[PLACE]
    assert (shown.title, shown.ideas) == (words("other words"), 1)


def test_themes_not_named_in_an_order_follow_as_they_were() -> None:
    desk = Desk()
    a, b, d, e = (desk.theme() for _ in range(4))
    desk.act(c.OrderThemes(PLACE, (e, b)))
    assert desk.order == [e, b, a, d]


# --- themes or ideas become a question ---------------------------------------------------------------


def test_themes_and_ideas_become_a_question_in_one_act_and_options_are_copies() -> None:
    desk = Desk()
    theme, idea = desk.theme("shade"), desk.idea(text="trees")
    question = desk.meeting.questions.question(desk.question_from(theme, idea))
    desk.act(c.RenameTheme(theme, words("sun")))
    desk.do(c.ReviseIdea(idea, 1, "bushes", IdeaKind.AGREEMENT), facilitator("1"))
    assert [o.text for o in question.options.values()] == [words("shade"), {"en": "trees"}]
    assert [(o.theme, o.idea, o.revision) for o in question.options.values()] == [
        (theme, None, None),
        (None, idea, 1),
    ]


@pytest.mark.parametrize("what", ["merged", "undone", "request", "withdrawn", "redacted"])
def test_what_is_gone_or_personal_becomes_no_option(what: str) -> None:
    desk = Desk()
    source: str = desk.idea("1", IdeaKind.REQUEST if what == "request" else IdeaKind.QUOTE)
    if what in ("merged", "undone"):
        source = theme = desk.theme()
        if what == "merged":
            desk.merge(theme, desk.theme())
        else:
            desk.do(c.UndoAct(), THEME_MEMBER)
    elif what == "withdrawn":
        desk.do(c.WithdrawIdea(IdeaId(source)), facilitator("1"))
    elif what == "redacted":
        desk.do(c.RedactText("idea", source))
    options = {OptionId(made("opt")): source}
    command = c.MakeQuestion(made("q"), words("?"), QuestionRules(Kind.APPROVE), options)
    expected = {
        "merged": "theme_merged",
        "undone": "unknown_theme",
        "request": "personal_request",
        "withdrawn": "idea_withdrawn",
        "redacted": "already_redacted",
    }
    assert desk.refused(command, THEME_LEADER).code == expected[what]


def test_an_option_that_is_revised_stays_a_copy_of_its_source() -> None:
    desk = Desk()
    idea = desk.idea(text="a name")
    id_ = desk.question_from(idea)
    question = desk.meeting.questions.question(id_)
    options = tuple(PlannedOption(o.id, words("a name, shorter")) for o in question.options.values())
    desk.do(c.ReviseQuestion(id_, options=options), THEME_LEADER)
    (option,) = question.options.values()
    assert (option.idea, option.revision) == (idea, 1)


# --- undo ------------------------------------------------------------------------------------------------


def test_every_act_of_the_team_can_be_undone_and_is_as_if_it_had_not_been() -> None:
    desk = Desk()
    idea, quoted = desk.idea("1"), desk.idea("2")
    theme, other = desk.theme("one"), desk.theme("two")
    desk.file(idea, theme)
    desk.act(c.QuoteIdea(theme, quoted, 1))
    new = ThemeId(made("theme"))
    acts: tuple[c.AnyCommand, ...] = (
        c.CreateTheme(new, PLACE, words("three")),
        c.RenameTheme(theme, words("renamed")),
        c.MergeThemes(new, (other, theme), words("both")),
        c.FileIdea(quoted, 1, theme),
        c.UnfileIdea(idea, theme),
        c.OrderThemes(PLACE, (other, theme)),
        c.QuoteIdea(theme, idea, 1),
        c.UnquoteIdea(theme, quoted),
    )
    for command in acts:
        before = desk_as_seen(desk)
        day = copy(desk)
        day.meeting, day.log = desk.replayed(), list(desk.log)
        day.do(command, THEME_MEMBER)
        assert desk_as_seen(day) != before, command
        day.do(c.UndoAct(), THEME_MEMBER)
        assert desk_as_seen(day) == before, command
        assert_same_state(day.meeting, day.replayed())


def desk_as_seen(desk: Desk) -> Any:
    """What the desk shows: themes in their order with titles, ideas and quotes."""
    return [(t.id, t.title, dict(t.ideas), dict(t.quotes)) for t in desk.meeting.themes.of_item(PLACE)]


def test_undoing_again_and_again_walks_back_through_ones_own_acts() -> None:
    desk = Desk()
    one, two = desk.theme("one"), desk.theme("two")
    desk.theme("other", OTHER_MEMBER)
    for _ in range(2):
        desk.do(c.UndoAct(), THEME_MEMBER)
    assert desk.order == [t for t in desk.order if t not in (one, two)]
    assert len(desk.order) == 1
    assert desk.refused(c.UndoAct(), THEME_MEMBER).code == "nothing_to_undo"


def test_a_member_undoes_only_ones_own_last_act_and_the_leader_anybodys() -> None:
    desk = Desk()
    idea, theme = desk.idea(), desk.theme()
    filed = desk.file(idea, theme)
    desk.theme()
    assert desk.refused(c.UndoAct(filed), OTHER_MEMBER).code == "not_your_act"
    assert desk.refused(c.UndoAct(filed), THEME_MEMBER).code == "not_your_act"
    desk.do(c.UndoAct(filed), THEME_LEADER)
    assert desk.the(theme).ideas == {}
    assert desk.refused(c.UndoAct(filed), THEME_LEADER).code == "nothing_to_undo"


@pytest.mark.parametrize("later", ["file", "rename", "merge", "publish", "question", "quote"])
def test_a_theme_that_others_built_upon_cannot_be_undone(later: str) -> None:
    desk = Desk()
    other, theme = desk.theme(by=OTHER_MEMBER), desk.theme()
    created = command_of(desk.log[-1][2])
    idea = desk.idea()
    match later:
        case "file":
            desk.file(idea, theme, OTHER_MEMBER)
        case "rename":
            desk.act(c.RenameTheme(theme, words("x")), OTHER_MEMBER)
        case "merge":
            desk.merge(theme, other)
        case "publish":
            desk.do(c.PublishThemes(PLACE, (theme,)), THEME_LEADER)
        case "question":
            desk.question_from(theme)
        case _:
            desk.act(c.QuoteIdea(theme, idea, 1), OTHER_MEMBER)
    assert desk.refused(c.UndoAct(created), THEME_LEADER).code == "built_upon"


def test_filing_one_idea_does_not_build_upon_filing_another() -> None:
    desk = Desk()
    theme, first = desk.theme(), desk.idea()
    filed = desk.file(first, theme)
    desk.file(desk.idea(), theme, OTHER_MEMBER)
    desk.act(c.RenameTheme(theme, words("x")), OTHER_MEMBER)
    desk.do(c.UndoAct(filed), THEME_LEADER)
    assert first not in desk.the(theme).ideas


def test_a_question_takes_the_filing_of_its_themes_over() -> None:
    desk = Desk()
    theme = desk.theme()
    filed = desk.file(desk.idea(), theme)
    desk.question_from(theme)
    assert desk.refused(c.UndoAct(filed), THEME_LEADER).code == "built_upon"


def test_a_publication_by_mistake_can_be_undone_though_the_desk_went_on() -> None:
    desk = Desk()
    theme = desk.theme("first words")
    desk.do(c.PublishThemes(PLACE, (theme,)), THEME_LEADER)
    mistake = desk.act(c.PublishThemes(PLACE, ()), THEME_LEADER)
    desk.file(desk.idea(), theme)
    desk.act(c.RenameTheme(theme, words("other words")))
    desk.do(c.UndoAct(mistake), THEME_LEADER)
    (shown,) = desk.meeting.themes.published[PLACE]
    assert shown.title == words("first words")


def test_an_undone_theme_does_not_come_back_with_an_undone_order() -> None:
    desk = Desk()
    kept = desk.theme(by=OTHER_MEMBER)
    desk.theme()
    created = command_of(desk.log[-1][2])
    ordered = desk.act(c.OrderThemes(PLACE, (kept,)), OTHER_MEMBER)
    desk.do(c.UndoAct(created), THEME_LEADER)
    desk.do(c.UndoAct(ordered), THEME_LEADER)
    assert desk.order == [kept]


def test_an_undone_order_leaves_a_merged_theme_where_its_parents_were() -> None:
    desk = Desk()
    a, b, d = desk.theme(), desk.theme(), desk.theme()
    ordered = desk.act(c.OrderThemes(PLACE, (d, b, a)))
    merged = desk.merge(a, b)
    assert desk.order == [d, merged]
    desk.do(c.UndoAct(ordered), THEME_LEADER)
    assert desk.order == [merged, d]
