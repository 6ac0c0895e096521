"""The day: what the crew does, item after item, by the agenda that the console shows.

It follows whatever plan the meeting has. What happens once in a day only (a vote taken back, a round
voided and run again, a device that takes over, late arrivals, a redaction, an erratum) is in `Once`.
"""

from collections.abc import Callable
from typing import Any

from app.core.commands import (
    BeginItem,
    CloseMeeting,
    FinishItem,
    RecordErratum,
    RecordResponse,
    SceneKind,
    SendMessage,
    StartMeeting,
    StartTimer,
)
from app.core.ids import ItemId, MessageId, QuestionId, Text, ThemeId
from app.room.corpus import corpus
from app.room.guest import new_id
from app.room.once import Once
from app.room.room import Room
from app.room.tables import TALK_PART

PAUSE_SECONDS_MAX = 20.0
PRIORITY: Text = {
    "en": "Which of these themes should come first?",
    "th": "ประเด็นใดควรทำก่อน",
}
FINAL: Text = {
    "en": "Of everything that we heard today, what should the city do first?",
    "th": "จากทุกเรื่องที่ได้ฟังวันนี้ เมืองควรทำเรื่องใดก่อน",
}
ERRATUM: Text = {
    "en": "The figure that was read out before this vote was last year's. The question was right.",
    "th": "ตัวเลขเงินที่อ่านก่อนลงคะแนนข้อนี้เป็นของปีก่อน ตัวคำถามถูกต้องแล้ว",
}


class Day:
    """Runs a meeting from its first item to its end."""

    def __init__(self, room: Room, told: Callable[[str], None] = lambda _: None) -> None:
        self.room, self.crew, self.pace = room, room.crew, room.pace
        self.told = told
        self.once = Once(room)

    async def run(self) -> None:
        """The whole day, from wherever it stands."""
        await self.begin()
        for item in self.items():
            if item["state"] in ("planned", "running"):
                await self.item(item)
        await self.end()

    async def begin(self) -> None:
        """Open the doors, where they are not open."""
        meeting = self.crew.lead.see("console", "meeting")
        if meeting["phase"] == "prepared":
            await self.crew.organiser.do(StartMeeting())
        await self.room.leader.assign(self.room.members, list(self.room.laptops))
        await self.mine()

    def items(self) -> list[dict[str, Any]]:
        """The agenda of now."""
        items: list[dict[str, Any]] = self.crew.lead.see("console", "agenda")["items"]
        return items

    async def end(self) -> None:
        """Close the day, and say what was wrong in it."""
        asked = self.questions_of("people") or self.questions_of(None)
        await self.crew.organiser.do(CloseMeeting(), {"meeting_closed"})
        if asked:
            await self.crew.organiser.do(RecordErratum(ERRATUM, QuestionId(asked[0])))

    # --- an item ---------------------------------------------------------------------------

    async def item(self, item: dict[str, Any]) -> None:
        """One item: talk, themes, votes."""
        await self.free()
        named = item["id"]
        self.told(in_english(item["title"]) or named)
        if item["takes_ideas"]:
            await self.room.leader.begin(named)
        if item["state"] == "planned":
            await self.crew.lead.do(BeginItem(ItemId(named)), {"item_done", "item_already_running"})
        await self.crew.scene(SceneKind.AGENDA)
        await self.mine()
        await self.once.at_item(named)
        if item["takes_ideas"]:
            await self.talk(item)
            await self.sum_up(named)
        elif not self.questions_of(named):
            await self.pause(item)
        for question in self.questions_of(named):
            await self.planned_vote(question)
        if named == "response":
            await self.respond()

    async def talk(self, item: dict[str, Any]) -> None:
        """Tables talk and write; near the end a message says so."""
        seconds = self.pace.talk_seconds(item["minutes"]) * (TALK_PART + 0.1)
        await self.crew.manager.do(StartTimer(max(1, round(seconds))))
        if self.pace.rushing:
            await self.room.watch.until(f"ideas/{item['id']}", lambda: len(self.room.laptops), 60)
            self.pace.skip(seconds)
        else:
            await self.pace.think(seconds * 0.8)
        words = corpus().messages[0]
        await self.crew.manager.do(SendMessage(MessageId(new_id("msg")), words))
        if not self.pace.rushing:
            await self.pace.think(seconds * 0.2)

    def _priority(self, item: str) -> Text:
        """The priority question of an item, by its name: the report lists several side by side."""
        items = (self.crew.lead.see("console", "agenda") or {"items": []})["items"]
        named: Text = next((i["title"] for i in items if i["id"] == item and i["title"]), {})
        joint = {"en": ". ", "th": " "}
        return {
            language: named[language] + joint.get(language, " ") + words if language in named else words
            for language, words in PRIORITY.items()
        }

    async def sum_up(self, item: str) -> None:
        """Themes to the screen, and the priority question that is made of them."""
        await self.free()
        themes = await self.room.leader.sum_up(item)
        title = self._priority(item)
        if item == "priorities":
            themes, title = self.room.leader.strongest(), FINAL
        if not themes:
            return
        await self.crew.scene(SceneKind.THEMES, item=item)
        await self.mine()
        await self.pace.think(self.pace.talk_seconds(1))
        self.pace.skip(60)
        question = await self.room.leader.make_question(item, title, themes)
        if question is not None:
            await self.vote(question, SceneKind.PRIORITIES)

    async def pause(self, item: dict[str, Any]) -> None:
        """A break, or somebody speaks."""
        await self.crew.scene(SceneKind.ROOM)
        await self.mine()
        seconds = self.pace.talk_seconds(item["minutes"])
        await self.pace.think(min(seconds, PAUSE_SECONDS_MAX) if self.room.stays else seconds)
        self.pace.skip(seconds)

    def questions_of(self, item: str | None) -> list[str]:
        """The planned questions of an item that were not asked yet; `None` for all that were asked."""
        found = [q for q in self.crew.lead.all("console", "question/") if q is not None]
        if item is None:
            return [q["question"] for q in found if q["state"] == "shown" and q["purpose"] == "topic"]
        return [
            q["question"]
            for q in found
            if q["item"] == item and q["state"] == "planned" and not q["question"].startswith("q_")
        ]

    async def planned_vote(self, question: str) -> None:
        """A question of the plan, once it is its turn."""
        await self.free()
        sheet = self.crew.question(question)
        if sheet.get("state") != "planned":
            return  # somebody else has asked it meanwhile
        await self.crew.scene(SceneKind.QUESTION, question)
        await self.mine()
        self.told(in_english(sheet["title"]) or question)
        await self.pace.think(self.pace.talk_seconds(0.5))
        self.pace.skip(30)
        await self.once.before_vote(question)
        await self.vote(question, SceneKind.RESULTS)
        self.pace.skip(60)
        await self.pace.think(self.pace.talk_seconds(0.5))

    async def vote(self, question: str, kind: SceneKind) -> None:
        """One vote from its opening to its show; once in a day it is void and run again."""
        again = True
        while again:
            number = await self.crew.open(question)
            await self.mine()
            if number is None:
                return
            await self.once.during_vote(question)
            await self.crew.close(question, number)
            again = await self.once.after_close(question)
        await self.free()
        await self.crew.show(question, kind)
        await self.mine()

    async def respond(self) -> None:
        """The decision makers answer: to the whole, and to the strongest theme."""
        words = corpus().responses[0]
        await self.crew.organiser.do(RecordResponse(words))
        strongest = self.room.leader.strongest()
        if strongest:
            await self.crew.organiser.do(RecordResponse(words, ThemeId(strongest[0])))

    # --- for ever --------------------------------------------------------------------------

    async def stay_alive(self) -> None:
        """After the agenda: an open floor, again and again, so that a visitor always finds a room at work."""
        await self.begin()
        for item in self.items():
            if item["state"] in ("planned", "running"):
                await self.item(item)
        while True:
            await self.open_floor()

    async def open_floor(self) -> None:
        """One more item that was not on the agenda."""
        await self.free()
        item = await self.room.add_floor()
        if item is None:
            await self.pace.think(60)
            return
        await self.item(next(i for i in self.items() if i["id"] == item))
        await self.crew.lead.do(FinishItem(ItemId(item)), {"item_not_running"})
        await self.mine()
        await self.pace.think(60)

    async def mine(self) -> None:
        """What stands now is the crew's doing, no person's."""
        if self.room.stays:
            await self.crew.hands.mine()

    async def free(self) -> None:
        """Wait until no person has the day in hand."""
        if not self.pace.rushing and self.room.stays:
            await self.crew.hands.free(self.room.hands_off_seconds)


def in_english(text: Text | None) -> str:
    """A wording for the terminal."""
    return (text or {}).get("en") or next(iter((text or {}).values()), "")
