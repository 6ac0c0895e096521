"""The pages that people open, and the way in.

Without a session a page asks for a code; with one in the fragment it comes in by itself. Under
`/all` every page of a role has a plain one beside it, from one template: what its channels tell,
and a form for each command that the role may give.
"""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from app.core.capability import Role
from app.i18n import available, whole_words
from app.web.access import HouseOf, anybody
from app.web.assets import assets_version
from app.web.errors import language_of
from app.web.forms import forms_for
from app.web.house import House
from app.web.kept import KEEP_HEADER, KEPT, kept_files, worker_script
from app.web.roles import OWNER_PAGE, PAGES, PAGES_OF
from app.web.sessions import Who
from app.web.templating import own_names, page_texts, render, teller

router = APIRouter(include_in_schema=False)

PLAIN = "pages/role.html"
TEMPLATE_OF = {
    "table": "pages/table.html",
    "console": "pages/console.html",
    "seat": "pages/seat.html",
    "screen": "pages/screen.html",
    "listen": "pages/listen.html",
    "themes": "pages/themes.html",
    "area": "pages/area.html",
    "report": "pages/report.html",
    "expert": "pages/expert.html",
    "stage": "pages/stage.html",
}
SAYS_ALL = ("screen", "themes")
"""Pages that say something in every language: a screen may show two, a theme leader writes in all."""

JOIN = "join"
YEAR_SECONDS = 365 * 86_400


def _page(
    request: Request, house: House, name: str, who: Who | None, template: str, **more: Any
) -> HTMLResponse:
    """A page, with what its scripts need to know of it."""
    meeting = None if who is None or who.meeting is None else house.entries.get(who.meeting)
    languages = meeting.languages if meeting else available()
    language = language_of(request) or next((tag for tag in languages if tag in available()), available()[0])
    capability = None if who is None else who.capability
    said = available() if name in SAYS_ALL else (language,)
    place = {
        "page": name,
        "lang": language,
        "languages": list(languages),
        "assets": assets_version(),
        "role": "" if capability is None else capability.role.value,
        "me": "" if capability is None else capability.author,
        "may": [] if capability is None else [form.command for form in forms_for(capability.role)],
        "device": "" if capability is None else capability.device,
        "tables": [] if capability is None else list(capability.tables),
        "meeting": "" if meeting is None else meeting.id,
        "whole": list(whole_words().values()),
        "texts": page_texts(name if who else JOIN, said, forms=template == PLAIN),
    }
    html = render(
        template,
        language,
        place=place,
        page=name,
        meeting=meeting,
        capability=capability,
        languages=languages,
        available=available(),
        language_names=own_names(),
        plain_lan=house.settings.plain_lan,
        rehearsal=house.settings.rehearsal,
        path=request.url.path,
        **more,
    )
    response = HTMLResponse(html)
    if capability is not None and f"/{name}" == request.url.path and name in KEPT:
        response.headers[KEEP_HEADER] = assets_version()
    if request.query_params.get("lang") == language:
        response.set_cookie("lang", language, max_age=YEAR_SECONDS, path="/", samesite="lax")
    return response


@router.get("/")
async def front() -> Response:
    """The way in."""
    return RedirectResponse("/j", 303)


@router.get("/j")
async def join(request: Request, house: HouseOf) -> HTMLResponse:
    """Where codes are typed, and where the QR codes of cards lead."""
    return _page(request, house, JOIN, None, "pages/join.html")


@router.get(f"/{OWNER_PAGE}")
async def organiser(request: Request, house: HouseOf) -> HTMLResponse:
    """The page of whoever runs the server: its meetings; else the password, or the one-time link."""
    who = await anybody(request, page=OWNER_PAGE)
    if who is None or not who.owner:
        return _page(request, house, OWNER_PAGE, None, "pages/login.html")
    return _page(request, house, OWNER_PAGE, who, "pages/organiser.html")


@router.get("/service-worker.js")
async def service_worker() -> Response:
    """What keeps the table's and the keypad's page for a reload without a line, where TLS allows it."""
    return Response(worker_script(), media_type="text/javascript; charset=utf-8")


@router.get("/kept.json")
async def kept() -> JSONResponse:
    """The files of the pages that it keeps, of this version."""
    return JSONResponse(kept_files())


@router.get("/style")
async def style(request: Request, house: HouseOf) -> HTMLResponse:
    """Every part of the pages once, in every language and both themes: for whoever makes pages."""
    return _page(
        request, house, "style", None, "pages/style.html", tellers={tag: teller(tag) for tag in available()}
    )


def _add_role_page(name: str) -> None:
    async def opened(request: Request, house: House, template: str) -> HTMLResponse:
        who = await anybody(request, page=name)
        capability = None if who is None else who.capability
        if who is None or capability is None or who.meeting not in house.entries:
            return _page(request, house, name, None, "pages/join.html")
        return _page(
            request,
            house,
            name,
            who,
            template,
            forms=() if name in ("listen", "report") else forms_for(capability.role),
            others=tuple(other for other in PAGES_OF[capability.role] if other != name),
            organises=capability.role is Role.ORGANISER,
        )

    @router.get(f"/{name}", name=name)
    async def page(request: Request, house: HouseOf) -> HTMLResponse:
        return await opened(request, house, TEMPLATE_OF.get(name, PLAIN))

    @router.get(f"/{name}/all", name=f"{name}_all")
    async def plain(request: Request, house: HouseOf) -> HTMLResponse:
        return await opened(request, house, PLAIN)


for _name in PAGES:
    _add_role_page(_name)
