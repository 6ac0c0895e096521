# ruff: noqa: ARG001  (every rule has one signature)
"""Seats, keypads and the agenda of the naive model."""

from app.core import commands as c
from app.core.capability import Given, Role
from app.core.commands import Channel
from app.core.planned import Standing
from tests.core.naive_model import GO, Reasons, World, bind, bound, fresh, moved, rule, seat, tidy, typed
from tests.core.naive_votes import open_question, standing_ballots


def voted_in_open(w: World, id_: str) -> bool:
    """Whether the seat has a ballot in the open question; in an anonymous one it may have."""
    question = open_question(w)
    if question is None:
        return False
    if w.questions[question]["rules"].anonymous:
        return True
    return id_ in standing_ballots(w, question, len(w.questions[question]["rounds"]))


@rule
def join_seat(w: World, command: c.JoinSeat, given: Given) -> Reasons:
    if command.seat not in w.seats:
        yield "unknown_seat"
        return
    other = w.seats[command.seat]["keypad"] not in (None, given.by.device)
    asks = other and given.older_connected and voted_in_open(w, command.seat)
    if not asks:
        yield from bound(w, command.seat, given.by.device)
    yield GO
    if asks:
        w.seats[command.seat]["asked"] = (given.by.device, Channel.PHONE)
    else:
        bind(w, command.seat, given.by.device, Channel.PHONE)


@rule
def bind_keypad(w: World, command: c.BindKeypad, given: Given) -> Reasons:
    if command.seat not in w.seats:
        yield "unknown_seat"
        return
    if given.by.role is Role.TABLE_FACILITATOR:
        own_pad = command.keypad == f"{given.by.device}:{command.seat}"
        if not (command.channel is Channel.HANDSET or (command.channel is Channel.LAPTOP and own_pad)):
            yield "not_your_keypad"
    if command.channel is Channel.HANDSET and (":" in command.keypad or command.keypad[:3] == "kp_"):
        yield "unknown_keypad"
    yield from bound(w, command.seat, command.keypad)
    yield GO
    bind(w, command.seat, command.keypad, command.channel)


@rule
def release_keypad(w: World, command: c.ReleaseKeypad, given: Given) -> Reasons:
    if command.seat not in w.seats:
        yield "unknown_seat"
        return
    if w.seats[command.seat]["keypad"] is None:
        yield "seat_not_bound"
    yield GO
    w.seats[command.seat] |= {"keypad": None, "channel": None, "asked": None}


@rule
def confirm_takeover(w: World, command: c.ConfirmTakeover, given: Given) -> Reasons:
    if command.seat not in w.seats:
        yield "unknown_seat"
        return
    asked = w.seats[command.seat]["asked"]
    if asked is None:
        yield "no_takeover_asked"
        return
    yield from bound(w, command.seat, asked[0])
    yield GO
    bind(w, command.seat, *asked)


@rule
def mark_present(w: World, command: c.MarkPresent, given: Given) -> Reasons:
    if command.seat not in w.seats:
        yield "unknown_seat"
    yield GO
    w.seats[command.seat] |= {"present": True, "left": False}


@rule
def mark_left(w: World, command: c.MarkLeft, given: Given) -> Reasons:
    if command.seat not in w.seats:
        yield "unknown_seat"
    elif not w.seats[command.seat]["present"]:
        yield "not_present"
    yield GO
    w.seats[command.seat] |= {"present": False, "left": True}


def room_at(w: World, table: str) -> Reasons:
    if table not in w.tables:
        yield "unknown_table"
    elif sum(s["table"] == table for s in w.seats.values()) >= w.tables[table]["max"]:
        yield "table_full"


@rule
def add_seat(w: World, command: c.AddSeat, given: Given) -> Reasons:
    yield from fresh("seat", command.seat, w.seats, "seat_exists")
    yield from room_at(w, command.table)
    known = {s["sector"] for s in w.seats.values()}
    if command.sector is not None and (command.standing is not Standing.PARTY or command.sector not in known):
        yield "bad_field"
    yield GO
    seat(w, command.seat, command.table, command.standing, command.sector)


@rule
def move_seat(w: World, command: c.MoveSeat, given: Given) -> Reasons:
    if command.seat not in w.seats:
        yield "unknown_seat"
    elif w.seats[command.seat]["table"] != command.table:
        yield from room_at(w, command.table)
    yield GO
    w.seats[command.seat]["table"] = command.table


@rule
def count_heads(w: World, command: c.CountHeads, given: Given) -> Reasons:
    if command.table not in w.tables:
        yield "unknown_table"
    if not 0 <= command.heads <= 50:
        yield "heads_out_of_range"
    yield GO
    w.tables[command.table]["heads"] = command.heads


@rule
def begin_item(w: World, command: c.BeginItem, given: Given) -> Reasons:
    state = w.items.get(command.item, {"state": "unknown"})["state"]
    wrong = {"unknown": "unknown_item", "running": "item_already_running", "done": "item_done"}
    if state in wrong:
        yield wrong[state]
    yield GO
    if w.running:
        w.items[w.running]["state"] = "done"
    w.items[command.item]["state"] = "running"


@rule
def finish_item(w: World, command: c.FinishItem, given: Given) -> Reasons:
    if command.item not in w.items:
        yield "unknown_item"
    elif command.item != w.running:
        yield "item_not_running"
    yield GO
    w.items[command.item]["state"] = "done"


def still_to_come(w: World, item: str) -> Reasons:
    state = w.items.get(item, {"state": "unknown"})["state"]
    wrong = {"unknown": "unknown_item", "skipped": "item_skipped", "done": "item_done"}
    if state in wrong:
        yield wrong[state]


@rule
def extend_item(w: World, command: c.ExtendItem, given: Given) -> Reasons:
    yield from still_to_come(w, command.item)
    if command.item in w.items and not 0 < w.items[command.item]["minutes"] + command.minutes <= 24 * 60:
        yield "minutes_out_of_range"
    yield GO
    w.items[command.item]["minutes"] += command.minutes


@rule
def skip_item(w: World, command: c.SkipItem, given: Given) -> Reasons:
    yield from still_to_come(w, command.item)
    if command.item in w.items and command.item == w.running:
        yield "item_already_running"
    yield GO
    w.items[command.item] |= {"state": "skipped", "reason": tidy(command.reason)}
    typed(w, "item", command.item, command.reason)


@rule
def move_item(w: World, command: c.MoveItem, given: Given) -> Reasons:
    yield from still_to_come(w, command.item)
    if command.before is not None and command.before not in w.items:
        yield "unknown_item"
    yield GO
    w.order = moved(w.order, command.item, command.before)


@rule
def add_item(w: World, command: c.AddItem, given: Given) -> Reasons:
    yield from fresh("item", command.item, w.items, "item_exists")
    if not 0 < command.minutes <= 24 * 60:
        yield "minutes_out_of_range"
    if command.before is not None and command.before not in w.items:
        yield "unknown_item"
    yield GO
    w.items[command.item] = {
        "state": "planned",
        "minutes": command.minutes,
        "ideas": command.takes_ideas,
        "title": tidy(command.title),
        "reason": None,
        "added": True,
    }
    typed(w, "item", command.item, command.title)
    w.order = moved(w.order, command.item, command.before)
