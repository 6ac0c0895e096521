"""Meetings: made from a plan, listed, opened by the owner, and their plan taken out again."""

from fastapi import APIRouter, Request, Response

from app.core.capability import Role
from app.core.errors import Refusal
from app.core.ids import MeetingId
from app.web import registry
from app.web.access import Asker, HouseOf, only_owner, organiser_of, origin_of, taken
from app.web.api.entry import Entered, handed_over
from app.web.api.models import (
    MeetingModel,
    NewMeeting,
    NewMeetingAnswer,
    Problem,
    RehearsalModel,
    meeting_model,
    way_model,
)

router = APIRouter(
    prefix="/api", tags=["meetings"], responses={401: {"model": Problem}, 403: {"model": Problem}}
)


@router.get("/meetings")
async def meetings(who: Asker, house: HouseOf) -> list[MeetingModel]:
    """The meetings of this server (owner), or one's own."""
    entries = house.entries.values()
    return [meeting_model(house, entry) for entry in entries if who.owner or entry.id == who.meeting]


@router.post("/meetings", status_code=201)
async def create(said: NewMeeting, who: Asker, house: HouseOf) -> NewMeetingAnswer:
    """Make a meeting from a plan (owner only). An invalid plan is answered with all its problems."""
    only_owner(who)
    meeting = await house.create_meeting(said.plan, said.seats)
    return NewMeetingAnswer(meeting=meeting, links=[way_model(way) for way in await house.links(meeting)])


@router.get("/meetings/{meeting}")
async def one(meeting: str, who: Asker, house: HouseOf) -> MeetingModel:
    """One meeting."""
    if not who.owner and who.meeting != meeting:
        raise Refusal("not_your_meeting")
    house.hall(meeting)
    return meeting_model(house, house.entries[MeetingId(meeting)])


@router.post("/meetings/{meeting}/enter")
async def enter(meeting: str, request: Request, response: Response, who: Asker, house: HouseOf) -> Entered:
    """Come in as an organiser of a meeting (owner only): a console session, or a program's token."""
    only_owner(who)
    house.hall(meeting)
    held = await house.store.run(registry.of_meeting(MeetingId(meeting), (Role.ORGANISER,)))
    living = [each for each in held if not each.revoked]
    if not living:
        raise Refusal("revoked")
    page = None if origin_of(request) is None else "console"
    return handed_over(house, response, taken(await house.doors.enter(living[0], page=page)))


@router.get("/meetings/{meeting}/plan", responses={200: {"content": {"application/yaml": {}}}})
async def plan(meeting: str, who: Asker, house: HouseOf) -> Response:
    """The plan as it was given, in YAML; with it the same meeting can be made again."""
    organiser_of(who, meeting)
    house.hall(meeting)
    text = house.entries[MeetingId(meeting)].plan
    return Response(text, media_type="application/yaml; charset=utf-8", headers=_file("plan.yaml"))


@router.put("/meetings/{meeting}/plan")
async def replace(meeting: str, said: NewMeeting, who: Asker, house: HouseOf) -> NewMeetingAnswer:
    """Put another plan in the place of a meeting's, while it is only prepared (owner only).

    Codes and links of tables, seats and screens that are in both plans stay.
    """
    only_owner(who)
    await house.replace_plan(MeetingId(meeting), said.plan, said.seats)
    links = [way_model(way) for way in await house.links(MeetingId(meeting))]
    return NewMeetingAnswer(meeting=meeting, links=links)


@router.get("/meetings/{meeting}/seats", responses={200: {"content": {"text/csv": {}}}})
async def seats(meeting: str, who: Asker, house: HouseOf) -> Response:
    """The seat plan as it was given, in CSV; empty where the plan itself names the seats."""
    organiser_of(who, meeting)
    house.hall(meeting)
    text = house.entries[MeetingId(meeting)].seats or ""
    return Response(text, media_type="text/csv; charset=utf-8", headers=_file("seats.csv"))


def _file(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}


@router.get("/meetings/{meeting}/rehearsal")
async def rehearsal(meeting: str, who: Asker, house: HouseOf) -> RehearsalModel:
    """Where the rehearsal of this server stands, with the organiser's link into it."""
    organiser_of(who, meeting)
    return RehearsalModel(state=house.rehearsals.state, url=house.rehearsals.url)


@router.post("/meetings/{meeting}/rehearsal", status_code=202)
async def rehearse(meeting: str, who: Asker, house: HouseOf) -> RehearsalModel:
    """Rehearse a meeting's plan with a simulated room, in a process of its own.

    Refused while a meeting of this server runs: the machine belongs to it.
    """
    organised = organiser_of(who, meeting)
    house.hall(meeting)
    if house.settings.rehearsal or house.runs:
        raise Refusal("meeting_already_started")
    entry = house.entries[organised]
    await house.rehearsals.start(entry.plan, entry.seats)
    return RehearsalModel(state=house.rehearsals.state, url=house.rehearsals.url)


@router.delete("/meetings/{meeting}/rehearsal", status_code=204)
async def end_rehearsal(meeting: str, who: Asker, house: HouseOf) -> None:
    """End the rehearsal; everything of it is deleted."""
    organiser_of(who, meeting)
    await house.rehearsals.stop()
