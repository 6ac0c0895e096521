"""The letter before page 1, where the plan asks for one. Pure.

A memorandum (บันทึกข้อความ) goes to the head of one's own office, a letter (หนังสือนำส่ง) to another
agency. The parts and their order are those of Thai official correspondence.
"""

from app.core.planned import CoverKind, PlannedReport
from app.report.model import Report
from app.report.paper.blocks import Cover, Line, Run
from app.report.paper.first_page import ASKED_OF_MAX
from app.report.paper.pen import Pen


def cover(pen: Pen, report: Report) -> Cover | None:
    """The letter, or nothing where the plan asks for none."""
    planned = report.plan.report
    if planned is None or planned.cover is None:
        return None
    kind, w = planned.cover, pen.w
    memo = kind is CoverKind.MEMO
    return Cover(
        kind=kind.value,
        name=(pen.t("paper.memo"),) if memo else (),
        rows=tuple(_rows(pen, report, planned)),
        office_name=(pen.t("paper.office"),),
        office=(pen.said(planned.office),) if planned.office else (),
        number=(pen.t("paper.number", bold=True), pen.run(f" {w.digits(planned.number or '')}")),
        date_name=(pen.t("paper.date"),),
        date=(pen.run(w.day(report.at_ms)),),
        body=tuple(_body(pen, report)),
        regards=() if memo else (pen.t("paper.regards"),),
        signed=tuple((pen.said(text),) for text in (planned.signed_by, planned.position) if text),
        contact=(pen.said(planned.contact),) if planned.contact else (),
    )


def _rows(pen: Pen, report: Report, planned: PlannedReport) -> list[tuple[Line, Line]]:
    """Subject, addressee, and what is enclosed."""
    title = pen.w.text(report.plan.title).text
    to: Line = (pen.said(planned.to),) if planned.to else pen.listed(report.plan.decision_makers)
    rows: list[tuple[Line, Line]] = [
        ((pen.t("paper.subject"),), (pen.t("paper.subject_is", title=title),)),
        ((pen.t("paper.to"),), to),
    ]
    if planned.cover is CoverKind.LETTER:
        rows.append(((pen.t("paper.enclosed"),), (pen.t("paper.enclosed_is"),)))
    return rows


def _body(pen: Pen, report: Report) -> list[Line]:
    plan, w = report.plan, pen.w
    place = f" {w.t('paper.at_place', place=w.text(plan.place).text)}" if plan.place else ""
    tables = w.t("count.tables", count=report.figures["room/tables/attended"].n)
    opening = w.t(
        "paper.opening",
        title=w.text(plan.title).text,
        date=w.date(plan.date),
        place=place,
        count=report.figures["room/attended"].n,
        tables=tables,
    )
    enclosing: list[Run] = [pen.t("paper.enclosing")]
    if plan.asked_of:
        enclosing += [pen.run(" "), pen.said(plan.asked_of, most=ASKED_OF_MAX)]
    close = w.t("paper.close")
    if plan.results_due:
        close = w.t("paper.close_due", date=w.date(plan.results_due))
    return [(pen.run(opening),), tuple(enclosing), (pen.run(close),)]
