"""A row of the benchmark: a ratio beside its goal, with the figures behind it; and the table of all rows."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from loadtest.machine import GENERATOR_MAX, description
from loadtest.rounds import Rounds

RESULTS = Path(__file__).parent / "results"


@dataclass(slots=True)
class Row:
    """One goal of the benchmark.

    Attributes:
        name: What is measured, as the table says it.
        value: The ratio (or the figure itself, where the goal is one), a median.
        reach: What has to be reached; `aim` is what is tried for.
        more_is_better: Which side of the goal is good.
        unit: Of the value; empty for a ratio.
        span: The smallest and the largest value of the rounds.
        figures: What the ratio was made of.
        failed: Something that may not be was seen; no goal is met, whatever the value.
    """

    name: str
    value: float
    reach: float | None
    aim: float | None
    more_is_better: bool = False
    unit: str = ""
    span: tuple[float, float] | None = None
    figures: dict[str, float] = field(default_factory=dict)
    counted: int = 1
    tried: int = 1
    noisy: bool = False
    void: bool = False
    failed: bool = False
    generator: float = 0.0
    lost: list[float] = field(default_factory=list)

    def of(self, rounds: Rounds, *cells: str) -> "Row":
        """The same row with how its rounds went: void where one of its cells may have measured the generator.

        Args:
            rounds: What was measured.
            cells: What the row's value is made of; all of it, where nothing is said.
        """
        self.counted, self.tried, self.noisy = rounds.counted, rounds.tried, rounds.noisy
        self.generator, self.lost = rounds.generator(*cells), rounds.lost
        self.void = self.generator > GENERATOR_MAX
        return self

    @property
    def verdict(self) -> str:
        """Whether the goal is met, in a word."""
        if self.void:
            return "void (generator)"
        if self.reach is None:
            word = "–"
        elif self._meets(self.aim):
            word = "aim"
        else:
            word = "reach" if self._meets(self.reach) else "missed"
        return f"{word}, noisy" if self.noisy else word

    def _meets(self, goal: float | None) -> bool:
        if goal is None or self.failed:
            return False
        return self.value >= goal if self.more_is_better else self.value <= goal


def table(rows: Iterable[Row]) -> str:
    """The rows as a table in Markdown."""
    lines = [
        "| | median | span | reach | aim | verdict | rounds | generator |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        span = "" if row.span is None else f"{number(row.span[0])} – {number(row.span[1])}"
        goals = ["" if goal is None else f"{number(goal)}{row.unit}" for goal in (row.reach, row.aim)]
        value = f"**{number(row.value)}{row.unit}**"
        share = f"{row.generator:.0%}" if row.generator else ""
        cells = [row.name, value, span, *goals, row.verdict, f"{row.counted} of {row.tried}", share]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def details(rows: Iterable[Row]) -> str:
    """What the ratios were made of."""
    lines = []
    for row in rows:
        if not row.figures:
            continue
        said = ", ".join(f"{name} {number(value)}" for name, value in row.figures.items())
        lines.append(f"- {row.name}: {said}")
    return "\n".join(lines)


def number(value: float) -> str:
    """A figure with as many digits as it has meaning."""
    if abs(value) >= 1_000:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 100 else f"{value:.2f}"


def save(rows: Iterable[Row], name: str = "bench") -> Path:
    """Write the rows and what they were measured on as JSON; what an earlier run has of others is kept."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    made = description()
    held = json.loads(path.read_text())["rows"] if path.exists() else {}
    held |= {row.name: {**asdict(row), "verdict": row.verdict, "date": made["date"]} for row in rows}
    path.write_text(json.dumps({"made": made, "generator_max": GENERATOR_MAX, "rows": held}, indent=1) + "\n")
    return path
