"""What may be wrong with a meeting plan: a closed list of codes, where it is, and its cure.

As with refusals, a problem has no words: its sentence is made from the catalogues, in the
language of whoever reads it (`plan_problem.<code>`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as attribute

from app.core.errors import Param
from app.i18n import language_name, sentence

SHOWN_MAX = 50
"""Problems that are written out; a plan with more has one cause."""

PROBLEMS: Mapping[str, tuple[str, ...]] = {
    # the file
    "too_large": ("limit",),
    "too_deep": ("limit",),
    "too_many_parts": ("limit",),
    "not_yaml": ("detail",),
    "empty_plan": (),
    "field_twice": ("name",),
    # the schema
    "missing": ("name",),
    "unknown_field": ("name", "allowed"),
    "misspelt_field": ("name", "near"),
    "wrong_type": ("expected",),
    "not_one_of": ("value", "allowed"),
    "out_of_range": ("least", "most"),
    "too_few": ("least",),
    "too_many": ("limit",),
    "empty_text": (),
    "too_long": ("limit",),
    "bad_id": ("value",),
    "bad_time": ("value",),
    "bad_language": ("value",),
    "bad_pattern": ("value",),
    # the room
    "duplicate_id": ("value", "line"),
    "table_id_or_count": (),
    "too_many_tables": ("limit",),
    "table_too_full": ("table", "limit"),
    "no_seats": (),
    "unknown_table": ("value",),
    "unknown_item": ("value",),
    "unknown_site": ("value",),
    "unknown_seat": ("value",),
    "standing_twice": ("seat",),
    "sector_missing": (),
    "sector_not_party": (),
    # languages
    "language_missing": ("language",),
    "language_not_declared": ("language",),
    "language_twice": ("language",),
    "text_needs_languages": (),
    # questions
    "field_not_for_kind": ("name", "kind"),
    "too_few_options": ("least",),
    "choices_max_beyond": ("value", "limit"),
    "scale_repeated": ("value",),
    "number_range": ("most",),
    "purpose_not_for_kind": (),
    "census_empty": (),
    "census_without_source": (),
    # days and times
    "bad_date": ("value",),
    "results_before_meeting": ("value",),
    "bad_time_zone": ("value",),
    "times_backwards": (),
    # the seat plan
    "seats_in_both": (),
    "csv_empty": (),
    "csv_not_readable": ("detail",),
    "csv_column_missing": ("name",),
    "csv_column_unknown": ("name", "allowed"),
    "csv_column_personal": ("name",),
    "csv_width": ("expected", "found"),
}
"""Every problem that stops a plan, with the parameters of its sentence."""

WARNINGS: Mapping[str, tuple[str, ...]] = {
    "handset_limit": ("limit",),
    "no_catalogue": ("language",),
}
"""What an organiser should know; the plan is taken all the same."""


@dataclass(frozen=True, slots=True, order=True)
class PlanProblem:
    """One problem. `line` and `column` count from 1; `field` is a path such as ``questions.age.kind``.

    In a seat plan (`source` is "seats") the column is that of the table.
    """

    source: str
    line: int
    column: int
    field: str
    code: str
    params: Mapping[str, Param] = attribute(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        declared = PROBLEMS.get(self.code, WARNINGS.get(self.code))
        assert declared == tuple(self.params), f"{self.code} takes {declared}, not {tuple(self.params)}"

    def sentence(self, language: str) -> str:
        """Where it is, what is wrong and what to do, in one line."""
        words = {name: _in_words(language, name, value) for name, value in self.params.items()}
        return sentence(
            language,
            "plan.at_seats" if self.source == "seats" else "plan.at",
            line=str(self.line),
            column=str(self.column),
            field=self.field or sentence(language, "plan.whole"),
            what=sentence(language, f"plan_problem.{self.code}", **words),
        )


class PlanErrors(Exception):
    """A plan with problems: all of them, in the order of the file."""

    def __init__(self, problems: Iterable[PlanProblem]) -> None:
        once = {(problem, tuple(problem.params.items())): problem for problem in problems}
        self.problems = tuple(sorted(once.values()))
        assert self.problems
        super().__init__(self.render("en"))

    def render(self, language: str) -> str:
        """A heading and a line for each problem, the first `SHOWN_MAX` of them."""
        lines = [sentence(language, "plan.head", count=len(self.problems))]
        lines += [problem.sentence(language) for problem in self.problems[:SHOWN_MAX]]
        if len(self.problems) > SHOWN_MAX:
            lines.append(sentence(language, "plan.more", limit=SHOWN_MAX))
        return "\n".join(lines)


def _in_words(language: str, name: str, value: Param) -> Param:
    """Languages and types of values get their names; ids and numbers of lines stay as they are."""
    if name == "language":
        return language_name(language, str(value))
    if name == "expected" and isinstance(value, str):
        words = [sentence(language, f"plan_type.{kind}") for kind in value.split("|")]
        first, *rest = words
        for word in rest:
            first = sentence(language, "plan_type.or", one=first, other=word)
        return first
    return str(value) if name in {"line", "value"} else value
