"""The meeting plan: YAML, checked against a published schema, to `core.planned.PlannedMeeting`.

How this works: `source` reads the text and remembers where every value stands; `schema` compares
it with `plans/meeting-plan.schema.json`; `reading`, `seating`, `questions` and `seats_csv` build
the meeting and report what no schema can say. Nothing raises before the end, so an organiser
sees every problem at once, each with its line, its field and its cure.
"""

from app.plan.problems import PROBLEMS, WARNINGS, PlanErrors, PlanProblem
from app.plan.reading import Reading, load_plan, read_plan
from app.plan.reference import plan_reference
from app.plan.schema import PLANS, SCHEMA_FILE, plan_schema
from app.plan.writing import written_plan

__all__ = [
    "PLANS",
    "PROBLEMS",
    "SCHEMA_FILE",
    "WARNINGS",
    "PlanErrors",
    "PlanProblem",
    "Reading",
    "load_plan",
    "plan_reference",
    "plan_schema",
    "read_plan",
    "written_plan",
]
