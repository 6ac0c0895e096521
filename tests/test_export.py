"""At stake: who learns what. An auditor all but votes not shown; the public nothing about a person."""

import io
import json
import re
from typing import Any

import pytest

from app.core import commands as c
from app.core.ids import ItemId, QuestionId, Round, SeatId
from app.core.planned import Kind
from app.export import write_audit
from app.verify import parse_line
from tests.report.hall import Hall, both, day, files, plan, question


def records(content: dict[str, bytes], kind: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """The open part and the sealed parts of every event of a kind."""
    found = [parse_line(line) for line in content["log.ndjson"].splitlines()]
    return [(event, sealed) for event, sealed in found if event["type"] == kind]


async def test_the_same_log_gives_the_same_bytes() -> None:
    first, second = await day(), await day()
    assert await first.audit() == await second.audit()
    assert await first.public() == await second.public()


async def test_batches_do_not_matter_to_the_record_but_are_told() -> None:
    hall = Hall(batch=5)
    hall.start()
    content = files(await hall.audit())
    segments = [json.loads(line) for line in content["segments.ndjson"].splitlines()]
    assert segments[0]["first"] == 1
    assert segments[-1]["last"] == hall.meeting.offset
    assert json.loads(content["manifest.json"])["head"] == segments[-1]["head"] == hall.log.head.hex()


async def test_events_after_the_state_are_left_out() -> None:
    hall = Hall().start()
    await hall.write()
    offset, meeting = hall.meeting.offset, hall.meeting
    later = Hall()
    later.start()
    later.idea("1", "Later")
    await later.write()
    out = io.BytesIO()
    await write_audit(meeting, later.log, out)
    assert files(out.getvalue())["log.ndjson"].count(b"\n") == offset


async def test_progress_is_told_to_the_end() -> None:
    hall = Hall().start()
    await hall.write()
    told: list[tuple[int, int]] = []
    await write_audit(hall.meeting, hall.log, io.BytesIO(), progress=lambda at, of: told.append((at, of)))
    assert told[-1] == (hall.meeting.offset, hall.meeting.offset)
    assert [at for at, _ in told] == sorted({at for at, _ in told})


@pytest.mark.parametrize("step", ["open", "closed", "voided"])
@pytest.mark.parametrize("kind", ["audit", "public"])
async def test_the_ballots_of_a_vote_that_was_not_shown_are_closed(kind: str, step: str) -> None:
    hall = Hall().start()
    hall.open("river")
    hall.vote("river", "1-2", "c")
    if step != "open":
        hall.close("river")
    if step == "voided":
        hall.do(hall.organiser, c.VoidRound(QuestionId("river"), both("Because")))
    content = files(await (hall.audit() if kind == "audit" else hall.public()))
    ((_, ballot),) = records(content, "ballot_cast")
    assert isinstance(ballot["choices"], str)
    assert isinstance(ballot["voter"], str) == (kind == "public")
    for _, closed in records(content, "voting_closed"):
        assert isinstance(closed["digest"], str)
    assert json.loads(content["manifest.json"])["closed_votes"] == ["question/river/round/1"]
    assert b"option/c" not in content["figures.json"]


async def test_the_audit_export_opens_a_vote_once_it_is_shown() -> None:
    hall = Hall().start()
    await hall.ask("go", {"1-2": "yes"})
    content = files(await hall.audit())
    ((_, ballot),) = records(content, "ballot_cast")
    assert ballot["choices"][1] == {"choices": ["yes"]}
    assert ballot["voter"][1]["voter"] == "1-2"
    assert json.loads(content["manifest.json"])["personal_data"] is True


async def test_no_public_file_says_who_voted_what() -> None:
    content = files(await (await day()).public())
    for kind in ("ballot_cast", "ballot_withdrawn", "more_time_asked"):
        for event, sealed in records(content, kind):
            assert all(isinstance(part, str) for part in sealed.values())
            assert not {"seat", "table", "by", "command", "keypad"} & event.keys()
    assert not [name for name in content if "ideas.csv" in name]


async def test_only_texts_that_were_published_are_public() -> None:
    hall = Hall().start()
    quoted, private = hall.idea("1", "Quoted words"), hall.idea("2", "Private words")
    hall.idea("2", "My own request", c.IdeaKind.REQUEST)
    hall.idea("2", "Unheard minority", c.IdeaKind.MINORITY)
    hall.do(hall.facilitator("1"), c.ReviseIdea(quoted, 1, "Later words", c.IdeaKind.AGREEMENT))
    named, unnamed = hall.theme("Working title", private), hall.theme("Desk theme", private)
    hall.do(hall.leader, c.QuoteIdea(named, quoted, 2))
    hall.do(hall.leader, c.RenameTheme(named, both("Published theme")))
    hall.do(hall.leader, c.PublishThemes(ItemId("place"), (named,)))
    hall.do(hall.leader, c.RenameTheme(unnamed, both("Desk theme again")))
    hall.do(hall.organiser, c.SendMessage(hall.id("msg"), both("Message to tables")))  # type: ignore[arg-type]
    open_now = QuestionId(hall.id("q"))
    hall.do(hall.organiser, c.DraftQuestion(open_now, both("Asked words"), question("x", Kind.YES_NO).rules))
    hall.do(
        hall.organiser,
        c.DraftQuestion(QuestionId(hall.id("q")), both("Never asked"), question("x", Kind.YES_NO).rules),
    )
    await hall.ask(open_now, {"1-2": "yes"})
    hall.do(hall.organiser, c.RecordErratum(both("An erratum"), None))
    everything = b"\n".join(files(await hall.public()).values()).decode(errors="replace")
    for said in ("Later words", "Published theme", "Asked words", "An erratum"):
        assert said in everything, said
    for hidden in (
        "Quoted words", "Private words", "My own request", "Unheard minority", "Working title", "Desk theme",
        "Message to tables", "Never asked",
    ):  # fmt: skip
        assert hidden not in everything, hidden
    audit = b"\n".join(files(await hall.audit()).values()).decode(errors="replace")
    assert "Private words" in audit


async def test_choices_are_public_only_where_the_question_says_so() -> None:
    content = files(await (await day()).public())
    published = {name for name in content if name.startswith("choices/")}
    assert published == {f"choices/{q}.json" for q in ("river-2", "any-1", "trees-1", "secret-1")}
    river = json.loads(content["choices/river-2.json"])
    assert river == {"choices": [["a"]] * 5 + [["b"]] * 3, "question": "river", "round": 2}
    opened = [
        e["question"] for e, sealed in records(content, "voting_closed") if isinstance(sealed["digest"], list)
    ]
    assert opened == ["river", "any", "trees", "secret"]


async def test_anonymous_ballots_of_several_choices_are_not_published() -> None:
    asked = question("set", Kind.APPROVE, "a", "b", "c", anonymous=True, publish_choices=True)
    hall = Hall(plan(questions=(asked,))).start()
    await hall.ask("set", {"1-2": ("a", "b"), "1-3": ("c",)})
    content = files(await hall.public())
    assert not [name for name in content if name.startswith("choices/")]


async def test_an_anonymous_ballot_names_nobody_in_any_export() -> None:
    hall = Hall().start()
    hall.open("secret")
    hall.vote("secret", "1-2", "yes")
    hall.close("secret")
    await hall.show("secret")
    for content in (files(await hall.audit()), files(await hall.public())):
        line = next(line for line in content["log.ndjson"].splitlines() if b"ballot_cast" in line)
        assert b"1-2" not in line
        assert b"cap-" not in line


async def test_a_redacted_text_is_in_no_file() -> None:
    hall = Hall().start()
    idea = hall.idea("1", "Call me on 08 1234 5678")
    theme = hall.theme("River", idea)
    hall.do(hall.leader, c.QuoteIdea(theme, idea, 1))
    hall.do(hall.leader, c.PublishThemes(ItemId("place"), (theme,)))
    hall.do(hall.organiser, c.RedactText("idea", idea))
    await hall.write()
    await hall.log.erase(hall.meeting.redactions[0].erased)
    for content in (files(await hall.audit()), files(await hall.public())):
        assert not [name for name, data in content.items() if b"08 1234" in data]


async def test_a_withdrawn_ballot_is_in_the_record_and_not_in_the_choices() -> None:
    hall = Hall().start()
    hall.open("river")
    for seat, choice in (("1-2", "a"), ("1-3", "b")):
        hall.vote("river", seat, choice)
    hall.do(hall.participant("1-3"), c.WithdrawBallot(QuestionId("river"), Round(1), SeatId("1-3")))
    hall.close("river")
    await hall.show("river")
    content = files(await hall.public())
    assert json.loads(content["choices/river-1.json"])["choices"] == [["a"]]
    assert len(records(content, "ballot_cast")) == 2


@pytest.mark.parametrize("kind", ["audit", "public"])
async def test_a_stranger_is_told_what_it_is_and_how_to_check_it(kind: str) -> None:
    hall = await day()
    content = files(await (hall.audit() if kind == "audit" else hall.public()))
    for language in ("en", "th"):
        text = content[f"README.{language}.txt"].decode()
        assert hall.log.head.hex() in text
        assert "python verify.py EXPORT --head HEAD" in text
        assert "{" not in text
        named = re.findall(r"^  (\S+\.\w+) ", text, re.MULTILINE)
        assert set(named) <= set(content)
    assert ("PUBLIC" in content["README.en.txt"].decode()) == (kind == "public")
