"""At stake: what the documents name is there, and what they show is what the program speaks."""

import re
from pathlib import Path

import pytest

from app.realtime import wire

ROOT = Path(__file__).parents[1]
DOCS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")
NAMED = re.compile(r"`((?:app|tests|docs|scripts|static|templates|loadtest)/[\w./-]+|[\w-]+\.(?:md|toml))`")
FRAME = re.compile(r"^([CS]) (\{.+\})$", re.MULTILINE)
DECISION = re.compile(r"[0-9]{4}-[a-z0-9-]+\.md")
PARTS = ("Context", "Decision", "Consequences", "Alternatives")


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", DOCS, ids=name)
def test_every_link_leads_to_a_file(path: Path) -> None:
    assert [
        to for to in LINK.findall(path.read_text(encoding="utf-8")) if not (path.parent / to).exists()
    ] == []


@pytest.mark.parametrize("path", [path for path in DOCS if path.name != "CHANGELOG.md"], ids=name)
def test_every_file_that_is_named_is_there(path: Path) -> None:
    named = NAMED.findall(path.read_text(encoding="utf-8"))
    near = (ROOT, path.parent)
    assert [file for file in named if not any((folder / file).exists() for folder in near)] == []


def test_the_frames_of_the_worked_example_are_frames_of_the_contract() -> None:
    frames = FRAME.findall((ROOT / "docs/wire.md").read_text(encoding="utf-8"))
    assert len(frames) > 15
    for who, frame in frames:
        if who == "C":
            wire.read_client(frame.encode())
        else:
            assert wire.read_server(frame.encode()) is not None


def test_a_frame_that_is_not_of_the_contract_would_be_seen() -> None:
    with pytest.raises(Exception, match="voting"):
        wire.read_client(b'{"t":"voting","id":"cmd_00000000000000000000000000000001"}')


def test_decision_records_are_numbered_and_have_their_parts() -> None:
    records = [path for path in sorted((ROOT / "docs/decisions").glob("*.md")) if path.name != "README.md"]
    listed = (ROOT / "docs/decisions/README.md").read_text(encoding="utf-8")
    assert [int(path.name[:4]) for path in records] == list(range(1, len(records) + 1))
    for path in records:
        assert DECISION.fullmatch(path.name)
        text = path.read_text(encoding="utf-8")
        assert [part for part in PARTS if f"**{part}.**" not in text] == [], path.name
        assert f"({path.name})" in listed
        assert text.partition("\n")[0].removeprefix(f"# {path.name[:4]}. ") in listed
