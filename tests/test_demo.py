"""The demonstration, whole. At stake: one command plays a day of which every figure can be counted again."""

import asyncio
import json
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from app.cli import main
from app.core.commands import StartMeeting
from app.core.events import EVENTS
from app.demo.plan import city_day
from app.demo.stage import MARK, Wanted, standing
from app.plan import load_plan
from app.room.corpus import corpus
from app.room.pace import Pace
from app.room.people import Person
from app.room.room import Room
from app.room.seating import seating
from app.verify import verify

SELDOM = {
    "meeting_archived", "keypad_released", "seat_marked_present", "seat_moved", "item_finished",
    "item_extended", "item_skipped", "item_moved", "item_added", "question_revised", "voting_extended",
    "void_asked", "again_asked", "idea_unquoted", "timer_stopped", "more_time_asked", "ballot_withdrawn",
    "idea_revised", "idea_moved", "idea_withdrawn", "idea_answered", "themes_merged", "idea_unfiled",
    "plan_replaced", "sample_drawn", "hands_entered",
}  # fmt: skip
"""Events that a small day may do without; all others are in its log."""

AFTER_A_RESTORE = {"log_restored", "ballot_recovered", "ballot_unplaced"}
"""Events that a day without a restore has none of."""


# --- what the room is made of ------------------------------------------------------------------


def test_the_team_files_every_idea_of_the_corpus_under_its_own_heading() -> None:
    for item, topic in corpus().topics.items():
        for place, heading in enumerate(topic.headings):
            for ideas in heading.ideas.values():
                for idea in ideas:
                    for where in corpus().places:
                        words = idea.format(place=where["en" if idea.isascii() else "th"])
                        assert place in corpus().headings_for(item, words), (item, words)


@pytest.mark.parametrize("item", ["place", "law", "item_ffff", "other"])
def test_tables_always_have_something_to_say_that_a_meeting_takes(item: str) -> None:
    person = Person.at("1-1", 1)
    for language in ("th", "en"):
        for _ in range(200):
            _, words = corpus().idea(person.dice, item, language)
            assert 10 < len(words) <= 500
            assert "{" not in words


def test_the_same_seed_seats_the_same_people() -> None:
    tables = {str(t): [f"{t}-{s}" for s in range(1, 11)] for t in range(1, 41)}
    made = seating(tables, ("1-1",), 7)
    assert made == seating(tables, ("1-1",), 7)
    assert "1-1" not in made.phones
    everybody = [*made.phones, *made.late, *made.papers]
    everybody += [seat for seats in (*made.pads.values(), *made.handsets.values()) for seat in seats]
    assert sorted(everybody) == sorted(seat for seats in tables.values() for seat in seats if seat != "1-1")


@pytest.mark.parametrize(("tables", "seats"), [(2, 2), (4, 5), (40, 10), (120, 12)])
def test_the_city_day_can_be_held_in_other_sizes(tables: int, seats: int) -> None:
    plan = load_plan(city_day(tables, seats))
    assert (len(plan.tables), len(plan.seats)) == (tables, tables * seats)


# --- a whole day -------------------------------------------------------------------------------


def events_of(export: Path) -> Counter[str]:
    with zipfile.ZipFile(export) as packed:
        lines = packed.read("log.ndjson").splitlines()
    return Counter(json.loads(line)[0]["type"] for line in lines)


def said_of(export: Path, event: str, part: str, field: str) -> Counter[str]:
    with zipfile.ZipFile(export) as packed:
        lines = [json.loads(line) for line in packed.read("log.ndjson").splitlines()]
    return Counter(
        str(line[0].get(field) if part == "open" else line[1][part][1].get(field))
        for line in lines
        if line[0]["type"] == event
    )


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_whole_day_without_a_person_leaves_a_report_that_can_be_counted_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, out = tmp_path / "data", tmp_path / "out"
    size = ("--tables", "4", "--seats", "5", "--speed", "0")
    with pytest.raises(SystemExit) as ended:
        main(["demo", "--exit", *size, "--data-dir", str(data), "--out", str(out)])
    assert ended.value.code == 0, capsys.readouterr()
    assert_papers(out)
    assert_a_full_day(out / "audit.zip")


def assert_papers(out: Path) -> None:
    for language in ("en", "th"):
        folder = out / "report" / language
        assert (folder / "report.html").read_text("utf-8").startswith("<!doctype html>")
        assert json.loads((folder / "report.json").read_text("utf-8"))["language"] == language
        assert list((folder / "tables").glob("*.csv"))
    audit, public = verify(out / "audit.zip"), verify(out / "public.zip")
    assert audit.agrees
    assert public.agrees
    assert audit.stated == []
    assert audit.head == public.head
    figures = json.loads((out / "figures.json").read_bytes())
    assert {figure["id"] for figure in figures} == {*audit.counted}


def assert_a_full_day(export: Path) -> None:
    """Everything that the issue wants of a compressed day is in its log."""
    happened = events_of(export)
    there = {name for name in EVENTS if happened[name]}
    assert set(EVENTS) - there <= SELDOM | AFTER_A_RESTORE
    assert not there & AFTER_A_RESTORE
    channels = said_of(export, "ballot_cast", "open", "channel")
    assert set(channels) == {"phone", "laptop", "handset", "paper"}


# --- a demonstration that people drive ---------------------------------------------------------


@pytest.mark.slow
async def test_the_room_votes_when_a_person_opens_a_vote(tmp_path: Path) -> None:
    wanted = Wanted(tmp_path / "demo", tables=4, seats=4, speed=1, hands_on=True)
    async with standing(wanted) as made:
        room = Room(made.api, made.ways, Pace(1), free=("1-1",), stays=True)
        try:
            await room.fill()
            await room.crew.organiser.do(StartMeeting())
            person = await made.api.join(made.ways.link("lead_facilitator"))
            answer = await made.api.post("/api/commands", _open("practice"), person["token"])
            assert answer["t"] == "ack"
            async with asyncio.timeout(60):
                lead = room.crew.lead
                await lead.until(lambda: lead.see("console", "votes/practice")["voted"] >= 10)
        finally:
            await room.leave()
        assert room.watch.surprises == []


def _open(question: str) -> dict[str, Any]:
    return {"t": "open_voting", "id": "cmd_" + "0" * 31 + "1", "question": question, "seconds": 0}


@pytest.mark.slow
async def test_keep_goes_on_with_the_last_meeting(tmp_path: Path) -> None:
    first = Wanted(tmp_path / "demo", tables=2, seats=2)
    async with standing(first) as made:
        meeting, code = made.meeting, made.ways.codes["table 1"].code
    assert (tmp_path / "demo" / MARK).exists()
    async with standing(Wanted(tmp_path / "demo", tables=2, seats=2, keep=True)) as again:
        assert again.meeting == meeting
        assert again.ways.codes["table 1"].code == code
    async with standing(first) as fresh:
        assert fresh.meeting != meeting
