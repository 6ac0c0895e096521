"""At stake: nobody does what is not theirs to do, at no table, seat or meeting but their own.

Every command × every role, over real sockets and over HTTP, about one's own place, the neighbour's and
another meeting's: what is not allowed is refused for that reason and recorded nowhere.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import pytest
from websockets.exceptions import ConnectionClosed

from app.core import rights
from app.core.capability import Role
from app.core.commands import COMMANDS, MoveSeat
from app.core.ids import CallId, IdeaId, SeatId, TableId, ThemeId
from app.realtime import intake, wire
from app.web.registry import Wanted
from app.web.roles import MADE
from tests.builders import small_plan
from tests.core.who_may import scope_of
from tests.fakes import until
from tests.security.foreign_client import ForeignClient
from tests.security.samples import ROWS, WHOLE, Place, furnished
from tests.security.server import Served, served
from tests.security.talk import command_id, frame_of, talk, welcomed

RIGHTS_SAY = {"any": "not_allowed", "table": "not_your_table", "seat": "not_your_seat"}
AT_ONCE = 24
NO_RIGHT = frozenset(RIGHTS_SAY.values())


ONE = Place(TableId("1"), SeatId("1-1"), IdeaId("1"), CallId("1"), ThemeId("1"))
COUNT_HEADS = ROWS["count_heads"](ONE)


class Asks(Protocol):
    """Somebody who can send a frame and tells the answer."""

    async def ask(self, frame: bytes) -> dict[str, Any]: ...

    async def ask_all(self, frames: list[bytes]) -> list[dict[str, Any]]: ...


@dataclass
class OverHttp:
    """The same frames, one a request."""

    room: Served
    token: str

    async def ask(self, frame: bytes) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = await self.room.http.post("/api/commands", content=frame, headers=headers)
        assert answer.status_code < 500, answer.text
        said: dict[str, Any] = answer.json()
        return said

    async def ask_all(self, frames: list[bytes]) -> list[dict[str, Any]]:
        return await asyncio.gather(*(self.ask(frame) for frame in frames))


@asynccontextmanager
async def by_socket(room: Served, token: str) -> AsyncIterator[Asks]:
    async with welcomed(room.socket_url, token, channels=[]) as line:
        yield line


@asynccontextmanager
async def by_http(room: Served, token: str) -> AsyncIterator[Asks]:
    yield OverHttp(room, token)


@asynccontextmanager
async def by_foreign_client(room: Served, token: str) -> AsyncIterator[Asks]:
    async with ForeignClient.connected(room.url, token) as client:
        yield client


WAYS: tuple[Callable[[Served, str], Any], ...] = (by_socket, by_http, by_foreign_client)


async def token_of(room: Served, role: Role) -> tuple[str, str]:
    """A token for this role at table 1 and seat 1-1, and its device."""
    if role in (Role.AREA_MANAGER, Role.RECEIVER):
        wanted = Wanted(role, tables=(TableId("1"),) if role is Role.AREA_MANAGER else ())
        secret = (await room.server.house.add_link(room.meeting, wanted)).secret
    else:
        places = {Role.TABLE_FACILITATOR: "1", Role.PARTICIPANT: "1-1"}
        secret = (await room.way(role, places.get(role))).secret
    token = await room.join(secret)
    who = await room.server.house.doors.who(token)
    assert who is not None
    assert who.capability is not None
    return token, who.capability.device


def expected(role: Role, command: str, *, own: bool) -> str | None:
    """The code that must refuse this cell; `None` where the right is there."""
    scope = scope_of(role, command)
    if scope is None:
        return "not_allowed"
    return None if own or scope == "any" else RIGHTS_SAY[scope]


async def trespasses(
    room: Served, way: Callable[[Served, str], Any], *, leaving_out: frozenset[str] = frozenset()
) -> list[str]:
    """Every cell in which somebody got further than they may, or left a trace; `[]` is the promise."""
    own, other = await furnished(room)
    wrong: list[str] = []
    for role in MADE:
        token, device = await token_of(room, role)
        async with way(room, token) as line:
            cells = [
                (name, at, must)
                for name in ROWS
                for at in (own, other)
                if name not in leaving_out and (must := expected(role, name, own=at is own)) is not None
            ]
            for some in (cells[at : at + AT_ONCE] for at in range(0, len(cells), AT_ONCE)):
                before = room.offset
                frames = [frame_of(ROWS[name](replace(at, device=device))) for name, at, _ in some]
                answered = {answer["id"]: answer for answer in await line.ask_all(frames)}
                answers = [answered[json.loads(frame)["id"]] for frame in frames]
                wrong += [
                    f"{role.value} {name} at table {at.table}: {answer}"
                    for (name, at, must), answer in zip(some, answers, strict=True)
                    if answer.get("code") != must
                ]
                if room.offset != before:
                    wrong.append(f"{role.value} left a trace")
    return wrong


def test_every_command_has_a_row() -> None:
    internal = {"prepare_meeting", "finish_voting", "give_more_time", "lose_key", "restore_log"}
    assert set(ROWS) | internal == set(COMMANDS)
    assert set(ROWS) == set(wire.COMMAND_FRAMES), "what the server alone may do has no frame"
    assert all(frame_of(row(ONE)) for row in ROWS.values())


@pytest.mark.parametrize("way", WAYS)
async def test_what_is_not_ones_own_is_refused_and_recorded_nowhere(
    tmp_path: Path, way: Callable[[Served, str], Any]
) -> None:
    async with served(tmp_path) as room:
        neighbour = await room.hold(small_plan())
        there = room.server.house.hall(neighbour).position.offset
        assert await trespasses(room, way) == []
        assert room.server.house.hall(neighbour).position.offset == there, "the other meeting heard nothing"


async def test_control_without_the_table_of_rights_the_matrix_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rights, "may", lambda *_: None)
    async with served(tmp_path) as room:
        found = await trespasses(room, by_socket, leaving_out=WHOLE)
    for role in (Role.VIEWER, Role.PARTICIPANT, Role.TABLE_FACILITATOR):
        assert any(cell.startswith(role.value) and "'ack'" in cell for cell in found), f"{role} got in"


async def test_what_is_ones_own_is_not_refused_for_want_of_a_right(tmp_path: Path) -> None:
    async with served(tmp_path) as room:
        own, _ = await furnished(room)
        accepted = set()
        for name, row in sorted(ROWS.items(), key=lambda each: each[0] in WHOLE):
            for role in MADE:
                if expected(role, name, own=True) is not None:
                    continue
                token, device = await token_of(room, role)
                async with by_socket(room, token) as line:
                    answer = await line.ask(frame_of(row(replace(own, device=device))))
                assert answer.get("code") not in NO_RIGHT, (role, name, answer)
                if answer["t"] == "ack":
                    accepted.add(name)
        assert len(accepted) > len(ROWS) // 2, "the samples are good ones: most are accepted"


async def test_a_seat_is_not_fetched_from_a_table_that_is_not_ones_own(tmp_path: Path) -> None:
    async with served(tmp_path) as room:
        own, other = await furnished(room)
        token, _ = await token_of(room, Role.AREA_MANAGER)
        async with by_socket(room, token) as line:
            before = room.offset
            fetched = await line.ask(frame_of(MoveSeat(other.seat, own.table)))
            assert (fetched.get("code"), room.offset) == ("not_your_table", before)
            assert (await line.ask(frame_of(MoveSeat(own.seat, own.table))))["t"] == "ack"


async def test_the_neighbours_seat_at_ones_own_table_is_foreign_too(tmp_path: Path) -> None:
    async with served(tmp_path) as room:
        own, _ = await furnished(room)
        token, _ = await token_of(room, Role.PARTICIPANT)
        before = room.offset
        async with by_socket(room, token) as line:
            for name in ("join_seat", "cast_ballot", "withdraw_ballot", "ask_more_time", "recover_ballot"):
                answer = await line.ask(frame_of(ROWS[name](replace(own, seat=SeatId("1-2")))))
                assert answer["code"] == "not_your_seat"
        assert room.offset == before


@pytest.mark.parametrize("role", MADE)
async def test_what_only_the_server_does_has_no_frame(tmp_path: Path, role: Role) -> None:
    async with served(tmp_path) as room:
        token, _ = await token_of(room, role)
        before = room.offset
        async with by_socket(room, token) as line:
            for cls in wire.INTERNAL:
                name = next(n for n, each in COMMANDS.items() if each is cls)
                frame = {"t": name, "id": command_id(), "question": "pick", "round": 1}
                answer = await line.ask(json.dumps(frame).encode())
                assert answer["code"] == "unknown_command", answer
        assert room.offset == before


@pytest.mark.parametrize("defended", [True, False])
async def test_only_who_may_show_has_the_votes_counted_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, defended: bool
) -> None:
    counted: list[Any] = []
    async with served(tmp_path) as room:
        await furnished(room)
        if not defended:
            monkeypatch.setattr(intake, "may", lambda *_: None)

        async def count(*which: Any) -> dict[str, int]:
            counted.append(which)
            return {}

        monkeypatch.setattr(room.hall._writer, "_recount", count)
        token, _ = await token_of(room, Role.PARTICIPANT)
        async with by_socket(room, token) as line:
            answer = await line.ask(frame_of(ROWS["show_results"](ONE)))
            assert answer["code"] == "not_allowed"
    assert bool(counted) is not defended, "counting again is work"


# --- revocation ----------------------------------------------------------------------------


@pytest.mark.parametrize("defended", [True, False])
async def test_revocation_closes_every_socket_of_the_capability_within_a_second(
    tmp_path: Path, *, defended: bool
) -> None:
    async with served(tmp_path) as room:
        await furnished(room)
        way = await room.way(Role.TABLE_FACILITATOR, "1")
        token = await room.join(way.secret)
        organiser = {"Authorization": f"Bearer {await room.token(Role.ORGANISER)}"}
        if not defended:
            room.server.house.doors.sockets = None
        async with welcomed(room.socket_url, token) as line:
            path = f"/api/meetings/{room.meeting}/capabilities/{way.capability.id}"
            began = asyncio.get_running_loop().time()
            assert (await room.http.delete(path, headers=organiser)).status_code == 204
            if not defended:
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(line.closed(), 1)
                return
            assert await line.closed() == wire.REVOKED
            assert asyncio.get_running_loop().time() - began < 1
            before = room.offset
            with pytest.raises(ConnectionClosed):
                await line.send(frame_of(COUNT_HEADS))
            assert room.offset == before
        bearer = {"Authorization": f"Bearer {token}"}
        assert (await room.http.get("/api/session", headers=bearer)).status_code == 401
        assert (await room.http.post("/api/join", json={"code": way.secret})).status_code == 401


async def test_who_is_being_let_in_while_the_right_is_withdrawn_does_not_get_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with served(tmp_path) as room:
        held = await room.server.house.held(
            room.meeting, (await room.way(Role.TABLE_FACILITATOR, "1")).capability.id
        )
        token = await room.token(Role.TABLE_FACILITATOR, "1")
        later: list[Callable[[], None]] = []
        monkeypatch.setattr(room.hall, "when_settled", later.append)
        async with talk(room.socket_url) as line:
            await line.send({"t": "hello", "protocol": 1, "token": token})
            await until(lambda: later)
            await room.server.house.doors.revoke(held)
            for each in later:
                each()
            assert await line.closed() == wire.REVOKED
        assert not any(frame["t"] == "welcome" for frame in line.frames)


async def test_what_a_revoked_device_had_asked_for_and_nobody_had_decided_is_dropped(tmp_path: Path) -> None:
    async with served(tmp_path) as room:
        held = await room.server.house.held(
            room.meeting, (await room.way(Role.TABLE_FACILITATOR, "1")).capability.id
        )
        token = await room.token(Role.TABLE_FACILITATOR, "1")
        async with welcomed(room.socket_url, token) as line:
            before = room.offset
            patch = pytest.MonkeyPatch()
            patch.setattr(room.hall._intake, "take", lambda _: None)
            await line.send(frame_of(COUNT_HEADS))
            await until(lambda: room.hall._intake.waiting)
            await room.server.house.doors.revoke(held)
            patch.undo()
            room.hall._writer.wake()
            assert await line.closed() == wire.REVOKED
            await room.hall.read(lambda m: m.offset)
            assert room.offset == before


def test_the_servers_table_is_the_documents_table() -> None:
    for name in COMMANDS:
        for role in Role:
            assert rights.RIGHTS[name].get(role) == scope_of(role, name), (role, name)
