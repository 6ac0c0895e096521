"""Numbers, shares, dates and texts as a report says them, in one language and kind of digits. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from typing import NamedTuple

from app import i18n
from app.core.capability import Role
from app.core.ids import Text
from app.core.planned import PlannedMeeting
from app.report.figures import Figure


class Wording(NamedTuple):
    """A text and the language that it is in, which may not be the reader's."""

    text: str
    language: str


@dataclass(frozen=True)
class Words:
    """How one report speaks. `thai_digits` writes ๐-๙ in numbers and dates, never in what people wrote."""

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
        """What somebody worded, in the reader's language if it has one; a redacted text says so."""
        if not texts:
            return Wording(self.t("report.redacted"), self.language)
        return Wording(*i18n.text_in(texts, self.language))

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
        return self.digits(decimal(value))

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

    def day(self, at_ms: int) -> str:
        """The date of an instant in full."""
        return self.digits(i18n.date_long(self.language, i18n.local_time(at_ms, self.time_zone).date()))

    def date(self, day: str) -> str:
        """An ISO date in full."""
        return self.digits(i18n.date_long(self.language, day))

    def year(self, year: int) -> str:
        """A year, as the language counts it."""
        return self.digits(i18n.year_text(self.language, year))


def decimal(value: Fraction) -> str:
    """The fraction with two decimals, halves away from zero; without them where it is whole."""
    if value.denominator == 1:
        return str(value.numerator)
    hundredths = (200 * abs(value.numerator) + value.denominator) // (2 * value.denominator)
    return f"{'-' if value < 0 else ''}{hundredths // 100}.{hundredths % 100:02}"


def words(plan: PlannedMeeting, language: str, *, thai_digits: bool = False) -> Words:
    """How a report of this meeting speaks."""
    return Words(language, plan.time_zone, thai_digits)


def iso(at_ms: int | None) -> str:
    """An instant for a data file: ISO 8601 in UTC, or nothing."""
    if at_ms is None:
        return ""
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds")
