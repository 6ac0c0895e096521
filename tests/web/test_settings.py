"""At stake: a knob that nobody can find, and an address that lets a network in unseen."""

import asyncio
import tomllib
from pathlib import Path

import pytest
from pydantic import ValidationError

from app.core.capability import Role
from app.core.commands import OpenVoting, StartMeeting
from app.core.ids import QuestionId
from app.core.receipts import Accepted
from app.main import build
from app.plan import PLANS
from app.realtime.clock import ScaledClock, SteppedClock
from app.settings import Settings, load_settings, settings_reference
from tests.fakes import until

BARE = ("port", "probe_port", "rehearsal_port", "wrong_codes_free")
UNITS = ("_ms", "_seconds", "_minutes", "_hours", "_bytes", "_kib", "_connections", "_objects")


@pytest.mark.parametrize("name", list(Settings.model_fields))
def test_every_setting_has_its_words_in_the_reference(name: str) -> None:
    field = Settings.model_fields[name]
    assert field.description
    assert field.description.endswith(".")
    assert f"| `{name}` |" in settings_reference()


@pytest.mark.parametrize(
    "name", [n for n, f in Settings.model_fields.items() if f.annotation in (int, float)]
)
def test_a_number_carries_its_unit_last(name: str) -> None:
    bare = name.removesuffix("_max").removesuffix("_min")
    assert name in BARE or bare != name or bare.endswith(UNITS)


def test_the_environment_goes_before_the_file_and_the_command_line_before_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "town.toml"
    file.write_text('port = 1\nhost = "127.0.0.2"\nlog_level = "error"\n')
    tomllib.loads(file.read_text())
    monkeypatch.setenv("TOWNMEETING_SETTINGS_FILE", str(file))
    monkeypatch.setenv("TOWNMEETING_PORT", "2")
    monkeypatch.setenv("TOWNMEETING_LOG_LEVEL", "debug")
    made = load_settings(log_level="warning", data_dir=None)
    assert (made.host, made.port, made.log_level) == ("127.0.0.2", 2, "warning")


def test_an_unknown_setting_in_the_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "town.toml"
    file.write_text("prot = 1\n")
    monkeypatch.setenv("TOWNMEETING_SETTINGS_FILE", str(file))
    with pytest.raises(ValidationError):
        Settings()


@pytest.mark.parametrize("url", ["meeting.example.org", "https://a.org/path", "ftp://a.org", "https://"])
def test_a_public_url_is_an_origin(url: str) -> None:
    with pytest.raises(ValidationError):
        Settings(public_url=url)


def test_a_certificate_without_its_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValidationError):
        Settings(tls_cert=tmp_path / "cert.pem")


def test_origins_are_exactly_those_of_the_links_and_of_the_address() -> None:
    made = Settings(public_url="https://meeting.example.org:443", host="127.0.0.1", port=8021)
    assert made.secure
    assert not made.plain_lan
    assert made.origins == {
        "https://meeting.example.org",
        "http://127.0.0.1:8021",
        "http://localhost:8021",
    }


def test_a_plain_address_in_a_network_is_named_as_such() -> None:
    assert Settings(host="192.168.1.2").plain_lan
    assert not Settings(host="127.0.0.1").plain_lan
    assert not Settings(host="::1").plain_lan


@pytest.mark.parametrize(("grace_ms", "speed"), [(0, 1), (60_000, 1), (60_000, 1_000)])
async def test_the_grace_after_a_restart_is_the_settings_and_real_time(
    settings: Settings, grace_ms: int, speed: int
) -> None:
    start_ms = 1_790_000_000_000
    server = build(settings, clock=SteppedClock(start_ms))
    await server.house.open()
    meeting = await server.house.create_meeting((PLANS / "rehearsal.yaml").read_text(encoding="utf-8"))
    organiser = next(
        way.capability for way in await server.house.links(meeting) if way.capability.role is Role.ORGANISER
    )
    for said in (StartMeeting(), OpenVoting(QuestionId("practice"), seconds=30)):
        assert isinstance(await server.house.hall(meeting).submit(said, organiser), Accepted)
    await server.close()
    later = ScaledClock(start_ms + 3_600_000, speed)
    again = build(settings.model_copy(update={"restart_grace_ms": grace_ms}), clock=later)
    await again.house.open()
    hall = again.house.hall(meeting)
    if grace_ms == 0:
        await until(lambda: hall.meeting.questions.open is None)
    else:
        await asyncio.sleep(0.3)
        assert hall.meeting.questions.open is not None
    await again.close()
