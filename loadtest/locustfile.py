"""Load tests by Locust: the front (options, statistics, HTML, CSV, exit code); swarms drive the sockets.

One `Swarm` user is a process of its own with some thousands of sockets; the `Stage` user runs the
meeting from the console; the `Probe` user is one phone in a process of its own, whose latency is apart
from the generators'. All come by the public ways: codes over HTTP, then the socket. At the end what was
acknowledged is compared with the report: any difference is exit code 1.

    locust -f loadtest/locustfile.py --headless -u 4 -r 4 --host http://127.0.0.1:8021 \
        --codes codes.json --scenario voting_rush --swarms 2

`make loadtest` starts a server and does that.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, ClassVar

import gevent  # type: ignore[import-untyped]
from locust import User, events, task
from locust.argument_parser import LocustArgumentParser
from locust.env import Environment
from locust.exception import StopUser

from loadtest.expected import differences
from loadtest.machine import GENERATOR_MAX
from loadtest.run import kill_mark
from loadtest.scenarios import NAMES

LOST = "what was acknowledged is in the report"
EXPECTED = {"server_killed": {"connect"}}
"""What fails in a scenario because it has to: nobody is let in while there is no server."""


@events.init_command_line_parser.add_listener  # type: ignore[untyped-decorator]
def _options(parser: LocustArgumentParser) -> None:
    parser.add_argument("--scenario", choices=NAMES, default="voting_rush", help="What happens in the hall")
    parser.add_argument(
        "--codes", default="", help="File with the codes of the meeting (loadtest/run.py makes it)"
    )
    parser.add_argument("--swarms", type=int, default=2, help="Processes that play the people")
    parser.add_argument("--seed", type=int, default=1, help="Of every chance")
    parser.add_argument("--heard", default="", help="File for what was acknowledged")


class Process(User):
    """A user that is a process: passes on its samples, and keeps what it says at its end."""

    abstract = True
    role = ""
    said: ClassVar[list[dict[str, Any]]] = []
    ended: ClassVar[list[int]] = []

    @property
    def arguments(self) -> list[str]:
        """More options of the process."""
        return []

    @task
    def live(self) -> None:
        """Play it to its end."""
        options = self.environment.parsed_options
        assert options is not None
        command = [
            sys.executable, "-m", "loadtest.swarm", self.role, "--scenario", options.scenario,
            "--codes", options.codes, "--seed", str(options.seed), *self.arguments,
        ]  # fmt: skip

        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            try:
                assert process.stdout is not None
                for line in process.stdout:
                    self._take(json.loads(line))
            finally:
                process.kill()
        self.ended.append(process.returncode)
        raise StopUser

    def _take(self, said: dict[str, Any]) -> None:
        for name, milliseconds, error in said.get("samples", ()):
            self.environment.events.request.fire(
                request_type=self.role, name=name, response_time=milliseconds, response_length=0,
                exception=Exception(error) if error else None, context={},
            )  # fmt: skip
        if said.get("wanted") == "kill":
            options = self.environment.parsed_options
            assert options is not None
            kill_mark(Path(options.codes)).touch()
        elif "samples" not in said:
            self.said.append({"role": self.role, **said})


class Swarm(Process):
    """Some thousands of people."""

    role = "people"
    _parts: ClassVar[list[int]] = []

    @property
    def arguments(self) -> list[str]:
        options = self.environment.parsed_options
        assert options is not None
        part = len(self._parts)
        self._parts.append(part)
        return ["--part", str(part), "--parts", str(options.swarms)]


class Stage(Process):
    """Whoever runs the meeting."""

    fixed_count = 1
    role = "stage"


class Probe(Process):
    """One phone, apart from the generators."""

    fixed_count = 1
    role = "probe"


@events.test_start.add_listener  # type: ignore[untyped-decorator]
def _watch(environment: Environment, **_: Any) -> None:
    """End the run when every process has, or when one has failed."""
    options = environment.parsed_options
    assert options is not None
    expected = options.swarms + 2

    def wait() -> None:
        while len(Process.ended) < expected and not any(Process.ended):
            gevent.sleep(0.2)
        assert environment.runner is not None
        environment.runner.quit()

    gevent.spawn(wait)


@events.quitting.add_listener  # type: ignore[untyped-decorator]
def _judge(environment: Environment, **_: Any) -> None:
    """Compare what was acknowledged with the report; the exit code says whether they agree."""
    options = environment.parsed_options
    assert options is not None
    heard = [said for said in Process.said if "figures" not in said]
    if options.heard:
        Path(options.heard).write_text(json.dumps(heard))
    figures = next((said["figures"] for said in Process.said if "figures" in said), None)
    problems = []
    if len(Process.ended) < options.swarms + 2 or any(Process.ended):
        problems.append(f"processes ended with {Process.ended}: the run is not complete")
    if figures is None:
        problems.append("there is no report")
    else:
        problems += differences(heard, figures)
    for said in Process.said:
        if "done" in said:
            share = said["share"]
            note = ", above 0.85: its latencies may be its own" if share > GENERATOR_MAX else ""
            print(f"{said['done']}: {share:.0%} of a core{note}; refused: {said['errors'] or 'nothing'}")
    expected = EXPECTED.get(options.scenario, set())
    errors = sum(e.num_failures for e in environment.stats.entries.values() if e.name not in expected)
    if errors:
        problems.append(f"{errors} commands or connections were refused or failed")
    voted = {id_: n for id_, n in (figures or {}).items() if id_.endswith("/voted")}
    print("in the report: " + (", ".join(f"{id_} {n:,}" for id_, n in voted.items()) or "no vote"))
    for problem in problems[:20]:
        print(f"WRONG  {problem}", file=sys.stderr)
    print(f"{LOST}: {'no' if problems else 'yes'}")
    environment.process_exit_code = 1 if problems else 0
