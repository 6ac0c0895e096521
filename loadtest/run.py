"""A load test end to end: starts a server with a meeting, lets Locust play the hall, ends and cleans up.

    python -m loadtest.run                     5,000 seats, a whole day
    python -m loadtest.run --quick             20 seats, some seconds
    python -m loadtest.run --scenario voting_rush --tables 1900 --seats 10 --swarms 4

HTML and CSV lie in `out/loadtest/` afterwards. The exit code is 1 if the report is not what was
acknowledged, or if anything was refused. When the day is over the server is killed, and another one on
the same record has to say the same. `--unwritten` is the control, a server that says it has written. Where
there is a vote already the second counter finds it out, which counts from the record before a show.
"""

import argparse
import asyncio
import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from loadtest.crowd import Codes
from loadtest.expected import counts, differences
from loadtest.http import Http
from loadtest.machine import cores, on_core, raise_open_files
from loadtest.room import Room
from loadtest.scenarios import NAMES
from loadtest.servers import Server, running, scratch, start

OUT = Path("out") / "loadtest"
MINUTES_MAX = 30
LOOK_SECONDS = 0.05
KILLED = ("server_killed",)
KEPT = "after the server was killed the record says the same"


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--scenario", choices=(*NAMES, "all"), default="whole_day")
    parser.add_argument("--tables", type=int, default=500)
    parser.add_argument("--seats", type=int, default=10, help="at each table")
    parser.add_argument(
        "--swarms", type=int, default=0, help="processes that play people; by default one for 2,500"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="two tables of ten")
    parser.add_argument("--unwritten", action="store_true", help="the control, which must end with 1")
    parser.add_argument("--out", type=Path, default=OUT)
    said = parser.parse_args(arguments)
    room = Room(2, 10) if said.quick else Room(said.tables, said.seats)
    swarms = said.swarms or (1 if said.quick else max(1, round(len(room.seat_ids) / 2_500)))
    names = NAMES if said.scenario == "all" else (said.scenario,)
    raise_open_files()
    codes = [play(name, room, swarms, said.seed, said.out, written=not said.unwritten) for name in names]
    return max(codes)


def play(scenario: str, room: Room, swarms: int, seed: int, out: Path, *, written: bool = True) -> int:
    """Play one scenario on a server of its own; gives Locust's exit code, or 1 if the record says less."""
    print(f"--- {scenario}: {room.tables} tables × {room.seats} seats, {swarms} swarms", flush=True)
    out.mkdir(parents=True, exist_ok=True)
    with scratch() as folder:
        size = ["--tables", str(room.tables), "--seats", str(room.seats)]
        where = ["--data", str(folder / "data")]
        control = [] if written else ["--unwritten"]
        server = start("hall", *where, *size, "--codes", "--real-rates", *control)
        with contextlib.ExitStack() as servers:
            servers.enter_context(running(server))
            codes, heard = folder / "codes.json", folder / "heard.json"
            with os.fdopen(os.open(codes, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
                origin = f"http://127.0.0.1:{server.port}"
                json.dump({"origin": origin, "room": [room.tables, room.seats], **server.said}, file)
            with on_core(cores()[1]):
                locust = subprocess.Popen(
                [
                    sys.executable, "-m", "locust", "-f", str(Path(__file__).parent / "locustfile.py"),
                    "--headless", "-u", str(swarms + 2), "-r", str(swarms + 2), "--host", origin,
                    "-t", f"{MINUTES_MAX}m", "--scenario", scenario, "--codes", str(codes),
                    "--swarms", str(swarms), "--seed", str(seed), "--heard", str(heard),
                    "--html", str(out / f"{scenario}.html"), "--csv", str(out / scenario),
                    "--only-summary", "--loglevel", "WARNING", "--exit-code-on-error", "1",
                ],
            )  # fmt: skip
            servers.callback(ended, locust)
            killed = 0

            def another() -> Server:
                """Kill the server, and start another on the same record."""
                server.kill()
                made = start("hall", *where, "--no-ways", "--real-rates", port=server.port)
                servers.enter_context(running(made))
                return made

            while locust.poll() is None:
                time.sleep(LOOK_SECONDS)
                if kill_mark(codes).exists():
                    kill_mark(codes).unlink()
                    server = another()
                    killed += 1
            code = locust.returncode
            another()
            said = json.loads(heard.read_text()) if heard.exists() else []
            wrong = differences(said, asyncio.run(reported(codes)))
    if killed != (scenario in KILLED):
        wrong.append(f"the server was killed {killed} times during the vote")
    for problem in wrong[:20]:
        print(f"WRONG  in the record: {problem}", file=sys.stderr)
    if sum("acknowledged" in each for each in said) < swarms + 1:  # the probe is one, too
        print(f"{KEPT}: not compared, for not everybody came to the end", flush=True)
        return code or 1
    print(f"{KEPT}: {'no' if wrong else 'yes'}", flush=True)
    return code or int(bool(wrong))


def ended(process: subprocess.Popen[bytes]) -> None:
    """Let nothing go on by itself, whatever has failed here."""
    process.kill()
    process.wait()


def kill_mark(codes: Path) -> Path:
    """The file by which a scenario asks that the server be killed and another one started."""
    return codes.with_name("kill")


async def reported(codes: Path) -> dict[str, int | None]:
    """The figures of the report, as the organiser gets them."""
    held = Codes.read(codes)
    http = Http(held.origin)
    joined = await http.post("/api/join", {"code": held.roles["organiser"]})
    figures = json.loads(await http.get(f"/api/meetings/{held.meeting}/figures.json", joined["token"]))
    http.close()
    return counts(figures)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
