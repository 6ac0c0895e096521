"""At stake: a record that was restored is recounted like any other, ballots that came back included."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.core import commands as c
from app.core.capability import KeptBallot
from app.core.commands import Channel
from app.core.ids import CommandId, QuestionId, Round, SeatId, SiteId, TableId
from app.verify import Recount, parse_line, verify
from tests.report.hall import Hall, files

SAID: dict[str, Any] = {
    "river": ("b",), "go": ("no",), "top": ("a", "c"), "any": (), "trees": 7, "rate": {"a": 0, "b": 1},
}  # fmt: skip
"""What a seat says that had not voted; by question."""


def come_back(hall: Hall, question: str, seat: str, choices: Any, offset: int = 900) -> None:
    now = hall.meeting.questions.question(QuestionId(question)).now
    kept = KeptBallot(
        "epoch-1", offset, SiteId("bank"), QuestionId(question), now.number, now.opening, SeatId(seat),
        choices, Channel.PHONE, hall.now_ms, TableId(seat[0]), "participant:cap", CommandId(hall.id("cmd")),
    )  # fmt: skip
    bring(hall, kept)


def bring(hall: Hall, kept: KeptBallot) -> None:
    """Give the command under the id of its ballot."""
    made = hall.id
    hall.id = lambda prefix: str(kept.command) if prefix == "cmd" else made(prefix)  # type: ignore[method-assign]
    try:
        hall.do(hall.participant(kept.voter), c.RecoverBallot("blob", kept.voter), kept=kept)
    finally:
        hall.id = made  # type: ignore[method-assign]


async def a_day() -> Hall:
    """Every kind of vote is shown; the log is restored; into each of them two ballots come back."""
    hall = Hall(batch=5).start("3-4")
    await hall.ask("river", {"1-2": "a", "1-3": "a"})
    await hall.ask("go", {"1-2": "yes"})
    await hall.ask("top", {"1-2": ("a", "b")})
    await hall.ask("any", {"1-2": ("a",)})
    await hall.ask("trees", {"1-2": 3})
    await hall.ask("rate", {"1-2": {"a": 1}})
    hall.do(hall.server, c.RestoreLog("epoch-2", "epoch-1", {"en": "The disk was full of coffee"}))
    for question, choices in SAID.items():
        come_back(hall, question, "2-1", choices)
        come_back(hall, question, "1-2", choices)  # had voted: it says something else now
    hall.do(hall.organiser, c.CloseMeeting())
    return hall


def put(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("kind", ["audit", "public"])
async def test_both_exports_of_a_restored_day_agree(kind: str, tmp_path: Path) -> None:
    hall = await a_day()
    export = await (hall.audit() if kind == "audit" else hall.public())
    found = verify(put(tmp_path / "export.zip", export))
    assert found.differences == []
    unsure = "question/go/round/1/option/yes/count"
    assert unsure in (found.counted if kind == "audit" else found.stated)
    figures = {f["id"]: f["numerator"] for f in json.loads(files(export)["figures.json"])}
    assert figures["question/river/round/1/option/b/count"] == 2
    assert figures["question/trees/round/1/value/7/count"] == 2
    assert figures["question/river/round/1/voted"] == 3
    log = files(export)["log.ndjson"].decode()
    assert ('"voter":["' in log) is (kind == "audit")
    assert "full of coffee" in log, "why it was restored is for everybody"


async def test_the_report_says_that_the_record_was_restored_and_what_came_back() -> None:
    page = files(await (await a_day()).public())["report/en/report.html"].decode()
    assert "The disk was full of coffee" in page
    assert "2 ballots of this vote came back from devices" in page
    thai = files(await (await a_day()).public())["report/th/report.html"].decode()
    assert "การกู้คืนบันทึก" in re.sub(r"</?span\b[^>]*>", "", thai), "words are kept together by spans"


async def test_a_ballot_of_a_vote_that_is_not_in_the_record_is_closed_in_both_exports(tmp_path: Path) -> None:
    hall = Hall(batch=5).start("3-4")
    await hall.ask("river", {"1-2": "a"})
    hall.do(hall.server, c.RestoreLog("epoch-2", "epoch-1"))
    kept = KeptBallot(
        "epoch-1", 5, SiteId("bank"), QuestionId("river"), Round(1), "cmd_another", SeatId("1-3"), ("b",),
        Channel.PHONE, 1, TableId("1"), "participant:cap", CommandId(hall.id("cmd")),
    )  # fmt: skip
    bring(hall, kept)
    for export in (await hall.audit(), await hall.public()):
        assert verify(put(tmp_path / "export.zip", export)).differences == []
        [line] = [x for x in files(export)["log.ndjson"].splitlines() if b"ballot_unplaced" in x]
        assert isinstance(json.loads(line)[1]["choices"], str)
    assert "counted nowhere" in files(export)["report/en/report.html"].decode()


Change = Callable[[list[tuple[dict[str, Any], dict[str, Any]]], int], None]


def without_the_erratum(lines: list[Any], at: int) -> None:
    lines[at + 1] = ({"type": "meeting_started"}, {})


def change(name: str, by: int) -> Change:
    def changed(lines: list[Any], at: int) -> None:
        lines[at][0][name] += by

    return changed


def another_choice(lines: list[Any], at: int) -> None:
    lines[at][1]["choices"][1]["choices"] = ["a"]


def without_a_restore(lines: list[Any], at: int) -> None:
    where = next(n for n in range(at) if lines[n][0]["type"] == "log_restored")
    lines[where] = ({"type": "meeting_started"}, {})


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (change("voted", 1), "voted; the record has"),
        (change("present", 1), "were present"),
        (another_choice, "digest"),
        (without_a_restore, "never restored"),
        (lambda lines, at: lines[at][0].pop("digest"), "new count"),
    ],
)
async def test_a_ballot_that_came_back_wrongly_is_named(wrong: Change, why: str) -> None:
    """Also where the chain was made anew over it."""
    hall = await a_day()
    lines = [parse_line(line) for line in await hall.lines()]
    at = next(n for n, (event, _) in enumerate(lines) if event["type"] == "ballot_recovered")
    counted(lines)
    wrong(lines, at)
    with pytest.raises(ValueError, match=why):
        counted(lines)


def counted(lines: list[Any]) -> Recount:
    recount = Recount()
    for offset, (event, sealed) in enumerate(lines, start=1):
        recount.take(offset, event, sealed)
    return recount


async def test_a_shown_vote_that_changed_without_an_erratum_is_named() -> None:
    hall = await a_day()
    lines: list[Any] = [parse_line(line) for line in await hall.lines()]
    at = next(n for n, (event, _) in enumerate(lines) if event["type"] == "ballot_recovered")
    assert counted(lines).questions["river"].rounds[1].corrected
    without_the_erratum(lines, at)
    now = counted(lines).questions["river"].rounds[1]
    assert (now.after_show, now.corrected) == (2, False)
