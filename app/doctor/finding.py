"""One line of a go or no-go list."""

from dataclasses import dataclass
from enum import StrEnum


class Says(StrEnum):
    """What a check comes to."""

    GO = "go"
    LOOK = "look"
    NO_GO = "no-go"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was looked at, what was found, and where it is not good, what to do."""

    what: str
    says: Says
    found: str
    cure: str = ""
