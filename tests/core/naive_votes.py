"""Ballots of the naive model: a list of everything cast, counted from scratch each time."""

from typing import Any

from app.core import commands as c
from app.core.capability import Given, Role
from app.core.commands import Channel
from app.core.planned import Kind
from tests.core.naive_model import GO, Reasons, World, bind, bound, rule


def open_question(w: World) -> str | None:
    return next((id_ for id_, q in w.questions.items() if q["rounds"][-1]["state"] == "open"), None)


def cast_in(w: World, question: str, number: int) -> list[dict[str, Any]]:
    """Everything that seats did in a round, in order."""
    return [b for b in w.ballots if (b["question"], b["round"]) == (question, number)]


def standing_ballots(w: World, question: str, number: int) -> dict[str, Any]:
    """What each seat says in a round now."""
    return {
        seat: choices for seat, (choices, _) in standing(w, question, cast_in(w, question, number)).items()
    }


def standing(w: World, question: str, acts: list[dict[str, Any]]) -> dict[str, tuple[Any, Channel]]:
    """What each seat says after these acts, and how it came: in the order in which they were acknowledged."""
    said: dict[str, tuple[Any, Channel]] = {}
    for b in sorted(acts, key=lambda act: act["when"]):
        if b["what"] == "withdrawn":
            said.pop(b["seat"], None)
        elif b["what"] == "cast" and not (b["seat"] in said and w.questions[question]["rules"].first_only):
            before = said[b["seat"]][0] if b["seat"] in said else {}
            now = before | b["choices"] if isinstance(b["choices"], dict) else b["choices"]
            said[b["seat"]] = (now, b["channel"])
    return said


def wanting_time(w: World, question: str, number: int) -> set[str]:
    """The seats that asked for more time and have not cast a ballot since."""
    found: set[str] = set()
    for b in cast_in(w, question, number):
        if "recovered" in b:
            continue
        if b["what"] == "more_time":
            found.add(b["seat"])
        elif b["what"] == "cast":
            found.discard(b["seat"])
    return found


def counted(said: dict[str, Any]) -> dict[str, int]:
    """Count by cell, each seat once in each."""
    cells: dict[str, int] = {}
    for choices in said.values():
        if isinstance(choices, dict):
            named = {f"{option}={value}" for option, value in choices.items()}
        else:
            named = set(choices) if isinstance(choices, tuple) else {str(choices)}
        for cell in named:
            cells[cell] = cells.get(cell, 0) + 1
    return cells


def recounted(said: dict[str, Any]) -> dict[str, int]:
    """What the second counter has to say: the cells, and under "" how many ballots there are."""
    return {"": len(said), **counted(said)} if said else {}


def live_frame(w: World, question: str, number: int) -> dict[str, int] | None:
    """The last frame that a live question let out: at least 5 ballots and 2 seconds after the one before."""
    frame, since = None, 0
    last_ms = w.questions[question]["rounds"][number - 1].get("opened", 0)
    acts = cast_in(w, question, number)
    for place, b in enumerate(acts, start=1):
        if b["what"] != "cast" or b.get("recovered") == "over":
            continue
        since += 1
        if "recovered" not in b and since >= 5 and b["at"] >= last_ms + 2000:
            frame = counted({seat: said for seat, (said, _) in standing(w, question, acts[:place]).items()})
            last_ms, since = b["at"], 0
    return frame


# --- ballots ---------------------------------------------------------------------------------


def may_vote(w: World, question: str, number: int, seat: str) -> Reasons:
    q = w.questions.get(question)
    if q is None:
        yield "unknown_question"
    elif not 1 <= number <= len(q["rounds"]):
        yield "wrong_round"
    elif q["rounds"][number - 1]["state"] == "planned":
        yield "voting_not_open"
    elif q["rounds"][number - 1]["state"] != "open":
        yield "outcome_unknown" if q["rules"].anonymous else "voting_closed"
    if seat not in w.seats:
        yield "unknown_seat"
    elif q is not None:
        if w.seats[seat]["standing"] not in q["rules"].standings:
            yield "standing_may_not_vote"
        if w.seats[seat]["left"]:
            yield "not_present"


def holds(w: World, seat: str, given: Given) -> Reasons:
    if seat in w.seats:
        keypad, device = w.seats[seat]["keypad"], given.by.device
        if keypad is None:
            yield "seat_not_bound"
        elif keypad != (device if given.by.role is Role.PARTICIPANT else f"{device}:{seat}"):
            yield "seat_held_by_other_device"


def valid(q: dict[str, Any], choices: Any) -> Reasons:
    """Why these choices cannot be a ballot of this question."""
    rules, options = q["rules"], [o["id"] for o in q["options"]]
    if rules.kind is Kind.NUMBER:
        if not isinstance(choices, int):
            yield "wrong_kind_of_choice"
        elif not rules.number_min <= choices <= rules.number_max:
            yield "number_out_of_range"
    elif rules.kind is Kind.RATING:
        if not isinstance(choices, dict):
            yield "wrong_kind_of_choice"
            return
        if not choices:
            yield "no_choice"
        if set(choices) - set(options):
            yield "unknown_option"
        if set(choices.values()) - set(q["scale"]):
            yield "unknown_value"
    elif not isinstance(choices, tuple):
        yield "wrong_kind_of_choice"
    else:
        if set(choices) - set(options):
            yield "unknown_option"
        if not choices and rules.kind is not Kind.APPROVE:
            yield "no_choice"
        most = {Kind.APPROVE: len(options), Kind.PICK_UP_TO: rules.choices_max}.get(rules.kind, 1)
        if len(set(choices)) > most:
            yield "too_many_choices"
        if len(set(choices)) > 1 and any(o["exclusive"] and o["id"] in choices for o in q["options"]):
            yield "exclusive_option"


def first_only(w: World, question: str, number: int, seat: str) -> Reasons:
    if w.questions[question]["rules"].first_only and seat in standing_ballots(w, question, number):
        yield "already_voted"


def remember(
    w: World, question: str, number: int, seat: str, what: str, given: Given, choices: Any = None
) -> None:
    kept = tuple(sorted(set(choices))) if isinstance(choices, tuple) else choices
    act = {
        "question": question,
        "round": number,
        "seat": seat,
        "what": what,
        "choices": kept,
        "at": given.at_ms,
        "channel": w.seats[seat]["channel"],
        "command": given.command,
        "when": len(w.ever.acts),
    }
    w.ballots.append(act)
    w.ever.acts[given.command] = act


@rule
def cast_ballot(w: World, command: c.CastBallot, given: Given) -> Reasons:
    yield from may_vote(w, command.question, command.round, command.seat)
    yield from holds(w, command.seat, given)
    if command.question in w.questions:
        yield from first_only(w, command.question, command.round, command.seat)
        yield from valid(w.questions[command.question], command.choices)
    yield GO
    remember(w, command.question, command.round, command.seat, "cast", given, command.choices)


@rule
def cast_paper_ballot(w: World, command: c.CastPaperBallot, given: Given) -> Reasons:
    yield from may_vote(w, command.question, command.round, command.seat)
    if command.question in w.questions and command.seat in w.seats:
        q = w.questions[command.question]
        yield from first_only(w, command.question, command.round, command.seat)
        yield from valid(q, command.choices)
        if w.seats[command.seat]["channel"] is not Channel.PAPER:
            if q["rules"].anonymous:
                yield "seat_not_bound"
            yield from bound(w, command.seat, f"paper:{command.seat}")
    yield GO
    if w.seats[command.seat]["channel"] is not Channel.PAPER:
        bind(w, command.seat, f"paper:{command.seat}", Channel.PAPER)
    remember(w, command.question, command.round, command.seat, "cast", given, command.choices)


@rule
def withdraw_ballot(w: World, command: c.WithdrawBallot, given: Given) -> Reasons:
    yield from may_vote(w, command.question, command.round, command.seat)
    yield from holds(w, command.seat, given)
    if command.question in w.questions:
        yield from first_only(w, command.question, command.round, command.seat)
        if command.seat not in standing_ballots(w, command.question, command.round):
            yield "no_ballot"
    yield GO
    remember(w, command.question, command.round, command.seat, "withdrawn", given)


@rule
def press_key(w: World, command: c.PressKey, given: Given) -> Reasons:
    seat, question = w.keypads.get(command.keypad), open_question(w)
    if seat is None or w.seats[seat]["channel"] is not Channel.HANDSET:
        yield "unbound_keypad"
    if command.sequence <= w.sequences.get(command.keypad, -1):
        yield "press_repeated"
    if question is None:
        yield "voting_not_open"
    if seat is None or question is None:
        return
    q, number = w.questions[question], len(w.questions[question]["rounds"])
    yield from may_vote(w, question, number, seat)
    before = standing_ballots(w, question, number).get(seat)
    made = pressed(q, before, command.key)
    if isinstance(made, str):
        yield made
    yield from first_only(w, question, number, seat)
    yield GO
    what = "withdrawn" if made is None else "cast"
    remember(w, question, number, seat, what, given, made)
    if not q["rules"].anonymous:
        w.sequences[command.keypad] = command.sequence
        w.ballots[-1]["pressed"] = (command.keypad, command.sequence)


def pressed(q: dict[str, Any], before: Any, key: str) -> Any:
    """What the seat says after the key; `None` for nothing any more, a string for why not."""
    rules, options = q["rules"], [o["id"] for o in q["options"]]
    if key not in list("1234567890"):
        return "unknown_key"
    place = 9 if key == "0" else int(key) - 1
    several = rules.kind in (Kind.PICK_UP_TO, Kind.APPROVE)
    if rules.kind is Kind.NUMBER or (rules.kind is Kind.RATING and len(options) > 1):
        return "presses_not_for_this_kind"
    if rules.kind is Kind.RATING:
        return {options[0]: list(q["scale"])[place]} if place < len(q["scale"]) else "unknown_key"
    if several and key == "0":
        return () if rules.kind is Kind.APPROVE else None
    if place >= len(options):
        return "unknown_key"
    if not several:
        return (options[place],)
    alone = {o["id"] for o in q["options"] if o["exclusive"]}
    chosen = set(before or ())
    if options[place] not in chosen:
        chosen = set() if options[place] in alone else chosen - alone
        if len(chosen) >= (rules.choices_max if rules.kind is Kind.PICK_UP_TO else len(options)):
            return "too_many_choices"
    return tuple(sorted(chosen | {options[place]}))


@rule
def ask_more_time(w: World, command: c.AskMoreTime, given: Given) -> Reasons:
    q = w.questions.get(command.question)
    if q is None:
        yield "unknown_question"
        return
    if q["rounds"][-1]["state"] != "open":
        yield "question_not_open"
    yield from (r for r in may_vote(w, command.question, len(q["rounds"]), command.seat) if "voting" not in r)
    yield from holds(w, command.seat, given)
    yield GO
    remember(w, command.question, len(q["rounds"]), command.seat, "more_time", given)


@rule
def recover_ballot(w: World, command: c.RecoverBallot, given: Given) -> Reasons:
    kept, lost = given.kept, w.ever.acts.get(given.command)
    here = [b["command"] for b in w.ballots] + [id_ for _, _, _, id_ in w.unplaced]
    if given.command in here:
        yield "id_reused"
    if kept is None or kept.command != given.command or command.seat not in (None, kept.voter):
        yield "blob_not_ours"
        return
    if not w.restores or kept.epoch == w.epoch:
        yield "nothing_restored"
    assert lost is not None, "only what was acknowledged is kept"
    q = w.questions.get(lost["question"])
    rounds = q["rounds"] if q is not None else []
    asked = rounds[lost["round"] - 1] if lost["round"] <= len(rounds) else {}
    yield GO
    if asked.get("opening") != kept.opening or lost["seat"] not in w.seats:
        w.unplaced.append((lost["question"], lost["round"], lost["seat"], given.command))
        return
    state = asked["state"]
    if "pressed" in lost:
        keypad, sequence = lost["pressed"]
        w.sequences[keypad] = max(sequence, w.sequences.get(keypad, -1))
    w.ballots.append(lost | {"recovered": "open" if state == "open" else "over"})
    if "voted" in asked:
        asked["voted"] = len(standing_ballots(w, lost["question"], lost["round"]))
        asked["present"] += lost["seat"] in asked["away"]
        asked["away"] -= {lost["seat"]}
    if state == "shown" and "late" not in asked:
        asked["late"] = True
        w.errata.append((lost["question"], None, lost["round"]))
