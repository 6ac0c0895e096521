"""At stake: a volunteer has five minutes and a card, a participant only a card; the sheets fit the cutter."""

import io
import re

import pypdfium2  # type: ignore[import-untyped]
import pytest
from playwright.sync_api import Page, expect

from app.i18n import shown
from tests.browser import checks
from tests.browser.commands import give
from tests.browser.conftest import Open

WORDS_MAX = 120
A4_POINTS = (595, 842)

COUNT = """(cards) => cards.map((card) => [...new Intl.Segmenter(card.lang, { granularity: 'word' })
  .segment(card.innerText)].filter((part) => part.isWordLike).length)"""
TOO_FULL = "(cards) => cards.filter((card) => card.scrollHeight > card.clientHeight + 1).length"


def cards_of(opened: Open, kind: str, only: str = "") -> Page:
    page = opened("organiser")
    expect(page.locator("#line")).to_have_attribute("data-line", "open")
    meeting = page.evaluate("JSON.parse(document.getElementById('place').textContent).meeting")
    origin = page.url.partition("/console")[0]
    page.goto(f"{origin}/api/meetings/{meeting}/cards/{kind}?page=console&only={only}")
    page.evaluate("document.fonts.ready")
    return page


def printed(page: Page) -> pypdfium2.PdfDocument:
    return pypdfium2.PdfDocument(io.BytesIO(page.pdf(prefer_css_page_size=True)))


@pytest.mark.parametrize("language", ["en", "th"])
def test_a_tables_card_has_at_most_120_words_and_two_are_on_a_sheet(opened: Open, language: str) -> None:
    page = cards_of(opened, "tables", language)
    cards = page.locator(".card.table")
    expect(cards).to_have_count(4)
    counted = cards.evaluate_all(COUNT)
    assert max(counted) <= WORDS_MAX, counted
    assert min(counted) > 60, "control: the words are there, and are counted"
    assert cards.evaluate_all(TOO_FULL) == 0
    sheets = printed(page)
    assert len(sheets) == 2
    assert [round(side) for side in sheets[0].get_size()] == pytest.approx(A4_POINTS, abs=1)
    text = sheets[0].get_textpage().get_text_range()
    assert len(re.findall(r"[0-9A-Z]{4}-[0-9A-Z]{4}", text)) == 2


def test_eight_seats_are_on_a_sheet_each_with_its_code(opened: Open) -> None:
    page = cards_of(opened, "seats", "th")
    cards = page.locator(".card.seat")
    expect(cards).to_have_count(20)
    assert cards.evaluate_all(TOO_FULL) == 0
    sheets = printed(page)
    assert len(sheets) == 3
    codes = re.findall(r"[0-9A-Z]{4}-[0-9A-Z]{4}", sheets[0].get_textpage().get_text_range())
    assert len(set(codes)) == 8
    expect(page.locator("img").first).to_have_js_property("complete", True)
    assert page.locator("img").first.evaluate("(image) => image.naturalWidth") > 0


@pytest.mark.parametrize("language", ["en", "th"])
@pytest.mark.parametrize("kind", ["tables", "seats"])
def test_on_a_phone_whole_cards_are_seen_and_each_address_and_code_says_what_it_is_for(
    opened: Open, kind: str, language: str
) -> None:
    page = cards_of(opened, kind, language)
    page.set_viewport_size({"width": 390, "height": 844})
    checks.fits(page)
    assert page.locator(".card").evaluate_all(TOO_FULL) == 0
    card = page.locator(".card").first
    words = [each.strip() for each in card.locator(".way p").all_inner_texts()]
    opens, address, types, code, keep = words
    assert opens == shown(language, f"cards.{kind.removesuffix('s')}_open")
    assert types == shown(language, "cards.enter")
    assert address.startswith("http")
    assert re.fullmatch(r"[0-9A-Z]{4}-[0-9A-Z]{4}", code)
    assert keep == shown(language, f"cards.{kind.removesuffix('s')}_keep")


@pytest.mark.parametrize("language", ["en", "th"])
@pytest.mark.parametrize("kind", ["tables", "seats"])
def test_a_long_address_can_be_read_and_typed_and_the_whole_card_still_fits(
    opened: Open, kind: str, language: str
) -> None:
    page = cards_of(opened, kind, language)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 1024, "height": 768})
    address = page.locator(".url")
    page.evaluate(
        "(long) => document.querySelectorAll('.url').forEach((each) => { each.textContent = long; })",
        "https://townmeeting.sithara-municipality.go.th/j",
    )
    assert page.locator(".card").evaluate_all(TOO_FULL) == 0
    points = "(each) => parseFloat(getComputedStyle(each).fontSize) * 0.75"
    assert address.first.evaluate(points) >= 10
    assert page.locator(".open").first.evaluate(points) >= 9
    seen = """(all) => all.filter((each) => {
      const [own, card] = [each, each.closest('.card')].map((one) => one.getBoundingClientRect());
      return own.right > card.right || own.bottom > card.bottom; }).length"""
    assert page.locator(".card .typed p").evaluate_all(seen) == 0
    page.evaluate(
        "document.querySelectorAll('.url').forEach((each) => { each.textContent += 'x'.repeat(400); })"
    )
    assert page.locator(".card").evaluate_all(TOO_FULL) > 0, "control: a card that is too full is seen"


def test_a_card_names_the_labels_of_the_tables_page_word_for_word(opened: Open) -> None:
    card = cards_of(opened, "tables", "en").locator(".card").first
    table = opened("table_facilitator", "1")
    expect(table.locator("#line")).to_have_attribute("data-line", "open")
    for label in ("Go to the table", "People", "Help"):
        expect(card).to_contain_text(f"“{label}”")
    expect(table.get_by_role("button", name="Go to the table")).to_be_visible()
    table.get_by_role("button", name="Go to the table").click()
    for label in ("People", "Help"):
        expect(
            table.get_by_role("button", name=label).or_(table.get_by_role("tab", name=label)).first
        ).to_be_visible()


def test_a_seat_that_was_added_during_the_day_has_a_name_on_its_card_and_no_secret(opened: Open) -> None:
    console = opened("organiser")
    expect(console.locator("#line")).to_have_attribute("data-line", "open")
    give(console, "add_seat", seat="seat_" + "7" * 32, table="1", standing="citizen")
    console.context.close()
    page = cards_of(opened, "seats", "en")
    added = page.locator(".card").filter(has_text="Added seat")
    expect(added).to_have_count(1)
    expect(added).to_contain_text(re.compile(r"Added seat 1-\d+"))
    assert "seat_7" not in page.locator("main").inner_text()
