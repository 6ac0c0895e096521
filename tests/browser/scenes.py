"""Every scene of a screen as the core draws it, with short words, very long ones, and Thai ones alone.

A meeting is walked through by commands, and what `views` says of each scene is kept: the browser's tests give
these to the page, so that a picture is measured with what the server really tells.
"""

import json
from functools import cache
from itertools import cycle
from typing import Any

from app.core import commands as c
from app.core import planned as p
from app.core import views
from app.core.commands import Scene, SceneKind
from app.core.ids import ItemId, OptionId, QuestionId, ScreenId, SeatId, SiteId, TableId, Text, ThemeId
from app.core.planned import Kind, Purpose
from tests.builders import LEAD, THEME_LEADER, Day, area_manager, facilitator, made, participant, small_plan

WORDINGS = ("short", "long", "thai")
LANGUAGES = (("en",), ("th",), ("th", "en"))

_SHORT = (
    ("What matters most for the river?", "เรื่องใดสำคัญที่สุดสำหรับแม่น้ำ"),
    ("Clean water", "น้ำสะอาด"),
    ("Shade and trees along the path", "ต้นไม้และร่มเงาตลอดทางเดิน"),
    ("A ferry stop at the market", "ท่าเรือที่ตลาด"),
    ("Safe crossings for children", "ทางข้ามที่ปลอดภัยสำหรับเด็ก"),
    ("Quiet evenings", "ความสงบในยามเย็น"),
    ("More room for small shops", "ที่ค้าขายสำหรับร้านเล็ก"),
    ("Fewer cars by the school", "รถน้อยลงหน้าโรงเรียน"),
    ("Places to sit", "ที่นั่งพัก"),
    ("Light after dark", "แสงสว่างยามค่ำคืน"),
    ("Clean public toilets", "ห้องน้ำสาธารณะที่สะอาด"),
    ("A library by the water", "ห้องสมุดริมน้ำ"),
    ("Boats that run on time", "เรือที่ตรงเวลา"),
)
_ENGLISH = (
    "In the years to come the city will spend most of what it has on the river and on the ground beside it, "
    "and before anything is decided it wants to hear from those who live there which of the following "
    "matters the most to them and to their children and what should be left exactly as it is today for as "
    "long as anybody can see ahead "
)
_THAI = (
    "ในปีต่อต่อไปเมืองจะใช้งบประมาณส่วนใหญ่กับแม่น้ำและพื้นที่ริมน้ำและก่อนที่จะตัดสินใจเรื่องใดเมืองต้องการรับฟังจากผู้ที่อาศัยอยู่ที่นั่น"
    "ว่าเรื่องใดต่อไปนี้สำคัญที่สุดต่อตนเองและต่อลูกหลานและเรื่องใดควรคงไว้อย่างที่เป็นอยู่ทุกวันนี้ให้นานที่สุดเท่าที่จะทำได้"
)


def wording(kind: str, number: int, length: int) -> Text:
    """A text; of the long ones as many characters as may be."""
    english, thai = _SHORT[number % len(_SHORT)]
    if kind == "short":
        return {"en": english, "th": thai}
    long_thai = (f"{thai} {_THAI * 3}")[:length].strip()
    if kind == "thai":
        return {"th": long_thai[: min(length, 120)]}
    return {"en": f"{english}: {_ENGLISH * 2}"[:length].strip(), "th": long_thai}


class Hall:
    """A day with words of a kind."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._asked = 0
        self.day = Day(self._plan())
        for number in range(1, 9):
            for seat in range(1, 8 if number % 3 else 4):
                self.day.join(f"{number}-{seat}")
        self.voters = [str(s.id) for s in self.day.meeting.roster.seats.values() if s.present]

    def text(self, number: int, length: int = 300) -> Text:
        return wording(self.kind, number, length)

    def _plan(self) -> p.PlannedMeeting:
        items = tuple(
            p.PlannedItem(
                ItemId(f"item{n}"), self.text(n, 300), 30, f"{9 + n}:00".zfill(5), takes_ideas=n == 1
            )
            for n in range(9)
        )
        return small_plan(
            title=self.text(0, 300),
            place={"en": "The city hall", "th": "ศาลากลาง"},
            level=p.Level.CONSULT,
            sites=(p.PlannedSite(SiteId("hall"), {"en": "Hall", "th": "ห้องประชุม"}),),
            tables=tuple(p.PlannedTable(TableId(str(n)), SiteId("hall")) for n in range(1, 11)),
            seats=tuple(
                p.PlannedSeat(
                    SeatId(f"{n}-{s}"), TableId(str(n)), p.Standing.PARTY if s == 1 else p.Standing.CITIZEN,
                    "business" if s == 1 else None,
                )
                for n in range(1, 11) for s in range(1, 8)
            ),
            agenda=items,
            questions=tuple(self._questions()),
            census=p.CensusSource(self.text(0, 120), self.text(1, 60), 2026),
        )  # fmt: skip

    def _questions(self) -> list[p.PlannedQuestion]:
        def asked(
            id_: str, kind: Kind, options: int, *, census: bool = False, **rules: Any
        ) -> p.PlannedQuestion:
            made_ = tuple(
                p.PlannedOption(
                    OptionId(f"o{n}"),
                    self.text(n + 1, 500 if n == 1 else 160),
                    census=1000 * (n + 3) if census else None,
                )
                for n in range(options)
            )
            if kind is Kind.YES_NO:
                words = {
                    "yes": ("Yes", "เห็นด้วย"),
                    "no": ("No", "ไม่เห็นด้วย"),
                    "abstain": ("Abstain", "งดออกเสียง"),
                }
                made_ = tuple(p.PlannedOption(OptionId(i), {"en": e, "th": t}) for i, (e, t) in words.items())
            steps = ((2, "Well", "ดี"), (1, "Fairly", "พอใช้"), (0, "Needs work", "ต้องปรับปรุง"))
            scale = tuple(p.ScaleStep(value, {"en": en, "th": th}) for value, en, th in steps)
            return p.PlannedQuestion(
                QuestionId(id_), self.text(0, 300), p.QuestionRules(kind, **rules), made_,
                scale if kind is Kind.RATING else (), ItemId("item1"),
            )  # fmt: skip

        return [
            asked("three", Kind.PICK_ONE, 3),
            asked("ten", Kind.PICK_UP_TO, 10, choices_max=3),
            asked("again", Kind.PICK_UP_TO, 10, choices_max=3),
            asked("twelve", Kind.APPROVE, 12),
            asked("ranked", Kind.PICK_UP_TO, 6, choices_max=3, purpose=Purpose.PRIORITY),
            asked("yesno", Kind.YES_NO, 3),
            asked("rate", Kind.RATING, 3),
            asked("number", Kind.NUMBER, 0, number_min=0, number_max=60),
            asked("age", Kind.DEMOGRAPHIC, 4, census=True, purpose=Purpose.DEMOGRAPHIC),
            asked("open", Kind.PICK_ONE, 4),
            asked("shut", Kind.PICK_ONE, 4, anonymous=True),
        ]

    def open(self, id_: str, seconds: int = 0) -> None:
        """Open the vote, whatever language is missing."""
        self.day.do(c.OpenVoting(QuestionId(id_), seconds, ("en",) if self.kind == "thai" else ()))

    def vote(self, id_: str, choices: list[Any], *, shown: bool = True) -> None:
        """Everybody present votes, going through these choices in turn; then it is closed and shown."""
        self.open(id_)
        for seat, choice in zip(self.voters, cycle(choices), strict=False):
            self.day.do(
                self.day.ballot(id_, seat, values=tuple(choice) if isinstance(choice, list) else choice),
                participant(seat),
            )
        self.day.close(id_)
        if shown:
            self.day.show(id_)

    def take(
        self, kind: SceneKind, languages: tuple[str, ...], text: Text | None = None, **named: Any
    ) -> dict[str, Any]:
        """The scene on air, and the timer, as the screen's channel tells them."""
        self.day.do(c.TakeScene(ScreenId("main"), Scene(kind, languages=languages, **named), text), LEAD)
        told = views.snapshot(self.day.meeting, "screen:main")
        found: dict[str, Any] = json.loads(
            json.dumps({"scene": told["scene"], "timer": told["timer"]}, default=str)
        )
        return found

    def themes(self) -> None:
        """Five themes of the first item, with quotes of up to 500 characters."""
        item, themes = ItemId("item1"), []
        for number in range(5):
            theme = ThemeId(made("theme"))
            themes.append(theme)
            self.day.do(c.CreateTheme(theme, item, self.text(number + 1, 300)), THEME_LEADER)
            for table in range(1, number + 3):
                idea = made("idea")
                language = "th" if self.kind == "thai" or table % 2 else "en"
                words = self.text(number + table, 500)[language]
                self.day.do(
                    c.WriteIdea(idea, TableId(str(table)), item, c.IdeaKind.AGREEMENT, words, language),
                    facilitator(str(table)),
                )
                self.day.do(c.FileIdea(idea, 1, theme), THEME_LEADER)
                if table == 1 + number % 2:
                    self.day.do(c.QuoteIdea(theme, idea, 1), THEME_LEADER)
        self.day.do(c.PublishThemes(item, tuple(themes)), THEME_LEADER)


def q(id_: str, other: str | None = None) -> dict[str, Any]:
    return {"question": QuestionId(id_), "other": None if other is None else QuestionId(other)}


@cache
def scenes(kind: str, languages: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """Every scene by its name."""
    hall = Hall(kind)
    day, take = hall.day, hall.take
    found = {"title": take(SceneKind.TITLE, languages), "timer_none": take(SceneKind.TIMER, languages)}
    day.do(c.StartTimer(300, hall.text(2, 100)))
    found["timer"] = take(SceneKind.TIMER, languages)
    for n in range(3):
        day.do(c.BeginItem(ItemId(f"item{n}")))
    found["agenda"] = take(SceneKind.AGENDA, languages)
    found["question"] = take(SceneKind.QUESTION, languages, **q("three"))
    found["question_ten"] = take(SceneKind.QUESTION, languages, **q("ten"))
    several = [["o0", "o1", "o2"], ["o0", "o3"], ["o1", "o4", "o5"], ["o0"], ["o9", "o6"], ["o7", "o0", "o8"]]
    hall.vote("three", [["o0"], ["o1"], ["o0"], ["o2"], ["o0"]])
    hall.vote("ten", several)
    hall.vote("again", several[1:])
    hall.vote("twelve", [[*each, "o11"] for each in several])
    hall.vote("ranked", [["o2", "o0"], ["o1", "o2"], ["o3", "o2"], ["o0", "o4"], ["o5", "o2", "o1"]])
    hall.vote("yesno", [["yes"], ["no"], ["yes"], ["abstain"]])
    hall.vote("rate", [{"o0": 2, "o1": 1, "o2": 0}, {"o0": 2, "o1": 2}, {"o0": 1, "o1": 0, "o2": 1}])
    hall.vote("number", [3, 7, 12, 15, 15, 28, 44])
    hall.vote("age", [["o0"], ["o1"], ["o1"], ["o2"], ["o3"]])
    for name, id_ in (
        ("three", "three"),
        ("twelve", "twelve"),
        ("yesno", "yesno"),
        ("rate", "rate"),
        ("number", "number"),
    ):
        found[f"results_{name}"] = take(SceneKind.RESULTS, languages, **q(id_))
    found["compare"] = take(SceneKind.COMPARE, languages, **q("ten", "again"))
    found["compare_kinds"] = take(SceneKind.COMPARE, languages, **q("yesno", "three"))
    found["priorities"] = take(SceneKind.PRIORITIES, languages, **q("ranked"))
    found["priorities_twelve"] = take(SceneKind.PRIORITIES, languages, **q("twelve"))
    found["priorities_rated"] = take(SceneKind.PRIORITIES, languages, **q("rate"))
    found["room"] = take(SceneKind.ROOM, languages)
    found["roll_call"] = take(SceneKind.ROLL_CALL, languages)
    day.do(c.DrawSample((3, 1, 6, 2, 5, 4, 1, 6, 2, 3), 5))
    for number, pair in enumerate(list(day.meeting.sampling.samples[0].pairs)):
        option = next(iter(day.meeting.questions.questions[pair.question].options))
        hands = {option: 1} if number else {}
        day.do(c.EnterHands(*pair, hands, missing=not hands), area_manager(pair.table))
    found["sample"] = take(SceneKind.SAMPLE, languages)
    hall.vote("shut", [["o0"], ["o1"]], shown=False)
    found["voting_closed"] = take(SceneKind.VOTING, languages, **q("shut"))
    hall.open("open", 120)
    for seat in hall.voters[:17]:
        day.do(day.ballot("open", seat, "o1"), participant(seat))
    found["voting"] = take(SceneKind.VOTING, languages, **q("open"))
    hall.themes()
    found["themes"] = take(SceneKind.THEMES, languages, item=ItemId("item1"))
    found["message"] = take(SceneKind.MESSAGE, languages, hall.text(3, 500))
    found["blank"] = take(SceneKind.BLANK, languages)
    return found


@cache
def five_hundred(languages: tuple[str, ...]) -> dict[str, Any]:
    """The roll call of five hundred tables of ten, some of them empty yet."""
    hall = Hall("short")
    scene = hall.take(SceneKind.ROLL_CALL, languages)
    tables = [{"table": str(n), "present": (10, 10, 7, 0, 10, 9)[n % 6], "seats": 10} for n in range(1, 501)]
    return {**scene, "scene": {**scene["scene"], "tables": tables}}
