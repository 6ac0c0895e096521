"""At stake: what the documents name is there, and what they show is what the program speaks."""

import ast
import io
import re
import tokenize
from pathlib import Path

import pytest

from app.realtime import wire

ROOT = Path(__file__).parents[1]
DOCS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")
NAMED = re.compile(r"`((?:app|tests|docs|scripts|static|templates|loadtest)/[\w./-]+|[\w-]+\.(?:md|toml))`")
FRAME = re.compile(r"^([CS]) (\{.+\})$", re.MULTILINE)
DECISION = re.compile(r"[0-9]{4}-[a-z0-9-]+\.md")
NAMED_IN_CODE = re.compile(r"(?<![\w/.-])[\w./-]*\w\.md\b")
LABEL = re.compile(r"(?<!\*)\*([^*\s][^*]*)\*(?!\*)")
TEST = re.compile(r"`(test_\w+)`")
SOURCES = sorted(
    path
    for folder, pattern in [("app", "*.py"), ("tests", "*.py"), ("loadtest", "*.py"), ("static/js", "*.js"),
                            ("static/css", "*.css")]
    for path in (ROOT / folder).rglob(pattern)
)  # fmt: skip
NEAR = (ROOT, ROOT / "templates" / "report")
"""From where a file may be named in a source; the second is what an export has beside `verify.py`."""
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


def not_labels(text: str) -> list[str]:
    """What stands in slanted letters and is no text of the pages."""
    catalogue = (ROOT / "app/locales/en.po").read_text(encoding="utf-8")
    labels = set(re.findall(r'^msgid "(?:command|fate|ui)\..*\nmsgstr "(.*)"$', catalogue, re.MULTILINE))
    assert len(labels) > 60
    return [each for each in LABEL.findall(text) if each not in labels]


def test_every_label_in_the_guide_is_on_a_page_word_for_word() -> None:
    text = (ROOT / "docs/run-a-day.md").read_text(encoding="utf-8")
    assert len(LABEL.findall(text)) > 20
    assert not_labels(text) == []
    assert not_labels("*Open the vote*, **bold**, *Open\nvoting*") == ["Open\nvoting"]


def words(path: Path, source: str) -> str:
    """What a source says to its reader: docstrings and comments; of what is not Python, all of it."""
    if path.suffix != ".py":
        return source
    said = [
        node.value.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    ]
    said += [
        token.string
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    ]
    return "\n".join(said)


def missing(path: Path, source: str) -> list[str]:
    """The documents that a source names and that are not there."""
    named = NAMED_IN_CODE.findall(words(path, source))
    return [name for name in named if not any((folder / name).is_file() for folder in (*NEAR, path.parent))]


def test_every_document_that_a_source_names_is_there() -> None:
    lacking = {name(path): missing(path, path.read_text(encoding="utf-8")) for path in SOURCES}
    assert len(lacking) > 100
    assert {path: names for path, names in lacking.items() if names} == {}


def test_control_a_document_that_is_not_there_would_be_seen() -> None:
    python = '"""As docs/rules.md says, and notes.md."""\nat = "page.md"  # (docs/lost.md, Ballots)\n'
    assert missing(ROOT / "app" / "x.py", python) == ["notes.md", "docs/lost.md"]
    assert missing(ROOT / "static" / "js" / "x.js", "/* `lost.md` 4.6 */") == ["lost.md"]


@pytest.mark.parametrize("path", DOCS, ids=name)
def test_every_test_that_is_named_is_there(path: Path) -> None:
    tests = "\n".join(source.read_text(encoding="utf-8") for source in ROOT.glob("tests/**/*.py"))
    there = set(re.findall(r"^(?:async )?def (test_\w+)", tests, re.MULTILINE))
    named = TEST.findall(path.read_text(encoding="utf-8"))
    assert [test for test in named if test not in there] == []
    assert TEST.findall("shown by `test_that_was_renamed`") == ["test_that_was_renamed"]


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
