"""What is at stake: a spreadsheet from the registration desk, which knows more than we may know."""

import pytest

from app.core.errors import Param
from app.plan import PROBLEMS, PlanErrors, PlanProblem, load_plan

PLAN = """\
title: {en: A day, th: หนึ่งวัน}
languages: [en, th]
date: 2026-02-11
time_zone: Asia/Bangkok
level: consult
recruitment: drawn
agenda: [{id: talk, title: {en: Talk, th: คุย}, minutes: 30}]
"""


def room(rest: str) -> str:
    return PLAN + rest


def problems_of(text: str, seats_csv: str) -> tuple[PlanProblem, ...]:
    with pytest.raises(PlanErrors) as caught:
        load_plan(text, seats_csv)
    return caught.value.problems


SEATS = "seat,table,standing,sector,language\n"
EXAMPLES: list[tuple[str, str, dict[str, Param]]] = [
    ("csv_empty", "", {}),
    ("csv_empty", "seat,table\n", {}),
    ("csv_not_readable", 'seat,table\n1-1,"1"x\n', {}),
    ("csv_column_missing", "seat\n1-1\n", {"name": "table"}),
    ("csv_column_unknown", "seat,table,colour\n1-1,1,red\n", {"name": "colour"}),
    ("csv_column_personal", "seat,table,Full Name\n1-1,1,A\n", {"name": "Full Name"}),
    ("csv_column_personal", "seat,table,ชื่อ-สกุล\n1-1,1,A\n", {}),
    ("csv_column_personal", "seat;table;Phone no.\n1-1;1;0\n", {}),
    ("field_twice", "seat,table,seat\n1-1,1,1-1\n", {"name": "seat"}),
    ("csv_width", SEATS + "1-1,1\n", {"expected": 5, "found": 2}),
    ("duplicate_id", SEATS + "1-1,1,,,\n1-1,2,,,\n", {"value": "1-1", "line": 2}),
    ("bad_id", SEATS + "สมชาย,1,,,\n", {"value": "สมชาย"}),
    ("unknown_table", SEATS + "9-1,9,,,\n", {"value": "9"}),
    ("not_one_of", SEATS + "1-1,1,king,,\n", {"value": "king"}),
    ("sector_missing", SEATS + "1-1,1,party,,\n", {}),
    ("sector_not_party", SEATS + "1-1,1,citizen,temple,\n", {}),
    ("too_long", SEATS + f"1-1,1,party,{'x' * 41},\n", {"limit": 40}),
    ("language_not_declared", SEATS + "1-1,1,,,fr\n", {"language": "fr"}),
    ("too_large", "seat,table\n" + "1-1,1\n" * 400_000, {"limit": 2}),
]


@pytest.mark.parametrize(("code", "csv", "params"), EXAMPLES)
def test_a_mistake_in_the_seat_plan_is_told_by_code_line_and_cure(
    code: str, csv: str, params: dict[str, Param]
) -> None:
    problems = problems_of(room("tables: {count: 4}\n"), csv)
    assert {problem.code for problem in problems} == {code}
    assert {problem.source for problem in problems} == {"seats"}
    assert params.items() <= problems[0].params.items()
    assert problems[0].sentence("en").startswith(f"Seat plan, line {problems[0].line}, ")
    assert problems[0].sentence("th").startswith("ผังที่นั่ง บรรทัด ")


def test_seats_in_plan_and_seat_plan_are_told() -> None:
    text = room("tables: {count: 4, seats: 5}\nstandings: {official: [1-1]}\n")
    assert [problem.code for problem in problems_of(text, "seat,table\n1-1,1\n")] == ["seats_in_both"]


def test_every_problem_of_a_seat_plan_has_an_example() -> None:
    assert {code for code in PROBLEMS if code.startswith("csv_")} <= {code for code, _, _ in EXAMPLES}


def test_a_seat_plan_from_a_spreadsheet_is_taken() -> None:
    csv = "\ufeffที่นั่ง;โต๊ะ;สถานะ;ภาคส่วน;ภาษา\r\n2-1;2;;;\r\n1-1;1;PARTY;temple;th\r\n;;;;\r\n1-2;1;expert;;\r\n"
    meeting = load_plan(room("tables: {count: 2}\n"), csv)
    assert [(s.id, s.table, s.standing.value, s.sector, s.language) for s in meeting.seats] == [
        ("1-1", "1", "party", "temple", "th"),
        ("1-2", "1", "expert", None, None),
        ("2-1", "2", "citizen", None, None),
    ]


def test_a_seat_plan_may_bring_the_tables_too() -> None:
    meeting = load_plan(room(""), "table\tseat\nB\tB-1\nA\tA-1\n")
    assert [table.id for table in meeting.tables] == ["B", "A"]
    assert {table.site for table in meeting.tables} == {"hall"}


def test_seats_of_a_row_give_way_to_the_seat_plan() -> None:
    assert [s.id for s in load_plan(room("tables: {count: 4, seats: 5}\n"), "seat,table\n1-9,1\n").seats] == [
        "1-9"
    ]
