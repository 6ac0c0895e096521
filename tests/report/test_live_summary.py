"""At stake: the page that is open during the day says what the report will say.

The browser makes page 1 from the results on the channel `public`, by `static/js/models/summary.js`. Here the
golden day's channel and what the report makes of it are written down; tests/js/summary.test.js reads both.
"""

import json
from typing import Any

from app.core import views
from app.report.model import Edition, Report, Said
from app.report.outline import outline
from tests.report.hall import day
from tests.report.test_golden import same


def said(line: Said) -> list[Any]:
    return [
        line.result.id,
        line.option,
        line.figure.share if line.figure else None,
        line.rank and line.rank.n,
    ]


def told(report: Report) -> dict[str, Any]:
    return {
        "said": [[said(line) for line in lines] for lines in report.said],
        "dissent": said(report.dissent)[:3] if report.dissent else None,
        "missing": [[gap.group, gap.room.share, gap.census.share] for gap in report.missing],
    }


async def test_the_channel_of_the_golden_day_and_what_the_report_makes_of_it() -> None:
    meeting = (await day()).meeting
    channel = views.snapshot(meeting, "public")
    golden = {"channel": channel, "report": told(outline(meeting, Edition.PUBLIC))}
    same("report-live.json", json.dumps(golden, ensure_ascii=False, indent=1, default=str) + "\n")
