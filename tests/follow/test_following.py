"""At stake: the second laptop has what the server has, nothing else, and nobody else is given it."""

import asyncio
import random
import signal
import sys
from pathlib import Path

import msgspec
import pytest

from app.client.http import ApiRefused
from app.core.capability import Role
from app.core.commands import OpenVoting, RedactText
from app.log import followed
from app.log.port import Epoch, LogFault
from app.main import ballot_key_folder, build
from app.settings import Settings
from app.tool.faults import Fault
from app.tool.follow import Follower, Server, follow
from app.web import followers
from app.web.store import Store, put
from tests.builders import small_plan
from tests.fakes import until
from tests.follow.beside import (
    code_of,
    copy_of,
    everything,
    following,
    in_step,
    say,
    token_of,
    whole,
)
from tests.security.server import Served, served
from tests.web.processes import ROOT, environment

BINARY = "application/msgpack"


async def asked(room: Served, token: str, ask: followed.Ask) -> tuple[int, bytes]:
    answer = await room.http.post(
        "/api/follow",
        content=followed.encode(ask),
        headers={"Authorization": f"Bearer {token}", "Content-Type": BINARY},
    )
    return answer.status_code, answer.content


def ask(run: str = "a run of mine", held: tuple[followed.Holds, ...] = ()) -> followed.Ask:
    return followed.Ask(followed.VERSION, run, held)


async def admitted(room: Served) -> str:
    answer = await room.http.post("/api/follow/enter", json={"code": await code_of(room), "name": "second"})
    assert answer.status_code == 200, answer.text
    return followed.read_admitted(answer.content).token


async def test_the_second_laptop_has_what_the_server_has(tmp_path: Path) -> None:
    async with served(tmp_path) as room, following(room, tmp_path / "second", await code_of(room)) as second:
        for number in range(30):
            await say(room, f"message {number}")
        await room.token(Role.PARTICIPANT)  # somebody joins: the server's database changes
        other = await room.hold(small_plan())  # and another meeting is made
        await in_step(room, second)
        await second.stop()
        for meeting in (room.meeting, other):
            log = room.server.house.logs[meeting]
            assert await copy_of(tmp_path / "second", meeting) == await whole(log)
        assert (tmp_path / "second" / "server.db").read_bytes() == await room.server.house.store.copy()
        for key in sorted((room.folder / "keys").iterdir()):
            assert (tmp_path / "second" / "keys" / key.name).read_bytes() == key.read_bytes()
        modes = {path.stat().st_mode & 0o077 for path in [second.folder, *second.folder.rglob("*")]}
        assert modes == {0}


async def test_an_image_of_the_database_that_could_not_be_taken_is_taken_at_the_next_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(followers, "DATABASE_SECONDS", 0.0)
    store = Store(tmp_path / "server.db")
    images = followers.Images(store)
    first = await images.since(b"")
    assert first is not None

    async def fails() -> bytes:
        raise OSError(5, "the disk")

    await store.run(lambda connection: put(connection, "a", "1"))
    with monkeypatch.context() as disk:
        disk.setattr(store, "copy", fails)
        assert await images.since(first.digest) is None
        assert await followers.Images(store).since(b"") is None, "and not an empty one"
    told = await images.since(first.digest)
    assert told is not None
    assert images._now == await store.copy()
    assert await images.since(told.digest) is None, "the control: it is told once"
    await store.close()


@pytest.mark.parametrize("hangs", [False, True], ids=["it fails", "it hangs"])
async def test_votes_are_told_while_no_image_of_the_database_can_be_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, hangs: bool
) -> None:
    works = asyncio.Event()
    async with served(tmp_path) as room:
        async with following(room, tmp_path / "second", await code_of(room)) as second:
            await in_step(room, second)
            store = room.server.house.store
            copy = store.copy

            async def fails() -> bytes:
                if not hangs:
                    raise OSError(5, "the disk")
                await works.wait()
                return await copy()

            with monkeypatch.context() as disk:
                disk.setattr(store, "copy", fails)
                await room.token(Role.PARTICIPANT)  # the database changes
                for number in range(5):
                    await say(room, f"message {number}")
                log = room.server.house.logs[room.meeting]
                await until(lambda: second.held(room.meeting) == log.position.offset, seconds=60)
            works.set()
            await in_step(room, second)
        assert ("gets no image" in caplog.text) is not hangs
        assert ("gets images of server.db again" in caplog.text) is not hangs
        assert (tmp_path / "second" / "server.db").read_bytes() == await room.server.house.store.copy()


async def test_an_image_that_takes_long_is_waited_for_a_little_and_told_when_it_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And until it is, nothing says that it has been taken: `in_step` of these tests asks that too."""
    monkeypatch.setattr(followers, "DATABASE_SECONDS", 0.0)
    monkeypatch.setattr(followers, "IMAGE_SECONDS", 0.05)
    store = Store(tmp_path / "server.db")
    images = followers.Images(store)
    await store.run(lambda connection: put(connection, "a", "1"))
    go_on, copy, copies = asyncio.Event(), store.copy, []

    async def slowly() -> bytes:
        image = await copy()
        copies.append(image)
        await go_on.wait()
        return image

    monkeypatch.setattr(store, "copy", slowly)
    both = asyncio.gather(images.since(b""), images.since(b""))
    assert set(await both) == {None}
    assert await images.since(b"") is None
    assert images._changes != store.changes
    assert len(copies) == 1, "however many ask"
    go_on.set()
    await until(lambda: images._taking is None)
    told = await images.since(b"")
    assert told is not None
    assert images._changes == store.changes
    assert images._now == copies[0]
    await store.close()


@pytest.mark.parametrize("seed", range(4))
async def test_however_the_line_is_cut_the_copy_is_a_beginning_of_the_log(tmp_path: Path, seed: int) -> None:
    """Cut at random in the middle of what it takes in: at every stop it is a prefix, at the end whole."""
    dice = random.Random(seed)
    folder = tmp_path / "second"
    async with served(tmp_path) as room:
        code: str | None = await code_of(room)
        for _ in range(6):
            async with following(room, folder, code) as second:
                await until(lambda: (folder / "follower.json").exists() or second.task.done(), seconds=60)
                for number in range(dice.randrange(1, 12)):
                    await say(room, f"message {number}")
                    for _ in range(dice.randrange(4)):
                        await asyncio.sleep(0)
            code = None
            if (folder / "meetings").exists():
                _, head, copied = await copy_of(folder, room.meeting)
                _, _, there = await whole(room.server.house.logs[room.meeting])
                assert copied == there[: len(copied)]
                assert not copied or head == there[len(copied) - 1].head
        async with following(room, folder, None) as second:
            await in_step(room, second)
        assert await copy_of(folder, room.meeting) == await whole(room.server.house.logs[room.meeting])


async def test_what_is_erased_at_the_server_is_erased_on_the_second_laptop(tmp_path: Path) -> None:
    folder = tmp_path / "second"
    async with served(tmp_path) as room:
        async with following(room, folder, await code_of(room)) as second:
            message = await say(room, "somebody's name")
            await in_step(room, second)
            assert b"somebody" in everything(folder), "the control: it was there"
            organiser = (await room.way(Role.ORGANISER)).capability
            await room.do(RedactText("message", message), organiser)
            await in_step(room, second)
        assert b"somebody" not in everything(folder)
        assert await copy_of(folder, room.meeting) == await whole(room.server.house.logs[room.meeting])


async def test_an_erasure_that_a_crash_cut_short_is_finished_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "second"

    async def crash(*_: object) -> None:
        raise LogFault("the power is gone")

    async with served(tmp_path) as room:
        async with following(room, folder, await code_of(room)) as second:
            message = await say(room, "somebody's name")
            await in_step(room, second)
            monkeypatch.setattr(Follower, "_erase", crash)
            await room.do(RedactText("message", message), (await room.way(Role.ORGANISER)).capability)
            await asyncio.wait([second.task])
        assert b"somebody" in everything(folder), "the control: the crash left it"
        monkeypatch.undo()
        await (await Follower.open(folder)).close()
        assert b"somebody" not in everything(folder)


async def test_the_key_of_an_anonymous_question_is_never_told(tmp_path: Path) -> None:
    plan = small_plan(close_notice_ms=0)
    async with (
        served(tmp_path, plan) as room,
        following(room, tmp_path / "second", await code_of(room)) as second,
    ):
        anonymous = next(q.id for q in plan.questions if q.rules.anonymous)
        await room.do(OpenVoting(anonymous), (await room.way(Role.ORGANISER)).capability)
        [key] = ballot_key_folder(room.folder, room.meeting).glob("*.key")
        await in_step(room, second)
        assert key.read_bytes() not in everything(second.folder)
        assert not ballot_key_folder(second.folder, room.meeting).exists()


async def test_a_folder_that_follows_is_opened_by_no_server(tmp_path: Path) -> None:
    async with served(tmp_path) as room, following(room, tmp_path / "second", await code_of(room)) as second:
        await in_step(room, second)
        await second.stop()
        with pytest.raises(LogFault, match="promote"):
            build(Settings(data_dir=second.folder))


# --- who is let in -------------------------------------------------------------------------


async def test_a_code_admits_once_and_a_wrong_one_never(tmp_path: Path) -> None:
    async with served(tmp_path) as room:
        code = await code_of(room)
        with pytest.raises(ApiRefused) as wrong:
            await follow(room.url, tmp_path / "wrong", "AAAA-AAAA-AAAA-AAAA", None, lambda *_: None)
        assert wrong.value.code == "unknown_code"
        async with following(room, tmp_path / "second", code.lower()) as second:
            await in_step(room, second)
        with pytest.raises(ApiRefused) as again:
            await follow(room.url, tmp_path / "again", code, None, lambda *_: None)
        assert again.value.code == "unknown_code"
        assert not (tmp_path / "again" / "keys").exists()


async def test_a_copy_with_more_than_the_server_has_is_an_alarm(tmp_path: Path) -> None:
    async with served(tmp_path) as room:
        token, log = await admitted(room), room.server.house.logs[room.meeting]
        bearer = {"Authorization": f"Bearer {await room.token(Role.ORGANISER)}"}
        for epoch, lost in (("another", 0), (log.position.epoch, 7)):
            more = followed.Holds(room.meeting, epoch, log.position.offset + 7, b"x" * 32)
            status, said = await asked(room, token, ask(held=(more,)))
            assert (status, msgspec.json.decode(said)["code"]) == (409, "follower_differs")
            assert (await room.http.get("/api/follow", headers=bearer)).json()["lost"] == lost
        ready = (await room.http.get("/health/ready")).json()
        assert [each["missing"] for each in ready["meetings"]] == [7]


async def test_a_code_is_good_for_a_quarter_of_an_hour(tmp_path: Path) -> None:
    async with served(tmp_path) as room:
        made = await room.server.house.followers.new_code(1_000)
        for late_ms, good in ((1, False), (0, True)):
            answer = await room.server.house.followers.admit(made.code, "x", made.good_until_ms + late_ms)
            assert isinstance(answer, followed.Admitted) is good


async def test_without_the_token_nothing_is_given(tmp_path: Path) -> None:
    """Nobody, a made-up token, a role's own, and the owner's: only the follower's is good (the control)."""
    async with served(tmp_path) as room:
        tokens = ["-", "made up", *[await room.token(role) for role in (Role.ORGANISER, Role.PARTICIPANT)]]
        owner = (await room.server.house.doors.own(browser=False)).token
        for token in (*tokens, owner):
            status, said = await asked(room, token, ask())
            assert (status, msgspec.json.decode(said)["code"]) == (401, "follower_not_admitted")
        status, said = await asked(room, await admitted(room), ask())
        assert status == 200
        assert followed.read_told(said).pieces


async def test_only_the_owner_makes_a_code_or_dismisses(tmp_path: Path) -> None:
    async with served(tmp_path) as room:
        owner = (await room.server.house.doors.own(browser=False)).token
        for role in (Role.ORGANISER, Role.LEAD_FACILITATOR, Role.PARTICIPANT):
            bearer = {"Authorization": f"Bearer {await room.token(role)}"}
            assert (await room.http.post("/api/follow/code", headers=bearer)).status_code == 403
            assert (await room.http.delete("/api/follow", headers=bearer)).status_code == 403
        bearer = {"Authorization": f"Bearer {owner}"}
        code = (await room.http.post("/api/follow/code", headers=bearer)).json()["code"]
        async with following(room, tmp_path / "second", code) as second:
            await in_step(room, second)
            assert (await room.http.delete("/api/follow", headers=bearer)).status_code == 204
            with pytest.raises(ApiRefused) as out:
                await second.task
            assert out.value.code == "follower_not_admitted"


async def test_another_admission_ends_the_one_before(tmp_path: Path) -> None:
    async with served(tmp_path) as room:
        first = await admitted(room)
        second = await admitted(room)
        assert (await asked(room, first, ask("first run")))[0] == 401
        assert (await asked(room, second, ask("second run")))[0] == 200


async def test_a_stolen_token_in_use_beside_the_follower_puts_both_out(tmp_path: Path) -> None:
    """The control: a follower that was started again, and does not go on in its earlier run, stays in."""
    async with served(tmp_path) as room:
        token = await admitted(room)
        assert (await asked(room, token, ask("before a restart")))[0] == 200
        assert (await asked(room, token, ask("after the restart")))[0] == 200
        async with following(room, tmp_path / "second", await code_of(room)) as second:
            await in_step(room, second)
            stolen = token_of(second.folder)
            status, said = await asked(room, stolen, ask("the thief's run"))
            assert status == 200
            assert room.server.house.keys.blobs not in said, "a token gives no key"
            with pytest.raises(ApiRefused) as out:
                await second.task
            assert out.value.code == "follower_doubled"
            status, said = await asked(room, stolen, ask("the thief's run"))
            assert (status, msgspec.json.decode(said)["code"]) == (401, "follower_doubled")


async def test_a_thief_with_the_folder_finds_no_code_and_the_server_holds_no_token(tmp_path: Path) -> None:
    async with served(tmp_path) as room:
        code = await code_of(room)
        async with following(room, tmp_path / "second", code) as second:
            await in_step(room, second)
            database = await room.server.house.store.copy()
            assert token_of(second.folder).encode() not in database
            assert code.encode() not in database
            assert code.replace("-", "").encode() not in database


async def test_over_a_network_that_others_read_nothing_is_given(tmp_path: Path) -> None:
    async with served(tmp_path, host="0.0.0.0", insecure_lan=True) as room:
        code = await code_of(room)
        answer = await room.http.post("/api/follow/enter", json={"code": code})
        assert (answer.status_code, answer.json()["code"]) == (403, "tls_needed")
    with pytest.raises(Fault, match="https"):
        Server("http://meeting.example.org")


# --- a follower that lies ------------------------------------------------------------------


async def test_a_follower_that_lies_about_its_head_counts_for_nothing(tmp_path: Path) -> None:
    async with served(tmp_path, follower_wait_ms=200) as room:
        await say(room, "hello")
        token, log = await admitted(room), room.server.house.logs[room.meeting]
        (epoch, offset), head = log.position, log.head
        lies = {
            "another head": followed.Holds(room.meeting, epoch, offset, bytes(32)),
            "more than there is": followed.Holds(room.meeting, epoch, offset + 5, head),
            "less than nothing": followed.Holds(room.meeting, epoch, -1, head),
            "another history": followed.Holds(room.meeting, "made up", offset, head),
            "another meeting": followed.Holds("m_made_up", epoch, offset, head),
            "the head of another event": followed.Holds(room.meeting, epoch, offset - 1, head),
        }
        for lie, held in lies.items():
            status, said = await asked(room, token, ask(held=(held,)))
            assert (status, msgspec.json.decode(said)["code"]) == (409, "follower_differs"), lie
            assert not room.server.house.following.state().waited, lie
        status, _ = await asked(room, token, ask(held=(followed.Holds(room.meeting, epoch, offset, head),)))
        assert status == 200
        assert room.server.house.following.state().waited, "the control: the truth counts"


async def test_rubbish_is_refused(tmp_path: Path) -> None:
    async with served(tmp_path) as room:
        token = await admitted(room)
        head = {"Authorization": f"Bearer {token}", "Content-Type": BINARY}
        good = followed.encode(ask())
        for body in (b"", b"\xc1", b"{}", good[:-3], followed.encode(followed.Ask(99, "a run of mine", ()))):
            answer = await room.http.post("/api/follow", content=body, headers=head)
            assert answer.status_code in (400, 422), body
        assert (await room.http.post("/api/follow", content=good, headers=head)).status_code == 200


async def test_a_server_that_was_taken_back_is_told_that_the_second_laptop_has_more(tmp_path: Path) -> None:
    """The folder is an older copy, in another history: the follower's is kept, and asks who is to go on."""
    async with served(tmp_path / "a") as room:
        async with following(room, tmp_path / "second", await code_of(room)) as second:
            await say(room, "in both")
            await in_step(room, second)
            log = room.server.house.logs[room.meeting]
            held = followed.Holds(room.meeting, log.position.epoch, log.position.offset, log.head)
        token = token_of(second.folder)
        await log.begin_epoch(Epoch("f" * 32, log.position.offset, "a restore"))
        assert (await asked(room, token, ask(held=(held,))))[0] == 200, "all of it is in the later history"
        more = followed.Holds(room.meeting, held.epoch, held.offset + 1, held.head)
        assert (await asked(room, token, ask(held=(more,))))[0] == 409


# --- a follower is no burden ---------------------------------------------------------------


async def test_a_follower_that_is_slow_slows_nobody_where_it_is_not_waited_for(
    tmp_path: Path,
) -> None:
    async with served(tmp_path) as room:
        token = await admitted(room)
        assert (await asked(room, token, ask()))[0] == 200  # it never says that it has anything
        for number in range(20):
            await say(room, f"message {number}")
        state = room.server.house.following.state()
        assert (state.waited, state.behind) == (False, room.offset)


@pytest.mark.parametrize("told", ["INT", "TERM"])
async def test_it_stops_when_told_to_though_a_shell_had_it_ignore_that(tmp_path: Path, told: str) -> None:
    """A script's background job ignores Ctrl-C, a service manager sends SIGTERM: both are a goodbye."""
    async with served(tmp_path) as room:
        command = [sys.executable, "-m", "app.cli", "follow", room.url, "--code", await code_of(room)]
        second = await asyncio.create_subprocess_exec(
            "sh", "-c", f'trap "" {told}; exec "$@"', "sh", *command, "--data-dir", tmp_path / "second",
            cwd=ROOT, env=environment(), stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        try:
            assert second.stderr is not None
            async with asyncio.timeout(60):
                while await second.stderr.readline() != b"holds everything\n":
                    assert not second.stderr.at_eof(), "it ended"
            second.send_signal(signal.Signals[f"SIG{told}"])
            _, said = await asyncio.wait_for(second.communicate(), 60)
        finally:
            if second.returncode is None:
                second.kill()
                await second.wait()
        assert said.splitlines()[-1] == b"Stopped."
        assert second.returncode == 130
