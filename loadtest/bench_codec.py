"""What the record costs: `python -m loadtest.bench_codec` prints microseconds an event and a batch.

Best of several rounds, on one core. The last lines write batches of 100 ballots to a real file and
replay them.
"""

import asyncio
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from app.core.commands import Channel
from app.core.events import BallotCast
from app.core.ids import CommandId, KeypadId, QuestionId, Round, SiteId, TableId, Voter
from app.log.codec import decode, decode_segment, encode, genesis_head, seal_batch, verify_segment
from app.log.port import Genesis
from app.log.sql import SqlLog

SEED = bytes(range(32))
GENESIS = Genesis(meeting="bench", site="hall", epoch="1")
BALLOT = BallotCast(
    at_ms=1_770_000_000_000,
    site=SiteId("hall"),
    question=QuestionId("place-1"),
    round=Round(1),
    channel=Channel.PHONE,
    voter=Voter("17-4"),
    table=TableId("17"),
    by="participant:cap_8d1f",
    command=CommandId("cmd_" + "0a" * 16),
    keypad=KeypadId("pad_8d1f"),
    choices=("parks", "shade"),
)


def measure(name: str, act: Callable[[], object], each: int = 1, calls: int = 2_000) -> None:
    best = float("inf")
    for _ in range(7):
        begun = time.perf_counter()
        for _ in range(calls):
            act()
        best = min(best, time.perf_counter() - begun)
    print(f"{name:<34}{best / calls / each * 1e6:8.2f} us an event")


async def on_disk(batches: int = 1_000) -> None:
    with tempfile.TemporaryDirectory(dir=".") as folder:
        log = await SqlLog.create(Path(folder) / "bench.db", GENESIS)
        waited = []
        cpu = time.process_time()
        for _ in range(batches):
            segment = seal_batch([(SEED, [BALLOT])] * 100, log.position.offset + 1, log.head)
            begun = time.perf_counter()
            await log.append(segment, log.position)
            waited.append((time.perf_counter() - begun) * 1e3)
        cpu = time.process_time() - cpu
        waited.sort()
        p50, p99 = waited[batches // 2], waited[batches * 99 // 100]
        print(f"append of 100, durable      p50 {p50:.2f} ms, p99 {p99:.2f} ms")
        print(f"encode and append of 100    {cpu / batches * 1e3:.2f} ms of cpu")
        begun, head, events = time.perf_counter(), genesis_head(GENESIS), 0
        async for segment in log.read_after(0):
            head = verify_segment(head, segment)
            events += len(decode_segment(segment))
        assert head == log.head
        took = time.perf_counter() - begun
        each = took / events * 1e6
        print(f"read, verified and decoded  {events} events in {took:.2f} s, {each:.1f} us an event")
        await log.close()


def main() -> None:
    line = encode(BALLOT, SEED).line
    start = genesis_head(GENESIS)
    hundred = [(SEED, [BALLOT])] * 100
    segment = seal_batch(hundred, 1, start)
    measure("encode", lambda: encode(BALLOT, SEED))
    measure("decode", lambda: decode(line))
    measure("seal_batch of 100", lambda: seal_batch(hundred, 1, start), each=100, calls=50)
    measure("decode_segment of 100", lambda: decode_segment(segment), each=100, calls=50)
    measure("verify_segment of 100", lambda: verify_segment(start, segment), each=100, calls=50)
    asyncio.run(on_disk())


if __name__ == "__main__":
    main()
