"""What is at stake: the schema is published, and other tools believe what it says."""

import json
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from app.core import planned
from app.core.ids import PLANNED_ID
from app.plan import SCHEMA_FILE, plan_reference, plan_schema


def test_the_published_schema_is_a_valid_one_of_draft_2020_12() -> None:
    Draft202012Validator.check_schema(plan_schema())
    assert plan_schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert json.loads(SCHEMA_FILE.read_text(encoding="utf-8")) == plan_schema()


SCHEMA_OF: list[tuple[type[Any], str, set[str], set[str]]] = [
    # the class, its part of the schema, fields only of the class, fields only of the schema
    (planned.PlannedMeeting, "", set(), {"standings"}),
    (planned.PlannedSite, "site", set(), set()),
    (planned.PlannedTable, "tables", set(), {"count", "first", "seats"}),
    (planned.PlannedSeat, "seat", set(), set()),
    (planned.PlannedItem, "item", set(), set()),
    (planned.GuideCard, "guide", set(), set()),
    (planned.BackgroundPage, "background", set(), set()),
    (planned.PlannedOption, "option", set(), set()),
    (planned.ScaleStep, "step", set(), set()),
    (planned.CensusSource, "census", set(), set()),
    (planned.PlannedQuestion, "question", {"rules"}, {field.name for field in fields(planned.QuestionRules)}),
]


@pytest.mark.parametrize(("cls", "part", "only_class", "only_schema"), SCHEMA_OF)
def test_schema_and_dataclasses_are_in_step(
    cls: type[Any], part: str, only_class: set[str], only_schema: set[str]
) -> None:
    schema = plan_schema()["$defs"][part] if part else plan_schema()
    properties = schema["properties"]
    assert {field.name for field in fields(cls)} - only_class == set(properties) - only_schema
    own = [*fields(cls), *(fields(planned.QuestionRules) if part == "question" else ())]
    for field in own:
        said = properties.get(field.name, {}).get("default")
        if said is not None and field.default is not MISSING:
            known = field.default
            assert said == (list(known) if isinstance(known, tuple) else known), field.name


@pytest.mark.parametrize(
    ("part", "name", "enum"),
    [
        ("", "level", planned.Level),
        ("", "recruitment", planned.Recruitment),
        ("seat", "standing", planned.Standing),
        ("question", "kind", planned.Kind),
        ("question", "purpose", planned.Purpose),
        ("question", "visibility", planned.Visibility),
    ],
)
def test_words_of_the_schema_are_those_of_the_core(part: str, name: str, enum: type[planned.Kind]) -> None:
    schema = plan_schema()["$defs"][part] if part else plan_schema()
    assert schema["properties"][name]["enum"] == [member.value for member in enum]


def test_ids_of_the_schema_are_those_of_the_core() -> None:
    assert plan_schema()["$defs"]["id"]["pattern"] == "^" + PLANNED_ID.pattern.replace(r"\Z", "$")


def test_the_reference_is_the_one_that_the_schema_makes() -> None:
    written = Path(__file__).parent.parent / "docs" / "plan-reference.md"
    assert written.read_text(encoding="utf-8") == plan_reference()


def test_every_field_of_the_schema_is_explained() -> None:
    reference = plan_reference()
    for part in [plan_schema(), *plan_schema()["$defs"].values()]:
        for name, field in part.get("properties", {}).items():
            assert field["description"].endswith("."), name
            assert f"`{name}`" in reference
