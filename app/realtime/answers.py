"""What a command is answered, and who waits for it.

Exactly one of three: accepted (durable, with the offset of its first event),
refused for good, or not decidable now. The words are made at the edge.
"""

from dataclasses import dataclass
from typing import Protocol

from app.core.errors import BUSY, Param, Refusal
from app.core.ids import CommandId
from app.core.receipts import Accepted


@dataclass(frozen=True, slots=True)
class Busy:
    """It cannot be decided now; nothing is stored. The same id is sent again after `retry_after_ms`."""

    code: str
    retry_after_ms: int

    def __post_init__(self) -> None:
        assert self.code in BUSY, self.code


DISK_FULL = Busy("disk_full", 1_000)

Answer = Accepted | Refusal | Busy


class Caller(Protocol):
    """Who sent a command: a connection, or a waiting call of the HTTP API or the server itself.

    `gone` is set when a newer connection of the same device has said hello: what is still
    undecided of the older one is dropped.
    """

    gone: bool

    def answered(self, command: CommandId, answer: Answer) -> None:
        """Take the answer. Called once a command, unless `gone`."""
        ...

    def delivered(self) -> None:
        """All answers of a batch have been given: pass them on in one write."""
        ...


class Say(Protocol):
    """The sentence of a code in a reader's language, from the catalogues."""

    def __call__(self, language: str, code: str, params: dict[str, Param]) -> str: ...
