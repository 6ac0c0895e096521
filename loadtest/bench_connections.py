"""Row 6: what a connection with its session costs, how fast they come, and how all come back after a cut.

A connection here is a phone that has said hello, was let in, and has the snapshots of its page's
channels. After a cut each comes back with the resume secret of its last welcome, knows nothing, and is
back when it has its snapshots again.
"""

import asyncio
import sys
import time
from collections.abc import Sequence

from app.core.commands import StartMeeting
from loadtest.load import Measured, no_collections
from loadtest.machine import Meter, rss_kb
from loadtest.people import Phone, arrive, console
from loadtest.room import Room
from loadtest.rounds import Rounds, interleaved
from loadtest.rows import Row
from loadtest.servers import Server, running, scratch, start_hall
from loadtest.sockets import cut_all, until

VIEWS = 2
"""Snapshots that a phone's page gets: the keypad's and its seat's."""


async def complete(phones: Sequence[Phone]) -> None:
    """Wait until everybody has its state."""
    await until(lambda: all(phone.views >= VIEWS for phone in phones), said="everybody has its state")


async def arrival(meter: Meter, hall: Server, phones: Sequence[Phone], at_once: int) -> Measured:
    """All connect: what a connection takes in memory and in processor."""
    before = rss_kb(hall.pid)
    with no_collections():
        meter.start(hall.pid)
        began = time.perf_counter()
        await arrive(hall, phones, at_once)
        await complete(phones)
        took = time.perf_counter() - began
        taken = meter.stop()
    await asyncio.sleep(0.5)
    grown = (rss_kb(hall.pid) - before) / len(phones)
    return Measured(len(phones), [took], taken, {"KB a connection": grown})


async def storm(meter: Meter, hall: Server, phones: Sequence[Phone]) -> Measured:
    """The line breaks for all at once, and all come back."""
    with no_collections():
        meter.start(hall.pid)
        await cut_all(phones)
        began = time.perf_counter()
        try:
            await arrive(hall, phones, at_once=len(phones))
            await complete(phones)
        except (TimeoutError, ExceptionGroup) as error:  # whoever is not back by then is lost
            print(f"not all are back: {error!r}", file=sys.stderr)
        took = time.perf_counter() - began
        taken = meter.stop()
    lost = sum(1 for phone in phones if phone.gone or not phone.welcomed or phone.views < VIEWS)
    return Measured(len(phones) - lost, [took], taken, {"lost": float(lost)})


async def bench(meter: Meter, *, counts: Sequence[int] = (5_000, 19_500), rounds: int = 3) -> list[Row]:
    """Measure the rows; memory for each number of connections, the storm for the smallest."""
    rows: list[Row] = []
    for count in counts:
        with scratch() as data:
            hall = start_hall(data, Room((count + 9) // 10, 10), phones=count)
            with running(hall):
                desk = await console(hall, channels=())
                await desk.do(StartMeeting())
                phones = [Phone(device) for device in hall.phones]
                rows += await rows_for(meter, hall, phones, rounds, storms=count == min(counts))
    return rows


async def rows_for(
    meter: Meter, hall: Server, phones: list[Phone], rounds: int, *, storms: bool
) -> list[Row]:
    """The rows of one number of connections."""
    count = len(phones)
    # Memory: the first arrival only, the later ones find the room of the first.
    once = await interleaved({"hall": lambda: arrival(meter, hall, phones, 1_000)}, rounds=1, attempts=1)
    memory = once.median("hall", lambda m: m.figures["KB a connection"])
    rows = [
        Row(f"memory a connection with its session, {count:,}", memory, 20.0, 10.0, unit=" KB", figures={
            "KB a connection": memory,
            "handshakes per cpu-s": once.median("hall", lambda m: m.per_cpu_second),
            "seconds until all are in": once.median("hall", lambda m: m.latencies[0]),
        })
    ]  # fmt: skip
    if storms:
        attempts = 1 if rounds == 1 else 2 * rounds
        done = await interleaved(
            {"hall": lambda: storm(meter, hall, phones)}, rounds=rounds, attempts=attempts
        )
        rows.append(storm_row(done, count))
    return rows


def storm_row(done: Rounds, count: int) -> Row:
    """The row of all who come back."""

    def cpu(measured: Measured) -> float:
        return measured.taken.server_cpu

    values = [cpu(each) for each in done.cells["hall"]]
    row = Row(
        f"{count:,} back after a cut, each with its state",
        done.median("hall", cpu),
        4.0,
        2.0,
        unit=" cpu-s",
        span=(min(values), max(values)),
        figures={
            "lost": max(each.figures["lost"] for each in done.cells["hall"]),
            "seconds until the last is back": done.median("hall", lambda m: m.latencies[0]),
            "back per cpu-s": done.median("hall", lambda m: m.per_cpu_second),
        },
    ).of(done)
    row.void = False  # the generator's own handshakes cost more than the server's, and are not timed
    row.failed = row.figures["lost"] > 0
    return row
