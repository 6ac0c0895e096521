"""What is at stake: a date half a millennium off, or a sentence in a language nobody at the table reads."""

from datetime import date
from pathlib import Path

import pytest

from app import i18n
from app.core.errors import BUSY, REFUSALS
from app.i18n import (
    Catalogues,
    arabic_digits,
    catalogue_json,
    clock,
    date_long,
    date_short,
    has,
    language_name,
    moment,
    percent,
    read_date,
    refusal_sentence,
    sentence,
    text_in,
    thai_digits,
    year_text,
)

PO_HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'


def write(folder: Path, language: str, **texts: str) -> None:
    entries = "".join(f'msgid "{key}"\nmsgstr "{text}"\n\n' for key, text in texts.items())
    (folder / f"{language}.po").write_text(PO_HEAD + entries, encoding="utf-8")


def test_a_counter_is_a_whole_sentence_with_its_classifier() -> None:
    tables = sentence("th", "count.tables", count=41)
    assert sentence("th", "count.ideas_from_tables", count=88, tables=tables) == "88 ข้อ จาก 41 โต๊ะ"
    assert sentence("en", "count.ideas", count=1) == "1 idea"
    assert sentence("en", "count.ideas", count=0) == "0 ideas"
    assert sentence("th", "base.answered", count=387) == "จากผู้ตอบ 387 คน"


def test_numbers_are_grouped_and_texts_are_left_as_they_are() -> None:
    assert sentence("en", "count.people", count=225524) == "225,524 people"
    assert (
        sentence("en", "refusal.unknown_table", table="1024") == "There is no table 1024. Check the number."
    )


@pytest.mark.parametrize(
    ("day", "language", "long", "short"),
    [
        ("2026-02-11", "en", "11 February 2026", "11 Feb 2026"),
        ("2026-02-11", "th", "11 กุมภาพันธ์ 2569", "11 ก.พ. 2569"),
        ("2569-02-11", "en", "11 February 2026", "11 Feb 2026"),
    ],
)
def test_thai_dates_are_of_the_buddhist_era(day: str, language: str, long: str, short: str) -> None:
    assert date_long(language, day) == long
    assert date_short(language, day) == short


def test_thai_digits_are_a_choice() -> None:
    assert thai_digits(date_long("th", date(2026, 2, 11))) == "๑๑ กุมภาพันธ์ ๒๕๖๙"
    assert thai_digits(clock("th", 10, 0)) == "๑๐.๐๐ น."
    assert arabic_digits("๑๐.๐๐ น.") == "10.00 น."


def test_a_moment_is_told_in_the_zone_of_the_hall() -> None:
    assert moment("en", 1_770_779_400_000, "Asia/Bangkok") == "11 Feb 2026, 10:10"
    assert moment("th", 1_770_779_400_000, "Asia/Bangkok") == "11 ก.พ. 2569 เวลา 10.10 น."


@pytest.mark.parametrize("text", ["2026-02-11", "2569-02-11", "๒๕๖๙-๐๒-๑๑"])
def test_a_year_from_2400_up_is_read_as_buddhist_era(text: str) -> None:
    assert read_date(text) == date(2026, 2, 11)


@pytest.mark.parametrize("text", ["2026-02-30", "11/02/2569", "2026-2-1", "0000-01-01", "", "2026-02-11\n"])
def test_what_is_not_a_day_is_not_read(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_date(text)


def test_the_leap_day_of_a_buddhist_year_is_a_day() -> None:
    assert read_date("2567-02-29") == date(2024, 2, 29)
    assert year_text("th", 2024) == "2567"


@pytest.mark.parametrize(
    ("share", "decimals", "in_words", "en", "th"),
    [
        (620, 0, False, "62%", "62%"),
        (620, 0, True, "62%", "ร้อยละ 62"),
        (352, 1, True, "35.2%", "ร้อยละ 35.2"),
        (0, 1, False, "0.0%", "0.0%"),
        (1000, 0, False, "100%", "100%"),
        (625, 0, False, "63%", "63%"),
        (None, 1, True, "–", "–"),
    ],
)
def test_a_share_is_read_from_tenths_of_a_percent(
    share: int | None, decimals: int, in_words: bool, en: str, th: str
) -> None:
    assert percent("en", share, decimals=decimals, in_words=in_words) == en
    assert percent("th", share, decimals=decimals, in_words=in_words) == th


@pytest.mark.parametrize("language", i18n.available())
@pytest.mark.parametrize(("code", "names"), [*REFUSALS.items(), *BUSY.items()])
def test_every_refusal_can_be_said(language: str, code: str, names: tuple[str, ...]) -> None:
    said = refusal_sentence(language, code, dict.fromkeys(names, "x"))
    assert said
    assert "{" not in said


def test_a_refusal_names_roles_standings_and_languages_as_the_reader_does() -> None:
    said = refusal_sentence("th", "not_allowed", {"role": "theme_member", "command": "open_voting"})
    assert said.startswith("“คณะทำงานสรุปประเด็น”")
    assert "Thai" in refusal_sentence("en", "language_missing", {"language": "th"})
    assert "ภาษาไทย" in refusal_sentence("th", "language_missing", {"language": "th"})
    assert refusal_sentence("en", "standing_may_not_vote", {"standing": "official"}).startswith("“Official”")


def test_a_language_that_nobody_knows_keeps_its_code() -> None:
    assert language_name("en", "qqq") == "qqq"
    assert language_name("en", "not a code") == "not a code"


def test_a_parameter_is_never_read_as_a_pattern() -> None:
    said = refusal_sentence("en", "unknown_table", {"table": "{limit} {table.__class__} %s"})
    assert "{limit} {table.__class__} %s" in said


def test_a_regional_language_uses_its_first_part_and_an_unknown_one_english() -> None:
    assert sentence("th-TH", "fate.saved") == "บันทึกแล้ว"
    assert sentence("xx", "fate.saved") == "Saved"


def test_an_id_that_nobody_wrote_is_our_own_mistake() -> None:
    assert not has("no.such_id")
    with pytest.raises(KeyError):
        sentence("en", "no.such_id")


def test_a_browser_gets_every_text_of_its_language_and_plural_form() -> None:
    texts = catalogue_json("th")
    assert texts["fate.saved"] == "บันทึกแล้ว"
    assert texts["count.tables#other"] == "{count} โต๊ะ"
    assert "count.tables#one" not in texts
    assert "count.tables#one" in catalogue_json("en")


def test_a_third_language_is_one_file(tmp_path: Path) -> None:
    write(
        tmp_path,
        "en",
        **{"fate.saved": "Saved", "n#one": "{count} day", "n#other": "{count} days", "only.en": "Here"},
    )
    write(tmp_path, "pl", **{"fate.saved": "Zapisano", "n#one": "{count} dzień", "n#few": "{count} dni"})
    languages = Catalogues(tmp_path)
    assert languages.available() == ("en", "pl")
    assert languages.sentence("pl", "fate.saved") == "Zapisano"
    assert languages.sentence("pl", "n", count=3) == "3 dni"
    assert languages.sentence("pl", "only.en") == "Here"


def test_a_wording_falls_back_to_the_first_language_it_has_and_says_which() -> None:
    assert text_in({"th": "ร่มเงา", "en": "Shade"}, "en") == ("Shade", "en")
    assert text_in({"th": "ร่มเงา"}, "en") == ("ร่มเงา", "th")
    assert text_in({}, "en") == ("", "en")
