"""The report as JSON for programs, with its texts in one language. Pure.

Canonical JSON. Figures stand in the text by their ids; `figures` holds them
all, as `figures.json` does.
"""

from dataclasses import asdict, fields, is_dataclass
from enum import Enum
from typing import Any

from app import i18n
from app.log.chain import canonical
from app.report.figures import Figure, Figures
from app.report.model import Report, Said
from app.report.results import Result

LEFT_OUT = ("plan", "figures")


def report_json(report: Report, language: str) -> bytes:
    """The report with its texts in the language, else in the first that each has."""
    told = {
        f.name: _plain(getattr(report, f.name), language) for f in fields(report) if f.name not in LEFT_OUT
    }
    plan = report.plan
    told |= {
        "language": language,
        "rehearsal": report.rehearsal,
        "title": _plain(plan.title, language),
        "place": _plain(plan.place, language),
        "date": plan.date,
        "time_zone": plan.time_zone,
        "level": plan.level.value,
        "recruitment": plan.recruitment.value,
        "asked_of": _plain(plan.asked_of, language),
        "organisers": _plain(plan.organisers, language),
        "funders": _plain(plan.funders, language),
        "question_writers": _plain(plan.question_writers, language),
        "figures": [asdict(figure) for figure in report.figures],
    }
    return canonical(told)


def _plain(value: Any, language: str, *, whole: bool = True) -> Any:
    """JSON of a part of the report: texts in one language, figures by id."""
    match value:
        case Figure():
            return value.id
        case Enum():
            return value.value
        case dict() | Figures():
            return i18n.text_in(value, language)[0] if isinstance(value, dict) and value else None
        case tuple():
            return [_plain(item, language) for item in value]
        case Result() if not whole:
            return {"id": value.id, "round": value.round}
        case Said():
            # a line names its question; the result itself is said once, under its topic
            return {f.name: _plain(getattr(value, f.name), language, whole=False) for f in fields(value)}
        case _ if is_dataclass(value):
            return {f.name: _plain(getattr(value, f.name), language) for f in fields(value)}
        case _:
            return value
