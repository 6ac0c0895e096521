"""The files and commands of docs/network.md, word for word: what the tests of this folder carry out."""

import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "network.md"
_BLOCK = re.compile(r"^( *)```(\w+)\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)
_NAMED = re.compile(r"`(/etc/[\w./-]+)`:?\s*\Z")


def section(title: str) -> str:
    """The part of the page under a heading, up to the next one of its level."""
    whole = PAGE.read_text(encoding="utf-8")
    level = re.search(rf"^(#+) {re.escape(title)}$", whole, re.MULTILINE)
    assert level is not None, f"there is no {title} in the page"
    rest = whole[level.end() :]
    end = re.search(rf"^#{{1,{len(level[1])}}} ", rest, re.MULTILINE)
    return rest[: end.start()] if end else rest


def commands(title: str) -> list[str]:
    """The lines of the shell blocks of a section, without sudo: the tests are root."""
    blocks = [_text(found) for found in _BLOCK.finditer(section(title)) if found[2] == "sh"]
    return [line.removeprefix("sudo ") for block in blocks for line in block.splitlines()]


def command(title: str, beginning: str) -> str:
    """The one command of a section that begins so."""
    [found] = {line for line in commands(title) if beginning in line}
    return found


def files(title: str) -> list[tuple[str, str]]:
    """The files of a section, each with its path, in order."""
    text, found = section(title), []
    for block in _BLOCK.finditer(text):
        if block[2] != "sh":
            named = _NAMED.search(text[: block.start()].rstrip())
            assert named is not None, f"a file without its path:\n{block[0]}"
            found.append((named[1], _text(block)))
    return found


def _text(block: "re.Match[str]") -> str:
    return "".join(line.removeprefix(block[1]) for line in block[3].splitlines(keepends=True))
