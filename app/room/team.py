"""The theme team: members read and file every idea, the leader sums up and hands the stage a question.

They file by words alone (`corpus.py`), so that what a visitor types is filed like the rest. They tell
each other which theme is which, as people at one desk do; everything else they know from the channel `desk`.
"""

from collections.abc import Sequence
from typing import Any

from app.client import Client
from app.core.commands import (
    AssignTables,
    CreateTheme,
    FileIdea,
    MakeQuestion,
    MergeThemes,
    OrderThemes,
    PublishThemes,
    QuoteIdea,
    ReadIdeas,
    RenameTheme,
    UndoAct,
    UnfileIdea,
)
from app.core.ids import CapabilityId, IdeaId, ItemId, OptionId, QuestionId, TableId, Text, ThemeId
from app.core.planned import Kind, Purpose, QuestionRules
from app.room.corpus import corpus
from app.room.guest import Guest, new_id
from app.room.pace import Pace, Watch

READ_AT_ONCE = 25
LOOK_SECONDS = 2.0
THEMES_IN_FINAL = 2
OPTIONS_MAX = 9
CHANGED = frozenset(
    {"revision_changed", "idea_withdrawn", "already_redacted", "already_filed", "theme_merged"}
    | {"personal_request"}
)
"""What may come between reading an idea and filing it."""

Filed = dict[tuple[str, int], ThemeId]
"""Which theme stands for which heading of an item's topic: what the team tells each other."""


class Member(Guest):
    """Reads the ideas of some tables and files them.

    Attributes:
        tables: Which ones; all where empty.
        capability: The public id of its right, as the organiser's list of links names it.
    """

    def __init__(self, client: Client, filed: Filed, pace: Pace, watch: Watch) -> None:
        super().__init__(client, pace, watch)
        self.filed = filed
        self.tables: frozenset[str] = frozenset()
        self.capability: str | None = None

    async def run(self) -> None:
        """Read on, for as long as ideas come."""
        while True:
            await self.until(self._unread)
            await self._read_some()
            await self.pace.think(LOOK_SECONDS)

    def _mine(self) -> list[dict[str, Any]]:
        return [i for i in self.all("desk", "idea/") if not self.tables or i["table"] in self.tables]

    def _unread(self) -> list[dict[str, Any]]:
        return [i for i in self._mine() if not i["read"] and i["text"] is not None and not i["withdrawn"]]

    async def _read_some(self) -> None:
        reading = self._unread()[:READ_AT_ONCE]
        for idea in reading:
            if idea["kind"] in ("request", "question"):
                continue  # a request goes to its office, a question to the experts
            for heading in corpus().headings_for(idea["item"], idea["text"]):
                theme = self.filed.get((idea["item"], heading))
                if theme is not None and theme not in idea["themes"]:
                    await self.do(FileIdea(IdeaId(idea["id"]), idea["revision"], theme), CHANGED)
        await self.do(ReadIdeas(tuple(IdeaId(idea["id"]) for idea in reading)))
        # what is read disappears from the pile with the next frame; with new words it is another pile's
        read = {(idea["id"], idea["revision"]) for idea in reading}
        await self.until(lambda: not read & {(i["id"], i["revision"]) for i in self._unread()}, 60)


class Leader(Member):
    """Makes the themes, puts them in order, publishes them, and makes the question."""

    def __init__(self, client: Client, filed: Filed, pace: Pace, watch: Watch) -> None:
        super().__init__(client, filed, pace, watch)
        self._shown_how = 0

    async def assign(self, members: Sequence[Member], tables: Sequence[str]) -> None:
        """Give every member a block of tables to read."""
        for place, member in enumerate(members):
            block = tables[place :: len(members)]
            member.tables = frozenset(block)
            if member.capability is not None:
                to = CapabilityId(member.capability)
                await self.do(AssignTables(to, tuple(TableId(t) for t in block)))

    async def begin(self, item: str) -> None:
        """Write the headings that the team expects on the wall, where they are not there yet."""
        there = {
            t["title"]["en"]: t["id"] for t in self.all("desk", "theme/") if t["item"] == item and t["title"]
        }
        for place, heading in enumerate(corpus().topic(item).headings):
            if heading.title["en"] in there:
                self.filed[(item, place)] = ThemeId(there[heading.title["en"]])
                continue
            theme = ThemeId(new_id("theme"))
            if await self.do(CreateTheme(theme, ItemId(item), heading.title)):
                self.filed[(item, place)] = theme

    async def sum_up(self, item: str) -> list[str]:
        """Bring an item's themes to the stage: all read, ordered by tables, quoted, published.

        Returns:
            The published themes, strongest first.
        """
        await self.until(lambda: not [i for i in self._all_unread() if i["item"] == item], 120)
        await self._show_how(item)
        themes = sorted(
            (t for t in self.all("desk", "theme/") if t["item"] == item and t["ideas"]),
            key=lambda t: (-t["tables"], -t["ideas"], t["id"]),
        )
        order = [ThemeId(t["id"]) for t in themes]
        if order:
            await self.do(OrderThemes(ItemId(item), tuple(order)))
            for theme in order:
                await self._quote(theme)
            await self.do(PublishThemes(ItemId(item), tuple(order)))
        return list(order)

    def _all_unread(self) -> list[dict[str, Any]]:
        return [i for i in self.all("desk", "idea/") if not i["read"] and not i["withdrawn"] and i["text"]]

    async def _quote(self, theme: ThemeId) -> None:
        entry = self.see("desk", f"theme/{theme}")
        ideas = [i for i in self.all("desk", "idea/") if theme in i["themes"] and not i["withdrawn"]]
        if ideas and entry is not None and not entry["quotes"]:
            best = max(ideas, key=lambda i: (i["kind"] == "minority", len(i["text"] or ""), i["id"]))
            await self.do(QuoteIdea(theme, IdeaId(best["id"]), best["revision"]), CHANGED)

    async def _show_how(self, item: str) -> None:
        """On the first items do once what a desk does now and then: rename, merge, take out, undo."""
        self._shown_how += 1
        themes = [t for t in self.all("desk", "theme/") if t["item"] == item]
        if self._shown_how == 1:
            tried = ThemeId(new_id("theme"))
            await self.do(CreateTheme(tried, ItemId(item), {"th": "ชื่อที่ยังไม่ลงตัว", "en": "To be found"}))
            await self.do(RenameTheme(tried, {"th": "เรื่องอื่น ๆ", "en": "Other matters"}))
            await self.do(UndoAct())
            await self.do(UndoAct())
        if self._shown_how == 2 and len(themes) > 3:
            await self._merge(themes[-2:])
        if self._shown_how == 3:
            filed = next((i for i in self.all("desk", "idea/") if len(i["themes"]) > 1), None)
            if filed is not None:
                await self.do(UnfileIdea(IdeaId(filed["id"]), ThemeId(filed["themes"][-1])))

    async def _merge(self, parents: list[dict[str, Any]]) -> None:
        merged = ThemeId(new_id("theme"))
        title = {
            language: " · ".join(p["title"][language] for p in parents) for language in parents[0]["title"]
        }
        named = tuple(ThemeId(p["id"]) for p in parents)
        if await self.do(MergeThemes(merged, named, title)):
            for key, theme in self.filed.items():
                if theme in named:
                    self.filed[key] = merged
            await self.until(lambda: self.see("desk", f"theme/{merged}"), 60)

    async def make_question(self, item: str, title: Text, themes: Sequence[str]) -> QuestionId | None:
        """Hand the stage the priority question, made from themes in one act."""
        themes = themes[:OPTIONS_MAX]
        question = QuestionId(new_id("q"))
        rules = QuestionRules(Kind.PICK_UP_TO, Purpose.PRIORITY, choices_max=min(3, len(themes)))
        options = {OptionId(new_id("opt")): theme for theme in themes}
        made = len(themes) >= 2 and await self.do(
            MakeQuestion(question, title, rules, options, item=ItemId(item), seconds=40)
        )
        return question if made else None

    def strongest(self) -> list[str]:
        """The strongest published themes of every item: what the final question is made of."""
        found: list[str] = []
        for key, published in self.client.state.get("desk", {}).items():
            if key.startswith("published/") and published:
                found += [theme["id"] for theme in published[:THEMES_IN_FINAL]]
        return found
