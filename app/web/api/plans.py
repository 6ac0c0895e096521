"""Plans that are no meeting yet: those that the program ships, and what is wrong with one."""

import asyncio
from enum import StrEnum

from fastapi import APIRouter, Request

from app.core.capability import Role
from app.core.errors import Refusal
from app.plan import PLANS, plan_schema, read_plan, written_plan
from app.web.access import Asker
from app.web.api.models import CheckedPlan, NewMeeting, PlanText, Problem, WrittenPlan
from app.web.errors import language_of
from app.web.sessions import Who

router = APIRouter(
    prefix="/api", tags=["plans"], responses={401: {"model": Problem}, 403: {"model": Problem}}
)


class Shipped(StrEnum):
    """The plans of the program, by the names of their files."""

    CITY_DAY = "city-day"
    REHEARSAL = "rehearsal"


def _organises(who: Who) -> None:
    """Let the owner and organisers pass.

    Raises:
        Refusal: not_allowed.
    """
    if who.capability is not None and who.capability.role is not Role.ORGANISER:
        raise Refusal("not_allowed", role=who.capability.role.value, command="organise")


@router.post("/plan/check")
async def check(said: NewMeeting, request: Request, who: Asker) -> CheckedPlan:
    """Check a plan without making a meeting: its size and its warnings, or all its problems."""
    _organises(who)
    reading = await asyncio.to_thread(read_plan, said.plan, said.seats)
    planned = reading.meeting
    return CheckedPlan(
        title=planned.title,
        languages=planned.languages,
        tables=len(planned.tables),
        seats=len(planned.seats),
        items=len(planned.agenda),
        minutes=sum(item.minutes for item in planned.agenda),
        questions=len(planned.questions),
        warnings=[warning.sentence(language_of(request)) for warning in reading.warnings],
    )


@router.post("/plan/read")
async def read(said: PlanText, who: Asker) -> WrittenPlan:
    """The data of a plan, right or wrong, for a form; and the same as YAML, for what a form made of it."""
    _organises(who)
    data, text = await asyncio.to_thread(written_plan, said.plan)
    return WrittenPlan(data=data, plan=text)


@router.get("/plan/shipped/{plan}")
async def shipped(plan: Shipped, who: Asker) -> PlanText:
    """A plan that the program ships, to begin from."""
    _organises(who)
    text = await asyncio.to_thread((PLANS / f"{plan.value}.yaml").read_text, encoding="utf-8")
    return PlanText(plan=text)


@router.get("/plan/schema")
async def schema() -> dict[str, object]:
    """The JSON Schema (draft 2020-12) of a meeting plan."""
    return plan_schema()
