"""The sections of the paper after page 1, in the order of the report. Pure."""

from collections.abc import Iterable, Iterator

from app.core.ids import Text
from app.report.model import (
    AgendaLine,
    AskedAgain,
    IdeaLine,
    Note,
    PublishedTheme,
    Report,
    Restored,
    SampleLine,
    SeatsChanged,
    Topic,
    Trail,
    VoidedRound,
)
from app.report.paper.blocks import (
    Aside,
    Block,
    Cell,
    Column,
    Facts,
    Heading,
    Idea,
    Ideas,
    Line,
    Para,
    Points,
    Quotes,
    Run,
    Table,
)
from app.report.paper.first_page import ASKED_OF_MAX, against_census
from app.report.paper.pen import Pen, idea_anchor, question_anchor, theme_anchor
from app.report.paper.results import result
from app.report.results import Result


def sections(pen: Pen, report: Report) -> Iterator[Block]:
    """Everything after the contents."""
    trail = Trail(report)
    yield from _attendance(pen, report)
    yield from _goals(pen, report)
    yield from _topics(pen, report, trail)
    yield from _results(pen, "report.priorities", report.priorities)
    yield from _results(pen, "report.evaluation", report.evaluation)
    yield from _next(pen, report)
    yield from _record(pen, report)
    yield from _agenda(pen, report)
    yield from _method(pen, report)
    if report.personal:
        yield from _annex(pen, report, trail)


def _section(pen: Pen, key: str, *, fresh: bool = False) -> Heading:
    return Heading(1, (pen.t(key),), listed=True, fresh=fresh)


def _attendance(pen: Pen, report: Report) -> Iterator[Block]:
    figures = report.figures
    yield _section(pen, "report.attendance")
    rows = [(pen.t(f"standing.{s}"), f"room/standing/{s}/attended", f"room/standing/{s}/seats")
            for s in report.standings]  # fmt: skip
    rows.append((pen.t("report.all", bold=True), "room/attended", "room/seats"))
    columns = (
        Column((pen.t("report.column.standing"),)),
        Column((pen.t("report.column.attended"),), "number"),
        Column((pen.t("report.column.seats"),), "number"),
    )
    yield Table(
        columns,
        tuple(
            (Cell((name,)), Cell(pen.count(figures[came])), Cell(pen.count(figures[seats])))
            for name, came, seats in rows
        ),
    )
    if report.plan.census and any(r.compared for r in report.demographics):
        yield Para((against_census(pen, report),))
    for each in report.demographics:
        yield from result(pen, each, 2)


def _goals(pen: Pen, report: Report) -> Iterator[Block]:
    yield _section(pen, "report.goals")
    yield Para(pen.or_not(report.plan.purpose))
    if report.plan.not_open:
        title = pen.run(f"{pen.w.t('report.not_open')}: ", bold=True)
        yield Para((title, pen.said(report.plan.not_open)))


# --- topics ------------------------------------------------------------------------------------


def _topics(pen: Pen, report: Report, trail: Trail) -> Iterator[Block]:
    if not (report.topics or report.other_results):
        return
    yield _section(pen, "report.topic")
    for topic in report.topics:
        yield from _topic(pen, report, topic, trail)
    if report.other_results:
        yield Heading(2, (pen.t("report.other_questions"),), listed=True)
        for each in report.other_results:
            yield from result(pen, each, 3)


def _topic(pen: Pen, report: Report, topic: Topic, trail: Trail) -> Iterator[Block]:
    yield Heading(2, (pen.said(topic.title),), f"item-{topic.item}", listed=True)
    if topic.ideas and topic.tables and topic.minority:
        counted = _from_tables(pen, topic.ideas.n, topic.tables.n)
        minority = pen.w.t("report.minority_here", count=topic.minority.n)
        yield Para((pen.run(f"{pen.w.t('report.sentence', text=counted)} {minority}"),), keep=True)
    if topic.themes:
        yield Heading(3, (pen.t("report.themes"),))
        for theme in topic.themes:
            yield from _theme(pen, theme, trail)
    for each in topic.results:
        yield from result(pen, each, 3)
    if topic.minority_views or (topic.minority and topic.minority.n):
        yield Aside(tuple(_minority(pen, report, topic)))


def _from_tables(pen: Pen, ideas: int, tables: int) -> str:
    return pen.w.t("count.ideas_from_tables", count=ideas, tables=pen.w.t("count.tables", count=tables))


def _theme(pen: Pen, theme: PublishedTheme, trail: Trail) -> Iterator[Block]:
    counted = pen.run(f"  {_from_tables(pen, theme.ideas.n, theme.tables.n)}", quiet=True)
    yield Para(
        (pen.said(theme.title, bold=True), counted), keep=bool(theme.quotes), anchor=theme_anchor(theme.id)
    )
    if theme.quotes:
        yield Quotes(tuple(pen.quote(quote) for quote in theme.quotes))
    if theme.filed:
        numbers = [
            pen.run(pen.w.number(trail.numbers[idea]), to=idea_anchor(idea))
            for idea in trail.in_order(theme.filed)
        ]
        yield Para((pen.t("report.trail"), pen.run(" "), *pen.between(numbers)), quiet=True)


def _minority(pen: Pen, report: Report, topic: Topic) -> Iterator[Block]:
    yield Heading(3, (pen.t("report.minority"),))
    if not topic.minority_views:
        assert topic.minority is not None, "an aside has views or a count"
        yield Para((pen.t("report.minority_unpublished", count=topic.minority.n),), quiet=True)
        return
    if not report.personal:
        yield Para((pen.t("report.minority_public"),), quiet=True)
    yield Quotes(tuple(pen.quote(quote) for quote in topic.minority_views))


def _results(pen: Pen, key: str, results: tuple[Result, ...]) -> Iterator[Block]:
    if results:
        yield _section(pen, key)
    for each in results:
        yield from result(pen, each, 2)


# --- what follows, and the record ------------------------------------------------------------


def _next(pen: Pen, report: Report) -> Iterator[Block]:
    plan = report.plan
    yield _section(pen, "report.next")
    yield Para(pen.or_not(plan.what_next))
    if plan.asked_of and len(pen.w.text(plan.asked_of).text) > ASKED_OF_MAX:
        yield Heading(2, (pen.t("report.asked_of"),), listed=True)
        yield Para((pen.said(plan.asked_of),))
    if report.responses:
        yield Heading(2, (pen.t("report.responses"),), listed=True)
        yield Points(tuple(_note(pen, note) for note in report.responses))
    yield Heading(2, (pen.t("paper.who_made_it"),), listed=True)
    yield Facts(
        (
            ((pen.t("report.organisers"),), pen.listed(plan.organisers)),
            ((pen.t("report.funders"),), pen.listed(plan.funders)),
            ((pen.t("report.decision_makers"),), pen.listed(plan.decision_makers)),
            ((pen.t("report.writers"),), pen.or_not(plan.question_writers)),
            ((pen.t("report.reviewers_for"),), pen.or_not(plan.background_reviewers_for)),
            ((pen.t("report.reviewers_against"),), pen.or_not(plan.background_reviewers_against)),
        )
    )


def _note(pen: Pen, note: Note) -> Line:
    about = (*_titled(pen, note.about), pen.run(" ")) if note.about else ()
    return (*about, pen.said(note.text))


def _titled(pen: Pen, title: Text | None) -> Line:
    """A title, with the mark that parts it from what is said of it."""
    said = pen.said(title, bold=True)
    mark = pen.w.lead(said.text)
    return (said, pen.run(mark, bold=True)) if mark else (said,)


def _record(pen: Pen, report: Report) -> Iterator[Block]:
    yield _section(pen, "report.record")
    yield Heading(2, (pen.t("report.errata"),), listed=True)
    if report.errata:
        yield Points(tuple(_note(pen, note) for note in report.errata))
    else:
        yield Para((pen.t("report.errata_none"),))
    if report.voided:
        yield Heading(2, (pen.t("report.voided"),), listed=True)
        yield Points(tuple(_voided(pen, round_) for round_ in report.voided))
    if report.again:
        yield Heading(2, (pen.t("report.again"),), listed=True)
        yield Points(tuple(_again(pen, round_) for round_ in report.again))
    if report.seats_changed:
        yield Heading(2, (pen.t("report.seats_changed"),), listed=True)
        yield Para((pen.t("report.seats_changed_how"),))
        yield Points(tuple(_seats_changed(pen, round_) for round_ in report.seats_changed))
    if report.samples:
        yield Heading(2, (pen.t("report.samples"),), listed=True)
        yield Para((pen.t("report.samples_how"),))
        yield Points(tuple((pen.run(_sampled(pen, sample)),) for sample in report.samples))
    if report.not_shown:
        yield Heading(2, (pen.t("report.not_shown"),), listed=True)
        for each in report.not_shown:
            yield Para(tuple(_not_shown(pen, each)), anchor=question_anchor(each.id))
    if report.restores:
        yield Heading(2, (pen.t("report.restores"),), listed=True)
        yield Para((pen.t("report.restores_mean"),))
        yield Points(
            tuple(
                (pen.run(f"{pen.w.moment(each.at_ms)}: "), _reason_of(pen, each)) for each in report.restores
            )
        )
    if report.unplaced:
        yield Heading(2, (pen.t("report.unplaced_ballots"),), listed=True)
        yield Para((pen.t("report.unplaced", count=report.unplaced),))
    if report.redactions:
        yield Heading(2, (pen.t("report.removed"),), listed=True)
        yield Para((pen.t("report.redactions", count=report.redactions),))


def _reason_of(pen: Pen, restored: Restored) -> Run:
    return pen.said(restored.reason) if restored.reason else pen.t("report.no_reason")


def _voided(pen: Pen, round_: VoidedRound) -> Line:
    w = pen.w
    told = [
        w.t("report.sentence", text=w.t("report.voided_line", round=round_.number, count=round_.voted)),
        w.done_by(round_.by, round_.asked_by),
    ]
    return (*_titled(pen, round_.title), pen.run(_before(told)), *_why(pen, round_))


def _again(pen: Pen, round_: AskedAgain) -> Line:
    w = pen.w
    was = w.t(f"report.was.{round_.was}")
    line = w.t("report.again_line", round=round_.number, after=round_.after, was=was, count=round_.voted)
    told = [w.t("report.sentence", text=line), w.done_by(round_.by, round_.asked_by), w.t("report.reason")]
    return (*_titled(pen, round_.title), pen.run(_before(told)), pen.said(round_.reason))


def _seats_changed(pen: Pen, round_: SeatsChanged) -> Line:
    w = pen.w
    told = [w.t("report.round", round=round_.round)]
    told += [w.t(f"report.seat_act.{each.act}", count=each.times) for each in round_.acts]
    return (*_titled(pen, round_.title), pen.run(" " + " ".join(told)))


def _before(told: Iterable[str]) -> str:
    """Sentences between a title and what follows them."""
    return f" {' '.join(filter(None, told))} "


def _sampled(pen: Pen, sample: SampleLine) -> str:
    """What a draw of the sample audit came to."""
    w = pen.w
    told = [w.t("report.sample_dice", time=w.moment(sample.at_ms), dice=sample.dice)]
    if sample.pairs is None or sample.agreed is None or sample.missing is None:
        told += [w.t("report.sample_open", entered=sample.entered.n, drawn=sample.drawn.n)]
        return " ".join(told)
    told += [w.t("report.sample_agreed", agreed=sample.agreed.n, pairs=sample.pairs.n)]
    if sample.missing.n:
        told += [w.t("report.sample_missing", count=sample.missing.n)]
    return " ".join((*told, w.t("report.sample_most", share=w.in_words(sample.differ_at_most))))


def _why(pen: Pen, round_: VoidedRound) -> Line:
    if round_.taken_back:
        return (pen.t("report.taken_back"),)
    if round_.key_lost:
        return (pen.t("report.key_lost"),)
    return (pen.run(f"{pen.w.t('report.reason')} "), pen.said(round_.reason))


def _not_shown(pen: Pen, result: Result) -> Iterator[Run]:
    yield from _titled(pen, result.title)
    if result.voted and result.present:
        yield pen.run(f" {pen.w.t('report.voted_of', count=result.present.n, voted=result.voted.n)}")


def _agenda(pen: Pen, report: Report) -> Iterator[Block]:
    yield _section(pen, "report.agenda")
    kinds = {"item": "text", "starts_at": "number", "minutes": "number", "extended": "number",
             "state": "short", "begun": "number", "done": "number"}  # fmt: skip
    columns = tuple(Column((pen.t(f"report.column.{name}"),), kind) for name, kind in kinds.items())
    yield Table(columns, tuple(_agenda_row(pen, report, line) for line in report.agenda))


def _agenda_row(pen: Pen, report: Report, line: AgendaLine) -> tuple[Cell, ...]:
    w, day = pen.w, report.plan.date
    state: Line = (pen.t(f"report.item.{line.state}"),)
    if line.reason:
        state = (*state, pen.run(": "), pen.said(line.reason))
    added = pen.number(line.extended_minutes) if line.extended_minutes else ()
    return (
        Cell((pen.said(line.title),)),
        Cell((pen.run(w.planned_time(line.starts_at)),)),
        Cell(pen.number(line.minutes)),
        Cell(added),
        Cell(state),
        Cell((pen.run(w.time_of_day(line.begun_at_ms, day)),)),
        Cell((pen.run(w.time_of_day(line.done_at_ms, day)),)),
    )


def _method(pen: Pen, report: Report) -> Iterator[Block]:
    figures, t = report.figures, pen.w.t
    counts = {name: figures[f"ideas/{name}"].n for name in ("read", "filed", "withdrawn")}
    yield _section(pen, "report.method")
    yield Para((pen.t("report.method_room"),))
    ideas = t("report.method_ideas", count=figures["ideas/count"].n, **counts)
    quotes = f" {t('report.quotes_language')}" if report.published else ""
    yield Para((pen.run(ideas + quotes),))
    yield Para((pen.t("report.method_base"),))
    yield Para((pen.run(f"{t('report.method_check')} {t('report.method_limits')}"),))
    if report.closes:
        yield Heading(2, (pen.t("report.closes"),), listed=True)
        yield Para((pen.t("report.closes_say"),), keep=True)
        yield _closes(pen, report)
    if report.heads:
        yield Heading(2, (pen.t("report.heads_of_chain"),), listed=True)
        for head in report.heads:
            yield Para((pen.t("report.head_line", offset=pen.w.number(head.offset)),))
            yield Para((pen.exact(head.hash),), quiet=True)


def _closes(pen: Pen, report: Report) -> Table:
    kinds = {"question": "text", "round": "number", "close_code": "whole", "close_words": "whole"}
    columns = tuple(Column((pen.t(f"report.column.{name}"),), kind) for name, kind in kinds.items())
    return Table(
        columns,
        tuple(
            (
                Cell((pen.said(close.about),)),
                Cell(pen.number(close.round)),
                Cell((pen.exact(close.code),)),
                Cell((pen.exact(close.words[pen.w.language]),)),
            )
            for close in report.closes
        ),
    )


# --- the annex of the full edition -----------------------------------------------------------


def _annex(pen: Pen, report: Report, trail: Trail) -> Iterator[Block]:
    yield _section(pen, "report.requests", fresh=True)
    if report.requests:
        yield Points(tuple(_request(pen, idea) for idea in report.requests))
    else:
        yield Para((pen.t("report.requests_none"),))
    yield _section(pen, "report.all_ideas", fresh=True)
    yield Ideas(tuple(_idea(pen, report, idea, trail) for idea in report.ideas))


def _words(pen: Pen, idea: IdeaLine) -> Run:
    return pen.run(idea.text, idea.language) if idea.text is not None else pen.t("report.redacted")


def _request(pen: Pen, idea: IdeaLine) -> Line:
    table = pen.t("report.from_table", table=idea.table, to=idea_anchor(idea.id))
    return (table, pen.run(": "), _words(pen, idea))


def _idea(pen: Pen, report: Report, idea: IdeaLine, trail: Trail) -> Idea:
    w = pen.w
    at = w.time_of_day(idea.written_at_ms, report.plan.date)
    about = [w.t(f"idea_kind.{idea.kind}"), w.t("report.idea_line", table=idea.table, moment=at)]
    if idea.withdrawn:
        about.append(w.t("report.withdrawn"))
    known = [theme for theme in idea.themes if theme in trail.titles]
    themes = [pen.said(trail.titles[theme], to=theme_anchor(theme)) for theme in known]
    under = tuple(themes) or (pen.t("report.unfiled"),)
    line = (pen.run(f"{', '.join(about)} · "), *pen.between(under))
    return Idea(w.number(trail.numbers[idea.id]), (_words(pen, idea),), line, idea_anchor(idea.id))
