"""A form for every command that a role may give, made from the command's own fields. Pure.

The dataclasses of `core/commands.py` say which fields there are, the rights table who has which
form; here is only what a person needs instead of a raw value: a choice of what exists, a wording
in every language, an id that the page makes by itself.
"""

import types
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from enum import StrEnum
from functools import cache
from typing import Any, NewType, Union, get_args, get_origin, get_type_hints

from app.core.capability import Role
from app.core.commands import COMMANDS, Channel, Choices, HelpKind, IdeaKind, SceneKind
from app.core.ids import Text
from app.core.planned import Kind, PlannedOption, Purpose, ScaleStep, Standing, Visibility
from app.core.redaction import ELSEWHERE
from app.core.rights import RIGHTS
from app.realtime.wire import INTERNAL

MADE: Mapping[tuple[str, str], str] = {
    ("add_seat", "seat"): "seat",
    ("add_item", "item"): "item",
    ("draft_question", "question"): "q",
    ("make_question", "question"): "q",
    ("write_idea", "idea"): "idea",
    ("create_theme", "theme"): "theme",
    ("merge_themes", "theme"): "theme",
    ("send_message", "message"): "msg",
    ("call_help", "call"): "call",
}
"""Ids that a command brings: the page makes them, with this prefix."""

SOURCES: Mapping[str, str] = {
    "SeatId": "seat", "TableId": "table", "ItemId": "item", "QuestionId": "question", "IdeaId": "idea",
    "ThemeId": "theme", "ScreenId": "screen", "CallId": "call", "OptionId": "option",
    "CapabilityId": "capability", "CommandId": "act",
}  # fmt: skip
"""What the page lists for an id of this type."""

SOURCES_OF: Mapping[tuple[str, str], str] = {("write_idea", "item"): "idea_item"}
"""Where a form lists less than everything of a type."""

HINTS: Mapping[tuple[str, str], str] = {("open_voting", "seconds"): "ui.seconds_hint"}
"""What stands under a field that is left empty."""

WORDED: Mapping[type[StrEnum], str] = {
    Channel: "channel", IdeaKind: "idea_kind", HelpKind: "help_kind", SceneKind: "scene", Kind: "kind",
    Purpose: "purpose", Standing: "standing", Visibility: "visibility",
}  # fmt: skip
"""Where the catalogue has the words of an enumeration."""

CLOSED: Mapping[str, tuple[str, ...]] = {
    "tie": ("shared", "option_order"),
    "of": ("idea", "theme", "option", "message", *ELSEWHERE),
}
"""Texts that are one of a few words."""

LONG = frozenset({"text"})
"""Fields that take more than a line."""

DANGEROUS = frozenset(
    {
        *("close_meeting", "archive_meeting", "void_round", "confirm_void", "confirm_again"),
        *("redact_text", "withdraw_ballot"),
    }
)
"""Commands that stand apart and say what they do."""


@dataclass(frozen=True, slots=True)
class FormField:
    """One field of a form.

    `kind` says how the page shows it and what it makes of it; `source` what it lists, `choices` the
    words of an enumeration as (value, catalogue id), `parts` the fields of a group, `hint` the
    catalogue id of what stands under it.
    """

    name: str
    kind: str
    required: bool
    source: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    parts: tuple["FormField", ...] = ()
    default: Any = None
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """The form of a command."""

    command: str
    fields: tuple[FormField, ...]
    about: str
    dangerous: bool


@cache
def forms_for(role: Role) -> tuple[Form, ...]:
    """The forms of a role, in the order of the commands."""
    return tuple(
        form_of(name) for name, cls in COMMANDS.items() if role in RIGHTS[name] and cls not in INTERNAL
    )


@cache
def form_of(name: str) -> Form:
    """The form of a command."""
    cls = COMMANDS[name]
    made = tuple(_field(name, f, hint) for f, hint in _hinted(cls))
    return Form(name, made, (cls.__doc__ or "").partition("\n")[0], name in DANGEROUS)


def _hinted(cls: type) -> list[tuple[Field[Any], Any]]:
    hints = get_type_hints(cls)
    return [(f, hints[f.name]) for f in fields(cls)]


def _field(command: str, f: Field[Any], hint: Any) -> FormField:
    required = f.default is MISSING
    default = None if required else f.default
    if (command, f.name) in MADE:
        return FormField(f.name, "made", required=True, source=MADE[command, f.name])
    bare, optional = _without_none(hint)
    found = _simple(f.name, bare) or _compound(command, f.name, bare)
    hinted = HINTS.get((command, f.name), "")
    shown = default if isinstance(default, str | int | bool) and not hinted else None
    source = SOURCES_OF.get((command, f.name), found.source)
    return FormField(
        f.name, found.kind, required and not optional, source, found.choices, found.parts, shown, hinted
    )


def _without_none(hint: Any) -> tuple[Any, bool]:
    if get_origin(hint) in (Union, types.UnionType):
        args = get_args(hint)
        rest = [arg for arg in args if arg is not type(None)]
        if len(rest) == 1 and len(rest) < len(args):
            return rest[0], True
    return hint, False


def _simple(name: str, hint: Any) -> FormField | None:
    """A field of one value."""
    if hint == Choices:
        return _of("choices")
    if hint == Text:
        return _of("wording")
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return _of("one", choices=_words_of(hint))
    if isinstance(hint, NewType) and hint.__supertype__ is str:
        source = SOURCES.get(hint.__name__, "")
        return _of("id" if source else "line", source=source)
    if name == "round":
        return _of("round")
    if hint is bool:
        return _of("flag")
    if hint is int or isinstance(hint, NewType):
        return _of("revision" if name == "revision" else "number")
    if hint is str and name in CLOSED:
        return _of("one", choices=tuple((word, f"choice.{word}") for word in CLOSED[name]))
    if hint is str:
        return _of(_text_kind(name))
    return None


def _text_kind(name: str) -> str:
    if name == "language":
        return "language"
    return "long" if name in LONG else "line"


def _compound(command: str, name: str, hint: Any) -> FormField:
    """A field of several values."""
    if isinstance(hint, type) and is_dataclass(hint):
        return _of("group", parts=tuple(_field(command, f, each) for f, each in _hinted(hint)))
    origin, args = get_origin(hint), get_args(hint)
    if origin is dict and args[1] is int:
        return _of("counts")
    if origin is dict:
        return _of("copies", source="theme idea")
    assert origin is tuple, f"{command}.{name}: no form for {hint}"
    one = args[0]
    if one in (PlannedOption, ScaleStep):
        return _of("options" if one is PlannedOption else "scale")
    if name.startswith("languages"):
        return _of("languages")
    if one is int:
        return _of("digits")
    if isinstance(one, type) and issubclass(one, StrEnum):
        return _of("several", choices=_words_of(one))
    return _of("ids", source=SOURCES[one.__name__])


def _words_of(cls: type[StrEnum]) -> tuple[tuple[str, str], ...]:
    return tuple((value.value, f"{WORDED[cls]}.{value.value}") for value in cls)


def _of(
    kind: str, source: str = "", choices: tuple[tuple[str, str], ...] = (), parts: tuple[FormField, ...] = ()
) -> FormField:
    return FormField("", kind, required=True, source=source, choices=choices, parts=parts)


def field_names() -> dict[str, None]:
    """Every name of a field in any form: each needs words in the catalogues."""
    names: dict[str, None] = {}

    def add(each: tuple[FormField, ...]) -> None:
        for one in each:
            names[one.name] = None
            add(one.parts)

    for name, cls in COMMANDS.items():
        if cls not in INTERNAL:
            add(form_of(name).fields)
    return names
