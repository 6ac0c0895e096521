"""Sets a paper as PDF: a program of its own, so that what goes wrong in it goes wrong in it alone.

Reads a `Paper` as JSON from standard input, writes the PDF to standard output, and a line of JSON to
standard error: what it came to. Imports nothing of ours: it is run by its path, isolated, by
`app/report/typesetting.py`, and bounds its own memory and time before it reads.

    python -I compositor.py SECONDS MEGABYTES TEMPLATE FONTS TOKENS
"""

import json
import os
import resource
import struct
import sys
from pathlib import Path
from typing import Any

BOX = "\u25a0"
"""Stands for a letter of which no font has a picture."""

NICE = 10
FAILED = 3


def bound(seconds: int, megabytes: int) -> None:
    """Let this process have so much and no more, behind whatever else the machine does."""
    size = megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    os.nice(NICE)


def letters(font: Path) -> set[int]:
    """The code points that a font has pictures of: its `cmap` tables of formats 4 and 12 (OpenType)."""
    data = font.read_bytes()
    tables = struct.unpack_from(">H", data, 4)[0]
    starts = {
        data[12 + 16 * n : 16 + 16 * n]: struct.unpack_from(">I", data, 20 + 16 * n)[0] for n in range(tables)
    }
    at = starts[b"cmap"]
    found: set[int] = set()
    for n in range(struct.unpack_from(">H", data, at + 2)[0]):
        table = at + struct.unpack_from(">I", data, at + 8 + 8 * n)[0]
        kind = struct.unpack_from(">H", data, table)[0]
        if kind == 4:
            found |= _segments(data, table)
        elif kind == 12:
            groups = struct.unpack_from(">I", data, table + 12)[0]
            for group in range(groups):
                first, last, _ = struct.unpack_from(">III", data, table + 16 + 12 * group)
                found.update(range(first, last + 1))
    return found


def _segments(data: bytes, table: int) -> set[int]:
    count = struct.unpack_from(">H", data, table + 6)[0] // 2
    lasts = struct.unpack_from(f">{count}H", data, table + 14)
    firsts = struct.unpack_from(f">{count}H", data, table + 16 + 2 * count)
    return {
        code
        for first, last in zip(firsts, lasts, strict=True)
        if last < 0xFFFF
        for code in range(first, last + 1)
    }


def only(known: set[int], text: str) -> tuple[str, bool]:
    """The text with a box for each letter that has no picture, and whether there was one."""
    strange = {ord(letter) for letter in text} - known - {ord("\n")}
    return (text.translate(dict.fromkeys(strange, BOX)), True) if strange else (text, False)


def compose(paper: str, template: Path, fonts: Path, tokens: Path) -> tuple[bytes, dict[str, Any]]:
    """The PDF, and what it came to: whether it is to the standard, and whether a letter was missing."""
    import typst  # noqa: PLC0415 - after the bounds

    known = {0x20, 0xA0, 0x2060, 0x200B}.union(*(letters(font) for font in fonts.glob("*.ttf")))
    # JSON writes other letters than ASCII as they are, and no key or escape has any
    text, missing = only(known, paper)
    made_at = json.loads(text)["made_at"]
    told = {"tagged": True, "letters": "some" if missing else "all"}
    said = {"paper": text, "letters": str(told["letters"]), "tokens": tokens.read_text(encoding="utf-8")}

    def run(*, tagged: bool) -> bytes:
        return typst.compile(
            template,
            root=template.parent,
            font_paths=[fonts],
            ignore_system_fonts=True,
            sys_inputs=said | {"tagged": "yes" if tagged else "no"},
            pdf_standards=["ua-1"] if tagged else [],
            timestamp=made_at,
        )

    try:
        return run(tagged=True), told
    except typst.TypstError as error:
        if "PDF/UA" not in error.diagnostic:
            raise
        return run(tagged=False), told | {"tagged": False, "why": error.diagnostic[:1000]}


def main() -> int:
    """Do it; the exit code says how it went."""
    seconds, megabytes = int(sys.argv[1]), int(sys.argv[2])
    bound(seconds, megabytes)
    try:
        paper = sys.stdin.buffer.read().decode()
        pdf, told = compose(paper, *map(Path, sys.argv[3:6]))
    except Exception as error:  # noqa: BLE001 - whatever it is, the caller is told and nothing goes on
        why = getattr(error, "diagnostic", None) or repr(error)
        sys.stderr.write(json.dumps({"why": str(why)[:2000]}) + "\n")
        return FAILED
    sys.stdout.buffer.write(pdf)
    sys.stdout.buffer.flush()
    sys.stderr.write(json.dumps(told) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
