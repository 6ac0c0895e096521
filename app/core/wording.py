"""Makes the texts of a command fit to keep: normalised, bounded, in the meeting's languages.

Done once, before anything else looks at a command, so that a command sent
again is compared with what the log holds.
"""

from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar, cast

from app.core import ballots
from app.core.commands import PrepareMeeting
from app.core.errors import Refusal
from app.core.text import clean, clean_texts

LIMITS = {"title": 300, "text": 500, "reason": 500, "label": 100, "unit": 40}

C = TypeVar("C")


def tidy(command: C, languages: Sequence[str]) -> C:
    """The same command with its texts cleaned and its choices in canonical form.

    Raises:
        Refusal: text_empty, text_too_long, unknown_language.
    """
    if isinstance(command, PrepareMeeting):
        return command
    return _tidied(command, languages)


def _tidied(thing: C, languages: Sequence[str]) -> C:
    changes: dict[str, Any] = {}
    for f in fields(cast(Any, thing)):
        value = getattr(thing, f.name)
        tidied = _value(f.name, value, languages)
        if tidied is not value:
            changes[f.name] = tidied
    return cast(C, replace(cast(Any, thing), **changes)) if changes else thing


def _value(name: str, value: Any, languages: Sequence[str]) -> Any:
    if name == "choices":
        return ballots.canonical(value)
    if name in LIMITS:
        return _text(value, LIMITS[name], languages)
    if name == "language" and isinstance(value, str) and value not in languages:
        raise Refusal("unknown_language", language=value[:16])
    if name in ("options", "scale") and isinstance(value, tuple):
        return tuple(_tidied(v, languages) if is_dataclass(v) else v for v in value)
    return value


def _text(value: Any, limit: int, languages: Sequence[str]) -> Any:
    if isinstance(value, dict):
        return clean_texts(value, languages, limit)
    if isinstance(value, str) and value:
        return clean(value, limit)
    return value
