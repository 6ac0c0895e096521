"""At stake: before the show nobody learns how the vote stands, by no path, but those whom the rules name.

Two meetings are given the same commands, and the same number of ballots, which say different things.
Whatever can be read of both must then be the same; a difference is a leak. The paths are taken from the
definitions (channels, frames, routes): a new one without a row fails.
"""

import asyncio
import io
import json
import re
import zipfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from difflib import unified_diff
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

import pytest
from fastapi.routing import iter_route_contexts

from app.core import views
from app.core.capability import Role
from app.core.commands import (
    CastBallot,
    DrawSample,
    EnterHands,
    JoinSeat,
    OpenVoting,
    Scene,
    SceneKind,
    ShowResults,
    TakeScene,
)
from app.core.ids import KeypadId, MeetingId, OptionId, QuestionId, Round, ScreenId, SeatId
from app.core.meeting import Meeting
from app.core.planned import Kind, Visibility
from app.core.questions import Question
from app.core.views import common, results
from app.realtime import wire
from app.realtime.closes import close_at
from app.realtime.hub import NOTHING
from app.report.figures import figures_json, figures_of
from app.web.house import Way
from app.web.roles import MADE, PAGES
from tests.builders import STAGE, Day, area_manager, big_plan, question, small_plan
from tests.report import pdf
from tests.security.server import Served, served
from tests.security.talk import welcomed

VOTERS = ("1-1", "1-2", "1-3", "2-1", "2-2", "3-1")
WORLDS = ("aaaabb", "bbbbaa")
"""What the voters choose in the two meetings: as many ballots, the other way round."""

MAY_KNOW_EARLY = frozenset({"results"})
"""Channels that have counts after the close and before the show."""

OWN_BALLOT = "ballot"
"""The key of a seat's channel with that seat's own choice."""

CHANNELS = {
    "keypad": "keypad", "seat": "seat:2-1", "tables": "tables", "table": "table:1", "screen": "screen:main",
    "words": "words", "desk": "desk", "console": "console", "results": "results", "floor": "floor",
    "public": "public", "experts": "experts", "stage": "stage",
}  # fmt: skip
"""A channel of every kind that there is."""

SCENES = (SceneKind.RESULTS, SceneKind.PRIORITIES, SceneKind.VOTING, SceneKind.COMPARE)


# --- the views themselves ------------------------------------------------------------------


def world(choices: str, id_: str, scene: SceneKind, *, closed: bool = False, shown: bool = False) -> Meeting:
    """A day on which the voters choose so."""
    day = Day(small_plan(close_notice_ms=0))
    day.open(id_)
    other = QuestionId(id_) if scene is SceneKind.COMPARE else None
    take = TakeScene(ScreenId("main"), Scene(scene, QuestionId(id_), other))
    day.ask(take)
    for seat, choice in zip(VOTERS, choices, strict=True):
        day.cast(id_, seat, choice)
    if closed:
        day.close(id_)
        day.ask(take)
    if shown:
        day.show(id_)
        day.do(take)
    return day.meeting


@pytest.fixture(autouse=True)
def one_head(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every close has the same head here: a hash over salted commitments, which tells nothing of a ballot."""
    for name in ("intake", "closes"):
        monkeypatch.setattr(
            f"app.realtime.{name}.close_at", lambda offset, _head: close_at(offset, bytes(32))
        )


def seen(meeting: Meeting, channel: str) -> str:
    """All that a channel says, without what may differ: digests, and the seat's own ballot."""
    view = views.snapshot(meeting, channel)
    view.pop(OWN_BALLOT, None)
    return masked(json.dumps(view, sort_keys=True, default=str))


def masked(text: str) -> str:
    """A text without random names, hashes and times."""
    text = re.sub(r"[0-9a-f]{32,}", "#", text)
    text = re.sub(r"\b1[0-9]{12}\b", "#", text)
    text = re.sub(r"\d\d:\d\d(:\d\d)?(\.\d+)?|\d\d\.\d\d น\.", "#", text)
    text = re.sub(r'"steps": ?"[0-9a-f]+"', "#", text)  # of the chain, over salted commitments
    return re.sub(r'("digest": ?)("[^"]*"|null)', r"\1#", text)


def leaks(id_: str, scene: SceneKind, *, closed: bool = False, shown: bool = False) -> set[str]:
    """The kinds of channels that tell the two worlds apart."""
    one, other = (world(choices, id_, scene, closed=closed, shown=shown) for choices in WORLDS)
    return {kind for kind, channel in CHANNELS.items() if seen(one, channel) != seen(other, channel)}


def test_every_kind_of_channel_has_a_row() -> None:
    assert set(CHANNELS) == set(views._KINDS) == set(views._TOPICS)
    named = {channel.partition(":")[0] for row in views.CHANNELS.values() for channel in row}
    assert named <= set(CHANNELS)


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("id_", ["pick", "several", "secret", "once", "approve"])
def test_no_channel_tells_how_an_open_vote_stands(id_: str, scene: SceneKind) -> None:
    assert leaks(id_, scene) == set()


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("id_", ["pick", "several", "secret", "once", "approve"])
def test_between_close_and_show_only_the_early_results_tell(id_: str, scene: SceneKind) -> None:
    assert leaks(id_, scene, closed=True) == MAY_KNOW_EARLY


def test_control_after_the_show_the_comparison_sees_the_difference() -> None:
    assert {"public", "screen", "words", "console", "results"} <= leaks(
        "pick", SceneKind.RESULTS, closed=True, shown=True
    )


def test_control_a_view_that_shows_the_tally_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(q: Question) -> dict[str, Any]:
        return results.result_entry(q, q.now, q.now.tally)

    for module in (views.hall, views.screens):
        monkeypatch.setattr(module, "public_result", careless)
    assert {"console", "public"} <= leaks("pick", SceneKind.VOTING)


def test_only_stage_organiser_and_lead_facilitator_hear_the_early_results() -> None:
    hear = {role for role, row in views.CHANNELS.items() if "results" in row}
    assert hear == {Role.STAGE, Role.ORGANISER, Role.LEAD_FACILITATOR}
    assert STAGE.role in hear


def test_how_many_have_voted_is_always_visible() -> None:
    meeting = world(WORLDS[0], "pick", SceneKind.VOTING)
    assert '"voted": 6' in json.dumps(
        common.votes_entry(meeting, meeting.questions.questions[QuestionId("pick")])
    )


# --- the sample audit ----------------------------------------------------------------------

DICE = (1, 2, 3, 4, 5, 6, 1, 2, 3, 4)
TABLES_SAY = ({"1": "a", "2": "b"}, {"1": "b", "2": "a"})
"""What the two citizens of table 1 and of table 2 choose in the two days: the whole room says the same."""


def sampled(says: dict[str, str], *, last: bool, on_screen: bool = False) -> Meeting:
    """Two votes are shown, all six pairs drawn, and hands entered that agree with the first day."""
    day = Day(small_plan(close_notice_ms=0))
    for id_ in ("pick", "several"):
        day.open(id_)
        for seat in ("1-1", "1-2", "2-1", "2-2", "3-1"):
            day.cast(id_, seat, "a" if id_ == "several" else says.get(seat[0], "c"))
        day.close(id_)
        day.show(id_)
    day.do(DrawSample(DICE, 6))
    pairs = sorted(day.meeting.sampling.samples[0].pairs)
    for pair in pairs if last else pairs[:-1]:
        option = "a" if pair.question == "several" else TABLES_SAY[0].get(pair.table, "c")
        hands = {OptionId(option): 1 if pair.table == "3" else 2}
        day.do(EnterHands(*pair, hands), area_manager(pair.table))
    if on_screen:
        day.do(TakeScene(ScreenId("main"), Scene(SceneKind.SAMPLE)))
    return day.meeting


def told(meeting: Meeting, channel: str) -> str:
    """All that a channel says; the pairs of a draw sorted, since the digests have salts of their own."""
    view = views.snapshot(meeting, channel)
    view.pop(OWN_BALLOT, None)
    if "sample" in view:
        view["sample"]["pairs"].sort(key=lambda pair: sorted(pair.items(), key=str))
    return masked(json.dumps(view, sort_keys=True, default=str))


def test_two_days_that_differ_at_one_table_look_the_same_while_a_sample_waits() -> None:
    one, other = (sampled(says, last=False) for says in TABLES_SAY)
    assert [kind for kind, channel in CHANNELS.items() if told(one, channel) != told(other, channel)] == []
    assert "entered" in told(one, "floor")
    assert figures_json(figures_of(one)) == figures_json(figures_of(other))


def test_two_days_that_differ_at_one_table_differ_by_the_agreed_number_only() -> None:
    one, other = (sampled(says, last=True) for says in TABLES_SAY)
    differ = [kind for kind, channel in CHANNELS.items() if told(one, channel) != told(other, channel)]
    assert differ == ["console", "public"]
    outcomes: list[dict[str, object]] = []
    for channel in ("console", "public"):
        shown = [views.snapshot(meeting, CHANNELS[channel]) for meeting in (one, other)]
        outcomes = [view.pop("samples")[0]["outcome"] for view in shown]
        said = [masked(json.dumps(view, sort_keys=True, default=str)) for view in shown]
        assert channel == "console" or said[0] == said[1]
    assert [outcome["agreed"] for outcome in outcomes] == [6, 4]
    assert {name for name in outcomes[0] if outcomes[0][name] != outcomes[1][name]} == {
        "agreed",
        "differ_at_most",
    }
    figures = [{figure.id: figure for figure in figures_of(meeting)} for meeting in (one, other)]
    assert {id_ for id_ in figures[0] if figures[0][id_] != figures[1][id_]} == {
        "sample/1/agreed",
        "sample/1/differ_at_most",
    }


def test_the_scene_of_a_sample_tells_the_agreed_number_of_two_such_days_only() -> None:
    days = [sampled(says, last=True, on_screen=True) for says in TABLES_SAY]
    differ = [kind for kind, channel in CHANNELS.items() if told(days[0], channel) != told(days[1], channel)]
    assert differ == ["screen", "words", "console", "public"]
    for channel in ("screen:main", "words"):
        scenes = [views.snapshot(meeting, channel)["scene"]["sample"] for meeting in days]
        assert [scene["outcome"].pop("agreed") for scene in scenes] == [6, 4]
        assert all(scene["outcome"].pop("differ_at_most") for scene in scenes)
        assert scenes[0] == scenes[1]


# --- live questions ------------------------------------------------------------------------


def live_day(seats: int = 24) -> Day:
    live = question("live", Kind.PICK_ONE, "a", "b", visibility=Visibility.LIVE)
    day = Day(big_plan(seats, live))
    day.open("live")
    return day


def live_count(day: Day) -> int | None:
    """How many ballots the public result of the live question holds."""
    shown = views.snapshot(day.meeting, "public").get("result/live")
    return None if shown is None else int(shown["voted"])


def test_a_live_question_moves_by_five_ballots_and_two_seconds() -> None:
    day = live_day()
    moved: list[tuple[int, int | None]] = []
    for number in range(20):
        day.tick(700)
        day.cast("live", f"{number // 10 + 1}-{number % 10 + 1}", "ab"[number % 2])
        moved.append((day.now, live_count(day)))
    frames = [(at, n) for (at, n), (_, before) in zip(moved[1:], moved, strict=False) if n != before]
    assert live_count(live_day()) is None
    assert len(frames) >= 2, "it is live"
    for (at, n), (next_at, next_n) in pairwise(frames):
        assert next_at - at >= 2_000
        assert (next_n or 0) - (n or 0) >= 5
    assert all(n is None for _, n in moved[:4]), "four ballots could be added up to people"


def test_after_the_close_the_last_live_frame_stands_until_the_show() -> None:
    day = live_day()
    for number in range(8):
        day.tick(1_000)
        day.cast("live", f"1-{number + 1}", "a")
    before = views.snapshot(day.meeting, "public")["result/live"]
    assert before["voted"] < 8
    day.close("live")
    after = views.snapshot(day.meeting, "public")["result/live"]
    assert (after["voted"], after["options"]) == (before["voted"], before["options"])
    day.show("live")
    assert live_count(day) == 8


# --- everything that a server gives out ----------------------------------------------------

NOTHING_OF_VOTES = "nothing of any vote"
ROUTES: dict[str, str] = {
    "/openapi.json": NOTHING_OF_VOTES,
    "/asyncapi.json": NOTHING_OF_VOTES,
    "/health/live": NOTHING_OF_VOTES,
    "/health/ready": "compared",
    "/metrics": "compared",
    "/api/session": "compared",
    "/api/meetings": "compared",
    "/api/meetings/{meeting}": "compared",
    "/api/meetings/{meeting}/plan": "compared",
    "/api/meetings/{meeting}/seats": "compared",
    "/api/plan/schema": NOTHING_OF_VOTES,
    "/api/plan/shipped/{plan}": NOTHING_OF_VOTES,
    "/api/meetings/{meeting}/links": "secrets",
    "/api/meetings/{meeting}/codes/{places}": "secrets",
    "/api/meetings/{meeting}/cards/{places}": "secrets",
    "/api/meetings/{meeting}/seats/{seat}/way": "secrets",
    "/api/meetings/{meeting}/laptops/{table}": NOTHING_OF_VOTES,
    "/api/meetings/{meeting}/rehearsal": "secrets",
    "/api/meetings/{meeting}/lines": NOTHING_OF_VOTES,
    "/api/meetings/{meeting}/team": NOTHING_OF_VOTES,
    "/api/backup": "secrets",
    "/api/follow": NOTHING_OF_VOTES,
    "/style": NOTHING_OF_VOTES,
    "/api/channels": "compared",
    "/api/channels/{channel}": "channel",
    "/api/meetings/{meeting}/report.html": "edition",
    "/api/meetings/{meeting}/report.json": "edition",
    "/api/meetings/{meeting}/report.pdf": "paper",
    "/api/meetings/{meeting}/figures.json": "compared",
    "/api/meetings/{meeting}/tables/{name}": "table",
    "/api/meetings/{meeting}/export/{kind}.zip": "export",
    "/": NOTHING_OF_VOTES,
    "/j": NOTHING_OF_VOTES,
    "/organiser": NOTHING_OF_VOTES,
    "/service-worker.js": NOTHING_OF_VOTES,
    "/kept.json": NOTHING_OF_VOTES,
    **{f"/{page}{plain}": NOTHING_OF_VOTES for page in PAGES for plain in ("", "/all")},
    "/ws": "frames",
    "/static": NOTHING_OF_VOTES,
}
"""By the path of a route: how it is compared. Pages hold no data of a meeting: it comes by the socket."""

FRAMES = {
    "welcome": "no views", "ack": "no views", "nack": "no views", "busy": "no views", "unknown": "no views",
    "view": "by channel", "tick": "no views", "bye": "no views",
}  # fmt: skip


def read_paths(app: Any) -> Iterator[str | None]:
    for route in iter_route_contexts(app.routes):
        path = route.path or getattr(route.original_route, "path", "")
        if not route.methods or {"GET", "HEAD"} & set(route.methods):
            yield path


async def test_every_read_path_and_every_frame_has_a_row(tmp_path: Path) -> None:
    async with served(tmp_path) as room:
        assert set(read_paths(room.app)) == set(ROUTES)
    assert {frame.__struct_config__.tag for frame in wire.SERVER_FRAMES} == set(FRAMES)
    assert get_args(wire.ServerFrame) == wire.SERVER_FRAMES
    assert NOTHING == -1


@dataclass
class World:
    """One of the two meetings, and who is in it."""

    room: Served
    meeting: MeetingId
    ways: list[Way]
    tokens: dict[Role, str]


@asynccontextmanager
async def two_worlds(folder: Path, state: str) -> AsyncIterator[tuple[World, World]]:
    """Two meetings on one server, voted in the other way round, up to this state."""
    async with served(folder) as room:
        worlds = []
        for number, choices in enumerate(WORLDS):
            if number:
                room.meeting = await room.hold(small_plan(close_notice_ms=0))
            organiser = (await room.way(Role.ORGANISER)).capability
            await room.do(OpenVoting(QuestionId("pick")), organiser)
            for seat, choice in zip(VOTERS, choices, strict=True):
                held = (await room.way(Role.PARTICIPANT, seat)).capability
                by = replace(held, device=KeypadId(f"phone-{seat}"))
                await room.do(JoinSeat(SeatId(seat)), by)
                await room.do(CastBallot(QuestionId("pick"), Round(1), SeatId(seat), (choice,)), by)
            if state != "open":
                await room.close_vote("pick")
            if state == "shown":
                await room.do(ShowResults(QuestionId("pick")), organiser)
            tokens: dict[Role, str] = {}
            for role in MADE:
                if role is not Role.RECEIVER:
                    tokens[role] = await room.token(role)
            worlds.append(World(room, room.meeting, await room.ways(), tokens))
        yield worlds[0], worlds[1]


def requests_of(path: str, how: str) -> list[str]:
    """The requests with which a path is read."""
    match how:
        case "channel":
            return [path.replace("{channel}", channel) for channel in CHANNELS.values()]
        case "edition":
            return [f"{path}?edition={edition}" for edition in ("public", "full")]
        case "paper":
            return [f"{path}?edition={edition}&lang=en" for edition in ("public", "full")]
        case "table":
            tables = [path.replace("{name}", name) for name in ("index", *CSV_NAMES)]
            return tables + [f"{table}?edition=full" for table in tables]
        case "export":
            return [path.replace("{kind}", kind) + "?pdf=false" for kind in ("public", "audit")]
        case "compared":
            return [path]
        case _:
            return []


CSV_NAMES: list[str] = []
HEAVY = ("table", "edition", "paper", "export")
ASKING = (
    Role.ORGANISER, Role.LEAD_FACILITATOR, Role.STAGE, Role.STAGE_MANAGER, Role.PARTICIPANT, Role.VIEWER,
)  # fmt: skip
"""Who asks over HTTP; on the socket all roles do."""

READERS = (Role.ORGANISER, Role.VIEWER)
"""Who reads reports, each its edition; that others do not is in `test_routes.py`."""


def content(data: bytes) -> str:
    """What a response says, unpacked and without random names and times."""
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = [(name, packed.read(name)) for name in sorted(packed.namelist())]
        return "\n".join(f"{masked(name)}\n{content(part)}" for name, part in parts)
    if data[:5] == b"%PDF-":
        return re.sub(r"\b[0-9a-f]{16}\b", "#", masked("\n".join(pdf.pages(data))))
    return masked(data.decode("utf-8", "replace"))


async def told_apart(worlds: tuple[World, World], roles: tuple[Role, ...] = ()) -> set[str]:
    """Who of these roles can tell the two worlds apart over HTTP, as `role path`."""
    room = worlds[0].room
    index = f"/api/meetings/{worlds[0].meeting}/tables/index"
    bearer = {"Authorization": f"Bearer {worlds[0].tokens[Role.ORGANISER]}"}
    CSV_NAMES[:] = (await room.http.get(index, headers=bearer)).text.split()
    assert CSV_NAMES
    found = set()
    for role in roles or ASKING:
        asked = [e for path, how in ROUTES.items() if how not in HEAVY for e in requests_of(path, how)]
        if role in READERS:
            asked += [e for path, how in ROUTES.items() if how in HEAVY for e in requests_of(path, how)]
        for each in asked:
            answers = [
                await room.http.get(
                    each.replace("{meeting}", world.meeting),
                    headers={"Authorization": f"Bearer {world.tokens[role]}"},
                )
                for world in worlds
            ]
            assert {answer.status_code for answer in answers} <= {200, 403, 404}, (role, each)
            one, other = (content(without_ballot(answer.content)) for answer in answers)
            if one != other:
                found.add(f"{role.value} {each.replace('{meeting}', 'M')}")
                print(role.value, each, *unified_diff(one.splitlines(), other.splitlines(), n=0), sep="\n")
    return found


def without_ballot(data: bytes) -> bytes:
    """A seat's own ballot may be seen by that seat."""
    try:
        said = json.loads(data)
    except ValueError:
        return data
    if isinstance(said, dict) and isinstance(said.get("set"), dict):
        said["set"].pop(OWN_BALLOT, None)
    return json.dumps(said, sort_keys=True).encode()


@pytest.mark.slow
async def test_over_http_nobody_tells_how_an_open_vote_stands(tmp_path: Path) -> None:
    async with two_worlds(tmp_path, "open") as worlds:
        assert await told_apart(worlds) == set()


@pytest.mark.slow
async def test_over_http_only_the_early_results_tell_before_the_show(tmp_path: Path) -> None:
    early = {f"{role} /api/channels/results" for role in ("organiser", "lead_facilitator", "stage")}
    async with two_worlds(tmp_path, "closed") as worlds:
        assert await told_apart(worlds) == early


async def test_control_after_the_show_every_reader_can_tell(tmp_path: Path) -> None:
    async with two_worlds(tmp_path, "shown") as worlds:
        found = await told_apart(worlds, (Role.VIEWER,))
    for each in ("viewer /api/channels/public", "viewer /api/meetings/M/figures.json"):
        assert each in found
    assert any("report.html" in each for each in found)
    assert any("report.pdf" in each for each in found)
    assert any("export/public.zip" in each for each in found)
    assert any("tables/" in each for each in found)


async def heard(world: World, role: Role) -> str:
    """Every frame that somebody of this role gets, masked."""
    async with welcomed(world.room.socket_url, world.tokens[role]) as line:
        await line.send({"t": "resync"})
        await line.until("tick")
        await asyncio.sleep(0)
        frames = [frame for frame in line.frames if frame["t"] not in ("welcome", "tick")]
    for frame in frames:
        if frame["t"] == "view":
            frame["set"].pop(OWN_BALLOT, None)
    return masked(json.dumps(frames, sort_keys=True))


@pytest.mark.parametrize("state", ["open", "closed"])
async def test_on_the_socket_only_those_who_may_know_early_can_tell(tmp_path: Path, state: str) -> None:
    async with two_worlds(tmp_path, state) as worlds:
        telling = {
            role for role in worlds[0].tokens if len({await heard(world, role) for world in worlds}) > 1
        }
    early = {Role.ORGANISER, Role.LEAD_FACILITATOR, Role.STAGE}
    assert telling == (early if state == "closed" else set())
