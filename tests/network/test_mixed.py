"""At stake: phones that come over mobile data, and tables that do not notice when the way out breaks.

The proxy, the tunnel and the server of docs/network.md, word for word: a phone that knows only the public
address votes through nginx and WireGuard; a table in the hall goes on without them.
"""

import json
import subprocess
from pathlib import Path

import pytest

from tests.network import recipes
from tests.network.conftest import URL, Meeting, meeting_on, said
from tests.network.halls import Hall, Machine, wait

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
needs = pytest.mark.root("ip", "bridge", "openssl", "nginx", "wg", "wg-quick", "wireguard-go")

MIXED = "A mixed hall"
SECOND = "https://hall.example.org"
STRANGE = "https://evil.example.org"
OWN_SOCKETS = "mkdir -p /run/wireguard && mount -t tmpfs tmpfs /run/wireguard && "
"""Two machines of the test share this machine's files, and their tunnels have one name."""


def keys() -> tuple[str, str]:
    """A private and a public key, made as the page says."""
    private = subprocess.run(["wg", "genkey"], capture_output=True, text=True, check=True).stdout
    public = subprocess.run(
        ["wg", "pubkey"], input=private, capture_output=True, text=True, check=True
    ).stdout
    return private.strip(), public.strip()


class Mixed:
    """A hall, the internet as far as it matters, and a proxy in it."""

    def __init__(self, hall: Hall) -> None:
        inside, outside = hall.switch("hall"), hall.switch("internet")
        self.server, self.proxy = hall.machine("server"), hall.machine("proxy")
        self.table, self.phone = hall.machine("table"), hall.machine("phone")
        hall.plug(self.server, inside, "eth0", "10.21.0.1/19")
        hall.plug(self.table, inside, "eth0", "10.21.0.7/19")
        self.way_out = hall.plug(self.server, outside, "eth1", "203.0.113.99/24")
        hall.plug(self.proxy, outside, "eth0", "203.0.113.5/24")
        hall.plug(self.phone, outside, "eth0", "203.0.113.77/24")
        self.table.file("/etc/hosts", "10.21.0.1 meeting.example.org hall.example.org evil.example.org\n")
        self.phone.file("/etc/hosts", "203.0.113.5 meeting.example.org evil.example.org\n")
        self.outside = outside
        self._certificates()
        self._tunnel()
        self.meeting = self._serve()

    def _certificates(self) -> None:
        line = recipes.command("One of your own: laptops and screens only", "townmeeting certificate")
        self.server.do(line.replace("meeting.example.org", "meeting.example.org hall.example.org"))
        for name in ("certificate.pem", "key.pem"):
            content = (self.server.etc / "townmeeting" / name).read_text()
            self.proxy.file(f"/etc/townmeeting/{name}", content)
        authority = self.server.etc / "townmeeting" / "authority.pem"
        self.proxy.file("/etc/townmeeting/authority.pem", authority.read_text())
        for machine in (self.table, self.phone):
            machine.env["SSL_CERT_FILE"] = str(authority)

    def _tunnel(self) -> None:
        """Steps 2 and 3: WireGuard on both, nginx on the proxy."""
        [proxy_end, hall_end, nginx, _] = recipes.files(MIXED)
        (proxy_private, proxy_public), (hall_private, hall_public) = keys(), keys()
        for machine, (path, content) in ((self.proxy, proxy_end), (self.server, hall_end)):
            whole = content
            for name, key in (
                ("PROXY_PRIVATE_KEY", proxy_private), ("PROXY_PUBLIC_KEY", proxy_public),
                ("HALL_PRIVATE_KEY", hall_private), ("HALL_PUBLIC_KEY", hall_public),
            ):  # fmt: skip
                whole = whole.replace(name, key)
            machine.file(path, whole)
            machine.do(OWN_SOCKETS + recipes.command(MIXED, "wg-quick"))
        path, content = nginx
        for system, own in (
            (
                "/etc/ssl/certs/ca-certificates.crt",
                "/etc/townmeeting/authority.pem",
            ),  # as if it were a public one
            ("worker_processes", f"pid {self.proxy.folder}/nginx.pid;\ndaemon off;\nworker_processes"),
            ("access_log off;", f"access_log off; {temporary(self.proxy.folder)}"),
        ):
            assert system in content
            content = content.replace(system, own)
        self.proxy.file(path, content)
        self.nginx = self.proxy.start(recipes.command(MIXED, "nginx ") + f" -e {self.proxy.folder}/error.log")
        self.proxy.do("for n in $(seq 50); do ss -ltn | grep -q ':443 ' && exit 0; sleep 0.1; done; exit 1")

    def _serve(self) -> Meeting:
        """Step 4: the server with its settings."""
        path, content = recipes.files(MIXED)[3]
        self.server.file(path, content)
        return meeting_on(self.server, recipes.command(MIXED, "townmeeting serve"))


def temporary(folder: Path) -> str:
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    return " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)


HANDSHAKE = """
import socket, ssl, sys
name, origin = sys.argv[1:]
with socket.create_connection((name, 443), 10) as plain:
    context = ssl.create_default_context()
    context.check_hostname = not name.startswith("evil")
    line = context.wrap_socket(plain, server_hostname=name)
    line.sendall((
        f"GET /ws HTTP/1.1\\r\\nHost: {name}\\r\\nConnection: Upgrade\\r\\nUpgrade: websocket\\r\\n"
        f"Sec-WebSocket-Version: 13\\r\\nSec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\\r\\n"
        f"Origin: {origin}\\r\\n\\r\\n"
    ).encode())
    print(line.recv(20).decode().split()[1])
"""


def handshake(machine: Machine, url: str, origin: str) -> str:
    """The status that a page of this origin gets at this address."""
    script = machine.folder / "handshake.py"
    script.write_text(HANDSHAKE)
    return machine.do(f"python3 {script} {url.removeprefix('https://')} {origin}").strip()


@needs
def test_phones_vote_through_the_proxy_and_tables_need_neither_it_nor_the_internet(hall: Hall) -> None:
    mixed = Mixed(hall)
    begin = {"t": "start_meeting"}, {"t": "open_voting", "question": "practice"}
    assert said(mixed.table, URL, mixed.meeting.organiser(), *begin) == ["ack", "ack"]
    assert (
        mixed.phone.run("ping -c 1 -W 1 10.21.0.1 || curl --max-time 2 https://10.21.0.1").returncode != 0
    ), "the phone has no way into the hall but the proxy"
    join, vote = {"t": "join_seat", "seat": "1-1"}, {"t": "cast_ballot", "question": "practice", "round": 1}
    vote |= {"seat": "1-1", "choices": ["foot"]}
    seat = mixed.meeting.code("1-1")
    assert said(mixed.phone, URL, seat, join, vote) == ["ack", "ack"]

    heads = {"t": "count_heads", "table": "1", "heads": 4}
    for url in (URL, SECOND):
        assert said(mixed.table, url, mixed.meeting.code("1"), heads) == ["ack"], "by either name"
        assert handshake(mixed.table, url, url) == "101"
        assert handshake(mixed.table, url, STRANGE) == "403", "and no page of another name"
    assert handshake(mixed.phone, URL, URL) == "101"
    assert handshake(mixed.phone, URL, SECOND) == "101", "it is one of the two"
    assert handshake(mixed.phone, URL, STRANGE) == "403"

    done = mixed.table.run(recipes.command(MIXED, "doctor --network"))
    for line in ("Name", "Way", "Certificate", "Server", "Delay"):
        assert f"go      {line}: " in done.stdout, done.stdout
    assert "no-go   Probes: not answered" in done.stdout, "here there is no internet that would answer"

    # The way out breaks: phones have to wait, tables go on.
    mixed.outside.do(f"ip link set {mixed.way_out} down")
    cut = mixed.phone.run(
        f"curl --silent --max-time 3 --cacert {mixed.phone.env['SSL_CERT_FILE']} {URL}/health/live"
    )
    assert cut.returncode != 0 or "alive" not in cut.stdout
    assert said(mixed.table, URL, mixed.meeting.code("1"), heads) == ["ack"]
    mixed.outside.do(f"ip link set {mixed.way_out} up")
    back = f"curl --silent --max-time 5 --cacert {mixed.phone.env['SSL_CERT_FILE']} {URL}/health/live"
    wait(lambda: "alive" in mixed.phone.run(back).stdout, 60)
    again = {"t": "withdraw_ballot", "question": "practice", "round": 1, "seat": "1-1"}
    assert said(mixed.phone, URL, seat, join, again)[0] == "ack"


@needs
def test_control_a_server_that_does_not_know_the_second_name_takes_no_page_of_it(hall: Hall) -> None:
    mixed = Mixed(hall)
    mixed.meeting.process.stop()
    path, content = recipes.files(MIXED)[3]
    mixed.server.file(path, content.replace(f'allowed_origins = ["{SECOND}"]\n', ""))
    mixed.server.start(recipes.command(MIXED, "townmeeting serve")).until("good once")
    assert handshake(mixed.table, URL, URL) == "101"
    assert handshake(mixed.table, SECOND, SECOND) == "403"
    done = mixed.table.run(recipes.command(MIXED, "doctor --network").replace(URL, SECOND))
    assert "no-go   Server: it is ready, and knows itself by another name" in done.stdout
    assert json.loads(
        mixed.table.do(f"curl --silent --cacert {mixed.table.env['SSL_CERT_FILE']} {URL}/health/live")
    )
