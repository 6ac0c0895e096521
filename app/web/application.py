"""The ASGI application: routes, problems, static files, and around them log and edge."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from functools import cache

from fastapi import FastAPI
from starlette.types import ASGIApp

from app.web import api, documents, errors, health, pages
from app.web.api import (
    backups,
    capabilities,
    commands,
    entry,
    follow,
    meetings,
    places,
    plans,
    reports,
)
from app.web.api.models import Problem
from app.web.assets import STATIC
from app.web.compressed import Compressed, Static
from app.web.documents import openapi_document
from app.web.door import Door
from app.web.headers import Edge
from app.web.house import House
from app.web.logs import RequestLog
from app.web.owners import Owners
from app.web.press import Press
from app.web.probes import ProbeAnswers
from app.web.sockets import socket_route

Application = ASGIApp
Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def make_app(house: House, owners: Owners, *, lifespan: Lifespan | None = None) -> FastAPI:
    """The application over a house, without the outer layers (see `with_edge`).

    Args:
        house: The server.
        owners: Its owner's link and password.
        lifespan: What opens and closes the house, where nobody else does.
    """
    app = FastAPI(
        title="Town Meeting",
        summary="A meeting server: from a plan, through a day of deliberation, to the report.",
        description=(api.__doc__ or "")
        + "\n\nThe live part is the WebSocket at `/ws`: see `/asyncapi.json`.",
        version="1",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        responses={422: {"model": Problem}},
    )
    app.openapi = cache(lambda: openapi_document(app, house.url))  # type: ignore[method-assign]
    app.state.house = house
    app.state.owners = owners
    app.state.press = Press(house.settings)
    errors.install(app)
    for module in (
        health,
        documents,
        entry,
        meetings,
        plans,
        capabilities,
        places,
        commands,
        reports,
        backups,
        follow,
        pages,
    ):
        app.include_router(module.router)
    app.include_router(follow.term_router)
    app.include_router(socket_route(Door(house.lobby, house.settings.origins)))
    app.mount("/static", Static(directory=STATIC, check_dir=False))
    return app


def with_edge(app: FastAPI, house: House) -> ASGIApp:
    """The application with its outer layers, as a server runs it."""
    whole = RequestLog(Edge(Compressed(app), house.settings))
    settings = house.settings
    return ProbeAnswers(whole) if settings.probe_port and settings.probe_port == settings.port else whole
