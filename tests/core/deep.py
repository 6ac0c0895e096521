"""A picture of a state that can be compared: everything that is held, walked through dicts and slots.

Two states with equal pictures hold the same in the same order. The order of
keys is not compared where nothing depends on it: in wordings, in counts by
cell, and inside what never changes (events, the plan).
"""

from dataclasses import fields, is_dataclass
from typing import Any

from app.core.tally import Tally
from app.core.voting import Voting

CACHES = {"sheet_cache"}


def picture(thing: Any) -> Any:
    """What is held, as nested tuples; a copy that later changes do not reach."""
    match thing:
        case str():
            return thing
        case Tally():
            return ("Tally", thing.voters, tuple(sorted(thing.cells.items())))
        case dict():
            if thing and all(isinstance(v, str) for v in thing.values()):
                return tuple(sorted(thing.items()))
            return tuple((key, picture(value)) for key, value in thing.items())
        case list() | tuple():
            return tuple(picture(each) for each in thing)
        case Voting():
            return (thing.plan, tuple(thing.history))
        case _:
            pass
    if is_dataclass(thing):
        if vars(type(thing))["__dataclass_params__"].frozen:
            return thing
        named = [f.name for f in fields(thing) if f.name not in CACHES]
        return (type(thing).__name__, *((name, picture(getattr(thing, name))) for name in named))
    if type(thing).__module__.startswith("app.core.") and hasattr(thing, "__dict__"):
        return (type(thing).__name__, *((name, picture(value)) for name, value in vars(thing).items()))
    return thing


def differences(a: Any, b: Any, path: str = "") -> list[str]:
    """Where two pictures differ, for a test that fails to say."""
    if a == b:
        return []
    if isinstance(a, tuple) and isinstance(b, tuple) and len(a) == len(b):
        found: list[str] = []
        for at, (x, y) in enumerate(zip(a, b, strict=True)):
            name = x[0] if isinstance(x, tuple) and x and isinstance(x[0], str) else str(at)
            found += differences(x, y, f"{path}/{name}")
        return found
    return [f"{path}: {a!r} != {b!r}"]


def assert_same_state(a: Any, b: Any) -> None:
    """Both hold the same."""
    found = differences(picture(a), picture(b))
    assert not found, "\n".join(found[:5])
