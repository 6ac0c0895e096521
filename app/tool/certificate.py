"""A certificate of one's own for a hall, made with the `openssl` of the machine.

For laptops and screens, on which the authority can be installed; phones of participants trust only a
public authority (docs/network.md). The authority may vouch for these names and no others, and its key is
thrown away: whoever installs it trusts this one certificate and nothing that is made later.
"""

import ipaddress
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from app.tool.faults import Fault

CHAIN, KEY, AUTHORITY = "certificate.pem", "key.pem", "authority.pem"
_NAME = re.compile(
    r"(?=.{1,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*\Z"
)
_EC = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc")


@dataclass(frozen=True, slots=True)
class Made:
    """Where they lie."""

    chain: Path
    key: Path
    authority: Path


def make(names: list[str], folder: Path, days: int) -> Made:
    """Make a certificate for these names and addresses, and the authority that vouches for it.

    Args:
        names: Host names and IP addresses, as people will type them.
        folder: Where to put the three files; made if missing.
        days: How long it is good.

    Raises:
        Fault: A name is none, there is no openssl, or a certificate is there already.
    """
    if shutil.which("openssl") is None:
        raise Fault("There is no openssl on this machine: install it (Debian: apt install openssl).")
    kinds = [_kind(name.lower()) for name in names]
    made = Made(folder / CHAIN, folder / KEY, folder / AUTHORITY)
    if there := [path for path in (made.chain, made.key, made.authority) if path.exists()]:
        raise Fault(f"There is already {there[0]}: name another --out, or take it away first.")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        authority_key = Path(scratch) / "authority-key.pem"
        _openssl(
            "req", "-x509", *_EC, "-keyout", str(authority_key), "-out", str(made.authority),
            "-days", str(days), "-subj", f"/CN=Town Meeting, for {names[0][:40]} only", *_added(
                "basicConstraints=critical,CA:TRUE,pathlen:0", "keyUsage=critical,keyCertSign,cRLSign",
                f"nameConstraints=critical,{_only(kinds)}",
            ),
        )  # fmt: skip
        _openssl(
            "req", "-x509", *_EC, "-keyout", str(made.key), "-out", str(made.chain), "-days", str(days),
            "-CA", str(made.authority), "-CAkey", str(authority_key),
            # Words, no name: OpenSSL takes that for a host, and hosts may not be permitted at all.
            "-subj", f"/CN=Town Meeting on {names[0][:40]}", *_added(
                "basicConstraints=critical,CA:FALSE", "keyUsage=critical,digitalSignature",
                "extendedKeyUsage=serverAuth", "subjectAltName=" + ",".join(f"{k}:{v}" for k, v in kinds),
            ),
        )  # fmt: skip
    made.key.chmod(0o600)
    return made


def _kind(name: str) -> tuple[str, str]:
    try:
        return "IP", str(ipaddress.ip_address(name))
    except ValueError:
        pass
    if not _NAME.match(name):
        raise Fault(f"{name} is neither a host name nor an address: write it without https:// and port.")
    return "DNS", name


def _only(kinds: list[tuple[str, str]]) -> str:
    """The names that the authority may vouch for; of a kind that is not among them, none."""
    allowed = []
    for kind, name in kinds:
        if kind == "IP":
            bits = ipaddress.ip_address(name).max_prefixlen
            allowed.append(f"permitted;IP:{name}/{ipaddress.ip_network(f'{name}/{bits}').netmask}")
        else:
            allowed.append(f"permitted;DNS:{name}")
    if not any(kind == "IP" for kind, _ in kinds):
        allowed += ["excluded;IP:0.0.0.0/0.0.0.0", "excluded;IP:::/::"]
    if not any(kind == "DNS" for kind, _ in kinds):
        allowed.append("permitted;DNS:invalid")
    return ",".join(allowed)


def _added(*extensions: str) -> list[str]:
    return [word for extension in extensions for word in ("-addext", extension)]


def _openssl(*arguments: str) -> None:
    done = subprocess.run(
        ["openssl", *arguments], capture_output=True, text=True, check=False, timeout=60, umask=0o077
    )
    if done.returncode != 0:
        last = done.stderr.strip().splitlines()[-1:] or ["no reason given"]
        raise Fault(f"openssl could not make it: {last[0]}.")
