"""One question on paper: what was asked of whom, its table, and a chart where it says more. Pure."""

from collections.abc import Iterator

from app.core.planned import Kind, Visibility
from app.report.figures import Figure
from app.report.paper.blocks import Bars, Block, Cell, Chart, Column, Heading, Line, Para, Run, Table
from app.report.paper.pen import Pen, question_anchor, theme_anchor
from app.report.results import Result, Row, Step, Value

VALUES_LISTED_MAX = 30
"""More different numbers than these are not listed: the chart groups them, and the record has all."""

GROUPS_MAX = 12


def result(pen: Pen, result: Result, level: int) -> Iterator[Block]:
    """The blocks of a question, under a heading of this level."""
    yield Heading(level, (pen.said(result.title),), question_anchor(result.id))
    yield Para(about(pen, result), quiet=True, keep=True)
    if result.kind is Kind.RATING:
        yield _rating(pen, result)
        if result.scale_ends and (ends := pen.w.scale_ends(result.scale_ends)):
            yield Para((pen.run(ends),), quiet=True)
    elif result.kind is Kind.NUMBER:
        yield from _number(pen, result)
    elif result.rows:
        yield from _picks(pen, result)
    if result.rows and result.rows[0].rank:
        tie = "report.tie_order" if result.rules.tie == "option_order" else "report.tie_shared"
        yield Para((pen.t(tie),), quiet=True)


def about(pen: Pen, result: Result) -> Line:
    """How it was asked, of whom, and how ballots came in."""
    return (pen.run(" ".join(_about(pen, result))),)


def _about(pen: Pen, result: Result) -> Iterator[str]:
    t, rules = pen.w.t, result.rules
    if result.voted and result.present:
        yield t("report.voted_of", count=result.present.n, voted=result.voted.n)
    if rules.kind is Kind.PICK_UP_TO:
        yield t("report.sentence", text=t("report.kind_choices", count=rules.choices_max))
    else:
        demographic = rules.kind is Kind.DEMOGRAPHIC
        yield t("report.sentence", text=t("report.about_voters" if demographic else f"kind.{rules.kind}"))
    yield t("report.voters_are", standings=", ".join(t(f"standing.{s}") for s in rules.standings))
    if result.rounds.n > 1 and result.round is not None:
        yield t("report.round", round=result.round)
    if rules.first_only:
        yield t("report.first_only")
    if rules.anonymous:
        yield t("report.anonymous")
    if rules.visibility is Visibility.LIVE:
        yield t("report.live")
    if result.languages_missing:
        yield t("report.languages_missing", list=", ".join(result.languages_missing))
    ways = [
        t("report.channel_item", channel=t(f"channel.{way}"), number=figure.n)
        for way, figure in result.channels
        if figure.n
    ]
    if ways:
        yield t("report.channels", list=", ".join(ways))


def option(pen: Pen, row: Row) -> Line:
    """The words of an option, with a way to the theme that it was made of."""
    if row.option == "none" and row.text is None:
        return (pen.t("option.none"),)
    return (pen.said(row.text, to=theme_anchor(row.theme) if row.theme else ""),)


def _share_head(pen: Pen, result: Result) -> Line:
    base = pen.w.number(result.voted.n if result.voted else 0)
    return (pen.run(f"{pen.w.t('report.column.share')} (n\u00a0=\u00a0{base})"),)


def _picks(pen: Pen, result: Result) -> Iterator[Block]:
    ranked, compared = result.rows[0].rank is not None, result.compared
    if compared:
        yield _beside_census(pen, result)
    columns = [
        *([Column((pen.t("report.column.rank"),), "number")] if ranked else []),
        Column((pen.t("report.column.option"),)),
        Column((pen.t("report.column.count"),), "number"),
        Column(_share_head(pen, result), "number"),
    ]
    rebased = any(row.census is None for row in result.rows)
    if compared:
        heads = [
            *(["report.same_base"] if rebased else []),
            "report.beside_census",
            "report.column.difference",
        ]
        columns += [Column((pen.t(key),), "number") for key in heads]
    else:
        columns.append(Column((), "bar"))
    most = max((row.count.n for row in result.rows if row.count), default=0)
    rows = []
    for row in result.ranked:
        leads = row.count is not None and row.count.n == most > 0
        cells = [Cell(pen.count(row.rank))] if ranked else []
        cells += [Cell(option(pen, row)), Cell(pen.count(row.count)), Cell(pen.percent(row.share))]
        if compared:
            points = (pen.run(pen.w.points(row.difference)),)
            cells += [Cell(pen.percent(row.room))] if rebased else []
            cells += [Cell(pen.percent(row.census)), Cell(points)]
        else:
            cells.append(Cell(bars=(_tenths(row.share),), leading=leads))
        rows.append(tuple(cells))
    yield Table(tuple(columns), tuple(rows))


def _beside_census(pen: Pen, result: Result) -> Chart:
    """The room beside the census, a pair of bars a group."""
    rows = tuple(
        Bars(
            (pen.said(row.text),),
            (_tenths(row.room), _tenths(row.census)),
            (pen.percent(row.room), pen.percent(row.census)),
        )
        for row in result.rows
        if row.room and row.census
    )
    told = "; ".join(
        pen.w.t(
            "paper.alt_pair",
            group=pen.w.text(row.text).text,
            room=pen.w.percent(row.room),
            census=pen.w.percent(row.census),
        )
        for row in result.rows
        if row.room and row.census
    )
    alt = f"{pen.w.text(result.title).text} {told}"
    return Chart(alt, ((pen.t("paper.room"),), (pen.t("paper.census"),)), rows)


def _tenths(figure: Figure | None) -> int:
    return (figure.share or 0) if figure else 0


def _rating(pen: Pen, result: Result) -> Table:
    ranked = bool(result.rows) and result.rows[0].rank is not None
    steps = result.rows[0].steps if result.rows else ()
    columns = [
        *([Column((pen.t("report.column.rank"),), "number")] if ranked else []),
        Column((pen.t("report.column.option"),)),
        *(
            Column(_step(pen, step), "number", (place, len(steps)))
            for step, place in zip(steps, _places(steps), strict=True)
        ),
        Column(_mean_head(pen, result), "number"),
        Column((pen.t("report.column.base"),), "number"),
    ]
    rows = []
    for row in result.ranked:
        cells = [Cell(pen.count(row.rank))] if ranked else []
        cells.append(Cell(option(pen, row), tuple(_tenths(step.share) for step in row.steps)))
        cells += [Cell((*pen.percent(s.share), _below(pen, s.count))) for s in row.steps]
        cells += [Cell((pen.run(pen.w.mean(row.mean)),)), Cell(pen.count(row.raters))]
        rows.append(tuple(cells))
    return Table(tuple(columns), tuple(rows))


def _places(steps: tuple[Step, ...]) -> list[int]:
    """The place of each step on the scale, 0 for the lowest value: its tint."""
    order = sorted(step.value for step in steps)
    return [order.index(step.value) for step in steps]


def _mean_head(pen: Pen, result: Result) -> Line:
    ends = result.scale_ends
    if not ends:
        return (pen.t("report.column.mean"),)
    # the scale on a line of its own: a narrow column, and more room for the options
    return (pen.run(pen.w.mean_head(ends).replace(" (", "\n(", 1)),)


def _step(pen: Pen, step: Step) -> Line:
    return (pen.said(step.text),) if step.text else pen.number(step.value)


def _below(pen: Pen, count: Figure) -> Run:
    return pen.run(f"\n{pen.w.t('count.people', count=count.n)}", quiet=True)


def _number(pen: Pen, result: Result) -> Iterator[Block]:
    """Mean and median; the numbers that were given, grouped in a chart where they are many."""
    w = pen.w
    unit = (pen.run(" "), pen.said(result.unit)) if result.unit else ()
    answered = w.t("base.answered", count=result.voted.n if result.voted else 0)
    yield Para(
        (
            pen.t("report.mean", mean=w.exact(result.mean), bold=True),
            *unit,
            pen.run(f", {w.t('report.median', median=w.exact(result.median))}, {answered}"),
        )
    )
    if len(result.values) > VALUES_LISTED_MAX:
        yield _grouped(pen, result)
    elif result.values:
        most = max(value.count.n for value in result.values)
        rows = tuple(
            (
                Cell(pen.number(value.value)),
                Cell(pen.count(value.count)),
                Cell(pen.percent(value.share)),
                Cell(bars=(_tenths(value.share),), leading=value.count.n == most),
            )
            for value in result.values
        )
        columns = (
            Column((pen.t("report.column.value"),), "number"),
            Column((pen.t("report.column.count"),), "number"),
            Column(_share_head(pen, result), "number"),
            Column((), "bar"),
        )
        yield Table(columns, rows)


def _grouped(pen: Pen, result: Result) -> Chart:
    """The numbers in at most twelve groups of one width, each with the count of those who gave one of it."""
    groups = grouped(result.values)
    base = sum(n for _, _, n in groups)
    said = [
        (f"{pen.w.number(low)}–{pen.w.number(high)}" if high > low else pen.w.number(low), n)
        for low, high, n in groups
    ]
    rows = tuple(
        Bars((pen.run(name),), ((2000 * n + base) // (2 * base),), (pen.number(n),)) for name, n in said
    )
    told = "; ".join(f"{name}: {pen.w.number(n)}" for name, n in said)
    return Chart(f"{pen.w.text(result.title).text} {told}", ((pen.t("report.column.count"),),), rows)


def grouped(values: tuple[Value, ...]) -> list[tuple[int, int, int]]:
    """First and last number of each group, and how many gave one of them."""
    low, high = values[0].value, values[-1].value
    width = -(-(high - low + 1) // GROUPS_MAX)
    starts = range(low, high + 1, width)
    return [
        (at, min(at + width - 1, high), sum(v.count.n for v in values if at <= v.value < at + width))
        for at in starts
    ]
