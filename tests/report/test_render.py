"""At stake: what is read on paper. The same figures in every format and language, and nothing that runs."""

import csv
import io
import json
import re
from dataclasses import replace
from fractions import Fraction
from html.parser import HTMLParser

import pytest

from app.core import commands as c
from app.core.ids import ItemId, OptionId, QuestionId
from app.core.planned import Kind, Purpose, QuestionRules
from app.report.figures import Figure
from app.report.model import Edition, Head, Report
from app.report.outline import outline
from app.report.render_csv import safe, tables
from app.report.render_html import STYLESHEET, TEMPLATES, TOKENS, kept_together, report_html, stylesheet_files
from app.report.render_json import report_json
from app.report.words import Words, decimal
from tests.report.hall import Hall, both, day, plan, question, read

NASTY = '<img src=x onerror="alert(1)">{{ 7*7 }}</script>'


@pytest.fixture
async def report() -> Report:
    return replace(outline((await day()).meeting), heads=(Head(118, "ab" * 32),))


class Page(HTMLParser):
    """What a page has: its text, its tags with attributes, and the rows of its tables."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(html)
        self.text = re.sub(r"\s+", " ", "".join(self.words))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.part(tag)
        if tag not in ("meta", "link", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> without its start"
        self.part(tag)
        assert self.open.pop() == tag, "tags are nested"

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def part(self, tag: str) -> None:
        """Tags part words, but for pieces of a line."""
        if tag != "span":
            self.words.append(" ")


@pytest.mark.parametrize("language", ["en", "th"])
async def test_the_page_is_whole_and_has_no_script_style_or_foreign_address(
    report: Report, language: str
) -> None:
    page = Page(report_html(report, language))
    assert page.open == []
    assert not {tag for tag, _ in page.tags} & {"script", "style", "iframe", "img", "object"}
    for _, attributes in page.tags:
        assert not [name for name in attributes if name == "style" or name.startswith("on")]
        for name in ("href", "src"):
            assert (attributes.get(name) or "#").startswith(("#", "/static/"))


@pytest.mark.parametrize("language", ["en", "th"])
async def test_every_link_leads_somewhere(report: Report, language: str) -> None:
    page = Page(report_html(report, language))
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    links = {a["href"] for tag, a in page.tags if tag == "a" and a.get("href")}
    assert len(ids) == len(set(ids))
    assert {str(link).removeprefix("#") for link in links} <= {str(i) for i in ids}


async def test_what_was_not_published_is_not_linked() -> None:
    hall = Hall().start()
    theme = hall.theme("Desk theme", hall.idea("1", "Words"))
    asked, option = QuestionId(hall.id("q")), OptionId(hall.id("opt"))
    rules = QuestionRules(Kind.APPROVE, Purpose.PRIORITY)
    hall.do(hall.leader, c.MakeQuestion(asked, both("Which?"), rules, {option: theme}))
    await hall.ask(asked, {"1-2": (option,)})
    assert f"#theme-{theme}" not in report_html(outline(hall.meeting), "en")


async def test_the_ideas_of_a_theme_stand_by_their_numbers() -> None:
    hall = Hall().start()
    first, second, third = (hall.idea("1", words) for words in ("Trees", "Water", "Shade"))
    theme = hall.theme("Green", third, first, second)
    hall.do(hall.leader, c.PublishThemes(ItemId("place"), (theme,)))
    assert "Ideas: 1, 2, 3" in read(report_html(outline(hall.meeting), "en"))


async def test_english_says_the_figures_with_their_bases(report: Report) -> None:
    text = Page(report_html(report, "en")).text
    for said in (
        "62.5% of 8 who answered",
        "11 people took part, at 3 tables.",
        "33.3% of the room, 60.0% of the census (−26.7 points)",
        "8 of 10 seats present voted.",
        "The wrong question was read out",
        "There were 12 seats",
        "We will plant trees",
        "11 February 2026",
        "You are heard, and told how it influenced the decision.",
        "ab" * 32,
        "Contains personal data",
    ):
        assert said in text, said


async def test_thai_says_the_same_in_its_own_form(report: Report) -> None:
    text = Page(report_html(report, "th")).text
    for said in ("ร้อยละ 62.5 จากผู้ตอบ 8 คน", "11 กุมภาพันธ์ 2569", "แม่น้ำเขียว", "ความเห็นส่วนน้อย"):
        assert said in text, said
    digits = Page(report_html(report, "th", thai_digits=True)).text
    for said in ("ร้อยละ ๖๒.๕ จากผู้ตอบ ๘ คน", "๑๑ กุมภาพันธ์ ๒๕๖๙"):
        assert said in digits, said


async def test_the_mark_of_the_preliminary_and_of_the_public_edition(report: Report) -> None:
    hall = Hall().start()
    page = Page(report_html(outline(hall.meeting, Edition.PUBLIC), "en")).text
    assert "Preliminary: the meeting is not closed yet." in page
    assert "Contains personal data" not in page
    assert "Preliminary" not in Page(report_html(report, "en")).text


async def test_what_people_typed_stays_text() -> None:
    hall = Hall().start()
    idea = hall.idea("1", NASTY, c.IdeaKind.MINORITY)
    theme = hall.theme(NASTY, idea)
    hall.do(hall.leader, c.QuoteIdea(theme, idea, 1))
    hall.do(hall.leader, c.PublishThemes(ItemId("place"), (theme,)))
    hall.do(hall.organiser, c.RecordErratum(both(NASTY), QuestionId("river")))
    page = Page(report_html(outline(hall.meeting), "en"))
    assert NASTY in page.text
    assert not [tag for tag, _ in page.tags if tag in ("img", "script")]


async def test_a_text_in_another_language_is_marked_as_such(report: Report) -> None:
    html = report_html(report, "th")
    assert '<q lang="en">Leave it wild</q>' in html


async def test_an_empty_meeting_has_a_report() -> None:
    hall = Hall(plan(questions=()))
    for language in ("en", "th"):
        assert Page(report_html(outline(hall.meeting), language)).open == []
        assert tables(outline(hall.meeting), language)
        assert report_json(outline(hall.meeting), language)


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_no_cell_is_a_formula(cell: str) -> None:
    assert safe(cell) == "'" + cell
    assert safe("x" + cell) == "x" + cell


@pytest.mark.parametrize("language", ["en", "th"])
async def test_tables_open_in_a_spreadsheet(report: Report, language: str) -> None:
    made = tables(report, language)
    for name, content in made.items():
        assert content.startswith(b"\xef\xbb\xbf"), name
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
        assert len({len(row) for row in rows}) == 1, name
        for row in rows:
            assert not [x for x in row if x.startswith(("=", "+", "@")) or re.match(r"-[^0-9]", x)], name
    assert "'=cmd|'/c calc'!A0" in made["ideas.csv"].decode("utf-8-sig")
    results = list(csv.reader(io.StringIO(made["results.csv"].decode("utf-8-sig"))))
    assert ["river", "2", "a", "5", "8", "62.5"] in [[r[0], r[2], r[3], *r[6:9]] for r in results]


async def test_every_figure_is_in_the_tables_and_in_the_json(report: Report) -> None:
    rows = list(csv.reader(io.StringIO(tables(report, "en")["figures.csv"].decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == [figure.id for figure in report.figures]
    told = json.loads(report_json(report, "th"))
    assert [f["id"] for f in told["figures"]] == [figure.id for figure in report.figures]
    assert told["title"] == "วันแม่น้ำ"
    assert told["priorities"][0]["rows"][0]["share"] == "question/top/round/1/option/a/share"


def test_the_stylesheet_needs_nothing_from_elsewhere() -> None:
    files = stylesheet_files()
    css = files["report.css"].decode()
    assert "http" not in css + files["tokens.css"].decode()
    assert re.findall(r"url\([^)]*\)", css) == ['url("fonts/fonts.css")', 'url("tokens.css")']
    assert "url(" not in files["tokens.css"].decode()


def test_the_report_has_the_colours_of_the_pages_and_none_of_its_own() -> None:
    """On the screen and on paper: what warns is one colour wherever somebody looks."""
    css = stylesheet_files()["report.css"].decode().replace("#fff", "")
    typ = (TEMPLATES / "report.typ").read_text(encoding="utf-8")
    own = re.compile(r"#[0-9a-f]{3,8}\b")
    assert own.findall(css) == []
    assert own.findall(typ) == []
    assert own.findall(css + "p { color: #a8321a; }") == ["#a8321a"], "control"
    names = set(re.findall(r"var\(--([\w-]+)\)", css))
    assert names <= set(re.findall(r"--([\w-]+):", TOKENS.read_text(encoding="utf-8"))), names


@pytest.mark.parametrize(
    ("value", "said"),
    [(Fraction(1, 3), "0.33"), (Fraction(-1, 8), "-0.13"), (Fraction(2), "2"), (Fraction(1, 200), "0.01")],
)
def test_an_exact_figure_is_rounded_only_when_it_is_said(value: Fraction, said: str) -> None:
    assert decimal(value) == said


def test_an_empty_base_is_a_dash_and_a_difference_has_its_sign() -> None:
    w = Words("en", "Asia/Bangkok")
    assert w.percent(Figure("x", "share", 0, 0, 0, None)) == "–"
    assert [w.points(Figure("x", "share", 1, 9, 9, n)) for n in (41, -30, 0)] == ["+4.1", "−3.0", "±0.0"]


@pytest.mark.parametrize("language", ["en", "th"])
def test_a_report_before_anything_was_shown_does_not_contradict_itself(language: str) -> None:
    report = outline(Hall().meeting, Edition.PUBLIC)
    w = Words(language, report.plan.time_zone)
    text = Page(report_html(report, language)).text
    assert w.t("report.said_nothing") in text
    assert w.t("report.not_compared") in text
    assert w.t("report.no_census") not in text
    assert f"<h2>{w.t('report.topic')}</h2>" not in report_html(report, language)


def test_words_of_the_house_and_figures_are_pieces_that_are_not_parted() -> None:
    w = Words("th", "Asia/Bangkok")
    text = "ในที่ประชุมร้อยละ 10.6 ลงคะแนน 159 คน เมื่อ 28 ธันวาคม 2569 &#39;8 คน เปียโนหน้าเจ้าหน้าที่"
    made = kept_together(f"<p>{text}</p>", w.together)
    assert re.sub("</?span[^>]*>", "", made) == f"<p>{text}</p>"
    whole = re.findall('<span class="together">([^<]+)</span>', made)
    assert whole == ["ที่ประชุม", "ร้อยละ 10.6", "ลงคะแนน 159 คน", "28 ธันวาคม", "8 คน", "เจ้าหน้าที่"]
    assert ".report .together { white-space: nowrap; }" in STYLESHEET.read_text("utf-8")
    english = re.findall(Words("en", "UTC").together, "on 28 December 2026, verify.py")
    assert english == ["28 December", "verify.py"]


def test_a_report_in_thai_digits_has_them_in_the_plan_too_and_not_in_what_a_table_wrote() -> None:
    hall = Hall(
        replace(
            plan(),
            title=both("River 12", "แม่น้ำ 12 สาย"),
            place=both("x", "ชั้น 3 info2@city.example"),
            purpose={"en": "Room 5"},
        )
    ).start()
    theme = hall.theme("Theme", hall.idea("1", "ทำใน 30 วัน", c.IdeaKind.MINORITY))
    assert theme
    report = outline(hall.meeting, Edition.FULL)
    page = Page(report_html(report, "th", thai_digits=True)).text
    assert "แม่น้ำ ๑๒ สาย" in page
    assert "ชั้น ๓ info2@city.example" in page
    assert "ทำใน 30 วัน" in page
    assert "Room 5" in page, "nor in another language"
    assert "แม่น้ำ 12 สาย" in Page(report_html(report, "th")).text


@pytest.mark.parametrize(("title", "said"), [("Why not?", "Why not? Round 1"), ("Shade", "Shade: Round 1")])
def test_a_title_is_parted_from_what_is_said_of_it(title: str, said: str) -> None:
    asked = replace(question("x", Kind.YES_NO), title=both(title, title))
    hall = Hall(plan(questions=(asked,))).start()
    hall.open("x")
    hall.do(hall.organiser, c.VoidRound(QuestionId("x"), both("Wrong")))
    assert said in Page(report_html(outline(hall.meeting), "en")).text


@pytest.mark.parametrize("lacking", [True, False])
async def test_the_room_on_another_base_stands_only_where_the_census_lacks_a_group(*, lacking: bool) -> None:
    options = ("young", "old", "unsaid") if lacking else ("young", "old")
    asked = question("age", Kind.DEMOGRAPHIC, *options, census=(60, 40), purpose=Purpose.DEMOGRAPHIC)
    hall = Hall(plan(questions=(asked,))).start()
    await hall.ask("age", {"1-2": "young", "1-3": "old"})
    text = Page(report_html(outline(hall.meeting), "en")).text
    assert "Share in the census" in text
    assert ("Room, on the same base" in text) == lacking
