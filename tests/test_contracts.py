"""At stake: the direction of imports.

Each contract of pyproject.toml holds on an empty house built to the plan, and is seen to break when one
import goes the wrong way.
"""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LINT = Path(sys.executable).with_name("lint-imports")
MODULES = [
    "core.tally", "log.port", "log.memory", "log.postgres", "log.sql", "log.sqlite", "report.outline",
    "web.pages", "realtime.hub",
]  # fmt: skip


def contracts() -> dict[str, dict[str, object]]:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return {contract["id"]: contract for contract in config["tool"]["importlinter"]["contracts"]}


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """The folders of app/, empty, under the contracts of this repository."""
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    layers = contracts()["layers"]["layers"]
    assert isinstance(layers, list)
    for name in [part.strip(" ()") for layer in layers for part in layer.split("|")] + MODULES:
        path = tmp_path / "app" / name.replace(".", "/")
        path.mkdir(parents=True)
        (path / "__init__.py").touch()
    (tmp_path / "app" / "__init__.py").touch()
    return tmp_path


def broken(house: Path) -> set[str]:
    """The names of the contracts that import-linter finds broken."""
    run = subprocess.run([LINT, "--no-cache"], cwd=house, capture_output=True, text=True, check=False)
    found = {c for c, rule in contracts().items() if f"{rule['name']} BROKEN" in " ".join(run.stdout.split())}
    assert (run.returncode == 0) == (not found), run.stdout + run.stderr
    return found


def test_the_empty_house_keeps_every_contract(house: Path) -> None:
    (house / "app/core/tally/__init__.py").write_text("import dataclasses\nimport collections.abc\n")
    (house / "app/web/pages/__init__.py").write_text("import fastapi\nimport app.report.outline\n")
    (house / "app/main/__init__.py").write_text("import app.web.pages\nimport app.log.sql\n")
    assert broken(house) == set()


@pytest.mark.parametrize(
    ("where", "line", "contract"),
    [
        ("core/tally", "import app.log.port", "layers"),
        ("core/tally", "import app.settings", "layers"),
        ("verify", "import app.core.tally", "layers"),
        ("report/outline", "import app.realtime.hub", "layers"),
        ("log/port", "import app.web.pages", "layers"),
        ("attic", "", "layers"),
        ("core/tally", "import time", "pure-core"),
        ("core/tally", "from random import choice", "pure-core"),
        ("core/tally", "import asyncio", "pure-core"),
        ("core/tally", "import msgspec", "pure-core"),
        ("core", "import logging", "pure-core"),
        ("realtime/hub", "from starlette.websockets import WebSocket", "web-framework"),
        ("main", "import fastapi", "web-framework"),
        ("report/outline", "import app.log.sql", "log-adapters"),
        ("report/outline", "from app.log import memory", "log-adapters"),
        ("report/outline", "import app.log.postgres", "log-adapters"),
        ("realtime/hub", "from app.log.sqlite import SqliteStore", "log-adapters"),
        ("web/pages", "import app.log.sql", "log-adapters"),
        ("export", "import app.log.sql", "log-adapters"),
        ("backup", "import app.log.sqlite", "log-adapters"),
    ],
)
def test_an_import_the_wrong_way_breaks_its_contract(
    house: Path, where: str, line: str, contract: str
) -> None:
    module = house / "app" / where / "__init__.py"
    module.parent.mkdir(exist_ok=True)
    module.write_text(f"{line}\n")
    assert broken(house) == {contract}


def test_verify_stands_alone_on_the_standard_library() -> None:
    for path in [*ROOT.glob("app/verify.py"), *ROOT.glob("app/verify/**/*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            foreign = {name.partition(".")[0] for name in names} - sys.stdlib_module_names - {"app"}
            assert not foreign, f"{path} imports {foreign}"
