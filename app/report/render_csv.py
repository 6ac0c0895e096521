"""The tables of the report as CSV: one file a table, for spreadsheets. Pure.

UTF-8 with a byte-order mark, so that a spreadsheet reads Thai. A cell that a
spreadsheet would take for a formula gets an apostrophe before it. Digits are
Arabic, instants ISO 8601 in UTC, shares percent with one decimal.
"""

import csv
import io
from collections.abc import Iterable, Sequence

from app.core.by_hand import ByHand
from app.core.capability import Role
from app.core.ids import Text
from app.report.figures import Figure
from app.report.model import Report
from app.report.results import Result, Row
from app.report.words import Words, decimal, iso, words

FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")

Cell = str | int | Figure | Text | None


def tables(report: Report, language: str) -> dict[str, bytes]:
    """Every table of the report by file name."""
    w = words(report.plan, language)
    made = {
        "attendance.csv": _attendance(report, w),
        "demographics.csv": _demographics(report, w),
        "results.csv": _results(report, w),
        "themes.csv": _themes(report, w),
        "voided.csv": _voided(report, w),
        "again.csv": _again(report, w),
        "seats_changed.csv": _seats_changed(report, w),
        "agenda.csv": _agenda(report, w),
        "notes.csv": _notes(report, w),
        "figures.csv": _figures(report, w),
    }
    if report.personal:
        made["ideas.csv"] = _ideas(report, w)
    return made


def safe(cell: str) -> str:
    """The text, so that no spreadsheet runs it."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _file(w: Words, names: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([safe(w.t(f"report.column.{name}")) for name in names])
    writer.writerows([[_cell(w, cell) for cell in row] for row in rows])
    return out.getvalue().encode("utf-8-sig")


def _cell(w: Words, cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case int():
            return str(cell)
        case str():
            return safe(cell)
        case Figure():
            return _figure(cell)
        case dict():
            return safe(w.text(cell).text)


def _figure(figure: Figure) -> str:
    """A share in percent, any other figure as its value; negative numbers stay numbers."""
    if figure.kind == "share":
        if figure.share is None:
            return ""
        size = abs(figure.share)
        return f"{'-' if figure.share < 0 else ''}{size // 10}.{size % 10}"
    return "" if figure.value is None else decimal(figure.value)


def _attendance(report: Report, w: Words) -> bytes:
    figures = report.figures
    rows: list[list[Cell]] = [
        [
            w.t(f"standing.{standing}"),
            figures[f"room/standing/{standing}/attended"],
            figures[f"room/standing/{standing}/seats"],
        ]
        for standing in report.standings
    ]
    rows.append([w.t("report.all"), figures["room/attended"], figures["room/seats"]])
    return _file(w, ("standing", "attended", "seats"), rows)


def _demographics(report: Report, w: Words) -> bytes:
    names = ("question", "option", "count", "base", "share", "room", "census", "difference")
    rows: list[list[Cell]] = [
        [r.title, row.text, row.count, _base(row), row.share, row.room, row.census, row.difference]
        for r in report.demographics
        for row in r.rows
    ]
    return _file(w, names, rows)


def _base(row: Row) -> int | None:
    return row.count.base if row.count else None


def _results(report: Report, w: Words) -> bytes:
    names = (
        "question_id", "question", "round", "option_id", "option", "value", "count", "base", "share", "rank",
        "score", "mean",
    )  # fmt: skip
    every = [r for topic in report.topics for r in topic.results]
    every += [*report.other_results, *report.priorities, *report.evaluation]
    rows = [line for result in every for line in _result(result, w)]
    return _file(w, names, rows)


def _result(result: Result, w: Words) -> list[list[Cell]]:
    head: list[Cell] = [result.id, result.title, result.round]
    lines: list[list[Cell]] = []
    for row in result.rows:
        text: Cell = w.t("option.none") if row.text is None and row.option == "none" else row.text
        if row.count:
            lines.append(
                [*head, row.option, text, None, row.count, _base(row), row.share, row.rank, row.score, None]
            )
        for step in row.steps:
            values: list[Cell] = [step.value, step.count, step.count.base, step.share]
            lines.append([*head, row.option, text, *values, row.rank, row.score, row.mean])
    for value in result.values:
        cells: list[Cell] = [value.value, value.count, value.count.base, value.share]
        lines.append([*head, None, None, *cells, None, None, result.mean])
    return lines


def _themes(report: Report, w: Words) -> bytes:
    rows = [
        [topic.title, theme.id, theme.title, theme.ideas, theme.tables]
        for topic in report.topics
        for theme in topic.themes
    ]
    return _file(w, ("item", "theme_id", "theme", "ideas", "tables"), rows)


def _voided(report: Report, w: Words) -> bytes:
    rows = [
        [
            v.question, v.title, v.number, v.voted, _reason(v.reason, w, v.taken_back, v.key_lost),
            _role(w, v.asked_by), _role(w, v.by),
        ]
        for v in report.voided
    ]  # fmt: skip
    return _file(w, ("question_id", "question", "round", "voted", "reason", "asked_by", "by"), rows)


def _role(w: Words, role: Role | None) -> str:
    return w.t(f"role.{role}") if role else ""


def _again(report: Report, w: Words) -> bytes:
    rows: list[list[Cell]] = [
        [
            a.question, a.title, a.number, a.after, w.t(f"report.was.{a.was}"), a.voted,
            a.reason or w.text(None).text, _role(w, a.asked_by), _role(w, a.by),
        ]
        for a in report.again
    ]  # fmt: skip
    return _file(
        w, ("question_id", "question", "round", "after", "was", "voted", "reason", "asked_by", "by"), rows
    )


def _seats_changed(report: Report, w: Words) -> bytes:
    times = [({each.act: each.times for each in changed.acts}, changed) for changed in report.seats_changed]
    rows: list[list[Cell]] = [
        [changed.question, changed.title, changed.round, *(by.get(act, 0) for act in ByHand)]
        for by, changed in times
    ]
    acts = (f"seats_{act}" for act in ByHand)
    return _file(w, ("question_id", "question", "round", *acts), rows)


def _reason(reason: Text | None, w: Words, taken_back: bool, key_lost: bool) -> Cell:
    if taken_back:
        return w.t("report.taken_back")
    return w.t("report.key_lost") if key_lost else reason or w.text(None).text


def _agenda(report: Report, w: Words) -> bytes:
    names = ("item", "starts_at", "minutes", "extended", "state", "begun", "done", "reason")
    rows = [
        [
            line.title,
            line.starts_at,
            line.minutes,
            line.extended_minutes,
            w.t(f"report.item.{line.state}"),
            iso(line.begun_at_ms),
            iso(line.done_at_ms),
            line.reason,
        ]
        for line in report.agenda
    ]
    return _file(w, names, rows)


def _notes(report: Report, w: Words) -> bytes:
    rows = [[w.t("report.erratum"), note.offset, note.about, note.text] for note in report.errata]
    rows += [[w.t("report.response"), note.offset, note.about, note.text] for note in report.responses]
    return _file(w, ("kind", "event", "about", "text"), rows)


def _ideas(report: Report, w: Words) -> bytes:
    names = (
        "idea_id",
        "site",
        "table",
        "item_id",
        "kind",
        "written",
        "revision",
        "withdrawn",
        "themes",
        "text",
    )
    rows: list[list[Cell]] = [
        [
            idea.id,
            idea.site,
            idea.table,
            idea.item,
            w.t(f"idea_kind.{idea.kind}"),
            iso(idea.written_at_ms),
            idea.revision,
            w.t("report.yes") if idea.withdrawn else "",
            " ".join(idea.themes),
            idea.text if idea.text is not None else w.text(None).text,
        ]
        for idea in report.ideas
    ]
    return _file(w, names, rows)


def _figures(report: Report, w: Words) -> bytes:
    names = ("figure", "kind", "numerator", "denominator", "base", "share_tenths")
    rows: list[list[Cell]] = [
        [f.id, f.kind, f.numerator, f.denominator, f.base, f.share] for f in report.figures
    ]
    return _file(w, names, rows)
