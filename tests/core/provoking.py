"""How a refusal is provoked: a day is brought to where its last command is refused with a code."""

from collections.abc import Callable
from typing import Any

from app.core import commands as c
from app.core.capability import Capability
from app.core.commands import IdeaKind
from app.core.ids import (
    ItemId,
    QuestionId,
    Round,
    SeatId,
    TableId,
)
from app.core.planned import Kind, QuestionRules
from tests.builders import (
    THEME_MEMBER,
    Day,
    facilitator,
    made,
    options,
    steps,
    words,
)

Asked = tuple[c.AnyCommand, Capability | None] | tuple[c.AnyCommand, Capability | None, dict[str, Any]]
PROVOKED: dict[str, list[Callable[[], tuple[Day, Asked]]]] = {}

PLACE, LUNCH, PICK = ItemId("place"), ItemId("lunch"), QuestionId("pick")
ONE = Round(1)
S11, S12, T1, T2 = SeatId("1-1"), SeatId("1-2"), TableId("1"), TableId("2")


def provokes(code: str, **day: Any) -> Callable[[Callable[[Day], Asked]], Callable[[Day], Asked]]:
    """Take a function that brings a day to where its last command is refused with this code."""

    def keep(prepare: Callable[[Day], Asked]) -> Callable[[Day], Asked]:
        def run() -> tuple[Day, Asked]:
            made_day = Day(**day)
            return made_day, prepare(made_day)

        PROVOKED.setdefault(code, []).append(run)
        return prepare

    return keep


def at_once(code: str, asked: c.AnyCommand, by: Capability | None = None, **more: Any) -> None:
    """A command that is refused on a day on which nothing has happened yet."""
    provokes(code)(lambda _day: (asked, by, more))


def write(code: str, text: str, language: str = "en", item: ItemId = PLACE) -> None:
    command = c.WriteIdea(made("idea"), T1, item, IdeaKind.INDIVIDUAL, text, language)
    at_once(code, command, facilitator("1"))


def idea(day: Day, kind: IdeaKind = IdeaKind.AGREEMENT, table: str = "1", item: str = "place") -> Any:
    """An idea that a table wrote."""
    id_ = made("idea")
    command = c.WriteIdea(id_, TableId(table), ItemId(item), kind, f"an idea of {table}", "en")
    day.do(command, facilitator(table))
    return id_


def theme(day: Day, item: str = "place", by: Capability = THEME_MEMBER) -> Any:
    """A theme of an item."""
    id_ = made("theme")
    day.do(c.CreateTheme(id_, ItemId(item), words("a theme")), by)
    return id_


def draft(kind: Kind = Kind.PICK_ONE, count: int = 2, **rules: Any) -> c.DraftQuestion:
    """A question with so many options."""
    few = options(*[f"o{n}" for n in range(count)])
    scale = steps(1, 0) if kind is Kind.RATING else ()
    return c.DraftQuestion(made("q"), words("?"), QuestionRules(kind, **rules), few, scale)
