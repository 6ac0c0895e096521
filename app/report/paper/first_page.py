"""Page 1 of the paper: complete by itself, and on one page. Pure.

Long wordings are shortened here and stand in full inside; of the answers the template sets as many
as there is room for, and says how many are left out.
"""

from collections.abc import Iterator

from app.core.planned import Kind
from app.report.model import Missing, Report, Said
from app.report.paper.blocks import Answer, Block, FirstPage, Heading, Line, Para, Points, Run
from app.report.paper.pen import Pen, question_anchor

TITLE_MAX = 200
QUESTION_MAX = 160
OPTION_MAX = 120
ASKED_OF_MAX = 500
NAMES_MAX = 240


def first_page(pen: Pen, report: Report, *, insecure: bool) -> FirstPage:
    """Page 1."""
    plan = report.plan
    w = pen.w
    answers = tuple(_answer(pen, lines) for lines in report.said)
    left_out = [
        (pen.t("report.said_elsewhere", count=n, quiet=True),) if n else ()
        for n in range(report.said_elsewhere, report.said_elsewhere + len(answers) + 1)
    ]
    place = (pen.said(plan.place, most=OPTION_MAX), pen.run(", ")) if plan.place else ()
    return FirstPage(
        marks=tuple(_marks(pen, report, insecure=insecure)),
        eyebrow=(pen.t("paper.summary"),),
        title=(pen.said(plan.title, most=TITLE_MAX),),
        where=(*place, pen.run(f"{w.t('report.sentence', text=w.date(plan.date))} {edition(pen, report)}")),
        head=tuple(_head(pen, report)),
        said=(pen.t("report.said"),),
        answers=answers,
        more=tuple(left_out),
        tail=tuple(_tail(pen, report)),
    )


def edition(pen: Pen, report: Report) -> str:
    """Which edition this is: for whom, of what time, after how many events."""
    kind = pen.w.t("report.sentence", text=pen.w.t(f"report.edition_{report.edition}"))
    return f"{kind} {pen.w.t('report.edition', count=report.offset, moment=pen.w.moment(report.at_ms))}"


def _marks(pen: Pen, report: Report, *, insecure: bool) -> Iterator[Line]:
    if report.rehearsal:
        yield (pen.t("report.rehearsal"),)
    if report.preliminary:
        yield (pen.t("report.preliminary"),)
    if report.personal:
        yield (pen.t("report.personal"),)
    if insecure:
        yield (pen.t("report.insecure"),)


def _head(pen: Pen, report: Report) -> Iterator[Block]:
    figures, plan, t = report.figures, report.plan, pen.w.t
    tables = t("count.tables", count=figures["room/tables/attended"].n)
    came = [
        t("report.attended", count=figures["room/attended"].n, tables=tables),
        t("report.seats_taken", count=figures["room/seats"].n, taken=figures["room/attended"].n),
    ]
    if figures["room/heads"].base:
        heads = figures["room/heads"]
        came.append(t("report.heads", count=heads.base or 0, heads=heads.n))
    came.append(t("report.came", how=t(f"report.came_by.{plan.recruitment}")))
    yield Para((pen.run(" ".join(came)),))
    level = t("report.promised_level", level=t(f"level.{plan.level}"))
    yield Para((pen.run(f"{level} ", bold=True), pen.t(f"level_promise.{plan.level}")))


def _answer(pen: Pen, lines: tuple[Said, ...]) -> Answer:
    result = lines[0].result
    question = pen.said(result.title, quiet=True, to=question_anchor(result.id), most=QUESTION_MAX)
    said: list[Line] = []
    for line in lines:
        rank = f"{pen.w.number(line.rank.n)}. " if line.rank else ""
        words = (pen.run(rank), pen.said(line.text, bold=True, most=OPTION_MAX), pen.run(" "))
        figure = pen.run(figure_of(pen, line))
        said.append((*words, figure) if line.text else (figure,))
    return Answer(question, tuple(said))


def figure_of(pen: Pen, line: Said) -> str:
    """The figure of an answer, with its base."""
    w, figure = pen.w, line.figure
    if figure is None:
        return w.percent(None)
    base = figure.base or 0
    if line.result.kind is Kind.NUMBER:
        unit = f" {w.text(line.result.unit).text}" if line.result.unit else ""
        return w.t("report.mean_of", mean=f"{w.exact(figure)}{unit}", count=base)
    if line.result.kind is Kind.RATING:
        top = max(line.result.rows[0].steps, key=lambda step: step.value)
        step = w.text(top.text).text if top.text else w.number(top.value)
        return w.t("report.share_of_raters", share=w.in_words(figure), count=base, step=step)
    return w.t("report.share_of", share=w.in_words(figure), count=base)


def _tail(pen: Pen, report: Report) -> Iterator[Block]:
    yield Heading(2, (pen.t("report.dissent"),))
    yield _dissent(pen, report)
    minority = report.figures["ideas/kind/minority"].n
    yield Para((pen.t("report.minority_count", count=minority),))
    yield Heading(2, (pen.t("report.who"),))
    yield from _who(pen, report)
    yield Heading(2, (pen.t("report.sure"),))
    yield Para((pen.run(" ".join(_sure(pen, report))),))
    yield Heading(2, (pen.t("report.asked_of"),))
    yield Para(tuple(_asked_of(pen, report)))


def _sure(pen: Pen, report: Report) -> Iterator[str]:
    """What the figures rest on: how many answered, what was corrected, what hands and a recount say."""
    t, fewest = pen.w.t, report.fewest_answers
    if fewest is not None and fewest.voted and fewest.present:
        yield t("report.sure_fewest", count=fewest.voted.n, present=fewest.present.n)
    yield t(
        "report.sure_record", errata=len(report.errata), voided=len(report.voided), again=len(report.again)
    )
    hands = [
        t("report.sure_hands", agreed=sample.agreed.n, pairs=sample.pairs.n)
        for sample in report.samples
        if sample.pairs and sample.agreed
    ]
    yield from hands or [t("report.sure_no_hands")]
    yield t("report.sure_recount")


def _dissent(pen: Pen, report: Report) -> Para:
    against = report.dissent
    if against is None or against.figure is None:
        return Para((pen.t("report.dissent_none"),))
    share = pen.w.t("report.share_of", share=pen.w.in_words(against.figure), count=against.figure.base or 0)
    to = question_anchor(against.result.id)
    title = pen.said(against.result.title, quiet=True, to=to, most=QUESTION_MAX)
    words = pen.said(against.text, bold=True, most=OPTION_MAX)
    return Para((title, pen.run("\n"), words, pen.run(f": {share}")))


def _who(pen: Pen, report: Report) -> Iterator[Block]:
    census, compared = report.plan.census, any(result.compared for result in report.demographics)
    if census and compared:
        yield Para((against_census(pen, report),))
    if report.missing:
        yield Points(tuple(_gap(pen, gap) for gap in report.missing))
    else:
        none = "missing_none" if compared else "not_compared" if census else "no_census"
        yield Para((pen.t(f"report.{none}"),))


def against_census(pen: Pen, report: Report) -> Run:
    """What the room is compared with."""
    census = report.plan.census
    assert census is not None, "compared with a census"
    w = pen.w
    return pen.t(
        "report.against_census",
        census=w.text(census.name).text,
        population=w.text(census.population).text,
        year=w.year(census.year),
    )


def _gap(pen: Pen, gap: Missing) -> Line:
    w = pen.w
    line = w.t(
        "report.missing_line",
        group=w.text(gap.group).text,
        room=w.in_words(gap.room),
        census=w.in_words(gap.census),
        points=w.points(gap.difference),
    )
    base = pen.t("report.comparable", count=gap.room.base or 0, quiet=True)
    return (pen.said(gap.question, quiet=True, most=QUESTION_MAX), pen.run(f" {line} "), base)


def _asked_of(pen: Pen, report: Report) -> Iterator[Run]:
    plan = report.plan
    yield pen.said(plan.asked_of, most=ASKED_OF_MAX) if plan.asked_of else pen.t("report.asked_of_none")
    if plan.decision_makers:
        names = ", ".join(pen.w.text(who).text for who in plan.decision_makers)
        short = names if len(names) <= NAMES_MAX else f"{names[: NAMES_MAX - 1]}…"
        named = f"{pen.w.t('report.decision_makers')}: {short}"
        yield pen.run(f" {pen.w.t('report.sentence', text=named)}")
    if plan.results_due:
        yield pen.run(f" {pen.w.t('report.results_due', date=pen.w.date(plan.results_due))}")
