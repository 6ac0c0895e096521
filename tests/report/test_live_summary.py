"""At stake: the page that is open during the day says what the report will say.

The browser makes page 1 from the results on the channel `public`, by `static/js/models/summary.js`. Here the
golden day's channel and what the report makes of it are written down; tests/js/summary.test.js reads both.
"""

import json
from typing import Any

from app.core import views
from app.core.planned import Kind
from app.report.model import Edition, Report, Said
from app.report.outline import outline
from app.report.render_html import report_html
from tests.report.hall import Hall, day, plan, question, read
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


async def test_what_was_rated_stands_in_one_order_on_the_page_and_on_paper() -> None:
    hall = Hall(plan(questions=(question("works", Kind.RATING, "a", "b", "c", "d"),))).start()
    rated = {"1-2": {"a": 0, "b": 1, "c": 1}, "1-3": {"a": -1, "b": 1, "c": 1}}
    await hall.ask("works", rated)
    on_page = views.snapshot(hall.meeting, "public")["result/works"]["options"]
    (result,) = outline(hall.meeting).other_results
    order = [row.option for row in result.ranked]
    assert order == ["b", "c", "a", "d"], "best first, equals as they were asked, what nobody rated last"
    assert order == [option["id"] for option in sorted(on_page, key=lambda option: option["rank"])]
    paper = report_html(outline(hall.meeting), "en")
    rows = paper[paper.index('class="folds rated"') :]
    assert sorted(order, key=lambda option: rows.index(f">Option {option}<")) == order


async def test_a_mean_names_its_scale() -> None:
    hall = await day()
    english, thai = (read(report_html(outline(hall.meeting), language)) for language in ("en", "th"))
    assert "Mean (−1 to 1)" in english
    assert "The mean runs from −1, “disagree”, to 1, “agree”." in english
    assert "ค่าเฉลี่ยมีค่าตั้งแต่ −1 “disagree (ไทย)” ถึง 1 “agree (ไทย)”" in thai
