"""The last acts of those who run the day: who did what, when, and about which thing.

For consoles, so that two people who run one meeting see each other's hands. Holds no words: what
was typed is where it was typed. Ballots and ideas have records of their own.
"""

from dataclasses import dataclass
from typing import get_args

from app.core import events as e
from app.core.ids import CommandId

KEPT = 40

_Drafted = e.QuestionDrafted | e.QuestionRevised | e.ThemesPublished
_Kept = e.MeetingEvent | e.AgendaEvent | _Drafted | e.RoundEvent | e.SampleDrawn | e.StageEvent
_KEPT = frozenset(get_args(_Kept)) - {e.HelpCalled}
_ABOUT = ("question", "item", "screen", "call", "message", "of_id")


@dataclass(frozen=True, slots=True)
class Done:
    """One act.

    `name` is the event's, `about` the id of what it was about (empty: the meeting), `scene` the kind of
    a scene that was taken.
    """

    at_ms: int
    by: str
    command: CommandId
    name: str
    about: str
    scene: str | None = None


class Acts:
    """The last acts, oldest first."""

    def __init__(self) -> None:
        self.last: list[Done] = []

    def keep(self, event: e.AnyEvent) -> bool:
        """Remember the event if it is one of those who run the day; whether it is."""
        if type(event) not in _KEPT:  # of the many ballots this is all
            return False
        assert isinstance(event, _Kept)
        about = next((getattr(event, name) for name in _ABOUT if getattr(event, name, None)), "")
        scene = event.scene.kind.value if isinstance(event, e.SceneTaken) else None
        done = Done(event.at_ms, event.by, event.command, e.event_name(type(event)), about, scene)
        self.last = [*self.last, done][-KEPT:]
        return True
