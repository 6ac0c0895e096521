"""At stake: an auditor with a laptop and no network opens one file and sees whether the count is right."""

import asyncio
import base64
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from app.verify import short_code, short_words, verify
from tests.browser import checks
from tests.browser.watch import Watch
from tests.report.hall import day, files, zip_of

Opened = Callable[..., Page]


class Day(NamedTuple):
    folder: Path
    audit: Path
    public: Path
    changed: Path


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Day:
    """Both exports of a day as zips, the audit one unpacked, and a public one with another head count."""
    folder = tmp_path_factory.mktemp("exports")

    async def exports() -> tuple[bytes, bytes]:
        hall = await day()
        return await hall.audit(), await hall.public()

    with ThreadPoolExecutor(1) as thread:  # Playwright's event loop runs in this one
        audit, public = thread.submit(lambda: asyncio.run(exports())).result()
    (folder / "audit.zip").write_bytes(audit)
    (folder / "public.zip").write_bytes(public)
    for name, data in files(audit).items():
        path = folder / "unpacked" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    content = files(public)
    content["log.ndjson"] = content["log.ndjson"].replace(b'"heads":4', b'"heads":5')
    with (folder / "changed.zip").open("wb") as out:
        zip_of(content, out)
    return Day(folder / "unpacked", folder / "audit.zip", folder / "public.zip", folder / "changed.zip")


@pytest.fixture
def opened(browser: Browser, watch: Watch, made: Day) -> Opened:
    """The page of the unpacked export, from disk, without a network."""

    def open_(lang: str, width: int = 1024, *, dark: bool = False) -> Page:
        context = browser.new_context(
            locale=lang, viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light",
            offline=True,
        )  # fmt: skip
        page = watch.over(context).new_page()
        page.goto((made.folder / "verify.html").as_uri())
        return page

    return open_


def heading(page: Page, text: str) -> Locator:
    return page.locator("#result").get_by_role("heading", name=text, exact=True)


def test_a_zip_agrees_and_shows_the_heads_that_the_hall_saw(opened: Opened, made: Day) -> None:
    page = opened("en-GB")
    checks.everything(page)
    page.get_by_label("Choose the zip").set_input_files(made.audit)
    expect(heading(page, "It agrees")).to_be_focused()
    found = verify(made.audit)
    expect(page.locator("#result")).to_contain_text(f"{len(found.counted)} figures of the report")
    expect(page.locator("#result")).to_contain_text(found.head)
    rows = page.get_by_role("row")
    expect(rows).to_have_count(1 + len(found.closes))
    for close in found.closes:
        row = rows.filter(has_text=short_code(close.head))
        expect(row).to_contain_text(short_words(close.head, "en"))
        expect(row).to_contain_text(short_words(close.head, "th"))
    checks.accessible(page)


def test_an_unpacked_folder_agrees(opened: Opened, made: Day) -> None:
    page = opened("en-GB", 390)
    page.get_by_label("Choose the folder").set_input_files(made.folder)
    expect(heading(page, "It agrees")).to_be_visible()
    expect(page.locator("#result")).to_contain_text("201 figures of the report")


def test_what_differs_is_named_by_line_and_figure_and_the_language_changes_at_once(
    opened: Opened, made: Day
) -> None:
    page = opened("th-TH", 390, dark=True)
    page.get_by_label("เลือกไฟล์ zip").set_input_files(made.changed)
    expect(heading(page, "ไม่ตรงกัน")).to_be_visible()
    expect(page.get_by_text("log.ndjson เหตุการณ์ที่ 31", exact=True)).to_be_visible()
    expect(page.get_by_text("figures.json ตัวเลข room/heads", exact=True)).to_be_visible()
    checks.accessible(page)
    page.get_by_role("button", name="English").click()
    expect(heading(page, "It does not agree")).to_be_visible()
    expect(page.get_by_text("log.ndjson, event 31", exact=True)).to_be_visible()
    expect(page.get_by_text("The report says 9 (N = 2); the record gives 10 (N = 2).")).to_be_visible()


def test_a_published_head_that_does_not_occur_is_said_and_one_that_does_is_not(
    opened: Opened, made: Day
) -> None:
    page = opened("en-GB")
    page.get_by_label("Choose the zip").set_input_files(made.public)
    expect(heading(page, "It agrees")).to_be_visible()
    field = page.get_by_label("A head that was published")
    field.fill("0123456789abcdef")
    field.press("Enter")
    expect(heading(page, "It does not agree")).to_be_visible()
    expect(page.locator("#result li")).to_contain_text("0123456789abcdef does not occur")
    field.fill(verify(made.public).closes[0].head)
    field.press("Enter")
    expect(heading(page, "It agrees")).to_be_visible()


def test_something_else_is_refused_in_words_and_the_next_export_is_read(
    opened: Opened, made: Day, tmp_path: Path
) -> None:
    page = opened("en-GB")
    other = tmp_path / "holiday.zip"
    other.write_bytes(b"PK not a zip at all")
    page.get_by_label("Choose the zip").set_input_files(other)
    expect(heading(page, "This cannot be read")).to_be_visible()
    expect(page.locator("#result")).to_contain_text("The zip is damaged")
    page.get_by_label("Choose the zip").set_input_files(made.public)
    expect(heading(page, "It agrees")).to_be_visible()
    expect(page.locator("#result")).to_contain_text("104 more figures are stated")


def test_what_is_dropped_on_the_page_is_read(opened: Opened, made: Day) -> None:
    page = opened("en-GB")
    page.evaluate(
        """(base64) => {
          const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
          const data = new DataTransfer();
          data.items.add(new File([bytes], 'public.zip'));
          const drop = new DragEvent('drop', { dataTransfer: data, cancelable: true });
          document.getElementById('files').dispatchEvent(drop);
        }""",
        base64.b64encode(made.public.read_bytes()).decode(),
    )
    expect(heading(page, "It agrees")).to_be_visible()
