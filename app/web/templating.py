"""Pages from templates: escaped, complete, with the texts of a language at hand."""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.core.ids import Text
from app.i18n import available, catalogue_json, has, sentence, shown, text_in, whole

TEMPLATES = Path(__file__).parents[2] / "templates"


@cache
def environment() -> Environment:
    """The templates, read once."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(name: str, language: str, **more: Any) -> str:
    """A page.

    Args:
        name: Of the template.
        language: Of the reader; `t` in the template gives texts in it, `say` a wording, `own_names` what
            each language calls itself.
        more: What else the template uses.
    """
    words = {
        "lang": language,
        "t": teller(language),
        "say": sayer(language),
        "has": has,
        "own_names": own_names,
    }
    return environment().get_template(name).render(**words, **more)


def teller(language: str) -> Callable[..., str]:
    """A function that gives the text of an id in the language."""

    def t(key: str, **params: str | int) -> str:
        return shown(language, key, **params)

    return t


def sayer(language: str) -> Callable[[Text], str]:
    """A function that gives a wording in the language, else in the first that it has."""
    return lambda texts: whole(text_in(texts, language)[0])


SHARED_TEXTS = ("ui.", "fate.", "count.", "base.", "option.", "refusal.too_many_choices")
"""What every page has words of in the browser, by the beginnings of ids."""

FORM_TEXTS = ("scene.", "kind.", "phase.", "role.", "field.", "level_promise.", "command.")
"""What the plain pages need besides, with a form for every command."""

PLAIN_TEXTS = (
    "question_state.", "report.item.", "idea_kind.", "help_kind.", "purpose.", "standing.", "visibility.",
    "channel.", "level.", "choice.", "told.",
)  # fmt: skip
"""What the plain pages say besides of what the meeting tells (pages/state.js)."""

AIR_TEXTS = ("air.", "scene.", "level.", "level_promise.", "standing.", "question_state.", "date.")
"""What a page needs that says what is on the plenary screen."""

FILE_TEXTS = (
    "report.pdf_language", "report.in_", "report.thai_digits", "report.get_pdf", "report.making",
    "report.made", "report.read_page", "report.data", "report.table.", "report.as_json", "report.full",
    "report.personal", "report.erratum_recovered",
)  # fmt: skip
"""What the report to take along needs (report-files.js), and what a correction of the server's own says."""

PAGE_TEXTS: Mapping[str, tuple[str, ...]] = {
    "console": (
        *FORM_TEXTS,
        *AIR_TEXTS,
        *FILE_TEXTS,
        "closes.",
        "follower.",
        "sample.",
        "choice.",
        "help_kind.",
        "purpose.",
        "visibility.",
    ),
    "seat": (*AIR_TEXTS, "kind.", "command.withdraw_ballot", "command.ask_more_time", "command.join_seat"),
    "table": (
        "closes.",
        "kind.",
        "idea_kind.",
        "help_kind.",
        "standing.",
        "role.",
        "date.clock",
        "command.withdraw_ballot",
        "command.ask_more_time",
    ),
    "screen": AIR_TEXTS,
    "area": ("help_kind.", "sample.", "command.enter_hands", "channel.", "kind.", "table.number"),
    "expert": ("themes.missing", "themes.no_words"),
    "themes": ("idea_kind.", "kind.", "question_state.", "role."),
    "listen": AIR_TEXTS,
    "stage": ("date.clock", "air.average_of"),
    "report": ("percent.", "level.", "level_promise.", "standing.", "role.", "date."),
    "organiser": (*FORM_TEXTS, "follower.", "date.", "plan_problem.too_large"),
    "login": FORM_TEXTS,
}
"""What a page needs besides its own words, whose ids begin with its name (`table.`)."""


@cache
def browser_texts(page: str, languages: tuple[str, ...], *, forms: bool = False) -> dict[str, dict[str, str]]:
    """The texts that a page makes sentences of in the browser, by language.

    Args:
        page: Its name.
        languages: Which; a page that shows one language needs no other.
        forms: Whether it has a form for every command.
    """
    wanted = (
        *SHARED_TEXTS,
        f"{page}.",
        *PAGE_TEXTS.get(page, ()),
        *((*FORM_TEXTS, *PLAIN_TEXTS) if forms else ()),
    )
    return {
        language: {key: text for key, text in catalogue_json(language).items() if key.startswith(wanted)}
        for language in languages
    }


SCENE_TEXTS = (*AIR_TEXTS, "count.", "base.", "option.", "ui.not_shown_yet")
"""What a picture of the plenary screen needs, in each of its languages."""

WITH_PICTURES = frozenset({"console", "listen"})
"""Pages that say what the screen says, also in languages that their reader does not read."""


def page_texts(page: str, languages: tuple[str, ...], *, forms: bool = False) -> dict[str, dict[str, str]]:
    """As `browser_texts`; with the words of scenes in every language where the page draws the screen."""
    texts = browser_texts(page, languages, forms=forms)
    if page not in WITH_PICTURES or forms:
        return texts
    others = [language for language in available() if language not in languages]
    scenes = {
        language: {k: text for k, text in catalogue_json(language).items() if k.startswith(SCENE_TEXTS)}
        for language in others
    }
    return texts | scenes


@cache
def own_names() -> dict[str, str]:
    """What each language calls itself."""
    return {language: sentence(language, "language.own_name") for language in available()}
