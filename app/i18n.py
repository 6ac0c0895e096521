"""Words in the reader's language, from the catalogues in `locales/`.

A catalogue is a gettext file with stable ids for message ids (`refusal.voting_closed`), so a
further language is one more `.po` file and no code. A text that depends on a number has one
entry per plural form, ``id#one`` and ``id#other`` (the CLDR names, which browsers know as
`Intl.PluralRules`); the form is chosen by the parameter `count`. Era and order of a date are
catalogue entries too. Knows the core's refusals; knows nothing of pages, sockets or reports.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.messages.pofile import read_po

from app.core.errors import BUSY, REFUSALS, Param

LOCALES = Path(__file__).parent / "locales"
FIRST = "en"
"""The language that stands in where another has no words."""

BUDDHIST_YEARS_FROM = 2400
"""A year from here up is of the Buddhist era when read (docs/thai.md)."""

BUDDHIST_OFFSET = 543

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
NO_SHARE = "–"
JOINER = "\u2060"
"""Says that no line ends here, and shows nothing."""

_THAI_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
_ARABIC_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_NAMED = {"role": "role", "kind": "kind", "standing": "standing", "command": "command", "scene": "scene"}
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})\Z")


@dataclass(frozen=True)
class Catalogue:
    """All texts of one language by id."""

    language: str
    texts: Mapping[str, str]

    @cached_property
    def locale(self) -> Locale:
        """Babel's locale, for plural forms, months and grouping; English where Babel has none."""
        try:
            return Locale.parse(self.language, sep="-")
        except (UnknownLocaleError, ValueError):
            return Locale.parse(FIRST)

    def find(self, key: str, count: Param | None = None) -> str | None:
        """The text with its placeholders, in the plural form of `count`."""
        if key in self.texts:
            return self.texts[key]
        form = self.locale.plural_form(count) if isinstance(count, int) else "other"
        return self.texts.get(f"{key}#{form}", self.texts.get(f"{key}#other"))

    def number(self, number: int) -> str:
        """A number with the language's grouping: 225,524."""
        mark = self.texts.get("number.group", ",")
        return f"{number:,}".replace(",", mark)


class Catalogues:
    """Every catalogue of a folder, read once. Immutable after that."""

    def __init__(self, folder: Path) -> None:
        self._by_language = {path.stem: _read(path) for path in sorted(folder.glob("*.po"))}
        assert FIRST in self._by_language, f"no {FIRST}.po in {folder}"

    def available(self) -> tuple[str, ...]:
        return tuple(self._by_language)

    def catalogue(self, language: str) -> Catalogue:
        """The catalogue of the language, else of its first part (`th-TH`), else English."""
        for name in (language, language.split("-", maxsplit=1)[0], FIRST):
            if name in self._by_language:
                return self._by_language[name]
        raise AssertionError("unreachable: English is always there")

    def has(self, key: str) -> bool:
        return self._by_language[FIRST].find(key) is not None

    def sentence(self, language: str, key: str, /, **params: Param) -> str:
        """The text of `key`, filled. Numbers are grouped, so give years and ids as text.

        Raises:
            KeyError: No catalogue has this id, or a parameter is missing.
        """
        catalogue = self.catalogue(language)
        found = catalogue.find(key, params.get("count"))
        if found is None:
            found = self._by_language[FIRST].find(key, params.get("count"))
        if found is None:
            raise KeyError(key)

        def fill(place: re.Match[str]) -> str:
            value = params[place.group(1)]
            return catalogue.number(value) if isinstance(value, int) else value

        return PLACEHOLDER.sub(fill, found)


def _read(path: Path) -> Catalogue:
    texts: dict[str, str] = {}
    for part in files_of(path):
        with part.open("rb") as file:
            catalog = read_po(file, abort_invalid=True)
        more = {str(message.id): str(message.string) for message in catalog if message.id and message.string}
        assert not texts.keys() & more.keys(), f"{part} repeats {sorted(texts.keys() & more.keys())}"
        texts |= more
    return Catalogue(path.stem, texts)


def files_of(path: Path) -> list[Path]:
    """The files of a language: its own, then those of the folder beside it, one a page."""
    return [path, *sorted(path.with_suffix("").glob("*.po"))]


@cache
def catalogues() -> Catalogues:
    """The catalogues that are installed with the program."""
    return Catalogues(LOCALES)


def available() -> tuple[str, ...]:
    """The languages that have a catalogue."""
    return catalogues().available()


@cache
def whole_words() -> Mapping[str, str]:
    """Words that no line may cut, the longest first, and each with a joiner wherever browsers would.

    From `locales/<language>/whole.txt`. Browsers end lines of Thai by a dictionary of their own, which
    lacks words and takes others for several (docs/thai.md).
    """
    files = (LOCALES / language / "whole.txt" for language in available())
    lines = [line.strip() for file in files if file.exists() for line in file.read_text("utf-8").splitlines()]
    marked = sorted((line for line in lines if line and not line.startswith("#")), key=len, reverse=True)
    return {line.replace("|", ""): line.replace("|", JOINER) for line in marked}


@cache
def _any_whole_word() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, whole_words())))


def whole(text: str) -> str:
    """The text as a page has it: no line ends within a word of `whole_words`."""
    return _any_whole_word().sub(lambda word: whole_words()[word.group()], text)


def shown(language: str, key: str, /, **params: Param) -> str:
    """The text of `key` as a page has it; see `whole`."""
    return whole(sentence(language, key, **params))


def has(key: str) -> bool:
    """Whether the catalogues know this id."""
    return catalogues().has(key)


def sentence(language: str, key: str, /, **params: Param) -> str:
    """The text of `key` in the language; see `Catalogues.sentence`."""
    return catalogues().sentence(language, key, **params)


def catalogue_json(language: str) -> dict[str, str]:
    """All texts for a browser, by id; what the language lacks is filled with English."""
    own = catalogues().catalogue(language).texts
    lacking = {key: text for key, text in catalogues().catalogue(FIRST).texts.items() if not has_in(own, key)}
    return {**lacking, **own}


def has_in(texts: Mapping[str, str], key: str) -> bool:
    """Whether the texts hold this id, or another plural form of it."""
    return key in texts or f"{key.split('#', maxsplit=1)[0]}#other" in texts


def refusal_sentence(language: str, code: str, params: Mapping[str, Param]) -> str:
    """Why a command was refused, or cannot be decided now, and what to do next."""
    assert code in REFUSALS or code in BUSY, code
    section = "refusal" if code in REFUSALS else "busy"
    if params.get("table") == "None" and has(f"refusal_unnamed.{code}"):  # about nothing that exists
        return sentence(language, f"refusal_unnamed.{code}")
    words = {name: _param_in_words(language, name, value) for name, value in params.items()}
    return sentence(language, f"{section}.{code}", **words)


def _param_in_words(language: str, name: str, value: Param) -> Param:
    if name == "language":
        return language_name(language, str(value))
    key = f"{_NAMED.get(name, '')}.{value}"
    return sentence(language, key) if name in _NAMED and has(key) else value


def language_name(language: str, named: str) -> str:
    """What the language `named` is called in `language`: "Thai", "ไทย"."""
    try:
        return Locale.parse(named, sep="-").get_display_name(catalogues().catalogue(language).locale) or named
    except (UnknownLocaleError, ValueError):
        return named


def text_in(texts: Mapping[str, str], language: str) -> tuple[str, str]:
    """A wording in the language, else in the first that it has; and which language that is."""
    used = language if language in texts else next(iter(texts), language)
    return texts.get(used, ""), used


def thai_digits(text: str) -> str:
    """The text with ๐-๙ for 0-9."""
    return text.translate(_THAI_DIGITS)


def arabic_digits(text: str) -> str:
    """The text with 0-9 for ๐-๙."""
    return text.translate(_ARABIC_DIGITS)


def read_date(text: str) -> date:
    """A day from ``2026-02-11``, ``2569-02-11`` or ``๒๕๖๙-๐๒-๑๑``; years from 2400 up are B.E.

    Raises:
        ValueError: Not of this form, or no such day.
    """
    match = _DATE.match(arabic_digits(text))
    if match is None:
        raise ValueError(text)
    year, month, day = (int(part) for part in match.groups())
    return date(common_year(year), month, day)


def common_year(year: int) -> int:
    """The year of the common era; one from 2400 up was meant as B.E."""
    return year - BUDDHIST_OFFSET if year >= BUDDHIST_YEARS_FROM else year


def year_text(language: str, year: int) -> str:
    """A year of the common era as the language counts it: "2026", "2569"."""
    return str(year + int(sentence(language, "date.year_offset")))


def date_long(language: str, day: date | str) -> str:
    """A day in full: 11 February 2026, 11 กุมภาพันธ์ 2569. A text is an ISO date."""
    return _date(language, day, "wide", "date.long")


def date_short(language: str, day: date | str) -> str:
    """A day in short: 11 Feb 2026, 11 ก.พ. 2569."""
    return _date(language, day, "abbreviated", "date.short")


def _date(language: str, day: date | str, width: str, key: str) -> str:
    at = read_date(day) if isinstance(day, str) else day
    month = str(catalogues().catalogue(language).locale.months["format"][width][at.month])
    return sentence(language, key, day=str(at.day), month=month, year=year_text(language, at.year))


def clock(language: str, hour: int, minute: int) -> str:
    """A time of day: 10:00, 10.00 น."""
    return sentence(language, "date.clock", hour=f"{hour:02}", minute=f"{minute:02}")


def local_time(at_ms: int, time_zone: str) -> datetime:
    """An instant as the clocks of a zone show it."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(ZoneInfo(time_zone))


def moment(language: str, at_ms: int, time_zone: str) -> str:
    """Day and time of an instant in a zone: "11 Feb 2026, 10:00", "11 ก.พ. 2569 เวลา 10.00 น."."""
    at = local_time(at_ms, time_zone)
    day = date_short(language, at.date())
    return sentence(language, "date.moment", day=day, time=clock(language, at.hour, at.minute))


def percent(language: str, share: int | None, *, decimals: int = 1, in_words: bool = False) -> str:
    """A share for reading: "35.2%", "62%", in a Thai sentence "ร้อยละ 35.2".

    Args:
        language: Language of the reader.
        share: Tenths of a percent, whole; `None` where the base is 0.
        decimals: 1 in reports; 0 on the screen, halves up.
        in_words: As it stands in a sentence rather than in a chart.
    """
    if share is None:
        return NO_SHARE
    figure = f"{share // 10}.{share % 10}" if decimals else str((share + 5) // 10)
    return sentence(language, "percent.sentence" if in_words else "percent.figure", share=figure)
