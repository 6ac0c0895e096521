"""A way to read the plan's data that reports instead of raising.

The schema has spoken about shapes before; a view of something of the wrong shape is simply empty,
so that every problem of a plan is found in one reading.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from app.core.errors import Param, Refusal
from app.core.ids import Text, is_planned_id
from app.core.text import clean
from app.plan.source import Path, Place, Source

LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})?\Z")
LINE_MAX = 200
PARAGRAPH_MAX = 2_000
PAGE_MAX = 20_000

Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(slots=True)
class View:
    """A value of the plan and where it is. `languages` are those that the plan declares."""

    source: Source
    value: Any
    path: Path = ()
    languages: tuple[str, ...] = ()

    def at(self, key: str) -> "View":
        value = self.value.get(key) if isinstance(self.value, dict) else None
        return View(self.source, value, (*self.path, key), self.languages)

    def has(self, key: str) -> bool:
        return isinstance(self.value, dict) and key in self.value

    def each(self) -> Iterator["View"]:
        """The things of a list."""
        if isinstance(self.value, list):
            for number, value in enumerate(self.value):
                yield View(self.source, value, (*self.path, number), self.languages)

    def fields(self) -> Iterator[tuple[str, "View"]]:
        """The entries of a map."""
        if isinstance(self.value, dict):
            for key in self.value:
                yield key, self.at(key)

    def report(self, code: str, *, at_key: bool = False, **params: Param) -> None:
        self.source.report(code, self.path, at_key=at_key, **params)

    def place(self) -> Place:
        return self.source.place(self.path)

    def integer(self, default: int) -> int:
        return self.value if isinstance(self.value, int) and not isinstance(self.value, bool) else default

    def flag(self) -> bool:
        return self.value is True

    def word(self) -> str:
        """A text without language, as it stands; empty where there is none."""
        return self.value if isinstance(self.value, str) else ""

    def line(self) -> str | None:
        """A text without language, cleaned."""
        return self._cleaned(LINE_MAX) or None

    def name(self) -> str:
        """An id, or where an id is said to be; a whole number is one too."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | str):
            return ""
        text = str(self.value)
        if not is_planned_id(text):
            self.report("bad_id", value=text[:40])
        return text

    def one_of(self, choices: type[Choice], default: Choice) -> Choice:
        known = isinstance(self.value, str) and self.value in set(choices)
        return choices(self.value) if known else default

    def language(self) -> str | None:
        """A language that the plan declares."""
        if not isinstance(self.value, str):
            return None
        if self.value not in self.languages:
            self.report("language_not_declared", language=self.value[:40])
        return self.value

    def text(self, limit: int = LINE_MAX) -> Text:
        """A wording in every language of the plan, cleaned; empty where it is not said or wrong."""
        if isinstance(self.value, dict):
            return self._by_language(limit)
        if self.value is None or isinstance(self.value, bool | list):
            return {}
        if len(self.languages) > 1:
            self.report("text_needs_languages")
            return {}
        cleaned = self._cleaned(limit)
        return {language: cleaned for language in self.languages if cleaned}

    def maybe_text(self, limit: int = LINE_MAX) -> Text | None:
        return self.text(limit) or None

    def texts(self) -> tuple[Text, ...]:
        return tuple(view.text() for view in self.each())

    def _by_language(self, limit: int) -> Text:
        for language, view in self.fields():
            if language not in self.languages and self.languages and LANGUAGE.match(language):
                view.report("language_not_declared", at_key=True, language=language[:40])
        for language in self.languages:
            if not self.has(language):
                self.report("language_missing", language=language)
        worded = {language: self.at(language)._cleaned(limit) for language in self.languages}
        return {language: words for language, words in worded.items() if words}

    def _cleaned(self, limit: int) -> str:
        if isinstance(self.value, bool) or not isinstance(self.value, int | str):
            return ""
        try:
            return clean(str(self.value), limit, lines=limit > LINE_MAX)
        except Refusal as refusal:
            if refusal.code == "text_empty":
                self.report("empty_text")
            else:
                self.report("too_long", limit=limit)
            return ""


@dataclass(slots=True)
class Ids:
    """Ids of one sort, each once."""

    seen: dict[str, Place] = field(default_factory=dict)

    def take(self, view: View, default: str = "") -> str:
        """The id that a thing has; reports one that is taken."""
        own = view.at("id")
        name = own.name() or default
        self.note(own if own.value is not None else view, name)
        return name

    def note(self, view: View, name: str) -> bool:
        """Whether the id was free."""
        if name in self.seen:
            view.report("duplicate_id", value=name, line=self.seen[name].line)
            return False
        if name:
            self.seen[name] = view.place()
        return True
