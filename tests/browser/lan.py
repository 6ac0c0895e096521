"""A network of the tests' own, in network namespaces: a server, a switch, two lines with a browser each.

How this works. The server's namespace has SERVER as its address; every line is a namespace with a veth pair
to the switch, which is a bridge in a namespace of its own. A line is *cut* at the switch: the browser's own
link stays up and its packets go nowhere, as when an access point loses its uplink; *unplugged*, its link
goes down, too, and the browser knows. Nothing of it can reach this machine's network, nor be reached.
"""

import os
import subprocess
from pathlib import Path

from playwright.sync_api import Browser, Playwright

from tests.needs import chromium

SERVER = "10.77.0.1"
NAME = "meeting.test"
SPKI = "VzU7W+m67yWypYTzWBxTNnh9qjK5AGYbu88lp/TpuGo="
"""Of tests/security/tls_cert.pem: SHA-256 of `openssl x509 -pubkey | openssl pkey -pubin -outform der`."""

LINES = {"floor": "10.77.0.2", "stage": "10.77.0.3"}
RESOLVED = f"--host-resolver-rules=MAP {NAME} {SERVER}, MAP * ~NOTFOUND, EXCLUDE {SERVER}"


class Lan:
    """The network; `close` takes it down."""

    def __init__(self, folder: Path, playwright: Playwright, flags: list[str]) -> None:
        self._folder, self._playwright, self._flags = folder, playwright, flags
        self._browsers: dict[str, Browser] = {}
        self._switch = self._space("switch")
        _ip("-n", self._switch, "link", "add", "bridge", "type", "bridge", "forward_delay", "0")
        _ip("-n", self._switch, "link", "set", "bridge", "up")
        for host, address in {"server": SERVER, **LINES}.items():
            self._connect(host, address)

    @property
    def server(self) -> tuple[str, ...]:
        """What a command begins with that runs beside the server's address."""
        return ("ip", "netns", "exec", _space("server"))

    def browser(self, line: str) -> Browser:
        """The browser at a line; started when it is first asked for."""
        if line not in self._browsers:
            wrapper = self._folder / f"chromium-{line}"
            wrapper.write_text(f'#!/bin/sh\nexec ip netns exec {_space(line)} {chromium()} "$@"\n')
            wrapper.chmod(0o755)
            trust = f"--ignore-certificate-errors-spki-list={SPKI}"
            self._browsers[line] = self._playwright.chromium.launch(
                executable_path=wrapper, args=[*self._flags, RESOLVED, trust]
            )
        return self._browsers[line]

    def cut(self, line: str = "floor", *, unplugged: bool = False) -> None:
        """Let nothing through on this line."""
        _ip("-n", self._switch, "link", "set", line, *(("down",) if unplugged else ("nomaster",)))

    def heal(self, line: str = "floor") -> None:
        """Let everything through again; harmless where nothing was cut."""
        _ip("-n", self._switch, "link", "set", line, "master", "bridge", "up")

    def close(self) -> None:
        for browser in self._browsers.values():
            browser.close()
        for host in ("switch", "server", *LINES):
            _ip("netns", "del", _space(host))

    def _space(self, host: str) -> str:
        _ip("netns", "add", _space(host))
        _ip("-n", _space(host), "link", "set", "lo", "up")
        return _space(host)

    def _connect(self, host: str, address: str) -> None:
        space = self._space(host)
        _ip("-n", space, "link", "add", "eth0", "type", "veth", "peer", "name", host, "netns", self._switch)
        _ip("-n", space, "addr", "add", f"{address}/24", "dev", "eth0")
        _ip("-n", space, "link", "set", "eth0", "up")
        self.heal(host)


def _space(host: str) -> str:
    return f"town-{os.getpid()}-{host}"


def _ip(*arguments: str) -> None:
    done = subprocess.run(["ip", *arguments], check=False, capture_output=True, text=True)
    assert done.returncode == 0, f"ip {' '.join(arguments)}: {done.stderr}"
