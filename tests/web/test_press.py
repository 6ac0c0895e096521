"""At stake: a report on paper for whoever may have it, while the server goes on as if nobody had asked."""

import asyncio
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from app.core.capability import Role
from app.report import typesetting
from app.report.typesetting import TypesetFault
from app.settings import Settings
from app.verify import verify
from app.web.api import reports
from app.web.errors import HttpProblem
from app.web.press import KEPT_BYTES_MAX, Press
from tests.report import pdf
from tests.web.conftest import Door, command


async def paper(door: Door, who: dict[str, str], query: str = "") -> Any:
    return await door.http.get(f"/api/meetings/{door.meeting}/report.pdf{query}", headers=who)


async def test_the_report_comes_in_english_in_thai_or_in_both(door: Door) -> None:
    viewer = await door.program(Role.VIEWER)
    english, thai, both = [await paper(door, viewer, f"?lang={lang}") for lang in ("en", "th", "both")]
    assert {answer.headers["content-type"] for answer in (english, thai, both)} == {"application/pdf"}
    assert english.headers["content-disposition"] == 'attachment; filename="report-en.pdf"'
    assert "Summary" in pdf.pages(english.content)[0]
    assert "บทสรุป" in pdf.pages(thai.content)[0]
    words = pdf.words(both.content)
    assert "Summary" in words
    assert "บทสรุป" in words
    assert both.headers["content-disposition"] == 'attachment; filename="report-th-en.pdf"'


async def test_thai_digits_are_a_choice(door: Door) -> None:
    viewer = await door.program(Role.VIEWER)
    thai = pdf.pages((await paper(door, viewer, "?lang=th&thai_digits=true")).content)
    arabic = pdf.pages((await paper(door, viewer, "?lang=th&thai_digits=false")).content)
    assert "๒๕๖๙" in thai[0]
    assert "2569" in arabic[0]
    assert "๒๕๖๙" not in arabic[0]


async def test_it_is_marked_preliminary_and_current(door: Door) -> None:
    organiser = await door.program(Role.ORGANISER)
    before = await paper(door, organiser, "?lang=en")
    assert all("Preliminary" in page for page in pdf.pages(before.content))
    await door.http.post("/api/commands", json=command("start_meeting"), headers=organiser)
    after = await paper(door, organiser, "?lang=en")
    assert pdf.pages(after.content)[0] != pdf.pages(before.content)[0]


async def test_the_full_edition_is_the_organisers(door: Door) -> None:
    organiser = await door.program(Role.ORGANISER)
    full = await paper(door, organiser, "?lang=en&edition=full")
    assert "personal data" in pdf.pages(full.content)[0]
    for role in (Role.VIEWER, Role.LEAD_FACILITATOR):
        refused = await paper(door, await door.program(role), "?edition=full")
        assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    for role in (Role.PARTICIPANT, Role.TABLE_FACILITATOR, Role.SCREEN):
        assert (await paper(door, await door.program(role))).status_code == 403


async def test_a_page_gets_it_by_its_cookie_as_a_link_names_it(door: Door) -> None:
    page = await door.page(Role.VIEWER)
    link = await paper(door, {"Cookie": page["Cookie"]}, "?page=report&lang=th")
    assert link.content.startswith(b"%PDF-")


# --- what goes wrong -------------------------------------------------------------------------


@pytest.mark.parametrize(("slow", "code", "status"), [(True, "pdf_slow", 503), (False, "pdf_failed", 500)])
async def test_what_goes_wrong_has_a_code_and_a_sentence(
    door: Door, monkeypatch: pytest.MonkeyPatch, slow: bool, code: str, status: int
) -> None:
    def fails(*_: object, **__: object) -> bytes:
        raise TypesetFault("as a test wants it", slow=slow)

    viewer = await door.program(Role.VIEWER)
    with monkeypatch.context() as wrong:
        wrong.setattr(reports, "report_pdf", fails)
        answer = await paper(door, viewer, "?lang=th")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert "HTML" in answer.json()["say"]
    assert (await paper(door, viewer, "?lang=th")).status_code == 200, "the next one is well"


async def test_while_a_pdf_is_made_others_are_served(
    door: Door, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The child waits until the test lets it go on; meanwhile the same event loop answers."""
    gate = tmp_path / "go on"
    waits = tmp_path / "compositor.py"
    waits.write_text(
        "import os, sys, time\n"
        f"while not os.path.exists({str(gate)!r}): time.sleep(0.02)\n"
        'sys.stderr.write(\'{"tagged": true, "letters": "all"}\')\nsys.stdout.write(\'%PDF-made\')\n'
    )
    real = typesetting.typeset
    monkeypatch.setattr(typesetting, "typeset", lambda paper, bounds: real(paper, bounds, compositor=waits))
    viewer = await door.program(Role.VIEWER)
    first, again = (asyncio.create_task(paper(door, viewer, "?lang=en")) for _ in range(2))
    other = asyncio.create_task(paper(door, viewer, "?lang=th"))
    for _ in range(5):
        assert (await door.http.get("/health/live")).status_code == 200
        assert (await door.http.get(f"/api/meetings/{door.meeting}/report.html", headers=viewer)).is_success
    assert not first.done()
    gate.touch()
    assert {answer.content for answer in await asyncio.gather(first, again, other)} == {b"%PDF-made"}


# --- the press itself ------------------------------------------------------------------------


class Counted:
    """Makes what it is told, as often as it is asked."""

    def __init__(self, made: bytes = b"x") -> None:
        self.made, self.times, self.at_once, self.most = made, 0, 0, 0
        self.go_on = asyncio.Event()

    async def __call__(self) -> bytes:
        self.times += 1
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        await self.go_on.wait()
        self.at_once -= 1
        return self.made


def press(**settings: int) -> Press:
    return Press(Settings(**settings))  # type: ignore[arg-type]


async def test_the_same_is_made_once_however_many_ask_and_kept() -> None:
    here, make = press(), Counted()
    asked = [asyncio.create_task(here.pdf("a", make)) for _ in range(20)]
    await asyncio.sleep(0)
    asked[0].cancel()
    make.go_on.set()
    done = await asyncio.gather(*asked, return_exceptions=True)
    assert isinstance(done[0], asyncio.CancelledError)
    assert done[1:] == [b"x"] * 19, "who goes away takes it from nobody"
    await here.pdf("a", make)
    assert make.times == 1
    await here.pdf("b", make)
    assert make.times == 2


async def test_one_is_made_at_a_time_and_too_many_are_told_to_come_later() -> None:
    here, make = press(press_waiting_max=3), Counted()
    asked = [asyncio.create_task(here.pdf(n, make)) for n in range(5)]
    for _ in range(3):
        await asyncio.sleep(0)
    make.go_on.set()
    done = await asyncio.gather(*asked, return_exceptions=True)
    assert done[:3] == [b"x"] * 3
    assert [getattr(fault, "code", None) for fault in done[3:]] == ["press_busy"] * 2
    assert all(isinstance(fault, HttpProblem) for fault in done[3:])
    assert make.most == 1
    assert await here.pdf(9, make) == b"x", "and later there is room"


async def test_what_failed_is_not_kept() -> None:
    here, times = press(), 0

    async def fails_once() -> bytes:
        nonlocal times
        times += 1
        if times == 1:
            raise TypesetFault("once")
        return b"y"

    with pytest.raises(HttpProblem):
        await here.pdf("a", fails_once)
    assert await here.pdf("a", fails_once) == b"y"


async def test_only_so_much_is_kept() -> None:
    here, make = press(), Counted(b"x" * (KEPT_BYTES_MAX // 2))
    make.go_on.set()
    for key in range(3):
        await here.pdf(key, make)
    await here.pdf(2, make)
    assert make.times == 3
    await here.pdf(0, make)
    assert make.times == 4, "the oldest went"


# --- exports ---------------------------------------------------------------------------------


async def test_an_export_has_the_report_on_paper_and_agrees(door: Door, tmp_path: Path) -> None:
    viewer = await door.program(Role.VIEWER)
    path = tmp_path / "public.zip"
    path.write_bytes(
        (await door.http.get(f"/api/meetings/{door.meeting}/export/public.zip", headers=viewer)).content
    )
    with zipfile.ZipFile(path) as packed:
        for language, said in (("en", "Summary"), ("th", "บทสรุป")):
            assert said in pdf.pages(packed.read(f"report/{language}/report.pdf"))[0]
            assert "report.pdf" in packed.read(f"README.{language}.txt").decode()
    assert verify(path).agrees


async def test_an_export_without_paper_says_nothing_of_it(door: Door) -> None:
    viewer = await door.program(Role.VIEWER)
    where = f"/api/meetings/{door.meeting}/export/public.zip?pdf=false"
    content = (await door.http.get(where, headers=viewer)).content
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        assert not [name for name in packed.namelist() if name.endswith(".pdf")]
        assert "report.pdf" not in packed.read("README.en.txt").decode()


async def test_an_export_is_made_even_where_no_paper_can_be(
    door: Door, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fails(*_: object, **__: object) -> bytes:
        raise TypesetFault("as a test wants it")

    monkeypatch.setattr("app.export.report_pdf", fails)
    viewer = await door.program(Role.VIEWER)
    answer = await door.http.get(f"/api/meetings/{door.meeting}/export/public.zip", headers=viewer)
    path = tmp_path / "public.zip"
    path.write_bytes(answer.content)
    with zipfile.ZipFile(path) as packed:
        assert not [name for name in packed.namelist() if name.endswith(".pdf")]
        assert "report.pdf" not in packed.read("README.th.txt").decode()
    assert verify(path).agrees
