"""At stake: a container that starts, and is called healthy only while its server is. No engine is needed."""

import asyncio
import json
import re
import subprocess
from pathlib import Path

import pytest

from app.cli import main
from app.demo.process import ServerProcess
from app.settings import Settings
from app.web.serving import InsecureAddress, bound
from tests.running import free_port

DOCKERFILE = (Path(__file__).parents[1] / "Dockerfile").read_text()
TLS = Path(__file__).parent / "security"
PORT = "8021"


def checked(port: int) -> int:
    """The exit code of the health check, asked of another port."""
    [said] = re.findall(r"^HEALTHCHECK .*?CMD (.*)$", DOCKERFILE, re.MULTILINE)
    return subprocess.run(["sh", "-c", said.replace(PORT, str(port))], check=False, timeout=60).returncode


def test_what_starts_is_a_command_of_ours(capsys: pytest.CaptureFixture[str]) -> None:
    [entry] = re.findall(r"^ENTRYPOINT (.*)$", DOCKERFILE, re.MULTILINE)
    program, *arguments = json.loads(entry)
    assert program == "townmeeting"
    with pytest.raises(SystemExit) as ended:
        main([*arguments, "--help"])
    assert ended.value.code == 0
    assert "--tls-cert" in capsys.readouterr().out


def test_beyond_the_machine_it_starts_with_tls_or_on_purpose_only() -> None:
    assert '"--host", "0.0.0.0"' in DOCKERFILE
    port = free_port()
    with pytest.raises(InsecureAddress):
        bound(Settings(host="0.0.0.0", port=port))
    for how in ({"tls_cert": TLS / "tls_cert.pem", "tls_key": TLS / "tls_key.pem"}, {"insecure_lan": True}):
        bound(Settings(host="0.0.0.0", port=port, **how)).close()
    flags = re.findall(r"--[a-z-]+", DOCKERFILE.partition("FROM")[0])
    assert flags == ["--tls-cert", "--tls-key", "--insecure-lan"]


@pytest.mark.parametrize("knobs", [{}, {"tls_cert": TLS / "tls_cert.pem", "tls_key": TLS / "tls_key.pem"}])
async def test_the_health_check_is_answered_with_and_without_tls(
    tmp_path: Path, knobs: dict[str, Path]
) -> None:
    port = free_port()
    settings = {"data_dir": tmp_path / "data", "port": port, **knobs}
    server = await ServerProcess.start(settings, speed=1, starts="2026-01-01", log=tmp_path / "server.log")
    try:
        assert await asyncio.to_thread(checked, port) == 0
    finally:
        await server.stop()
    assert await asyncio.to_thread(checked, port) == 1, "the control: nobody is there"
