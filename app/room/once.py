"""What happens once in a day: the accidents and exceptions that a real one has, each at its place."""

from app.core.commands import (
    AddSeat,
    HelpKind,
    IdeaKind,
    OpenVoting,
    RedactText,
    TakeBack,
)
from app.core.ids import QuestionId, SeatId, TableId
from app.room.guest import new_id
from app.room.room import Room

CALLS = (
    (HelpKind.KEYPAD, "One phone here shows another seat."),
    (HelpKind.WELFARE, "Somebody feels unwell in the heat."),
    (HelpKind.INTERPRETER, "ต้องการล่ามภาษาอังกฤษหนึ่งคน"),
)


class Once:
    """Keeps which of it has happened."""

    def __init__(self, room: Room) -> None:
        self.room, self.crew = room, room.crew
        self._happened: set[str] = set()
        self._items = 0

    def _first(self, what: str) -> bool:
        """Whether this has not happened yet; from now on it has."""
        new = what not in self._happened
        self._happened.add(what)
        return new

    async def at_item(self, item: str) -> None:
        """As an item begins."""
        self._items += 1
        if self._items == 2:
            await self.room.count_heads()
            await self._call_help()
        if self._items == 5:
            await self.room.late_arrive()
            await self._add_seat()
            await self.room.count_heads()
        if self._items == 8:
            await self._redact()
        if item == "evaluation":
            await self.room.early_leave()

    async def before_vote(self, question: str) -> None:
        """Once, a question is opened by mistake and taken back before anybody has answered."""
        sheet = self.crew.question(question)
        if sheet["kind"] == "number" and self._first("taken back"):
            named = QuestionId(question)
            if await self.crew.lead.do(OpenVoting(named, 0), {"question_not_planned"}):
                taken = await self.crew.lead.do(
                    TakeBack(named), {"ballots_already_cast", "take_back_too_late", "question_not_open"}
                )
                if taken:
                    await self.crew.until_state(question, sheet["round"] + 1, "planned")
                else:  # somebody was faster: then the vote goes on
                    await self.crew.until_state(question, sheet["round"], "open")

    async def during_vote(self, question: str) -> None:
        """Once, a newer device asks for a seat that has voted; the facilitator says yes."""
        if self.crew.question(question)["kind"] == "demographic" and self._first("taken over"):
            await self.room.take_over(question)

    async def after_close(self, question: str) -> bool:
        """Once, a round is declared void and run again; whether it was."""
        sheet = self.crew.question(question)
        if sheet["kind"] == "pick_up_to" and self._first("void"):
            await self.crew.void_and_run_again(question)
            return True
        return False

    async def _call_help(self) -> None:
        for laptop, (kind, text) in zip(self.room.laptops.values(), CALLS, strict=False):
            await laptop.call_help(kind, text)

    async def _add_seat(self) -> None:
        """One more comes than there are places: a seat is added, and its phone joins."""
        table = next(iter(self.room.laptops))
        seat = SeatId(new_id("seat"))
        if await self.crew.organiser.do(AddSeat(seat, TableId(table)), {"table_full"}):
            await self.room.seat_late(seat)

    async def _redact(self) -> None:
        """Somebody wrote a person's affairs into an idea: the text is taken out of the record."""
        ideas = self.crew.organiser.all("desk", "idea/")
        found = next((i for i in ideas if i["kind"] == IdeaKind.REQUEST.value and not i["redacted"]), None)
        found = found or next((i for i in ideas if not i["redacted"] and not i["themes"]), None)
        if found is not None:
            await self.crew.organiser.do(RedactText("idea", found["id"]))
