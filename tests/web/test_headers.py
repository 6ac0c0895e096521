"""At stake: what a browser would do with a page if nobody told it not to; and what a request may cost."""

import asyncio
from collections.abc import AsyncIterator

import httpx2 as httpx
import pytest

from app.core.capability import Role
from app.main import Server
from app.settings import Settings
from app.web.application import make_app
from app.web.headers import Edge, fixed_headers
from tests.web.conftest import Door

PATHS = [
    "/j",
    "/seat",
    "/console",
    "/organiser",
    "/health/live",
    "/nowhere",
    "/static/css/base.css",
    "/openapi.json",
]


@pytest.mark.parametrize("path", PATHS)
async def test_every_answer_carries_the_strict_policy(http: httpx.AsyncClient, path: str) -> None:
    answer = await http.get(path)
    policy = dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["font-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["require-trusted-types-for"] == "'script'"
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == ("no-cache" if "static" in path else "no-store")


@pytest.mark.parametrize("page", ["/j", "/organiser", "/seat"])
async def test_a_page_has_no_inline_script_or_style(door: Door, page: str) -> None:
    html = (await door.http.get(page)).text
    assert " style=" not in html
    assert "<style" not in html
    assert " onclick" not in html
    assert html.count("<script") == html.count('<script type="module" src="/static/') + html.count(
        '<script type="application/json"'
    )


async def test_the_report_needs_nothing_that_the_policy_forbids(door: Door) -> None:
    viewer = await door.program(Role.VIEWER)
    html = (await door.http.get(f"/api/meetings/{door.meeting}/report.html", headers=viewer)).text
    for inline in (" style=", "<style", "<script", "http://", "https://"):
        assert inline not in html.replace("http://www.w3.org", ""), inline


def test_a_page_is_kept_apart_from_others_where_browsers_can_do_it() -> None:
    name = "Cross-Origin-Opener-Policy"
    assert fixed_headers(Settings())[name] == "same-origin"
    assert name not in fixed_headers(Settings(host="192.0.2.7", insecure_lan=True)), "they would complain"


def test_over_tls_browsers_are_told_to_stay_there() -> None:
    assert "Strict-Transport-Security" in fixed_headers(Settings(public_url="https://a.org"))
    assert "wss://a.org" in fixed_headers(Settings(public_url="https://a.org"))["Content-Security-Policy"]
    assert "Strict-Transport-Security" not in fixed_headers(Settings())


@pytest.mark.parametrize(
    "host", ["a b", "a/b", "a\\b", "a@b", "[::1", "a:b", "a:80:80", "<script>", "x" * 300]
)
async def test_a_malformed_host_is_refused_and_a_foreign_one_changes_nothing(
    http: httpx.AsyncClient, host: str
) -> None:
    answer = await http.get("/j", headers={"Host": host})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_host")
    foreign = await http.get("/j", headers={"Host": "evil.example.org"})
    assert foreign.status_code == 200
    assert "evil" not in foreign.text
    assert "evil" not in str(foreign.headers)


async def test_a_body_that_is_too_large_is_refused_whether_it_says_so_or_not(http: httpx.AsyncClient) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(10):
            yield b"x" * 30_000

    said = await http.post("/api/join", content=b"x" * 70_000)
    unsaid = await http.post("/api/join", content=endless())
    for answer in (said, unsaid):
        assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
        assert answer.headers["connection"] == "close"


async def test_a_plan_may_be_larger(door: Door) -> None:
    answer = await door.http.post("/api/meetings", json={"plan": "x" * 100_000}, headers=await door.owner())
    assert answer.json()["code"] == "bad_plan"


async def test_a_body_that_does_not_come_is_not_waited_for(server: Server, settings: Settings) -> None:
    quick = settings.model_copy(update={"request_body_seconds": 0.05})
    edge = Edge(make_app(server.house, server.owners), quick)
    sent: list[dict[str, object]] = []

    async def receive() -> dict[str, object]:
        await asyncio.sleep(60)
        raise AssertionError

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "POST", "path": "/api/join", "raw_path": b"/api/join", "query_string": b"",
        "headers": [(b"host", b"a"), (b"content-type", b"application/json")], "http_version": "1.1",
        "scheme": "http", "server": ("a", 80), "client": ("b", 1), "root_path": "",
        "asgi": {"version": "3.0"},
    }  # fmt: skip
    await asyncio.wait_for(edge(scope, receive, send), 30)  # type: ignore[arg-type]
    assert sent[0]["status"] == 408


async def test_forwarded_headers_decide_nothing(http: httpx.AsyncClient) -> None:
    answer = await http.post(
        "/api/ticket",
        headers={"X-Forwarded-Host": "evil.org", "X-Forwarded-Proto": "https", "Origin": "https://evil.org"},
    )
    assert answer.json()["code"] == "bad_origin"
