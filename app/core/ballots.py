"""Kinds of ballot: what makes one valid, and what a seat's ballot is after another one.

A ballot holds a *set* of distinct options: pressing the same key five times is one choice.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from app.core.commands import Choices
from app.core.errors import Refusal
from app.core.planned import Kind

ONE = (Kind.PICK_ONE, Kind.YES_NO, Kind.DEMOGRAPHIC)
SEVERAL = (Kind.PICK_UP_TO, Kind.APPROVE)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a ballot of one question may say. `options` in the order of the question."""

    kind: Kind
    options: tuple[str, ...]
    exclusive: frozenset[str] = frozenset()
    choices_max: int = 1
    scale: tuple[int, ...] = ()
    number_min: int = 0
    number_max: int = 0


def check(sheet: Sheet, choices: Choices) -> Choices:
    """Give the choices in their canonical form: options sorted and distinct, values by option.

    Raises:
        Refusal: wrong_kind_of_choice, unknown_option, too_many_choices, no_choice,
            exclusive_option, unknown_value, number_out_of_range.
    """
    if sheet.kind is Kind.NUMBER:
        return _check_number(sheet, choices)
    if sheet.kind is Kind.RATING:
        return _check_rating(sheet, choices)
    if not isinstance(choices, tuple):
        raise Refusal("wrong_kind_of_choice", kind=sheet.kind.value)
    return _check_options(sheet, choices)


def _check_options(sheet: Sheet, choices: tuple[str, ...]) -> tuple[str, ...]:
    chosen = choices if len(choices) == 1 else tuple(sorted(set(choices)))
    for option in chosen:
        if option not in sheet.options:
            raise Refusal("unknown_option", option=option[:64])
    if not chosen and sheet.kind is not Kind.APPROVE:
        raise Refusal("no_choice")
    limit = most_choices(sheet)
    if len(chosen) > limit:
        raise Refusal("too_many_choices", limit=limit)
    if len(chosen) > 1:
        for option in chosen:
            if option in sheet.exclusive:
                raise Refusal("exclusive_option", option=option)
    return chosen


def most_choices(sheet: Sheet) -> int:
    """How many options one ballot may hold."""
    if sheet.kind is Kind.APPROVE:
        return len(sheet.options)
    return sheet.choices_max if sheet.kind is Kind.PICK_UP_TO else 1


def _check_rating(sheet: Sheet, choices: Choices) -> dict[str, int]:
    if not isinstance(choices, dict):
        raise Refusal("wrong_kind_of_choice", kind=sheet.kind.value)
    if not choices:
        raise Refusal("no_choice")
    known = frozenset(sheet.options)
    for option, value in choices.items():
        if option not in known:
            raise Refusal("unknown_option", option=option[:64])
        if value not in sheet.scale:
            raise Refusal("unknown_value", value=value)
    return dict(sorted(choices.items()))


def _check_number(sheet: Sheet, choices: Choices) -> int:
    if not isinstance(choices, int) or isinstance(choices, bool):
        raise Refusal("wrong_kind_of_choice", kind=sheet.kind.value)
    if not sheet.number_min <= choices <= sheet.number_max:
        raise Refusal("number_out_of_range", least=sheet.number_min, most=sheet.number_max)
    return choices


def after(standing: Choices | None, ballot: Choices) -> Choices:
    """The seat's ballot after a new one: a rating changes what it names, all else replaces."""
    if isinstance(ballot, dict) and isinstance(standing, dict):
        return dict(sorted((standing | ballot).items()))
    return ballot


def canonical(choices: Choices) -> Choices:
    """The choices as an event holds them, before they are checked against a sheet."""
    if isinstance(choices, tuple):
        return tuple(sorted(set(choices))) if len(choices) > 1 else choices
    if isinstance(choices, dict):
        return dict(sorted(choices.items()))
    return choices


def sheet_of(
    kind: Kind,
    options: tuple[str, ...],
    *,
    exclusive: frozenset[str] = frozenset(),
    choices_max: int = 1,
    scale: tuple[int, ...] = (),
    number_range: tuple[int, int] = (0, 0),
) -> Sheet:
    """A sheet, with the limits that its kind does not use left at rest."""
    return Sheet(kind, options, exclusive, choices_max, scale, *number_range)


def options_only(choices: Mapping[str, int] | tuple[str, ...] | int | None) -> tuple[str, ...]:
    """The options of a choose-several or pick-one ballot; none for other kinds or no ballot."""
    return choices if isinstance(choices, tuple) else ()
