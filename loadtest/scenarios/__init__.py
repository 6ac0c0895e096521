"""What happens in a hall, by name. A scenario is a module with what the people do and what the stage does."""

from collections.abc import Awaitable
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from loadtest.crowd import Crowd
    from loadtest.director import Director

NAMES = (
    "hall_arrives", "voting_rush", "passed_laptops", "idea_stream", "theme_rush", "slow_reader",
    "reconnect_storm", "server_killed", "whole_day", "mixed",
)  # fmt: skip


class Scenario(Protocol):
    """A module of this package. The docstring says what it imitates."""

    __doc__: str | None

    def people(self, crowd: "Crowd") -> Awaitable[None]:
        """What this process's part of the people does; those who are there stay until the meeting closes."""
        ...

    def stage(self, director: "Director") -> Awaitable[None]:
        """What the stage does; after it the meeting is closed and the figures are compared."""
        ...


SCENARIOS: dict[str, Scenario] = {name: cast(Scenario, import_module(f"{__name__}.{name}")) for name in NAMES}
