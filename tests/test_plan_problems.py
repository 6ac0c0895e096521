"""What is at stake: each mistake is told where it is, by a stable code, with a cure in both languages.

In the examples ``# <--`` marks the line that the problem must name.
"""

import re
from collections.abc import Iterator

import pytest
import yaml

from app.core.errors import Param
from app.plan import PROBLEMS, PlanErrors, PlanProblem, load_plan, source

HEAD = """\
title: {en: A day, th: หนึ่งวัน}
languages: [en, th]
date: 2026-02-11
time_zone: Asia/Bangkok
level: consult
recruitment: drawn
"""
ROOM = "tables: {count: 4, seats: 5}\n"
AGENDA = "agenda:\n  - {id: talk, title: {en: Talk, th: คุย}, minutes: 30, starts_at: 09:30}\n"
T = "{en: a, th: ก}"
TWO = f"[{{text: {T}}}, {{text: {T}}}]"
CENSUS = f"census: {{name: {T}, population: {T}, year: 2568}}\n"


def question(rest: str) -> str:
    return HEAD + ROOM + AGENDA + f"questions:\n  - id: q\n    title: {T}\n" + rest


def room(rest: str) -> str:
    return HEAD + AGENDA + rest


def options(kind: str, *rows: str) -> str:
    return question(f"    kind: {kind}\n    options:\n" + "".join(f"      - {row}\n" for row in rows))


def rating(options: str, *steps: str) -> str:
    scale = "".join(f"      - {step}\n" for step in steps)
    return question(f"    kind: rating\n    options: {options}\n    scale:\n{scale}")


def demographic(*census: str) -> str:
    rows = ", ".join(f"{{text: {T}{count}}}" for count in census)
    return question(f"    kind: demographic\n    options: [{rows}]  # <--\n")


STEP = f"{{value: 1, text: {T}}}"
STEPS = (STEP, f"{{value: 2, text: {T}}}")
SINGLES = ", ".join(f"{number}..{number}-1" for number in range(1, 52))

EXAMPLES: list[tuple[str, str, dict[str, Param]]] = [
    ("too_deep", "a: " + "[" * 30, {"limit": 20}),
    ("not_yaml", "title: [a\ndate: b  # <--\n", {}),
    ("not_yaml", HEAD + "place: a\x07b  # <--\n", {"detail": "U+0007"}),
    ("not_yaml", HEAD + "place: !!python/object:os.system a  # <--\n", {}),
    ("not_yaml", "a: 1\n--- # <--\nb: 1\n", {}),
    ("empty_plan", "", {}),
    ("empty_plan", "# nothing but a remark\n", {}),
    ("field_twice", room(ROOM + "place: {en: a, th: ก}\nplace: {en: a, th: ก}  # <--\n"), {"name": "place"}),
    ("missing", HEAD.replace("level: consult\n", "") + ROOM + AGENDA, {"name": "level"}),
    ("missing", HEAD + AGENDA, {"name": "tables"}),
    (
        "missing",
        question(f"    kind: rating\n    options: {TWO}\n").replace("  - id: q", "  - id: q # <--"),
        {"name": "scale"},
    ),
    (
        "missing",
        question(f"    kind: pick_up_to\n    options: {TWO}\n").replace("  - id: q", "  - id: q # <--"),
        {"name": "choices_max"},
    ),
    ("unknown_field", room(ROOM + "zzz: 1  # <--\n"), {"name": "zzz"}),
    ("misspelt_field", room(ROOM + "plase: {en: a, th: ก}  # <--\n"), {"name": "plase", "near": "place"}),
    ("wrong_type", room(ROOM + "organisers: us  # <--\n"), {"expected": "array"}),
    ("wrong_type", room(ROOM + "second_person: yes  # <--\n"), {"expected": "boolean"}),
    ("wrong_type", "[a, b]  # <--\n", {"expected": "object"}),
    ("wrong_type", HEAD + "? [a]  # <--\n: b\n", {"expected": "string"}),
    ("not_one_of", HEAD.replace("drawn", "forced  # <--") + ROOM + AGENDA, {"value": "forced"}),
    ("out_of_range", room("tables: {count: 2001}  # <--\n"), {"least": 1, "most": 2000}),
    ("too_few", HEAD + ROOM + "agenda: []  # <--\n", {"least": 1}),
    (
        "too_few",
        question(f"    kind: rating\n    options: {TWO}\n    scale: [{{value: 1, text: {T}}}]  # <--\n"),
        {"least": 2},
    ),
    ("too_many", room(ROOM + f"screens: [{', '.join(f's{n}' for n in range(51))}]  # <--\n"), {"limit": 50}),
    (
        "too_many",
        room(f"tables: {{count: 51, seats: 1}}\nstandings: {{official: [{SINGLES}]}}  # <--\n"),
        {"limit": 50},
    ),
    ("empty_text", room(ROOM + 'place: {en: a, th: " \\u200b"}  # <--\n'), {}),
    ("empty_text", room(ROOM + 'place: {en: a, th: ""}  # <--\n'), {}),
    ("too_long", room(ROOM + f"place: {{en: a, th: {'ก' * 201}}}  # <--\n"), {"limit": 200}),
    ("bad_id", room("tables: {id: a_b, seats: 1}  # <--\n"), {"value": "a_b"}),
    ("bad_id", room('tables: {id: "a\\n", seats: 1}  # <--\n'), {"value": "a\n"}),
    ("bad_id", room(f"tables: {{id: {'a' * 39}, seats: 1}}  # <--\n"), {}),
    (
        "bad_time",
        HEAD + ROOM + AGENDA.replace("09:30", "25:00").replace("25:00}", "25:00}  # <--"),
        {"value": "25:00"},
    ),
    ("bad_language", HEAD.replace("[en, th]", "[en, th, Thai language]  # <--") + ROOM + AGENDA, {}),
    ("bad_language", room(ROOM + "place: {en: a, th: ก, and more}  # <--\n"), {"value": "and more"}),
    ("bad_pattern", room(ROOM + "standings: {official: [every body]}  # <--\n"), {"value": "every body"}),
    ("duplicate_id", room("tables: [{id: a, seats: 1}, {id: a}]  # <--\n"), {"value": "a", "line": 9}),
    (
        "duplicate_id",
        room("tables: {count: 1, seats: 1}\nseats: [{id: 1-1, table: 1}]  # <--\n"),
        {"value": "1-1", "line": 9},
    ),
    (
        "duplicate_id",
        options("pick_one", f"{{id: a, text: {T}}}", f"{{id: a, text: {T}}} # <--"),
        {"value": "a"},
    ),
    ("duplicate_id", room(ROOM + "screens: [a, a]  # <--\n"), {"value": "a"}),
    ("table_id_or_count", room("tables: {seats: 3}  # <--\n"), {}),
    ("table_id_or_count", room("tables: {id: a, count: 3}  # <--\n"), {}),
    (
        "too_many_tables",
        room("tables:\n  - {count: 1500, seats: 1}\n  - {count: 501}  # <--\n"),
        {"limit": 2000},
    ),
    ("table_too_full", room("tables: {count: 1, seats: 13}  # <--\n"), {"table": "1", "limit": 12}),
    ("no_seats", room("tables: {count: 4}  # <--\n"), {}),
    ("unknown_table", room(ROOM + "seats: [{id: x, table: 9}]  # <--\n"), {"value": "9"}),
    ("unknown_item", question("    kind: yes_no\n    item: lunch  # <--\n"), {"value": "lunch"}),
    ("unknown_site", room("tables: {count: 1, seats: 1, site: moon}  # <--\n"), {"value": "moon"}),
    ("unknown_seat", room(ROOM + "standings: {official: [9-9]}  # <--\n"), {"value": "9-9"}),
    (
        "standing_twice",
        room(ROOM + 'standings: {official: [1-1], expert: ["*-1"]}  # <--\n'),
        {"seat": "1-1"},
    ),
    ("sector_missing", room(ROOM + "seats: [{id: x, table: 1, standing: party}]  # <--\n"), {}),
    ("sector_not_party", room(ROOM + "seats: [{id: x, table: 1, sector: temple}]  # <--\n"), {}),
    ("language_missing", room(ROOM + "place: {en: a}  # <--\n"), {"language": "th"}),
    ("language_not_declared", room(ROOM + "place: {en: a, th: ก, fr: b}  # <--\n"), {"language": "fr"}),
    (
        "language_not_declared",
        room("tables: {count: 1, seats: 1, language: lo}  # <--\n"),
        {"language": "lo"},
    ),
    ("language_twice", HEAD.replace("[en, th]", "[en, th, en]  # <--") + ROOM + AGENDA, {"language": "en"}),
    ("text_needs_languages", room(ROOM + "place: here  # <--\n"), {}),
    (
        "field_not_for_kind",
        question(f"    kind: yes_no\n    options: {TWO}  # <--\n"),
        {"name": "options", "kind": "yes_no"},
    ),
    (
        "field_not_for_kind",
        question(f"    kind: approve\n    options: {TWO}\n    choices_max: 2  # <--\n"),
        {"name": "choices_max"},
    ),
    (
        "field_not_for_kind",
        options("pick_one", f"{{text: {T}}}", f"{{text: {T}, exclusive: true}} # <--"),
        {"name": "exclusive"},
    ),
    ("too_few_options", question(f"    kind: pick_one\n    options: [{{text: {T}}}]  # <--\n"), {"least": 2}),
    (
        "too_few_options",
        rating("[]  # <--", *STEPS),
        {"least": 1},
    ),
    (
        "choices_max_beyond",
        question(f"    kind: pick_up_to\n    options: {TWO}\n    choices_max: 3  # <--\n"),
        {"value": 3, "limit": 2},
    ),
    (
        "scale_repeated",
        rating(TWO, STEP, STEP + "  # <--"),
        {"value": 1},
    ),
    ("number_range", question("    kind: number\n    number_min: 100  # <--\n"), {"most": 100}),
    ("number_range", question("    kind: number\n    number_max: 0  # <--\n"), {"most": 0}),
    (
        "purpose_not_for_kind",
        question(f"    kind: demographic\n    purpose: topic  # <--\n    options: {TWO}\n"),
        {},
    ),
    (
        "census_empty",
        CENSUS + demographic(", census: 0", ", census: 0"),
        {},
    ),
    (
        "census_without_source",
        demographic(", census: 1", ", census: 1"),
        {},
    ),
    ("bad_date", HEAD.replace("2026-02-11", "2569-02-30  # <--") + ROOM + AGENDA, {"value": "2569-02-30"}),
    ("bad_date", HEAD.replace("2026-02-11", "tomorrow  # <--") + ROOM + AGENDA, {"value": "tomorrow"}),
    ("bad_date", HEAD.replace("2026-02-11", "20260211  # <--") + ROOM + AGENDA, {"value": "20260211"}),
    ("results_before_meeting", room(ROOM + "results_due: 2569-02-10  # <--\n"), {"value": "2026-02-11"}),
    (
        "bad_time_zone",
        HEAD.replace("Asia/Bangkok", "Asia/Atlantis  # <--") + ROOM + AGENDA,
        {"value": "Asia/Atlantis"},
    ),
    (
        "times_backwards",
        HEAD + ROOM + AGENDA + f"  - {{id: later, title: {T}, minutes: 5, starts_at: 9.00}}  # <--\n",
        {},
    ),
]


def problems_of(text: str) -> tuple[PlanProblem, ...]:
    with pytest.raises(PlanErrors) as caught:
        load_plan(text)
    return caught.value.problems


def told(problem: PlanProblem) -> Iterator[str]:
    for language in ("en", "th"):
        said = problem.sentence(language)
        assert str(problem.line) in said
        assert not re.search(r"[{}]", said)
        yield said


@pytest.mark.parametrize(("code", "text", "params"), EXAMPLES)
def test_a_mistake_is_told_by_code_line_and_cure(code: str, text: str, params: dict[str, Param]) -> None:
    problems = [problem for problem in problems_of(text) if problem.code == code]
    assert problems, problems_of(text)
    problem = problems[0]
    assert params.items() <= problem.params.items()
    if "# <--" in text:
        marked = next(number for number, line in enumerate(text.splitlines(), 1) if "# <--" in line)
        assert problem.line == marked
    en, th = told(problem)
    assert en != th


@pytest.mark.parametrize(("code", "text", "params"), EXAMPLES)
def test_one_mistake_is_one_problem(code: str, text: str, params: dict[str, Param]) -> None:
    del params
    many = {"[a, b]"}  # here nothing that is needed is there
    found = {problem.code for problem in problems_of(text)}
    assert found == {code} or text.split("  #", maxsplit=1)[0] in many or code in {"missing", "bad_language"}


def test_every_problem_has_an_example() -> None:
    shown = {code for code, _, _ in EXAMPLES} | {"too_large", "too_many_parts", "seats_in_both"}
    assert shown == {code for code in PROBLEMS if not code.startswith("csv_")}


def test_a_file_beyond_two_megabytes_is_refused_unread() -> None:
    assert [problem.code for problem in problems_of("# " + "ก" * 700_000)] == ["too_large"]


def test_aliases_cannot_blow_up() -> None:
    rows = [
        f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "\n".join(rows)
    assert [problem.code for problem in problems_of(bomb)] == ["too_many_parts"]
    assert [problem.code for problem in problems_of("a: &a [*a]")] == ["too_deep"]


def test_the_slow_yaml_loader_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "_Loader", yaml.SafeLoader)
    assert problems_of("title: [a\ndate: b\n")[0].code == "not_yaml"
    assert len(load_plan(room(ROOM)).seats) == 20
    assert [problem.code for problem in problems_of("a: " + "[" * 5_000)] == ["too_deep"]


def test_a_problem_in_a_list_names_the_thing_by_its_id() -> None:
    problem = problems_of(question("    kind: yes_no\n    item: lunch\n"))[0]
    assert (problem.field, problem.line, problem.column) == ("questions.q.item", 14, 11)


def test_only_the_first_fifty_problems_are_written_out() -> None:
    text = room(ROOM + "organisers: [" + ", ".join(["us"] * 50) + "]\nfunders: [us]\n")
    with pytest.raises(PlanErrors) as caught:
        load_plan(text)
    assert len(caught.value.problems) == 51
    said = caught.value.render("en").splitlines()
    assert (said[0], len(said)) == ("The plan has 51 problems.", 52)
    assert said[-1] == "There are more; these are the first 50."
