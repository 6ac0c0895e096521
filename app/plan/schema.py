"""The published JSON Schema of a meeting plan, and its errors as problems with a cure."""

import json
import pathlib
from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from app.core.errors import Param
from app.plan.source import Path, Source

PLANS = pathlib.Path(__file__).parent.parent / "plans"
SCHEMA_FILE = PLANS / "meeting-plan.schema.json"

VALUE_MAX = 40
"""Characters of a wrong value that are repeated in its problem."""


@cache
def plan_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a meeting plan."""
    schema: dict[str, Any] = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    return schema


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(plan_schema())


def check_schema(source: Source) -> None:
    """Report everything in which the data differs from the schema."""
    found: list[tuple[Path, bool, str, dict[str, Param]]] = []
    for error in _validator().iter_errors(source.data):
        path = tuple(error.absolute_path)
        for code, step, params in _problems(error):
            found.append((path if step is None else (*path, step), step is not None, code, params))
    strangers = {path for path, at_key, _, _ in found if at_key}
    for path, at_key, code, params in found:
        if at_key or path not in strangers:
            source.report(code, path, at_key=at_key, **params)


def _problems(error: ValidationError) -> Iterator[tuple[str, str | None, dict[str, Param]]]:
    """Code, the entry that is meant where it is not the value itself, and parameters."""
    rule: Any = error.validator_value
    schema: Any = error.schema
    value: Any = error.instance
    is_scalar = isinstance(value, str | int)
    if (own := schema.get("x-problem")) and (error.validator != "type" or is_scalar):
        in_name = "propertyNames" in error.absolute_schema_path
        yield own, str(value) if in_name else None, {"value": str(value)[:VALUE_MAX]}
        return
    match error.validator:
        case "required":
            strangers = [name for name in value if name not in schema["properties"]]
            for name in rule:
                if name not in value and not get_close_matches(name, strangers, 1):
                    yield "missing", None, {"name": name}
        case "additionalProperties":
            yield from _unknown_fields(value, tuple(schema["properties"]))
        case "type":
            expected = [rule] if isinstance(rule, str) else rule
            yield "wrong_type", None, {"expected": "|".join(expected)}
        case "enum":
            yield "not_one_of", None, {"value": str(value)[:VALUE_MAX], "allowed": ", ".join(rule)}
        case "minimum" | "maximum":
            yield "out_of_range", None, {"least": schema["minimum"], "most": schema["maximum"]}
        case "minItems" | "minProperties":
            yield "too_few", None, {"least": rule}
        case "maxItems":
            yield "too_many", None, {"limit": rule}
        case "minLength":
            yield "empty_text", None, {}
        case "maxLength":
            yield "too_long", None, {"limit": rule}
        case other:
            raise AssertionError(f"the schema uses {other}, which has no problem of its own")


def _unknown_fields(
    value: dict[str, Any], allowed: tuple[str, ...]
) -> Iterator[tuple[str, str, dict[str, Param]]]:
    for name in value:
        if name in allowed:
            continue
        near = get_close_matches(name, [other for other in allowed if other not in value], 1)
        if near:
            yield "misspelt_field", name, {"name": name[:VALUE_MAX], "near": near[0]}
        else:
            yield "unknown_field", name, {"name": name[:VALUE_MAX], "allowed": ", ".join(allowed)}
