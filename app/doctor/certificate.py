"""Whether a certificate will do on the day: its dates, its names, and who trusts its chain.

How this works. What a client would say is found by being one: TLS handshakes, first with the certificate
itself as what is trusted, so that dates and names are judged alone, then with what this machine trusts.
The handshake is given as a function, so that files are judged before the server runs and a server is
judged over the network by the same rules.
"""

import ssl
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.doctor.finding import Finding, Says

Handshake = Callable[[ssl.SSLContext], tuple[dict[str, Any], bytes]]
"""Shakes hands as a client; gives the certificate as read and as it is (DER)."""

WHAT = "Certificate"
DAYS_LEAST = 3
EXPIRED, NOT_YET, WRONG_NAME, WRONG_ADDRESS = 10, 9, 62, 64
"""What OpenSSL calls what is wrong (X509_V_ERR_...)."""

_MAKE = "Make another the day before: docs/network.md says how."


def of_server(handshake: Handshake, name: str, trusted: Path | None) -> Finding:
    """Judge the certificate that a server shows.

    Args:
        handshake: With the server.
        name: What people type, without the port.
        trusted: An authority of one's own (PEM) that this machine is to trust, too.

    Raises:
        OSError: There was no handshake at all.
    """
    _, der = handshake(_asks_nothing())
    alone = _trusting(ssl.DER_cert_to_PEM_cert(der))
    try:
        read, _ = handshake(alone)
    except ssl.SSLCertVerificationError as error:
        return _wrong(error)
    names = [value for _, value in read.get("subjectAltName", ())]
    alone.check_hostname = True
    try:
        handshake(alone)
    except ssl.SSLCertVerificationError as error:
        return _wrong(error, name, names)
    usual = ssl.create_default_context()
    if trusted is not None:
        usual.load_verify_locations(trusted)
    try:
        handshake(usual)
    except ssl.SSLCertVerificationError as error:
        found = f"for {', '.join(names)}: right, but not trusted here ({error.verify_message})"
        cure = (
            "Phones refuse it. Give the whole chain of a public authority; one of your own must be installed "
            "on every device (name it with --ca)."
        )
        return Finding(WHAT, Says.NO_GO, found, cure)
    return _lasting(names, read)


def of_files(chain: Path, key: Path, name: str) -> Finding:
    """Judge a certificate and its key before a server has them; an authority of one's own is no no-go."""
    try:
        serves = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        serves.load_cert_chain(chain, key)
    except OSError as error:  # an SSLError is one
        cure = "Give a certificate and its key, in PEM, that belong together and that this user may read."
        return Finding(WHAT, Says.NO_GO, f"{chain}: {error.strerror or error}", cure)
    found = of_server(lambda client: _in_memory(serves, client, name), name, None)
    if found.says is Says.NO_GO and "not trusted" in found.found:
        return Finding(WHAT, Says.LOOK, found.found, found.cure)
    return found


def _in_memory(serves: ssl.SSLContext, client: ssl.SSLContext, name: str) -> tuple[dict[str, Any], bytes]:
    """Shake hands without a network."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours = client.wrap_bio(to_client, to_server, server_hostname=name)
    theirs = serves.wrap_bio(to_server, to_client, server_side=True)
    for _ in range(3):  # a handshake is over after two flights of each side
        for side in (ours, theirs):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    return ours.getpeercert() or {}, ours.getpeercert(binary_form=True) or b""


def _asks_nothing() -> ssl.SSLContext:
    """A client that takes any certificate: to look at it, never to send anything."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _trusting(certificate: str) -> ssl.SSLContext:
    """A client that trusts this very certificate, and asks for no name."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.load_verify_locations(cadata=certificate)
    return context


def _wrong(error: ssl.SSLCertVerificationError, name: str = "", names: list[str] | None = None) -> Finding:
    match error.verify_code:
        case code if code == EXPIRED:
            return Finding(WHAT, Says.NO_GO, "it has expired", _MAKE)
        case code if code == NOT_YET:
            cure = "Set the clocks of server and laptops, or make another."
            return Finding(WHAT, Says.NO_GO, "it is not valid yet", cure)
        case code if code in (WRONG_NAME, WRONG_ADDRESS):
            found = f"it is for {', '.join(names or ['no name'])} and not for {name}"
            return Finding(WHAT, Says.NO_GO, found, f"Type the name that it is for, or: {_MAKE.lower()}")
        case _:
            return Finding(WHAT, Says.NO_GO, error.verify_message, _MAKE)


def _lasting(names: list[str], read: dict[str, Any]) -> Finding:
    days = (ssl.cert_time_to_seconds(read["notAfter"]) - time.time()) / 86_400
    found = f"for {', '.join(names)}, good for {int(days)} more days"
    if days < DAYS_LEAST:
        return Finding(WHAT, Says.LOOK, found, f"It may end during the meeting. {_MAKE}")
    return Finding(WHAT, Says.GO, found)
