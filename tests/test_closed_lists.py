"""At stake: what the core knows and a page does not offer is out of reach for whoever uses the page."""

import re
from enum import StrEnum
from pathlib import Path

import pytest

from app.core.commands import HelpKind, IdeaKind
from app.core.planned import Kind, Purpose, Standing

STATIC = Path(__file__).parents[1] / "static" / "js"
LISTS: dict[str, tuple[str, type[StrEnum]]] = {
    "town-help.js KINDS": ("elements", HelpKind),
    "town-people.js STANDINGS": ("elements", Standing),
    "idea-row.js KINDS": ("elements", IdeaKind),
    "desk-pulse.js KINDS": ("elements", IdeaKind),
    "question_draft.js KINDS": ("models", Kind),
    "question_draft.js PURPOSES": ("models", Purpose),
    "question_draft.js STANDINGS": ("models", Standing),
    "plan_form.js KINDS": ("models", Kind),
    "figures.js STANDINGS": ("recount", Standing),
    "figures.js IDEA_KINDS": ("recount", IdeaKind),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_of_the_pages_is_the_cores(name: str) -> None:
    folder, kinds = LISTS[name]
    file, _, constant = name.partition(" ")
    found = re.search(rf"const {constant} = .*?\[(.*?)\]", (STATIC / folder / file).read_text())
    assert found is not None
    assert sorted(re.findall(r"'(\w+)'", found[1])) == sorted(kinds)
