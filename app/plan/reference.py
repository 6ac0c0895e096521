"""The reference of the meeting plan, made from its schema and the catalogue."""

from collections.abc import Iterator
from typing import Any

from app.i18n import sentence
from app.plan.problems import PROBLEMS, WARNINGS
from app.plan.schema import plan_schema
from app.plan.seats_csv import COLUMNS, NEEDED

_HEAD = """\
# The meeting plan: reference

Generated from `app/plans/meeting-plan.schema.json` by `python -m app.reference plan`; do not edit.

A plan is a YAML file (JSON is YAML too) of at most 2 MB. The program ships with
`app/plans/city-day.yaml`, a whole day, and `app/plans/rehearsal.yaml`: copy one and change it.
Fields in **bold** must be there. Days, times and words such as `yes` and `no` need no quotes.
"""


def plan_reference() -> str:
    """The reference as Markdown: every field of every part, the seat plan, every problem."""
    schema = plan_schema()
    parts = [_HEAD, "\n".join(_fields("The plan", schema))]
    for name, part in schema["$defs"].items():
        if part.get("type") == "object" and "properties" in part:
            parts.append("\n".join(_fields(f"`{name}`", part)))
        else:
            parts.append(f"## `{name}`\n\n{part['description']}\n")
    parts += ["\n".join(_seat_plan()), "\n".join(_problems())]
    return "\n".join(parts)


def _fields(title: str, part: dict[str, Any]) -> Iterator[str]:
    yield f"## {title}\n\n{part['description']}\n"
    yield "| Field | What | Meaning | Default |"
    yield "|---|---|---|---|"
    for name, field in part["properties"].items():
        shown = f"**`{name}`**" if name in part.get("required", ()) else f"`{name}`"
        default = f"`{_plain(field['default'])}`" if "default" in field else ""
        yield f"| {shown} | {_what(field)} | {field['description']} | {default} |"
    yield ""


def _what(field: dict[str, Any]) -> str:
    """The type of a field in few words."""
    if "$ref" in field:
        return _link(field["$ref"].rsplit("/", 1)[-1])
    if field["type"] == ["object", "array"]:
        return f"{_link('tables')}, or a list of them"
    if "enum" in field:
        return "one of " + ", ".join(f"`{value}`" for value in field["enum"])
    match field["type"]:
        case "array":
            return f"list of {_what(field['items'])}"
        case "integer":
            return f"{field['minimum']:,} to {field['maximum']:,}"
        case "boolean":
            return "`true` or `false`"
        case "object":
            return f"map to {_what(field['additionalProperties'])}"
        case _:
            return "text"


def _link(name: str) -> str:
    return f"[{name}](#{name})"


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"[{', '.join(map(str, value))}]" if isinstance(value, list) else str(value)


def _seat_plan() -> Iterator[str]:
    yield "## The seat plan in CSV\n"
    yield "One row a seat, with a heading; commas, semicolons or tabs; UTF-8, a byte-order mark does no harm."
    yield "It holds no names: a column that looks like personal data is refused. With a seat plan, the plan"
    yield "itself has neither `seats` nor `standings`, and may leave out `tables`.\n"
    yield "| Column | In Thai | Needed |"
    yield "|---|---|---|"
    for name, thai in COLUMNS.items():
        yield f"| `{name}` | {thai} | {'yes' if name in NEEDED else ''} |"
    yield ""


def _problems() -> Iterator[str]:
    yield "## Problems and their cure\n"
    yield "| Code | Sentence |"
    yield "|---|---|"
    for code, params in {**PROBLEMS, **WARNINGS}.items():
        words = {name: f"‹{name}›" for name in params}
        warning = " *(a warning)*" if code in WARNINGS else ""
        yield f"| `{code}`{warning} | {sentence('en', f'plan_problem.{code}', **words)} |"
    yield ""
