"""A server on uvicorn: sockets that cannot be held by who does not read, signals, a graceful end.

How this works. The sockets listen before the logs are replayed, so that clients wait instead of
being refused; until then everything answers *starting*. SIGTERM (or SIGINT) drains: what is being
written is answered, what is undecided is told to come back, connections are closed with a code
that says so. If the log can take no more, the process ends with 70 (a supervisor starts it anew).
"""

import asyncio
import contextlib
import gc
import logging
import resource
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from app.log.port import LogFault
from app.settings import Settings
from app.web import owner
from app.web.door import Door, prepared
from app.web.house import House
from app.web.patience import PatientHttp
from app.web.probes import ProbeAnswers, ToTheMeeting
from app.web.serve_protocol import uvicorn_options

LOG_UNAVAILABLE, REPLACED = 70, 76
KEEP_ALIVE_SECONDS = 30
POLL_SECONDS = 0.25
FILES_BESIDE_CONNECTIONS = 500
OLD_OBJECTS = 100_000
"""New objects between two collections of what has lived through one."""

OLDEST_OBJECTS = 50_000_000
"""New objects between two collections of everything."""

logger = logging.getLogger(__name__)


class InsecureAddress(Exception):
    """Beyond this machine without TLS, and nobody said that this is wanted."""


class _Quiet(uvicorn.Server):
    """A server that leaves the signals to whoever runs it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take none."""
        yield


def bound(settings: Settings) -> socket.socket:
    """The listening socket; not listening yet.

    Raises:
        InsecureAddress: It would be reachable from a network without TLS.
        OSError: The address is taken, or is not one of this machine.
    """
    if not settings.loopback and not settings.tls and not settings.insecure_lan:
        raise InsecureAddress(
            f"{settings.host} can be reached from the network, and without TLS everybody in it can read and "
            "change what is sent. Give --tls-cert and --tls-key, or say --insecure-lan if you accept that."
        )
    return _bound(settings.host, settings.port)


def bound_for_probes(settings: Settings) -> list[socket.socket]:
    """The listening socket for connectivity probes, where they have a port of their own.

    Raises:
        OSError: The port is taken.
    """
    if settings.probe_port in (0, settings.port):
        return []
    return [_bound(settings.host, settings.probe_port)]


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
    except OSError:
        made.close()
        raise
    made.setblocking(False)
    return made


def raise_open_files(settings: Settings) -> None:
    """Ask for as many open files as all connections need, or as may be: often 1,024 are given at first."""
    needed = settings.connections_max + FILES_BESIDE_CONNECTIONS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < needed:
        most = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))
        except (ValueError, OSError) as error:  # the system may have a ceiling of its own
            logger.warning("the limit of open files stays at %d: %s", soft, error)


def raise_gc_thresholds(settings: Settings) -> None:
    """Collect rarely what has lived, and never what was there at the start: thousands of sessions live long.

    What is young is collected in parts: 10,000 objects are five milliseconds in which nobody is acknowledged,
    2,000 one, and a million of what has lived through that 120, 100,000 twelve.
    """
    gc.collect()
    gc.freeze()
    young = settings.gc_threshold_objects
    gc.set_threshold(young, max(1, OLD_OBJECTS // young), max(1, OLDEST_OBJECTS // max(OLD_OBJECTS, young)))


async def run(
    app: ASGIApp, house: House, settings: Settings, sockets: Sequence[socket.socket], data_dir: Path,
    *, probing: Sequence[socket.socket] = (), opened: Callable[[], Awaitable[None]] | None = None,
) -> int:  # fmt: skip
    """Serve until a signal, or until a log fails.

    Args:
        app: The application.
        house: Of the application; opened here.
        settings: The knobs.
        sockets: Bound, not listening.
        data_dir: Where the owner's socket lies.
        probing: Bound, not listening: where only connectivity probes are answered.
        opened: Called once everything is replayed and the server is ready.

    Returns:
        The exit code: 0 after a signal, 70 where a log can take no more, 76 where another server has
        taken over.
    """
    prepared([*sockets, *probing])
    ending = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ending.set)
    main_server = _Quiet(_config(app, house, settings))
    owner_server = _Quiet(uvicorn.Config(owner.AsOwner(app), **_shared(settings)))
    probe_server = _Quiet(uvicorn.Config(ProbeAnswers(ToTheMeeting(house.url)), **_probes(settings)))
    serving = [
        asyncio.create_task(main_server.serve(list(sockets))),
        asyncio.create_task(owner_server.serve([owner.listen(data_dir)])),
        *(asyncio.create_task(probe_server.serve([each])) for each in probing),
    ]
    raise_gc_thresholds(settings)
    opening = asyncio.create_task(_open(house, opened))
    code = await _until_the_end(ending, house, opening, serving)
    opening.cancel()
    with contextlib.suppress(LogFault):  # a log that failed cannot be drained either
        async with asyncio.timeout(settings.graceful_stop_seconds):
            await house.lobby.drain()
    for server in (main_server, owner_server, probe_server):
        server.should_exit = True
    await asyncio.gather(*serving, return_exceptions=True)
    with contextlib.suppress(OSError):  # a disk that failed keeps it; the next start makes it anew
        (data_dir / owner.NAME).unlink(missing_ok=True)
    return code


async def _open(house: House, opened: Callable[[], Awaitable[None]] | None) -> None:
    await house.open()
    logger.info("every log is replayed")
    if opened is not None:
        await opened()


async def _until_the_end(
    ending: asyncio.Event, house: House, opening: asyncio.Task[None], serving: Sequence[asyncio.Task[None]]
) -> int:
    """Wait for a signal (0), a fault of a log (70) or a successor (76); a fault while opening is raised."""
    asked = asyncio.create_task(ending.wait())
    try:
        while not asked.done():
            await asyncio.wait((asked, *serving), timeout=POLL_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            if opening.done() and not opening.cancelled() and (fault := opening.exception()) is not None:
                raise fault
            if any(hall.broken.done() for hall in house.lobby.halls.values()):
                logger.critical("a log can take no more: the server ends")
                return LOG_UNAVAILABLE
            if house.replaced.is_set():
                return REPLACED
            if any(task.done() for task in serving):
                break
        return 0
    finally:
        asked.cancel()


def _config(app: ASGIApp, house: House, settings: Settings) -> uvicorn.Config:
    door = Door(house.lobby, settings.origins)
    options = _shared(settings) | uvicorn_options(door)
    options["timeout_graceful_shutdown"] = settings.graceful_stop_seconds
    return uvicorn.Config(
        app,
        backlog=settings.backlog_connections,
        limit_concurrency=settings.connections_max,
        ssl_certfile=settings.tls_cert,
        ssl_keyfile=settings.tls_key,
        **options,
    )


def _probes(settings: Settings) -> dict[str, Any]:
    most = {"backlog": settings.backlog_connections, "limit_concurrency": settings.connections_max}
    return {**_shared(settings), **most, "ws": "none", "timeout_keep_alive": 1, "proxy_headers": False}


def _shared(settings: Settings) -> dict[str, Any]:
    return {
        "http": PatientHttp,
        "lifespan": "off",
        "log_config": None,
        "access_log": False,
        "server_header": False,
        "timeout_keep_alive": KEEP_ALIVE_SECONDS,
        "proxy_headers": bool(settings.trusted_proxies),
        "forwarded_allow_ips": list(settings.trusted_proxies),
    }
