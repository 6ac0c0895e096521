"""At stake: page 1, which is all that most people read."""

from dataclasses import replace

import pytest

from app.core import commands as c
from app.core.ids import ItemId, QuestionId
from app.core.planned import Kind, Purpose
from app.report.model import Edition, Report
from app.report.outline import outline
from app.report.render_html import report_html
from tests.report.hall import Hall, both, day, plan, question, read, sampled_day


@pytest.fixture
async def full() -> Report:
    return outline((await day()).meeting)


@pytest.fixture
async def public() -> Report:
    return outline((await day()).meeting, Edition.PUBLIC)


def answers(report: Report) -> list[tuple[str, str, int | None]]:
    return [
        (line.result.id[:6], line.option[:4], line.figure.share if line.figure else 0)
        for question in report.said
        for line in question
    ]


async def test_page_1_says_priorities_first_then_the_leading_answers(full: Report) -> None:
    assert answers(full)[:3] == [("top", "a", 667), ("top", "b", 667), ("top", "c", 667)]
    assert ("river", "a", 625) in answers(full)
    assert [len({line.result.id for line in question}) for question in full.said] == [1] * len(full.said)
    assert full.said_elsewhere == 0


async def test_the_strongest_dissent_is_the_largest_share_against(full: Report) -> None:
    assert full.dissent is not None
    assert full.dissent.figure is not None
    # of the rated option b one person chose the low end: with the mean, so the other end is against it
    assert (full.dissent.result.id, full.dissent.option, full.dissent.figure.share) == ("river", "b", 375)


async def test_abstaining_is_no_dissent() -> None:
    hall = Hall(plan(questions=(question("go", Kind.YES_NO),))).start()
    await hall.ask("go", {"1-2": "yes", "1-3": "yes", "2-1": "abstain", "2-2": "abstain", "2-3": "no"})
    report = outline(hall.meeting)
    assert report.dissent is not None
    assert (report.dissent.option, report.dissent.figure) == (
        "no",
        report.figures["question/go/round/1/option/no/share"],
    )


async def test_who_is_missing_is_measured_on_the_same_base(full: Report) -> None:
    assert [
        (m.group and m.group["en"], m.room.share, m.census.share, m.difference.share) for m in full.missing
    ] == [("Option young", 333, 600, -267)]


async def test_it_is_preliminary_until_the_close(full: Report) -> None:
    hall = Hall().start()
    assert outline(hall.meeting).preliminary
    hall.do(hall.organiser, c.CloseMeeting())
    assert not outline(hall.meeting).preliminary
    assert not full.preliminary


async def test_each_question_stands_where_its_purpose_puts_it(full: Report) -> None:
    assert [r.id for r in full.demographics] == ["age"]
    assert [r.id for topic in full.topics for r in topic.results] == ["river", "go"]
    assert [r.id for r in full.other_results] == ["any", "trees"]
    assert [r.id[:4] for r in full.priorities] == ["top", "rate", "q_00"]
    assert [r.id for r in full.evaluation] == ["secret"]


async def test_voided_rounds_errata_and_responses_are_told(full: Report) -> None:
    (voided,) = full.voided
    assert (voided.question, voided.number, voided.voted) == ("river", 1, 1)
    assert voided.reason == both("The wrong question was read out")
    assert [note.text for note in full.errata] == [both("There were 12 seats")]
    assert [note.about for note in full.responses] == [both("Green river", "แม่น้ำเขียว")]
    assert full.redactions == 1


async def test_a_result_that_was_not_shown_has_no_rows() -> None:
    hall = Hall().start()
    hall.open("river")
    hall.vote("river", "1-2", "a")
    hall.close("river")
    report = outline(hall.meeting)
    (waiting,) = report.not_shown
    assert (waiting.id, waiting.rows) == ("river", ())
    assert waiting.voted is not None
    assert waiting.voted.n == 1


async def test_personal_requests_and_tables_are_in_the_full_edition_only(
    full: Report, public: Report
) -> None:
    assert [i.text for i in full.requests] == ["My street has a hole"]
    assert len(full.ideas) == 6
    assert not public.requests
    assert not public.ideas
    assert {q.table for topic in public.topics for theme in topic.themes for q in theme.quotes} == {None}
    assert {filed for topic in public.topics for theme in topic.themes for filed in theme.filed} == set()


async def test_from_a_theme_one_walks_to_its_ideas_and_back(full: Report) -> None:
    (theme,) = full.topics[0].themes
    assert len(theme.filed) == theme.ideas.n
    back = {idea.id for idea in full.ideas if theme.id in idea.themes}
    assert back == set(theme.filed)


async def test_every_minority_view_is_in_the_full_edition_and_counted_in_both() -> None:
    hall = Hall().start()
    hall.idea("1", "Nobody asked us", c.IdeaKind.MINORITY)
    quoted = hall.idea("2", "Leave it", c.IdeaKind.MINORITY)
    theme = hall.theme("River", quoted)
    hall.do(hall.leader, c.QuoteIdea(theme, quoted, 1))
    hall.do(hall.leader, c.PublishThemes(ItemId("place"), (theme,)))
    full, public = outline(hall.meeting), outline(hall.meeting, Edition.PUBLIC)
    assert [q.text for q in full.topics[0].minority_views] == ["Nobody asked us", "Leave it"]
    assert [q.text for q in public.topics[0].minority_views] == ["Leave it"]
    assert public.figures["ideas/kind/minority"].n == 2


async def test_a_withdrawn_quote_is_not_repeated() -> None:
    hall = Hall().start()
    idea = hall.idea("1", "On second thought")
    theme = hall.theme("River", idea)
    hall.do(hall.leader, c.QuoteIdea(theme, idea, 1))
    hall.do(hall.leader, c.PublishThemes(ItemId("place"), (theme,)))
    hall.do(hall.facilitator("1"), c.WithdrawIdea(idea))
    assert outline(hall.meeting).topics[0].themes[0].quotes == ()


async def test_the_report_is_a_copy() -> None:
    hall = Hall(plan(questions=(question("top", Kind.APPROVE, "a", purpose=Purpose.PRIORITY),))).start()
    await hall.ask("top", {"1-2": ("a",)})
    report = outline(hall.meeting)
    hall.do(hall.organiser, c.VoidRound(QuestionId("top"), both("Why not")))
    assert [r.id for r in report.priorities] == ["top"]
    assert outline(hall.meeting).priorities == ()


async def test_a_sample_audit_is_told_in_numbers_and_in_both_languages() -> None:
    report = outline((await sampled_day()).meeting)
    (line,) = report.samples
    assert line.agreed is not None
    assert line.differ_at_most is not None
    assert (line.drawn.n, line.agreed.n, line.differ_at_most.share) == (5, 4, 658)
    for language, words in (("en", "4 of 5 pairs agreed. With 95%"), ("th", "ตรงกัน 4 จาก 5 รายการ")):
        assert words in read(report_html(report, language))


async def test_of_a_sample_that_still_waits_nothing_is_compared() -> None:
    report = outline((await sampled_day(last=False)).meeting)
    assert report.samples[0].agreed is None
    assert "4 of 5 pairs were entered; nothing was compared." in report_html(report, "en")
    assert not {f.id for f in report.figures} & {"sample/1/agreed", "sample/1/pairs", "sample/1/missing"}


def test_an_item_that_still_ran_ended_with_the_meeting_and_times_are_written_one_way() -> None:
    hall = Hall(replace(plan(), agenda=tuple(replace(i, starts_at="09:30") for i in plan().agenda))).start()
    hall.do(hall.organiser, c.BeginItem(ItemId("place")))
    said = {
        "en": ("running", "until the close", "09:30", "09:4"),
        "th": ("กำลังดำเนินการ", "จนปิดการประชุม", "09.30 น.", "09.4"),
    }
    for language, (running, _, planned, _) in said.items():
        page = read(report_html(outline(hall.meeting), language))
        assert running in page
        assert planned in page
    hall.do(hall.organiser, c.CloseMeeting())
    report = outline(hall.meeting)
    (line,) = [line for line in report.agenda if line.item == "place"]
    assert (line.state, line.done_at_ms) == ("until_close", report.closed_at_ms)
    for language, (running, closed, planned, begun) in said.items():
        made = read(report_html(report, language))
        agenda = made[made.index(planned) :]
        assert running not in agenda
        assert closed in agenda
        assert begun in agenda
    assert "09:30" not in read(report_html(report, "th"))


async def test_page_1_says_how_sure_it_is() -> None:
    hall = await day()
    report = outline(hall.meeting)
    fewest = report.fewest_answers
    assert fewest is not None
    assert fewest.voted is not None
    assert fewest.present is not None
    others = [answers[0].result for answers in report.said]
    assert all(r.voted and r.present for r in others)
    assert all(
        fewest.voted.n * r.present.n <= r.voted.n * fewest.present.n for r in others if r.voted and r.present
    )
    first = read(report_html(report, "en"))
    assert f"answered by {fewest.voted.n} of the {fewest.present.n} seats present that may vote." in first
    counts = (len(report.errata), len(report.voided), len(report.again))
    assert "Corrections: {}. Rounds that do not count: {}. Questions run again: {}.".format(*counts) in first
    assert "No hands were counted beside the record." in first
    sampled = read(report_html(outline((await sampled_day()).meeting), "th"))
    assert "นับมือเทียบกับบันทึกแล้วตรงกัน 4 จาก 5 รายการ" in sampled
    assert "ไม่มีการนับมือ" not in sampled
