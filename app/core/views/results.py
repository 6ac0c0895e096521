"""Results: what a shown round said, and for those who may know it, what a closed one will say."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from app.core.ids import QuestionId
from app.core.meeting import Meeting
from app.core.planned import Kind, Visibility
from app.core.priorities import rank
from app.core.questions import Question, RoundNow, RoundState
from app.core.statistics import mean, median, share_tenths
from app.core.tally import Tally
from app.core.views.common import question_topics, scale_entry


def result_entry(q: Question, now: RoundNow, counted: Tally) -> dict[str, Any]:
    """Counts, shares and ranks of one round, each with its base; `paper` of its ballots came on paper."""
    entry: dict[str, Any] = {
        "question": q.id,
        "item": q.item,
        "round": now.number,
        "state": now.state.value,
        "kind": q.rules.kind.value,
        "purpose": q.rules.purpose.value,
        "title": q.title,
        "choices_max": q.rules.choices_max,
        "standings": [s.value for s in q.rules.standings],
        "voted": counted.voters,
        "present": now.present,
        "paper": now.paper if now.state in (RoundState.CLOSED, RoundState.SHOWN) else None,
        "shown_at_ms": now.shown_at_ms,
        "digest": now.digest,
    }
    if q.rules.kind is Kind.NUMBER:
        return entry | {"unit": q.unit} | _number(counted)
    if q.rules.kind is Kind.RATING:
        return entry | {"scale": scale_entry(q), "options": _rating(q, counted)}
    return entry | {"base": counted.voters, "options": _options(q, counted)}


def _options(q: Question, counted: Tally) -> list[dict[str, Any]]:
    scores: dict[str, Fraction] = {o: Fraction(counted.count(o)) for o in q.options}
    places = {p.option: p.rank for p in rank(scores, list(q.options), tie=q.rules.tie)}
    return [
        {
            "id": o.id,
            "text": o.text,
            "count": counted.count(o.id),
            "share_tenths": share_tenths(counted.count(o.id), counted.voters),
            "rank": places[o.id],
            "theme": o.theme,
        }
        for o in q.options.values()
    ]


def _rating(q: Question, counted: Tally) -> list[dict[str, Any]]:
    by_option = {o: {v: counted.count(f"{o}={v}") for v in q.scale} for o in q.options}
    means = {o: mean(counts) for o, counts in by_option.items()}
    scores = {o: m for o, m in means.items() if m is not None}
    unrated = Fraction(min(q.scale) - 1)
    places = {
        p.option: p.rank
        for p in rank({o: scores.get(o, unrated) for o in q.options}, list(q.options), tie=q.rules.tie)
    }
    entries = []
    for o in q.options.values():
        m = means[o.id]
        entries.append(
            {
                "id": o.id,
                "text": o.text,
                "base": sum(by_option[o.id].values()),
                "values": [
                    {
                        "value": v,
                        "count": n,
                        "share_tenths": share_tenths(n, sum(by_option[o.id].values())),
                    }
                    for v, n in by_option[o.id].items()
                ],
                "mean": None if m is None else [m.numerator, m.denominator],
                "rank": places[o.id],
                "theme": o.theme,
            }
        )
    return entries


def _number(counted: Tally) -> dict[str, Any]:
    counts = {int(cell): n for cell, n in counted.cells.items()}
    average, middle = mean(counts), median(counts)
    return {
        "base": counted.voters,
        "mean": None if average is None else [average.numerator, average.denominator],
        "median": None if middle is None else [middle.numerator, middle.denominator],
        "numbers": [{"value": v, "count": counts[v]} for v in sorted(counts)],
    }


def public_result(q: Question) -> dict[str, Any] | None:
    """The result that everybody may see: of the last shown round, or a live question's frame."""
    now = q.now
    if q.rules.visibility is Visibility.LIVE and now.state in (RoundState.OPEN, RoundState.CLOSED):
        return None if now.live is None else result_entry(q, now, now.live) | {"live": True, "paper": None}
    shown = q.public
    return None if shown is None else result_entry(q, shown, shown.shown or shown.tally)


def early(meeting: Meeting, _arg: str, name: str, id_: str) -> dict[str, Any]:
    """The channel `results`: closed rounds before their show, for stage, organiser and lead facilitator."""
    if name not in ("question", "votes"):
        return {}
    q = meeting.questions.questions.get(QuestionId(id_))
    if q is None:
        return {}
    over = q.reported
    return {f"result/{id_}": None if over is None else result_entry(q, over, over.tally)}


def early_topics(meeting: Meeting, _arg: str) -> Iterator[str]:
    """One topic a question."""
    return question_topics(meeting, "question")
