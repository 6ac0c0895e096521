"""At stake: what the hall compares after a vote is the head of the record, live, replayed and recounted."""

import re
from pathlib import Path

from app.core.commands import CloseVoting, Scene, SceneKind, TakeScene
from app.core.ids import Round, ScreenId
from app.core.questions import RoundState
from app.core.views.screens import drawn
from app.export import write_audit
from app.log.memory import MemoryLog
from app.realtime import wire
from app.realtime.rebuild import rebuild
from app.report.outline import outline
from app.report.paper.whole import paper
from app.report.render_html import report_html
from app.verify import short_code, short_words, verify
from tests.fakes import PLACE, Running, laptop, running, until, values
from tests.realtime.test_restarts import ballot


async def closed(room: Running) -> None:
    await room.vote_open()
    await room.do(ballot(), laptop(1))
    await room.do(CloseVoting(PLACE))
    room.clock.advance(2_000)
    await until(lambda: room.hall.meeting.questions.questions[PLACE].state is RoundState.CLOSED)
    await room.hall.read(lambda _: None)


async def test_the_head_of_a_close_is_the_same_live_replayed_and_recounted(tmp_path: Path) -> None:
    async with running() as room:
        await closed(room)
        live = room.hall.meeting.closes
        [(which, close)] = live.items()
        assert which == (PLACE, Round(1))
        log = room.log
        assert isinstance(log, MemoryLog)
        meeting, _ = await rebuild(log)
        assert meeting.closes == live
        path = tmp_path / "audit.zip"
        with path.open("wb") as out:
            await write_audit(meeting, log, out)
    [found] = verify(path).closes
    assert (close.offset, close.code) == (found.offset, short_code(found.head))
    assert close.words == {language: short_words(found.head, language) for language in ("en", "th")}


async def test_every_laptop_and_the_screen_are_told_of_it() -> None:
    async with running() as room:
        await closed(room)
        close = room.hall.meeting.closes[PLACE, Round(1)]
        told = {"question": PLACE, "round": 1, **close._asdict()}
        line, _ = await room.enter(laptop(1))
        await until(lambda: any(view.channel == "tables" for view in line.of(wire.View)))
        [tables] = [view for view in line.of(wire.View) if view.channel == "tables"]
        assert values(tables)["closes"] == [told]
        await room.do(TakeScene(ScreenId("main"), Scene(SceneKind.VOTING, question=PLACE)))
        on_air = await room.hall.read(lambda meeting: drawn(meeting, ScreenId("main")))
        assert on_air is not None
        assert on_air["head"] == {key: told[key] for key in ("offset", "code", "words")}


async def test_the_report_lists_them_on_paper_and_as_a_page() -> None:
    async with running() as room:
        await closed(room)
        meeting = room.hall.meeting
        close = meeting.closes[PLACE, Round(1)]
        report = outline(meeting)
        assert [(each.code, each.round) for each in report.closes] == [(close.code, 1)]
        for language in ("en", "th"):
            page = report_html(report, language)
            assert re.search(
                rf"<code>{close.code}</code></td><td[^>]*>{close.words[language]}</td></tr>", page
            )
            printed = repr(paper(report, (language,)))
            assert re.search(rf"{close.code}((?!rows=|Row).)*{close.words[language]}", printed)
