"""At stake: the paper that a governor holds. What it says is what was counted, and everybody can read it.

PDFs are read back as readers do it: words as they are copied out (pypdfium2), tags as a screen reader
finds them (pikepdf).
"""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.core import commands as c
from app.core.by_hand import ByHand
from app.core.ids import ItemId, QuestionId
from app.core.planned import CoverKind, Kind, PlannedMeeting, PlannedReport, Purpose
from app.report.figures import figures_json
from app.report.model import Edition, Head, Report, Restored, SeatAct, SeatsChanged
from app.report.outline import outline
from app.report.paper.blocks import Cell, Column, Paper, Para, Run, Table
from app.report.paper.whole import paper
from app.report.render_html import report_html
from app.report.typesetting import TEMPLATE, Typeset, report_pdf, typeset
from tests.report import pdf
from tests.report.hall import START_MS, Hall, both, day, plan, question

HEAD = Head(41, "c0ffee" * 10 + "abcd")


def report(hall: Hall, edition: Edition = Edition.PUBLIC) -> Report:
    return outline(hall.meeting, edition, heads=(HEAD,))


@pytest.fixture(scope="module")
def held() -> Callable[..., Any]:
    """The PDF of the small day, each made once."""
    made: dict[tuple[Any, ...], bytes] = {}

    async def of(
        *languages: str, edition: Edition = Edition.PUBLIC, thai_digits: bool = False, insecure: bool = False
    ) -> bytes:
        key = (languages, edition, thai_digits, insecure)
        if key not in made:
            told = report(await day(), edition)
            made[key] = report_pdf(told, languages, thai_digits=thai_digits, insecure=insecure)
        return made[key]

    return of


# --- what it says ----------------------------------------------------------------------------


def said_by(share: int | None) -> str:
    return "–" if share is None else f"{share // 10}.{share % 10}%"


async def test_every_share_of_an_option_stands_beside_its_option_as_in_figures_json(held: Any) -> None:
    hall = await day()
    page = "\n".join(pdf.pages(await held("en")))
    found = {f["id"]: f for f in json.loads(figures_json(report(hall).figures))}
    checked = 0
    for q in hall.meeting.questions.questions.values():
        for option in q.options.values():
            path = f"question/{q.id}/round/{q.now.number}/option/{option.id}"
            share, count = found.get(f"{path}/share"), found.get(f"{path}/count")
            if share and count and q.rules.purpose is not Purpose.DEMOGRAPHIC:
                line = f"{(option.text or {})['en']} {count['numerator']} {said_by(share['share'])}"
                assert line in page, line
                checked += 1
    assert checked >= 17


async def test_the_census_stands_beside_the_room_with_the_same_figures(held: Any) -> None:
    page = "\n".join(pdf.pages(await held("en")))
    assert "Option young 3 30.0% 33.3% 60.0% −26.7" in page
    assert "Option old 6 60.0% 66.7% 40.0% +26.7" in page


async def test_every_word_of_the_paper_is_in_the_file(held: Any) -> None:
    for language in ("en", "th"):
        for edition in Edition:
            made = paper(report(await day(), edition), [language])
            file = await held(language, edition=edition)
            words = (pdf.words(file), pdf.body(file))  # a sentence may go on over the page's end
            lost = [
                run for run in runs(made) if not any("".join(run["text"].split()) in each for each in words)
            ]
            assert lost == []


class Said(HTMLParser):
    """The texts of a page, each without its spaces."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.hidden = False

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
        self.hidden = tag in ("title", "style", "script")

    def handle_data(self, data: str) -> None:
        if not self.hidden and data.strip():
            self.texts.append("".join(data.split()))


async def test_the_paper_says_whatever_the_page_says(held: Any) -> None:
    """What is added to one of the two and forgotten in the other is found here."""
    for language in ("en", "th"):
        for edition in Edition:
            changed = SeatsChanged("river", both("Which?"), 2, tuple(SeatAct(act, 3) for act in ByHand))
            restored = Restored(START_MS, both("By hand"))
            told = replace(report(await day(), edition), restores=(restored,), seats_changed=(changed,))
            page = Said()
            page.feed(report_html(told, language))
            made = report_pdf(told, [language])
            words = pdf.words(made) + pdf.body(made)
            assert [text for text in page.texts if text.strip(".,:") not in words] == []
    assert await held("en")


def runs(made: Paper) -> list[dict[str, Any]]:
    """Every run of a paper, in its order; of page 1 the sentences that are set."""
    told = msgspec.json.decode(msgspec.json.encode(made))
    for part in told["parts"]:
        part["first_page"]["more"] = part["first_page"]["more"][0]
        if part["first_page"]["answers"]:
            part["nothing_said"] = []
    found: list[dict[str, Any]] = []

    def walk(value: Any) -> None:
        if isinstance(value, dict) and "text" in value:
            found.append(value)
        elif isinstance(value, dict):
            for each in value.values():
                walk(each)
        elif isinstance(value, list):
            for each in value:
                walk(each)

    walk(told)
    return found


async def test_every_way_leads_somewhere(held: Any) -> None:  # noqa: ARG001 - the fixture keeps the order
    for edition in Edition:
        made = paper(report(await day(), edition), ["en"])
        told = json.dumps(msgspec.json.decode(msgspec.json.encode(made)))
        places = set(re.findall(r'"anchor": "([^"]+)"', told))
        ways = {run["to"] for run in runs(made) if "to" in run}
        assert ways <= places
        assert any(way.startswith("idea-") for way in ways) == (edition is Edition.FULL)


async def test_the_full_edition_leads_from_a_theme_to_its_ideas_by_number(held: Any) -> None:
    page = "\n".join(pdf.pages(await held("en", edition=Edition.FULL)))
    trail = re.search(r"Ideas: ([\d, ]+)", page)
    assert trail is not None
    numbers = [int(number) for number in trail[1].split(",")]
    assert numbers == sorted(numbers)
    assert 2 in numbers
    assert re.search(r"^2\.? A ferry stop", page, re.MULTILINE)


async def test_the_public_edition_has_no_table_and_no_idea_that_was_not_published(held: Any) -> None:
    page = pdf.words(await held("en"))
    for hidden in ("Mystreethasahole", "Aferrystop", "Table3", "Personaldata"):
        assert hidden not in page
    full = pdf.words(await held("en", edition=Edition.FULL))
    for told in ("Mystreethasahole", "Aferrystop", "Table3", "Personaldata"):
        assert told in full


async def test_what_does_not_count_is_listed(held: Any) -> None:
    page = pdf.words(await held("en"))
    for told in ("Thewrongquestionwasreadout", "Therewere12seats", "Wewillplanttrees", "[textremoved]"):
        assert (told in page) == (told != "[textremoved]"), told
    assert HEAD.hash in page
    assert HEAD.hash[:16] in pdf.pages(await held("en"))[0]


# --- page 1 ----------------------------------------------------------------------------------


async def test_page_1_is_complete_by_itself(held: Any) -> None:
    first = pdf.pages(await held("en"))[0]
    for told in (
        "River day", "11 February 2026", "Public edition", "took part", "Consult",
        "What the room said", "Strongest dissent", "Who was in the room, and who was missing",
        "The governor decides by May.", "Page 1 of",
    ):  # fmt: skip
        assert told in first, told
    assert "Contents" in pdf.pages(await held("en"))[1]


async def crowded(questions: int = 14) -> Report:
    """A report of which nothing would fit on one page."""
    long = "Everything that people ask for in one sentence which goes on and on " * 7
    options = [f"o{n}" for n in range(6)]
    asked = tuple(
        replace(
            q := question(f"q{n}", Kind.APPROVE, *options, item="place"),
            title=both(f"Question {n}: {long}"[:300]),
            options=tuple(replace(o, text=both(f"{o.id} {long}"[:500])) for o in q.options),
        )
        for n in range(questions)
    )
    planned = replace(
        plan(questions=asked),
        title=both(f"A title {long}"[:200]),
        asked_of=both(long * 4),
        decision_makers=tuple(both(f"Decision maker {n} of the province") for n in range(40)),
    )
    hall = Hall(planned).start()
    for each in asked:
        await hall.ask(each.id, {"1-2": tuple(options), "2-1": tuple(options)})
    return outline(hall.meeting, Edition.PUBLIC, heads=(HEAD,))


async def test_page_1_stays_on_one_page_however_much_was_asked() -> None:
    for language, more in (("en", "more answers are below"), ("th", "คำตอบในหน้าถัดไป")):
        found = pdf.pages(report_pdf(await crowded(), [language]))
        assert more in found[0]
        assert "Question 0" in found[0]
        assert found[1].lstrip().split("\n")[1].strip() in ("Contents", "สารบัญ")
        assert "Decision maker 39" in "\n".join(found)
        assert "Decision maker 39" not in found[0]


async def test_page_1_has_a_line_for_each_rank(held: Any) -> None:
    ranked = [line for line in pdf.lines(await held("en")) if re.match(r"1\. Option [abc] ", line)]
    assert ranked[:3] == [f"1. Option {option} 66.7% of 3 who answered" for option in "abc"]


# --- marks -----------------------------------------------------------------------------------


async def test_a_meeting_that_is_not_closed_is_marked_on_every_page() -> None:
    hall = Hall().start()
    await hall.ask("go", {"1-2": "yes"})
    running = pdf.pages(report_pdf(report(hall), ["en"]))
    assert all("Preliminary" in page for page in running)
    hall.do(hall.organiser, c.CloseMeeting())
    assert not any("Preliminary" in page for page in pdf.pages(report_pdf(report(hall), ["en"])))


async def test_personal_data_and_an_open_network_are_said(held: Any) -> None:
    assert all("Personal data" in page for page in pdf.pages(await held("en", edition=Edition.FULL))[1:])
    insecure = pdf.pages(await held("en", insecure=True))[0]
    assert "without encryption" in insecure
    assert "without encryption" not in pdf.pages(await held("en"))[0]


async def test_each_page_says_its_number_and_the_edition(held: Any) -> None:
    found = pdf.pages(await held("en"))
    for number, page in enumerate(found, 1):
        assert f"Page {number} of {len(found)}" in page
        assert re.search(r"Public edition\. As of .+, with \d+ entries in the record\.", page)


# --- for everybody ---------------------------------------------------------------------------


async def test_it_is_tagged_to_the_standard_for_accessible_documents(held: Any) -> None:
    for language, title in (("en", "River day"), ("th", "วันแม่น้ำ")):
        made = await held(language)
        told = pdf.facts(made)
        assert told.standard == "1"
        assert (told.lang, told.marked, told.shows_title) == (language, True, True)
        assert title in told.title
        tree = pdf.tags(made)
        assert len(tree.all("Title")) == 1
        assert len(tree.all("H1")) >= 9
        assert len(tree.all("P")) >= 20
        assert tree.all("TOC", "TOCI")
        for table in tree.all("Table"):
            assert table.all("THead"), "every table has a heading"
            assert table.all("TH")
        figures = tree.all("Figure")
        assert figures, "the census beside the room"
        assert all(figure.alt for figure in figures)
        levels = [int(tag.name[1:]) for tag in tree.all("H1", "H2", "H3", "H4")]
        assert levels[0] == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))


async def test_a_chart_says_in_words_what_it_shows(held: Any) -> None:
    (figure,) = pdf.tags(await held("en")).all("Figure")
    assert figure.alt == (
        "Question age Option young: 33.3% of the room, 60.0% of the census; "
        "Option old: 66.7% of the room, 40.0% of the census"
    )


async def test_words_in_another_language_than_the_page_say_which(held: Any) -> None:
    assert pdf.languages(await held("th")) - {"th"} == {"en"}
    assert pdf.languages(await held("en")) - {"en"} == set()


THAI = [
    "สิ่งแวดล้อม", "ปั้น", "ฝั่ง", "ฟื้นฟู", "น้ำ", "ก้ำ", "ญี่ปุ่น", "กตัญญู", "ฐานราก", "ปฏิบัติ", "ผู้ใหญ่", "ที่นี่", "เก็บ",
    "ปุ๋ย", "ค่ำ", "ฎีกา", "ฤๅ", "ฬู่",
]  # fmt: skip


async def thai_day(text: str) -> Report:
    hall = Hall().start()
    hall.idea("1", text)
    return outline(hall.meeting, Edition.FULL, heads=(HEAD,))


async def test_thai_words_are_copied_out_as_they_were_written() -> None:
    made = await thai_day(" ".join(THAI))
    copied = pdf.words(report_pdf(made, ["th"]))
    assert "".join(THAI) in copied


async def test_control_with_marks_moved_by_anchors_words_come_out_double(tmp_path: Any) -> None:
    moved = tmp_path / "report.typ"
    found = TEMPLATE.read_text(encoding="utf-8")
    moved.write_text(found.replace("#let plain-marks = (mark: 0, mkmk: 0)", "#let plain-marks = ()"), "utf-8")
    made = paper(await thai_day(" ".join(THAI)), ["th"])
    assert "".join(THAI) not in pdf.words(typeset(made, template=moved).pdf)


SENTENCE = [
    "ปลูก", "ต้นไม้", "ให้", "ร่มเงา", "ริม", "แม่น้ำ", "และ", "ทำ", "ทางเท้า", "ให้", "ผู้สูงอายุ", "เดิน", "ได้", "สะดวก",
    "ทุก", "ชุมชน", "ใน", "เมือง",
]  # fmt: skip


async def test_thai_lines_end_between_words() -> None:
    text = "".join(SENTENCE * 5)
    ends = {0}
    for word in SENTENCE * 5:
        ends.add(max(ends) + len(word))
    made = report_pdf(await thai_day(text), ["th"])
    at, broken = 0, 0
    for line in pdf.lines(made):
        found = re.sub(r"^[\d๐-๙]+\.?\s*", "", line)
        if text.startswith(found, at) and len(found) > 5:
            at += len(found)
            assert at in ends, f"inside a word: {line[-12:]}|{text[at : at + 8]}"
            broken += 1
    assert at == len(text)
    assert broken >= 3


async def test_control_a_line_that_ends_anywhere_would_end_inside_words() -> None:
    text = "".join(SENTENCE * 5)
    ends, at = set(), 0
    for word in SENTENCE * 5:
        at += len(word)
        ends.add(at)
    assert not set(range(77, len(text), 77)) <= ends


TOGETHER = ("ร้อยละ 12.5", "ลงคะแนน", "แม่ข่าย", "4,444 โต๊ะ", "28 ธันวาคม")


async def ends_inside(template: Path) -> list[str]:
    """The parts of what stays together that begin or end a line; each comes to the end at many places."""
    hall = Hall().start()
    for word in TOGETHER:
        for before in range(0, 24, 2):
            hall.idea("1", "ก " * before + f"{word} " * 24)
    told = outline(hall.meeting, Edition.FULL, heads=(HEAD,))
    made = pdf.lines(typeset(paper(told, ["th"]), template=template).pdf)
    inside = []
    for word in TOGETHER:
        places = range(2, len(word) - 1)
        parts = {word[:at].strip() for at in places} | {word[at:].strip() for at in places}
        for line in made:
            rest = re.sub(f"{word}|ก(?= |$)", " ", line).split()
            inside += [each for each in rest if word in line and each in parts]
    return inside


async def test_words_of_the_house_and_figures_with_their_words_stay_on_one_line(tmp_path: Path) -> None:
    assert await ends_inside(TEMPLATE) == []
    parted = tmp_path / "report.typ"
    rule = "  show regex(part.together): it => box(it)\n"
    whole = TEMPLATE.read_text(encoding="utf-8")
    assert whole.count(rule) == 2
    parted.write_text(whole.replace(rule, ""), "utf-8")
    assert await ends_inside(parted), "control"


async def test_thai_has_buddhist_years_and_its_own_digits_where_they_are_chosen(held: Any) -> None:
    arabic, thai = pdf.pages(await held("th")), pdf.pages(await held("th", thai_digits=True))
    assert "11 กุมภาพันธ์ 2569" in arabic[0]
    assert "๑๑ กุมภาพันธ์ ๒๕๖๙" in thai[0]
    assert "๖๒.๕%" in "\n".join(thai)
    assert f"หน้า ๒ จาก {'๐๑๒๓๔๕๖๗๘๙'[len(thai)]}" in thai[1]
    assert "2026" not in thai[0]


async def test_both_languages_are_two_whole_parts_of_one_document(held: Any) -> None:
    made = await held("th", "en")
    found = pdf.pages(made)
    assert "บทสรุป" in found[0]
    second = next(at for at, page in enumerate(found) if "Summary" in page and "What the room said" in page)
    assert "วันแม่น้ำ" in found[0]
    assert "River day" in found[second]
    assert len(found) == len(pdf.pages(await held("th"))) + len(pdf.pages(await held("en")))
    assert f"Page {second + 1} of {len(found)}" in found[second]
    assert pdf.facts(made).title.count("·") == 3


# --- what people write -----------------------------------------------------------------------

HOSTILE = (
    '#panic("no")', '#import "@preview/cetz:0.3.0"', "*bold* _it_ `raw` $x^2$ <label> @ref //comment /* c */",
    '#read("/etc/passwd")', "= Heading\\ - list + enum / term: x", "\\u{0} \\n [content] {code}",
    '"}]}} quoted', "sys.inputs.paper", "#set page(width: 1cm)", "https://example.org/" + "a" * 200,
    "5" * 300, "ก" * 300, "W" * 400,
)  # fmt: skip


async def hostile(*texts: str) -> Report:
    hall = Hall().start()
    written = [hall.idea("1", text, c.IdeaKind.MINORITY) for text in texts]
    theme = hall.theme("Rubbish", *written)
    for idea in written:
        hall.do(hall.leader, c.QuoteIdea(theme, idea, 1))
    hall.do(hall.leader, c.PublishThemes(ItemId("place"), (theme,)))
    asked = QuestionId(hall.id("q"))
    hall.do(hall.organiser, c.DraftQuestion(asked, both(texts[0]), question("x", Kind.YES_NO).rules))
    await hall.ask(asked, {"1-2": "yes"})
    return outline(hall.meeting, Edition.FULL, heads=(HEAD,))


async def test_what_people_write_is_never_read_as_markup_and_never_leaves_the_page() -> None:
    made = report_pdf(await hostile(*HOSTILE), ["en"])
    words = pdf.words(made)
    for text in HOSTILE:
        assert "".join(text.split()) in words, text
    assert "root:x" not in words
    assert pdf.beyond_margin(made, 20) == []
    assert pdf.facts(made).standard == "1"


async def test_pictures_and_the_letters_of_the_neighbours_are_set() -> None:
    texts = ("🙂👍🏽❤️", "ສະບາຍດີ", "ជំរាបសួរ", "မင်္ဂလာပါ")
    made = typeset(paper(await hostile(*texts), ["th"]))
    assert made.complete
    assert made.tagged
    words = pdf.words(made.pdf)
    assert "ສະບາຍດີ" in words
    assert "🙂" in words


async def test_a_letter_without_type_is_a_box_and_the_paper_says_so() -> None:
    made: Typeset = typeset(paper(await hostile("市民 \ue000 \u0378"), ["en"]))
    assert not made.complete
    assert made.tagged
    words = pdf.words(made.pdf)
    assert "■■" in words
    assert "hasnotypefor" in words
    assert "hasnotypefor" not in pdf.words(typeset(paper(await hostile("plain"), ["en"])).pdf)


def table_after(made: Paper, lines: int, rows: int) -> Paper:
    """A paper whose body begins with so many lines, and a table of rows "row 1.", "row 2." …"""
    cells = tuple((Cell((Run(f"row {n}."),)), Cell((Run("1"),))) for n in range(1, rows + 1))
    table = Table((Column((Run("what"),)), Column((Run("how many"),), kind="number")), cells)
    filled = tuple(Para((Run("a line"),)) for _ in range(lines))
    part = msgspec.structs.replace(made.parts[0], body=(*filled, table, *made.parts[0].body))
    return msgspec.structs.replace(made, parts=(part,))


async def test_a_short_table_stays_on_one_page_and_a_long_one_goes_on() -> None:
    made = paper(report(await day()), ["en"])
    for lines in range(14, 22):  # the page ends at another row each time
        ends = [each for each in pdf.pages(typeset(table_after(made, lines, 8)).pdf) if "row 8." in each]
        assert all(f"row {n}." in ends[0] for n in range(1, 9)), lines
    long = [each for each in pdf.pages(typeset(table_after(made, 5, 60)).pdf) if "row " in each]
    assert len(long) > 1
    assert all("how many" in each for each in long), "its heading stands again"


# --- the same again --------------------------------------------------------------------------


async def test_the_same_log_gives_the_same_bytes() -> None:
    first, second = report(await day()), report(await day())
    made = report_pdf(first, ["th", "en"])
    assert made == report_pdf(second, ["th", "en"])
    assert pdf.facts(made).made == "D:20260202024157Z"[:10] + pdf.facts(made).made[10:]


async def test_a_later_event_gives_other_bytes() -> None:
    hall = await day()
    before = report_pdf(report(hall), ["en"])
    hall.do(hall.organiser, c.RecordErratum(both("One more"), None))
    assert report_pdf(report(hall), ["en"]) != before


# --- the letter before it --------------------------------------------------------------------


def with_cover(kind: CoverKind) -> PlannedMeeting:
    sent = PlannedReport(
        kind, both("Provincial office", "สำนักงานจังหวัด"), "พย 0017/123", both("Governor", "ผู้ว่าราชการจังหวัด"),
        both("Somchai Jaidee", "นายสมชาย ใจดี"), both("Head of office", "หัวหน้าสำนักงานจังหวัด"),
        both("Tel. 1234"),
    )  # fmt: skip
    return replace(plan(), report=sent)


@pytest.mark.parametrize(
    ("kind", "name"), [(CoverKind.MEMO, "บันทึกข้อความ"), (CoverKind.LETTER, "ขอแสดงความนับถือ")]
)
async def test_the_letter_that_the_plan_asks_for_stands_before_page_1(kind: CoverKind, name: str) -> None:
    hall = Hall(with_cover(kind)).start()
    found = pdf.pages(report_pdf(report(hall), ["th"], thai_digits=True))
    for told in (
        name,
        "เรื่อง",
        "เรียน",
        "ผู้ว่าราชการจังหวัด",
        "พย ๐๐๑๗/๑๒๓",
        "นายสมชาย ใจดี",
        "จึงเรียนมาเพื่อโปรดพิจารณา",
    ):
        assert told in found[0], told
    assert ("สิ่งที่ส่งมาด้วย" in found[0]) == (kind is CoverKind.LETTER)
    assert "หน้า ๑ จาก" in found[1]
    assert "บทสรุป" in found[1]
    english = pdf.pages(report_pdf(report(hall), ["en"]))[0]
    assert ("Memorandum" in english) == (kind is CoverKind.MEMO)


async def test_without_a_letter_the_first_page_is_page_1(held: Any) -> None:
    assert "บทสรุป" in pdf.pages(await held("th"))[0]


async def test_every_page_can_be_looked_at(held: Any, tmp_path: Path) -> None:
    made = await held("th")
    pictures = pdf.pictures(made, tmp_path, "report-th")
    assert [path.name for path in pictures[:2]] == ["report-th-1.png", "report-th-2.png"]
    assert len(pictures) == len(pdf.pages(made))
    assert all(path.stat().st_size > 5_000 for path in pictures)
