"""Makes the texts of a command fit to keep: normalised, bounded, in the meeting's languages.

Done once, before anything else looks at a command, so that a command sent
again is compared with what the log holds.
"""

from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Any, TypeVar, cast

from app.core import ballots
from app.core.commands import PrepareMeeting
from app.core.errors import Refusal
from app.core.text import clean, clean_texts

LIMITS = {"title": 300, "text": 500, "reason": 500, "label": 100, "unit": 40}
PARTS = ("options", "scale")
_TIDIED = frozenset({"choices", "language", "scene", *LIMITS, *PARTS})

C = TypeVar("C")


def tidy(command: C, languages: Sequence[str]) -> C:
    """The same command with its texts cleaned and its choices in canonical form.

    Raises:
        Refusal: text_empty, text_too_long, unknown_language.
    """
    changes: dict[str, Any] = {}
    for name, optional in _fields(cast(Any, type(command))):
        value = getattr(command, name)
        tidied = _value(name, value, languages, optional=optional)
        if tidied is not value:
            changes[name] = tidied
    return cast(C, replace(cast(Any, command), **changes)) if changes else command


@cache
def _fields(cls: type) -> tuple[tuple[str, bool], ...]:
    """The fields of a class that are tidied, each with whether it may be left empty."""
    if cls is PrepareMeeting:  # a plan was checked when it was read
        return ()
    return tuple((f.name, f.default in ("", None)) for f in fields(cls) if f.name in _TIDIED)


def _value(name: str, value: Any, languages: Sequence[str], *, optional: bool) -> Any:
    if name == "choices":
        return ballots.canonical(value)
    if name in LIMITS:
        return _text(value, LIMITS[name], languages, optional=optional)
    if name == "language" and value is not None:
        _check_languages((value,), languages)
    if name == "scene":
        _check_languages(value.languages, languages)
    if name in PARTS and isinstance(value, tuple):
        return tuple(tidy(v, languages) if is_dataclass(v) else v for v in value)
    return value


def _check_languages(said: Sequence[str], languages: Sequence[str]) -> None:
    for language in said:
        if language not in languages:
            raise Refusal("unknown_language", language=language[:16])


def _text(value: Any, limit: int, languages: Sequence[str], *, optional: bool) -> Any:
    if isinstance(value, dict):
        return clean_texts(value, languages, limit)
    if isinstance(value, str) and not (optional and not value.strip()):
        return clean(value, limit)
    return "" if isinstance(value, str) else value
