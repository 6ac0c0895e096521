"""Writes texts as runs, in the language of a part, each with the language that it really has. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.core.ids import Text
from app.report.figures import Figure
from app.report.model import Quote as Quoted
from app.report.model import Report
from app.report.paper.blocks import Line, Quote, Run
from app.report.words import Words

MIXED = re.compile("[\u0e80-\u0eff\u1000-\u109f\u1780-\u17ff\u19e0-\u19ff\ua9e0-\ua9ff\uaa60-\uaa7f]")
"""Letters of Lao, Burmese and Khmer."""

UNBROKEN = re.compile(r"[^\s\u0e00-\u0e7f]{25,}|(\S)\1{11,}")
"""Letters without a place to break the line: addresses, and laughter (in Thai, 555)."""

LEADING_VOWELS = "เแโใไ"
"""Thai vowels that are written before their consonant: a text is not cut between the two."""


@dataclass(frozen=True)
class Pen:
    """Writes in one language. `places` are the anchors of the paper: what leads elsewhere leads nowhere."""

    w: Words
    places: frozenset[str]

    def run(self, text: str, lang: str = "", *, bold: bool = False, quiet: bool = False, to: str = "") -> Run:
        """A text as it is."""
        text = UNBROKEN.sub(_breakable, text)
        other = "" if lang == self.w.language else lang
        return Run(text, other, bold, quiet, to if to in self.places else "", MIXED.search(text) is not None)

    def exact(self, text: str) -> Run:
        """Letters to compare or copy: none is put between them."""
        return Run(text)

    def t(
        self, key: str, *, bold: bool = False, quiet: bool = False, to: str = "", **params: str | int
    ) -> Run:
        """A sentence of the catalogue."""
        return self.run(self.w.t(key, **params), bold=bold, quiet=quiet, to=to)

    def said(
        self, texts: Text | None, *, bold: bool = False, quiet: bool = False, to: str = "", most: int = 0
    ) -> Run:
        """What somebody worded, in the reader's language if there is one; at most so many letters."""
        wording = self.w.text(texts)
        text = shortened(wording.text, most) if most else wording.text
        return self.run(text, wording.language, bold=bold, quiet=quiet, to=to)

    def or_not(self, texts: Text | None) -> Line:
        """What the plan says, or that it does not say."""
        return (self.said(texts),) if texts else (self.t("report.not_said", quiet=True),)

    def listed(self, texts: Iterable[Text]) -> Line:
        """Several wordings, with commas."""
        return tuple(self.between([self.said(text) for text in texts])) or self.or_not(None)

    def between(self, runs: Iterable[Run], mark: str = ", ") -> Iterator[Run]:
        """The runs, with a mark between each two."""
        for place, run in enumerate(runs):
            if place:
                yield self.run(mark)
            yield run

    def number(self, n: int) -> Line:
        """A whole number."""
        return (self.run(self.w.number(n)),)

    def count(self, figure: Figure | None) -> Line:
        """A count."""
        return (self.run(self.w.count(figure)),)

    def percent(self, figure: Figure | None) -> Line:
        """A share."""
        return (self.run(self.w.percent(figure)),)

    def quote(self, quoted: Quoted) -> Quote:
        """Quoted words; in the full edition with their table, and a way to the idea."""
        where = (
            (self.t("report.from_table", quiet=True, to=idea_anchor(quoted.idea), table=quoted.table),)
            if quoted.table
            else ()
        )
        return Quote((self.run(quoted.text, quoted.language),), where)


def _breakable(unbroken: re.Match[str]) -> str:
    """The letters, with a place to break the line before each but marks."""
    letters = [
        each if unicodedata.category(each) in ("Mn", "Mc", "Sk") else f"\u200b{each}" for each in unbroken[0]
    ]
    return "".join(letters).lstrip("\u200b")


def shortened(text: str, most: int) -> str:
    """The text, cut at a space where it has one, with an ellipsis."""
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    while cut and (unicodedata.category(text[len(cut)]) == "Mn" or cut[-1] in LEADING_VOWELS):
        cut = cut[:-1]
    head, _, tail = cut.rpartition(" ")
    return f"{head if head and len(tail) < 30 else cut}…"


def places_of(report: Report) -> frozenset[str]:
    """Every anchor that the paper of a report has."""
    topics = [result for topic in report.topics for result in topic.results]
    asked = (
        *report.demographics,
        *topics,
        *report.other_results,
        *report.priorities,
        *report.evaluation,
        *report.not_shown,
    )
    return frozenset(
        [question_anchor(result.id) for result in asked]
        + [theme_anchor(theme) for theme in report.published]
        + [idea_anchor(idea.id) for idea in report.ideas]
    )


def question_anchor(question: str) -> str:
    """Where a question stands."""
    return f"question-{question}"


def theme_anchor(theme: str) -> str:
    """Where a theme stands."""
    return f"theme-{theme}"


def idea_anchor(idea: str) -> str:
    """Where an idea stands in the annex."""
    return f"idea-{idea}"
