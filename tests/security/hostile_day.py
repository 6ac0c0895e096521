"""A day on which every text that anybody types or plans is hostile: plan, ideas, options and the rest."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields, is_dataclass, replace
from itertools import cycle
from pathlib import Path
from typing import Any

from app.core import commands as c
from app.core.capability import Capability, Role
from app.core.ids import ItemId, KeypadId, OptionId, QuestionId, Round, ScreenId, SeatId, TableId
from app.core.planned import (
    BackgroundPage,
    Kind,
    PlannedMeeting,
    PlannedOption,
    QuestionRules,
)
from app.core.text import normal
from tests.builders import made, small_plan, words
from tests.security.samples import PLACE
from tests.security.server import Served
from tests.security.test_text import room_of

SCREEN = ScreenId("main")
OPTIONS_EACH = 100
"""How many of the texts are options of one question: three questions hold them all."""


def planned(thing: Any, texts: Iterator[str]) -> Any:
    """The same plan with a hostile text in every language of every wording."""
    if isinstance(thing, dict) and thing and set(thing) <= {"en", "th"}:
        return {language: normal(next(texts))[:300] for language in thing}
    if isinstance(thing, tuple) and not hasattr(thing, "_fields"):
        return tuple(planned(each, texts) for each in thing)
    if is_dataclass(thing) and not isinstance(thing, type):
        return replace(thing, **{f.name: planned(getattr(thing, f.name), texts) for f in fields(thing)})
    return thing


def hostile_plan(texts: tuple[str, ...]) -> PlannedMeeting:
    """The small plan, worded by these; with background pages, which tables read."""
    plain = small_plan(close_notice_ms=0)
    page = BackgroundPage(
        title=words("x"), body=words("x"), arguments_for=words("x"), arguments_against=words("x")
    )
    plan = replace(plain, agenda=tuple(replace(item, background=(page,)) for item in plain.agenda))
    return planned(plan, cycle(text for text in texts if normal(text).strip()))  # type: ignore[no-any-return]


@dataclass
class HostileDay:
    """A day in full, and what is open in it."""

    room: Served
    taken: list[str]
    questions: list[QuestionId]
    organiser: Capability

    async def take(self, scene: c.Scene, text: str | None = None) -> None:
        """Put a scene on the screen."""
        wording = None if text is None else {"en": text, "th": text}
        await self.room.do(c.TakeScene(SCREEN, scene, wording), self.organiser)

    async def scenes(self) -> list[c.Scene]:
        """Every scene there is, with what it needs."""
        about = {
            "question": self.questions[1], "other": QuestionId("approve"), "item": PLACE,
        }  # fmt: skip
        needs = {
            c.SceneKind.QUESTION: ("question",), c.SceneKind.VOTING: ("question",),
            c.SceneKind.RESULTS: ("question",), c.SceneKind.PRIORITIES: ("question",),
            c.SceneKind.COMPARE: ("question", "other"), c.SceneKind.THEMES: ("item",),
        }  # fmt: skip
        return [
            c.Scene(kind, **{name: about[name] for name in needs.get(kind, ())})  # type: ignore[arg-type]
            for kind in c.SceneKind
            if kind is not c.SceneKind.SAMPLE  # needs hands that were counted, and has no typed word
        ]


@asynccontextmanager
async def hostile_day(folder: Path, texts: tuple[str, ...]) -> AsyncIterator[HostileDay]:
    """The day: ideas, themes and messages by `room_of`, and everything else that can be typed."""
    async with room_of(folder, texts, hostile_plan(texts)) as (room, taken):
        organiser = (await room.way(Role.ORGANISER)).capability
        laptop = (await room.way(Role.TABLE_FACILITATOR, "1")).capability
        expert = (await room.way(Role.EXPERT)).capability
        fit = [text for text in texts if normal(text).strip()]
        questions = await drafted(room, fit, organiser)
        for question in (QuestionId("approve"), questions[1]):
            await voted(room, question, organiser)
        said: list[tuple[c.AnyCommand, Capability]] = []
        for at in range(0, len(fit), 12):
            text, wording = (
                fit[at],
                {"en": fit[at], "th": fit[at + 1]} if at + 1 < len(fit) else {"en": fit[at]},
            )
            short = {language: normal(each)[:300] for language, each in wording.items()}
            said += [
                (c.CallHelp(made("call"), TableId("1"), c.HelpKind.WELFARE, text), laptop),
                (c.RecordErratum(wording), organiser),
                (c.RecordResponse(wording), organiser),
                (c.AddItem(ItemId(made("item")), short, 5), organiser),
            ]
        said += [
            (c.SkipItem(ItemId("lunch"), {"en": fit[3]}), organiser),
            (c.StartTimer(3_600, {"en": normal(fit[0])[:100], "th": normal(fit[30])[:100]}), organiser),
            (c.OpenVoting(questions[0]), organiser),
        ]
        for each, by in said:
            await room.do(each, by)
        asked = await room.hall.read(
            lambda m: [i.id for i in m.ideas.ideas.values() if i.revisions[-1].kind is c.IdeaKind.QUESTION]
        )
        for idea, text in zip(asked, fit, strict=False):
            await room.do(c.AnswerIdea(idea, text, "en"), expert)
        yield HostileDay(room, taken, questions, organiser)


async def drafted(room: Served, texts: list[str], organiser: Capability) -> list[QuestionId]:
    """Questions whose options are the texts."""
    found = []
    for at in range(0, len(texts), OPTIONS_EACH):
        some = texts[at : at + OPTIONS_EACH]
        options = tuple(PlannedOption(OptionId(made("opt")), {"en": text, "th": text}) for text in some)
        question = QuestionId(made("q"))
        title = {"en": normal(some[0])[:300], "th": normal(some[-1])[:300]}
        await room.do(
            c.DraftQuestion(question, title, QuestionRules(Kind.APPROVE), options, seconds=0), organiser
        )
        found.append(question)
    return found


async def voted(room: Served, question: QuestionId, organiser: Capability) -> None:
    """A vote on it, with its result shown."""
    await room.do(c.OpenVoting(question), organiser)
    held = (await room.way(Role.PARTICIPANT, "1-1")).capability
    by = replace(held, device=KeypadId("phone-1-1"))
    await room.do(c.JoinSeat(SeatId("1-1")), by)
    options = await room.hall.read(lambda m: list(m.questions.questions[question].options)[:3])
    await room.do(c.CastBallot(question, Round(1), SeatId("1-1"), tuple(options)), by)
    await room.close_vote(question)
    await room.do(c.ShowResults(question), organiser)
