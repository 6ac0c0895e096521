"""The long verbs at a terminal: a whole day, a demonstration that stays, a record that is played."""

import asyncio
import contextlib
import tempfile
from pathlib import Path

from app.demo.stage import Set, Wanted, stay, whole_day
from app.replay.play import Played, Replay
from app.replay.record import read_record
from app.room.ways import Way
from app.tool.faults import Fault
from app.tool.terminal import bar, out, qr, show_links
from app.verify import sentences, verify

SHOWN = 10
ROLES = {
    "organiser": "Organiser",
    "lead_facilitator": "Lead facilitator",
    "stage_manager": "Stage manager",
    "stage": "Stage",
    "theme_leader": "Theme leader",
    "theme_member": "Theme member",
    "area_manager": "Area manager",
    "expert": "Expert",
    "screen": "Screen",
    "viewer": "Viewer (decision maker)",
}
"""Roles with a link, as the list names them."""


def play_day(wanted: Wanted, papers: Path) -> int:
    """Play a whole day, then verify what it left; gives the exit code."""
    with bar("People come in") as shown:

        def told(what: str) -> None:
            shown.say(what)
            shown.line(what)

        wanted.told, wanted.counted = told, shown.count
        surprises = asyncio.run(whole_day(wanted, papers))
    good = True
    for name in ("audit.zip", "public.zip"):
        verdict = verify(papers / name)
        good = good and verdict.agrees
        for line in sentences(verdict):
            out.print(line, markup=False)
    out.print(
        f"Report: {papers / 'report' / 'en' / 'report.html'}; "
        f"exports: {papers / 'audit.zip'}, {papers / 'public.zip'}"
    )
    if not good:
        raise Fault(f"The exports in {papers} do not agree with their record: see the lines above.")
    if surprises:
        for line in surprises[:SHOWN]:
            out.print(line, markup=False)
        raise Fault(f"{len(surprises)} answers were not expected: see the lines above.")
    return 0


def stay_on(wanted: Wanted) -> None:
    """Keep a demonstration in progress until it is stopped."""

    def ready(made: Set) -> None:
        _introduce(made, wanted)

    with bar("People come in") as shown:
        wanted.counted = shown.count
        wanted.told = shown.say
        with contextlib.suppress(asyncio.CancelledError):  # by Ctrl-C, or by whoever started it
            asyncio.run(stay(wanted, ready))
    out.print("Stopped.")


def _introduce(made: Set, wanted: Wanted) -> None:
    ways = made.ways
    table = next(iter(ways.tables))
    free = [seat for seat in ways.seats if seat.startswith(f"{table}-")][:2]
    rows = [(label, way.url, "") for role, label in ROLES.items() for way in ways.links(role)[:1]]
    seen: list[tuple[str, Way]] = [(f"Table {table}", ways.codes[f"table {table}"])]
    seen += [(f"Seat {seat} (nobody sits there)", ways.codes[f"seat {seat}"]) for seat in free]
    rows += [(label, way.url, way.code or "") for label, way in seen]
    listen = ways.links("viewer")[0].url.replace("/report#", "/listen#")
    rows.append(("Listen: the screen in words", listen, ""))
    title = made.plan.title.get("en") or next(iter(made.plan.title.values()))
    out.print(f"\n[bold]{title}[/] is in progress at [bold]{made.server.url}[/]\n")
    show_links(rows)
    if wanted.lan:
        out.print(
            "\n[yellow]This demonstration listens on the network without TLS (--insecure-lan): "
            "everybody in it can read and change what is sent.[/]"
        )
        out.print(qr(ways.codes[f"seat {free[0]}"].url if free else made.server.url))
    crew = (
        "Nobody runs the day but you: open the organiser's link."
        if wanted.hands_on
        else "A crew runs the day; it steps back for three minutes when you open a vote or take a scene."
    )
    out.print(f"\n{crew} All links and codes: {wanted.data_dir / 'links.json'}. Ctrl-C ends it.\n")


def play_record(ideas: Path, ratings: Path, link: str, tables: int, sockets: int, per_ballot: int) -> int:
    """Play a record and say how it went; gives the exit code."""
    record = read_record(ideas, ratings)
    out.print(
        f"{len(record.ideas)} ideas of {record.authors} authors, {len(record.ratings)} participants, "
        f"{record.count} ratings. Texts that were too long and cut: {record.shortened}; without words: "
        f"{record.wordless}."
    )
    with bar("Making the meeting") as shown:
        replay = Replay(record, link, tables, sockets, per_ballot, told=shown.say, counted=shown.count)
        played = asyncio.run(replay.run())
    _tell(played)
    good = _verified(played.audit) and not played.differences
    for line in played.differences[:SHOWN]:
        out.print(line, markup=False)
    if not good:
        raise Fault(
            f"The result differs from the record in {len(played.differences)} places: see the lines above."
        )
    out.print(f"The shown result and the report equal the record in all {len(played.shown)} cells.")
    return 0


def _tell(played: Played) -> None:
    out.print(
        f"Meeting {played.meeting}: {played.ideas} ideas in {played.idea_seconds:.1f} s; "
        f"{played.seats} seats, "
        f"{played.ballots} ballots with {played.ratings} ratings in {played.ballot_seconds:.1f} s "
        f"({played.ballots / max(played.ballot_seconds, 0.001):.0f} ballots a second); "
        f"answered busy {played.busy} times, reconnected {played.reconnects} times."
    )


def _verified(audit: bytes) -> bool:
    """Recount the audit export."""
    with tempfile.NamedTemporaryFile(suffix=".zip") as file:
        file.write(audit)
        file.flush()
        verdict = verify(Path(file.name))
    for line in sentences(verdict):
        out.print(line, markup=False)
    return verdict.agrees
