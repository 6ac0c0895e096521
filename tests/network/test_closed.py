"""At stake: a hall without internet. What docs/network.md tells an organiser to do is done, word for word:
a phone gets an address and finds the meeting, stays in the Wi-Fi, joins over https and votes.

Each line of `doctor --network` has a control: the fault that it is there for is made, and it says so.
"""

import json
from dataclasses import dataclass

import pytest

from app.web.probes import PROBES, WINDOWS_ADDRESS, WINDOWS_NAME
from tests.network import recipes
from tests.network.conftest import URL, Meeting, meeting_on, said
from tests.network.halls import Hall, Machine, sh

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
needs = pytest.mark.root("ip", "bridge", "dnsmasq", "udhcpc", "openssl", "curl")

CLOSED = "A closed hall"
GETS_ADDRESS = """#!/bin/sh
[ "$1" = bound ] || exit 0
ip address add "$ip/$mask" dev "$interface"
ip route add default via "$router"
echo "nameserver $dns" > /etc/resolv.conf
"""
"""What a device does with what the DHCP server gives it."""


@dataclass
class Closed:
    """A closed hall in which everything runs."""

    hall: Hall
    switch: Machine
    server: Machine
    server_port: str
    meeting: Meeting

    def device(self, name: str) -> tuple[Machine, str]:
        """A device that joins the Wi-Fi; gives it and its port."""
        device = self.hall.machine(name)
        port = self.hall.plug(device, self.switch)
        script = device.folder / "bound.sh"
        script.write_text(GETS_ADDRESS)
        script.chmod(0o755)
        device.env["SSL_CERT_FILE"] = str(self.server.etc / "townmeeting" / "authority.pem")
        device.do(f"udhcpc -i eth0 -n -q -s {script}")
        return device, port


def put_up(hall: Hall, *, serve: str | None = None) -> Closed:
    """Follow the recipe: own certificate, address, DHCP and DNS, server."""
    switch, server = hall.switch("wifi"), hall.machine("server")
    port = hall.plug(server, switch)
    server.do(recipes.command("One of your own: laptops and screens only", "townmeeting certificate"))
    for path, content in recipes.files(CLOSED):
        server.file(path, content.replace("/run/townmeeting.leases", str(server.folder / "leases")))
    server.do(recipes.command(CLOSED, "ip address add"))
    server.start(recipes.command(CLOSED, "dnsmasq "))
    server.do(recipes.command(CLOSED, "sysctl"))
    checked = server.run(recipes.command("Does it hold?", "townmeeting doctor"))
    assert "look    Certificate: for meeting.example.org: right, but not trusted here" in checked.stdout
    meeting = meeting_on(server, serve or recipes.command(CLOSED, "townmeeting serve"))
    return Closed(hall, switch, server, port, meeting)


def doctor(table: Machine, more: str = "", url: str = URL) -> tuple[int, dict[str, tuple[str, str]]]:
    """What the doctor says at a table: its exit code, and by line (verdict, words)."""
    done = table.run(recipes.command(CLOSED, "doctor --network").replace(URL, url) + more)
    lines = [line.split(maxsplit=1) for line in done.stdout.splitlines() if ":" in line and line[0] != " "]
    found = {rest.partition(": ")[0]: (verdict, rest.partition(": ")[2]) for verdict, rest in lines}
    assert found, done.stdout + done.stderr
    return done.returncode, found


def test_the_recipe_sends_every_probe_to_the_server() -> None:
    [(path, content)] = recipes.files(CLOSED)
    named = dict(
        line.removeprefix("host-record=").split(",")
        for line in content.splitlines()
        if line.startswith("host-record=")
    )
    assert path == "/etc/townmeeting/hall.conf"
    assert named.pop(WINDOWS_NAME) == WINDOWS_ADDRESS
    assert set(named) == {probe.host for probe in PROBES}
    assert set(named.values()) == {"10.21.0.1"}


@needs
def test_a_phone_joins_a_closed_hall_and_votes_and_the_doctor_says_go(hall: Hall) -> None:
    closed = put_up(hall)
    phone, _ = closed.device("phone")
    address = json.loads(phone.do("ip -j -4 address show dev eth0"))[0]["addr_info"][0]
    assert address["local"].startswith("10.21.")
    assert address["prefixlen"] == 19

    # What the makers of the devices expect, said here once more and not taken from the program.
    get = "curl --silent --max-time 5"
    assert (
        phone.do(f"{get} --write-out '%{{http_code}}' http://connectivitycheck.gstatic.com/generate_204")
        == "204"
    )
    assert "<BODY>Success</BODY>" in phone.do(f"{get} http://captive.apple.com/hotspot-detect.html")
    assert phone.do(f"{get} http://www.msftconnecttest.com/connecttest.txt") == "Microsoft Connect Test"
    assert phone.do("getent ahostsv4 dns.msftncsi.com").startswith("131.107.255.255 ")
    assert phone.run("getent hosts www.example.com").returncode == 2, "unknown names are unknown at once"
    led = phone.do(f"{get} --head http://meeting.example.org/any/path")
    assert "302" in led.splitlines()[0]
    assert f"location: {URL}/" in led.lower()
    assert phone.run("curl --silent --max-time 5 http://www.example.com/").returncode == 6, "and lead nowhere"

    meeting = closed.meeting
    begin = {"t": "start_meeting"}, {"t": "open_voting", "question": "practice"}
    desk, _ = closed.device("desk")
    assert said(desk, URL, meeting.organiser(), *begin) == ["ack", "ack"]
    vote = {"t": "cast_ballot", "question": "practice", "round": 1, "seat": "1-1", "choices": ["foot"]}
    answers = said(phone, URL, meeting.code("1-1"), {"t": "join_seat", "seat": "1-1"}, vote)
    assert answers == ["ack", "ack"]

    table, _ = closed.device("table")
    code, found = doctor(table)
    assert {verdict for verdict, _ in found.values()} == {"go"}, found
    assert set(found) == {"Name", "Way", "Certificate", "Server", "Delay", "Probes"}
    assert code == 0


# --- what is wrong is said -----------------------------------------------------------------

OTHER = "https://other.example.org"
SLOW = "tc qdisc add dev eth0 root tbf rate 12kbit burst 1600 latency 5s"


@needs
def test_the_doctor_tells_a_wrong_name_isolation_and_a_slow_line(hall: Hall) -> None:
    closed = put_up(hall)
    table, port = closed.device("table")
    neighbour, beside = closed.device("neighbour")
    address = json.loads(neighbour.do("ip -j -4 address show dev eth0"))[0]["addr_info"][0]["local"]

    code, found = doctor(table, url="https://nowhere.example.org")
    assert (code, found["Name"]) == (1, ("no-go", "the DNS does not know nowhere.example.org"))
    table.file("/etc/hosts", "10.21.0.1 other.example.org\n")
    code, found = doctor(table, url=OTHER)
    assert code == 1
    assert found["Certificate"] == ("no-go", "it is for meeting.example.org and not for other.example.org")
    table.file("/etc/hosts", "127.0.0.1 meeting.example.org\n")
    assert doctor(table)[1]["Name"] == ("no-go", "meeting.example.org is this very machine")
    table.file("/etc/hosts", "")

    assert doctor(table, f" --beside {address}")[1]["Isolation"] == (
        "look",
        f"{address} can be reached from here",
    )
    hall.isolate(closed.switch, port, beside)
    forgotten(table)
    code, found = doctor(table, f" --beside {address}")
    assert found["Isolation"] == ("go", f"{address} cannot be reached from here")
    assert (code, found["Way"][0]) == (0, "go"), "a server on a cable is reached all the same"

    hall.isolate(closed.switch, closed.server_port)
    forgotten(table)
    code, found = doctor(table)
    assert (code, found["Name"]) == (1, ("no-go", "the DNS 10.21.0.1 is in this network and is not heard"))
    table.file("/etc/hosts", "10.21.0.1 meeting.example.org\n")
    forgotten(table)
    assert doctor(table)[1]["Way"] == ("no-go", "10.21.0.1 is in this network and is not heard")
    hall.isolate(closed.switch, port, beside, closed.server_port, on=False)
    assert doctor(table)[0] == 0, "the control: it was the isolation"

    table.do(SLOW)
    verdict, words = doctor(table)[1]["Delay"]
    assert verdict in ("look", "no-go"), words


def forgotten(machine: Machine) -> None:
    """The machine knows no hardware address any more, as after a while."""
    machine.do("ip neighbour flush dev eth0")


@needs
def test_the_doctor_tells_probes_without_an_answer_a_foreign_name_and_an_old_certificate(hall: Hall) -> None:
    serve = recipes.command(CLOSED, "townmeeting serve")
    closed = put_up(hall, serve=serve.replace(" --probe-port 80", ""))
    table, _ = closed.device("table")
    code, found = doctor(table)
    assert code == 1
    assert found["Probes"][0] == "no-go"
    assert all(each in found["Probes"][1] for each in ("Android", "Apple", "Windows", "Firefox"))
    assert table.run("curl --silent http://captive.apple.com/hotspot-detect.html").returncode == 7

    closed.meeting.process.stop()
    table.file("/etc/hosts", "")
    running = closed.server.start(serve.replace(f"--public-url {URL}", f"--public-url {OTHER}"))
    running.until("good once")
    code, found = doctor(table)
    assert (code, found["Server"]) == (1, ("no-go", "it is ready, and knows itself by another name"))
    assert found["Probes"][0] == "go"

    running.stop()
    expired(closed.server)
    checked = closed.server.run(recipes.command("Does it hold?", "townmeeting doctor"))
    assert "no-go   Certificate: it has expired" in checked.stdout
    closed.server.start(serve).until("good once")
    code, found = doctor(table)
    assert (code, found["Certificate"]) == (1, ("no-go", "it has expired"))


def expired(server: Machine) -> None:
    """Put a certificate in place that ended yesterday."""
    folder = server.etc / "townmeeting"
    made = server.folder / "old"
    made.mkdir()
    for name in ("index.txt", "serial"):
        (made / name).write_text("" if name == "index.txt" else "01\n")
    (made / "ca.conf").write_text(
        f"[ca]\ndefault_ca = old\n[old]\nnew_certs_dir = {made}\ndatabase = {made}/index.txt\n"
        f"serial = {made}/serial\ndefault_md = sha256\npolicy = any\nx509_extensions = names\n"
        "[any]\ncommonName = supplied\n[names]\nsubjectAltName = DNS:meeting.example.org\n"
    )
    new = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc"]
    sh(
        "openssl",
        "req",
        "-x509",
        *new,
        "-keyout",
        f"{made}/a.key",
        "-out",
        f"{made}/a.pem",
        "-subj",
        "/CN=old",
    )
    sh("openssl", "req", *new, "-keyout", f"{made}/k.pem", "-out", f"{made}/r.pem", "-subj", "/CN=meeting")
    sh(
        "openssl", "ca", "-config", f"{made}/ca.conf", "-batch", "-in", f"{made}/r.pem",
        "-out", f"{made}/c.pem",
        "-keyfile", f"{made}/a.key", "-cert", f"{made}/a.pem", "-startdate", "20200101000000Z",
        "-enddate", "20200201000000Z", "-notext",
    )  # fmt: skip
    for path, name in ((made / "c.pem", "certificate.pem"), (made / "k.pem", "key.pem")):
        (folder / name).write_bytes(path.read_bytes())
