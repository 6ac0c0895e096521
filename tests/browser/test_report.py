"""At stake: those who decide see what the room has seen, when it has seen it, and take the report home."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from app.i18n import whole
from app.report.model import Edition
from app.report.outline import outline
from app.report.render_html import report_html, stylesheet_files
from tests.browser import checks
from tests.browser.conftest import Open
from tests.browser.test_roles import connected, give, plain
from tests.browser.watch import Watch
from tests.report import pdf
from tests.report.hall import day

THAI = "th-TH"


QUESTION, OPTION, SHOWN = "ready", "Yes", "Yes"


def reader(opened: Open, lang: str = "en-GB", width: int = 1024) -> Page:
    page = connected(opened("viewer", None, lang, width))
    expect(page.locator("town-report h1")).to_be_visible()
    return page


def test_what_is_shown_appears_at_once_and_nothing_before(opened: Open) -> None:
    english, thai = reader(opened), reader(opened, THAI, 390)
    expect(english.locator(".preliminary")).to_contain_text("Preliminary")
    expect(english.locator("town-report")).to_contain_text("No result of a topic has been shown yet.")
    expect(english.locator("town-report")).to_contain_text(
        re.compile(r"Nobody is in the room yet\. It has \d+ tables?\.")
    )
    checks.everything(english)
    console, seat = plain(opened("organiser")), connected(opened("participant", "1-1", width=390))
    table, desk = plain(opened("table_facilitator", "1")), plain(opened("theme_leader"))
    give(console, "start_meeting")
    give(console, "begin_item", item="talk")

    give(table, "write_idea", item="talk", text="Let figs grow beside the wall", language="en")
    give(desk, "create_theme", item="talk", title__en="Shade", title__th="ร่มเงา")
    idea = desk.locator("#quote_idea-idea option", has_text="Let figs grow").first.get_attribute("value")
    theme = desk.locator("#quote_idea-theme option", has_text="Shade").first.get_attribute("value")
    give(desk, "file_idea", idea=str(idea), theme=str(theme))
    give(desk, "quote_idea", idea=str(idea), theme=str(theme))
    expect(english.locator("town-report")).not_to_contain_text("Shade")
    give(desk, "publish_themes", item="talk", themes=str(theme))
    expect(english.locator(".themes")).to_contain_text("Let figs grow beside the wall")
    expect(thai.locator(".themes")).to_contain_text("ร่มเงา")

    give(console, "open_voting", question=QUESTION)
    seat.get_by_role("button", name=OPTION, exact=True).click()
    expect(seat.locator("#seat-fate")).to_have_text("Saved")
    give(console, "close_voting", question=QUESTION)
    expect(english.locator(".themes")).to_be_visible()
    expect(seat.locator("#ballot")).to_contain_text("No vote is open")
    assert english.locator(".result").count() == 0, "closed is not shown"
    give(console, "show_results", question=QUESTION)
    expect(english.locator(".said")).to_contain_text("100.0% of 1 who answered")
    expect(english.locator(f"#question-{QUESTION} table")).to_contain_text(SHOWN)
    expect(thai.locator(".said")).to_contain_text(whole("ร้อยละ 100.0 จากผู้ตอบ 1 คน"))
    give(console, "record_erratum", text__en="The slide was wrong", text__th="สไลด์ผิด")
    expect(thai.locator("town-report")).to_contain_text("สไลด์ผิด")
    checks.everything(english)
    checks.everything(thai)


def test_the_pdf_is_made_and_kept_and_where_it_cannot_be_the_page_says_why(
    opened: Open, watch: Watch, tmp_path: Path
) -> None:
    page = reader(opened, THAI)
    page.get_by_label("ภาษาของ PDF").select_option("both")
    page.get_by_label("เลขไทย").check()
    with page.expect_download(timeout=60_000) as kept:
        page.get_by_role("link", name="ดาวน์โหลด PDF").click()
    assert kept.value.suggested_filename == "report-both.pdf"
    kept.value.save_as(tmp_path / "report.pdf")
    words = pdf.words((tmp_path / "report.pdf").read_bytes())
    assert "บทสรุป" in words
    assert "๒๕๖๙" in words
    assert "Summary" in words
    expect(page.locator("town-files .fate")).to_have_text("บันทึกแล้ว: report-both.pdf")

    watch.forgive("503")
    said = {"code": "press_busy", "params": {}, "say": "กำลังจัดทำไฟล์อยู่หลายไฟล์"}
    page.route("**/report.pdf*", lambda route: route.fulfill(status=503, json=said))
    page.get_by_role("link", name="ดาวน์โหลด PDF").click()
    fate = page.locator("town-files .fate")
    expect(fate).to_have_attribute("data-fate", "refused")
    expect(fate).to_have_text("กำลังจัดทำไฟล์อยู่หลายไฟล์")


def test_the_console_gives_the_pdf_in_every_language_and_says_how_it_goes(
    opened: Open, watch: Watch, tmp_path: Path
) -> None:
    console = connected(opened("organiser", None, "en-GB", 1366))
    console.get_by_role("button", name="Report and record").click()
    files = console.locator("town-files")
    get, fate = files.get_by_role("link", name="Download the PDF", exact=True), files.locator(".fate")
    for language, words in (("en", ("Summary",)), ("th", ("บทสรุป",)), ("both", ("Summary", "บทสรุป"))):
        files.get_by_label("Language of the PDF").select_option(language)
        with console.expect_download(timeout=60_000) as kept:
            get.click()
        assert kept.value.suggested_filename == f"report-{language}.pdf"
        kept.value.save_as(tmp_path / "report.pdf")
        found = pdf.words((tmp_path / "report.pdf").read_bytes())
        assert [each for each in ("Summary", "บทสรุป") if each in found] == sorted(words)
        expect(fate).to_have_attribute("data-fate", "saved")

    held: list[Route] = []

    def keep(route: Route) -> None:
        held.append(route)

    console.route("**/report.pdf*", keep)
    get.click()
    expect(fate).to_have_attribute("data-fate", "waiting")
    get.click()  # once more while it is being made
    checks.everything(console)
    watch.forgive("503")
    said = {"code": "press_busy", "params": {}, "say": "Several files are being made. Try again in a minute."}
    held[0].fulfill(status=503, json=said)
    expect(fate).to_have_attribute("data-fate", "refused")
    expect(fate).to_have_text(said["say"])  # type: ignore[arg-type]
    assert len(held) == 1, "a second press asks for nothing"


def test_every_file_that_is_offered_is_there_and_personal_data_only_for_organisers(
    opened: Open,
) -> None:
    page = reader(opened)
    expect(page.locator(".personal")).to_have_count(0)
    links = page.locator("town-files a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    assert len(links) >= 12
    for link in links:
        whole = re.match(r"https?://[^/]+", page.url)[0] + link  # type: ignore[index]
        assert page.request.get(whole, timeout=60_000).status == 200, link
    console = connected(opened("organiser"))
    opens = console.evaluate(
        "() => fetch('/api/session', {method: 'POST', headers: {'Town-Page': 'console',"
        " 'Content-Type': 'application/json'}, body: JSON.stringify({page: 'report'})}).then(a => a.status)"
    )
    assert opens == 200
    console.goto(re.sub("/console.*", "/report", console.url))
    connected(console)
    expect(console.locator(".personal")).to_contain_text("Contains personal data")
    checks.everything(console)


def whole_report(folder: Path, lang: str) -> Path:
    """The report of a day with every kind of question; made in a thread, since a loop runs in this one."""
    with ThreadPoolExecutor(1) as thread:
        meeting = thread.submit(lambda: asyncio.run(day())).result().meeting
    for name, data in stylesheet_files().items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
    path = folder / "report.html"
    path.write_text(report_html(outline(meeting, Edition.FULL), lang, stylesheet="report.css"), "utf-8")
    return path


@pytest.mark.parametrize("lang", ["en", "th"])
def test_the_whole_report_is_accessible_as_a_page(page: Page, tmp_path: Path, lang: str) -> None:
    path = whole_report(tmp_path, lang)
    page.goto(path.as_uri())
    expect(page.locator("h1")).to_be_visible()
    checks.accessible(page)


def outside(page: Page) -> list[str]:
    """What of the tables stands outside of its place, and cells that nobody sees whose figure it is."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll('.wide, .scrolls')].flatMap((box) => {
          const edge = box.getBoundingClientRect().right + 1;
          const all = [...box.querySelectorAll('tbody :is(th, td)')];
          const cells = all.filter((cell) => cell.getClientRects().length > 0);
          const beyond = cells.filter((cell) => cell.getBoundingClientRect().right > edge);
          const named = (cell) => !['none', '""'].includes(getComputedStyle(cell, '::before').content);
          const bare = cells.filter((cell) => cell.matches('.folds td') && !named(cell));
          return [...beyond, ...bare].map((cell) => cell.textContent.trim());
        })"""
    )
    return found


@pytest.mark.parametrize("lang", ["en", "th"])
@pytest.mark.parametrize("width", [320, 390])
def test_on_a_phone_no_table_of_the_whole_report_is_cut(
    page: Page, tmp_path: Path, lang: str, width: int
) -> None:
    whole_report(tmp_path, lang)
    page.set_viewport_size({"width": width, "height": 844})
    page.goto((tmp_path / "report.html").as_uri())
    assert page.locator(".folds").count() >= 3, "census, rating, agenda"
    assert outside(page) == []
    page.set_viewport_size({"width": 1024, "height": 844})
    expect(page.locator(".folds thead").first).to_be_visible()
    page.add_style_tag(
        content=".report .folds tr { display: flex } .report .folds :is(th, td) { min-width: 20em }"
    )
    page.set_viewport_size({"width": width, "height": 844})
    assert outside(page), "control"


BARS = """() => [...document.querySelectorAll('.rated td.step')].map((cell) => {
  const [figure, bar] = ['.figure', '.bar'].map((part) => cell.querySelector(part).getBoundingClientRect());
  return [Math.round(bar.left - figure.left), bar.top >= figure.bottom - 8, Math.round(bar.width)];
})"""


def test_each_bar_of_a_rating_begins_under_its_figure_and_all_are_of_one_scale(
    page: Page, tmp_path: Path
) -> None:
    whole_report(tmp_path, "en")
    page.set_viewport_size({"width": 1024, "height": 844})
    page.goto((tmp_path / "report.html").as_uri())
    bars = page.evaluate(BARS)
    assert len(bars) >= 6
    assert {(left, below) for left, below, _ in bars} == {(0, True)}
    assert len({width for _, _, width in bars}) == 1
    page.add_style_tag(
        content=".report .rated .step { text-align: right } .report .step .bar { width: 100% }"
    )
    assert len({(left, width) for left, _, width in page.evaluate(BARS)}) > 1, "control"


@pytest.mark.parametrize("lang", ["en", "th"])
def test_no_line_ends_within_a_figure_or_a_word_of_the_house(page: Page, tmp_path: Path, lang: str) -> None:
    whole_report(tmp_path, lang)
    page.goto((tmp_path / "report.html").as_uri())
    pieces = "[...document.querySelectorAll('.together')]"
    parted = f"{pieces}.filter((each) => each.getClientRects().length > 1).length"
    counts = {"whole": 0, "control": 0}
    for case in counts:
        if case == "control":
            page.add_style_tag(content=".report .together { white-space: normal }")
        for width in range(320, 420, 10):
            page.set_viewport_size({"width": width, "height": 844})
            counts[case] += page.evaluate(parted)
    assert counts["whole"] == 0
    assert counts["control"] > 0
