"""The report as data: a meeting in, its report out, in no language and no format yet. Pure.

Everything is copied out of the meeting, so that a report can be rendered
elsewhere while the day goes on. Every number of it is a `Figure`, found in
`figures.json` under the same id.
"""

from collections.abc import Mapping
from fractions import Fraction

from app.core.commands import IdeaKind
from app.core.ids import IdeaId, ItemId, Text, ThemeId
from app.core.meeting import Meeting, Phase
from app.core.planned import Kind, Purpose, Standing
from app.core.questions import RoundState
from app.report import record
from app.report.figures import Figure, Figures, asked, figures_of, living_themes
from app.report.model import (
    Edition,
    Head,
    IdeaLine,
    Missing,
    Note,
    PublishedTheme,
    Quote,
    Report,
    Restored,
    Said,
    SealedClose,
    Topic,
)
from app.report.results import Result, Row, result_of

FIRST_PAGE_QUESTIONS = 12
FIRST_PAGE_RANKS = 3
FIRST_PAGE_EQUALS_MAX = 6
"""Where more answers than these are equal, none leads, and page 1 names none of them."""
MISSING_MAX = 3


def _closes(meeting: Meeting) -> tuple[SealedClose, ...]:
    """The heads after each close; a meeting that was not told of the chain has none."""
    titles = {id_: question.title for id_, question in meeting.questions.questions.items()}
    return tuple(
        SealedClose(titles[question], number, close.code, close.words)
        for (question, number), close in meeting.closes.items()
    )


def outline(meeting: Meeting, edition: Edition = Edition.FULL, *, heads: tuple[Head, ...] = ()) -> Report:
    """Build the report of a meeting as it stands.

    Args:
        meeting: After its plan was taken.
        edition: For whom.
        heads: Heads of the chain to print; the meeting does not know them.
    """
    assert meeting.plan is not None, "a report is of a meeting with a plan"
    figures = figures_of(meeting)
    results = [
        result_of(question, figures) for question in meeting.questions.questions.values() if asked(question)
    ]
    shown = [result for result in results if result.state is RoundState.SHOWN]
    by = {p: tuple(r for r in shown if r.rules.purpose is p) for p in Purpose}
    topics = _topics(meeting, edition, figures, by[Purpose.TOPIC] + by[Purpose.PRIORITY])
    placed = {r.id for topic in topics for r in topic.results}
    said = _said(by[Purpose.PRIORITY], by[Purpose.TOPIC])
    lines = _idea_lines(meeting) if edition is Edition.FULL else ()
    return Report(
        edition=edition,
        preliminary=meeting.phase not in (Phase.CLOSED, Phase.ARCHIVED),
        meeting=str(meeting.id),
        plan=meeting.plan,
        offset=meeting.offset,
        at_ms=meeting.last_at_ms,
        started_at_ms=meeting.started_at_ms,
        closed_at_ms=meeting.closed_at_ms,
        heads=heads,
        closes=_closes(meeting),
        figures=figures,
        said=said[:FIRST_PAGE_QUESTIONS],
        said_elsewhere=len(said[FIRST_PAGE_QUESTIONS:]),
        dissent=_dissent(by[Purpose.PRIORITY] + by[Purpose.TOPIC]),
        missing=_missing(shown),
        standings=tuple(s for s in Standing if figures[f"room/standing/{s}/seats"].n),
        demographics=by[Purpose.DEMOGRAPHIC],
        topics=topics,
        other_results=tuple(r for r in by[Purpose.TOPIC] if r.id not in placed),
        priorities=by[Purpose.PRIORITY],
        evaluation=by[Purpose.EVALUATION],
        responses=tuple(
            Note(at, text, _theme_title(meeting, theme)) for at, theme, text in meeting.responses
        ),
        errata=record.errata(meeting),
        voided=record.voided(meeting),
        again=record.again(meeting),
        seats_changed=record.seats_changed(meeting),
        samples=record.samples(meeting, figures),
        not_shown=tuple(r for r in results if r.state is RoundState.CLOSED),
        agenda=record.agenda(meeting),
        requests=tuple(i for i in lines if i.kind is IdeaKind.REQUEST and not i.withdrawn),
        ideas=lines,
        redactions=len(meeting.redactions),
        restores=tuple(Restored(r.at_ms, r.reason) for r in meeting.restores),
        unplaced=len(meeting.unplaced),
    )


# --- page 1 ------------------------------------------------------------------------------------


def _said(priorities: tuple[Result, ...], topics: tuple[Result, ...]) -> tuple[tuple[Said, ...], ...]:
    """By question: the best ranks where priorities were set, the leading answer of the others."""
    answers = [_best(result) for result in priorities] + [tuple(_leading(result)) for result in topics]
    return tuple(said for said in answers if 0 < len(said) <= FIRST_PAGE_EQUALS_MAX)


def _best(result: Result) -> tuple[Said, ...]:
    """The best ranks, equals included."""
    return tuple(
        Said(result, row.option, row.text, row.share or _top_step(row), row.rank)
        for row in result.ranked
        if row.rank and row.rank.n <= FIRST_PAGE_RANKS
    )


def _leading(result: Result) -> list[Said]:
    """The answer that most gave (all of equals); of a rating, the option with the highest mean."""
    if result.kind is Kind.NUMBER:
        return [Said(result, "", None, result.mean)]
    if result.kind is Kind.RATING:
        value = {row.option: row.mean.value for row in result.rows if row.mean and row.mean.value is not None}
        most = max(value.values(), default=None)
        rows = [row for row in result.rows if row.option in value and value[row.option] == most]
        return [Said(result, row.option, row.text, _top_step(row)) for row in rows]
    count = max((row.count.n for row in result.rows if row.count), default=0)
    rows = [row for row in result.rows if count and row.count and row.count.n == count]
    return [Said(result, row.option, row.text, row.share) for row in rows]


def _top_step(row: Row) -> Figure | None:
    """The share of those who rated an option at the top of the scale."""
    return max(row.steps, key=lambda step: step.value).share if row.steps else None


def _dissent(results: tuple[Result, ...]) -> Said | None:
    """The largest share that stood against a leading answer.

    In a question with one answer each: the second answer, abstentions apart. Of a rated option: those
    who chose the end of the scale that is farther from its mean. Choosing another option among several
    is no dissent. The first of equals, in the order of the questions and options.
    """
    strongest: Said | None = None
    most = Fraction(0)
    for result in results:
        for against in _against(result):
            assert against.figure is not None, "a side has a share"
            value = against.figure.value or Fraction(0)
            if value > most:
                strongest, most = against, value
    return strongest


def _against(result: Result) -> list[Said]:
    match result.kind:
        case Kind.PICK_ONE | Kind.YES_NO:
            sides = [row for row in result.rows if row.share and row.option != "abstain"]
            order = sorted(sides, key=lambda row: -(row.share.n if row.share else 0))
            return [Said(result, row.option, row.text, row.share) for row in order[1:2] if row.share]
        case Kind.RATING:
            return [
                Said(result, row.option, row.text, share)
                for row in result.rows
                if (share := row.against) is not None
            ]
        case Kind.PICK_UP_TO | Kind.APPROVE | Kind.NUMBER | Kind.DEMOGRAPHIC:
            return []


def _missing(results: list[Result]) -> tuple[Missing, ...]:
    """The groups that the room lacks most against the census, largest gap first."""
    gaps = [
        Missing(result.title, row.text, row.room, row.census, row.difference)
        for result in results
        for row in result.rows
        if row.room and row.census and row.difference and (row.difference.value or 0) < 0
    ]
    return tuple(sorted(gaps, key=lambda gap: gap.difference.value or Fraction(0))[:MISSING_MAX])


# --- the rest ----------------------------------------------------------------------------------


def _topics(
    meeting: Meeting, edition: Edition, figures: Figures, results: tuple[Result, ...]
) -> tuple[Topic, ...]:
    topics: list[Topic] = []
    for item in meeting.agenda.in_order():
        themes = tuple(
            _theme(meeting, edition, figures, theme.id, theme.title, theme.quotes)
            for theme in meeting.themes.published.get(item.id, ())
        )
        here = tuple(r for r in results if r.item == item.id and r.rules.purpose is Purpose.TOPIC)
        views = _minority_views(meeting, edition, item.id)
        path = f"ideas/item/{item.id}"
        count, tables = figures.find(f"{path}/count"), figures.find(f"{path}/tables")
        if themes or here or views or count:
            minority = figures.find(f"{path}/minority")
            topics.append(Topic(item.id, item.title, count, tables, minority, themes, here, views))
    return tuple(topics)


def _theme(
    meeting: Meeting,
    edition: Edition,
    figures: Figures,
    theme: str,
    title: Text | None,
    quotes: Mapping[IdeaId, int],
) -> PublishedTheme:
    now = meeting.themes.theme(theme)
    filed = tuple(i for i in now.ideas if not meeting.ideas.ideas[i].withdrawn)
    said = [_quote(meeting, edition, str(idea), revision) for idea, revision in quotes.items()]
    return PublishedTheme(
        id=theme,
        title=title,
        ideas=figures[f"theme/{theme}/ideas"],
        tables=figures[f"theme/{theme}/tables"],
        quotes=tuple(quote for quote in said if quote is not None),
        filed=filed if edition is Edition.FULL else (),
    )


def _quote(meeting: Meeting, edition: Edition, idea: str, revision: int) -> Quote | None:
    """The words that were quoted; nothing where they were withdrawn or redacted."""
    found = meeting.ideas.idea(idea)
    text = found.revisions[revision - 1].text
    if found.withdrawn or text is None:
        return None
    return Quote(found.id, text, found.language, found.table if edition is Edition.FULL else None)


def quoted_in_public(meeting: Meeting) -> frozenset[tuple[str, int]]:
    """The ideas whose words the public report has, each with the revision that was quoted."""
    return frozenset(
        (idea, revision)
        for themes in meeting.themes.published.values()
        for theme in themes
        for idea, revision in theme.quotes.items()
        if not meeting.ideas.ideas[idea].withdrawn
    )


def _minority_views(meeting: Meeting, edition: Edition, item: ItemId) -> tuple[Quote, ...]:
    """Strong minority views: all in the full edition; in the public one those published as quotes."""
    public = quoted_in_public(meeting)
    views: list[Quote | None] = []
    for idea in meeting.ideas.ideas.values():
        if idea.item != item or idea.kind is not IdeaKind.MINORITY:
            continue
        revisions = range(1, len(idea.revisions) + 1)
        told = [r for r in revisions if edition is Edition.FULL or (idea.id, r) in public]
        if told:
            views.append(_quote(meeting, edition, idea.id, told[-1]))
    return tuple(view for view in views if view is not None)


def _idea_lines(meeting: Meeting) -> tuple[IdeaLine, ...]:
    under: dict[str, list[str]] = {}
    for theme in living_themes(meeting):
        for idea in theme.ideas:
            under.setdefault(idea, []).append(theme.id)
    return tuple(
        IdeaLine(
            idea.id, idea.item, idea.table, idea.site, idea.kind, idea.language, idea.text,
            len(idea.revisions), idea.revisions[0].at_ms, idea.withdrawn, tuple(under.get(idea.id, ())),
        )
        for idea in meeting.ideas.ideas.values()
    )  # fmt: skip


def _theme_title(meeting: Meeting, theme: ThemeId | None) -> Text | None:
    found = meeting.themes.themes.get(theme) if theme else None
    return found.title if found else None
