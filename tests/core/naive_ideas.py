# ruff: noqa: ARG001  (every rule has one signature)
"""Ideas of the naive model."""

from app.core import commands as c
from app.core.capability import Given
from app.core.commands import IdeaKind
from tests.core.naive_model import GO, Reasons, World, fresh, moved, rule, standing_idea, tidy


@rule
def write_idea(w: World, command: c.WriteIdea, given: Given) -> Reasons:
    yield from fresh("idea", command.idea, w.ideas, "idea_exists")
    if command.table not in w.tables:
        yield "unknown_table"
    if command.item not in w.items:
        yield "unknown_item"
    elif not w.items[command.item]["ideas"]:
        yield "item_takes_no_ideas"
    yield GO
    w.ideas[command.idea] = {
        "table": command.table,
        "item": command.item,
        "language": command.language,
        "texts": [(tidy(command.text), command.kind)],
        "withdrawn": False,
        "redacted": False,
        "read": False,
        "answers": [],
    }
    w.charts.setdefault(command.table, []).append(command.idea)


@rule
def revise_idea(w: World, command: c.ReviseIdea, given: Given) -> Reasons:
    yield from standing_idea(w, command.idea)
    if command.idea in w.ideas:
        if w.ideas[command.idea]["redacted"]:
            yield "already_redacted"
        if command.revision != len(w.ideas[command.idea]["texts"]):
            yield "revision_changed"
    yield GO
    w.ideas[command.idea]["texts"].append((tidy(command.text), command.kind))
    w.ideas[command.idea]["read"] = False


@rule
def withdraw_idea(w: World, command: c.WithdrawIdea, given: Given) -> Reasons:
    yield from standing_idea(w, command.idea)
    yield GO
    w.ideas[command.idea]["withdrawn"] = True


@rule
def move_idea(w: World, command: c.MoveIdea, given: Given) -> Reasons:
    yield from standing_idea(w, command.idea)
    if command.before is not None:
        if command.before not in w.ideas:
            yield "unknown_idea"
        elif command.idea in w.ideas and w.ideas[command.before]["table"] != w.ideas[command.idea]["table"]:
            yield "not_your_table"
    yield GO
    table = w.ideas[command.idea]["table"]
    w.charts[table] = moved(w.charts[table], command.idea, command.before)


@rule
def read_ideas(w: World, command: c.ReadIdeas, given: Given) -> Reasons:
    if not command.ideas or len(command.ideas) > 500:
        yield "bad_field"
    if set(command.ideas) - set(w.ideas):
        yield "unknown_idea"
    yield GO
    for id_ in command.ideas:
        w.ideas[id_]["read"] = True


@rule
def answer_idea(w: World, command: c.AnswerIdea, given: Given) -> Reasons:
    yield from standing_idea(w, command.idea)
    if command.idea in w.ideas:
        if w.ideas[command.idea]["redacted"]:
            yield "already_redacted"
        if w.ideas[command.idea]["texts"][-1][1] is not IdeaKind.QUESTION:
            yield "not_a_question_to_experts"
    yield GO
    w.ideas[command.idea]["answers"].append(tidy(command.text))
