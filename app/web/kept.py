"""What a browser keeps of a page, so that it opens again without a line; and the worker that keeps it.

A kept page is its template's files with everything that they import, named with their SHA-256, so
that the worker keeps one version whole or none. Knows files only; which page is whose stays with
`pages.py`.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import PurePosixPath
from typing import Any

from app.web.assets import ROOT, assets_version
from app.web.templating import TEMPLATES

KEPT: Mapping[str, str] = {"table": "pages/table.html", "seat": "pages/seat.html"}
"""The pages that are kept, with the template of each."""

KEEP_HEADER = "Town-Keep"
"""Says of a page that it may be kept, and of which version of the static files it is."""

WORKER = ROOT / "static" / "js" / "worker" / "service-worker.js"

_NAMED = re.compile(r"""["'(](/static/[\w./-]+\.(?:js|css|woff2))["')]""")
_IMPORTED = re.compile(
    r"""^(?:import|export)\b[^;'"]*["']([./][\w./-]+\.js)["']|await import\(["']([./][\w./-]+\.js)["']\)""",
    re.MULTILINE,
)
_STYLED = re.compile(r"""url\(["']?([\w./-]+\.(?:css|woff2))["']?\)""")


@cache
def worker_script() -> str:
    """The service worker: its source, behind the paths of the pages that it keeps.

    Its bytes are the same in every version of the pages. A browser takes a changed worker for another one,
    and that takes the place of the first only when the first has nothing to do: in mid-day, never.
    """
    paths = json.dumps([f"/{page}" for page in KEPT])
    return f"self.PAGES = {paths};\n" + WORKER.read_text(encoding="utf-8")


@cache
def kept_files() -> dict[str, Any]:
    """What it is to keep: `version` of the static files, and by page its `files` with their SHA-256."""
    return {
        "version": assets_version(),
        "files": {f"/{page}": files_of(template) for page, template in KEPT.items()},
    }


def files_of(template: str) -> dict[str, str]:
    """The static files that a page of this template needs, by path, each with its SHA-256 in hex."""
    found: dict[str, str] = {}
    waiting = list(_in_template(template))
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        data = (ROOT / path.lstrip("/")).read_bytes()
        found[path] = hashlib.sha256(data).hexdigest()
        waiting += _in_file(path, data)
    return dict(sorted(found.items()))


def _in_template(template: str) -> Iterator[str]:
    """The files that a template names, and those of the template that it extends."""
    text = (TEMPLATES / template).read_text(encoding="utf-8")
    yield from _NAMED.findall(text)
    for parent in re.findall(r'{% extends "([\w./-]+)" %}', text):
        yield from _in_template(parent)


def _in_file(path: str, data: bytes) -> Iterator[str]:
    """The files that a module imports, or a style sheet asks for."""
    suffix = PurePosixPath(path).suffix
    named = {".js": _IMPORTED, ".css": _STYLED}.get(suffix)
    for match in named.finditer(data.decode("utf-8")) if named else ():
        name = next(group for group in match.groups() if group)
        yield name if name.startswith("/") else _beside(path, name)


def _beside(path: str, name: str) -> str:
    """A relative name, seen from the file that says it."""
    parts: list[str] = list(PurePosixPath(path).parent.parts)
    for part in PurePosixPath(name).parts:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return str(PurePosixPath(*parts))
