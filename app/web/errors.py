"""What goes wrong, told over HTTP: one table from refusals to statuses, one shape of body.

The body is always ``{code, params, say}``: a stable code, and a sentence in the reader's language.
Besides the core's refusals there are a few codes that only HTTP knows (`HTTP_CODES`).
"""

import logging
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.exceptions import HTTPException

from app.core.errors import BUSY, REFUSALS, Param, Refusal
from app.i18n import available, refusal_sentence, sentence
from app.log.port import LogUnavailable
from app.plan import PlanErrors
from app.realtime.answers import DISK_FULL, Busy
from app.web.house import BusyNow
from app.web.store import StoreFull
from app.web.templating import render

logger = logging.getLogger(__name__)

UNPROCESSABLE, UNAUTHORIZED, FORBIDDEN, MISSING, CONFLICT = 422, 401, 403, 404, 409

_FORM = (
    "bad_frame", "bad_id", "bad_field", "unknown_command", "text_empty", "text_too_long", "unknown_language",
)  # fmt: skip
_WHO = ("revoked", "unknown_code", "unknown_session", "wrong_password")
_NOT_YOURS = (
    "not_allowed", "not_your_table", "not_your_seat", "not_your_meeting", "not_your_keypad", "not_your_act",
    "bad_origin", "blob_not_ours",
)  # fmt: skip

STATUSES: Mapping[str, int] = {
    **dict.fromkeys(REFUSALS, CONFLICT),
    **{code: MISSING for code in REFUSALS if code.startswith("unknown_")},
    **dict.fromkeys(_FORM, UNPROCESSABLE),
    **dict.fromkeys(_WHO, UNAUTHORIZED),
    **dict.fromkeys(_NOT_YOURS, FORBIDDEN),
    "frame_too_large": 413,
    **dict.fromkeys(BUSY, 503),
    "rate": 429,
}
"""The status of every refusal and of every busy. What is not named by family is a conflict."""

HTTP_CODES: Mapping[str, tuple[int, tuple[str, ...]]] = {
    "not_found": (404, ()),
    "method_not_allowed": (405, ()),
    "bad_plan": (422, ("count",)),
    "bad_host": (400, ()),
    "body_too_large": (413, ("limit",)),
    "body_too_slow": (408, ("limit",)),
    "bad_request": (400, ()),
    "server_error": (500, ()),
    "press_busy": (503, ()),
    "pdf_slow": (503, ("limit",)),
    "pdf_failed": (500, ()),
    "follower_not_admitted": (401, ()),
    "follower_doubled": (401, ()),
    "follower_differs": (409, ("meeting",)),
    "tls_needed": (403, ()),
}
"""Codes that only HTTP knows, with their status and parameters."""

UNREAD = frozenset({"bad_host", "body_too_large", "body_too_slow"})


class HttpProblem(Exception):
    """A problem that only HTTP knows, by its code."""

    def __init__(self, code: str, **params: Param) -> None:
        assert HTTP_CODES[code][1] == tuple(params), code
        super().__init__(code)
        self.code, self.params = code, params


def language_of(request: Request) -> str:
    """The reader's language: asked for in the address, chosen on a page, or set in the browser.

    Else the first of the meeting that who asks has come into; empty where none is known.
    """
    asked = (request.query_params.get("lang"), request.cookies.get("lang"))
    told = _accepted(request.headers.get("accept-language", ""))
    for tag in (*asked, *told, *getattr(request.state, "languages", ())):
        name = (tag or "").split("-", maxsplit=1)[0].lower()
        if name in available():
            return name
    return ""


def _accepted(header: str) -> list[str]:
    """The languages of an Accept-Language header, best first."""
    ranked: list[tuple[float, str]] = []
    for part in header[:200].split(","):
        tag, _, weight = part.strip().partition(";q=")
        try:
            ranked.append((-float(weight or 1), tag.strip()))
        except ValueError:
            continue
    return [tag for _, tag in sorted(ranked, key=lambda each: each[0])]


def say(language: str, code: str, params: Mapping[str, Param]) -> str:
    """The sentence of a code."""
    if code in HTTP_CODES:
        return sentence(language, f"http.{code}", **params)
    return refusal_sentence(language, code, params)


def body_of(language: str, code: str, params: Mapping[str, Param]) -> dict[str, Any]:
    """The one shape of an error."""
    return {"code": code, "params": dict(params), "say": say(language, code, params)}


def refusal_response(request: Request, refusal: Refusal) -> JSONResponse:
    """A refusal as a response. A wrong code also ends the connection, so that guessing costs one each."""
    headers = {"Connection": "close"} if refusal.code in ("unknown_code", "wrong_password") else None
    body = body_of(language_of(request), refusal.code, refusal.params)
    return JSONResponse(body, STATUSES[refusal.code], headers)


def busy_response(request: Request, busy: Busy) -> JSONResponse:
    """A busy as a response, with the time after which to come again."""
    body = body_of(language_of(request), busy.code, {}) | {"retry_after_ms": busy.retry_after_ms}
    headers = {"Retry-After": str(max(1, -(-busy.retry_after_ms // 1000)))}
    return JSONResponse(body, STATUSES[busy.code], headers)


def problem_response(request: Request, problem: HttpProblem) -> JSONResponse:
    """A problem of HTTP itself as a response; where the body was not read, the connection ends with it."""
    body = body_of(language_of(request), problem.code, problem.params)
    headers = {"Connection": "close"} if problem.code in UNREAD else None
    return JSONResponse(body, HTTP_CODES[problem.code][0], headers)


def plan_response(request: Request, errors: PlanErrors) -> JSONResponse:
    """Every problem of a plan, each with its place and its sentence."""
    language = language_of(request)
    problems = [
        {
            "source": problem.source,
            "line": problem.line,
            "column": problem.column,
            "field": problem.field,
            "code": problem.code,
            "params": dict(problem.params),
            "say": problem.sentence(language),
        }
        for problem in errors.problems
    ]
    return JSONResponse(body_of(language, "bad_plan", {"count": len(problems)}) | {"problems": problems}, 422)


def _wants_page(request: Request) -> bool:
    """Whether a person asks, with a browser."""
    return not request.url.path.startswith("/api/") and "text/html" in request.headers.get("accept", "")


def install(app: FastAPI) -> None:
    """Let every problem of the app end in the one shape."""

    @app.exception_handler(Refusal)
    async def refused(request: Request, refusal: Refusal) -> JSONResponse:
        return refusal_response(request, refusal)

    @app.exception_handler(BusyNow)
    async def busy(request: Request, error: BusyNow) -> JSONResponse:
        return busy_response(request, error.busy)

    @app.exception_handler(StoreFull)
    async def full(request: Request, _error: StoreFull) -> JSONResponse:
        return busy_response(request, DISK_FULL)

    @app.exception_handler(LogUnavailable)
    async def unavailable(request: Request, error: LogUnavailable) -> JSONResponse:
        if error.disk_full:
            return busy_response(request, DISK_FULL)
        return await broken(request, error)

    @app.exception_handler(HttpProblem)
    async def problem(request: Request, error: HttpProblem) -> JSONResponse:
        return problem_response(request, error)

    @app.exception_handler(PlanErrors)
    async def plan(request: Request, errors: PlanErrors) -> JSONResponse:
        return plan_response(request, errors)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        field = ".".join(str(step) for step in first["loc"][1:]) or str(first["loc"][0])
        return refusal_response(
            request, Refusal("bad_field", field=field[:64], reason=str(first["type"])[:64])
        )

    @app.exception_handler(HTTPException)
    async def other(request: Request, error: HTTPException) -> Response:
        if isinstance(error.__cause__, HttpProblem):  # of the edge, wrapped while a body was read
            return problem_response(request, error.__cause__)
        named = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "bad_request")
        if named == "not_found" and _wants_page(request):
            return HTMLResponse(render("pages/lost.html", language_of(request) or available()[0]), 404)
        response = problem_response(request, HttpProblem(named))
        if named == "bad_request":
            response.status_code = error.status_code
        response.headers.update(error.headers or {})
        return response

    @app.exception_handler(Exception)
    async def broken(request: Request, error: Exception) -> JSONResponse:
        logger.error("a request failed", exc_info=error)
        return problem_response(request, HttpProblem("server_error"))
