"""A meeting of so many tables and seats, as a plan: what the server under test holds."""

from dataclasses import dataclass

from app.core.ids import QuestionId, Round, SeatId, TableId

QUESTION = QuestionId("streets")
OPTIONS = ("shade", "buses", "pavements", "canals")
SECRET = QuestionId("honest")
RATING = QuestionId("parts")
ITEM = "talk"

_HEAD = """\
title: {th: ประชุมเมืองสำหรับทดสอบ, en: A city meeting for load tests}
languages: [th, en]
date: 2569-11-23
time_zone: Asia/Bangkok
level: consult
recruitment: drawn
"""

_AGENDA = """\
agenda:
  - id: talk
    title: {th: "หัวข้อ: ถนนของเรา", en: "Topic: our streets"}
    minutes: 30
    takes_ideas: true
  - id: vote
    title: {th: ลงคะแนน, en: Voting}
    minutes: 20
"""

# ruff: noqa: E501
_QUESTIONS = """\
questions:
  - id: streets
    title: {th: เรื่องใดควรทำก่อนบนถนนของเรา เลือกหนึ่งข้อ, en: What should be done first in our streets? Choose one.}
    kind: pick_one
    item: vote
    seconds: 30
    options:
      - {id: shade, text: {th: ปลูกต้นไม้ให้ร่มเงาตามทางเดินและป้ายรถ, en: Trees that give shade along footpaths and at stops}}
      - {id: buses, text: {th: รถโดยสารที่ตรงเวลาและขึ้นลงได้ทุกคน, en: Buses that keep their times and that everybody can board}}
      - {id: pavements, text: {th: ทางเท้าเรียบและไม่มีสิ่งกีดขวาง, en: Pavements that are even and free of obstacles}}
      - {id: canals, text: {th: คลองสะอาดพร้อมทางเดินริมน้ำ, en: Clean canals with a path along the water}}
  - id: honest
    title: {th: วันนี้เราพิจารณากันจริงหรือไม่, en: Did we really deliberate today?}
    kind: yes_no
    item: vote
    anonymous: true
  - id: parts
    title: {th: แต่ละช่วงเป็นอย่างไร, en: How did each part go?}
    kind: rating
    item: vote
    scale:
      - {value: 1, text: {th: ดี, en: Well}}
      - {value: 0, text: {th: พอใช้, en: Fairly}}
      - {value: -1, text: {th: ไม่ดี, en: Badly}}
    options:
      - {id: tables, text: {th: ที่โต๊ะ, en: At the tables}}
      - {id: stage, text: {th: บนเวที, en: On stage}}
"""

TABLES_MAX = 2_000
"""As many as a plan may have."""


@dataclass(frozen=True, slots=True)
class Room:
    """So many tables of so many seats."""

    tables: int
    seats: int

    def __post_init__(self) -> None:
        assert 0 < self.tables <= TABLES_MAX
        assert 0 < self.seats <= 12

    @property
    def table_ids(self) -> list[TableId]:
        return [TableId(str(number)) for number in range(1, self.tables + 1)]

    @property
    def seat_ids(self) -> list[SeatId]:
        """Every seat, table by table."""
        return [
            SeatId(f"{table}-{number}") for table in self.table_ids for number in range(1, self.seats + 1)
        ]

    @property
    def last_seat(self) -> SeatId:
        """The last of them, without making them all: it is asked for at every ballot."""
        return SeatId(f"{self.tables}-{self.seats}")

    def seats_of(self, table: str) -> list[SeatId]:
        return [SeatId(f"{table}-{number}") for number in range(1, self.seats + 1)]

    def plan(self) -> str:
        """The meeting plan, in YAML."""
        row = f"tables: {{count: {self.tables}, seats: {self.seats}, seats_max: 12}}\n"
        return _HEAD + row + _AGENDA + _QUESTIONS


FIRST = Round(1)
