"""At stake: after a promotion one server goes on, with all that it held; the one before it does not."""

import asyncio
from pathlib import Path

import pytest

from app.cli import main
from app.client.http import ApiUnreachable
from app.client.shell import Client
from app.core.capability import Role
from app.core.commands import OpenVoting
from app.core.ids import QuestionId
from app.core.questions import RoundState
from app.log.port import LogOwned
from app.main import build
from app.settings import Settings
from app.tool import follow as tool
from app.tool.faults import Fault
from app.tool.promote import look, promote
from app.tool.restore import accept
from app.web.serving import REPLACED, _until_the_end
from app.web.terms import Replaced
from tests.backups import server_on
from tests.builders import small_plan
from tests.fakes import until
from tests.follow.beside import code_of, following, in_step, say
from tests.security.server import Served, served


def run(*arguments: str | Path) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(each) for each in arguments])
    assert isinstance(ended.value.code, int)
    return ended.value.code


async def copied(room: Served, folder: Path) -> None:
    """Follow until everything is there, and stop."""
    async with following(room, folder, await code_of(room)) as second:
        await in_step(room, second)


async def test_a_promoted_server_has_everything_and_lets_everybody_in(tmp_path: Path) -> None:
    folder = tmp_path / "second"
    async with served(tmp_path) as room:
        token = await room.token(Role.PARTICIPANT)
        ways = [way.secret for way in await room.ways()]
        await say(room, "before")
        await copied(room, folder)
        epoch, offset = room.hall.position
    await asyncio.to_thread(promote, folder, "it fell into the canal")
    async with server_on(folder) as server:
        hall = server.house.hall(room.meeting)
        [restored] = hall.meeting.restores
        assert (restored.before, restored.reason) == (epoch, {"en": "it fell into the canal"})
        assert hall.position == (restored.epoch, offset + 1)
        assert [m.text for m in hall.meeting.stage.messages.values()] == [{"en": "before"}]
        held = [*await server.house.links(room.meeting)]
        for role in (Role.PARTICIPANT, Role.TABLE_FACILITATOR):
            held += await server.house.codes(room.meeting, role)
        assert {way.secret for way in held} == set(ways)
        who = await server.house.doors.who(token)
        assert who is not None, "a device that was in is in"
        assert await server.house.followers.known() is None, "the token of the follower is good no more"


async def test_an_anonymous_vote_that_is_open_is_void_after_a_promotion(tmp_path: Path) -> None:
    plan = small_plan(close_notice_ms=0)
    anonymous = next(q.id for q in plan.questions if q.rules.anonymous)
    async with served(tmp_path, plan) as room:
        await room.do(OpenVoting(QuestionId(anonymous)), (await room.way(Role.ORGANISER)).capability)
        await copied(room, tmp_path / "second")
    await asyncio.to_thread(promote, tmp_path / "second", "")
    async with server_on(tmp_path / "second") as server:
        now = server.house.hall(room.meeting).meeting.questions.questions[QuestionId(anonymous)].now
        assert (now.state, now.key_lost) == (RoundState.VOIDED, True)


async def test_a_second_laptop_that_still_follows_is_not_promoted(tmp_path: Path) -> None:
    async with served(tmp_path) as room, following(room, tmp_path / "second", await code_of(room)) as second:
        await in_step(room, second)
        with pytest.raises(LogOwned, match="process"):
            await asyncio.to_thread(promote, second.folder, "")


async def test_what_is_no_second_laptops_folder_is_not_promoted(tmp_path: Path) -> None:
    async with served(tmp_path) as room:
        await say(room, "hello")
    for folder in (tmp_path / "data", tmp_path):
        with pytest.raises(Fault, match="not a second laptop"):
            await asyncio.to_thread(promote, folder, "")


async def test_promoting_a_stale_copy_is_named_and_needs_to_be_accepted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The copy stopped following, and the server went on: the control that loses what came after."""
    folder = tmp_path / "second"
    async with served(tmp_path) as room:
        await copied(room, folder)
        stand = await asyncio.to_thread(look, folder)
        assert stand.alive
        assert stand.stale
        await say(room, "nobody will know")
    command = ("promote", "--data-dir", folder)
    assert await asyncio.to_thread(run, *command) == 2
    assert "stopped following while the server went on" in capsys.readouterr().out
    assert (folder / "follower.json").exists(), "nothing was done"
    assert await asyncio.to_thread(run, *command, "--accept") == 0
    async with server_on(folder) as server:
        assert server.house.hall(room.meeting).meeting.stage.messages == {}, "it is lost"


async def test_a_server_that_dies_under_a_follower_leaves_no_stale_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "second"

    async def nobody_answers(*_: object) -> bytes:
        raise ApiUnreachable("There is no answer.")

    waiting = served(tmp_path, follower_wait_ms=20_000)
    async with waiting as room, following(room, folder, await code_of(room)) as second:
        await in_step(room, second)
        await say(room, "held by both before it was acknowledged")
        await until(lambda: tool.read(folder).waits, seconds=60)  # it has been told that it is waited for
        monkeypatch.setattr(tool.Server, "post", nobody_answers)
        await until(lambda: "There is no answer." in second.said, seconds=60)
    stand = await asyncio.to_thread(look, folder)
    assert (stand.alive, stand.stale, stand.missing, stand.waited) == (False, False, 0, True)
    assert "nothing that it acknowledged until then is lost" in stand.sentences()[-1]


async def test_the_server_before_is_told_and_goes_on_no_more(tmp_path: Path) -> None:
    """Its folder comes back: the promoted one tells it, it decides nothing more, and does not start again."""
    folder = tmp_path / "second"
    async with served(tmp_path) as room:
        await copied(room, folder)
        await asyncio.to_thread(promote, folder, "")
        server = build(Settings(data_dir=folder))
        await server.house.open()  # it knows where the one before is, and tells it
        try:
            before = room.server.house
            await until(before.replaced.is_set, seconds=60)
            assert before.lobby.over
            opening = asyncio.create_task(asyncio.sleep(0))
            assert await _until_the_end(asyncio.Event(), before, opening, []) == REPLACED
        finally:
            await server.close()
    back = build(Settings(data_dir=room.folder))
    with pytest.raises(Replaced, match="taken over"):
        await back.house.open()
    await back.close()
    await asyncio.to_thread(accept, room.folder, "the other one burnt")
    async with server_on(room.folder) as again:
        assert again.house.terms.number > server.house.terms.number, "it is the latest now"


async def let_in(client: Client) -> bool:
    """Whether it is welcomed for good within a time in which everybody else is."""
    try:
        async with asyncio.timeout(3), client:
            return True
    except TimeoutError:
        return False


async def test_a_device_that_has_seen_the_promoted_server_ends_the_one_before(tmp_path: Path) -> None:
    folder = tmp_path / "second"
    async with served(tmp_path) as room:
        token = await room.token(Role.PARTICIPANT)
        await copied(room, folder)
        await asyncio.to_thread(promote, folder, "")
        async with server_on(folder) as promoted:
            said = promoted.house.terms.said
        assert not room.server.house.replaced.is_set(), "the control: nobody has told it yet"
        client = Client(room.socket_url, token=token, haste=20)
        client.core.term = said
        assert not await let_in(client)
        await until(room.server.house.replaced.is_set, seconds=60)


async def test_a_device_leaves_a_server_that_has_been_replaced_and_does_not_know_it(tmp_path: Path) -> None:
    """A server with other keys, or of an older program, cannot read the term: the client goes by itself."""
    async with served(tmp_path) as room:
        token = await room.token(Role.PARTICIPANT)
        assert await let_in(Client(room.socket_url, token=token)), "the control"
        client = Client([room.socket_url, room.socket_url], token=token, haste=20)
        client.core.term = "1.made-up-by-somebody"
        assert not await let_in(client)
        assert not room.server.house.replaced.is_set(), "a made-up term ends no server"


@pytest.mark.parametrize("said", ["", "1", "9999999999999.x", "-1.x", "٣.x", "9" * 90])
async def test_a_made_up_term_replaces_nobody(tmp_path: Path, said: str) -> None:
    async with served(tmp_path) as room:
        answer = await room.http.post("/api/term", json={"term": said})
        assert answer.json() == {"replaced": False}
        own = room.server.house.terms
        true = f"{7}.{room.server.house.keys.term(7)}"
        assert own.read(true) == 7, "the control"
        assert (await room.http.post("/api/term", json={"term": true})).json() == {"replaced": True}
