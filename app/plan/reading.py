"""From the text of a plan to `PlannedMeeting`: everything that is wrong, in one reading."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from zoneinfo import available_timezones

from app.core.ids import ItemId, ScreenId
from app.core.planned import (
    BackgroundPage,
    CensusSource,
    CoverKind,
    GuideCard,
    Level,
    PlannedItem,
    PlannedMeeting,
    PlannedQuestion,
    PlannedReport,
    Recruitment,
)
from app.i18n import arabic_digits, available, common_year, read_date
from app.plan.problems import PlanErrors, PlanProblem
from app.plan.questions import QuestionReader
from app.plan.schema import check_schema
from app.plan.seating import Room, check_places, read_room
from app.plan.seats_csv import SeatPlan
from app.plan.source import Source, read_yaml
from app.plan.view import PAGE_MAX, PARAGRAPH_MAX, Ids, View

HANDSET_KEYS = 10


@dataclass(frozen=True, slots=True)
class Reading:
    """A plan that can be held, and what its organiser should know all the same."""

    meeting: PlannedMeeting
    warnings: tuple[PlanProblem, ...]


def load_plan(text: str, seats_csv: str | None = None) -> PlannedMeeting:
    """The meeting that a plan in YAML describes; see `read_plan`."""
    return read_plan(text, seats_csv).meeting


def read_plan(text: str, seats_csv: str | None = None) -> Reading:
    """The meeting that a plan in YAML describes, with warnings.

    Args:
        text: The plan, at most 2 MB.
        seats_csv: A seat plan; then the plan itself names no seats and no standings.

    Raises:
        PlanErrors: Every problem of plan and seat plan, with line and cure.
    """
    source = read_yaml(text)
    check_schema(source)
    plan = View(source, source.data, languages=_languages(View(source, source.data)))
    room = _room(plan, seats_csv)
    agenda = _agenda(plan.at("agenda"))
    reader = QuestionReader(
        items=frozenset(item.id for item in agenda), has_census=plan.has("census"), ids=Ids()
    )
    questions = tuple(reader.read(view) for view in plan.at("questions").each())
    days = _days(plan)
    _check_time_zone(plan.at("time_zone"))
    meeting = _meeting(plan, room, agenda, questions, days)
    if source.problems:
        raise PlanErrors(source.problems)
    return Reading(meeting, _warnings(plan))


def _meeting(
    plan: View,
    room: Room,
    agenda: tuple[PlannedItem, ...],
    questions: tuple[PlannedQuestion, ...],
    days: tuple[str, str | None],
) -> PlannedMeeting:
    screens = Ids()
    for view in plan.at("screens").each():
        screens.note(view, view.name())
    return PlannedMeeting(
        title=plan.at("title").text(),
        languages=plan.languages,
        date=days[0],
        time_zone=plan.at("time_zone").word(),
        level=plan.at("level").one_of(Level, Level.CONSULT),
        recruitment=plan.at("recruitment").one_of(Recruitment, Recruitment.OPEN),
        sites=room.sites,
        tables=tuple(room.tables.values()),
        seats=room.in_order(),
        agenda=agenda,
        questions=questions,
        place=plan.at("place").maybe_text(),
        purpose=plan.at("purpose").maybe_text(PARAGRAPH_MAX),
        organisers=plan.at("organisers").texts(),
        funders=plan.at("funders").texts(),
        decision_makers=plan.at("decision_makers").texts(),
        asked_of=plan.at("asked_of").maybe_text(PARAGRAPH_MAX),
        question_writers=plan.at("question_writers").maybe_text(PARAGRAPH_MAX),
        background_reviewers_for=plan.at("background_reviewers_for").maybe_text(PARAGRAPH_MAX),
        background_reviewers_against=plan.at("background_reviewers_against").maybe_text(PARAGRAPH_MAX),
        not_open=plan.at("not_open").maybe_text(PARAGRAPH_MAX),
        what_next=plan.at("what_next").maybe_text(PARAGRAPH_MAX),
        results_due=days[1],
        consent=plan.at("consent").maybe_text(PARAGRAPH_MAX),
        census=_census(plan.at("census")),
        report=_report(plan.at("report")),
        screens=tuple(ScreenId(name) for name in screens.seen) or (ScreenId("main"),),
        second_person=plan.at("second_person").flag(),
        laptops_per_table=plan.at("laptops_per_table").integer(2),
        group_base_min=plan.at("group_base_min").integer(10),
        cell_min=plan.at("cell_min").integer(5),
        close_notice_ms=plan.at("close_notice_ms").integer(2_000),
    )


def _languages(plan: View) -> tuple[str, ...]:
    languages: dict[str, None] = {}
    for view in plan.at("languages").each():
        if (language := view.word()) in languages:
            view.report("language_twice", language=language[:40])
        elif language:
            languages[language] = None
    return tuple(languages)


def _room(plan: View, seats_csv: str | None) -> Room:
    room = read_room(plan, with_seats=seats_csv is None)
    if seats_csv is None:
        if not plan.has("tables"):
            plan.report("missing", name="tables")
    else:
        for name in ("seats", "standings"):
            if plan.has(name):
                plan.at(name).report("seats_in_both", at_key=True)
        seat_plan = SeatPlan(room, plan.languages, not plan.has("tables"), plan.source.problems, [])
        seat_plan.read(seats_csv)
    check_places(room, plan.at("tables"))
    return room


def _agenda(agenda: View) -> tuple[PlannedItem, ...]:
    ids = Ids()
    items: list[PlannedItem] = []
    latest = ""
    for view in agenda.each():
        starts_at = _time_of_day(view.at("starts_at").word())
        if starts_at and starts_at < latest:
            view.at("starts_at").report("times_backwards")
        latest = starts_at or latest
        items.append(
            PlannedItem(
                id=ItemId(ids.take(view)),
                title=view.at("title").text(),
                minutes=view.at("minutes").integer(0),
                starts_at=starts_at or None,
                takes_ideas=view.at("takes_ideas").flag(),
                guide=_guide(view.at("guide")) if view.has("guide") else None,
                background=tuple(_background(page) for page in view.at("background").each()),
            )
        )
    return tuple(items)


def _time_of_day(text: str) -> str:
    """``9.30`` and ``9:30`` as ``09:30``."""
    return text.replace(".", ":").rjust(5, "0") if text else ""


def _guide(view: View) -> GuideCard:
    return GuideCard(view.at("say").text(PARAGRAPH_MAX), view.at("enter").maybe_text(PARAGRAPH_MAX))


def _background(view: View) -> BackgroundPage:
    return BackgroundPage(
        title=view.at("title").text(),
        body=view.at("body").text(PAGE_MAX),
        arguments_for=view.at("arguments_for").maybe_text(PAGE_MAX),
        arguments_against=view.at("arguments_against").maybe_text(PAGE_MAX),
        reviewed_for_by=view.at("reviewed_for_by").maybe_text(),
        reviewed_against_by=view.at("reviewed_against_by").maybe_text(),
    )


def _census(view: View) -> CensusSource | None:
    if not isinstance(view.value, dict):
        return None
    year = common_year(view.at("year").integer(0))
    return CensusSource(view.at("name").text(), view.at("population").text(), year)


def _report(view: View) -> PlannedReport | None:
    if not isinstance(view.value, dict):
        return None
    return PlannedReport(
        cover=view.at("cover").one_of(CoverKind, CoverKind.MEMO) if view.has("cover") else None,
        office=view.at("office").maybe_text(),
        number=view.at("number").line(),
        to=view.at("to").maybe_text(),
        signed_by=view.at("signed_by").maybe_text(),
        position=view.at("position").maybe_text(),
        contact=view.at("contact").maybe_text(),
        thai_digits=view.at("thai_digits").flag(),
    )


def _days(plan: View) -> tuple[str, str | None]:
    """The day of the meeting and the day when results are due, as ISO dates."""
    meeting, due = _day(plan.at("date")), _day(plan.at("results_due"))
    if meeting and due and due < meeting:
        plan.at("results_due").report("results_before_meeting", value=meeting.isoformat())
    return meeting.isoformat() if meeting else "", due.isoformat() if due else None


def _day(view: View) -> date | None:
    word = arabic_digits(view.word())
    if not word:
        return None
    try:
        return read_date(word)
    except ValueError:
        view.report("bad_date", value=word[:40])
        return None


def _check_time_zone(view: View) -> None:
    known = _time_zones()
    if view.word() and known and view.word() not in known:
        view.report("bad_time_zone", value=view.word()[:40])


@cache
def _time_zones() -> frozenset[str]:
    """Names of zones; empty on a machine without time zone data, where any name is taken."""
    return frozenset(available_timezones())


def _warnings(plan: View) -> tuple[PlanProblem, ...]:
    found = Source(data=plan.source.data, places=plan.source.places, keys=plan.source.keys)
    for view in plan.at("languages").each():
        if view.word().split("-", maxsplit=1)[0] not in available():
            found.report("no_catalogue", view.path, language=view.word())
    for question in plan.at("questions").each():
        options = question.at("options")
        if len(list(options.each())) > HANDSET_KEYS:
            found.report("handset_limit", options.path, limit=HANDSET_KEYS)
    return tuple(sorted(found.problems))
