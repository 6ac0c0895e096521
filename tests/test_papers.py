"""Report and exports from the command line. At stake: a live log is never opened beside its owner."""

import asyncio
import os
from pathlib import Path

import pytest

from app.cli import main
from app.demo.plan import city_day
from app.log.lock import OwnerLock
from app.log.port import LogOwned
from app.tool.papers import Found, NothingThere, chosen, exported
from app.verify import verify
from tests.running import owner_of, running

MEETINGS = [Found("meeting_aa11", {"en": "One"}), Found("meeting_ab22", {"en": "Two"})]


def test_the_only_meeting_need_not_be_named() -> None:
    assert chosen(MEETINGS[:1], None) == MEETINGS[0]


def test_one_of_several_is_named_by_the_beginning_of_its_id() -> None:
    assert chosen(MEETINGS, "meeting_ab") == MEETINGS[1]
    for named in (None, "meeting_a"):
        with pytest.raises(NothingThere, match="Name the meeting"):
            chosen(MEETINGS, named)
    with pytest.raises(NothingThere, match=r"There is no meeting meeting_c: .*One"):
        chosen(MEETINGS, "meeting_c")
    with pytest.raises(NothingThere, match="no meeting in this data folder"):
        chosen([], None)


@pytest.mark.slow
async def test_a_running_server_is_asked_and_a_stopped_one_replaced(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with running(tmp_path) as (server, api):
        await api.post("/api/meetings", {"plan": city_day(2, 2)}, await owner_of(server, api))
        _, asked = await asyncio.to_thread(exported, data, None, "audit")
    _, made = await asyncio.to_thread(exported, data, None, "audit")
    assert asked == made
    path = tmp_path / "audit.zip"
    path.write_bytes(made)
    assert verify(path).agrees


def test_a_folder_that_another_process_owns_is_refused_with_its_pid(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "server.db").touch()
    lock = OwnerLock.take(tmp_path / "server")
    try:
        with pytest.raises(LogOwned):
            exported(tmp_path, None, "public")
        with pytest.raises(SystemExit) as ended:
            main(["export", "--data-dir", str(tmp_path), "--out", str(tmp_path / "out")])
    finally:
        lock.release()
    assert ended.value.code == 1
    assert f"process {os.getpid()}" in capsys.readouterr().err
