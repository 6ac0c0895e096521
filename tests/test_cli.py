"""The command line. At stake: whoever runs a hall reads one sentence that says what to do, no traceback."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from app.cli import main
from app.demo.stage import Wanted
from app.tool.faults import FAILED

VERBS = {
    "serve": "organiser",
    "demo": "simulated room",
    "replay": "recorded",
    "report": "figures.json",
    "verify": "Recount",
    "export": "audit",
    "doctor": "no-go",
    "restore": "Another history",
    "backup": "while it runs",
    "certificate": "of your own",
    "drill": "worst",
    "admit": "second laptop",
    "follow": "Folder of the copy",
    "promote": "Take over",
}


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    said = capsys.readouterr()
    assert isinstance(ended.value.code, int)
    return ended.value.code, said.out, said.err


def assert_one_sentence(text: str) -> None:
    lines = text.strip().splitlines()
    assert len(lines) == 1, text
    assert not lines[0][0].islower()
    assert lines[0].endswith(".")
    assert "Traceback" not in text


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_a_help_that_says_what_it_is_for(
    verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(capsys, verb, "--help")
    assert code == 0
    assert VERBS[verb] in " ".join(out.split())
    assert "--help" in out


def test_the_list_of_verbs_names_all_of_them(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "--help")
    assert code == 0
    assert all(verb in out for verb in VERBS)


@pytest.mark.parametrize(
    "arguments",
    [
        ["sing"],
        ["serve", "--port", "many"],
        ["demo", "--tables", "many"],
        ["report", "--out", "/proc/x"],
        ["verify", "."],
        ["doctor", "--tls-cert", "cert.pem"],
        ["serve", "--port", "70000"],
        ["serve", "--sing"],
        ["serve", "--tls-cert", "cert.pem"],
        ["serve", "--public-url", "meeting.example.org"],
        ["serve", "--log-level", "loud"],
        ["demo", "--serve", "--exit"],
        ["demo", "--exit", "--tables", "1"],
        ["demo", "--serve", "--speed", "60"],
        ["demo", "--speed", "60"],
        ["demo", "--serve", "--out", "out"],
        ["demo", "--exit", "--lan"],
        ["demo", "--exit", "--keep"],
        ["demo", "--exit", "--hands-on"],
        ["demo", "--exit", "--port", "8021"],
        ["replay", "--ideas", "none.csv"],
        [
            "replay",
            "--ideas",
            "none.csv",
            "--ratings",
            "none.csv",
            "--link",
            "http://127.0.0.1:1/organiser#x",
        ],
        ["verify", "none.zip"],
        ["verify"],
        ["report", "--data-dir", "nowhere"],
        ["export", "--data-dir", "nowhere"],
        ["export", "--kind", "secret"],
        ["restore", "--data-dir", "nowhere"],
        ["restore", "--data-dir", "nowhere", "--accept"],
        ["restore", "none.zip", "--accept"],
        ["backup", "--data-dir", "nowhere"],
        ["drill", "restore", "--data-dir", "nowhere"],
        ["drill", "fire"],
    ],
    ids=" ".join,
)
def test_what_goes_wrong_is_told_in_one_sentence(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, err = run(capsys, *arguments)
    assert code not in (0, None)
    assert_one_sentence(err)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["serve", "--port", "many"], "--port takes a whole number from 0 to 65535."),
        (["demo", "--port", "70000"], "--port takes a whole number from 0 to 65535."),
        (["demo", "--speed", "60"], "--speed goes with --exit only: leave it out, or choose that."),
        (["demo", "--exit", "--lan"], "--lan goes with --serve only: leave it out, or choose that."),
        (["serve", "--port", "70000"], "--port (TOWNMEETING_PORT) takes a whole number from 0 to 65535."),
        (["report", "--out", "/proc/x"], "/proc/x cannot be made: name another --out."),
        (["export", "--out", "/proc/x"], "/proc/x cannot be made: name another --out."),
    ],
)
def test_the_sentence_names_the_option(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = run(capsys, *arguments)
    assert (code, err) == (2, f"{sentence}\n")


def test_a_folder_that_is_no_export_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "verify", str(tmp_path))
    assert code == 2
    assert err.startswith(f"{tmp_path} is no export: ")


def test_without_a_verb_there_is_the_help_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys)
    assert (code, err) == (0, "")
    assert all(verb in out for verb in VERBS)


@pytest.mark.parametrize("content", [None, "port ="], ids=["missing", "not TOML"])
def test_a_settings_file_that_cannot_be_read_is_told(
    content: str | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "town.toml"
    if content is not None:
        file.write_text(content)
    monkeypatch.setenv("TOWNMEETING_SETTINGS_FILE", str(file))
    code, _, err = run(capsys, "report")
    assert code == 2
    assert str(file) in err
    assert_one_sentence(err)


def test_a_file_that_is_no_export_is_told_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "holiday.zip"
    path.write_bytes(b"not a zip at all")
    code, _, err = run(capsys, "verify", str(path))
    assert code != 0
    assert_one_sentence(err)


def test_files_that_are_no_record_are_told_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "list.csv"
    path.write_text("name,phone\nsomebody,1\n")
    code, _, err = run(
        capsys, "replay", "--ideas", str(path), "--ratings", str(path), "--link", "http://127.0.0.1:1/o#x"
    )
    assert code != 0
    assert_one_sentence(err)


@pytest.mark.parametrize(
    "link", ["http://[::1/j#x", "127.0.0.1:8021/j#x", "http://127.0.0.1:1/j", "ftp://hall/j#x"]
)
def test_what_is_no_link_is_told_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], link: str
) -> None:
    ideas, ratings = tmp_path / "comments.csv", tmp_path / "votes.csv"
    ideas.write_text("comment-id,author-id,comment-body\n1,1,Shade\n")
    ratings.write_text("participant,n-disagree,1\n1,0,1\n")
    code, _, err = run(capsys, "replay", "--ideas", str(ideas), "--ratings", str(ratings), "--link", link)
    assert code == FAILED
    assert "link" in err
    assert_one_sentence(err)


def test_a_data_folder_that_is_a_file_is_refused_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "data"
    file.write_text("a file, not a folder")
    code, _, err = run(capsys, "serve", "--port", "0", "--data-dir", str(file))
    assert code == FAILED
    assert err == f"The data folder {file} is a file, not a folder: name another --data-dir.\n"
    assert file.read_text() == "a file, not a folder"


def test_a_day_that_is_played_leaves_the_demonstration_in_progress_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    used: list[Path] = []

    def notes(wanted: Wanted, _out: Path | None = None) -> int:
        used.append(wanted.data_dir)
        return 0

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("app.tool.shows.play_day", notes)
    monkeypatch.setattr("app.tool.shows.stay_on", notes)
    for way in ("--serve", "--exit"):
        with pytest.raises(SystemExit):
            main(["demo", way])
    assert len(set(used)) == 2, "each has a folder of its own"


def test_the_demonstration_does_not_clear_a_folder_that_is_not_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "thesis.txt"
    kept.write_text("three years of work")
    code, _, err = run(capsys, "demo", "--exit", "--data-dir", str(tmp_path))
    assert code != 0
    assert_one_sentence(err)
    assert kept.exists()


def test_debug_shows_the_traceback() -> None:
    with pytest.raises(Exception, match=r"no export none\.zip"):
        main(["--debug", "verify", "none.zip"])


def test_the_doctor_says_no_go_where_the_port_is_taken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, out, _ = run(capsys, "doctor", "--data-dir", str(tmp_path), "--port", str(port))
    assert code == 1
    assert f"no-go   Port: 127.0.0.1:{port}" in out
    assert "name another --host and --port" in out


def test_the_doctor_looks_at_everything_that_a_hall_needs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = run(capsys, "doctor", "--data-dir", str(tmp_path), "--port", "0")
    for what in (
        "SQLite", "SQLite settings", "Disk", "Flush time", "Open files", "Fonts", "Report as PDF",
        "Browser files", "Port", "PUBLIC_URL",
    ):  # fmt: skip
        assert f" {what}: " in out
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".doctor")]


def test_the_doctor_says_no_go_where_the_data_cannot_be_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "data"
    file.write_text("a file, not a folder")
    code, out, _ = run(capsys, "doctor", "--data-dir", str(file), "--port", "0")
    assert code == 1
    assert "no-go   Data folder" in out


def test_beyond_this_machine_without_tls_is_refused_in_one_sentence(tmp_path: Path) -> None:
    ended = subprocess.run(
        [
            sys.executable,
            "-m",
            "app.cli",
            "serve",
            "--host",
            "0.0.0.0",
            "--port",
            "0",
            "--data-dir",
            tmp_path,
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 1
    assert_one_sentence(ended.stderr)
    assert "--insecure-lan" in ended.stderr
