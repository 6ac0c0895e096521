"""From a paper to a PDF, in a child process that is bounded in time and memory.

The child shares nothing with this process: a paper that breaks it, or on which it would go on for
ever, costs one report and no vote. Blocks its thread: a server calls it in one of its own.
"""

import json
import logging
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from app.core.planned import PlannedMeeting
from app.i18n import available
from app.report.model import Report
from app.report.paper.blocks import Paper
from app.report.paper.whole import paper
from app.report.render_html import ROOT, TEMPLATES, TOKENS

logger = logging.getLogger(__name__)

COMPOSITOR = Path(__file__).with_name("compositor.py")
TEMPLATE = TEMPLATES / "report.typ"
PRINT_FONTS = ROOT / "static" / "vendor" / "print"
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a child may use: seconds on the clock, and megabytes of address space."""

    seconds: int = 120
    megabytes: int = 2048


class TypesetFault(Exception):
    """No PDF could be made; `slow` where it took longer than it may."""

    def __init__(self, why: str, *, slow: bool = False) -> None:
        super().__init__(why)
        self.slow = slow


@dataclass(frozen=True, slots=True)
class Typeset:
    """A PDF. `tagged` says whether it is to PDF/UA-1, `complete` whether there was type for every letter."""

    pdf: bytes
    tagged: bool
    complete: bool


def typeset(
    paper: Paper, bounds: Bounds = Bounds(), *, template: Path = TEMPLATE, compositor: Path = COMPOSITOR
) -> Typeset:
    """Make the PDF of a paper.

    Args:
        paper: What to set.
        bounds: What it may cost.
        template: What it looks like.
        compositor: The program that the child runs.

    Raises:
        TypesetFault: The child failed, or was ended.
    """
    arguments = [str(bounds.seconds), str(bounds.megabytes), str(template), str(PRINT_FONTS), str(TOKENS)]
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-B", str(compositor), *arguments],
            input=msgspec.json.encode(paper),
            capture_output=True,
            timeout=bounds.seconds,
            env=ENVIRONMENT,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise TypesetFault(f"the compositor took more than {bounds.seconds} s", slow=True) from error
    except OSError as error:
        raise TypesetFault(f"the compositor could not be started: {error}") from error
    told = _told(done.stderr)
    if done.returncode or not done.stdout.startswith(b"%PDF-"):
        why = told.get("why") or done.stderr.decode("utf-8", "replace")[-500:]
        raise TypesetFault(f"the compositor ended with {done.returncode}: {why}")
    if not told["tagged"]:
        logger.warning("the PDF is not to PDF/UA-1: %s", told.get("why"))
    return Typeset(done.stdout, bool(told["tagged"]), told["letters"] == "all")


def _told(said: bytes) -> dict[str, object]:
    try:
        found = json.loads(said.splitlines()[-1])
    except (ValueError, IndexError):
        return {}
    return found if isinstance(found, dict) else {}


def report_pdf(
    report: Report, languages: Sequence[str], *, thai_digits: bool = False, insecure: bool = False,
    bounds: Bounds = Bounds(),
) -> bytes:  # fmt: skip
    """The report as PDF; see `app.report.paper.whole.paper`.

    Raises:
        TypesetFault: It could not be made.
    """
    return typeset(paper(report, languages, thai_digits=thai_digits, insecure=insecure), bounds).pdf


def pdf_languages(plan: PlannedMeeting) -> tuple[str, ...]:
    """The languages that a report can be in, the meeting's first ones first."""
    own = [language for language in plan.languages if language in available()]
    return tuple(dict.fromkeys((*own, *available())))


def thai_digits_of(plan: PlannedMeeting, languages: Sequence[str]) -> bool:
    """Whether the plan has ๐-๙ in a report in these languages: only in one that is in Thai alone."""
    return plan.report is not None and plan.report.thai_digits and tuple(languages) == ("th",)
