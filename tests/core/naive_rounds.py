# ruff: noqa: ARG001  (every rule has one signature)
"""Questions of the naive model: drafted, opened, closed, shown, voided, run again."""

from typing import Any

from app.core import commands as c
from app.core.capability import Given
from app.core.planned import YES_NO_IDS, Kind, Visibility
from tests.core.naive_model import GO, Reasons, World, fresh, idea_to_use, rule, tidy, typed
from tests.core.naive_sample import without
from tests.core.naive_themes import act, living, themes
from tests.core.naive_votes import cast_in, open_question, recounted, standing_ballots

LONGEST = 3 * 3600


# --- drafting --------------------------------------------------------------------------------


def paper(rules: Any, options: Any, scale: Any) -> Reasons:
    """Why a question like this cannot be asked."""
    kind, many = rules.kind, len(options)
    if kind is Kind.RATING and (len(scale) < 2 or len(set(scale)) < len(scale)):
        yield "bad_field"
    if kind is Kind.NUMBER and rules.number_min >= rules.number_max:
        yield "bad_field"
    if rules.anonymous and rules.visibility is Visibility.LIVE:
        yield "bad_field"
    if (
        not rules.standings
        or rules.tie not in ("shared", "option_order")
        or not 0 <= rules.more_time_ms <= 300_000
    ):
        yield "bad_field"
    if kind in (Kind.YES_NO, Kind.NUMBER):
        if options:
            yield "bad_field"
        return
    if many < (1 if kind in (Kind.RATING, Kind.APPROVE) else 2):
        yield "too_few_options"
    if many > 1000:
        yield "too_many_options"
    ids = [o["id"] for o in options]
    if len(set(ids)) < len(ids):
        yield "option_exists"
    for id_ in ids:
        planned = id_ and "_" not in id_ and len(id_) <= 40 and id_[0].isalnum()
        if not planned and list(fresh("opt", id_, (), "")):
            yield "bad_id"
    if kind is Kind.PICK_UP_TO and not 1 <= rules.choices_max <= many:
        yield "bad_field"


def new_question(w: World, command: Any) -> Reasons:
    yield from fresh("q", command.question, w.questions, "question_exists")
    if not 0 <= command.seconds <= LONGEST:
        yield "seconds_out_of_range"
    if command.item is not None and command.item not in w.items:
        yield "unknown_item"


def typed_options(options: Any) -> list[dict[str, Any]]:
    return [
        {"id": o.id, "text": tidy(o.text), "exclusive": o.exclusive, "made": 1, "source": None}
        for o in options
    ]


def yes_no() -> list[dict[str, Any]]:
    return [
        {"id": o, "text": {"en": "-", "th": "-"}, "exclusive": False, "made": 1, "source": None}
        for o in YES_NO_IDS
    ]


def add_question(w: World, command: Any, options: list[dict[str, Any]]) -> None:
    w.questions[command.question] = {
        "rules": command.rules,
        "title": tidy(command.title),
        "options": options,
        "scale": {step.value: tidy(step.text) for step in command.scale},
        "rounds": [{"state": "planned"}],
        "seconds": command.seconds,
        "unit": tidy(getattr(command, "unit", None)),
        "drafted": True,
        "scale_typed": True,
    }
    typed(w, "question", command.question, command.title)


@rule
def draft_question(w: World, command: c.DraftQuestion, given: Given) -> Reasons:
    options = typed_options(command.options)
    yield from new_question(w, command)
    yield from paper(command.rules, options, [s.value for s in command.scale])
    yield GO
    add_question(w, command, yes_no() if command.rules.kind is Kind.YES_NO else options)


@rule
def revise_question(w: World, command: c.ReviseQuestion, given: Given) -> Reasons:
    q = w.questions.get(command.question)
    if q is None:
        yield "unknown_question"
        return
    if len(q["rounds"]) > 1 or q["rounds"][0]["state"] != "planned":
        yield "question_not_planned"
    if command.seconds is not None and not 0 <= command.seconds <= LONGEST:
        yield "seconds_out_of_range"
    rules = command.rules or q["rules"]
    without = rules.kind in (Kind.YES_NO, Kind.NUMBER)
    scale = list(q["scale"]) if command.scale is None else [s.value for s in command.scale]
    if command.options is not None:
        yield from paper(rules, typed_options(command.options), scale)
    else:
        yield from paper(rules, [] if without else q["options"], scale)
    yield GO
    replaced = command.options is not None or (without and rules.kind is not q["rules"].kind)
    if replaced:
        sources = {o["id"]: o.get("source") for o in q["options"]}
        q["replaced"] = q.get("replaced", []) + q["options"]
        q["options"] = yes_no() if rules.kind is Kind.YES_NO else typed_options(command.options or ())
        for o in q["options"]:
            o["source"] = sources.get(o["id"])
        from_themes = {o["source"] for o in q["options"] if o["source"] in w.themes_made}
        if any(o["source"] for o in q["options"]):
            act(w, given, "question", from_themes)
    q["rules"] = rules
    q["title"] = q["title"] if command.title is None else tidy(command.title)
    q["seconds"] = q["seconds"] if command.seconds is None else command.seconds
    if command.scale is not None:
        q["scale"] = {s.value: tidy(s.text) for s in command.scale}
        q["scale_typed"] = True
    typed(w, "question", command.question, command.title, command.scale)


@rule
def make_question(w: World, command: c.MakeQuestion, given: Given) -> Reasons:
    yield from new_question(w, command)
    options: list[dict[str, Any]] = []
    for id_, source in command.options.items():
        if source in w.themes_made:
            yield from living(w, source)
            text = themes(w).get(source, {"title": None})["title"]
        else:
            yield from idea_to_use(w, source)
            idea = w.ideas.get(source, {"language": "", "texts": [("", None)]})
            text = {idea["language"]: idea["texts"][-1][0]}
        options.append({"id": id_, "text": text, "exclusive": False, "made": 1, "source": source})
    if command.rules.kind in (Kind.YES_NO, Kind.NUMBER):
        yield "bad_field"
    yield from paper(command.rules, options, [s.value for s in command.scale])
    yield GO
    add_question(w, command, options)
    act(w, given, "question", {o["source"] for o in options if o["source"] in w.themes_made})


# --- rounds ----------------------------------------------------------------------------------


def missing(w: World, q: dict[str, Any]) -> list[str]:
    """The languages in which something of the question has no words."""
    assert w.plan is not None
    texts = [q["title"], *(o["text"] for o in q["options"]), *q["scale"].values()]
    return [x for x in w.plan.languages if any(t is not None and x not in t for t in texts)]


@rule
def open_voting(w: World, command: c.OpenVoting, given: Given) -> Reasons:
    q = w.questions.get(command.question)
    if q is None:
        yield "unknown_question"
        return
    if q["rounds"][-1]["state"] != "planned":
        yield "question_not_planned"
    if open_question(w) is not None:
        yield "another_vote_open"
    if not 0 <= command.seconds <= LONGEST:
        yield "seconds_out_of_range"
    if set(missing(w, q)) - set(command.languages_missing):
        yield "language_missing"
    yield GO
    closes = given.at_ms + 1000 * command.seconds if command.seconds else None
    q["rounds"][-1] |= {"state": "open", "opened": given.at_ms, "closes": closes, "missing": missing(w, q)}
    q["rounds"][-1]["opening"] = given.command


def open_round(w: World, command: Any) -> Reasons:
    q = w.questions.get(command.question)
    if q is None:
        yield "unknown_question"
    elif q["rounds"][-1]["state"] != "open":
        yield "question_not_open"
    elif isinstance(command, c.FinishVoting | c.GiveMoreTime | c.LoseKey) and command.round != len(
        q["rounds"]
    ):
        yield "wrong_round"


@rule
def extend_voting(w: World, command: c.ExtendVoting, given: Given) -> Reasons:
    yield from open_round(w, command)
    if not 0 < command.seconds <= LONGEST:
        yield "seconds_out_of_range"
    yield GO
    now = w.questions[command.question]["rounds"][-1]
    now["closes"] = max(now["closes"] or 0, given.at_ms) + 1000 * command.seconds
    now["closing"] = False


@rule
def close_voting(w: World, command: c.CloseVoting, given: Given) -> Reasons:
    yield from open_round(w, command)
    if command.question in w.questions and w.questions[command.question]["rounds"][-1].get("closing"):
        yield "already_closing"
    yield GO
    assert w.plan is not None
    now = w.questions[command.question]["rounds"][-1]
    now |= {"closes": given.at_ms + w.plan.close_notice_ms, "closing": True}


@rule
def finish_voting(w: World, command: c.FinishVoting, given: Given) -> Reasons:
    yield from open_round(w, command)
    yield GO
    q = w.questions[command.question]
    voted = len(standing_ballots(w, command.question, len(q["rounds"])))
    q["rounds"][-1] |= {"state": "closed", "voted": voted, "present": w.present(q["rules"].standings)}
    away = {s for s, x in w.seats.items() if x["standing"] in q["rules"].standings and not x["present"]}
    q["rounds"][-1]["away"] = away


@rule
def give_more_time(w: World, command: c.GiveMoreTime, given: Given) -> Reasons:
    yield from open_round(w, command)
    yield GO
    q = w.questions[command.question]
    q["rounds"][-1] |= {"closes": given.at_ms + q["rules"].more_time_ms, "closing": False, "waited": True}


@rule
def show_results(w: World, command: c.ShowResults, given: Given) -> Reasons:
    q = w.questions.get(command.question)
    if q is None:
        yield "unknown_question"
        return
    if q["rounds"][-1]["state"] != "closed":
        yield "question_not_closed"
    if given.recount != recounted(standing_ballots(w, command.question, len(q["rounds"]))):
        yield "recount_differs"
    yield GO
    q["rounds"][-1] |= {
        "state": "shown",
        "shown": {cell: n for cell, n in (given.recount or {}).items() if cell},
        "shown_to": (given.recount or {}).get("", 0),
    }


@rule
def take_back(w: World, command: c.TakeBack, given: Given) -> Reasons:
    yield from open_round(w, command)
    if command.question in w.questions:
        q = w.questions[command.question]
        if given.at_ms > q["rounds"][-1].get("opened", 0) + 5000:
            yield "take_back_too_late"
        if any(b["what"] == "cast" for b in cast_in(w, command.question, len(q["rounds"]))):
            yield "ballots_already_cast"
    yield GO
    voided(w, command.question, taken_back=True)
    w.questions[command.question]["rounds"].append({"state": "planned"})


def voided(w: World, question: str, **how: Any) -> None:
    now = w.questions[question]["rounds"][-1]
    number = len(w.questions[question]["rounds"])
    now |= {"voided_from": now["state"], "state": "voided", **how}
    without(w, question, number)


def voidable(w: World, question: str) -> Reasons:
    if question not in w.questions:
        yield "unknown_question"
    elif w.questions[question]["rounds"][-1]["state"] in ("planned", "voided"):
        yield "question_not_open"


@rule
def void_round(w: World, command: c.VoidRound, given: Given) -> Reasons:
    yield from voidable(w, command.question)
    yield GO
    assert w.plan is not None
    if w.plan.second_person:
        asked = (given.by.role, given.by.id)
        w.questions[command.question]["rounds"][-1] |= {"asked_by": asked, "asked": tidy(command.reason)}
        typed(w, "reason", command.question, command.reason)
    else:
        voided(w, command.question, reason=tidy(command.reason))
        typed(w, "reason", command.question, command.reason)


@rule
def confirm_void(w: World, command: c.ConfirmVoid, given: Given) -> Reasons:
    yield from voidable(w, command.question)
    now = w.questions[command.question]["rounds"][-1] if command.question in w.questions else {}
    if "asked_by" not in now:
        yield "nothing_to_confirm"
    elif now["asked_by"] == (given.by.role, given.by.id):
        yield "same_person"
    yield GO
    voided(w, command.question, reason=now["asked"])
    typed(w, "reason", command.question, now["asked"])


@rule
def run_again(w: World, command: c.RunAgain, given: Given) -> Reasons:
    if command.question not in w.questions:
        yield "unknown_question"
    elif w.questions[command.question]["rounds"][-1]["state"] in ("planned", "open"):
        yield "round_not_over"
    yield GO
    assert w.plan is not None
    rounds = w.questions[command.question]["rounds"]
    if w.plan.second_person and any(each["state"] in ("closed", "shown") for each in rounds):
        rounds[-1] |= {
            "again_asked_by": (given.by.role, given.by.id),
            "again_asked": tidy(command.reason),
        }
    else:
        rounds.append({"state": "planned", "again": tidy(command.reason)})
    typed(w, "reason", command.question, command.reason)


@rule
def confirm_again(w: World, command: c.ConfirmAgain, given: Given) -> Reasons:
    rounds = w.questions[command.question]["rounds"] if command.question in w.questions else [{}]
    if command.question not in w.questions:
        yield "unknown_question"
    elif rounds[-1]["state"] in ("planned", "open"):
        yield "round_not_over"
    if "again_asked_by" not in rounds[-1]:
        yield "nothing_to_confirm"
    elif rounds[-1]["again_asked_by"] == (given.by.role, given.by.id):
        yield "same_person"
    yield GO
    reason = rounds[-1]["again_asked"]
    rounds.append({"state": "planned", "again": reason})
    typed(w, "reason", command.question, reason)


@rule
def lose_key(w: World, command: c.LoseKey, given: Given) -> Reasons:
    yield from open_round(w, command)
    yield GO
    voided(w, command.question, key_lost=True)
