"""At stake: the certificate that is made the day before is taken on the day, and vouches for nothing else."""

import json
import os
import ssl
from pathlib import Path

import pytest

from app.doctor import certificate as judge
from app.doctor.finding import Finding, Says
from app.tool.certificate import make
from app.tool.faults import Fault
from tests.network import recipes
from tests.network.halls import Hall, Machine, sh, wait

NAME = "meeting.example.org"
needs_openssl = pytest.mark.root("openssl")


@needs_openssl
def test_the_names_and_only_they_are_vouched_for(tmp_path: Path) -> None:
    made = make([NAME, "10.21.0.1"], tmp_path / "own", 30)
    assert [path.stat().st_mode & 0o777 for path in (made.key, made.chain)] == [0o600, 0o600]
    assert sorted(path.name for path in (tmp_path / "own").iterdir()) == [
        "authority.pem", "certificate.pem", "key.pem",
    ]  # fmt: skip
    for name in (NAME, "10.21.0.1"):
        found = judge.of_files(made.chain, made.key, name)
        assert (found.says, "right, but not trusted here" in found.found) == (Says.LOOK, True)
        assert judged(made.chain, made.key, name, made.authority).says is Says.GO
    for name in ("other.example.org", "example.org", f"a.{NAME}", "10.21.0.2"):
        assert "and not for" in judge.of_files(made.chain, made.key, name).found


def judged(chain: Path, key: Path, name: str, authority: Path | None) -> Finding:
    """What a client says that trusts this authority."""
    serves = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serves.load_cert_chain(chain, key)
    return judge.of_server(lambda client: judge._in_memory(serves, client, name), name, authority)


@pytest.fixture
def authority_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The control: the key of the authority is not thrown away; where it lies then."""
    kept = tmp_path / "kept"
    kept.mkdir()

    class Kept:
        def __enter__(self) -> str:
            return str(kept)

        def __exit__(self, *_: object) -> None:
            """Keep it."""

    monkeypatch.setattr("tempfile.TemporaryDirectory", Kept)
    return kept / "authority-key.pem"


def signed(authority: Path, authority_key: Path, subject: str, kind: str, name: str) -> tuple[Path, Path]:
    """A certificate for a name that the authority's key signs, and its own key."""
    key, chain = authority_key.with_name(f"{name}.key"), authority_key.with_name(f"{name}.pem")
    sh(
        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc",
        "-keyout", str(key), "-out", str(chain), "-CA", str(authority), "-CAkey", str(authority_key),
        "-subj", f"/CN={subject}", "-addext", "basicConstraints=critical,CA:FALSE",
        "-addext", f"subjectAltName={kind}:{name}",
    )  # fmt: skip
    return chain, key


@needs_openssl
def test_an_authority_that_is_installed_may_vouch_for_nothing_else(
    tmp_path: Path, authority_key: Path
) -> None:
    """Were its key still there: what it signs for another name or address is refused."""
    made = make([NAME], tmp_path / "own", 30)
    assert authority_key.exists()
    assert not list((tmp_path / "own").glob("authority-key*"))
    for kind, name in (("DNS", "bank.example.com"), ("IP", "10.0.0.1"), ("DNS", NAME)):
        chain, key = signed(made.authority, authority_key, "x", kind, name)
        found = judged(chain, key, name, made.authority)
        assert (found.says is Says.GO) == (name == NAME), (name, found)


@needs_openssl
@pytest.mark.parametrize("names", [["10.21.0.1"], ["10.21.0.1", "127.0.0.1"], ["fd00::1"]])
def test_one_for_addresses_alone_is_taken(tmp_path: Path, names: list[str], authority_key: Path) -> None:
    made = make(names, tmp_path / "own", 30)
    for name in names:
        found = judged(made.chain, made.key, name, made.authority)
        assert found.says is Says.GO, found
    assert "and not for" in judge.of_files(made.chain, made.key, NAME).found
    # Control: with the address as its subject too OpenSSL refuses it, as a host's name that is not permitted.
    if ":" not in names[0]:
        named = signed(made.authority, authority_key, names[0], "IP", names[0])
        assert "permitted subtree" in judged(*named, names[0], made.authority).found


@needs_openssl
@pytest.mark.parametrize("name", ["https://meeting.example.org", "a b", "", "-x.org", "x,DNS:y.org", "a/b"])
def test_what_is_no_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(Fault, match="neither a host name nor an address"):
        make([name], tmp_path / "own", 30)


@needs_openssl
def test_a_certificate_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    before = make([NAME], tmp_path / "own", 30).key.read_bytes()
    with pytest.raises(Fault, match="There is already"):
        make([NAME], tmp_path / "own", 30)
    assert (tmp_path / "own" / "key.pem").read_bytes() == before


@needs_openssl
def test_one_that_ends_during_the_meeting_is_looked_at_and_a_foreign_key_is_refused(tmp_path: Path) -> None:
    short, other = make([NAME], tmp_path / "short", 1), make([NAME], tmp_path / "other", 30)
    found = judged(short.chain, short.key, NAME, short.authority)
    assert (found.says, "0 more days" in found.found) == (Says.LOOK, True)
    assert judge.of_files(short.chain, other.key, NAME).says is Says.NO_GO


# --- a public one, by the DNS --------------------------------------------------------------

PUBLIC = "A public one: what phones trust"
HOOK = """#!/bin/sh
name=_acme-challenge.$CERTBOT_DOMAIN.
printf '{"host": "%s", "value": "%s"}' "$name" "$CERTBOT_VALIDATION" |
  curl --silent --fail --data @- http://127.0.0.1:8055/set-txt
"""
"""What the person at the DNS provider's page does."""


@pytest.mark.slow
@pytest.mark.root("ip", "bridge", "openssl", "certbot", "pebble", "pebble-challtestsrv", "curl")
def test_a_public_certificate_is_got_by_the_dns_alone_and_a_server_takes_it(hall: Hall) -> None:
    """By the page's command, at an authority of this machine's own (pebble) in place of the public one."""
    machine = hall.machine("anywhere")
    authority(machine)
    hook, home = machine.folder / "hook.sh", machine.folder / "letsencrypt"
    hook.write_text(HOOK)
    hook.chmod(0o755)
    here = (
        f" --server https://localhost:14000/dir --manual-auth-hook {hook} --non-interactive --agree-tos"
        f" --register-unsafely-without-email --config-dir {home} --work-dir {home} --logs-dir {home}"
    )
    machine.env["REQUESTS_CA_BUNDLE"] = str(machine.folder / "own" / "authority.pem")
    machine.do(recipes.command(PUBLIC, "certbot") + here)
    live = home / "live" / NAME
    for path in ("certificate.pem", "key.pem"):
        line = recipes.command(PUBLIC, f"/etc/townmeeting/{path}")
        line = line.replace("/etc/letsencrypt", str(home)).replace("-o townmeeting", f"-o {os.getuid()}")
        machine.do(line)
    got = machine.etc / "townmeeting"
    assert (got / "certificate.pem").read_text() == (live / "fullchain.pem").read_text()
    root = machine.folder / "root.pem"
    root.write_text(machine.do("curl --silent --insecure https://localhost:15000/roots/0"))
    found = judged(got / "certificate.pem", got / "key.pem", NAME, root)
    assert found.says is Says.GO, found
    broken = machine.folder / "leaf-only.pem"
    broken.write_text(
        (got / "certificate.pem").read_text().partition("-----END CERTIFICATE-----")[0]
        + "-----END CERTIFICATE-----\n"
    )
    cut = judged(broken, got / "key.pem", NAME, root)
    assert (cut.says, "not trusted here" in cut.found) == (Says.NO_GO, True), "without the chain between"


def authority(machine: Machine) -> None:
    """An ACME authority and the DNS that it asks, on this machine's loopback."""
    made = make(["localhost"], machine.folder / "own", 2)
    config = {
        "listenAddress": "127.0.0.1:14000", "managementListenAddress": "127.0.0.1:15000", "httpPort": 5002,
        "certificate": str(made.chain), "privateKey": str(made.key), "tlsPort": 5001, "ocspResponderURL": "",
        "externalAccountBindingRequired": False,
    }  # fmt: skip
    (machine.folder / "pebble.json").write_text(json.dumps({"pebble": config}))
    machine.start("pebble-challtestsrv -dns01 127.0.0.1:8053 -http01 '' -https01 '' -tlsalpn01 ''").until(
        "8055"
    )
    line = f"PEBBLE_VA_NOSLEEP=1 PEBBLE_WFE_NONCEREJECT=0 pebble -config {machine.folder}/pebble.json"
    running = machine.start(f"{line} -dnsserver 127.0.0.1:8053")
    running.until("ACME directory available")
    wait(lambda: machine.run("curl --silent --insecure https://localhost:14000/dir").returncode == 0, 20)
