"""The recount of `verify.html` under node, for tests that compare it with `verify.py`."""

import base64
import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).resolve().parents[1]
PROCESS = ROOT / "tests" / "js" / "recount_process.js"


class JavaScript:
    """One node process that recounts; a context manager.

    Args:
        blind: It does not look at the chain: for the control of a harness.
    """

    def __init__(self, *, blind: bool = False) -> None:
        environment = os.environ | {"BLIND": "1" if blind else "0"}
        self._node = subprocess.Popen(
            ["node", PROCESS],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
            cwd=ROOT,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *fault: object) -> None:
        assert self._node.stdin is not None
        assert self._node.stdout is not None
        self._node.stdin.close()
        self._node.stdout.close()
        self._node.wait(30)

    def export(self, path: Path, *heads: str) -> dict[str, Any]:
        """The verdict on an export as it lies on the disk; it is the base of what follows."""
        return self._ask({"base": str(path), "heads": heads})

    def changed(self, files: Mapping[str, bytes | None], *heads: str) -> dict[str, Any]:
        """The verdict on the base with some files changed, added, or (None) left out."""
        content = {
            name: None if data is None else base64.b64encode(data).decode() for name, data in files.items()
        }
        return self._ask({"files": content, "heads": heads})

    def _ask(self, said: dict[str, Any]) -> dict[str, Any]:
        assert self._node.stdin is not None
        assert self._node.stdout is not None
        self._node.stdin.write(json.dumps(said) + "\n")
        self._node.stdin.flush()
        line = self._node.stdout.readline()
        assert line, "the recount ended; its error stands above"
        answer: dict[str, Any] = json.loads(line)
        return answer
