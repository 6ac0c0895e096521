"""What the network of the hall does, seen from a laptop at a table. `townmeeting doctor --network URL`.

Run it at several tables, the farthest first. It opens a few connections and sends nothing but requests
that everybody may make.
"""

import errno
import http.client
import ipaddress
import socket
import ssl
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from app.doctor import certificate
from app.doctor.finding import Finding, Says
from app.web.probes import PROBES, WINDOWS_ADDRESS, WINDOWS_NAME, Probe

SECONDS = 4.0
"""How long an answer may take."""

ROUND_TRIPS = 30
DELAY_MS_GOOD, DELAY_MS_MOST = 150.0, 1_000.0
NEEDED = ("Android", "Apple", "Windows")
"""Devices that leave a Wi-Fi in which their probe is not answered."""

ANY_PORT = 9
"""Of a neighbour: whether it says no or says nothing is the answer."""

_KEY = "x3JJHMbDL1EzLkh9GBhXDw=="
_ISOLATED = (
    "Switch client isolation off, or better put the server on a cable: an access point that keeps its "
    "devices from each other keeps them from a server among them, too."
)


@dataclass(frozen=True, slots=True)
class Place:
    """What is asked about.

    Attributes:
        url: The meeting's address, as people type it.
        trusted: An authority of one's own, in PEM.
        beside: The address of another laptop in the room.
    """

    url: str
    trusted: Path | None = None
    beside: str | None = None

    @property
    def secure(self) -> bool:
        return self.url.startswith("https://")

    @property
    def name(self) -> str:
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or (443 if self.secure else 80)


def examine(place: Place) -> Iterator[Finding]:
    """Every check, in the order of the list; what stands on one that failed is left out."""
    addresses, finding = _name(place)
    yield finding
    if addresses:
        reached = _reached(place, addresses)
        yield reached
        if reached.says is not Says.NO_GO:
            yield from _of_server(place)
    yield _probes()
    if place.beside is not None:
        yield _neighbour(place.beside)


def _of_server(place: Place) -> Iterator[Finding]:
    if place.secure:
        judged = certificate.of_server(lambda client: _handshake(place, client), place.name, place.trusted)
        yield judged
        if judged.says is Says.NO_GO:
            return
    else:
        yield Finding(
            "Certificate", Says.LOOK, "none: everybody in this network can read and change what is sent",
            "Use https: docs/network.md says how.",
        )  # fmt: skip
    try:
        yield _own_name(place)
        yield _delay(place)
    except (OSError, http.client.HTTPException) as error:
        yield Finding("Server", Says.NO_GO, f"the line broke: {error}", "Look at the server's log.")


# --- name and way --------------------------------------------------------------------------


def _name(place: Place) -> tuple[list[str], Finding]:
    what, name = "Name", place.name
    try:
        ipaddress.ip_address(name)
    except ValueError:
        pass
    else:
        cure = "Give the server a name: no phone trusts a certificate for an address."
        return [name], Finding(what, Says.LOOK, f"{name} is an address", cure)
    try:
        found = socket.getaddrinfo(name, place.port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        return [], _unknown(name, error)
    addresses = list(dict.fromkeys(str(address[0]) for *_, address in found))
    if any(ipaddress.ip_address(each).is_loopback for each in addresses):
        cure = "The DNS must say the server's address in this network; look into /etc/hosts, too."
        return [], Finding(what, Says.NO_GO, f"{name} is this very machine", cure)
    return addresses, Finding(what, Says.GO, f"{name} is {', '.join(addresses)}")


def _unknown(name: str, error: socket.gaierror) -> Finding:
    silent = error.errno == socket.EAI_AGAIN
    near = [each for each in _nameservers() if _on_link(each) and not _has_answered_on_link(each)]
    if silent and near:
        return Finding(
            "Name", Says.NO_GO, f"the DNS {near[0]} is in this network and is not heard", _ISOLATED
        )
    if silent:
        cure = "Is the laptop in the meeting's network, and does the DNS run?"
        return Finding("Name", Says.NO_GO, f"no DNS answers for {name}", cure)
    return Finding("Name", Says.NO_GO, f"the DNS does not know {name}", "Enter the name in the hall's DNS.")


def _reached(place: Place, addresses: list[str]) -> Finding:
    for address in addresses:
        try:
            socket.create_connection((address, place.port), SECONDS).close()
        except OSError as error:
            return _not_reached(address, place.port, error)
    return Finding("Way", Says.GO, f"port {place.port} of {', '.join(addresses)} answers")


def _not_reached(address: str, port: int, error: OSError) -> Finding:
    what = "Way"
    if error.errno == errno.ECONNREFUSED:
        cure = "Start the server, and let it listen on this address (--host) and port."
        return Finding(what, Says.NO_GO, f"nothing listens on port {port} of {address}", cure)
    if _on_link(address) and not _has_answered_on_link(address):
        return Finding(what, Says.NO_GO, f"{address} is in this network and is not heard", _ISOLATED)
    cure = "Look for a firewall on the server or between, and at the routes."
    return Finding(
        what, Says.NO_GO, f"{address} does not answer ({error.strerror or 'no answer in time'})", cure
    )


def _nameservers() -> list[str]:
    try:
        lines = Path("/etc/resolv.conf").read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    return [line.split()[1] for line in lines if line.startswith("nameserver ") and len(line.split()) > 1]


def _on_link(address: str) -> bool:
    """Whether the address is in a network of this machine, without a router between (IPv4, Linux)."""
    try:
        wanted = int(ipaddress.IPv4Address(address))
        rows = [line.split() for line in Path("/proc/net/route").read_text().splitlines()[1:]]
    except (OSError, ValueError):
        return False
    best, direct = -1, False
    for row in rows:
        network, gateway, mask = (int.from_bytes(bytes.fromhex(row[at]), "little") for at in (1, 2, 7))
        if wanted & mask == network and mask > best:
            best, direct = mask, gateway == 0
    return direct


def _has_answered_on_link(address: str) -> bool:
    """Whether the address has told its hardware address (IPv4, Linux); True where that cannot be told."""
    try:
        rows = [line.split() for line in Path("/proc/net/arp").read_text().splitlines()[1:]]
    except OSError:
        return True
    return any(row[0] == address and int(row[2], 16) & 2 for row in rows)


# --- the server ----------------------------------------------------------------------------


def _handshake(place: Place, context: ssl.SSLContext) -> tuple[dict[str, Any], bytes]:
    with (
        socket.create_connection((place.name, place.port), SECONDS) as plain,
        context.wrap_socket(plain, server_hostname=place.name) as line,
    ):
        return line.getpeercert() or {}, line.getpeercert(binary_form=True) or b""


def _connection(place: Place) -> http.client.HTTPConnection:
    if not place.secure:
        return http.client.HTTPConnection(place.name, place.port, timeout=SECONDS)
    context = ssl.create_default_context()
    if place.trusted is not None:
        context.load_verify_locations(place.trusted)
    return http.client.HTTPSConnection(place.name, place.port, timeout=SECONDS, context=context)


def _own_name(place: Place) -> Finding:
    """Whether the server takes pages of this address for its own."""
    what = "Server"
    connection = _connection(place)
    try:
        connection.request("GET", "/health/ready")
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            return Finding(what, Says.NO_GO, "it is not ready", "Wait for the replay, or look at its log.")
        headers = {
            "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": _KEY, "Origin": place.url,
        }  # fmt: skip
        connection.request("GET", "/ws", headers=headers)
        status = connection.getresponse().status
    finally:
        connection.close()
    if status == 403:
        cure = f"Start it with --public-url {place.url}, or name this one in allowed_origins."
        return Finding(what, Says.NO_GO, "it is ready, and knows itself by another name", cure)
    if status != 101:
        cure = "Something between does not let WebSockets through: look at the proxy."
        return Finding(what, Says.NO_GO, f"it is ready, and a WebSocket is answered with {status}", cure)
    return Finding(what, Says.GO, "ready; WebSockets come through")


def _delay(place: Place) -> Finding:
    took = []
    connection = _connection(place)
    try:
        for _ in range(ROUND_TRIPS + 1):
            began = time.perf_counter()
            connection.request("GET", "/health/live")
            connection.getresponse().read()
            took.append(1000 * (time.perf_counter() - began))
    finally:
        connection.close()
    took = sorted(took[1:])  # the first one made the connection
    half, most = statistics.median(took), took[int(len(took) * 0.95)]
    found = f"half of {len(took)} answers within {half:.0f} ms, 95 % within {most:.0f} ms"
    cure = "Move the table or the access point, and give the hall more access points: 50 phones for each."
    if half > DELAY_MS_MOST:
        return Finding("Delay", Says.NO_GO, found, cure)
    if half > DELAY_MS_GOOD or most > DELAY_MS_MOST:
        return Finding("Delay", Says.LOOK, found, cure)
    return Finding("Delay", Says.GO, found)


# --- the rest of the room ------------------------------------------------------------------


def _probes() -> Finding:
    """Whether what phones ask of the internet is answered as it would answer."""
    with ThreadPoolExecutor(len(PROBES)) as together:
        answered = list(together.map(_answered, PROBES))
    missing = {probe.device: probe.host for probe, good in zip(PROBES, answered, strict=True) if not good}
    if not _windows_name():
        missing.setdefault("Windows", WINDOWS_NAME)
    asked = list(dict.fromkeys(probe.device for probe in PROBES))
    good = [device for device in asked if device not in missing]
    if not missing:
        return Finding("Probes", Says.GO, f"answered: {', '.join(good)}")
    listed = ", ".join(f"{device} ({host})" for device, host in missing.items())
    cure = (
        "Such devices say that there is no internet, and many leave the Wi-Fi: start the server with "
        "--probe-port 80 and send these names to it (docs/network.md)."
    )
    says = Says.NO_GO if set(NEEDED) & set(missing) else Says.LOOK
    return Finding("Probes", says, f"not answered: {listed}", cure)


def _answered(probe: Probe) -> bool:
    connection = http.client.HTTPConnection(probe.host, 80, timeout=SECONDS)
    try:
        connection.request("GET", probe.path)
        answer = connection.getresponse()
        body = answer.read(10_000).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return answer.status == probe.status and body.strip() == probe.body.strip()


def _windows_name() -> bool:
    try:
        found = socket.getaddrinfo(WINDOWS_NAME, None, socket.AF_INET)
    except OSError:
        return False
    return any(address[0] == WINDOWS_ADDRESS for *_, address in found)


def _neighbour(address: str) -> Finding:
    """Whether another device in the room can be reached from this one."""
    what = "Isolation"
    try:
        socket.create_connection((address, ANY_PORT), SECONDS).close()
    except OSError as error:
        if error.errno != errno.ECONNREFUSED:
            return Finding(what, Says.GO, f"{address} cannot be reached from here")
    cure = (
        "With the server on a cable, switch client isolation on: nobody then reaches anybody else's device."
    )
    return Finding(what, Says.LOOK, f"{address} can be reached from here", cure)
