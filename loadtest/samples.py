"""Latencies and outcomes on their way from a generator's process to Locust: lines of JSON on its output.

A thread writes them. Locust takes its time with thousands of samples, and a generator that waited for it
would send its ballots seconds late and blame the server.
"""

import json
import queue
import sys
import threading
from typing import Any, TextIO


class Samples:
    """Gathers samples and passes them on.

    Attributes:
        counts: How many of each name went well.
        errors: How many of each name did not, by what was said.
    """

    def __init__(self, out: TextIO = sys.stdout) -> None:
        self._out = out
        self._held: list[tuple[str, float, str]] = []
        self.counts: dict[str, int] = {}
        self.errors: dict[str, dict[str, int]] = {}
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._writing = threading.Thread(target=self._write, name="samples", daemon=True)
        self._writing.start()

    def add(self, name: str, seconds: float, error: str = "") -> None:
        """One answer, with why it was no good one."""
        self._held.append((name, round(1_000 * seconds, 3), error))
        if error:
            by_code = self.errors.setdefault(name, {})
            by_code[error] = by_code.get(error, 0) + 1
        else:
            self.counts[name] = self.counts.get(name, 0) + 1

    def pass_on(self) -> None:
        """Write what has been gathered."""
        held, self._held = self._held, []
        if held:
            self.say(samples=held)

    def say(self, **what: Any) -> None:
        """Write a line of another kind."""
        self._lines.put(json.dumps(what) + "\n")

    def close(self) -> None:
        """Write what is left."""
        self._lines.put(None)
        self._writing.join()

    def _write(self) -> None:
        while (line := self._lines.get()) is not None:
            self._out.write(line)
            self._out.flush()
