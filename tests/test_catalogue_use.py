"""At stake: translators work on words that somebody reads. An id that nothing asks for is dead."""

import re
from functools import cache
from pathlib import Path

from app.core.errors import BUSY, REFUSALS
from app.i18n import FIRST, catalogues

ROOT = Path(__file__).parents[1]
SOURCES = (("app", "*.py"), ("templates", "*.*"), ("static/js", "*.js"))
MADE = re.compile(r"""([a-z_][a-z0-9_.]*[._])(?:\$?\{|["'`]\s*[~+])""")
"""The beginning of an id whose end is put in: `scene.${kind}`, f"role.{role}", "page." ~ page."""

CODES = {f"refusal.{code}" for code in REFUSALS} | {f"busy.{code}" for code in BUSY}
"""Sentences of codes: the edge makes these ids."""

BY_THE_PLAN = ("sector.", "recruitment.", "plan_problem.", "date.", "number.", "language.")
"""Ids of what a plan may say, and of formats."""


@cache
def source() -> str:
    files = (path for folder, glob in SOURCES for path in sorted((ROOT / folder).rglob(glob)))
    return "".join(path.read_text(encoding="utf-8") for path in files if "vendor" not in path.parts)


def dead(ids: set[str], text: str) -> list[str]:
    """Ids that the text neither names nor can make."""
    named = set(re.findall(r"""["'`]([a-z][a-z0-9_.]+)["'`]""", text))
    made = {start for start in MADE.findall(text) if "." in start}
    return sorted(
        each
        for each in ids - named
        if not each.startswith(BY_THE_PLAN) and not any(each.startswith(start) for start in made)
    )


def test_every_id_is_asked_for() -> None:
    ids = {key.partition("#")[0] for key in catalogues().catalogue(FIRST).texts}
    assert dead(ids - CODES, source()) == []


def test_control_an_id_that_nobody_asks_for_is_dead() -> None:
    text = "t('ui.log_in') t(`scene.${kind}`) { kinds: ('kind.',) }"
    assert dead({"ui.log_in", "scene.title", "kind.pick", "ui.gone"}, text) == ["kind.pick", "ui.gone"]
