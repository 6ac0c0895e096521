"""The report at any moment, in every format, and the two exports.

The public edition is for whoever has the report's page; the full one and the audit export hold
what is personal, and are the organiser's.
"""

import asyncio
import os
import tempfile
from collections.abc import Callable
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import IO, Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response
from starlette.background import BackgroundTask
from starlette.responses import FileResponse

from app.core.capability import Role
from app.core.errors import Refusal
from app.core.ids import REHEARSAL, MeetingId, is_rehearsal
from app.export import write_audit, write_public
from app.log.port import EventLog
from app.realtime.rebuild import rebuild
from app.report.figures import figures_json
from app.report.model import Edition, Head, Report
from app.report.outline import outline
from app.report.render_csv import tables
from app.report.render_html import report_html
from app.report.render_json import report_json
from app.report.typesetting import pdf_languages, report_pdf, thai_digits_of
from app.web.access import Asker, HouseOf
from app.web.api.models import Problem
from app.web.errors import HttpProblem, language_of
from app.web.house import House
from app.web.press import Press
from app.web.roles import PAGES_OF
from app.web.sessions import Who

router = APIRouter(
    prefix="/api/meetings/{meeting}",
    tags=["report"],
    responses={401: {"model": Problem}, 403: {"model": Problem}},
)


def press_of(request: Request) -> Press:
    """The press of this server."""
    press: Press = request.app.state.press
    return press


PressOf = Annotated[Press, Depends(press_of)]
EditionOf = Annotated[Edition, Query(description="`full` is the organiser's.")]


class Export(StrEnum):
    """The two exports."""

    AUDIT = "audit"
    PUBLIC = "public"


def check_reader(who: Who, meeting: str, edition: Edition) -> None:
    """Let pass who may read this edition.

    Raises:
        Refusal: not_your_meeting, not_allowed.
    """
    if who.capability is None:
        return
    role = who.capability.role
    if who.meeting != meeting:
        raise Refusal("not_your_meeting")
    if "report" not in PAGES_OF[role] or (edition is Edition.FULL and role is not Role.ORGANISER):
        raise Refusal("not_allowed", role=role.value, command="report")


async def report_of(house: House, meeting: str, edition: Edition) -> Report:
    """The report as of now."""
    hall = house.hall(meeting)
    log = house.logs[MeetingId(meeting)]
    return await hall.read(
        lambda state: outline(state, edition, heads=(Head(log.position.offset, log.head.hex()),))
    )


def reading_language(request: Request, report: Report) -> str:
    """The reader's language; the meeting's first where nothing is said."""
    return language_of(request) or report.plan.languages[0]


@router.get("/report.html", response_class=HTMLResponse)
async def html(
    meeting: str, request: Request, who: Asker, house: HouseOf,
    edition: EditionOf = Edition.PUBLIC, thai_digits: bool = False,
) -> HTMLResponse:  # fmt: skip
    """The report as one page to print (`lang`, `edition`, `thai_digits`)."""
    check_reader(who, meeting, edition)
    report = await report_of(house, meeting, edition)
    language = reading_language(request, report)
    insecure = house.settings.plain_lan
    page = await asyncio.to_thread(report_html, report, language, thai_digits=thai_digits, insecure=insecure)
    return HTMLResponse(page)


@router.get("/report.pdf", responses={200: {"content": {"application/pdf": {}}}}, response_class=Response)
async def as_pdf(
    meeting: str, request: Request, who: Asker, house: HouseOf, press: PressOf,
    edition: EditionOf = Edition.PUBLIC, lang: Annotated[str, Query(max_length=20)] = "",
    thai_digits: bool | None = None,
) -> Response:  # fmt: skip
    """The report as PDF, tagged for everybody: `lang` is `en`, `th` or `both`.

    `thai_digits` writes ๐-๙; where it is not said, the plan decides for a report in Thai alone.
    """
    check_reader(who, meeting, edition)
    plan = house.hall(meeting).meeting.plan
    assert plan is not None, "a meeting is held with a plan"
    asked = pdf_languages(plan) if lang == "both" else (language_of(request) or plan.languages[0],)
    digits = thai_digits_of(plan, asked) if thai_digits is None else thai_digits
    insecure = house.settings.plain_lan

    async def make() -> bytes:
        report = await report_of(house, meeting, edition)
        return await asyncio.to_thread(
            report_pdf, report, asked, thai_digits=digits, insecure=insecure, bounds=press.bounds
        )

    position = house.logs[MeetingId(meeting)].position
    made = await press.pdf((meeting, position, edition, asked, digits), make)
    name = f"report-{'-'.join(asked)}{'-full' if edition is Edition.FULL else ''}.pdf"
    if is_rehearsal(meeting):
        name = f"{REHEARSAL}-{name}"
    return Response(made, media_type="application/pdf", headers=_attached(name))


@router.get("/report.json")
async def as_json(
    meeting: str, request: Request, who: Asker, house: HouseOf, edition: EditionOf = Edition.PUBLIC
) -> Response:
    """The report as JSON."""
    check_reader(who, meeting, edition)
    report = await report_of(house, meeting, edition)
    data = await asyncio.to_thread(report_json, report, reading_language(request, report))
    return Response(data, media_type="application/json")


@router.get("/figures.json")
async def figures(meeting: str, who: Asker, house: HouseOf) -> Response:
    """Every figure of the report, canonical: what `verify` derives again from the audit export."""
    check_reader(who, meeting, Edition.PUBLIC)
    report = await report_of(house, meeting, Edition.PUBLIC)
    return Response(await asyncio.to_thread(figures_json, report.figures), media_type="application/json")


@router.get("/tables/{name}", responses={200: {"content": {"text/csv": {}}}})
async def table(
    meeting: str, name: str, request: Request, who: Asker, house: HouseOf,
    edition: EditionOf = Edition.PUBLIC,
) -> Response:  # fmt: skip
    """One table of the report as CSV, by its file's name; `index` lists the names."""
    check_reader(who, meeting, edition)
    report = await report_of(house, meeting, edition)
    files = await asyncio.to_thread(tables, report, reading_language(request, report))
    if name == "index":
        return Response("\n".join(files) + "\n", media_type="text/plain")
    if name not in files:
        raise HttpProblem("not_found")
    return Response(files[name], media_type="text/csv; charset=utf-8", headers=_attached(name))


@router.get("/export/{kind}.zip", responses={200: {"content": {"application/zip": {}}}})
async def export(
    meeting: str, kind: Export, who: Asker, house: HouseOf, press: PressOf, pdf: bool = True
) -> FileResponse:
    """The audit export (organiser; personal data) or the public one, each with its verifier.

    With `pdf=false` the reports in it have no PDF, and it is made sooner.
    """
    check_reader(who, meeting, Edition.FULL if kind is Export.AUDIT else Edition.PUBLIC)
    house.hall(meeting)
    log = house.logs[MeetingId(meeting)]
    write = write_audit if kind is Export.AUDIT else write_public
    bounds = press.bounds if pdf else None
    async with press.turn():
        path = await _written(partial(write, bounds=bounds), log, house.settings.data_dir)
    name = f"{meeting}-{kind.value}.zip"
    return FileResponse(
        path, media_type="application/zip", filename=name, background=BackgroundTask(os.unlink, path)
    )


async def _written(write: Callable[..., Any], log: EventLog, folder: Path) -> str:
    """The export in a file that its reader deletes; made from a meeting of its own, that stands still."""
    meeting, _head = await rebuild(log)
    descriptor, path = tempfile.mkstemp(prefix="export-", suffix=".zip", dir=folder)
    try:
        out: IO[bytes]
        with os.fdopen(descriptor, "w+b") as out:
            await write(meeting, log, out)
    except BaseException:
        os.unlink(path)  # noqa: PTH108 - the path of mkstemp
        raise
    return path


def _attached(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}
