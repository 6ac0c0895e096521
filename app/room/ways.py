"""The ways into a meeting, as its organiser gets them over HTTP: a link for every role, a code for every place."""

from dataclasses import dataclass
from typing import Any

from app.client.http import Api, secret_of


@dataclass(frozen=True, slots=True)
class Way:
    """A way in. `code` is what people type, where they do."""

    role: str
    capability: str
    url: str
    code: str | None
    tables: tuple[str, ...]
    seat: str | None

    @property
    def secret(self) -> str:
        return secret_of(self.url)
