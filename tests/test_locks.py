"""At stake: that every machine installs the same bytes, from whichever registry it trusts."""

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", "requirements-postgres.txt"])
def test_the_python_lock_holds_hashes_and_no_address(name: str) -> None:
    lines = (ROOT / name).read_text().splitlines()
    pins = [line for line in lines if "==" in line and not line.startswith(("#", " "))]
    assert pins
    assert all(line.endswith("\\") for line in pins)
    assert [line for line in lines if line.startswith("--") or "://" in line] == []


def test_the_npm_lock_holds_hashes_and_no_address() -> None:
    packages: dict[str, dict[str, object]] = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert all("integrity" in package for path, package in packages.items() if path)
    assert [path for path, package in packages.items() if "resolved" in package] == []
