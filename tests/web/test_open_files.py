"""At stake: a machine gives a program 1,024 open files at first, and the thousandth phone is turned away."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SAYS = """
import json, resource
from app.settings import Settings
from app.web.serving import raise_open_files
resource.setrlimit(resource.RLIMIT_NOFILE, (256, {hard}))
raise_open_files(Settings(connections_max={connections}))
print(json.dumps(resource.getrlimit(resource.RLIMIT_NOFILE)))
"""


@pytest.mark.parametrize(
    ("connections", "hard", "soft"),
    [
        (1_000, 4_096, 1_500),  # what its connections need, and no more
        (14_000, 4_096, 4_096),  # or as many as may be had
        (10, 4_096, 510),
    ],
)
def test_the_server_asks_for_the_open_files_that_it_needs(connections: int, hard: int, soft: int) -> None:
    code = SAYS.format(hard=hard, connections=connections)
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [soft, hard]
