"""At stake: a command over HTTP is the same command, with the same answer for ever."""

from typing import Any

import httpx2 as httpx
import pytest

from app.core import views
from app.core.capability import Role
from app.core.commands import COMMANDS
from app.core.rights import RIGHTS
from app.realtime.wire import COMMAND_FRAMES
from tests.web.conftest import Door, command


async def give(door: Door, who: dict[str, str], frame: Any) -> httpx.Response:
    return await door.http.post("/api/commands", json=frame, headers=who)


async def test_an_accepted_command_sent_again_has_the_same_answer(door: Door) -> None:
    who = await door.program(Role.ORGANISER)
    frame = command("start_meeting")
    first = await give(door, who, frame)
    assert (first.status_code, first.json()) == (200, {"t": "ack", "id": frame["id"], "offset": 2})
    assert (await give(door, who, frame)).json() == first.json()
    other = await give(door, who, frame | {"t": "stop_timer"})
    assert other.json()["code"] == "id_reused"


async def test_a_ballot_from_join_to_the_record(door: Door) -> None:
    organiser, seat = await door.program(Role.ORGANISER), await door.program(Role.PARTICIPANT)
    hall = door.server.house.hall(door.meeting)
    await give(door, organiser, command("start_meeting"))
    early = command("cast_ballot", question="practice", round=1, seat="1-1", choices=["foot"])
    assert (await give(door, seat, early)).json()["t"] == "nack"
    assert (await give(door, seat, command("join_seat", seat="1-1"))).json()["t"] == "ack"
    await give(door, organiser, command("open_voting", question="practice"))
    ballot = command("cast_ballot", question="practice", round=1, seat="1-1", choices=["foot"])
    assert (await give(door, seat, ballot)).json()["t"] == "ack"
    assert hall.meeting.questions.questions["practice"].now.tally.voters == 1  # type: ignore[index]
    neighbour = ballot | {"id": command("x")["id"], "seat": "1-2"}
    assert (await give(door, seat, neighbour)).json()["code"] == "not_your_seat"


@pytest.mark.parametrize(
    ("frame", "status", "code"),
    [
        (b"{", 422, "bad_frame"),
        (b"[]", 422, "bad_frame"),
        (b"\xff\xfe", 422, "bad_frame"),
        (b'{"t":"hello","protocol":1}', 422, "bad_frame"),
        (b'{"t":"fly","id":"cmd_1"}', 422, "unknown_command"),
        (b'{"t":"start_meeting","id":"x"}', 422, "bad_id"),
        (b'{"t":"start_meeting"}', 422, "bad_id"),
        (b'{"t":"prepare_meeting","id":"cmd_1"}', 422, "unknown_command"),
        (b'{"t":"join_seat","id":"cmd_' + b"0" * 32 + b'","seat":1}', 422, "bad_field"),
        (b'{"t":"join_seat","id":"cmd_' + b"0" * 32 + b'","seat":"x","by":"organiser"}', 422, "bad_field"),
        (b"[" * 100_000, 413, "body_too_large"),
        (b"[" * 10_000, 422, "bad_frame"),
        (b'"' + b"x" * 20_000 + b'"', 413, "frame_too_large"),
    ],
)
async def test_a_malformed_frame_is_refused_and_leaves_the_log_as_it_was(
    door: Door, frame: bytes, status: int, code: str
) -> None:
    who = await door.program(Role.PARTICIPANT)
    before = door.server.house.hall(door.meeting).position
    answer = await door.http.post("/api/commands", content=frame, headers=who)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert door.server.house.hall(door.meeting).position == before


async def test_a_role_without_the_right_is_refused(door: Door) -> None:
    """The viewer has no command at all: every well-formed one is refused, and none is recorded."""
    who = await door.program(Role.VIEWER)
    before = door.server.house.hall(door.meeting).position
    for name in COMMAND_FRAMES:
        assert Role.VIEWER not in RIGHTS[name]
        answer = await give(door, who, command(name, **example(name)))
        assert answer.json()["code"] == "not_allowed", answer.text
    assert door.server.house.hall(door.meeting).position == before


def example(name: str) -> dict[str, Any]:
    """Fields that fit the frame of a command."""
    from app.web.forms import form_of

    plain: dict[str, Any] = {
        "wording": {"en": "x"}, "number": 1, "round": 1, "revision": 1, "flag": False, "options": [],
        "scale": [], "copies": {}, "ids": [], "several": [], "languages": [], "choices": [],
        "digits": [], "counts": {},
    }  # fmt: skip
    made: dict[str, Any] = {}
    for field in form_of(name).fields:
        if not field.required:
            continue
        if field.kind == "one":
            made[field.name] = field.choices[0][0]
        elif field.kind == "group":
            made[field.name] = {part.name: part.choices[0][0] for part in field.parts if part.required}
        else:
            made[field.name] = plain.get(field.kind, "x")
    return made


def test_the_examples_cover_every_command() -> None:
    assert set(COMMAND_FRAMES) < set(COMMANDS)


async def test_the_owner_has_no_command_before_a_meeting_is_entered(door: Door) -> None:
    assert (await give(door, await door.owner(), command("start_meeting"))).json()[
        "code"
    ] == "not_your_meeting"
    assert (await door.http.post("/api/commands", json=command("start_meeting"))).status_code == 401


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.SERVER, Role.RECEIVER)])
async def test_a_role_reads_its_own_channels_and_no_other(door: Door, role: Role) -> None:
    who = await door.program(role)
    mine = (await door.http.get("/api/channels", headers=who)).json()
    for channel in mine:
        answer = await door.http.get(f"/api/channels/{channel}", headers=who)
        assert answer.status_code == 200
        assert answer.json()["channel"] == channel
    others = {
        "console",
        "results",
        "desk",
        "floor",
        "experts",
        "stage",
        "keypad",
        "seat:1-2",
        "table:2",
        "nonsense",
    } - set(mine)
    for channel in others:
        assert (await door.http.get(f"/api/channels/{channel}", headers=who)).json()[
            "code"
        ] == "not_allowed", channel


def test_every_role_has_its_row_of_channels() -> None:
    assert set(views.CHANNELS) == set(Role)
