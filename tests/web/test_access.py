"""At stake: another web page that acts with a participant's cookie."""

import httpx2 as httpx
import pytest

from app.core.capability import Role
from app.main import Server
from tests.web.conftest import ORIGIN, Door

FOREIGN = [
    "null",
    "http://127.0.0.1:8021.evil.org",
    "http://evil.org/http://127.0.0.1:8021",
    "http://127.0.0.1:80211",
    "http://127.0.0.1",
    "https://127.0.0.1:8021",
    "http://127.0.0.2:8021",
    "http://xn--127-0.org:8021",
    "http://127.0.0.1:8021/",
    "",
]


@pytest.mark.parametrize("origin", FOREIGN)
async def test_only_the_exact_origin_gets_a_ticket(door: Door, origin: str) -> None:
    mine = await door.page(Role.PARTICIPANT)
    assert (await door.http.post("/api/ticket", headers=mine)).status_code == 200
    answer = await door.http.post("/api/ticket", headers=mine | {"Origin": origin})
    assert (answer.status_code, answer.json()["code"]) == (403, "bad_origin")


async def test_a_cookie_without_an_origin_is_nobody_where_something_changes(door: Door) -> None:
    mine = await door.page(Role.PARTICIPANT)
    del mine["Origin"]
    assert (await door.http.post("/api/ticket", headers=mine)).status_code == 401
    assert (await door.http.get("/api/session", headers=mine)).status_code == 200
    cross = mine | {"Sec-Fetch-Site": "cross-site"}
    assert (await door.http.get("/api/session", headers=cross)).status_code == 401


async def test_a_page_uses_only_its_own_cookie(door: Door) -> None:
    mine = await door.page(Role.PARTICIPANT)
    for named in ("table", "console", "listen", "nonsense", ""):
        answer = await door.http.post("/api/ticket", headers=mine | {"Town-Page": named})
        assert answer.status_code == 401, named
    renamed = mine | {"Town-Page": "table", "Cookie": mine["Cookie"].replace("seat=", "table=")}
    assert (await door.http.post("/api/ticket", headers=renamed)).status_code == 401


async def test_a_page_gets_a_strict_cookie_and_no_token_and_a_program_the_reverse(door: Door) -> None:
    secret = await door.secret(Role.PARTICIPANT)
    page = await door.http.post("/api/join", json={"code": secret}, headers={"Origin": ORIGIN})
    assert page.json()["token"] is None
    cookie = page.headers["set-cookie"].lower()
    assert cookie.startswith("seat=")
    assert {"httponly", "samesite=strict", "path=/"} <= {part.strip() for part in cookie.split(";")}
    door.http.cookies.clear()
    program = await door.http.post("/api/join", json={"code": secret})
    assert program.json()["token"]
    assert "set-cookie" not in program.headers


async def test_a_foreign_page_cannot_join(door: Door) -> None:
    secret = await door.secret(Role.PARTICIPANT)
    answer = await door.http.post("/api/join", json={"code": secret}, headers={"Origin": "http://evil.org"})
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


async def test_over_tls_the_cookie_is_bound_to_the_host(door: Door, server: Server) -> None:
    secure = server.house.settings.model_copy(update={"public_url": "https://meeting.example.org"})
    server.house.settings = secure
    origin = {"Origin": "https://meeting.example.org"}
    answer = await door.http.post(
        "/api/join", json={"code": await door.secret(Role.PARTICIPANT)}, headers=origin
    )
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-seat=")
    assert "Secure" in cookie
    assert "Domain" not in cookie


async def test_leaving_ends_the_session(door: Door) -> None:
    mine = await door.page(Role.EXPERT)
    assert (await door.http.delete("/api/session", headers=mine)).status_code == 204
    assert (await door.http.get("/api/session", headers=mine)).json()["code"] == "unknown_session"


async def test_another_page_of_the_role_opens_with_a_session_of_its_own(door: Door) -> None:
    mine = await door.page(Role.ORGANISER)
    answer = await door.http.post("/api/session", json={"page": "report"}, headers=mine)
    assert answer.status_code == 200
    assert answer.cookies["report"] not in mine["Cookie"]
    refused = await door.http.post("/api/session", json={"page": "seat"}, headers=mine)
    assert refused.json()["code"] == "not_allowed"


async def test_a_one_time_link_opens_once_and_the_password_again_and_again(
    door: Door, server: Server, http: httpx.AsyncClient
) -> None:
    link = (await server.owners.new_link()).partition("#")[2]
    first = await http.post("/api/join", json={"code": link})
    assert first.json()["role"] == "owner"
    assert (await http.post("/api/join", json={"code": link})).json()["code"] == "unknown_code"
    owner = {"Authorization": f"Bearer {first.json()['token']}"}
    assert (await http.put("/api/password", json={"password": "short"}, headers=owner)).status_code == 422
    good = {"password": "correct horse battery"}
    assert (await http.put("/api/password", json=good, headers=owner)).status_code == 204
    for _ in range(2):
        assert (await http.post("/api/login", json=good)).json()["role"] == "owner"
    wrong = await http.post("/api/login", json={"password": "wrong horse battery"})
    assert (wrong.status_code, wrong.json()["code"]) == (401, "wrong_password")
    organiser = await door.program(Role.ORGANISER)
    assert (await http.put("/api/password", json=good, headers=organiser)).json()["code"] == "not_allowed"


async def test_the_next_link_kills_the_one_before(server: Server, http: httpx.AsyncClient) -> None:
    old = (await server.owners.new_link()).partition("#")[2]
    await server.owners.new_link()
    assert (await http.post("/api/join", json={"code": old})).status_code == 401


async def test_a_browser_leaves_everything_at_the_end_of_a_day(door: Door) -> None:
    table, seat = await door.page(Role.TABLE_FACILITATOR), await door.page(Role.PARTICIPANT)
    both = {"Origin": ORIGIN, "Cookie": f"{table['Cookie']}; {seat['Cookie']}"}
    path = "/api/sessions?page=table&page=listen"
    assert (await door.http.delete(path, headers=both | {"Origin": "https://evil.org"})).status_code == 403
    assert (await door.http.delete(path, headers={"Cookie": both["Cookie"]})).status_code == 403
    assert (await door.http.get("/api/session", headers=table)).status_code == 200, "control"
    answer = await door.http.delete(path, headers=both)
    assert answer.status_code == 204
    dropped = answer.headers.get_list("set-cookie")
    assert [cookie.partition("=")[0] for cookie in dropped] == ["table", "listen"]
    assert (await door.http.get("/api/session", headers=table)).status_code == 401
    assert (await door.http.get("/api/session", headers=seat)).status_code == 200, "not asked for"


async def test_a_laptop_hears_of_another_one_at_its_table(door: Door) -> None:
    mine = await door.page(Role.TABLE_FACILITATOR)
    await door.page(Role.TABLE_FACILITATOR)
    answer = await door.http.get("/api/session", headers=mine)
    assert answer.json()["beside"] == 0, "it has come in, and is not connected"
