"""What a test may need that not every machine has: a browser, root, tools, a PostgreSQL server.

A test that lacks something is skipped with a reason that begins with `needs`; under REQUIRE_ALL=1
nothing may be skipped, for whatever reason.
"""

import os
import shutil
from pathlib import Path

import pytest

from tests.log import postgres_server

REQUIRE_ALL = os.environ.get("REQUIRE_ALL") == "1"


def chromium() -> str | None:
    """The browser of this machine: $CHROMIUM, else what the system calls chromium or chrome."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if (path := shutil.which(name))), None)


def missing(item: pytest.Item) -> list[str]:
    """What this test needs and this machine has not."""
    lacks = []
    if item.get_closest_marker("browser") and chromium() is None:
        lacks.append("chromium")
    if root := item.get_closest_marker("root"):
        if os.geteuid() != 0:
            lacks.append("root")
        lacks += [tool for tool in root.args if shutil.which(tool) is None]
    if item.get_closest_marker("postgres"):
        lacks += postgres_server.lacks()
    return lacks
