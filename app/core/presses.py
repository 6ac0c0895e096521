"""Handset keys to ballots. Pure: what a key makes of the seat's standing ballot.

Pick one: a new digit replaces. Choose several: a digit adds, a repeat changes
nothing, `0` clears, one beyond k is refused and the set stays. A rating with a
single option takes the step of that number. At most ten options: `0` is the
tenth where only one is picked.
"""

from app.core.ballots import ONE, SEVERAL, Sheet, check, most_choices, options_only
from app.core.commands import Choices
from app.core.errors import Refusal
from app.core.planned import Kind

KEYS = "1234567890"


def press(sheet: Sheet, standing: Choices | None, key: str) -> Choices | None:
    """The seat's choices after the key; `None` where the key takes the ballot back.

    Raises:
        Refusal: unknown_key, too_many_choices, presses_not_for_this_kind.
    """
    if len(key) != 1 or key not in KEYS:
        raise Refusal("unknown_key", key=key[:8])
    if sheet.kind in ONE:
        return (_option(sheet, key),)
    if sheet.kind in SEVERAL:
        return _several(sheet, options_only(standing), key)
    if sheet.kind is Kind.RATING and len(sheet.options) == 1:
        return {sheet.options[0]: _step(sheet, key)}
    raise Refusal("presses_not_for_this_kind", kind=sheet.kind.value)


def _several(sheet: Sheet, chosen: tuple[str, ...], key: str) -> Choices | None:
    if key == "0":
        return () if sheet.kind is Kind.APPROVE else None
    option = _option(sheet, key)
    if option in chosen:
        return chosen
    kept = () if option in sheet.exclusive else tuple(o for o in chosen if o not in sheet.exclusive)
    if len(kept) >= most_choices(sheet):
        raise Refusal("too_many_choices", limit=most_choices(sheet))
    return check(sheet, (*kept, option))


def _option(sheet: Sheet, key: str) -> str:
    place = KEYS.index(key)
    if place >= len(sheet.options):
        raise Refusal("unknown_key", key=key)
    return sheet.options[place]


def _step(sheet: Sheet, key: str) -> int:
    place = KEYS.index(key)
    if place >= len(sheet.scale):
        raise Refusal("unknown_key", key=key)
    return sheet.scale[place]
