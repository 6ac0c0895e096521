"""Ideas: what tables write, their revisions, withdrawal, redaction; and what the theme team has read."""

from dataclasses import dataclass, field

from app.core.agenda import Agenda
from app.core.capability import Given
from app.core.commands import (
    AnswerIdea,
    IdeaCommand,
    IdeaKind,
    MoveIdea,
    ReadIdeas,
    ReviseIdea,
    WithdrawIdea,
    WriteIdea,
)
from app.core.errors import Refusal
from app.core.events import (
    AnyEvent,
    IdeaAnswered,
    IdeaEvent,
    IdeaMoved,
    IdeaRevised,
    IdeasRead,
    IdeaWithdrawn,
    IdeaWritten,
)
from app.core.ids import CommandId, IdeaId, ItemId, SiteId, TableId, is_made_id
from app.core.roster import Roster

TEXT_MAX = 500
READ_MAX = 500


@dataclass(slots=True)
class Revision:
    """One wording of an idea; `text` is `None` once it has been redacted."""

    text: str | None
    kind: IdeaKind
    at_ms: int
    by: str
    command: CommandId
    offset: int


@dataclass(slots=True)
class Answer:
    """An expert's answer to a table's question."""

    text: str | None
    language: str
    at_ms: int
    command: CommandId
    offset: int


@dataclass(slots=True)
class Idea:
    """An idea with all its revisions; the last is what it says now."""

    id: IdeaId
    table: TableId
    site: SiteId
    item: ItemId
    language: str
    revisions: list[Revision]
    withdrawn: bool = False
    redacted: bool = False
    read: bool = False
    answers: list[Answer] = field(default_factory=list)

    @property
    def text(self) -> str | None:
        """What it says now."""
        return self.revisions[-1].text

    @property
    def kind(self) -> IdeaKind:
        """What it is now."""
        return self.revisions[-1].kind


class Ideas:
    """All ideas in the order in which they came, and each table's flip chart in its own order."""

    def __init__(self) -> None:
        self.ideas: dict[IdeaId, Idea] = {}
        self.charts: dict[TableId, list[IdeaId]] = {}

    def idea(self, idea: str) -> Idea:
        """The idea, or the refusal unknown_idea."""
        found = self.ideas.get(IdeaId(idea))
        if found is None:
            raise Refusal("unknown_idea", idea=idea[:64])
        return found

    def standing(self, idea: str) -> Idea:
        """An idea that was not withdrawn."""
        found = self.idea(idea)
        if found.withdrawn:
            raise Refusal("idea_withdrawn", idea=found.id)
        return found

    def usable(self, idea: str) -> Idea:
        """An idea that may be themed, quoted or made an option: not withdrawn, redacted or personal."""
        found = self.standing(idea)
        if found.redacted:
            raise Refusal("already_redacted")
        if found.kind is IdeaKind.REQUEST:
            raise Refusal("personal_request", idea=found.id)
        return found

    def of_revision(self, idea: str, revision: int) -> Idea:
        """A usable idea whose last revision is the one that was read."""
        found = self.usable(idea)
        if revision != len(found.revisions):
            raise Refusal("revision_changed", revision=len(found.revisions))
        return found

    def decide(
        self, command: IdeaCommand, given: Given, *, roster: Roster, agenda: Agenda
    ) -> tuple[AnyEvent, ...]:
        """Decide a command about ideas."""
        match command:
            case WriteIdea():
                return (self._write(command, given, roster, agenda),)
            case ReviseIdea():
                idea = self.standing(command.idea)
                if idea.redacted:
                    raise Refusal("already_redacted")
                if command.revision != len(idea.revisions):
                    raise Refusal("revision_changed", revision=len(idea.revisions))
                return (
                    IdeaRevised(
                        **given.act,
                        site=idea.site,
                        idea=idea.id,
                        revision=command.revision + 1,
                        kind=command.kind,
                        text=command.text,
                    ),
                )
            case WithdrawIdea():
                idea = self.standing(command.idea)
                return (IdeaWithdrawn(**given.act, site=idea.site, idea=idea.id),)
            case MoveIdea():
                idea = self.standing(command.idea)
                if command.before is not None and self.idea(command.before).table != idea.table:
                    raise Refusal("not_your_table", table=self.idea(command.before).table)
                return (IdeaMoved(**given.act, site=idea.site, idea=idea.id, before=command.before),)
            case ReadIdeas():
                if not 0 < len(command.ideas) <= READ_MAX:
                    raise Refusal("bad_field", field="ideas", reason="out_of_range")
                for id_ in command.ideas:
                    self.idea(id_)
                return (IdeasRead(**given.act, ideas=tuple(dict.fromkeys(command.ideas))),)
            case AnswerIdea():
                idea = self.standing(command.idea)
                if idea.redacted:
                    raise Refusal("already_redacted")
                if idea.kind is not IdeaKind.QUESTION:
                    raise Refusal("not_a_question_to_experts", idea=idea.id)
                return (
                    IdeaAnswered(**given.act, idea=idea.id, language=command.language, text=command.text),
                )

    def _write(self, command: WriteIdea, given: Given, roster: Roster, agenda: Agenda) -> IdeaWritten:
        if not is_made_id("idea", command.idea):
            raise Refusal("bad_id", field="idea")
        if command.idea in self.ideas:
            raise Refusal("idea_exists", idea=command.idea)
        table = roster.table(command.table)
        item = agenda.item(command.item)
        if not item.takes_ideas:
            raise Refusal("item_takes_no_ideas", item=item.id)
        return IdeaWritten(
            **given.act,
            site=table.site,
            table=table.id,
            item=item.id,
            idea=command.idea,
            kind=command.kind,
            language=command.language,
            text=command.text,
        )

    def apply(self, offset: int, event: IdeaEvent) -> tuple[str, ...]:
        """Fold one of this module's events; gives the topics touched."""
        match event:
            case IdeaWritten():
                first = Revision(event.text, event.kind, event.at_ms, event.by, event.command, offset)
                idea = Idea(event.idea, event.table, event.site, event.item, event.language, [first])
                idea.redacted = event.text is None
                self.ideas[event.idea] = idea
                self.charts.setdefault(event.table, []).append(event.idea)
            case IdeaRevised():
                idea = self.ideas[event.idea]
                idea.revisions.append(
                    Revision(event.text, event.kind, event.at_ms, event.by, event.command, offset)
                )
                idea.read = False
            case IdeaWithdrawn():
                self.ideas[event.idea].withdrawn = True
                return (f"idea:{event.idea}", f"published:{self.ideas[event.idea].item}")
            case IdeaMoved():
                chart = self.charts[self.ideas[event.idea].table]
                if event.before != event.idea:
                    chart.remove(event.idea)
                    place = chart.index(event.before) if event.before in chart else len(chart)
                    chart.insert(place, event.idea)
                return (f"chart:{self.ideas[event.idea].table}",)
            case IdeasRead():
                for id_ in event.ideas:
                    self.ideas[id_].read = True
                return tuple(f"read:{id_}" for id_ in event.ideas)
            case IdeaAnswered():
                self.ideas[event.idea].answers.append(
                    Answer(event.text, event.language, event.at_ms, event.command, offset)
                )
        return (f"idea:{event.idea}",)

    def redact(self, idea: Idea) -> None:
        """Forget an idea's words: its revisions and its answers."""
        idea.redacted = True
        for revision in idea.revisions:
            revision.text = None
        for answer in idea.answers:
            answer.text = None

    def standing_of(self, table: TableId) -> list[Idea]:
        """A table's ideas in the order of its flip chart, without those withdrawn."""
        return [self.ideas[i] for i in self.charts.get(table, ()) if not self.ideas[i].withdrawn]
