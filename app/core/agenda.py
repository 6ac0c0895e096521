"""Agenda items: planned and real times, skipped, reordered and extended live.

planned ──begin──▶ running ──finish, or another begins──▶ done
└────skip────▶ skipped ──begin──▶ running
"""

from dataclasses import dataclass
from enum import StrEnum

from app.core.capability import Given
from app.core.commands import AddItem, AgendaCommand, BeginItem, ExtendItem, FinishItem, MoveItem, SkipItem
from app.core.errors import Refusal
from app.core.events import (
    AgendaEvent,
    AnyEvent,
    ItemAdded,
    ItemBegun,
    ItemExtended,
    ItemFinished,
    ItemMoved,
    ItemSkipped,
)
from app.core.ids import ItemId, Text, is_made_id
from app.core.planned import BackgroundPage, GuideCard, PlannedMeeting

MINUTES_MAX = 24 * 60


class ItemState(StrEnum):
    """Where an item stands."""

    PLANNED = "planned"
    RUNNING = "running"
    DONE = "done"
    SKIPPED = "skipped"


@dataclass(slots=True)
class Item:
    """One timed part of the day. Times are wall-clock milliseconds, minutes are planned ones."""

    id: ItemId
    title: Text | None
    minutes: int
    starts_at: str | None
    takes_ideas: bool
    guide: GuideCard | None
    background: tuple[BackgroundPage, ...]
    state: ItemState = ItemState.PLANNED
    extended_minutes: int = 0
    begun_at_ms: int | None = None
    done_at_ms: int | None = None
    skip_reason: Text | None = None
    added_during_day: bool = False

    @property
    def ends_at_ms(self) -> int | None:
        """When the running item should end."""
        if self.begun_at_ms is None:
            return None
        return self.begun_at_ms + 60_000 * (self.minutes + self.extended_minutes)


class Agenda:
    """The items in their order of now."""

    def __init__(self) -> None:
        self.items: dict[ItemId, Item] = {}
        self.order: list[ItemId] = []
        self.running: ItemId | None = None

    def prepare(self, plan: PlannedMeeting) -> None:
        """Take the items from the plan."""
        self.items, self.order = {}, []
        for i in plan.agenda:
            self.items[i.id] = Item(
                i.id, i.title, i.minutes, i.starts_at, i.takes_ideas, i.guide, i.background
            )
            self.order.append(i.id)

    def item(self, item: ItemId) -> Item:
        """The item, or the refusal unknown_item."""
        found = self.items.get(item)
        if found is None:
            raise Refusal("unknown_item", item=item[:64])
        return found

    def in_order(self) -> list[Item]:
        """All items, in the order of now."""
        return [self.items[item] for item in self.order]

    def decide(self, command: AgendaCommand, given: Given) -> tuple[AnyEvent, ...]:
        """Decide a command about the agenda."""
        match command:
            case BeginItem():
                item = self.item(command.item)
                if item.state is ItemState.RUNNING:
                    raise Refusal("item_already_running", item=item.id)
                if item.state is ItemState.DONE:
                    raise Refusal("item_done", item=item.id)
                return (ItemBegun(**given.act, item=item.id),)
            case FinishItem():
                item = self.item(command.item)
                if item.state is not ItemState.RUNNING:
                    raise Refusal("item_not_running", item=item.id)
                return (ItemFinished(**given.act, item=item.id),)
            case ExtendItem():
                item = self._not_over(command.item)
                if not 0 < item.minutes + item.extended_minutes + command.minutes <= MINUTES_MAX:
                    raise Refusal("minutes_out_of_range", limit=MINUTES_MAX)
                return (ItemExtended(**given.act, item=item.id, minutes=command.minutes),)
            case SkipItem():
                item = self._not_over(command.item)
                if item.state is ItemState.RUNNING:
                    raise Refusal("item_already_running", item=item.id)
                return (ItemSkipped(**given.act, item=item.id, reason=command.reason),)
            case MoveItem():
                item = self._not_over(command.item)
                before = None if command.before is None else self.item(command.before).id
                return (ItemMoved(**given.act, item=item.id, before=before),)
            case AddItem():
                return (self._add(command, given),)

    def _not_over(self, item: ItemId) -> Item:
        found = self.item(item)
        if found.state is ItemState.DONE:
            raise Refusal("item_done", item=found.id)
        if found.state is ItemState.SKIPPED:
            raise Refusal("item_skipped", item=found.id)
        return found

    def _add(self, command: AddItem, given: Given) -> ItemAdded:
        if not is_made_id("item", command.item):
            raise Refusal("bad_id", field="item")
        if command.item in self.items:
            raise Refusal("item_exists", item=command.item)
        if not 0 < command.minutes <= MINUTES_MAX:
            raise Refusal("minutes_out_of_range", limit=MINUTES_MAX)
        before = None if command.before is None else self.item(command.before).id
        return ItemAdded(
            **given.act,
            item=command.item,
            minutes=command.minutes,
            takes_ideas=command.takes_ideas,
            before=before,
            title=command.title,
        )

    def apply(self, event: AgendaEvent) -> tuple[str, ...]:
        """Fold one of this module's events; gives the topics touched."""
        match event:
            case ItemBegun():
                self._finish_running(event.at_ms)
                item = self.items[event.item]
                item.state, item.begun_at_ms = ItemState.RUNNING, event.at_ms
                self.running = item.id
            case ItemFinished():
                self._finish_running(event.at_ms)
            case ItemExtended():
                self.items[event.item].extended_minutes += event.minutes
            case ItemSkipped():
                item = self.items[event.item]
                item.state, item.skip_reason = ItemState.SKIPPED, event.reason
            case ItemMoved():
                if event.before != event.item:
                    self.order.remove(event.item)
                    self._insert(event.item, event.before)
            case ItemAdded():
                self.items[event.item] = Item(
                    event.item,
                    event.title,
                    event.minutes,
                    None,
                    event.takes_ideas,
                    None,
                    (),
                    added_during_day=True,
                )
                self._insert(event.item, event.before)
        return ("agenda",)

    def _finish_running(self, at_ms: int) -> None:
        if self.running is not None:
            item = self.items[self.running]
            item.state, item.done_at_ms = ItemState.DONE, at_ms
            self.running = None

    def _insert(self, item: ItemId, before: ItemId | None) -> None:
        place = self.order.index(before) if before in self.order else len(self.order)
        self.order.insert(place, item)
