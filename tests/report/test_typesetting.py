"""At stake: a report that goes wrong costs a report, and not the vote that is open meanwhile."""

import os
import time
from pathlib import Path

import pytest

from app.report.model import Edition
from app.report.outline import outline
from app.report.paper.blocks import Paper
from app.report.paper.whole import paper
from app.report.typesetting import Bounds, TypesetFault, typeset
from tests.report.hall import Hall


@pytest.fixture
def small() -> Paper:
    return paper(outline(Hall().meeting, Edition.PUBLIC), ["en"])


def template(folder: Path, text: str) -> Path:
    path = folder / "other.typ"
    path.write_text(f'#set document(title: "x")\n#set text(lang: "en")\n= A\n{text}', "utf-8")
    return path


def compositor(folder: Path, text: str) -> Path:
    path = folder / "compositor.py"
    path.write_text(text, "utf-8")
    return path


def children() -> set[int]:
    """The processes that this one has started and that have not ended."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            stat = (process / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(stat[1]) == os.getpid() and stat[0] != "Z":
            found.add(int(process.name))
    return found


ENDLESS = "#for i in range(9000) { for j in range(9000) { for k in range(9000) { let x = i * j * k } } }"


def test_a_child_that_goes_on_and_on_is_ended(small: Paper, tmp_path: Path) -> None:
    before, began = children(), time.monotonic()
    with pytest.raises(TypesetFault) as fault:
        typeset(small, Bounds(seconds=3), template=template(tmp_path, ENDLESS))
    assert fault.value.slow
    assert time.monotonic() - began < 60
    assert children() <= before


def test_control_the_same_child_with_less_to_do_ends_by_itself(small: Paper, tmp_path: Path) -> None:
    few = template(tmp_path, ENDLESS.replace("9000", "9"))
    assert typeset(small, Bounds(seconds=60), template=few).pdf.startswith(b"%PDF-")


def test_a_child_that_takes_all_memory_is_ended(small: Paper, tmp_path: Path) -> None:
    greedy = template(tmp_path, '#let x = "0123456789abcdef"\n#for i in range(40) { x = x + x }\n#x.len()')
    with pytest.raises(TypesetFault) as fault:
        typeset(small, Bounds(seconds=60, megabytes=900), template=greedy)
    assert not fault.value.slow
    modest = template(tmp_path, '#let x = "0123456789abcdef"\n#for i in range(9) { x = x + x }\n#x.len()')
    assert typeset(small, Bounds(seconds=60, megabytes=900), template=modest).tagged


def test_a_child_that_crashes_is_a_fault_and_no_more(small: Paper, tmp_path: Path) -> None:
    crashing = "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n"
    with pytest.raises(TypesetFault, match="-11"):
        typeset(small, compositor=compositor(tmp_path, crashing))


def test_a_child_that_says_it_is_well_and_gives_no_pdf_is_a_fault(small: Paper, tmp_path: Path) -> None:
    lying = 'import sys\nsys.stderr.write(\'{"tagged": true, "letters": "all"}\')\nsys.stdout.write("PDF")\n'
    with pytest.raises(TypesetFault, match="ended with 0"):
        typeset(small, compositor=compositor(tmp_path, lying))


def test_a_template_that_does_not_compile_says_where(small: Paper, tmp_path: Path) -> None:
    with pytest.raises(TypesetFault, match="unknown variable"):
        typeset(small, template=template(tmp_path, "#nothing-of-the-kind"))


def test_what_cannot_be_to_the_standard_is_made_all_the_same_and_says_so(
    small: Paper, tmp_path: Path
) -> None:
    skipping = template(tmp_path, "=== From one to three\n#sys.inputs.tagged")
    made = typeset(small, template=skipping)
    assert not made.tagged
    assert typeset(small).tagged


def test_a_child_reads_nothing_outside_its_folder_and_writes_no_file(small: Paper, tmp_path: Path) -> None:
    reading = template(tmp_path, '#read("/etc/passwd")')
    with pytest.raises(TypesetFault, match=r"not found|denied|access"):
        typeset(small, template=reading)
    writing = compositor(
        tmp_path,
        "import sys\nsys.path.insert(0, sys.argv[0].rpartition('/')[0])\n"
        f"sys.argv[0] = 'x'\nimport importlib.util\n"
        f"spec = importlib.util.spec_from_file_location('c', {str(REAL)!r})\n"
        "c = importlib.util.module_from_spec(spec)\nspec.loader.exec_module(c)\n"
        f"c.bound(9, 900)\nopen({str(tmp_path / 'written')!r}, 'w').write('x')\n",
    )
    with pytest.raises(TypesetFault):
        typeset(small, compositor=writing)
    written = tmp_path / "written"
    assert not written.exists() or written.read_bytes() == b""


REAL = Path(__file__).parents[2] / "app" / "report" / "compositor.py"


def test_nothing_of_the_network_is_asked_for(small: Paper, tmp_path: Path) -> None:
    """A package would have to be fetched: it is refused, since no package is ever fetched."""
    with pytest.raises(TypesetFault):
        typeset(small, Bounds(seconds=20), template=template(tmp_path, '#import "@preview/cetz:0.3.0"'))
