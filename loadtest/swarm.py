"""One process of a load test: a swarm of people, the stage, or the probe. Started by `locustfile.py`.

Everything it has to tell goes as lines of JSON to its output: samples while it runs, at the end what
was acknowledged (people, probe) or what the report says (stage).
"""

import argparse
import asyncio
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import uvloop

from loadtest.crowd import SECONDS_MAX, Codes, Crowd
from loadtest.director import Director
from loadtest.machine import raise_open_files
from loadtest.samples import Samples
from loadtest.scenarios import SCENARIOS, Scenario


async def run(scenario: Scenario, role: str, crowd: Crowd) -> None:
    """Play a role of a scenario to its end."""
    looking = asyncio.create_task(crowd.keep_looking())
    began = time.monotonic(), time.process_time()
    try:
        async with asyncio.timeout(SECONDS_MAX):
            if role == "stage":
                director = await Director.enter(crowd)
                await scenario.stage(director)
                crowd.samples.say(figures=await director.close())
            else:
                await (probe(crowd) if role == "probe" else scenario.people(crowd))
                await crowd.until_over()
                crowd.samples.say(acknowledged=crowd.tallies(), ideas=crowd.ideas, filed=sorted(crowd.filed))
    finally:
        looking.cancel()
        await asyncio.gather(*[device.leave() for device in crowd.devices])
        crowd.http.close()
        crowd.samples.pass_on()
        wall, cpu = time.monotonic() - began[0], time.process_time() - began[1]
        crowd.samples.say(done=role, share=round(cpu / wall, 3), errors=crowd.samples.errors)
        crowd.samples.close()


async def probe(crowd: Crowd) -> None:
    """One phone that votes twice a second while a vote is open: what one person sees."""
    [phone] = await crowd.phones([crowd.probe_seat], 0.0)
    crowd.probe_when_open(phone)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="One process of a load test.")
    parser.add_argument("role", choices=("people", "stage", "probe"))
    parser.add_argument("--scenario", choices=sorted(SCENARIOS), required=True)
    parser.add_argument("--codes", type=Path, required=True)
    parser.add_argument("--part", type=int, default=0)
    parser.add_argument("--parts", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    said = parser.parse_args(arguments)
    raise_open_files()
    crowd = Crowd(
        Codes.read(said.codes), Samples(), said.part, said.parts,
        dice=random.Random(f"{said.seed}/{said.role}/{said.part}"),
    )  # fmt: skip

    async def go() -> None:
        await run(SCENARIOS[said.scenario], said.role, crowd)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(go())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
