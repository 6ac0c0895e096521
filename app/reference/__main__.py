"""Writes the reference: `python -m app.reference [page ...]`, all pages where none is named."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from app.reference import gaps, pages

DOCS = Path(__file__).parents[2] / "docs"


def main(arguments: Sequence[str]) -> int:
    """Write the pages named; gives the exit code."""
    by_name = {Path(path).stem.removesuffix("-reference").lower(): path for path in pages()}
    parser = argparse.ArgumentParser(
        prog="python -m app.reference", description="Write the reference into docs/."
    )
    parser.add_argument("page", nargs="*", help=f"of {', '.join(by_name)}; all by default")
    named = parser.parse_args(arguments).page or list(by_name)
    if unknown := [name for name in named if name not in by_name]:
        parser.error(f"no such page: {', '.join(unknown)}")
    if missing := gaps():
        sys.stderr.write("\n".join(["The reference cannot be written:", *missing, ""]))
        return 1
    for name in named:
        path = DOCS / by_name[name]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(pages()[by_name[name]](), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
