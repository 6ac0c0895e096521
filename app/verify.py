r"""Recount a Town Meeting from its export. For an auditor: it needs Python 3.11 and nothing else.

    python verify.py EXPORT [--head HASH] [--json]

EXPORT is an export zip, or the folder it was unpacked to. The exit code is 0 where everything
agrees, 1 where something differs (each difference says where), 2 where the export cannot be read.

This program shares no code with the one that ran the meeting. It reads the record of the day,
`log.ndjson`, one event a line, and from nothing else it derives every figure of the report.

**The chain.** A line is canonical JSON (sorted keys, no spaces, UTF-8): ``[open, sealed]``. `open` is
the event as everybody may see it. `sealed` has a name for every part that is personal or was typed:
``[salt, fields]`` where the part is open to you, else its commitment, SHA-256(salt || canonical fields).
With h(0) = SHA-256("townmeeting log\n" || genesis.json),
h(i) = SHA-256(h(i-1) || canonical open || the commitments in the order of the parts' names).
So a part can be closed, or erased for ever, and the chain still holds. `segments.ndjson` has the
head after each batch, and the first 8 digits of the head after each event, which only locate a
difference. At the close of each vote the screen showed the first 8 digits of the head and two words
for the next two bytes; they are listed here for each close. A head that was printed or read out on
the day can be given with ``--head``: it must occur in the chain. A record that was changed *and*
chained anew is found only by such a head.

**The figures.** `figures.json` is a canonical JSON list, sorted by id, of
``{id, kind, numerator, denominator, base, share}``; figures.md defines every id. A share is
tenths of a percent, (2000 n + base) // (2 base), and null where the base is 0.

**Two exports.** The *audit* export has all parts open, except the ballots of votes whose result was
not shown, and what was erased. The *public* one has the parts of ballots closed; where the organiser
publishes the choices of a vote (`choices/`), they are checked against the digest in the chain and
counted; all other counts of votes are compared with the shown results and listed as *stated*.
"""

import argparse
import hashlib
import json
import struct
import sys
import zipfile
import zlib
from bisect import insort
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

Json = Any
Part = list[Json] | str
Event = dict[str, Json]
Sealed = dict[str, Part]
Figure = dict[str, Json]
Progress = Callable[[int, int], None]

FORMAT = 1
STEP_DIGITS = 8
HEAD_DIGITS_MIN = 16
UNPLACED = "a vote that this record does not have"
MANIFEST_NAMES = 10
DIFFERENCES_MAX = 50
TOLD_EVERY = 500
UNKNOWN = "use the verify.py that is in the export: this one does not know the event "
AFTER_CLOSE = {
    "meeting_archived", "erratum_recorded", "response_recorded", "text_redacted", "log_restored",
}  # fmt: skip


class Unreadable(Exception):
    """The export cannot be read at all; the text is one sentence that says why."""


@dataclass(frozen=True)
class Difference:
    """Something that is not as it should be: where (file, event or figure), and what."""

    where: str
    what: str


@dataclass(frozen=True)
class Close:
    """The close of a vote, and the head of the chain after it."""

    question: str
    round: int
    offset: int
    head: str


@dataclass
class Verdict:
    """What came out. `stated` are the figures that only an audit export lets one count."""

    export: str = ""
    events: int = 0
    head: str = ""
    meeting_closed: bool = False
    counted: list[str] = field(default_factory=list)
    stated: list[str] = field(default_factory=list)
    closed_votes: list[str] = field(default_factory=list)
    erased_parts: int = 0
    closes: list[Close] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)

    @property
    def agrees(self) -> bool:
        """Whether nothing differs."""
        return not self.differences

    def differs(self, where: str, what: str) -> None:
        """Note a difference; the first ones are enough."""
        if len(self.differences) < DIFFERENCES_MAX:
            self.differences.append(Difference(where, what))


def canonical(value: Json) -> bytes:
    """The one way to write a JSON value: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def sha256(*parts: bytes) -> bytes:
    """SHA-256 over the parts, one after the other."""
    return hashlib.sha256(b"".join(parts)).digest()


# --- reading -----------------------------------------------------------------------------------


BROKEN_ZIP = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, struct.error, OSError, EOFError, ValueError,
    RuntimeError, OverflowError,
)  # fmt: skip
"""What reading a zip that nobody wrote may raise: a RuntimeError is a method or a password of a zip, an
OSError or a ValueError a place in it before its beginning."""


class Export:
    """The files of an export, from a zip or a folder."""

    def __init__(self, path: Path) -> None:
        self.zip: zipfile.ZipFile | None = None
        self.folder = path
        if path.is_dir():
            names = [p.relative_to(path).as_posix() for p in path.rglob("*") if p.is_file()]
        else:
            try:
                self.zip = zipfile.ZipFile(path)
            except BROKEN_ZIP as error:
                raise Unreadable(
                    f"{path} is neither a folder nor a zip that can be read: {error}."
                ) from error
            names = self.zip.namelist()
        self.names = frozenset(names)
        if len(self.names) != len(names):
            raise Unreadable(f"{path} has the same file name twice; it is not an export.")

    def read(self, name: str) -> bytes:
        """The bytes of a file."""
        if name not in self.names:
            raise Unreadable(f"The export has no {name}; unpack it again, or ask for another copy.")
        try:
            return self.zip.read(name) if self.zip else (self.folder / name).read_bytes()
        except BROKEN_ZIP as error:
            raise Unreadable(f"{name} in the export is damaged: {error}.") from error

    def json(self, name: str) -> Json:
        """A file as JSON."""
        try:
            return json.loads(self.read(name))
        except ValueError as error:
            raise Unreadable(f"{name} is not JSON: {error}.") from error


def check_files(export: Export, verdict: Verdict) -> None:
    """Compare every file with its hash in the manifest, and name files that it does not list."""
    listed = export.json("manifest.json").get("files", {})
    for name in sorted(export.names - listed.keys() - {"manifest.json"}):
        verdict.differs(name, "the manifest does not list this file")
    for name, expected in sorted(listed.items()):
        if name not in export.names:
            verdict.differs(name, "the manifest lists this file, and it is missing")
        elif sha256(export.read(name)).hex() != expected:
            verdict.differs(name, "the file is not the one that was exported: its hash is another")


# --- the chain ---------------------------------------------------------------------------------


def parse_line(line: bytes) -> tuple[Event, Sealed]:
    """An event's open part and its sealed parts.

    Raises:
        ValueError: The line is not exactly what the format says.
    """
    record = json.loads(line)
    if canonical(record) != line:
        raise ValueError("it is not canonical JSON")
    if not (isinstance(record, list) and len(record) == 2 and all(isinstance(r, dict) for r in record)):
        raise ValueError("it is not a list of two objects")
    return record[0], record[1]


def commitment(part: Part) -> bytes:
    """What the chain holds of a sealed part, be it open to us or closed.

    Raises:
        ValueError: The part is neither.
    """
    text, fields = (part, None) if isinstance(part, str) else part
    raw = bytes.fromhex(text)
    if raw.hex() != text or len(raw) != (32 if fields is None else 16):
        raise ValueError("a salt or commitment is not what the format says")
    return raw if fields is None else sha256(raw, canonical(fields))


def chain_start(genesis: bytes) -> bytes:
    """The head of the chain before the first event."""
    return sha256(b"townmeeting log\n", genesis)


def chain_step(head: bytes, open_part: Event, sealed: Sealed) -> bytes:
    """The head after one more event."""
    return sha256(head, canonical(open_part), *(commitment(sealed[name]) for name in sorted(sealed)))


class Chain:
    """What the export recorded of the chain, beside the one that is computed here."""

    def __init__(self, export: Export, verdict: Verdict) -> None:
        self.verdict = verdict
        self.manifest = export.json("manifest.json")
        self.head = chain_start(export.read("genesis.json"))
        self.seen = {self.head.hex()}
        self.steps: list[str] = []
        self.heads: dict[int, str] = {}
        if self.manifest.get("start") != self.head.hex():
            verdict.differs("genesis.json", "the chain does not begin with this file")
        for number, line in enumerate(export.read("segments.ndjson").splitlines(), 1):
            self._segment(number, line)

    def _segment(self, number: int, line: bytes) -> None:
        where = f"segments.ndjson, line {number}"
        try:
            segment = json.loads(line)
            first, last, steps = segment["first"], segment["last"], segment["steps"]
            head = segment["head"]
        except (ValueError, KeyError, TypeError) as error:
            self.verdict.differs(where, f"the line cannot be read: {error!r}")
            return
        if canonical(segment) != line or len(steps) != STEP_DIGITS * (last - first + 1):
            self.verdict.differs(where, "the line is not what the format says")
        if first != len(self.steps) + 1 or not steps.endswith(head[:STEP_DIGITS]):
            self.verdict.differs(
                where, "the segment does not follow on the one before it, or its head is another"
            )
        self.steps += [steps[i : i + STEP_DIGITS] for i in range(0, len(steps), STEP_DIGITS)]
        self.heads[last] = head

    def take(self, offset: int, open_part: Event, sealed: Sealed) -> None:
        """Chain one event and compare with what was recorded; raises ValueError where they part."""
        self.head = chain_step(self.head, open_part, sealed)
        self.seen.add(self.head.hex())
        if offset > len(self.steps):
            raise ValueError("the export's segments end before this event")
        if self.head.hex()[:STEP_DIGITS] != self.steps[offset - 1]:
            raise ValueError("it is not what was written here: the chain differs from this event on")
        if self.head.hex() != self.heads.get(offset, self.head.hex()):
            raise ValueError("the head of the segment that ends here is another")

    def end(self, events: int, heads: Iterable[str]) -> None:
        """Compare the end, and look for the published heads."""
        if events != self.manifest.get("events") or events != len(self.steps):
            stated = f"{self.manifest.get('events')} by manifest.json, {len(self.steps)} by segments.ndjson"
            self.verdict.differs("log.ndjson", f"it has {events} events, and should have {stated}")
        elif self.head.hex() != self.manifest.get("head"):
            self.verdict.differs("manifest.json", "its head is not the head of the chain")
        for head in heads:
            if not any(seen.startswith(head.strip().lower()) for seen in self.seen):
                self.verdict.differs(
                    "log.ndjson",
                    f"the published head {head} does not occur: the record was cut short or rewritten",
                )


# --- short heads -------------------------------------------------------------------------------

ENGLISH = """
    river stone tree leaf flower root seed grass forest mountain island beach sea wave sand rain cloud
    wind sun moon star sky rainbow fire smoke shadow light snow ice dew fog lightning bridge road house
    door window roof wall stair garden field well canal market school library harbour boat bus train
    bicycle wheel cart plane kite sail anchor ribbon net basket bucket lamp candle table chair bed
    pillow blanket mat mirror clock key bell drum flute guitar piano gong song book pen pencil paper
    letter map picture stamp coin box bag bottle cup plate bowl spoon pot kettle tray broom comb soap
    umbrella hat shirt shoe sock button needle thread silk cotton rice bread egg salt sugar pepper
    chilli garlic onion ginger lemongrass basil mint tea coffee milk honey butter curry noodle tofu
    bean corn pumpkin carrot cabbage cucumber tomato mushroom potato sesame coconut mango banana pomelo
    lime papaya tamarind melon grape apple peach pineapple durian lychee longan rambutan jackfruit
    lotus rose jasmine orchid sunflower bamboo palm pine fern moss cactus teak banyan reed vine tulip
    elephant tiger lion bear deer horse cow goat sheep rabbit cat zebra camel panda squirrel giraffe
    bird duck hen goose swan owl eagle parrot peacock dove penguin crane swallow pelican heron feather
    fish shrimp crab shell squid whale dolphin turtle frog butterfly bee ant dragonfly firefly snail
    cricket gold silver copper iron pearl jade ruby diamond glass clay brick wood leather rubber wool
    marble dance smile hand heart friend story dream game ball wing nest path valley cave waterfall
    fountain
"""
THAI = """
    แม่น้ำ หิน ต้นไม้ ใบไม้ ดอกไม้ ราก เมล็ด หญ้า ป่า ภูเขา เกาะ หาด ทะเล คลื่น ทราย ฝน เมฆ ลม ตะวัน
    จันทร์ ดาว ฟ้า รุ้ง ไฟ ควัน เงา แสง หิมะ น้ำแข็ง น้ำค้าง หมอก สายฟ้า สะพาน ถนน บ้าน ประตู หน้าต่าง
    หลังคา กำแพง บันได สวน ทุ่ง บ่อน้ำ คลอง ตลาด โรงเรียน ห้องสมุด ท่าเรือ เรือ รถเมล์ รถไฟ จักรยาน ล้อ
    เกวียน เครื่องบิน ว่าว ใบเรือ สมอ ริบบิ้น ตาข่าย ตะกร้า ถังน้ำ โคมไฟ เทียน โต๊ะ เก้าอี้ เตียง หมอน
    ผ้าห่ม เสื่อ กระจก นาฬิกา กุญแจ ระฆัง กลอง ขลุ่ย กีตาร์ เปียโน ฆ้อง เพลง หนังสือ ปากกา ดินสอ กระดาษ
    จดหมาย แผนที่ รูปภาพ แสตมป์ เหรียญ กล่อง กระเป๋า ขวด ถ้วย จาน ชาม ช้อน หม้อ กาน้ำ ถาด ไม้กวาด หวี
    สบู่ ร่ม หมวก เสื้อ รองเท้า ถุงเท้า กระดุม เข็ม ด้าย ไหม ฝ้าย ข้าว ขนมปัง ไข่ เกลือ น้ำตาล พริกไทย
    พริก กระเทียม หอมใหญ่ ขิง ตะไคร้ โหระพา สะระแหน่ ชา กาแฟ นม น้ำผึ้ง เนย แกง ก๋วยเตี๋ยว เต้าหู้ ถั่ว
    ข้าวโพด ฟักทอง แครอท กะหล่ำ แตงกวา มะเขือเทศ เห็ด มันฝรั่ง งา มะพร้าว มะม่วง กล้วย ส้มโอ มะนาว
    มะละกอ มะขาม แตงโม องุ่น แอปเปิล ลูกท้อ สับปะรด ทุเรียน ลิ้นจี่ ลำไย เงาะ ขนุน บัว กุหลาบ มะลิ
    กล้วยไม้ ทานตะวัน ไผ่ ปาล์ม สน เฟิร์น มอส กระบองเพชร สัก ไทร กก เถาวัลย์ ทิวลิป ช้าง เสือ สิงโต หมี
    กวาง ม้า วัว แพะ แกะ กระต่าย แมว ม้าลาย อูฐ แพนด้า กระรอก ยีราฟ นก เป็ด ไก่ ห่าน หงส์ นกฮูก อินทรี
    นกแก้ว นกยูง พิราบ เพนกวิน กระเรียน นางแอ่น กระทุง กระสา ขนนก ปลา กุ้ง ปู เปลือกหอย ปลาหมึก วาฬ
    โลมา เต่า กบ ผีเสื้อ ผึ้ง มด แมลงปอ หิ่งห้อย หอยทาก จิ้งหรีด ทอง เงิน ทองแดง เหล็ก ไข่มุก หยก
    ทับทิม เพชร แก้ว ดินเหนียว อิฐ ไม้ หนัง ยาง ขนแกะ หินอ่อน รำ ยิ้ม มือ ใจ เพื่อน นิทาน ฝัน เกม
    ลูกบอล ปีก รัง ทางเดิน หุบเขา ถ้ำ น้ำตก น้ำพุ
"""
WORDS = {"en": tuple(ENGLISH.split()), "th": tuple(THAI.split())}
"""256 words a language, the same thing under the same number."""


def short_code(head: str) -> str:
    """The first eight digits of a head, as it stands on the screen at the close of a vote."""
    return head[:8]


def short_words(head: str, language: str) -> str:
    """Two words for the next two bytes of a head, so that it can be said aloud: ``river-stone``."""
    return "-".join(WORDS[language][byte] for byte in bytes.fromhex(head)[4:6])


# --- the state that figures need ---------------------------------------------------------------

PICKS_ONE = ("pick_one", "yes_no", "demographic")
CHANNELS = ("handset", "laptop", "paper", "phone")
THEME_ACTS = {"theme_created", "themes_merged", "idea_filed", "idea_unfiled"}
NO_FIGURE = {
    "meeting_archived", "erratum_recorded", "response_recorded", "log_restored",
    "item_begun", "item_finished", "item_extended", "item_skipped", "item_moved", "item_added", "idea_moved",
    "idea_answered", "theme_renamed", "themes_ordered", "idea_quoted", "idea_unquoted", "tables_assigned",
    "scene_taken", "timer_started", "timer_stopped", "message_sent", "help_called", "help_answered",
    "help_closed",
}  # fmt: skip


Place = tuple[int, int, str, int]
Act = tuple[Place, Json, str]
"""What a voter did: its place among everything that they did, the choices, the channel."""

WITHDRAWN = "withdrawn"

Drawn = tuple[str, int, str]
"""What a sample draws: question, round, table."""

PAIRS_LEAST = 5
BY_HAND = ("pick_one", "pick_up_to", "approve", "yes_no")


@dataclass
class Pair:
    """A drawn pair: who was present there, what became of it, and the hands, `None` where closed to us."""

    seats: list[str]
    state: str = "waiting"
    hands: dict[str, int] | None = None


@dataclass
class Sample:
    """A draw. `outcome` is how many pairs were compared, agreed (`None`: closed to us) and missing."""

    pairs: dict[Drawn, Pair]
    outcome: tuple[int, int | None, int] | None = None

    @property
    def waiting(self) -> bool:
        """Whether hands are missing yet."""
        return any(pair.state == "waiting" for pair in self.pairs.values())


class Histories:
    """Which histories the record has gone through, and where an act of a voter belongs because of it.

    When a record is restored from an earlier copy, another history begins. What was acknowledged in the
    one before and is not in the copy may be brought back: it belongs after everything of its own history
    that was kept, and before everything of the next. What is of a history that this record does not know
    belongs right before the present one.
    """

    def __init__(self) -> None:
        self.names: list[str] = []
        self.turn = 0

    def begin(self, event: Event) -> None:
        """Another history begins."""
        self.names += [name for name in (event["before"], event["epoch"]) if name not in self.names]

    def here(self) -> Place:
        """The place of what happens now."""
        self.turn += 1
        return max(0, len(self.names) - 1), 0, "", self.turn

    def lost(self, event: Event) -> Place:
        """The place of what was lost and brought back."""
        if event["epoch"] in self.names:
            return self.names.index(event["epoch"]), 1, "", event["offset"]
        return sum(name < event["epoch"] for name in self.names) - 1, 2, event["epoch"], event["offset"]


@dataclass
class Round:
    """One time that a question was asked. A ballot is the standing choices of a voter, and its channel.

    `choices_closed` where ballots are in the record but not open to us; `voters_closed` likewise.
    """

    state: str = "planned"
    ballots: dict[str, tuple[Json, str]] = field(default_factory=dict)
    choices_closed: bool = False
    voters_closed: bool = False
    voted: int = 0
    present: int = 0
    digest: str = ""
    salt: str | None = None
    shown: dict[str, int] | None = None
    acts: dict[str, list[Act]] = field(default_factory=dict)
    absent: set[str] = field(default_factory=set)
    after_show: int = 0
    corrected: bool = False

    @property
    def all_open(self) -> bool:
        """Whether we may see every ballot."""
        return not (self.voters_closed or self.choices_closed)

    def choices(self) -> list[Json]:
        """The choices that count."""
        return [choices for choices, _ in self.ballots.values()]


@dataclass
class Question:
    """A question. `options` maps its options, in their order, to the census where one is given."""

    rules: dict[str, Json]
    options: dict[str, int | None] = field(default_factory=dict)
    scale: list[int] = field(default_factory=list)
    rounds: dict[int, Round] = field(default_factory=lambda: {1: Round()})

    @property
    def kind(self) -> str:
        """How it is answered."""
        return str(self.rules["kind"])

    def cells(self) -> list[str]:
        """Every cell that a shown result names, even at zero."""
        if self.kind == "rating":
            return [f"{option}={value}" for option in self.options for value in self.scale]
        return list(self.options)


@dataclass
class Seat:
    """A seat: its table now; whether it is taken now, or was at any time of the day."""

    table: str
    standing: str
    present: bool = False
    attended: bool = False


@dataclass
class Idea:
    """An idea as it stands."""

    table: str
    item: str
    kind: str
    withdrawn: bool = False
    read: bool = False


def count_cells(ballots: Iterable[Json]) -> dict[str, int]:
    """Ballots by cell. Each ballot counts once in a cell, however often it names it."""
    cells: dict[str, int] = {}
    for choices in ballots:
        match choices:
            case list():
                named = set(choices)
            case dict():
                named = {f"{option}={value}" for option, value in choices.items()}
            case _:
                named = {str(choices)}
        for cell in named:
            cells[cell] = cells.get(cell, 0) + 1
    return cells


def let_stand(
    ballots: dict[str, tuple[Json, str]], acts: dict[str, list[Act]], voter: str, act: Act, *, first: bool
) -> None:
    """The last ballot of a voter counts, or the first; a rating changes only the options that it names."""
    done = acts.setdefault(voter, [])
    in_order = not done or done[-1][0] <= act[0]
    if not in_order:
        ballots.pop(voter, None)
    insort(done, act, key=lambda each: each[0])
    for _, choices, channel in done[-1:] if in_order else done:
        before = ballots.get(voter, (None, ""))[0]
        if choices == WITHDRAWN:
            ballots.pop(voter, None)
        elif not first or voter not in ballots:
            merged = before | choices if isinstance(before, dict) and isinstance(choices, dict) else choices
            ballots[voter] = (merged, channel)


class Recount:
    """The meeting, folded from its events. What breaks a rule of the count raises ValueError."""

    def __init__(self) -> None:
        self.plan: dict[str, Json] = {}
        self.started = self.closed = False
        self.seats: dict[str, Seat] = {}
        self.heads: dict[str, int | None] = {}
        self.questions: dict[str, Question] = {}
        self.ideas: dict[str, Idea] = {}
        self.theme_acts: list[tuple[str, Event]] = []
        self.publishings: list[tuple[str, str, list[tuple[str, int, int]]]] = []
        self.undone: set[str] = set()
        self.histories = Histories()
        self.redacted: list[tuple[int, str]] = []
        self.samples: list[Sample] = []

    def take(self, offset: int, event: Event, sealed: Sealed) -> None:
        """Fold one event."""
        name = str(event["type"])
        if (offset == 1) != (name == "meeting_prepared"):
            raise ValueError("the first event, and no other, prepares the meeting")
        if name == "plan_replaced" and self.started:
            raise ValueError("the first event, and no other, prepares the meeting")
        if self.closed and name not in AFTER_CLOSE:
            raise ValueError("after the close of the meeting nothing of this kind may happen")
        if name == "ballot_unplaced":
            return
        if name == "sample_drawn":
            self._draw(event)
        elif name == "hands_entered":
            self._enter_hands(event, sealed)
        elif "round" in event and name != "round_added":
            self._take_round(name, event, sealed)
        elif "question" in event and name != "erratum_recorded":
            self._take_question(name, event)
        elif "seat" in event:
            self._take_seat(name, event)
        else:
            self._take_other(name, event)

    def _take_other(self, name: str, event: Event) -> None:
        match name:
            case "meeting_prepared" | "plan_replaced":
                self._prepare(event["plan"])
            case "meeting_started":
                self.started = True
            case "meeting_closed":
                self.closed = True
            case "log_restored":
                self.histories.begin(event)
            case "erratum_recorded":
                if "recovered" in event:
                    self.questions[event["question"]].rounds[event["recovered"]].corrected = True
            case "text_redacted":
                self.redacted += [(offset, part) for offset, part in event["erased"]]
            case "heads_counted":
                self.heads[event["table"]] = event["heads"]
            case "idea_written":
                self.ideas[event["idea"]] = Idea(event["table"], event["item"], event["kind"])
            case "idea_revised":
                idea = self.ideas[event["idea"]]
                idea.kind, idea.read = event["kind"], False
            case "idea_withdrawn":
                self.ideas[event["idea"]].withdrawn = True
            case "ideas_read":
                for id_ in event["ideas"]:
                    self.ideas[id_].read = True
            case "themes_published":
                self._publish(event)
            case "act_undone":
                self.undone.add(event["act"])
            case _:
                if name in THEME_ACTS:
                    self.theme_acts.append((name, event))
                elif name not in NO_FIGURE:
                    raise ValueError(UNKNOWN + name)

    def _prepare(self, plan: dict[str, Json]) -> None:
        self.plan = plan
        heads, seats = self.heads, self.seats
        self.heads = {table["id"]: heads.get(table["id"]) for table in plan["tables"]}
        self.seats = {seat["id"]: Seat(seat["table"], seat["standing"]) for seat in plan["seats"]}
        for id_, seat in self.seats.items():
            if id_ in seats and seats[id_].table == seat.table:
                seat.present, seat.attended = seats[id_].present, seats[id_].attended
        self.questions = {}
        for planned in plan["questions"]:
            question = Question(planned["rules"], scale=[step["value"] for step in planned["scale"]])
            question.options = {option["id"]: option.get("census") for option in planned["options"]}
            self.questions[planned["id"]] = question

    def _take_seat(self, name: str, event: Event) -> None:
        match name:
            case "seat_added":
                self.seats[event["seat"]] = Seat(event["table"], event["standing"])
            case "keypad_bound" | "seat_marked_present":
                seat = self.seats[event["seat"]]
                seat.present = seat.attended = True
            case "seat_marked_left":
                self.seats[event["seat"]].present = False
            case "seat_moved":
                self.seats[event["seat"]].table = event["table"]
            case "keypad_released" | "takeover_asked":
                pass
            case _:
                raise ValueError(UNKNOWN + name)

    def _take_question(self, name: str, event: Event) -> None:
        if name == "question_drafted":
            self.questions[event["question"]] = Question(event["rules"], scale=event["scale"])
            return
        question = self.questions[event["question"]]
        match name:
            case "question_revised":
                question.rules = event.get("rules", question.rules)
                question.scale = event.get("scale", question.scale)
                if event["options_replaced"]:
                    question.options = {}
            case "option_added":
                question.options[event["option"]] = event.get("census")
            case "round_added":
                question.rounds[event["round"]] = Round()
            case _:
                raise ValueError(UNKNOWN + name)

    def _take_round(self, name: str, event: Event, sealed: Sealed) -> None:
        question = self.questions[event["question"]]
        now = question.rounds[event["round"]]
        before = {
            "voting_opened": ("planned",),
            "results_shown": ("closed",),
            "round_voided": ("open", "closed", "shown"),
            "void_asked": ("open", "closed", "shown"),
            "again_asked": ("closed", "shown", "voided"),
            "ballot_recovered": ("open", "closed", "shown", "voided"),
        }.get(name, ("open",))
        if now.state not in before:
            raise ValueError(f"the round is {now.state}, so this cannot happen to it")
        match name:
            case "voting_opened":
                now.state = "open"
            case "ballot_cast":
                self._cast(question, now, event["channel"], sealed)
            case "ballot_withdrawn":
                voter = sealed["voter"]
                now.voters_closed |= isinstance(voter, str)
                if not isinstance(voter, str):
                    act = (self.histories.here(), WITHDRAWN, event["channel"])
                    let_stand(now.ballots, now.acts, voter[1]["voter"], act, first=False)
            case "ballot_recovered":
                self._recover(question, now, event, sealed)
            case "voting_closed":
                self._close(question, now, event, sealed)
            case "results_shown":
                now.state, now.shown = "shown", event["cells"]
                if event["voters"] != now.voted:
                    raise ValueError(f"it shows {event['voters']} voters; {now.voted} voted")
                if now.all_open:
                    check_shown(question, now, now.choices())
            case "round_voided":
                now.state = "voided"
                self._without(event)
            case "voting_extended" | "closing_announced" | "void_asked" | "again_asked" | "more_time_asked":
                pass
            case _:
                raise ValueError(UNKNOWN + name)

    def _cast(self, question: Question, now: Round, channel: str, sealed: Sealed) -> None:
        voter, choices = sealed["voter"], sealed["choices"]
        now.voters_closed |= isinstance(voter, str)
        now.choices_closed |= isinstance(choices, str)
        if isinstance(voter, str):
            return
        who = voter[1]["voter"]
        if question.rules["first_only"] and who in now.ballots:
            raise ValueError("a second ballot of one seat, where only the first counts")
        said = None if isinstance(choices, str) else choices[1]["choices"]
        if said is not None:
            check_choices(question, said)
        first = question.rules["first_only"]
        let_stand(now.ballots, now.acts, who, (self.histories.here(), said, channel), first=first)

    def _recover(self, question: Question, now: Round, event: Event, sealed: Sealed) -> None:
        """A ballot that was lost with a part of the record, and brought back; also where the vote is over."""
        if not self.histories.names:
            raise ValueError("a ballot is brought back, and the record was never restored")
        voter, choices, who = sealed["voter"], sealed["choices"], ""
        now.voters_closed |= isinstance(voter, str)
        now.choices_closed |= isinstance(choices, str)
        if not isinstance(voter, str):
            who = voter[1]["voter"]
            said = None if isinstance(choices, str) else choices[1].get("choices")
            if not isinstance(choices, str) and (said is None) != event["withdrawn"]:
                raise ValueError("it does not say whether the ballot was withdrawn")
            if said is not None:
                check_choices(question, said)
            act = (self.histories.lost(event), WITHDRAWN if event["withdrawn"] else said, event["channel"])
            let_stand(now.ballots, now.acts, who, act, first=question.rules["first_only"])
        if bool(now.digest) != ("digest" in event):
            raise ValueError("it says a new count where the vote is open, or none where it is over")
        now.after_show += now.state == "shown"
        if "digest" in event:
            self._count_anew(now, event, sealed, who)

    def _count_anew(self, now: Round, event: Event, sealed: Sealed, who: str) -> None:
        present = now.present + (who in now.absent)
        if not now.voters_closed and event["present"] != present:
            raise ValueError(
                f"it says that {event['present']} seats were present; the record gives {present}"
            )
        now.absent.discard(who)
        now.voted, now.present, now.digest = event["voted"], event["present"], event["digest"]
        self._check_count(now, sealed)

    def _close(self, question: Question, now: Round, event: Event, sealed: Sealed) -> None:
        now.state, now.digest = "closed", event["digest"]
        now.voted, now.present = event["voted"], event["present"]
        voting = {
            id_: seat for id_, seat in self.seats.items() if seat.standing in question.rules["standings"]
        }
        now.absent = {id_ for id_, seat in voting.items() if not seat.present}
        present = len(voting) - len(now.absent)
        if present != now.present:
            raise ValueError(f"it says that {now.present} seats were present; the record has {present}")
        self._check_count(now, sealed)

    def _check_count(self, now: Round, sealed: Sealed) -> None:
        """What a close says of its ballots, or a ballot that came back after it."""
        salt = sealed["digest"]
        now.salt = None if isinstance(salt, str) else salt[1]["digest_salt"]
        if not now.voters_closed and len(now.ballots) != now.voted:
            raise ValueError(f"it says that {now.voted} voted; the record has {len(now.ballots)} ballots")
        if now.all_open and now.salt is not None:
            check_digest(now, now.choices())

    def _at_table(self, question: Question, table: str) -> list[str]:
        """The seats that can raise a hand on the question at a table now."""
        return [
            id_ for id_, seat in self.seats.items()
            if seat.table == table and seat.present and seat.standing in question.rules["standings"]
        ]  # fmt: skip

    def _lot(self) -> dict[Drawn, str]:
        """What can be drawn now, each with the digest of its round."""
        lot: dict[Drawn, str] = {}
        before = {drawn for sample in self.samples for drawn in sample.pairs}
        for id_, question in self.questions.items():
            over = [n for n, now in question.rounds.items() if now.state in ("closed", "shown")]
            rules = question.rules
            hidden = rules.get("anonymous") or rules.get("purpose") in ("practice", "demographic")
            if hidden or question.kind not in BY_HAND or not over:
                continue
            now = question.rounds[over[-1]]
            for table in self.heads if now.state == "shown" else ():
                if (id_, over[-1], table) not in before and self._at_table(question, table):
                    lot[id_, over[-1], table] = now.digest
        return lot

    def _draw(self, event: Event) -> None:
        """The pairs are those that the dice give, and nobody has chosen them."""
        dice = "".join(str(eyes) for eyes in event["dice"])
        lot = self._lot()

        def ticket(drawn: Drawn) -> str:
            lines = ("town meeting sample", dice, lot[drawn], drawn[0], str(drawn[1]), drawn[2])
            return sha256("\n".join(lines).encode()).hex()

        drawn = sorted(lot, key=ticket)[: event["pairs"]]
        if [list(each) for each in drawn] != event["drawn"] or len(drawn) < PAIRS_LEAST:
            raise ValueError("the pairs are not those that the dice give")
        if self.samples and self.samples[-1].waiting:
            raise ValueError("a sample is drawn while the one before it waits")
        found = {each: Pair(self._at_table(self.questions[each[0]], each[2])) for each in drawn}
        self.samples.append(Sample(found))

    def _enter_hands(self, event: Event, sealed: Sealed) -> None:
        drawn = event["question"], event["round"], event["table"]
        sample = next((each for each in self.samples if drawn in each.pairs), None)
        if sample is None or not sample.waiting or sample.pairs[drawn].state == "void":
            raise ValueError("no hands are waited for there")
        pair, part = sample.pairs[drawn], sealed["hands"]
        pair.state = "missing" if event["missing"] else "entered"
        pair.hands = None if isinstance(part, str) else part[1]["hands"]
        self._compare(sample)

    def _without(self, event: Event) -> None:
        """A round is void: its pairs do not count, unless the sample was complete."""
        if self.samples and self.samples[-1].waiting:
            for drawn, pair in self.samples[-1].pairs.items():
                if drawn[:2] == (event["question"], event["round"]):
                    pair.state = "void"
            self._compare(self.samples[-1])

    def _compare(self, sample: Sample) -> None:
        """Once the last hands are in: how many pairs agree with the ballots of the same seats."""
        counted = {drawn: pair for drawn, pair in sample.pairs.items() if pair.state != "void"}
        if sample.waiting or len(counted) < PAIRS_LEAST:
            return
        said = [self._agrees(drawn, pair) for drawn, pair in counted.items()]
        agreed = None if None in said else sum(map(bool, said))
        missing = sum(pair.state == "missing" for pair in counted.values())
        sample.outcome = len(counted), agreed, missing

    def _agrees(self, drawn: Drawn, pair: Pair) -> bool | None:
        now = self.questions[drawn[0]].rounds[drawn[1]]
        if pair.state == "missing":
            return False
        if pair.hands is None or not now.all_open:
            return None
        recorded = count_cells(now.ballots[seat][0] for seat in pair.seats if seat in now.ballots)
        return {option: n for option, n in pair.hands.items() if n} == recorded

    def _publish(self, event: Event) -> None:
        """Published themes keep the counts of this moment, until they are published again."""
        filed = self.themes()[0]
        counts: list[tuple[str, int, int]] = []
        for theme in event["themes"]:
            ideas = [self.ideas[id_] for id_ in filed[theme] if not self.ideas[id_].withdrawn]
            counts.append((theme, len(ideas), len({idea.table for idea in ideas})))
        self.publishings.append((event["item"], event["command"], counts))

    def themes(self) -> tuple[dict[str, dict[str, None]], set[str]]:
        """Ideas by theme, and the themes merged into others: as if undone acts had never been."""
        filed: dict[str, dict[str, None]] = {}
        merged: set[str] = set()
        for name, act in self.theme_acts:
            if act["command"] in self.undone:
                continue
            match name:
                case "theme_created":
                    filed[act["theme"]] = {}
                case "themes_merged":
                    filed[act["theme"]] = {idea: None for parent in act["parents"] for idea in filed[parent]}
                    merged |= set(act["parents"])
                case "idea_filed":
                    filed[act["theme"]][act["idea"]] = None
                case _:
                    filed[act["theme"]].pop(act["idea"], None)
        return filed, merged

    def published(self) -> list[tuple[str, int, int]]:
        """The published themes with their ideas and tables."""
        by_item = {item: counts for item, command, counts in self.publishings if command not in self.undone}
        return [theme for counts in by_item.values() for theme in counts]


def check_choices(question: Question, choices: Json) -> None:
    """A ballot names distinct options, or values of the scale, or a number within the limits."""
    kind, rules = question.kind, question.rules
    if kind == "number":
        good = isinstance(choices, int) and rules.get("number_min", 0) <= choices <= rules.get(
            "number_max", 100
        )
    elif kind == "rating":
        good = isinstance(choices, dict) and all(
            option in question.options and value in question.scale for option, value in choices.items()
        )
    else:
        most = {"pick_up_to": rules.get("choices_max", 1), "approve": len(question.options)}.get(kind, 1)
        least = 0 if kind == "approve" else 1
        good = isinstance(choices, list) and least <= len(choices) <= most
        good = (
            good
            and len(set(choices)) == len(choices)
            and all(option in question.options for option in choices)
        )
    if not good:
        raise ValueError("the ballot does not say what the question allows")


def check_digest(now: Round, choices: list[Json]) -> None:
    """The digest of the close is over the salt and the sorted choices that count."""
    assert now.salt is not None
    listed = b"[" + b",".join(sorted(canonical(c) for c in choices)) + b"]"
    if sha256(bytes.fromhex(now.salt), listed).hex() != now.digest:
        raise ValueError("the digest of the close is not that of the choices")


def check_shown(question: Question, now: Round, choices: list[Json]) -> None:
    """The counts that were shown are the counts of the choices."""
    counted, shown = dict.fromkeys(question.cells(), 0) | count_cells(choices), now.shown or {}
    for cell in sorted(counted.keys() | shown.keys()):
        if counted.get(cell) != shown.get(cell):
            raise ValueError(f"{cell} was shown as {shown.get(cell)}; the ballots give {counted.get(cell)}")


COUNTED = ("ballot_cast", "ballot_withdrawn", "ballot_recovered")


def count_round(lines: Iterable[bytes], question: str, number: int, *, first: bool = False) -> dict[str, int]:
    """Count one round from the lines of the log: the second counter before a result is shown.

    Args:
        lines: Lines of the log with their sealed parts open, at least from the round's opening on.
        question: The question's id.
        number: The round.
        first: Whether only the first ballot of a voter counts.

    Returns:
        Ballots by cell, cells at zero left out; under "" how many ballots there are.
    """
    ballots: dict[str, tuple[Json, str]] = {}
    acts: dict[str, list[Act]] = {}
    histories, name = Histories(), canonical(question)
    for line in lines:
        if b'"log_restored"' in line:
            event = json.loads(line)[0]
            if event["type"] == "log_restored":
                histories.begin(event)
        if name not in line or b'"ballot_' not in line:
            continue
        event, sealed = json.loads(line)
        if event["type"] not in COUNTED or (event["question"], event["round"]) != (question, number):
            continue
        voter = sealed["voter"][1]["voter"]
        came_back = event["type"] == "ballot_recovered"
        place = histories.lost(event) if came_back else histories.here()
        gone = event["type"] == "ballot_withdrawn" or event.get("withdrawn")
        said = WITHDRAWN if gone else sealed["choices"][1]["choices"]
        let_stand(ballots, acts, voter, (place, said, event["channel"]), first=first)
    cells = count_cells(choices for choices, _ in ballots.values())
    return {"": len(ballots), **cells} if ballots else cells


# --- figures -----------------------------------------------------------------------------------


def share_of(n: int, base: int) -> int | None:
    """Give n of base in tenths of a percent, halves up."""
    return None if base == 0 else (2000 * n + base) // (2 * base)


class Figures:
    """The figures by id. `stated` are made from what was shown; `unknown` can only be read.

    `corrected` are the paths of rounds whose figures by option can only be read: ballots came back after the
    show.
    """

    def __init__(self) -> None:
        self.made: dict[str, Figure] = {}
        self.stated: set[str] = set()
        self.unknown: set[str] = set()
        self.corrected: list[str] = []

    def add(
        self,
        id_: str,
        kind: str,
        value: int | Fraction | None,
        base: int | None = None,
        share: int | None = None,
    ) -> None:
        """One figure; a fraction is in lowest terms, and `None` is a value over an empty base."""
        top, bottom = (None, None) if value is None else (value.numerator, value.denominator)
        figure = {
            "id": id_,
            "kind": kind,
            "numerator": top,
            "denominator": bottom,
            "base": base,
            "share": share,
        }
        self.made[id_] = figure

    def count(self, id_: str, n: int, base: int | None = None) -> None:
        """A count."""
        self.add(id_, "count", n, base)

    def share(self, id_: str, n: int, base: int) -> None:
        """Give n of base, not in lowest terms: both are counts."""
        figure = {"id": id_, "kind": "share", "numerator": n, "denominator": base, "base": base}
        self.made[id_] = figure | {"share": share_of(n, base)}

    def both(self, path: str, n: int, base: int) -> None:
        """A count and its share."""
        self.count(f"{path}/count", n, base)
        self.share(f"{path}/share", n, base)

    def read_only(self, path: str, stated: dict[str, Figure]) -> None:
        """Of this round take every figure by option as it is stated."""
        ours = tuple(f"{path}/{name}" for name in ("voted", "present", "channel/"))
        ids = {
            id_ for id_ in {*self.made, *stated} if id_.startswith(f"{path}/") and not id_.startswith(ours)
        }
        for id_ in ids - stated.keys():
            del self.made[id_]
        self.unknown |= ids & stated.keys()

    def listed(self) -> list[Figure]:
        """All, sorted by id."""
        return [self.made[id_] for id_ in sorted(self.made)]


def room_figures(recount: Recount, to: Figures) -> None:
    """Seats, who came, who is still here, head counts."""
    seats = list(recount.seats.values())
    to.count("room/seats", len(seats))
    to.count("room/attended", sum(seat.attended for seat in seats), len(seats))
    to.count("room/present", sum(seat.present for seat in seats), len(seats))
    for standing in ("citizen", "party", "official", "expert", "viewer"):
        having = [seat for seat in seats if seat.standing == standing]
        to.count(f"room/standing/{standing}/seats", len(having), len(seats))
        to.count(f"room/standing/{standing}/attended", sum(seat.attended for seat in having), len(having))
    counted = [heads for heads in recount.heads.values() if heads is not None]
    to.count("room/tables", len(recount.heads))
    taken = {seat.table for seat in seats if seat.attended}
    to.count("room/tables/attended", len(taken), len(recount.heads))
    to.count("room/heads", sum(counted), len(counted))


def idea_figures(recount: Recount, to: Figures) -> None:
    """Ideas that were not withdrawn, by kind and agenda item; and the published themes."""
    standing = {id_: idea for id_, idea in recount.ideas.items() if not idea.withdrawn}
    themes, merged = recount.themes()
    filed = {idea for theme, ideas in themes.items() if theme not in merged for idea in ideas}
    to.count("ideas/count", len(standing))
    to.count("ideas/withdrawn", len(recount.ideas) - len(standing), len(recount.ideas))
    to.count("ideas/read", sum(idea.read for idea in standing.values()), len(standing))
    to.count("ideas/filed", len(filed & standing.keys()), len(standing))
    to.count("ideas/tables", len({idea.table for idea in standing.values()}), len(recount.heads))
    for kind in ("agreement", "individual", "minority", "quote", "question", "request"):
        to.count(f"ideas/kind/{kind}", sum(idea.kind == kind for idea in standing.values()), len(standing))
    for item in {idea.item for idea in recount.ideas.values()}:
        here = [idea for idea in standing.values() if idea.item == item]
        to.count(f"ideas/item/{item}/count", len(here), len(standing))
        to.count(f"ideas/item/{item}/tables", len({idea.table for idea in here}), len(recount.heads))
        to.count(f"ideas/item/{item}/minority", sum(idea.kind == "minority" for idea in here), len(here))
    published = recount.published()
    to.count("themes/published", len(published))
    for theme, ideas_here, tables in published:
        to.count(f"theme/{theme}/ideas", ideas_here)
        to.count(f"theme/{theme}/tables", tables, len(recount.heads))


def question_figures(id_: str, question: Question, opened: dict[str, list[Json]], to: Figures) -> None:
    """The rounds of a question, and the counts of the last one that is over and was not voided."""
    asked = {number: now for number, now in question.rounds.items() if now.state != "planned"}
    if question.rules.get("purpose", "topic") == "practice" or not asked:
        return
    to.count(f"question/{id_}/rounds", len(asked))
    to.count(
        f"question/{id_}/rounds/voided", sum(now.state == "voided" for now in asked.values()), len(asked)
    )
    over = [number for number, now in asked.items() if now.state in ("closed", "shown")]
    if not over:
        return
    now, path = asked[over[-1]], f"question/{id_}/round/{over[-1]}"
    to.count(f"{path}/voted", now.voted, now.present)
    to.count(f"{path}/present", now.present)
    for channel in CHANNELS:
        to.count(f"{path}/channel/{channel}", sum(c == channel for _, c in now.ballots.values()), now.voted)
        if now.voters_closed:
            to.unknown.add(f"{path}/channel/{channel}")
    if now.state == "shown":
        ballots = now.choices() if now.all_open else opened.get(path)
        result_figures(path, question, now, ballots, to)


def result_figures(
    path: str, question: Question, now: Round, ballots: list[Json] | None, to: Figures
) -> None:
    """The counts of a shown round, from its ballots, or where they are closed to us from what was shown."""
    before = set(to.made)
    cells = now.shown or {} if ballots is None else dict.fromkeys(question.cells(), 0) | count_cells(ballots)
    match question.kind:
        case "number":
            number_figures(path, {int(cell): n for cell, n in cells.items()}, to)
        case "rating":
            rating_figures(path, question, cells, now.voted, to)
        case _:
            for option in question.options:
                to.both(f"{path}/option/{option}", cells[option], now.voted)
            if question.rules.get("purpose") == "priority":
                scores = {option: Fraction(cells[option]) for option in question.options}
                rank_figures(path, scores, str(question.rules.get("tie", "shared")), to)
    if question.kind in PICKS_ONE:
        census_figures(path, question, cells, to)
    if ballots is None:
        to.stated |= to.made.keys() - before
        if now.after_show:  # what was shown is not what counts now, and we may not see what came back
            to.corrected.append(path)
    if question.kind == "approve":
        to.both(f"{path}/none", sum(not choices for choices in ballots or ()), now.voted)
        if ballots is None:
            to.unknown |= {f"{path}/none/count", f"{path}/none/share"}


def number_figures(path: str, counts: dict[int, int], to: Figures) -> None:
    """The distribution of a number, its mean and its median."""
    values = sorted(value for value, n in counts.items() for _ in range(n))
    base = len(values)
    for value, n in counts.items():
        to.both(f"{path}/value/{value}", n, base)
    to.add(f"{path}/mean", "mean", Fraction(sum(values), base) if base else None, base)
    middle = Fraction(values[(base - 1) // 2] + values[base // 2], 2) if base else None
    to.add(f"{path}/median", "score", middle, base)


def rating_figures(path: str, question: Question, cells: dict[str, int], voted: int, to: Figures) -> None:
    """For each option: who rated it, how, and the mean; the base is who rated this option."""
    means: dict[str, Fraction] = {}
    for option in question.options:
        counts = {value: cells[f"{option}={value}"] for value in question.scale}
        raters = sum(counts.values())
        to.count(f"{path}/option/{option}/raters", raters, voted)
        for value, n in counts.items():
            to.both(f"{path}/option/{option}/value/{value}", n, raters)
        if raters:
            means[option] = Fraction(sum(value * n for value, n in counts.items()), raters)
        to.add(f"{path}/option/{option}/mean", "mean", means.get(option), raters)
    if question.rules.get("purpose") == "priority":
        rank_figures(path, means, str(question.rules.get("tie", "shared")), to)


def rank_figures(path: str, scores: dict[str, Fraction], tie: str, to: Figures) -> None:
    """Ranks from 1; equal scores share one (1, 2, 2, 4), unless the order of the options decides."""
    order = list(scores)
    for place, option in enumerate(order):
        ahead = sum(score > scores[option] for score in scores.values())
        if tie == "option_order":
            ahead += sum(scores[other] == scores[option] for other in order[:place])
        to.add(f"{path}/option/{option}/rank", "rank", ahead + 1, len(order))
        to.add(f"{path}/option/{option}/score", "score", scores[option])


def census_figures(path: str, question: Question, cells: dict[str, int], to: Figures) -> None:
    """The room beside the census on the same base: the options for which the census has a count."""
    census = {option: people for option, people in question.options.items() if people is not None}
    people_all, room_all = sum(census.values()), sum(cells[option] for option in census)
    for option, people in census.items():
        to.share(f"{path}/census/{option}/census", people, people_all)
        to.share(f"{path}/census/{option}/room", cells[option], room_all)
        if not people_all or not room_all:
            to.add(f"{path}/census/{option}/difference", "share", None, room_all)
            continue
        gap = Fraction(cells[option], room_all) - Fraction(people, people_all)
        size = (2000 * abs(gap.numerator) + gap.denominator) // (2 * gap.denominator)
        to.add(f"{path}/census/{option}/difference", "share", gap, room_all, size if gap >= 0 else -size)


def differ_at_most(drawn: int, differing: int) -> int:
    """Tenths of a percent that differ at most, with 95 % confidence: Clopper and Pearson, rounded up."""
    for p in range(1000):
        below, chance = 0, (1000 - p) ** drawn
        for x in range(differing + 1):
            below += chance
            chance = chance * (drawn - x) * p // ((x + 1) * (1000 - p))
        if 20 * below <= 1000**drawn:
            return p
    return 1000


def sample_figures(recount: Recount, to: Figures) -> None:
    """What was drawn by dice, and how many of the hands counted there agree with the record."""
    for number, sample in enumerate(recount.samples, 1):
        path, drawn = f"sample/{number}", len(sample.pairs)
        to.count(f"{path}/drawn", drawn)
        done = sum(pair.state in ("entered", "missing") for pair in sample.pairs.values())
        to.count(f"{path}/entered", done, drawn)
        if sample.outcome is None:
            continue
        pairs, agreed, missing = sample.outcome
        to.count(f"{path}/pairs", pairs, drawn)
        to.count(f"{path}/missing", missing, pairs)
        to.count(f"{path}/agreed", agreed or 0, pairs)
        most = differ_at_most(pairs, pairs - (agreed or 0))
        to.add(f"{path}/differ_at_most", "share", Fraction(most, 1000), pairs, most)
        if agreed is None:
            to.unknown |= {f"{path}/agreed", f"{path}/differ_at_most"}


# --- comparing ---------------------------------------------------------------------------------


def figures_of(recount: Recount, opened: dict[str, list[Json]]) -> Figures:
    """Every figure of the report."""
    to = Figures()
    room_figures(recount, to)
    idea_figures(recount, to)
    for id_, question in recount.questions.items():
        question_figures(id_, question, opened, to)
    sample_figures(recount, to)
    return to


def compare_figures(export: Export, figures: Figures, verdict: Verdict) -> None:
    """Compare figures.json, byte for byte, with what was derived; name the first figure that differs."""
    raw = export.read("figures.json")
    stated = {figure["id"]: figure for figure in json.loads(raw)}
    for path in figures.corrected:
        figures.read_only(path, stated)
    for id_ in figures.unknown & stated.keys():
        figures.made[id_] = stated[id_]
    unsure = figures.stated | figures.unknown
    verdict.counted = sorted(figures.made.keys() - unsure)
    verdict.stated = sorted(unsure)
    if raw == canonical(figures.listed()):
        return
    for id_ in sorted(figures.made.keys() | stated.keys()):
        mine, theirs = figures.made.get(id_), stated.get(id_)
        if mine != theirs:
            verdict.differs(f"figures.json, {id_}", f"it says {told(theirs)}; the record gives {told(mine)}")
            return
    verdict.differs("figures.json", "the figures are right, but their order or spelling is not")


def told(figure: Figure | None) -> str:
    """A figure in a sentence."""
    if figure is None:
        return "nothing"
    value = f"{figure['numerator']}"
    if figure["denominator"] not in (1, None):
        value += f"/{figure['denominator']}"
    if figure["base"] is not None and figure["base"] != figure["denominator"]:
        value += f" on a base of {figure['base']}"
    return value if figure["share"] is None else f"{value} = {figure['share'] / 10:.1f} %"


def fold(
    export: Export, chain: Chain, verdict: Verdict, progress: Progress
) -> tuple[Recount, dict[tuple[int, str], str]]:
    """Chain and fold every event; says at which one something is wrong, and goes on.

    Returns:
        The meeting; and the parts that are closed, by offset and name, each with its round's path.
    """
    recount = Recount()
    closed: dict[tuple[int, str], str] = {}
    chained = True
    lines = export.read("log.ndjson").split(b"\n")
    if lines.pop():
        verdict.differs(f"log.ndjson, event {len(lines) + 1}", "the line is cut short")
    for offset, line in enumerate(lines, 1):
        if offset % TOLD_EVERY == 0 or offset == len(lines):
            progress(offset, len(lines))
        try:
            event, sealed = parse_line(line)
            for name, part in sealed.items():
                if isinstance(part, str):
                    path = f"question/{event.get('question')}/round/{event.get('round')}"
                    closed[offset, name] = UNPLACED if event["type"] == "ballot_unplaced" else path
                elif name == "voter" and verdict.export == "public":
                    raise ValueError("it says who voted, which no public export may")
            if chained:
                chained = False
                chain.take(offset, event, sealed)
                chained = True
            recount.take(offset, event, sealed)
            if chained and event["type"] == "voting_closed":
                close = Close(event["question"], event["round"], offset, chain.head.hex())
                verdict.closes.append(close)
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            reason = str(error) if type(error) is ValueError else f"it cannot be understood ({error!r})"
            verdict.differs(f"log.ndjson, event {offset}", reason)
    verdict.events = len(lines)
    return recount, closed


def check_closed(recount: Recount, closed: dict[tuple[int, str], str], verdict: Verdict) -> None:
    """What was redacted is gone; and in an audit export nothing else is closed but votes not shown."""
    hidden = {}
    for id_, question in recount.questions.items():
        for number, now in question.rounds.items():
            if now.shown is None and now.state != "planned":
                hidden[f"question/{id_}/round/{number}"] = now.state
    verdict.closed_votes = [f"{path} ({state})" for path, state in hidden.items()]
    verdict.erased_parts = len(closed.keys() & set(recount.redacted))
    for offset, part in recount.redacted:
        if (offset, part) not in closed:
            verdict.differs(f"log.ndjson, event {offset}", f"its part {part} was redacted, and is still here")
    for id_, question in recount.questions.items():
        for number, now in question.rounds.items():
            if now.after_show and not now.corrected:
                where = f"question/{id_}/round/{number}"
                verdict.differs(where, "ballots came back after it was shown, and no erratum says so")
    if verdict.export == "audit":
        for (offset, part), path in closed.items():
            vote = part in ("choices", "digest") and (path in hidden or path == UNPLACED)
            if not vote and (offset, part) not in recount.redacted:
                verdict.differs(
                    f"log.ndjson, event {offset}", f"its part {part} is closed, and nothing says why"
                )


def opened_choices(export: Export, recount: Recount, verdict: Verdict) -> dict[str, list[Json]]:
    """The published choices by round's path, each checked against the digest and the shown counts."""
    opened: dict[str, list[Json]] = {}
    for name in sorted(name for name in export.names if name.startswith("choices/")):
        try:
            held = export.json(name)
            path = f"question/{held['question']}/round/{held['round']}"
            question = recount.questions[held["question"]]
            now = question.rounds[held["round"]]
            if now.salt is None or now.shown is None:
                raise ValueError("the chain does not open the digest of this round")
            check_digest(now, held["choices"])
            for choices in held["choices"]:
                check_choices(question, choices)
            if not now.after_show:
                check_shown(question, now, held["choices"])
            if len(held["choices"]) != now.voted:
                raise ValueError(f"it has {len(held['choices'])} ballots; {now.voted} voted")
            opened[path] = held["choices"]
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            reason = str(error) if type(error) is ValueError else f"it cannot be understood ({error!r})"
            verdict.differs(name, reason)
    return opened


def check_copies(export: Export, recount: Recount, verdict: Verdict) -> None:
    """What the manifest says, the plan, and the figures in the reports, are what was checked."""
    manifest, genesis = export.json("manifest.json"), export.json("genesis.json")
    said = {
        "meeting": genesis["meeting"],
        "epoch": genesis["epoch"],
        "closed_votes": [vote.split(" ")[0] for vote in verdict.closed_votes],
        "personal_data": verdict.export == "audit",
    }
    for name, value in said.items():
        if manifest.get(name) != value:
            verdict.differs("manifest.json", f"it says {name} {manifest.get(name)}; the record says {value}")
    if export.read("manifest.json") != canonical(manifest) or len(manifest) != MANIFEST_NAMES:
        verdict.differs("manifest.json", "it is not spelled as it should be")
    if "plan.json" in export.names and export.read("plan.json") != canonical(recount.plan):
        verdict.differs("plan.json", "it is not the plan that the first event took")
    figures = export.json("figures.json")
    for name in sorted(name for name in export.names if name.endswith("/report.json")):
        if export.json(name).get("figures") != figures:
            verdict.differs(name, "its figures are not those of figures.json")


def verify(path: Path, heads: Iterable[str] = (), progress: Progress = lambda _done, _all: None) -> Verdict:
    """Check an export whole.

    Args:
        path: The zip, or the folder it was unpacked to.
        heads: Published heads of the chain, at least their first 16 digits.
        progress: Told how many events are recounted, and of how many.

    Raises:
        Unreadable: It is not an export.
    """
    export, heads = Export(path), list(heads)
    if any(len(head.strip()) < HEAD_DIGITS_MIN for head in heads):
        raise Unreadable(f"A head has at least {HEAD_DIGITS_MIN} digits; give more of it.")
    if "manifest.json" not in export.names:
        raise Unreadable(f"{path} is no export: it has no manifest.json; name the zip, or unpack it again.")
    manifest = export.json("manifest.json")
    if not isinstance(manifest, dict) or manifest.get("export") not in ("audit", "public"):
        raise Unreadable("manifest.json does not say that this is an export of a town meeting.")
    if manifest.get("format") != FORMAT:
        raise Unreadable(
            "The export has a format that this program does not know; use the verify.py inside it."
        )
    verdict = Verdict(export=manifest["export"])
    try:
        chain = Chain(export, verdict)
        recount, closed = fold(export, chain, verdict, progress)
        chain.end(verdict.events, heads)
        verdict.head, verdict.meeting_closed = chain.head.hex(), recount.closed
        check_closed(recount, closed, verdict)
        opened = opened_choices(export, recount, verdict)
        compare_figures(export, figures_of(recount, opened), verdict)
        check_copies(export, recount, verdict)
        check_files(export, verdict)
    except (Unreadable, ValueError, LookupError, TypeError, AttributeError) as error:
        verdict.differs("the export", f"it cannot be read to its end: {error}")
    return verdict


# --- command line ------------------------------------------------------------------------------


def counted(number: int, what: str) -> str:
    """A number of things, in words that agree with it."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def sentences(verdict: Verdict) -> Iterator[str]:
    """The verdict for a reader."""
    if verdict.agrees:
        figures, events = counted(len(verdict.counted), "figure"), counted(verdict.events, "event")
        yield f"Agrees: {figures}, counted from {events}."
        if verdict.stated:
            stated = counted(len(verdict.stated), "figure")
            yield f"Stated, for an auditor with the audit export to count: {stated}."
    else:
        yield "DIFFERS. The first difference:"
    for difference in verdict.differences:
        yield f"  {difference.where}: {difference.what}."
    for vote in verdict.closed_votes:
        yield f"Closed, since its result was not shown: {vote}."
    if verdict.erased_parts:
        yield f"Texts erased by redaction: {counted(verdict.erased_parts, 'part')}."
    if not verdict.meeting_closed:
        yield "Preliminary: the meeting was not closed when this was exported."
    for close in verdict.closes:
        words = " · ".join(short_words(close.head, language) for language in WORDS)
        yield f"Close of {close.question}, round {close.round}: {short_code(close.head)}  {words}"
    yield f"Head of the chain: {verdict.head}"


def main(arguments: list[str] | None = None) -> int:
    """Run from the command line; returns the exit code."""
    parser = argparse.ArgumentParser(description="Recount a town meeting from its export.")
    parser.add_argument("export", type=Path, help="the export zip, or the folder it was unpacked to")
    parser.add_argument(
        "--head", action="append", default=[], help="a head that was published; may be repeated"
    )
    parser.add_argument("--json", action="store_true", help="print the result for a machine")
    given = parser.parse_args(arguments)
    try:
        verdict = verify(given.export, given.head)
    except Unreadable as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if given.json:
        sys.stdout.write(json.dumps({"agrees": verdict.agrees} | asdict(verdict), indent=2) + "\n")
    else:
        sys.stdout.write("".join(f"{line}\n" for line in sentences(verdict)))
    return 0 if verdict.agrees else 1


if __name__ == "__main__":
    sys.exit(main())
