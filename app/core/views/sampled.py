"""The sample audit as those see it who draw and those who count: what waits for hands, never any hands."""

from typing import Any

from app.core.meeting import Meeting
from app.core.sample import Sample
from app.core.statistics import differ_at_most


def sample_entry(meeting: Meeting) -> dict[str, Any] | None:
    """The pairs of the last draw, where each stands, and the words of their questions; or `None`."""
    if not meeting.sampling.samples:
        return None
    sample = meeting.sampling.samples[-1]
    asked = dict.fromkeys(drawn.question for drawn in sample.pairs)
    questions = {id_: meeting.questions.questions[id_] for id_ in asked}
    return {
        "number": len(meeting.sampling.samples),
        "waiting": sample.waiting,
        "pairs": [
            {"question": q, "round": number, "table": table, "state": pair.state.value}
            for (q, number, table), pair in sample.pairs.items()
        ],
        "questions": {
            id_: {"title": q.title, "options": [{"id": o.id, "text": o.text} for o in q.options.values()]}
            for id_, q in questions.items()
        },
    }


def samples_entry(meeting: Meeting) -> list[dict[str, Any]]:
    """Every draw with its dice and, once all its pairs are in, how many agreed; never which."""
    return [drawn_entry(sample) for sample in meeting.sampling.samples]


def drawn_entry(sample: Sample) -> dict[str, Any]:
    """One draw in numbers."""
    outcome = sample.outcome
    told = outcome and {
        "pairs": outcome.pairs,
        "agreed": outcome.agreed,
        "missing": outcome.missing,
        "differ_at_most": differ_at_most(outcome.pairs, outcome.pairs - outcome.agreed),
    }
    return {
        "at_ms": sample.at_ms,
        "dice": list(sample.dice),
        "pairs": len(sample.pairs),
        "entered": sum(pair.state.value in ("entered", "missing") for pair in sample.pairs.values()),
        "waiting": sample.waiting,
        "outcome": told,
    }
