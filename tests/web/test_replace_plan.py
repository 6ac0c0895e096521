"""At stake: printed cards and open pages, when the plan changes the night before."""

import asyncio
from typing import Any

from app.core.capability import Role
from app.main import Server
from tests.web.conftest import REHEARSAL, Door, command

FEWER = REHEARSAL.replace("tables: {count: 4, seats: 5", "tables: {count: 2, seats: 5").replace(
    "expert: [4-5]", "expert: [1-4]"
)
FEWER = FEWER.replace("    business: [2-5]\n    community: [3-5]", "    business: [2-5]")
MORE = REHEARSAL.replace("count: 4, seats: 5", "count: 5, seats: 5") + "\nscreens: [main, left]\n"


async def replaced(door: Door, plan: str) -> Any:
    url = f"/api/meetings/{door.meeting}/plan"
    return await door.http.put(url, json={"plan": plan}, headers=await door.owner())


async def codes(door: Door, places: str) -> dict[str, str]:
    url = f"/api/meetings/{door.meeting}/codes/{places}"
    answer = await door.http.get(url, headers=await door.owner())
    return {way["label"]: way["code"] for way in answer.json()}


async def links(door: Door) -> dict[tuple[str, str], str]:
    answer = await door.http.get(f"/api/meetings/{door.meeting}/links", headers=await door.owner())
    return {(way["role"], way["label"]): way["url"] for way in answer.json()}


async def opens(door: Door, code: str) -> int:
    return (await door.http.post("/api/join", json={"code": code})).status_code


async def test_codes_of_what_stays_are_the_same_and_of_what_is_gone_are_dead(door: Door) -> None:
    tables, seats, linked = await codes(door, "tables"), await codes(door, "seats"), await links(door)
    assert (await replaced(door, FEWER)).status_code == 200
    assert await codes(door, "tables") == {table: tables[table] for table in ("1", "2")}
    assert await codes(door, "seats") == {seat: code for seat, code in seats.items() if seat[0] in "12"}
    assert await opens(door, seats["1-1"]) == 200
    assert await opens(door, seats["4-1"]) == 401
    assert await opens(door, tables["4"]) == 401
    now = await links(door)
    assert ("area_manager", "1–4") not in now
    assert now.keys() - linked.keys() == {("area_manager", "1–2")}
    assert {key: url for key, url in now.items() if key in linked} == {
        key: url for key, url in linked.items() if key in now
    }


async def test_what_comes_back_gets_a_new_code_and_what_is_new_its_own(door: Door) -> None:
    seats = await codes(door, "seats")
    await replaced(door, FEWER)
    assert (await replaced(door, MORE)).status_code == 200
    now = await codes(door, "seats")
    assert len(now) == 25
    assert now["1-1"] == seats["1-1"]
    assert now["4-1"] != seats["4-1"]
    assert await opens(door, now["4-1"]) == await opens(door, now["5-5"]) == 200
    assert await opens(door, seats["4-1"]) == 401
    linked = await links(door)
    assert {("screen", "left"), ("area_manager", "1–2"), ("area_manager", "3–5")} <= linked.keys()
    again = await replaced(door, MORE)  # given once more it changes nothing
    assert again.status_code == 200
    assert (await links(door), await codes(door, "seats")) == (linked, now)


async def test_the_plan_that_is_fetched_and_listed_is_the_one_that_holds(door: Door, server: Server) -> None:
    other = FEWER.replace("en: Rehearsal", "en: Dress rehearsal")
    await replaced(door, other)
    owner = await door.owner()
    fetched = await door.http.get(f"/api/meetings/{door.meeting}/plan", headers=owner)
    assert fetched.text == other
    [listed] = (await door.http.get("/api/meetings", headers=owner)).json()
    assert listed["title"]["en"] == "Dress rehearsal"
    meeting = server.house.hall(door.meeting).meeting
    assert meeting.plan is not None
    assert len(meeting.plan.tables) == 2


async def test_a_broken_plan_and_a_meeting_that_runs_change_nothing(door: Door) -> None:
    before = await codes(door, "seats")
    broken = await replaced(door, "title: x")
    assert (broken.status_code, broken.json()["code"]) == (422, "bad_plan")
    lead = await door.program(Role.ORGANISER)
    by_hand = command("extend_item", item="talk", minutes=5)
    assert (await door.http.post("/api/commands", json=by_hand, headers=lead)).json()["t"] == "ack"
    refused = await replaced(door, FEWER)
    assert (refused.status_code, refused.json()["code"]) == (409, "plan_changed_by_hand")
    await door.http.post("/api/commands", json=command("start_meeting"), headers=lead)
    running = await replaced(door, FEWER)
    assert (running.status_code, running.json()["code"]) == (409, "meeting_already_prepared")
    assert await codes(door, "seats") == before


async def test_two_at_once_come_one_after_the_other(door: Door) -> None:
    url, owner = f"/api/meetings/{door.meeting}/plan", await door.owner()
    asked = (door.http.put(url, json={"plan": plan}, headers=owner) for plan in (FEWER, MORE, FEWER, MORE))
    answers = await asyncio.gather(*asked)
    assert [answer.status_code for answer in answers] == [200] * 4
    seats = await codes(door, "seats")
    assert len(seats) in (10, 25)
    assert len(set(seats.values())) == len(seats)
    assert {await opens(door, code) for code in seats.values()} == {200}
