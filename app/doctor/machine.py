"""What this machine needs to run a meeting. `townmeeting doctor`."""

import asyncio
import os
import resource
import shutil
import socket
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from app.doctor import certificate
from app.doctor.finding import Finding, Says
from app.log.port import LogFault
from app.log.store import examine_database
from app.report.paper.blocks import Paper
from app.report.typesetting import Bounds, TypesetFault, typeset
from app.settings import Settings
from app.web.serving import FILES_BESIDE_CONNECTIONS

STATIC = Path(__file__).parents[2] / "static" / "vendor"
BROWSER_FILES = ("lit.js", "idb.js", "fonts/fonts.css")
FONT_FILES = (
    "sarabun-thai-400-normal.woff2",
    "sarabun-latin-400-normal.woff2",
    "sarabun-thai-700-normal.woff2",
)

PRINT_FILES = ("Sarabun_400Regular.ttf", "Sarabun_700Bold.ttf", "NotoEmoji_400Regular.ttf")

SQLITE_LEAST = (3, 37, 0)
SQLITE_SAFE = (3, 51, 3)
"""From here on a writer that checkpoints while another begins can no longer damage a log (WAL reset)."""

DISK_BYTES_LEAST = 500_000_000
DISK_BYTES_GOOD = 5_000_000_000
FLUSHES = 200
FLUSH_MS_GOOD, FLUSH_MS_MOST = 10.0, 100.0
FLUSH_MS_DOUBTFUL = 0.005
NOT_FOR_LOGS = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs", "fuse.rclone", "vboxsf", "fuse.vmhgfs-fuse"}
)
IN_MEMORY = frozenset({"tmpfs", "ramfs"})


def examine(settings: Settings) -> Iterator[Finding]:
    """Every check, in the order of the list."""
    yield _python()
    yield _sqlite_version()
    folder, finding = _folder(settings.data_dir)
    yield finding
    if folder is not None:
        yield _file_system(folder)
        yield _sqlite_settings(folder)
        yield _disk_free(folder)
        yield _flush_time(folder)
    if settings.log_url.get_secret_value():
        yield _log_database(settings.log_url.get_secret_value())
    yield _open_files(settings)
    yield _browser_files()
    yield _fonts()
    yield _print(settings)
    yield _port(settings)
    yield _public_url(settings)
    if settings.tls_cert is not None and settings.tls_key is not None:
        yield certificate.of_files(settings.tls_cert, settings.tls_key, urlsplit(settings.url).hostname or "")


def _python() -> Finding:
    found = ".".join(map(str, sys.version_info[:3]))
    return Finding("Python", Says.GO, found)


def _sqlite_version() -> Finding:
    found = sqlite3.sqlite_version
    if sqlite3.sqlite_version_info < SQLITE_LEAST:
        return Finding(
            "SQLite", Says.NO_GO, found, f"Use a Python with SQLite {_dotted(SQLITE_LEAST)} or newer."
        )
    if sqlite3.sqlite_version_info < SQLITE_SAFE:
        return Finding(
            "SQLite", Says.GO, f"{found}; one process with one connection a log, so older ones are safe too"
        )
    return Finding("SQLite", Says.GO, found)


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))


def _folder(data_dir: Path) -> tuple[Path | None, Finding]:
    what = "Data folder"
    there = next((p for p in (data_dir, *data_dir.resolve().parents) if p.exists()), Path("/"))
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        return None, Finding(
            what, Says.NO_GO, str(data_dir), f"Make {there} writable, or name another --data-dir."
        )
    if data_dir.exists() and data_dir.stat().st_mode & 0o077:
        cure = f"chmod 700 {data_dir} (the server does it when it starts)."
        return there, Finding(what, Says.LOOK, f"{data_dir}, readable by others", cure)
    return there, Finding(what, Says.GO, str(data_dir) if data_dir.exists() else f"{data_dir}, to be made")


def _file_system(folder: Path) -> Finding:
    kind = _mounted(folder)
    if kind in NOT_FOR_LOGS:
        cure = "Put the data folder on a disk of this machine: locks and flushes over a network are not kept."
        return Finding("File system", Says.NO_GO, kind, cure)
    if kind in IN_MEMORY:
        return Finding("File system", Says.LOOK, kind, "It is gone with the power: for tries only.")
    return Finding("File system", Says.GO, kind)


def _mounted(folder: Path) -> str:
    """The kind of file system that a folder lies on, as Linux tells it."""
    best, kind = -1, "unknown"
    try:
        lines = Path("/proc/mounts").read_text().splitlines()
    except OSError:
        return kind
    where = str(folder.resolve())
    for line in lines:
        _, point, mounted, *_ = line.split(" ")
        inside = where == point or where.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= best:
            best, kind = len(point), mounted
    return kind


def _sqlite_settings(folder: Path) -> Finding:
    what, wanted = "SQLite settings", {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1}
    with tempfile.TemporaryDirectory(dir=folder, prefix=".doctor-") as scratch:
        connection = sqlite3.connect(Path(scratch) / "try.sqlite3")
        try:
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            for name, value in wanted.items():
                connection.execute(f"PRAGMA {name}={value}")
            got = {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in wanted}
            connection.execute("CREATE TABLE t(x)")
            connection.commit()
        except sqlite3.Error as error:
            return Finding(what, Says.NO_GO, str(error), "Put the data folder on a local disk.")
        finally:
            connection.close()
    said = ", ".join(f"{name}={value}" for name, value in got.items())
    if got != wanted:
        return Finding(what, Says.NO_GO, said, "This SQLite or file system takes no WAL: use a local disk.")
    return Finding(what, Says.GO, said)


def _disk_free(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    found = f"{free / 1e9:.1f} GB free"
    if free < DISK_BYTES_LEAST:
        return Finding(
            "Disk", Says.NO_GO, found, "Make room: a day of 5,000 people with its exports takes 500 MB."
        )
    if free < DISK_BYTES_GOOD:
        return Finding("Disk", Says.LOOK, found, "Enough for a day; make room before several.")
    return Finding("Disk", Says.GO, found)


def _flush_time(folder: Path) -> Finding:
    """How long the disk takes to say that 4 KB are kept."""
    took: list[float] = []
    with tempfile.TemporaryFile(dir=folder, prefix=".doctor-") as file:
        for _ in range(FLUSHES):
            file.write(os.urandom(4096))
            file.flush()
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            took.append((time.perf_counter() - began) * 1000)
            if sum(took) > 20_000:
                break
    median = statistics.median(took)
    worst = sorted(took)[int(len(took) * 0.99)] if len(took) > 1 else took[0]
    found = f"half of them within {median:.2f} ms, 99 % within {worst:.2f} ms"
    if median > FLUSH_MS_MOST:
        return Finding(
            "Flush time", Says.NO_GO, found, "Use an SSD: every batch of ballots waits for one flush."
        )
    if median > FLUSH_MS_GOOD or worst > FLUSH_MS_MOST:
        return Finding(
            "Flush time", Says.LOOK, found, "It will do for some hundred people; an SSD is better."
        )
    if median < FLUSH_MS_DOUBTFUL:
        return Finding(
            "Flush time", Says.LOOK, found, "No disk is so fast: this one may not keep what it says it kept."
        )
    return Finding("Flush time", Says.GO, found)


def _log_database(url: str) -> Finding:
    """Whether the database of `log_url` can be trusted with a log; nothing is made in it."""
    what = "Log database"
    try:
        return Finding(what, Says.GO, asyncio.run(examine_database(url)))
    except LogFault as fault:
        return Finding(what, Says.NO_GO, str(fault), "Mend it, or leave log_url out: logs are files then.")


def _open_files(settings: Settings) -> Finding:
    """The server raises its limit to what it needs by itself, as far as it may."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = settings.connections_max + FILES_BESIDE_CONNECTIONS
    if hard == resource.RLIM_INFINITY or hard >= needed:
        return Finding("Open files", Says.GO, f"{needed} can be had")
    cure = f"ulimit -Hn {needed} before the start (as root), or LimitNOFILE={needed} in the unit of systemd."
    if hard < 1024 + FILES_BESIDE_CONNECTIONS:
        return Finding("Open files", Says.NO_GO, f"at most {hard}", cure)
    enough = hard - FILES_BESIDE_CONNECTIONS
    return Finding("Open files", Says.LOOK, f"at most {hard}: enough for {enough} connections", cure)


def _browser_files() -> Finding:
    missing = [name for name in BROWSER_FILES if not (STATIC / name).is_file()]
    if missing:
        return Finding("Browser files", Says.NO_GO, f"missing: {', '.join(missing)}", "Run make setup.")
    return Finding("Browser files", Says.GO, f"{len(list(STATIC.rglob('*.js')))} libraries in static/vendor")


def _fonts() -> Finding:
    missing = [name for name in FONT_FILES if not (STATIC / "fonts" / name).is_file()]
    if missing:
        return Finding("Fonts", Says.NO_GO, f"missing: {', '.join(missing)}", "Run make setup.")
    return Finding("Fonts", Says.GO, "Sarabun, Thai and Latin")


def _print(settings: Settings) -> Finding:
    """Whether a PDF can be made: one is."""
    what = "Report as PDF"
    missing = [name for name in PRINT_FILES if not (STATIC / "print" / name).is_file()]
    if missing:
        return Finding(what, Says.NO_GO, f"missing: {', '.join(missing)}", "Run make setup.")
    began = time.perf_counter()
    empty = Paper(title="Town Meeting", made_at=0, thai_digits=False, parts=())
    try:
        made = typeset(empty, Bounds(settings.pdf_seconds_max, settings.pdf_megabytes_max))
    except TypesetFault as fault:
        cure = "Run make setup, and see pdf_megabytes_max; the report as a page (HTML) needs none of this."
        return Finding(what, Says.LOOK, str(fault)[:200], cure)
    took = time.perf_counter() - began
    if not made.tagged:
        return Finding(what, Says.LOOK, "it is made, and not to PDF/UA", "Run make setup.")
    return Finding(what, Says.GO, f"an empty one took {took:.1f} s")


def _port(settings: Settings) -> Finding:
    what, where = "Port", f"{settings.host}:{settings.port}"
    if not settings.loopback and not settings.tls and not settings.insecure_lan:
        cure = "Give --tls-cert and --tls-key, or --insecure-lan if everybody in the network may read along."
        return Finding(what, Says.NO_GO, f"{where} without TLS", cure)
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((settings.host, settings.port))
    except (OSError, OverflowError) as error:
        cure = "Stop what listens there, or name another --host and --port."
        return Finding(what, Says.NO_GO, f"{where}: {getattr(error, 'strerror', None) or error}", cure)
    return Finding(what, Says.GO, f"{where} is free")


def _public_url(settings: Settings) -> Finding:
    what = "PUBLIC_URL"
    if not settings.public_url:
        if settings.loopback:
            return Finding(
                what, Says.LOOK, f"not set: links say {settings.url}", "Set it before phones come."
            )
        return Finding(what, Says.GO, f"not set: links say {settings.url}")
    parts = urlsplit(settings.public_url)
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or 0, type=socket.SOCK_STREAM)
    except OSError:
        cure = "Enter the name in the hall's DNS, or use an address."
        return Finding(what, Says.NO_GO, f"{settings.public_url}: the name is not known here", cure)
    where = f"{settings.public_url} is {found[0][4][0]}"
    if parts.scheme != "https" and not settings.insecure_lan and not settings.loopback:
        return Finding(
            what, Says.LOOK, where, "Without https browsers keep less: use a certificate where you can."
        )
    return Finding(what, Says.GO, where)
