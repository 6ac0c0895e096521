"""A recorded consultation, played. At stake: every count equals the record, whatever is killed meanwhile."""

import asyncio
import csv
import os
import random
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.demo.process import ServerProcess
from app.replay.play import PlayFault, Replay
from app.replay.record import (
    BadRecord,
    Record,
    ballots_of,
    differences,
    read_record,
    seats_of,
    table_of,
)
from app.verify import verify
from tests.running import free_port, owner_of, running

PARTICIPANTS, IDEAS, AUTHORS = 300, 60, 25
KILLED_AFTER = 90


def generated(folder: Path) -> tuple[Path, Path]:
    """A record like Polis's, with ideas that are too long and empty among them."""
    dice = random.Random(11)
    ideas, ratings = folder / "comments.csv", folder / "participants-votes.csv"
    with ideas.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(
            ["timestamp", "comment-id", "author-id", "agrees", "disagrees", "moderated", "comment-body"]
        )
        for number in range(IDEAS):
            words = {7: "", 8: "word " * 150}.get(number, f"What the town could do, number {number}")
            out.writerow([0, number, dice.randrange(AUTHORS), 0, 0, 1, words])
    with ratings.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(
            ["participant", "group-id", "n-comments", "n-votes", "n-agree", "n-disagree", *range(IDEAS)]
        )
        for person in range(PARTICIPANTS):
            rated = dice.choices(["1", "0", "-1", ""], [4, 2, 1, 3], k=IDEAS)
            out.writerow([person, 0, 0, 0, 0, 0, *rated])
    return ideas, ratings


@pytest.fixture
def record(tmp_path: Path) -> Record:
    return read_record(*generated(tmp_path))


def test_texts_that_no_meeting_takes_are_played_in_another_form_and_counted(record: Record) -> None:
    assert (record.shortened, record.wordless) == (1, 1)
    assert record.ideas[7].text == "(idea 7, without words)"
    assert len(record.ideas[8].text) <= 500
    assert record.ideas[8].text.endswith("…")


def test_everybody_has_a_seat_and_authors_write_at_their_own_table(record: Record) -> None:
    seats = seats_of(record, 28)
    assert len(set(seats.values())) == PARTICIPANTS
    sizes = [sum(seat.startswith(f"{table}-") for seat in seats.values()) for table in range(1, 29)]
    assert max(sizes) - min(sizes) == 1
    author = record.ideas[0].author
    assert seats[author].startswith(table_of(seats, author, 28) + "-")


def test_ballots_hold_every_rating_once(record: Record) -> None:
    rated = max(record.ratings.values(), key=len)
    ballots = ballots_of(rated, 20)
    assert all(len(ballot) <= 20 for ballot in ballots)
    assert {k: v for ballot in ballots for k, v in ballot.items()} == rated


def test_a_value_that_is_none_of_the_scale_is_refused_with_its_line(tmp_path: Path) -> None:
    ideas, ratings = generated(tmp_path)
    lines = ratings.read_text().splitlines()
    lines[3] = lines[3][: lines[3].rindex(",")] + ",2"
    ratings.write_text("\n".join(lines))
    with pytest.raises(BadRecord, match="line 4"):
        read_record(ideas, ratings)


def test_an_empty_line_is_no_participant(tmp_path: Path, record: Record) -> None:
    ideas, ratings = generated(tmp_path)
    ratings.write_text(ratings.read_text() + "\n\n")
    assert read_record(ideas, ratings) == record


@pytest.mark.parametrize(
    ("file", "change", "told"),
    [
        ("ideas", lambda lines: [*lines, lines[-1]], "the idea 59 is there twice"),
        ("ideas", lambda lines: [*lines[:4], lines[4] + ",more", *lines[5:]], "line 5: 8 fields"),
        ("ideas", lambda lines: [*lines, '0,999,1,0,0,1,"never closed'], "is not CSV"),
        ("ideas", lambda lines: [*lines, f"0,999,1,0,0,1,{'w' * 140_000}"], "is not CSV"),
        ("ideas", lambda lines: [lines[0] + ",comment-id", *lines[1:]], "the column 'comment-id' twice"),
        ("ratings", lambda lines: [*lines, lines[-1]], "is there twice"),
        ("ratings", lambda lines: [lines[0] + ",5", *lines[1:]], "the column '5' twice"),
        ("ratings", lambda lines: [*lines[:3], lines[3].rpartition(",")[0], *lines[4:]], "line 4: "),
        ("ratings", lambda lines: lines[:1], "nobody's ratings"),
    ],
)
def test_what_would_be_counted_wrong_is_refused_with_its_line(
    tmp_path: Path, file: str, change: Callable[[list[str]], list[str]], told: str
) -> None:
    files = dict(zip(("ideas", "ratings"), generated(tmp_path), strict=True))
    files[file].write_text("\n".join(change(files[file].read_text().splitlines())))
    with pytest.raises(BadRecord, match=told):
        read_record(files["ideas"], files["ratings"])


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_the_result_equals_the_record_through_a_kill_in_the_middle(
    tmp_path: Path, record: Record
) -> None:
    port = free_port()
    async with running(tmp_path, port=port) as (server, api):
        replay = Replay(record, server.owner_link, tables=28, sockets=40, ratings_per_ballot=10)
        middle = asyncio.Event()
        phase = [""]
        replay.told = lambda what: phase.__setitem__(0, what)
        replay.counted = lambda done, _: (
            middle.set() if done >= KILLED_AFTER and phase[0] == "Participants rate" else None
        )

        async def kill_and_start() -> ServerProcess:
            await middle.wait()
            os.kill(server.pid, signal.SIGKILL)
            assert await server.ended() == -signal.SIGKILL
            settings = {"data_dir": tmp_path / "data", "port": port}
            log = tmp_path / "server.log"
            return await ServerProcess.start(settings, speed=1, starts="2026-01-01", log=log)

        killing = asyncio.create_task(kill_and_start())
        played = await replay.run()
        again = await killing
        try:
            assert played.reconnects > 0
            assert played.differences == []
            assert played.shown == record.cells()
            assert len(played.shown) == IDEAS * 3
            assert played.ratings == record.count
            export = tmp_path / "audit.zip"
            export.write_bytes(played.audit)
            assert verify(export).agrees
            assert_a_changed_cell_is_found(record, played.shown)
        finally:
            await again.stop()
        assert api.url == again.url


def assert_a_changed_cell_is_found(record: Record, shown: dict[tuple[str, int], int]) -> None:
    """The control: a record that differs in one rating does not pass."""
    participant, rated = next(iter(record.ratings.items()))
    idea, value = next(iter(rated.items()))
    other = 1 if value != 1 else 0
    changed = replace(record, ratings=record.ratings | {participant: rated | {idea: other}})
    found = differences(changed.cells(), shown)
    assert len(found) == 2
    assert all(line.startswith(f"idea {idea}, ") for line in found)


@pytest.mark.slow
async def test_a_link_that_opens_one_meeting_only_is_refused_in_a_sentence(
    tmp_path: Path, record: Record
) -> None:
    async with running(tmp_path) as (server, api):
        owner = await owner_of(server, api)
        from app.demo.plan import city_day

        made = await api.post("/api/meetings", {"plan": city_day(2, 2)}, owner)
        link = next(way["url"] for way in made["links"] if way["role"] == "organiser")
        with pytest.raises(PlayFault, match="one meeting only"):
            await Replay(record, link, 10, 10, 10).run()
