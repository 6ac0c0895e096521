"""Writes the last results into README.md, between its two marks: on what, the table, the figures.

python -m loadtest.publish
"""

import json
import sys
from pathlib import Path
from typing import Any

from loadtest.rows import RESULTS, Row, details, table

README = Path(__file__).parent / "README.md"
BEGIN, END = "<!-- results: written by `python -m loadtest.publish` -->", "<!-- end of results -->"
VERSIONS = ("python", "node", "uvicorn", "websockets", "uvloop", "msgspec", "picows")


def row_from(held: dict[str, Any]) -> Row:
    """A row as it was saved."""
    fields = {name: value for name, value in held.items() if name not in ("verdict", "date")}
    span = fields.pop("span")
    return Row(**fields, span=None if span is None else (span[0], span[1]))


def text(held: dict[str, Any]) -> str:
    """What stands between the marks."""
    rows = {name: row_from(row) for name, row in held["rows"].items()}
    made = held["made"]
    dates = sorted({row["date"] for row in held["rows"].values()})
    when = dates[0] if len(dates) == 1 else f"{dates[0]} to {dates[-1]}"
    on = ", ".join([made["machine"], made["system"], *(f"{name} {made[name]}" for name in VERSIONS)])
    lost = [
        f"- {row.name}: {', '.join(f'{share:.0%}' for share in row.lost)}"
        for row in rows.values()
        if row.lost
    ]
    parts = [
        f"Measured {when}; {on}.",
        table(rows.values()),
        "What the ratios are made of (medians):",
        details(rows.values()),
        "Share of a core that each round tried has lost (above 5 % it is void):",
        "\n".join(lost),
    ]
    return "\n\n".join(parts)


def main() -> int:
    """Write them."""
    results = RESULTS / "bench.json"
    if not results.exists():
        print("There are no results: run `make bench` first.", file=sys.stderr)
        return 1
    readme = README.read_text()
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    README.write_text(f"{before}{BEGIN}\n\n{text(json.loads(results.read_text()))}\n\n{END}{after}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
