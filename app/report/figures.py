"""Every figure of the report, by a stable id: what `figures.json` holds. Pure.

templates/report/figures.md defines the ids. Counts come from the tallies that the meeting
keeps, shares and means from `core/statistics.py`, ranks from
`core/priorities.py`. `app/verify.py` derives the same bytes from the log
without any of them. Only a result that was shown has figures by option.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction

from app.core import priorities, statistics
from app.core.ballots import ONE
from app.core.commands import Channel, IdeaKind
from app.core.ids import QuestionId
from app.core.meeting import Meeting
from app.core.planned import Kind, Purpose, Standing
from app.core.questions import Question, RoundNow, RoundState
from app.core.sample import PairState, Sample
from app.core.statistics import share_tenths
from app.core.themes import Theme
from app.log.chain import canonical


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure.

    `numerator` over `denominator` is its exact value, `None` where the base is empty. `base` is the
    N that has to be said beside it, `share` tenths of a percent.
    """

    id: str
    kind: str
    numerator: int | None
    denominator: int | None = 1
    base: int | None = None
    share: int | None = None

    @property
    def value(self) -> Fraction | None:
        """The exact value."""
        if self.numerator is None or not self.denominator:
            return None
        return Fraction(self.numerator, self.denominator)

    @property
    def n(self) -> int:
        """The numerator of a count or share."""
        assert self.numerator is not None, self.id
        return self.numerator


class Figures:
    """All figures of a meeting by id."""

    def __init__(self) -> None:
        self._by_id: dict[str, Figure] = {}

    def __getitem__(self, id_: str) -> Figure:
        return self._by_id[id_]

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[Figure]:
        return iter(self._by_id[id_] for id_ in sorted(self._by_id))

    def find(self, id_: str) -> Figure | None:
        """The figure, if the meeting has it."""
        return self._by_id.get(id_)

    def put(self, figure: Figure) -> None:
        """Take a figure in; each id once."""
        assert figure.id not in self._by_id, figure.id
        self._by_id[figure.id] = figure

    def count(self, id_: str, n: int, base: int | None = None) -> None:
        """A count, with its base where it is a part of something."""
        self.put(Figure(id_, "count", n, base=base))

    def share(self, id_: str, n: int, base: int) -> None:
        """A share: n of base."""
        self.put(Figure(id_, "share", n, base, base, share_tenths(n, base)))

    def part(self, path: str, n: int, base: int) -> None:
        """A count and its share."""
        self.count(f"{path}/count", n, base)
        self.share(f"{path}/share", n, base)

    def exact(
        self, id_: str, kind: str, value: Fraction | None, base: int | None = None, share: int | None = None
    ) -> None:
        """A mean, median, score or difference, as a fraction in lowest terms."""
        if value is None:
            self.put(Figure(id_, kind, None, None, base))
        else:
            self.put(Figure(id_, kind, value.numerator, value.denominator, base, share))


def figures_json(figures: Figures) -> bytes:
    """The bytes of `figures.json`."""
    return canonical([asdict(figure) for figure in figures])


def round_path(question: QuestionId, now: RoundNow) -> str:
    """The part of an id that names a round."""
    return f"question/{question}/round/{now.number}"


def asked(question: Question) -> list[RoundNow]:
    """The rounds that were opened; none for a practice question, which stays out of the report."""
    if question.rules.purpose is Purpose.PRACTICE:
        return []
    return [r for r in question.rounds if r.state is not RoundState.PLANNED]


def living_themes(meeting: Meeting) -> list[Theme]:
    """The themes that were neither merged into others nor undone."""
    return [theme for theme in meeting.themes.themes.values() if theme.merged_into is None and not theme.gone]


def figures_of(meeting: Meeting) -> Figures:
    """Every figure of the meeting as it stands."""
    made = Figures()
    _room(meeting, made)
    _ideas(meeting, made)
    _themes(meeting, made)
    for question in meeting.questions.questions.values():
        _question(question, made)
    for number, sample in enumerate(meeting.sampling.samples, 1):
        _sample(f"sample/{number}", sample, made)
    return made


def _room(meeting: Meeting, made: Figures) -> None:
    seats = list(meeting.roster.seats.values())
    tables = list(meeting.roster.tables.values())
    came = [seat for seat in seats if seat.present or seat.left]
    made.count("room/seats", len(seats))
    made.count("room/attended", len(came), len(seats))
    made.count("room/present", meeting.roster.present_of(Standing), len(seats))
    for standing in Standing:
        planned = sum(seat.standing is standing for seat in seats)
        made.count(f"room/standing/{standing}/seats", planned, len(seats))
        made.count(
            f"room/standing/{standing}/attended", sum(seat.standing is standing for seat in came), planned
        )
    made.count("room/tables", len(tables))
    made.count("room/tables/attended", len({seat.table for seat in came}), len(tables))
    heads = [table.heads for table in tables if table.heads is not None]
    made.count("room/heads", sum(heads), len(heads))


def _ideas(meeting: Meeting, made: Figures) -> None:
    every = list(meeting.ideas.ideas.values())
    tables = len(meeting.roster.tables)
    standing = [idea for idea in every if not idea.withdrawn]
    made.count("ideas/count", len(standing))
    made.count("ideas/withdrawn", len(every) - len(standing), len(every))
    made.count("ideas/read", sum(idea.read for idea in standing), len(standing))
    made.count("ideas/tables", len({idea.table for idea in standing}), tables)
    filed = {idea for theme in living_themes(meeting) for idea in theme.ideas}
    made.count("ideas/filed", sum(idea.id in filed for idea in standing), len(standing))
    for kind in IdeaKind:
        made.count(f"ideas/kind/{kind}", sum(idea.kind is kind for idea in standing), len(standing))
    for item in dict.fromkeys(idea.item for idea in every):
        here = [idea for idea in standing if idea.item == item]
        made.count(f"ideas/item/{item}/count", len(here), len(standing))
        made.count(f"ideas/item/{item}/tables", len({idea.table for idea in here}), tables)
        minority = sum(idea.kind is IdeaKind.MINORITY for idea in here)
        made.count(f"ideas/item/{item}/minority", minority, len(here))


def _themes(meeting: Meeting, made: Figures) -> None:
    published = [theme for themes in meeting.themes.published.values() for theme in themes]
    made.count("themes/published", len(published))
    for theme in published:
        made.count(f"theme/{theme.id}/ideas", theme.ideas)
        made.count(f"theme/{theme.id}/tables", theme.tables, len(meeting.roster.tables))


def _sample(path: str, sample: Sample, made: Figures) -> None:
    """How many drawn pairs are in, and once all are how many agreed; never which."""
    states = [pair.state for pair in sample.pairs.values()]
    made.count(f"{path}/drawn", len(states))
    entered = sum(state in (PairState.ENTERED, PairState.MISSING) for state in states)
    made.count(f"{path}/entered", entered, len(states))
    outcome = sample.outcome
    if outcome is None:
        return
    made.count(f"{path}/pairs", outcome.pairs, len(states))
    made.count(f"{path}/missing", outcome.missing, outcome.pairs)
    made.count(f"{path}/agreed", outcome.agreed, outcome.pairs)
    most = statistics.differ_at_most(outcome.pairs, outcome.pairs - outcome.agreed)
    made.exact(f"{path}/differ_at_most", "share", Fraction(most, 1000), outcome.pairs, most)


def _question(question: Question, made: Figures) -> None:
    rounds = asked(question)
    if not rounds:
        return
    voided = sum(r.state is RoundState.VOIDED for r in rounds)
    made.count(f"question/{question.id}/rounds", len(rounds))
    made.count(f"question/{question.id}/rounds/voided", voided, len(rounds))
    now = question.reported
    if now is None:
        return
    path = round_path(question.id, now)
    made.count(f"{path}/voted", now.voted, now.present)
    made.count(f"{path}/present", now.present)
    channels = [channel for _, channel in now.ballots.values()]
    for channel in Channel:
        made.count(f"{path}/channel/{channel}", channels.count(channel), now.voted)
    if now.state is RoundState.SHOWN:
        _result(path, question, now, made)


def _result(path: str, question: Question, now: RoundNow, made: Figures) -> None:
    match question.rules.kind:
        case Kind.NUMBER:
            _number(path, now, made)
        case Kind.RATING:
            _rating(path, question, now, made)
        case Kind.PICK_ONE | Kind.PICK_UP_TO | Kind.APPROVE | Kind.YES_NO | Kind.DEMOGRAPHIC:
            for option in question.options:
                made.part(f"{path}/option/{option}", now.tally.count(option), now.tally.voters)
            if question.rules.kind is Kind.APPROVE:
                none = sum(choices == () for choices, _ in now.ballots.values())
                made.part(f"{path}/none", none, now.tally.voters)
            _ranks(path, question, {o: Fraction(now.tally.count(o)) for o in question.options}, made)
    if question.rules.kind in ONE:
        _census(path, question, now, made)


def _number(path: str, now: RoundNow, made: Figures) -> None:
    counts = {int(cell): n for cell, n in now.tally.cells.items()}
    for value, n in counts.items():
        made.part(f"{path}/value/{value}", n, now.tally.voters)
    made.exact(f"{path}/mean", "mean", statistics.mean(counts), now.tally.voters)
    made.exact(f"{path}/median", "score", statistics.median(counts), now.tally.voters)


def _rating(path: str, question: Question, now: RoundNow, made: Figures) -> None:
    means: dict[str, Fraction] = {}
    for option in question.options:
        counts = {value: now.tally.count(f"{option}={value}") for value in question.scale}
        raters = sum(counts.values())
        made.count(f"{path}/option/{option}/raters", raters, now.tally.voters)
        for value, n in counts.items():
            made.part(f"{path}/option/{option}/value/{value}", n, raters)
        mean = statistics.mean(counts)
        if mean is not None:
            means[option] = mean
        made.exact(f"{path}/option/{option}/mean", "mean", mean, raters)
    _ranks(path, question, means, made)


def _ranks(path: str, question: Question, scores: Mapping[str, Fraction], made: Figures) -> None:
    """Ranks where priorities were asked for; an option that nobody rated has none."""
    if question.rules.purpose is not Purpose.PRIORITY:
        return
    for place in priorities.rank(scores, list(scores), tie=question.rules.tie):
        made.exact(f"{path}/option/{place.option}/rank", "rank", Fraction(place.rank), len(scores))
        made.exact(f"{path}/option/{place.option}/score", "score", place.score)


def _census(path: str, question: Question, now: RoundNow, made: Figures) -> None:
    """Room and census on one base: the options for which the census has a count."""
    census = {o.id: o.census for o in question.options.values() if o.census is not None}
    people = sum(census.values())
    room = sum(now.tally.count(option) for option in census)
    for option, counted in census.items():
        here = now.tally.count(option)
        made.share(f"{path}/census/{option}/census", counted, people)
        made.share(f"{path}/census/{option}/room", here, room)
        gap = Fraction(here, room) - Fraction(counted, people) if room and people else None
        tenths = statistics.difference_tenths(here, room, counted, people)
        made.exact(f"{path}/census/{option}/difference", "share", gap, room, tenths)
