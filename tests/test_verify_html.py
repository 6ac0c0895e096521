"""At stake: who has no Python recounts as well, and two recounts written apart say the same of every day."""

import asyncio
import base64
import hashlib
import io
import json
import re
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app import verify as verifier
from app.i18n import catalogues
from app.report import recount_page
from app.report.recount_page import joined, verify_html
from app.verify import WORDS, short_code, short_words, verify
from tests.recounting import JavaScript
from tests.report.hall import day, files, sampled_day
from tests.test_verify import chained_anew, random_exports, verdict
from tests.test_verify_restored import a_day

SEEDS = 12


@pytest.fixture(scope="module")
def javascript() -> Iterator[JavaScript]:
    with JavaScript() as process:
        yield process


@pytest.fixture(scope="module")
def audit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("export") / "audit.zip"
    path.write_bytes(asyncio.run(whole_day("audit")))
    return path


async def whole_day(kind: str) -> bytes:
    hall = await day()
    return await (hall.audit() if kind == "audit" else hall.public())


async def restored(kind: str) -> bytes:
    hall = await a_day()
    return await (hall.audit() if kind == "audit" else hall.public())


def same(javascript: JavaScript, path: Path) -> dict[str, Any]:
    """Both recounts of an export agree, and say the same of it."""
    ours, theirs = verify(path), javascript.export(path)
    assert theirs["differences"] == [] == ours.differences
    assert theirs["counted"] == ours.counted
    assert theirs["stated"] == ours.stated
    assert theirs["head"] == ours.head
    assert theirs["events"] == ours.events
    assert theirs["erasedParts"] == ours.erased_parts
    assert theirs["meetingClosed"] == ours.meeting_closed
    assert theirs["closedVotes"] == [vote.split(" ")[0] for vote in ours.closed_votes]
    assert theirs["closes"] == [vars(close) for close in ours.closes]
    return theirs


# --- the same of every day -----------------------------------------------------------------------


async def sampled(kind: str) -> bytes:
    hall = await sampled_day()
    return await (hall.audit() if kind == "audit" else hall.public())


@pytest.mark.parametrize("kind", ["audit", "public"])
@pytest.mark.parametrize("last", [True, False])
def test_both_say_the_same_of_a_sample_audit(
    javascript: JavaScript, tmp_path: Path, kind: str, last: bool
) -> None:
    async def made() -> bytes:
        hall = await sampled_day(last=last)
        return await (hall.audit() if kind == "audit" else hall.public())

    path = tmp_path / "export.zip"
    path.write_bytes(asyncio.run(made()))
    found = same(javascript, path)
    assert ("sample/1/agreed" in found["counted"]) is (last and kind == "audit")
    assert ("sample/1/agreed" in found["stated"]) is (last and kind == "public")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (b'"dice":[3,1,6', b'"dice":[3,1,5', "dice"),
        (b'"pairs":5', b'"pairs":4', "dice"),
    ],
)
def test_both_find_a_draw_that_somebody_chose(
    javascript: JavaScript, tmp_path: Path, old: bytes, new: bytes, says: str
) -> None:
    """Also where the record was chained anew: the pairs are not those that the dice give."""
    content = files(asyncio.run(sampled("audit")))
    line = next(
        at for at, each in enumerate(content["log.ndjson"].splitlines(), 1) if b"sample_drawn" in each
    )
    forged = content | {"log.ndjson": content["log.ndjson"].replace(old, new, 1)}
    assert forged != content, "the line has what is to be changed"
    ours = verdict(chained_anew(forged), tmp_path)
    assert (ours.differences[0].where, says in ours.differences[0].what) == (
        f"log.ndjson, event {line}",
        True,
    )
    theirs = javascript.export(tmp_path / "export.zip")
    assert theirs["differences"][0]["where"] == ours.differences[0].where


@pytest.mark.parametrize("made", [whole_day, restored])
@pytest.mark.parametrize("kind", ["audit", "public"])
def test_both_say_the_same_of_a_whole_day(
    javascript: JavaScript, tmp_path: Path, made: Any, kind: str
) -> None:
    """Every kind of question, an anonymous one, a void, a redaction, an erratum, ballots that came back."""
    path = tmp_path / "export.zip"
    path.write_bytes(asyncio.run(made(kind)))
    found = same(javascript, path)
    assert len(found["closes"]) >= 6
    assert bool(found["stated"]) is (kind == "public")


@pytest.mark.parametrize("seed", range(SEEDS))
def test_both_say_the_same_of_random_days(javascript: JavaScript, tmp_path: Path, seed: int) -> None:
    path = tmp_path / "export.zip"
    for export in asyncio.run(random_exports(seed)):
        path.write_bytes(export)
        same(javascript, path)


# --- the same of what is wrong -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("log.ndjson", b'"heads":4', b'"heads":5'),
        ("log.ndjson", b'"voters":8', b'"voters":9'),
        ("figures.json", b'"numerator":12', b'"numerator":13'),
        ("segments.ndjson", b'"first":1,', b'"first":2,'),
        ("plan.json", b"Option a", b"Option e"),
        ("genesis.json", b"river-day", b"river-dam"),
    ],
)
def test_both_name_the_same_place_first(
    javascript: JavaScript, audit: Path, tmp_path: Path, name: str, old: bytes, new: bytes
) -> None:
    content = files(audit.read_bytes())
    changed = content | {name: content[name].replace(old, new, 1)}
    assert changed != content, "the file has what is to be changed"
    ours = verdict(changed, tmp_path)
    javascript.export(audit)
    theirs = javascript.changed(files((tmp_path / "export.zip").read_bytes()))
    assert not ours.agrees
    assert theirs["differences"][0]["where"] == ours.differences[0].where


def test_a_record_that_was_cut_and_chained_anew_is_found_by_the_published_head(
    javascript: JavaScript, audit: Path, tmp_path: Path
) -> None:
    content = files(audit.read_bytes())
    published = json.loads(content["manifest.json"])["head"]
    lines = content["log.ndjson"].splitlines(keepends=True)[:-2]
    verdict(chained_anew(content | {"log.ndjson": b"".join(lines)}), tmp_path)
    assert javascript.export(tmp_path / "export.zip")["differences"] == [], "without a head nothing tells"
    found = javascript.export(tmp_path / "export.zip", published)
    assert [each["code"] for each in found["differences"]] == ["head_absent"]
    assert javascript.export(audit, published[:16])["differences"] == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"manifest.json": None}, "no_export"),
        ({"manifest.json": b"{}"}, "no_export"),
        ({"manifest.json": b"not json"}, "file_no_json"),
        ({"manifest.json": b'{"export":"audit","format":2}'}, "unknown_format"),
    ],
)
def test_what_is_no_export_is_said_to_be_none(
    javascript: JavaScript, audit: Path, change: dict[str, bytes | None], code: str
) -> None:
    javascript.export(audit)
    assert javascript.changed(change) == {"unreadable": code}


# --- the one file ----------------------------------------------------------------------------------


def test_the_page_can_load_and_send_nothing_and_its_policy_names_its_one_script() -> None:
    page = verify_html().decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    styles = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    assert policy
    assert len(scripts) == len(styles) == 1
    script, style = (
        base64.b64encode(hashlib.sha256(part.encode()).digest()).decode() for part in (scripts[0], styles[0])
    )
    assert policy.group(1) == (
        f"default-src 'none'; script-src 'sha256-{script}'; style-src 'sha256-{style}'; "
        "base-uri 'none'; form-action 'none'"
    )
    assert "import " not in re.sub(r"/\*.*?\*/|//.*", "", scripts[0], flags=re.DOTALL)
    assert not re.search(r"https?://(?!www\.w3\.org)|\bfetch\(|XMLHttpRequest|WebSocket|innerHTML", page)


def test_the_modules_become_one_script_that_stands_alone(tmp_path: Path) -> None:
    script = tmp_path / "joined.js"
    script.write_text(joined("recount.js") + "\nconsole.log(typeof recount);\n")
    run = subprocess.run(["node", script], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (0, "function\n"), run.stderr
    whole = tmp_path / "page.js"
    whole.write_text(joined())
    checked = subprocess.run(["node", "--check", whole], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr


def test_every_module_is_in_it() -> None:
    script = joined()
    names = [path.name for path in recount_page.MODULES.glob("*.js")]
    assert names
    assert [name for name in names if f"// --- {name}\n" not in script] == []


def test_both_exports_carry_it_and_name_it(audit: Path) -> None:
    content = files(audit.read_bytes())
    assert content["verify.html"] == verify_html()
    for language in ("en", "th"):
        assert "verify.html" in content[f"README.{language}.txt"].decode()
    assert content["verify.html"].startswith(b"<!doctype html>")


# --- short heads -----------------------------------------------------------------------------------


def test_the_words_of_a_head_can_be_told_apart() -> None:
    for language, words in WORDS.items():
        assert len(set(words)) == 256, language
    assert not set(WORDS["en"]) & set(WORDS["th"])
    assert all(re.fullmatch("[a-z]{2,11}", word) for word in WORDS["en"])
    assert all(re.fullmatch("[\u0e01-\u0e4e]{2,12}", word) for word in WORDS["th"])


def test_a_short_head_is_eight_digits_and_two_words() -> None:
    head = "0123456700ff" + "9" * 52
    assert short_code(head) == "01234567"
    assert short_words(head, "en") == "river-fountain"
    assert short_words(head, "th") == "แม่น้ำ-น้ำพุ"


def test_the_program_prints_them_for_every_close(audit: Path, capsys: pytest.CaptureFixture[str]) -> None:
    verifier.main([str(audit)])
    printed = capsys.readouterr().out
    closes = verify(audit).closes
    assert closes
    for close in closes:
        assert f"{close.question}, round {close.round}: {short_code(close.head)}" in printed
        assert short_words(close.head, "th") in printed


def test_a_zip_of_any_kind_is_read(javascript: JavaScript, audit: Path, tmp_path: Path) -> None:
    """Stored, packed, and with a folder's own entry in it."""
    for kind in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        path, out = tmp_path / f"{kind}.zip", io.BytesIO()
        with zipfile.ZipFile(out, "w", kind) as zipped:
            zipped.mkdir("report")
            for name, data in files(audit.read_bytes()).items():
                zipped.writestr(name, data)
        path.write_bytes(out.getvalue())
        assert javascript.export(path)["differences"] == []


def test_every_difference_has_its_words() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in recount_page.MODULES.glob("*.js"))
    patterns = (
        r"(?:Wrong|Unreadable)\('([a-z_]+)'",
        r"differs\([^;]*?, '([a-z_]+)'",
        r"return (?:follows \? null : )?'([a-z_]+)';",
        r"code: '([a-z_]+)'",
    )
    codes = {code for pattern in patterns for code in re.findall(pattern, sources)}
    assert {"digest", "segment_apart", "not_understood", "file_gone", "no_export", "another_start"} <= codes
    texts = catalogues().catalogue("th").texts
    assert sorted(f"recount.wrong.{code}" for code in codes if f"recount.wrong.{code}" not in texts) == []
    worded = {key.removeprefix("recount.wrong.") for key in texts if key.startswith("recount.wrong.")}
    assert sorted(worded - codes) == []
