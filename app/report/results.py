"""One question in the report: what was asked of whom, and what came of it. Pure."""

from dataclasses import dataclass
from fractions import Fraction

from app.core.commands import Channel
from app.core.ids import Text
from app.core.planned import Kind, QuestionRules
from app.core.questions import Option, Question, RoundState
from app.report.figures import Figure, Figures, asked, round_path


@dataclass(frozen=True, slots=True)
class Step:
    """How many of those who rated an option chose one value of the scale."""

    value: int
    text: Text | None
    count: Figure
    share: Figure


@dataclass(frozen=True, slots=True)
class Row:
    """One option and its figures; those that its kind of question does not have are `None`.

    For a rating, `against` is the share at the end of the scale that is farther from the mean.
    `theme` and `idea` name what the option was copied from.
    """

    option: str
    text: Text | None
    count: Figure | None = None
    share: Figure | None = None
    rank: Figure | None = None
    score: Figure | None = None
    mean: Figure | None = None
    raters: Figure | None = None
    steps: tuple[Step, ...] = ()
    against: Figure | None = None
    census: Figure | None = None
    room: Figure | None = None
    difference: Figure | None = None
    theme: str | None = None
    idea: str | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """How many gave one number."""

    value: int
    count: Figure
    share: Figure


@dataclass(frozen=True, slots=True)
class Result:
    """A question that was asked, with the figures of the round that the report uses.

    Rows are in the order of the options; `ranked` gives them best first. `state` is the round's;
    only a shown one has rows with figures.
    """

    id: str
    item: str | None
    title: Text | None
    unit: Text | None
    rules: QuestionRules
    state: RoundState | None
    round: int | None
    rounds: Figure
    voided: Figure
    voted: Figure | None
    present: Figure | None
    channels: tuple[tuple[Channel, Figure], ...]
    rows: tuple[Row, ...]
    values: tuple[Value, ...]
    mean: Figure | None
    median: Figure | None
    languages_missing: tuple[str, ...]
    closed_at_ms: int | None

    @property
    def kind(self) -> Kind:
        """How it was answered."""
        return self.rules.kind

    @property
    def ranked(self) -> tuple[Row, ...]:
        """The rows, best first where they have ranks or were rated; else as they were asked.

        What nobody rated stands last.
        """
        last = len(self.rows) + 1
        return tuple(
            sorted(self.rows, key=lambda row: (row.rank.n if row.rank else last, _from_the_top(row)))
        )

    @property
    def scale_ends(self) -> tuple[Step, Step] | None:
        """The lowest and the highest value that an option could be given; none where nothing is rated."""
        steps = sorted(self.rows[0].steps if self.rows else (), key=lambda step: step.value)
        return (steps[0], steps[-1]) if steps else None

    @property
    def compared(self) -> bool:
        """Whether there is a census beside it."""
        return any(row.census for row in self.rows)


def _from_the_top(row: Row) -> tuple[bool, Fraction]:
    """A key that puts the highest mean first."""
    value = row.mean.value if row.mean else None
    return value is None, -(value or Fraction(0))


def result_of(question: Question, figures: Figures) -> Result:
    """What the report says of a question that was asked."""
    now = question.reported
    path = round_path(question.id, now) if now else ""
    shown = now is not None and now.state is RoundState.SHOWN
    rows = [_row(path, question, option, figures) for option in question.options.values()] if shown else []
    if shown and question.rules.kind is Kind.APPROVE:
        none = Row("none", None, figures[f"{path}/none/count"], figures[f"{path}/none/share"])
        rows.append(none)
    values = (
        sorted(int(cell) for cell in now.tally.cells) if now and question.rules.kind is Kind.NUMBER else []
    )
    return Result(
        id=question.id,
        item=question.item,
        title=question.title,
        unit=question.unit,
        rules=question.rules,
        state=now.state if now else asked(question)[-1].state,
        round=now.number if now else None,
        rounds=figures[f"question/{question.id}/rounds"],
        voided=figures[f"question/{question.id}/rounds/voided"],
        voted=figures.find(f"{path}/voted"),
        present=figures.find(f"{path}/present"),
        channels=tuple((c, f) for c in Channel if (f := figures.find(f"{path}/channel/{c}"))),
        rows=tuple(rows),
        values=tuple(_value(path, value, figures) for value in values) if shown else (),
        mean=figures.find(f"{path}/mean"),
        median=figures.find(f"{path}/median"),
        languages_missing=now.languages_missing if now else (),
        closed_at_ms=now.closed_at_ms if now else None,
    )


def _value(path: str, value: int, figures: Figures) -> Value:
    return Value(value, figures[f"{path}/value/{value}/count"], figures[f"{path}/value/{value}/share"])


def _row(path: str, question: Question, option: Option, figures: Figures) -> Row:
    at = f"{path}/option/{option.id}"
    beside = f"{path}/census/{option.id}"
    texts = question.scale_texts or ()
    rating = question.rules.kind is Kind.RATING
    steps = [
        Step(
            value,
            texts[place] if place < len(texts) else None,
            figures[f"{at}/value/{value}/count"],
            figures[f"{at}/value/{value}/share"],
        )
        for place, value in enumerate(question.scale if rating else ())
    ]
    mean = figures.find(f"{at}/mean")
    return Row(
        option=option.id,
        text=option.text,
        count=figures.find(f"{at}/count"),
        share=figures.find(f"{at}/share"),
        rank=figures.find(f"{at}/rank"),
        score=figures.find(f"{at}/score"),
        mean=mean,
        raters=figures.find(f"{at}/raters"),
        steps=tuple(steps),
        against=_against(steps, mean),
        census=figures.find(f"{beside}/census"),
        room=figures.find(f"{beside}/room"),
        difference=figures.find(f"{beside}/difference"),
        theme=option.theme,
        idea=option.idea,
    )


def _against(steps: list[Step], mean: Figure | None) -> Figure | None:
    if not steps or mean is None or mean.value is None:
        return None
    low, high = min(steps, key=lambda s: s.value), max(steps, key=lambda s: s.value)
    middle = Fraction(low.value + high.value, 2)
    return low.share if mean.value >= middle else high.share
