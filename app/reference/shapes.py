"""How the reference writes types, fields and defaults."""

import inspect
import types
from collections.abc import Iterable, Iterator
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from typing import Annotated, Any, NewType, Union, get_args, get_origin, get_type_hints

import msgspec

from app.core.ids import Text


def docstring(cls: type) -> str:
    """A docstring as paragraphs, without the indents of its source."""
    return inspect.cleandoc(cls.__doc__ or "")


def table(*heads: str) -> list[str]:
    """The head of a table."""
    return ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]


def row(*cells: str) -> str:
    """A row of a table."""
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def type_text(hint: Any) -> str:
    """A type in few words, with links to those that have a section in docs/reference/types.md."""
    if hint == Text:
        return "text by language"
    if hint is msgspec.Raw:
        return "any JSON"
    if isinstance(hint, NewType):
        return "id" if hint.__supertype__ is str else type_text(hint.__supertype__)
    if isinstance(hint, type) and (is_dataclass(hint) or issubclass(hint, Enum)):
        return f"[{hint.__name__}](types.md#{hint.__name__.lower()})"
    origin, args = get_origin(hint), get_args(hint)
    if origin is None:
        return {str: "text", int: "integer", bool: "yes/no", bytes: "bytes"}.get(
            hint, getattr(hint, "__name__", str(hint))
        )
    if origin is Annotated:
        return type_text(args[0])
    if origin in (Union, types.UnionType):
        return " or ".join("null" if arg is types.NoneType else type_text(arg) for arg in args)
    if origin is tuple:
        if args[-1] is ...:
            return f"list of {type_text(args[0])}"
        return "[" + ", ".join(type_text(arg) for arg in args) + "]"
    return f"map of {type_text(args[0])} to {type_text(args[1])}"


def default_text(default: Any) -> str:
    """A default as it would stand in a frame; nothing where the field must be there."""
    if default is MISSING or default is msgspec.NODEFAULT:
        return ""
    return f"`{msgspec.json.encode(default).decode()}`"


def field_rows(cls: type, which: Iterable[Field[Any]]) -> Iterator[str]:
    """A row for each of these fields of a dataclass."""
    hints = get_type_hints(cls)
    for f in which:
        yield row(f"`{f.name}`", type_text(hints[f.name]), default_text(f.default))


def named_types(roots: Iterable[type]) -> list[type]:
    """Every enumeration and dataclass that the fields of these types mention, by name."""
    found: dict[str, type] = {}

    def look(hint: Any) -> None:
        for arg in get_args(hint):
            look(arg)
        if not isinstance(hint, type) or hint.__name__ in found:
            return
        if issubclass(hint, Enum) or is_dataclass(hint):
            found[hint.__name__] = hint
            inside(hint)

    def inside(cls: type) -> None:
        if is_dataclass(cls):
            hints = get_type_hints(cls)
            for f in fields(cls):
                look(hints[f.name])

    for root in roots:
        inside(root)
    return [found[name] for name in sorted(found)]
