# ruff: noqa: ARG001  (every rule has one signature)
"""The theme team's part of the naive model: a list of acts; every state is told from it anew.

An undone act is left out of the telling, so that it is as if it had not been.
"""

from typing import Any

from app.core import commands as c
from app.core.capability import Given, Role
from tests.core.naive_model import GO, Reasons, World, fresh, idea_to_use, rule, tidy


def themes(w: World) -> dict[str, dict[str, Any]]:
    """All themes that stand, with their ideas, quotes, and into what they were merged."""
    told: dict[str, dict[str, Any]] = {}
    for act in w.acts:
        if act["undone"]:
            continue
        theme = act["theme"]
        match act["kind"]:
            case "created":
                told[theme] = {"item": act["item"], "ideas": {}, "quotes": {}, "into": None}
            case "merged":
                told[theme] = {"item": act["item"], "ideas": {}, "quotes": {}, "into": None}
                for parent in act["parents"]:
                    for shelf in ("ideas", "quotes"):
                        told[theme][shelf] = told[parent][shelf] | told[theme][shelf]
                    told[parent]["into"] = theme
            case "filed" | "quoted":
                told[theme][_shelf(act)][act["idea"]] = act["revision"]
            case "unfiled" | "unquoted":
                told[theme][_shelf(act)].pop(act["idea"], None)
            case _:
                pass
    for id_, theme in told.items():
        theme["title"] = title_of(w, id_)
    return told


def _shelf(act: dict[str, Any]) -> str:
    return "ideas" if act["kind"].endswith("filed") else "quotes"


def title_of(w: World, theme: str) -> Any:
    """The words of a theme now: the last that stand and were not redacted."""
    title = None
    redacted = max((at for id_, at in w.redacted_themes if id_ == theme), default=0)
    for at, act in enumerate(w.acts):
        if act["theme"] == theme and "title" in act and (not act["undone"] or act["kind"] != "renamed"):
            title = None if at < redacted else act["title"]
    return title


def theme_order(w: World, item: str) -> list[str]:
    """The living themes of an item, in the team's order."""
    told, order = themes(w), list[str]()
    for act in w.acts:
        if act["undone"] or act["item"] != item:
            continue
        if act["kind"] == "created":
            order.append(act["theme"])
        elif act["kind"] == "merged":
            order.insert(min(order.index(p) for p in act["parents"]), act["theme"])
        elif act["kind"] == "ordered":
            order = [*(t for t in act["themes"] if t in told), *(t for t in order if t not in act["themes"])]
    return [t for t in order if told[t]["into"] is None]


def published(w: World) -> dict[str, list[dict[str, Any]]]:
    """What was published last by item and not undone, without what was redacted since."""
    told: dict[str, list[dict[str, Any]]] = {}
    for at, act in enumerate(w.acts):
        if act["kind"] == "published" and not act["undone"]:
            told[act["item"]] = [
                shown | ({"title": None} if _redacted_since(w, shown["id"], at) else {})
                for shown in act["copies"]
            ]
    return told


def _redacted_since(w: World, theme: str, at: int) -> bool:
    return any(id_ == theme and at < when for id_, when in w.redacted_themes)


def copy_of(w: World, id_: str) -> dict[str, Any]:
    """A theme as it is published now."""
    theme = themes(w)[id_]
    here = [i for i in theme["ideas"] if not w.ideas[i]["withdrawn"]]
    return {
        "id": id_,
        "title": theme["title"],
        "quotes": {i: r for i, r in theme["quotes"].items() if not w.ideas[i]["withdrawn"]},
        "ideas": len(here),
        "tables": len({w.ideas[i]["table"] for i in here}),
    }


def living(w: World, *ids: str, item: str | None = None) -> Reasons:
    """Why one of these is no theme that may be worked on."""
    told = themes(w)
    for id_ in ids:
        if id_ not in told:
            yield "unknown_theme"
        elif told[id_]["into"] is not None:
            yield "theme_merged"
        elif item is not None and told[id_]["item"] != item:
            yield "unknown_theme"
    if len(set(ids)) < len(ids):
        yield "theme_repeated"


def known_item(w: World, item: str) -> Reasons:
    if item not in w.items:
        yield "unknown_item"


def act(
    w: World, given: Given, kind: str, touched: set[str], *, theme: str = "", item: str = "", **more: Any
) -> None:
    """Add an act of the team. `touched` are the themes that it changes or takes over."""
    w.acts.append(
        {
            "id": given.command,
            "by": (given.by.role, given.by.id),
            "kind": kind,
            "touched": touched,
            "theme": theme,
            "item": item,
            "undone": False,
            **more,
        }
    )


@rule
def create_theme(w: World, command: c.CreateTheme, given: Given) -> Reasons:
    yield from fresh("theme", command.theme, w.themes_made, "theme_exists")
    yield from known_item(w, command.item)
    yield GO
    w.themes_made[command.theme] = command.item
    theme = command.theme
    act(w, given, "created", {theme}, theme=theme, item=command.item, title=tidy(command.title))


@rule
def rename_theme(w: World, command: c.RenameTheme, given: Given) -> Reasons:
    yield from living(w, command.theme)
    yield GO
    act(w, given, "renamed", {command.theme}, theme=command.theme, title=tidy(command.title))


@rule
def merge_themes(w: World, command: c.MergeThemes, given: Given) -> Reasons:
    yield from fresh("theme", command.theme, w.themes_made, "theme_exists")
    yield from living(w, *command.parents)
    if len(command.parents) < 2:
        yield "too_few_themes"
    items = {w.themes_made[p] for p in command.parents if p in w.themes_made}
    if len(items) > 1:
        yield "unknown_theme"
    yield GO
    (item,) = items
    w.themes_made[command.theme] = item
    act(
        w,
        given,
        "merged",
        {command.theme, *command.parents},
        theme=command.theme,
        item=item,
        parents=command.parents,
        title=tidy(command.title),
    )


def put(w: World, command: Any, given: Given, kind: str) -> None:
    theme, revision = command.theme, getattr(command, "revision", None)
    act(w, given, kind, {theme}, theme=theme, idea=command.idea, revision=revision)


@rule
def file_idea(w: World, command: c.FileIdea, given: Given) -> Reasons:
    yield from idea_to_use(w, command.idea, command.revision)
    yield from living(w, command.theme)
    theme = themes(w).get(command.theme)
    if theme and theme["ideas"].get(command.idea) == command.revision:
        yield "already_filed"
    yield GO
    put(w, command, given, "filed")


@rule
def unfile_idea(w: World, command: c.UnfileIdea, given: Given) -> Reasons:
    yield from living(w, command.theme)
    theme = themes(w).get(command.theme)
    if theme and command.idea not in theme["ideas"]:
        yield "not_filed"
    yield GO
    put(w, command, given, "unfiled")


@rule
def quote_idea(w: World, command: c.QuoteIdea, given: Given) -> Reasons:
    yield from idea_to_use(w, command.idea, command.revision)
    yield from living(w, command.theme)
    theme = themes(w).get(command.theme)
    if theme and theme["quotes"].get(command.idea) == command.revision:
        yield "already_quoted"
    yield GO
    put(w, command, given, "quoted")


@rule
def unquote_idea(w: World, command: c.UnquoteIdea, given: Given) -> Reasons:
    yield from living(w, command.theme)
    theme = themes(w).get(command.theme)
    if theme and command.idea not in theme["quotes"]:
        yield "not_quoted"
    yield GO
    put(w, command, given, "unquoted")


@rule
def order_themes(w: World, command: c.OrderThemes, given: Given) -> Reasons:
    yield from known_item(w, command.item)
    yield from living(w, *command.themes, item=command.item)
    yield GO
    act(w, given, "ordered", set(), item=command.item, themes=command.themes)


@rule
def publish_themes(w: World, command: c.PublishThemes, given: Given) -> Reasons:
    yield from known_item(w, command.item)
    yield from living(w, *command.themes, item=command.item)
    yield GO
    copies = [copy_of(w, t) for t in command.themes]
    act(w, given, "published", set(command.themes), item=command.item, copies=copies)


@rule
def assign_tables(w: World, command: c.AssignTables, given: Given) -> Reasons:
    if not 0 < len(command.to) <= 64:
        yield "bad_id"
    if set(command.tables) - set(w.tables):
        yield "unknown_table"
    yield GO
    w.assigned[command.to] = command.tables


@rule
def undo_act(w: World, command: c.UndoAct, given: Given) -> Reasons:
    undoable = [a for a in w.acts if not a["undone"] and a["kind"] != "question"]
    mine = [a for a in undoable if a["by"] == (given.by.role, given.by.id)]
    named = [a for a in undoable if a["id"] == command.act] if command.act else mine[-1:]
    leads = given.by.role in (Role.THEME_LEADER, Role.ORGANISER)
    if not named:
        yield "nothing_to_undo"
        return
    (found,) = named
    if not leads and found not in mine[-1:]:
        yield "not_your_act"
    if any(depends(later, found) for later in w.acts[w.acts.index(found) + 1 :] if not later["undone"]):
        yield "built_upon"
    yield GO
    found["undone"] = True


def depends(later: dict[str, Any], earlier: dict[str, Any]) -> bool:
    """Whether a later act builds upon an earlier one."""
    on_ideas = ("filed", "unfiled", "quoted", "unquoted")
    match earlier["kind"]:
        case "filed" | "unfiled" | "quoted" | "unquoted":
            if later["kind"] in on_ideas:
                same_place = (later["theme"], later["idea"]) == (earlier["theme"], earlier["idea"])
                return same_place and _shelf(later) == _shelf(earlier)
            return later["kind"] in ("merged", "question") and earlier["theme"] in later["touched"]
        case "published" | "ordered":
            return (later["kind"], later["item"]) == (earlier["kind"], earlier["item"])
        case "renamed":
            return later["kind"] not in on_ideas and earlier["theme"] in later["touched"]
        case _:
            return bool(earlier["touched"] & later["touched"])
