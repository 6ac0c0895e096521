"""Ballots that were acknowledged, lost with a part of the log, and brought back by the devices that had them.

How this works. With the acknowledgement of a ballot the edge hands out a sealed copy of it (`KeptBallot`).
Once the log was taken back, a device offers what it holds. A ballot whose vote this history knows (the
same opening, not only the same number) stands where it would have stood: acts of a seat are ordered by
which history they lay in and where, so a later one is never undone by an earlier one that comes back late.
Of a vote that is over it changes the count, and of one that was shown an erratum says so. A ballot of a
vote that this history does not know is kept and listed, and counted nowhere.
"""

import hashlib
from bisect import insort
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from app.core import ballots
from app.core.capability import Given, KeptBallot
from app.core.commands import Channel, Choices, RecoverBallot
from app.core.errors import Refusal
from app.core.events import AnyEvent, BallotRecovered, BallotUnplaced, ErratumRecorded, RecoveryEvent
from app.core.ids import CommandId, SeatId, Voter
from app.core.planned import Kind
from app.core.questions import Place, Question, RoundNow, RoundState, canonical_choices

if TYPE_CHECKING:
    from app.core.meeting import Meeting

SERVER = "server:server"
WHOLE = ""
"""What a place is kept of: one option of a rating, else the ballot as a whole; of a rating its withdrawal."""


# --- decide --------------------------------------------------------------------------------


def decide(meeting: "Meeting", command: RecoverBallot, given: Given) -> tuple[AnyEvent, ...]:
    """Take a ballot back that a device has kept.

    Raises:
        Refusal: blob_not_ours, nothing_restored.
    """
    kept = given.kept
    if kept is None or kept.command != given.command or command.seat not in (None, kept.voter):
        raise Refusal("blob_not_ours")
    history = meeting.voting.history
    if not history or kept.epoch == history[-1]:
        raise Refusal("nothing_restored")
    found = _place_of(meeting, kept)
    if found is None:
        return (_unplaced(kept, given),)
    q, now = found
    event = _recovered(meeting, kept, given, q, now)
    if now.state is not RoundState.SHOWN or now.after_show:
        return (event,)
    return (event, _erratum(given, q, now))


def _erratum(given: Given, q: Question, now: RoundNow) -> ErratumRecorded:
    """The server's own word on a result that has changed; it names neither the ballot nor who brought it."""
    command = CommandId("cmd_" + hashlib.sha256(b"erratum" + given.salt).hexdigest()[:32])
    return ErratumRecorded(at_ms=given.at_ms, by=SERVER, command=command, question=q.id, recovered=now.number)


def _place_of(meeting: "Meeting", kept: KeptBallot) -> tuple[Question, RoundNow] | None:
    """The vote that the ballot was cast in, where this history has the same one and can count it."""
    q = meeting.questions.questions.get(kept.question)
    now = None if q is None else q.round(kept.round)
    if q is None or now is None or not now.opening or now.opening != kept.opening:
        return None
    if kept.voter not in meeting.roster.seats:
        return None
    try:
        if kept.choices is not None:
            ballots.check(q.sheet, kept.choices)
    except Refusal:
        return None
    return q, now


def _unplaced(kept: KeptBallot, given: Given) -> BallotUnplaced:
    return BallotUnplaced(
        at_ms=given.at_ms, site=kept.site, question=kept.question, round=kept.round, channel=kept.channel,
        epoch=kept.epoch, offset=kept.offset, cast_at_ms=kept.at_ms, withdrawn=kept.choices is None,
        voter=Voter(kept.voter), table=kept.table, by=kept.by, command=kept.command, keypad=kept.keypad,
        sequence=kept.sequence, choices=kept.choices,
    )  # fmt: skip


def _recovered(
    meeting: "Meeting", kept: KeptBallot, given: Given, q: Question, now: RoundNow
) -> BallotRecovered:
    event = BallotRecovered(
        at_ms=given.at_ms, site=kept.site, question=q.id, round=now.number, channel=kept.channel,
        epoch=kept.epoch, offset=kept.offset, cast_at_ms=kept.at_ms, withdrawn=kept.choices is None,
        voter=Voter(kept.voter), table=kept.table, by=kept.by, command=kept.command, keypad=kept.keypad,
        sequence=kept.sequence, choices=kept.choices,
    )  # fmt: skip
    if now.digest is None:
        return event
    texts = list(now.texts) if now.texts is not None else _texts(now)
    if (standing := now.ballots.get(Voter(kept.voter))) is not None:
        texts.remove(canonical_choices(standing[0]))
    made = _standing_after(q, now, event, place_of(meeting.voting.history, event))
    if made is not None:
        insort(texts, canonical_choices(made[0]))
    salt = hashlib.sha256(b"digest" + given.salt).digest()[:16]
    return replace(
        event,
        voted=len(texts),
        present=now.present + (kept.voter in now.absent),
        digest=hashlib.sha256(salt + ("[" + ",".join(texts) + "]").encode()).hexdigest(),
        digest_salt=salt.hex(),
    )


def _texts(now: RoundNow) -> list[str]:
    """The choices that count, each in its canonical spelling, sorted: what the digest is made over."""
    return sorted(canonical_choices(choices) for choices, _ in now.ballots.values())


# --- where an act of a seat belongs ----------------------------------------------------------


def place_of(history: list[str], event: BallotRecovered) -> Place:
    """Where a lost act belongs among those of its seat.

    After everything that was kept of the history in which it lay. A history that is not known here was lost
    as a whole: it came after those that are known here and began before it. Names of epochs begin with the
    time at which they began, so that their order can be told.
    """
    if event.epoch in history:
        return history.index(event.epoch), 1, "", event.offset
    return sum(name < event.epoch for name in history) - 1, 2, event.epoch, event.offset


def place_here(history: list[str], offset: int) -> Place:
    """Where an act of this log lies."""
    return len(history) - 1, 0, "", offset


def note(q: Question, now: RoundNow, voter: Voter, choices: Choices | None, place: Place) -> None:
    """Remember where an act of this history lies; only kept once a log was taken back."""
    now.places.setdefault(voter, {}).update(dict.fromkeys(_slots(q, choices), place))


def _by_option(q: Question) -> bool:
    return q.rules.kind is Kind.RATING and not q.rules.first_only


def _slots(q: Question, choices: Choices | None) -> Iterable[str]:
    return choices if isinstance(choices, dict) and _by_option(q) else (WHOLE,)


def _standing_after(
    q: Question, now: RoundNow, event: BallotRecovered, place: Place
) -> tuple[Choices, Channel] | None:
    """The seat's ballot once a lost act of it is in its place; `None` where it has none."""
    voter = _voter(event)
    standing, places = now.ballots.get(voter), now.places.get(voter, {})
    if _by_option(q):
        return _rated(standing, places, event, place)
    if _stays(q, standing, places.get(WHOLE), place):
        return standing
    return None if event.choices is None else (event.choices, event.channel)


def _stays(q: Question, standing: tuple[Choices, Channel] | None, placed: Place | None, place: Place) -> bool:
    """Whether what the seat says stays: it was said later, or where only the first counts, earlier."""
    if q.rules.first_only and standing is not None:
        return placed is None or placed < place
    return placed is not None and placed > place


def _rated(
    standing: tuple[Choices, Channel] | None, places: dict[str, Place], event: BallotRecovered, place: Place
) -> tuple[Choices, Channel] | None:
    """Of a rating every option has its own last word, and a withdrawal takes what was said before it."""
    said = dict(standing[0]) if standing and isinstance(standing[0], dict) else {}
    withdrawn = places.get(WHOLE)
    if event.choices is None:
        said = {option: value for option, value in said.items() if places.get(option, place) > place}
    elif isinstance(event.choices, dict) and (withdrawn is None or withdrawn < place):
        said |= {o: v for o, v in event.choices.items() if o not in places or places[o] < place}
    last = standing is None or (event.choices is not None and all(p < place for p in places.values()))
    channel = event.channel if standing is None or last else standing[1]
    return (dict(sorted(said.items())), channel) if said else None


def _voter(event: BallotRecovered) -> Voter:
    assert event.voter is not None, "a voter part is never erased"
    return event.voter


# --- apply ---------------------------------------------------------------------------------


def apply(meeting: "Meeting", event: RecoveryEvent) -> tuple[str, ...]:
    """Fold a ballot that came back; gives the topics touched."""
    if isinstance(event, BallotUnplaced):
        meeting.unplaced.append(event)
        return ("meeting",)
    q = meeting.questions.questions[event.question]
    now, voter, place = q.rounds[event.round - 1], _voter(event), place_of(meeting.voting.history, event)
    if now.digest is not None and now.texts is None:
        now.texts = _texts(now)
    made = _standing_after(q, now, event, place)
    _settle(q, now, event, place)
    _stand(now, voter, made)
    now.recovered += 1
    now.after_show += now.state is RoundState.SHOWN
    now.live_ballots += now.state is RoundState.OPEN and event.choices is not None
    if event.keypad is not None and event.sequence is not None:
        sequences = meeting.roster.sequences
        sequences[event.keypad] = max(event.sequence, sequences.get(event.keypad, -1))
    if event.digest is not None:
        assert event.voted is not None
        assert event.present is not None
        now.voted, now.present = event.voted, event.present
        now.digest, now.digest_salt = event.digest, event.digest_salt
        now.absent.pop(SeatId(voter), None)
        now.paper = sum(1 for _, channel in now.ballots.values() if channel is Channel.PAPER)
    return ("meeting", f"question:{q.id}", f"votes:{q.id}", f"seat:{voter}", f"voted:{event.table}")


def _settle(q: Question, now: RoundNow, event: BallotRecovered, place: Place) -> None:
    """Remember where what stands now lies, for whatever else comes back."""
    voter = _voter(event)
    places = now.places.setdefault(voter, {})
    if _by_option(q):
        for slot in _slots(q, event.choices):
            places[slot] = max(place, places.get(slot, place))
    elif not _stays(q, now.ballots.get(voter), places.get(WHOLE), place):
        places[WHOLE] = place


def _stand(now: RoundNow, voter: Voter, made: tuple[Choices, Channel] | None) -> None:
    """Let this be the voter's ballot, in the counts too."""
    standing = now.ballots.pop(voter, None) if made is None else now.ballots.get(voter)
    if standing is not None:
        now.tally.remove(standing[0])
        if now.texts is not None:
            now.texts.remove(canonical_choices(standing[0]))
    if made is not None:
        now.ballots[voter] = made
        now.tally.add(made[0])
        if now.texts is not None:
            insort(now.texts, canonical_choices(made[0]))
