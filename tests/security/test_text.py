"""At stake: what a table types is shown as it was typed, and acts nowhere: no page, scene, file or export.

Three hundred hostile texts go in as ideas, themes and messages. A harmless room of the same shape is
the measure: apart from the words, what comes out of both must be built alike.
"""

import asyncio
import csv
import io
import json
import re
import subprocess
import sys
import unicodedata
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jinja2
import pytest

from app.core.capability import Role
from app.core.commands import (
    AnyCommand,
    CreateTheme,
    FileIdea,
    IdeaKind,
    PublishThemes,
    QuoteIdea,
    Scene,
    SceneKind,
    SendMessage,
    TakeScene,
    WriteIdea,
)
from app.core.errors import Refusal
from app.core.ids import MessageId, ScreenId, TableId
from app.core.planned import PlannedMeeting
from app.core.text import MARKS_MAX, normal
from app.realtime.rates import Rate, Rates
from app.report import render_csv
from tests.builders import made
from tests.security.hostile import CANARY, TEXTS
from tests.security.samples import PLACE
from tests.security.server import Served, served

NO_RATE = Rate(1_000_000, 1, 1_000_000)


@asynccontextmanager
async def room_of(
    folder: Path, texts: tuple[str, ...], plan: PlannedMeeting | None = None
) -> AsyncIterator[tuple[Served, list[str]]]:
    """A room in which these were written as ideas, some as themes and messages; and what was taken."""
    async with served(folder, plan) as room:
        room.hall._intake._rates = Rates(NO_RATE, NO_RATE, NO_RATE)
        organiser = (await room.way(Role.ORGANISER)).capability
        laptop = (await room.way(Role.TABLE_FACILITATOR, "1")).capability
        taken: list[str] = []
        themes = []
        for number, text in enumerate(texts):
            idea, theme = made("idea"), made("theme")
            kind = list(IdeaKind)[number % 5]
            said: list[tuple[AnyCommand, Any]] = [
                (WriteIdea(idea, TableId("1"), PLACE, kind, text, "en"), laptop)
            ]
            if number % 10 == 0:
                said += [
                    (CreateTheme(theme, PLACE, {"en": text[:300]}), organiser),
                    (FileIdea(idea, 1, theme), organiser),
                    (QuoteIdea(theme, idea, 1), organiser),
                    (SendMessage(MessageId(made("msg")), {"en": text[:300]}), organiser),
                ]
            answers = [await room.ask(each, by) for each, by in said]
            if isinstance(answers[0], Refusal):
                assert answers[0].code in ("text_empty", "text_too_long")
                continue
            taken.append(text)
            if number % 10 == 0:
                assert not [a for a in answers if isinstance(a, Refusal)], (text, answers)
                themes.append(theme)
        await room.do(PublishThemes(PLACE, tuple(themes)), organiser)
        await room.do(TakeScene(ScreenId("main"), Scene(SceneKind.THEMES, item=PLACE)), organiser)
        yield room, taken


async def fetched(room: Served, path: str, role: Role = Role.ORGANISER) -> bytes:
    headers = {"Authorization": f"Bearer {await room.token(role)}"}
    answer = await room.http.get(path.replace("{meeting}", room.meeting), headers=headers)
    assert answer.status_code == 200, answer.text[:300]
    return answer.content


def strings(node: Any) -> list[str]:
    if isinstance(node, str):
        return [node]
    inside = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return [found for each in inside for found in strings(each)]


def test_there_are_three_hundred() -> None:
    assert len(set(TEXTS)) == 300


def harmless(count: int) -> tuple[str, ...]:
    return tuple(f"more shade at stop {number}" for number in range(count))


# --- views ---------------------------------------------------------------------------------

CHANNELS = {
    "tables": Role.TABLE_FACILITATOR, "table:1": Role.TABLE_FACILITATOR, "desk": Role.THEME_LEADER,
    "console": Role.ORGANISER, "screen:main": Role.ORGANISER, "words": Role.VIEWER, "public": Role.VIEWER,
    "experts": Role.EXPERT, "stage": Role.STAGE,
}  # fmt: skip


async def test_every_view_carries_them_as_plain_words_without_anything_invisible(tmp_path: Path) -> None:
    async with room_of(tmp_path, TEXTS) as (room, taken):
        assert len(taken) > 280
        wanted = {normal(text) for text in taken}
        seen: set[str] = set()
        for channel, role in CHANNELS.items():
            place = "1" if role is Role.TABLE_FACILITATOR else None
            token = await room.token(role, place)
            answer = await room.http.get(
                f"/api/channels/{channel}", headers={"Authorization": f"Bearer {token}"}
            )
            said = strings(answer.json())
            assert not [text for text in said if not plain(text)], channel
            seen |= set(said) & wanted
        assert wanted <= seen, "every one of them is there, as it was typed"


def plain(text: str) -> bool:
    """Whether a text has nothing invisible, and few marks on a base."""
    marks = 0
    for char in text:
        marks = marks + 1 if unicodedata.category(char) in ("Mn", "Me") else 0
        if unicodedata.category(char) in ("Cc", "Cf", "Cs") or marks > MARKS_MAX:
            return False
    return unicodedata.is_normalized("NFC", text)


def test_control_the_texts_are_not_plain_before_they_are_cleaned() -> None:
    assert sum(not plain(text) for text in TEXTS) > 50
    assert all(plain(normal(text)) for text in TEXTS)


# --- pages and report ----------------------------------------------------------------------


class Skeleton(HTMLParser):
    """Tags and attributes of a page, without its words."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.built: list[Any] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.built.append((tag, sorted(name for name, _ in attrs)))
        self.words += [f"@{value}" for name, value in attrs if value and name in ("href", "src", "action")]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def skeleton(page: bytes) -> Skeleton:
    found = Skeleton()
    found.feed(page.decode())
    return found


def kinds(found: Skeleton) -> set[str]:
    return {json.dumps(each) for each in found.built}


async def test_the_report_is_built_alike_whatever_was_typed(tmp_path: Path) -> None:
    built = []
    for name, texts in (("hostile", TEXTS), ("harmless", harmless(300))):
        async with room_of(tmp_path / name, texts) as (room, _):
            page = await fetched(room, "/api/meetings/{meeting}/report.html?edition=full")
        built.append(skeleton(page))
    hostile, plain_one = built
    assert kinds(hostile) == kinds(plain_one), "no element and no attribute came in with the words"
    assert CANARY in " ".join(hostile.words), "and the words are there"
    assert not [word for word in hostile.words if word.startswith("@") and "e.example" in word]


async def test_control_without_escaping_the_report_grows_elements(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = jinja2.Environment.__init__

    def careless(self: jinja2.Environment, *args: Any, **options: Any) -> None:
        real(self, *args, **options | {"autoescape": False})

    monkeypatch.setattr(jinja2.Environment, "__init__", careless)
    from app.report import render_html

    for name in dir(render_html):
        cached = getattr(render_html, name)
        if hasattr(cached, "cache_clear"):
            cached.cache_clear()
    try:
        async with room_of(tmp_path, TEXTS[:60]) as (room, _):
            page = await fetched(room, "/api/meetings/{meeting}/report.html?edition=full")
    finally:
        for name in dir(render_html):
            cached = getattr(render_html, name)
            if hasattr(cached, "cache_clear"):
                cached.cache_clear()
    assert any(CANARY in str(attrs) or tag in ("svg", "iframe") for tag, attrs in skeleton(page).built)


# --- files ---------------------------------------------------------------------------------

STARTS = ("=", "+", "-", "@", "\t", "\r", "\x00", "＝", "＋", "－", "＠")


def formulas(data: bytes) -> list[str]:
    """The cells that a spreadsheet would take for a formula."""
    rows = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    return [
        cell
        for row in rows
        for cell in row
        if cell.startswith(STARTS) and not re.fullmatch(r"-?\d+(\.\d+)?", cell)
    ]


@pytest.mark.parametrize("defended", [True, False])
async def test_no_cell_of_a_csv_is_a_formula_and_every_text_is_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, defended: bool
) -> None:
    if not defended:
        monkeypatch.setattr(render_csv, "safe", lambda cell: cell)
    async with room_of(tmp_path, TEXTS) as (room, taken):
        base = "/api/meetings/{meeting}/tables/"
        names = (await fetched(room, f"{base}index?edition=full")).decode().split()
        files = {name: await fetched(room, f"{base}{name}?edition=full") for name in names}
    found = [cell for data in files.values() for cell in formulas(data)]
    assert (found == []) is defended
    rows = csv.reader(io.StringIO(files["ideas.csv"].decode("utf-8-sig"), newline=""))
    cells = {cell.removeprefix("'") for row in rows for cell in row}
    missing = {normal(text).removeprefix("'") for text in taken} - cells
    assert missing == set()


async def test_exports_carry_them_and_verify_finds_nothing_wrong(tmp_path: Path) -> None:
    async with room_of(tmp_path, TEXTS) as (room, taken):
        for kind in ("audit", "public"):
            data = await fetched(room, f"/api/meetings/{{meeting}}/export/{kind}.zip")
            path = tmp_path / f"{kind}.zip"
            path.write_bytes(data)
            with zipfile.ZipFile(path) as packed:
                for name in packed.namelist():
                    assert re.fullmatch(r"[\w./-]+", name), "no text becomes the name of a file"
                    assert ".." not in name
                texts = b"".join(packed.read(name) for name in packed.namelist() if name.endswith("ndjson"))
            if kind == "audit":
                assert CANARY.encode() in texts
            run = [sys.executable, "-I", str(Path(render_csv.__file__).parents[1] / "verify.py"), str(path)]
            done = await asyncio.to_thread(subprocess.run, run, capture_output=True, check=False, timeout=60)
            assert done.returncode == 0, done.stdout + done.stderr
        assert taken


async def test_json_is_json_and_is_never_read_as_a_page(tmp_path: Path) -> None:
    async with room_of(tmp_path, TEXTS[:60]) as (room, _):
        token = await room.token(Role.ORGANISER)
        for path in ("report.json?edition=full", "figures.json"):
            answer = await room.http.get(
                f"/api/meetings/{room.meeting}/{path}", headers={"Authorization": f"Bearer {token}"}
            )
            json.loads(answer.content)
            assert answer.headers["content-type"].startswith("application/json")
            assert answer.headers["x-content-type-options"] == "nosniff"


async def test_what_is_wrong_with_a_request_is_told_without_its_words_acting(tmp_path: Path) -> None:
    async with served(tmp_path) as room:
        for text in TEXTS[:40]:
            for answer in (
                await room.http.post("/api/join", json={"code": text[:190]}),
                await room.http.post("/api/join", json={text: text}),
            ):
                assert answer.status_code in (401, 422, 429)
                assert answer.headers["content-type"].startswith("application/json")
                assert "script-src 'self'" in answer.headers["content-security-policy"]
