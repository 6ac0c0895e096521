"""The whole paper: its parts, one a language, each complete. Pure."""

from collections.abc import Sequence

from app.report.model import Report
from app.report.paper.blocks import Paper, Part
from app.report.paper.cover import cover
from app.report.paper.first_page import edition, first_page
from app.report.paper.pen import Pen, places_of, shortened
from app.report.paper.sections import sections
from app.report.words import words

HEAD_DIGITS = 16
RUNNING_TITLE_MAX = 70


def paper(
    report: Report, languages: Sequence[str], *, thai_digits: bool = False, insecure: bool = False
) -> Paper:
    """The report as paper.

    Args:
        report: What to say.
        languages: In which languages, one part each, in this order.
        thai_digits: Whether numbers and dates are written ๐-๙.
        insecure: Whether the server is used over a network without TLS, which the report then says.
    """
    places = places_of(report)
    pens = [Pen(words(report.plan, language, thai_digits=thai_digits), places) for language in languages]
    parts = tuple(_part(pen, report, insecure=insecure) for pen in pens)
    titles = dict.fromkeys(part.title for part in parts)
    return Paper(" · ".join(titles), report.at_ms // 1000, thai_digits, parts)


def _part(pen: Pen, report: Report, *, insecure: bool) -> Part:
    w = pen.w
    title = w.text(report.plan.title).text
    marks = [w.t("paper.rehearsal_mark")] if report.rehearsal else []
    marks += [w.t("paper.preliminary_mark")] if report.preliminary else []
    marks += [w.t("paper.personal_mark")] if report.personal else []
    head = f" · {report.heads[-1].hash[:HEAD_DIGITS]}" if report.heads else ""
    return Part(
        lang=w.language,
        title=f"{title} · {w.t('report.heading')}",
        running=f"{shortened(title, RUNNING_TITLE_MAX)} · {w.t('report.heading')}",
        short_mark=" · ".join(marks),
        edition=edition(pen, report) + head,
        page_of=w.t("paper.page_of", page="{page}", pages="{pages}"),
        page_ref=w.t("paper.page_ref", page="{page}"),
        contents=(pen.t("paper.contents"),),
        nothing_said=(pen.t("report.said_nothing"),),
        no_letters=w.t("paper.no_letters"),
        not_tagged=w.t("paper.not_tagged"),
        together=w.together,
        first_page=first_page(pen, report, insecure=insecure),
        body=tuple(sections(pen, report)),
        cover=cover(pen, report),
    )
