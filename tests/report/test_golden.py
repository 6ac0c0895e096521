"""At stake: a report of an old log says tomorrow what it said today.

The golden files are a whole small day (`hall.day`): its figures, and page 1 in both languages. When a
change is meant, `REWRITE_GOLDEN=1 pytest tests/report/test_golden.py` writes them anew, and the
difference is reviewed.
"""

import os
import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from app.report.figures import figures_json
from app.report.model import Edition, Head, Report
from app.report.outline import outline
from app.report.render_html import report_html
from tests.report.hall import day

GOLDEN = Path(__file__).parents[1] / "golden"


@pytest.fixture
async def report() -> Report:
    return replace(outline((await day()).meeting, Edition.PUBLIC), heads=(Head(1, "ab" * 32),))


def same(name: str, found: str) -> None:
    path = GOLDEN / name
    if os.environ.get("REWRITE_GOLDEN"):
        path.write_text(found, encoding="utf-8")
    assert found == path.read_text(encoding="utf-8")


async def test_the_figures_of_the_day(report: Report) -> None:
    same("report-figures.json", figures_json(report.figures).decode().replace("},{", "},\n{") + "\n")


@pytest.mark.parametrize("language", ["en", "th"])
async def test_page_1_of_the_day(report: Report, language: str) -> None:
    page = report_html(report, language).split('<section class="first-page">')[1].split("</section>")[0]
    lines = (re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", line))).strip() for line in page.split("\n"))
    same(f"report-page-1.{language}.txt", "\n".join(line for line in lines if line) + "\n")
