"""The data of a plan as YAML text: what the form of the organiser's page makes of a plan.

Comments, and what was written once and meant in several places, are not in the data, and so not in
the text. Read again, it is the same data.
"""

from typing import Any

import yaml

from app.plan.source import read_yaml

WIDTH = 110

_Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class _Plain(_Dumper):  # type: ignore[misc]
    """Writes what is the same thing twice, and no anchors."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True


def write_yaml(data: Any) -> str:
    """The data as YAML, in its order, with Thai letters as they are."""
    return str(yaml.dump(data, Dumper=_Plain, allow_unicode=True, sort_keys=False, width=WIDTH))


def written_plan(text: str) -> tuple[Any, str]:
    """The data of a plan, right or wrong, and the same data as text.

    Raises:
        PlanErrors: It is no YAML, or too large.
    """
    data = read_yaml(text).data
    return data, write_yaml(data)
