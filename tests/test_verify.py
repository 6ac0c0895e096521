"""At stake: that a stranger with one file finds what was changed, and that the report says what was pressed.

Random days are held through the real meeting, codec and log, exported, and counted again by `verify.py`,
which must agree to the byte; then one byte, one count, one order is changed, and it must say where.
"""

import ast
import asyncio
import hashlib
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import verify as verifier
from app.core import commands as c
from app.core.errors import Refusal
from app.core.ids import (
    IdeaId,
    ItemId,
    KeypadId,
    MeetingId,
    OptionId,
    QuestionId,
    Round,
    SeatId,
    TableId,
    ThemeId,
)
from app.core.planned import Kind, Purpose, QuestionRules, ScaleStep
from app.core.questions import RoundState
from app.core.sample import recorded
from app.log.chain import canonical
from app.report.outline import outline
from app.report.render_html import report_html
from app.report.words import Words
from app.verify import Export, Unreadable, Verdict, count_round, verify
from tests.broken_zips import flipped
from tests.report.hall import Hall, both, day, files, plan, question, zip_of

SOURCE = Path(verifier.__file__)
RANDOM_DAYS = int(os.environ.get("RANDOM_DAYS", "40"))


@pytest.fixture(scope="module")
def audit() -> bytes:
    return asyncio.run(exports()).audit


@pytest.fixture(scope="module")
def public() -> bytes:
    return asyncio.run(exports()).public


class Exports(NamedTuple):
    audit: bytes
    public: bytes


async def exports() -> Exports:
    hall = await day()
    return Exports(await hall.audit(), await hall.public())


def verdict(content: dict[str, bytes], folder: Path, *heads: str) -> Verdict:
    """What verify says of these files; their hashes in the manifest are made to fit, as a forger would."""
    manifest = json.loads(content["manifest.json"])
    manifest["files"] = {
        name: hashlib.sha256(data).hexdigest() for name, data in content.items() if name != "manifest.json"
    }
    path = folder / "export.zip"
    with path.open("wb") as out:
        zip_of(content | {"manifest.json": canonical(manifest)}, out)
    return verify(path, heads)


def places(found: Verdict) -> list[str]:
    return [difference.where for difference in found.differences]


def event_of(content: dict[str, bytes], kind: str, nth: int = 0) -> int:
    """The offset of the nth event of a kind."""
    lines = content["log.ndjson"].splitlines()
    return [at for at, line in enumerate(lines, 1) if json.loads(line)[0]["type"] == kind][nth]


def with_line(content: dict[str, bytes], offset: int, change: Any) -> dict[str, bytes]:
    lines = content["log.ndjson"].split(b"\n")
    lines[offset - 1] = change(lines[offset - 1])
    return content | {"log.ndjson": b"\n".join(lines)}


# --- it agrees ---------------------------------------------------------------------------------


def test_a_whole_day_is_derived_byte_for_byte(audit: bytes, tmp_path: Path) -> None:
    content = files(audit)
    found = verdict(content, tmp_path, json.loads(content["manifest.json"])["head"])
    assert found.differences == []
    assert not found.stated
    assert len(found.counted) == len(json.loads(content["figures.json"]))
    assert found.closed_votes == ["question/river/round/1 (voided)"]
    assert found.erased_parts == 1
    assert found.meeting_closed


def test_it_tells_how_far_it_is_and_of_how_many(audit: bytes, tmp_path: Path) -> None:
    path = tmp_path / "audit.zip"
    path.write_bytes(audit)
    told: list[tuple[int, int]] = []
    events = verify(path, progress=lambda done, whole: told.append((done, whole))).events
    assert told == sorted(told)
    assert {whole for _, whole in told} == {events}
    assert told[-1] == (events, events)


def test_the_public_export_agrees_and_says_what_only_an_auditor_can_count(
    public: bytes, tmp_path: Path
) -> None:
    found = verdict(files(public), tmp_path)
    assert found.differences == []
    assert "question/river/round/2/option/a/count" in found.counted
    assert "question/any/round/1/none/count" in found.counted
    assert "question/secret/round/1/option/yes/share" in found.counted
    assert "question/go/round/1/option/yes/count" in found.stated
    assert "question/river/round/2/channel/phone" in found.stated


def test_the_file_alone_checks_an_unpacked_export(audit: bytes, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as zipped:
        for name, data in files(audit).items():
            zipped.writestr(name, data)
            path = tmp_path / "unpacked" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    alone = tmp_path / "unpacked" / "verify.py"
    for export in ("unpacked", "export.zip"):
        run = subprocess.run(
            [sys.executable, "-I", "-S", alone, export],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stdout + run.stderr
        assert run.stdout.startswith("Agrees: ")


def test_it_shares_no_code_with_the_program() -> None:
    tree = ast.parse(SOURCE.read_text(encoding="utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in imported} <= sys.stdlib_module_names


# --- it says where -----------------------------------------------------------------------------


def test_every_line_changed_by_one_byte_is_found_at_its_event(audit: bytes, tmp_path: Path) -> None:
    content = files(audit)
    lines = content["log.ndjson"].splitlines()
    for offset, line in enumerate(lines, 1):
        place = line.rindex(b'"at_ms":') + len(b'"at_ms":') + 3
        changed = line[:place] + bytes([line[place] ^ 1]) + line[place + 1 :]
        found = verdict(with_line(content, offset, lambda _, new=changed: new), tmp_path)
        assert places(found)[0] == f"log.ndjson, event {offset}"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_byte_of_any_file_can_change_unseen(audit: bytes, tmp_path: Path, data: st.DataObject) -> None:
    content = files(audit)
    name = data.draw(st.sampled_from(sorted(content)))
    at = data.draw(st.integers(0, len(content[name]) - 1))
    bit = 1 << data.draw(st.integers(0, 7))
    changed = bytearray(content[name])
    changed[at] ^= bit
    path = tmp_path / "changed.zip"
    with path.open("wb") as out:
        zip_of(content | {name: bytes(changed)}, out)
    try:
        found = verify(path)
    except verifier.Unreadable:
        assert name == "manifest.json"
    else:
        assert not found.agrees


@pytest.mark.parametrize(
    "path",
    [
        "question/river/round/2/option/a/count",
        "question/top/round/1/option/b/rank",
        "question/rate/round/1/option/a/mean",
        "question/age/round/1/census/young/difference",
        "ideas/count",
        "room/heads",
    ],
)
def test_one_figure_changed_is_named(audit: bytes, tmp_path: Path, path: str) -> None:
    content = files(audit)
    figures = json.loads(content["figures.json"])
    next(figure for figure in figures if figure["id"] == path)["numerator"] += 1
    found = verdict(content | {"figures.json": canonical(figures)}, tmp_path)
    assert places(found)[0] == f"figures.json, {path}"


def test_figures_in_another_order_are_found(audit: bytes, tmp_path: Path) -> None:
    content = files(audit)
    figures = json.loads(content["figures.json"])
    figures[0], figures[1] = figures[1], figures[0]
    found = verdict(content | {"figures.json": canonical(figures)}, tmp_path)
    assert places(found)[0] == "figures.json"
    assert "order" in found.differences[0].what


def test_two_records_in_another_order_are_found_at_the_first(audit: bytes, tmp_path: Path) -> None:
    content = files(audit)
    lines = content["log.ndjson"].split(b"\n")
    lines[40], lines[41] = lines[41], lines[40]
    found = verdict(content | {"log.ndjson": b"\n".join(lines)}, tmp_path)
    assert places(found)[0] == "log.ndjson, event 41"


def test_a_dropped_record_is_found_where_it_was(audit: bytes, tmp_path: Path) -> None:
    content = files(audit)
    lines = content["log.ndjson"].split(b"\n")
    del lines[60]
    found = verdict(content | {"log.ndjson": b"\n".join(lines)}, tmp_path)
    assert places(found)[0] == "log.ndjson, event 61"


def test_a_report_with_other_figures_is_named(audit: bytes, tmp_path: Path) -> None:
    content = files(audit)
    report = json.loads(content["report/th/report.json"])
    report["figures"][5]["numerator"] += 1
    found = verdict(content | {"report/th/report.json": canonical(report)}, tmp_path)
    assert places(found) == ["report/th/report.json"]


def chained_anew(content: dict[str, bytes]) -> dict[str, bytes]:
    """The same export after a forger has made the whole chain fit the lines again."""
    head = verifier.chain_start(content["genesis.json"])
    steps = []
    lines = content["log.ndjson"].splitlines()
    for line in lines:
        head = verifier.chain_step(head, *verifier.parse_line(line))
        steps.append(head.hex()[: verifier.STEP_DIGITS])
    segment = {"first": 1, "last": len(lines), "head": head.hex(), "steps": "".join(steps)}
    manifest = json.loads(content["manifest.json"]) | {"head": head.hex(), "events": len(lines)}
    return content | {"segments.ndjson": canonical(segment) + b"\n", "manifest.json": canonical(manifest)}


def test_a_record_cut_short_and_chained_anew_is_found_by_the_published_head(
    audit: bytes, tmp_path: Path
) -> None:
    content = files(audit)
    published = json.loads(content["manifest.json"])["head"]
    lines = content["log.ndjson"].splitlines(keepends=True)[:-2]
    cut = chained_anew(content | {"log.ndjson": b"".join(lines)})
    assert verdict(cut, tmp_path).agrees, "the last two events have no figures"
    assert not verdict(cut, tmp_path, published).agrees


def test_a_ballot_changed_and_chained_anew_is_found_at_the_close(audit: bytes, tmp_path: Path) -> None:
    content = files(audit)
    offset = next(
        at
        for at, line in enumerate(content["log.ndjson"].splitlines(), 1)
        if b'"choices":["a"]' in line and b'"question":"river"' in line
    )
    forged = with_line(content, offset, lambda line: line.replace(b'["a"]', b'["b"]'))
    closed = event_of(content, "voting_closed", 2)
    assert places(verdict(chained_anew(forged), tmp_path))[0] == f"log.ndjson, event {closed}"


@pytest.mark.parametrize(
    ("kind", "nth", "old", "new"),
    [
        ("voting_closed", 0, b'"voted":1', b'"voted":2'),
        ("voting_closed", 0, b'"present":10', b'"present":11'),
        ("results_shown", 2, b'"a":5', b'"a":6'),
        ("results_shown", 2, b'"voters":8', b'"voters":9'),
        ("ballot_cast", 4, b'["old"]', b'["odd"]'),
        ("ballot_cast", 0, b'"round":1', b'"round":2'),
        ("meeting_started", 0, b"meeting_started", b"meeting_startled"),
    ],
)
def test_a_rule_of_the_count_broken_is_found_even_if_chained_anew(
    audit: bytes, tmp_path: Path, kind: str, nth: int, old: bytes, new: bytes
) -> None:
    content = files(audit)
    offset = event_of(content, kind, nth)
    forged = with_line(content, offset, lambda line: line.replace(old, new))
    assert forged != content, "the line has what is to be changed"
    assert places(verdict(chained_anew(forged), tmp_path))[0] == f"log.ndjson, event {offset}"


async def test_a_redacted_text_that_is_still_there_is_found(tmp_path: Path) -> None:
    hall = Hall().start()
    idea = hall.idea("1", "Call me on 08 1234 5678")
    hall.do(hall.organiser, c.RedactText("idea", idea))
    content = files(await hall.audit())  # and nobody erased it
    assert places(verdict(content, tmp_path)) == [f"log.ndjson, event {event_of(content, 'idea_written')}"]


async def test_a_record_from_which_everything_was_redacted_still_agrees(tmp_path: Path) -> None:
    hall = await day()
    asked = next(q for q in hall.meeting.questions.questions if q.startswith("q_"))
    title = hall.meeting.questions.questions[asked].title
    for of, of_id in (("question", asked), ("reason", "river"), ("erratum", "1"), ("response", "1")):
        hall.do(hall.organiser, c.RedactText(of, of_id))
    await hall.write()
    for each in hall.meeting.redactions:
        await hall.log.erase(each.erased)
    assert title == both("Which?")
    for name, export in (("audit", await hall.audit()), ("public", await hall.public())):
        path = tmp_path / f"{name}.zip"
        path.write_bytes(export)
        assert verify(path).differences == []
        whole = b"".join(files(export).values())
        for words in (
            "Which?",
            "The wrong question was read out",
            "There were 12 seats",
            "We will plant trees",
        ):
            assert words.encode() not in whole, (name, words)
    for language in ("en", "th"):
        page = report_html(outline(hall.meeting), language)
        assert Words(language, "UTC").t("report.redacted") in page


def test_a_part_closed_without_a_reason_is_found(audit: bytes, tmp_path: Path) -> None:
    content = files(audit)
    offset = event_of(content, "theme_created")

    def shut(line: bytes) -> bytes:
        event, sealed = json.loads(line)
        return canonical([event, {"title": verifier.commitment(sealed["title"]).hex()}])

    assert places(verdict(with_line(content, offset, shut), tmp_path))[0] == f"log.ndjson, event {offset}"


@pytest.mark.parametrize("name", ["choices/river-2.json", "choices/trees-1.json"])
def test_published_choices_must_fit_the_digest(public: bytes, tmp_path: Path, name: str) -> None:
    content = files(public)
    said = json.loads(content[name])
    said["choices"][0] = said["choices"][-1]
    assert places(verdict(content | {name: canonical(said)}, tmp_path))[0] == name


def test_a_public_export_that_says_who_voted_is_refused(public: bytes, audit: bytes, tmp_path: Path) -> None:
    content, whole = files(public), files(audit)["log.ndjson"].splitlines()
    offset = event_of(content, "ballot_cast", 3)
    found = verdict(with_line(content, offset, lambda _: whole[offset - 1]), tmp_path)
    assert places(found)[0] == f"log.ndjson, event {offset}"


@pytest.mark.parametrize("damage", ["no zip", "cut zip", "not ours", "head"])
def test_what_cannot_be_read_is_one_sentence_and_exit_code_2(
    audit: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str], damage: str
) -> None:
    path = tmp_path / "export.zip"
    arguments = [str(path)]
    match damage:
        case "no zip":
            path.write_text("hello")
        case "cut zip":
            path.write_bytes(audit[: len(audit) // 2])
        case "not ours":
            with path.open("wb") as out:
                zip_of({"manifest.json": b"{}"}, out)
        case _:
            path.write_bytes(audit)
            arguments += ["--head", "abc"]
    assert verifier.main(arguments) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "Traceback" not in told


def test_a_zip_with_a_changed_byte_is_read_as_it_was_or_said_to_be_damaged(tmp_path: Path) -> None:
    content = {name: name.encode() * 9 for name in ("manifest.json", "log.ndjson", "genesis.json")}
    path = tmp_path / "export.zip"
    with path.open("wb") as out:
        zip_of(content, out)
    refused = 0
    for at, damaged in flipped(path.read_bytes()):
        path.write_bytes(damaged)
        try:
            export = Export(path)
            found = {name: export.read(name) for name in content}
        except Unreadable:
            refused += 1
        else:
            assert found == content, f"byte {at} says something else"
    assert refused > 300


def test_exit_codes_and_the_machine_readable_result(
    audit: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "export.zip"
    path.write_bytes(audit)
    assert verifier.main([str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["agrees"] is True
    assert verifier.main([str(path), "--head", "0" * 64]) == 1
    assert "0000" in capsys.readouterr().out


# --- the second counter ------------------------------------------------------------------------


async def test_the_second_counter_counts_what_stands() -> None:
    hall = Hall().start()
    hall.open("rate")
    hall.vote("rate", "1-2", {"a": 1, "b": 1})
    hall.vote("rate", "1-2", {"b": -1})
    hall.vote("rate", "2-1", {"a": 0})
    hall.vote("rate", "2-2", {"c": 1})
    hall.do(hall.participant("2-2"), c.WithdrawBallot(QuestionId("rate"), Round(1), SeatId("2-2")))
    lines = await hall.lines()
    assert count_round(lines, "rate", 1) == {"": 2, "a=1": 1, "b=-1": 1, "a=0": 1}
    assert count_round(lines, "rate", 2) == {}
    assert count_round(lines, "rat", 1) == {}


# --- random days -------------------------------------------------------------------------------

KINDS = {q.id: q for q in plan().questions}
SEATS = [s.id for s in plan().seats]


def replanned(seed: int, batch: int) -> Hall:
    """A hall whose plan had a table and a question less at first, when some had come."""
    dice, whole = Random(seed), plan()
    gone = whole.tables[-1].id
    seats = tuple(seat for seat in whole.seats if seat.table != gone)
    first = replace(whole, tables=whole.tables[:-1], seats=seats, questions=whole.questions[1:])
    hall = Hall(first, batch=batch)
    for seat in dice.sample(seats, dice.randint(0, len(seats))):
        hall.do(hall.participant(seat.id), c.JoinSeat(seat.id))
        if dice.random() < 0.3:
            hall.do(hall.organiser, c.MarkLeft(seat.id))
    hall.do(hall.organiser, c.CountHeads(first.tables[0].id, dice.randint(0, 9)))
    hall.do(hall.server, c.PrepareMeeting(MeetingId("river-day"), whole))
    return hall


class RandomDay:
    """Commands drawn by a seed; whatever the meeting refuses does not happen."""

    def __init__(self, seed: int) -> None:
        self.dice = Random(seed)
        batch = self.dice.randint(1, 9)
        self.hall = replanned(seed, batch) if seed % 2 else Hall(batch=batch)
        self.hall.start(*self.dice.sample(SEATS, self.dice.randint(0, 6)))

    def one_of(self, things: Iterable[Any]) -> Any:
        return self.dice.choice(list(things))

    def choices(self, q: QuestionId) -> Any:
        asked = self.hall.meeting.questions.questions[q]
        names = list(asked.options)
        match asked.rules.kind:
            case Kind.NUMBER:
                return self.dice.randint(0, 50)
            case Kind.RATING:
                return {name: self.dice.choice((1, 0, -1)) for name in self.dice.sample(names, 2)}
            case Kind.PICK_UP_TO | Kind.APPROVE:
                return tuple(self.dice.sample(names, self.dice.randint(0, min(3, len(names)))))
            case _:
                return (self.dice.choice(names),)

    async def step(self) -> None:
        hall, meeting = self.hall, self.hall.meeting
        open_now = meeting.questions.open
        if open_now is not None and self.dice.random() < 0.8:
            self.ballot(open_now)
            return
        q = open_now or self.one_of(meeting.questions.questions)
        state = meeting.questions.questions[q].state
        if self.dice.random() < 0.1:
            self.sample()
            return
        kind = self.dice.randint(0, 12)
        if kind < 6 and state is RoundState.PLANNED:
            hall.try_(hall.organiser, c.OpenVoting(q))
        elif kind < 6 and state is RoundState.OPEN:
            hall.close(q)
        elif kind < 5 and state is RoundState.CLOSED:
            await hall.show(q)
        elif kind == 6:
            hall.try_(hall.organiser, c.VoidRound(q, both("Because")))
            hall.try_(hall.organiser, c.RunAgain(q, both("Again")))
        elif kind < 8:
            self.seat()
        elif kind < 10:
            self.idea()
        else:
            self.theme()

    def ballot(self, q: QuestionId) -> None:
        seat, hall = self.one_of(SEATS), self.hall
        now = hall.meeting.questions.questions[q].now.number
        by = hall.participant(seat)
        match self.dice.randint(0, 8):
            case 0:
                hall.try_(by, c.WithdrawBallot(q, now, seat))
            case 1 | 2:
                keypad = KeypadId(f"handset-{seat}")
                hall.try_(hall.organiser, c.BindKeypad(seat, keypad, c.Channel.HANDSET))
                hall.try_(hall.receiver, c.PressKey(keypad, self.one_of("0123"), hall.made))
            case 3:
                hall.try_(hall.manager, c.CastPaperBallot(q, now, seat, self.choices(q)))
            case _:
                hall.try_(by, c.JoinSeat(seat))
                hall.try_(by, c.CastBallot(q, now, seat, self.choices(q)))

    def seat(self) -> None:
        hall, seat = self.hall, self.one_of(SEATS)
        table = self.one_of(hall.meeting.roster.tables)
        match self.dice.randint(0, 5):
            case 0:
                hall.try_(hall.organiser, c.MarkLeft(seat))
            case 1:
                hall.try_(hall.organiser, c.MarkPresent(seat))
            case 2:
                hall.try_(hall.organiser, c.MoveSeat(seat, table))
            case 3:
                hall.try_(hall.organiser, c.AddSeat(SeatId(hall.id("seat")), table))
            case 4:
                hall.try_(hall.facilitator(table), c.CountHeads(table, self.dice.randint(0, 12)))
            case _:
                hall.try_(hall.participant(seat), c.JoinSeat(seat))

    def sample(self) -> None:
        """A draw where one can be, else hands: as the record has them, or not, or of nobody any more."""
        hall, sampling = self.hall, self.hall.meeting.sampling
        dice = tuple(self.dice.randint(1, 6) for _ in range(10))
        drawn = hall.try_(hall.organiser, c.DrawSample(dice, 5))
        if isinstance(drawn, Refusal) and sampling.samples:
            for pair, entered in list(sampling.samples[-1].pairs.items()):
                now = hall.meeting.questions.questions[pair.question].rounds[pair.round - 1]
                hands: Any = recorded(now, entered.seats) or dict.fromkeys(
                    hall.meeting.questions.questions[pair.question].options, 0
                )
                missing = self.dice.random() < 0.1
                if self.dice.random() < 0.2:
                    hands = dict.fromkeys(hands, 7)
                if self.dice.random() < 0.7:
                    hall.try_(hall.manager, c.EnterHands(*pair, {} if missing else hands, missing))

    def idea(self) -> None:
        hall, ideas = self.hall, self.hall.meeting.ideas.ideas
        act = self.dice.randint(0, 6)
        if act < 4 or not ideas:
            hall.idea(self.one_of("123"), "Words", self.one_of(c.IdeaKind), self.one_of(("place", "people")))
            return
        idea = ideas[self.one_of(ideas)]
        by = hall.facilitator(idea.table)
        match act:
            case 4:
                kind = self.one_of(c.IdeaKind)
                hall.try_(by, c.ReviseIdea(idea.id, len(idea.revisions), "Other words", kind))
            case 5:
                hall.try_(by, c.WithdrawIdea(idea.id))
            case _:
                hall.try_(hall.leader, c.ReadIdeas((idea.id,)))

    def theme(self) -> None:
        hall, themes, ideas = self.hall, self.hall.meeting.themes.themes, self.hall.meeting.ideas.ideas
        act = self.dice.randint(0, 12)
        if act < 2 or not themes:
            hall.theme("A theme", item=self.one_of(("place", "people")))
            return
        theme, other = themes[self.one_of(themes)], themes[self.one_of(themes)]
        idea = IdeaId(self.one_of(ideas)) if ideas else IdeaId("none")
        revision = len(ideas[idea].revisions) if ideas else 1
        match act:
            case 2:
                made = ThemeId(hall.id("theme"))
                hall.try_(hall.leader, c.MergeThemes(made, (theme.id, other.id), both("Both")))
            case 3 | 4 | 5 | 6:
                hall.try_(hall.leader, c.FileIdea(idea, revision, theme.id))
            case 7:
                hall.try_(hall.leader, c.UnfileIdea(idea, theme.id))
            case 8:
                hall.try_(hall.leader, c.QuoteIdea(theme.id, idea, revision))
            case 9:
                hall.try_(hall.leader, c.PublishThemes(theme.item, (theme.id,)))
            case 10:
                hall.try_(hall.leader, c.UndoAct(self.one_of(hall.meeting.themes.acts)))
            case 11:
                self.make(theme.id)
            case _:
                hall.try_(hall.leader, c.UndoAct())

    def make(self, theme: ThemeId) -> None:
        """A theme becomes a question in one act."""
        hall = self.hall
        rules = QuestionRules(self.one_of((Kind.APPROVE, Kind.RATING)), self.one_of(Purpose))
        scale = () if rules.kind is Kind.APPROVE else (ScaleStep(1, both("good")), ScaleStep(2, both("best")))
        copied = {OptionId(hall.id("opt")): str(theme), OptionId(hall.id("opt")): str(theme)}
        hall.try_(hall.leader, c.MakeQuestion(QuestionId(hall.id("q")), both("Which?"), rules, copied, scale))


async def random_exports(seed: int) -> Exports:
    random_day = RandomDay(seed)
    for _ in range(random_day.dice.randint(20, 220)):
        await random_day.step()
    return Exports(await random_day.hall.audit(), await random_day.hall.public())


@settings(max_examples=RANDOM_DAYS, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
def test_any_day_is_counted_again_to_the_byte(tmp_path: Path, seed: int) -> None:
    for name, export in asyncio.run(random_exports(seed))._asdict().items():
        path = tmp_path / f"{name}.zip"
        path.write_bytes(export)
        found = verify(path)
        assert found.differences == [], name


async def test_a_question_of_the_day_itself_is_counted(tmp_path: Path) -> None:
    hall = Hall(plan(questions=(question("q", Kind.APPROVE, "a", "b", purpose=Purpose.PRIORITY),))).start()
    assert isinstance(hall.try_(hall.organiser, c.OpenVoting(QuestionId("x"))), Refusal)
    await hall.ask("q", {"1-3": ("a", "b"), "2-1": ("b",)})
    hall.do(hall.facilitator("1"), c.CountHeads(TableId("1"), 3))
    hall.do(hall.organiser, c.BeginItem(ItemId("open")))
    assert verdict(files(await hall.audit()), tmp_path).agrees
