"""Writes the frozen exports that both recounts must read for ever: python -m tests.golden_exports NAME

Of an export are kept the files that the recounts read. One that is there is never written again.
"""

import asyncio
import hashlib
import json
import sys
import zipfile
from pathlib import Path

from app.log.chain import canonical
from tests.report.hall import Hall, day, files
from tests.test_verify_restored import a_day

FOLDER = Path(__file__).parent / "golden" / "exports"
KEPT = ("log.ndjson", "segments.ndjson", "genesis.json", "plan.json", "figures.json", "choices/")


def small(export: bytes) -> dict[str, bytes]:
    """What the recounts read of an export, with a manifest that lists it."""
    content = files(export)
    kept = {name: data for name, data in content.items() if name.startswith(KEPT)}
    manifest = json.loads(content["manifest.json"])
    manifest["files"] = {name: hashlib.sha256(data).hexdigest() for name, data in sorted(kept.items())}
    return kept | {"manifest.json": canonical(manifest)}


async def write(name: str) -> None:
    """Freeze both exports of a whole day, and of one that was restored."""
    FOLDER.mkdir(exist_ok=True)
    halls: dict[str, Hall] = {"day": await day(), "restored": await a_day()}
    for what, hall in halls.items():
        for kind, export in (("audit", await hall.audit()), ("public", await hall.public())):
            path = FOLDER / f"{name}-{what}-{kind}.zip"
            assert not path.exists(), f"{path} is frozen"
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
                for each, data in small(export).items():
                    out.writestr(zipfile.ZipInfo(each), data, zipfile.ZIP_DEFLATED)


if __name__ == "__main__":
    asyncio.run(write(sys.argv[1]))
