"""`verify.html`, the recount as one page that opens from disk: a second implementation, in JavaScript.

Its source are the modules in `static/js/recount`, which import each other and nothing else. They are joined
here into one script, in the order of their imports, so that an export needs no tool but this program. The
page has a content policy with the hashes of its one script and one style: it can load and send nothing.
"""

import base64
import hashlib
import json
import re
from functools import cache

from app.i18n import catalogues
from app.report.render_html import ROOT, TEMPLATES
from app.verify import WORDS

MODULES = ROOT / "static" / "js" / "recount"
ENTRY = "page.js"
STYLES = ("tokens.css", "recount.css")
_IMPORT = re.compile(r"^import \{[^}]*\} from '\./([a-z0-9_]+\.js)';\n", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=const|class|function)", re.MULTILINE)
_PLACE = re.compile(r'\{\{ (\w+)(?:\["(\w+)"\]\["([\w.]+)"\])? \}\}')


def joined(entry: str = ENTRY) -> str:
    """The modules from `entry` down as one script, each after those that it imports.

    A cycle is no fault by itself: names of functions are looked up when they are called.
    """
    done: dict[str, str] = {}

    def add(name: str) -> None:
        if name in done:
            return
        source = (MODULES / name).read_text(encoding="utf-8")
        done[name] = ""
        for imported in _IMPORT.findall(source):
            add(imported)
        del done[name]  # its place is after what it imports
        done[name] = f"// --- {name}\n{_EXPORT.sub('', _IMPORT.sub('', source))}"

    add(entry)
    return "'use strict';\n" + "\n".join(done.values())


@cache
def verify_html() -> bytes:
    """The whole page."""
    script = f"(() => {{\n{joined()}}})();\n"
    style = "".join((ROOT / "static" / "css" / name).read_text(encoding="utf-8") for name in STYLES)
    texts = {language: _texts(language) for language in WORDS}
    told = json.dumps({"texts": texts, "words": WORDS}, ensure_ascii=False, sort_keys=True).replace(
        "<", "\\u003c"
    )
    assert "</" not in script, "a script ends at the first </"
    filling = {
        "script": f"<script>{script}</script>", "style": f"<style>{style}</style>", "told": told,
        "script_hash": _hash(script), "style_hash": _hash(style),
    }  # fmt: skip

    def fill(place: re.Match[str]) -> str:
        name, language, id_ = place.groups()
        return texts[language][id_] if name == "texts" else filling[name]

    return _PLACE.sub(fill, (TEMPLATES / "verify.html").read_text(encoding="utf-8")).encode()


def _texts(language: str) -> dict[str, str]:
    found = catalogues().catalogue(language).texts
    return {id_: text for id_, text in sorted(found.items()) if id_.startswith("recount.")}


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
