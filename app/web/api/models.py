"""The bodies of the API about meetings and capabilities."""

from typing import Annotated, Any

from pydantic import BaseModel, Field

from app.core.capability import Role
from app.web.api.entry import Body
from app.web.house import House, Way
from app.web.registry import MeetingEntry
from app.web.roles import PAGES_OF

Id = Annotated[str, Field(max_length=64)]


class Problem(BaseModel):
    """Why it was not done: a stable code, and a sentence in the reader's language."""

    code: str
    params: dict[str, str | int] = Field(default_factory=dict)
    say: str


class NewMeeting(Body):
    """A meeting plan, and where it names no seats a seat plan."""

    plan: str = Field(max_length=2_000_000, description="The plan, in YAML. Its schema: `/api/plan/schema`.")
    seats: str | None = Field(
        default=None,
        max_length=2_000_000,
        description="A seat plan in CSV: seat, table, standing, sector, language; no names.",
    )


class PlanText(Body):
    """A meeting plan as text."""

    plan: str = Field(max_length=2_000_000, description="The plan, in YAML. JSON is YAML too.")


class WrittenPlan(BaseModel):
    """What a plan says, as data, and the same data as YAML. Nothing of it has been judged."""

    data: Any
    plan: str


class CheckedPlan(BaseModel):
    """A plan without problems: what it holds, and what its organiser should know all the same."""

    title: dict[str, str]
    languages: tuple[str, ...]
    tables: int
    seats: int
    items: int
    minutes: int
    questions: int
    warnings: list[str]


class MeetingModel(BaseModel):
    """A meeting of this server."""

    id: str
    title: dict[str, str]
    date: str
    languages: tuple[str, ...]
    phase: str = Field(description="prepared, running, closed or archived; `starting` while it is replayed.")
    epoch: str | None = None
    offset: int | None = None
    connections: int = 0


class WayModel(BaseModel):
    """A way in to hand out. `code` is what people type; `url` is what a QR code holds."""

    capability: str
    role: str
    label: str
    page: str | None
    url: str
    code: str | None = None
    seat: str | None = None
    tables: tuple[str, ...] = ()
    screen: str | None = None


class NewMeetingAnswer(BaseModel):
    """The meeting that was made, and the link of every role."""

    meeting: str
    links: list[WayModel]


class RehearsalModel(BaseModel):
    """The rehearsal of this server. `url` is the organiser's link into it: a secret."""

    state: str = Field(description="none, starting, running or failed.")
    url: str


class NewCapability(Body):
    """A further person or screen: a role and its scope."""

    role: Role
    tables: tuple[Id, ...] = Field(default=(), max_length=2_000)
    screen: Id | None = None
    label: str = Field(default="", max_length=80)


class Snapshot(BaseModel):
    """A channel as of a position: everything that a snapshot frame of the socket has."""

    channel: str
    epoch: str
    offset: int
    set: dict[str, Any]


def meeting_model(house: House, entry: MeetingEntry) -> MeetingModel:
    """A meeting as it is told."""
    known = MeetingModel(
        id=entry.id, title=entry.title, date=entry.date, languages=entry.languages, phase="starting"
    )
    hall = house.lobby.halls.get(entry.id)
    if hall is None:
        return known
    return known.model_copy(
        update={
            "phase": hall.meeting.phase.value,
            "epoch": hall.position.epoch,
            "offset": hall.position.offset,
            "connections": len(hall.audience),
        }
    )


def way_model(way: Way) -> WayModel:
    """A way in as it is told."""
    capability = way.capability
    return WayModel(
        capability=capability.id,
        role=capability.role.value,
        label=capability.label,
        page=next(iter(PAGES_OF[capability.role]), None),
        url=way.url,
        code=way.code,
        seat=capability.seat,
        tables=capability.tables,
        screen=capability.screen,
    )
