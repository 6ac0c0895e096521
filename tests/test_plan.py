"""What is at stake: an organiser without a programmer writes the plan the night before.

Whatever is wrong must be told at once, with its line and what to do; whatever is taken must mean
exactly what it says.
"""

import json
import re

import pytest

from app.core.planned import Kind, PlannedSeat, Purpose, Standing
from app.plan import PLANS, PlanErrors, load_plan, read_plan, written_plan
from app.plan.writing import write_yaml

T = "{en: a, th: ก}"
TWO = f"[{{text: {T}}}, {{text: {T}}}]"
BASE = """\
title: {en: A day, th: หนึ่งวัน}
languages: [en, th]
date: 2026-02-11
time_zone: Asia/Bangkok
level: consult
recruitment: drawn
tables: {count: 4, seats: 5}
agenda:
  - {id: talk, title: {en: Talk, th: คุย}, minutes: 30, starts_at: "09:00", takes_ideas: true}
questions:
  - id: ready
    title: {en: Ready?, th: พร้อมไหม}
    kind: yes_no
    item: talk
"""


def plan(**changed: str) -> str:
    """The smallest plan, with fields replaced or added as YAML."""
    parts = re.split(r"^(?=\w)", BASE, flags=re.MULTILINE)[1:]
    blocks = {part.split(":", maxsplit=1)[0]: part for part in parts}
    for name, text in changed.items():
        blocks[name] = f"{name}: {text}\n" if text else ""
    return "".join(blocks.values())


def seat(text: str, name: str) -> PlannedSeat:
    return next(seat for seat in load_plan(text).seats if seat.id == name)


def test_a_row_of_tables_makes_numbered_tables_and_seats() -> None:
    meeting = load_plan(plan())
    assert [table.id for table in meeting.tables] == ["1", "2", "3", "4"]
    assert [seat.id for seat in meeting.seats[:6]] == ["1-1", "1-2", "1-3", "1-4", "1-5", "2-1"]
    assert len(meeting.seats) == 20
    assert meeting.sites[0].name == {"en": "Main hall", "th": "ห้องประชุมใหญ่"}


def test_rows_of_tables_go_on_numbering_over_sites() -> None:
    meeting = load_plan(
        plan(
            sites="[{id: north, name: {en: N, th: น}}, {id: south, name: {en: S, th: ต}}]",
            tables="[{count: 2, seats: 3}, {count: 2, seats: 3, site: south}, {id: vip, seats: 1}]",
        )
    )
    assert [(table.id, table.site) for table in meeting.tables] == [
        ("1", "north"),
        ("2", "north"),
        ("3", "south"),
        ("4", "south"),
        ("vip", "north"),
    ]
    assert meeting.seats[-1].id == "vip-1"


def test_standings_are_said_by_seat_or_by_pattern() -> None:
    text = plan(standings='{official: [1-5, "3..4-5"], expert: ["*-1"], party: {temple: [2-4..5]}}')
    named = {str(seat.id): (seat.standing.value, seat.sector) for seat in load_plan(text).seats}
    assert {name for name, (standing, _) in named.items() if standing == "official"} == {"1-5", "3-5", "4-5"}
    assert {name for name, (standing, _) in named.items() if standing == "expert"} == {
        "1-1",
        "2-1",
        "3-1",
        "4-1",
    }
    assert named["2-4"] == named["2-5"] == ("party", "temple")
    assert named["1-2"] == ("citizen", None)


def test_a_pattern_may_name_every_nth_table() -> None:
    text = plan(standings='{official: ["1..4/2-5"]}')
    assert [seat.id for seat in load_plan(text).seats if seat.standing is Standing.OFFICIAL] == ["1-5", "3-5"]


def test_a_listed_seat_may_be_named_by_its_own_id() -> None:
    text = plan(tables="[{id: A}]", seats="[{id: A.1, table: A}]", standings="{official: [A.1]}")
    assert seat(text, "A.1").standing is Standing.OFFICIAL


def test_listed_seats_keep_what_they_say() -> None:
    text = plan(
        tables="[{id: A}]", seats="[{id: A.1, table: A, standing: party, sector: school, language: th}]"
    )
    assert seat(text, "A.1") == PlannedSeat("A.1", "A", Standing.PARTY, "school", "th")  # type: ignore[arg-type]


def test_yes_no_gets_its_options_by_itself() -> None:
    question = load_plan(plan()).questions[0]
    assert [option.id for option in question.options] == ["yes", "no", "abstain"]
    assert question.options[2].text == {"en": "Abstain", "th": "งดออกเสียง"}


def test_options_without_an_id_are_numbered() -> None:
    text = plan(questions=f"[{{id: q, kind: pick_one, title: {T}, options: {TWO}}}]")
    assert [option.id for option in load_plan(text).questions[0].options] == ["1", "2"]


def test_a_demographic_question_has_its_purpose_by_itself() -> None:
    options = "[{text: {en: b, th: ข}}, {text: {en: c, th: ค}}]"
    text = plan(questions=f"[{{id: q, kind: demographic, title: {{en: a, th: ก}}, options: {options}}}]")
    assert load_plan(text).questions[0].rules.purpose is Purpose.DEMOGRAPHIC


def test_with_one_language_a_text_is_its_words_alone() -> None:
    meeting = load_plan(
        plan(languages="[th]", title="ประชุม", agenda="[{id: a, title: คุย, minutes: 5}]", questions="[]")
    )
    assert meeting.title == {"th": "ประชุม"}
    assert meeting.agenda[0].title == {"th": "คุย"}


def test_days_are_of_either_era_and_stored_as_common() -> None:
    meeting = load_plan(plan(date="2569-02-11", results_due="๒๕๖๙-๐๒-๒๖"))
    assert (meeting.date, meeting.results_due) == ("2026-02-11", "2026-02-26")


def test_words_that_yaml_would_turn_into_something_else_stay_words() -> None:
    text = plan(
        agenda="\n- {id: no, title: {en: yes, th: 2569}, minutes: 5, starts_at: 9:30}"
        "\n- {id: 7, title: {en: on, th: ก}, minutes: 5}",
        questions="",
    )
    first, second = load_plan(text).agenda
    assert (first.id, first.title, first.starts_at) == ("no", {"en": "yes", "th": "2569"}, "09:30")
    assert second.id == "7"


def test_texts_are_normalised_and_pages_keep_their_paragraphs() -> None:
    page = '{title: {en: t, th: ก}, body: {en: "one\\n\\ntwo", th: "นํ้า\\u200b"}}'
    text = plan(agenda=f"[{{id: talk, title: {{en: a, th: ก}}, minutes: 5, background: [{page}]}}]")
    assert load_plan(text).agenda[0].background[0].body == {"en": "one\n\ntwo", "th": "น้ำ"}


def test_texts_come_in_the_order_of_the_languages() -> None:
    assert list(load_plan(plan(title="{th: ข, en: b}")).title) == ["en", "th"]


def test_who_votes_is_in_one_order_and_once() -> None:
    text = plan(
        questions="[{id: q, kind: yes_no, title: {en: a, th: ก}, standings: [expert, citizen, expert]}]"
    )
    assert load_plan(text).questions[0].rules.standings == (Standing.CITIZEN, Standing.EXPERT)


def test_more_options_than_a_handset_has_keys_is_a_warning() -> None:
    options = ", ".join("{text: {en: a, th: ก}}" for _ in range(11))
    reading = read_plan(
        plan(questions=f"[{{id: q, kind: approve, title: {{en: a, th: ก}}, options: [{options}]}}]")
    )
    assert [(problem.code, problem.field) for problem in reading.warnings] == [
        ("handset_limit", "questions.q.options")
    ]
    assert "ten keys" in reading.warnings[0].sentence("en")


def test_a_group_that_the_census_does_not_have_is_taken_without_a_count() -> None:
    texts = "{text: {en: a, th: ก}, census: 3}, {text: {en: b, th: ข}}"
    meeting = load_plan(
        plan(
            questions=f"[{{id: q, kind: demographic, title: {{en: a, th: ก}}, options: [{texts}]}}]",
            census="{name: {en: c, th: ค}, population: {en: p, th: ป}, year: 2560}",
        )
    )
    assert [option.census for option in meeting.questions[0].options] == [3, None]


def test_a_language_without_a_catalogue_is_a_warning() -> None:
    reading = read_plan(
        plan(languages="[lo]", title="a", agenda="[{id: a, title: b, minutes: 5}]", questions="[]")
    )
    assert [problem.code for problem in reading.warnings] == ["no_catalogue"]
    assert "Lao" in reading.warnings[0].sentence("en")


@pytest.mark.parametrize("name", ["city-day", "rehearsal"])
def test_the_plans_that_ship_are_taken_without_a_warning(name: str) -> None:
    assert read_plan((PLANS / f"{name}.yaml").read_text(encoding="utf-8")).warnings == ()


def test_the_city_day_is_what_the_demonstration_needs() -> None:
    meeting = load_plan((PLANS / "city-day.yaml").read_text(encoding="utf-8"))
    assert (len(meeting.tables), len(meeting.seats)) == (40, 400)
    assert {seat.standing for seat in meeting.seats} == set(Standing) - {Standing.VIEWER}
    assert {question.rules.kind for question in meeting.questions} == set(Kind)
    assert {question.rules.purpose for question in meeting.questions} == set(Purpose)
    assert any(question.rules.anonymous for question in meeting.questions)
    topics = [item for item in meeting.agenda if item.background]
    assert [item.id for item in topics] == ["place", "people", "business", "law"]
    assert all(item.takes_ideas and item.guide for item in topics)
    assert all(page.arguments_for and page.arguments_against for item in topics for page in item.background)
    counted = {
        sum(o.census or 0 for o in q.options) for q in meeting.questions if q.rules.kind is Kind.DEMOGRAPHIC
    }
    assert counted == {412_600}


def test_every_item_of_the_city_day_begins_when_the_one_before_ends() -> None:
    agenda = load_plan((PLANS / "city-day.yaml").read_text(encoding="utf-8")).agenda
    starts = [int(item.starts_at[:2]) * 60 + int(item.starts_at[3:]) for item in agenda if item.starts_at]
    assert len(starts) == len(agenda)
    ends = [start + item.minutes for start, item in zip(starts, agenda, strict=True)]
    assert starts[1:] == ends[:-1]


def test_several_problems_are_told_at_once_in_the_order_of_the_file() -> None:
    text = plan(date="2026-02-31", level="decide", tables="{count: 1, seats: 15}", questions="[{id: ready}]")
    with pytest.raises(PlanErrors) as caught:
        load_plan(text)
    assert [problem.code for problem in caught.value.problems] == [
        "bad_date",
        "not_one_of",
        "table_too_full",
        "missing",
        "missing",
    ]
    assert "ข้อที่ต้องแก้ 5 ข้อ" in caught.value.render("th")


@pytest.mark.parametrize("name", ["city-day", "rehearsal"])
def test_what_a_form_writes_is_the_same_plan(name: str) -> None:
    text = (PLANS / f"{name}.yaml").read_text(encoding="utf-8")
    data, written = written_plan(text)
    assert load_plan(written) == load_plan(text)
    assert written_plan(json.dumps(data)) == (data, written)
    assert "&degrees" not in written


def test_words_that_yaml_takes_for_something_else_stay_words() -> None:
    words = (
        *("yes", "no", "09:30", "2569-11-28", "12", "null", "~", "a: b", "# no comment", "two\nlines ", " "),
        *("1_000", "0x1f", "ำ", "", "=", "<<", "1e3", "😀", "*a", "\t"),
    )
    said = {"words": list(words), "others": [7, True, None]}
    again, text = written_plan(write_yaml(said))
    assert again == said
    assert written_plan(text)[0] == said
