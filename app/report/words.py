"""Numbers, shares, dates and texts as a report says them, in one language and kind of digits. Pure."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from typing import NamedTuple

from app import i18n
from app.core.capability import Role
from app.core.ids import Text
from app.core.planned import PlannedMeeting
from app.report.figures import Figure
from app.report.results import Step

LATIN = re.compile("[A-Za-z]")
ENDS = (".", "?", "!", "…", ":")


class Wording(NamedTuple):
    """A text and the language that it is in, which may not be the reader's."""

    text: str
    language: str


@dataclass(frozen=True)
class Words:
    """How one report speaks.

    `thai_digits` writes ๐-๙ in numbers, dates and what the plan says, never in what a table wrote.
    """

    language: str
    time_zone: str
    thai_digits: bool = False

    def t(self, key: str, **params: str | int) -> str:
        """A sentence from the catalogue."""
        return self.digits(i18n.sentence(self.language, key, **params))

    def digits(self, text: str) -> str:
        """The text in the report's kind of digits."""
        return i18n.thai_digits(text) if self.thai_digits else text

    def text(self, texts: Text | None) -> Wording:
        """What the plan or the team worded, in the reader's language if it has one; a redacted text says so.

        In Thai digits where the report is; addresses and codes, which have Latin letters, keep their own.
        """
        if not texts:
            return Wording(self.t("report.redacted"), self.language)
        text, language = i18n.text_in(texts, self.language)
        if language == self.language:
            text = re.sub(r"\S+", lambda it: it[0] if LATIN.search(it[0]) else self.digits(it[0]), text)
        return Wording(text, language)

    def lead(self, title: str) -> str:
        """What stands between a title and what is said of it: nothing where the title ends a sentence."""
        return "" if title.endswith(ENDS) else ":"

    @property
    def together(self) -> str:
        """A pattern of what stays on one line: words of the house, a figure with its word, a day of a month.

        Of regular expressions only what Python, Rust and JavaScript read alike.
        """
        kept = i18n.whole_words(), i18n.sentence(self.language, "report.counted").split()
        whole, counted = ("|".join(map(re.escape, sorted(words, key=longest_first))) for words in kept)
        figure = "[+−±]?[0-9๐-๙][0-9๐-๙.,]*"
        return f"(?:{whole}) {figure}(?: (?:{counted}))?|{figure} (?:{counted})|{whole}"

    def done_by(self, by: Role | None, asked_by: Role | None = None) -> str:
        """Who did something, by role, and who had asked for it; nothing where the program did it."""
        if by is None or by is Role.SERVER:
            return ""
        done = self.t(f"role.{by}")
        if asked_by is None:
            return self.t("report.done_by", role=done)
        key = "report.confirmed_alike" if asked_by is by else "report.confirmed_by"
        return self.t(key, asked=self.t(f"role.{asked_by}"), role=done)

    def number(self, n: int) -> str:
        """A whole number, grouped."""
        return self.digits(i18n.catalogues().catalogue(self.language).number(n))

    def count(self, figure: Figure | None) -> str:
        """A count."""
        return i18n.NO_SHARE if figure is None or figure.numerator is None else self.number(figure.numerator)

    def percent(self, figure: Figure | None) -> str:
        """A share with one decimal, as in tables and charts."""
        return self.digits(i18n.percent(self.language, figure.share if figure else None))

    def in_words(self, figure: Figure | None) -> str:
        """A share as it stands in a sentence: "35.2%", "ร้อยละ 35.2"."""
        return self.digits(i18n.percent(self.language, figure.share if figure else None, in_words=True))

    def points(self, figure: Figure | None) -> str:
        """A difference of two shares in percentage points, with its sign: +4.1, −3.0."""
        if figure is None or figure.share is None:
            return i18n.NO_SHARE
        size = abs(figure.share)
        sign = "+" if figure.share > 0 else "−" if figure.share < 0 else "±"
        return self.digits(f"{sign}{size // 10}.{size % 10}")

    def exact(self, figure: Figure | None) -> str:
        """A mean, median or score with two decimals, halves away from zero; whole where it is whole."""
        value = figure.value if figure else None
        if value is None:
            return i18n.NO_SHARE
        return self.digits(decimal(value)).replace("-", "−")

    def mean(self, figure: Figure | None) -> str:
        """A mean in a column of them: two decimals, also where it is whole."""
        value = figure.value if figure else None
        return i18n.NO_SHARE if value is None else self.digits(hundredths(value)).replace("-", "−")

    def mean_head(self, ends: tuple[Step, Step]) -> str:
        """What stands over a column of means: it names the scale."""
        low, high = (self._step(step.value) for step in ends)
        return self.t("report.mean_on_scale", low=low, high=high)

    def scale_ends(self, ends: tuple[Step, Step]) -> str:
        """What the ends of a scale mean; nothing where they have no words."""
        low, high = ends
        if not low.text or not high.text:
            return ""
        said = {"lowest": self.text(low.text).text, "highest": self.text(high.text).text}
        return self.t("report.scale_ends", low=self._step(low.value), high=self._step(high.value), **said)

    def _step(self, value: int) -> str:
        return self.number(value).replace("-", "−")

    def moment(self, at_ms: int | None) -> str:
        """Day and time in the meeting's zone."""
        return (
            i18n.NO_SHARE if at_ms is None else self.digits(i18n.moment(self.language, at_ms, self.time_zone))
        )

    def time_of_day(self, at_ms: int | None, day: str) -> str:
        """The time, where it is on this ISO date; else day and time."""
        if at_ms is None:
            return i18n.NO_SHARE
        at = i18n.local_time(at_ms, self.time_zone)
        if at.date().isoformat() != day:
            return self.moment(at_ms)
        return self.digits(i18n.clock(self.language, at.hour, at.minute))

    def planned_time(self, time: str | None) -> str:
        """A time of day of the plan, "09:30", as the language writes it; nothing where none is planned."""
        if time is None:
            return ""
        hour, minute = time.split(":")
        return self.digits(i18n.clock(self.language, int(hour), int(minute)))

    def day(self, at_ms: int) -> str:
        """The date of an instant in full."""
        return self.digits(i18n.date_long(self.language, i18n.local_time(at_ms, self.time_zone).date()))

    def date(self, day: str) -> str:
        """An ISO date in full."""
        return self.digits(i18n.date_long(self.language, day))

    def year(self, year: int) -> str:
        """A year, as the language counts it."""
        return self.digits(i18n.year_text(self.language, year))


def longest_first(text: str) -> tuple[int, str]:
    """A key that puts longer texts first."""
    return -len(text), text


def decimal(value: Fraction) -> str:
    """The fraction with two decimals, halves away from zero; without them where it is whole."""
    if value.denominator == 1:
        return str(value.numerator)
    return hundredths(value)


def hundredths(value: Fraction) -> str:
    """The fraction with two decimals, halves away from zero."""
    rounded = (200 * abs(value.numerator) + value.denominator) // (2 * value.denominator)
    return f"{'-' if value < 0 else ''}{rounded // 100}.{rounded % 100:02}"


def words(plan: PlannedMeeting, language: str, *, thai_digits: bool = False) -> Words:
    """How a report of this meeting speaks."""
    return Words(language, plan.time_zone, thai_digits)


def iso(at_ms: int | None) -> str:
    """An instant for a data file: ISO 8601 in UTC, or nothing."""
    if at_ms is None:
        return ""
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds")
