"""Runs a server's program on another copy of the static files, as after an update.

python tests/browser/other_static.py FOLDER python PROGRAM ARGUMENTS ...
"""

import runpy
import sys
from pathlib import Path

from app.web import assets

if __name__ == "__main__":
    folder, _, program, *arguments = sys.argv[1:]
    assets.ROOT = Path(folder)
    assets.STATIC = assets.ROOT / "static"
    sys.argv = [program, *arguments]
    runpy.run_path(program, run_name="__main__")
