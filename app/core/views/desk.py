"""The theme desk: every idea, every theme, their order, and who reads which tables; and the experts' view."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from app.core.commands import IdeaKind
from app.core.ideas import Idea
from app.core.ids import IdeaId, ItemId, QuestionId, ThemeId
from app.core.meeting import Meeting
from app.core.questions import Question
from app.core.themes import Theme, standing_ideas, tables_of
from app.core.views.common import (
    agenda_entry,
    meeting_entry,
    published_entry,
    question_topics,
    quote_entry,
)

ACTS_SHOWN = 30


def desk(meeting: Meeting, _arg: str, name: str, id_: str) -> dict[str, Any]:
    """The channel `desk`."""
    match name:
        case "meeting":
            return {"meeting": meeting_entry(meeting), "tables": list(meeting.roster.tables)}
        case "agenda":
            return {"agenda": agenda_entry(meeting)}
        case "idea" | "read":
            idea = meeting.ideas.ideas.get(IdeaId(id_))
            if idea is None:
                return {}
            touched = {f"theme/{t.id}": theme_entry(meeting, t) for t in _themes_of(meeting, idea)}
            return {f"idea/{id_}": idea_entry(meeting, idea), **(touched if name == "idea" else {})}
        case "theme":
            theme = meeting.themes.themes.get(ThemeId(id_))
            if theme is None:
                return {}
            gone = theme.gone or theme.merged_into is not None
            return {f"theme/{id_}": None if gone else theme_entry(meeting, theme)}
        case "themes":
            orders = {
                f"order/{item}": [t.id for t in meeting.themes.of_item(item)] for item in meeting.themes.order
            }
            return {"acts": acts_entry(meeting), **orders}
        case "published":
            return {f"published/{id_}": published_entry(meeting, id_)}
        case "question":
            q = meeting.questions.questions.get(QuestionId(id_))
            return {} if q is None else {f"made/{id_}": made_entry(q) if _made_here(q) else None}
        case "assigned":
            return {"assigned": {to: list(tables) for to, tables in meeting.themes.assigned.items()}}
        case _:
            return {}


def topics(meeting: Meeting, _arg: str) -> Iterator[str]:
    """Everything of the desk."""
    yield from ("meeting", "agenda", "themes", "assigned")
    for idea in meeting.ideas.ideas:
        yield f"read:{idea}"
    for theme in meeting.themes.themes:
        yield f"theme:{theme}"
    for item in meeting.themes.published:
        yield f"published:{item}"
    yield from question_topics(meeting, "question")


def _made_here(q: Question) -> bool:
    return any(o.theme is not None or o.idea is not None for o in q.options.values())


def made_entry(q: Question) -> dict[str, Any]:
    """A question that was made from themes or ideas, and how far it has come."""
    return {
        "question": q.id,
        "item": q.item,
        "title": q.title,
        "state": q.state.value,
        "kind": q.rules.kind.value,
        "options": len(q.options),
    }


def _themes_of(meeting: Meeting, idea: Idea) -> list[Theme]:
    living = (t for t in meeting.themes.themes.values() if t.merged_into is None and not t.gone)
    return [t for t in living if idea.id in t.ideas or idea.id in t.quotes]


def idea_entry(meeting: Meeting, idea: Idea) -> dict[str, Any]:
    """An idea as the theme team sees it: filed where, quoted where, changed since."""
    revision = len(idea.revisions)
    themes = _themes_of(meeting, idea)
    return {
        "id": idea.id,
        "table": idea.table,
        "site": idea.site,
        "item": idea.item,
        "kind": idea.kind.value,
        "text": idea.text,
        "language": idea.language,
        "revision": revision,
        "withdrawn": idea.withdrawn,
        "redacted": idea.redacted,
        "read": idea.read,
        "at_ms": idea.revisions[0].at_ms,
        "answers": [{"text": a.text, "language": a.language, "at_ms": a.at_ms} for a in idea.answers],
        "themes": [t.id for t in themes if idea.id in t.ideas],
        "quoted_in": [t.id for t in themes if idea.id in t.quotes],
        "changed_since": any(
            r != revision
            for t in themes
            for r in (t.ideas.get(idea.id), t.quotes.get(idea.id))
            if r is not None
        ),
    }


def theme_entry(meeting: Meeting, theme: Theme) -> dict[str, Any]:
    """A theme with its counts, distinct tables beside ideas; quotes in the words of the revision chosen."""
    standing = standing_ideas(theme, meeting.ideas)
    return {
        "id": theme.id,
        "item": theme.item,
        "title": theme.title,
        "ideas": len(standing),
        "tables": len(tables_of(theme, meeting.ideas)),
        "minority": sum(1 for i in standing if meeting.ideas.ideas[i].kind is IdeaKind.MINORITY),
        "quotes": [
            {**quote, "revision": revision}
            for idea, revision in theme.quotes.items()
            if (quote := quote_entry(meeting, idea, revision)) is not None
        ],
        "parents": list(theme.parents),
        "redacted": theme.redacted,
    }


def acts_entry(meeting: Meeting) -> list[dict[str, Any]]:
    """The team's last acts, newest first, for undo; `touched` names what each was about, as `kind:id`."""
    newest = islice(reversed(meeting.themes.acts.values()), ACTS_SHOWN)
    return [
        {
            "act": a.command,
            "by": a.by,
            "name": a.name,
            "at_ms": a.at_ms,
            "undone": a.undone,
            "touched": list(a.touched),
        }
        for a in newest
    ]


def experts(meeting: Meeting, _arg: str, name: str, id_: str) -> dict[str, Any]:
    """The channel `experts`: the questions that tables sent to them, with the answers given."""
    if name != "idea":
        return {}
    idea = meeting.ideas.ideas.get(IdeaId(id_))
    if idea is None or not (idea.kind is IdeaKind.QUESTION or idea.answers):
        return {f"question/{id_}": None}
    if idea.withdrawn or idea.redacted:
        return {f"question/{id_}": None}
    return {
        f"question/{id_}": {
            "id": idea.id,
            "item": ItemId(idea.item),
            "text": idea.text,
            "language": idea.language,
            "at_ms": idea.revisions[0].at_ms,
            "answers": [{"text": a.text, "language": a.language, "at_ms": a.at_ms} for a in idea.answers],
        }
    }


def experts_topics(meeting: Meeting, _arg: str) -> Iterator[str]:
    """One topic a question to experts."""
    for idea in meeting.ideas.ideas.values():
        if idea.kind is IdeaKind.QUESTION:
            yield f"idea:{idea.id}"
