"""What can be seen of a meeting, compared with the naive model."""

import hashlib
import json
from typing import Any

from app.core import themes as core_themes
from app.core.agenda import ItemState
from app.core.meeting import Meeting
from app.core.planned import Kind, Standing, Visibility
from app.core.questions import Question, RoundNow
from tests.builders import keyed
from tests.core.naive_model import World
from tests.core.naive_sample import lot
from tests.core.naive_themes import published, theme_order, themes
from tests.core.naive_votes import cast_in, counted, live_frame, open_question, standing, wanting_time


def check(m: Meeting, w: World) -> None:
    """Everything that the model knows is what the meeting shows."""
    assert m.phase == w.phase
    if w.plan is None:
        return
    check_room(m, w)
    check_agenda(m, w)
    for id_ in w.questions:
        check_question(m, w, id_)
    assert list(m.questions.questions) == list(w.questions)
    assert m.questions.open == open_question(w)
    check_samples(m, w)
    check_ideas(m, w)
    check_themes(m, w)
    check_stage(m, w)


def check_room(m: Meeting, w: World) -> None:
    seen = {
        id_: {
            "table": s.table,
            "standing": s.standing,
            "sector": s.sector,
            "keypad": s.keypad,
            "channel": s.channel,
            "present": s.present,
            "left": s.left,
            "asked": s.asked,
        }
        for id_, s in m.roster.seats.items()
    }
    assert seen == w.seats
    assert m.roster.keypads == w.keypads
    assert m.roster.sequences == w.sequences
    for id_, t in m.roster.tables.items():
        assert sorted(t.seats) == sorted(s for s, x in w.seats.items() if x["table"] == id_)
        assert t.heads == w.tables[id_]["heads"]
        assert all(m.roster.seats[s].site == t.site for s in t.seats)
    assert m.roster.present_of(Standing) == w.present(list(Standing))
    assert m.roster.present_of([Standing.CITIZEN]) == w.present([Standing.CITIZEN])


def check_agenda(m: Meeting, w: World) -> None:
    assert m.agenda.order == w.order
    assert m.agenda.running == w.running
    for id_, item in m.agenda.items.items():
        assert item.state == w.items[id_]["state"]
        assert (item.title, item.skip_reason) == (w.items[id_]["title"], w.items[id_]["reason"])
        assert item.minutes + item.extended_minutes == w.items[id_]["minutes"]
        assert (item.done_at_ms is not None) == (item.state is ItemState.DONE)


def check_question(m: Meeting, w: World, id_: str) -> None:
    q, told = m.questions.question(id_), w.questions[id_]  # type: ignore[arg-type]
    assert (q.title, q.rules, q.seconds) == (told["title"], told["rules"], told["seconds"])
    assert list(q.options) == [o["id"] for o in told["options"]]
    for option, o in zip(q.options.values(), told["options"], strict=True):
        assert option.exclusive == o["exclusive"]
        assert (option.idea or option.theme) == o.get("source")
        if "yes" not in q.options:
            assert option.text == o["text"]
    assert list(q.scale) == list(told["scale"])
    assert list(q.scale_texts or [None] * len(q.scale)) == list(told["scale"].values())
    assert q.unit == told["unit"]
    assert len(q.rounds) == len(told["rounds"])
    for number, (now, r) in enumerate(zip(q.rounds, told["rounds"], strict=True), start=1):
        check_round(w, q, now, r, number)
    over = [n for n, r in enumerate(told["rounds"], start=1) if r["state"] in ("closed", "shown")]
    assert (q.reported and q.reported.number) == (over[-1] if over else None)


def check_round(w: World, q: Question, now: RoundNow, r: dict[str, Any], number: int) -> None:
    stand = standing(w, q.id, cast_in(w, q.id, number))
    said = {seat: choices for seat, (choices, _) in stand.items()}
    cells = counted(said)
    assert (now.number, now.state) == (number, r["state"])
    assert now.tally.voters == len(said)
    assert now.tally.cells == cells
    expected = {voter(q, number, seat): stood for seat, stood in stand.items()}
    assert now.ballots == expected
    assert set(now.more_time) == {voter(q, number, s) for s in wanting_time(w, q.id, number)}
    assert (now.closes_at_ms, now.closing, now.waited) == (
        r.get("closes"),
        r.get("closing", False),
        r.get("waited", False),
    )
    assert list(now.languages_missing) == r.get("missing", [])
    assert (now.taken_back, now.key_lost) == (r.get("taken_back", False), r.get("key_lost", False))
    assert now.voided_from == r.get("voided_from")
    assert (now.reason, now.void_reason) == (r.get("again"), r.get("reason"))
    assert now.void_asked_reason == r.get("asked")
    assert now.again_asked_reason == r.get("again_asked")
    if "present" in r:
        assert (now.voted, now.present) == (r["voted"], r["present"])
        assert now.digest == digest(now, said)
    assert (now.shown is None) == ("shown" not in r)
    if now.shown is not None:
        assert (now.shown.voters, now.shown.cells) == (r["shown_to"], r["shown"])
    if q.rules.visibility is Visibility.LIVE and q.rules.kind is not Kind.RATING:
        assert (now.live.cells if now.live else None) == live_frame(w, q.id, number)
    elif q.rules.visibility is not Visibility.LIVE:
        assert now.live is None


def voter(q: Question, number: int, seat: str) -> str:
    return keyed("voter", q.id, number, seat) if q.rules.anonymous else seat


def digest(now: RoundNow, said: dict[str, Any]) -> str:
    """The commitment to the sorted choices, from the words of `VotingClosed`."""
    texts = sorted(json.dumps(x, sort_keys=True, separators=(",", ":")) for x in said.values())
    assert now.digest_salt is not None
    return hashlib.sha256(bytes.fromhex(now.digest_salt) + f"[{','.join(texts)}]".encode()).hexdigest()


def check_samples(m: Meeting, w: World) -> None:
    seen = [
        {
            "dice": "".join(map(str, sample.dice)),
            "pairs": {
                tuple(drawn): {"seats": set(pair.seats), "said": pair.state.value, "hands": pair.hands}
                for drawn, pair in sample.pairs.items()
            },
            "outcome": sample.outcome
            and (sample.outcome.pairs, sample.outcome.agreed, sample.outcome.missing),
        }
        for sample in m.sampling.samples
    ]
    assert seen == w.samples
    assert len([*m.sampling.drawable()]) == len(lot(w))


def check_ideas(m: Meeting, w: World) -> None:
    seen = {
        id_: {
            "table": i.table,
            "item": i.item,
            "language": i.language,
            "texts": [(r.text, r.kind) for r in i.revisions],
            "withdrawn": i.withdrawn,
            "redacted": i.redacted,
            "read": i.read,
            "answers": [a.text for a in i.answers],
        }
        for id_, i in m.ideas.ideas.items()
    }
    assert seen == w.ideas
    assert m.ideas.charts == w.charts


def check_themes(m: Meeting, w: World) -> None:
    told = themes(w)
    assert {id_ for id_, t in m.themes.themes.items() if not t.gone} == set(told)
    for id_, t in told.items():
        theme = m.themes.themes[id_]  # type: ignore[index]
        assert (theme.item, theme.title, theme.merged_into) == (t["item"], t["title"], t["into"])
        assert (theme.ideas, theme.quotes) == (t["ideas"], t["quotes"])
        here = [i for i in t["ideas"] if not w.ideas[i]["withdrawn"]]
        assert sorted(core_themes.standing_ideas(theme, m.ideas)) == sorted(here)
        tables = core_themes.tables_of(theme, m.ideas)
        assert len(tables) == len(set(tables))
        assert set(tables) == {w.ideas[i]["table"] for i in here}
    for item in w.items:
        assert [t.id for t in m.themes.of_item(item)] == theme_order(w, item)  # type: ignore[arg-type]
    names = ("id", "title", "quotes", "ideas", "tables")
    seen = {
        item: [{name: getattr(t, name) for name in names} for t in of_item]
        for item, of_item in m.themes.published.items()
    }
    assert seen == published(w)
    assert m.themes.assigned == w.assigned


def check_stage(m: Meeting, w: World) -> None:
    assert {id_: (s.scene, s.held, s.text) for id_, s in m.stage.screens.items()} == w.screens
    assert (m.stage.timer and (m.stage.timer.ends_at_ms, m.stage.timer.label)) == w.timer
    messages = {id_: {"text": x.text, "tables": x.tables} for id_, x in m.stage.messages.items()}
    assert messages == w.messages
    calls = {
        id_: {
            "table": x.table,
            "text": x.text,
            "answered": x.answered_at_ms or 0,
            "closed": x.closed_at_ms or 0,
        }
        for id_, x in m.stage.calls.items()
    }
    assert calls == w.calls
    assert [(question, text, recovered) for _, question, text, recovered in m.errata] == w.errata
    assert [(theme, text) for _, theme, text in m.responses] == w.responses
    assert [(r.epoch, r.before, r.reason) for r in m.restores] == w.restores
    assert [(e.question, e.round, e.voter, e.command) for e in m.unplaced] == w.unplaced
    assert m.epoch == (w.restores[-1][0] if w.restores else None)
