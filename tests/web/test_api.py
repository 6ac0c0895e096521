"""At stake: a meeting set up by a program alone, and nobody else's hands on it."""

import io
import re
import zipfile
from typing import Any

import pytest

from app.core.capability import Role
from app.core.ids import MeetingId
from app.i18n import whole
from app.main import Server
from tests.web.conftest import REHEARSAL, Door, command

NOBODYS = "meeting_" + "0" * 32


async def ask(door: Door, who: dict[str, str], method: str, path: str, **more: object) -> tuple[int, Any]:
    answer = await door.http.request(method, f"/api/meetings/{door.meeting}/{path}", headers=who, **more)  # type: ignore[arg-type]
    return answer.status_code, answer.json() if answer.content else None


async def test_the_owner_makes_a_meeting_and_gets_a_link_for_every_role(door: Door) -> None:
    owner = await door.owner()
    checked = await door.http.post("/api/plan/check", json={"plan": REHEARSAL}, headers=owner)
    assert checked.json()["seats"] == 20
    made = await door.http.post("/api/meetings", json={"plan": REHEARSAL}, headers=owner)
    assert made.status_code == 201
    meeting, links = made.json()["meeting"], made.json()["links"]
    assert {"organiser", "theme_leader", "screen"} <= {link["role"] for link in links}
    listed = (await door.http.get("/api/meetings", headers=owner)).json()
    assert [each["id"] for each in listed] == [door.meeting, meeting]
    assert {each["phase"] for each in listed} == {"prepared"}
    taken_out = await door.http.get(f"/api/meetings/{meeting}/plan", headers=owner)
    assert taken_out.text == REHEARSAL


async def test_a_shipped_plan_is_read_for_a_form_and_checked_as_it_was_written(door: Door) -> None:
    owner = await door.owner()
    shipped = (await door.http.get("/api/plan/shipped/rehearsal", headers=owner)).json()["plan"]
    assert shipped == REHEARSAL
    read = (await door.http.post("/api/plan/read", json={"plan": shipped}, headers=owner)).json()
    assert read["data"]["tables"] == {"count": 4, "seats": 5, "seats_max": 6}
    checked = await door.http.post("/api/plan/check", json={"plan": read["plan"]}, headers=owner)
    assert (checked.json()["seats"], checked.json()["minutes"]) == (20, 30)
    nothing = await door.http.get("/api/plan/shipped/..%2Fsettings", headers=owner)
    assert nothing.status_code in (404, 422)
    broken = await door.http.post("/api/plan/read", json={"plan": "a: [1,\nb: 2\n"}, headers=owner)
    assert (broken.status_code, broken.json()["problems"][0]["line"]) == (422, 3)


async def test_the_owner_enters_a_meeting_as_its_organiser(door: Door) -> None:
    answer = await door.http.post(f"/api/meetings/{door.meeting}/enter", headers=await door.owner())
    organiser = {"Authorization": f"Bearer {answer.json()['token']}"}
    started = await door.http.post("/api/commands", json=command("start_meeting"), headers=organiser)
    assert started.json()["t"] == "ack"


@pytest.mark.parametrize(
    "role", [role for role in Role if role not in (Role.SERVER, Role.RECEIVER, Role.ORGANISER)]
)
async def test_only_an_organiser_sees_links_and_codes_or_changes_them(door: Door, role: Role) -> None:
    who = await door.program(role)
    mine = (await door.server.house.links(door.meeting))[0].capability.id
    for method, path in [
        ("GET", "links"), ("GET", "codes/seats"), ("GET", "codes/tables"), ("GET", "cards/seats"),
        ("GET", "plan"), ("GET", "seats"), ("POST", "enter"), ("POST", f"capabilities/{mine}/rotate"),
        ("DELETE", f"capabilities/{mine}"), ("GET", "report.html?edition=full"),
        ("GET", "report.pdf?edition=full"), ("GET", "export/audit.zip"),
    ]:  # fmt: skip
        status, body = await ask(door, who, method, path)
        assert (status, body["code"]) == (403, "not_allowed"), (method, path)
    new = await ask(door, who, "POST", "capabilities", json={"role": "expert"})
    assert new[0] == 403


async def test_an_organiser_of_one_meeting_is_nobody_in_another(door: Door, server: Server) -> None:
    other = await server.house.create_meeting(REHEARSAL)
    organiser = await door.program(Role.ORGANISER)
    for path in (
        f"/api/meetings/{other}",
        f"/api/meetings/{other}/links",
        f"/api/meetings/{other}/report.html",
    ):
        assert (await door.http.get(path, headers=organiser)).json()["code"] == "not_your_meeting"
    assert [m["id"] for m in (await door.http.get("/api/meetings", headers=organiser)).json()] == [
        door.meeting
    ]
    foreign = (await server.house.links(other))[0].capability.id
    assert (await ask(door, organiser, "DELETE", f"capabilities/{foreign}"))[0] == 403
    assert (
        await door.http.get(f"/api/meetings/{NOBODYS}/links", headers=await door.owner())
    ).status_code in (200, 403)


async def test_a_new_link_opens_until_it_is_revoked(door: Door) -> None:
    organiser = await door.program(Role.ORGANISER)
    status, way = await ask(
        door, organiser, "POST", "capabilities", json={"role": "theme_member", "label": "Nok"}
    )
    assert status == 201
    assert isinstance(way, dict)
    secret = way["url"].partition("#")[2]
    assert (await door.http.post("/api/join", json={"code": secret})).json()["role"] == "theme_member"
    assert (await ask(door, organiser, "DELETE", f"capabilities/{way['capability']}"))[0] == 204
    assert (await door.http.post("/api/join", json={"code": secret})).status_code == 401
    assert way["capability"] not in str(await ask(door, organiser, "GET", "links"))


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"role": "server"}, "bad_field"),
        ({"role": "participant"}, "bad_field"),
        ({"role": "king"}, "bad_field"),
        ({"role": "area_manager", "tables": ["99"]}, "unknown_table"),
        ({"role": "screen", "screen": "x"}, "unknown_screen"),
        ({"role": "expert", "label": "x" * 81}, "bad_field"),
    ],
)
async def test_a_wrong_capability_is_refused(door: Door, body: dict[str, object], code: str) -> None:
    _, answer = await ask(door, await door.program(Role.ORGANISER), "POST", "capabilities", json=body)
    assert answer["code"] == code


async def test_a_seat_added_during_the_day_gets_its_code(door: Door) -> None:
    organiser = await door.program(Role.ORGANISER)
    seat = "seat_" + "1" * 32
    frame = command("add_seat", seat=seat, table="1")
    assert (await door.http.post("/api/commands", json=frame, headers=organiser)).json()["t"] == "ack"
    _, codes = await ask(door, organiser, "GET", "codes/seats")
    mine = [way for way in codes if way["seat"] == seat]
    joined = await door.http.post("/api/join", json={"code": mine[0]["code"].lower()})
    assert joined.json()["seat"] == seat


async def test_cards_have_every_code_and_a_picture_of_it(door: Door) -> None:
    organiser = await door.program(Role.ORGANISER)
    answer = await door.http.get(f"/api/meetings/{door.meeting}/cards/seats?lang=th", headers=organiser)
    ways = await door.server.house.codes(door.meeting, Role.PARTICIPANT)
    assert all(way.code in answer.text for way in ways if way.code)
    assert answer.text.count("data:image/svg+xml") == len(ways)
    assert whole("ที่นั่ง 1-1") in answer.text


async def test_a_viewer_reads_the_public_report_and_export(door: Door) -> None:
    viewer = await door.program(Role.VIEWER)
    for path in ("report.html", "report.json", "report.pdf", "figures.json", "tables/index"):
        answer = await door.http.get(f"/api/meetings/{door.meeting}/{path}", headers=viewer)
        assert answer.status_code == 200, path
    zipped = await door.http.get(f"/api/meetings/{door.meeting}/export/public.zip", headers=viewer)
    assert "figures.json" in zipfile.ZipFile(io.BytesIO(zipped.content)).namelist()
    assert list(door.server.house.settings.data_dir.glob("export-*")) == [], (
        "the file is deleted after it is sent"
    )
    assert (
        await door.http.get(f"/api/meetings/{door.meeting}/tables/x.csv", headers=viewer)
    ).status_code == 404


async def test_while_logs_are_replayed_everything_says_starting(door: Door, server: Server) -> None:
    owner = await door.owner()
    server.house.ready.clear()
    hall = server.house.lobby.halls.pop(MeetingId(door.meeting))
    answer = await door.http.get(f"/api/meetings/{door.meeting}/links", headers=owner)
    assert answer.status_code == 200
    one = await door.http.get(f"/api/meetings/{door.meeting}", headers=owner)
    assert (one.status_code, one.json()["code"], one.headers["retry-after"]) == (503, "starting", "2")
    assert (await door.http.get("/health/ready")).status_code == 503
    server.house.lobby.halls[MeetingId(door.meeting)] = hall
    server.house.ready.set()


async def test_a_card_is_in_the_language_of_its_table_or_seat(door: Door) -> None:
    plan = (
        "title: {en: Two tongues, th: สองภาษา}\nlanguages: [en, th]\ndate: 2026-11-28\n"
        "time_zone: Asia/Bangkok\n"
        "level: consult\nrecruitment: open\nagenda: [{id: a, title: {en: A, th: ก}, minutes: 5}]\n"
        "tables: [{id: t1, seats: 2, language: th}, {id: t2, seats: 2}]\n"
    )
    meeting = await door.server.house.create_meeting(plan)
    owner = await door.owner()
    told = (await door.http.get(f"/api/meetings/{meeting}/cards/tables", headers=owner)).text
    assert re.findall(r'class="card table" lang="(\w+)"', told) == ["th", "en"]
    assert "โต๊ะ t1" in told
    seats = (await door.http.get(f"/api/meetings/{meeting}/cards/seats?lang=th", headers=owner)).text
    assert re.findall(r'class="card seat" lang="(\w+)"', seats) == ["th", "th", "en", "en"]
    only = (await door.http.get(f"/api/meetings/{meeting}/cards/tables?only=th", headers=owner)).text
    assert re.findall(r'class="card table" lang="(\w+)"', only) == ["th", "th"]
