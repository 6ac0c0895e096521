"""Themes: what the theme team distils from ideas, their order, quotes, and undo.

How undo works. Every act of the team is kept with what it changed and the
things it touched. Undoing an act puts back what it changed; an act that a
later standing act builds upon (touches one of the same things) is refused
`built_upon`. Acts are undone by the event `ActUndone`, so nothing is rewritten.
"""

from dataclasses import dataclass, field
from typing import Any

from app.core.agenda import Agenda
from app.core.capability import Given, Role
from app.core.commands import (
    AssignTables,
    CreateTheme,
    FileIdea,
    IdeaKind,
    MergeThemes,
    OrderThemes,
    PublishThemes,
    QuoteIdea,
    RenameTheme,
    ThemeCommand,
    UndoAct,
    UnfileIdea,
    UnquoteIdea,
)
from app.core.errors import Refusal
from app.core.events import (
    Act,
    ActUndone,
    AnyEvent,
    IdeaFiled,
    IdeaQuoted,
    IdeaUnfiled,
    IdeaUnquoted,
    OptionAdded,
    TablesAssigned,
    TeamEvent,
    ThemeCreated,
    ThemeEvent,
    ThemeRenamed,
    ThemesMerged,
    ThemesOrdered,
    ThemesPublished,
)
from app.core.ideas import Ideas
from app.core.ids import CapabilityId, CommandId, IdeaId, ItemId, TableId, Text, ThemeId, is_made_id
from app.core.roster import Roster

THEMES_MAX = 200


@dataclass(slots=True)
class Theme:
    """A theme as it stands. `ideas` and `quotes` map an idea to the revision that was read."""

    id: ThemeId
    item: ItemId
    title: Text | None
    ideas: dict[IdeaId, int] = field(default_factory=dict)
    quotes: dict[IdeaId, int] = field(default_factory=dict)
    parents: tuple[ThemeId, ...] = ()
    merged_into: ThemeId | None = None
    offsets: list[int] = field(default_factory=list)
    commands: list[CommandId] = field(default_factory=list)
    redacted: bool = False
    gone: bool = False


@dataclass(slots=True)
class PublishedTheme:
    """A theme as the leader approved it: later edits stay at the desk until published again."""

    id: ThemeId
    title: Text | None
    quotes: dict[IdeaId, int]
    ideas: int
    tables: int


@dataclass(slots=True)
class TeamAct:
    """An act of the theme team: what it touched, and what an undo needs (what was before, or its order)."""

    command: CommandId
    by: str
    name: str
    touched: tuple[str, ...]
    at_ms: int
    back: Any = None
    undone: bool = False

    @property
    def standing(self) -> bool:
        """Whether it can be undone: a question made from themes cannot, it is only built upon."""
        return not self.undone and self.name != "OptionAdded"


class Themes:
    """All themes, their order by agenda item, what was published, who reads which tables."""

    def __init__(self) -> None:
        self.themes: dict[ThemeId, Theme] = {}
        self.order: dict[ItemId, tuple[ThemeId, ...]] = {}
        self.published: dict[ItemId, tuple[PublishedTheme, ...]] = {}
        self.assigned: dict[CapabilityId, tuple[TableId, ...]] = {}
        self.acts: dict[CommandId, TeamAct] = {}

    def theme(self, theme: str) -> Theme:
        """The theme, or the refusal unknown_theme."""
        found = self.themes.get(ThemeId(theme))
        if found is None:
            raise Refusal("unknown_theme", theme=theme[:64])
        return found

    def living(self, theme: str) -> Theme:
        """A theme that was not merged into another."""
        found = self.theme(theme)
        if found.gone:
            raise Refusal("unknown_theme", theme=theme[:64])
        if found.merged_into is not None:
            raise Refusal("theme_merged", theme=found.merged_into)
        return found

    def of_item(self, item: ItemId) -> list[Theme]:
        """The living themes of an item, in the team's order."""
        themes = (self.themes[t] for t in self.order.get(item, ()))
        return [t for t in themes if t.merged_into is None and not t.gone]

    # --- decide ------------------------------------------------------------------------

    def decide(
        self, command: ThemeCommand, given: Given, *, ideas: Ideas, agenda: Agenda, roster: Roster
    ) -> tuple[AnyEvent, ...]:
        """Decide a command of the theme team."""
        act = given.act
        match command:
            case CreateTheme():
                self._new(command.theme)
                item = agenda.item(command.item)
                return (ThemeCreated(**act, theme=command.theme, item=item.id, title=command.title),)
            case RenameTheme():
                return (ThemeRenamed(**act, theme=self.living(command.theme).id, title=command.title),)
            case MergeThemes():
                return (self._merge(command, given),)
            case FileIdea():
                idea = ideas.of_revision(command.idea, command.revision)
                theme = self.living(command.theme)
                if theme.ideas.get(idea.id) == command.revision:
                    raise Refusal("already_filed", theme=theme.id)
                return (IdeaFiled(**act, idea=idea.id, revision=command.revision, theme=theme.id),)
            case UnfileIdea():
                theme = self.living(command.theme)
                if command.idea not in theme.ideas:
                    raise Refusal("not_filed", theme=theme.id)
                return (IdeaUnfiled(**act, idea=command.idea, theme=theme.id),)
            case OrderThemes():
                agenda.item(command.item)
                self._named(command.item, command.themes)
                return (ThemesOrdered(**act, item=command.item, themes=command.themes),)
            case QuoteIdea():
                idea = ideas.of_revision(command.idea, command.revision)
                theme = self.living(command.theme)
                if theme.quotes.get(idea.id) == command.revision:
                    raise Refusal("already_quoted")
                return (IdeaQuoted(**act, theme=theme.id, idea=idea.id, revision=command.revision),)
            case UnquoteIdea():
                theme = self.living(command.theme)
                if command.idea not in theme.quotes:
                    raise Refusal("not_quoted")
                return (IdeaUnquoted(**act, theme=theme.id, idea=command.idea),)
            case PublishThemes():
                agenda.item(command.item)
                self._named(command.item, command.themes)
                return (ThemesPublished(**act, item=command.item, themes=command.themes),)
            case AssignTables():
                if not (command.to.isascii() and command.to.isprintable() and 0 < len(command.to) <= 64):
                    raise Refusal("bad_id", field="to")
                for table in command.tables:
                    roster.table(table)
                return (TablesAssigned(**act, to=command.to, tables=command.tables),)
            case UndoAct():
                return (ActUndone(**act, act=self._undoable(command.act, given).command),)

    def _new(self, theme: ThemeId) -> None:
        if not is_made_id("theme", theme):
            raise Refusal("bad_id", field="theme")
        if theme in self.themes:
            raise Refusal("theme_exists", theme=theme)

    def _merge(self, command: MergeThemes, given: Given) -> ThemesMerged:
        self._new(command.theme)
        if len(command.parents) < 2:
            raise Refusal("too_few_themes", least=2)
        parents = [self.living(p) for p in command.parents]
        self._distinct(command.parents)
        for parent in parents[1:]:
            if parent.item != parents[0].item:
                raise Refusal("unknown_theme", theme=parent.id)
        return ThemesMerged(**given.act, theme=command.theme, parents=command.parents, title=command.title)

    def _distinct(self, themes: tuple[ThemeId, ...]) -> None:
        for at, theme in enumerate(themes):
            if theme in themes[:at]:
                raise Refusal("theme_repeated", theme=theme)

    def _named(self, item: ItemId, themes: tuple[ThemeId, ...]) -> None:
        self._distinct(themes)
        for theme in themes:
            if self.living(theme).item != item:
                raise Refusal("unknown_theme", theme=theme)

    def _undoable(self, act: CommandId | None, given: Given) -> TeamAct:
        mine = [a for a in self.acts.values() if a.by == given.by.author and a.standing]
        if act is None:
            if not mine:
                raise Refusal("nothing_to_undo")
            found = mine[-1]
        else:
            named = self.acts.get(act)
            if named is None or not named.standing:
                raise Refusal("nothing_to_undo")
            found = named
        leads = given.by.role in (Role.THEME_LEADER, Role.ORGANISER)
        if found.by != given.by.author and not leads:
            raise Refusal("not_your_act")
        if not leads and found is not mine[-1]:
            raise Refusal("not_your_act")
        if self._built_upon(found):
            raise Refusal("built_upon")
        return found

    def _built_upon(self, act: TeamAct) -> bool:
        later = False
        for other in self.acts.values():
            if later and not other.undone and _depends(other, act):
                return True
            later = later or other is act
        return False

    # --- apply -------------------------------------------------------------------------

    def apply(self, offset: int, event: ThemeEvent | OptionAdded, ideas: Ideas) -> tuple[str, ...]:
        """Fold one of this module's events; gives the topics touched."""
        match event:
            case TablesAssigned():
                self.assigned[event.to] = event.tables
                return ("assigned",)
            case ActUndone():
                act = self.acts[event.act]
                act.undone = True
                self._put_back(act)
                return (*self._topics(act.touched), *self._within(act.name, act.touched))
            case OptionAdded():
                if event.theme is not None:
                    self._keep(event, (f"theme:{event.theme}",), None)
                elif event.idea is not None:
                    self._keep(event, (f"idea:{event.idea}",), None)
                else:
                    return ()
                return ("themes",)
            case _:
                touched, back = self._apply_act(offset, event, ideas)
                self._keep(event, touched, back)
                return (*self._topics(touched), *self._within(type(event).__name__, touched))

    def _within(self, name: str, touched: tuple[str, ...]) -> tuple[str, ...]:
        """The ideas whose filing a merge (or its undo) moved."""
        if name != "ThemesMerged":
            return ()
        themes = (self.themes[ThemeId(thing.split(":", 1)[1])] for thing in touched)
        return tuple(dict.fromkeys(f"idea:{idea}" for t in themes for idea in (*t.ideas, *t.quotes)))

    def _apply_act(self, offset: int, event: TeamEvent, ideas: Ideas) -> tuple[tuple[str, ...], Any]:
        match event:
            case ThemeCreated():
                theme = Theme(
                    event.theme, event.item, event.title, offsets=[offset], commands=[event.command]
                )
                theme.redacted = event.title is None
                self.themes[event.theme] = theme
                self.order[event.item] = (*self.order.get(event.item, ()), event.theme)
                return (f"theme:{event.theme}",), None
            case ThemeRenamed():
                theme = self.themes[event.theme]
                old, theme.title = theme.title, event.title
                theme.offsets.append(offset)
                theme.commands.append(event.command)
                return (f"theme:{theme.id}",), old
            case ThemesMerged():
                return self._apply_merge(offset, event)
            case IdeaFiled():
                theme = self.themes[event.theme]
                was = theme.ideas.get(event.idea)
                theme.ideas[event.idea] = event.revision
                return (f"theme:{theme.id}", f"filed:{event.idea}"), was
            case IdeaUnfiled():
                theme = self.themes[event.theme]
                return (f"theme:{theme.id}", f"filed:{event.idea}"), theme.ideas.pop(event.idea)
            case ThemesOrdered():
                was_order = self.order.get(event.item, ())
                rest = tuple(t for t in was_order if t not in event.themes)
                self.order[event.item] = event.themes + rest
                return (f"themes:{event.item}",), event.themes
            case IdeaQuoted():
                theme = self.themes[event.theme]
                was = theme.quotes.get(event.idea)
                theme.quotes[event.idea] = event.revision
                return (f"theme:{theme.id}", f"quoted:{event.idea}"), was
            case IdeaUnquoted():
                theme = self.themes[event.theme]
                return (f"theme:{theme.id}", f"quoted:{event.idea}"), theme.quotes.pop(event.idea)
            case ThemesPublished():
                was_published = self.published.get(event.item)
                self.published[event.item] = tuple(_publish(self.themes[t], ideas) for t in event.themes)
                named = tuple(f"theme:{t}" for t in event.themes)
                return (f"published:{event.item}", *named), was_published

    def _apply_merge(self, offset: int, event: ThemesMerged) -> tuple[tuple[str, ...], Any]:
        parents = [self.themes[p] for p in event.parents]
        merged = Theme(event.theme, parents[0].item, event.title, parents=event.parents, offsets=[offset])
        merged.commands = [event.command]
        merged.redacted = event.title is None
        for parent in parents:
            merged.ideas = parent.ideas | merged.ideas
            merged.quotes = parent.quotes | merged.quotes
            parent.merged_into = merged.id
        self.themes[merged.id] = merged
        self.order[merged.item] = _beside_parents(self.order.get(merged.item, ()), merged)
        return (f"theme:{merged.id}", *(f"theme:{p}" for p in event.parents)), None

    def _keep(self, event: Act, touched: tuple[str, ...], back: Any) -> None:
        kept = self.acts.get(event.command)
        if kept is not None:
            kept.touched += tuple(t for t in touched if t not in kept.touched)
            return
        self.acts[event.command] = TeamAct(
            event.command, event.by, type(event).__name__, touched, event.at_ms, back
        )

    def _put_back(self, act: TeamAct) -> None:
        named = [t.split(":", 1) for t in act.touched]
        first = named[0][1]
        match act.name:
            case "ThemeCreated" | "ThemesMerged":
                theme = self.themes[ThemeId(first)]
                theme.gone = True
                self.order[theme.item] = self._order_anew(theme.item)
                for parent in theme.parents:
                    self.themes[parent].merged_into = None
            case "ThemeRenamed":
                self.themes[ThemeId(first)].title = act.back
            case "IdeaFiled" | "IdeaUnfiled":
                _restore(self.themes[ThemeId(first)].ideas, IdeaId(named[1][1]), act.back)
            case "IdeaQuoted" | "IdeaUnquoted":
                _restore(self.themes[ThemeId(first)].quotes, IdeaId(named[1][1]), act.back)
            case "ThemesOrdered":
                self.order[ItemId(first)] = self._order_anew(ItemId(first))
            case "ThemesPublished":
                if act.back is None:
                    del self.published[ItemId(first)]
                else:
                    self.published[ItemId(first)] = act.back
            case _:
                raise AssertionError(act.name)

    def _order_anew(self, item: ItemId) -> tuple[ThemeId, ...]:
        """The order of an item's themes as the acts that still stand made it."""
        order: tuple[ThemeId, ...] = ()
        for act in self.acts.values():
            if act.undone:
                continue
            named = act.touched[0].split(":", 1)[1]
            if act.name == "ThemesOrdered" and named == item:
                back = tuple(t for t in act.back if not self.themes[t].gone)
                order = (*back, *(t for t in order if t not in back))
            elif act.name in ("ThemeCreated", "ThemesMerged"):
                theme = self.themes[ThemeId(named)]
                if theme.item == item:
                    order = _beside_parents(order, theme)
        return order

    def redact(self, theme: Theme) -> None:
        """Forget a theme's words, also where an undo would bring them back."""
        theme.title, theme.redacted = None, True
        copies = list(self.published.get(theme.item, ()))
        for act in self.acts.values():
            if act.name == "ThemeRenamed" and act.touched[0] == f"theme:{theme.id}":
                act.back = None
            elif act.name == "ThemesPublished" and act.back is not None:
                copies += act.back
        for copy in copies:
            if copy.id == theme.id:
                copy.title = None

    def _topics(self, touched: tuple[str, ...]) -> tuple[str, ...]:
        topics: list[str] = []
        for thing in touched:
            kind, id_ = thing.split(":", 1)
            topics.append(f"idea:{id_}" if kind in ("filed", "quoted") else thing)
        return (*topics, "themes")


def _beside_parents(order: tuple[ThemeId, ...], theme: Theme) -> tuple[ThemeId, ...]:
    """The order with a new theme in it: before the first of its parents, or last."""
    place = min((order.index(p) for p in theme.parents), default=len(order))
    return (*order[:place], theme.id, *order[place:])


def _depends(other: TeamAct, act: TeamAct) -> bool:
    """Whether a later act builds upon an earlier one.

    Filing and quoting touch one (theme, idea) pair: two of them in one theme are independent.
    """
    theme_wide = ("filed", "quoted")
    pair = act.touched[-1] if act.touched[-1].split(":")[0] in theme_wide else None
    other_pair = other.touched[-1] if other.touched[-1].split(":")[0] in theme_wide else None
    if pair is not None and other_pair is not None:
        return other.touched == act.touched
    if pair is not None:
        # a merge or a question took the theme over with this idea in it; a rename did not
        return other.name in ("ThemesMerged", "OptionAdded") and act.touched[0] in other.touched
    if act.name == "ThemesPublished":
        # what was published is a copy: the desk goes on without depending on it
        return act.touched[0] in other.touched
    if act.name == "ThemeRenamed" and other_pair is not None:
        return False
    return any(thing in act.touched for thing in other.touched)


def _publish(theme: Theme, ideas: Ideas) -> PublishedTheme:
    return PublishedTheme(
        theme.id,
        theme.title,
        {idea: revision for idea, revision in theme.quotes.items() if not ideas.ideas[idea].withdrawn},
        len(standing_ideas(theme, ideas)),
        len(tables_of(theme, ideas)),
    )


def _restore(where: dict[IdeaId, int], idea: IdeaId, revision: int | None) -> None:
    if revision is None:
        where.pop(idea, None)
    else:
        where[idea] = revision


def tables_of(theme: Theme, ideas: Ideas) -> list[TableId]:
    """The distinct tables whose standing ideas lie under the theme, in the order of the ideas."""
    found = (ideas.ideas[i] for i in theme.ideas)
    return list(dict.fromkeys(idea.table for idea in found if not idea.withdrawn))


def standing_ideas(theme: Theme, ideas: Ideas) -> list[IdeaId]:
    """The ideas under the theme that were not withdrawn."""
    return [i for i in theme.ideas if not ideas.ideas[i].withdrawn]


def minority_ideas(item: ItemId, ideas: Ideas) -> list[IdeaId]:
    """The strong minority views of an item: never dropped, never voted on."""
    return [
        i.id
        for i in ideas.ideas.values()
        if i.item == item and i.kind is IdeaKind.MINORITY and not i.withdrawn
    ]
