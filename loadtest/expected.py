"""What the report must say if every acknowledged ballot counts once and nothing else does. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any


def differences(acknowledged: Iterable[Mapping[str, Any]], figures: Mapping[str, int | None]) -> list[str]:
    """What the figures of the report do not say as the generators were told.

    Args:
        acknowledged: What each process says at its end: ``acknowledged`` (by question and round, a
            count a cell), ``ideas`` (how many), ``filed`` (which ideas).
        figures: Of the report, counts by id.

    Returns:
        A sentence each; none where everything agrees.
    """
    found: list[str] = []
    tallies: dict[str, dict[str, int]] = {}
    ideas, filed = 0, set[str]()
    for said in acknowledged:
        ideas += said.get("ideas", 0)
        filed |= set(said.get("filed", ()))
        for path, counts in said.get("acknowledged", {}).items():
            into = tallies.setdefault(path, {})
            for cell, count in counts.items():
                into[cell] = into.get(cell, 0) + count
    for path, counts in sorted(tallies.items()):
        start = f"question/{path}/"
        for cell in sorted({*counts, *_counted(figures, start)}):
            heard, stands = counts.get(cell, 0), figures.get(start + cell) or 0
            if heard != stands:
                found.append(f"{start}{cell}: {heard} acknowledged, the report says {stands}")
    rounds = {
        id_.rpartition("/")[0] for id_ in figures if id_.startswith("question/") and id_.endswith("/voted")
    }
    found += [
        f"{path}/voted: nothing acknowledged, the report says {figures[f'{path}/voted']}"
        for path in sorted(rounds - {f"question/{path}" for path in tallies})
        if figures[f"{path}/voted"]
    ]
    others = {"ideas/count": ideas, "ideas/filed": len(filed)}
    return found + [
        f"{id_}: {count} acknowledged, the report says {figures.get(id_)}"
        for id_, count in others.items()
        if (figures.get(id_) or 0) != count
    ]


def counts(figures: Iterable[Mapping[str, Any]]) -> dict[str, int | None]:
    """The counts of a report's `figures.json`, by id."""
    return {each["id"]: each["numerator"] for each in figures if each["kind"] == "count"}


def _counted(figures: Mapping[str, int | None], start: str) -> list[str]:
    """The cells of a round that the report counts ballots in."""
    cells = [id_.removeprefix(start) for id_ in figures if id_.startswith(start)]
    counted = ("option/", "value/")
    return ["voted", *(c for c in cells if c.startswith(counted) and c.endswith("/count"))]
