"""The two exports of a meeting: *audit*, for a named auditor, and *public* (docs/rules.md, The log).

Both hold the whole chain. In the audit export every part is open that may be;
in the public one every part is closed but the texts that were published. The
choices of a round, and the salt of its digest, are open only once its result
has been shown, in both. A zip has the same bytes for the same log: no time of
making is in it. `app/verify.py` travels with each and checks it, and so does `verify.html`, which does
the same in a browser.
"""

import asyncio
import hashlib
import logging
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any, Self

import msgspec

from app.core.ballots import ONE
from app.core.meeting import Meeting, Phase
from app.core.planned import Kind
from app.core.questions import Question, RoundNow, RoundState
from app.log.chain import canonical, chain, erased, genesis_head, lines_of, record, take_apart
from app.log.port import EventLog, Genesis, Segment
from app.report.figures import figures_json
from app.report.model import Edition, Head, Report
from app.report.outline import outline, quoted_in_public
from app.report.recount_page import verify_html
from app.report.render_csv import tables
from app.report.render_html import FIGURES_GUIDE, readme, report_html, stylesheet_files
from app.report.render_json import report_json
from app.report.typesetting import Bounds, TypesetFault, report_pdf, thai_digits_of

logger = logging.getLogger(__name__)

LANGUAGES = ("en", "th")
FORMAT = 1
STEP_DIGITS = 8
CHUNK_BYTES = 1 << 20
VERIFIER = Path(__file__).with_name("verify.py")

Json = dict[str, Any]
Progress = Callable[[int, int], None]
"""Called with the events written so far, and of how many."""


async def write_audit(
    meeting: Meeting,
    log: EventLog,
    out: IO[bytes],
    *,
    progress: Progress | None = None,
    bounds: Bounds | None = None,
) -> None:
    """Write the audit export: the whole log, plan, report and tables. It is personal data.

    Args:
        meeting: As it stands; events after its offset are left out.
        log: The log that it was folded from.
        out: Where the zip goes; seekable.
        progress: Told how far it is.
        bounds: What each PDF of the report may cost; without, there is none.
    """
    await _write("audit", _AuditSeals(meeting), meeting, log, out, progress, bounds)


async def write_public(
    meeting: Meeting,
    log: EventLog,
    out: IO[bytes],
    *,
    progress: Progress | None = None,
    bounds: Bounds | None = None,
) -> None:
    """Write the public export: the chain with what may be opened, and the public report."""
    await _write("public", _PublicSeals(meeting), meeting, log, out, progress, bounds)


# --- what stays closed -------------------------------------------------------------------------


def closed_votes(meeting: Meeting) -> list[tuple[Question, RoundNow]]:
    """The rounds whose choices stay closed in every export: asked, and never shown."""
    return [
        (question, now)
        for question in meeting.questions.questions.values()
        for now in question.rounds
        if now.state is not RoundState.PLANNED and now.shown is None
    ]


def published_choices(meeting: Meeting) -> list[tuple[Question, RoundNow]]:
    """The rounds whose sorted choices are in the public export.

    The question says so, and the round is shown. Of an anonymous one only ballots of a single choice:
    a whole rating or list of choices can be as good as a name.
    """
    return [
        (question, now)
        for question in meeting.questions.questions.values()
        if question.rules.publish_choices
        and (not question.rules.anonymous or question.rules.kind in (*ONE, Kind.NUMBER))
        for now in question.rounds
        if now.state is RoundState.SHOWN
    ]


def _round_names(rounds: Iterable[tuple[Question, RoundNow]]) -> frozenset[tuple[str, int]]:
    return frozenset((question.id, now.number) for question, now in rounds)


class _AuditSeals:
    """Closes the choices and digest salts of votes that were not shown."""

    def __init__(self, meeting: Meeting) -> None:
        self.hidden = _round_names(closed_votes(meeting))

    def keep(self, event: Json, part: str, said: Json) -> bool:  # noqa: ARG002
        """Whether this part of the event stays open."""
        if part not in ("choices", "digest"):
            return True
        if event["type"] == "ballot_unplaced":
            return False  # the vote it belongs to is not in this record, so it was never shown
        return (event["question"], event["round"]) not in self.hidden


class _PublicSeals:
    """Opens the texts that were published, and nothing else."""

    def __init__(self, meeting: Meeting) -> None:
        self.rounds = _round_names(published_choices(meeting))
        self.asked = {
            q.id: q
            for q in meeting.questions.questions.values()
            if any(r.state is not RoundState.PLANNED for r in q.rounds)
        }
        published = [theme for themes in meeting.themes.published.values() for theme in themes]
        self.titles = {theme.id: theme.title for theme in published}
        self.quotes = quoted_in_public(meeting)

    def keep(self, event: Json, part: str, said: Json) -> bool:
        """Whether this part of the event is open to everybody."""
        match event["type"]:
            case "voting_closed" | "ballot_recovered":
                return part == "digest" and (event["question"], event["round"]) in self.rounds
            case "question_drafted" | "question_revised":
                question = self.asked.get(event["question"])
                return question is not None and _is_wording_of(question, said)
            case "option_added":
                question = self.asked.get(event["question"])
                option = question.options.get(event["option"]) if question else None
                return option is not None and option.text == said.get("text")
            case "theme_created" | "theme_renamed" | "themes_merged":
                return event["theme"] in self.titles and self.titles[event["theme"]] == said.get("title")
            case "idea_written" | "idea_revised":
                return (event["idea"], event.get("revision", 1)) in self.quotes
            case "erratum_recorded" | "response_recorded" | "item_added" | "item_skipped":
                return True
            case "log_restored":
                return True
            case "round_voided" | "round_added":
                return event["question"] in self.asked
            case _:
                return False


def _is_wording_of(question: Question, said: Json) -> bool:
    """Whether these texts, all of them, are what the room was asked."""
    scale = None if question.scale_texts is None else list(question.scale_texts)
    now = {"title": question.title, "unit": question.unit, "scale_texts": scale}
    return all(now[name] == text for name, text in said.items())


# --- writing -----------------------------------------------------------------------------------


class _Zip:
    """A zip whose bytes depend on nothing but what is put into it."""

    def __init__(self, out: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED)
        self.hashes: dict[str, str] = {}

    def add(self, name: str, content: bytes) -> None:
        """Put a whole file in."""
        with self.open(name) as file:
            file.write(content)
        self.hashes[name] = hashlib.sha256(content).hexdigest()

    def open(self, name: str) -> IO[bytes]:
        """A file to write to piece by piece; the caller adds its hash."""
        info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
        info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
        return self._zip.open(info, "w", force_zip64=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *fault: object) -> None:
        self._zip.close()


@dataclass(slots=True)
class _Written:
    """What one segment gives: its lines as exported, its line of segments.ndjson, the head after it."""

    lines: bytes
    segment: bytes
    head: bytes


def _sealed(segment: Segment, head: bytes, seals: "_AuditSeals | _PublicSeals") -> _Written:
    lines, steps = [], []
    for offset, line in lines_of(segment):
        open_part, parts = take_apart(line, offset)
        event, said = msgspec.json.decode(line)
        kept = [
            (name, text, commitment)
            if isinstance(said[name], str) or seals.keep(event, name, said[name][1])
            else erased(name, commitment)
            for name, text, commitment in parts
        ]
        exported = record(open_part, kept)
        head = chain(head, exported.link)
        lines.append(exported.line)
        steps.append(head.hex()[:STEP_DIGITS])
    lines.append(b"")
    told = {"first": segment.first, "last": segment.last, "head": head.hex(), "steps": "".join(steps)}
    return _Written(b"\n".join(lines), canonical(told) + b"\n", head)


async def _write(
    kind: str,
    seals: "_AuditSeals | _PublicSeals",
    meeting: Meeting,
    log: EventLog,
    out: IO[bytes],
    progress: Progress | None,
    bounds: Bounds | None,
) -> None:
    assert meeting.phase is not Phase.NEW, "a meeting without a plan has nothing to export"
    # Everything that is asked of the meeting is asked here, before the first await.
    public = kind == "public"
    report = outline(meeting, Edition.PUBLIC if public else Edition.FULL)
    manifest: Json = {
        "export": kind,
        "format": FORMAT,
        "meeting": log.genesis.meeting,
        "epoch": log.genesis.epoch,
        "events": meeting.offset,
        "start": genesis_head(log.genesis).hex(),
        "closed_votes": [f"question/{q.id}/round/{now.number}" for q, now in closed_votes(meeting)],
        "personal_data": not public,
    }
    if report.rehearsal:
        manifest["rehearsal"] = True
    content = {
        "genesis.json": _genesis_bytes(log.genesis),
        "plan.json": canonical(_without_none(msgspec.to_builtins(meeting.plan))),
        "figures.json": figures_json(report.figures),
        "figures.md": FIGURES_GUIDE.read_bytes(),
        "verify.py": VERIFIER.read_bytes(),
        "verify.html": verify_html(),
    }
    for question, now in published_choices(meeting) if public else ():
        content[f"choices/{question.id}-{now.number}.json"] = _choices(question, now)
    with _Zip(out) as zipped:
        head, content["segments.ndjson"] = await _write_log(zipped, seals, log, report.offset, progress)
        report = replace(report, heads=(Head(report.offset, head.hex()),))
        await asyncio.to_thread(_write_rest, zipped, content, report, manifest | {"head": head.hex()}, bounds)


def _write_rest(
    zipped: _Zip, content: dict[str, bytes], report: Report, manifest: Json, bounds: Bounds | None
) -> None:
    for name, data in content.items():
        zipped.add(name, data)
    printed = {language: _pdf(report, language, bounds) for language in LANGUAGES} if bounds else {}
    complete = bool(printed) and None not in printed.values()
    for language in LANGUAGES:
        guide = readme(report, manifest["export"], language, pdf=complete)
        zipped.add(f"README.{language}.txt", guide.encode())
        folder = f"report/{language}"
        page = report_html(report, language, stylesheet="../report.css")
        zipped.add(f"{folder}/report.html", page.encode())
        zipped.add(f"{folder}/report.json", report_json(report, language))
        if (pdf := printed.get(language)) is not None:
            zipped.add(f"{folder}/report.pdf", pdf)
        for name, data in tables(report, language).items():
            zipped.add(f"{folder}/tables/{name}", data)
    for name, data in stylesheet_files().items():
        zipped.add(f"report/{name}", data)
    zipped.add("manifest.json", canonical(manifest | {"files": dict(sorted(zipped.hashes.items()))}))


def _pdf(report: Report, language: str, bounds: Bounds) -> bytes | None:
    """The report as PDF; nothing where none can be made: the record is worth more than its print."""
    try:
        digits = thai_digits_of(report.plan, (language,))
        return report_pdf(report, (language,), thai_digits=digits, bounds=bounds)
    except TypesetFault as fault:
        logger.error("an export without PDF: %s", fault)
        return None


async def _write_log(
    zipped: _Zip, seals: "_AuditSeals | _PublicSeals", log: EventLog, last: int, progress: Progress | None
) -> tuple[bytes, bytes]:
    """Stream the log into the zip, segment after segment; gives the head and segments.ndjson."""
    head, digest, segments = genesis_head(log.genesis), hashlib.sha256(), []
    waiting: list[bytes] = []
    size = 0
    with zipped.open("log.ndjson") as file:

        def put(chunk: bytes) -> None:
            digest.update(chunk)
            file.write(chunk)

        async for segment in log.read_after(0):
            if segment.first > last:
                break
            assert segment.last <= last, "a meeting stands at the end of a batch"
            written = await asyncio.to_thread(_sealed, segment, head, seals)
            head = written.head
            segments.append(written.segment)
            waiting.append(written.lines)
            size += len(written.lines)
            if size >= CHUNK_BYTES:
                await asyncio.to_thread(put, b"".join(waiting))
                waiting, size = [], 0
            if progress:
                progress(segment.last, last)
        put(b"".join(waiting))
    zipped.hashes["log.ndjson"] = digest.hexdigest()
    return head, b"".join(segments)


def _choices(question: Question, now: RoundNow) -> bytes:
    """The sorted choices that count: no voter, no table, no time."""
    said: Sequence[Any] = [msgspec.to_builtins(choices) for choices, _ in now.ballots.values()]
    return canonical({"question": question.id, "round": now.number, "choices": sorted(said, key=canonical)})


def _genesis_bytes(genesis: Genesis) -> bytes:
    said = canonical(msgspec.to_builtins(genesis))
    assert hashlib.sha256(b"townmeeting log\n" + said).digest() == genesis_head(genesis)
    return said


def _without_none(value: Any) -> Any:
    """The plan as the log spells it: what is not said is left out."""
    match value:
        case dict():
            return {name: _without_none(item) for name, item in value.items() if item is not None}
        case list() | tuple():
            return [_without_none(item) for item in value]
        case _:
            return value
