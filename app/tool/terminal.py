"""What the command line shows at a terminal: links, a QR code, progress, lists."""

import asyncio
import io
import signal
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import segno
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from app.backup import Manifest
from app.doctor.finding import Finding, Says
from app.tool.follow import Follower

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

MARKS = {Says.GO: "[green]go[/]", Says.LOOK: "[yellow]look[/]", Says.NO_GO: "[red]no-go[/]"}


def qr(url: str) -> str:
    """A QR code made of characters."""
    drawn = io.StringIO()
    segno.make(url, error="m").terminal(drawn, compact=True, border=2)
    return drawn.getvalue()


def show_links(rows: list[tuple[str, str, str]]) -> None:
    """A list of links: for whom, the address, the code that people type."""
    wide = max(len(label) for label, _, _ in rows)
    for label, url, code in rows:
        out.print(f"[bold]{label:<{wide}}[/]  {url}" + (f"  code [cyan]{code}[/]" if code else ""))


def show_backup(manifest: Manifest) -> None:
    """What a backup holds, and of when it is."""
    made = datetime.fromtimestamp(manifest.made_at_ms / 1000).astimezone()
    out.print(f"Backup of {made:%Y-%m-%d %H:%M:%S %Z}:")
    for log in manifest.logs:
        out.print(f"  {log.meeting}: {log.events} events, head {log.head[:8]}")
    if not manifest.logs:
        out.print("  no meeting yet")


def show_findings(findings: Iterator[Finding]) -> bool:
    """The list of the doctor, line by line as it is found out; whether it is a go."""
    good = True
    for finding in findings:
        good = good and finding.says is not Says.NO_GO
        mark = MARKS[finding.says]
        out.print(f"{mark:<{7 + len(mark) - len(finding.says.value)}} {finding.what}: {finding.found}")
        if finding.cure:
            out.print(f"        {finding.cure}")
    return good


class Bar:
    """A progress bar that is told how far it is."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("", total=None)

    def count(self, done: int, whole: int) -> None:
        """So many of so many."""
        self._progress.update(self._task, completed=done, total=whole)

    def say(self, what: str) -> None:
        """What is being done now."""
        self._progress.update(self._task, description=what)

    def line(self, text: str) -> None:
        """A line above the bar, which stays."""
        self._progress.console.print(text)


@contextmanager
def bar(what: str) -> Iterator[Bar]:
    """A progress bar at a terminal; lines only, where there is none."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as progress:
        made = Bar(progress)
        made.say(what)
        yield made


@contextmanager
def following() -> Iterator[Callable[[str, Follower], None]]:
    """How a second laptop stands, on one line at a terminal; where there is none, a line when it changes."""
    last = ""

    def told(wrong: str, follower: Follower) -> None:
        nonlocal last
        said = wrong or _beside(follower)
        if said == last and not err.is_terminal:
            return
        last = said
        if err.is_terminal:
            err.print(f"\r\x1b[2K{time.strftime('%H:%M:%S')}  {said}", end="", markup=False)
        else:
            err.print(said, markup=False)

    yield told


async def until_stopped(work: Coroutine[Any, Any, None]) -> None:
    """Work until Ctrl-C or SIGTERM, also where whoever started this program had it ignore Ctrl-C.

    Raises:
        CancelledError: It was stopped; what has to be said before the end was said.
    """
    working = asyncio.ensure_future(work)
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, working.cancel)
    await working


def _beside(follower: Follower) -> str:
    missing = f"{follower.behind} events behind" if follower.behind else "holds everything"
    return f"{missing}{'; the server waits for this laptop' if follower.known.waits else ''}"


def written(paths: list[Path]) -> None:
    """Name what was written."""
    for path in paths:
        out.print(str(path))
