"""At stake: after the close nobody can say who gave an anonymous ballot, and no log tells a secret or a name.

The dump is everything that is left on disk, free pages and journals included. The test plays the
attacker: with all of it, and with every seat known, it tries to find whose ballot is whose.
"""

import asyncio
import hashlib
import hmac
import io
import itertools
import json
import logging
import re
import zipfile
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from app.backup import keys_in, write_backup
from app.core.capability import Role
from app.core.commands import (
    CastBallot,
    IdeaKind,
    JoinSeat,
    OpenVoting,
    RedactText,
    ReviseIdea,
    WriteIdea,
)
from app.core.ids import KeypadId, QuestionId, Round, SeatId, TableId
from app.realtime.ballot_keys import FileBallotKeys, keyed_voter
from app.web import logs
from tests.builders import made
from tests.fakes import until
from tests.security.samples import PLACE
from tests.security.server import Served, served
from tests.security.talk import welcomed

VOTERS = ("1-1", "1-2", "1-3", "2-1", "2-2", "3-1")
SECRET = QuestionId("secret")


@dataclass
class Ballots:
    """A server on which an anonymous vote was held, and its commands' ids by seat."""

    room: Served
    ids: dict[str, str]


@asynccontextmanager
async def anonymous_vote(folder: Path) -> AsyncIterator[Ballots]:
    async with served(folder) as room:
        organiser = (await room.way(Role.ORGANISER)).capability
        await room.do(OpenVoting(SECRET), organiser)
        ids: dict[str, str] = {}
        for seat in VOTERS:
            held = (await room.way(Role.PARTICIPANT, seat)).capability
            by = replace(held, device=KeypadId(f"phone-{seat}"))
            await room.do(JoinSeat(SeatId(seat)), by)
            ids[seat] = made("cmd")
            choice = "a" if seat.startswith("1") else "b"
            await room.ask(CastBallot(SECRET, Round(1), SeatId(seat), (choice,)), by, ids[seat])
        yield Ballots(room, ids)


def dump(folder: Path) -> bytes:
    """Every byte of every file below a folder; database pages that are free are in it too."""
    return b"\n".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def possible_keys(data: bytes, folder: Path) -> Iterable[bytes]:
    """Every string of 32 bytes that could be a key: each window of a small file, each hash in the dump."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.stat().st_size <= 4096:
            content = path.read_bytes()
            yield from (content[at : at + 32] for at in range(max(1, len(content) - 31)))
    yield bytes(32)
    for found in re.finditer(rb"[0-9a-f]{64}", data):
        yield bytes.fromhex(found[0].decode())


def links(data: bytes, folder: Path, ids: dict[str, str]) -> dict[str, str]:
    """By seat, the anonymous voter that stands for it in the dump; empty is the promise."""
    found = {}
    voters = {match[0].decode() for match in re.finditer(rb"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])", data)}
    for key, seat in itertools.product(set(possible_keys(data, folder)), VOTERS):
        voter = keyed_voter(key, SECRET, Round(1), SeatId(seat)) if len(key) == 32 else ""
        if voter in voters:
            found[seat] = voter
    for seat in VOTERS:
        plain = [
            hashlib.sha256(text.encode()).hexdigest()[:32] for text in (seat, ids[seat], f"secret{seat}")
        ]
        empty = hmac.new(b"", seat.encode(), hashlib.sha256).hexdigest()[:32]
        if voters & {*plain, empty}:
            found[seat] = "a hash that anybody can make"
        if ids[seat].encode() in data or ids[seat].removeprefix("cmd_").encode() in data:
            found[seat] = "its command's id"
    return found


async def backed_up(room: Served) -> bytes:
    """A backup of the whole server, as `townmeeting backup` writes it."""
    out, house = io.BytesIO(), room.server.house
    keys = keys_in(room.folder / "keys")
    await write_backup(out, await house.store.copy(), keys, list(house.logs.values()), 0)
    return out.getvalue()


def inside(packed: bytes) -> bytes:
    """Everything in a zip, unpacked."""
    with zipfile.ZipFile(io.BytesIO(packed)) as files:
        return b"\n".join(files.read(name) for name in files.namelist())


async def test_a_backup_of_an_open_round_has_no_key_of_it(tmp_path: Path) -> None:
    async with anonymous_vote(tmp_path) as vote:
        (path,) = (vote.room.folder / "meetings" / vote.room.meeting / "keys").glob("*.key")
        key = path.read_bytes()
        unpacked = inside(await backed_up(vote.room))
        assert b"secret" in unpacked, "the log is in it"
        assert key not in unpacked
        found = links(unpacked + key.hex().encode(), tmp_path, vote.ids)
        assert set(found) == set(VOTERS), "the control: with the key every link is rebuilt"
        assert links(unpacked, tmp_path / "nothing", vote.ids) == {}


@pytest.mark.parametrize("kept", [False, True])
async def test_after_the_close_nothing_on_disk_leads_from_a_ballot_to_a_seat(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, kept: bool
) -> None:
    if kept:

        async def forget(_self: FileBallotKeys, *_: object) -> None:
            """The control: the key is kept."""

        monkeypatch.setattr(FileBallotKeys, "forget", forget)
    async with anonymous_vote(tmp_path) as vote:
        folder = vote.room.folder
        await vote.room.close_vote("secret")
        keys = folder / "meetings" / vote.room.meeting / "keys"
        await asyncio.sleep(0.2)
        await until(lambda: bool(list(keys.glob("*.key"))) is kept)
        bearer = {"Authorization": f"Bearer {await vote.room.token(Role.ORGANISER)}"}
        path = f"/api/meetings/{vote.room.meeting}/export/audit.zip"
        export = (await vote.room.http.get(path, headers=bearer)).content
        backup = await backed_up(vote.room)
    unpacked = inside(export) + inside(backup)
    found = links(dump(folder) + unpacked, folder, vote.ids)
    if kept:
        assert set(found) == set(VOTERS), "with the key every link is rebuilt: the attack works"
    else:
        assert found == {}


async def test_while_the_vote_is_open_its_key_is_in_one_file_and_nowhere_else(tmp_path: Path) -> None:
    async with anonymous_vote(tmp_path) as vote:
        folder = vote.room.folder
        (path,) = (folder / "meetings" / vote.room.meeting / "keys").glob("*.key")
        key = path.read_bytes()
        assert (len(key), path.stat().st_mode & 0o777) == (32, 0o600)
        others = [each for each in folder.rglob("*") if each.is_file() and each != path]
        assert len(others) > 5
        for each in others:
            if each.suffix != ".sqlite3":  # the log's file is its owner's alone
                assert key not in each.read_bytes(), each
    assert key not in dump(folder / "meetings" / vote.room.meeting / "logs")


async def test_an_anonymous_ballot_names_no_seat_and_no_time_of_its_own(tmp_path: Path) -> None:
    async with anonymous_vote(tmp_path) as vote:
        await vote.room.close_vote("secret")
        log = vote.room.server.house.logs[vote.room.meeting]
        lines = [line async for segment in log.read_after(0) for line in segment.body.splitlines()]
    ballots = [line.decode() for line in lines if b"BallotCast" in line or b"ballot_cast" in line]
    assert len(ballots) == len(VOTERS)
    for line in ballots:
        for seat in VOTERS:
            assert f'"{seat}"' not in line
            assert f"phone-{seat}" not in line
        assert "cap_" not in line
    times = {match for line in ballots for match in re.findall(r"\b1[0-9]{12}\b", line)}
    assert len(times) <= 1, "their time is the opening's"


async def test_where_a_text_was_redacted_nothing_of_it_is_left(tmp_path: Path) -> None:
    words, more = "the canary sings at dawn", "and the canary sleeps at noon"
    async with served(tmp_path) as room:
        organiser = (await room.way(Role.ORGANISER)).capability
        laptop = (await room.way(Role.TABLE_FACILITATOR, "1")).capability
        idea = made("idea")
        await room.do(WriteIdea(idea, TableId("1"), PLACE, IdeaKind.INDIVIDUAL, words, "en"), laptop)
        await room.do(ReviseIdea(idea, 1, more, IdeaKind.INDIVIDUAL), laptop)
        logs_folder = room.folder / "meetings" / room.meeting / "logs"
        before = b"".join(path.read_bytes() for path in logs_folder.glob("*-wal"))
        assert words.encode() in before, "the control: it was there to be found"
        async with welcomed(room.socket_url, await room.token(Role.THEME_LEADER)) as line:
            await room.do(RedactText("idea", idea), organiser)
            await line.send({"t": "resync"})
            await line.until("tick")
            assert words not in json.dumps(line.frames[-4:])
        await asyncio.sleep(0.2)
        bearer = {"Authorization": f"Bearer {await room.token(Role.ORGANISER)}"}
        export = (
            await room.http.get(f"/api/meetings/{room.meeting}/export/audit.zip", headers=bearer)
        ).content
    with zipfile.ZipFile(io.BytesIO(export)) as packed:
        unpacked = b"\n".join(packed.read(name) for name in packed.namelist())
    for left in (dump(room.folder), unpacked):
        assert words.encode() not in left
        assert more.encode() not in left


# --- names and secrets ---------------------------------------------------------------------

NAME = "somchai.jaidee"


async def test_the_canary_is_found_nowhere(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stream = io.StringIO()
    async with served(tmp_path, argon2_memory_kib=8192) as room:
        logs.configure(room.settings, stream)
        root = logging.getLogger()
        try:
            secrets = await whole_day(room)
        finally:
            root.handlers[:] = []
        assert len(secrets) > 10
    written = stream.getvalue() + capsys.readouterr().out
    assert '"path": "/api/join"' in written, "the log was written"
    on_disk = dump(room.folder)
    leaked = [s for s in secrets if s in written or s.encode() in on_disk]
    assert leaked == []
    assert NAME not in written
    assert not re.search(r'"(seat|table|code|token|address|client)"', written)


async def test_control_a_secret_that_is_logged_is_found(tmp_path: Path) -> None:
    stream = io.StringIO()
    async with served(tmp_path, argon2_memory_kib=8192) as room:
        logs.configure(room.settings, stream)
        root = logging.getLogger()
        try:
            secrets = await whole_day(room)
            logging.getLogger("careless").warning("joined with %s", secrets[0])
            (room.folder / "notes.txt").write_text(secrets[1])
        finally:
            root.handlers[:] = []
    assert secrets[0] in stream.getvalue()
    assert secrets[1].encode() in dump(room.folder)


async def whole_day(room: Served) -> list[str]:
    """Come in by every way, go wrong in every way; gives all secrets that were shown or handed out."""
    logging.getLogger("httpx2").setLevel(logging.WARNING)  # the test's own client is no part of the server
    secrets = [way.secret for way in await room.ways()]
    password = f"password of {NAME}"
    await room.server.owners.set_password(password)
    link = (await room.server.owners.new_link()).partition("#")[2]
    secrets += [password, link]
    origin = {"Origin": room.origin}
    for shown in (secrets[0], secrets[-3], link, "0000-0000", f"{NAME}-code"):
        for headers in ({}, origin):
            answer = await room.http.post("/api/join", json={"code": shown}, headers=headers)
            secrets += re.findall(r"=([\w-]{20,});", answer.headers.get("set-cookie", ""))
            secrets += [answer.json().get("token") or secrets[0]]
    await room.http.post("/api/login", json={"password": password})
    await room.http.get(f"/api/session?token={secrets[-1]}&code={secrets[0]}")
    await room.http.get(f"/no/such/path/{secrets[0]}?{NAME}")
    await room.http.post("/api/join", content=f'{{"code": "{secrets[0]}", "x": '.encode())
    await room.http.post("/api/join", json={"code": secrets[0], "name": NAME})
    token = await room.token(Role.PARTICIPANT, "1-1")
    async with welcomed(room.socket_url, token) as line:
        secrets += [token, line.frames[0]["resume"]]
        await line.ask({"t": "join_seat", "id": "cmd_1", "seat": token, "name": NAME})
        await line.send(f'{{"t": "{token}"')
        await line.until("nack")
    organiser = await room.token(Role.ORGANISER)
    bearer = {"Authorization": f"Bearer {organiser}"}
    for path in ("links", "codes/seats", "cards/tables", "report.html", "export/audit.zip"):
        answer = await room.http.get(f"/api/meetings/{room.meeting}/{path}", headers=bearer)
        assert answer.status_code == 200
        if "export" in path:
            with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
                inside = b"".join(packed.read(name) for name in packed.namelist())
            assert not [s for s in secrets if s.encode() in inside], "no secret is in an export"
        if "report" in path:
            assert not [s for s in secrets if s in answer.text]
    await room.do(OpenVoting(QuestionId("pick")), (await room.way(Role.ORGANISER)).capability)
    return [*dict.fromkeys(secrets), organiser]


async def test_no_address_takes_the_reader_elsewhere(tmp_path: Path) -> None:
    async with served(tmp_path) as room:
        for path in ("/", "/j", "/seat", "/console", "/api/session", "/nothing", "/static/nothing.js"):
            answer = await room.http.get(path, follow_redirects=True)
            assert answer.headers["referrer-policy"] == "no-referrer"
            assert not re.search(r'(?:src|href|action)="(?:https?:)?//', answer.text), (
                "nothing from elsewhere"
            )
            assert answer.headers["cache-control"] in ("no-store", "no-cache")
