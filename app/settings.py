"""Every knob of the server: from a file, from the environment, from the command line.

The environment (`TOWNMEETING_PORT=8021`) goes before the file (`port = 8021` in TOML, named by
`TOWNMEETING_SETTINGS_FILE`), and what the command line says before both. A number carries its
unit last in its name. Limits that are part of the wire contract are in `realtime/wire.py`.
"""

import ipaddress
import os
import socket
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

PREFIX = "TOWNMEETING_"
FILE_VARIABLE = PREFIX + "SETTINGS_FILE"
ANYWHERE = ("0.0.0.0", "::")  # noqa: S104 - only named here; main.py refuses it without TLS


class Settings(BaseSettings):
    """How this server runs. Immutable."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="forbid", validate_default=True, env_ignore_empty=True
    )

    data_dir: Path = Field(
        default=Path("data"),
        description="Folder for everything that is kept: `server.db`, keys, one folder a meeting. "
        "Made if missing, readable by its owner only.",
    )
    log_url: SecretStr = Field(
        default=SecretStr(""),
        description="A database of PostgreSQL, `postgresql://user@host/database`, for the logs of meetings "
        "that are made from now on, each in a schema of its own. By default a log is a file in the data "
        "folder. See docs/postgresql.md.",
    )
    host: str = Field(
        default="127.0.0.1",
        description="Address to listen on. Other than loopback needs TLS or `insecure_lan`.",
    )
    port: int = Field(
        default=8021, ge=0, le=65535, description="Port to listen on; 0 lets the system choose one."
    )
    public_url: str = Field(
        default="",
        description="The address that people type and that is in every link and QR code, such as "
        "`https://meeting.example.org`. By default the address that the server listens on.",
    )
    tls_cert: Path | None = Field(default=None, description="Certificate chain (PEM) for https.")
    tls_key: Path | None = Field(default=None, description="Private key (PEM) of the certificate.")
    insecure_lan: bool = Field(
        default=False,
        description="Listen beyond loopback without TLS. Every page and the report say so.",
    )
    probe_port: int = Field(
        default=0,
        ge=0,
        le=65535,
        description="For a hall without internet: the port (80 as a rule) on which the connectivity "
        "probes of phones and laptops are answered as the internet would, and the meeting's name is led "
        "to its address. 0: they are not. See docs/network.md.",
    )
    allowed_origins: tuple[str, ...] = Field(
        default=(),
        description="Further web origins, exact, whose pages may talk to this server. Those of "
        "`public_url` and of the address listened on always may.",
    )
    rehearsal: bool = Field(
        default=False,
        description="This server holds a rehearsal: every page says so. Set by the rehearsal itself.",
    )
    rehearsal_port: int = Field(
        default=0,
        ge=0,
        le=65535,
        description="Port of the rehearsal that a console can start; 0 lets the system choose one.",
    )
    trusted_proxies: tuple[str, ...] = Field(
        default=(),
        description="Addresses of reverse proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` "
        "are believed. From everybody else they are ignored.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="The least severe log lines that are written."
    )
    log_format: Literal["json", "text"] = Field(
        default="json", description="One JSON object a line, or text for a person at a terminal."
    )

    # --- sizes and times ---------------------------------------------------------------

    request_bytes_max: int = Field(
        default=64 * 1024, ge=1024, description="Largest body of a request, except of plans."
    )
    plan_bytes_max: int = Field(
        default=6 * 1024 * 1024, ge=64 * 1024, description="Largest body of a request that brings a plan."
    )
    request_body_seconds: float = Field(
        default=10.0, gt=0, description="How long a request may take to send its body."
    )
    command_wait_seconds: float = Field(
        default=10.0,
        gt=0,
        description="How long `POST /api/commands` waits for the answer before it says *busy*.",
    )
    connections_max: int = Field(
        default=14_000, ge=1, description="Connections at once, of all kinds; more are refused with 503."
    )
    backlog_connections: int = Field(
        default=4096, ge=1, description="Connections that the system may hold until they are accepted."
    )
    graceful_stop_seconds: int = Field(
        default=10, ge=1, description="How long a stopping server waits for its connections."
    )
    ticket_seconds: int = Field(
        default=30, ge=1, description="How long the ticket for a page's first connection is good."
    )
    session_hours: int = Field(
        default=72, ge=1, description="How long a device that joined stays joined without coming back."
    )
    organiser_link_minutes: int = Field(
        default=60, ge=1, description="How long the one-time link that the server prints at start is good."
    )
    devices_per_seat_max: int = Field(
        default=5,
        ge=1,
        description="Devices that hold a session for one seat; the oldest is ended by the next.",
    )
    restart_grace_ms: int = Field(
        default=10_000,
        ge=0,
        description="Where a restart finds a vote open: how long (real time) nothing is closed because its "
        "time is up, so that devices can come back.",
    )
    follower_wait_ms: int = Field(
        default=0,
        ge=0,
        le=30_000,
        description="Waiting mode: how long an acknowledgement waits until the second laptop holds it too; "
        "then the server goes on alone, says so, and waits again once the second laptop has everything. 0: "
        "it is never waited for.",
    )
    follower_code_minutes: int = Field(
        default=15, ge=1, description="How long the one-time code that admits a second laptop is good."
    )
    wrong_codes_free: int = Field(
        default=20, ge=0, description="Wrong codes within a minute, of everybody, that are answered soon."
    )
    wrong_code_delay_ms_min: int = Field(
        default=1_000, ge=0, description="Delay of the answer to a wrong code while few come."
    )
    wrong_code_delay_ms_max: int = Field(
        default=8_000, ge=0, description="Delay of the answer to a wrong code while many come."
    )
    wrong_codes_waiting_max: int = Field(
        default=256,
        ge=1,
        description="Wrong codes that wait for their answer at once; further ones are told to come later.",
    )
    joins_at_once_max: int = Field(
        default=512, ge=1, description="Requests to join that are worked on at once; others wait."
    )
    gc_threshold_objects: int = Field(
        default=2_000,
        ge=700,
        le=1_000_000_000,
        description="New objects between two collections of the youngest generation; raised once at start.",
    )
    pdf_seconds_max: int = Field(
        default=120, ge=1, description="How long making one PDF of the report may take; then it is ended."
    )
    pdf_megabytes_max: int = Field(
        default=2048, ge=256, description="Address space that the process that makes a PDF may take."
    )
    press_waiting_max: int = Field(
        default=16,
        ge=1,
        description="Exports and PDFs that are made or wait for their turn; more are told to come later.",
    )
    argon2_memory_kib: int = Field(
        default=65_536, ge=8192, description="Memory that checking an organiser's password takes."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Command line, then environment, then file."""
        named = os.environ.get(FILE_VARIABLE)
        files = (_file_source(settings_cls, Path(named)),) if named else ()
        return (init_settings, env_settings, *files)

    @field_validator("log_url", mode="after")
    @classmethod
    def _is_database(cls, value: SecretStr) -> SecretStr:
        parts = urlsplit(value.get_secret_value())
        if value.get_secret_value() and (parts.scheme != "postgresql" or "schema=" in parts.query):
            raise ValueError("log_url is of the form postgresql://user@host/database, without a schema")
        return value

    @field_validator("public_url", "allowed_origins", mode="after")
    @classmethod
    def _is_origin(cls, value: Any) -> Any:
        each = (value,) if isinstance(value, str) else value
        for url in filter(None, each):
            parts = urlsplit(url)
            if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/"):
                raise ValueError(f"{url} is not of the form https://name or https://name:port")
        return value.rstrip("/") if isinstance(value, str) else tuple(url.rstrip("/") for url in each)

    @model_validator(mode="after")
    def _tls_is_whole(self) -> Self:
        if (self.tls_cert is None) != (self.tls_key is None):
            raise ValueError("tls_cert and tls_key belong together: give both, or neither")
        if self.tls_cert is not None and self.probe_port and self.probe_port == self.port:
            raise ValueError("port takes https and probe_port plain http: give them different ones")
        return self

    @property
    def tls(self) -> bool:
        """Whether this server itself speaks https."""
        return self.tls_cert is not None

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def url(self) -> str:
        """The address that is in every link: `public_url`, else the one listened on."""
        if self.public_url:
            return self.public_url
        host = lan_address() if self.host in ANYWHERE else self.host
        return _origin("https" if self.tls else "http", host, self.port)

    @property
    def secure(self) -> bool:
        """Whether browsers reach the server over https, so that cookies can be bound to it."""
        return self.url.startswith("https://")

    @property
    def plain_lan(self) -> bool:
        """Whether people use it over a network without TLS: every page has to say so."""
        return not self.secure and not self.loopback

    @property
    def origins(self) -> frozenset[str]:
        """The exact web origins whose pages may talk to this server."""
        scheme = "https" if self.tls else "http"
        hosts = {self.host}
        if self.host in ANYWHERE:
            hosts = {lan_address(), "127.0.0.1", "localhost"}
        elif self.loopback:
            hosts |= {"127.0.0.1", "localhost"}
        own = {_origin(scheme, host, self.port) for host in hosts}
        return frozenset({_normal(origin) for origin in (self.url, *self.allowed_origins)} | own)


def _file_source(settings_cls: type[BaseSettings], path: Path) -> TomlConfigSettingsSource:
    if not path.is_file():
        raise SettingsError(f"there is no file {path}, which {FILE_VARIABLE} names")
    try:
        return TomlConfigSettingsSource(settings_cls, path)
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path}, which {FILE_VARIABLE} names: {error}") from error


def load_settings(**said: Any) -> Settings:
    """The settings; `said` is what the command line says (`None`: nothing)."""
    return Settings(**{name: value for name, value in said.items() if value is not None})


_REFERENCE_HEAD = (
    f"By environment, each with `{PREFIX}` before its name in capitals; or in a TOML file that "
    f"`{FILE_VARIABLE}` names. The environment goes before the file, the command line before both."
)


def settings_reference() -> str:
    """Every setting as a table in Markdown."""
    lines = [
        "# Settings: reference",
        "",
        "Generated from `app/settings.py`; do not edit.",
        "",
        _REFERENCE_HEAD,
        "",
        "| Setting | Default | Meaning |",
        "|---|---|---|",
    ]
    for name, field in Settings.model_fields.items():
        default = "" if field.default in (None, "", (), SecretStr("")) else f"`{_shown(field.default)}`"
        lines.append(f"| `{name}` | {default} | {field.description} |")
    return "\n".join([*lines, ""])


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _origin(scheme: str, host: str, port: int) -> str:
    name = f"[{host}]" if ":" in host else host
    return _normal(f"{scheme}://{name}:{port}")


def _normal(origin: str) -> str:
    """As a browser sends it: small letters, and no port where it is the scheme's own."""
    origin = origin.lower()
    own = ":443" if origin.startswith("https:") else ":80"
    return origin.removesuffix(own)


def lan_address() -> str:
    """The address of this machine in its network, as far as it can be told without asking anybody."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # a datagram socket sends nothing when it connects
        except OSError:
            return "127.0.0.1"
        name: str = probe.getsockname()[0]
        return name
