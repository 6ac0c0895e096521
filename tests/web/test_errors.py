"""At stake: whoever is refused is told why, in one shape, with a code that a program can rely on."""

import httpx2 as httpx
import pytest

from app.core.capability import Role
from app.core.errors import BUSY, REFUSALS, Refusal
from app.i18n import available, has, refusal_sentence, sentence
from app.web.errors import HTTP_CODES, STATUSES, _accepted
from tests.web.conftest import Door, command


def test_every_code_has_a_status() -> None:
    assert set(STATUSES) == set(REFUSALS) | set(BUSY)
    assert all(400 <= status < 500 or status == 503 for status in STATUSES.values())


@pytest.mark.parametrize("code", HTTP_CODES)
def test_every_code_of_http_has_its_sentence(code: str) -> None:
    assert has(f"http.{code}")
    assert code not in REFUSALS


def test_families() -> None:
    assert STATUSES["unknown_seat"] == 404
    assert STATUSES["unknown_code"] == STATUSES["revoked"] == 401
    assert STATUSES["not_allowed"] == STATUSES["bad_origin"] == 403
    assert STATUSES["bad_field"] == 422
    assert STATUSES["voting_closed"] == 409
    assert STATUSES["rate"] == 429


@pytest.mark.parametrize(
    ("header", "tags"),
    [
        ("th", ["th"]),
        ("en;q=0.5, th-TH", ["th-TH", "en"]),
        ("en;q=x, th;q=0.1", ["th"]),
        ("*", ["*"]),
        ("", [""]),
    ],
)
def test_languages_are_read_by_weight(header: str, tags: list[str]) -> None:
    assert _accepted(header) == tags


async def test_the_sentence_is_in_the_readers_language(http: httpx.AsyncClient) -> None:
    told = {}
    for language in available():
        answer = await http.get("/api/session", headers={"Accept-Language": f"{language}, en;q=0.1"})
        told[language] = answer.json()["say"]
        assert (await http.get(f"/api/session?lang={language}")).json()["say"] == told[language]
    assert len(set(told.values())) == len(available())


async def test_who_names_no_language_is_told_in_the_first_one_of_their_meeting(door: Door) -> None:
    first = door.server.house.entries[door.meeting].languages[0]
    assert first == "th", "or English would be told by chance"
    door.http.headers.pop("Accept-Language", None)
    seat = await door.program(Role.PARTICIPANT)
    path = f"/api/meetings/{door.meeting}/links"
    refused = await door.http.get(path, headers=seat)
    assert refused.json()["say"] == refusal_sentence(first, refused.json()["code"], refused.json()["params"])
    given = await door.http.post("/api/commands", json=command("start_meeting"), headers=seat)
    assert given.json()["say"] == refusal_sentence(first, "not_allowed", given.json()["params"])
    owner = await door.owner()
    where = f"/api/meetings/{door.meeting}/export/none.zip"
    lost = await door.http.get(where, headers=owner)
    assert lost.status_code == 422
    assert lost.json()["say"] == refusal_sentence(first, "bad_field", lost.json()["params"])
    asked = await door.http.get(path, headers=seat | {"Accept-Language": "en"})
    assert asked.json()["say"] == refusal_sentence("en", asked.json()["code"], asked.json()["params"])
    stranger = await door.http.get(path)
    assert stranger.json()["say"] == refusal_sentence("en", "unknown_session", {}), "no meeting is known"


async def test_a_browser_at_an_unknown_address_gets_a_page(http: httpx.AsyncClient) -> None:
    accept = {"Accept": "text/html,*/*;q=0.8"}
    for language in available():
        answer = await http.get(f"/nowhere?lang={language}", headers=accept)
        assert answer.status_code == 404
        assert answer.headers["content-type"].startswith("text/html")
        assert sentence(language, "http.not_found") in answer.text
    assert (await http.get("/api/nowhere", headers=accept)).json()["code"] == "not_found"


def test_what_belongs_to_no_table_is_refused_without_naming_one() -> None:
    for language in available():
        assert "None" not in refusal_sentence(language, "not_your_table", {"table": "None"})
        assert "7" in refusal_sentence(language, "not_your_table", {"table": "7"})


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/nowhere", None, 404, "not_found"),
        ("GET", "/api/nowhere", None, 404, "not_found"),
        ("DELETE", "/api/join", None, 405, "method_not_allowed"),
        ("POST", "/api/join", {}, 422, "bad_field"),
        ("POST", "/api/join", {"code": "x", "more": 1}, 422, "bad_field"),
        ("POST", "/api/join", {"code": "x" * 201}, 422, "bad_field"),
        ("POST", "/api/join", "{", 422, "bad_field"),
        ("POST", "/api/join", '{"code": "\\ud800"}', 422, "bad_field"),
        ("POST", "/api/login", '{"password": "\\udfff"}', 422, "bad_field"),
        ("POST", "/api/join", "[" * 3_000, 400, "bad_request"),
    ],
)
async def test_whatever_goes_wrong_has_the_one_shape(
    http: httpx.AsyncClient, method: str, path: str, body: object, status: int, code: str
) -> None:
    if isinstance(body, str):
        answer = await http.request(method, path, content=body, headers={"Content-Type": "application/json"})
    else:
        answer = await http.request(method, path, json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert {"code", "params", "say"} <= set(answer.json())


async def test_an_unhandled_error_is_told_without_its_inside(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("the secret inside")

    monkeypatch.setattr(door.server.house, "hall", fails)
    transport = httpx.ASGITransport(door.http._transport.app, raise_app_exceptions=False)  # type: ignore[attr-defined]
    async with httpx.AsyncClient(transport=transport, base_url=str(door.http.base_url)) as client:
        answer = await client.get("/api/meetings/x", headers=await door.owner())
    assert (answer.status_code, answer.json()["code"]) == (500, "server_error")
    assert "secret" not in answer.text


async def test_a_plan_with_problems_names_each_with_its_line(door: Door) -> None:
    plan = "title: {en: A}\nlanguages: [en]\nnonsense: 1\n"
    answer = await door.http.post("/api/meetings", json={"plan": plan}, headers=await door.owner())
    assert answer.status_code == 422
    body = answer.json()
    assert body["code"] == "bad_plan"
    assert body["params"]["count"] == len(body["problems"]) > 3
    assert any(problem["line"] == 3 and "nonsense" in problem["say"] for problem in body["problems"])


def test_a_refusal_that_is_not_in_the_list_cannot_be_made() -> None:
    with pytest.raises(KeyError):
        Refusal("made_up")
