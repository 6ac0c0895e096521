"""At stake: figures of simulated people that somebody takes for what a city said."""

import json

import pytest

from app.core.ids import is_rehearsal
from app.report.model import Edition, Report
from app.report.outline import outline
from app.report.render_html import report_html
from app.report.typesetting import report_pdf
from tests.report import pdf
from tests.report.hall import Hall, files, read

REHEARSED, REAL = "rehearsal_" + "1" * 32, "meeting_" + "1" * 32
SAID = {"en": "Rehearsal: the people in it do not exist.", "th": "รายงานการซ้อม: ผู้เข้าร่วมเป็นผู้เข้าร่วมจำลอง"}
ON_EVERY_PAGE = {"en": "Rehearsal", "th": "การซ้อม"}


def held(named: str) -> Hall:
    """A small day. Its title says nothing: the mark does not hang on words that somebody may change."""
    hall = Hall(named=named)
    hall.start()
    return hall


def report(named: str, edition: Edition = Edition.PUBLIC) -> Report:
    return outline(held(named).meeting, edition)


@pytest.mark.parametrize("language", ["en", "th"])
@pytest.mark.parametrize("edition", list(Edition))
def test_the_report_of_a_rehearsal_says_so_on_the_screen_and_on_every_page_of_paper(
    language: str, edition: Edition
) -> None:
    told = report(REHEARSED, edition)
    assert SAID[language] in read(report_html(told, language))
    pages = pdf.pages(report_pdf(told, [language]))
    assert "".join(SAID[language].split()) in "".join(pages[0].split())
    assert len(pages) > 1
    assert all(ON_EVERY_PAGE[language] in page for page in pages)

    control = report(REAL, edition)
    assert SAID[language] not in read(report_html(control, language))
    assert not any(ON_EVERY_PAGE[language] in page for page in pdf.pages(report_pdf(control, [language])))


async def test_both_exports_of_a_rehearsal_say_so_in_every_part_that_is_read() -> None:
    for packed in (await held(REHEARSED).public(), await held(REHEARSED).audit()):
        found = files(packed)
        manifest = json.loads(found["manifest.json"])
        assert manifest["rehearsal"] is True
        assert is_rehearsal(manifest["meeting"])
        assert is_rehearsal(json.loads(found["genesis.json"])["meeting"]), "the chain begins with it"
        assert b"REHEARSAL" in found["README.en.txt"]
        assert "การซ้อม" in found["README.th.txt"].decode()
        for language, words in SAID.items():
            assert words in read(found[f"report/{language}/report.html"].decode())
            assert json.loads(found[f"report/{language}/report.json"])["rehearsal"] is True


async def test_control_nothing_of_a_real_day_says_that_it_was_rehearsed() -> None:
    found = files(await held(REAL).public())
    assert "rehearsal" not in json.loads(found["manifest.json"])
    assert json.loads(found["report/en/report.json"])["rehearsal"] is False
    for name in ("README.en.txt", "report/en/report.html"):
        assert b"ehearsal" not in found[name]
        assert b"REHEARSAL" not in found[name]
