"""At stake: a late arrival gets in, a new laptop is found, and no code goes to whose table it is not."""

import pytest

from app.core.capability import Role
from app.core.commands import AddSeat
from app.core.ids import SeatId, TableId
from app.web.registry import Wanted
from tests.builders import made
from tests.web.conftest import Door


async def joined(door: Door, secret: str) -> dict[str, str]:
    answer = await door.http.post("/api/join", json={"code": secret})
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['token']}"}


async def manager(door: Door, *tables: str) -> dict[str, str]:
    """The headers of an area manager of these tables only."""
    wanted = Wanted(Role.AREA_MANAGER, tables=tuple(TableId(t) for t in tables), label="corner")
    return await joined(door, (await door.server.house.add_link(door.meeting, wanted)).secret)


async def test_the_team_is_named_with_its_leader_first_and_by_its_labels(door: Door) -> None:
    await door.server.house.add_link(door.meeting, Wanted(Role.THEME_MEMBER, label="Nok"))
    leader = await door.program(Role.THEME_LEADER)
    told = (await door.http.get(f"/api/meetings/{door.meeting}/team", headers=leader)).json()
    assert [each["role"] for each in told] == ["theme_leader", "theme_member", "theme_member"]
    assert told[2]["label"] == "Nok"
    assert told[2]["author"] == f"theme_member:{told[2]['capability']}"


async def test_the_laptops_of_a_table_are_those_that_came_in_newest_first(door: Door) -> None:
    ways = await door.server.house.codes(door.meeting, Role.TABLE_FACILITATOR)
    path = f"/api/meetings/{door.meeting}/laptops/1"
    area = await manager(door, "1")
    assert (await door.http.get(path, headers=area)).json() == []
    devices = []
    for _ in range(2):
        answer = await door.http.post("/api/join", json={"code": ways[0].secret})
        who = {"Authorization": f"Bearer {answer.json()['token']}"}
        devices.append((await door.http.get("/api/session", headers=who)).json()["device"])
    await door.http.post("/api/join", json={"code": ways[1].secret})
    told = (await door.http.get(path, headers=area)).json()
    assert [laptop["device"] for laptop in told] == devices[::-1]
    assert not any(laptop["connected"] for laptop in told)


async def test_the_way_of_a_seat_is_its_cards_and_opens_that_seat(door: Door) -> None:
    cards = await door.server.house.codes(door.meeting, Role.PARTICIPANT)
    told = (
        await door.http.get(f"/api/meetings/{door.meeting}/seats/1-2/way", headers=await manager(door, "1"))
    ).json()
    [card] = [way for way in cards if way.capability.seat == "1-2"]
    assert (told["code"], told["url"]) == (card.code, card.url)
    assert told["qr"].startswith("data:image/svg+xml")
    who = await joined(door, told["code"])
    assert (await door.http.get("/api/session", headers=who)).json()["seat"] == "1-2"


async def test_a_seat_that_was_added_during_the_day_has_a_way_at_once(door: Door) -> None:
    seat = SeatId(made("seat"))
    house = door.server.house
    organiser = next(w for w in await house.links(door.meeting) if w.capability.role is Role.ORGANISER)
    await house.hall(door.meeting).submit(AddSeat(seat, TableId("1")), organiser.capability)
    path = f"/api/meetings/{door.meeting}/seats/{seat}/way"
    told = (await door.http.get(path, headers=await manager(door, "1"))).json()
    who = await joined(door, told["code"])
    assert (await door.http.get("/api/session", headers=who)).json()["seat"] == seat


@pytest.mark.parametrize("path", ["laptops/2", "seats/2-1/way"])
async def test_an_area_manager_reaches_no_table_but_their_own(door: Door, path: str) -> None:
    answer = await door.http.get(f"/api/meetings/{door.meeting}/{path}", headers=await manager(door, "1"))
    assert (answer.status_code, answer.json()["code"]) == (403, "not_your_table")
