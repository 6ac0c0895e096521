"""At stake: the generator itself. Late alarms or wrong frames would be blamed on the server."""

import json
import os
import subprocess
import sys
import time
from xml.etree import ElementTree as ET

import pytest

from app.core.commands import CastBallot
from app.core.ids import SeatId
from app.plan import read_plan
from app.realtime import wire
from loadtest.alarm import at_times
from loadtest.bench_hall import ECHO_ID_AT
from loadtest.chart import NAMES, drawn
from loadtest.machine import cpu_seconds, description, on_core, rss_kb
from loadtest.people import ID_AT, ID_END, ballot, ballot_frames, new_command
from loadtest.room import OPTIONS, QUESTION, Room
from loadtest.samples import Samples
from loadtest.scenarios import SCENARIOS
from loadtest.sluggard import masked


async def test_alarms_ring_in_order_not_early_and_all_of_them() -> None:
    start = time.monotonic()
    times = [start - 1, start, start + 0.004, start + 0.0045, start + 0.02]
    rang: list[tuple[int, float]] = []
    await at_times(times, lambda index: rang.append((index, time.monotonic())))
    assert [index for index, _ in rang] == [0, 1, 2, 3, 4]
    assert all(at >= times[index] for index, at in rang)


async def test_no_times_is_no_wait() -> None:
    await at_times([], lambda _index: pytest.fail("nothing is due"))


def test_prepared_frames_are_read_by_the_server_as_ballots_each_with_an_id_of_its_own() -> None:
    frames = ballot_frames(SeatId("17-4"), 5)
    read = [wire.read_client(frame) for frame in frames]
    said = [each[1] for each in read if isinstance(each, tuple)]
    assert said == [
        CastBallot(QUESTION, ballot(SeatId("17-4"), 0).round, SeatId("17-4"), (OPTIONS[n % 4],))
        for n in range(5)
    ]
    assert len({each[0] for each in read if isinstance(each, tuple)}) == 5


def test_ids_are_found_where_answers_and_echoes_have_them() -> None:
    command = new_command()
    ack = wire.encode(wire.Ack(command, 12))
    assert ack[ID_AT:ID_END].decode() == command
    frame = wire.command_frame(command, ballot(SeatId("1-1"), 0))
    assert frame[ECHO_ID_AT : ECHO_ID_AT + 36].decode() == command


@pytest.mark.parametrize(("tables", "seats"), [(1, 1), (500, 10), (1_950, 10)])
def test_a_rooms_plan_is_a_plan_with_its_seats(tables: int, seats: int) -> None:
    room = Room(tables, seats)
    reading = read_plan(room.plan(), None)
    assert [seat.id for seat in reading.meeting.seats] == room.seat_ids
    assert [table.id for table in reading.meeting.tables] == room.table_ids
    assert room.last_seat == room.seat_ids[-1]


def test_every_scenario_says_what_it_imitates() -> None:
    assert all(scenario.__doc__ for scenario in SCENARIOS.values())


def test_a_masked_frame_is_what_the_standard_says() -> None:
    for size in (5, 200):
        frame = masked(b"x" * size)
        head = 2 if size < 126 else 4
        key, body = frame[head : head + 4], frame[head + 4 :]
        assert bytes(byte ^ key[at % 4] for at, byte in enumerate(body)) == b"x" * size


def test_the_chart_is_an_image_with_every_line() -> None:
    points = {name: [(100, 30_000.0, 4.0), (5_000, 20_000.0, 240.0)] for name in NAMES}
    root = ET.fromstring(drawn(points, "2026-11-23", [["node", 5_000]]))
    lines = [path for path in root.iter("{http://www.w3.org/2000/svg}path") if path.get("fill") == "none"]
    assert len(lines) == 2 * len(NAMES)
    dots = [dot.get("fill") for dot in root.iter("{http://www.w3.org/2000/svg}circle")]
    assert len(dots) == 4 * len(NAMES)
    assert dots.count("#fff") == 2, "what does not count is hollow, in both charts"


def test_what_is_said_of_the_machine_names_no_host_and_no_folder() -> None:
    said = " ".join(description().values())
    assert os.uname().nodename not in said
    assert "/" not in said


def test_a_process_knows_what_it_used() -> None:
    before = cpu_seconds(os.getpid())
    sum(n * n for n in range(1_000_000))
    assert cpu_seconds(os.getpid()) > before
    assert rss_kb(os.getpid()) > 1_000


def test_whoever_starts_a_server_on_its_core_goes_back_to_its_own() -> None:
    mine = os.sched_getaffinity(0)
    with on_core(min(mine)):
        assert os.sched_getaffinity(0) == {min(mine)}
    assert os.sched_getaffinity(0) == mine


def test_a_generator_that_keeps_to_its_core_starts_the_server_on_the_other() -> None:
    """In a process of its own, as `make bench` does it: pinned first, and asked for the cores again."""
    asked = (
        "import os\nfrom loadtest.machine import cores, on_core, pin\n"
        "server, generator = cores()\npin(generator)\n"
        "with on_core(cores()[0]):\n"
        "    child = os.popen('taskset -cp $$').read().rpartition(' ')[2].strip()\n"
        "print(server, generator, child, *os.sched_getaffinity(0))"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    server, generator, child, mine = done.stdout.split()
    assert (child, mine) == (server, generator)
    assert (server != generator) == (len(os.sched_getaffinity(0)) > 1)


def test_a_reader_who_takes_its_time_does_not_hold_up_the_generator() -> None:
    end, beginning = os.pipe()
    samples = Samples(os.fdopen(beginning, "w"))
    began = time.monotonic()
    for _ in range(20):
        for _ in range(1_000):
            samples.add("cast_ballot", 0.001)
        samples.pass_on()  # far more than a pipe holds, and nobody reads
    assert time.monotonic() - began < 30, "it would wait for ever"
    with os.fdopen(end) as reader:
        lines = [json.loads(reader.readline()) for _ in range(20)]
    assert sum(len(line["samples"]) for line in lines) == 20_000
    assert samples.counts == {"cast_ballot": 20_000}
