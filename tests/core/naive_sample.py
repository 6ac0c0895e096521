# ruff: noqa: ARG001  (every rule has one signature)
"""The sample audit of the naive model: slips in a hat, drawn by their numbers, and hands on a sheet."""

import hashlib
import json
from collections import Counter
from typing import Any

from app.core import commands as c
from app.core.capability import Given
from tests.core.naive_model import GO, Reasons, World, rule
from tests.core.naive_votes import standing_ballots

NOT_BY_HAND = ("rating", "number", "demographic")
Slip = tuple[str, int, str]


def answers_by_hand(q: dict[str, Any]) -> bool:
    rules = q["rules"]
    return not (
        rules.anonymous
        or rules.kind.value in NOT_BY_HAND
        or rules.purpose.value in ("practice", "demographic")
    )


def at_table(w: World, id_: str, table: str) -> set[str]:
    """Who sits at a table and votes on the question."""
    standings = w.questions[id_]["rules"].standings
    return {
        s for s, x in w.seats.items() if x["table"] == table and x["present"] and x["standing"] in standings
    }


def lot(w: World) -> list[Slip]:
    """The slips that are in the hat: the last round that is over, if it was shown, and who is there."""
    found = []
    for id_, q in w.questions.items():
        over = [n for n, r in enumerate(q["rounds"], 1) if r["state"] in ("closed", "shown")]
        if not over or q["rounds"][over[-1] - 1]["state"] != "shown" or not answers_by_hand(q):
            continue
        found += [(id_, over[-1], table) for table in w.tables if at_table(w, id_, table)]
    gone = {slip for sample in w.samples for slip in sample["pairs"]}
    return [slip for slip in found if slip not in gone]


SALT = hashlib.sha256(b"digest" + bytes(32)).digest()[:16]
"""What the close of every vote has here, since the machine's edge has one seed for all."""


def number_of(w: World, dice: str, slip: Slip) -> str:
    id_, number, table = slip
    said = standing_ballots(w, id_, number).values()
    texts = sorted(json.dumps(each, sort_keys=True, separators=(",", ":")) for each in said)
    digest = hashlib.sha256(SALT + f"[{','.join(texts)}]".encode()).hexdigest()
    words = f"town meeting sample\n{dice}\n{digest}\n{id_}\n{number}\n{table}"
    return hashlib.sha256(words.encode()).hexdigest()


def hands_of(w: World, id_: str, number: int, seats: Any) -> dict[str, int]:
    """How many of these seats chose each option, as the record has it; none at zero."""
    said = standing_ballots(w, id_, number)
    return dict(Counter(option for seat in seats if seat in said for option in said[seat]))


def waits(sample: dict[str, Any]) -> bool:
    return any(pair["said"] == "waiting" for pair in sample["pairs"].values())


def finish(w: World, sample: dict[str, Any]) -> None:
    """Look at the sheet once the last hands are in; never at fewer than five pairs."""
    counted = {slip: pair for slip, pair in sample["pairs"].items() if pair["said"] != "void"}
    if waits(sample) or len(counted) < 5:
        return
    agreed = 0
    for (id_, number, _), pair in counted.items():
        hands = {option: n for option, n in (pair["hands"] or {}).items() if n}
        agreed += pair["said"] == "entered" and hands == hands_of(w, id_, number, pair["seats"])
    missing = sum(pair["said"] == "missing" for pair in counted.values())
    sample["outcome"] = (len(counted), agreed, missing)


def without(w: World, id_: str, number: int) -> None:
    """A round became void: its slips count no more, if the sheet is not full yet."""
    if not w.samples or not waits(w.samples[-1]):
        return
    for slip, pair in w.samples[-1]["pairs"].items():
        if slip[:2] == (id_, number):
            pair |= {"said": "void", "hands": None}
    finish(w, w.samples[-1])


@rule
def draw_sample(w: World, command: c.DrawSample, given: Given) -> Reasons:
    if w.samples and waits(w.samples[-1]):
        yield "sample_waits"
    if command.pairs < 5 or command.pairs > 200:
        yield "pairs_out_of_range"
    if not 10 <= len(command.dice) <= 60 or set(command.dice) - {1, 2, 3, 4, 5, 6}:
        yield "dice_out_of_range"
    hat = lot(w)
    if len(hat) < command.pairs:
        yield "too_few_pairs"
    yield GO
    dice = "".join(str(eyes) for eyes in command.dice)
    numbered = {number_of(w, dice, slip): slip for slip in hat}
    drawn = [numbered[number] for number in sorted(numbered)[: command.pairs]]
    pairs = {
        slip: {"seats": at_table(w, slip[0], slip[2]), "said": "waiting", "hands": None} for slip in drawn
    }
    w.samples.append({"dice": dice, "pairs": pairs, "outcome": None})


@rule
def enter_hands(w: World, command: c.EnterHands, given: Given) -> Reasons:
    q = w.questions.get(command.question)
    if q is None:
        yield "unknown_question"
    elif not answers_by_hand(q):
        yield "not_for_hands"
    if command.table not in w.tables:
        yield "unknown_table"
    slip = (command.question, command.round, command.table)
    drawn = [sample for sample in w.samples if slip in sample["pairs"]]
    if not drawn:
        yield "not_drawn"
    elif drawn[0]["pairs"][slip]["said"] == "void":
        yield "pair_void"
    elif not waits(drawn[0]):
        yield "sample_complete"
    if q is not None and set(command.hands) - {o["id"] for o in q["options"]}:
        yield "unknown_option"
    if any(not 0 <= n <= 50 for n in command.hands.values()):
        yield "heads_out_of_range"
    if bool(command.hands) == command.missing:
        yield "no_choice"
    yield GO
    drawn[0]["pairs"][slip] |= {"said": "missing" if command.missing else "entered", "hands": command.hands}
    finish(w, drawn[0])
